#!/usr/bin/env python3
"""Two directory servers and two replicas, each side in network namespaces of its own: tests/soak/pair.py promotions|partitions [ROUNDS [MINUTES]] (CONGVU_BIN as in the tests; root).

promotions: under load the provider is killed and its link taken down; the other one is promoted, one server is said to be enough, and the former one comes back by rejoin.
            Nothing acknowledged is lost, nothing is given twice.
partitions: the line between the sides is cut under load; the provider's side goes on, the other one says read_only and goes on reading, and both write after the healing. Every other
            time the side that was cut off is promoted meanwhile: the former provider, which knows nothing, is refused by its term.
Ends with 1 when anything was otherwise."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from congvu import BIN, Client, Service, an, make_units, nth, wait_for  # noqa: E402
from site_directory import BASE, PASSWORD, SERVICE, Site  # noqa: E402
from soak import Load, doubles, share  # noqa: E402

LEFT, RIGHT = "cvleft", "cvright"


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


SIDES = {LEFT: 1, RIGHT: 2}


class Lines:
    """Two sides with a line between them; from here both can be asked, but nothing goes from side to side that way."""

    def __enter__(self):
        for space, number in SIDES.items():
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "addr", "add", f"10.98.1.{number}/32", "dev", "lo")  # of its directory server
            run("ip", "-n", space, "link", "set", "lo", "up")
            run("ip", "link", "add", f"cvask{number}", "type", "veth", "peer", "name", "cvask", "netns", space)
            run("ip", "addr", "add", f"10.97.{number}.1/24", "dev", f"cvask{number}")
            run("ip", "link", "set", f"cvask{number}", "up")
            run("ip", "-n", space, "addr", "add", f"10.97.{number}.2/24", "dev", "cvask")
            run("ip", "-n", space, "link", "set", "cvask", "up")
            run("ip", "route", "add", f"10.98.1.{number}/32", "via", f"10.97.{number}.2")
        run("ip", "-n", LEFT, "link", "add", "cvline", "type", "veth", "peer", "name", "cvline", "netns", RIGHT)
        for space, number in SIDES.items():
            run("ip", "-n", space, "addr", "add", f"10.99.0.{number}/24", "dev", "cvline")
        self.line(True)
        return self

    def __exit__(self, *_):
        for space, number in SIDES.items():
            subprocess.run(["ip", "link", "del", f"cvask{number}"], capture_output=True)
            subprocess.run(["ip", "netns", "del", space], capture_output=True)

    @staticmethod
    def line(up):
        for space, number in SIDES.items():
            run("ip", "-n", space, "link", "set", "cvline", "up" if up else "down")
            if up:
                run("ip", "-n", space, "route", "replace", f"10.98.1.{3 - number}/32", "via", f"10.99.0.{3 - number}")


class Replica(Service):
    """congvud in one of the spaces, asked over that space's own line to here."""

    def __init__(self, space, number, **more):
        super().__init__(**more)
        self.inside, self.address = ["ip", "netns", "exec", space], f"10.97.{number}.2"

    def client(self, token=None, **more):
        return Client(self.port, token or self.admin_token(), self.spec, host=self.address, **more)


@contextlib.contextmanager
def pair():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cv-pair-", dir="/tmp"))
    for name in ("left", "right", "left.data", "right.data"):
        (folder / name).mkdir(mode=0o700)
    started = []
    with Lines():
        try:
            left = Site(folder / "left", address="10.98.1.1", space=LEFT).start()
            started.append(left)
            right = Site(folder / "right", of=left, address="10.98.1.2", space=RIGHT)
            right.start()
            started.append(right)
            wait_for(lambda: right.context() == left.context(), "it follows")

            def replica(space, number):
                data = folder / ("left.data" if space == LEFT else "right.data")
                if number == 2:
                    for name in ("secret.key", "admin.token"):
                        (data / name).write_bytes((folder / "left.data" / name).read_bytes())
                        (data / name).chmod(0o600)
                config = left.settings(data, directory_uri=f"{left.uri} {right.uri}", plain_http="true", directory_connect_ms=8000)
                service = Replica(space, number, data=data, config=config, listen=f"10.97.{number}.2:0")
                service.start()
                started.append(service)
                return service
            one, two = replica(LEFT, 1), replica(RIGHT, 2)
            for service in (one, two):
                wait_for(lambda: check(service, "standby") == check(service, "directory") == "ok", "in step")
            make_units(one.client())
            yield folder, (left, right), (one, two)
        finally:
            for what in reversed(started):
                with contextlib.suppress(Exception):
                    what.kill() if isinstance(what, Service) else (what.process.kill(), what.process.wait())
            shutil.rmtree(folder)


def said(service, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    return subprocess.run([*service.inside, BIN, "directory", *words, "--config", service.settings["config"]], capture_output=True, text=True, env=environment)


def check(service, name):
    return service.client().get("/readyz").json["checks"].get(name, {}).get("status")


def promotions(rounds, end):
    done, waits, lost, twice = 0, [], [], []
    with pair() as (_, sites, replicas):
        people = {}
        for n in range(rounds):
            if time.monotonic() > end:
                break
            provider, follower = sites[n % 2], sites[1 - n % 2]
            service = replicas[1 - n % 2]  # on the side that stays
            wait_for(lambda: check(service, "standby") == "ok", "in step")
            with Load(service, prefix=f"P{n}-") as load:
                load.some(6)
                provider.process.send_signal(signal.SIGKILL)
                provider.process.wait()
                Lines.line(False)
                follower.follow_nobody()
                promoted = said(service, "promote", "--url", follower.uri, "--accept-missing")
                assert promoted.returncode == 0, promoted.stderr
                alone = said(service, "single")
                assert alone.returncode == 0, alone.stderr
                waits.append(load.pause_after(lambda: None))
                load.some()
            lost += load.missing(service.client())
            people.update(load.people)
            twice += doubles(service.client())
            Lines.line(True)
            provider.follow(follower)
            back = said(replicas[n % 2], "rejoin", "--slapd-conf", str(provider.conf))
            assert back.returncode == 0, back.stderr
            provider.start(provider.port)
            done += 1
            print(f"{n}: writes {waits[-1]:.1f} s after the command, {len(load.acknowledged)} acknowledged, {len(lost)} lost, {len(twice)} twice", file=sys.stderr, flush=True)
    return {"promotions": done, "people": len(people), "lost": lost, "doubles": twice, "writes_after_s": {"median": share(waits, 0.5), "most": max(waits)}}


def partitions(rounds, end):
    """Rounds, then the side that was cut off is promoted: the former provider goes on and knows nothing."""
    done, wrong, stale = 0, [], None
    with pair() as (_, sites, replicas):
        (left, right), (one, two) = sites, replicas
        assert one.client().put("/v1/staff/Q-0", an(full_name="Người Đầu")).status == 201
        lines = Lines
        for n in range(rounds):
            if time.monotonic() > end:
                break
            wait_for(lambda: check(one, "standby") == check(two, "standby") == "ok", "in step")
            lines.line(False)
            try:
                wait_for(lambda: check(two, "directory") == "read_only", "the other side says so")
                cut_off = two.client().patch("/v1/staff/Q-0", {"title": f"Bên kia {n}"})
                here = one.client().patch("/v1/staff/Q-0", {"title": f"Bên này {n}"})
                named = one.client().put(f"/v1/staff/Q-{n + 1}", an(full_name=nth("Người", n)))
                read = two.client().get("/v1/staff/Q-0")
                if (cut_off.status, here.status, here.headers.get("Congvu-Standby"), named.status, read.status) != (503, 200, "behind", 504, 200):
                    wrong.append((n, str(cut_off), str(here), str(named), str(read)))
            finally:
                lines.line(True)
            wait_for(lambda: two.client().patch("/v1/staff/Q-0", {"title": f"Sau đó {n}"}).status == 200, "both write again")
            wait_for(lambda: one.client().get("/v1/staff/Q-0").json["title"] == f"Sau đó {n}", "and see it")
            done += 1
            print(f"{n}: one side wrote, the other one read; {len(wrong)} wrong", file=sys.stderr, flush=True)
        lines.line(False)
        wait_for(lambda: check(two, "directory") == "read_only", "cut")
        right.follow_nobody()
        assert said(two, "promote", "--url", right.uri, "--accept-missing").returncode == 0 and said(two, "single").returncode == 0
        wait_for(lambda: two.client().put("/v1/staff/Q-N", an(full_name="Người Bên Này")).status in (200, 201), "the promoted one writes")
        stray = one.client().patch("/v1/staff/Q-0", {"title": "Lạc"})  # its side cannot know
        lines.line(True)
        wait_for(lambda: "former_server" in one.log.read_text(), "the former one is known by its term")
        wait_for(lambda: one.client().get("/v1/staff/Q-N").status == 200, "its replica goes over")
        codes = left.ldapsearch(SERVICE, PASSWORD, "-b", f"ou=people,{BASE}", "(cvStaffCode=Q-N)", "cvStaffCode").stdout
        after = one.client().patch("/v1/staff/Q-0", {"title": "Cuối"})
        stale = not codes and after.status == 200 and stray.headers.get("Congvu-Standby") == "behind"
        if not stale:
            wrong.append(("stale", codes, str(stray), str(after)))
    return {"partitions": done, "wrong": wrong, "stale_provider_refused": stale}


if __name__ == "__main__":
    what, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50
    end = time.monotonic() + (float(sys.argv[3]) if len(sys.argv) > 3 else 600) * 60
    seen = {"promotions": promotions, "partitions": partitions}[what](rounds, end)
    print(json.dumps(seen))
    sys.exit(1 if any(seen.get(fault) for fault in ("lost", "doubles", "wrong")) else 0)
