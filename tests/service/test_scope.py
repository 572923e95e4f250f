"""What a token may see: by its rights and by its subtree, whatever way a record comes up."""
import itertools

import pytest

from congvu import an, asked_about, nth

numbers = itertools.count(1)
HR = ["staff:read", "staff:write", "accounts:write", "departures:write", "units:read", "units:write", "coverage:read", "reports:write", "tokens:write"]


def token(shared, *scopes, unit=None):
    made = shared.client().post("/v1/tokens", {"name": "phạm vi", "scopes": list(scopes), "unit": unit})
    assert made.status == 201, made
    return shared.client(made.json["secret"])


def key():
    return {"Idempotency-Key": f"scope-{next(numbers)}"}


def person(client, **more):
    """Somebody new, by code."""
    code = f"SC-{next(numbers)}"
    answer = client.put(f"/v1/staff/{code}", an(full_name=nth("Người Phạm Vi", int(code[3:])), **more))
    assert answer.status == 201, answer
    return code


@pytest.fixture(scope="module")
def hr(shared):
    """Everything of one office."""
    return token(shared, *HR, unit="T1.01")


# ---- a replay is a reading ----

def test_a_person_who_left_the_subtree_is_not_replayed(client, hr):
    body, again = an(staff_code=f"SC-{next(numbers)}", full_name="Đi Nơi Khác", mobile="+84900000001"), key()
    made = hr.post("/v1/staff", body, again)
    assert made.status == 201, made
    assert hr.post("/v1/staff", body, again).headers["Idempotency-Replayed"] == "true"
    client.patch(f"/v1/staff/{made.json['id']}", {"unit": "T1.02", "title": "Trưởng phòng", "mobile": "+84900000002"})
    repeat = hr.post("/v1/staff", body, again)
    assert (repeat.status, repeat.code) == (404, "staff_not_found") == (hr.get(f"/v1/staff/{made.json['id']}").status, repeat.code)
    assert hr.post("/v1/staff", {**body, "title": "x"}, again).code == "idempotency_key_reused"
    client.patch(f"/v1/staff/{made.json['id']}", {"unit": "T1.01"})
    assert hr.post("/v1/staff", body, again).json["id"] == made.json["id"], "back again"


@pytest.mark.parametrize("call", ["reset", "reinstatement"])
def test_what_was_done_to_somebody_is_not_replayed_either(client, hr, call):
    code, again = person(client), key()
    path = f"/v1/staff/{code}/accounts/mailbox/credential-resets"
    body = None
    if call == "reinstatement":
        assert client.put(f"/v1/staff/{code}/departure", {"reason": "thoi_viec"}).status == 200
        path, body = f"/v1/staff/{code}/reinstatements", {"decision": {"number": "1/QĐ"}}
    assert hr.post(path, body, again).status in (201, 202)
    client.patch(f"/v1/staff/{code}", {"unit": "T1.02"})
    repeat = hr.post(path, body, again)
    assert (repeat.status, repeat.code) == (404, "staff_not_found")


def test_a_unit_a_token_and_a_report_that_left_are_not_replayed(client, shared, hr):
    unit = {"code": f"SC.{next(numbers)}", "name": {"vi": "Tổ Sắp Đi"}, "kind": "phong", "parent": "T1.01", "slug": f"todi{next(numbers)}"}
    made, keys = hr.post("/v1/units", unit, first := key()), [key(), key()]
    assert made.status == 201, made
    asked = [("/v1/units", unit, first, "unit_not_found"),
             ("/v1/tokens", {"name": "con", "scopes": ["units:read"], "unit": unit["code"]}, keys[0], "token_not_found"),
             ("/v1/reports", {"unit": unit["code"], "accept_incomplete": True, "from": "2026-01-01", "to": "2026-01-31"}, keys[1], "report_not_found")]
    for path, body, with_key, _ in asked:
        assert hr.post(path, body, with_key).status == 201, path
        assert hr.post(path, body, with_key).headers["Idempotency-Replayed"] == "true"
    assert client.patch(f"/v1/units/{made.json['id']}", {"parent": "T1.02"}).status == 200
    for path, body, with_key, code in asked:
        repeat = hr.post(path, body, with_key)
        assert (repeat.status, repeat.code) == (404, code)


def test_a_revoked_token_is_not_replayed(client, hr):
    body, again = {"name": "con", "scopes": ["units:read"], "unit": "T1.01"}, key()
    made = hr.post("/v1/tokens", body, again).json
    assert client.delete(f"/v1/tokens/{made['id']}").status == 204
    assert hr.post("/v1/tokens", body, again).code == "token_not_found"


# ---- names inside what may be seen ----

def test_figures_count_people_of_the_other_block_whom_lists_do_not_name(client, shared):
    made = client.put("/v1/units/T1.04", {"name": {"vi": "Đảng ủy"}, "kind": "dang", "block": "dang_doan_the", "active_from": "2021-10-01", "parent": "T1", "slug": "danguy"})
    assert made.status == 201, made
    codes = [person(client, unit=unit) for unit in ("T1.01", "T1.04")]
    listed = {}
    for who, reader in (("everywhere", client), ("office", token(shared, "staff:read", "coverage:read", unit="T1"))):
        row = next(r for r in reader.get("/v1/coverage", unit="T1", system="mailbox").json["rows"] if r["row_kind"] == "total")
        behind = reader.get(row["links"]["not_activated"]).json
        listed[who] = row["issued"] - row["activated"] - behind["total"], {c for c in codes if any(p["staff_code"] == c for p in behind["items"])}
    assert listed == {"everywhere": (0, set(codes)), "office": (1, {codes[0]})}


def test_a_guest_is_seen_without_his_home(client, shared, hr):
    code = person(client, unit="T1.02", title="Chánh văn phòng")
    posts = [{"unit": "T1.02", "title": "Chánh văn phòng", "primary": True}, {"unit": "T1.01", "title": "Tổ viên", "kind": "biet_phai"}]
    assert client.patch(f"/v1/staff/{code}", {"posts": posts}).status == 200
    seen = hr.get(f"/v1/staff/{code}").json
    assert (seen["unit"], seen["title"], seen["posts_elsewhere"]) == (None, None, 1)
    assert [(p["unit"]["code"], p["title"]) for p in seen["posts"]] == [("T1.01", "Tổ viên")]
    row, = hr.get("/v1/staff", staff_code=code).json["items"]
    assert (row["unit"], row["title"]) == (None, None)
    assert {a["staff"]["unit"] for a in hr.get("/v1/accounts", page_size=500).json["items"] if a["staff"]["staff_code"] == code} == {None}
    table = hr.get("/v1/staff", staff_code=code, format="csv").body.decode()
    assert code in table and "T1.02" not in table and "Tài chính" not in table and "Chánh" not in table
    whole = client.get(f"/v1/staff/{code}").json
    assert whole["unit"]["code"] == "T1.02" and whole["posts_elsewhere"] == 0 and len(whole["posts"]) == 2


def test_who_gets_the_mail_is_named_inside_the_subtree_only(client, hr):
    leaver, other = person(client), person(client, unit="T1.02")
    order = {"reason": "nghi_huu", "effective_on": "2099-01-01", "keep_mail_until": "2099-06-01"}
    set_ = client.put(f"/v1/staff/{leaver}/departure", {**order, "delegate_to": other}).json
    assert set_["delegate_to"] == client.get(f"/v1/staff/{other}").json["id"] and set_["delegate_elsewhere"] is False
    seen = hr.get(f"/v1/staff/{leaver}/departure").json
    assert (seen["delegate_to"], seen["delegate_elsewhere"]) == (None, True)
    sent_back = hr.put(f"/v1/staff/{leaver}/departure", {**order, "delegate_to": None}).json
    assert (sent_back["delegate_to"], sent_back["delegate_elsewhere"]) == (None, True), "what he cannot name he does not end"
    assert client.get(f"/v1/staff/{leaver}/departure").json["delegate_to"] == set_["delegate_to"]


# ---- the right to write is not the right to read ----

def test_without_the_right_to_read_a_write_shows_nothing(client, shared):
    blind = token(shared, "staff:write", "accounts:write", "departures:write")
    code = f"SC-{next(numbers)}"
    made = blind.put(f"/v1/staff/{code}", an(full_name="Không Được Xem"))
    assert (made.status, made.body) == (204, b"") and made.headers["Location"].startswith("/v1/staff/stf_") and made.etag
    posted = blind.post("/v1/staff", an(full_name="Không Được Xem Nữa"))
    assert (posted.status, posted.body) == (204, b"") and posted.headers["Location"].startswith("/v1/staff/stf_")
    answers = [blind.patch(f"/v1/staff/{code}", {}), blind.patch(f"/v1/staff/{code}", {"title": "x"}, validate_only=True),
               blind.put(f"/v1/staff/{code}", {"title": "y"}), blind.put(f"/v1/staff/{code}/accounts/mailbox", {"state": "present"}),
               blind.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "active"}),
               blind.put(f"/v1/staff/{code}/departure", {"reason": "thoi_viec"}),
               blind.post(f"/v1/staff/{code}/reinstatements", {"decision": {"number": "2/QĐ"}})]
    assert [(a.status, a.body) for a in answers] == [(204, b"")] * len(answers), answers
    assert answers[1].headers["Congvu-Validate-Only"] == "true"
    assert client.get(f"/v1/staff/{code}").json["title"] == "y", "it was done"
    code_only = blind.post(f"/v1/staff/{code}/accounts/mailbox/credential-resets", None).json
    assert code_only["code"] and code_only["staff"] is code_only["login"] is None
    batch = blind.post("/v1/departures/batches", {"departures": [{"staff": code, "reason": "thoi_viec", "effective_on": "2099-01-01"}]}).json
    assert batch["summary"]["scheduled"] == 1 and "departure" not in batch["results"][0]


def test_nor_of_units_systems_targets_and_reports(client, shared):
    blind = token(shared, "units:write", "systems:write", "reports:write")
    n = next(numbers)
    unit = {"name": {"vi": "Phòng Kín"}, "kind": "phong", "parent": "T1", "slug": f"kin{n}"}
    report = {"unit": "T1", "accept_incomplete": True, "from": "2026-01-01", "to": "2026-01-31"}
    kept = client.post("/v1/reports", report).json["id"]
    answers = [blind.put(f"/v1/units/SC.{n}", unit), blind.patch(f"/v1/units/SC.{n}", {"position": 3}),
               blind.put(f"/v1/units/SC.{n}/headcounts/2026-01-01", {"total": 4, "source": "x"}), blind.patch("/v1/systems/mailbox", {}),
               blind.put(f"/v1/targets/SC.{n}/mailbox", {"coverage": 90}), blind.post("/v1/reports", report),
               blind.patch(f"/v1/reports/{kept}", {"comment": "x"})]
    assert [(a.status, a.body) for a in answers] == [(204, b"")] * len(answers), answers


# ---- refusals that are about one member say which, and show whom one may see ----

def test_a_name_that_is_taken_is_pointed_at(client):
    n = next(numbers)
    unit = {"name": {"vi": "Phòng Trùng"}, "kind": "phong", "parent": "T1", "slug": f"trung{n}"}
    assert client.put(f"/v1/units/SC.A{n}", unit).status == 201
    taken = client.put(f"/v1/units/SC.B{n}", unit)
    assert (taken.code, [(e["pointer"], e["code"]) for e in taken.json["errors"]]) == ("name_taken", [("#/slug", "duplicate")])
    one, two = person(client), person(client)
    held = client.patch(f"/v1/staff/{one}", {"staff_code": two})
    assert (held.code, held.json["errors"][0]["pointer"]) == ("code_taken", "#/staff_code")
    login = client.get(f"/v1/staff/{one}").json["address"].split("@")[0]
    assert client.patch(f"/v1/staff/{two}", {"login": login}).json["errors"][0]["pointer"] == "#/login"


def test_a_look_alike_beyond_the_scope_is_asked_about_without_a_name(client, shared):
    n = next(numbers)
    body = asked_about(full_name=nth("Lý Ở Xa", n), birth_year=1987)
    there = client.post("/v1/staff", {**body, "unit": "T1.01"}).json
    here = shared.reach("T1.02", "staff:read", "staff:write", "units:read")
    line = {**body, "unit": "T1.02"}
    asked = here.post("/v1/staff", line)
    assert (asked.code, asked.json["candidates"], asked.json["candidates_elsewhere"], asked.json["decides"]["code"]) == ("possible_duplicate", [], 1, "T1"), asked
    assert not any(word in asked.body.decode() for word in (there["id"], there["address"], "T1.01"))
    night = here.put(f"/v1/staff/XA-{n}", line)
    assert (night.status, night.json["duplicate"]["candidates"], night.json["duplicate"]["decides"]["code"]) == (202, [], "T1"), night
    above = client.get("/v1/duplicates").json["items"]
    assert [[c["id"] for c in d["candidates"]] for d in above if d["staff_code"] == f"XA-{n}"] == [[there["id"]]], "who sees both decides"
    assert client.put(f"/v1/duplicates/XA-{n}", {"decision": "not_same"}).status == 200
    assert here.put(f"/v1/staff/XA-{n}", line).status == 201
    assert here.post("/v1/staff", {**line, "not_same_as": ["*"]}).status == 201, "who is sure insists"


def test_trying_out_who_is_elsewhere_is_slowed_as_wrong_pairs_are(client, shared):
    n = next(numbers)
    client.post("/v1/staff", asked_about(full_name=nth("Lý Bị Dò", n), birth_year=1971))
    here = shared.reach("T1.03", "staff:read", "staff:write")
    tries = [here.post("/v1/staff", asked_about(full_name=nth("Lý Bị Dò", n), birth_year=1971, unit="T1.03"), validate_only=True) for _ in range(22)]
    assert [t.code for t in tries[:20]] == ["possible_duplicate"] * 20
    assert (tries[-1].status, tries[-1].code) == (429, "rate_limited") and "candidates_elsewhere" not in tries[-1].json


def test_look_alikes_are_shown_to_who_may_see_them(client, shared, hr):
    body = asked_about(full_name="Lý Song Sinh", birth_year=1985, mobile="+84911222333")
    here = client.post("/v1/staff", body).json
    there = client.post("/v1/staff", {**body, "unit": "T1.02", "not_same_as": [here["id"]]}).json
    asked = client.post("/v1/staff", {**body, "unit": "T1.03"})
    assert (asked.status, asked.code) == (409, "possible_duplicate")
    assert {c["id"]: (c["unit"]["code"], c["birth_year"], c["address"]) for c in asked.json["candidates"]} == {
        p["id"]: (p["unit"]["code"], 1985, p["address"]) for p in (here, there)}
    local = hr.post("/v1/staff", body).json
    assert [c["id"] for c in local["candidates"]] == [here["id"]] and local["candidates_elsewhere"] == 1
    blind = token(shared, "staff:write").post("/v1/staff", {**body, "unit": "T1.03"})
    assert blind.json["candidates"] == [] and here["id"] not in blind.body.decode()
