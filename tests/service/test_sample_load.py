"""The invented district, loaded by its own loader while what it talks to is killed."""
import collections
import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys

from congvu import ROOT, offset_to, wait_for

SAMPLE = ROOT / "deploy/sample"
PEOPLE = {person["staff_code"]: person for person in map(json.loads, (SAMPLE / "staff.ndjson").read_text("utf-8").splitlines())}


def loading(service):
    return subprocess.Popen([sys.executable, SAMPLE / "load.py", "--url", f"http://127.0.0.1:{service.port}", "--quiet", "--json",
                             "--token-file", service.data / "admin.token"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def await_people(service, load, least):
    def enough():
        assert load.poll() is None, "the load is over before the kill"
        return service.client().get("/v1/staff", page_size=1, include_total=True).json.get("total", 0) >= least
    wait_for(enough, f"{least} people are in")


def finish(load):
    out, err = load.communicate(timeout=120)
    assert load.returncode == 0, err
    return json.loads(out)


def test_killed_in_the_middle_of_the_load_the_list_is_there_once(start):
    service = start(directory_nosync="false")
    load = loading(service)
    try:
        await_people(service, load, 200)
        killed = service.slapd_pid()
        os.kill(killed, signal.SIGKILL)
        service.slapd_pid(other_than=killed)
        await_people(service, load, 500)  # the loader goes on by itself
        killed = service.slapd_pid()
        service.kill()
        with contextlib.suppress(ProcessLookupError):  # it ends with its parent
            os.kill(killed, signal.SIGKILL)
    finally:
        load.kill()
        load.communicate()
    again = start(service.data, directory_nosync="false")
    done = finish(loading(again))
    assert (done["staff"], done["units"]) == (len(PEOPLE), 77) and len(PEOPLE) == 1205

    entries = again.ldapsearch("-b", "ou=people,dc=congvu", "(objectClass=cvStaff)", "cvStaffCode", "cn", "cvName", "mail")
    assert sorted(e["cvStaffCode"][0] for e in entries) == sorted(PEOPLE), "exactly the people of the list, once each"
    assert all(e["cn"] == [PEOPLE[e["cvStaffCode"][0]]["full_name"]] for e in entries)
    names = collections.Counter(name.lower() for e in entries for name in e.get("cvName", []))
    assert max(names.values()) == 1, "nobody shares an address or a login"
    units = again.ldapsearch("-b", "ou=units,dc=congvu", "(objectClass=cvUnitEntry)", "cvUnitCode")
    assert len(units) == len({u["cvUnitCode"][0] for u in units}) == 77
    listed = again.client().get("/v1/staff", page_size=1, include_total=True).json
    assert listed["total"] == len(PEOPLE), "the view says the same"
    [row] = again.client().get("/v1/coverage", unit="H43.99", system="certificate", depth=0).json["rows"]
    assert (row["issued_beyond"], row["issued"], row["coverage"]) == (257, 0, None), "certificates that nobody must have are counted, and in no rate"


def test_of_the_year_six_are_revoked_as_the_six_who_left(start):
    """On 29/11/2026, the day of the load: issued and taken back on one day had counted as issued all the same, and once."""
    service = start(clock_offset=offset_to(datetime.date(2026, 11, 29)))
    finish(loading(service))
    client = service.client()
    left = client.get("/v1/departures", state="done,in_progress", page_size=50).json["items"]
    assert len(left) == 6 and {d["effective_on"] for d in left} == {"2026-11-29"}
    for period, revoked in (("2026", 6), ("2026-11", 6), ("2026-10", 0)):
        report = client.post("/v1/reports", {"unit": "H43.99", "systems": ["mailbox"], "period": period, "accept_incomplete": True}).json
        [sheet] = report["figures"]["sheets"]
        assert sheet["rows"][0]["counts"]["revoked"] == revoked == sum(r["counts"]["revoked"] for r in sheet["rows"][1:]), period
