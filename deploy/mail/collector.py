#!/usr/bin/env python3
"""Tells Congvu who used the mailbox on which day: takes Dovecot's sign-in events on loopback and reports them.

Nothing is kept but pairs of login and day that are not reported yet. What was lost while anything was down comes from Dovecot's last-login data, read at
the start and every minute. A day counts as completely reported (data_through) when it is over, everything is delivered, and this program ran all through it:
of an interruption within one day the last logins tell everybody who came; of one over midnight they tell only the last day, so the days before it stay open
until an operator says --accept-gaps --state DIR, beside the one that runs.
"""
import argparse
import datetime
import fcntl
import hmac
import http.client
import http.server
import json
import os
import pathlib
import signal
import sys
import threading
import time
import urllib.parse

SERVICES = ("imap", "pop3", "smtp", "submission")
FETCHING = {"imap", "pop3"}  # a telephone does that by itself, every few minutes
BODY_MAX, BATCH, PENDING_MAX = 64 << 10, 1000, 1_000_000
SEND_S, REPLAY_S, BEAT_S, RETRY_MAX_S, EARLY_S, ACCEPT_S = 0.5, 60, 10, 30, 10, 5
ACCEPTED = "accept-gaps"  # in the state folder: what an operator said to the one that runs
DAY = datetime.timedelta(days=1)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--listen", default="127.0.0.1:8181", help="loopback address:port for Dovecot's http-post")
    p.add_argument("--secret-file", help="the path that Dovecot posts to: it cannot send a token (0600)")
    p.add_argument("--state", required=True, help="folder of its own (0700)")
    p.add_argument("--url", help="Congvu's API")
    p.add_argument("--token-file", help="token with usage:write (0600)")
    p.add_argument("--system", default="mailbox")
    p.add_argument("--last-login", help="file of Dovecot's last_login_dict")
    p.add_argument("--services", default=",".join(SERVICES), type=lambda text: frozenset(text.split(",")),
                   help="sign-ins that count as use: smtp,submission alone when a telephone that fetches mail by itself shall not count (then without --last-login)")
    p.add_argument("--utc-offset", default="+07:00", help="the site's days")
    p.add_argument("--accept-gaps", action="store_true", help="with --state alone: days with a hole count as reported from now on; the one that runs is told so, and this one ends")
    options = p.parse_args()
    missing = [name for name in ("--secret-file", "--url", "--token-file") if not getattr(options, name[2:].replace("-", "_"))]
    if missing and not options.accept_gaps:
        p.error(f"needs {', '.join(missing)}")
    if not options.services <= set(SERVICES):
        p.error(f"--services takes {', '.join(SERVICES)}")
    if options.last_login and not FETCHING <= options.services:
        p.error("--last-login tells of every sign-in that fetches mail; with such --services leave it out")
    return options


def private_line(path):
    if os.stat(path).st_mode & 0o077:
        sys.exit(f"{path}: others can read it; chmod 600")
    return pathlib.Path(path).read_text().strip()


def say(words):
    print(words, file=sys.stderr, flush=True)


class State:
    """What must survive a crash, in one small file that is replaced whole."""

    def __init__(self, folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.path = pathlib.Path(folder) / "state.json"
        self.accepted = pathlib.Path(folder) / ACCEPTED
        self.lock = threading.Lock()
        try:
            stored = json.loads(self.path.read_text())
        except FileNotFoundError:
            stored = {}
        self.pending = {tuple(pair) for pair in stored.get("pending", [])}
        self.alive_at = stored.get("alive_at")
        self.covered_from = stored.get("covered_from")  # first day that was watched from its beginning
        self.gaps = set(stored.get("gaps", []))  # days with a hole that nothing can fill
        self.dirty = False

    def save(self):
        """False: there was no room, or no disk; it stays to be done."""
        with self.lock:
            text = json.dumps({"pending": sorted(self.pending), "alive_at": self.alive_at, "covered_from": self.covered_from, "gaps": sorted(self.gaps)})
            self.dirty = False
        fresh = self.path.with_name("state.json.new")
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                f.write(text)
                f.flush()
                os.fsync(f.fileno())
            os.replace(fresh, self.path)
        except OSError as problem:
            say(f"not kept, tried again: {problem.strerror}")
            self.dirty = True
            return False
        return True

    def add(self, login, day):
        """False: there is no room for it."""
        with self.lock:
            if (login, day) in self.pending:
                return True
            if len(self.pending) >= PENDING_MAX:
                return False
            self.pending.add((login, day))
            self.dirty = True
        return True

    def lose(self, day):
        with self.lock:
            fresh = day not in self.gaps
            self.gaps.add(day)
            self.dirty = self.dirty or fresh
        if fresh:
            say(f"too many wait to be delivered: {day} is not complete")

    def accept(self):
        """What an operator said beside the one that runs."""
        if not self.accepted.exists():
            return
        with self.lock:
            days = " ".join(sorted(self.gaps)) or "nothing was open"
            self.gaps.clear()
        if self.save():
            say(f"accepted as reported: {days}")
            self.accepted.unlink()


class Collector:
    def __init__(self, options):
        self.options, self.state = options, State(options.state)
        sign = -1 if options.utc_offset.startswith("-") else 1
        hours, minutes = options.utc_offset.lstrip("+-").split(":")
        self.zone = datetime.timezone(sign * datetime.timedelta(hours=int(hours), minutes=int(minutes)))
        self.token = private_line(options.token_file)
        self.reported = set()  # of the last two days: what needs no second call
        self.early = {}  # pairs that the service's clock is behind for, and when they are tried again
        self.last = {}  # of each last login what was read
        self.through = None
        self.stopping = threading.Event()

    def day_of(self, moment):
        return moment.astimezone(self.zone).date().isoformat()

    def now(self):
        return datetime.datetime.now(self.zone)

    # ---- in
    def take(self, event):
        fields = event.get("fields", {})
        protocol = fields.get("protocol") or fields.get("service")  # Dovecot 2.4 and 2.3
        if event.get("event") != "auth_request_finished" or fields.get("success") != "yes" or protocol not in self.options.services:
            return
        if fields.get("master_user") or not fields.get("user"):
            return  # somebody else's hand in a mailbox is not its owner's use
        ended = datetime.datetime.fromisoformat(event["end_time"].replace("Z", "+00:00"))
        day = self.day_of(ended)
        if not self.seen(fields["user"], day):
            self.state.lose(day)

    def seen(self, login, day):
        return (login, day) in self.reported or self.state.add(login, day)

    def replay(self):
        """The last sign-in of everybody, as Dovecot's own plugin wrote it: two lines each, key and seconds."""
        try:
            lines = pathlib.Path(self.options.last_login).read_text().splitlines() if self.options.last_login else []
        except FileNotFoundError:
            return
        except OSError as problem:
            return say(f"the last logins are not read: {problem.strerror}")
        for key, value in zip(lines[::2], lines[1::2]):
            if "/last-login/" not in key or not value.isdigit() or self.last.get(key) == value:
                continue
            if self.seen(key.rsplit("/", 1)[1], self.day_of(datetime.datetime.fromtimestamp(int(value), datetime.timezone.utc))):
                self.last[key] = value

    # ---- which days are whole
    def begin(self):
        """Notes what the time since the last sign of life means; the replay has been done."""
        now, today = self.now(), self.now().date().isoformat()
        s = self.state
        if s.alive_at is None:
            s.covered_from = (now.date() + DAY).isoformat()
        else:
            day = self.day_of(datetime.datetime.fromtimestamp(s.alive_at, datetime.timezone.utc))
            while day < today:
                s.gaps.add(day)
                day = (datetime.date.fromisoformat(day) + DAY).isoformat()
        s.accept()
        s.alive_at = time.time()
        s.save()

    def whole_until(self):
        """The last day that is over and whole, with every day since the beginning; None when there is none."""
        last = (self.now().date() - DAY).isoformat()
        if self.state.gaps:
            last = min(last, (datetime.date.fromisoformat(min(self.state.gaps)) - DAY).isoformat())
        return last if self.state.covered_from and last >= self.state.covered_from else None

    # ---- out
    def post(self, body):
        url = urllib.parse.urlsplit(self.options.url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname, url.port, timeout=20)
        try:
            connection.request("POST", url.path.rstrip("/") + "/v1/usage-events", json.dumps(body).encode(),
                               {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Accept-Language": "en"})
            answer = connection.getresponse()
            return answer.status, answer.read(1 << 20)
        finally:
            connection.close()

    def due(self):
        """What is sent now, and the last whole day when nothing of it is left behind."""
        now = time.monotonic()
        with self.state.lock:
            self.early = {pair: at for pair, at in self.early.items() if at > now}
            due = sorted(self.state.pending - self.early.keys())
            through = self.whole_until() if len(due) <= BATCH else None
        return due[:BATCH], None if through and any(day <= through for _, day in self.early) else through

    def delivered(self, batch, refused):
        if refused:
            say(f"{len(refused)} of {len(batch)} not taken: {sorted({r['code'] for r in refused})}")
        early = {batch[r["index"]] for r in refused if r["code"] == "in_the_future"}
        self.early.update(dict.fromkeys(early, time.monotonic() + EARLY_S))
        done = set(batch) - early
        oldest = (self.now().date() - DAY).isoformat()
        with self.state.lock:
            self.state.pending -= done
            self.state.dirty = True
            self.reported = {pair for pair in self.reported | done if pair[1] >= oldest}

    def report(self):
        """One call; False when it must be tried again later."""
        batch, through = self.due()
        if not batch and through in (None, self.through):
            return True
        body = {"system": self.options.system, "events": [{"login": login, "occurred_on": day, "kind": "sign_in"} for login, day in batch]}
        if through:
            body["data_through"] = through
        try:
            status, answer = self.post(body)
        except (OSError, http.client.HTTPException) as problem:
            say(f"not delivered: {problem.__class__.__name__}")
            return False
        if status != 200:
            say(f"not delivered: {status}")
            return False
        self.delivered(batch, json.loads(answer)["rejected"])
        self.through = through or self.through
        return True

    def run(self):
        wait, replay_at, accept_at, beat_at, save_at, try_at = SEND_S, 0, 0, 0, 0, 0
        while not self.stopping.wait(SEND_S):
            now = time.monotonic()
            if now >= replay_at:
                self.replay()
                replay_at = now + REPLAY_S
            if now >= accept_at:
                self.state.accept()
                accept_at = now + ACCEPT_S
            if now >= (save_at if self.state.dirty else beat_at):
                self.state.alive_at = time.time()
                save_at = now if self.state.save() else now + BEAT_S
                beat_at = now + BEAT_S
            if now >= try_at:
                wait = SEND_S if self.report() else min(wait * 2, RETRY_MAX_S)
                try_at = now + (0 if wait == SEND_S else wait)
        self.state.alive_at = time.time()
        self.state.save()


def handler(collector, secret):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version, timeout = "HTTP/1.1", 30

        def do_POST(self):
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > BODY_MAX:
                return self.answer(413)
            body = self.rfile.read(int(length))
            if not hmac.compare_digest(self.path.encode(), ("/" + secret).encode()):
                return self.answer(404)
            try:
                collector.take(json.loads(body))
            except (ValueError, KeyError, TypeError, AttributeError):
                return self.answer(400)
            return self.answer(204)

        def answer(self, status):
            self.close_connection = self.close_connection or status >= 400
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass  # would name who signed in, and the secret path

    return Handler


def only_one(folder):
    """Two would overwrite each other's state. The lock ends with the process."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    lock = open(os.open(pathlib.Path(folder) / "lock", os.O_RDWR | os.O_CREAT, 0o600), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"{folder}: another collector runs with this state")
    return lock


def main():
    options = arguments()
    if options.accept_gaps:
        if not os.path.isdir(options.state):
            sys.exit(f"{options.state}: no collector has run with this state")
        (pathlib.Path(options.state) / ACCEPTED).touch(0o600)
        return print("The collector that runs, or the next one, takes days with a hole as reported")
    lock = only_one(options.state)
    collector = Collector(options)
    host, port = options.listen.rsplit(":", 1)
    if host not in ("127.0.0.1", "[::1]"):
        sys.exit("--listen: loopback only")
    server = http.server.ThreadingHTTPServer((host.strip("[]"), int(port)), handler(collector, private_line(options.secret_file)))
    server.daemon_threads = True
    collector.replay()
    collector.begin()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: collector.stopping.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    collector.run()
    lock.close()


if __name__ == "__main__":
    main()
