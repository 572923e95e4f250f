"""Every alert rule is caused once, by what it is about. Five more are caused where their cause is at home: CongvuStorageHigh in test_storage.py,
CongvuRecordsHeld in test_feed.py,
CongvuStandbyBehind in test_two_servers.py, CongvuClockWrong in test_clock.py, CongvuEvidenceStopped in test_evidence.py."""
import os
import re
import signal
import time

from alerts import firing, metrics, rules
from congvu import an, day, frozen, make_units, nth, wait_for

ELSEWHERE = {"CongvuStorageHigh", "CongvuRecordsHeld", "CongvuStandbyBehind", "CongvuClockWrong", "CongvuEvidenceStopped"}
caused = set()


def until(service, alert, **more):
    wait_for(lambda: alert in firing(service, **more), alert)
    caused.add(alert)


def test_a_quiet_service_asks_only_for_a_backup(shared):
    assert firing(shared) == {"CongvuBackupNever"}
    caused.add("CongvuBackupNever")


def test_a_backup_that_is_too_old(shared):
    (shared.data / "backed-up").touch()
    assert not firing(shared) & {"CongvuBackupNever", "CongvuBackupOld"}
    old = time.time() - 40 * 3600
    os.utime(shared.data / "backed-up", (old, old))
    until(shared, "CongvuBackupOld")


def test_a_directory_that_is_not_heard(shared):
    with frozen(shared.slapd_pid()):
        until(shared, "CongvuFeedLost")
    wait_for(lambda: "CongvuFeedLost" not in firing(shared), "it is heard again")


def test_a_source_that_no_longer_reports(shared, client):
    assert client.patch("/v1/systems/mailbox", {"activity": {"reported": True}}).status == 200
    assert client.post("/v1/usage-events", {"system": "mailbox", "data_through": day(-10), "events": []}).status == 200
    until(shared, "CongvuSourceOld")


def test_an_account_that_is_not_as_it_should_be(shared, client):
    assert client.put("/v1/staff/AL-1", an()).status == 201
    assert client.put("/v1/staff/AL-1/accounts/certificate", {"state": "present"}).status in (200, 202)
    until(shared, "CongvuAccountsDrift")


def test_the_brake_holds_departures(shared, client):
    lines = []
    for i in range(8):
        assert client.put(f"/v1/staff/AH-{i}", an(full_name=nth("Người Giữ", i))).status == 201
        lines.append({"staff": f"AH-{i}", "reason": "thoi_viec", "decision": {"number": f"{i}/QĐ"}})
    assert client.post("/v1/departures/batches", {"departures": lines}).json["summary"]["held"] > 0
    until(shared, "CongvuDepartureHeld")


def test_a_departure_that_came_due_and_was_not_carried_out(start):
    service = start()
    make_units(service.client())
    service.client().put("/v1/staff/AO-1", an())
    assert service.client().put("/v1/staff/AO-1/departure", {"reason": "nghi_huu", "effective_on": day(1), "decision": {"number": "1/QĐ"}}).status in (200, 202)
    assert "CongvuDepartureOverdue" not in firing(service)
    service.stop()
    (service.data / "closed").touch()  # the calendar is held
    service.settings["clock_offset"] = 3 * 86400
    service.start()
    until(service, "CongvuDepartureOverdue")


def test_slapd_that_dies_again_and_again(start):
    service, killed = start(), None
    before = metrics(service)
    for _ in range(4):
        killed = service.slapd_pid(other_than=killed)
        wait_for(lambda: service.client().get("/readyz").json["checks"]["directory"]["status"] == "ok", "it answers")
        os.kill(killed, signal.SIGKILL)
    until(service, "CongvuDirectoryRestarts", before=before)


def test_each_rule_was_caused_and_says_what_to_do_first_in_both_languages():
    assert caused | ELSEWHERE == set(rules())
    for rule in rules().values():
        vi, en = rule["annotations"]["vi"], rule["annotations"]["en"]
        assert re.match(r"(Look|Enlarge|Have|A second person)", en) and re.search(r"[ăâđêôơưàáảãạ]", vi) and len(vi) < 300
