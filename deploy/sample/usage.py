#!/usr/bin/env python3
"""Reports invented use of the last 90 days for the people of the sample district, as the systems themselves would.

    python3 deploy/sample/usage.py --url http://127.0.0.1:8080 --token-file DIR/usage.token

Relative to today; the same day always gets the same people, whenever the script runs, so that a second run of the same
day changes nothing and one of a later day goes on. Heads of offices sign in nearly daily, communes and schools less; the
e-office's source stopped nine days ago, so its figures are withheld until it reports again.

Exit codes: 0 reported, 1 refused or given up, 2 wrong arguments, 130 interrupted.
"""

import argparse
import datetime
import hashlib
import http.client
import json
import pathlib
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True   # the folder stays as committed

from load import Progress, Refused, compact, lines_of, positive  # noqa: E402

SEED = 58543
CALL = 5000          # events a call takes
TRIES = 20
SITE = datetime.timezone(datetime.timedelta(hours=7))
# days without a report before today; one day behind is what a nightly export gives
BEHIND = {"mailbox": 1, "td-office": 1, "e-office": 9}
# of ten thousand people: who signs in on most working days, who now and then; the rest never did
HABITS = {"office": (9000, 700), "party": (8600, 900), "service": (7900, 1400), "commune": (7000, 2000),
          "school": (6300, 2500)}
MOST_DAYS, NOW_AND_THEN, WEEKEND = 190, 14, 12   # chances of a day in 256


def draw(*what):
    """32 even bytes that depend on what is asked and on nothing else."""
    return hashlib.blake2b("/".join(map(str, (SEED, *what))).encode(), digest_size=32).digest()


def habit(person, kind, system):
    most, some = HABITS[kind]
    lot = int.from_bytes(draw(person["staff_code"], system)[:4], "big") % 10000
    return MOST_DAYS if lot < most else NOW_AND_THEN if lot < most + some else 0


def active_days(person, kind, system, first, last):
    chance, month, lots = habit(person, kind, system), None, b""
    day = max(first, datetime.date.fromisoformat(person["hired_on"]))
    while chance and day <= last:
        if (day.year, day.month) != month:
            month = (day.year, day.month)
            lots = draw(person["staff_code"], system, *month)
        if lots[day.day] < (min(chance, WEEKEND) if day.weekday() >= 5 else chance):
            yield day
        day += datetime.timedelta(1)


def kind_of(unit):
    if unit["block"] == "dang_doan_the":
        return "party"
    return {"ubnd_xa": "commune", "truong_hoc": "school", "su_nghiep": "service"}.get(unit["kind"], "office")


def without(person):
    """Systems that the sample withholds from him."""
    return {a["system"] for a in person.get("accounts", []) if a["desired"]["state"] == "closed"}


def events(folder, system, first, last):
    units = {unit["code"]: unit for _, unit in lines_of(folder, "units.ndjson", needed=True)}
    for _, person in lines_of(folder, "staff.ndjson", needed=True):
        kind = kind_of(units[person["unit"]])
        if system in without(person) or (system == "e-office") != (kind == "party") and system != "mailbox":
            continue
        for day in active_days(person, kind, system, first, last):
            yield {"staff_code": person["staff_code"], "occurred_on": day.isoformat()}


def calls(folder, days, today):
    """The bodies to send: people together, so that each is written in one call; data_through with the last one."""
    for system, behind in BEHIND.items():
        last = today - datetime.timedelta(behind)
        found = list(events(folder, system, today - datetime.timedelta(days), last))
        for at in range(0, len(found), CALL):
            body = {"system": system, "events": found[at:at + CALL]}
            if at + CALL >= len(found):
                body["data_through"] = last.isoformat()
            yield body


class Service:
    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise Refused(f"--url {url}: expected http://HOST:PORT (plain HTTP on this machine)")
        self.address = (parts.hostname, parts.port or 80)
        self.head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept-Language": "en"}
        self.connection = None

    def report(self, body):
        """The answer; what was lost on the way is simply sent again."""
        for _ in range(TRIES):
            try:
                self.connection = self.connection or http.client.HTTPConnection(*self.address, timeout=60)
                self.connection.request("POST", "/v1/usage-events", compact(body), self.head)
                answer = self.connection.getresponse()
                status, text = answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.connection, status, text = None, 0, b"no answer"
            if status == 200:
                return json.loads(text)
            if status not in (0, 429, 503, 504):
                break
            time.sleep(0.5)
        raise Refused(f"usage of {body['system']} was refused: {status} {text[:500].decode('utf-8', 'replace')}")


def report(options):
    token = options.token_file.read_text("utf-8").strip()
    service, progress = Service(options.url, token), Progress(options.quiet)
    bodies = list(calls(options.folder, options.days, options.today))
    total = sum(len(body["events"]) for body in bodies)
    sums, done, started = {"accepted": 0, "duplicate": 0, "rejected": 0}, 0, time.monotonic()
    progress.begin("usage", total)
    for body in bodies:
        answer = service.report(body)
        for name in ("accepted", "duplicate"):
            sums[name] += answer[name]
        sums["rejected"] += len(answer["rejected"])
        done += len(body["events"])
        progress.show(done)
    return dict(sums, events=total, seconds=round(time.monotonic() - started, 3))


def parse_options():
    parser = argparse.ArgumentParser(description="Reports invented use of the last days.")
    parser.add_argument("--url", required=True, help="http://127.0.0.1:PORT")
    parser.add_argument("--token-file", required=True, type=pathlib.Path, help="file with a token that may usage:write")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--days", type=positive, default=90)
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=datetime.datetime.now(SITE).date(),
                        help="for tests with another clock")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="one JSON line with the figures at the end")
    return parser.parse_args()


def main():
    options = parse_options()
    try:
        summary = report(options)
    except (Refused, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if options.json:
        print(json.dumps(summary))
    elif not options.quiet:
        print("{events} sign-ins reported in {seconds:.1f} s ({accepted} new days, {duplicate} known already, "
              "{rejected} rejected).".format(**summary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
