"""Periods that are over against an independent recomputation from the directory, while days pass: month, quarter and year ends, the 14th and
15th of the administrative calendar, a leap day; between them random changes, backdated and ahead."""
import datetime
import random

import pytest
from browser import Person
from congvu import Service, nth, offset_to, wait_for
from recompute import CATEGORIES, District
from test_recompute import OTHERS, Changes, against

DAYS = [datetime.date(2027, 12, 14), datetime.date(2027, 12, 15), datetime.date(2027, 12, 31), datetime.date(2028, 1, 1), datetime.date(2028, 2, 29),
        datetime.date(2028, 3, 1), datetime.date(2028, 4, 1)]
PERIODS = [("2027-11", "civil"), ("2027-12", "civil"), ("2027-12", "admin"), ("2027-Q4", "civil"), ("2027", "civil"), ("2027", "admin"),
           ("2028-01", "admin"), ("2028-01", "civil"), ("2028-02", "civil"), ("2028-02", "admin"), ("2028-Q1", "civil")]
SEED = 20280229
UNITS = {"D": ("ubnd_huyen", None), "D.G1": ("su_nghiep", "D"), "D.G2": ("dang", "D"), "D.G3": ("phong", "D"), "D.1": ("phong", "D.G3"), "D.2": ("phong", "D.G3"),
         "D.3": ("truong_hoc", "D.G1"), "D.4": ("truong_hoc", "D.G1"), "D.5": ("phong", "D.G2"), "D.6": ("ubnd_xa", "D"), "D.7": ("ubnd_xa", "D")}
EMPTY = {f"D.X{n}": ("phong", "D.G3") for n in range(8)}
KINDS = ["phong", "ubnd_xa", "truong_hoc", "su_nghiep", "dang"]


class Dated(Changes):
    """As the others, most of them with a day of their own."""

    def __init__(self, service, seed, tokens, today, people, passwords):
        """`passwords`: {person: the one that he set last}"""
        self.passwords = passwords
        self.dice, self.service = random.Random(seed), service
        self.clients = [service.client(token) for token in tokens]
        self.people, self.units, self.today = people, list(UNITS), today
        self.leaves, self.groups, self.refused = [u for u in UNITS if u[2:3].isdigit()], ["D.G1", "D.G2", "D.G3", "D"], {}

    def one(self):
        kinds = {self.move: 16, self.account: 10, self.leave: 8, self.departure: 6, self.headcount: 10, self.usage: 24, self.unit_move: 8,
                 self.unit_facts: 6, self.requirement: 2, self.rule: 2, self.second_post: 5, self.source: 3, self.reinstate: 3, self.category: 10,
                 self.observation: 3, self.hire: 4, self.password: 12, self.other_password: 8, self.headcount_gone: 3, self.unit_gone: 3}
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

    def reinstate(self):
        return "POST", f"{self.person()}/reinstatements", {**(self.decision() if self.dice.random() < 0.7 else {}),
                                                           **({"unit": self.dice.choice(self.units)} if self.dice.random() < 0.3 else {})}

    def observation(self):
        method, path, body = super().observation()
        return method, path, {**body, **({"since": self.day(-60, 0)} if self.dice.random() < 0.5 else {})}

    def password(self):
        """Set for the first time, or reset."""
        person = self.dice.choice(self.people[:30])
        again = "POST", f"/v1/staff/{person}/accounts/mailbox/credential-resets", None
        made = self.service.client().call(*again)
        if made.status != 201:
            return again
        self.passwords[person] = f"Gió-Phan-Rang-{self.dice.randint(1000, 9999)}"
        return "POST", "/v1/activations", {"code": made.json["code"], "password": self.passwords[person]}

    def other_password(self):
        """The person's own change; who can no longer sign in does not."""
        if self.passwords:
            id_ = self.dice.choice(sorted(self.passwords))
            who, fresh = Person(self.service, self.service.spec), f"Nắng-Ninh-Sơn-{self.dice.randint(1000, 9999)}"
            login = self.service.client().get(f"/v1/staff/{id_}").json["address"].split("@")[0]
            if who.sign_in(login, self.passwords[id_])[0] == 201 and who.call("PUT", "/v1/me/password", {"current": self.passwords[id_], "password": fresh})[0] == 204:
                self.passwords[id_] = fresh
        return "PATCH", self.person(), {"title": "Chuyên viên chính"}

    def headcount_gone(self):
        unit = self.dice.choice(self.units)
        declared = [h["on"] for h in self.service.client().get(f"/v1/units/{unit}/headcounts").json["items"]]
        return "POST", f"/v1/units/{unit}/corrections", {"kind": "wrong_headcount", "on": self.dice.choice(declared or [self.day(0, 0)]), "reason": "Nhập nhầm"}

    def unit_gone(self):
        """One that has nobody; what it declared of days that are over keeps it."""
        path = f"/v1/units/{self.dice.choice(list(EMPTY))}"
        return ("DELETE", path, None) if self.dice.random() < 0.6 else ("PUT", f"{path}/headcounts/{self.day(-90, 0)}", {"total": self.dice.randint(0, 9)})

    def hire(self):
        method, path, body = super().hire()
        return method, path, {**body, "category": self.dice.choice(CATEGORIES), "hired_on": self.day(-100, 20)}


def note(service):
    """People as they lie in the directory now: the end of a day, when nothing more happens on it."""
    return {e["cvId"][0]: e for e in service.ldapsearch("-b", "dc=congvu", "(objectClass=cvStaff)")}


def noted_on(noted, on):
    """What was noted on the last day that anything happened before the end of that day; None: nobody looked yet."""
    days = [d for d in noted if d <= on]
    return noted[max(days)] if days else None


def differences(service, today, noted):
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
            model = District(main, usage, last, today, noted_on(noted, last) if last < today else None)
            found += against(answer.json, model, f"{period} {calendar}")
            for query in OTHERS:
                other = client.get("/v1/coverage", unit="D", depth=32, period=period, calendar=calendar, **{"group_by": "unit,system", **query})
                found += against(other.json, model, f"{period} {calendar} {query}", **query)
    for window in ("P7D", "P30D", "P90D"):
        found += against(client.get("/v1/coverage", unit="D", depth=32, group_by="unit,system", window=window).json, District(main, usage, today), window)
    return found


ENDS = {"2027-12": ("admin", datetime.date(2027, 12, 14)), "2027-Q4": ("civil", datetime.date(2027, 12, 31)), "2028-02": ("civil", datetime.date(2028, 2, 29))}
PEOPLE = {"joined", "left", "moved_in", "moved_out", "became_required", "no_longer_required", "issued", "revoked"}


def total(parts, rate, member):
    return sum(p[rate][member] for p in parts)


def recorded_since(client, model, kept, unit, system, period, calendar):
    """Problems of one answer. `kept`, `model`: the day as it was when it ended, and as the directory tells of it now."""
    said = client.get("/v1/coverage/changes", unit=unit, system=system, period=period, calendar=calendar)
    assert said.status == 200, said
    said, was, is_ = said.json, *(next(u for u in d.units.values() if u.now_code == unit) for d in (kept, model))
    before, after = kept.counted(was, kept.systems[system]), model.counted(is_, model.systems[system])
    ends = {"from": (sum(before.values()), len(before) + kept.unrecorded(was, kept.systems[system])),
            "to": (sum(after.values()), len(after) + model.unrecorded(is_, model.systems[system]))}
    found = [(end, said[end]["coverage"], ends[end]) for end in ends if (said[end]["coverage"]["a"], said[end]["coverage"]["b"]) != ends[end]]
    for rate in ("coverage", "adoption"):
        for m in ("a", "b"):
            if said["from"][rate][m] is not None and said["to"][rate][m] is not None and said["from"][rate][m] + total(said["parts"], rate, m) != said["to"][rate][m]:
                found.append((rate, m, "the parts do not add up"))
    named = {i["id"] for p in said["parts"] if p["cause"] in PEOPLE for i in p["items"]}
    others = {i for i in {*before, *after} if before.get(i) != after.get(i)}
    found += [("named, and nothing differs", i) for i in named - others] + [("differs, and is not named", i) for i in others - named]
    found += [(p, "by nobody") for p in said["parts"] if p["cause"] == "not_by_person"]
    return [(unit, system, period, *f) for f in found]


def agree_since(service, today, ended, noted):
    """Of each period that is over: kept and told now differ in the people that the answer names, and in what they declare."""
    client, found = service.client(), []
    main = service.ldapsearch("-b", "dc=congvu", "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry))")
    usage = service.ldapsearch("-b", "ou=usage")
    for period, (calendar, on) in ENDS.items():
        if on not in ended or on >= today:
            continue
        model = District(main, usage, on, today, noted_on(noted, on))
        found += [f for unit in UNITS for system in model.systems for f in recorded_since(client, model, ended[on], unit, system, period, calendar)]
    assert not found, f"{today}: {len(found)} differences, the first:\n" + "\n".join(map(str, found[:15]))


def agree(service, today, when, noted):
    left = []

    def same():
        left[:] = differences(service, today, noted)
        return not left
    try:
        wait_for(same, when, 20)
    except AssertionError:
        pytest.fail(f"{when}: {len(left)} differences, the first:\n" + "\n".join(map(str, left[:15])))


def test_every_period_that_is_over(more, spec):
    wanted = 200 if more else 45
    service = Service(spec=spec, clock_offset=offset_to(datetime.date(2027, 10, 20))).start()
    try:
        client = service.client()
        scopes = ["units:read", "units:write", "staff:read", "staff:write", "accounts:write", "departures:write", "systems:write", "usage:write", "coverage:read"]
        tokens = [client.post("/v1/tokens", {"name": f"changes {n}", "scopes": scopes}).json["secret"] for n in range(12)]
        for code, (kind, parent) in {**UNITS, **EMPTY}.items():
            body = {"name": {"vi": f"Đơn vị {code}"}, "kind": kind, "slug": code.lower().replace(".", ""), "active_from": "2021-01-01", **({"parent": parent} if parent else {})}
            block = {"D": "chinh_quyen", "D.G2": "dang_doan_the"}.get(code)
            assert client.put(f"/v1/units/{code}", {**body, **({"block": block} if block else {})}).status == 201
        dice, people = random.Random(SEED), []
        for n in range(60):
            body = {"full_name": nth("Lê Văn", n), "unit": dice.choice(list(UNITS)), "category": dice.choice(CATEGORIES),
                    "hired_on": dice.choice([None, "2020-01-01", "2027-06-01"]), "not_same_as": ["*"]}
            people.append(client.post("/v1/staff", body).json["id"])
        passwords, noted, ended = {}, {datetime.date(2027, 10, 20): note(service)}, {}
        for n, today in enumerate(DAYS):
            service.stop()
            service.settings["clock_offset"] = offset_to(today)
            service.start()
            changes = Dated(service, SEED + n, tokens, today, people, passwords)
            agree(service, today, f"at the beginning of {today}", noted)
            done = sum(changes.send(changes.one()) for _ in range(wanted))
            assert done > wanted // 2, changes.refused
            agree(service, today, f"on {today} after {done} changes", noted)
            agree_since(service, today, ended, noted)
            noted[today] = note(service)
            ended[today] = District(service.ldapsearch("-b", "dc=congvu", "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry))"),
                                    service.ldapsearch("-b", "ou=usage"), today)
        service.stop()
    finally:
        service.clean()
