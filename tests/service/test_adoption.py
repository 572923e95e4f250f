"""Use: the chain down to regular use, live, with the people behind each figure, and null where nobody can know."""
import datetime
import json

import pytest
from congvu import ago, an, make_units, running, site_today, wait_for

TODAY = site_today()
COUNTS = ("recorded", "eligible", "issued", "activated", "used", "regular", "too_new", "never_used", "unknown", "locked", "on_long_leave",
          "on_leave_unused", "seconded_in", "seconded_out")
DAY_S = 86400


def used(client, code, *backs, system="mailbox"):
    events = [{"staff_code": code, "occurred_on": ago(back), "kind": "sign_in"} for back in backs]
    answer = client.post("/v1/usage-events", {"system": system, "events": events, "data_from": ago(380), "data_through": ago(1)})
    assert answer.status == 200 and not answer.json["rejected"], answer


def rows(client, path="/v1/coverage", **query):
    answer = client.get(path, **query)
    assert answer.status == 200, answer
    return answer.json["rows"]


def row(client, **query):
    found = rows(client, depth=0, **query)
    assert len(found) == 1
    return found[0]


PEOPLE = (("A-1", "T1.01", "Nguyễn Văn An"), ("A-2", "T1.01", "Trần Thị Bích"), ("A-3", "T1.01", "Lê Văn Cường"),
          ("A-4", "T1.02", "Phạm Thị Dung"), ("A-5", "T1.03", "Hoàng Văn Em"), ("A-6", "T1", "Võ Thị Giang"))


@pytest.fixture(scope="module")
def district(spec):
    """Six accounts issued a hundred days ago and one today. A-1 uses the mailbox regularly, A-2 twice in the month, A-4 once long ago."""
    with running(spec=spec, clock_offset=-100 * DAY_S) as service:
        client = service.client()
        make_units(client)
        for code, unit, name in PEOPLE:
            assert client.put(f"/v1/staff/{code}", an(full_name=name, unit=unit)).status == 201
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        assert client.put("/v1/staff/A-7", an(full_name="Đỗ Thị Mới", unit="T1.02")).status == 201
        used(client, "A-1", 2, 5, 9, 14, 20, 40, 50, 60, 61, 62, 63, 64)
        used(client, "A-2", 3, 25)
        used(client, "A-4", 70)
        yield client, service


@pytest.fixture
def client(district):
    return district[0]


def test_the_chain(client):
    month = row(client, unit="T1", system="mailbox")
    assert {k: month[k] for k in COUNTS} == {
        "recorded": 7, "eligible": 7, "issued": 7, "activated": 3, "used": 2, "regular": 1, "too_new": 1, "never_used": 4, "unknown": 0, "locked": 0,
        "on_long_leave": 0, "on_leave_unused": 0, "seconded_in": 0, "seconded_out": 0}
    assert {k: month[k] for k in ("activation", "adoption", "adoption_of_issued", "regular_ratio")} == {
        "activation": 0.4286, "adoption": 0.2857, "adoption_of_issued": 0.2857, "regular_ratio": 0.1429}


@pytest.mark.parametrize("window, used_, regular", [("P7D", 2, None), ("P30D", 2, 1), ("P90D", 3, 1), ("P180D", 3, 0)])
def test_windows(client, window, used_, regular):
    answer = client.get("/v1/coverage", unit="T1", system="mailbox", depth=0, window=window).json
    [found] = answer["rows"]
    assert (found["used"], found["regular"]) == (used_, regular)
    assert found["too_new"] is None if regular is None else found["too_new"] == 1
    length = int(window[1:-1])
    assert answer["window"] == {"length": window, "period": None, "calendar": None, "from": ago(length - 1), "to": ago(0)}
    [system] = answer["systems"]
    assert (system["data_through"], system["stale"], system["stale_reason"], system["precision"]) == (ago(1), False, None, "by_day")
    assert system["definition"].startswith("regular-mailbox-")
    assert system["regular_days"] == {7: None, 30: 4, 90: 12, 180: 24}[length]


def test_own_and_units_add_up(client):
    for window in ("P7D", "P30D", "P90D", "P180D"):
        total, *parts = rows(client, unit="T1", system="mailbox", window=window)
        assert [p["row_kind"] for p in parts] == ["own", "unit", "unit", "unit"]
        for name in COUNTS:
            if total[name] is not None:
                assert total[name] == sum(p[name] for p in parts), (window, name)


def period_of(back):
    return ago(back)[:7]


def check_links(client, **query):
    """Every link of every row leads to exactly as many people as the figure says."""
    figures = {"missing": lambda r: r["missing"]["people"], "not_activated": lambda r: r["issued"] - r["activated"],
               "unused": lambda r: r["issued"] - r["used"], "never_used": lambda r: r["never_used"], "locked": lambda r: r["locked"],
               "unknown": lambda r: r["unknown"], "issued_beyond": lambda r: r["issued_beyond"]}
    seen = 0
    for found in rows(client, **query):
        known = [k for k in figures if (k != "not_activated" or found["activated"] is not None) and (k not in ("unused", "never_used") or found["used"] is not None)]
        assert set(found["links"]) == {k for k in known if figures[k](found) > 0}
        for stage, link in found["links"].items():
            answer = client.get(link)
            assert answer.status == 200 and answer.json["total"] == figures[stage](found), (link, found)
            seen += 1
    assert seen


@pytest.mark.parametrize("query", [{}, {"window": "P7D"}, {"window": "P90D"}, {"category": "cong_chuc,vien_chuc"}, {"depth": 2, "recursive": "false"},
                                   {"period": period_of(40)}, {"period": period_of(0), "calendar": "admin"}])
def test_every_figure_links_to_its_people(client, query):
    check_links(client, unit="T1", **query)


def test_stages_are_alternatives(client):
    def codes(stage, **query):
        return {p["staff_code"] for p in client.get("/v1/staff", unit="T1", system="mailbox", stage=stage, **query).json["items"]}
    assert codes("unused") == {"A-3", "A-4", "A-5", "A-6", "A-7"}
    assert codes("unused", window="P90D") == {"A-3", "A-5", "A-6", "A-7"} == codes("never_used")
    assert codes("not_regular") == {"A-2"} and codes("not_regular,never_used") == {"A-2", "A-3", "A-5", "A-6", "A-7"}
    assert codes("missing") == set()


def test_a_period_of_either_calendar(client):
    month = (TODAY.replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
    last = TODAY.replace(day=1) - datetime.timedelta(days=1)
    answer = client.get("/v1/coverage", unit="T1", system="mailbox", depth=0, period=month).json
    assert answer["window"] == {"length": None, "period": month, "calendar": "civil", "from": f"{month}-01", "to": last.isoformat()}
    days = [TODAY - datetime.timedelta(days=b) for b in (2, 5, 9, 14, 20, 40, 50, 60, 61, 62, 63, 64)]
    expected = any(d.strftime("%Y-%m") == month for d in days) + any(d.strftime("%Y-%m") == month for d in (TODAY - datetime.timedelta(days=b) for b in (3, 25))) + \
        ((TODAY - datetime.timedelta(days=70)).strftime("%Y-%m") == month)
    assert answer["rows"][0]["used"] == expected
    admin = client.get("/v1/coverage", unit="T1", depth=0, period=month, calendar="admin").json["window"]
    assert admin["to"] == f"{month}-14" and admin["from"][8:] == "15" and admin["calendar"] == "admin"
    year = client.get("/v1/coverage", unit="T1", depth=0, period=str(TODAY.year)).json["window"]
    assert (year["from"], year["to"]) == (f"{TODAY.year}-01-01", ago(0)), "a period that is not over ends today"


@pytest.mark.parametrize("query, parameter", [
    ({"window": "P31D"}, "window"), ({"window": "P30D", "period": "2026-11"}, "period"), ({"calendar": "admin"}, "calendar"),
    ({"period": "2026-13"}, "period"), ({"period": "2026-11", "calendar": "lunar"}, "calendar"), ({"period": "2190-01"}, "period"),
    ({"period": "2019"}, "period")])
def test_windows_that_cannot_be(client, query, parameter):
    for path in ("/v1/coverage", "/v1/adoption"):
        answer = client.get(path, unit="T1", **query)
        assert (answer.status, answer.code) == (422, "validation_failed"), answer
        assert [e["parameter"] for e in answer.json["errors"]] == [parameter]


@pytest.mark.parametrize("query, parameter", [({"stage": "asleep"}, "stage"), ({"stage": "any"}, "stage"), ({"window": "P7D"}, "window"),
                                              ({"stage": "unused", "window": "P1D"}, "window"), ({"stage": "unused", "period": "2019"}, "period")])
def test_lists_that_cannot_be(client, query, parameter):
    answer = client.get("/v1/staff", system="mailbox", **query)
    assert answer.status in (400, 422) and [e["parameter"] for e in answer.json["errors"]] == [parameter], answer


def test_adoption_is_the_same_with_use_first(client):
    coverage, adoption = client.get("/v1/coverage", unit="T1"), client.get("/v1/adoption", unit="T1")
    assert coverage.json == adoption.json and coverage.etag != adoption.etag
    members = list(json.loads(adoption.body)["rows"][0])
    assert members.index("adoption") < members.index("recorded") < members.index("coverage")
    assert client.call("GET", "/v1/adoption?unit=T1", None, {"If-None-Match": adoption.etag}).status == 304


def test_a_system_without_a_source_says_so(client):
    answer = client.get("/v1/coverage", unit="T1", system="certificate,mailbox", depth=0).json
    certificate, mailbox = answer["systems"]
    assert (certificate["stale"], certificate["stale_reason"], certificate["definition"]) == (True, "no_source", None) and not mailbox["stale"]
    [found] = [r for r in answer["rows"] if r["system"] == "certificate"]
    assert found["used"] is found["adoption"] is found["regular_ratio"] is found["never_used"] is None and found["unknown"] == found["issued"]


def test_pairs_are_null_when_one_source_is_missing(client):
    [found] = rows(client, unit="T1", system="required", depth=0)
    assert found["used"] is None and found["adoption"] is None and found["unknown"] == 7, "e-office and td-office were never reported"
    assert found["coverage"] == 1 and found["links"] == {}


def test_who_is_on_long_leave_and_does_not_use_is_left_out_of_the_base(client):
    assert client.patch("/v1/staff/A-3", {"leave": {"kind": "thai_san", "from": ago(10), "to": None}}).status == 200
    try:
        found = row(client, unit="T1", system="mailbox")
        assert (found["on_long_leave"], found["on_leave_unused"], found["adoption"], found["adoption_of_issued"]) == (1, 1, round(2 / 6, 4), 0.2857)
    finally:
        assert client.patch("/v1/staff/A-3", {"leave": None}).status == 200


def test_inactive_accounts_are_found(client):
    def codes(**query):
        items = client.get("/v1/accounts", system="mailbox", page_size=500, **query).json["items"]
        return {i["staff"]["staff_code"]: i["last_active_on"] for i in items}
    assert codes()["A-1"] == ago(2)
    assert codes(last_active_before=ago(60)) == {"A-3": None, "A-4": ago(70), "A-5": None, "A-6": None, "A-7": None}
    assert set(codes(last_active_before=ago(2))) == {"A-2", "A-3", "A-4", "A-5", "A-6", "A-7"}
    assert client.get("/v1/accounts", system="certificate", last_active_before=ago(0)).json["items"] == [], "of use that nobody reports nothing is said"


def test_what_is_changed_in_the_directory_itself_shows(client, district):
    service = district[1]
    person = service.person(client.get("/v1/staff/A-5").json["id"])
    before = client.get("/v1/coverage", unit="T1.03", system="mailbox", depth=0)
    service.ldapmodify(person["dn"][0], "replace: cvAccountState;x-mailbox\ncvAccountState;x-mailbox: requested")
    try:
        wait_for(lambda: row(client, unit="T1.03", system="mailbox")["issued"] == 0, "the change shows")
        assert client.get("/v1/coverage", unit="T1.03", system="mailbox", depth=0).etag != before.etag
    finally:
        old = person["cvAccountState;x-mailbox"][0]
        service.ldapmodify(person["dn"][0], f"replace: cvAccountState;x-mailbox\ncvAccountState;x-mailbox: {old}")
        wait_for(lambda: row(client, unit="T1.03", system="mailbox")["issued"] == 1, "and back")


def test_a_late_day_moves_the_figure_at_once(client):
    assert row(client, unit="T1.01", system="mailbox", window="P180D")["used"] == 2
    used(client, "A-3", 150)
    wait_for(lambda: row(client, unit="T1.01", system="mailbox", window="P180D")["used"] == 3, "the late day counts")
    assert row(client, unit="T1.01", system="mailbox", window="P90D")["used"] == 2


def test_a_stale_source_is_null_with_the_reason_and_heals(district):
    """The last of this file: it moves the clock of the service."""
    client, service = district
    etag = client.get("/v1/coverage", unit="T1", system="mailbox", depth=0).etag
    service.stop()
    service.settings["clock_offset"] = 10 * DAY_S
    service.start()
    client = service.client()
    answer = wait_for(lambda: (a := client.get("/v1/coverage", unit="T1", system="mailbox", depth=0)).json["systems"][0]["data_through"] and a, "usage is read")
    [system], [found] = answer.json["systems"], answer.json["rows"]
    assert (system["stale"], system["stale_reason"], system["data_through"]) == (True, "data_too_old", ago(1)) and answer.etag != etag
    for name in ("used", "regular", "never_used", "adoption", "adoption_of_issued", "regular_ratio"):
        assert found[name] is None, name
    assert found["unknown"] == found["issued"] == 7 and found["coverage"] == 1
    check_links(client, unit="T1", system="mailbox")
    late = client.post("/v1/usage-events", {"system": "mailbox", "data_through": ago(-9), "events": [{"staff_code": "A-1", "occurred_on": ago(-9)}]})
    assert late.status == 200, late
    healed = wait_for(lambda: (r := row(client, unit="T1", system="mailbox"))["used"] is not None and r, "the source lives again")
    assert (healed["used"], healed["unknown"]) == (2, 0)
    check_links(client, unit="T1", system="mailbox")
