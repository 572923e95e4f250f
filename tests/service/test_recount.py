"""The sample district: every figure of every unit, system and window is what a plain script finds in the directory, also after many changes."""
import datetime
import os
import random
import subprocess
import sys

import pytest
import recount
from congvu import ROOT, wait_for

SAMPLE = ROOT / "deploy/sample"
CHANGES = int(os.environ.get("CONGVU_CHANGES", "200"))
SEED = int(os.environ.get("CONGVU_TEST_SEED", "20261126"))
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()


def day(ahead):
    return (TODAY + datetime.timedelta(days=ahead)).isoformat()


def script(service, name, *more):
    subprocess.run([sys.executable, SAMPLE / name, "--url", f"http://127.0.0.1:{service.port}", "--token-file", service.data / "admin.token", "--quiet", *more],
                   check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def district(spec):
    from congvu import Service
    service = Service(spec=spec).start()
    try:
        script(service, "load.py")
        script(service, "usage.py")
        yield service
        service.stop()
    finally:
        service.clean()


def compare(service):
    client, world = service.client(), recount.World(service, TODAY)
    top = next(u for u in world.units.values() if not u.parent)
    for window, length in recount.WINDOWS.items():
        sums, own = world.figures(length)
        answer = client.get("/v1/coverage", unit=top.code, depth=32, window=window)
        assert answer.status == 200, answer
        seen = set()
        for row in answer.json["rows"]:
            key = row["unit"]["code"], row["system"]
            counts = own[key] if row["row_kind"] == "own" else sums[key]
            want = recount.expected_row(counts, world.systems[row["system"]], length, TODAY)
            assert {k: row[k] for k in want} == want, (window, key, row["row_kind"])
            seen.add((*key, row["row_kind"] == "own"))
        assert len({k for k in seen if not k[2]}) == len(world.units) * len(world.systems)


def settled(service):
    """The last write, made directly in the directory, is in the view, and so is what came before it."""
    mark = str(random.Random().randrange(10**9))
    person = service.client().get("/v1/staff", page_size=1).json["items"][0]["id"]
    dn = service.person(person)["dn"][0]
    ldif = f"dn: {dn}\nchangetype: modify\nreplace: cvStaffCode\ncvStaffCode: Z{mark}\n"
    subprocess.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", service.ldapi], input=ldif, text=True, check=True, capture_output=True)
    wait_for(lambda: service.client().get("/v1/staff", staff_code=f"Z{mark}").json["items"], "the view has everything")


def test_the_loaded_district(district):
    settled(district)
    compare(district)


class Changes:
    def __init__(self, service, rng):
        self.client, self.rng = service.client(), rng
        self.people = []
        token = None
        while token is not None or not self.people:
            page = self.client.get("/v1/staff", page_size=500, status="active,on_leave", **({"page_token": token} if token else {})).json
            self.people += [p["id"] for p in page["items"]]
            token = page["next_page_token"]
            if token is None:
                break
        self.units = [u["code"] for u in self.client.get("/v1/units", page_size=500).json["items"]]

    def person(self):
        return self.rng.choice(self.people)

    def unit(self):
        return self.rng.choice(self.units)

    def move(self):
        return self.client.patch(f"/v1/staff/{self.person()}", {"unit": self.unit()})

    def categorise(self):
        return self.client.patch(f"/v1/staff/{self.person()}", {"category": self.rng.choice(recount.CATEGORIES)})

    def leave(self):
        start, length = self.rng.randrange(-40, 5), self.rng.choice([None, 10, 30, 90])
        leave = {"kind": "thai_san", "from": day(start), "to": None if length is None else day(start + length)}
        return self.client.patch(f"/v1/staff/{self.person()}", {"leave": self.rng.choice([leave, leave, None])})

    def account(self):
        state = self.rng.choice(["present", "present", "locked", "closed"])
        body = {"state": state, **({"reason": self.rng.choice(["inactivity", "violation"])} if state == "locked" else {})}
        return self.client.put(f"/v1/staff/{self.person()}/accounts/{self.rng.choice(['mailbox', 'td-office', 'e-office'])}", body)

    def observe(self):
        return self.client.put(f"/v1/staff/{self.person()}/accounts/certificate/observation", {"state": self.rng.choice(["provisioned", "active", "requested"])})

    def depart(self):
        return self.client.put(f"/v1/staff/{self.person()}/departure", {"reason": "nghi_huu", "effective_on": day(self.rng.choice([0, 1, 30])),
                                                                        "decision": {"number": f"{self.rng.randrange(999)}/QĐ"}})

    def second(self):
        person = self.client.get(f"/v1/staff/{self.person()}").json
        posts = [{"unit": person["unit"]["id"], "kind": "chinh_thuc", "primary": True, "title": person["title"]},
                 {"unit": self.unit(), "kind": self.rng.choice(["biet_phai", "kiem_nhiem"]), "from": day(-3), "to": self.rng.choice([None, day(-1), day(40)])}]
        return self.client.patch(f"/v1/staff/{person['id']}", {"posts": posts})

    def hire(self):
        return self.client.post("/v1/staff", {"full_name": f"Nguyễn Văn {self.rng.choice(['Ưu', 'Ý', 'Yên', 'Yến'])}", "unit": self.unit(), "category": "cong_chuc",
                                              "birth_year": self.rng.randrange(1960, 2005), "hired_on": day(self.rng.choice([-30, 0, 3]))})

    def use(self):
        events = [{"id": self.person(), "occurred_on": day(-self.rng.randrange(0, 200))} for _ in range(20)]
        return self.client.post("/v1/usage-events", {"system": self.rng.choice(["mailbox", "td-office", "e-office"]), "events": events})

    def reorganise(self):
        return self.client.patch(f"/v1/units/{self.unit()}", {"parent": self.unit()})

    def declare(self):
        total = self.rng.randrange(5, 60)
        body = {"total": total, **({"by_category": {"cong_chuc": total // 2, "vien_chuc": total // 4}} if self.rng.random() < .5 else {})}
        return self.client.put(f"/v1/units/{self.unit()}/headcounts/{day(-self.rng.randrange(0, 60))}", body)

    def rule(self):
        body = {"activity": {"regular_days": self.rng.choice([2, 4, 8]), "regular_of": self.rng.choice([30, 30, 7, 90])}}
        return self.client.patch(f"/v1/systems/{self.rng.choice(['mailbox', 'td-office', 'e-office'])}", body)


def test_after_many_changes(district):
    rng = random.Random(SEED)
    changes = Changes(district, rng)
    kinds = [changes.move, changes.categorise, changes.leave, changes.account, changes.account, changes.observe, changes.depart, changes.second, changes.hire,
             changes.use, changes.use, changes.use, changes.reorganise, changes.declare, changes.rule]
    done, refused = {}, {}
    while sum(done.values()) < CHANGES:
        kind = rng.choice(kinds)
        answer = kind()
        book = done if answer.status < 300 else refused
        book[kind.__name__] = book.get(kind.__name__, 0) + 1
        assert answer.status < 500, answer
        assert sum(refused.values()) < 4 * CHANGES, (done, refused)
    missing = {k.__name__ for k in kinds} - set(done)
    assert len(missing) <= 1 or CHANGES < 100, (missing, refused)
    settled(district)
    compare(district)
