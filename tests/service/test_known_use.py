"""0 is not said where nothing can be known: sources that end before a window, begin inside it or have fallen silent; like is set against like."""
import datetime
import json

import pytest
from congvu import ROOT, Service, an, make_units, offset_to, wait_for, workdays
from recompute import District



def report(client, days, people=("U-1", "U-2"), **more):
    events = [{"staff_code": code, "occurred_on": d.isoformat()} for d in days for code in people]
    answer = client.post("/v1/usage-events", {"system": "mailbox", "events": events, **more})
    assert answer.status == 200 and not answer.json["rejected"], answer
    return answer.json


def ask(client, **query):
    answer = client.get("/v1/coverage", unit="T1", system="mailbox", depth=0, **query)
    assert answer.status == 200, answer
    return answer.json


def told(client, **query):
    answer = ask(client, **query)
    [row], [system] = answer["rows"], answer["systems"]
    return row["used"], row["unknown"], system["stale_reason"]


@pytest.fixture
def district(spec):
    """Two people with mailboxes since 2025; the test says on which day it is."""
    service = Service(spec=spec, clock_offset=offset_to(datetime.date(2026, 9, 1)))
    service.start()
    client = service.client()
    make_units(client)
    for code, name in (("U-1", "Ngô Thị Một"), ("U-2", "Ngô Thị Hai")):
        assert client.put(f"/v1/staff/{code}", an(full_name=name, hired_on="2025-01-06")).status == 201

    def at(on):
        service.stop()
        service.settings["clock_offset"] = offset_to(on)
        service.start()
        return service.client()
    at.service = service
    yield at
    service.stop()
    service.clean()


def test_the_first_of_a_month_with_the_feed_of_yesterday_is_unknown(district):
    client = district(datetime.date(2026, 12, 1))
    report(client, workdays(datetime.date(2026, 9, 1), datetime.date(2026, 11, 30)), data_through="2026-11-30")
    wait_for(lambda: told(client, period="2026-11") == (2, 0, None), "November is known")
    assert told(client, period="2026-12") == (None, 2, "not_reached")
    assert told(client) == (2, 0, None)
    today = report(client, [], data_through="2026-12-01")
    assert today["data_through"] == "2026-11-30" and [w["code"] for w in today["warnings"]] == ["day_not_over"]


def test_a_late_event_does_not_take_back_from_when_on_a_source_has_told_all(district):
    client = district(datetime.date(2026, 10, 2))
    report(client, [datetime.date(2026, 9, 15)], data_from="2026-09-01", data_through="2026-10-01")
    assert report(client, [datetime.date(2026, 8, 10)])["data_from"] == "2026-09-01", "said, and not taken back"
    assert client.get("/v1/systems/mailbox").json["data_from"] == "2026-09-01"
    assert client.put("/v1/staff/U-3", an(full_name="Ngô Thị Ba", hired_on="2026-09-20")).status == 201
    events = [{"staff_code": "U-3", "occurred_on": on} for on in ("2026-09-02", "2026-09-22")]
    first = client.post("/v1/usage-events", {"system": "td-office", "events": events})
    assert first.status == 200 and first.json["data_from"] == "2026-09-22", "a day that counts for nothing begins nothing"


def test_a_source_that_begins_inside_the_window_says_nothing_of_it(district):
    client = district(datetime.date(2026, 10, 2))
    answer = report(client, [datetime.date(2026, 9, 15)], data_through="2026-10-01")
    assert answer["data_from"] == "2026-09-15", "unsaid, a source begins with its first event"
    wait_for(lambda: told(client, window="P7D") == (0, 0, None), "the week is known")
    assert told(client, period="2026-Q3") == (None, 2, "begins_inside")
    assert told(client) == (None, 2, "begins_inside")
    assert ask(client, window="P7D")["rows"][0]["never_used"] == 0
    report(client, [], data_from="2026-07-01")
    wait_for(lambda: told(client, period="2026-Q3") == (2, 0, None), "it was said that the source has told all since July")
    assert client.post("/v1/usage-events", {"system": "mailbox", "data_from": "2026-12-01"}).status == 422
    assert client.get("/v1/systems/mailbox").json["data_from"] == "2026-07-01"
    assert told(client) == (2, 0, None) and told(client, window="P180D") == (None, 2, "begins_inside")
    half_a_year = ask(client, window="P180D")["rows"][0]
    assert client.get(half_a_year["links"]["unknown"]).json["total"] == 2, "the list is judged over the same window"


def test_who_never_used_it_is_said_only_since_the_source_watches(district):
    client = district(datetime.date(2026, 11, 20))
    assert client.put("/v1/staff/U-3", an(full_name="Ngô Thị Ba", hired_on="2026-10-12")).status == 201
    report(client, workdays(datetime.date(2026, 10, 1), datetime.date(2026, 11, 19)), people=("U-1",), data_through="2026-11-19")
    row = wait_for(lambda: (r := ask(client)["rows"][0])["used"] == 1 and r, "the source is read")
    assert (row["issued"], row["never_used"]) == (3, 1), "U-3 got it under the eyes of the source, U-2 before: of him nobody can say never"
    listed = client.get(row["links"]["never_used"]).json
    assert [p["staff_code"] for p in listed["items"]] == ["U-3"]
    assert {p["staff_code"] for p in client.get("/v1/staff", unit="T1", system="mailbox", stage="unused").json["items"]} == {"U-2", "U-3"}


def test_a_silent_source_is_not_nobody(district):
    client = district(datetime.date(2026, 11, 18))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 11, 12)), data_through="2026-11-15")
    wait_for(lambda: told(client) == (2, 0, None), "one working day without use may be")
    answer = report(client, [], data_through="2026-11-17")
    assert [w["code"] for w in answer["warnings"]] == ["silent"]
    wait_for(lambda: told(client) == (None, 2, "silent"), "Friday, Monday and Tuesday went by without any use")
    assert ask(client)["systems"][0]["silent_since"] == "2026-11-13"
    assert told(client, period="2026-10") == (2, 0, None), "October is as it was"
    report(client, [datetime.date(2026, 11, 16)], people=("U-1",))
    wait_for(lambda: told(client)[2] is None, "the source speaks again")


def test_holidays_are_no_silence(district):
    """30/4 and 1/5/2027 are days off, Saturday and Monday follow: four days without use are nothing."""
    client = district(datetime.date(2027, 5, 5))
    report(client, workdays(datetime.date(2027, 2, 15), datetime.date(2027, 4, 29)), data_through="2027-05-04")
    wait_for(lambda: told(client) == (2, 0, None), "one working day of four")


def test_the_summer_of_those_who_must_have_it_is_no_silence(district, tmp_path):
    """A calendar that closes their kind of unit; the days of others are what they were."""
    calendar = json.loads((ROOT / "deploy/policies/holidays-vn.json").read_text("utf-8"))
    closed = {"unit_kinds": ["truong_hoc", "phong"], "from": "2026-11-09", "to": "2026-11-18", "name": "Nghỉ hè", "source": "Quyết định của UBND tỉnh"}
    (tmp_path / "holidays.json").write_text(json.dumps({**calendar, "closed": [closed]}), "utf-8")
    client = district(datetime.date(2026, 11, 18))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 11, 6)), data_through="2026-11-17")
    wait_for(lambda: told(client) == (None, 2, "silent"), "seven working days")
    district.service.settings["holidays_file"] = str(tmp_path / "holidays.json")
    client = district(datetime.date(2026, 11, 18))
    wait_for(lambda: told(client) == (None, 2, "silent"), "others must have it too")
    assert client.patch("/v1/systems/mailbox", {"required_for": [{"unit_kinds": ["phong"]}]}).status == 200
    client = district(datetime.date(2026, 11, 19))
    report(client, [], data_through="2026-11-18")
    wait_for(lambda: told(client) == (2, 0, None), "nobody who must have it works on these days")


def test_days_before_hiring_and_after_leaving_count_for_nothing(district):
    client = district(datetime.date(2026, 11, 20))
    assert client.put("/v1/staff/U-4", an(full_name="Ngô Thị Bốn", hired_on="2026-11-02")).status == 201
    assert client.put("/v1/staff/U-2/departure", {"reason": "nghi_huu", "effective_on": "2026-11-10"}).status in (200, 201)
    wait_for(lambda: client.get("/v1/staff/U-2").json["status"] == "departed", "she has left")
    answer = client.post("/v1/usage-events", {"system": "mailbox", "events": [
        {"staff_code": "U-4", "occurred_on": "2026-10-30"}, {"staff_code": "U-4", "occurred_on": "2026-11-03"},
        {"staff_code": "U-2", "occurred_on": "2026-11-09"}, {"staff_code": "U-2", "occurred_on": "2026-11-10"}]}).json
    assert (answer["accepted"], answer["duplicate"], answer["rejected"]) == (2, 0, [])
    assert [(w["code"], w["index"]) for w in answer["warnings"]] == [("outside_service", 0), ("outside_service", 3)]


def test_a_period_is_compared_with_the_period_before_it(district):
    client = district(datetime.date(2026, 11, 20))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 9, 30)), data_from="2026-01-01")
    report(client, workdays(datetime.date(2026, 10, 1), datetime.date(2026, 11, 19)), people=("U-1",), data_through="2026-11-19")
    wait_for(lambda: told(client, period="2026-10") == (1, 0, None), "October")
    answer = ask(client, period="2026-10", compare="previous")
    before = ask(client, period="2026-09")["rows"][0]
    for later in ("2026-09-30", "2026-11-15"):
        refused = client.get("/v1/coverage", unit="T1", period="2026-09", compare=later)
        assert refused.status == 422 and refused.json["errors"][0]["code"] == "out_of_range", "nothing is set against what came later"
    assert client.get("/v1/coverage", unit="T1", period="2026-09", compare="2026-09-29").status == 200
    assert answer["compare"] == {**answer["compare"], "on": "2026-09-30", "snapshot_on": None, "from": "2026-09-01", "to": "2026-09-30", "use_unknown": None}
    previous = answer["rows"][0]["previous"]
    assert {k: previous[k] for k in previous} == {k: before[k] for k in previous} and previous["used"] == 2
    assert answer["rows"][0]["delta"]["used"] == -1
    running = ask(client, period="2026-11", compare="previous")
    assert (running["compare"]["to"], running["compare"]["use_unknown"]) == ("2026-10-31", "other_window"), "twenty days are not set against thirty-one"
    row = running["rows"][0]
    assert row["used"] == 1 and {row["delta"][m] for m in ("used", "regular", "adoption", "regular_ratio")} == {None} and row["delta"]["issued"] == 0


def test_a_snapshot_of_thirty_days_is_not_set_against_another_window(district):
    client = district(datetime.date(2026, 11, 13))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 11, 12)), data_from="2026-01-01", data_through="2026-11-12")
    wait_for(lambda: client.get("/v1/coverage/trend", unit="T1", system="mailbox", **{"from": "2026-11-13", "to": "2026-11-13"}).json["points"][0]["missing"]
             is False, "the day is kept")
    client = district(datetime.date(2026, 11, 20))
    report(client, workdays(datetime.date(2026, 11, 13), datetime.date(2026, 11, 19)), data_through="2026-11-19")
    wait_for(lambda: told(client)[0] == 2, "the feed is read")
    month = ask(client, compare="2026-11-13")
    assert month["compare"]["use_unknown"] is None and month["rows"][0]["previous"]["recorded"] == 2
    for query in ({"window": "P7D"}, {"window": "P90D"}, {"period": "2026-11"}):
        answer = ask(client, compare="2026-11-13", **query)
        row = answer["rows"][0]
        assert answer["compare"]["use_unknown"] == "other_window", query
        assert (row["previous"]["recorded"], row["previous"]["used"], row["delta"]["used"], row["delta"]["adoption"]) == (2, None, None, None)


def test_a_category_of_which_nothing_was_declared_shows_no_number(district):
    client = district(datetime.date(2026, 11, 20))
    declared = {"total": 3, "by_category": {"cong_chuc": 2, "vien_chuc": 1}}
    assert client.put("/v1/units/T1.01/headcounts/2026-11-01", declared).status in (200, 201)
    row = client.get("/v1/coverage", unit="T1.01", system="mailbox", depth=0, category="cong_chuc").json["rows"][0]
    assert (row["headcount"], row["headcount_by_category"]) == (2, {"cong_chuc": 2})
    row = client.get("/v1/coverage", unit="T1.01", system="mailbox", depth=0, category="can_bo").json["rows"][0]
    assert (row["headcount"], row["headcount_by_category"], row["unrecorded"], row["over_recorded"]) == (None, None, None, None)
    assert row["missing"] == {"people": row["eligible"] - row["issued"], "unrecorded": None}
    whole = client.get("/v1/coverage", unit="T1.02", system="mailbox", depth=0).json["rows"][0]
    assert (whole["headcount"], whole["unrecorded"]) == (None, 0) and whole["undeclared"]["units"] == 1


def account(client, code, system="mailbox", **wanted):
    answer = client.put(f"/v1/staff/{code}/accounts/{system}", wanted)
    assert answer.status in (200, 202), answer
    return answer.json


def model(service, last, today):
    return District(service.ldapsearch("-b", "dc=congvu", "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry))"),
                    service.ldapsearch("-b", "ou=usage"), last, today)


def period(client, service, name, last, today):
    """The row of T1.01's mailbox, which is also what the records say when they are counted by themselves."""
    answer = client.get("/v1/coverage", unit="T1", system="mailbox", depth=1, group_by="unit,system", period=name)
    assert answer.status == 200, answer
    expected = model(service, last, today).rows((last - datetime.date.fromisoformat(answer.json["window"]["from"])).days + 1)
    for row in answer.json["rows"]:
        kind = "unit" if row["row_kind"] == "total" else row["row_kind"]
        apart = expected[kind, row["unit"]["code"], "mailbox"]
        assert {k: row[k] for k in ("issued", "locked", "activated", "used", "regular")} == {k: apart[k] for k in ("issued", "locked", "activated", "used", "regular")}
    return answer.json["rows"][0]


def test_an_account_that_was_closed_and_given_again_was_not_there_between(district):
    """Use before it was closed says nothing of the months after."""
    client = district(datetime.date(2026, 9, 1))
    report(client, [datetime.date(2026, 9, 1)], people=("U-1",), data_from="2026-01-01")
    client = district(datetime.date(2026, 9, 10))
    account(client, "U-1", state="closed", reason="other")
    today = datetime.date(2027, 1, 15)
    client = district(today)
    account(client, "U-1", state="present")
    report(client, [datetime.date(2027, 1, 14)], data_through="2027-01-14")
    row = wait_for(lambda: (r := period(client, district.service, "2026-11", datetime.date(2026, 11, 30), today))["used"] is not None and r, "the source is read")
    assert (row["eligible"], row["issued"], row["used"]) == (2, 1, 0)
    assert period(client, district.service, "2026-09", datetime.date(2026, 9, 30), today)["issued"] == 1, "closed before the month was over"


def test_a_lock_of_later_says_nothing_of_a_month_that_is_over(district):
    client = district(datetime.date(2026, 11, 20))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 11, 19)), data_from="2026-01-01", data_through="2026-11-19")
    today, end = datetime.date(2026, 11, 20), datetime.date(2026, 9, 30)
    before = wait_for(lambda: (r := period(client, district.service, "2026-09", end, today))["regular"] == 2 and r, "September is known")
    account(client, "U-1", state="locked", reason="inactivity")
    wait_for(lambda: ask(client)["rows"][0]["locked"] == 1, "it is locked")
    assert ask(client)["rows"][0]["regular"] == 1, "who is locked for inactivity is not regular today"
    after = period(client, district.service, "2026-09", end, today)
    assert {k: v for k, v in after.items() if k != "links"} == {k: v for k, v in before.items() if k != "links"}


def test_an_account_activated_later_was_not_activated_then(district):
    """Of a system kept by hand, whose state is told."""
    client = district(datetime.date(2026, 10, 1))
    assert client.patch("/v1/systems/certificate", {"required_for": [{}]}).status == 200
    for code in ("U-1", "U-2"):
        account(client, code, "certificate", state="present")
        assert client.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "provisioned"}).status == 200
    client = district(datetime.date(2026, 11, 5))
    assert client.put("/v1/staff/U-1/accounts/certificate/observation", {"state": "active"}).status == 200
    assert client.patch("/v1/systems/certificate", {"activity": {"reported": True}}).status == 200

    def activated(**query):
        return client.get("/v1/coverage", unit="T1", system="certificate", depth=0, **query).json["rows"][0]
    wait_for(lambda: activated()["activated"] == 1, "it is activated")
    assert (activated(period="2026-10")["issued"], activated(period="2026-10")["activated"]) == (2, 0)
    [row] = [r for (kind, code, system), r in model(district.service, datetime.date(2026, 10, 31), datetime.date(2026, 11, 5)).rows(31).items()
             if (kind, code, system) == ("unit", "T1", "certificate")]
    assert row["activated"] == 0


def test_an_account_that_was_unlocked_was_activated_before_the_lock(district):
    client = district(datetime.date(2026, 9, 1))
    assert client.patch("/v1/systems/certificate", {"required_for": [{}], "activity": {"reported": True}}).status == 200
    for code in ("U-1", "U-2"):
        account(client, code, "certificate", state="present")
        assert client.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "active"}).status == 200

    def activated(today, name="2026-09", last=datetime.date(2026, 9, 30)):
        def told():
            return client.get("/v1/coverage", unit="T1", system="certificate", depth=0, period=name).json["rows"][0]
        [row] = [r for (kind, code, system), r in model(district.service, last, today).rows(last.day).items() if (kind, code, system) == ("unit", "T1", "certificate")]
        wait_for(lambda: told()["activated"] == row["activated"], "both say the same")
        return row["activated"]
    client = district(datetime.date(2026, 10, 5))
    assert activated(datetime.date(2026, 10, 5)) == 2
    for code in ("U-1", "U-2"):
        assert client.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "temp_locked"}).status == 200
    assert client.put("/v1/staff/U-2/accounts/certificate/observation", {"state": "active"}).status == 200, "on the same day"
    client = district(datetime.date(2026, 10, 6))
    assert client.put("/v1/staff/U-1/accounts/certificate/observation", {"state": "active"}).status == 200
    assert activated(datetime.date(2026, 10, 6)) == 2
    assert activated(datetime.date(2026, 10, 6), "2026-08", datetime.date(2026, 8, 31)) == 0, "not there yet"
