"""Targets: set on a unit, in force below it; bands of the policy; who may set them."""
from congvu import an, nth


def rows(client, **query):
    answer = client.get("/v1/coverage", unit="T1", targets=True, **query)
    assert answer.status == 200, answer
    return {(r["row_kind"], r["unit"]["code"]): r for r in answer.json["rows"]}


def test_a_target_holds_below_until_another_is_set(client):
    assert client.put("/v1/targets/T1/mailbox", {"coverage": 100, "adoption": 90}).json["regular"] is None
    assert client.put("/v1/targets/T1.02/mailbox", {"regular": 60}).status == 200
    seen = rows(client, system="mailbox")
    district = {"coverage": 100, "adoption": 90, "regular": None}
    assert seen["total", "T1"]["target"] == district == seen["unit", "T1.01"]["target"]
    assert seen["unit", "T1.02"]["target"] == {"coverage": None, "adoption": None, "regular": 60}, "the whole of it, no mixture"
    assert rows(client, system="required")["total", "T1"]["target"] is None
    assert client.put("/v1/targets/T1/required", {"coverage": 95}).status == 200
    assert rows(client, system="required")["unit", "T1.01"]["target"]["coverage"] == 95
    listed = client.get("/v1/targets", unit="T1").json["items"]
    assert [(t["unit"]["code"], t["system"]) for t in listed] == [("T1", "mailbox"), ("T1", "required"), ("T1.02", "mailbox")]
    assert [t["system"] for t in client.get("/v1/targets", unit="T1", recursive=False, system="required").json["items"]] == ["required"]
    again = client.put("/v1/targets/T1.02/mailbox", {"regular": 60})
    before = client.get("/v1/units/T1.02").etag
    assert again.status == 200 and client.put("/v1/targets/T1.02/mailbox", {"regular": 60}).status == 200
    assert client.get("/v1/units/T1.02").etag == before, "the same once more changes nothing"
    assert client.delete("/v1/targets/T1.02/mailbox").status == 428
    assert client.delete("/v1/targets/T1.02/mailbox", '"999"').status == 412
    assert client.delete("/v1/targets/T1.02/mailbox", "*").status == 204
    assert client.delete("/v1/targets/T1.02/mailbox", "*").status == 204
    assert rows(client, system="mailbox")["unit", "T1.02"]["target"] == district
    for system in ("mailbox", "required"):
        assert client.delete(f"/v1/targets/T1/{system}", "*").status == 204
    assert client.get("/v1/targets", unit="T1").json["items"] == []
    assert "target" not in client.get("/v1/coverage", unit="T1").json["rows"][0]


def test_bands_follow_the_ratio(client):
    for i in range(4):
        assert client.put(f"/v1/staff/band{i}", an(full_name=nth("Người Mức", i), unit="T1.03", category="can_bo")).status == 201
    assert client.put("/v1/units/T1.03/headcounts/2021-11-01", {"total": 5}).status == 200
    band = lambda: rows(client, system="mailbox")["unit", "T1.03"]
    row = band()
    assert row["coverage"] == 0.8 and row["band"] == {"coverage": "kha", "adoption": None, "regular": None}
    for total, expected in ((4, "tot"), (7, "trung_binh"), (9, "yeu")):
        assert client.put("/v1/units/T1.03/headcounts/2021-11-01", {"total": total}).status == 200
        assert band()["band"]["coverage"] == expected


def test_what_a_target_may_be(client):
    assert client.put("/v1/targets/T1/mailbox", {}).status == 422
    assert client.put("/v1/targets/T1/mailbox", {"coverage": 101, "adoption": -1}).status == 422
    assert client.put("/v1/targets/T1/mailbox", {"coverage": 99, "colour": "red"}).status == 422
    assert client.put("/v1/targets/T1/unheard-of", {"coverage": 99}).code == "system_not_found"
    assert client.put("/v1/targets/NOWHERE/mailbox", {"coverage": 99}).code == "unit_not_found"
    assert client.get("/v1/coverage", unit="T1", targets=True, as_of="2021-01-01").status == 422


def test_who_may_set_it(shared, client):
    secret = lambda *scopes, **more: client.post("/v1/tokens", {"name": "x", "scopes": list(scopes), **more}).json["secret"]
    reader = shared.client(secret("coverage:read", "units:write", unit="T1.01"))
    assert reader.put("/v1/targets/T1.01/mailbox", {"coverage": 1}).code == "scope_missing"
    below = shared.client(secret("systems:write", "coverage:read", unit="T1.01"))
    assert below.put("/v1/targets/T1/mailbox", {"coverage": 1}).code == "unit_not_found"
    assert below.get("/v1/targets", unit="T1").code == "unit_not_found"
    assert client.put("/v1/targets/T1/mailbox", {"coverage": 97}).status == 200
    assert below.get("/v1/targets").json["items"] == [], "set above its reach"
    assert below.get("/v1/coverage", targets=True, system="mailbox").json["rows"][0]["target"]["coverage"] == 97
    assert client.delete("/v1/targets/T1/mailbox", "*").status == 204
