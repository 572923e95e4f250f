"""A clock that is wrong carries nothing out: it is held against one that cannot be set, and against what was written last."""
import datetime
import os
import re
import subprocess

import pytest

from alerts import firing
from congvu import BIN, an, make_units, now, set_clock, site_today, wait_for

DAY_S = 86400


@pytest.fixture
def clock(tmp_path):
    """set(days, "unsynchronised"): wall time of the service, while it runs."""
    file = tmp_path / "clock"

    def set_to(days, word=""):
        set_clock(file, days * DAY_S, word)
    set_to(0)
    set_to.file = str(file)
    return set_to


def leavers(client, count):
    """People whose departure is dated in a month."""
    day = (site_today() + datetime.timedelta(30)).isoformat()
    for i in range(count):
        assert client.put(f"/v1/staff/C-{i}", an()).status == 201
        answer = client.put(f"/v1/staff/C-{i}/departure", {"reason": "thoi_viec", "effective_on": day})
        assert answer.status in (200, 202), answer


def scheduler(client):
    return client.get("/readyz").json["checks"]["scheduler"]


def states(client, count):
    return {client.get(f"/v1/staff/C-{i}/departure").json["state"] for i in range(count)}


def test_a_jump_of_the_clock_holds_the_calendar_until_it_is_back(start, clock):
    service = start(clock_file=clock.file)
    client = service.client()
    make_units(client)
    leavers(client, 5)
    clock(90, "unsynchronised")
    told = wait_for(lambda: (s := scheduler(client))["status"] == "degraded" and s, "the calendar waits")
    assert "90 days" in told["detail"] and "confirm-clock" in told["detail"]
    assert client.get("/readyz").json["status"] == "degraded" and "CongvuClockWrong" in firing(service)
    assert states(client, 5) == {"scheduled"}, "nobody is cut off"
    clock(0)
    wait_for(lambda: scheduler(client)["status"] == "ok", "it ends by itself")
    assert "CongvuClockWrong" not in firing(service)
    assert states(client, 5) == {"scheduled"}


def test_a_clock_that_falls_behind_is_told_and_what_is_done_meanwhile_stays(start, clock):
    service = start(clock_file=clock.file)
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/C-0", an()).status == 201
    clock(-90, "unsynchronised")
    told = wait_for(lambda: (s := scheduler(client))["status"] == "degraded" and s, "the calendar waits")
    assert "90 days behind" in told["detail"] and "CongvuClockWrong" in firing(service)
    assert client.put("/v1/staff/C-1", an(full_name="Người Trong Lúc Sai")).status == 201
    service.stop()
    wrong = start(service.data, clock_file=clock.file)
    told = wait_for(lambda: (s := scheduler(wrong.client()))["status"] == "degraded" and s, "a start knows it by what was written last")
    assert re.search("9[01] days behind", told["detail"]), "slapd, who dates what was written, lives on the real hour"
    clock(0)
    wait_for(lambda: scheduler(wrong.client())["status"] == "ok", "it is right again")
    assert [wrong.client().get(f"/v1/staff/C-{i}").status for i in range(2)] == [200, 200]


def test_it_goes_on_once_the_clock_is_synchronised(start, clock):
    service = start(clock_file=clock.file)
    client = service.client()
    make_units(client)
    leavers(client, 2)
    clock(90, "unsynchronised")
    wait_for(lambda: scheduler(client)["status"] == "degraded", "the calendar waits")
    clock(90)
    wait_for(lambda: states(client, 2) == {"done"}, "it is right after all")
    assert scheduler(client)["status"] == "ok"


def test_somebody_at_the_machine_confirms_it(start, clock):
    service = start(clock_file=clock.file)
    client = service.client()
    make_units(client)
    leavers(client, 2)
    (service.data / "clock-confirmed").write_text(f"{int(now().timestamp())}\n")  # of an earlier time
    clock(90, "unsynchronised")
    wait_for(lambda: scheduler(client)["status"] == "degraded" and not (service.data / "clock-confirmed").exists(), "an old word confirms nothing")
    assert states(client, 2) == {"scheduled"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}  # the harness's own, not settings
    out = subprocess.run([BIN, "confirm-clock", "--data-dir", str(service.data), "--clock-file", clock.file], capture_output=True, text=True, check=True, env=environment)
    assert "Confirmed" in out.stdout
    wait_for(lambda: states(client, 2) == {"done"}, "the calendar goes on")


def test_a_start_with_a_wrong_clock_waits_and_a_holiday_loses_no_day(start, clock):
    service = start(clock_file=clock.file)
    client = service.client()
    make_units(client)
    leavers(client, 2)
    service.stop()
    clock(90, "unsynchronised")
    wrong = start(service.data, clock_file=clock.file)
    assert wait_for(lambda: scheduler(wrong.client())["status"] == "degraded", "it waits from the first look on")
    assert states(wrong.client(), 2) == {"scheduled"}
    wrong.stop()
    clock(90)  # merely off for three months: the kernel vouches for the time
    after = start(service.data, clock_file=clock.file)
    wait_for(lambda: states(after.client(), 2) == {"done"}, "the calendar catches up")


def test_a_site_without_a_time_service_says_so_and_only_jumps_count(start, clock):
    service = start(clock_file=clock.file, time_service="false")
    make_units(service.client())
    leavers(service.client(), 1)
    assert service.log.read_text().count("without a time service") == 1
    service.stop()
    clock(90, "unsynchronised")
    later = start(service.data, clock_file=clock.file, time_service="false")
    wait_for(lambda: states(later.client(), 1) == {"done"}, "a start is believed")
    clock(200, "unsynchronised")
    wait_for(lambda: scheduler(later.client())["status"] == "degraded", "a jump is not")
