"""One rule, one door: whatever PUT account refuses is refused wherever a wish for an account can be sent, and nothing lets in again who has left."""
import datetime
import itertools
import json
import re
import subprocess

import pytest

from browser import PASSWORD, activate
from congvu import BIN, an, make_units, site_today, wait_for

DESIRED = {"$ref": "#/components/schemas/DesiredState"}


def bind(service, person, password=PASSWORD):
    dn = f"cvId={person['id']},ou=people,dc=congvu"
    return subprocess.run(["ldapwhoami", "-x", "-H", service.ldapi, "-D", dn, "-y", "/dev/stdin"], input=password, text=True,
                          capture_output=True).returncode == 0


def hire(client, code, name, **more):
    answer = client.put(f"/v1/staff/{code}", an(full_name=name, **more))
    assert answer.status == 201, answer
    activate(client, code)
    return answer.json


def states(client, code):
    answer = client.get(f"/v1/staff/{code}")
    assert answer.status == 200, answer
    return {a["system"]: a["desired"]["state"] for a in answer.json["accounts"]}


# ---- the doors, out of the table of routes and the contract ----

def ways(spec, schema, at=()):
    """Ways through a body to a wish: ("state",), ("accounts", 0, "desired", "state")."""
    if schema == DESIRED:
        yield at
        return
    schema = spec.resolve(schema)
    for part in itertools.chain(*(schema.get(word, []) for word in ("allOf", "oneOf", "anyOf"))):
        yield from ways(spec, part, at)
    for name, inner in schema.get("properties", {}).items():
        yield from ways(spec, inner, (*at, name))
    if "items" in schema:
        yield from ways(spec, schema["items"], (*at, 0))


class Door:
    def __init__(self, spec, method, template, operation, way):
        self.spec, self.method, self.template, self.operation, self.way = spec, method, template, operation, way
        self.makes = "{staff}" not in template  # somebody new

    def __repr__(self):
        return f"{self.operation['operationId']} {'/'.join(map(str, self.way))}"

    def body(self, system, wish):
        body = an(full_name="Người Mới Vào") if self.makes else {}
        at = body
        for here, after in zip(self.way[:-1], self.way[1:]):
            if isinstance(at, list):
                at.append({"system": system})
            elif here not in at:
                at[here] = [] if isinstance(after, int) else {}
            at = at[here]
        at.update(wish)
        return body

    def send(self, client, staff, system, wish, **query):
        path = self.template.replace("{staff}", staff).replace("{system}", system)
        headers = {"If-Match": "*"} if self.method == "PATCH" else None
        return client.call(self.method, path, self.body(system, wish), headers, **query)


def routes():
    lines = subprocess.run([BIN, "routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [row for row in map(json.loads, lines) if row["listener"] == "api"]


def operation_of(spec, row):
    return spec.document["paths"][row["path"]][row["method"].lower()]


def body_schema(operation):
    for content in operation.get("requestBody", {}).get("content", {}).values():
        return content["schema"]
    return {}


@pytest.fixture(scope="module")
def doors(spec):
    found = [Door(spec, row["method"], row["path"], operation_of(spec, row), way)
             for row in routes() for way in dict.fromkeys(ways(spec, body_schema(operation_of(spec, row))))]
    assert {"put_account", "create_staff", "put_staff", "patch_staff"} <= {door.operation["operationId"] for door in found}, "the search sees something"
    return found


def token(client, scopes, unit=None):
    body = {"name": "thử", "scopes": scopes, "unit": unit, "expires_at": None}
    answer = client.post("/v1/tokens", body)
    assert answer.status == 201, answer
    return answer.json["secret"]


# ---- two doors ----

REFUSED_WISHES = {
    "no reason": {"state": "locked"},
    "reason null": {"state": "locked", "reason": None},
    "a reason that is none": {"state": "locked", "reason": "compromized"},
    "a reason that is too long": {"state": "closed", "reason": "x" * 65},
    "no state": {},
    "a state that is none": {"state": "open"},
    "an unknown member": {"state": "present", "until": "2030-01-01"},
}


@pytest.mark.parametrize("wish", REFUSED_WISHES.values(), ids=REFUSED_WISHES)
def test_a_wish_that_one_door_refuses_is_refused_by_all(client, doors, wish):
    client.put("/v1/staff/W-1", an(full_name="Cao Hai Cửa"))
    before = client.get("/v1/staff/W-1").json
    for door in doors:
        for trial in (True, False):
            answer = door.send(client, "W-1", "mailbox", wish, validate_only=trial)
            assert (answer.status, answer.code) == (422, "validation_failed"), (door, answer)
            place = "#/" + "/".join(map(str, door.way[:-1]))
            assert all(e["pointer"].startswith(place.rstrip("/")) for e in answer.json["errors"]), (door, answer)
    assert client.get("/v1/staff/W-1").json == before


def test_every_scope_that_one_door_needs_is_needed_at_all(spec, shared, client, doors):
    """A token with every scope but one: refused where PUT account refuses it, and where the operation itself does."""
    client.put("/v1/staff/W-2", an(full_name="Cao Thiếu Quyền"))
    wish = {"state": "locked", "reason": "inactivity"}
    scopes = spec.document["components"]["schemas"]["Scope"]["enum"]
    needed = {door.operation["x-scope"] for door in doors if door.operation["operationId"] == "put_account"}
    clients = {scope: shared.client(token(client, [s for s in scopes if s != scope])) for scope in scopes}
    for door, (scope, caller) in itertools.product(doors, clients.items()):
        answer = door.send(caller, "W-2", "mailbox", wish, validate_only=True)
        if scope in needed | {door.operation["x-scope"]}:
            assert (answer.status, answer.code) == (403, "scope_missing"), (door, scope, answer)
        else:
            assert answer.status in (200, 204), (door, scope, answer)
    poor = clients["accounts:write"]
    for door in doors:
        assert door.send(poor, "W-2", "mailbox", wish).status == 403, door
        assert door.send(poor, "NOBODY", "mailbox", wish).status == 403, "a missing right says nothing about who is there"
    assert states(client, "W-2")["mailbox"] == "present"
    assert poor.patch("/v1/staff/W-2", {"title": "Phó phòng", "accounts": []}).status == 200, "no account is reached"


def test_what_a_person_refuses_is_refused_by_all_doors(shared, client, doors):
    """Departed, out of reach, changed meanwhile, held by the brake, no such system."""
    gone = hire(client, "W-3", "Cao Đã Đi")
    assert client.put("/v1/staff/W-3/departure", {"reason": "nghi_huu"}).status == 200
    client.put("/v1/staff/W-4", an(full_name="Cao Đơn Vị Khác", unit="T1.02"))
    elsewhere = shared.client(token(client, ["staff:read", "staff:write", "accounts:write"], "T1.03"))
    for i in range(30):
        client.put(f"/v1/staff/W4-{i}", an(full_name="Cao Thị Đông", unit="T1"))
    braked = shared.client(token(client, ["staff:read", "staff:write", "accounts:write"]))
    for i in range(5):
        assert braked.put(f"/v1/staff/W4-{i}/accounts/mailbox", {"state": "closed"}).status == 200
    for door in (d for d in doors if not d.makes):
        answer = door.send(client, "W-3", "mailbox", {"state": "present"})
        assert (answer.status, answer.code) == (409, "staff_departed"), (door, answer)
        answer = door.send(client, "W-3", "certificate", {"state": "present"})
        assert (answer.status, answer.code) == (409, "staff_departed"), (door, answer)
        answer = door.send(elsewhere, "W-4", "mailbox", {"state": "closed"})
        assert answer.status in (404, 409) and answer.code in ("staff_not_found", "held_elsewhere"), (door, answer)
        answer = door.send(braked, "W4-6", "mailbox", {"state": "closed"})
        assert (answer.status, answer.code) == (409, "brake_engaged"), (door, answer)
        answer = door.send(braked, "W4-6", "mailbox", {"state": "closed", "reason": "compromised"})
        assert (answer.status, answer.code) == (409, "brake_engaged"), "only a lock for it is exempt"
        answer = door.send(client, "W4-6", "no-system", {"state": "present"})
        assert answer.status in (404, 422), (door, answer)
    assert not bind(shared, gone) and set(states(client, "W-3").values()) == {"closed"}
    assert states(client, "W-4")["mailbox"] == states(client, "W4-6")["mailbox"] == "present"


def test_one_lock_for_a_stolen_password_is_exempt_at_every_door(shared, client, doors):
    for i in range(20):
        client.put(f"/v1/staff/W5-{i}", an(full_name="Cao Thị Gấp", unit="T1"))
    braked = shared.client(token(client, ["staff:read", "staff:write", "accounts:write"]))
    while braked.put(f"/v1/staff/W5-{(i := i - 1)}/accounts/mailbox", {"state": "closed"}).status == 200:
        pass
    for n, door in enumerate(d for d in doors if not d.makes):
        assert door.send(braked, f"W5-{n}", "mailbox", {"state": "locked", "reason": "inactivity"}).code == "brake_engaged", door
        answer = door.send(braked, f"W5-{n}", "mailbox", {"state": "locked", "reason": "compromised"})
        assert answer.status == 200, (door, answer)


@pytest.mark.parametrize("reasons", [["compromised"], ["compromised", "other"], ["compromised", None]],
                         ids=["as it is", "locked for another reason since", "closed since"])
def test_a_stolen_password_never_comes_back(shared, client, doors, reasons):
    """Whichever door locks and whichever restores, and however often it is locked in between; other systems stay open all the while."""
    existing = [d for d in doors if not d.makes]
    pairs = itertools.product(existing, existing) if len(reasons) == 1 else zip(existing, existing[1:] + existing[:1])
    for n, (locks, restores) in enumerate(pairs):
        code = f"C{len(reasons)}{(reasons[-1] or 'x')[0]}-{n}"
        person = hire(client, code, "Cao Thị Lộ")
        for reason in reasons:
            wish = {"state": "locked", "reason": reason} if reason else {"state": "closed"}
            assert locks.send(shared.client(token(client, ["staff:read", "staff:write", "accounts:write"])), code, "mailbox", wish).status == 200
        assert restores.send(client, code, "mailbox", {"state": "present"}).status == 200
        assert not bind(shared, person), (locks, restores)
        assert {a["system"]: a["observed"]["state"] for a in client.get(f"/v1/staff/{code}").json["accounts"]}["mailbox"] == "provisioned"
        activate(client, code, password="Mat-Khau-Moi-10")
        assert bind(shared, person, "Mat-Khau-Moi-10") and not bind(shared, person)


def test_nothing_else_opens_with_a_stolen_password_and_a_new_one_is_trusted(shared, client):
    person = hire(client, "C-8", "Cao Lộ Hai Nơi")
    for system in ("mailbox", "td-office"):
        client.put(f"/v1/staff/C-8/accounts/{system}", {"state": "locked", "reason": "compromised"})
    assert client.put("/v1/staff/C-8/accounts/e-office", {"state": "present"}).status in (200, 202)
    assert not bind(shared, person), "a system given meanwhile"
    activate(client, "C-8", "e-office", "Mat-Khau-Moi-10")
    for system in ("mailbox", "td-office"):
        client.put(f"/v1/staff/C-8/accounts/{system}", {"state": "present"})
        assert bind(shared, person, "Mat-Khau-Moi-10"), "nobody has to redeem twice"
    other = hire(client, "C-9", "Cao Mã Cũ")
    code = client.post("/v1/staff/C-9/accounts/mailbox/credential-resets", None).json["code"]
    client.put("/v1/staff/C-9/accounts/mailbox", {"state": "locked", "reason": "compromised"})
    client.put("/v1/staff/C-9/accounts/mailbox", {"state": "present"})
    assert client.post("/v1/activations", {"code": code, "password": PASSWORD}).code == "activation_refused", "a code out of the stolen mailbox"
    assert not bind(shared, other)


# ---- who has left stays out ----

def bodies(operation):
    """(media, body): every example of the contract, and each member of a JSON body alone."""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        for body in [row["value"] for row in content.get("examples", {}).values()] or [content["example"]]:
            yield media, body
            if isinstance(body, dict) and len(body) > 1:
                yield from ((media, {name: value}) for name, value in body.items())
    if "requestBody" not in operation:
        yield None, None


def aimed(value, at=None):
    """An example of the contract, about the one who has left and the units of the test."""
    if isinstance(value, dict):
        return {k: aimed(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [aimed(v, at) for v in value]
    return {"staff": "GONE", "staff_code": "GONE", "holders": "GONE", "custodian": "GONE", "key": "GONE", "people": "GONE", "unit": "T1.02", "parent": "T1"}.get(at, value)


JSON = "application/json"
ROSTER = "Họ tên;Số hiệu;Đơn vị;Chức vụ\nCao Rời Cơ Quan;GONE;T1.02;Trưởng phòng\n"


class Left:
    """Somebody who has left, and what there is about him: made while he was here."""

    def __init__(self, service):
        self.client = client = service.client()
        make_units(client)
        for code in ("STAYS", "TWIN"):
            client.put(f"/v1/staff/{code}", an(full_name=f"Cao {code.title()}"))
        for code, slug in (("T1.09", "trong"), ("T1.10", "muoi")):
            assert client.put(f"/v1/units/{code}", {"name": {"vi": f"Phòng {slug.title()}"}, "kind": "phong", "parent": "T1", "slug": slug}).status == 201
        self.person = hire(client, "GONE", "Cao Rời Cơ Quan")
        self.alias = self.person["address"]
        assert client.patch("/v1/staff/GONE", {"login": "roicoquan"}).status == 200
        client.put("/v1/staff/GONE/accounts/certificate/observation", {"state": "active"})
        assert client.put("/v1/staff/GONE/accounts/certificate/certificate", {"token_serial": "T-OUT"}).status == 200
        assert client.post("/v1/staff/GONE/roles", {"role": "unit_hr", "unit": "T1.01"}).json["number"] == 1
        for unit in ("T1.01", "T1.09"):
            assert client.put(f"/v1/units/{unit}/headcounts/2026-01-01", {"total": 9}).status == 200
        assert client.put("/v1/units/T1.10/accounts/td-office", {"login": "vanthu_muoi", "custodian": "GONE"}).status in (200, 201)
        self.code = client.post("/v1/staff/GONE/accounts/td-office/credential-resets", {}).json["code"]
        taker = service.reach("T1.02", "staff:read", "staff:write", "accounts:write", "units:read")
        asked = [taker.post("/v1/requests", {"kind": "transfer", "unit": "T1.02", "person": {"key": "GONE", "full_name": "Cao Rời Cơ Quan"}, "title": "x", "decision": {"number": "9/QĐ"}}),
                 client.post("/v1/requests", {"kind": "lock", "unit": "T1.01", "person": {"key": "GONE"}, "reason": "leave"})]
        assert client.put("/v1/staff/DOUBLE", {**an(full_name="Cao Rời Cơ Quan"), "not_same_as": []}).status == 202
        lists = [self.planned() for _ in range(3)]
        assert client.call("POST", f"/v1/imports/{lists[2]}/run").status in (200, 202)
        wait_for(lambda: client.get(f"/v1/imports/{lists[2]}/run").json["state"] == "ended", "a list to be taken back")
        papers = [client.post("/v1/reports", {"unit": "T1", "systems": ["mailbox"], "period": "2026-Q3", "accept_incomplete": True}).json["id"] for _ in range(4)]
        assert client.patch(f"/v1/reports/{papers[2]}", {"state": "final"}).status == 200
        tokens = [client.post("/v1/tokens", {"name": f"của người đã nghỉ {n}", "scopes": ["staff:read"], "unit": "T1.01"}).json["id"] for n in range(2)]
        self.values = {"staff": ["GONE"], "unit": ["T1.01", "T1.09", "T1.10"], "system": ["mailbox", "td-office", "e-office", "certificate"], "date": ["2026-01-01"], "number": ["1"], "request": [a.json["id"] for a in asked],
                       "duplicate": ["DOUBLE"], "import": lists, "report": papers[:3], "token": tokens, "schedule": ["thang"]}
        for code in ("GONE", "TWIN"):
            assert client.put(f"/v1/staff/{code}/departure", {"reason": "tu_tran"}).status in (200, 202)

        day = (site_today() - datetime.timedelta(20)).isoformat()
        self.also = {
            "create_correction": [("/v1/staff/GONE/corrections", JSON, {"kind": "wrong_alias", "reason": "x", "alias": self.alias})],
            "put_merge": [("/v1/staff/TWIN/merge", JSON, {"into": "GONE", "reason": "x"})], "delete_merge": [("/v1/staff/TWIN/merge", None, None)],
            "redeem_activation": [("/v1/activations", JSON, {"code": self.code, "password": PASSWORD})], "check_activation": [("/v1/activation-checks", JSON, {"code": self.code})],
            "create_session": [("/v1/sessions", JSON, {"login": "roicoquan", "password": PASSWORD})],
            "create_unit": [("/v1/units", JSON, {"code": "T1.20", "name": {"vi": "Phòng Hai Mươi"}, "kind": "phong", "parent": "T1", "slug": "haimuoi"})],
            "delete_unit": [("/v1/units/T1.20", None, None)], "delete_report": [(f"/v1/reports/{papers[3]}", None, None)],
            "create_usage_events": [("/v1/usage-events?system=mailbox", "application/x-ndjson", f'{{"staff_code":"GONE","occurred_on":"{day}"}}\n')],
            "create_import": [(f"/v1/imports?kind={kind}", "text/csv", text) for kind, text in (("staff", ROSTER), ("leavers", "Số hiệu;Họ tên;Lý do\nGONE;Cao Rời Cơ Quan;Nghỉ hưu\n"))]}

    def planned(self):
        answer = self.client.call("POST", "/v1/imports", ROSTER.encode(), {"Content-Type": "text/csv"}, kind="staff")
        assert answer.status == 201, answer
        return answer.json["id"]

    def paths(self, row):
        names = re.findall(r"{(\w+)}", row["path"])
        for chosen in itertools.product(*(self.values[name] for name in names)):
            yield re.sub(r"{(\w+)}", lambda _, at=iter(chosen): next(at), row["path"])

    def calls(self, spec, row):
        """(path, media, body) of all that is tried of an operation."""
        wanted = [(media, aimed(body)) for media, body in bodies(operation_of(spec, row))]
        json_media = next((media for media, body in wanted if isinstance(body, dict)), None)
        wanted += [(json_media, body) for body in MORE.get(row["operation"], [])]
        for path in self.paths(row):
            yield from ((path, media, body) for media, body in wanted)
        yield from self.also.get(row["operation"], [])


MOVES = [{"unit": "T1.02"}, {"unit": "T1.03"}, {"unit": "T1.01"}, {"category": "nguoi_hoat_dong_khong_chuyen_trach"}, {"category": "vien_chuc"},
         {"title": "Trưởng phòng"}, {"posts": [{"unit": "T1.03", "primary": True}, {"unit": "T1.01", "kind": "kiem_nhiem"}]}, {"status": "active"},
         {"unit": "T1.02", "decision": {"number": "3/QĐ", "effective_on": "2020-01-01"}}]
MORE = {"put_staff": MOVES, "patch_staff": MOVES, "put_unit": [{"block": "dang_doan_the"}, {"block": "chinh_quyen"}, {"kind": "ubnd_xa"}, {"kind": "phong"}],
        "patch_system": [{"required_for": []}, {"required_for": [{"categories": ["cong_chuc", "vien_chuc"]}]}],
        "create_unit_correction": [{"kind": "wrong_headcount", "reason": "x", "on": "2026-01-01"}]}
NOT_TRIED = {"create_reinstatement": "the one way back"}
REFUSED = {  # whatever is sent: the best answer
    # he has left
    "put_merge": "staff_departed", "create_credential_reset": "staff_departed", "create_role": "staff_departed", "redeem_activation": "activation_refused", "check_activation": "activation_refused",
    "create_session": "sign_in_refused", "put_unit_account": "conflict", "put_unit_mailbox": "validation_failed", "delete_staff": "staff_holds_names", "delete_departure": "departure_done", "delete_merge": "conflict",
    # there is nothing to do: nothing held, lost, made again, waiting for a second person, given to a file
    "create_brake_release": "token_not_found", "create_loss_release": "conflict", "restore_accounts": "conflict", "approve_import": "scope_missing", "create_list": "conflict",
    # of the one who asks, in his own session
    "create_deputy": "session_ended", "delete_deputy": "session_ended", "put_my_password": "session_ended", "create_my_second_factor": "session_ended", "put_my_second_factor": "session_ended"}


def test_no_operation_of_the_table_lets_a_leaver_in(spec, start):
    """Only a reinstatement does. Every operation that writes, about every record that there is of him, with every example of the contract and each member of it alone."""
    service = start()
    left = Left(service)
    client, person = left.client, left.person
    best, tried, was_out = {}, 0, True
    for row in sorted((r for r in routes() if r["method"] != "GET" and r["operation"] not in NOT_TRIED), key=lambda r: r["method"] == "DELETE"):
        for path, media, body in left.calls(spec, row):
            headers = {**({"If-Match": "*"} if row["method"] in ("PATCH", "DELETE") else {}), **({"Content-Type": media} if media else {})}
            answer = client.call(row["method"], path, body.encode() if isinstance(body, str) else body, headers)
            best[row["operation"]] = min((answer.status, "" if answer.status < 300 else answer.code), best.get(row["operation"], (600, "")))
            tried += 1
            assert answer.status < 500, (path, body, answer)
            assert "present" not in states(client, "GONE").values(), (row["method"], path, body, answer)
            out = client.get("/v1/staff/GONE/accounts/certificate").json["certificate"]["token_returned_on"] is None
            departure = client.get("/v1/staff/GONE/departure").json
            open_steps = [s for s in departure["steps"] if s["state"] != "done"]
            assert departure["state"] == ("in_progress" if open_steps else "done") and (open_steps or not out), (path, body, departure)
            assert out == was_out or row["operation"] == "put_certificate", (path, body, "only the call for it says that the device is back")
            was_out = out
    assert tried > 300 and not bind(service, person)
    assert {operation: code for operation, (status, code) in best.items() if status >= 300} == REFUSED
    client.patch("/v1/systems/certificate", {"required_for": [{"categories": ["cong_chuc"]}]})
    client.patch("/v1/systems/e-office", {"required_for": [{"categories": ["cong_chuc", "vien_chuc"]}]})
    wait_for(lambda: {"certificate", "e-office"} <= states(client, "STAYS").keys(), "the calendar gives what is newly required")
    assert "present" not in states(client, "GONE").values(), "but not to who has left"
    entry = service.person(person["id"])
    assert "authorizedService" not in entry or entry["authorizedService"] == ["certificate"], "observed by hand until it is revoked"


def test_no_list_lets_a_leaver_in(shared, client):
    """Planned while he was here and carried out after he had left; and sent after that."""
    person = hire(client, "LIST-1", "Cao Trong Danh Sách")
    text = "Họ tên;Số hiệu;Đơn vị;Chức vụ\nCao Trong Danh Sách;LIST-1;T1.02;Trưởng phòng\n"

    def upload():
        answer = client.call("POST", "/v1/imports", text.encode(), {"Content-Type": "text/csv"}, kind="staff")
        assert answer.status == 201, answer
        return answer.json
    early = upload()
    assert early["summary"]["move"] == 1
    assert client.put("/v1/staff/LIST-1/departure", {"reason": "nghi_huu"}).status == 200
    for plan in (early, upload()):
        assert client.call("POST", f"/v1/imports/{plan['id']}/run").status in (200, 202)
        run = wait_for(lambda: (r := client.get(f"/v1/imports/{plan['id']}/run").json)["state"] == "ended" and r, "the run ends")
        assert run["summary"]["done"] == 0, run
        assert set(states(client, "LIST-1").values()) == {"closed"} and not bind(shared, person)


def test_what_a_hand_closed_or_locked_a_reinstatement_does_not_open(shared, client):
    """Though its reason be the machine's word."""
    hire(client, "BACK", "Cao Trở Lại")
    client.put("/v1/staff/BACK/accounts/e-office", {"state": "present"})
    client.put("/v1/staff/BACK/accounts/mailbox", {"state": "closed", "reason": "departure"})
    client.put("/v1/staff/BACK/accounts/e-office", {"state": "locked", "reason": "violation"})
    client.put("/v1/staff/BACK/departure", {"reason": "nghi_huu", "keep_mail_until": "2099-01-01"})
    assert states(client, "BACK") == {"mailbox": "closed", "td-office": "closed", "e-office": "closed"}
    back = client.post("/v1/staff/BACK/reinstatements", {"decision": {"number": "7/QĐ"}})
    assert back.status == 202, back
    desired = {a["system"]: a["desired"] for a in back.json["accounts"]}
    assert desired["mailbox"]["state"] == "closed" and desired["td-office"]["state"] == "present", desired
    assert (desired["e-office"]["state"], desired["e-office"]["reason"]) == ("locked", "violation"), desired
    assert [desired[s]["cause"] for s in ("mailbox", "td-office", "e-office")] == ["hand", "required", "hand"]
    moved = client.patch("/v1/staff/BACK", {"unit": "T1.02"}).json
    assert {a["system"]: a["desired"]["state"] for a in moved["accounts"]}["mailbox"] == "closed", "nor does a transfer"


def test_data_that_kept_only_the_word_are_read_by_what_else_they_say(shared, client):
    """Of an earlier version: closed before the departure began, it was not the departure; locked for a stolen password, it is not trusted."""
    person = hire(client, "OLD", "Cao Dữ Liệu Cũ")
    client.put("/v1/staff/OLD/accounts/mailbox", {"state": "closed", "reason": "departure"})
    client.put("/v1/staff/OLD/departure", {"reason": "nghi_huu"})
    shared.ldapmodify(f"cvId={person['id']},ou=people,dc=congvu", "delete: cvAccountCause;x-mailbox\n-\ndelete: cvAccountCause;x-td-office\n-\n"
                                                                  "replace: cvAccountSince;x-mailbox\ncvAccountSince;x-mailbox: 20260101000000Z")
    assert {a["system"]: a["desired"]["cause"] for a in client.get("/v1/staff/OLD").json["accounts"]} == {"mailbox": "hand", "td-office": "departure"}
    back = client.post("/v1/staff/OLD/reinstatements", {"decision": {"number": "8/QĐ"}}).json
    assert {a["system"]: a["desired"]["state"] for a in back["accounts"]} == {"mailbox": "closed", "td-office": "present"}
    stolen = hire(client, "OLD-2", "Cao Khóa Từ Trước")
    client.put("/v1/staff/OLD-2/accounts/mailbox", {"state": "locked", "reason": "compromised"})
    shared.ldapmodify(f"cvId={stolen['id']},ou=people,dc=congvu", "delete: cvAccountCause;x-mailbox")
    client.put("/v1/staff/OLD-2/accounts/mailbox", {"state": "locked", "reason": "other"})
    client.put("/v1/staff/OLD-2/accounts/mailbox", {"state": "present"})
    assert not bind(shared, stolen)
