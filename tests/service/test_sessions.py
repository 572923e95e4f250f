"""People sign in: with the mailbox password, in a role, by a cookie that every replica knows and that ends at once."""
import datetime
import statistics
import subprocess
import time
import unicodedata

import pytest

from browser import PASSWORD, Person, activate, login_of
from congvu import BIN, an, frozen, make_units, running, site_today, wait_for

WITHIN_S = 5 if "asan" in str(BIN) else 1  # a second, in a build that is not watched instruction by instruction
TODAY = site_today()


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
    fresh = shared.client().put("/v1/staff/S-NEW", an(full_name="Võ Văn Chưa Kích Hoạt", unit="T1.03")).json
    answers = [person.sign_in(right, wrong), person.sign_in(nobody, wrong), person.sign_in(login_of(fresh))]
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
    assert Person(shared, spec).sign_in(login_of(office["S-D"]))[1]["role"] is None
    assert Person(shared, spec).sign_in(login_of(office["S-D"]), role=2)[1]["code"] == "role_not_found"
    assert [r["in_force"] for r in client.get("/v1/staff/S-D/roles").json["items"]].count(True) == 0


def test_a_token_made_by_a_person_belongs_to_him_and_ends_with_him(browser, client, office):
    office["S-MAKER"] = client.put("/v1/staff/S-MAKER", an(full_name="Người Tạo Mã", unit="T1.01")).json
    activate(client, "S-MAKER")
    for role in ({"role": "site_admin"}, {"role": "unit_head", "unit": "T1"}):
        assert client.post("/v1/staff/S-MAKER/roles", role).status == 201
    maker = browser("S-MAKER")
    status, made = maker.call("POST", "/v1/tokens", {"name": "của người", "scopes": ["staff:read", "tokens:write", "coverage:read"], "unit": "T1"})
    assert status == 201 and made["created_by"] == office["S-MAKER"]["id"]
    script = client.__class__(client.port, made["secret"], client.spec)
    child = client.__class__(client.port, script.post("/v1/tokens", {"name": "con của mã ấy", "scopes": ["staff:read"]}).json["secret"], client.spec)
    foreign = client.post("/v1/tokens", {"name": "của máy", "scopes": ["staff:read"]}).json
    assert script.get("/v1/tokens").status == child.get("/v1/staff?page_size=1").status == 200
    assert client.delete("/v1/staff/S-MAKER/roles/1", etag="*").status == 204
    wait_for(lambda: script.get("/v1/tokens").code == "scope_missing", "the right of the role that ended is gone", 5)
    assert script.get("/v1/staff?page_size=1").status == child.get("/v1/staff?page_size=1").status == 200, "what the other role gives stays"
    assert script.get("/v1/me").json["token"]["scopes"] == ["staff:read", "coverage:read"]
    assert client.delete("/v1/staff/S-MAKER/roles/2", etag="*").status == 204
    wait_for(lambda: script.get("/v1/me").code == child.get("/v1/me").code == "token_revoked", "with his last role all are gone", 5)
    assert client.__class__(client.port, foreign["secret"], client.spec).get("/v1/me").status == 200


def test_a_role_ends_with_its_unit(browser, client, office):
    assert client.put("/v1/units/T1.09", {"name": {"vi": "Phòng Sắp Giải Thể"}, "kind": "phong", "block": "chinh_quyen", "slug": "sapgt", "active_from": "2021-10-01", "parent": "T1"}).status == 201
    office["S-GONE"] = client.put("/v1/staff/S-GONE", an(full_name="Người Của Phòng Cũ", unit="T1.02")).json
    activate(client, "S-GONE")
    assert client.post("/v1/staff/S-GONE/roles", {"role": "unit_head", "unit": "T1.09"}).status == 201
    person = browser("S-GONE")
    assert person.call("GET", "/v1/units/T1.09")[0] == 200
    assert client.patch("/v1/units/T1.09", {"active_to": TODAY.isoformat()}).status == 200
    wait_for(lambda: person.call("GET", "/v1/units/T1.09")[0] == 401, "the session that acts in it is over", 5)
    assert person.sign_in(login_of(office["S-GONE"]))[1]["role"] is None


def test_a_role_is_lent_to_a_deputy_and_ends_with_the_lender(browser, client, office, shared, spec):
    for code, name in (("S-LEND", "Bùi Thị Giao"), ("S-DEP", "Ngô Văn Thay"), ("S-DEP2", "Lý Văn Nữa")):
        office[code] = client.put(f"/v1/staff/{code}", an(full_name=name, unit="T1.02")).json
        activate(client, code)
    assert client.post("/v1/staff/S-LEND/roles", {"role": "unit_hr", "unit": "T1.02"}).status == 201
    lender, soon = browser("S-LEND"), (TODAY + datetime.timedelta(14)).isoformat()
    for body, code in (({"role": 2, "staff": "S-DEP", "to": soon}, "role_not_found"), ({"role": 1, "staff": "S-HR", "to": soon}, "staff_not_found"),
                       ({"role": 1, "staff": "S-LEND", "to": soon}, "validation_failed"), ({"role": 1, "staff": "S-DEP", "to": TODAY.isoformat()}, "validation_failed"),
                       ({"role": 1, "staff": "S-DEP", "to": (TODAY + datetime.timedelta(100)).isoformat()}, "validation_failed")):
        assert lender.call("POST", "/v1/me/deputies", body)[1]["code"] == code, body
    status, lent = lender.call("POST", "/v1/me/deputies", {"role": 1, "staff": "S-DEP", "to": soon})
    assert (status, lent["staff"], lent["number"], lent["role"]) == (201, office["S-DEP"]["id"], 1, "unit_hr")
    deputy = browser("S-DEP")
    assert deputy.call("GET", "/v1/sessions/current")[1]["roles"][0]["lent_by"] == office["S-LEND"]["id"]
    assert deputy.call("PATCH", "/v1/staff/S-DEP2", {"title": "Chuyên viên chính"})[0] == 200
    both = f"{office['S-DEP']['id']} for {office['S-LEND']['id']}"
    assert f"by {both} via" in shared.log.read_text()
    words = shared.person(office["S-DEP2"]["id"], "cvActor")["cvActor"][0].split()
    assert words[0] == office["S-DEP"]["id"] and ["for", office["S-LEND"]["id"]] in [words[i:i + 2] for i in range(len(words))], "what is done says both names"
    told = wait_for(lambda: (lambda t: t if "chính" in t else None)(shared.client(language="vi").get("/v1/staff/S-DEP2/history").json["items"][-1]["text"]), "told")
    assert told.endswith("Người thực hiện: Ngô Văn Thay thay mặt Bùi Thị Giao (Nhân sự đơn vị).")
    event = client.get("/v1/audit-events", actor=office["S-DEP"]["id"], target="S-DEP2").json["items"][0]
    assert (event["role"], event["on_behalf_of"]) == ("unit_hr", office["S-LEND"]["id"])
    status, plan = deputy.call("POST", "/v1/imports?kind=staff", "Họ và tên;Số hiệu;Đơn vị;Chức vụ;Đối tượng\nLê Thị Danh Sách;S-LIST;T1.02;CV;Công chức\n".encode(), **{"Content-Type": "text/csv"})
    assert status == 201 and deputy.call("POST", f"/v1/imports/{plan['id']}/run")[0] in (200, 202)
    event = wait_for(lambda: client.get("/v1/audit-events", actor=office["S-DEP"]["id"], action="staff.create").json["items"], "by a list")[0]
    assert (event["via"], event["role"], event["on_behalf_of"]) == ("imports", "unit_hr", office["S-LEND"]["id"])
    assert deputy.call("POST", "/v1/me/deputies", {"role": 1, "staff": "S-DEP2", "to": soon})[1]["code"] == "role_not_found", "what is lent is not lent on"
    assert client.post("/v1/me/deputies", {"role": 1, "staff": "S-DEP", "to": soon}).code == "session_ended"
    assert lender.call("DELETE", f"/v1/me/deputies/{office['S-DEP']['id']}/7")[1]["code"] == "role_not_found"
    assert lender.call("DELETE", f"/v1/me/deputies/{office['S-DEP']['id']}/1")[0] == 204
    wait_for(lambda: deputy.call("GET", "/v1/units")[0] == 401, "taken back", 5)
    assert lender.call("POST", "/v1/me/deputies", {"role": 1, "staff": "S-DEP2", "to": soon})[0] == 201
    other = browser("S-DEP2")
    assert client.delete("/v1/staff/S-LEND/roles/1", etag="*").status == 204
    wait_for(lambda: other.call("GET", "/v1/units")[0] == 401, "it ends with the lender's own", 5)
    assert Person(shared, spec).sign_in(login_of(office["S-DEP2"]))[1]["role"] is None


def test_nobody_gives_what_he_has_not_and_nobody_touches_who_stands_higher(browser, client, office):
    limited = client.post("/v1/tokens", {"name": "T1", "scopes": ["tokens:write", "staff:read", "staff:write", "accounts:write", "departures:write", "units:read", "coverage:read"], "unit": "T1"}).json
    local = client.__class__(client.port, limited["secret"], client.spec)
    for role in ({"role": "site_admin"}, {"role": "site_admin", "unit": "T1.01"}, {"role": "unit_hr"}, {"role": "unit_admin", "unit": "T1"}):
        answer = local.post("/v1/staff/S-NONE/roles", role)
        assert answer.status == 422 and answer.json["errors"][0]["code"] == "not_allowed", role
    assert local.post("/v1/staff/S-NONE/roles", {"role": "unit_head", "unit": "T1.02"}).status == 201
    hr = browser("S-HR")
    assert client.put("/v1/staff/S-TOP", an(full_name="Lê Văn Đứng Trên", unit="T1.02")).status == 201
    assert client.post("/v1/staff/S-TOP/roles", {"role": "site_admin"}).status == 201
    for method, path, body in (("POST", "/v1/staff/S-TOP/accounts/mailbox/credential-resets", {}), ("PATCH", "/v1/staff/S-TOP", {"login": "chiemdoat"}),
                               ("PUT", "/v1/staff/S-TOP", an(full_name="Lê Văn Đứng Trên", unit="T1.02")),
                               ("PUT", "/v1/staff/S-TOP/accounts/mailbox", {"state": "closed"})):
        status, answer = hr.call(method, path, body)
        assert (status, answer["code"]) == (403, "higher_role"), (method, path, status, answer)
    assert hr.call("POST", "/v1/staff/S-HEAD/accounts/mailbox/credential-resets", {})[0] == 201, "who stands lower is helped"
    lock = {"state": "locked", "reason": "compromised"}
    status, answer = hr.call("PATCH", "/v1/staff/S-TOP", {"login": "chiemdoat", "accounts": [{"system": "mailbox", "desired": lock}]})
    assert (status, answer["code"]) == (403, "higher_role"), "nothing comes in beside a lock"
    assert [hr.call("PUT", "/v1/staff/S-TOP/accounts/mailbox", lock)[0] for _ in range(2)] == [200, 200], "a stolen password does not wait, nor is its repeat refused"
    assert hr.call("PATCH", "/v1/staff/S-TOP", {"accounts": [{"system": "mailbox", "desired": lock}]})[0] == 200
    assert hr.call("PUT", "/v1/staff/S-TOP/accounts/mailbox", {"state": "present"})[1]["code"] == "higher_role"
    assert client.put("/v1/staff/S-TOP/accounts/certificate", {"state": "present"}).status in (200, 202)
    assert hr.call("PUT", "/v1/staff/S-TOP/accounts/certificate", lock)[0] in (200, 202)
    for path, body in (("observation", {"state": "active", "login": "5404010123"}), ("certificate", {"token_serial": "chiem-doat"})):
        status, answer = hr.call("PUT", f"/v1/staff/S-TOP/accounts/certificate/{path}", body)
        assert (status, answer["code"]) == (403, "higher_role"), "what was locked before lets nothing else in"
    client.put("/v1/staff/S-SOON", an(full_name="Đỗ Thị Sắp Nhận", unit="T1.01"))
    assert client.post("/v1/staff/S-SOON/roles", {"role": "site_admin", "from": (TODAY + datetime.timedelta(1)).isoformat()}).status == 201
    assert hr.call("POST", "/v1/staff/S-SOON/accounts/mailbox/credential-resets", {})[1]["code"] == "higher_role", "the slip of today would be an administrator's tomorrow"


def test_a_person_who_sends_too_much_is_slowed_like_a_token(start, spec):
    service = start(rate_per_second=3)
    client = service.client()
    client.timeout = 60
    make_units(client)
    person = wait_for(lambda: (lambda a: a.json if a.status in (200, 201) else None)(client.put("/v1/staff/R-1", an())), "made")
    made = wait_for(lambda: (lambda a: a.json if a.status == 201 else None)(client.post("/v1/staff/R-1/accounts/mailbox/credential-resets", {})), "a slip")
    assert client.post("/v1/activations", {"code": made["code"], "password": PASSWORD}).status == 204
    browser = Person(service, spec)
    assert browser.sign_in(login_of(person))[0] == 201
    assert 429 in [browser.call("GET", "/v1/me")[0] for _ in range(60)]


def test_a_number_that_is_none_takes_no_role(client):
    client.put("/v1/staff/S-N", an(full_name="Vũ Thị Số", unit="T1.01"))
    assert client.post("/v1/staff/S-N/roles", {"role": "clerk", "unit": "T1"}).status == 201
    for number in (2 ** 32 + 1, 2 ** 64 + 1, 2):
        assert client.delete(f"/v1/staff/S-N/roles/{number}", etag="*").code == "role_not_found", number
    assert client.get("/v1/staff/S-N/roles").json["items"][0]["in_force"]


def test_what_stopped_hr_is_let_go_on_by_an_administrator_by_name(browser, client, office):
    people = [client.put(f"/v1/staff/S-GO{i}", an(full_name=f"Người Đi {name}", unit="T1.02")).json["id"] for i, name in enumerate("Một Hai Ba Bốn Năm Sáu Bảy Tám".split())]
    hr, chief = browser("S-HR"), browser("S-ADMIN")
    done = hr.call("POST", "/v1/departures/batches", {"departures": [{"staff": id_, "reason": "thoi_viec"} for id_ in people]})[1]
    held = [people[line["index"]] for line in done["results"] if line["outcome"] == "held"]
    assert len(held) > 1 and done["brake"]["token"] == office["S-HR"]["id"]
    assert {"token": office["S-ADMIN"]["id"], "name": "Lê Văn Quản Trị"} in done["brake"]["releasers"], "whom to ask is a person"
    line = next(line for line in chief.call("GET", "/v1/brake")[1]["lines"] if line["token"] == office["S-HR"]["id"])
    assert (line["name"], line["own"], line["may_release"], line["waiting"]) == ("Nguyễn Thị Lan", False, True, len(held))
    order = {"token": line["token"], "reason": "Đúng theo nghị quyết", "people": held[:1]}
    assert chief.call("POST", "/v1/brake-releases", {**order, "token": office["S-NONE"]["id"]})[1]["code"] == "token_not_found", "of whom nothing waits"
    status, answer = chief.call("POST", "/v1/brake-releases", order)
    assert (status, answer["token"], answer["released"], answer["waiting"]) == (201, office["S-HR"]["id"], 1, len(held) - 1)
    assert [client.get(f"/v1/staff/{id_}/departure").json["state"] == "held" for id_ in held[:2]] == [False, True]


def test_who_has_no_role_looks_after_himself_and_sees_nobody(browser, client, office):
    office["S-SELF"] = client.put("/v1/staff/S-SELF", an(full_name="Phan Thị Không Vai", unit="T1.02")).json
    activate(client, "S-SELF")
    person = browser("S-SELF")
    status, me = person.call("GET", "/v1/sessions/current")
    assert (status, me["role"], me["roles"]) == (200, None, [])
    assert person.call("GET", "/v1/me")[1]["token"] == {"id": office["S-SELF"]["id"], "name": "self", "scopes": [], "unit": None, "expires_at": me["expires_at"]}
    assert [line["items"] for line in person.call("GET", "/v1/brake")[1]["lines"]] == [[]]
    for path in ("/v1/staff", f"/v1/staff/{office['S-SELF']['id']}", "/v1/units", "/v1/coverage", "/v1/imports", "/v1/tokens"):
        assert person.call("GET", path)[1]["code"] == "scope_missing", path


def test_a_person_changes_the_own_password(client, shared, spec, office, browser):
    office["S-PW"] = client.put("/v1/staff/S-PW", an(full_name="Đỗ Thị Đổi", unit="T1.02")).json
    activate(client, "S-PW")
    here, there, login = browser("S-PW"), browser("S-PW"), login_of(office["S-PW"])
    fresh = "Gió-Phan-Rang-2027"
    status, body = here.call("PUT", "/v1/me/password", {"current": "không-phải-Aa1!", "password": fresh})
    assert status == 422 and body["errors"][0]["pointer"] == "#/current" and body["errors"][0]["code"] == "mismatch"
    for weak in (PASSWORD, "ngắn", "không-có-chữ-hoa-1", "Doi-thi-do-2026!"):
        status, body = here.call("PUT", "/v1/me/password", {"current": PASSWORD, "password": weak})
        assert (status, body["code"]) == (422, "password_too_weak") and body["errors"][0]["pointer"] == "#/password", weak
    assert there.call("GET", "/v1/me")[0] == 200, "nothing was changed so far"
    assert here.call("PUT", "/v1/me/password", {"current": unicodedata.normalize("NFD", PASSWORD), "password": fresh})[0] == 204
    assert here.call("GET", "/v1/me")[0] == 200, "this session goes on"
    assert here.call("PUT", "/v1/me/password", {"current": PASSWORD, "password": fresh})[0] == 422, "and still changes things"
    wait_for(lambda: there.call("GET", "/v1/me")[0] == 401, "the others are over", 5)
    assert Person(shared, spec).sign_in(login)[0] == 422 and Person(shared, spec).sign_in(login, unicodedata.normalize("NFD", fresh))[0] == 201
    assert client.put("/v1/me/password", {"current": PASSWORD, "password": fresh}).code == "session_ended", "a token has no password"
    text = shared.log.read_text()
    assert "credential.change" in text and fresh not in text and PASSWORD not in text


def test_who_forgot_the_password_gets_a_new_slip(client, shared, spec, office, browser):
    office["S-F"] = client.put("/v1/staff/S-F", an(full_name="Hồ Văn Quên", unit="T1.02")).json
    activate(client, "S-F")
    other = browser("S-F")
    hr = browser("S-HR")
    status, slip = hr.call("POST", "/v1/staff/S-F/accounts/mailbox/credential-resets", {})
    assert status == 201 and other.call("GET", "/v1/me")[0] == 200
    fresh = "Nắng-Cà-Ná-2027"
    assert Person(shared, spec).call("POST", "/v1/activations", {"code": slip["code"], "password": fresh})[0] == 204
    wait_for(lambda: other.call("GET", "/v1/me")[0] == 401, "whoever had the former password is out", 5)
    assert Person(shared, spec).sign_in(login_of(office["S-F"]), fresh)[0] == 201


@pytest.fixture(scope="module")
def besieged(spec):
    """A service of its own, with HR and somebody else; both have signed in once."""
    with running(spec=spec) as service:
        client = service.client()
        make_units(client)
        people = {}
        for code, name in (("W-HR", "Nguyễn Thị Lan"), ("W-2", "Trần Văn Khác")):
            people[code] = client.put(f"/v1/staff/{code}", an(full_name=name)).json
            activate(client, code)
        assert client.post("/v1/staff/W-HR/roles", {"role": "unit_hr", "unit": "T1"}).status == 201
        yield service, people


def test_a_hundred_wrong_passwords_are_throttled_and_others_stay_quick(besieged, spec):
    service, people = besieged
    other = Person(service, spec, "127.0.0.31")
    assert other.sign_in(login_of(people["W-2"]))[0] == 201
    began = time.monotonic()
    assert other.sign_in(login_of(people["W-2"]))[0] == 201
    alone = time.monotonic() - began
    attacker, statuses, took = Person(service, spec, "127.0.0.66"), [], []
    for n in range(100):
        statuses.append(attacker.sign_in(login_of(people["W-HR"]), f"sai-lần-{n}-Aa1!")[0])
        if n % 10 == 9:
            began = time.monotonic()
            assert other.sign_in(login_of(people["W-2"]))[0] == 201
            took.append(time.monotonic() - began)
    assert statuses[:5] == [422] * 5 and statuses.count(422) < 15 and statuses[-1] == 429, statuses
    assert statistics.median(took) < 10 * alone + 0.2, (alone, took)
    status, body = attacker.sign_in(login_of(people["W-HR"]), "sai-nữa-Aa1!")
    assert (status, body["code"]) == (429, "rate_limited")


def test_nobody_holds_hr_out_by_failing_in_her_name(besieged, spec):
    service, people = besieged
    login, near = login_of(people["W-HR"]), "127.0.0.41"
    hers = Person(service, spec, near)
    assert hers.sign_in(login)[0] == 201 and hers.browser
    for source in ("127.0.0.67", near):  # elsewhere, and at the next desk
        attacker = Person(service, spec, source)
        while attacker.sign_in(login, "sai-hoài-Aa1!")[0] != 429:
            pass
    assert Person(service, spec, "127.0.0.42").sign_in(login)[0] == 201, "from another network"
    assert Person(service, spec, near).sign_in(login)[0] == 429
    hers.cookie = None
    assert hers.sign_in(login)[0] == 201, "in the browser that she uses, although her own network is stopped"
    # through mail: whoever has a role is not locked by the directory, whoever has none is
    for code, locked in (("W-HR", False), ("W-2", True)):
        def bind(password):
            dn = f"cvId={people[code]['id']},ou=people,dc=congvu"
            return subprocess.run(["ldapwhoami", "-x", "-H", service.ldapi, "-D", dn, "-w", password], capture_output=True, text=True).returncode
        assert all(bind(f"sai-{n}-Aa1!") == 49 for n in range(15 if locked else 100))
        assert (bind(PASSWORD) != 0) == locked, code
    assert Person(service, spec, "127.0.0.43").sign_in(login)[0] == 201


def test_what_the_directory_did_not_answer_clears_nothing(start, spec):
    """Whoever keeps the directory busy does not get fresh tries by it."""
    service = start(request_ms=3000)
    client = service.client()
    make_units(client)
    person = client.put("/v1/staff/W-9", an()).json
    activate(client, "W-9")
    tries = lambda: Person(service, spec).sign_in(login_of(person), "sai-Aa1!-sai")[0]
    assert [tries() for _ in range(4)] == [422] * 4
    with frozen(service.slapd_pid()):
        assert tries() in (503, 504)
    assert wait_for(lambda: (lambda s: s if s not in (503, 504) else None)(tries()), "it answers again") == 422
    assert tries() == 429


def test_an_unknown_login_takes_as_long_as_a_wrong_password(besieged, spec):
    service, people = besieged

    def took(login, n):
        person = Person(service, spec, f"127.0.1.{n}")
        began = time.monotonic()
        assert person.sign_in(login, "sai-thử-Aa1!")[0] == 422
        return time.monotonic() - began
    known, unknown = zip(*((took(login_of(people["W-HR"]), 2 * n), took(f"khongai{n}", 2 * n + 1)) for n in range(1, 13)))
    low, high = sorted((statistics.median(known), statistics.median(unknown)))
    assert high < 2 * low + 0.01, (known, unknown)
    attacker = Person(service, spec, "127.0.1.99")
    statuses = [attacker.sign_in("khongcoai", "sai-Aa1!")[0] for _ in range(8)]
    assert statuses[:5] == [422] * 5 and 429 in statuses[5:], "counted like one that is there"


def test_what_ends_at_one_replica_ends_at_the_other_within_a_second(besieged, spec, start):
    first, people = besieged
    client = first.client()
    second = start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))

    def refused_within_a_second(ask, end):
        assert ask() == 200
        end()
        began = time.monotonic()
        while ask() != 401:
            assert time.monotonic() - began < WITHIN_S, "still let in"
        return time.monotonic() - began

    for n, end in enumerate((
            lambda code, who: who.call("DELETE", "/v1/sessions/current"),
            lambda code, who: client.delete(f"/v1/staff/{code}/roles/1", etag="*"),
            lambda code, who: [client.put(f"/v1/staff/{code}/accounts/{a['system']}", {"state": "locked", "reason": "compromised"}) for a in client.get(f"/v1/staff/{code}").json["accounts"]],
            lambda code, who: client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "decision": {"number": "5/QĐ"}}),
            lambda code, who: who.call("PUT", "/v1/me/password", {"current": PASSWORD, "password": "Gió-Phan-Rang-2027"}))):
        code = f"W-END{n}"
        person = client.put(f"/v1/staff/{code}", an(full_name=f"Người Thử {'ABCDE'[n]}", unit="T1.03")).json
        activate(client, code)
        assert client.post(f"/v1/staff/{code}/roles", {"role": "inspector", "unit": "T1"}).status == 201
        here, there = Person(first, spec, f"127.0.2.{n + 1}"), Person(second, spec)
        assert here.sign_in(login_of(person))[0] == 201
        there.cookie, there.csrf = here.cookie, here.csrf
        wait_for(lambda: there.call("GET", "/v1/units?page_size=1")[0] == 200, "the other replica knows the session")
        refused_within_a_second(lambda: there.call("GET", "/v1/units?page_size=1")[0], lambda: end(code, here))
        assert Person(first, spec, f"127.0.3.{n + 1}").sign_in(login_of(person))[0] == (201 if n < 2 else 422), "a locked one and a leaver are told what a wrong password is told"
    made = client.post("/v1/tokens", {"name": "ngắn", "scopes": ["units:read"]}).json
    script = client.__class__(second.port, made["secret"], client.spec)
    wait_for(lambda: script.get("/v1/me").status == 200, "the other replica knows the token")
    refused_within_a_second(lambda: script.get("/v1/me").status, lambda: client.delete(f"/v1/tokens/{made['id']}", etag="*"))
