"""Which line of a report counts somebody: of the unit where he was, in the tree of the period's last day; and what a line says that nothing is known of."""
import datetime
import re

import pytest
from congvu import Service, an, make_units, nth, offset_to, running, site_today, wait_for
from test_known_use import account, district, report, workdays  # noqa: F401, the fixture

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


def coverage_of(client, period, **more):
    made = client.post("/v1/reports", {"unit": "T1", "period": period, "systems": ["mailbox"], "depth": 1, **more})
    assert made.status == 201, made
    return made.json


def test_a_record_merged_into_another_of_the_list_is_counted_once(since):
    """Both have lines of their own; what one used is not told of the other when the use is counted again."""
    def before(client):
        for code in ("M-1", "M-2", "M-3"):
            assert client.put(f"/v1/staff/{code}", an(full_name="Huỳnh Thúc Kháng", unit="T1.01", hired_on="2025-01-01", not_same_as=["*"])).status == 201
    client = since(before)
    used = {"system": "mailbox", "events": [{"staff_code": "M-1", "occurred_on": LAST.isoformat()}], "data_from": "2025-01-01", "data_through": (TODAY - datetime.timedelta(1)).isoformat()}
    assert client.post("/v1/usage-events", used).json["accepted"] == 1
    made = draft(client)
    assert lines(made)["total", "T1"]["used"] == 1
    assert client.put("/v1/staff/M-1/merge", {"into": client.get("/v1/staff/M-2").json["id"], "reason": "nhập hai lần"}).status == 200
    again = client.patch(f"/v1/reports/{made['id']}", {"refreeze": True})
    assert again.status == 200 and lines(again.json) == lines(made), "nothing new was used"
    late = client.put("/v1/staff/M-4", an(full_name="Huỳnh Thúc Kháng", unit="T1.01", hired_on="2025-01-01", not_same_as=["*"]))
    assert late.status == 201 and client.post("/v1/usage-events", {**used, "events": [{"staff_code": "M-4", "occurred_on": LAST.isoformat()}]}).json["accepted"] == 1
    assert client.put("/v1/staff/M-4/merge", {"into": client.get("/v1/staff/M-3").json["id"], "reason": "nhập hai lần"}).status == 200
    again = client.patch(f"/v1/reports/{made['id']}", {"refreeze": True})
    assert lines(again.json)["total", "T1"]["used"] == 2, "of a record that has no line the one that stands for it is told"


def test_a_draft_made_inside_its_period_is_whole_when_the_period_is_over(district):  # noqa: F811
    client = district(datetime.date(2026, 12, 10))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 12, 9)), data_from="2026-01-01", data_through="2026-12-09")
    made = coverage_of(client, "2026-12", accept_incomplete=True)
    assert (made["incomplete"], lines(made)["total", "T1"]["recorded"], made["figures"]["as_of"][:10]) == (True, 2, "2026-12-10")
    client = district(datetime.date(2026, 12, 21))
    assert client.put("/v1/staff/U-9", an(full_name="Ngô Thị Chín", hired_on="2026-12-21")).status == 201
    client = district(datetime.date(2027, 1, 5))
    report(client, workdays(datetime.date(2026, 12, 10), datetime.date(2027, 1, 4)), data_through="2027-01-04")
    done = client.patch(f"/v1/reports/{made['id']}", {"refreeze": True, "state": "final"})
    assert done.status == 200, done
    total = lines(done.json)["total", "T1"]
    assert (total["recorded"], total["issued"], total["used"]) == (3, 3, 2), "who came until the last day counts"
    assert (done.json["incomplete"], done.json["population"], done.json["state"]) == (False, "dated", "final") and done.json["figures"]["as_of"][:10] >= "2027-01-05"


def test_an_account_given_again_later_was_revoked_in_its_period(district):  # noqa: F811
    client = district(datetime.date(2026, 11, 10))
    report(client, workdays(datetime.date(2026, 8, 3), datetime.date(2026, 11, 9)), data_from="2026-01-01", data_through="2026-11-09")
    account(client, "U-1", state="closed", reason="other")
    account(client, "U-2", state="closed", reason="other")
    account(client, "U-2", state="present")
    assert lines(coverage_of(client, "2026-11", accept_incomplete=True))["total", "T1"]["revoked"] == 1, "what was put right the same day never ended"
    client = district(datetime.date(2026, 12, 1))
    account(client, "U-1", state="present")
    client = district(datetime.date(2026, 12, 5))
    report(client, [datetime.date(2026, 12, 4)], data_through="2026-12-04")
    assert lines(coverage_of(client, "2026-11"))["total", "T1"]["revoked"] == 1
    assert lines(coverage_of(client, "2026-12", accept_incomplete=True))["total", "T1"]["revoked"] == 0
    account(client, "U-1", state="closed", reason="other")
    assert lines(coverage_of(client, "2026-12", accept_incomplete=True))["total", "T1"]["revoked"] == 1
    both = client.post("/v1/reports", {"unit": "T1", "from": "2026-11-01", "to": "2026-12-31", "systems": ["mailbox"], "accept_incomplete": True})
    assert lines(both.json)["total", "T1"]["revoked"] == 1, "an account once, on the day it stopped for good"


def test_of_a_period_before_the_unit_was_written_down_a_report_says_nothing(spec):
    """Not 0 of 0: as coverage says null, and why."""
    before, after = datetime.date(2026, 12, 2), datetime.date(2026, 12, 5)
    with running(spec=spec, clock_offset=offset_to(before)) as service:
        client = service.client()
        make_units(client)
        assert client.put("/v1/staff/N-1", an(full_name="Ngô Văn Sau", hired_on="2026-12-02")).status == 201
        service.stop()
        service.settings["clock_offset"] = offset_to(after)
        client = service.start().client()
        refused = client.post("/v1/reports", {"unit": "T1", "period": "2026-11", "systems": ["mailbox"]})
        assert refused.status == 409 and "not_recorded_yet" in {e["code"] for e in refused.json["errors"]}
        made = coverage_of(client, "2026-11", accept_incomplete=True)
        for counts in lines(made).values():
            assert {counts[n] for n in ("recorded", "eligible", "issued", "locked", "base", "used", "usage_base", "unknown")} == {None}, counts
        [system] = made["systems"]
        assert system["coverage"] is None and system["adoption"] is None and system["notes"] == []
        items = {i["figure"]: (i["a"], i["b"], i["rate"]) for i in client.get(f"/v1/reports/{made['id']}/indicators").json["items"]}
        assert set(items.values()) == {(None, None, None)}
        page = client.get(f"/v1/reports/{made['id']}/content", format="html", lang="vi").body.decode()
        assert "được đưa vào hệ thống sau kỳ báo cáo" in page and "-1" not in page.split("<body")[1].replace("2026-1", "")
        for format in ("csv", "xlsx", "pdf", "docx"):
            assert client.get(f"/v1/reports/{made['id']}/content", format=format).status == 200
        again = client.patch(f"/v1/reports/{made['id']}", {"refreeze": True, "accept_incomplete": True})
        assert again.status == 200 and lines(again.json) == lines(made)


def test_a_unit_that_had_ended_long_before_has_no_line(since):
    """A district whose communes were merged: where nothing is left, nobody reads of units without people."""
    def before(client):
        put(client, "HERE", "T1.01")
        for code in ("T1.X", "T1.Y", "T1.Y.1"):
            put_unit(client, code, "T1.Y" if code == "T1.Y.1" else "T1")
        put(client, "LEFT", "T1.Y.1")
    client = since(before)
    gone = (LAST - datetime.timedelta(35)).isoformat()
    assert client.patch("/v1/units/T1.X", {"active_to": gone}).status == 200
    for query in ({}, {"period": MONTH}):
        shown = {r["unit"]["code"] for r in client.get("/v1/coverage", unit="T1", system="mailbox", depth=3, **query).json["rows"]}
        assert "T1.X" not in shown and {"T1", "T1.01", "T1.02", "T1.Y", "T1.Y.1"} <= shown, query
    assert client.get("/v1/coverage", unit="T1.X", system="mailbox").json["rows"][0]["recorded"] == 0, "asked for, it answers"
    made = draft(client)
    assert ("unit", "T1.X") not in lines(made)
    leave_today(client, "LEFT")
    assert client.patch("/v1/units/T1.Y.1", {"active_to": TODAY.isoformat()}).status == 200
    days = client.post("/v1/reports", {"unit": "T1", "from": LAST.isoformat(), "to": TODAY.isoformat(), "systems": ["mailbox"], "accept_incomplete": True, "depth": 2})
    whole, today = lines(days.json), of_today(client, "T1", depth=2)
    assert whole["unit", "T1.Y.1"]["revoked"] == 1 == whole["total", "T1"]["revoked"], "of days when it was there it has its line"
    assert ("unit", "T1.Y.1") not in today and today["unit", "T1.Y"]["revoked"] == 1, "else what it was below has"
    for shown in (whole, today):
        assert sum(c["revoked"] for key, c in shown.items() if key[0] != "total") == 1, shown


def test_names_of_a_list_stay_with_the_unit_and_not_with_its_code(since):
    """A code that went to a unit of the other block opens no list of before."""
    def before(client):
        put(client, "DANG", "T1.03")
        put(client, "NHA-NUOC", "T1.01")
    client = since(before)
    for code in ("DANG", "NHA-NUOC"):
        assert client.put(f"/v1/staff/{code}/accounts/mailbox", {"state": "locked", "reason": "other"}).status in (200, 202)
    body = {"kind": "locked_accounts", "unit": "T1", "systems": ["mailbox"], "from": TODAY.isoformat(), "to": TODAY.isoformat(), "accept_incomplete": True}
    made = client.post("/v1/reports", body)
    assert {p["unit_code"] for p in made.json["figures"]["sheets"][0]["people"]} == {"T1.01", "T1.03"}
    secret = client.post("/v1/tokens", {"name": "khối chính quyền", "scopes": ["staff:read", "coverage:read", "reports:write"], "unit": "T1"}).json["secret"]
    state, path = since.service.client(secret), f"/v1/reports/{made.json['id']}"
    assert state.get(path).code == "report_not_found"
    put_unit(client, "T1.04", "T1", block="dang_doan_the")
    assert client.patch("/v1/staff/DANG", {"unit": "T1.04"}).status == 200
    assert client.patch("/v1/units/T1.03", {"active_to": TODAY.isoformat()}).status == 200
    heir = client.post("/v1/units", {"code": "T1.03", "name": {"vi": "Phòng Kế thừa"}, "kind": "phong", "block": "chinh_quyen", "parent": "T1", "active_from": TODAY.isoformat()})
    assert heir.status == 201, heir
    assert state.get(path).code == "report_not_found", "the names are those of the unit that was"
    assert client.patch(path, {"number": "7/BC"}).status == 200, "and stay so when the draft is changed"
    assert state.get(path).code == "report_not_found" and made.json["id"] not in {r["id"] for r in state.get("/v1/reports").json["items"]}
    assert client.get(path).json["figures_hash"] == made.json["figures_hash"]


def test_a_unit_that_was_written_down_later_is_none_that_declared_nothing(since):
    def before(client):
        put(client, "CO-1", "T1.01")
    client = since(before)
    made = client.put("/v1/units/T1.77", {"name": {"vi": "Phòng Sau Này"}, "kind": "phong", "parent": "T1", "slug": "saunay"})
    assert made.status == 201, made
    report = draft(client)
    assert lines(report)["unit", "T1.77"]["undeclared_units"] is None
    page = client.get(f"/v1/reports/{report['id']}/content", format="html", lang="vi").body.decode()
    note = re.search(r"Có (\d+) đơn vị chưa khai báo[^<]*", page)
    assert "Phòng Sau Này" not in note[0] and "(-1" not in page, note[0]
    whole = client.get("/v1/coverage", unit="T1", system="mailbox", period=MONTH, depth=0).json["rows"][0]
    assert int(note[1]) == whole["undeclared"]["units"] == note[0].count(";") + 1, note[0]
