"""Why a figure changed: a and b of two days, split by cause, with the people; the parts add up."""
import datetime

import pytest
from congvu import an, day, make_units, running, site_today, wait_for

TODAY = site_today()
DAY_S = 86400
PEOPLE = "LEAVES MOVES STAYS LOCKED CLOSED BEGINS STOPS GUEST".split()


def adds_up(answer):
    for ratio in ("coverage", "adoption"):
        for member in ("a", "b"):
            parts = [p[ratio][member] for p in answer["parts"]]
            if None in parts or answer["from"][ratio][member] is None or answer["to"][ratio][member] is None:
                continue
            assert answer["from"][ratio][member] + sum(parts) == answer["to"][ratio][member], (ratio, member, answer)


@pytest.fixture(scope="module")
def district(spec):
    """Sixty days ago eight people; since then one of each cause."""
    with running(spec=spec, clock_offset=-60 * DAY_S) as service:
        client = service.client()
        make_units(client)
        assert client.put(f"/v1/units/T1.01/headcounts/{day(-60)}", {"total": 8}).status in (200, 201)
        for n, code in enumerate(PEOPLE):
            unit = "T1.02" if code == "GUEST" else "T1.01"
            assert client.put(f"/v1/staff/{code}", an(full_name=f"Lê Thị {chr(65 + n)}", unit=unit, hired_on=day(-900))).status == 201
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        events = [{"staff_code": "STOPS", "occurred_on": day(-50 + n)} for n in range(5)] + [{"staff_code": "BEGINS", "occurred_on": day(-n)} for n in range(1, 6)]
        assert client.post("/v1/usage-events", {"system": "mailbox", "events": events, "data_from": day(-200), "data_through": day(-1)}).status == 200
        assert client.put("/v1/staff/LEAVES/departure", {"reason": "nghi_huu", "effective_on": day(0)}).status in (200, 201)
        wait_for(lambda: client.get("/v1/staff/LEAVES").json["status"] == "departed", "he has left")
        for code, unit in (("MOVES", "T1.02"), ("GUEST", "T1.01")):
            assert client.patch(f"/v1/staff/{code}", {"unit": unit, "decision": {"number": "5/QĐ", "effective_on": day(-3)}}).status == 200
        assert client.put("/v1/staff/LOCKED/accounts/mailbox", {"state": "locked", "reason": "leave"}).status == 200
        assert client.put("/v1/staff/CLOSED/accounts/mailbox", {"state": "closed"}).status in (200, 202)
        assert client.put("/v1/staff/NEW", an(full_name="Lê Thị Mới", hired_on=day(-2))).status == 201
        yield service


def test_each_cause_has_its_people_and_the_parts_add_up(district):
    client = district.client()
    answer = client.get("/v1/coverage/changes", unit="T1.01", system="mailbox", **{"from": day(-20)})
    assert answer.status == 200, answer
    said = answer.json
    assert (said["from"]["coverage"]["a"], said["from"]["coverage"]["b"]) == (7, 8)
    assert (said["to"]["coverage"]["a"], said["to"]["coverage"]["b"]) == (6, 8)
    who = {p["cause"]: [i["staff_code"] for i in p["items"]] for p in said["parts"]}
    assert who == {"left": ["LEAVES"], "moved_out": ["MOVES"], "moved_in": ["GUEST"], "joined": ["NEW"], "revoked": ["CLOSED"],
                   "locked": ["LOCKED"], "began_using": ["BEGINS"], "stopped_using": ["STOPS"]}
    effect = {p["cause"]: (p["coverage"]["a"], p["coverage"]["b"]) for p in said["parts"]}
    assert effect == {"left": (-1, -1), "moved_out": (-1, -1), "moved_in": (1, 1), "joined": (1, 1), "revoked": (-1, 0), "locked": (0, 0),
                      "began_using": (0, 0), "stopped_using": (0, 0)}
    adds_up(said)
    live = client.get("/v1/coverage", unit="T1.01", system="mailbox", depth=0).json["rows"][0]
    assert (said["to"]["coverage"]["ratio"], said["to"]["adoption"]["ratio"], said["to"]["adoption"]["a"]) == (live["coverage"], live["adoption"], live["used"])


def test_a_declaration_is_a_cause_of_its_own(district):
    client = district.client()
    assert client.put(f"/v1/units/T1.02/headcounts/{day(-10)}", {"total": 5}).status in (200, 201)
    said = client.get("/v1/coverage/changes", unit="T1.02", system="mailbox", **{"from": day(-20)}).json
    assert [(p["people"], p["coverage"]["b"]) for p in said["parts"] if p["cause"] == "declared"] == [(None, 4)]
    adds_up(said)
    recorded = client.get("/v1/coverage/changes", unit="T1.02", system="mailbox", basis="recorded", **{"from": day(-20)}).json
    assert all(p["cause"] != "declared" for p in recorded["parts"])
    adds_up(recorded)


def test_names_are_for_who_may_see_them(district):
    client = district.client()
    blind = district.client(client.post("/v1/tokens", {"name": "b", "scopes": ["coverage:read"]}).json["secret"])
    said = blind.get("/v1/coverage/changes", unit="T1.01", system="mailbox", **{"from": day(-20)}).json
    assert said["parts"] and all(p["items"] == [] for p in said["parts"])
    head = district.client(client.post("/v1/tokens", {"name": "h", "scopes": ["coverage:read", "staff:read"], "unit": "T1.01"}).json["secret"])
    said = head.get("/v1/coverage/changes", system="mailbox", **{"from": day(-20)}).json
    moved = next(p for p in said["parts"] if p["cause"] == "moved_out")
    assert moved["people"] == 1 and moved["items"] == [], "who is elsewhere now is counted, not shown"
    assert head.get("/v1/coverage/changes", unit="T1.02", system="mailbox", **{"from": day(-20)}).status == 404


@pytest.mark.parametrize("query, status", [({"system": "mailbox"}, 422), ({"from": day(-20)}, 422), ({"system": "mailbox", "from": day(1)}, 422),
                                           ({"system": "mailbox", "from": day(-20), "to": day(-20)}, 422), ({"system": "pigeon", "from": day(-20)}, 404),
                                           ({"system": "mailbox", "from": day(-1000)}, 422)])
def test_questions_that_cannot_be(district, query, status):
    assert district.client().get("/v1/coverage/changes", unit="T1.01", **query).status == status


def test_people_of_a_day_that_is_over_are_listed_where_they_were(district):
    client = district.client()
    moved = TODAY - datetime.timedelta(3)
    before = (moved.replace(day=1) - datetime.timedelta(1)).strftime("%Y-%m")
    found = {}
    for unit in ("T1.01", "T1.02"):
        row = client.get("/v1/coverage", unit=unit, system="mailbox", depth=0, period=before).json["rows"][0]
        found[unit] = {p["staff_code"] for p in client.get("/v1/staff", unit=unit, system="mailbox", stage="issued", period=before).json["items"]}
        assert len(found[unit]) == row["issued"], unit
    assert found == {"T1.01": set(PEOPLE) - {"GUEST"}, "T1.02": {"GUEST"}}


def test_of_days_before_the_unit_was_written_down_nothing_is_said(district):
    client = district.client()
    unit = {"name": {"vi": "Phòng Mới"}, "kind": "phong", "block": "chinh_quyen", "slug": "moi", "parent": "T1", "active_from": "2021-10-01"}
    assert client.put("/v1/units/T1.08", unit).status == 201
    assert client.put("/v1/staff/FRESH", an(full_name="Lê Thị Tươi", unit="T1.08", hired_on=day(0))).status == 201
    said = wait_for(lambda: (r := client.get("/v1/coverage/changes", unit="T1.08", system="mailbox", **{"from": day(-20)}).json)["to"]["coverage"]["b"] == 1 and r, "she is there")
    nothing = {"a": None, "b": None, "ratio": None}
    assert (said["from"]["coverage"], said["from"]["adoption"]) == (nothing, nothing)
    assert said["to"]["coverage"] == {"a": 1, "b": 1, "ratio": 1}
    [joined] = said["parts"]
    assert (joined["cause"], joined["people"], joined["coverage"]) == ("joined", 1, {"a": None, "b": None}), joined
    recorded = client.get("/v1/coverage/changes", unit="T1.08", system="mailbox", basis="recorded", **{"from": day(-20)}).json
    assert recorded["from"]["coverage"] == nothing


def test_where_use_is_not_known_nobody_began_or_stopped(spec):
    with running(spec=spec, clock_offset=-60 * DAY_S) as service:
        client = service.client()
        make_units(client)
        for code, name in (("USES", "Lê Thị Dùng"), ("NEVER", "Lê Thị Chưa"), ("LOCKED", "Lê Thị Khóa")):
            assert client.put(f"/v1/staff/{code}", an(full_name=name, hired_on=day(-900))).status == 201
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        events = [{"staff_code": code, "occurred_on": day(-n)} for code, last in (("USES", 31), ("LOCKED", 20)) for n in range(last, 60)]
        assert client.post("/v1/usage-events", {"system": "mailbox", "events": events, "data_from": day(-50), "data_through": day(-20)}).status == 200
        assert client.put("/v1/staff/LOCKED/accounts/mailbox", {"state": "locked", "reason": "leave"}).status == 200

        def who(**query):
            said = client.get("/v1/coverage/changes", unit="T1.01", system="mailbox", **query).json
            adds_up(said)
            return {p["cause"]: sorted(i["staff_code"] for i in p["items"]) for p in said["parts"]}
        assert who(**{"from": day(-21)}) == {"became_unknown": ["LOCKED", "USES"]}, "the source has not told of the days since"
        assert who(**{"from": day(-40), "to": day(-21)}) == {}, "nothing was known before"
        assert who(**{"from": day(-40)}) == {"locked": ["LOCKED"]}
