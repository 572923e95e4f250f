"""Accounts of units at systems other than the mailbox, and who answers for them."""
from congvu import an, make_units


def open_of(client):
    items = [i for i in client.get("/v1/hand-overs").json["items"] if i["system"] == "td-office"]
    assert all(i["login"] == "vanthu_noivu" and i["address"] is None and i["unit"]["code"] == "T1.01" for i in items)
    return [(i["kind"], i["staff"]["staff_code"]) for i in items]


def test_a_unit_has_an_account_and_a_custodian(start):
    service = start()
    client = service.client()
    make_units(client)
    for n, name in enumerate(("Nguyễn Văn An", "Trần Thị Bích")):
        assert client.put(f"/v1/staff/U-{n}", an(full_name=name)).status == 201
    path = "/v1/units/T1.01/accounts"
    made = client.put(path + "/td-office", {"login": "vanthu_noivu", "custodian": "U-0"})
    assert made.status == 201 and made.json["custodian"]["staff"]["staff_code"] == "U-0" and made.json["custodian"]["needs_another"] is False
    assert client.get(path).json["items"] == [made.json]
    assert client.put("/v1/units/T1.02/accounts/td-office", {"login": "vanthu_noivu", "custodian": "U-0"}).code == "address_taken"
    assert client.put(path + "/td-office", {"login": "other", "custodian": "U-0"}).status == 422

    assert client.put("/v1/units/T1.01/mailbox", {"holders": ["U-0"]}).status == 200
    assert client.get(path).json["items"] == [made.json], "its mailbox takes nothing away"
    assert client.put("/v1/staff/U-0/departure", {"reason": "nghi_huu"}).status in (200, 202)
    assert client.get(path).json["items"][0]["custodian"]["needs_another"] is True
    assert client.put(path + "/td-office", {"custodian": "U-0"}).status == 422, "who leaves answers for nothing"
    assert open_of(client) == [("leaver", "U-0")]
    other = client.put(path + "/td-office", {"custodian": "U-1"})
    assert other.status == 200 and other.json["login"] == "vanthu_noivu" and other.json["since"] == made.json["since"]
    assert client.patch("/v1/staff/U-1", {"unit": "T1.02"}).status == 200
    assert client.get(path).json["items"][0]["custodian"]["needs_another"] is True
    assert open_of(client) == [("moved", "U-1")]
    elsewhere = client.post("/v1/tokens", {"name": "t", "scopes": ["staff:read"], "unit": "T1.02"}).json["secret"]
    (item,) = [i for i in service.client(elsewhere).get("/v1/hand-overs").json["items"] if i["system"] == "td-office"]
    assert item["unit"] is None and item["login"] is None and item["staff"]["staff_code"] == "U-1", "only the person is his"

    assert client.delete(path + "/td-office", etag="*").status == 204 and client.get(path).json["items"] == [] == open_of(client)
    assert client.delete(path + "/td-office", etag="*").code == "account_not_found"
    assert client.put("/v1/units/T1.02/accounts/td-office", {"login": "vanthu_noivu", "custodian": "U-1"}).code == "address_taken", "it stays the unit's"
    assert client.put(path + "/td-office", {"login": "vanthu_noivu", "custodian": "U-1"}).status == 201


def test_what_cannot_be(start):
    service = start()
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/U-0", an()).status == 201
    put = "/v1/units/T1.01/accounts/"
    answer = client.put(put + "td-office", {"login": "Văn Thư", "custodian": "nobody"})
    assert answer.status == 422 and {"#/custodian"} <= {e["pointer"] for e in answer.json["errors"]}
    assert client.put(put + "td-office", {"custodian": "U-0"}).status == 422, "the login is needed the first time"
    assert client.put(put + "mailbox", {"login": "x", "custodian": "U-0"}).code == "conflict"
    assert client.put(put + "pigeon", {"login": "x", "custodian": "U-0"}).code == "system_not_found"
    person = client.get("/v1/staff/U-0/accounts/td-office").json["observed"]["login"]
    assert client.put(put + "td-office", {"login": person, "custodian": "U-0"}).code == "address_taken"
    elsewhere = client.post("/v1/tokens", {"name": "t", "scopes": ["accounts:write", "units:read", "staff:read"], "unit": "T1.02"}).json["secret"]
    assert service.client(elsewhere).put(put + "td-office", {"login": "x", "custodian": "U-0"}).code == "unit_not_found"
