#!/usr/bin/env python3
"""What others wait for while heavy work goes on, at the size of the largest province: answers from memory (figures, lists, searches, units) asked for at a steady pace, latencies counted from when
each was due; beside nothing, and beside periods added up, rules changed, midnights (also while the directory stands still), reports, a sweep, a list carried out.   pauses.py [PEOPLE] [UNITS] [WORK ...]

Needs a build with the test clock (midnight). On a machine that does other things too the first row, beside nothing, says what those others cost; `held_ms` says how long the view's lock was held
at most, reading and writing, in CPU of the holder (lock_holds.c)."""
import contextlib
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from imports import rows, start_run, upload  # beside this file
from loading import DAYS, TOP, fill, id_of, wait_ready
from onboarding import BENCH, FAMILY, GIVEN
from reading import MODEL_LOGIN, plain
from congvu import Service, an, frozen, make_units, site_today, wait_for

PER_SECOND, SECONDS, CONNECTIONS = int(os.environ.get("BENCH_PER_SECOND", "200")), int(os.environ.get("BENCH_SECONDS", "30")), 32
LEAVE, ROWS, DAY_S, BAR_MS = 5000, 5000, 86400, 50
CATEGORIES = ["can_bo", "cong_chuc", "vien_chuc"]
PATHS = [TOP, "/v1/coverage?unit=M7", TOP, "/v1/staff?page_size=50", "/v1/units?page_size=50", TOP,
         *(f"/v1/staff?q={plain(FAMILY[i])}%20{plain(GIVEN[i])}" for i in range(6))]


class Pauses:
    def __init__(self, service, clock, holds):
        self.service, self.clock, self.holds, self.client, self.days, self.done = service, clock, holds, service.client(timeout=600), 0, 0

    # ---- works: each call is one of them ----
    def nothing(self):
        wait_for(lambda: self.probe.poll() is not None, "the probe ends", SECONDS + 60)

    def period(self):
        """Another one each time, and somebody changes before it, so that it is added up anew."""
        assert self.client.put("/v1/staff/MODEL", {"title": f"Chuyên viên {self.done % 2}"}).status == 200
        month = (site_today().replace(day=1) - datetime.timedelta(1)).replace(day=1)
        for _ in range(self.done // len(CATEGORIES) % 4):
            month = (month - datetime.timedelta(1)).replace(day=1)
        answer = self.client.get("/v1/coverage", unit="T1", group_by="system", period=month.isoformat()[:7], category=CATEGORIES[self.done % len(CATEGORIES)])
        assert answer.status == 200, answer

    def rule(self):
        days = 5 + self.done % 2
        answer = self.client.patch("/v1/systems/e-office", {"activity": {"regular_days": days}})
        assert answer.status == 200, answer
        wait_for(lambda: days in [s["regular_days"] for s in self.client.get(TOP).json["systems"]], "the rule is in force")

    def midnight(self):
        before = self.client.get(TOP).json["as_of"][:10]
        self.days += 1
        self.clock.write_text(f"{self.days * DAY_S}\n")
        wait_for(lambda: self.client.get(TOP).json["as_of"][:10] != before, "another day")

    def silence(self):
        """Midnights while the directory stands still."""
        if not self.done:
            wait_for(lambda: self.client.get("/readyz").json["checks"]["view"]["status"] == "stale", "the directory is missed", 60)
        self.midnight()

    def report(self):
        answer = self.client.post("/v1/reports", {"unit": "T1", "period": (site_today().replace(day=1) - datetime.timedelta(1)).isoformat()[:7], "accept_incomplete": True, "systems": ["mailbox"]})
        assert answer.status == 201, answer

    def vanish(self):
        """People are deleted while the service does not look, and the directory that it finds afterwards is another one."""
        slapd, self.left = self.service.slapd_pid(), self.client.get(TOP).json["rows"][0]["recorded"] - LEAVE
        names = "".join(f"cvId={id_of('stf_', n + 1)},ou=people,dc=congvu\n" for n in range(LEAVE))
        with frozen(self.service.process.pid):
            subprocess.run(["ldapdelete", "-c", "-Q", "-Y", "EXTERNAL", "-H", self.service.ldapi], input=names, text=True, check=True, capture_output=True)
            os.kill(slapd, signal.SIGKILL)

    def sweep(self):
        if self.done:
            return self.nothing()
        wait_for(lambda: self.client.get(TOP).json["rows"][0]["recorded"] == self.left, "those who vanished count no more", 300)

    def list(self):
        if self.done:
            return self.nothing()
        plan, _ = upload(self.client, rows("NS", ROWS))
        start_run(self.client, plan)

    def held(self, since):
        """Of what was noted behind `since`: the longest, reading and writing."""
        lines = [line.split() for line in self.holds.read_bytes()[since:].decode().splitlines()]
        return {name: max((int(us) / 1000 for kind, us in lines if kind == name[0]), default=0) for name in ("reading", "writing")}

    # ---- the probe beside them ----
    def measure(self, name):
        work = getattr(self, name)
        if name == "sweep":
            self.vanish()
        self.done, since = 0, self.holds.stat().st_size
        with tempfile.NamedTemporaryFile() as file:
            for path in PATHS:
                one = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.client.token}\r\n\r\n".encode()
                file.write(b"%d\n" % len(one) + one)
            file.flush()
            arguments = [BENCH / "http_load", self.service.port, file.name, CONNECTIONS, PER_SECOND, SECONDS]
            still = frozen(self.service.slapd_pid()) if name == "silence" else contextlib.nullcontext()
            with still, subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, text=True) as self.probe:
                while self.probe.poll() is None:
                    work()
                    self.done += 1
                result = json.loads(self.probe.stdout.read())
        assert result["refused"] == 0, result
        print(json.dumps({"bench": "pauses", "work": name, "times": self.done, "answers": result["requests"], "p50_ms": result["p50_ms"], "p99_ms": result["p99_ms"],
                          "p999_ms": result["p999_ms"], "max_ms": result["max_ms"], "held_ms": self.held(since), "bar_p999_ms": BAR_MS}), flush=True)


def populate(service, people, units):
    client = service.start().client()
    make_units(client)
    assert client.put("/v1/staff/MODEL", an(full_name="Một Mẫu Người", unit="T1.02", login=MODEL_LOGIN)).status == 201
    yesterday = (site_today() - datetime.timedelta(days=1)).isoformat()
    for system in ("mailbox", "td-office", "e-office", "certificate"):
        assert client.post("/v1/usage-events", {"system": system, "data_through": yesterday, "events": []}).status == 200
    fill(service, people, units)


def main():
    people, units = (int(a) for a in (sys.argv[1:3] + ["200000", "2000"][len(sys.argv[1:3]):]))
    works = sys.argv[3:] or ["nothing", "period", "rule", "midnight", "silence", "report", "sweep", "list"]
    with tempfile.TemporaryDirectory() as folder:
        clock, holds = pathlib.Path(folder) / "clock", pathlib.Path(folder) / "holds"
        service = Service(clock_file=clock, directory_nosync="true", log_level="error", directory_max_mib=32768, view_activity_days=DAYS)
        try:
            populate(service, people, units)
            holds.touch()
            os.environ |= {"LD_PRELOAD": str(BENCH / "lock_holds.so"), "HOLDS": str(holds)}
            service.start()
            del os.environ["LD_PRELOAD"]
            wait_ready(service, people)
            for work in works:
                Pauses(service, clock, holds).measure(work)
            service.stop()
        finally:
            service.clean()


if __name__ == "__main__":
    main()
