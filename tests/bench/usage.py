#!/usr/bin/env python3
"""Usage: CPU of one call with 5,000 sign-ins of 5,000 people, and what 200,000 sign-ins of one morning, sent as fast as they are taken, do to
onboarding: rounds with and without them alternate on one service, every write of people flushed."""
import datetime
import http.client
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, an, make_units, site_today, wait_for  # noqa: E402
from onboarding import BENCH, request, run  # noqa: E402
from reading import MODEL_LOGIN, clones, cpu  # noqa: E402

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "20000"))
LOGINS = int(os.environ.get("BENCH_LOGINS", "200000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
NEW_PEOPLE, CONNECTIONS, CALL = 300, 2, 5000
TODAY = site_today()


def populate(service):
    with tempfile.NamedTemporaryFile("w") as whole, tempfile.TemporaryDirectory() as folder:
        whole.writelines(clones(service, PEOPLE))
        whole.flush()
        text = pathlib.Path(whole.name).read_text().split("\n\n")
        for start in range(0, PEOPLE, 19000):
            part = pathlib.Path(folder) / "part.ldif"
            part.write_text("\n\n".join(text[start:min(start + 19000, PEOPLE)]) + "\n\n")
            run(BENCH / "raw_add", service.ldapi, part, 8)


def seen(service):
    return service.client().get("/v1/staff", include_total=True, page_size=1).json["total"]


def body(people, back):
    day = (TODAY - datetime.timedelta(back)).isoformat()
    events = [{"event_id": f"{back}-{i}", "login": f"p{p}", "occurred_on": day, "kind": "sign_in"} for i, p in enumerate(people)]
    return json.dumps({"system": "mailbox", "events": events}).encode()


class Feed:
    def __init__(self, service):
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
        self.head = {"Authorization": f"Bearer {service.admin_token()}", "Content-Type": "application/json"}

    def send(self, data):
        self.connection.request("POST", "/v1/usage-events", data, self.head)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)


def one_call(service, slapd):
    """CPU seconds of the service (its view following included) and of slapd, for new days and for days that are known."""
    feed, rows = Feed(service), []
    for attempt in range(ROUNDS):
        data = body(random.sample(range(PEOPLE), CALL), 100 + attempt)
        for kind in ("new", "known"):
            before, begun = (cpu(service.ready["pid"]), cpu(slapd)), time.monotonic()
            answer = feed.send(data)
            seconds = time.monotonic() - begun
            assert answer["accepted" if kind == "new" else "duplicate"] == CALL
            time.sleep(0.5)  # the view follows; its CPU belongs to the call
            rows.append((kind, cpu(service.ready["pid"]) - before[0], cpu(slapd) - before[1], seconds))
    for kind in ("new", "known"):
        mine = [row for row in rows if row[0] == kind]
        print(json.dumps({"bench": "usage_call", "events": CALL, "people": CALL, "days": kind, "service_cpu_s": [round(r[1], 3) for r in mine],
                          "slapd_cpu_s": [round(r[2], 3) for r in mine], "seconds": [round(r[3], 2) for r in mine],
                          "median_service_cpu_s": round(statistics.median(r[1] for r in mine), 3), "bar": 2.0}), flush=True)


def onboard(service, first):
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(request(service.port, service.admin_token(), first + i) for i in range(NEW_PEOPLE)))
        file.flush()
        return run(BENCH / "http_load", service.port, file.name, CONNECTIONS)


class Morning(threading.Thread):
    """Sends its calls over and over, a new day each time round, until it is told to stop."""

    def __init__(self, service, back):
        super().__init__()
        self.feed, self.stopped, self.sent, self.seconds = Feed(service), threading.Event(), 0, 0.0
        picks = [random.choices(range(PEOPLE), k=CALL) for _ in range(LOGINS // CALL)]
        self.bodies = [body(pick, back) for pick in picks]

    def run(self):
        begun = time.monotonic()
        for data in self.bodies:
            if self.stopped.is_set():
                break
            self.feed.send(data)
            self.sent += CALL
        self.seconds = time.monotonic() - begun


def mornings(service):
    quiet, busy, feeds, first = [], [], [], 50000
    for attempt in range(ROUNDS):
        quiet.append(onboard(service, first)["p99_ms"])
        morning = Morning(service, 10 + attempt)
        morning.start()
        busy.append(onboard(service, first + NEW_PEOPLE)["p99_ms"])
        still = morning.is_alive()
        morning.join()
        feeds.append({"logins": morning.sent, "seconds": round(morning.seconds, 1), "outlasted_the_onboarding": still})
        first += 2 * NEW_PEOPLE
    print(json.dumps({"bench": "usage_morning", "people": PEOPLE, "logins": LOGINS, "http_connections": CONNECTIONS, "onboarded": NEW_PEOPLE,
                      "p99_ms": quiet, "p99_ms_with_logins": busy, "feeds": feeds,
                      "ratio_of_medians": round(statistics.median(busy) / statistics.median(quiet), 3), "bar": 1.5}), flush=True)


def main():
    random.seed(7)
    service = Service(directory_nosync="true", log_level="error", queue_interactive=1000).start()
    try:
        make_units(service.client())
        answer = service.client().put("/v1/staff/MODEL", an(full_name="Một Mẫu Người", login=MODEL_LOGIN))
        assert answer.status == 201, answer
        populate(service)
        wait_for(lambda: seen(service) == PEOPLE + 1, "the view has all", 300)
        service.stop()
        service.settings["directory_nosync"] = "false"
        service.start()
        wait_for(lambda: seen(service) == PEOPLE + 1, "the view has all", 300)
        one_call(service, service.slapd_pid())
        mornings(service)
        service.stop()
    finally:
        service.clean()


if __name__ == "__main__":
    main()
