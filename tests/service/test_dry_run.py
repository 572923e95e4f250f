"""validate_only shows every effect of the real call: `changes` is empty exactly when the real call keeps the revision, and names whatever differs."""
import itertools
import json
import random

import pytest

from congvu import Client, an, make_units, nth, wait_for
from relay import Relay

LONG_AGO = "2020-01-01"
# For every member of an update: values that say something new, and some that do not. A list because order matters: each is sent after the one before.
STAFF = {
    "not_same_as": [["*"], []],
    "hr_ref": ["HR-0001", "HR-0001", "HR-0002", "HR-HELD", None, None],
    "staff_code": ["DRY-NEW", "DRY-new", "DRY-new"],
    "full_name": ["Ka Tơr Thị Thử", "Ka Tơr Thị Thử", "Trần Văn Thử"],
    "family_name": ["Trần", "Trần"],
    "middle_name": ["Văn", None],
    "given_name": ["Thử", "Thử"],
    "unit": ["T1.02", "T1.02", "T1.03", "T1.01", "NOWHERE"],
    "title": ["Trưởng phòng", "Trưởng phòng", None, None],
    "category": ["vien_chuc", "vien_chuc", "cong_chuc"],
    "mobile": ["+84900000123", "+84900000123", None, None, "12"],
    "birth_year": [1980, 1980, None],
    "mail_quota_mib": [512, 512, None],
    "hired_on": [LONG_AGO, LONG_AGO, None, "2099-01-01", None],
    "login": ["thu.nghiem", "thu.nghiem"],
    "posts": [[{"unit": "T1.01", "primary": True, "title": "A"}], [{"unit": "T1.01", "primary": True, "title": "A"}],
              [{"unit": "T1.03", "kind": "kiem_nhiem", "from": LONG_AGO}, {"unit": "T1.01", "primary": True, "title": "A"}],
              [{"unit": "T1.01", "primary": True, "title": "A"}, {"unit": "T1.03", "kind": "kiem_nhiem", "from": LONG_AGO}],
              [{"unit": "T1.01", "primary": True, "title": "A"}, {"unit": "T1.03", "kind": "kiem_nhiem", "from": LONG_AGO, "title": "B"}],
              [{"unit": "T1.01", "primary": True, "title": "A", "to": "2099-01-01"}, {"unit": "T1.02", "primary": True, "title": "A", "from": "2099-01-01"}],
              [{"unit": "T1.03", "primary": True, "decision": {"number": "1/QĐ"}}, {"unit": "T1.02", "kind": "biet_phai", "to": "2099-01-01"}]],
    "accounts": [[], *([{"system": s, "desired": d}] for s, d in itertools.product(
        ("mailbox", "td-office", "certificate"),
        ({"state": "present"}, {"state": "locked", "reason": "leave"}, {"state": "locked", "reason": "compromised"}, {"state": "locked", "reason": "other"},
         {"state": "closed", "reason": "một lý do"}, {"state": "closed", "reason": "lý do khác"}, {"state": "revoked"}, {"state": "present"}))),
        [{"system": "e-office", "desired": {"state": "present"}}, {"system": "mailbox", "desired": {"state": "locked", "reason": "leave"}}]],
    "status": ["on_leave", "on_leave", "active", "active"],
    "leave": [{"kind": "thai_san", "from": "2026-01-01", "to": "2099-06-01"}, {"kind": "thai_san", "from": "2026-01-01", "to": "2099-06-01"},
              {"kind": "thai_san", "from": "2026-01-01", "to": "2099-07-01"}, {"kind": "khac", "from": "2026-01-01"}, {"kind": "khac", "from": "2026-01-01", "decision": {"number": "3/QĐ"}}, None, None],
    "add_post": [{"unit": "T1.03", "kind": "kiem_nhiem"}, {"unit": "T1.03", "kind": "kiem_nhiem"}, {"unit": "T1.02", "kind": "biet_phai", "to": "2099-01-01"}],
    "end_post": [{"unit": "T1.03"}, {"unit": "T1.03"}, {"unit": "T1.02", "to": "2098-01-01"}, {"unit": "T1.01"}],
    "new_address": [True, True, False],
    "decision": [{"number": "9/QĐ"}, {"number": "9/QĐ", "effective_on": LONG_AGO}, {"number": "10/QĐ", "effective_on": "2099-01-01"}, None],
}
UNIT = {
    "code": ["T1.09-NEW", "T1.09-new"],
    "name": [{"vi": "Phòng Thử"}, {"vi": "Phòng Thử", "en": "Trial"}, {"en": None}, {}],
    "kind": ["su_nghiep", "su_nghiep"],
    "block": ["dang_doan_the", "dang_doan_the", None],
    "parent": ["T1.02", "T1.02", "T1"],
    "slug": ["thuthu", "thuthu", None],
    "position": [7, 7, 8],
    "active_from": [LONG_AGO, LONG_AGO, None],
    "active_to": ["2099-01-01", None],
    "effective_on": [LONG_AGO, "2099-01-01", None],
    "hr_feed_fields": [["title", "mobile"], ["mobile", "title"], [], None],
    "letterhead": [{"place": "Phan Rang"}, {"place": "Phan Rang"}, {"superior_body": "UBND"}, {"recipients": ["Như trên", "Lưu: VT"]}, {"addressees": ["UBND tỉnh"]},
                   {"recipients": ["Lưu: VT", "Như trên"]}, {"recipients": ["Lưu: VT; Như trên"]}, {"signatory_name": "A"},
                   {"signatory_name": None, "signatory_title": "A"}, None, None],
}
SYSTEM = {
    "name": [{"vi": "Tên Khác"}, {"vi": "Tên Khác"}, {"en": "Another"}, {}],
    "kind": ["manual", "manual", "directory"],
    "required_for": [[{"categories": ["can_bo"]}, {"categories": ["cong_chuc"], "positions": ["Chánh Văn phòng"]}],
                     [{"categories": ["cong_chuc"], "positions": ["chánh văn phòng"]}, {"categories": ["can_bo"]}], []],
    "login_short_rule": ["{ten}{vt_ho_dem}", "{ten}{vt_ho_dem}", None, "tên"],
    "login_max_length": [20, 20, 64, None],
    "sessions": [{"kind": "doveadm", "url": "http://127.0.0.1:9/doveadm/v1", "allow": ["loopback"]},
                 {"kind": "doveadm", "url": "http://127.0.0.1:9/doveadm/v1", "allow": ["loopback"]}, None],
    "activity": [{"reported": True}, {"reported": True, "regular_days": 5}, {"regular_days": 5}, {"regular_days": 50}, {"precision": "last_only"}],
    "connector": [{"url": "https://127.0.0.1:9"}, None],
    "certificates": [True, True, False],
    "retired": [True, True, False],
}
CONNECTED = [{"kind": "connector", "connector": {"url": "http://127.0.0.1:9/scim", "allow": ["loopback"]}}, {"connector": {}},
             {"connector": {"match_login": False}}, {"connector": {"match_login": False, "map": {"title": None}}}, {"connector": None, "kind": "directory"}]
MOVES_ALONE = {"revision", "created_at", "updated_at", "health"}  # of a change, or without one
OF_A_CHANGE = {"warnings"}  # said of the change, no member of the record


def test_every_member_of_every_update_is_tried(spec):
    for schema, values in (("StaffUpdate", STAFF), ("UnitUpdate", UNIT), ("SystemPatch", SYSTEM)):
        assert set(spec.document["components"]["schemas"][schema]["properties"]) == set(values)


def states_of(account):
    return {"desired": account["desired"], "login": account["observed"]["login"], "state": account["observed"]["state"],
            "last_error": account["observed"]["last_error"]}


def seen(record):
    """What a person can see of a record, one line each: the independent account of what differs."""
    lines = {name: value for name, value in record.items() if name not in MOVES_ALONE | OF_A_CHANGE | {"accounts", "name", "letterhead", "proposed_name"}}
    for account in record.get("accounts", []):
        lines |= {f"accounts/{account['system']}/{k}": v for k, v in states_of(account).items()}
    for part in ("posts", "aliases", "former_codes", "required_for"):
        if part in lines:
            lines[part] = sorted(map(str, lines[part]))
    lines |= {f"name/{k}": v for k, v in record.get("name", {}).items()} if isinstance(record.get("name"), dict) else {}
    return lines | ({"letterhead": record["letterhead"]} if "letterhead" in record else {})


MOMENTS = {"since", "started_at", "recorded_at", "asked_at", "done_at", "created_at", "updated_at", "revision", "request_id"}


def timeless(value):
    """An answer without what a clock or a counter writes."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in MOMENTS}
    return [timeless(v) for v in value] if isinstance(value, list) else value


def covers(fields, line):
    """A line of the record is told by a change of the same name, or, of an account, by one below it; what mirrors something else by that."""
    mirrors = {"hr_feed_fields": ["unit"], "posts": ["unit", "title"], "path": ["parent"], "effective_block": ["block", "parent"], "definition": ["activity"], "activation": ["kind"], "stale": ["activity"], "former_codes": ["staff_code", "code"]}
    root = "/".join(line.split("/")[:2]) if line.startswith("accounts/") else line
    return any(f == root or f.startswith(root + "/") for f in fields) or any(m in fields for m in mirrors.get(root, []))


def both(client, method, path, body, part):
    """The dry run and then the real call. Returns the changes, or None when it is refused."""
    before = client.get(path)
    dry = client.call(method, path, body, {"If-Match": "*"}, validate_only=True)
    again = client.get(path)
    assert again.etag == before.etag and seen(again.json) == seen(before.json), "a dry run does nothing"
    real = client.call(method, path, body, {"If-Match": "*"})
    assert (dry.status, dry.code if dry.status >= 400 else None) == (real.status, real.code if real.status >= 400 else None), (body, dry, real)
    if real.status >= 400:
        return None
    changes = dry.json["changes"]
    assert (changes == []) == (real.etag == before.etag), (method, body, changes, before.json, real.json)
    assert all(c["from"] != c["to"] or c["from"] == "***" for c in changes) and len({c["field"] for c in changes}) == len(changes), changes
    old, new, would = seen(before.json), seen(real.json), seen(dry.json[part])
    assert would == new, (body, {k: (would.get(k), new.get(k)) for k in new if would.get(k) != new[k]})
    differing = {line for line in old.keys() | new.keys() if old.get(line) != new.get(line)}
    assert "warnings" not in before.json and dry.json[part].get("warnings") == real.json.get("warnings")
    assert changes or "warnings" not in real.json, "what changes nothing counts nothing anew"
    fields = [c["field"] for c in changes]
    assert [line for line in differing if not covers(fields, line)] == [], (body, changes, differing)
    return changes


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_of_a_person(client, method):
    assert client.put("/v1/staff/DRY-HELD", an(full_name="Võ Thị Giữ Mã", hr_ref="HR-HELD")).status in (200, 201)
    for n, (member, values) in enumerate(STAFF.items()):
        made = client.put(f"/v1/staff/DRY-{method}-{n}", an(full_name=nth("Trần Văn Thử", n))).json
        for value in values:
            both(client, method, f"/v1/staff/{made['id']}", {member: value}, "staff")


def test_of_a_unit(client):
    assert client.put("/v1/units/T1.09", {"name": {"vi": "Phòng Dự Bị"}, "kind": "phong", "parent": "T1", "slug": "dubi"}).status == 201
    id_ = client.get("/v1/units/T1.09").json["id"]
    for member, values in UNIT.items():
        for value, method in itertools.product(values, ("PATCH", "PUT")):
            both(client, method, f"/v1/units/{id_}", {member: value}, "unit")
            both(client, method, f"/v1/units/{id_}", {member: value, "effective_on": "2099-02-01"}, "unit")


def test_of_a_system(start):
    client = start().client()
    for body in [*({member: value} for member, values in SYSTEM.items() for value in values), *CONNECTED]:
        both(client, "PATCH", "/v1/systems/e-office", body, "system")
    body = {"kind": "connector", "connector": {"url": "http://127.0.0.1:9/scim", "allow": ["loopback"]}}
    first = client.patch("/v1/systems/e-office", body)
    secret = client.post("/v1/tokens", {"name": "khác", "scopes": ["systems:write", "units:read"], "unit": None, "expires_at": None}).json["secret"]
    second = Client(client.port, secret, client.spec)
    assert second.patch("/v1/systems/e-office", body).etag == first.etag, "the same by somebody else changes nothing"


def test_of_somebody_who_is_not_there_yet(client):
    dry = client.put("/v1/staff/DRY-FRESH", an(full_name="Trần Thị Mới"), validate_only=True)
    real = client.put("/v1/staff/DRY-FRESH", an(full_name="Trần Thị Mới"))
    changes = {c["field"]: c for c in dry.json["changes"]}
    assert all(c["from"] is None for c in changes.values())
    assert {name: changes[name]["to"] for name in ("full_name", "category", "title", "address", "unit", "status", "accounts/mailbox")} == {
        "full_name": "Trần Thị Mới", "category": "cong_chuc", "title": "Chuyên viên", "address": real.json["address"], "unit": "T1.01", "status": "active",
        "accounts/mailbox": "present"}


def test_of_somebody_posted(client):
    body = an(full_name="Trần Thị Mới Đến", accounts=[{"system": "mailbox", "desired": {"state": "locked", "reason": "leave"}},
                                                     {"system": "certificate", "desired": {"state": "present"}}])
    dry = client.post("/v1/staff", body, validate_only=True).json
    real = client.post("/v1/staff", body).json
    assert dry["id"] is None and {k: v for k, v in timeless(dry).items() if k not in ("id", "mail_store")} == {
        k: v for k, v in timeless(real).items() if k not in ("id", "mail_store")}


def test_what_was_not_told(client):
    """A transfer moves the logins and states of other systems; a changed leave, a second post: each is named with its values."""
    client.put("/v1/staff/DRY-1", an(full_name="Đỗ Thị Chuyển Đi", birth_year=1980))

    def changes(body):
        return {c["field"]: (c["from"], c["to"]) for c in both(client, "PATCH", "/v1/staff/DRY-1", body, "staff")}
    moved = changes({"unit": "T1.02"})
    assert moved["unit"] == ("T1.01", "T1.02") and moved["accounts/td-office/login"] == ("noivu_dothichuyendi", "tckh_dothichuyendi")
    party = changes({"unit": "T1.03"})
    assert party["accounts/td-office"] == ("present", "closed") and party["accounts/e-office"] == (None, "present")
    assert party["accounts/td-office/observed"] == ("provisioned", "closed")
    leave = {"kind": "thai_san", "from": "2026-01-01", "to": "2099-06-01"}
    assert changes({"leave": leave})["leave"] == (None, leave)
    assert changes({"leave": {**leave, "to": "2099-07-01"}}) == {"leave": (leave, {**leave, "to": "2099-07-01"})}
    second = changes({"posts": [{"unit": "T1.03", "primary": True, "title": "Chuyên viên"}, {"unit": "T1.01", "kind": "kiem_nhiem"}]})
    assert [p["unit"] for p in second["posts"][1] if p["to"] is None].count("T1.01") == 1
    assert changes({"birth_year": 1981}) == {"birth_year": (1980, 1981)}, "a number is a number"


def test_a_number_of_the_hr_system_is_a_mark(client):
    assert client.put("/v1/staff/DRY-HR", an(full_name="Phan Thị Đối Chiếu", hr_ref="HR-7000")).status == 201

    def told(code, hr_ref, **more):
        return client.put(f"/v1/staff/{code}", {**more, "hr_ref": hr_ref}, validate_only=True)

    def changes(*args, **more):
        return {c["field"]: (c["from"], c["to"]) for c in told(*args, **more).json["changes"]}.get("hr_ref")
    assert [changes("DRY-HR", value) for value in ("HR-7000", "HR-7001", None)] == [None, ("***", "***"), ("***", None)]
    fresh = an(full_name="Phan Thị Khác Hẳn")
    assert changes("DRY-HR2", "HR-7001", **fresh) == (None, "***")
    asked = told("DRY-HR2", "HR-7000", **fresh), client.post("/v1/staff", {**fresh, "hr_ref": "HR-7000"}, validate_only=True)
    assert [(a.status, a.json.get("code")) for a in asked] == [(202, None), (409, "possible_duplicate")]


def test_of_what_answers_with_its_usual_body(start):
    """Accounts, departures, batches, reinstatements: the dry run is the answer of the real call, and leaves the person alone."""
    client = start().client()
    make_units(client)
    client.put("/v1/staff/DRY-U", an(full_name="Hồ Thị Nghiệm"))
    leave = {"reason": "nghi_huu", "keep_mail_until": "2099-01-01"}
    steps = [("PUT", "accounts/mailbox", {"state": "locked", "reason": "compromised"}), ("PUT", "accounts/mailbox", {"state": "present"}),
             ("PUT", "accounts/certificate", {"state": "present"}), ("PUT", "accounts/certificate", {"state": "revoked", "reason": "mất thiết bị"}),
             ("PUT", "accounts/mailbox", {"state": "present", "login": "nghiem.ho"}), ("PUT", "accounts/td-office", {"state": "closed"}),
             ("PUT", "departure", {**leave, "effective_on": "2099-01-01"}), ("PUT", "departure", leave), ("PUT", "accounts/mailbox", {"state": "present"}),
             ("POST", "reinstatements", {"unit": "T1.03", "decision": {"number": "1"}}), ("POST", "batch", leave)]
    for method, what, body in steps:
        path = f"/v1/staff/DRY-U/{what}" if what != "batch" else "/v1/departures/batches"
        body = body if what != "batch" else {"departures": [{"staff": "DRY-U", **body}]}
        before = client.get("/v1/staff/DRY-U")
        dry = client.call(method, path, body, validate_only=True)
        again = client.get("/v1/staff/DRY-U")
        assert again.etag == before.etag and again.json == before.json, what
        real = client.call(method, path, body)
        assert dry.status in (real.status, 200) and timeless(dry.json) == timeless(real.json), (what, body, dry, real)


SEED = 20261129


def test_random_bodies(client):
    """Several members at once, one after the other on the same few people."""
    choose = random.Random(SEED)
    ids = [client.put(f"/v1/staff/DRY-R{i}", an(full_name=nth("Lê Thị Ngẫu Nhiên", i))).json["id"] for i in range(4)]
    kept = refused = 0
    for _ in range(120):
        members = choose.sample([m for m in STAFF if m not in ("full_name", "family_name", "middle_name", "given_name", "login", "staff_code")], choose.randint(1, 4))
        changes = both(client, choose.choice(["PATCH", "PUT"]), f"/v1/staff/{choose.choice(ids)}", {m: choose.choice(STAFF[m]) for m in members}, "staff")
        refused += changes is None
        kept += changes == []
    assert 0 < kept < 60 and refused < 60, f"seed {SEED}: the bodies say something"


# ---- what the view has not heard of yet ----

def names_of(person):
    return {person["address"], *((a["system"], a["observed"]["login"]) for a in person["accounts"])}


def test_a_name_that_another_process_has_just_given_is_not_proposed(start):
    """The second process's feed is behind: what the first one gave meanwhile is shown by none of its dry runs, as the real call gives it to nobody."""
    first = start()
    admin = first.client()
    make_units(admin)
    hr = ["staff:read", "staff:write", "accounts:write", "units:read", "departures:write"]
    for side in "AB":
        assert admin.put(f"/v1/units/T1.{side}", {"name": {"vi": f"Xã {side}"}, "kind": "ubnd_xa", "parent": "T1", "slug": f"xa{side.lower()}"}).status == 201
    movers = [admin.put(f"/v1/staff/LAG-{i}", an(full_name=nth("Lê Thị Lý", i), unit="T1.A")).json for i in range(5)]
    asked = first.reach("T1.B", *hr).post("/v1/requests", {"kind": "transfer", "unit": "T1.B", "person": {"key": "LAG-0", "full_name": movers[0]["full_name"]}, "decision": {"number": "9/QĐ"}})
    newcomer = first.reach("T1.B", *hr).post("/v1/requests", {"kind": "new_account", "unit": "T1.B", "new_staff": {"full_name": "Trần Thị Mới", "category": "cong_chuc"}})
    assert (asked.status, newcomer.status) == (201, 201), (asked, newcomer)
    assert admin.put("/v1/staff/LAG-2/departure", {"reason": "thoi_viec"}).status == 200
    relay = Relay(first.ldapi)
    second = start(directory_uri=relay.uri, key_file=str(first.data / "secret.key"), view_lists_s=60)
    here = second.client(first.admin_token())
    wait_for(lambda: here.get("/v1/staff/LAG-2").json["status"] == "departed", "the second has seen all of it")
    try:
        with relay.feed_held():
            twins = [admin.put(f"/v1/staff/TWIN-{i}", an(full_name=nth("Lê Thị Lý", i), unit="T1.B", not_same_as=["*"])).json for i in range(5)]
            twins.append(admin.put("/v1/staff/TWIN-N", an(full_name="Trần Thị Mới", unit="T1.B")).json)
            given = set().union(*map(names_of, twins))
            again = an(full_name="Trần Thị Mới", unit="T1.B")
            dry = {
                "answer": here.put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "confirmed"}, validate_only=True),
                "newcomer": here.put(f"/v1/requests/{newcomer.json['id']}/answer", {"answer": "confirmed", "not_same_as": ["*"]}, validate_only=True),
                "PATCH": here.patch("/v1/staff/LAG-1", {"unit": "T1.B"}, validate_only=True),
                "PATCH later": here.patch("/v1/staff/LAG-3", {"unit": "T1.B", "decision": {"number": "1", "effective_on": "2099-01-01"}}, validate_only=True),
                "PUT": here.put("/v1/staff/LAG-4", {"unit": "T1.B"}, {"If-Match": "*"}, validate_only=True),
                "reinstatement": here.post("/v1/staff/LAG-2/reinstatements", {"unit": "T1.B", "decision": {"number": "2"}}, validate_only=True),
                "POST": here.post("/v1/staff", again, validate_only=True),
                "PUT new": here.put("/v1/staff/LAG-NEW", again, validate_only=True),
            }
            rows = "Số hiệu;Họ và tên;Đơn vị;Đối tượng\nLAG-LIST;Trần Thị Mới;T1.B;Công chức\n"
            plan = here.call("POST", "/v1/imports", rows.encode(), {"Content-Type": "text/csv"}, kind="staff")
            dry["list"] = here.get(f"/v1/imports/{plan.json['id']}/rows") if plan.status == 201 else plan
            shown = {what: json.dumps(answer.json, ensure_ascii=False) for what, answer in dry.items()}
            assert all(answer.status in (200, 202, 207) for answer in dry.values()), dry
            taken = {f'"{name if isinstance(name, str) else name[1]}"' for name in given}
            assert {what: [name for name in taken if name in text] for what, text in shown.items()} == {what: [] for what in shown}
            assert "xab_" in shown["answer"] and "xab_" in shown["newcomer"]
            real = here.put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "confirmed"})
            assert real.status == 200, real
            logins = {c["field"]: c["to"] for c in dry["answer"].json["changes"]}
            moved = {a["system"]: a["observed"]["login"] for a in admin.get("/v1/staff/LAG-0").json["accounts"]}
            assert moved["td-office"] == logins["accounts/td-office/login"]
    finally:
        second.stop()
        relay.close()
