"""Leaving: what a script does every night, and what must not happen by mistake."""
import itertools
import json
import pathlib
import subprocess
import unicodedata

import pytest

from browser import Person, activate, login_of
from congvu import Client, an, day, make_units, nth, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEAVE = {"reason": "nghi_huu", "decision": {"number": "40/QĐ-UBND", "signed_on": "2026-11-20"}}


def bind(service, dn, password):
    return subprocess.run(["ldapwhoami", "-x", "-H", service.ldapi, "-D", dn, "-y", "/dev/stdin"], input=password, text=True,
                          capture_output=True).returncode


def crowd(client, prefix, count, unit="T1"):
    for i in range(count):
        assert client.put(f"/v1/staff/{prefix}-{i}", an(full_name=nth("Người Thứ", i), unit=unit)).status == 201


@pytest.fixture
def client(shared):
    """A line of its own for each test: with an hour of its own at the brake."""
    admin = shared.client()
    own = admin.get("/v1/me").json["token"]
    return shared.client(admin.post("/v1/tokens", {"name": "test", "scopes": own["scopes"]}).json["secret"])


@pytest.fixture(scope="module")
def big(shared):
    crowd(shared.client(), "BASE", 30)
    return shared


def test_departure_closes_at_once_and_a_repeat_keeps_the_first_moment(big, client):
    person = client.put("/v1/staff/Q-1", an(full_name="Cao Nghỉ Hưu", unit="T1")).json
    code = client.post("/v1/staff/Q-1/accounts/mailbox/credential-resets", None).json["code"]
    assert client.post("/v1/activations", {"code": code, "password": "Mat-Khau-Rieng-9"}).status == 204
    dn = f"cvId={person['id']},ou=people,dc=congvu"
    assert bind(big, dn, "Mat-Khau-Rieng-9") == 0
    first = client.put("/v1/staff/Q-1/departure", LEAVE)
    assert first.status == 200 and first.json["state"] == "done", first
    assert {s["state"] for s in first.json["steps"]} == {"done"}
    entry = big.person(person["id"])
    assert "authorizedService" not in entry and "cvReceives" not in entry
    assert bind(big, dn, "Mat-Khau-Rieng-9") != 0
    again = client.put("/v1/staff/Q-1/departure", LEAVE)
    assert again.status == 200 and again.json == {**first.json, "unchanged": True} and again.etag == first.etag
    assert client.get("/v1/staff/Q-1").json["status"] == "departed"


def test_a_departure_for_tomorrow_does_nothing_today(big, client):
    person = client.put("/v1/staff/Q-2", an(full_name="Cao Ngày Mai", unit="T1")).json
    order = client.put("/v1/staff/Q-2/departure", {"reason": "thoi_viec", "last_day_on": day(0)})
    assert order.status == 200 and order.json["state"] == "scheduled" and order.json["effective_on"] == day(1)
    assert sorted(big.person(person["id"])["authorizedService"]) == ["mailbox", "td-office"]
    assert client.get("/v1/staff/Q-2").json["status"] == "departing"
    later = client.put("/v1/staff/Q-2/departure", {"reason": "thoi_viec", "effective_on": day(9)})
    assert later.status == 409 and later.code == "departure_conflict"
    etag = client.get("/v1/staff/Q-2/departure").etag
    assert client.delete("/v1/staff/Q-2/departure", etag).status == 204
    stale = client.put("/v1/staff/Q-2/departure", {"reason": "thoi_viec", "effective_on": day(0)})
    assert stale.status == 409 and stale.code == "departure_withdrawn"


def test_a_stale_export_never_revives(client):
    client.put("/v1/staff/Q-3", an(full_name="Cao Không Về", unit="T1"))
    client.put("/v1/staff/Q-3/departure", {**LEAVE, "decision": {"number": "41"}})
    revived = client.put("/v1/staff/Q-3", an(full_name="Cao Không Về", unit="T1"))
    assert revived.status == 409 and revived.code == "staff_departed" and "reinstatements" in revived.body.decode()
    back = client.post("/v1/staff/Q-3/reinstatements", {"unit": "T1.02", "decision": {"number": "50/QĐ"}})
    assert back.status == 202 and back.json["status"] == "active" and back.json["unit"]["code"] == "T1.02"
    assert {a["system"]: a["observed"]["state"] for a in back.json["accounts"]}["mailbox"] == "provisioned"
    same = client.put("/v1/staff/Q-3/departure", {**LEAVE, "decision": {"number": "41"}})
    assert same.status == 409 and same.code == "departure_withdrawn"
    nightly = client.put("/v1/staff/Q-3/departure", {"reason": "nghi_huu"})
    assert nightly.status == 409 and nightly.code == "departure_withdrawn", "the line knows neither number nor day"


def test_errors_a_script_can_act_on(big, client):
    assert client.put("/v1/staff/NO-ONE/departure", LEAVE).code == "staff_not_found"
    assert big.client("cvt_wrong").put("/v1/staff/Q-1/departure", LEAVE).status == 401
    bad = client.put("/v1/staff/Q-1/departure", {"reason": "khac", "effective_on": "31/12/2026"})
    assert bad.status == 422 and {e["pointer"] for e in bad.json["errors"]} == {"#/reason_text", "#/effective_on"}


def test_locked_still_receives_closed_does_not(big, client):
    person = client.put("/v1/staff/Q-5", an(full_name="Cao Tạm Khóa", unit="T1")).json
    locked = client.put("/v1/staff/Q-5/accounts/mailbox", {"state": "locked", "reason": "inactivity"})
    assert locked.json["observed"]["state"] == "temp_locked"
    entry = big.person(person["id"])
    assert entry["authorizedService"] == ["td-office"] and entry["cvReceives"] == ["TRUE"]
    assert client.put("/v1/staff/Q-5/accounts/mailbox", {"state": "closed"}).json["observed"]["state"] == "closed"
    assert "cvReceives" not in big.person(person["id"])
    assert client.put("/v1/staff/Q-5/accounts/mailbox", {"state": "present"}).json["observed"]["state"] == "provisioned"


def test_a_password_is_the_same_however_its_letters_were_typed(big, client):
    person = client.put("/v1/staff/Q-7", an(full_name="Cao Gõ Dấu", unit="T1")).json
    dn, typed = f"cvId={person['id']},ou=people,dc=congvu", "Sông\u00a0Cái ở 9"

    def activate(password):
        code = client.post("/v1/staff/Q-7/accounts/mailbox/credential-resets", None).json["code"]
        return client.post("/v1/activations", {"code": code, "password": password})
    assert activate(unicodedata.normalize("NFD", typed)).status == 204
    assert bind(big, dn, unicodedata.normalize("NFC", typed).replace("\u00a0", " ")) == 0
    short = activate(unicodedata.normalize("NFD", "Bầa9-ếộ"))
    assert [e["code"] for e in short.json["errors"]] == ["too_short"], "seven letters, however many signs they are made of"
    assert activate("Xe-dap\u200b913").json["errors"][0]["code"] == "bad_characters"


def test_activation_refuses_alike_and_weak_passwords_cost_no_code(client):
    client.put("/v1/staff/Q-6", an(full_name="Cao Kích Hoạt", unit="T1"))
    code = client.post("/v1/staff/Q-6/accounts/mailbox/credential-resets", None).json["code"]
    weak = client.post("/v1/activations", {"code": code, "password": "abc"})
    assert weak.status == 422 and weak.code == "password_too_weak"
    assert client.post("/v1/activations", {"code": code, "password": "Mat-Khau-Rieng-9"}).status == 204
    used = client.post("/v1/activations", {"code": code, "password": "Mat-Khau-Rieng-9"})
    wrong = client.post("/v1/activations", {"code": "AAAA-BBBB-CCCC-DDDD-EEEE", "password": "Mat-Khau-Rieng-9"})
    assert used.status == wrong.status == 422 and used.json["detail"] == wrong.json["detail"]
    states = {a["system"]: a["observed"]["state"] for a in client.get("/v1/staff/Q-6").json["accounts"]}
    assert states == {"mailbox": "active", "td-office": "active"}


def test_a_dry_run_asks_the_brake_and_counts_nothing(start):
    service = start()
    admin = service.client()
    make_units(admin)
    crowd(admin, "DR", 30)
    lines = [{"staff": f"DR-{i}", "reason": "thoi_viec"} for i in range(8)]
    for _ in range(2):
        dry = admin.post("/v1/departures/batches", {"departures": lines}, validate_only=True)
        assert dry.json["summary"] == {"done": 5, "unchanged": 0, "held": 3, "not_visible": 0, "failed": 0}, "as it would be"
        assert admin.put("/v1/staff/DR-0/departure", {"reason": "thoi_viec"}, validate_only=True).status == 200
    assert admin.get("/v1/departures", include_total=True).json["total"] == 0
    assert admin.post("/v1/departures/batches", {"departures": lines[:5]}).json["summary"]["done"] == 5
    counted = service.ldapsearch("-b", "ou=brakes,ou=system,dc=congvu", "(objectClass=cvBrakeEntry)")
    for path, body in (("departure", {"reason": "thoi_viec"}), ("accounts/mailbox", {"state": "locked", "reason": "inactivity"}),
                       ("accounts/mailbox", {"state": "closed"})):
        dry = admin.put(f"/v1/staff/DR-9/{path}", body, validate_only=True)
        assert (dry.status, dry.code) == (409, "brake_engaged"), dry
        assert dry.json["links"]["release"] == "/v1/brake-releases"
    assert admin.put("/v1/staff/DR-9/departure", {"reason": "buoc_thoi_viec"}, validate_only=True).status == 200, "one dismissal is never braked"
    assert service.ldapsearch("-b", "ou=brakes,ou=system,dc=congvu", "(objectClass=cvBrakeEntry)") == counted
    assert "congvu_brake_engaged_total 0" in Client(service.ready["management_port"]).get("/metrics").body.decode()
    told = service.log.read_text()
    assert '"event":"brake_engaged' not in told, "nobody is warned of what was only tried"
    assert sum("departure.put" in line and "dry run" not in line for line in told.splitlines()) == 5, "the audit tells both apart"


def test_dismissal_of_one_is_never_braked(start):
    service = start()
    admin = service.client()
    make_units(admin)
    crowd(admin, "D", 20)
    for i in range(5):
        assert admin.put(f"/v1/staff/D-{i}/departure", {"reason": "thoi_viec"}).status == 200
    assert admin.put("/v1/staff/D-6/departure", {"reason": "thoi_viec"}).code == "brake_engaged"
    assert admin.put("/v1/staff/D-7/departure", {"reason": "buoc_thoi_viec"}).status == 200
    lock = admin.put("/v1/staff/D-8/accounts/mailbox", {"state": "locked", "reason": "compromised"})
    assert lock.status == 200


def test_dated_departure_runs_at_midnight_by_itself(start):
    service = start()
    admin = service.client()
    make_units(admin)
    crowd(admin, "Z", 6)
    assert admin.put("/v1/staff/Z-1/departure", {**LEAVE, "effective_on": day(3)}).json["state"] == "scheduled"
    service.stop()
    moved = start(service.data, clock_offset=str(3 * 86400))
    wait_for(lambda: moved.client().get("/v1/staff/Z-1/departure").json["state"] == "done", "the departure is carried out")
    assert moved.client().get("/v1/staff/Z-1").json["status"] == "departed"


def test_at_midnight_the_brake_judges_what_a_person_ordered_as_well(start, spec):
    service = start()
    admin = service.client()
    make_units(admin)
    crowd(admin, "N", 20)
    hr = admin.put("/v1/staff/N-HR", an(full_name="Đoàn Thị Nhân Sự", unit="T1.01")).json
    activate(admin, "N-HR")
    assert admin.post("/v1/staff/N-HR/roles", {"role": "unit_hr", "unit": "T1"}).status == 201
    person = Person(service, spec)
    assert person.sign_in(login_of(hr))[0] == 201
    for i in range(8):
        status, body = person.call("PUT", f"/v1/staff/N-{i}/departure", {"reason": "thoi_viec", "effective_on": day(1)})
        assert (status, body["state"]) == (200, "scheduled"), body
    service.stop()
    moved = start(service.data, clock_offset=str(86400))
    states = wait_for(lambda: (lambda all_of: all_of if "scheduled" not in all_of else None)([moved.client().get(f"/v1/staff/N-{i}/departure").json["state"] for i in range(8)]), "the calendar has looked at all")
    assert (states.count("done"), states.count("held")) == (5, 3), "as many as an hour lets pass"


def test_at_midnight_an_order_is_measured_by_what_its_person_reaches(start, spec):
    """A site of 350 has 7 an hour, a unit of it 5: who may order for the unit alone has the 5, and so has who may no longer."""
    service = start()
    admin = service.client()
    make_units(admin)
    for i, family in itertools.product(range(46), ("Lê", "Ngô", "Phạm", "Bùi", "Đỗ", "Vũ", "Hồ")):
        assert admin.post("/v1/staff", an(full_name=nth(f"{family} Văn", i), unit="T1.02")).status == 201
    people, after = {}, {}
    for who in ("ONE", "TWO"):
        crowd(admin, who, 14, unit="T1.01")
        hr = admin.put(f"/v1/staff/HR-{who}", an(full_name=f"Đoàn Thị {who.capitalize()}", unit="T1.02")).json
        activate(admin, f"HR-{who}")
        assert admin.post(f"/v1/staff/HR-{who}/roles", {"role": "unit_hr", "unit": "T1.01"}).status == 201
        people[who] = Person(service, spec)
        people[who].id = hr["id"]
        assert people[who].sign_in(login_of(hr))[0] == 201
        for i in range(8):
            status, body = people[who].call("PUT", f"/v1/staff/{who}-{i}/departure", {"reason": "thoi_viec", "effective_on": day(1)})
            assert (status, body["state"]) == (200, "scheduled"), body
    (role,) = admin.get("/v1/staff/HR-TWO/roles").json["items"]
    assert admin.delete(f"/v1/staff/HR-TWO/roles/{role['number']}", "*").status in (200, 204)
    service.stop()
    admin = start(service.data, clock_offset=str(86400)).client()
    for who in people:
        after[who] = wait_for(lambda: (lambda all_of: all_of if "scheduled" not in all_of else None)([admin.get(f"/v1/staff/{who}-{i}/departure").json["state"] for i in range(8)]), "the calendar has looked at all")
        line = next(one for one in admin.get("/v1/brake").json["lines"] if one["token"] == people[who].id)
        assert (after[who].count("done"), after[who].count("held")) == (5, 3), (who, after)
        assert (line["ordinary"]["done"], line["ordinary"]["limit"]) == (5, 5), line


def test_who_has_an_account_at_a_system_just_retired_leaves_where_accounts_are_only_locked(start, tmp_path):
    policy = json.loads((ROOT / "deploy/policies/ninhthuan-demo.json").read_text())
    policy["leaver"] = {"on_effective_date": "locked", "wipe_after_days": None}
    rules = tmp_path / "policy.json"
    rules.write_text(json.dumps(policy))
    service = start(policy_file=rules, tick_ms=60000)
    client = service.client()
    make_units(client)
    crowd(client, "RT", 2)
    assert client.post("/v1/systems", {"id": "cap-phep", "name": {"vi": "Cấp phép"}, "kind": "directory", "login_rule": "{ten}"}).status == 201
    assert client.put("/v1/staff/RT-0/accounts/cap-phep", {"state": "present"}).status in (200, 201, 202)
    assert client.patch("/v1/systems/cap-phep", {"retired": True}).status == 200
    assert client.get("/v1/staff/RT-0/accounts/cap-phep").json["desired"]["state"] == "present", "the calendar has not been there yet"
    gone = client.put("/v1/staff/RT-0/departure", {"reason": "buoc_thoi_viec"})
    assert gone.status in (200, 202), gone
    assert {s: client.get(f"/v1/staff/RT-0/accounts/{s}").json["desired"]["state"] for s in ("mailbox", "cap-phep")} == {"mailbox": "locked", "cap-phep": "closed"}


def test_a_leaver_whose_certificate_is_still_out_there_is_left_in_peace_by_the_calendar(start):
    service = start()
    client = service.client()
    make_units(client)
    client.put("/v1/staff/WAIT-1", an(full_name="Tô Thị Còn Chứng Thư"))
    client.put("/v1/staff/WAIT-1/accounts/certificate/observation", {"state": "active"})
    assert client.put("/v1/staff/WAIT-1/departure", {"reason": "nghi_huu"}).status == 202
    client.put("/v1/staff/WAIT-2", an(full_name="Tô Thị Ở Lại"))
    client.patch("/v1/systems/certificate", {"required_for": [{"categories": ["cong_chuc"]}]})
    wait_for(lambda: len(client.get("/v1/staff/WAIT-2/accounts").json["items"]) == 3, "the calendar has worked since")
    assert "departure.run" not in service.log.read_text()
    revoked = client.put("/v1/staff/WAIT-1/accounts/certificate/observation", {"state": "revoked"})
    assert revoked.status == 200, revoked
    assert client.get("/v1/staff/WAIT-1/departure").json["state"] == "done"


def test_two_leavers_never_take_each_others_mail(client):
    for n in (1, 2):
        assert client.put(f"/v1/staff/TL-{n}", an(full_name=nth("Cao Cùng Nghỉ", n), unit="T1")).status == 201
    order = {"reason": "nghi_huu", "effective_on": day(30), "keep_mail_until": day(90)}
    assert client.put("/v1/staff/TL-1/departure", {**order, "delegate_to": "TL-2"}).status == 200
    refused = client.put("/v1/staff/TL-2/departure", {**order, "delegate_to": "TL-1"})
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [("#/delegate_to", "not_allowed")], refused
    assert client.put("/v1/staff/TL-2/departure", order).status == 200
    assert client.put("/v1/staff/TL-1/departure", {**order, "delegate_to": "TL-2"}).status == 200, "what is recorded may be said again"


def test_a_batch_with_one_person_twice_says_in_its_dry_run_what_it_would_do(client):
    for n in range(2):
        assert client.put(f"/v1/staff/TW-{n}", an(full_name=nth("Cao Hai Lần", n), unit="T1")).status == 201
    person = client.get("/v1/staff/TW-0").json["id"]
    lines = [{"staff": "TW-0", "reason": "thoi_viec"}, {"staff": person, "reason": "thoi_viec"}, {"staff": "TW-1", "reason": "thoi_viec", "effective_on": day(9)},
             {"staff": "TW-1", "reason": "thoi_viec", "effective_on": day(9)}, {"staff": "TW-1", "reason": "thoi_viec", "effective_on": day(12)}]
    dry, real, again = (client.post("/v1/departures/batches", {"departures": lines}, validate_only=v) for v in (True, False, True))
    for answer in (dry, real):
        assert [r["outcome"] for r in answer.json["results"]] == ["done", "unchanged", "scheduled", "unchanged", "failed"], answer
        assert answer.json["summary"] == {"done": 1, "scheduled": 1, "unchanged": 2, "held": 0, "not_visible": 0, "failed": 1}
    assert [r["outcome"] for r in again.json["results"]] == ["unchanged"] * 4 + ["failed"]


def test_a_text_of_its_own_is_taken_at_the_line(client):
    assert client.put("/v1/staff/AR-1", an(full_name="Cao Trả Lời", unit="T1")).status == 201
    line = {"staff": "AR-1", "reason": "nghi_huu", "effective_on": day(9), "auto_reply": "Tôi đã nghỉ"}
    client.spec.validate_request("POST", "/v1/departures/batches", {"Content-Type": "application/json"}, json.dumps({"departures": [line]}))
    assert client.post("/v1/departures/batches", {"departures": [line]}).json["results"][0]["departure"]["auto_reply"] == "Tôi đã nghỉ"
    assert client.post("/v1/departures/batches", {"departures": [line], "auto_reply": "x"}).status == 422


def test_what_was_withdrawn_is_not_recorded_again_by_the_same_nightly_line(client):
    assert client.put("/v1/staff/NW-1", an(full_name="Cao Rút Đơn", unit="T1")).status == 201
    line = {"reason": "thoi_viec", "effective_on": day(20)}
    assert client.put("/v1/staff/NW-1/departure", line).json["state"] == "scheduled"
    assert client.delete("/v1/staff/NW-1/departure", etag="*").status == 204
    assert client.put("/v1/staff/NW-1/departure", line).code == "departure_withdrawn", "no decision number, but the same reason and day"
    assert client.put("/v1/staff/NW-1/departure", {**line, "effective_on": day(21)}).status == 200, "another resignation"
    assert client.delete("/v1/staff/NW-1/departure", etag="*").status == 204
    for stale in (day(20), day(21)):
        assert client.put("/v1/staff/NW-1/departure", {**line, "effective_on": stale}).code == "departure_withdrawn", "also the one before the last"


def test_what_changed_nothing_and_what_was_not_obeyed_is_said(client):
    body = an(full_name="Cao Không Đổi", unit="T1")
    assert "Congvu-Unchanged" not in client.put("/v1/staff/UN-1", body).headers
    assert client.put("/v1/staff/UN-1/accounts/mailbox", {"state": "present"}).status == 200
    same = [client.put("/v1/staff/UN-1", body), client.patch("/v1/staff/UN-1", {"title": body["title"]}),
            client.put("/v1/staff/UN-1/accounts/mailbox", {"state": "present"}), client.patch("/v1/units/T1", {"slug": "thu"})]
    assert [a.headers["Congvu-Unchanged"] for a in same] == ["true"] * 4, same
    assert "Congvu-Unchanged" not in client.patch("/v1/staff/UN-1", {"title": "Trưởng phòng"}).headers
    first = client.put("/v1/staff/UN-1/departure", {"reason": "thoi_viec"}).json
    again = client.put("/v1/staff/UN-1/departure", {"reason": "thoi_viec"}).json
    earlier = client.put("/v1/staff/UN-1/departure", {"reason": "thoi_viec", "effective_on": day(-3)}).json
    assert "unchanged" not in first and again["unchanged"] is True and "ignored" not in again
    assert [i["member"] for i in earlier["ignored"]] == ["effective_on"] and earlier["effective_on"] == first["effective_on"]


def test_who_is_hired_again_takes_a_new_code_and_category_in_the_same_call(client):
    for n in (1, 2):
        assert client.put(f"/v1/staff/RH-{n}", an(full_name=nth("Cao Trở Lại", n), unit="T1")).status == 201
    assert client.put("/v1/staff/RH-1/departure", {"reason": "buoc_thoi_viec"}).status == 200
    again = {"decision": {"number": "5/QĐ"}, "unit": "T1.02", "category": "vien_chuc"}
    taken = client.post("/v1/staff/RH-1/reinstatements", {**again, "staff_code": "RH-2"})
    assert (taken.code, taken.json["errors"][0]["pointer"]) == ("code_taken", "#/staff_code")
    bad = client.post("/v1/staff/RH-1/reinstatements", {**again, "staff_code": "có dấu"})
    assert bad.status == 422 and bad.json["errors"][0]["pointer"] == "#/staff_code"
    back = client.post("/v1/staff/RH-1/reinstatements", {**again, "staff_code": "RH-9"})
    assert (back.status, back.json["staff_code"], back.json["former_codes"], back.json["category"], back.json["unit"]["code"]) == (
        202, "RH-9", ["RH-1"], "vien_chuc", "T1.02"), back
    assert client.get("/v1/staff/RH-1").json["id"] == back.json["id"]


def test_what_kept_a_session_from_being_ended_is_told_in_the_callers_language(start):
    service = start()
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/CUT-1", an()).status == 201
    assert client.patch("/v1/systems/mailbox", {"sessions": {"kind": "doveadm", "url": "http://127.0.0.1:9/doveadm/v1", "allow": ["loopback"]}}).status == 200
    assert client.put("/v1/staff/CUT-1/accounts/mailbox", {"state": "locked", "reason": "compromised"}).status in (200, 202)
    english = wait_for(lambda: client.get("/v1/staff/CUT-1/accounts/mailbox").json["observed"]["last_error"], "the mail server is not there")
    vietnamese = service.client(language="vi").get("/v1/staff/CUT-1/accounts/mailbox").json["observed"]["last_error"]
    assert "\n" not in english + vietnamese and english != vietnamese and not vietnamese.isascii() and english.isascii(), (english, vietnamese)
