"""Who may do what: tests/roles.vi.md, line by line, and what it implies for every operation: role x operation x relation, from the table of routes."""
import datetime
import itertools
import json
import re
import subprocess
import urllib.parse

import pytest

from authenticator import STEP, code_of
from browser import PASSWORD, Person, activate, login_of
from congvu import BIN, ROOT, Service, an, make_units, now, nth, site_today

LINES = [line[2:] for line in (ROOT / "tests/roles.vi.md").read_text().splitlines() if line.startswith("- ")]
UNITS = {"cơ quan tỉnh": "TINH", "xã A": "XA-A", "phòng của xã A": "PHONG-A", "xã B": "XA-B", "Đảng ủy xã A": "DANG-A"}
ACTORS = {"Nhân sự xã A": ("unit_hr", "XA-A"), "Nhân sự phòng của xã A": ("unit_hr", "PHONG-A"), "Nhân sự toàn tỉnh": ("unit_hr", "TINH"), "Quản trị xã A": ("unit_admin", "XA-A"),
          "Lãnh đạo xã A": ("unit_head", "XA-A"), "Văn thư xã A": ("clerk", "XA-A"), "Kiểm tra toàn tỉnh": ("inspector", "TINH"), "Kiểm tra xã B": ("inspector", "XA-B"), "Nhân sự Đảng ủy xã A": ("unit_hr", "DANG-A"),
          "Quản trị tỉnh": ("site_admin", None), "Người không có vai trò": (None, None)}
HOLDERS = {"quản trị tỉnh": ("site_admin", None), "quản trị xã A": ("unit_admin", "XA-A"), "nhân sự xã A": ("unit_hr", "XA-A"), "lãnh đạo xã A": ("unit_head", "XA-A")}
GIVEN = {"lãnh đạo": {"role": "unit_head", "unit": "XA-A"}, "quản trị tỉnh": {"role": "site_admin"}}
NOBODY = "stf_" + "0" * 25 + "1"
numbers = itertools.count(1)


class Province:
    def __init__(self, spec):
        self.spec, self.service, self.sessions = spec, Service(spec=spec).start(), {}
        self.admin = self.service.client()
        for code, name, parent, kind in (("TINH", "Cơ quan tỉnh", None, "ubnd_huyen"), ("XA-A", "Xã A", "TINH", "ubnd_xa"), ("PHONG-A", "Phòng xã A", "XA-A", "phong"), ("XA-B", "Xã B", "TINH", "ubnd_xa"),
                                         ("DANG-A", "Đảng ủy xã A", "XA-A", "dang")):
            made = self.admin.put(f"/v1/units/{code}", {"name": {"vi": name}, "kind": kind, "block": "dang_doan_the" if kind == "dang" else "chinh_quyen", "slug": code.lower().replace("-", ""), "active_from": "2021-10-01", "parent": parent})
            assert made.status == 201, made

    def person(self, unit, role=None, role_unit=None):
        code = f"R-{next(numbers)}"
        made = self.admin.put(f"/v1/staff/{code}", an(full_name=nth("Người Vai Trò", int(code[2:])), unit=unit))
        assert made.status == 201, made
        if role:
            given = self.admin.post(f"/v1/staff/{code}/roles", {"role": role, **({"unit": role_unit} if role_unit else {})})
            assert given.status == 201, given
        return made.json

    def actor(self, name):
        if name not in self.sessions:
            role, unit = ACTORS[name]
            somebody = self.person("TINH" if unit in (None, "TINH") else unit, role, unit)
            activate(self.admin, somebody["staff_code"])
            person = Person(self.service, self.spec, f"127.0.5.{len(self.sessions) + 1}")
            assert person.sign_in(login_of(somebody))[0] == 201
            person.id, person.full_name = somebody["id"], somebody["full_name"]
            self.sessions[name] = person
        return self.sessions[name]

    def target(self, words, actor):
        if words == "chính mình":
            return {"id": actor.id, "full_name": actor.full_name}
        if words in ("người không có",):
            return {"id": NOBODY, "full_name": "Người Không Có"}
        if words in HOLDERS:
            return self.person("XA-A", *HOLDERS[words])
        return self.person(UNITS[words.removeprefix("người của ")])


@pytest.fixture(scope="module")
def province(spec):
    town = Province(spec)
    try:
        yield town
        town.service.stop()
    finally:
        town.service.clean()


class Software:
    """A token of a unit, asked like a session."""

    def __init__(self, town, unit, *scopes):
        self.client, self.id, self.full_name = town.service.client(town.admin.post("/v1/tokens", {"name": "phần mềm", "scopes": list(scopes), "unit": unit}).json["secret"]), None, None

    def call(self, method, path, body=None, **_):
        answer = self.client.call(method, path, body)
        return answer.status, answer.json


# ---- the brake: who is a second person to whom ----

def administrator(town, code=None):
    """Somebody with the role, signed in; `code`: how he gets his one-time code, else by the bootstrap token."""
    somebody = town.person("TINH", "site_admin")
    activate(town.admin, somebody["staff_code"]) if code is None else code(somebody["staff_code"])
    return signed_in(town, somebody)


def signed_in(town, somebody):
    person = Person(town.service, town.spec, f"127.0.6.{next(numbers) % 250 + 1}")
    assert person.sign_in(login_of(somebody))[0] == 201
    person.id, person.record = somebody["id"], somebody
    return person


def gives_a_code(town, giver, key):
    status, made = giver.call("POST", f"/v1/staff/{key}/accounts/mailbox/credential-resets")
    assert status == 201, made
    assert town.admin.post("/v1/activations", {"code": made["code"], "password": PASSWORD}).status == 204


def takes_the_factor_away(giver, person):
    status, made = person.call("POST", "/v1/me/second-factor", {"current": PASSWORD})
    assert status == 201, made
    assert person.call("PUT", "/v1/me/second-factor", {"code": code_of(made["secret"], int(now().timestamp()) // STEP)})[0] == 204
    assert giver.call("DELETE", f"/v1/staff/{person.id}/second-factor")[0] == 204


def stopped_and_releaser(town, whose):
    stopped = administrator(town)
    if whose == "người mình vừa tạo và giao vai trò":
        who = administrator(town)
        return administrator(town, lambda code: gives_a_code(town, who, code)), who
    who = stopped if whose == "chính mình" else administrator(town)
    if whose == "người vừa cấp lại mật khẩu cho mình":
        gives_a_code(town, stopped, who.id)
    if whose == "người mình vừa cấp lại mật khẩu":
        gives_a_code(town, who, stopped.id)
        stopped = signed_in(town, stopped.record)
    if whose == "người vừa gỡ xác thực hai lớp của mình":
        takes_the_factor_away(stopped, who)
    return stopped, who if who is stopped else signed_in(town, who.record)


def release(town, whose):
    """Eight people are let go at once, which stops the one who does it; what waits is released by the other."""
    stopped, who = stopped_and_releaser(town, whose)
    people = [town.person("XA-B")["id"] for _ in range(8)]
    done = stopped.call("POST", "/v1/departures/batches", {"departures": [{"staff": p, "reason": "thoi_viec"} for p in people]})[1]
    held = [people[line["index"]] for line in done["results"] if line["outcome"] == "held"]
    return who.call("POST", "/v1/brake-releases", {"token": stopped.id, "reason": "Đã xem danh sách", "people": held})


PEOPLE = "|".join([*("người của " + unit for unit in UNITS), *HOLDERS, "người không có", "chính mình"])
PLACES = "|".join(UNITS)


def deed(text, town, who):
    """What a line does, as one call."""
    def match(pattern):
        return re.fullmatch(pattern.replace("PEOPLE", f"({PEOPLE})").replace("PLACES", f"({PLACES})"), text)

    def staff(found, tail=""):
        return f"/v1/staff/{town.target(found[1], who)['id']}{tail}"
    if found := match("xem hồ sơ PEOPLE"):
        return who.call("GET", staff(found))
    if found := match("tìm PEOPLE"):
        return who.call("GET", "/v1/staff?q=" + urllib.parse.quote(town.target(found[1], who)["full_name"]))
    if found := match("sửa hồ sơ PEOPLE"):
        return who.call("PATCH", staff(found), {"title": "Chuyên viên chính"})
    if found := match("tiếp nhận người vào PLACES"):
        return who.call("POST", "/v1/staff", an(full_name=nth("Người Tiếp Nhận", next(numbers)), unit=UNITS[found[1]]))
    if found := match("điều động PEOPLE sang PLACES"):
        return who.call("PATCH", staff(found), {"unit": UNITS[found[2]]})
    if found := match("khóa PEOPLE"):
        return who.call("PUT", staff(found, "/accounts/mailbox"), {"state": "locked", "reason": "other"})
    if found := match("khóa PEOPLE vì lộ mật khẩu"):
        return who.call("PUT", staff(found, "/accounts/mailbox"), {"state": "locked", "reason": "compromised"})
    if found := match("cấp lại mật khẩu cho PEOPLE"):
        return who.call("POST", staff(found, "/accounts/mailbox/credential-resets"), {})
    if found := match("cho PEOPLE nghỉ việc"):
        return who.call("PUT", staff(found, "/departure"), {"reason": "thoi_viec", "decision": {"number": f"{next(numbers)}/QĐ"}})
    if found := match("xem quyết định nghỉ của PEOPLE"):
        return who.call("GET", staff(found, "/departure"))
    if found := match("gỡ xác thực hai lớp của PEOPLE"):
        return who.call("DELETE", staff(found, "/second-factor"))
    if found := match("xem vai trò của PEOPLE"):
        return who.call("GET", staff(found, "/roles"))
    if found := match("giao vai trò (.*) cho PEOPLE"):
        return who.call("POST", f"/v1/staff/{town.target(found[2], who)['id']}/roles", GIVEN[found[1]])
    if found := match("thu hồi vai trò của PEOPLE"):
        return who.call("DELETE", staff(found, "/roles/1"))
    if found := match("xem đơn vị PLACES"):
        return who.call("GET", f"/v1/units/{UNITS[found[1]]}")
    if found := match("sửa đơn vị PLACES"):
        return who.call("PATCH", f"/v1/units/{UNITS[found[1]]}", {"name": {"vi": nth("Xã", next(numbers))}})
    if found := match("xem tỷ lệ được cấp của PLACES"):
        return who.call("GET", f"/v1/coverage?unit={UNITS[found[1]]}")
    if found := match("lập báo cáo của PLACES"):
        return who.call("POST", "/v1/reports", {"unit": UNITS[found[1]], "period": "2026-Q3", "accept_incomplete": True})
    if found := match("đặt chỉ tiêu cho PLACES"):
        return who.call("PUT", f"/v1/targets/{UNITS[found[1]]}/mailbox", {"coverage": 100})
    if text == "tạo mã truy cập cho phần mềm":
        return who.call("POST", "/v1/tokens", {"name": "phần mềm", "scopes": ["units:read"]})
    if text == "cho phép thực hiện việc đang chờ":
        return who.call("POST", "/v1/brake-releases", {"digest": "0" * 64})
    if found := match("cho phép việc bị dừng của (.*)"):
        return release(town, found[1])
    if text == "thêm hệ thống":
        return who.call("POST", "/v1/systems", {"slug": "thu", "name": {"vi": "Thử"}, "kind": "manual"})
    if text == "đổi mật khẩu của mình":
        return who.call("PUT", "/v1/me/password", {"current": PASSWORD, "password": f"Gió-Phan-Rang-{next(numbers)}Aa"})
    pytest.fail(f"nobody knows how to do “{text}”")


def said(text, status, body):
    code = (body or {}).get("code", "")
    faults = {fault["code"] for fault in (body or {}).get("errors", [])}
    if text.startswith("tìm ") and status == 200:
        return "thấy" if body["items"] else "không thấy"
    if status in (200, 201, 202, 204):
        return "được"
    if status == 404 or (status == 422 and code == "validation_failed" and faults == {"not_found"}):
        return "không thấy"
    if code == "scope_missing" and text.startswith("cho phép việc bị dừng của"):
        return "cần người thứ ba"
    words = {"scope_missing": "không có quyền", "higher_role": "vai trò cao hơn", "not_by_oneself": "không tự làm", "unauthenticated": "phải đăng nhập", "session_ended": "phải đăng nhập"}
    if code == "validation_failed" and faults == {"not_allowed"}:
        return "không tự làm" if text.endswith("chính mình") else "vượt quyền"
    return words.get(code, f"{status} {code} {faults}")


def test_the_page_is_long_enough_to_be_read_and_no_line_stands_twice():
    assert 110 <= len(LINES) <= 160 and len(set(LINES)) == len(LINES)


@pytest.mark.parametrize("line", LINES)
def test_line(province, line):
    sentence, outcome = line.rsplit(": ", 1)
    name = max((n for n in (*ACTORS, "Người chưa đăng nhập", "Phần mềm của xã A") if sentence.startswith(n + " ")), key=len)
    text = sentence[len(name) + 1:]
    if name == "Người chưa đăng nhập":
        who = Person(province.service, province.spec)
    elif name == "Phần mềm của xã A":
        who = Software(province, "XA-A", "tokens:write", "staff:read", "units:read", "coverage:read")
    else:
        who = province.actor(name)
    assert said(text, *deed(text, province, who)) == outcome
    if text == "đổi mật khẩu của mình":
        province.sessions.pop(name)


# ---- the two blocks ----

def test_a_token_of_ones_own_is_oneself(province):
    """What nobody does to himself he does not through a program either, nor through one that it made."""
    scopes, an_ = province.spec.document["components"]["schemas"]["Scope"]["enum"], administrator(province)
    status, made = an_.call("POST", "/v1/tokens", {"name": "của mình", "scopes": scopes})
    assert status == 201, made
    first = province.service.client(made["secret"])
    second = province.service.client(first.post("/v1/tokens", {"name": "của mã ấy", "scopes": scopes}).json["secret"])
    other = province.person("TINH")
    for own in (first, second):
        refused = own.post(f"/v1/staff/{an_.id}/roles", {"role": "site_admin"})
        assert (refused.status, [e["code"] for e in refused.json["errors"]]) == (422, ["not_allowed"]), refused
        for what in ("second-factor", "oidc-subject"):
            answer = own.delete(f"/v1/staff/{an_.id}/{what}", etag="*")
            assert (answer.status, answer.code) == (409, "not_by_oneself"), answer
            assert own.delete(f"/v1/staff/{other['id']}/{what}", etag="*").status == 204, "of others as ever"
        assert own.post(f"/v1/staff/{other['id']}/roles", {"role": "clerk", "unit": "XA-A"}).status == 201


def test_names_of_the_other_block_are_in_no_answer(province):
    """A token of the commune reads sums of its Party office and no name from it, whichever way it asks; one of the office itself reads them."""
    admin, scopes = province.admin, ("staff:read", "staff:write", "accounts:write", "units:read", "units:write", "coverage:read", "departures:write", "reports:write", "tokens:write", "audit:read")
    commune, office = province.service.reach("XA-A", *scopes), province.service.reach("DANG-A", *scopes)
    party, guest = province.person("DANG-A"), province.person("DANG-A")
    assert admin.patch(f"/v1/staff/{guest['id']}", {"posts": [{"unit": "DANG-A", "title": "Chuyên viên", "primary": True}, {"unit": "PHONG-A", "title": "Chuyên viên", "kind": "kiem_nhiem", "primary": False}]}).status == 200
    assert admin.put(f"/v1/staff/{party['id']}/departure", {"reason": "thoi_viec", "effective_on": (site_today() + datetime.timedelta(days=30)).isoformat(), "decision": {"number": "9/QĐ"}}).status in (200, 201, 202)
    lists = ("/v1/staff?page_size=200", "/v1/staff?unit=DANG-A", f"/v1/staff?staff_code={party['staff_code']}", "/v1/staff?stage=missing&system=e-office", "/v1/accounts?page_size=200", "/v1/accounts?unit=DANG-A",
             "/v1/departures", "/v1/activations?system=mailbox", "/v1/audit-events?action=staff.put", f"/v1/audit-events?target={party['id']}", "/v1/hand-overs")
    for path in lists:
        assert party["id"] not in json.dumps(commune.get(path).json), path
        assert party["full_name"] not in json.dumps(commune.get(path).json, ensure_ascii=False), path
    assert all(party["id"] in json.dumps(office.get(path).json) for path in lists[:3])
    for key in (party["id"], party["staff_code"]):
        assert {commune.get(f"/v1/staff/{key}{tail}").status for tail in ("", "/history", "/departure", "/accounts", "/merge")} == {404}
    seen = commune.get(f"/v1/staff/{guest['id']}").json
    assert seen["unit"] is None and [p["unit"]["code"] for p in seen["posts"]] == ["PHONG-A"], "of a guest the post that is held here"
    assert commune.patch(f"/v1/staff/{guest['id']}", {"title": "Khác"}).json["code"] == "scope_missing"
    for unit in ("DANG-A", "XA-A"):
        theirs, all_of_it = commune.get(f"/v1/coverage?unit={unit}").json, admin.get(f"/v1/coverage?unit={unit}").json
        links = [[(row["unit"]["code"], row.pop("links")) for row in answer["rows"]] for answer in (theirs, all_of_it)]
        assert theirs == all_of_it and any(found for _, found in links[1])
        assert links[0] == [(code, {} if code == "DANG-A" else found) for code, found in links[1]], "no door to names that it does not know"
    codes = [fault["code"] for fault in commune.post("/v1/tokens", {"name": "vòng", "scopes": ["staff:read"], "unit": "DANG-A"}).json["errors"]]
    assert codes == ["not_found"], "no token for what its maker does not reach"
    for change in ({"block": "chinh_quyen"}, {"block": None}):
        assert commune.patch("/v1/units/DANG-A", change).json["code"] == "scope_missing", "nobody lets himself in"
    assert commune.patch("/v1/units/DANG-A", {"name": {"vi": "Đảng ủy xã A"}, "position": 7}).status == 200


def test_a_list_that_names_the_other_block_is_not_there(province):
    for unit in ("DANG-A", "XA-A"):
        assert province.admin.put(f"/v1/staff/{province.person(unit)['id']}/accounts/mailbox", {"state": "locked", "reason": "other"}).status == 200
    body = {"unit": "XA-A", "kind": "locked_accounts", "systems": ["mailbox"], "from": site_today().isoformat(), "to": site_today().isoformat(), "accept_incomplete": True}
    commune = province.service.reach("XA-A", "staff:read", "reports:write", "coverage:read")
    whole, own = province.admin.post("/v1/reports", body), commune.post("/v1/reports", body)
    assert (whole.status, own.status) == (201, 201), (whole, own)
    named = [{p["unit_code"] for p in r.json["figures"]["sheets"][0]["people"]} for r in (whole, own)]
    assert "DANG-A" in named[0] and "DANG-A" not in named[1] and "XA-A" in named[1]
    assert commune.get(f"/v1/reports/{whole.json['id']}").status == commune.get(f"/v1/reports/{whole.json['id']}/content").status == 404
    assert commune.get(f"/v1/reports/{own.json['id']}").status == 200
    listed = [r["id"] for r in commune.get("/v1/reports").json["items"]]
    assert own.json["id"] in listed and whole.json["id"] not in listed


# ---- the matrix ----

ROUTES = [r for r in map(json.loads, subprocess.run([BIN, "routes"], capture_output=True, text=True, check=True).stdout.splitlines()) if r["listener"] == "api"]
ANY = 0x80000000
PARAMETERS = {"{system}": "mailbox", "{date}": "2026-10-01", "{number}": "1"}
# What belongs to a person or unit is asked for each relation; the rest has no relation and is asked for the right alone.
OWNED = {"{staff}": "staff", "{unit}": "unit"}
APART = {  # path parameters that name records of other kinds: with an id that nobody has
    "{duplicate}": "KHONG-CO", "{import}": "imp_" + "0" * 26, "{report}": "rep_" + "0" * 26, "{schedule}": "khong-co", "{request}": "req_" + "0" * 26, "{file}": "khong-co.js", "{token}": "tok_" + "0" * 26, "{code}": "staff_not_found", "{level}": "0", "{tile}": "999",
}
OPEN = {"redeem_activation", "check_activation", "get_activation_page", "get_activation_script", "get_activation_style", "get_mail_settings", "get_mail_profile", "create_session", "begin_oidc", "finish_oidc", "get_problem", "get_openapi_json", "get_openapi_yaml", "get_docs", "get_console", "get_console_file", "get_livez", "get_readyz", "get_version"}
SELF = {"get_brake", "get_session", "delete_session", "delete_token", "get_me", "put_my_password", "create_my_second_factor", "put_my_second_factor", "create_deputy", "delete_deputy", "get_my_record"}  # any credential: about the caller
NAMELESS = {"get_audit_checkpoint", "get_audit_tile"}  # any credential: hashes, which name nobody
WHOLE = {"get_audit_entries", "list_orphans", "create_list", "create_loss_release", "restore_accounts", "create_system", "patch_system"}  # concerns everybody: for who may everywhere
WITHIN = {"DANG-A": "DANG-A", "XA-A": "PHONG-A", "PHONG-A": "PHONG-A", "TINH": "XA-A", "XA-B": "XA-B", None: "XA-A"}


def test_every_operation_has_a_row():
    """An operation that nobody said who may is no operation: the build fails here."""
    for route in ROUTES:
        kind = [route["operation"] in OPEN, route["operation"] in SELF | NAMELESS, route["scopes"] not in (0, ANY)]
        assert sum(kind) == 1, f"{route['operation']}: is it open, about the caller, or for a right?"
        assert (route["scopes"] == 0) == (route["operation"] in OPEN) and (route["scopes"] == ANY) == (route["operation"] in SELF | NAMELESS), route["operation"]
        for parameter in re.findall(r"\{\w+\}", route["path"]):
            assert parameter in {*PARAMETERS, *OWNED, *APART}, f"{route['operation']}: whose is {parameter}?"


def body_of(spec, route):
    for method, template, operation in spec.operations():
        if operation["operationId"] == route["operation"] and "requestBody" in operation:
            media, content = next(iter(operation["requestBody"]["content"].items()))
            return content.get("example", next(iter(content.get("examples", {"": {"value": {}}}).values()), {}).get("value"))
    return None


def ask(person, route, spec, staff, unit):
    path = route["path"].replace("{staff}", staff).replace("{unit}", unit)
    for name, value in {**PARAMETERS, **APART}.items():
        path = path.replace(name, value)
    return person.raw(route["method"], path, body_of(spec, route))


def plain(answer, *ids):
    """Status, headers and body without what differs in every answer, and without the key that was asked for."""
    status, headers, text = answer
    for id_ in ids:
        text = text.replace(id_, "KEY")
    text = re.sub(r'"request_id":"[^"]*"', "", text)
    return status, sorted((k, v) for k, v in headers if k not in ("X-Request-Id", "Date", "Set-Cookie")), text


@pytest.mark.parametrize("name", ACTORS)
def test_matrix(province, spec, name):
    """Without the right: the same 403, whoever is meant. With it: what lies beside, above or nowhere is one answer; what lies within is another."""
    person, (role, unit) = province.actor(name), ACTORS[name]
    scopes = {s for r in person.call("GET", "/v1/sessions/current")[1]["roles"] for s in r["scopes"]}
    bits = sum(1 << n for n, word in enumerate(spec.document["components"]["schemas"]["Scope"]["enum"]) if word in scopes)
    outside = [("XA-B" if unit != "XA-B" else "XA-A"), "TINH"] if unit not in (None, "TINH") else []
    absent_unit = "unt_" + "0" * 25 + "1"
    strangers = [(province.person(code)["id"], province.admin.get(f"/v1/units/{code}").json["id"]) for code in outside]
    if unit in ("TINH", "XA-A"):  # of the Party's people there are sums below, and no names
        strangers.append((province.person("DANG-A")["id"], absent_unit))
    asked = 0
    for route in ROUTES:
        if route["operation"] in OPEN | SELF | NAMELESS:
            continue
        nowhere = ask(person, route, spec, NOBODY, absent_unit)
        code = json.loads(nowhere[2]).get("code") if nowhere[2].startswith("{") else None
        may = bool(route["scopes"] & bits) and (unit is None or route["operation"] not in WHOLE)
        assert (code == "scope_missing" and nowhere[0] == 403) == (not may), (route["operation"], nowhere)
        owned = [p for p in OWNED if p in route["path"]]
        for stranger in strangers if owned else ():
            beside = ask(person, route, spec, *stranger)
            assert plain(beside, *stranger, NOBODY, absent_unit) == plain(nowhere, *stranger, NOBODY, absent_unit), route["operation"]
            asked += 1
        if owned and may and route["method"] == "GET" and "{date}" not in route["path"] and role:
            inside = WITHIN[unit]
            within = ask(person, route, spec, province.person(inside)["id"], province.admin.get(f"/v1/units/{inside}").json["id"])
            assert within[0] == 200 or json.loads(within[2])["code"] in ("departure_not_found", "unit_mailbox_not_found"), (route["operation"], within)
    assert asked >= (40 if outside else 0)


# ---- the last one ----

def test_whoever_locks_the_last_administrator_is_told_before(start):
    service = start()
    client = service.client()
    make_units(client)
    for code in ("LA-1", "LA-2", "LA-3"):
        assert client.put(f"/v1/staff/{code}", an(full_name=nth("Lê Quản Trị", int(code[-1])))).status == 201
        activate(client, code)
        assert client.put(f"/v1/staff/{code}/accounts/td-office", {"state": "closed"}).status == 200, "one way in is left"
    lock = {"state": "locked", "reason": "compromised", "decision": {"number": "12/QĐ-UBND", "signed_on": "2026-11-02"}}

    def warned(code):
        dry = client.put(f"/v1/staff/{code}/accounts/mailbox", lock, validate_only=True)
        assert dry.status == 200, dry
        return [w["code"] for w in dry.json.get("warnings", [])]
    assert warned("LA-1") == [], "he administers nothing"
    for code in ("LA-1", "LA-2"):
        assert client.post(f"/v1/staff/{code}/roles", {"role": "site_admin"}).status == 201
    assert warned("LA-1") == warned("LA-2") == []
    assert client.put("/v1/staff/LA-2/accounts/mailbox", lock).status == 200
    assert (warned("LA-1"), warned("LA-2")) == (["last_administrator"], [])
    first = Person(service, client.spec)
    assert first.sign_in(login_of(client.get("/v1/staff/LA-1").json))[0] == 201
    lent = first.call("POST", "/v1/me/deputies", {"staff": client.get("/v1/staff/LA-3").json["id"], "role": 1, "to": (site_today() + datetime.timedelta(5)).isoformat()})
    assert lent[0] == 201, lent
    assert warned("LA-1") == ["last_administrator"], "what he has lent goes with him"
    told = [item["text"] for item in service.client(language="vi").get("/v1/staff/LA-2/history").json["items"]]
    assert any("Khóa tài khoản" in text and "theo QĐ 12/QĐ-UBND ngày 02/11/2026" in text for text in told), told
