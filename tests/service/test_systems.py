"""Systems: who must have what."""
import pytest
from congvu import an, make_units, wait_for


def test_the_catalogue(client):
    systems = {s["id"]: s for s in client.get("/v1/systems").json["items"]}
    assert set(systems) == {"mailbox", "td-office", "e-office", "certificate"}
    assert systems["certificate"]["kind"] == "manual" and systems["certificate"]["required_for"] == []
    assert systems["td-office"]["required_for"][0]["blocks"] == ["chinh_quyen"]
    one = client.get("/v1/systems/mailbox")
    assert one.json == systems["mailbox"] and one.etag == f'"{one.json["revision"]}"'
    assert client.get("/v1/systems/pigeon").code == "system_not_found"


def test_a_system_is_changed_with_its_etag(client):
    path = "/v1/systems/certificate"
    before = client.get(path)
    assert client.patch(path, {"name": {"en": "Signing certificate"}}, etag=None).status == 428
    changed = client.patch(path, {"name": {"en": "Signing certificate"}}, etag=before.etag)
    assert changed.json["name"] == {"vi": before.json["name"]["vi"], "en": "Signing certificate"}
    assert client.patch(path, {"name": {"en": "Again"}}, etag=before.etag).code == "etag_mismatch"
    assert client.get(path).json == changed.json
    same = client.patch(path, {"name": {"en": "Signing certificate"}})
    assert same.etag == changed.etag


@pytest.mark.parametrize("body, pointer", [
    ({"required_for": [{"blocks": ["moon"]}]}, "#/required_for/0/blocks/0"),
    ({"required_for": [{"categories": ["can_bo", "can_bo"]}]}, "#/required_for/0/categories"),
    ({"required_for": [{"colour": []}]}, "#/required_for/0/colour"),
    ({"required_for": None}, "#/required_for"),
    ({"kind": "magic"}, "#/kind"),
    ({"name": {"vi": ""}}, "#/name/vi"),
])
def test_rules_that_cannot_be(client, body, pointer):
    answer = client.patch("/v1/systems/certificate", body)
    assert answer.status == 422 and [e["pointer"] for e in answer.json["errors"]] == [pointer], answer


def test_only_a_token_for_everything_changes_rules(shared, client):
    secret = client.post("/v1/tokens", {"name": "huyện", "scopes": ["systems:write", "units:read"], "unit": "T1"}).json["secret"]
    assert shared.client(secret).patch("/v1/systems/certificate", {"name": {"vi": "Của tôi"}}).status == 403


def test_new_rules_give_accounts_and_a_shrinking_rule_is_braked(start):
    service = start()
    client = service.client()
    make_units(client)
    for n in range(8):
        assert client.put(f"/v1/staff/N-{n}", an(full_name=f"Nguyễn Văn {'ABCDEGHK'[n]}nh")).status == 201
    given = client.patch("/v1/systems/e-office", {"required_for": [{"categories": ["cong_chuc"]}]})
    assert given.status == 200 and given.json["required_for"] == [
        {"blocks": [], "unit_kinds": [], "categories": ["cong_chuc"], "positions": []}]
    wait_for(lambda: client.get("/v1/accounts", system="e-office", include_total=True).json["total"] == 8, "everybody has e-office")
    braked = client.patch("/v1/systems/e-office", {"required_for": []})
    assert (braked.status, braked.code) == (409, "brake_engaged"), braked
    assert client.get("/v1/systems/e-office").json["required_for"] != []
    wider = client.patch("/v1/systems/e-office", {"required_for": [{"categories": ["cong_chuc", "vien_chuc"]}]})
    assert wider.status == 200, wider


def braked(client, body, system="e-office"):
    refused = client.patch(f"/v1/systems/{system}", body)
    assert (refused.status, refused.code) == (409, "brake_engaged"), refused


def staffed(service, count):
    client = service.client()
    make_units(client)
    for n in range(count):
        assert client.put(f"/v1/staff/N-{n}", an(full_name=f"Nguyễn Văn {'ABCDEGHK'[n]}nh")).status == 201
    return client


def test_retiring_a_system_is_judged_by_how_many_lose_it(start):
    service = start(tick_ms=50)
    client = staffed(service, 8)
    assert client.patch("/v1/systems/e-office", {"required_for": [{"categories": ["cong_chuc"]}]}).status == 200
    wait_for(lambda: client.get("/v1/accounts", system="e-office", include_total=True).json["total"] == 8, "everybody has e-office")
    braked(client, {"retired": True})
    assert client.patch("/v1/systems/e-office", {"retired": True}, validate_only=True).code == "brake_engaged"
    assert client.get("/v1/systems/e-office").json["retired"] is False
    assert client.patch("/v1/systems/e-office", {"name": {"vi": "Văn phòng điện tử"}}).status == 200, "nobody loses anything"
    nightly = client.post("/v1/tokens", {"name": "nightly", "scopes": ["systems:write", "units:read", "staff:read"]}).json
    braked(service.client(nightly["secret"]), {"retired": True})
    seen, = next(line for line in client.get("/v1/brake").json["lines"] if line["token"] == nightly["id"])["items"]
    let = client.post("/v1/brake-releases", {"token": nightly["id"], "reason": "Hệ thống được thay thế", "changes": [seen["change"]]})
    assert (let.status, let.json["released"]) == (201, 1), let
    assert service.client(nightly["secret"]).patch("/v1/systems/e-office", {"retired": True}).status in (200, 204)
    wait_for(lambda: client.get("/v1/staff/N-7/accounts/e-office").json["observed"]["state"] == "revoked", "its accounts are over")
    assert client.patch("/v1/systems/e-office", {"retired": True}).status == 200, "it is already"


def test_accounts_that_nobody_requires_count_when_their_system_is_retired(start):
    client = staffed(start(), 8)
    assert client.post("/v1/systems", {"id": "cap-phep", "name": {"vi": "Cấp phép"}, "kind": "directory", "login_rule": "{ten}"}).status == 201
    for n in range(8):
        assert client.put(f"/v1/staff/N-{n}/accounts/cap-phep", {"state": "present"}).status in (200, 201, 202)
    braked(client, {"retired": True}, "cap-phep")


def test_the_same_change_of_rules_twice_within_the_hour_counts_its_people_once(start):
    """As when another write was faster between counting and saving, or the answer was lost."""
    client = staffed(start(), 8)
    three = [{"categories": ["vien_chuc"]}]
    for n in range(3):
        assert client.patch(f"/v1/staff/N-{n}", {"category": "vien_chuc"}).status == 200
    for _ in range(3):
        assert client.patch("/v1/systems/e-office", {"required_for": three}).status == 200
        wait_for(lambda: client.get("/v1/accounts", system="e-office", include_total=True).json["total"] == 3, "three have e-office")
        gone = client.patch("/v1/systems/e-office", {"required_for": []})
        assert gone.status == 200, gone


def test_rules_that_take_from_one_after_another_have_the_limit_of_the_hour(start):
    client = staffed(start(tick_ms=50), 8)
    rules = [{"positions": [f"Chuyên viên {n}"]} for n in range(8)]
    for n in range(8):
        assert client.patch(f"/v1/staff/N-{n}", {"title": f"Chuyên viên {n}"}).status == 200
    assert client.patch("/v1/systems/e-office", {"required_for": rules}).status == 200
    wait_for(lambda: client.get("/v1/accounts", system="e-office", include_total=True).json["total"] == 8, "everybody has e-office")
    answers = [client.patch("/v1/systems/e-office", {"required_for": rules[n:]}) for n in range(1, 7)]
    assert [a.status for a in answers] == [200] * 5 + [409], "five within the hour, of whatever units"
    assert "(limit 5)" in answers[5].json["detail"], answers[5]


def test_a_login_that_two_people_have_in_two_systems_finds_both(start):
    client = start().client()
    make_units(client)
    for body in ({"id": "cap-phep", "kind": "directory", "login_rule": "{ten}"}, {"id": "thu-vien", "kind": "directory", "login_rule": "address"}):
        assert client.post("/v1/systems", {**body, "name": {"vi": body["id"]}}).status == 201
    one = client.put("/v1/staff/L-1", an(full_name="Lê Thị Trùng")).json
    two = client.put("/v1/staff/L-2", an(full_name="Cao Văn Khác", login="trung")).json
    for system in ("cap-phep", "thu-vien"):
        assert client.put(f"/v1/staff/L-1/accounts/{system}", {"state": "present"}).status in (200, 202)
    both = client.get("/v1/staff", login="trung").json
    assert {p["id"] for p in both["items"]} == {one["id"], two["id"]}
    assert sorted((h["key"], h["staff"], h["current"]) for h in both["holders"]) == sorted(("trung", p["id"], True) for p in (one, two))
    assert client.get("/v1/staff", login=one["address"]).json["holders"] == [{"key": one["address"], "staff": one["id"], "current": True}]


# ---- a system is data ----
def test_a_system_is_added_used_and_retired(start):
    service = start(tick_ms=50)
    client = service.client()
    make_units(client)
    first = client.put("/v1/staff/S-1", an()).json
    body = {"id": "cap-phep", "name": {"vi": "Cấp phép"}, "kind": "directory", "login_rule": "{donvi}_{ten}", "required_for": [{"categories": ["cong_chuc"]}],
            "activity": {"reported": True}}
    made = client.post("/v1/systems", body)
    assert made.status == 201 and made.headers["Location"] == "/v1/systems/cap-phep" and made.json["login_rule"] == "{donvi}_{ten}"
    assert client.get("/v1/systems/cap-phep").json == made.json and client.post("/v1/systems", body).code == "conflict"
    wait_for(lambda: [a for a in client.get("/v1/staff/S-1").json["accounts"] if a["system"] == "cap-phep"], "who must have it gets it")
    (got,) = [a for a in client.get("/v1/staff/S-1").json["accounts"] if a["system"] == "cap-phep"]
    assert got["observed"]["state"] == "provisioned" and got["observed"]["login"].startswith("noivu_") and first["address"]

    gone = client.patch("/v1/systems/cap-phep", {"retired": True})
    assert gone.status == 200 and gone.json["retired"] is True
    wait_for(lambda: client.get("/v1/staff/S-1/accounts/cap-phep").json["observed"]["state"] == "revoked", "its accounts are over")
    assert client.put("/v1/staff/S-1/accounts/cap-phep", {"state": "present"}).code == "conflict"
    later = client.put("/v1/staff/S-2", an(full_name="Trần Văn Bình")).json
    assert "cap-phep" not in {a["system"] for a in later["accounts"]}
    assert "cap-phep" not in {r["system"] for r in client.get("/v1/coverage", group_by="system").json["rows"]}
    assert "cap-phep" in {s["id"] for s in client.get("/v1/systems").json["items"]}


def test_there_are_sixteen_systems_at_most(start):
    client = start().client()
    for n in range(4, 16):
        assert client.post("/v1/systems", {"id": f"s-{n}", "name": {"vi": f"Hệ thống {n}"}}).status == 201
    full = client.post("/v1/systems", {"id": "one-more", "name": {"vi": "Nữa"}})
    assert full.code == "conflict" and "16" in full.json["detail"]
    assert len(client.get("/v1/systems").json["items"]) == 16


@pytest.mark.parametrize("body, pointers", [
    ({}, {"#/id", "#/name/vi"}),
    ({"id": "Mail", "name": {"vi": ""}, "login_rule": "nobody"}, {"#/id", "#/name/vi", "#/login_rule"}),
    ({"id": "required", "name": {"vi": "x"}, "activity": {"regular_days": 9, "regular_of": 3}}, {"#/id", "#/activity/regular_days"}),
    ({"id": "x", "name": {"vi": "x"}, "kind": "manual", "connector": {"url": "https://e.vn"}, "retired": True}, {"#/kind", "#/retired"}),
])
def test_systems_that_cannot_be(client, body, pointers):
    answer = client.post("/v1/systems", body)
    assert answer.status == 422 and {e["pointer"] for e in answer.json["errors"]} == pointers, answer


def test_the_mailbox_is_not_retired_and_a_subtree_adds_nothing(shared, client):
    assert client.patch("/v1/systems/mailbox", {"retired": True}).status == 422
    make_units(client)
    token = client.post("/v1/tokens", {"name": "t", "scopes": ["systems:write", "units:read"], "unit": "T1"}).json["secret"]
    assert shared.client(token).post("/v1/systems", {"id": "mine", "name": {"vi": "x"}}).code == "scope_missing"
