"""Periods that are over against an independent recomputation from the directory, while days pass: month, quarter and year ends, the 14th and
15th of the administrative calendar, a leap day; between them random changes, backdated and ahead."""
import datetime
import random

import pytest
from congvu import Service, nth, offset_to, wait_for
from recompute import CATEGORIES, District
from test_recompute import Changes, against

DAYS = [datetime.date(2027, 12, 14), datetime.date(2027, 12, 15), datetime.date(2027, 12, 31), datetime.date(2028, 1, 1), datetime.date(2028, 2, 29),
        datetime.date(2028, 3, 1), datetime.date(2028, 4, 1)]
PERIODS = [("2027-11", "civil"), ("2027-12", "civil"), ("2027-12", "admin"), ("2027-Q4", "civil"), ("2027", "civil"), ("2027", "admin"),
           ("2028-01", "admin"), ("2028-01", "civil"), ("2028-02", "civil"), ("2028-02", "admin"), ("2028-Q1", "civil")]
SEED = 20280229
UNITS = {"D": ("ubnd_huyen", None), "D.G1": ("su_nghiep", "D"), "D.G2": ("dang", "D"), "D.G3": ("phong", "D"), "D.1": ("phong", "D.G3"), "D.2": ("phong", "D.G3"),
         "D.3": ("truong_hoc", "D.G1"), "D.4": ("truong_hoc", "D.G1"), "D.5": ("phong", "D.G2"), "D.6": ("ubnd_xa", "D"), "D.7": ("ubnd_xa", "D")}
KINDS = ["phong", "ubnd_xa", "truong_hoc", "su_nghiep", "dang"]


class Dated(Changes):
    """As the others, most of them with a day of their own."""

    def __init__(self, service, seed, tokens, today, people):
        self.dice, self.service = random.Random(seed), service
        self.clients = [service.client(token) for token in tokens]
        self.people, self.units, self.today = people, list(UNITS), today
        self.leaves, self.groups, self.refused = [u for u in UNITS if u[2:3].isdigit()], ["D.G1", "D.G2", "D.G3", "D"], {}

    def one(self):
        kinds = {self.move: 16, self.account: 10, self.leave: 8, self.departure: 6, self.headcount: 10, self.usage: 24, self.unit_move: 8,
                 self.unit_facts: 6, self.requirement: 2, self.rule: 2, self.second_post: 5, self.source: 3, self.reinstate: 3, self.category: 10,
                 self.observation: 3, self.hire: 4}
        return self.dice.choices(list(kinds), kinds.values())[0]()

    def decision(self):
        return {"decision": {"number": f"{self.dice.randint(1, 99999)}/QĐ", "effective_on": self.day(-100, 20)}}

    def move(self):
        return "PATCH", self.person(), {"unit": self.dice.choice(self.units), **(self.decision() if self.dice.random() < 0.7 else {})}

    def back(self):
        """Of a unit's change: decided earlier, or ahead."""
        return {"effective_on": self.day(-100, 20)} if self.dice.random() < 0.6 else {}

    def unit_move(self):
        return "PATCH", f"/v1/units/{self.dice.choice(self.leaves)}", {"parent": self.dice.choice(self.groups), **self.back()}

    def unit_facts(self):
        facts = self.dice.choice([{"kind": self.dice.choice(KINDS)}, {"block": self.dice.choice(["chinh_quyen", "dang_doan_the", None])},
                                  {"name": {"vi": f"Đơn vị {self.dice.randint(1, 99)}"}}])
        return "PATCH", f"/v1/units/{self.dice.choice(self.leaves)}", {**facts, **self.back()}

    def departure(self):
        return "PUT", f"{self.person()}/departure", {"reason": "thoi_viec", "effective_on": self.day(-60, 40), "decision": {"number": f"{self.dice.randint(1, 999)}/QĐ"}}

    def hire(self):
        method, path, body = super().hire()
        return method, path, {**body, "category": self.dice.choice(CATEGORIES), "hired_on": self.day(-100, 20)}


def differences(service, today):
    client = service.client()
    main = service.ldapsearch("-b", "dc=congvu", "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry))")
    usage = service.ldapsearch("-b", "ou=usage")
    found = []
    for period, calendar in PERIODS:
        answer = client.get("/v1/coverage", unit="D", depth=32, group_by="unit,system", period=period, calendar=calendar)
        if answer.status != 200:
            assert answer.status == 422, answer
            continue
        last = datetime.date.fromisoformat(answer.json["window"]["to"])
        if last <= today:
            found += against(answer.json, District(main, usage, last, today), f"{period} {calendar}")
    for window in ("P7D", "P30D"):
        found += against(client.get("/v1/coverage", unit="D", depth=32, group_by="unit,system", window=window).json, District(main, usage, today), window)
    return found


def agree(service, today, when):
    left = []

    def same():
        left[:] = differences(service, today)
        return not left
    try:
        wait_for(same, when, 20)
    except AssertionError:
        pytest.fail(f"{when}: {len(left)} differences, the first:\n" + "\n".join(map(str, left[:15])))


def test_every_period_that_is_over(more):
    wanted = 200 if more else 45
    service = Service(clock_offset=offset_to(datetime.date(2027, 10, 20))).start()
    try:
        client = service.client()
        scopes = ["units:read", "units:write", "staff:read", "staff:write", "accounts:write", "departures:write", "systems:write", "usage:write", "coverage:read"]
        tokens = [client.post("/v1/tokens", {"name": f"changes {n}", "scopes": scopes}).json["secret"] for n in range(12)]
        for code, (kind, parent) in UNITS.items():
            body = {"name": {"vi": f"Đơn vị {code}"}, "kind": kind, "slug": code.lower().replace(".", ""), "active_from": "2021-01-01", **({"parent": parent} if parent else {})}
            block = {"D": "chinh_quyen", "D.G2": "dang_doan_the"}.get(code)
            assert client.put(f"/v1/units/{code}", {**body, **({"block": block} if block else {})}).status == 201
        dice, people = random.Random(SEED), []
        for n in range(60):
            body = {"full_name": nth("Lê Văn", n), "unit": dice.choice(list(UNITS)), "category": dice.choice(CATEGORIES),
                    "hired_on": dice.choice([None, "2020-01-01", "2027-06-01"]), "not_same_as": ["*"]}
            people.append(client.post("/v1/staff", body).json["id"])
        for n, today in enumerate(DAYS):
            service.stop()
            service.settings["clock_offset"] = offset_to(today)
            service.start()
            changes = Dated(service, SEED + n, tokens, today, people)
            agree(service, today, f"at the beginning of {today}")
            done = sum(changes.send(changes.one()) for _ in range(wanted))
            assert done > wanted // 2, changes.refused
            agree(service, today, f"on {today} after {done} changes")
        service.stop()
    finally:
        service.clean()
