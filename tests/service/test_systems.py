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
