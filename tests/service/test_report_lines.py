"""Which line of a report counts somebody: of the unit where he was, in the tree of the period's last day; and what a line says that nothing is known of."""
import datetime

import pytest
from congvu import Service, an, make_units, nth, site_today, wait_for

TODAY = site_today()
LAST = TODAY.replace(day=1) - datetime.timedelta(1)  # of the month that is over
MONTH = LAST.strftime("%Y-%m")
UNIT = {"kind": "phong", "block": "chinh_quyen", "active_from": "2021-10-01"}


def put_unit(client, code, parent, **more):
    made = client.put(f"/v1/units/{code}", {**UNIT, "name": {"vi": f"Phòng {code.replace('.', ' ')}"}, "slug": code.lower().replace(".", ""), "parent": parent, **more})
    assert made.status in (200, 201), made


def put(client, code, unit, **more):
    made = client.put(f"/v1/staff/{code}", an(full_name=nth("Đoàn Hữu", sum(code.encode())), unit=unit, hired_on="2025-01-01", **more))
    assert made.status in (200, 201), made
    return made.json


@pytest.fixture
def since(spec):
    """since(before): what was so forty days and more ago, then today."""
    service = Service(spec=spec, clock_offset=-(TODAY - LAST + datetime.timedelta(40)).days * 86400)

    def go(before):
        client = service.start().client()
        make_units(client)
        before(client)
        service.stop()
        service.settings.pop("clock_offset")
        return service.start().client()
    go.service = service
    yield go
    service.stop()
    service.clean()


def draft(client, unit="T1", **more):
    made = client.post("/v1/reports", {"kind": "coverage", "unit": unit, "period": MONTH, "systems": ["mailbox"], "depth": 1, "accept_incomplete": True, **more})
    assert made.status == 201, made
    return made.json


def leave_today(client, code):
    assert client.put(f"/v1/staff/{code}/departure", {"reason": "thoi_viec", "effective_on": TODAY.isoformat(), "decision": {"number": "1/QĐ"}}).status in (200, 202)
    wait_for(lambda: client.get(f"/v1/staff/{code}").json["status"] == "departed", "gone")


def of_today(client, unit, **more):
    made = client.post("/v1/reports", {"kind": "coverage", "unit": unit, "from": TODAY.isoformat(), "to": TODAY.isoformat(), "systems": ["mailbox"], "accept_incomplete": True, **more})
    assert made.status == 201, made
    return lines(made.json)


def lines(report):
    return {(row["row_kind"], row["code"]): row["counts"] for row in report["figures"]["sheets"][0]["rows"]}


def used_on(client, codes, day):
    events = [{"staff_code": code, "occurred_on": day.isoformat()} for code in codes]
    told = client.post("/v1/usage-events", {"system": "mailbox", "events": events, "data_from": (LAST - datetime.timedelta(90)).isoformat(),
                                            "data_through": (TODAY - datetime.timedelta(1)).isoformat()})
    assert told.status == 200, told


def test_use_counts_in_the_unit_below_which_it_hung_then(since):
    def before(client):
        put_unit(client, "T1.D", "T1")
        put_unit(client, "T1.E", "T1")
        put_unit(client, "T1.U", "T1.D")
        put(client, "LU", "T1.U")
        put(client, "LE", "T1.E")
    client = since(before)
    assert client.patch("/v1/units/T1.U", {"parent": "T1.E"}).status == 200
    made = draft(client)
    assert [lines(made)["unit", code]["base"] for code in ("T1.D", "T1.E")] == [1, 1]
    used_on(client, ["LU"], LAST)
    again = client.patch(f"/v1/reports/{made['id']}", {"refreeze": True, "accept_incomplete": True})
    assert again.status == 200, again
    assert [lines(again.json)["unit", code]["used"] for code in ("T1.D", "T1.E")] == [1, 0]


def test_units_that_hang_elsewhere_by_now_make_no_lines_of_their_own(since):
    """As many as there are: each had its place in the tree of then."""
    below = [f"T1.D{n}" for n in range(9)]

    def before(client):
        put_unit(client, "T1.D", "T1")
        for code in below:
            put_unit(client, code, "T1.D")
            put(client, f"L-{code}", code)
    client = since(before)
    for code in below:
        assert client.patch(f"/v1/units/{code}", {"parent": "T1"}).status == 200
    rows = lines(draft(client))
    assert rows["unit", "T1.D"]["base"] == 9 and not any(code in below for _, code in rows)


def test_what_nobody_knows_of_a_line_is_null_there_too(since):
    def before(client):
        put(client, "OWN", "T1")
        put(client, "SUB", "T1.01")
    client = since(before)
    leave_today(client, "OWN")
    own = of_today(client, "T1", depth=1).get(("own", "T1"))
    assert own is not None and own["revoked"] == 1, "he stopped having it today"
    assert [own[of] for of in ("headcount", "used", "regular")] == [None] * 3 and own["base"] == 0


def test_a_unit_without_others_below_counts_its_own_revoked_accounts_alone(since):
    def before(client):
        put(client, "HERE", "T1.01")
        put(client, "THERE", "T1.02")
    client = since(before)
    leave_today(client, "THERE")
    assert [of_today(client, unit)["total", unit]["revoked"] for unit in ("T1.01", "T1.02", "T1")] == [0, 1, 1]


def test_a_list_of_the_past_says_what_was_then(since):
    def before(client):
        put_unit(client, "T1.P", "T1")
        put_unit(client, "T1.Q", "T1")
        for code in ("LOCK", "LATE", "MOVE"):
            put(client, code, "T1.P", title="Chức danh cũ")
        assert client.put("/v1/staff/LOCK/accounts/mailbox", {"state": "locked", "reason": "violation"}).status in (200, 202)
        assert client.put("/v1/staff/LATE/accounts/mailbox", {"state": "closed", "reason": "other"}).status in (200, 202)
    client = since(before)
    assert client.put("/v1/staff/LOCK/accounts/mailbox", {"state": "present"}).status in (200, 202)
    assert client.put("/v1/staff/LATE/accounts/mailbox", {"state": "present"}).status in (200, 202)
    assert client.patch("/v1/staff/MOVE", {"unit": "T1.Q", "title": "Chức danh mới", "decision": {"number": "2/QĐ", "effective_on": TODAY.isoformat()}}).status == 200

    def people(kind):
        return {p["full_name"]: p for p in draft(client, kind=kind)["figures"]["sheets"][0]["people"]}
    names = {code: client.get(f"/v1/staff/{code}").json["full_name"] for code in ("LOCK", "LATE", "MOVE")}
    locked = people("locked_accounts")[names["LOCK"]]
    assert (locked["since_on"], locked["reason"], locked["stage"]) == (None, None, "locked"), "that lock is over; today's state is no answer"
    unused = people("unused_accounts")
    assert unused[names["LATE"]]["stage"] == "missing", "he had none then"
    assert (unused[names["MOVE"]]["unit_code"], unused[names["MOVE"]]["title"]) == ("T1.P", "Chức danh cũ")


def test_where_no_system_concerns_anybody_it_is_asked_for(client):
    assert client.put("/v1/units/NOSYS", {**UNIT, "name": {"vi": "Đơn vị không hệ thống"}, "slug": "nosys", "parent": "T1"}).status == 201
    systems = [s for s in client.get("/v1/systems").json["items"] if s["required_for"]]
    for system in systems:
        assert client.patch(f"/v1/systems/{system['id']}", {"required_for": []}).status == 200
    try:
        refused = client.post("/v1/reports", {"kind": "coverage", "unit": "NOSYS", "period": MONTH, "accept_incomplete": True})
        assert (refused.status, refused.json["errors"][0]["pointer"], refused.json["errors"][0]["code"]) == (422, "#/systems", "required"), refused
    finally:
        for system in systems:
            assert client.patch(f"/v1/systems/{system['id']}", {"required_for": system["required_for"]}).status == 200


def test_a_calendar_that_use_is_not_kept_for_is_refused(spec):
    service = Service(spec=spec, view_activity_days=180).start()
    try:
        client = service.client()
        make_units(client)
        rule = {"kind": "coverage", "unit": "T1", "every": "quarter", "cut_off": 5, "due": 90}
        assert client.put("/v1/report-schedules/quy", rule).status == 201
        late = client.put("/v1/report-schedules/quy", {**rule, "cut_off": 89})
        assert late.status == 422 and late.json["errors"][0]["pointer"] == "#/cut_off" and "88" in late.json["errors"][0]["detail"], late
        long = client.put("/v1/report-schedules/nam", {**rule, "every": "year"})
        assert long.status == 422 and long.json["errors"][0]["pointer"] == "#/every" and not any(c.isdigit() for c in long.json["errors"][0]["detail"]), long
    finally:
        service.stop()
        service.clean()


def test_two_records_that_became_two_again_leave_no_use_behind(since):
    """A kept period is what a fresh process would say."""
    def before(client):
        put(client, "ONE", "T1.01")
        put(client, "TWIN", "T1.01")
    client = since(before)
    used_on(client, ["TWIN"], LAST)

    def used():
        return next(r for r in client.get("/v1/coverage", unit="T1.01", system="mailbox", period=MONTH).json["rows"] if r["row_kind"] == "total")["used"]
    assert used() == 1
    one, twin = (client.get(f"/v1/staff/{code}") for code in ("ONE", "TWIN"))
    merged = client.put(f"/v1/staff/{twin.json['id']}/merge", {"into": one.json["id"], "reason": "nhập hai lần"})
    assert merged.status in (200, 201), merged
    assert used() == 1
    assert client.delete(f"/v1/staff/{twin.json['id']}/merge", etag="*").status == 200
    apart = used()
    since.service.stop()
    client = since.service.start().client()
    assert used() == apart == 1


def test_use_of_a_record_merged_twice_over_counts_for_who_stands_for_it(since):
    def before(client):
        for code in ("FIRST", "SECOND", "THIRD"):
            put(client, code, "T1.01")
    client = since(before)
    first, second, third = (client.get(f"/v1/staff/{code}").json for code in ("FIRST", "SECOND", "THIRD"))
    for emptied, into in ((first, second), (second, third)):
        assert client.put(f"/v1/staff/{emptied['id']}/merge", {"into": into["id"], "reason": "nhập hai lần"}).status in (200, 201)
    used_on(client, ["FIRST"], LAST)
    used = [r["used"] for r in client.get("/v1/coverage", unit="T1.01", system="mailbox", period=MONTH).json["rows"] if r["row_kind"] == "total"]
    assert used == [1]
