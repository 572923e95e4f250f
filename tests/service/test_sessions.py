"""People sign in: with the mailbox password, in a role, by a cookie that every replica knows and that ends at once."""
import datetime
import http.client
import json

import pytest

from congvu import an, wait_for

PASSWORD = "Sông-Cái-mùa-lũ-2026"
TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()


class Person:
    """A browser: a cookie and what it sends back."""

    def __init__(self, service, spec):
        self.port, self.spec, self.cookie, self.csrf = service.port, spec, None, None

    def call(self, method, path, body=None, csrf=True, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if self.cookie:
            headers["Cookie"] = f"theme=dark; {self.cookie}"
        if csrf and self.csrf and method != "GET":
            headers["X-Congvu-Csrf"] = self.csrf
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        if method in ("PATCH", "DELETE"):
            headers["If-Match"] = "*"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        self.spec.validate_response(method, path, response.status, dict(response.headers), text)
        if response.headers.get("Set-Cookie"):
            self.attributes = response.headers["Set-Cookie"].split("; ")
            self.cookie = self.attributes[0]
        return response.status, json.loads(text) if text else None

    def sign_in(self, login, password=PASSWORD, **more):
        status, body = self.call("POST", "/v1/sessions", {"login": login, "password": password, **more})
        if status == 201:
            self.csrf = body["csrf"]
        return status, body


def activate(client, code):
    made = client.post(f"/v1/staff/{code}/accounts/mailbox/credential-resets", {}).json
    assert client.post("/v1/activations", {"code": made["code"], "password": PASSWORD}).status == 204


@pytest.fixture(scope="module")
def office(shared):
    """HR of T1, head of T1.01, an administrator, and somebody without any role; all have a password."""
    client = shared.client()
    people = {}
    for code, name, role in (("S-HR", "Nguyễn Thị Lan", {"role": "unit_hr", "unit": "T1"}), ("S-HEAD", "Trần Văn Trưởng", {"role": "unit_head", "unit": "T1.01"}),
                             ("S-ADMIN", "Lê Văn Quản Trị", {"role": "site_admin"}), ("S-NONE", "Phạm Thị Không", None)):
        people[code] = client.put(f"/v1/staff/{code}", an(full_name=name, unit="T1.01")).json
        activate(client, code)
        if role:
            given = client.post(f"/v1/staff/{code}/roles", role)
            assert given.status == 201, given
    return people


def login_of(person):
    return person["address"].split("@")[0]


@pytest.fixture
def browser(shared, spec, office):
    def opened(code, **more):
        person = Person(shared, spec)
        status, body = person.sign_in(login_of(office[code]), **more)
        assert status == 201, body
        return person
    return opened


def test_a_session_has_the_rights_of_its_role_and_no_more(browser, client):
    hr, head = browser("S-HR"), browser("S-HEAD")
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"} <= set(hr.attributes) and hr.cookie.startswith("__Host-")
    status, me = hr.call("GET", "/v1/sessions/current")
    assert status == 200 and me["staff"]["full_name"] == "Nguyễn Thị Lan" and me["roles"][0]["role"] == "unit_hr"
    assert hr.call("PUT", "/v1/staff/S-1", an(full_name="Người Mới Một", unit="T1.02"))[0] == 201
    assert head.call("GET", "/v1/staff/S-1")[0] == 404, "outside the head's unit nothing exists"
    assert head.call("GET", "/v1/staff/S-HR")[0] == 200
    assert head.call("PUT", "/v1/staff/S-2", an(full_name="Người Mới Hai"))[1]["code"] == "scope_missing"
    assert hr.call("GET", "/v1/tokens")[1]["code"] == "scope_missing"
    status, told = hr.call("GET", "/v1/me")
    assert (status, told["token"]["id"], told["token"]["name"], told["token"]["unit"]["code"]) == (200, me["staff"]["id"], "unit_hr", "T1")
    assert told["token"]["scopes"] == me["roles"][0]["scopes"]


def test_who_signs_in_is_told_one_thing(shared, spec, office):
    person = Person(shared, spec)
    right, wrong, nobody = login_of(office["S-HR"]), "sai-mật-khẩu-2026", "khongcoai"
    answers = [person.sign_in(right, wrong), person.sign_in(nobody, wrong), person.sign_in(login_of(office["S-NONE"]))]
    for status, body in answers:
        body.pop("request_id"), body.pop("instance", None)
        assert (status, body) == (422, answers[0][1])
    assert person.sign_in(right, "")[1]["code"] == "validation_failed" and person.sign_in(right, " ")[0] == 422
    assert person.sign_in(office["S-HR"]["address"])[0] == 201, "the address signs in as well"


def test_a_request_that_changes_something_proves_where_it_comes_from(browser, client):
    hr, other = browser("S-HR"), browser("S-ADMIN")
    body = an(full_name="Người Mới Ba", unit="T1.02")
    assert hr.call("PUT", "/v1/staff/S-3", body, csrf=False)[1]["code"] == "csrf_mismatch"
    hr.csrf, own = other.csrf, hr.csrf
    assert hr.call("PUT", "/v1/staff/S-3", body)[1]["code"] == "csrf_mismatch", "a tab drawn for somebody else"
    assert client.get("/v1/staff/S-3").status == 404
    hr.csrf = own
    assert hr.call("PUT", "/v1/staff/S-3", body)[0] == 201
    hr.cookie = hr.cookie[:-4] + "AAAA"
    assert hr.call("GET", "/v1/sessions/current")[1]["code"] == "session_ended"


def test_sessions_end_everywhere_with_sign_out_role_lock_and_departure(browser, client, spec, office, shared):
    first, second = browser("S-HR"), browser("S-HR")
    assert first.call("DELETE", "/v1/sessions/current")[0] == 204
    assert "Max-Age=0" in first.attributes
    wait_for(lambda: second.call("GET", "/v1/sessions/current")[0] == 401, "the other device is out")
    for code, name, end in (("S-E1", "Người Mất Vai", lambda: client.delete("/v1/staff/S-E1/roles/1", etag="*")),
                            ("S-E2", "Người Bị Khóa", lambda: client.put("/v1/staff/S-E2/accounts/mailbox", {"state": "locked", "reason": "compromised"})),
                            ("S-E3", "Người Ra Đi", lambda: client.put("/v1/staff/S-E3/departure", {"reason": "nghi_huu", "decision": {"number": "5/QĐ"}}))):
        office[code] = client.put(f"/v1/staff/{code}", an(full_name=name, unit="T1.03")).json  # only mailbox and e-office there
        activate(client, code)
        assert client.post(f"/v1/staff/{code}/roles", {"role": "inspector", "unit": "T1"}).status == 201
        person = browser(code)
        assert person.call("GET", "/v1/staff?page_size=1")[0] == 200
        assert end().status in (200, 202, 204)
        if code == "S-E2":
            for account in client.get(f"/v1/staff/{code}").json["accounts"]:
                client.put(f"/v1/staff/{code}/accounts/{account['system']}", {"state": "locked", "reason": "compromised"})
        wait_for(lambda: person.call("GET", "/v1/staff?page_size=1")[0] == 401, f"{code} is out", 5)


def test_a_role_waits_for_its_day_and_is_bounded(client, shared, spec, office):
    tomorrow, yesterday = (TODAY + datetime.timedelta(1)).isoformat(), (TODAY - datetime.timedelta(1)).isoformat()
    office["S-D"] = client.put("/v1/staff/S-D", an(full_name="Người Có Ngày")).json
    activate(client, "S-D")
    for days in ({"from": tomorrow}, {"from": yesterday, "to": TODAY.isoformat()}):
        assert client.post("/v1/staff/S-D/roles", {"role": "unit_head", "unit": "T1.01", **days}).status == 201
    assert Person(shared, spec).sign_in(login_of(office["S-D"]))[0] == 422
    assert [r["in_force"] for r in client.get("/v1/staff/S-D/roles").json["items"]].count(True) == 0


def test_nobody_gives_what_he_has_not_and_nobody_touches_who_stands_higher(browser, client, office):
    limited = client.post("/v1/tokens", {"name": "T1", "scopes": ["tokens:write", "staff:read", "staff:write", "accounts:write", "departures:write", "units:read", "coverage:read"], "unit": "T1"}).json
    local = client.__class__(client.port, limited["secret"], client.spec)
    for role in ({"role": "site_admin"}, {"role": "site_admin", "unit": "T1.01"}, {"role": "unit_hr"}, {"role": "unit_admin", "unit": "T1"}):
        answer = local.post("/v1/staff/S-NONE/roles", role)
        assert answer.status == 422 and answer.json["errors"][0]["code"] == "not_allowed", role
    assert local.post("/v1/staff/S-NONE/roles", {"role": "unit_head", "unit": "T1.02"}).status == 201
    hr = browser("S-HR")
    for method, path, body in (("POST", "/v1/staff/S-ADMIN/accounts/mailbox/credential-resets", {}), ("PATCH", "/v1/staff/S-ADMIN", {"login": "chiemdoat"}),
                               ("PUT", "/v1/staff/S-ADMIN", an(full_name="Lê Văn Khác", unit="T1.02")),
                               ("PUT", "/v1/staff/S-ADMIN/accounts/mailbox", {"state": "closed"})):
        status, answer = hr.call(method, path, body)
        assert (status, answer["code"]) == (403, "higher_role"), (method, path, status, answer)
    assert hr.call("POST", "/v1/staff/S-HEAD/accounts/mailbox/credential-resets", {})[0] == 201, "who stands lower is helped"
    assert hr.call("PUT", "/v1/staff/S-ADMIN/accounts/mailbox", {"state": "locked", "reason": "compromised"})[0] == 200, "a stolen password does not wait"


def test_wrong_passwords_slow_whoever_sends_them(start, spec):
    service = start()
    client = service.client()
    from congvu import make_units
    make_units(client)
    person = client.put("/v1/staff/W-1", an(full_name="Người Bị Thử")).json
    attacker = Person(service, spec)
    statuses = [attacker.sign_in(login_of(person), f"sai-lần-{n}-Aa1!")[0] for n in range(24)]
    assert set(statuses[:20]) == {422} and 429 in statuses[20:]
