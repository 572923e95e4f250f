"""The second person at the brake is another one: whoever gave somebody a way in may be the one who signs in as him, so for 7 days the two are one."""
import itertools

import pytest

from authenticator import Clock, Phone
from browser import PASSWORD, Person, activate, login_of
from congvu import an, make_units, nth, running

WEEK = 7 * 86400
REASON = "Đã xem danh sách với Phòng Nội vụ"
EVERYTHING = ["accounts:write", "staff:read", "brake:release", "tokens:write", "departures:write", "staff:write", "units:read", "units:write", "systems:write", "coverage:read", "usage:write", "reports:write", "audit:read"]
numbers = itertools.count(1)


class Town:
    def __init__(self, service, spec, clock):
        self.service, self.spec, self.clock, self.root = service, spec, clock, service.client()

    def made(self, by=None, role="site_admin"):
        """Somebody with a role and a one-time code, redeemed: by the bootstrap token, or by who is signed in."""
        code = f"SP-{next(numbers)}"
        assert self.root.put(f"/v1/staff/{code}", an(full_name=nth("Phạm Văn", int(code[3:])), unit="T1.02")).status == 201
        person = Somebody(self, code)
        if by is None:
            activate(self.root, code)
            assert self.root.post(f"/v1/staff/{code}/roles", {"role": role}).status == 201
        else:
            by.gives_a_code(person, PASSWORD)
            status, body = by.call("POST", f"/v1/staff/{code}/roles", {"role": role})
            assert status == 201, body
        return person.signs_in()

    def stops(self, who):
        """Lets eight people go: five do, three wait."""
        people = [f"SP-{next(numbers)}" for _ in range(8)]
        for code in people:
            assert self.root.put(f"/v1/staff/{code}", an(full_name=nth("Ngô Văn", int(code[3:])), unit="T1")).status == 201
        status, done = who.call("POST", "/v1/departures/batches", {"departures": [{"staff": p, "reason": "thoi_viec"} for p in people]})
        assert (status, done["summary"]["held"]) == (207, 3), done
        return people[5:]


class Somebody(Person):
    def __init__(self, town, code):
        super().__init__(town.service, town.spec)
        self.town, self.record, self.password = town, town.root.get(f"/v1/staff/{code}").json, PASSWORD
        self.id, self.name, self.code = self.record["id"], self.record["full_name"], code

    def signs_in(self, **more):
        status, body = self.sign_in(login_of(self.record), self.password, **more)
        assert status == 201, body
        return self

    def gives_a_code(self, other, password):
        status, made = self.call("POST", f"/v1/staff/{other.code}/accounts/mailbox/credential-resets")
        assert status == 201, made
        assert self.town.root.post("/v1/activations", {"code": made["code"], "password": password}).status == 204
        other.password = password

    def line_of(self, other):
        return next(line for line in self.call("GET", "/v1/brake")[1]["lines"] if line["token"] == other.id)

    def releases(self, other, person):
        return self.call("POST", "/v1/brake-releases", {"token": other.id, "reason": REASON, "people": [person]}, **{"Accept-Language": "vi"})

    def is_refused(self, stopped, person, why="way_in", instead=None):
        line = self.line_of(stopped)
        assert (line["may_release"], line["why_not"]) == (False, why)
        status, body = self.releases(stopped, person)
        assert (status, body["code"]) == (403, "scope_missing"), body
        named = [r["token"] for r in line["releasers"]]
        assert self.id not in named and stopped.id not in named
        if instead is not None:
            assert instead.id in named and instead.name in str(body), body
        return body

    def may(self, stopped, person):
        line = self.line_of(stopped)
        assert (line["may_release"], line["why_not"]) == (True, None)
        assert self.id in [r["token"] for r in line["releasers"]]
        status, body = self.releases(stopped, person)
        assert (status, body["released"]) == (201, 1), body


class Script:
    """A program with a token, asked as a person is."""

    def __init__(self, town, secret):
        self.client = town.service.client(secret)

    def call(self, method, path, body):
        answer = {"POST": self.client.post}[method](path, body)
        return answer.status, answer.json


@pytest.fixture
def town(spec, tmp_path):
    clock = Clock(tmp_path / "offset")
    with running(spec=spec, clock_file=clock.path) as service:
        clock.shown_to.append(service)
        make_units(service.client())
        for i in range(30):  # so that no test empties half of the unit
            assert service.client().put(f"/v1/staff/BASE-{i}", an(full_name=nth("Lê Văn", i), unit="T1")).status == 201
        yield Town(service, spec, clock)


def test_who_was_given_a_new_code_is_one_with_who_gave_it_for_a_week(town):
    a, b, c = town.made(), town.made(), town.made()
    a.gives_a_code(b, "Sông-Hương-mùa-thu-2026")
    b.signs_in()
    held = town.stops(a)
    told = b.is_refused(a, held[0], instead=c)
    assert "7 ngày" in str(told), "the answer says why"
    theirs = town.stops(b)
    a.is_refused(b, theirs[0], instead=c)
    c.may(a, held[0])
    c.may(b, theirs[0])
    town.clock.wait(WEEK - 600)
    b.signs_in().is_refused(a, held[1])
    town.clock.wait(660)
    b.signs_in().may(a, held[1])
    a.signs_in().may(b, theirs[1])


def test_who_lost_the_second_factor_is_one_with_who_took_it_away(town):
    a, b, c = town.made(), town.made(), town.made()
    status, made = b.call("POST", "/v1/me/second-factor", {"current": PASSWORD})
    assert status == 201, made
    assert b.call("PUT", "/v1/me/second-factor", {"code": Phone(town.clock, made["secret"]).code()})[0] == 204
    assert a.call("DELETE", f"/v1/staff/{c.code}/second-factor")[0] == 204, "who has none gets no way in by it"
    assert a.call("DELETE", f"/v1/staff/{b.code}/second-factor")[0] == 204
    b.signs_in()
    held = town.stops(a)
    b.is_refused(a, held[0], instead=c)
    c.may(a, held[0])
    town.clock.wait(WEEK)
    b.signs_in().may(a, held[1])


def test_somebody_freshly_made_is_one_with_his_maker_and_with_whom_else_that_one_made(town):
    a, c = town.made(), town.made()
    b, d = town.made(by=a), town.made(by=a)
    e = town.made(by=b)
    held = town.stops(a)
    for fresh in (b, d, e):
        fresh.is_refused(a, held[0], instead=c)
    theirs = town.stops(e)
    for fresh in (b, d, a):
        fresh.is_refused(e, theirs[0], instead=c)
    c.may(a, held[0])
    c.may(e, theirs[0])


def test_a_later_code_by_another_does_not_wash_the_former_giver_away(town):
    a, b, c = town.made(), town.made(), town.made()
    a.gives_a_code(b, "Sông-Hương-mùa-thu-2026")
    assert c.call("POST", f"/v1/staff/{b.code}/accounts/mailbox/credential-resets")[0] == 201, "and nobody redeems it"
    b.signs_in()
    held = town.stops(a)
    b.is_refused(a, held[0])
    c.may(a, held[0])


def test_a_token_that_gave_the_code_counts_with_its_line(town):
    a, b, c = town.made(), town.made(), town.made()
    status, made = a.call("POST", "/v1/tokens", {"name": "kịch bản", "scopes": EVERYTHING})
    assert status == 201, made
    script = town.service.client(made["secret"])
    code = script.post(f"/v1/staff/{b.code}/accounts/mailbox/credential-resets", None)
    assert code.status == 201, code
    assert town.root.post("/v1/activations", {"code": code.json["code"], "password": PASSWORD}).status == 204
    b.signs_in()
    held = town.stops(a)
    b.is_refused(a, held[0], instead=c)


def test_ways_in_of_ones_own_push_nobody_elses_out(town):
    a, b, c = town.made(), town.made(), town.made()
    b.gives_a_code(a, "Sông-Hương-mùa-thu-2026")
    a.signs_in()
    for i in range(33):
        status, made = a.call("POST", "/v1/tokens", {"name": f"kịch bản {i}", "scopes": EVERYTHING})
        assert status == 201, made
        again = town.service.client(made["secret"]).post(f"/v1/staff/{a.code}/accounts/mailbox/credential-resets", None)
        assert again.status == 201, again
    held = town.stops(a)
    b.is_refused(a, held[0], instead=c)


def test_the_bootstrap_token_makes_nobody_one_but_with_itself(town):
    a, b = town.made(), town.made()
    held = town.stops(a)
    b.may(a, held[0])
    people = [f"SP-{next(numbers)}" for _ in range(8)]
    for code in people:
        assert town.root.put(f"/v1/staff/{code}", an(full_name=nth("Ngô Văn", int(code[3:])), unit="T1")).status == 201
    done = town.root.post("/v1/departures/batches", {"departures": [{"staff": p, "reason": "thoi_viec"} for p in people]}).json
    assert done["summary"]["held"] == 3
    line = next(line for line in a.call("GET", "/v1/brake")[1]["lines"] if line["token"] == done["brake"]["token"])
    assert (line["may_release"], line["why_not"]) == (False, "way_in")
    assert a.call("POST", "/v1/brake-releases", {"token": line["token"], "reason": REASON, "people": people[5:6]})[0] == 403


def test_a_list_that_lets_many_go_is_agreed_to_by_another_one_too(town):
    a, b, c = town.made(), town.made(), town.made()
    a.gives_a_code(b, "Sông-Hương-mùa-thu-2026")
    b.signs_in()
    people = [f"SP-{next(numbers)}" for _ in range(7)]
    for code in people:
        assert town.root.put(f"/v1/staff/{code}", an(full_name=nth("Ngô Văn", int(code[3:])), unit="T1")).status == 201
    rows = "Số hiệu;Họ và tên;Lý do;Ngày nghỉ\n" + "".join(f"{p};{nth('Ngô Văn', int(p[3:]))};Thôi việc;01/01/2099\n" for p in people)
    status, plan = a.call("POST", "/v1/imports?kind=leavers", rows.encode(), **{"Content-Type": "text/csv"})
    assert status == 201 and plan["needs_approval"], plan
    path = f"/v1/imports/{plan['id']}"
    status, body = b.call("POST", path + "/approval", {"digest": plan["digest"]})
    assert (status, body["code"]) == (403, "scope_missing"), body
    assert c.name in str(body), "who may instead"
    status, body = a.call("POST", path + "/run")
    assert body["code"] == "import_needs_approval" and b.name not in str(body)
    waits = a.call("GET", path + "/run")[1]["waits_for"]
    assert c.id in [r["token"] for r in waits] and b.id not in [r["token"] for r in waits]
    assert c.call("POST", path + "/approval", {"digest": plan["digest"]})[0] == 204


def test_a_release_names_the_person_whose_token_was_stopped(town):
    a, c = town.made(), town.made()
    status, made = a.call("POST", "/v1/tokens", {"name": "kịch bản", "scopes": EVERYTHING})
    assert status == 201, made
    held = town.stops(Script(town, made["secret"]))
    status, body = c.call("POST", "/v1/brake-releases", {"token": made["id"], "reason": REASON, "people": held[:1]})
    assert (status, body["released"], body["token"]) == (201, 1, a.id), body


def test_who_has_left_releases_through_no_token_and_is_not_named(town):
    a, b, c = town.made(), town.made(), town.made()
    status, made = b.call("POST", "/v1/tokens", {"name": "của người sẽ nghỉ", "scopes": EVERYTHING})
    assert status == 201, made
    held = town.stops(a)
    assert made["id"] in [r["token"] for r in c.line_of(a)["releasers"]]
    assert town.root.put(f"/v1/staff/{b.code}/departure", {"reason": "nghi_huu"}).status in (200, 202)
    named = [r["token"] for r in c.line_of(a)["releasers"]]
    assert made["id"] not in named and c.id in named
    c.may(a, held[0])
