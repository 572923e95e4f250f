"""Digital certificates: until when, on which device, in whose hands; and nobody has left before the device came back."""
import csv
import io

import pytest
from congvu import an, day, make_units, wait_for

SYSTEM = "/accounts/certificate"


@pytest.fixture
def office(start):
    service = start()
    client = service.client()
    make_units(client)
    for code, name in (("C-1", "Nguyễn Văn An"), ("C-2", "Trần Thị Bích"), ("C-3", "Lê Đức Cường")):
        assert client.put(f"/v1/staff/{code}", an(full_name=name)).status == 201
    for code in ("C-1", "C-2"):
        assert client.put(f"/v1/staff/{code}{SYSTEM}/observation", {"state": "active"}).status == 200
    return service


def certify(client, code, **body):
    return client.put(f"/v1/staff/{code}{SYSTEM}/certificate", body)


def test_what_is_seen_there_has_one_holder_and_lies_behind(office):
    client = office.client()
    at = "/v1/staff/{}" + SYSTEM + "/observation"
    seen = client.put(at.format("C-1"), {"state": "active", "login": "5404010ABC", "since": day(-3)})
    assert seen.status == 200 and seen.json["observed"]["login"] == "5404010ABC"
    again = client.put(at.format("C-1"), {"state": "active", "login": "5404010ABC", "since": day(-3)})
    assert again.status == 200 and again.headers["Congvu-Unchanged"] == "true"
    for login in ("5404010ABC", "5404010abc"):
        assert client.put(at.format("C-2"), {"state": "active", "login": login}).code == "address_taken", "somebody else's"
    assert client.get(f"/v1/staff/C-2{SYSTEM}").json["observed"]["login"] is None
    for body, pointer in (({"login": ""}, "#/login"), ({"login": " "}, "#/login"), ({"since": day(2)}, "#/since"), ({"since": day(4000)}, "#/since")):
        refused = client.put(at.format("C-2"), {"state": "active", **body})
        assert (refused.status, [e["pointer"] for e in refused.json.get("errors", [])]) == (422, [pointer]), body
    assert client.put(at.format("C-1"), {"state": "active", "login": "5404010-2"}).status == 200, "a new one is made out to him"
    assert client.put(at.format("C-1"), {"state": "active", "login": "5404010ABC"}).status == 200, "his own comes back"
    assert client.put(at.format("C-2"), {"state": "active", "since": day(0)}).status == 200

    assert client.put("/v1/units/T1.01/accounts/certificate", {"login": "dau.noivu", "custodian": "C-1"}).status == 201
    assert client.put(at.format("C-2"), {"state": "active", "login": "dau.noivu"}).code == "address_taken", "the unit's"


def departure(client, code):
    return client.get(f"/v1/staff/{code}/departure").json


def returns(departure):
    return [(s["system"], s["token_serial"], s["state"]) for s in departure["steps"] if s["step"] == "return_token"]


def test_a_certificate_says_until_when_and_on_which_device(office):
    client = office.client()
    made = certify(client, "C-1", valid_to=day(30), token_serial="VN-5404010")
    assert made.status == 200, made
    whole = {"valid_to": day(30), "token_serial": "VN-5404010", "custodian": None, "token_returned_on": None}
    assert made.json["certificate"] == whole == client.get(f"/v1/staff/C-1{SYSTEM}").json["certificate"]
    again = certify(client, "C-1", valid_to=day(30))
    assert again.headers["Congvu-Unchanged"] == "true" and again.json["certificate"] == whole, "absent keeps"
    kept = certify(client, "C-1", custodian="C-2").json["certificate"]["custodian"]
    assert kept["staff"]["staff_code"] == "C-2" and kept["needs_another"] is False
    assert certify(client, "C-1", custodian="C-1").json["certificate"]["custodian"] is None, "the holder himself"
    assert client.get("/v1/staff/C-3/accounts/certificate").code == "account_not_found"
    assert certify(client, "C-3", valid_to=day(1)).code == "account_not_found"
    assert client.put("/v1/staff/C-1/accounts/mailbox/certificate", {"valid_to": day(1)}).code == "conflict"
    for body, at in (({"token_returned_on": day(1)}, "#/token_returned_on"), ({"custodian": "NOBODY"}, "#/custodian"), ({"token_serial": "Số 1"}, "#/token_serial")):
        assert [e["pointer"] for e in certify(client, "C-1", **body).json["errors"]] == [at], body
    assert [e["pointer"] for e in certify(client, "C-2", token_returned_on=day(0)).json["errors"]] == ["#/token_returned_on"], "of which device?"
    assert certify(client, "C-1", valid_to=None, token_serial=None).json["certificate"] is None
    assert client.patch("/v1/systems/td-office", {"certificates": True}).status == 422, "only what is confirmed by hand"
    tried = client.put(f"/v1/staff/C-2{SYSTEM}/certificate", {"valid_to": day(9)}, validate_only="true")
    assert tried.json["certificate"]["valid_to"] == day(9) and client.get(f"/v1/staff/C-2{SYSTEM}").json["certificate"] is None


def test_it_lies_in_the_directory_and_outlives_a_restart(office, start):
    client = office.client()
    certify(client, "C-1", valid_to=day(30), token_serial="T-1", custodian="C-2")
    entry = office.person(client.get("/v1/staff/C-1").json["id"], "cvCertificate;x-certificate")
    assert '"token_serial":"T-1"' in entry["cvCertificate;x-certificate"][0]
    before = client.get(f"/v1/staff/C-1{SYSTEM}").json
    office.stop()
    assert start(office.data).client().get(f"/v1/staff/C-1{SYSTEM}").json == before


def test_who_leaves_is_not_done_before_the_device_is_back(office):
    client = office.client()
    certify(client, "C-1", valid_to=day(300), token_serial="T-1")
    assert client.put("/v1/staff/C-1/departure", {"reason": "nghi_huu"}).status == 202
    assert client.put(f"/v1/staff/C-1{SYSTEM}/observation", {"state": "revoked"}).status == 200
    left = departure(client, "C-1")
    assert left["state"] == "in_progress" and returns(left) == [("certificate", "T-1", "open")]
    [row] = client.get("/v1/departures", state="in_progress").json["items"]
    assert row["open_steps"] == [{"step": "return_token", "system": "certificate", "token_serial": "T-1", "state": "open", "last_error": None}]
    again = client.put("/v1/staff/C-1/departure", {"reason": "nghi_huu"})
    assert again.status == 202 and again.json["state"] == "in_progress", "a script that repeats is not told that it is done"
    for body in ({"token_serial": None}, {"token_serial": "T-2"}):
        assert certify(client, "C-1", **body).code == "conflict", "no other word makes it come back"
    assert certify(client, "C-1", token_returned_on=day(0)).status == 200
    assert departure(client, "C-1")["state"] == "done" and returns(departure(client, "C-1")) == [("certificate", "T-1", "done")]
    [row] = client.get("/v1/departures", state="done").json["items"]
    assert row["open_steps"] == []
    assert certify(client, "C-1", token_returned_on=None).status == 200, "it was another one after all"
    assert departure(client, "C-1")["state"] == "in_progress" and client.get("/v1/departures", state="done").json["items"] == []


def test_a_device_found_out_after_the_end_opens_the_departure_again(office):
    client = office.client()
    client.put(f"/v1/staff/C-1{SYSTEM}/observation", {"state": "revoked"})
    assert client.put("/v1/staff/C-1/departure", {"reason": "nghi_huu"}).json["state"] == "done"
    assert certify(client, "C-1", token_serial="T-9").status == 200
    assert departure(client, "C-1")["state"] == "in_progress"
    assert [r["staff"]["staff_code"] for r in client.get("/v1/departures", state="in_progress").json["items"]] == ["C-1"]


def test_a_move_keeps_the_certificate_though_the_new_post_needs_none(office):
    client = office.client()
    need = [{"categories": ["cong_chuc"], "positions": ["Trưởng phòng"]}]
    assert client.patch("/v1/systems/certificate", {"required_for": need}).status == 200
    assert client.put("/v1/staff/C-9", an(full_name="Vũ Thị Hoa", title="Trưởng phòng")).status == 201
    assert client.put(f"/v1/staff/C-9{SYSTEM}/observation", {"state": "active"}).status == 200
    given = client.get(f"/v1/staff/C-9{SYSTEM}").json
    assert given["required"] and given["desired"]["cause"] == "required", "nobody asked for it by hand"
    certify(client, "C-9", token_serial="T-9")
    assert client.patch("/v1/staff/C-9", {"unit": "T1.02", "title": "Chuyên viên"}).status == 200
    moved = client.get(f"/v1/staff/C-9{SYSTEM}").json
    assert moved["desired"]["state"] == "present" and not moved["required"] and moved["certificate"]["token_serial"] == "T-9"
    assert client.put("/v1/staff/C-9/departure", {"reason": "nghi_huu"}).status == 202
    assert client.get(f"/v1/staff/C-9{SYSTEM}").json["desired"]["state"] == "closed", "leaving takes it"


def test_who_goes_to_another_body_of_the_state_takes_it_along(office):
    """The receiver files the change: nothing is closed, and no device is asked back. Any other leaving takes both."""
    client = office.client()
    certify(client, "C-1", valid_to=day(300), token_serial="T-1")
    assert client.put("/v1/staff/C-1/departure", {"reason": "chuyen_cong_tac"}).status in (200, 202)
    kept = client.get(f"/v1/staff/C-1{SYSTEM}").json
    assert (kept["desired"]["state"], kept["certificate"]["token_serial"], kept["certificate"]["token_returned_on"]) == ("present", "T-1", None)
    left = departure(client, "C-1")
    assert left["state"] == "done" and returns(left) == [] and "certificate" not in {s.get("system") for s in left["steps"]}, left
    assert client.put("/v1/staff/C-1/departure", {"reason": "nghi_huu"}).status in (200, 202), "the reason was wrong"
    assert client.get(f"/v1/staff/C-1{SYSTEM}").json["desired"]["state"] == "closed"
    assert departure(client, "C-1")["state"] == "in_progress" and returns(departure(client, "C-1")) == [("certificate", "T-1", "open")]


def test_who_keeps_the_device_of_another_hands_it_over(office):
    client = office.client()
    certify(client, "C-1", token_serial="T-1", custodian="C-2")
    assert client.get("/v1/hand-overs").json["items"] == []
    assert client.put("/v1/staff/C-2/departure", {"reason": "thoi_viec", "effective_on": day(20)}).status == 200
    [item] = client.get("/v1/hand-overs").json["items"]
    assert (item["kind"], item["system"], item["token"]["serial"], item["token"]["staff"]["staff_code"], item["staff"]["staff_code"], item["effective_on"]) == \
        ("leaver", "certificate", "T-1", "C-1", "C-2", day(20)) and item["unit"]["code"] == "T1.01" and item["login"] is None
    assert client.get(f"/v1/staff/C-1{SYSTEM}").json["certificate"]["custodian"]["needs_another"] is True
    assert certify(client, "C-1", custodian="C-2").status == 422, "who leaves keeps nothing"
    assert certify(client, "C-1", custodian="C-3").status == 200 and client.get("/v1/hand-overs").json["items"] == []
    elsewhere = client.post("/v1/tokens", {"name": "t", "scopes": ["staff:read", "accounts:write"], "unit": "T1.02"}).json["secret"]
    other = office.client(elsewhere)
    assert other.get("/v1/hand-overs").json["items"] == [] and other.put(f"/v1/staff/C-1{SYSTEM}/certificate", {"valid_to": day(1)}).status == 404


def test_who_needs_a_new_one_in_sixty_days(office):
    client = office.client()
    certify(client, "C-1", valid_to=day(59), token_serial="T-1", custodian="C-3")
    certify(client, "C-2", valid_to=day(60), token_serial="0012")
    soon = client.get("/v1/accounts", system="certificate", expires_before=day(60)).json["items"]
    assert [(a["staff"]["staff_code"], a["certificate"]["valid_to"]) for a in soon] == [("C-1", day(59))]
    client.put(f"/v1/staff/C-1{SYSTEM}/observation", {"state": "revoked"})
    assert client.get("/v1/accounts", expires_before=day(60)).json["items"] == [], "what is not there needs no other"
    client.put(f"/v1/staff/C-1{SYSTEM}/observation", {"state": "active"})
    answer = client.call("GET", f"/v1/accounts?system=certificate&expires_before={day(90)}&format=csv", None, {"Accept-Language": "vi"})
    head, *lines = csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""))
    assert head[-4:] == ["Chứng thư có hiệu lực đến", "Số hiệu thiết bị", "Người giữ thiết bị", "Ngày trả thiết bị"]
    people = {"/".join(reversed(day(n).split("-"))) for n in (59, 60)}
    assert {line[-4] for line in lines} == people and [line[-2] for line in lines] == ["Lê Đức Cường" if line[1] == "C-1" else "Trần Thị Bích" for line in lines]
    assert next(line for line in lines if line[1] == "C-2")[-3] == '="0012"', "stays text"
    assert client.get("/v1/accounts", format="xlsx").body[:2] == b"PK"
    assert client.get("/v1/accounts", format="csv", page_size=2).code == "validation_failed"


def test_no_other_door_loses_a_device_that_is_out(office):
    client = office.client()
    certify(client, "C-1", token_serial="T-1")
    merged = client.put("/v1/staff/C-1/merge", {"into": "C-3", "reason": "trùng"})
    assert merged.code == "conflict" and "T-1" in merged.json["detail"], merged
    assert client.post("/v1/staff/C-1/corrections", {"kind": "made_by_mistake", "reason": "nhầm"}).status == 409
    assert client.get("/v1/staff/C-1").status == 200
    assert client.put("/v1/staff/C-1/departure", {"reason": "nghi_huu"}).status == 202
    client.put(f"/v1/staff/C-1{SYSTEM}/observation", {"state": "revoked"})
    assert client.patch("/v1/systems/certificate", {"certificates": False}).status == 200
    assert client.patch("/v1/systems/certificate", {"retired": True}).status == 200
    assert departure(client, "C-1")["state"] == "in_progress"
    assert certify(client, "C-1", token_returned_on=day(0)).status == 200 and departure(client, "C-1")["state"] == "done"


def test_the_history_tells_it_in_words(office):
    client = office.client()
    certify(client, "C-1", valid_to=day(30), token_serial="T-1", custodian="C-2")
    client.put("/v1/staff/C-1/departure", {"reason": "nghi_huu"})
    assert certify(client, "C-1", token_returned_on=day(0)).status == 200
    people = ["/".join(reversed(day(n).split("-"))) for n in (30, 0)]

    def told(language, words):
        items = client.call("GET", "/v1/staff/C-1/history", None, {"Accept-Language": language}).json["items"]
        return any(words in item["text"] for item in items)
    wait_for(lambda: told("vi", f"đã trả thiết bị T-1 ngày {people[1]}"), "the outcome is written behind")
    assert told("vi", f"Chứng thư số có hiệu lực đến hết ngày {people[0]}; giao thiết bị T-1; thiết bị T-1 do Trần Thị Bích giữ")
    assert told("en", "device T-1 came back on")
