"""Writes that go on while things are killed: what was acknowledged must be there afterwards, once, and it must go on soon."""
import collections
import contextlib
import http.client
import os
import signal
import threading
import time

from congvu import an, now, nth, wait_for


class Load:
    """People onboarded and changed, one after the other, by some clients; each request is repeated until it is answered well."""

    def __init__(self, service, threads=2, prefix="K"):
        self.service, self.prefix = service, prefix
        self.people, self.titles = {}, {}  # acknowledged: code -> address, code -> title
        self.acknowledged, self.refused = [], collections.Counter()  # [(asked at, answered at)], status -> how often
        self.ended, self.faults = threading.Event(), []
        self.threads = [threading.Thread(target=self.work, args=(t,)) for t in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        assert self.faults == [], self.faults

    def work(self, thread):
        try:
            self.write(thread)
        except Exception as fault:  # an answer beside the contract, say
            self.faults.append(repr(fault))

    def write(self, thread):
        n = 0
        while not self.ended.is_set():
            n += 1
            code = f"{self.prefix}{thread}-{n}"
            body = an(full_name=nth(f"Người {'ABCDEGHIKL'[thread]}", n), staff_code=code)
            made = self.until_done(lambda: self.service.client().put(f"/v1/staff/{code}", body))
            if made:
                self.people[code] = made.json["address"]
            changed = made and self.until_done(lambda: self.service.client().patch(f"/v1/staff/{code}", {"title": f"Chuyên viên {n}"}))
            if changed:
                self.titles[code] = f"Chuyên viên {n}"

    def until_done(self, ask):
        while not self.ended.is_set():
            asked = time.monotonic()
            with contextlib.suppress(OSError, http.client.HTTPException, TypeError):  # TypeError: it is being started again
                answer = ask()
                if answer.status in (200, 201):
                    self.acknowledged.append((asked, time.monotonic()))
                    return answer
                self.refused[answer.status] += 1
                if answer.status < 500:
                    self.faults.append(str(answer))
                    return None
            self.ended.wait(0.02)
        return None

    def some(self, more=3):
        """Waits until so many more are acknowledged."""
        before = len(self.acknowledged)
        wait_for(lambda: len(self.acknowledged) >= before + more or self.faults, "writes go on")

    def pause_after(self, happening):
        """Does it; seconds until something asked afterwards is acknowledged."""
        happening()
        at = time.monotonic()

        def first():
            return next((done for asked, done in reversed(self.acknowledged) if asked >= at), None)
        wait_for(lambda: first() or self.faults, "writes go on")
        return min(done for asked, done in self.acknowledged if asked >= at) - at

    def missing(self, client):
        """What was acknowledged and is not there as it was."""
        gone = []
        for code, address in self.people.items():
            person = client.get(f"/v1/staff/{code}")
            if person.status != 200 or person.json["address"] != address or person.json["title"] != self.titles.get(code, person.json["title"]):
                gone.append((code, str(person)[:200]))
        return gone


def doubles(client):
    """Addresses and codes that two people have."""
    people = pages(client, "/v1/staff")
    return [value for field in ("address", "staff_code") for value, times in collections.Counter(p[field] for p in people).items() if times > 1]


def pages(client, path, **query):
    """All items of a list."""
    items, page = [], {}
    while page is not None:
        answer = client.get(path, page_size=500, **query, **page).json
        items += answer["items"]
        page = {"page_token": answer["next_page_token"]} if answer["next_page_token"] else None
    return items


def share(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def kills(service, rounds, replica_every=5, minutes=600):
    """kill -9 of slapd, and now and then of the replica itself, under load; what was seen."""
    pauses, pid, end = [], None, time.monotonic() + minutes * 60
    with Load(service) as load:
        for n in range(rounds):
            if time.monotonic() > end:
                break
            load.some()
            if n % replica_every == replica_every - 1:
                pauses.append(load.pause_after(lambda: (service.kill(), service.start())))
                continue
            pid = service.slapd_pid(other_than=pid)
            pauses.append(load.pause_after(lambda: os.kill(pid, signal.SIGKILL)))
        load.some()
    client = service.client()
    return {"kills": len(pauses), "acknowledged": len(load.acknowledged), "lost": load.missing(client), "doubles": doubles(client),
            "pause": {"median": share(pauses, 0.5), "p99": share(pauses, 0.99), "most": max(pauses)}, "refused": dict(load.refused)}


def sign_ins(service, codes):
    """Reported for these people, today; those that were taken."""
    moment = now().isoformat(timespec="seconds")
    events = [{"staff_code": code, "occurred_at": moment} for code in codes]
    answer = service.client().post("/v1/usage-events", {"system": "mailbox", "events": events})
    assert answer.status == 200 and answer.json["rejected"] == [], answer
    return codes


def power_cuts(machine, draw, rounds, minutes=600):
    """The power goes under load, and what was not flushed is partly forgotten; what was seen."""
    forgotten, pending, starts, signed_in, end = [], [], [], set(), time.monotonic() + minutes * 60
    with Load(machine, threads=4) as load:
        while len(forgotten) < rounds and time.monotonic() < end:
            load.some(draw.randrange(3, 20))
            signed_in |= sign_ins(machine, {code for code in load.people if code not in signed_in})
            undone, might = machine.cut(draw)
            forgotten.append(undone)
            pending.append(might)
            at = time.monotonic()
            machine.start()
            starts.append(time.monotonic() - at)
        load.some()
    client = machine.client()
    used = {entry["cvId"][0] for entry in machine.ldapsearch("-b", "ou=usage", "(cvUseDays=*)", "cvId")}  # the view may still be reading them
    known = {a["staff"]["staff_code"] for a in pages(client, "/v1/accounts", system="mailbox") if a["staff"]["id"] in used}
    return {"cuts": len(forgotten), "sign_ins": len(signed_in), "sign_ins_lost": len(signed_in - known), "acknowledged": len(load.acknowledged), "lost": load.missing(client), "doubles": doubles(client),
            "pages_forgotten": sum(forgotten), "pages_not_flushed": sum(pending), "start": {"median": share(starts, 0.5), "most": max(starts)},
            "refused": dict(load.refused)}
