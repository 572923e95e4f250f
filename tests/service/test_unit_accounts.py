"""Accounts of units at systems other than the mailbox, and who answers for them."""
import pytest
from congvu import an, make_units, wait_for


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


def test_a_system_out_of_use_ends_the_accounts_of_units_too(start):
    client = start().client()
    make_units(client)
    assert client.put("/v1/staff/U-0", an()).status == 201
    assert client.post("/v1/systems", {"id": "cu", "name": {"vi": "Hệ thống cũ"}, "kind": "manual"}).status == 201
    for unit in ("T1.01", "T1.02"):
        assert client.put(f"/v1/units/{unit}/accounts/cu", {"login": f"vanthu.{unit[-2:]}", "custodian": "U-0"}).status == 201
    assert client.put("/v1/units/T1.01/accounts/td-office", {"login": "vanthu_noivu", "custodian": "U-0"}).status == 201
    assert client.patch("/v1/systems/cu", {"retired": True}).status == 200
    wait_for(lambda: not client.get("/v1/units/T1.02/accounts").json["items"], "it is over")
    wait_for(lambda: [a["system"] for a in client.get("/v1/units/T1.01/accounts").json["items"]] == ["td-office"], "what is in use stays")
    assert client.put("/v1/units/T1.02/accounts/cu", {"login": "khac", "custodian": "U-0"}).code == "conflict"
    assert client.patch("/v1/systems/cu", {"retired": False}).status == 200
    assert client.put("/v1/units/T1.02/accounts/cu", {"login": "vanthu.01", "custodian": "U-0"}).code == "address_taken", "the login stays the unit's"
    assert client.put("/v1/units/T1.01/accounts/cu", {"login": "vanthu.01", "custodian": "U-0"}).status == 201


def test_where_people_go_by_their_mailbox_a_unit_and_a_person_never_have_one_login(start):
    client = start().client()
    make_units(client)
    assert client.post("/v1/systems", {"id": "hop", "name": {"vi": "Theo hộp thư"}, "kind": "directory", "login_max_length": 20}).status == 201
    lan = client.put("/v1/staff/U-0", an(full_name="Nguyễn Thị Lan")).json["address"].split("@")[0]
    assert client.put("/v1/staff/U-0/accounts/hop", {"state": "present"}).json["observed"]["login"] == lan
    at = "/v1/units/T1.01/accounts/hop"
    assert client.put(at, {"login": lan, "custodian": "U-0"}).code == "address_taken", "hers, without a claim of its own"
    long = client.put(at, {"login": "a" * 21, "custodian": "U-0"})
    assert (long.status, [e["pointer"] for e in long.json["errors"]]) == (422, ["#/login"]), "the system takes no longer one"

    assert client.put("/v1/staff/U-1", an(full_name="Trần Văn Bình")).status == 201
    assert client.put(at, {"login": "vanthu_noivu", "custodian": "U-0"}).status == 201
    assert client.put("/v1/staff/U-1/accounts/hop", {"state": "present", "login": "vanthu_noivu"}).code == "address_taken"
    third = client.put("/v1/staff/U-2", an(full_name="Lê Văn Thư", login="vanthu_noivu")).json
    assert third["address"].split("@")[0] == "vanthu_noivu", "an address is none of the unit's"
    got = client.put("/v1/staff/U-2/accounts/hop", {"state": "present"})
    assert got.status in (200, 202) and got.json["observed"]["login"] not in (None, "vanthu_noivu"), got


@pytest.mark.parametrize("login", ["", "Vu Doi #1", "vũ", "a b", "A.b"])
def test_a_login_by_hand_has_the_signs_of_logins(shared, client, login):
    client.put("/v1/staff/SIGNS", an(full_name="Vũ Đợi", unit="T1.02"))
    refused = client.put("/v1/staff/SIGNS/accounts/td-office", {"state": "present", "login": login})
    assert (refused.status, [e["pointer"] for e in refused.json["errors"]]) == (422, ["#/login"]), refused
