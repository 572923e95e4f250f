"""Coverage and use against an independent recomputation from the directory, before and after random changes (with --more a thousand)."""
import concurrent.futures
import datetime
import random
import subprocess
import sys
import zlib

import pytest
from congvu import ROOT, site_today, wait_for
from recompute import CATEGORIES, District

SAMPLE = ROOT / "deploy/sample"
WINDOWS = {"P7D": 7, "P30D": 30, "P90D": 90, "P180D": 180}
SEED = 20261126
ROW = {"row_kind", "unknown_reason", "unit", "depth", "system", "unit_of_count", "headcount_on", "headcount_by_category", "links"}


def run(script, service, token):
    path = service.data / f"{script}.token"
    path.write_text(token)
    subprocess.run([sys.executable, "-B", SAMPLE / script, "--url", f"http://127.0.0.1:{service.port}", "--quiet", "--token-file", path],
                   check=True, timeout=300)


def district(service):
    return District(service.ldapsearch("-b", "dc=congvu", "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry))"),
                    service.ldapsearch("-b", "ou=usage"), site_today())


OTHERS = [{"category": "cong_chuc"}, {"category": "vien_chuc,nld_hop_dong"}, {"system": "required"}, {"system": "required", "category": "can_bo,cong_chuc"}]


def against(answer, model, what, system=None, category=None):
    """Of one answer to a question for all units and systems."""
    first, last = (datetime.date.fromisoformat(answer["window"][n]) for n in ("from", "to"))
    make = model.pairs if system else model.rows
    found, shown, expected = [], set(), make((last - first).days + 1, set(category.split(",")) if category else None)
    for row in answer["rows"]:
        kind = "unit" if row["row_kind"] == "total" else row["row_kind"]
        key = (kind, row["unit"]["code"], row["system"])
        shown.add(key)
        for name, value in expected[key].items():
            if row.get(name) != value:
                found.append((what, *key, name, "answered", row.get(name), "recomputed", value))
        assert not set(row) - set(expected[key]) - ROW, "a figure that nobody recomputes"
    # a unit without a row would be a hole; `own` rows are there where units below are shown and people sit in the unit itself
    found += [(what, *key, "no such row") for key in expected if key[0] == "unit" and key not in shown]
    found += [(what, *key, "no such row") for key, row in expected.items() if key[0] == "own" and key not in shown and row.get("recorded", row["issued"])
              and any(u.children for u in model.units.values() if u.code == key[1])]
    return found


def differences(client, model):
    found = []
    for window in WINDOWS:
        found += against(client.get("/v1/coverage", unit="H43.99", depth=32, group_by="unit,system", window=window).json, model, window)
    for query in OTHERS:
        answer = client.get("/v1/coverage", unit="H43.99", depth=32, **{"group_by": "unit,system", **query})
        found += against(answer.json, model, str(query), **query)
    return found


def agree(service, when):
    """What was written a moment ago may still be on its way into the view."""
    left = []

    def same():
        left[:] = differences(service.client(), district(service))
        return not left
    try:
        wait_for(same, when)
    except AssertionError:
        pytest.fail(f"{when}: {len(left)} differences, the first:\n" + "\n".join(map(str, left[:15])))


class Changes:
    """Random changes through the API. Refusals are part of life (the brake, people who left, cycles); anything else is not."""

    def __init__(self, service, seed, tokens):
        self.dice, self.service = random.Random(seed), service
        self.clients = [service.client(token) for token in tokens]  # each with a brake of its own
        people = service.client().get("/v1/staff", page_size=500)
        self.people = []
        while True:
            self.people += [p["id"] for p in people.json["items"]]
            if not people.json["next_page_token"]:
                break
            people = service.client().get("/v1/staff", page_size=500, page_token=people.json["next_page_token"])
        units = service.client().get("/v1/units", page_size=500).json["items"]
        self.units = [u["code"] for u in units]
        self.leaves = [u["code"] for u in units if u["kind"] in ("phong", "ubnd_xa", "truong_hoc", "su_nghiep") and u["code"].count(".") > 1]
        self.groups = ["H43.99.CM", "H43.99.XA", "H43.99.SN", "H43.99.TH", "H43.99.DD", "H43.99.HU"]
        self.today = site_today()
        self.refused = {}

    def day(self, low, high):
        return (self.today + datetime.timedelta(self.dice.randint(low, high))).isoformat()

    def one(self):
        kinds = {self.move: 12, self.account: 14, self.leave: 8, self.departure: 5, self.headcount: 12, self.usage: 30, self.unit_move: 4,
                 self.requirement: 2, self.rule: 2, self.second_post: 6, self.source: 3, self.reinstate: 2, self.category: 12, self.observation: 4,
                 self.hire: 4}
        return self.dice.choices(list(kinds), kinds.values())[0]()

    def person(self):
        return f"/v1/staff/{self.dice.choice(self.people)}"

    def move(self):
        return "PATCH", self.person(), {"unit": self.dice.choice(self.units)}

    def category(self):
        when = {"decision": {"number": f"{self.dice.randint(1000, 9999)}/QĐ", "effective_on": self.day(-120, 20)}} if self.dice.random() < 0.5 else {}
        return "PATCH", self.person(), {"category": self.dice.choice(CATEGORIES), **when}

    def hire(self):
        code = f"NEW-{self.dice.randrange(10**6)}"
        return "PUT", f"/v1/staff/{code}", {"full_name": f"Nguyễn Văn {self.dice.choice(['Ưu', 'Ý', 'Yên', 'Yến'])}", "unit": self.dice.choice(self.units),
                                            "category": "cong_chuc", "birth_year": self.dice.randint(1960, 2005), "hired_on": self.day(-30, 3),
                                            "not_same_as": ["*"]}

    def observation(self):
        body = {"state": self.dice.choice(["provisioned", "active", "requested"])}
        return "PUT", f"{self.person()}/accounts/certificate/observation", body

    def account(self):
        system = self.dice.choice(["mailbox", "mailbox", "td-office", "e-office", "certificate"])
        state = self.dice.choice(["present", "present", "locked", "closed"])
        reason = {"reason": self.dice.choice(["inactivity", "leave", "default_password"])} if state == "locked" else {"reason": "khac"}
        return "PUT", f"{self.person()}/accounts/{system}", {"state": state, **(reason if state != "present" else {})}

    def leave(self):
        if self.dice.random() < 0.3:
            return "PATCH", self.person(), {"status": "active"}
        body = {"kind": "thai_san", "from": self.day(-60, 5)}
        if self.dice.random() < 0.7:
            body["to"] = self.day(6, 60)
        return "PATCH", self.person(), {"status": "on_leave", "leave": body}

    def departure(self):
        body = {"reason": "thoi_viec", "decision": {"number": f"{self.dice.randint(1, 999)}/QĐ"}}
        if self.dice.random() < 0.6:
            body["effective_on"] = self.day(-3, 40)
        return "PUT", f"{self.person()}/departure", body

    def reinstate(self):
        return "POST", f"{self.person()}/reinstatements", {}

    def headcount(self):
        body = {"total": self.dice.randint(0, 40)}
        if self.dice.random() < 0.5:
            categories = self.dice.sample(["can_bo", "cong_chuc", "vien_chuc", "nld_hop_dong", "nguoi_hoat_dong_khong_chuyen_trach"], 3)
            body["by_category"] = {c: self.dice.randint(0, 12) for c in categories}
            body["total"] = max(body["total"], sum(body["by_category"].values()))
        return "PUT", f"/v1/units/{self.dice.choice(self.units)}/headcounts/{self.day(-90, 3)}", body

    def usage(self):
        events = [{"id": self.dice.choice(self.people), "occurred_on": self.day(-400, 0) if self.dice.random() < 0.2 else self.day(-40, 0)}
                  for _ in range(self.dice.randint(1, 60))]
        return "POST", "/v1/usage-events", {"system": self.dice.choice(["mailbox", "td-office", "e-office", "certificate"]), "events": events}

    def source(self):
        return "POST", "/v1/usage-events", {"system": self.dice.choice(["mailbox", "td-office", "e-office", "certificate"]),
                                            "data_through": self.day(-7, 0), "rewind": True}

    def unit_move(self):
        return "PATCH", f"/v1/units/{self.dice.choice(self.leaves)}", {"parent": self.dice.choice(self.groups)}

    def requirement(self):
        lines = [{}, {"blocks": ["chinh_quyen"]}, {"unit_kinds": ["phong", "ubnd_xa"]}, {"categories": ["cong_chuc", "can_bo"]},
                 {"positions": ["Kế toán", "Văn thư"]}, {"blocks": ["dang_doan_the"], "categories": ["can_bo"]}]
        system = self.dice.choice(["certificate", "certificate", "e-office", "td-office"])
        return "PATCH", f"/v1/systems/{system}", {"required_for": self.dice.sample(lines[1:] if self.dice.random() < 0.9 else lines, self.dice.randint(1, 2))}

    def rule(self):
        system = self.dice.choice(["mailbox", "td-office", "certificate"])
        of = self.dice.choice([7, 14, 28, 30, 60])
        return "PATCH", f"/v1/systems/{system}", {"activity": {"reported": self.dice.random() < 0.8, "regular_of": of,
                                                              "regular_days": self.dice.randint(1, min(of, 9)),
                                                              "stale_after_days": self.dice.randint(0, 6),
                                                              "precision": self.dice.choice(["by_day", "by_day", "last_only"])}}

    def second_post(self):
        """The primary post stays; beside it one that may have begun, ended, or be yet to come."""
        person = self.person()
        now = self.service.client().get(person).json
        if now.get("unit") is None:
            return "PATCH", person, {"title": "Chuyên viên"}
        primary = next(p for p in now["posts"] if p["primary"])
        keep = {"unit": primary["unit"]["code"], "title": primary["title"], "kind": primary["kind"], "primary": True}
        other = {"unit": self.dice.choice([u for u in self.units if u != keep["unit"]]), "title": "Kế toán",
                 "kind": self.dice.choice(["kiem_nhiem", "biet_phai"]), "from": self.day(-30, 10)}
        if self.dice.random() < 0.4:
            other["to"] = self.day(11, 50)
        return "PATCH", person, {"posts": [keep, other]}

    def send(self, change):
        method, path, body = change
        headers = {"If-Match": "*"} if method in ("PATCH", "DELETE") else None
        answer = self.clients[zlib.crc32(path.encode()) % len(self.clients)].call(method, path, body, headers)
        if answer.status >= 300:
            assert answer.status in (404, 409, 422), (change, answer)
            why = (change[1].split("/")[2], answer.code, *(e["code"] for e in answer.json["errors"]))
            self.refused[why] = self.refused.get(why, 0) + 1
        return answer.status < 300


def test_every_figure_of_the_district(start, more):
    wanted = 1000 if more else 300
    service = start()
    client = service.client()
    scopes = ["units:read", "units:write", "staff:read", "staff:write", "accounts:write", "departures:write", "systems:write", "usage:write",
              "coverage:read"]
    tokens = [client.post("/v1/tokens", {"name": f"changes {n}", "scopes": scopes}).json["secret"] for n in range(24)]
    run("load.py", service, tokens[0])
    run("usage.py", service, tokens[0])
    agree(service, "the sample district")

    changes = Changes(service, SEED, tokens)
    todo = [changes.one() for _ in range(wanted * 5 // 4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(changes.send, todo))
    assert done >= wanted, changes.refused
    agree(service, f"after {done} random changes")
