"""What is dated happens on its day: transfers that wait, posts in a row, leaves with their last day."""
import csv
import datetime
import io
import json
import re

import pytest

from browser import activate
from congvu import Service, an, day, district, make_units, site_today, wait_for

TODAY = site_today()
LAST_MONTH = (TODAY.replace(day=1) - datetime.timedelta(1)).strftime("%Y-%m")


def login(person, system="td-office"):
    return next(a["observed"]["login"] for a in person["accounts"] if a["system"] == system)


def homes(person):
    return [(p["unit"]["code"], p["from"], p["to"]) for p in sorted(person["posts"], key=lambda p: p["from"] or "") if p["primary"]]


def recorded(client, unit):
    row = next(r for r in client.get("/v1/coverage", unit=unit, system="mailbox").json["rows"] if r["row_kind"] == "total")
    return row["recorded"]


def put(client, code, **more):
    answer = client.put(f"/v1/staff/{code}", an(**{"hired_on": day(-900), **more}))
    assert answer.status in (200, 201), answer
    return answer


def transfer(client, code, on, unit="T1.02", **more):
    return client.patch(f"/v1/staff/{code}", {"unit": unit, "decision": {"number": "51/QĐ-UBND", "effective_on": on}, **more})


def test_a_transfer_to_come_changes_nothing_before_its_day(client):
    before = put(client, "D-1", full_name="Lê Thị Điều Động").json
    here, there = recorded(client, "T1.01"), recorded(client, "T1.02")
    dry = client.call(
        "PATCH", "/v1/staff/D-1?validate_only=true", {"unit": "T1.02", "decision": {"number": "51/QĐ-UBND", "effective_on": day(12)}}, {"If-Match": "*"})
    assert dry.status == 200 and dry.json["changes"] != []
    answer = transfer(client, "D-1", day(12))
    after = answer.json
    assert (after["unit"]["code"], after["title"], login(after)) == ("T1.01", before["title"], login(before))
    assert homes(after) == [("T1.01", day(-900), day(12)), ("T1.02", day(12), None)]
    assert (recorded(client, "T1.01"), recorded(client, "T1.02")) == (here, there)
    again = transfer(client, "D-1", day(12))
    assert again.headers["ETag"] == answer.headers["ETag"], "the same order twice changes nothing"
    nightly = put(client, "D-1", full_name="Lê Thị Điều Động").json
    assert homes(nightly) == homes(after), "the nightly line of the old unit does not undo it"


def test_the_login_of_the_day_is_taken_when_it_is_scheduled(client):
    put(client, "D-2", full_name="Trần Văn Định Trước")
    person = transfer(client, "D-2", day(3)).json
    planned = next(a["next_login"] for a in person["accounts"] if a["system"] == "td-office")
    assert planned and planned.startswith("tckh_") and planned != login(person)
    other = client.put("/v1/staff/D-3", an(full_name="Trần Văn Định Trước", unit="T1.02")).json
    assert login(other) != planned


def test_another_unit_on_the_day_itself(spec):
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        person = put(client, "D-4", full_name="Phạm Thị Đúng Ngày").json
        head = service.client(client.post("/v1/tokens", {"name": "T1.02", "scopes": ["staff:read"], "unit": "T1.02"}).json["secret"])
        planned = next(a["next_login"] for a in transfer(client, "D-4", day(1), title="Kế toán").json["accounts"] if a["system"] == "td-office")
        assert head.get("/v1/staff/D-4").status == 404
        service.stop()
        service.settings["clock_offset"] = 86400
        service.start()
        client, head = service.client(), service.client(head.token)
        moved = wait_for(lambda: (p := client.get("/v1/staff/D-4").json) and login(p) == planned and p, "the calendar has turned the login")
        assert (moved["unit"]["code"], moved["title"]) == ("T1.02", "Kế toán")
        entry = service.person(moved["id"], "title", "cvUnit")
        assert entry["title"] == ["Kế toán"] and moved["unit"]["id"] in entry["cvUnit"][0]
        assert head.get("/v1/staff/D-4").status == 200
        assert (recorded(client, "T1.01"), recorded(client, "T1.02")) == (0, 1)
        assert homes(moved)[0] == ("T1.01", person["hired_on"], day(1))
    finally:
        service.stop()
        service.clean()


def test_a_transfer_done_leaves_the_former_post_behind(client):
    put(client, "D-5", full_name="Vũ Thị Đi Ngay")
    person = transfer(client, "D-5", day(-40)).json
    assert homes(person) == [("T1.01", day(-900), day(-40)), ("T1.02", day(-40), None)]
    assert person["unit"]["code"] == "T1.02" and login(person).startswith("tckh_")
    stale = put(client, "D-5", full_name="Vũ Thị Đi Ngay", unit="T1.02", decision={"number": "51/QĐ-UBND", "effective_on": day(-40)})
    assert homes(stale.json) == homes(person)


def test_a_transfer_to_come_is_called_off(client):
    put(client, "D-6", full_name="Đỗ Văn Thôi Đi")
    person = transfer(client, "D-6", day(5)).json
    stay = [p for p in person["posts"] if p["unit"]["code"] == "T1.01"][0]
    answer = client.patch("/v1/staff/D-6", {"posts": [{"unit": "T1.01", "title": stay["title"], "kind": "chinh_thuc", "primary": True}]})
    assert answer.status == 200 and homes(answer.json) == [("T1.01", day(-900), None)]
    assert all(a["next_login"] is None for a in answer.json["accounts"])


def test_a_transfer_to_come_is_put_off(client):
    put(client, "D-73", full_name="Đỗ Thị Hoãn Đi")
    transfer(client, "D-73", day(4))
    later = {"unit": "T1.02", "decision": {"number": "52/QĐ-UBND", "effective_on": day(17)}}
    dry = client.call("PATCH", "/v1/staff/D-73?validate_only=true", later, {"If-Match": "*"})
    assert dry.status == 200 and [c["field"] for c in dry.json["changes"]] == ["posts"], dry
    answer = client.patch("/v1/staff/D-73", later)
    assert "Congvu-Unchanged" not in answer.headers and "Congvu-Ignored" not in answer.headers
    assert homes(answer.json) == [("T1.01", day(-900), day(17)), ("T1.02", day(17), None)]
    assert [p["decision"]["number"] for p in answer.json["posts"] if p["decision"]] == ["52/QĐ-UBND"]
    assert homes(transfer(client, "D-73", day(20)).json)[1] == ("T1.02", day(20), None), "under the number of before, too"
    transfer(client, "D-73", day(30), title="Kế toán trưởng")
    both = transfer(client, "D-73", day(25)).json
    assert homes(both) == [("T1.01", day(-900), day(25)), ("T1.02", day(25), day(30)), ("T1.02", day(30), None)], "what comes behind stays"
    assert homes(transfer(client, "D-73", day(40)).json) == [("T1.01", day(-900), day(40)), ("T1.02", day(40), None)]
    stays = client.patch("/v1/staff/D-73", {"unit": "T1.01", "decision": {"number": "53/QĐ-UBND", "effective_on": day(40)}}).json
    assert {unit for unit, _, _ in homes(stays)} == {"T1.01"}, "the present unit on the day of the plan calls it off"


def test_a_title_to_come_is_put_off(client):
    put(client, "D-74", full_name="Đỗ Văn Hoãn Chức", title="Chuyên viên")
    for on in (4, 17):
        person = client.patch("/v1/staff/D-74", {"title": "Trưởng phòng", "decision": {"number": "54/QĐ", "effective_on": day(on)}}).json
        assert titles(person) == [("T1.01", "Chuyên viên", day(-900), day(on)), ("T1.01", "Trưởng phòng", day(on), None)]
    transfer(client, "D-74", day(30), title="Giám đốc")
    named = client.patch("/v1/staff/D-74", {"title": "Giám đốc", "decision": {"number": "55/QĐ", "effective_on": day(35)}})
    assert homes(named.json)[-1] == ("T1.02", day(30), None) and named.headers["Congvu-Ignored"] == "decision", "a title moves no transfer"


def test_an_overtaken_decision_says_that_it_was_not_obeyed(client):
    put(client, "D-75", full_name="Đỗ Thị Quay Về")
    transfer(client, "D-75", day(-40))
    back = client.patch("/v1/staff/D-75", {"unit": "T1.01", "decision": {"number": "56/QĐ", "effective_on": day(-10)}}).json
    again = transfer(client, "D-75", day(-40))
    assert again.headers["Congvu-Ignored"] == "decision" and again.headers["Congvu-Unchanged"] == "true"
    assert (again.json["unit"]["code"], homes(again.json)) == ("T1.01", homes(back))
    assert "Congvu-Ignored" not in client.patch("/v1/staff/D-75", {"unit": "T1.01", "decision": {"number": "56/QĐ", "effective_on": day(-10)}}).headers


def test_two_primary_posts_on_one_day_are_refused(client):
    put(client, "D-7", full_name="Bùi Thị Hai Nơi")
    posts = [{"unit": "T1.01", "kind": "chinh_thuc", "primary": True, "from": day(-10)}, {"unit": "T1.02", "kind": "chinh_thuc", "primary": True, "from": day(5)}]
    answer = client.patch("/v1/staff/D-7", {"posts": posts})
    assert answer.status == 422 and answer.json["errors"][0]["code"] == "one_primary"
    posts[0]["to"] = day(5)
    assert client.patch("/v1/staff/D-7", {"posts": posts}).status == 200


def test_the_last_primary_post_does_not_end_before_tomorrow(client):
    """Who belongs nowhere any more has left: that is a departure, and not an active person whom no figure counts."""
    put(client, "D-71", full_name="Bùi Văn Không Nơi")
    post = {"unit": "T1.01", "title": "Chuyên viên", "kind": "chinh_thuc", "primary": True, "from": day(-90)}
    for code, end in (("D-71", -1), ("D-71", 0), ("D-72", -1)):
        answer = client.put(f"/v1/staff/{code}", an(full_name="Bùi Văn Không Nơi", not_same_as=["*"], posts=[{**post, "to": day(end)}]))
        assert answer.status == 422 and [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("#/posts/0/to", "out_of_range")], answer
    assert client.patch("/v1/staff/D-71", {"posts": [{**post, "to": day(9)}]}).status == 200, "it may end on a day to come"
    away = [{**post, "to": day(-1)}, {**post, "from": day(5)}]
    assert client.patch("/v1/staff/D-71", {"posts": away}).status == 200, "who comes back is away in between"


def test_leave_ends_with_its_last_day_and_the_next_one_stands_beside_it(client, shared):
    put(client, "D-8", full_name="Hồ Thị Nghỉ Phép")
    first = client.patch("/v1/staff/D-8", {"status": "on_leave", "leave": {"from": day(-3), "to": day(0), "kind": "om_dau"}}).json
    assert (first["status"], first["leave"]["to"]) == ("on_leave", day(0)), "the last day is a day of leave"
    entry = shared.person(first["id"], "cvLeave")
    assert len(entry["cvLeave"]) == 1
    client.patch("/v1/staff/D-8", {"status": "active"})
    later = client.patch("/v1/staff/D-8", {"status": "on_leave", "leave": {"from": day(20), "to": day(49), "kind": "di_hoc"}}).json
    assert (later["status"], later["leave"]["from"]) == ("active", day(20))
    kept = sorted((json.loads(v) for v in shared.person(first["id"], "cvLeave")["cvLeave"]), key=lambda v: v["from"])
    assert [(v["from"], v["to"]) for v in kept] == [(day(-3), day(-1)), (day(20), day(49))]


def titles(person):
    return [(p["unit"]["code"], p["title"], p["from"], p["to"]) for p in sorted(person["posts"], key=lambda p: p["from"] or "") if p["primary"]]


def test_a_title_holds_from_its_day_as_long_as_the_post_of_that_day(client):
    put(client, "D-16", full_name="Hà Văn Nguyên Chức", title="Chuyên viên")
    assert transfer(client, "D-16", day(-300)).status == 200
    named = {"title": "Phó Trưởng phòng", "decision": {"number": "60/QĐ", "effective_on": day(-600)}}
    person = client.patch("/v1/staff/D-16", named).json
    told = [("T1.01", "Chuyên viên", day(-900), day(-600)), ("T1.01", "Phó Trưởng phòng", day(-600), day(-300)), ("T1.02", "Chuyên viên", day(-300), None)]
    assert titles(person) == told and person["unit"]["code"] == "T1.02"
    again = client.patch("/v1/staff/D-16", named)
    assert again.headers["Congvu-Unchanged"] and titles(again.json) == told
    corrected = client.patch("/v1/staff/D-16", {"title": "Trưởng phòng"}).json
    assert titles(corrected) == [*told[:2], ("T1.02", "Trưởng phòng", day(-300), None)], "without a day it is that of today"
    assert client.patch("/v1/staff/D-16", {**named, "title": "Chuyên viên"}).headers["Congvu-Unchanged"], "the line of a decision that a later one has overtaken"


def test_a_title_before_a_transfer_leaves_it_planned(client):
    put(client, "D-17", full_name="Hà Thị Sắp Chuyển", title="Chuyên viên")
    assert transfer(client, "D-17", day(30), unit="T1.03").status == 200
    person = client.patch("/v1/staff/D-17", {"unit": "T1.01", "title": "Phó Trưởng phòng", "decision": {"number": "61/QĐ", "effective_on": day(0)}}).json
    assert titles(person) == [("T1.01", "Chuyên viên", day(-900), day(0)), ("T1.01", "Phó Trưởng phòng", day(0), day(30)), ("T1.03", "Chuyên viên", day(30), None)]
    assert person["title"] == "Phó Trưởng phòng"
    there = client.patch("/v1/staff/D-17", {"title": "Trưởng phòng", "decision": {"number": "51/QĐ-UBND", "effective_on": day(30)}}).json
    assert (there["title"], titles(there)[-1]) == ("Phó Trưởng phòng", ("T1.03", "Trưởng phòng", day(30), None)), "of the post that begins on that day"


def test_a_first_day_behind_the_end_of_the_first_post_is_refused(client):
    put(client, "D-18", full_name="Hà Thị Vào Muộn")
    assert transfer(client, "D-18", day(-300)).status == 200
    refused = client.patch("/v1/staff/D-18", {"hired_on": day(-300)})
    assert refused.status == 422 and [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [("#/hired_on", "out_of_range")], refused
    assert homes(client.patch("/v1/staff/D-18", {"hired_on": day(-301)}).json)[0] == ("T1.01", day(-301), day(-300))


def leave_entries(shared, person):
    return sorted((v["from"], v["to"]) for v in map(json.loads, shared.person(person["id"], "cvLeave").get("cvLeave", [])))


def test_who_has_begun_has_no_first_day_ahead(client):
    def ahead(code, on=60):
        return client.patch(f"/v1/staff/{code}", {"hired_on": day(on)})
    put(client, "D-91", full_name="Hà Thị Đang Làm")
    client.put("/v1/staff/D-92", an(full_name="Hà Văn Từ Lâu", hired_on=None))
    put(client, "D-93", full_name="Hà Thị Hôm Nay", hired_on=day(0))
    activate(client, "D-93")
    put(client, "D-94", full_name="Hà Văn Đã Thôi")
    client.put("/v1/staff/D-94/departure", {"reason": "thoi_viec"})
    for code in ("D-91", "D-92", "D-93", "D-94"):
        refused = ahead(code)
        assert refused.status == 422 and [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [("#/hired_on", "out_of_range")], (code, refused)
    assert client.put("/v1/staff/D-91", an(full_name="Hà Thị Đang Làm", hired_on=day(1))).status == 422
    assert client.patch("/v1/staff/D-91", {"hired_on": day(-30)}).status == 200, "the right day"
    put(client, "D-95", full_name="Hà Thị Chưa Đến", hired_on=day(5))
    put(client, "D-96", full_name="Hà Văn Mới Ghi", hired_on=day(0))
    for code in ("D-95", "D-96"):
        moved = ahead(code, 9)
        assert moved.status == 200 and (moved.json["status"], homes(moved.json)) == ("pending", [("T1.01", day(9), None)]), (code, moved)


def test_a_leave_to_come_is_no_leave_today_and_stays(client, shared):
    put(client, "D-9", full_name="Đinh Thị Sắp Nghỉ")
    planned = {"from": day(20), "to": day(49), "kind": "di_hoc"}
    assert client.patch("/v1/staff/D-9", {"status": "on_leave", "leave": planned}).json["status"] == "active"
    away = client.patch("/v1/staff/D-9", {"status": "on_leave"}).json
    assert (away["status"], away["leave"]["from"], away["leave"]["to"]) == ("on_leave", day(0), day(19)), away["leave"]
    assert leave_entries(shared, away) == [(day(0), day(19)), (day(20), day(49))]
    again = client.patch("/v1/staff/D-9", {"status": "on_leave"})
    assert again.headers["Congvu-Unchanged"] and again.json["leave"] == away["leave"], "on leave already"
    back = client.patch("/v1/staff/D-9", {"status": "active"}).json
    assert (back["status"], back["leave"]["from"]) == ("active", day(20)), "what is planned stays"
    assert client.patch("/v1/staff/D-9", {"status": "active"}).json["leave"] is None, "at work already: the leave to come is called off"
    assert client.patch("/v1/staff/D-9", {"status": "on_leave", "leave": planned}).json["leave"] and client.patch("/v1/staff/D-9", {"status": "on_leave"}).status == 200
    assert client.patch("/v1/staff/D-9", {"leave": None}).json["leave"] is None and leave_entries(shared, away) == []


def on_leave(client, code, first, last, kind, **more):
    answer = client.patch(f"/v1/staff/{code}", {"status": "on_leave", "leave": {"from": day(first), "to": day(last), "kind": kind, **more}})
    assert answer.status == 200, answer
    return answer.json


def test_a_planned_leave_outlives_what_is_told_of_the_one_of_today(client, shared):
    put(client, "D-14", full_name="Tô Thị Thai Sản")
    decided = {"number": "12/QĐ", "signed_on": day(-2)}
    person = on_leave(client, "D-14", 40, 220, "thai_san", decision=decided)
    assert client.patch("/v1/staff/D-14", {"status": "on_leave"}).json["leave"]["to"] == day(39)
    told = on_leave(client, "D-14", 0, 39, "om_dau")
    assert (told["leave"]["kind"], told["leave"]["to"]) == ("om_dau", day(39))
    assert leave_entries(shared, person) == [(day(0), day(39)), (day(40), day(220))]
    on_leave(client, "D-14", 0, 44, "om_dau")
    assert leave_entries(shared, person) == [(day(0), day(44)), (day(45), day(220))], "of the planned one only the shared days went"
    on_leave(client, "D-14", -30, -20, "khac")
    assert leave_entries(shared, person) == [(day(-30), day(-20)), (day(0), day(44)), (day(45), day(220))], "one that is over is entered beside them"
    on_leave(client, "D-14", 45, 220, "thai_san")
    kept = [json.loads(v) for v in shared.person(person["id"], "cvLeave")["cvLeave"]]
    assert [v["decision"]["number"] for v in kept if v["kind"] == "thai_san"] == ["12/QĐ"], "the decision of the leave with that first day"
    on_leave(client, "D-14", 2, 44, "om_dau")
    assert leave_entries(shared, person)[1] == (day(2), day(44)), "that of today told anew gives way whole"


def test_a_leave_cut_in_its_middle_goes_on_behind(client, shared):
    put(client, "D-76", full_name="Tô Văn Gián Đoạn")
    person = on_leave(client, "D-76", 0, 5, "khac")
    on_leave(client, "D-76", 20, 60, "khong_luong")
    on_leave(client, "D-76", 30, 35, "om_dau")
    assert leave_entries(shared, person) == [(day(0), day(5)), (day(20), day(29)), (day(30), day(35)), (day(36), day(60))]


def test_a_leave_before_all_that_are_kept_is_refused_and_not_forgotten(client, shared):
    put(client, "D-77", full_name="Tô Văn Nghỉ Nhiều")
    for n in range(24):
        person = on_leave(client, "D-77", -200 + 4 * n, -199 + 4 * n, "om_dau")
    before = leave_entries(shared, person)
    assert len(before) == 24
    refused = client.patch("/v1/staff/D-77", {"leave": {"kind": "om_dau", "from": day(-300), "to": day(-299)}})
    assert (refused.status, [e["pointer"] for e in refused.json["errors"]]) == (422, ["#/leave"]), refused
    assert leave_entries(shared, person) == before


def test_a_leave_to_come_is_put_off(client, shared):
    put(client, "D-15", full_name="Tô Văn Hoãn Học")
    person = on_leave(client, "D-15", 20, 30, "di_hoc")
    on_leave(client, "D-15", 60, 90, "di_hoc")
    assert leave_entries(shared, person) == [(day(60), day(90))]
    on_leave(client, "D-15", 0, 5, "om_dau")
    assert leave_entries(shared, person) == [(day(0), day(5)), (day(60), day(90))]


def test_a_post_to_come_is_taken_back(client):
    put(client, "D-10", full_name="Mạc Văn Thôi Kiêm")
    ends = {"end_post": {"unit": "T1.03"}}
    assert client.patch("/v1/staff/D-10", {"add_post": {"unit": "T1.03", "kind": "kiem_nhiem", "from": day(30)}}).status == 200
    dry = client.patch("/v1/staff/D-10", ends, validate_only=True).json
    assert [c["field"] for c in dry["changes"]] == ["posts"]
    assert [p["unit"]["code"] for p in client.patch("/v1/staff/D-10", ends).json["posts"]] == ["T1.01"]
    assert client.patch("/v1/staff/D-10", {"add_post": {"unit": "T1.03", "kind": "kiem_nhiem", "from": day(-30)}}).status == 200
    ended = client.patch("/v1/staff/D-10", {"end_post": {"unit": "T1.03", "to": day(5)}}).json["posts"]
    assert [(p["from"], p["to"]) for p in ended if not p["primary"]] == [(day(-30), day(5))]


def test_nobody_comes_into_a_unit_that_is_dissolved_by_then(client):
    path = "/v1/units/T1.40"
    assert client.put(path, {"name": {"vi": "Phòng Sẽ Thôi"}, "kind": "phong", "slug": "sethoi", "parent": "T1"}).status == 201
    for code, name in (("D-11", "Hồ Văn Sắp Đến"), ("D-12", "Vi Thị Sẽ Về"), ("D-13", "Lò Văn Sẽ Kiêm")):
        put(client, code, full_name=name)
    ends = [{"active_to": day(on)} for on in (10, 30, 31)]

    def refused():
        return {client.patch(path, end, validate_only=True).code for end in ends} == {"unit_not_empty"}

    assert client.patch(path, ends[0], validate_only=True).status == 200
    assert transfer(client, "D-11", day(30), unit="T1.40").status == 200 and refused()
    assert client.put("/v1/staff/D-11/departure", {"reason": "thoi_viec", "effective_on": day(20)}).status == 200
    assert client.patch(path, ends[0], validate_only=True).status == 200, "gone before he would come"
    assert client.put("/v1/staff/D-12/departure", {"reason": "thoi_viec"}).status == 200
    assert client.post("/v1/staff/D-12/reinstatements", {"unit": "T1.40", "decision": {"number": "8/QĐ", "effective_on": day(30)}}).status == 202 and refused()
    assert client.put("/v1/staff/D-12/departure", {"reason": "thoi_viec", "effective_on": day(30), "decision": {"number": "9/QĐ"}}).status == 200
    assert client.patch(path, ends[0], validate_only=True).status == 200
    assert client.patch("/v1/staff/D-13", {"add_post": {"unit": "T1.40", "kind": "kiem_nhiem", "from": day(30)}}).status == 200 and refused()
    assert client.patch("/v1/staff/D-13", {"end_post": {"unit": "T1.40"}}).status == 200
    assert client.patch(path, ends[0]).status == 200


def test_a_unit_ends_on_the_day_on_which_its_people_and_sub_units_go(client):
    for code, parent in (("T1.41", "T1"), ("T1.42", "T1.41"), ("T1.43", "T1")):
        assert client.put(f"/v1/units/{code}", {"name": {"vi": f"Phòng {code}"}, "kind": "phong", "slug": code[-2:], "parent": parent}).status == 201
    put(client, "D-19", full_name="Lương Văn Cùng Đi", unit="T1.41")

    def ends(on):
        answer = client.patch("/v1/units/T1.41", {"active_to": day(on)}, validate_only=True)
        return answer.status, answer.code
    assert ends(10) == (409, "unit_not_empty")
    assert transfer(client, "D-19", day(10)).status == 200
    assert ends(10) == (409, "unit_not_empty"), "the sub-unit"
    assert client.patch("/v1/units/T1.42", {"parent": "T1", "effective_on": day(10)}).status == 200
    assert ends(10) == (200, None) and ends(9) == (409, "unit_not_empty")
    assert client.patch("/v1/units/T1.43", {"parent": "T1.41", "effective_on": day(5)}).status == 200
    assert ends(10) == (409, "unit_not_empty"), "another one is on its way"
    assert client.patch("/v1/units/T1.43", {"parent": "T1", "effective_on": day(8)}).status == 200
    assert ends(10) == (200, None) and ends(7) == (409, "unit_not_empty"), "and goes on from there"
    assert client.patch("/v1/units/T1.41", {"active_to": day(10)}).status == 200


def test_who_comes_back_into_another_unit_has_its_login(spec):
    """Today or on a day to come, required or asked for by hand."""
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        for code, name in (("B-1", "Đoàn Thị Về Ngay"), ("B-2", "Kiều Văn Về Sau"), ("B-3", "Lại Thị Về Xin")):
            assert login(put(client, code, full_name=name).json).startswith("noivu_")
        assert client.put("/v1/staff/B-3/accounts/td-office", {"state": "present"}).status == 200
        for code, on in (("B-1", day(0)), ("B-2", day(1)), ("B-3", day(1))):
            assert client.put(f"/v1/staff/{code}/departure", {"reason": "thoi_viec"}).status == 200
            back = client.post(f"/v1/staff/{code}/reinstatements", {"unit": "T1.02", "decision": {"number": "8/QĐ", "effective_on": on}})
            assert back.status == 202, back
        assert login(client.get("/v1/staff/B-1").json).startswith("tckh_")
        service.stop()
        service.settings["clock_offset"] = 86400
        service.start()
        client = service.client()
        for code in ("B-2", "B-3"):
            wait_for(lambda: client.get(f"/v1/staff/{code}").json["unit"]["code"] == "T1.02" and login(client.get(f"/v1/staff/{code}").json).startswith("tckh_"), code)
    finally:
        service.stop()
        service.clean()


@pytest.mark.parametrize("length, away", [(29, 0), (30, 1)])
def test_thirty_days_are_long(client, length, away):
    unit = f"T1.9{length}"
    client.put(f"/v1/units/{unit}", {"name": {"vi": f"Phòng {length}"}, "kind": "phong", "block": "chinh_quyen", "slug": f"p{length}", "active_from": "2021-10-01", "parent": "T1"})
    put(client, f"D-9{length}", full_name="Mai Thị Nghỉ Dài", unit=unit)
    client.patch(f"/v1/staff/D-9{length}", {"status": "on_leave", "leave": {"from": day(0), "to": day(length - 1), "kind": "om_dau"}})
    row = next(r for r in client.get("/v1/coverage", unit=unit, system="mailbox").json["rows"] if r["row_kind"] == "total")
    assert row["on_long_leave"] == away


def test_a_past_period_counts_accounts_as_they_were(spec):
    """A leaver had his mailbox before; who was onboarded today had none; a lock of today is none of last month."""
    service = Service(spec=spec, clock_offset=-40 * 86400).start()
    try:
        client = service.client()
        make_units(client)
        for code, name in (("P-1", "Người Ra Đi"), ("P-2", "Người Bị Khóa"), ("P-3", "Người Ở Lại"), ("P-4", "Người Chuyển Đi")):
            put(client, code, full_name=name)
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()

        def figures(unit="T1.01"):
            row = next(r for r in client.get("/v1/coverage", unit=unit, system="mailbox", period=LAST_MONTH).json["rows"] if r["row_kind"] == "total")
            return row["recorded"], row["issued"], row["locked"]
        assert figures() == (4, 4, 0)
        assert client.put("/v1/staff/P-1/departure", {"reason": "nghi_huu", "effective_on": day(0)}).status in (200, 201)
        wait_for(lambda: client.get("/v1/staff/P-1").json["status"] == "departed", "he has left")
        assert client.put("/v1/staff/P-2/accounts/mailbox", {"state": "locked", "reason": "leave"}).status == 200
        assert transfer(client, "P-4", day(0)).status == 200
        assert client.put("/v1/staff/P-5", an(full_name="Người Mới Đến")).status == 201
        assert figures() == (4, 4, 0), "nothing of today changes the month that is over"
        assert figures("T1.02") == (0, 0, 0)
        today = next(r for r in client.get("/v1/coverage", unit="T1.01", system="mailbox").json["rows"] if r["row_kind"] == "total")
        assert (today["recorded"], today["issued"], today["locked"]) == (3, 3, 1)
        entry = service.person(client.get("/v1/staff/P-2").json["id"], "cvAccountSpan;x-mailbox")
        assert entry["cvAccountSpan;x-mailbox"] == [f"{day(-40)} {day(0)} issued"]
    finally:
        service.stop()
        service.clean()


def test_who_comes_back_was_away_in_between(spec):
    service = Service(spec=spec, clock_offset=-70 * 86400).start()
    try:
        client = service.client()
        make_units(client)
        put(client, "B-1", full_name="Người Quay Lại")
        client.put("/v1/staff/B-1/departure", {"reason": "thoi_viec", "decision": {"number": "1/QĐ"}})
        wait_for(lambda: client.get("/v1/staff/B-1").json["status"] == "departed", "he has left")
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        later = client.post("/v1/staff/B-1/reinstatements", {"unit": "T1.02", "decision": {"number": "2/QĐ", "effective_on": day(2)}})
        assert later.status == 202, later
        waiting = client.get("/v1/staff/B-1").json
        assert waiting["status"] == "pending" and {a["observed"]["state"] for a in waiting["accounts"]} <= {"closed", "temp_locked", "requested"}
        assert (recorded(client, "T1.01"), recorded(client, "T1.02")) == (0, 0)
        assert [p["staff_code"] for p in client.get("/v1/staff", status="pending").json["items"]] == ["B-1"]
        service.stop()
        service.settings["clock_offset"] = 2 * 86400
        service.start()
        client = service.client()
        back = wait_for(lambda: (p := client.get("/v1/staff/B-1").json) and next(a for a in p["accounts"] if a["system"] == "mailbox")["observed"]["state"] == "provisioned" and p, "his mailbox is open again")
        assert (back["status"], back["unit"]["code"]) == ("active", "T1.02")
        assert (recorded(client, "T1.01"), recorded(client, "T1.02")) == (0, 1)
        row = next(r for r in client.get("/v1/coverage", unit="T1", system="mailbox", period=LAST_MONTH).json["rows"] if r["row_kind"] == "total")
        assert row["recorded"] == 0, "he was not there"
    finally:
        service.stop()
        service.clean()


def total(client, unit, **query):
    return next(r for r in client.get("/v1/coverage", unit=unit, system="mailbox", **query).json["rows"] if r["row_kind"] == "total")


def test_a_departure_makes_nobody_missing(spec):
    """Declared four, all recorded: who retires or is transferred is not missing, who comes is expected, until it is declared anew."""
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        for unit, n in (("T1.01", 4), ("T1.02", 2)):
            assert client.put(f"/v1/units/{unit}/headcounts/{day(-60)}", {"total": n, "by_category": {"cong_chuc": n}}).status == 200
        for n in range(4):
            put(client, f"H-{n}", full_name=f"Lê Văn {'ABCD'[n]}", not_same_as=["*"])
        client.put("/v1/staff/H-9", an(full_name="Không Rõ Ngày"))  # without hired_on: written down today, but not a newcomer
        seen = total(client, "T1.01")
        assert (seen["headcount"], seen["carried"], seen["recorded"], seen["over_recorded"], seen["coverage"]) == (4, 0, 5, 1, 1)
        assert client.put("/v1/staff/H-9/departure", {"reason": "thoi_viec", "effective_on": day(0)}).status in (200, 201)
        wait_for(lambda: client.get("/v1/staff/H-9").json["status"] == "departed", "he has left")
        assert client.put("/v1/staff/H-0/departure", {"reason": "nghi_huu", "effective_on": day(0)}).status in (200, 201)
        wait_for(lambda: client.get("/v1/staff/H-0").json["status"] == "departed", "he has retired")
        transfer(client, "H-1", day(-10))
        put(client, "H-5", full_name="Mới Tuyển Dụng", hired_on=day(-5))
        put(client, "H-6", full_name="Sắp Tuyển Dụng", hired_on=day(5))
        seen = total(client, "T1.01")
        assert (seen["headcount"], seen["carried"], seen["recorded"], seen["unrecorded"], seen["headcount_on"]) == (2, -2, 3, 0, day(-60))
        assert seen["headcount_by_category"] == {"cong_chuc": 2}
        there = total(client, "T1.02")
        assert (there["headcount"], there["carried"], there["recorded"], there["unrecorded"]) == (3, 1, 1, 2)
        both = total(client, "T1")
        assert (both["headcount"], both["carried"]) == (5, -1)
        then = total(client, "T1.01", period=LAST_MONTH)
        carried = (day(-5)[:7] == LAST_MONTH) - (day(-10)[:7] == LAST_MONTH)  # who came and who went in that month
        assert (then["headcount"], then["carried"]) == (4 + carried, carried)
        assert total(client, "T1.01", category="cong_chuc")["headcount"] == 2
        assert client.put(f"/v1/units/T1.01/headcounts/{day(0)}", {"total": 3}).status == 200
        seen = total(client, "T1.01")
        assert (seen["headcount"], seen["carried"]) == (3, 0)
        service.stop()
        service.settings["clock_offset"] = 6 * 86400
        service.start()
        client = service.client()
        seen = total(client, "T1.01")
        assert (seen["headcount"], seen["carried"], seen["recorded"]) == (4, 1, 4), "at midnight too"
    finally:
        service.stop()
        service.clean()


def test_a_category_holds_from_its_day(spec):
    """Months that are over keep the people's categories of their last day; one to come changes nothing before."""
    service = Service(spec=spec, clock_offset=-70 * 86400).start()
    try:
        client = service.client()
        make_units(client)
        client.put(f"/v1/units/T1.01/headcounts/{day(-80)}", {"total": 3, "by_category": {"cong_chuc": 3}})
        for n in range(3):
            put(client, f"K-{n}", full_name=f"Lê Văn {'ABC'[n]}", not_same_as=["*"])
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()

        def of(category, **query):
            row = total(client, "T1.01", category=category, **query)
            return row["headcount"], row["recorded"], row["eligible"], row["issued"]
        assert (of("cong_chuc", period=LAST_MONTH), of("vien_chuc", period=LAST_MONTH)) == ((3, 3, 3, 3), (None, 0, 0, 0))
        changed = client.patch("/v1/staff/K-0", {"category": "vien_chuc"})
        assert (changed.json["category"], changed.json["next_category"]) == ("vien_chuc", None)
        assert (of("cong_chuc"), of("vien_chuc")) == ((2, 2, 2, 2), (None, 1, 1, 1)), "of those declared one is of another category now"
        assert (of("cong_chuc", period=LAST_MONTH), of("vien_chuc", period=LAST_MONTH)) == ((3, 3, 3, 3), (None, 0, 0, 0)), "not last month"
        again = client.patch("/v1/staff/K-0", {"category": "vien_chuc"})
        assert again.headers["ETag"] == changed.headers["ETag"]

        ahead = {"category": "can_bo", "decision": {"number": "9/QĐ", "effective_on": day(3)}}
        answer = client.patch("/v1/staff/K-1", ahead)
        assert (answer.json["category"], answer.json["next_category"]) == ("cong_chuc", {"category": "can_bo", "from": day(3)})
        assert answer.headers.get("Congvu-Ignored") is None
        assert client.patch("/v1/staff/K-1", ahead).headers["ETag"] == answer.headers["ETag"]
        assert (of("cong_chuc"), of("can_bo")) == ((2, 2, 2, 2), (None, 0, 0, 0))

        back = client.patch("/v1/staff/K-2", {"category": "can_bo", "decision": {"number": "8/QĐ", "effective_on": day(-60)}})
        assert back.json["category"] == "can_bo"
        assert (of("cong_chuc", period=LAST_MONTH)[1], of("can_bo", period=LAST_MONTH)[1]) == (2, 1), "decided before"
        assert service.person(back.json["id"], "cvPast")["cvPast"] == [f'{{"to":"{day(-60)}","category":"cong_chuc"}}']
        assert [p["staff_code"] for p in client.get("/v1/staff", unit="T1.01", category="can_bo").json["items"]] == ["K-2"]

        service.stop()
        service.settings["clock_offset"] = 3 * 86400
        service.start()
        client = service.client()
        assert (client.get("/v1/staff/K-1").json["category"], of("can_bo")[1], of("cong_chuc")[1]) == ("can_bo", 2, 0)
    finally:
        service.stop()
        service.clean()


def rows_of(client, unit, system="td-office", **query):
    rows = client.get("/v1/coverage", unit=unit, system=system, depth=4, **query).json["rows"]
    return {r["unit"]["code"]: (r["unit"]["name"], r["depth"], r["recorded"], r["eligible"]) for r in rows if r["row_kind"] != "own"}


def test_a_past_period_has_its_own_tree(spec):
    """Renamed, recoded, moved, of another block or kind since: the month that is over stands as it was, people and requirements too."""
    service = Service(spec=spec, clock_offset=-70 * 86400).start()
    try:
        client = service.client()
        make_units(client)
        assert client.put("/v1/units/T2", {"name": {"vi": "Huyện Hai"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "hai"}).status == 201
        client.put("/v1/units/T1.04", {"name": {"vi": "Tổ Một"}, "kind": "phong", "slug": "mot", "parent": "T1.03"})
        client.patch("/v1/units/T1.01", {"name": {"vi": "Phòng Nội vụ và Lao động", "en": None}})
        for code, unit in (("U-1", "T1.01"), ("U-2", "T1.02"), ("U-3", "T1.03"), ("U-4", "T1.04")):
            put(client, code, full_name=f"Lê Văn {'ABCDE'[int(code[2])]}", unit=unit, not_same_as=["*"])
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        was = rows_of(client, "T1", period=LAST_MONTH)
        assert was == {"T1": ("Huyện Thử", 0, 4, 2), "T1.01": ("Phòng Nội vụ và Lao động", 1, 1, 1), "T1.02": ("Phòng Tài chính", 1, 1, 1),
                       "T1.03": ("Ban Tổ chức", 1, 2, 0), "T1.04": ("Tổ Một", 2, 1, 0)}, "what was corrected on the first day was never so"
        answer = client.get("/v1/coverage", unit="T1", period=LAST_MONTH).json
        tree = answer["unit_tree"]
        assert (answer["dated_since"], answer["reconstructed"]) == (day(-70), False)
        year = (TODAY - datetime.timedelta(365)).strftime("%Y-%m")
        assert client.get("/v1/coverage", unit="T1", period=year).json["reconstructed"] is True
        people = [p["staff_code"] for p in client.get("/v1/staff", unit="T1", recursive=True, period=LAST_MONTH, system="mailbox", stage="unknown").json["items"]]

        assert client.patch("/v1/units/T1.01", {"code": "T1.09", "name": {"vi": "Phòng Nội vụ"}}).status == 200
        assert client.patch("/v1/units/T1.02", {"parent": "T2"}).status == 200
        assert client.patch("/v1/units/T1.03", {"block": "chinh_quyen", "kind": "phong"}).status == 200
        assert rows_of(client, "T1") == {"T1": ("Huyện Thử", 0, 3, 3), "T1.09": ("Phòng Nội vụ", 1, 1, 1),
                                         "T1.03": ("Ban Tổ chức", 1, 2, 2), "T1.04": ("Tổ Một", 2, 1, 1)}
        assert rows_of(client, "T1", period=LAST_MONTH) == was
        assert client.get("/v1/coverage", unit="T1", period=LAST_MONTH).json["unit_tree"] == tree
        assert [p["staff_code"] for p in client.get("/v1/staff", unit="T1", recursive=True, period=LAST_MONTH, system="mailbox", stage="unknown").json["items"]] == people
        assert rows_of(client, "T2", period=LAST_MONTH) == {"T2": ("Huyện Hai", 0, 0, 0)}
        assert rows_of(client, "T2")["T1.02"] == ("Phòng Tài chính", 1, 1, 1)
        causes = client.get("/v1/coverage/changes", unit="T1", system="mailbox", **{"from": (TODAY.replace(day=1) - datetime.timedelta(1)).isoformat(), "to": day(0)}).json
        assert [p["people"] for p in causes["parts"] if p["cause"] == "moved_out"] == [1], causes

        both = client.patch("/v1/units/T1.09", {"name": {"vi": "Phòng Nội vụ, Lao động"}, "effective_on": day(-65)})
        assert both.status == 200
        now = rows_of(client, "T1", period=LAST_MONTH)
        assert now["T1.01"] == ("Phòng Nội vụ, Lao động", 1, 1, 1), "decided before, and the code of today is not of then"
        service.stop()
        service.start()
        assert rows_of(service.client(), "T1", period=LAST_MONTH) == now, "read again from the directory"
    finally:
        service.stop()
        service.clean()


def named(client, unit):
    shown = client.get(f"/v1/units/{unit}").json
    return shown["name"]["vi"], shown["kind"], shown["block"], (shown["parent"] or {}).get("code"), shown["planned"]


def test_a_change_of_a_unit_to_come_waits_for_its_day(spec):
    """Name, kind, block, parent and letterhead change at 00:00 of the day; before it nothing does, and what is called off never happens."""
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        put(client, "N-1", full_name="Lê Thị Chờ Ngày", unit="T1.01")
        path = "/v1/units/T1.01"
        before = named(client, "T1.01")
        body = {"name": {"vi": "Phòng Nội vụ Mới"}, "parent": "T1.03", "effective_on": day(3)}
        dry = client.patch(path, body, validate_only=True).json
        assert [c["field"] for c in dry["changes"]] == ["planned"]
        answer = client.patch(path, body)
        assert answer.status == 200 and answer.json == {**dry["unit"], **{k: answer.json[k] for k in ("revision", "updated_at")}}
        t103 = client.get("/v1/units/T1.03").json["id"]
        plan = {"from": day(3), "name": {"vi": "Phòng Nội vụ Mới", "en": answer.json["name"]["en"]}, "parent": t103}
        assert named(client, "T1.01") == (*before[:4], [plan]) and "warnings" not in answer.json
        assert rows_of(client, "T1", system="mailbox")["T1.01"][1] == 1, "it still lies where it lay"
        assert client.patch(path, body).etag == answer.etag, "said already"
        assert client.patch(path, {"kind": "su_nghiep", "letterhead": {"place": "Chốn Mới"}, "effective_on": day(3)}).status == 200
        assert client.patch(path, {"block": "dang_doan_the", "effective_on": day(5)}).status == 200
        assert client.patch(path, {"name": {"vi": "Sẽ Thôi"}, "effective_on": day(4)}).status == 200
        called_off = client.patch(path, {"name": {"vi": "Phòng Nội vụ Mới"}, "effective_on": day(4)}).json
        assert [p["from"] for p in called_off["planned"]] == [day(3), day(5)]
        assert set(called_off["planned"][0]) == {"from", "name", "kind", "parent", "letterhead"}
        for refused in ({"code": "T1.77"}, {"slug": "khac"}, {"position": 9}, {"active_to": day(20)}):
            [member] = refused
            found = client.patch(path, {**refused, "effective_on": day(3)}).json["errors"]
            assert [(e["pointer"], e["code"]) for e in found] == [(f"#/{member}", "not_together")], found
        assert client.patch(path, {"parent": "T1.01", "effective_on": day(3)}).code == "unit_cycle"
        assert client.patch(path, {"position": 4}).status == 200, "what changes today leaves the plan alone"

        for offset, expected in ((2, before[:4]), (3, ("Phòng Nội vụ Mới", "su_nghiep", "chinh_quyen", "T1.03")), (6, ("Phòng Nội vụ Mới", "su_nghiep", "dang_doan_the", "T1.03"))):
            service.stop()
            service.settings["clock_offset"] = offset * 86400
            service.start()
            client = service.client()
            left = {2: 2, 3: 1, 6: 0}[offset]
            wait_for(lambda: len(named(client, "T1.01")[4]) == left, "what is due has happened")
            assert named(client, "T1.01")[:4] == expected
        shown = client.get(path).json
        assert shown["letterhead"]["place"] == "Chốn Mới" and shown["position"] == 4
        past = [json.loads(p) for p in service.ldapsearch("-b", "ou=units,dc=congvu", f"(cvId={shown['id']})", "cvPast")[0]["cvPast"]]
        assert sorted(p["to"] for p in past) == [day(3), day(5)], "each from its own day, however late the service was"
        assert rows_of(client, "T1", system="mailbox")["T1.01"][1] == 2
    finally:
        service.stop()
        service.clean()


def test_a_later_plan_is_not_judged_for_an_earlier_one(spec):
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        client.patch("/v1/systems/td-office", {"required_for": [{"blocks": ["chinh_quyen"]}]})
        for n, name in enumerate(("Lê Thị Một", "Trần Văn Hai", "Vũ Thị Ba")):
            put(client, f"LP-{n}", full_name=name)
        put(client, "LP-9", full_name="Hồ Thị Chín", unit="T1")
        assert client.patch("/v1/units/T1.01", {"block": "dang_doan_the", "effective_on": day(10)}).status == 200
        assert client.patch("/v1/units/T1.02", {"parent": "T1.03", "effective_on": day(10)}).status == 200
        for unit in ("T1.01", "T1.02"):
            hr = service.reach(unit, "units:read", "units:write", "staff:read")
            later = hr.patch(f"/v1/units/{unit}", {"name": {"vi": f"Phòng Mới {unit}"}, "effective_on": day(20)})
            assert later.status == 200, later
            assert [p["from"] for p in later.json["planned"]] == [day(10), day(20)] and set(later.json["planned"][1]) == {"from", "name"}
        assert service.reach("T1.01", "units:read", "units:write").patch("/v1/units/T1.01", {"block": "chinh_quyen", "effective_on": day(20)}).code == "scope_missing", "nor is it undone"
        other = service.reach(None, "units:read", "units:write", "staff:read")
        assert other.patch("/v1/units/T1.01", {"kind": "su_nghiep", "effective_on": day(30)}).status == 200
        assert [line["ordinary"]["done"] for line in other.get("/v1/brake").json["lines"]] == [0], "those whom the block takes were counted when it was planned"
    finally:
        service.stop()
        service.clean()


def test_a_planned_place_that_is_gone_by_then_is_not_taken(spec):
    """The plan stays and can be changed; nothing hangs below itself, or below a unit that is dissolved."""
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        client.put("/v1/units/T1.05", {"name": {"vi": "Phòng Sắp Thôi"}, "kind": "phong", "slug": "thoi", "parent": "T1"})
        assert client.patch("/v1/units/T1.02", {"parent": "T1.05", "effective_on": day(2)}).status == 200
        assert client.patch("/v1/units/T1.05", {"active_to": day(1)}).code == "unit_not_empty", "somebody is on the way there"
        assert client.patch("/v1/units/T1.05", {"parent": "T1.02"}).status == 200
        client.put("/v1/units/T1.06", {"name": {"vi": "Phòng Sẽ Hết"}, "kind": "phong", "slug": "sehet", "parent": "T1"})
        assert client.patch("/v1/units/T1.06", {"active_to": day(1)}).status == 200
        late = client.patch("/v1/units/T1.01", {"parent": "T1.06", "effective_on": day(2)})
        assert [(e["pointer"], e["code"]) for e in late.json["errors"]] == [("#/parent", "dissolved")], "on that day it is"
        service.stop()
        service.settings["clock_offset"] = 2 * 86400
        service.start()
        client = service.client()
        wait_for(lambda: "can no longer be put where it was planned" in service.log.read_text(), "it was tried")
        assert named(client, "T1.02")[3] == "T1" and len(named(client, "T1.02")[4]) == 1
        assert len(client.patch("/v1/units/T1.02", {"name": {"vi": "Phòng Khác"}}).json["planned"]) == 1
        dry = client.patch("/v1/units/T1.02", {"parent": "T1"}, validate_only=True).json
        assert [c["field"] for c in dry["changes"]] == ["planned"]
        assert client.patch("/v1/units/T1.02", {"parent": "T1"}).json["planned"] == [], "what is said now stands against it"
    finally:
        service.stop()
        service.clean()


def test_the_paper_of_a_period_that_is_over_has_its_own_letterhead(spec):
    """The name, the heading and who signs are those of the period's last day, also through a unit above that has been left since."""
    service = Service(spec=spec, clock_offset=-70 * 86400).start()
    months = {"then": LAST_MONTH, "now": TODAY.strftime("%Y-%m")}

    def head(client, unit, when):
        answer = client.post("/v1/reports", {"unit": unit, "period": months[when], "accept_incomplete": True, "systems": ["mailbox"]})
        assert answer.status == 201, answer
        figures = client.get(f"/v1/reports/{answer.json['id']}/content", format="json").json
        return figures["unit"]["name"]["vi"], figures["letterhead"]["issuing_body"], figures["letterhead"]["signatory_name"]
    try:
        client = service.client()
        make_units(client)
        client.put("/v1/units/T2", {"name": {"vi": "Huyện Hai"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "hai"})
        assert client.patch("/v1/units/T1", {"letterhead": {"issuing_body": "HUYỆN CŨ", "place": "Phố Cũ", "signatory_name": "Ông Cũ"}}).status == 200
        for n, unit in enumerate(("T1", "T1.01", "T1.02", "T2")):
            put(client, f"L-{n}", full_name=f"Lê Văn {'ABCD'[n]}", unit=unit, not_same_as=["*"])
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        changed = client.patch("/v1/units/T1", {"name": {"vi": "Huyện Mới"}, "letterhead": {"issuing_body": "HUYỆN MỚI", "signatory_name": "Bà Mới"}})
        assert changed.status == 200 and changed.json["letterhead"]["place"] == "Phố Cũ"
        assert client.patch("/v1/units/T1.02", {"parent": "T2", "slug": "hai2"}).status == 200
        assert head(client, "T1", "then") == ("Huyện Thử", "HUYỆN CŨ", "Ông Cũ")
        assert head(client, "T1", "now") == ("Huyện Mới", "HUYỆN MỚI", "Bà Mới")
        assert [head(client, "T1.02", when)[1] for when in ("then", "now")] == ["HUYỆN CŨ", None], "it lay below another one then"

        assert client.patch("/v1/units/T2", {"letterhead": {"issuing_body": "HUYỆN HAI"}}).status == 200
        assert [head(client, "T2", when)[1] for when in ("then", "now")] == ["HUYỆN HAI"] * 2, "filled in late, it always was so"
        own = client.patch("/v1/units/T1.01", {"letterhead": {"issuing_body": "PHÒNG"}, "effective_on": day(0)})
        assert own.status == 200 and "warnings" not in own.json
        assert [head(client, "T1.01", when)[1] for when in ("then", "now")] == ["HUYỆN CŨ", "PHÒNG"], "from its day on"
        again = client.patch("/v1/units/T1", {"letterhead": {"signatory_name": "Bà Giữa"}, "effective_on": day(-65)})
        assert again.status == 200 and "warnings" not in again.json, "no figure is another one"
        service.stop()
        service.start()
        client = service.client()
        assert head(client, "T1", "then") == ("Huyện Thử", "HUYỆN CŨ", "Bà Giữa"), "read again from the directory"
        assert head(client, "T1", "now") == ("Huyện Mới", "HUYỆN MỚI", "Bà Giữa")
        assert client.patch("/v1/units/T2", {"letterhead": None}).status == 200
        assert [head(client, "T2", when)[1] for when in ("then", "now")] == ["HUYỆN HAI", None]
    finally:
        service.stop()
        service.clean()


def test_rules_hold_from_their_day(spec):
    """required_for and what counts as regular: the month that is over is judged by its own."""
    service = Service(spec=spec, clock_offset=-70 * 86400).start()
    last = TODAY.replace(day=1) - datetime.timedelta(1)
    month = last.strftime("%Y-%m")
    try:
        client = service.client()
        make_units(client)
        client.patch("/v1/systems/certificate", {"required_for": [{"categories": ["cong_chuc"]}]})
        client.patch("/v1/systems/mailbox", {"activity": {"reported": True, "regular_days": 4, "regular_of": 30}})
        put(client, "R-1", full_name="Người Thường Xuyên")
        put(client, "R-2", full_name="Người Làm Hợp Đồng", category="nld_hop_dong", not_same_as=["*"])
        service.stop()
        service.settings.pop("clock_offset")
        service.start()
        client = service.client()
        events = [{"staff_code": "R-1", "occurred_on": (last - datetime.timedelta(n)).isoformat()} for n in range(5)]
        assert client.post("/v1/usage-events", {"system": "mailbox", "events": events, "data_from": day(-200), "data_through": day(-1)}).status == 200

        def past():
            mail = total(client, "T1.01", period=month)
            paper = next(r for r in client.get("/v1/coverage", unit="T1.01", system="certificate", period=month).json["rows"] if r["row_kind"] == "total")
            source = client.get("/v1/coverage", unit="T1.01", system="mailbox", period=month).json["systems"][0]
            return paper["eligible"], mail["used"], mail["regular"], source["definition"]
        before = past()
        assert before[:3] == (1, 1, 1), before
        assert client.patch("/v1/systems/certificate", {"required_for": [{"categories": ["cong_chuc"]}, {"categories": ["nld_hop_dong"]}]}).status == 200
        assert client.patch("/v1/systems/mailbox", {"activity": {"reported": True, "regular_days": 20, "regular_of": 30}}).status == 200
        paper = next(r for r in client.get("/v1/coverage", unit="T1.01", system="certificate").json["rows"] if r["row_kind"] == "total")
        assert paper["eligible"] == 2
        assert client.get("/v1/coverage", unit="T1.01", system="mailbox").json["systems"][0]["definition"] != before[3]
        assert past() == before
        service.stop()
        service.start()
        client = service.client()
        assert past() == before, "read again from the directory"
    finally:
        service.stop()
        service.clean()


def test_a_change_of_days_that_are_over_names_the_periods(client):
    """What a decision with a day in the past rewrites is said, in the dry run too; what holds from today says nothing."""
    put(client, "W-1", full_name="Lê Thị Lùi Ngày")
    body = {"unit": "T1.02", "decision": {"number": "77/QĐ", "effective_on": day(-75)}}
    dry = client.patch("/v1/staff/W-1?validate_only=true", body).json["staff"]
    answer = client.patch("/v1/staff/W-1", body).json
    said = answer["warnings"][0]
    assert dry["warnings"] == answer["warnings"] and (said["code"], said["from"]) == ("past_periods", day(-75))
    months = [p for p in said["periods"] if re.fullmatch(r"\d{4}-\d{2}", p)]
    assert (months[0], months[-1]) == (LAST_MONTH, day(-75)[:7])
    assert all(p <= LAST_MONTH or "Q" in p or len(p) == 4 for p in said["periods"])
    assert "warnings" not in client.patch("/v1/staff/W-1", body).json, "done already"
    assert "warnings" not in client.patch("/v1/staff/W-1", {"mobile": "+84912345678"}).json
    assert "warnings" not in transfer(client, "W-1", day(3), unit="T1.01").json
    assert "warnings" not in client.get("/v1/staff/W-1").json
    back = client.patch("/v1/staff/W-1", {"category": "vien_chuc", "decision": {"number": "78/QĐ", "effective_on": day(-60)}})
    assert back.json["warnings"][0]["from"] == day(-60)
    put(client, "W-2", full_name="Trần Văn Nghỉ Lùi")
    gone = client.put("/v1/staff/W-2/departure", {"reason": "nghi_huu", "effective_on": day(-45)})
    assert gone.json["warnings"][0]["from"] == day(-45)
    client.put("/v1/units/T1.08", {"name": {"vi": "Phòng Tám"}, "kind": "phong", "slug": "tam", "parent": "T1"})
    unit = client.patch("/v1/units/T1.08", {"name": {"vi": "Phòng Tám Mới"}, "effective_on": day(-50)})
    assert unit.json["warnings"][0]["from"] == day(-50)
    assert "warnings" not in client.patch("/v1/units/T1.08", {"effective_on": day(-70)}).json, "a day alone changes nothing"
    assert "warnings" not in client.patch("/v1/units/T1.08", {"position": 3, "effective_on": day(-70)}).json
    assert client.patch("/v1/units/T1.08?validate_only=true", {"kind": "su_nghiep", "effective_on": day(-70)}).json["unit"]["warnings"][0]["from"] == day(-70)


def touched(answer):
    """From which day on figures are counted anew, as the answer says; None: nothing is said."""
    assert answer.status < 300, answer
    said = [w for w in answer.json.get("warnings", []) if w["code"] == "past_periods"]
    assert all(w["periods"] for w in said)
    return said[0]["from"] if said else None


def test_whatever_changes_days_that_are_over_names_the_periods(client):
    """Declared headcounts, a unit's days, what was seen of an account, a return."""
    unit, count = "/v1/units/T1.18", {"total": 3}
    assert client.put(unit, {"name": {"vi": "Phòng Mười Tám"}, "kind": "phong", "slug": "muoitam", "parent": "T1"}).status == 201
    declared = f"{unit}/headcounts/{day(-50)}"
    assert touched(client.put(declared, count, validate_only=True)) == day(-50)
    assert touched(client.put(declared, count)) == day(-50)
    assert touched(client.put(declared, {**count, "source": "Sổ lương"})) is None, "no figure is another one"
    assert touched(client.get(declared)) is None
    assert touched(client.put(f"{unit}/headcounts/{day(0)}", count)) is None
    removed = client.post(f"{unit}/corrections", {"kind": "wrong_headcount", "on": day(-50), "reason": "Số của đơn vị khác"}).json["removed"]
    assert [(w["code"], w["from"]) for w in removed["warnings"]] == [("past_periods", day(-50))]
    assert touched(client.patch(unit, {"active_from": day(-90)})) is None, "it was there already"
    assert touched(client.patch(unit, {"active_to": day(-40)})) == day(-40)

    put(client, "W-3", full_name="Trần Thị Thấy Lùi")
    seen = "/v1/staff/W-3/accounts/certificate/observation"
    assert touched(client.put(seen, {"state": "provisioned"})) is None
    assert touched(client.put(seen, {"state": "provisioned", "since": day(-60)})) == day(-60)
    assert touched(client.put(seen, {"state": "provisioned", "since": day(-60)})) is None
    assert touched(client.put(seen, {"state": "active", "since": day(-45)})) == day(-45)
    assert touched(client.get("/v1/staff/W-3/accounts/certificate")) is None

    assert touched(client.put("/v1/staff/W-3/departure", {"reason": "thoi_viec", "effective_on": day(-70)})) == day(-70)
    back = {"decision": {"number": "9/QĐ", "effective_on": day(-41)}}
    assert touched(client.post("/v1/staff/W-3/reinstatements", back, validate_only=True)) == day(-41)
    assert touched(client.post("/v1/staff/W-3/reinstatements", back)) == day(-41)


@pytest.mark.parametrize("unit", [None, "T1.01", "T1.02"])
def test_who_comes_back_counts_from_the_day_of_the_decision(shared, unit):
    """Into the same unit, named or not, as into another one."""
    client = shared.reach(None, "staff:read", "staff:write", "departures:write")  # with a brake of its own
    code = f"RB-{unit}"
    put(client, code, full_name=f"Lê Văn {'Không' if unit is None else 'Một' if unit == 'T1.01' else 'Hai'} Về")
    assert client.put(f"/v1/staff/{code}/departure", {"reason": "thoi_viec", "effective_on": day(-60)}).status == 200
    back = {"decision": {"number": "9/QĐ", "effective_on": day(-20)}, "category": "vien_chuc", **({"unit": unit} if unit else {})}
    person = client.post(f"/v1/staff/{code}/reinstatements", back)
    assert person.status == 202, person
    assert homes(person.json) == [("T1.01", day(-900), day(-60)), (unit or "T1.01", day(-20), None)]


def test_of_many_periods_the_long_ones_are_named_first(spec):
    with district(spec=spec, dated_months=120) as service:
        client = service.client()
        put(client, "W-9", full_name="Lê Thị Lâu Rồi", hired_on="2012-01-01")
        long_ago = client.patch("/v1/staff/W-9", {"category": "nld_hop_dong", "decision": {"number": "77/QĐ", "effective_on": day(-110 * 31)}}).json["warnings"][0]["periods"]
        said = client.patch("/v1/staff/W-9", {"category": "vien_chuc", "decision": {"number": "78/QĐ", "effective_on": day(-37 * 31)}}).json["warnings"][0]
        put(client, "W-8", full_name="Lê Văn Xưa Lắm", hired_on="1970-01-01")
        ages_ago = client.put("/v1/staff/W-8/departure", {"reason": "thoi_viec", "effective_on": "1990-01-01"}).json["warnings"][0]["periods"]
    assert [sum(len(p) == 4 for p in ages_ago), sum("Q" in p for p in ages_ago), len(ages_ago)] == [10, 14, 36], "the newest of each"
    first = (TODAY - datetime.timedelta(37 * 31)).year
    periods = said["periods"]
    assert len(periods) == 36
    assert {p for p in periods if len(p) == 4} == {str(y) for y in range(first, TODAY.year)}, periods
    assert sum("Q" in p for p in periods) >= 12, periods
    assert next(p for p in periods if re.fullmatch(r"\d{4}-\d{2}", p)) == LAST_MONTH, "then the newest months"
    assert len(long_ago) == 36 and sum("-" in p and "Q" not in p for p in long_ago) == 12, "a year of months whatever comes before them"


def test_days_before_the_first_load_are_not_0_of_0(spec):
    """Nothing is said of a period before a unit was written down, unless people with their days or a declaration tell of it."""
    service = Service(spec=spec).start()
    try:
        client = service.client()
        make_units(client)
        put(client, "N-1", full_name="Vào Từ Lâu")
        client.put("/v1/staff/N-2", an(full_name="Không Nói Ngày", unit="T1.02"))

        def past(unit, **query):
            row = total(client, unit, **query)
            return row["recorded"], row["eligible"], row["issued"], row["coverage"], row["unknown_reason"]
        assert past("T1.01", period=LAST_MONTH)[0] == 1, "he was hired long ago"
        assert past("T1.02", period=LAST_MONTH) == (None, None, None, None, "not_recorded_yet"), "who has no day begins today"
        blank = total(client, "T1.02", period=LAST_MONTH)
        assert {blank[m] for m in ("unrecorded", "over_recorded", "locked", "on_long_leave", "activated", "used", "regular", "never_used", "unknown", "on_leave_unused")} == {None}
        assert blank["missing"] == {"people": None, "unrecorded": None} and blank["links"] == {}
        for query in ({"system": "mailbox"}, {"system": "required"}):
            sheet = client.call("GET", "/v1/coverage", headers={"Accept": "text/csv", "Accept-Language": "en"}, unit="T1.02", period=LAST_MONTH, depth=0, **query)
            line = list(csv.reader(io.StringIO(sheet.body.decode("utf-8-sig"))))[1]
            assert line[5] == "–" and set(line[6:]) == {"unknown"}, line
        assert past("T1.02")[0] == 1 and past("T1.02")[4] is None
        assert past("T1.03")[:2] == (0, 0), "today it is known to be empty"
        assert past("T1", period=LAST_MONTH)[0] == 1
        compared = total(client, "T1.02", period=TODAY.strftime("%Y-%m"), compare="previous")
        assert (compared["recorded"], compared["previous"], compared["delta"]) == (1, None, None) or TODAY.day == 1
        refused = client.post("/v1/reports", {"unit": "T1.02", "period": LAST_MONTH, "systems": ["mailbox"]})
        assert refused.status == 409 and "not_recorded_yet" in [e["code"] for e in refused.json["errors"]], refused
        assert client.put("/v1/staff/N-3", an(full_name="Ai Cũng Quen", unit="T1.02", hired_on=None)).status == 201
        assert past("T1.02", period=LAST_MONTH)[0] == 1, "nobody knows since when: he was there"
        client.put(f"/v1/units/T1.03/headcounts/{day(-60)}", {"total": 2})
        assert past("T1.03", period=LAST_MONTH)[:2] == (0, 0), "declared two, recorded none"
    finally:
        service.stop()
        service.clean()
