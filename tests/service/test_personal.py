"""Personal data: no more is shown than a role needs, a citizen id is no code and is never readable, and everybody may see what is kept about him."""
import datetime
import json

import pytest

from browser import Person, activate, login_of
from congvu import ROOT, an, make_units, nth, set_clock, site_today, wait_for

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
    other = client.patch("/v1/staff/P-HEAD", {"hr_ref": CITIZEN})
    assert (other.status, other.code, other.json["errors"][0]["pointer"]) == (409, "code_taken", "#/hr_ref"), other
    another = client.post("/v1/staff", an(full_name="Người Khác Nữa", hr_ref=CITIZEN))
    assert (another.code, [c["id"] for c in another.json["candidates"]]) == ("possible_duplicate", [made.json["id"]])
    assert client.post("/v1/staff", an(full_name="Người Khác Nữa", hr_ref=CITIZEN, not_same_as=[made.json["id"]])).code == "code_taken", "two cannot have it"
    assert client.put("/v1/staff/P-REF", an(full_name="Người Có Mã", hr_ref=CITIZEN)).headers["Congvu-Unchanged"] == "true"
    assert client.patch("/v1/staff/P-REF", {"hr_ref": None}).status == 200
    assert client.patch("/v1/staff/P-HEAD", {"hr_ref": CITIZEN}).status == 200, "given free"
    assert client.patch("/v1/staff/P-SELF", {"hr_ref": "12 34"}).status == 422
    everything = str(shared.ldapsearch("-b", "dc=congvu")) + str(shared.ldapsearch("-b", "cn=log")) + shared.log.read_text()
    assert CITIZEN not in everything


def test_a_new_code_with_a_number_that_somebody_has_is_asked_once(client, office):
    there = client.put("/v1/staff/P-NUM", an(full_name="Người Có Số", hr_ref="058080007777")).json
    line = an(full_name="Người Khác Hẳn", hr_ref="058080007777")
    asked = client.put("/v1/staff/P-NUM2", line)
    assert (asked.status, [c["id"] for c in asked.json["duplicate"]["candidates"]]) == (202, [there["id"]]), asked
    assert client.get("/v1/staff/P-NUM2").status == 404
    assert client.put("/v1/duplicates/P-NUM2", {"decision": "same", "staff": there["id"]}).status == 200
    second = client.put("/v1/staff/P-NUM2", line)
    assert (second.status, second.json["id"], second.json["former_codes"]) == (200, there["id"], ["P-NUM"])
    assert client.put("/v1/staff/P-NUM2", line).headers["Congvu-Unchanged"] == "true"


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


def test_of_a_leaver_the_names_alone_are_left_after_the_keep_period(start):
    """The policy's leaver.wipe_after_days (90 in the one of the tests): what is kept for nobody any more goes by itself; what nobody may be given again stays."""
    service = start()
    client = service.client()
    make_units(client)
    leave = {"reason": "khac", "reason_text": "Việc gia đình", "decision": {"number": "9/QĐ"}}
    for n, (code, more) in enumerate((("LEFT", {}), ("MAIL", {"keep_mail_until": (TODAY + datetime.timedelta(days=200)).isoformat(), "auto_reply": "Tôi đã nghỉ"}), ("STAYS", None))):
        assert client.put(f"/v1/staff/{code}", an(full_name=nth("Hoàng Văn", n), mobile=f"+8491234567{n}", birth_year=1980 + n, hr_ref=f"0580800{n:05}")).status == 201
        if more is not None:
            assert client.put(f"/v1/staff/{code}/departure", {**leave, **more}).status in (200, 202)
    before = {code: client.get(f"/v1/staff/{code}").json for code in ("LEFT", "MAIL", "STAYS")}
    service.stop()
    early = start(service.data, clock_offset=str(89 * 86400))
    early.wait_calendar(89)
    assert early.client().get("/v1/staff/LEFT").json["mobile"] == before["LEFT"]["mobile"]
    early.stop()
    later = start(early.data, clock_offset=str(91 * 86400))
    client = later.client()
    left = wait_for(lambda: (lambda p: p if p["mobile"] is None else None)(client.get("/v1/staff/LEFT").json), "it goes by itself")
    assert left["birth_year"] is None and client.get("/v1/staff/LEFT/departure").json["reason_text"] is None
    kept = service.person(left["id"])
    assert not {"mobile", "cvBirthYear", "cvSubject"} & set(kept) and "Việc gia đình" not in str(kept)
    assert [left[m] for m in ("full_name", "staff_code", "status")] == [before["LEFT"][m] for m in ("full_name", "staff_code", "status")]
    assert f"mailbox/{login_of(before['LEFT'])}" in kept["cvName"], "names are never given again"
    for code in ("MAIL", "STAYS"):
        assert client.get(f"/v1/staff/{code}").json["mobile"] == before[code]["mobile"], "mail is still kept, or he is still there"
    assert client.post("/v1/staff/LEFT/reinstatements", {"unit": "T1.02", "decision": {"number": "10/QĐ"}}).status in (200, 201, 202), "and who comes back has his names"


def test_who_left_before_there_was_a_keep_period_is_stripped_on_his_day_too(start, tmp_path):
    """Nobody writes these records again: the calendar finds them, at the start for a day that is over, else on the day."""
    rule = json.loads((ROOT / "deploy/policies/ninhthuan-demo.json").read_text())
    rule["leaver"]["wipe_after_days"] = None
    never, shorter = tmp_path / "never.json", tmp_path / "shorter.json"
    never.write_text(json.dumps(rule))
    rule["leaver"]["wipe_after_days"] = 30
    shorter.write_text(json.dumps(rule))
    service = start(policy_file=never)
    client = service.client()
    make_units(client)
    for n in range(3):
        assert client.put(f"/v1/staff/OLD-{n}", an(full_name=nth("Đỗ Văn", n), mobile=f"+8491234567{n}", birth_year=1980 + n)).status == 201
    for n in range(2):
        assert client.put(f"/v1/staff/OLD-{n}/departure", {"reason": "nghi_huu", "decision": {"number": "9/QĐ"}}).status in (200, 202)
    ids = [client.get(f"/v1/staff/OLD-{n}").json["id"] for n in range(3)]
    etag = client.get("/v1/staff/OLD-0").etag
    assert "cvDueAt" not in service.person(ids[0])
    assert client.put("/v1/staff/OLD-1/departure", {"reason": "nghi_huu", "decision": {"number": "9/QĐ"}, "keep_mail_until": (TODAY + datetime.timedelta(50)).isoformat()}).status == 200
    service.stop()

    today = start(service.data)
    noted = wait_for(lambda: today.person(ids[0]).get("cvDueAt"), "the day is written down")[0]
    assert noted == (TODAY + datetime.timedelta(89)).strftime("%Y%m%d") + "170000Z"
    assert today.client().get("/v1/staff/OLD-0").etag == etag, "which changes nothing that anybody reads"
    today.stop()

    clock = tmp_path / "clock"
    set_clock(clock, 29 * 86400)
    later = start(service.data, policy_file=shorter, clock_file=clock)
    client = later.client()
    wait_for(lambda: later.person(ids[0])["cvDueAt"] == [(TODAY + datetime.timedelta(29)).strftime("%Y%m%d") + "170000Z"], "another policy, another day")
    assert client.get("/v1/staff/OLD-0").json["mobile"] == "+84912345670"
    set_clock(clock, 30 * 86400)
    wait_for(lambda: client.get("/v1/staff/OLD-0").json["mobile"] is None, "on the day, in a process that runs")
    assert [client.get(f"/v1/staff/OLD-{n}").json["mobile"] for n in (1, 2)] == ["+84912345671", "+84912345672"], "mail is still kept, or he is still there"
    later.stop()

    much_later = start(service.data, clock_offset=str(60 * 86400), policy_file=shorter)
    wait_for(lambda: much_later.client().get("/v1/staff/OLD-1").json["mobile"] is None, "after the mail, with no write in between")
    much_later.stop()


def test_who_left_long_ago_is_stripped_by_the_first_start_that_has_the_rule(start, tmp_path):
    rule = json.loads((ROOT / "deploy/policies/ninhthuan-demo.json").read_text())
    rule["leaver"]["wipe_after_days"] = None
    (tmp_path / "never.json").write_text(json.dumps(rule))
    service = start(policy_file=tmp_path / "never.json")
    make_units(service.client())
    for n in range(3):
        assert service.client().put(f"/v1/staff/AGO-{n}", an(full_name=nth("Đỗ Văn", n), mobile=f"+849123456{n:02}")).status == 201
        assert service.client().put(f"/v1/staff/AGO-{n}/departure", {"reason": "nghi_huu", "decision": {"number": "9/QĐ"}}).status in (200, 202)
    service.stop()
    later = start(service.data, clock_offset=str(400 * 86400))
    wait_for(lambda: not any("mobile" in e for e in later.ldapsearch("-b", "ou=people,dc=congvu", "(cvDeparture=*)", "mobile")), "all of them, with no write of theirs")
