"""Personal data: no more is shown than a role needs, a citizen id is no code and is never readable, and everybody may see what is kept about him."""
import datetime
import json

import pytest

from browser import Person, activate, login_of
from congvu import an, site_today

CITIZEN = "058080001234"
TODAY = site_today()


@pytest.fixture(scope="module")
def office(shared, spec):
    client, people = shared.client(), {}
    for code, name, role in (("P-HR", "Nguyễn Thị Lan", "unit_hr"), ("P-HEAD", "Trần Văn Trưởng", "unit_head"), ("P-ADM", "Lê Thị Quản", "unit_admin"), ("P-SELF", "Phạm Thị Mình", None)):
        people[code] = client.put(f"/v1/staff/{code}", an(full_name=name, mobile="+84912345678", birth_year=1980)).json
        activate(client, code)
        if role:
            assert client.post(f"/v1/staff/{code}/roles", {"role": role, "unit": "T1"}).status == 201

    def signed_in(code):
        person = Person(shared, spec)
        assert person.sign_in(login_of(people[code]))[0] == 201
        return person
    return {code: signed_in(code) for code in people}, people


def test_a_mobile_is_whole_only_where_it_is_kept(office, client):
    sessions, people = office
    shown = {code: session.call("GET", "/v1/staff/P-SELF")[1]["mobile"] for code, session in sessions.items() if code != "P-SELF"}
    assert shown == {"P-HR": "+84912345678", "P-HEAD": "+84******678", "P-ADM": "+84******678"}
    assert sessions["P-HEAD"].call("GET", "/v1/staff/P-HEAD")[1]["mobile"] == "+84912345678", "his own"
    assert client.get("/v1/staff/P-SELF").json["mobile"] == "+84912345678", "programs"


def test_nor_is_it_whole_in_a_request_of_somebody_else(office, client):
    sessions, people = office
    body = {"kind": "new_account", "unit": "T1.01", "new_staff": {"full_name": "Nguyễn Thị Sắp Đến", "category": "cong_chuc", "mobile": "+84987654321"}}
    status, asked = sessions["P-HR"].call("POST", "/v1/requests", body)
    assert status == 201 and asked["new_staff"]["mobile"] == "+84987654321", asked
    shown = {code: session.call("GET", f"/v1/requests/{asked['id']}")[1] for code, session in sessions.items()}
    assert {code: s["new_staff"]["mobile"] for code, s in shown.items() if "new_staff" in s} == {"P-HR": "+84987654321", "P-HEAD": "+84******321", "P-ADM": "+84******321"}
    page = sessions["P-HEAD"].raw("GET", "/v1/requests", Accept="text/html")[2]
    assert "+84******321" in page and "+84987654321" not in page
    assert client.get(f"/v1/requests/{asked['id']}").json["new_staff"] == body["new_staff"]


@pytest.mark.parametrize("code", [CITIZEN, "001199012345", "96300000001"])
def test_a_citizen_id_is_no_staff_code(client, code):
    for answer in (client.put(f"/v1/staff/{code}", an()), client.post("/v1/staff", an(staff_code=code)), client.patch("/v1/staff/P-SELF", {"staff_code": code})):
        assert (answer.status, answer.json["errors"][0]["code"], answer.json["errors"][0]["pointer"]) == (422, "citizen_id", "#/staff_code"), answer
        assert "hr_ref" in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize("code", ["100000000001", "097300000001", "058900000001", "20261129", "0580800012345"])
def test_other_numbers_are(client, office, code):
    answer = client.put(f"/v1/staff/{code}", an(full_name=f"Người Số {'ABCDE'[len(code) % 5]}"), validate_only="true")
    assert answer.status in (200, 202), answer


def test_a_number_of_the_hr_system_matches_and_is_never_shown(client, shared, office):
    made = client.put("/v1/staff/P-REF", an(full_name="Người Có Mã", hr_ref=CITIZEN))
    assert made.status == 201 and CITIZEN not in json.dumps(made.json) and "hr_ref" not in made.json
    for twice in (client.put("/v1/staff/P-REF2", an(full_name="Người Khác Hẳn", hr_ref=CITIZEN)), client.post("/v1/staff", an(full_name="Người Khác Nữa", hr_ref=CITIZEN)),
                  client.patch("/v1/staff/P-HEAD", {"hr_ref": CITIZEN})):
        assert (twice.status, twice.code, twice.json["errors"][0]["pointer"]) == (409, "code_taken", "#/hr_ref"), twice
    assert client.get("/v1/staff/P-REF2").status == 404
    assert client.put("/v1/staff/P-REF", an(full_name="Người Có Mã", hr_ref=CITIZEN)).headers["Congvu-Unchanged"] == "true"
    assert client.patch("/v1/staff/P-REF", {"hr_ref": None}).status == 200
    assert client.patch("/v1/staff/P-HEAD", {"hr_ref": CITIZEN}).status == 200, "given free"
    assert client.patch("/v1/staff/P-SELF", {"hr_ref": "12 34"}).status == 422
    everything = str(shared.ldapsearch("-b", "dc=congvu")) + str(shared.ldapsearch("-b", "cn=log")) + shared.log.read_text()
    assert CITIZEN not in everything


def test_everybody_sees_all_that_is_kept_about_him(client, shared, office):
    sessions, people = office
    yesterday = TODAY - datetime.timedelta(1)
    assert client.post("/v1/usage-events", {"system": "mailbox", "events": [{"login": login_of(people["P-SELF"]), "occurred_on": yesterday.isoformat()}]}).status in (200, 202)
    me = sessions["P-SELF"]
    status, record = me.call("GET", "/v1/me/record")
    assert status == 200 and record["staff"]["mobile"] == "+84912345678" and record["staff"]["birth_year"] == 1980
    assert record["staff"]["unit"]["code"] == "T1.01" and {a["system"] for a in record["staff"]["accounts"]} >= {"mailbox"}
    assert people["P-SELF"]["address"] in record["names_held"] and record["roles"] == []
    assert record["sign_in"] == {"password_set_on": TODAY.isoformat(), "second_factor": False, "provider": None, "hr_ref": False}
    assert record["use"] == [{"system": "mailbox", "days": [yesterday.isoformat()], "earlier_days": 0, "last_on": yesterday.isoformat()}]
    assert record["changes_kept_days"] >= 0
    assert me.call("GET", "/v1/staff/P-SELF")[1]["code"] == "scope_missing", "which opens nothing else"
    head = sessions["P-HEAD"].call("GET", "/v1/me/record")[1]
    assert head["sign_in"]["hr_ref"] is True and [r["role"] for r in head["roles"]] == ["unit_head"]
    assert client.get("/v1/me/record").code == "session_ended"
