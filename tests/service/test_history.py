"""History: one snapshot a day, days without one, what as_of, compare and the trends make of them."""
import datetime

import pytest
from congvu import an, make_units, now, nth, wait_for

MORNING = 9 * 3600  # the clock of these tests stands at nine in the morning, far from midnight


FIRST = now().replace(hour=0, minute=0, second=0, microsecond=0)  # day 0, also when midnight passes meanwhile


def offset_at(day, seconds):
    """clock_offset with which it is so late on that day."""
    return int((FIRST + datetime.timedelta(days=day, seconds=seconds) - now()).total_seconds())


def site_day(days=0):
    return str((FIRST + datetime.timedelta(days=days)).date())


def documents(service, prefix):
    found = service.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", f"(cvDocumentName={prefix}*)", "cvDocumentName")
    return sorted(e["cvDocumentName"][0] for e in found)


class Days:
    """A service that lives through some days: each begins with a start, at nine in the morning."""

    def __init__(self, start, **settings):
        self.start, self.settings, self.service, self.data = start, {"lease_ms": 300, **settings}, None, None

    def begin(self, day, at=MORNING, taken=True, **more):
        if self.service:
            self.service.stop()
        self.service = self.start(self.data, clock_offset=offset_at(day, at), **{**self.settings, **more})
        self.data = self.service.data
        client = self.service.client()
        if taken and client.get("/v1/staff", page_size=1).json["items"]:  # an empty directory has no snapshot
            self.wait_taken(day)
        return client

    def wait_taken(self, day):
        wait_for(lambda: f"day.{site_day(day)}" in documents(self.service, "day."), "the day is kept")


@pytest.fixture
def days(start):
    lived = Days(start)
    yield lived
    if lived.service:
        lived.service.own = True


def coverage(client, **query):
    answer = client.get("/v1/coverage", unit="T1", **query)
    assert answer.status == 200, answer
    return answer.json


def figures(answer):
    return {(r["row_kind"], r["unit"]["code"], r["system"]): (r["recorded"], r["eligible"], r["issued"], r["coverage"]) for r in answer["rows"]}


def people(client, unit, count, prefix):
    for i in range(count):
        answer = client.put(f"/v1/staff/{prefix}{i}", an(full_name=nth("Người Thứ", i), unit=unit))
        assert answer.status == 201, answer


def test_days_are_kept_and_a_day_without_the_service_is_missing(days):
    client = days.begin(0)
    make_units(client)
    people(client, "T1.01", 3, "a")
    client.put("/v1/units/T1.01/headcounts/2021-11-01", {"total": 5})
    days.wait_taken(0)
    client = days.begin(1)
    first = coverage(client, depth=1)
    people(client, "T1.02", 2, "b")
    last = coverage(client, depth=1)
    assert figures(last) != figures(first)
    client = days.begin(3)  # nobody was there on day 2
    assert documents(days.service, "day.") == [f"day.{site_day(d)}" for d in (0, 1, 3)]

    past = coverage(client, depth=1, as_of=site_day(1))
    assert past["snapshot_on"] == site_day(1) and past["as_of"].startswith(site_day(1))
    assert figures(past) == figures(last), "as it was when the service stopped"
    assert all(r["links"] == {} for r in past["rows"])
    assert figures(coverage(client, depth=1, as_of=site_day(3))) == figures(coverage(client, depth=1)), "today is live"
    between = coverage(client, as_of=site_day(2))
    assert between["snapshot_on"] == site_day(1), "the latest earlier day, and it says so"
    none = client.get("/v1/coverage", unit="T1", as_of=site_day(-1))
    assert (none.status, none.code) == (404, "snapshot_missing")
    assert client.get("/v1/coverage", unit="T1", as_of=site_day(9)).status == 422
    assert client.get("/v1/coverage", unit="T1", as_of=site_day(1), category="cong_chuc").status == 422
    assert client.get("/v1/coverage", unit="T1", as_of=site_day(1), window="P7D").status == 422
    for query in ({"system": "mailbox"}, {"system": "required"}, {"group_by": "system"}, {"group_by": "unit"}, {"recursive": False}, {"depth": 0}):
        live = coverage(client, **query)
        kept = coverage(client, as_of=site_day(2), **query)
        assert [{**r, "links": {}} for r in live["rows"]] == kept["rows"], query

    trend = client.get("/v1/coverage/trend", unit="T1", system="mailbox", **{"from": site_day(-1), "to": site_day(3)})
    assert trend.status == 200, trend
    assert [(p["on"], p["missing"], p["recorded"]) for p in trend.json["points"]] == [
        (site_day(-1), True, None), (site_day(0), False, trend.json["points"][1]["recorded"]), (site_day(1), False, 5), (site_day(2), True, None),
        (site_day(3), False, 5)]
    assert trend.json["points"][4]["coverage"] == coverage(client, depth=0, system="mailbox")["rows"][0]["coverage"]
    use = client.get("/v1/adoption/trend", unit="T1.02", step="P1M", **{"from": site_day(-1), "to": site_day(3)})
    assert use.status == 200 and use.json["system"] == "required"
    assert use.json["points"][-1] == {**use.json["points"][-1], "on": site_day(3), "missing": False, "used": None, "adoption": None}


def test_a_day_ends_with_its_last_state(days):
    client = days.begin(0)
    make_units(client)
    days.begin(1)
    people(days.service.client(), "T1.01", 1, "a")
    days.begin(1, at=23 * 3600 + 55 * 60)
    closing = (FIRST + datetime.timedelta(days=1, hours=23, minutes=50)).timestamp()

    def taken_at():
        [kept] = days.service.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", f"(cvDocumentName=day.{site_day(1)})", "cvDocument")
        return int(kept["cvDocument"][0].split()[4])
    wait_for(lambda: taken_at() >= closing, "the day is closed")
    client = days.begin(2)
    kept = coverage(client, as_of=site_day(1), system="mailbox", depth=0)
    assert kept["as_of"][11:16] >= "23:54" and kept["rows"][0]["recorded"] == 1
    named = [d for d in documents(days.service, "rows.") if site_day(1) in d]
    assert len(named) == 1, "what the morning had kept is gone"


def test_moves_and_dissolutions_leave_old_days_alone(days):
    client = days.begin(0)
    make_units(client)
    people(client, "T1.01", 2, "a")
    limited = client.post("/v1/tokens", {"name": "phòng", "scopes": ["coverage:read"], "unit": "T1.02"}).json["secret"]
    days.begin(1)
    client = days.begin(2)
    before = coverage(client, depth=2, as_of=site_day(1))
    assert client.patch("/v1/units/T1.01", {"parent": "T1.02", "name": {"vi": "Tổ Nội vụ"}, "code": "T1.02.1"}).status == 200
    client = days.begin(3)
    after = coverage(client, depth=2, as_of=site_day(1))
    assert after == before
    assert "T1.01" in {r["unit"]["code"] for r in after["rows"]}
    moved = coverage(client, depth=2, as_of=site_day(2))
    assert "T1.02.1" in {r["unit"]["code"] for r in moved["rows"]}, "the day ended after the move"

    few = days.service.client(limited)
    assert few.get("/v1/coverage", unit="T1.02.1").status == 200, "now it lies below"
    then = few.get("/v1/coverage", unit="T1.01", as_of=site_day(1))
    assert (then.status, then.code) == (404, "unit_not_found"), "then it did not"
    assert {r["unit"]["code"] for r in few.get("/v1/coverage", as_of=site_day(1)).json["rows"]} == {"T1.02"}
    points = few.get("/v1/coverage/trend", unit="T1.02.1", **{"from": site_day(1), "to": site_day(3)}).json["points"]
    assert [p["missing"] for p in points] == [True, False, False]


def test_compare_shows_what_changed(days):
    client = days.begin(0)
    make_units(client)
    people(client, "T1.01", 2, "a")
    days.begin(1)
    client = days.begin(2)
    people(client, "T1.01", 1, "b")
    answer = client.post("/v1/units", {"code": "T1.04", "name": {"vi": "Phòng Mới"}, "kind": "phong", "parent": "T1", "slug": "moi"})
    assert answer.status == 201
    day_0 = {r["system"]: r for r in coverage(client, depth=0, as_of=site_day(1))["rows"]}
    compared = coverage(client, depth=1, compare=site_day(1))
    assert compared["compare"]["snapshot_on"] == site_day(1)
    assert {r["unit"]["code"] for r in compared["rows"]} >= {"T1", "T1.01", "T1.04"}
    for row in compared["rows"]:
        if row["row_kind"] == "total":
            old = day_0[row["system"]]
            assert row["previous"]["recorded"] == old["recorded"] and row["previous"]["coverage"] == old["coverage"]
            assert row["delta"]["recorded"] == row["recorded"] - old["recorded"]
            if row["coverage"] is not None and old["coverage"] is not None:
                assert row["delta"]["coverage"] == pytest.approx(row["coverage"] - old["coverage"], abs=1e-9)
        elif row["unit"]["code"] == "T1.04":
            assert row["previous"] is None and row["delta"] is None
    unseen = coverage(client, depth=0, compare="previous")
    assert unseen["compare"] == {"on": site_day(-28), "snapshot_on": None, "as_of": None, "from": None, "to": None, "use_unknown": None}
    assert all(r["previous"] is None for r in unseen["rows"])
    use = client.get("/v1/adoption", unit="T1", compare=site_day(1), depth=0)
    assert use.status == 200 and use.json["rows"][0]["delta"]["used"] is None
    assert client.get("/v1/coverage", unit="T1", compare="yesterday").status == 422
    assert client.get("/v1/coverage", unit="T1", compare=site_day(2)).status == 422


def told(client, day, unit="T1", system="mailbox"):
    """The kept use of that day: used, the reason when it is not known, until when the day was open, and whom it counts."""
    answer = client.get("/v1/coverage", unit=unit, system=system, depth=0, as_of=site_day(day))
    assert answer.status == 200, answer
    [row], [source] = answer.json["rows"], answer.json["systems"]
    return row["used"], source["stale_reason"], source["open_until"] is not None, row["recorded"]


def report(client, system, codes, on, through, **more):
    events = [{"staff_code": code, "occurred_on": site_day(on)} for code in codes]
    answer = client.post("/v1/usage-events", {"system": system, "events": events, "data_through": site_day(through), **more})
    assert answer.status == 200 and not answer.json["rejected"], answer


def test_a_kept_day_is_completed_when_the_source_reaches_it(days):
    """Not known is said of a past day only as long as the source has not told of it; whom the day counts stays as it was."""
    client = days.begin(0)
    make_units(client)
    for i, unit in enumerate(("T1.01", "T1.01", "T1.02")):
        assert client.put(f"/v1/staff/a{i}", an(full_name=nth("Người Thứ", i), unit=unit, hired_on="2025-01-06")).status == 201
    report(client, "mailbox", ["a0"], -20, -20, data_from=site_day(-90))
    days.wait_taken(0)
    client = days.begin(1)
    assert told(client, 0) == (None, "data_too_old", False, 3)
    kept = figures(coverage(client, as_of=site_day(0), depth=2))
    client = days.begin(2)
    assert told(client, 1) == (None, "data_too_old", False, 3)
    assert client.put("/v1/staff/b0", an(full_name="Người Đến Lùi Ngày", unit="T1.02", hired_on=site_day(-30))).status == 201
    report(client, "mailbox", ["a0", "a2", "b0"], 0, 0)
    wait_for(lambda: told(client, 0)[2], "the day is completed")
    assert told(client, 0) == (2, None, True, 3), "who was recorded later is not counted"
    assert [told(client, 0, unit)[0] for unit in ("T1.01", "T1.02")] == [1, 1]
    assert figures(coverage(client, as_of=site_day(0), depth=2)) == kept, "only use is new"
    wait_for(lambda: told(client, 1)[0] is not None, "a day within what the source may be behind is told, and stays open")
    assert told(client, 1)[1:3] == (None, False)
    report(client, "mailbox", ["a1"], 1, 1)
    wait_for(lambda: told(client, 1)[2], "and this one too")
    assert told(client, 1) == (3, None, True, 3) and told(client, 0)[0] == 2
    points = client.get("/v1/adoption/trend", unit="T1", system="mailbox", **{"from": site_day(0), "to": site_day(1)}).json["points"]
    assert [p["used"] for p in points] == [2, 3]
    late = documents(days.service, "late.")
    assert [name.split(".")[1] for name in late] == [site_day(0), site_day(1)], "what the first completion kept is gone"
    client = days.begin(3)
    assert told(client, 1) == (3, None, True, 3), "after a start too"
    days.begin(4, history_days=2)
    wait_for(lambda: not [d for d in documents(days.service, "late.") if site_day(0) in d or site_day(1) in d], "old days go, and what was kept of them late")


def test_a_day_that_cannot_be_read_does_not_keep_older_ones_open(days):
    client = days.begin(0)
    make_units(client)
    assert client.put("/v1/staff/a0", an(hired_on="2025-01-06")).status == 201
    report(client, "mailbox", ["a0"], -20, -20, data_from=site_day(-90))
    days.wait_taken(0)
    days.begin(1)
    client = days.begin(3)
    days.service.ldapmodify(f"cvDocumentName=day.{site_day(1)},ou=snapshots,ou=system,dc=congvu", "replace: cvDocument\ncvDocument: damaged")
    report(client, "mailbox", ["a0"], 0, 1)
    wait_for(lambda: told(client, 0)[2], "the day before it is completed")
    assert told(client, 0)[0] == 1
    assert client.get("/v1/coverage", unit="T1", as_of=site_day(1)).status == 500, "nobody takes the damaged one for another"


def test_use_of_a_system_that_nobody_reported_is_told_of_kept_days_too(days):
    """A source that begins later and tells of days that are kept; days before it began stay unknown, with the reason."""
    client = days.begin(0)
    make_units(client)
    people(client, "T1.01", 1, "a")
    client.patch("/v1/staff/a0", {"hired_on": "2025-01-06"})
    client.patch("/v1/systems/td-office", {"activity": {"reported": False}})
    days.wait_taken(0)
    client = days.begin(1)
    assert told(client, 0, system="td-office")[:2] == (None, "no_source")
    client.patch("/v1/systems/td-office", {"activity": {"reported": True}})
    report(client, "td-office", ["a0"], 0, 0, data_from=site_day(-3))
    report(client, "mailbox", ["a0"], 0, 0, data_from=site_day(-90))
    wait_for(lambda: told(client, 0)[2], "the mailbox is completed")
    assert told(client, 0, system="td-office")[0] is None, "nobody can know it: it begins inside the window"
    report(client, "td-office", ["a0"], -4, 0, data_from=site_day(-90))
    wait_for(lambda: told(client, 0, system="td-office")[2], "now it is known")
    assert told(client, 0, system="td-office")[0] == 1


def test_an_empty_directory_has_no_snapshot(days):
    client = days.begin(0)
    make_units(client)
    client = days.begin(1)
    people(client, "T1.01", 1, "a")
    days.wait_taken(1)
    client = days.begin(2)
    assert documents(days.service, "day.") == [f"day.{site_day(d)}" for d in (1, 2)]


def test_what_did_not_change_is_not_written_again_and_old_days_go(days):
    client = days.begin(0)
    make_units(client)
    people(client, "T1.01", 1, "a")
    days.wait_taken(0)
    days.begin(1)
    days.begin(2)
    days.begin(3)
    rows, trees = documents(days.service, "rows."), documents(days.service, "tree.")
    assert len(trees) <= 2 and len(documents(days.service, "day.")) == 4
    assert len(rows) <= 2, "the same figures lie there once"
    days.begin(4, history_days=1)
    wait_for(lambda: documents(days.service, "day.") == [f"day.{site_day(d)}" for d in (3, 4)], "old days go")
    client = days.service.client()
    assert coverage(client, as_of=site_day(3))["snapshot_on"] == site_day(3), "what it needs is still there"


def test_without_history_nothing_is_kept(start):
    service = start(lease_ms=300, history_days=0)
    make_units(service.client())
    wait_for(lambda: '"taken"' in service.log.read_text(), "it holds the lease")
    client = service.client()
    assert client.get("/v1/coverage", unit="T1", as_of=site_day(-1)).code == "snapshot_missing"
    assert documents(service, "") == []


def test_a_top_unit_that_had_ended_by_that_day_makes_no_choice(days):
    client = days.begin(0)
    make_units(client)
    people(client, "T1.01", 1, "a")
    other = {"name": {"vi": "Huyện Cũ"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "cu", "active_from": "2021-10-01"}
    assert client.put("/v1/units/T2", other).status == 201
    days.wait_taken(0)
    client = days.begin(1)
    assert client.patch("/v1/units/T2", {"active_to": site_day(1)}).status == 200
    client = days.begin(2)
    assert client.get("/v1/coverage").status == 200, "of today there is one"
    then = client.get("/v1/coverage", as_of=site_day(1))
    assert then.status == 200 and then.json["rows"][0]["unit"]["code"] == "T1", then
    assert client.get("/v1/coverage", as_of=site_day(0)).status == 422, "that day there were two"


def test_of_two_top_units_that_had_ended_none_is_chosen_silently(days):
    client = days.begin(0)
    for code, slug in (("T2", "cu"), ("T3", "xua")):
        unit = {"name": {"vi": f"Huyện Cũ {slug}"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": slug, "active_from": "2021-10-01"}
        assert client.put(f"/v1/units/{code}", unit).status == 201
    people(client, "T2", 1, "a")
    days.wait_taken(0)
    client = days.begin(1)
    assert client.put("/v1/staff/a0/departure", {"reason": "thoi_viec", "effective_on": site_day(0), "decision": {"number": "1/QĐ"}}).status in (200, 201)
    for code in ("T2", "T3"):
        assert client.patch(f"/v1/units/{code}", {"active_to": site_day(0)}).status == 200
    assert client.get("/v1/coverage", as_of=site_day(0)).status == 422
    assert client.get("/v1/coverage", as_of=site_day(0), unit="T3").status == 200


def test_a_kept_day_says_what_its_figures_of_use_rest_on(days):
    client = days.begin(0)
    make_units(client)
    assert client.put("/v1/staff/a0", an(full_name="Người Thứ Nhất", hired_on="2025-01-06")).status == 201
    report(client, "mailbox", ["a0"], -1, -1, data_from=site_day(-90))
    days.wait_taken(0)
    live = coverage(client, system="mailbox", depth=0)["systems"][0]
    client = days.begin(1)
    kept = coverage(client, system="mailbox", depth=0, as_of=site_day(0))["systems"][0]
    assert {n: kept[n] for n in ("data_from", "silent_since", "missing_there")} == {n: live[n] for n in ("data_from", "silent_since", "missing_there")}
    assert kept["data_from"] == site_day(-90)
