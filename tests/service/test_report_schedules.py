"""The calendar of reports: the draft makes itself on its cut-off day, once."""
import datetime
import json

import pytest
from congvu import Client, an, make_units, now, wait_for

FIRST = now().replace(hour=0, minute=0, second=0, microsecond=0)  # day 0, also when midnight passes meanwhile
TODAY = FIRST.date()


def offset_at(day):
    """clock_offset with which it is nine in the morning of that day."""
    return int((FIRST + datetime.timedelta(days=day, hours=9) - now()).total_seconds())


def last_month():
    return TODAY.replace(day=1) - datetime.timedelta(1)


def monthly(**more):
    """Of last month, cut off tomorrow."""
    return {"unit": "T1", "every": "month", "cut_off": TODAY.day + 1, "due": TODAY.day + 3, **more}


LINES = [{"system": "mailbox", "figure": "issued", "max_points": 1.5, "code": "CCHC.6.1", "name": "Tỷ lệ được cấp hộp thư", "evidence": "Phụ lục I"},
         {"system": "mailbox", "figure": "regular", "max_points": 2, "code": "CCHC.6.2", "name": None, "evidence": None}]


def day(n):
    return str(TODAY + datetime.timedelta(n))


def item(client, code):
    return next((s for s in client.get("/v1/report-schedules").json["items"] if s["code"] == code), None)


def metrics(service):
    return Client(service.ready["management_port"]).get("/metrics").body.decode()


@pytest.fixture
def office(start):
    service = start(clock_offset=offset_at(0), lease_ms=300)
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/L-1", an(full_name="Nguyễn Văn Lịch", unit="T1.01", hired_on="2024-01-01")).status == 201
    return service


def test_the_draft_makes_itself_once_on_its_day(start, office):
    client, period = office.client(), last_month().strftime("%Y-%m")
    made = client.put("/v1/report-schedules/thang", monthly())
    assert made.status == 201 and made.json["next"] == {"period": period, "cut_off_on": day(1), "due_on": day(3)} and made.json["last"] is None, made
    assert client.put("/v1/report-schedules/thang", monthly()).status == 200
    assert item(client, "thang") == made.json and client.get("/v1/reports").json["items"] == []
    office.stop()

    office = start(office.data, clock_offset=offset_at(1), lease_ms=300)
    client = office.client()
    last = wait_for(lambda: item(client, "thang")["last"], "the draft of last month")
    report, = client.get("/v1/reports").json["items"]
    assert last == {"period": period, "report": report["id"]} and report["period"]["code"] == period
    assert (report["state"], report["kind"], report["unit"]["code"], report["created_by"]) == ("draft", "coverage", "T1", "schedule:thang")
    assert item(client, "thang")["next"]["period"] == TODAY.strftime("%Y-%m")
    assert "congvu_schedules_made_total 1\n" in metrics(office)
    # as if the process had died before it wrote down that the draft is made
    assert client.delete("/v1/report-schedules/thang", etag="*").status == 204
    assert client.put("/v1/report-schedules/thang", monthly()).json["last"] is None
    office.stop()

    office = start(office.data, clock_offset=offset_at(1), lease_ms=300)
    client = office.client()
    assert wait_for(lambda: item(client, "thang")["last"], "it finds its draft") == last
    assert [r["id"] for r in client.get("/v1/reports").json["items"]] == [report["id"]]
    assert client.patch(f"/v1/reports/{report['id']}", {"number": "7/BC-UBND", "state": "final"}, etag="*").status == 200
    assert client.delete("/v1/report-schedules/thang", etag="*").status == 204 and item(client, "thang") is None
    assert client.delete("/v1/report-schedules/thang", etag="*").code == "report_schedule_not_found"


def test_scoring_lines_make_themselves_too(start, office):
    client = office.client()
    assert client.put("/v1/staff/L-2", an(full_name="Trần Thị Điểm", unit="T1.01", category="vien_chuc", hired_on="2024-01-01")).status == 201
    body = monthly(kind="indicators", indicators=LINES, categories=["vien_chuc"])
    made = client.put("/v1/report-schedules/diem", body)
    assert made.status == 201 and (made.json["indicators"], made.json["categories"]) == (LINES, ["vien_chuc"]), made
    again = client.put("/v1/report-schedules/diem", body)
    assert again.status == 200 and again.headers["Congvu-Unchanged"] == "true" and item(client, "diem") == made.json
    office.stop()

    office = start(office.data, clock_offset=offset_at(1), lease_ms=300)
    client = office.client()
    last = wait_for(lambda: item(client, "diem")["last"], "the draft of last month")
    report = client.get(f"/v1/reports/{last['report']}").json
    assert (report["kind"], report["state"], report["categories"], report["created_by"]) == ("indicators", "draft", ["vien_chuc"], "schedule:diem")
    asked = client.post("/v1/reports", {"kind": "indicators", "unit": "T1", "period": last["period"], "indicators": LINES, "categories": ["vien_chuc"], "accept_incomplete": True}).json
    assert report["figures"]["indicators"] == asked["figures"]["indicators"], "as if somebody had asked for it"
    lines = client.get(f"/v1/reports/{last['report']}/indicators").json["items"]
    assert [(i["code"], i["b"]) for i in lines] == [("CCHC.6.1", 1), ("CCHC.6.2", lines[1]["b"])], lines
    assert client.put("/v1/report-schedules/diem", {**body, "categories": None}).json["categories"] is None


def test_what_another_unit_has_made_is_not_taken_for_its_own(start, office):
    client = office.client()
    assert client.put("/v1/report-schedules/thang", monthly()).status == 201
    office.stop()
    office = start(office.data, clock_offset=offset_at(1), lease_ms=300)
    client = office.client()
    first = wait_for(lambda: item(client, "thang")["last"], "the draft of last month")
    assert client.put("/v1/report-schedules/thang", monthly(due=TODAY.day + 5)).json["last"] == first, "the same question, due later"
    assert client.put("/v1/report-schedules/thang", monthly(unit="T1.01")).json["last"] is None
    office.stop()
    office = start(office.data, clock_offset=offset_at(1), lease_ms=300)
    client = office.client()
    second = wait_for(lambda: item(client, "thang")["last"], "that of the other unit")
    assert second["period"] == first["period"] and client.get(f"/v1/reports/{second['report']}").json["unit"]["code"] == "T1.01"


def test_one_that_fails_is_said_and_holds_up_no_other(start, office):
    client = office.client()
    unit = {"name": {"vi": "Phòng Tạm"}, "kind": "phong", "block": "chinh_quyen", "slug": "tam", "active_from": "2021-10-01", "parent": "T1"}
    assert client.put("/v1/units/T1.09", unit).status == 201
    for code, body in (("a-tam", monthly(unit="T1.09")), ("thang", monthly())):
        assert client.put(f"/v1/report-schedules/{code}", body).status == 201
    assert client.delete("/v1/units/T1.09", etag="*").status == 204
    office.stop()
    office = start(office.data, clock_offset=offset_at(1), lease_ms=300)
    client = office.client()
    wait_for(lambda: item(client, "thang")["last"], "the other one")
    assert item(client, "a-tam")["last"] is None and item(client, "a-tam")["unit"] is None
    assert "congvu_schedules_failed_total 1\n" in metrics(office)
    assert any(json.loads(line).get("event") == "report_schedule" and json.loads(line)["level"] == "warn" for line in office.log.read_text().splitlines() if line.startswith("{"))


def test_what_a_schedule_may_say(office):
    client = office.client()
    for wrong, pointer in ((monthly(unit="nowhere"), "/unit"), (monthly(due=TODAY.day), "/due"), (monthly(every="week"), "/every"), (monthly(kind="weather"), "/kind"), (monthly(kind="indicators"), "/indicators"), (monthly(indicators=LINES), "/indicators"),
                           (monthly(kind="indicators", indicators=[{**LINES[0], "system": "nowhere"}]), "/indicators/0/system"), (monthly(kind="indicators", indicators=LINES + LINES), "/indicators/2/code"), (monthly(categories=[]), "/categories"),
                           (monthly(cut_off=0), "/cut_off")):
        answer = client.put("/v1/report-schedules/thang", wrong)
        assert answer.code == "validation_failed" and "#" + pointer in {e["pointer"] for e in answer.json["errors"]}, answer
    assert client.put("/v1/report-schedules/Th%C3%A1ng", monthly()).code == "validation_failed"
    admin = {"calendar": "admin", "cut_off": 1, "due": 4}
    next_one = client.put("/v1/report-schedules/thang-14", monthly(**admin)).json["next"]
    ends = datetime.date.fromisoformat(next_one["cut_off_on"]) - datetime.timedelta(1)
    assert ends.day == 14 and next_one["period"] == ends.strftime("%Y-%m") and ends >= TODAY


def test_of_the_units_that_one_may_see(office):
    admin = office.client()
    local = office.client(admin.post("/v1/tokens", {"name": "phòng", "scopes": ["coverage:read", "reports:write"], "unit": "T1.01"}).json["secret"])
    assert admin.put("/v1/report-schedules/huyen", monthly()).status == 201
    assert local.get("/v1/report-schedules").json["items"] == []
    assert local.delete("/v1/report-schedules/huyen", etag="*").code == "report_schedule_not_found"
    assert local.put("/v1/report-schedules/huyen", monthly(unit="T1.01")).code == "conflict"
    assert local.put("/v1/report-schedules/phong", monthly()).code == "validation_failed"
    assert local.put("/v1/report-schedules/phong", monthly(unit="T1.01", kind="unused_accounts")).code == "validation_failed"
    assert local.put("/v1/report-schedules/phong", monthly(unit="T1.01")).status == 201
    assert [s["code"] for s in local.get("/v1/report-schedules").json["items"]] == ["phong"]


def test_nine_months_of_a_leap_year_are_kept_until_the_cut_off(start):
    """From 15 December to 14 September there are 275 days of them."""
    service = start(clock_offset=offset_at(0), lease_ms=300, view_activity_days=300)
    client = service.client()
    make_units(client)
    late = monthly(every="nine_months", calendar="admin", cut_off=26, due=30)
    refused = client.put("/v1/report-schedules/chin-thang", late)
    assert refused.code == "validation_failed" and {e["pointer"] for e in refused.json["errors"]} == {"#/cut_off"}, refused
    assert client.put("/v1/report-schedules/chin-thang", {**late, "cut_off": 25}).status == 201
