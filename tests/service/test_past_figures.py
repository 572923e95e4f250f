"""What is said of a period that is over does not change with what happens afterwards: passwords, locks, reported states, rules of use."""
import datetime
import os
import subprocess

import first_slice
import pytest
from browser import PASSWORD, Person, activate, login_of
from congvu import BIN, Service, an, make_units, offset_to, wait_for, workdays

FRESH = "Gió-Phan-Rang-2027"


def date(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def at(spec):
    """at("2026-07-01") is a client of that day; what was there stays."""
    service = Service(spec=spec)

    def go(on):
        if service.process:
            service.stop()
        service.settings["clock_offset"] = offset_to(date(on))
        service.start()
        return service.client()
    go.service = service
    yield go
    if service.process:
        service.stop()
    service.clean()


def hire(client, code, name, **more):
    answer = client.put(f"/v1/staff/{code}", an(full_name=name, hired_on="2020-01-06", **more))
    assert answer.status == 201, answer
    return answer.json


def report(client, used, system="mailbox", **more):
    """used: {code: days}"""
    events = [{"staff_code": code, "occurred_on": str(d)} for code, days in used.items() for d in days]
    answer = client.post("/v1/usage-events", {"system": system, "events": events, **more})
    assert answer.status == 200 and not answer.json["rejected"], answer


def told(client, *members, unit="T1.01", system="mailbox", **query):
    answer = client.get("/v1/coverage", unit=unit, system=system, depth=0, **query)
    assert answer.status == 200, answer
    return tuple(answer.json["rows"][0][m] for m in members)


def test_what_happens_afterwards_changes_no_period_that_is_over(at, spec):
    client = at("2026-07-01")
    make_units(client)
    people = {code: hire(client, code, f"Lê Thị {name}") for code, name in
              (("CHANGES", "An"), ("LEAVES", "Bình"), ("USES", "Chi"), ("IDLE", "Dung"), ("LATER", "Em"))}
    for code in ("CHANGES", "LEAVES", "USES", "IDLE"):
        activate(client, code)
    paper = {"activity": {"reported": True}, "required_for": [{}]}
    assert client.patch("/v1/systems/certificate", paper).status == 200
    for code in ("CHANGES", "LEAVES"):
        assert client.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "active"}).status == 200
    assert client.patch("/v1/systems/mailbox", {"activity": {"reported": True}}).status == 200

    client = at("2026-09-20")
    assert client.put("/v1/staff/IDLE/accounts/mailbox", {"state": "locked", "reason": "inactivity"}).status == 200
    client = at("2026-10-02")
    report(client, {"USES": workdays(date("2026-06-01"), date("2026-10-01")), "IDLE": workdays(date("2026-07-01"), date("2026-07-20"))}, data_from="2026-01-01", data_through="2026-10-01")

    def quarter(client):
        return (told(client, "issued", "locked", "activated", "used", "regular", period="2026-Q3"),
                told(client, "issued", "activated", system="certificate", period="2026-Q3"))
    assert quarter(client) == ((5, 1, 4, 2, 1), (2, 2))

    client = at("2026-11-05")
    person = Person(at.service, spec)
    assert person.sign_in(login_of(people["CHANGES"]))[0] == 201
    assert person.call("PUT", "/v1/me/password", {"current": PASSWORD, "password": FRESH})[0] == 204
    assert person.call("GET", "/v1/me/record")[1]["sign_in"]["password_set_on"] == "2026-11-05"
    assert client.put("/v1/staff/LEAVES/departure", {"reason": "nghi_huu", "effective_on": "2026-11-05"}).status == 202
    activate(client, "LATER")
    assert client.put("/v1/staff/IDLE/accounts/mailbox", {"state": "present"}).status == 200
    assert client.put("/v1/staff/CHANGES/accounts/certificate/observation", {"state": "closed"}).status == 200
    assert quarter(client) == ((5, 1, 4, 2, 1), (2, 2))
    assert client.patch("/v1/systems/mailbox", {"activity": {"reported": False}}).status == 200
    assert quarter(client) == ((5, 1, 4, 2, 1), (2, 2)), "it was reported then"
    assert told(client, "used", period="2026-11") == (None,)
    assert told(client, "activated", period="2026-10") == (4,)
    client = at("2026-12-01")
    assert quarter(client) == ((5, 1, 4, 2, 1), (2, 2)), "read again from the directory"
    assert told(client, "issued", "activated", period="2026-11") == (4, 4)


def test_a_source_told_of_late_tells_of_days_before(at):
    """Turning `reported` on is no fact of a day: what the source tells of days before counts."""
    client = at("2026-09-01")
    make_units(client)
    hire(client, "LATE", "Lê Thị Muộn")
    client = at("2026-11-05")
    assert client.patch("/v1/systems/td-office", {"activity": {"reported": True}}).status == 200
    report(client, {"LATE": workdays(date("2026-10-01"), date("2026-11-04"))}, system="td-office", data_from="2026-09-01", data_through="2026-11-04")
    assert told(client, "used", system="td-office", period="2026-10") == (1,)
    client = at("2026-11-12")
    assert client.patch("/v1/systems/td-office", {"activity": {"reported": False, "stale_after_days": 0}}).status == 200
    assert told(client, "used", system="td-office", period="2026-10") == (1,)
    assert told(client, "used", system="td-office", period="2026-11") == (None,)
    assert client.patch("/v1/systems/td-office", {"activity": {"reported": True}}).status == 200
    assert told(client, "used", system="td-office", period="2026-10") == (1,)


def forget_the_issue(service, id_, system="mailbox"):
    """As the first version kept accounts: the state and its moment, nothing of before."""
    entry = service.person(id_, "cvAccountIssuedOn", "cvAccountSpan")
    kept = [f"delete: {name}\n-\n" for name in entry if name != "dn"]
    assert f"cvAccountIssuedOn;x-{system}" in entry
    subprocess.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", service.ldapi], text=True, check=True, capture_output=True,
                   input=f"dn: {entry['dn'][0]}\nchangetype: modify\n" + "".join(kept))


def test_an_unlock_changes_no_past_of_an_account_whose_issue_nobody_kept(at):
    """It counts from the day of its state, before the unlock and behind it."""
    client = at("2026-07-01")
    make_units(client)
    id_ = hire(client, "OLD", "Lê Thị Xưa")["id"]
    activate(client, "OLD")
    client = at("2026-08-20")
    account = "/v1/staff/OLD/accounts/mailbox"
    assert client.put(account, {"state": "locked", "reason": "leave"}).status == 200
    forget_the_issue(at.service, id_)

    def past(client):
        return [told(client, "issued", "locked", period=p) for p in ("2026-07", "2026-08", "2026-10")]
    client = at("2026-11-05")
    assert past(client) == [(0, 0), (1, 1), (1, 1)]
    unlocked = client.put(account, {"state": "present"})
    assert unlocked.status == 200 and "past_periods" not in [w["code"] for w in unlocked.json.get("warnings", [])], unlocked
    assert past(client) == [(0, 0), (1, 1), (1, 1)]
    assert past(at("2026-11-06")) == [(0, 0), (1, 1), (1, 1)], "read again from the directory"


def test_facts_are_told_of_for_longer_than_use(at):
    """24 months, use for 400 days: of a period before these it is unknown, and says why."""
    client = at("2026-01-05")
    make_units(client)
    for code, name in (("STAYS", "An"), ("GOES", "Bình")):
        hire(client, code, f"Lê Thị {name}")
        activate(client, code)
    assert client.patch("/v1/systems/mailbox", {"activity": {"reported": True}}).status == 200
    report(client, {"STAYS": ["2026-01-02"]}, data_from="2025-12-01", data_through="2026-01-04")
    client = at("2026-06-30")
    report(client, {"STAYS": workdays(date("2026-05-01"), date("2026-06-29"))}, data_through="2026-06-29")
    assert client.put("/v1/staff/GOES/departure", {"reason": "thoi_viec", "effective_on": "2026-06-15", "decision": {"number": "1/QĐ"}}).status in (200, 201)
    told_then = told(client, "recorded", "issued", "activated", "used", period="2026-05")
    assert told_then == (2, 2, 2, 1)

    client = at("2027-12-01")
    report(client, {"STAYS": ["2027-11-30"]}, data_through="2027-11-30")
    answer = client.get("/v1/coverage", unit="T1.01", system="mailbox", depth=0, period="2026-05").json
    assert (answer["systems"][0]["stale"], answer["systems"][0]["stale_reason"]) == (True, "before_kept")
    assert told(client, "recorded", "issued", "activated", "used", "regular", period="2026-05") == (2, 2, None, None, None)
    assert told(client, "recorded", "issued", period="2026-06") == (1, 1)
    assert told(client, "issued", "used", period="2027-11") == (1, 1)
    changes = client.get("/v1/coverage/changes", unit="T1.01", system="mailbox", **{"from": "2026-05-31", "to": "2026-06-30"})
    assert changes.status == 200 and [(p["cause"], p["coverage"]["a"], p["adoption"]["a"]) for p in changes.json["parts"]] == [("left", -1, None)]
    assert [e["code"] for e in client.get("/v1/coverage", unit="T1.01", period="2025-10").json["errors"]] == ["not_allowed_value"]


def test_a_unit_that_grouped_others_declared_nothing_then(at):
    """Whose sub-units moved away since is not said to have owed a headcount."""
    client = at("2026-09-01")
    make_units(client)
    for code, parent in (("T1.50", "T1"), ("T1.51", "T1.50")):
        unit = {"name": {"vi": f"Phòng {code}"}, "kind": "phong", "slug": code.lower().replace(".", ""), "parent": parent}
        assert client.put(f"/v1/units/{code}", unit).status == 201
    hire(client, "ONE", "Lê Thị Một", unit="T1.51")
    client = at("2026-11-05")

    def undeclared(**query):
        return told(client, "undeclared", unit="T1.50", **query)[0]
    assert undeclared(period="2026-10") == {"units": 1, "recorded": 1}
    assert client.patch("/v1/units/T1.51", {"parent": "T1"}).status == 200
    assert undeclared(period="2026-10") == {"units": 1, "recorded": 1}
    assert undeclared() == {"units": 1, "recorded": 0}, "today it groups nobody"


def reconstructed(client, unit, period):
    answer = client.get("/v1/coverage", unit=unit, system="mailbox", depth=0, period=period)
    assert answer.status == 200, answer
    row = answer.json["rows"][0]
    return answer.json["reconstructed"], *(row[m] for m in ("issued", "activated", "activation", "locked"))


def test_before_facts_had_their_days_nobody_knows_who_was_locked(at, spec):
    """Of a period before `dated_since`; but what the snapshot of its last day has, of just as many, is known."""
    at.service.settings["lease_ms"] = 300

    def kept(on):
        return at.service.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", f"(cvDocumentName=day.{on})", "cvDocumentName")
    client = at("2026-09-01")
    make_units(client)
    for code, name in (("SET", "An"), ("LOCKED", "Bình"), ("NEW", "Chi")):
        hire(client, code, f"Lê Thị {name}")
    activate(client, "SET")
    assert client.put("/v1/staff/LOCKED/accounts/mailbox", {"state": "locked", "reason": "leave"}).status == 200
    client = at("2026-09-30")
    wait_for(lambda: kept("2026-09-30"), "the day is kept")
    client = at("2026-11-01")
    at.service.ldapmodify("cn=state,ou=system,dc=congvu", "replace: cvDatedSince\ncvDatedSince: 2026-11-01")  # as an upgrade on that day leaves it
    client = at("2026-12-05")
    assert reconstructed(client, "T1.01", "2026-11") == (False, 3, 1, 0.3333, 1)
    assert reconstructed(client, "T1.01", "2026-10") == (True, 3, None, None, None)
    assert reconstructed(client, "T1.01", "2026-09") == (True, 3, 1, 0.3333, 1)
    paper = client.post("/v1/reports", {"kind": "coverage", "unit": "T1.01", "period": "2026-10", "accept_incomplete": True})
    assert paper.status == 201, paper
    [counts] = [r["counts"] for s in paper.json["figures"]["sheets"] if s["system"] == "mailbox" for r in s["rows"][:1]]
    assert (paper.json["population"], counts["issued"], counts["activated"], counts["locked"]) == ("reconstructed", 3, None, None)
    page = client.get(f"/v1/reports/{paper.json['id']}/content", format="html", lang="vi")
    assert page.status == 200 and "Tạm khóa: chưa xác định; thu hồi trong kỳ: 0" in page.body.decode()
    hire(client, "LATE", "Lê Thị Em")
    assert client.put("/v1/staff/LATE/accounts/certificate/observation", {"state": "active", "since": "2026-09-05"}).status == 200
    assert client.put("/v1/staff/NEW/departure", {"reason": "thoi_viec", "effective_on": "2026-09-15", "decision": {"number": "1/QĐ"}}).status in (200, 201)
    assert reconstructed(client, "T1.01", "2026-09") == (True, 2, None, None, None), "the snapshot's are of others"
    assert reconstructed(client, "T1.02", "2026-10") == (True, 0, 0, None, 0), "of nobody all is known"


def test_what_the_first_slice_left_is_reconstructed(spec):
    """Its records tell of no day before the upgrade whose password was his own, and whose account was locked."""
    service = Service(spec=spec).start()
    own = service.ldapsearch("-b", "cn=state,ou=system,dc=congvu", "cvKeyFingerprint")[0]["cvKeyFingerprint"][0]
    service.stop()
    try:
        first_slice.load(service, own)
        service.settings["clock_offset"] = offset_to(date("2027-02-05"))
        made = subprocess.run([BIN, "token", "--allow-root", "--data-dir", service.data, "--directory-nosync", "true", "--clock-offset", str(service.settings["clock_offset"])],
                              env={k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}, capture_output=True, text=True, check=True)
        client = service.start().client(made.stdout.split()[-1])
        answer = client.get("/v1/coverage", unit="P", system="mailbox", period="2026-12").json
        assert (answer["dated_since"], answer["reconstructed"]) == ("2027-02-05", True)
        was, issued, activated, activation, locked = reconstructed(client, "P", "2026-12")
        assert was and issued > 0 and (activated, activation, locked) == (None, None, None)
        assert told(client, "activated", "locked", unit="P") == (3, 0), "today is known"
    finally:
        service.stop()
        service.clean()
