"""Facts of a person that the HR system keeps, and those that people keep: by whatever way the other side comes."""
import datetime
import itertools

import pytest

from congvu import UNIT, an, nth, site_today
from test_imports import rows_of, run, upload

numbers = itertools.count(1)
KEPT = ["full_name", "birth_year", "category", "posts", "title"]


@pytest.fixture(scope="module")
def feed(shared):
    made = shared.client().post("/v1/tokens", {"name": "Phần mềm nhân sự", "scopes": ["staff:read", "staff:write", "departures:write"], "feed": True})
    assert made.status == 201 and made.json["feed"] is True, made
    return shared.client(made.json["secret"])


@pytest.fixture
def office(client):
    """A unit above and one below it; the HR system keeps KEPT in both."""
    n = next(numbers)
    above, below = f"OW{n}", f"OW{n}.01"
    assert client.put(f"/v1/units/{above}", {**UNIT, "parent": "T1", "slug": f"ow{n}", "hr_feed_fields": KEPT}).status == 201
    assert client.put(f"/v1/units/{below}", {**UNIT, "parent": above, "slug": f"duoi{n}"}).status == 201
    return below


def person(who, office, **more):
    n = next(numbers)
    made = who.put(f"/v1/staff/OF-{n}", an(full_name=nth("Đỗ Thị Chủ", n), unit=office, **more))
    assert made.status == 201, made
    return made.json


def refused(answer):
    assert (answer.status, answer.code) == (409, "field_owned"), answer
    assert all(e["code"] == "field_owned" for e in answer.json["errors"])
    return {e["pointer"].removeprefix("#") for e in answer.json["errors"]}


def test_what_the_hr_system_keeps_is_refused_to_people_all_at_once(client, feed, office):
    who = person(feed, office, birth_year=1980)
    assert client.get(f"/v1/staff/{who['id']}").json["hr_feed_fields"] == ["full_name", "birth_year", "category", "posts", "title"]
    change = {"full_name": who["full_name"] + " Khác", "birth_year": 1981, "title": "Trưởng phòng", "category": "vien_chuc", "mobile": "+84912000001"}
    dry = client.patch(f"/v1/staff/{who['id']}", change, validate_only=True)
    real = client.patch(f"/v1/staff/{who['id']}", change)
    assert refused(dry) == refused(real) == {"/full_name", "/birth_year", "/title", "/category"}
    assert "HR system" in real.json["errors"][0]["detail"] and client.get(f"/v1/staff/{who['id']}").json["mobile"] is None
    assert refused(client.put(f"/v1/staff/{who['staff_code']}", {"birth_year": 1979})) == {"/birth_year"}
    assert refused(client.patch(f"/v1/staff/{who['id']}", {"unit": "T1.02"})) == {"/unit"}
    assert refused(client.patch(f"/v1/staff/{who['id']}", {"hired_on": "2020-01-01"})) == {"/posts"}
    assert refused(client.patch(f"/v1/staff/{who['id']}", {"add_post": {"unit": "T1.02", "kind": "kiem_nhiem"}})) == {"/posts"}


def test_people_change_the_rest_and_may_send_what_is_there(client, feed, office):
    who = person(feed, office, birth_year=1980)
    same = {"full_name": who["full_name"], "birth_year": 1980, "title": "Chuyên viên", "unit": office, "category": "cong_chuc", "mobile": "+84912000002"}
    assert client.put(f"/v1/staff/{who['staff_code']}", same).json["mobile"] == "+84912000002"
    away = {"status": "on_leave", "leave": {"from": str(site_today()), "kind": "di_hoc"}}
    assert client.patch(f"/v1/staff/{who['id']}", away).status == 200
    assert client.patch(f"/v1/staff/{who['id']}", {"new_address": True}).status == 200
    left = client.put(f"/v1/staff/{who['id']}/departure", {"reason": "nghi_huu", "effective_on": str(site_today())})
    assert left.status in (200, 201), left


def test_the_decision_belongs_to_whoever_keeps_what_it_decided(client, feed, office):
    """Its number and days stand on papers and in histories: as good as the fact itself."""
    today = str(site_today())
    who = person(feed, office)
    leave = {"kind": "di_hoc", "from": today, "to": None, "decision": {"number": "7/QĐ", "signed_on": today}}
    assert client.patch(f"/v1/staff/{who['id']}", {"status": "on_leave", "leave": leave}).status == 200
    for other in ({"number": "8/QĐ", "signed_on": today}, {"number": "7/QĐ", "signed_on": "2020-01-01"}, None):
        assert refused(feed.put(f"/v1/staff/{who['staff_code']}", {"status": "on_leave", "leave": {**leave, "decision": other}})) == {"/leave"}, other
    assert feed.put(f"/v1/staff/{who['staff_code']}", {"status": "on_leave", "leave": leave}).status == 200  # as it is
    post = {"unit": office, "title": "Chuyên viên", "kind": "chinh_thuc", "primary": True, "from": client.get(f"/v1/staff/{who['id']}").json["posts"][0]["from"], "decision": {"number": "5/QĐ", "signed_on": today}}
    assert feed.put(f"/v1/staff/{who['staff_code']}", {"posts": [post]}).status == 200
    assert refused(client.patch(f"/v1/staff/{who['id']}", {"posts": [{**post, "decision": {"number": "6/QĐ", "signed_on": today}}]})) == {"/posts"}
    assert client.patch(f"/v1/staff/{who['id']}", {"posts": [post]}).status == 200
    assert client.get(f"/v1/staff/{who['id']}").json["posts"][0]["decision"]["number"] == "5/QĐ"


def test_what_people_keep_is_refused_to_the_hr_system(client, feed, office):
    who = person(feed, office)
    client.patch(f"/v1/staff/{who['id']}", {"mobile": "+84912000003"})
    line = {"full_name": who["full_name"], "title": "Trưởng phòng", "mobile": "+84912000004"}
    answer = feed.put(f"/v1/staff/{who['staff_code']}", line)
    assert refused(answer) == {"/mobile"} and "leave it out" in answer.json["errors"][0]["detail"]
    assert client.get(f"/v1/staff/{who['id']}").json["title"] == "Chuyên viên"
    assert feed.put(f"/v1/staff/{who['staff_code']}", {**line, "mobile": "+84912000003"}).json["title"] == "Trưởng phòng"
    moved = feed.put(f"/v1/staff/{who['staff_code']}", {"unit": "T1.02", "title": "Chánh văn phòng"})
    assert (moved.status, moved.json["hr_feed_fields"]) == (200, None)  # nobody said anything there
    assert client.patch(f"/v1/staff/{who['id']}", {"full_name": who["full_name"] + " Mới", "title": "Chuyên viên"}).status == 200


def test_a_record_is_made_with_what_it_cannot_be_without(client, feed, office):
    n = next(numbers)
    bare = {"full_name": nth("Hồ Văn Mới", n), "unit": office, "category": "cong_chuc"}
    assert refused(client.post("/v1/staff", {**bare, "birth_year": 1990, "title": "Chuyên viên"})) == {"/birth_year"}
    assert refused(client.post("/v1/staff", {**bare, "birth_year": 1990}, validate_only=True)) == {"/birth_year"}
    assert client.post("/v1/staff", {**bare, "title": "Chuyên viên", "mobile": "+84912000005"}).status == 201  # the title begins with the post
    assert refused(feed.put(f"/v1/staff/OF-{n}", {**bare, "full_name": nth("Hồ Thị Mới", n), "mobile": "+84912000006"})) == {"/mobile"}


def test_a_title_alone_may_be_the_hr_systems(client, feed, office):
    client.patch(f"/v1/units/{office}", {"hr_feed_fields": ["title"]})
    n = next(numbers)
    who = client.put(f"/v1/staff/OF-{n}", {"full_name": nth("Lâm Thị Chức", n), "unit": office, "category": "cong_chuc"}).json
    decided = {"title": "Phó phòng", "decision": {"number": "1/QĐ", "effective_on": str(site_today() + datetime.timedelta(days=3))}}
    assert refused(client.patch(f"/v1/staff/{who['id']}", decided)) == {"/title"}
    assert feed.put(f"/v1/staff/{who['staff_code']}", decided).status == 200
    assert refused(feed.put(f"/v1/staff/{who['staff_code']}", {"unit": "T1.02"})) == {"/unit"}
    assert client.patch(f"/v1/staff/{who['id']}", {"unit": "T1.02", "title": "Chuyên viên"}).status == 200


def test_lists_are_judged_alike(client, feed, office):
    who, other = person(feed, office), person(feed, office)
    text = (f"Họ tên;Số hiệu;Chức vụ;Số điện thoại\n{who['full_name']};{who['staff_code']};Trưởng phòng;0912000007\n"
            f"{other['full_name']};{other['staff_code']};Chuyên viên;0912000008\n")
    plan = upload(client, "staff", text).json
    rows = {r["row"]: r for r in rows_of(client, plan)}
    assert (rows[2]["action"], rows[3]["action"]) == ("failed", "update")
    assert "HR system" in rows[2]["notes"][-1]["detail"], rows[2]
    done = run(client, plan)
    assert done["summary"]["done"] == 1
    assert client.get(f"/v1/staff/{other['id']}").json["mobile"] == "+84912000008" and client.get(f"/v1/staff/{who['id']}").json["title"] == "Chuyên viên"


def test_coming_back_moves_posts_too(client, feed, office):
    who = person(feed, office)
    client.put(f"/v1/staff/{who['id']}/departure", {"reason": "thoi_viec", "effective_on": str(site_today() - datetime.timedelta(days=1))})
    back = client.post(f"/v1/staff/{who['id']}/reinstatements", {"unit": "T1.02"})
    assert refused(back) == {"/unit"}
    back = feed.post(f"/v1/staff/{who['id']}/reinstatements", {"unit": "T1.02"})
    assert (back.status, back.json["unit"]["code"]) == (202, "T1.02"), back


def test_the_unit_says_it_for_those_below_and_only_who_sees_all_changes_it(shared, client, office):
    above = office[:-3]
    assert client.get(f"/v1/units/{above}").json["hr_feed_fields"] == ["full_name", "birth_year", "category", "posts", "title"]
    assert client.get(f"/v1/units/{office}").json["hr_feed_fields"] is None
    clerk = shared.reach(above, "units:read", "units:write", "staff:read", "staff:write", "tokens:write")
    answer = clerk.patch(f"/v1/units/{office}", {"hr_feed_fields": []})
    assert (answer.status, answer.code) == (403, "scope_missing")
    assert answer.json["errors"][0]["pointer"] == "#/hr_feed_fields"
    own = clerk.post("/v1/tokens", {"name": "lách", "scopes": ["staff:write"], "feed": True})
    assert own.status == 422 and [e["pointer"] for e in own.json["errors"]] == ["#/feed"]
    assert clerk.patch(f"/v1/units/{office}", {"position": 3}).status == 200
    dry = client.patch(f"/v1/units/{office}", {"hr_feed_fields": []}, validate_only=True).json
    assert dry["changes"] == [{"field": "hr_feed_fields", "from": None, "to": []}]
    twice = client.patch(f"/v1/units/{office}", {"hr_feed_fields": ["title", "mobile", "title"]})
    assert twice.status == 422 and [(e["pointer"], e["code"]) for e in twice.json["errors"]] == [("#/hr_feed_fields", "repeated")]
    freed = client.patch(f"/v1/units/{office}", {"hr_feed_fields": []})
    assert freed.json["hr_feed_fields"] == []
    who = client.put(f"/v1/staff/OF-{next(numbers)}", an(full_name=nth("Vi Thị Riêng", next(numbers)), unit=office, birth_year=1970)).json
    assert who["hr_feed_fields"] == [] and client.patch(f"/v1/staff/{who['id']}", {"birth_year": 1971}).status == 200
    again = client.patch(f"/v1/units/{office}", {"hr_feed_fields": None})
    assert again.json["hr_feed_fields"] is None
    assert refused(client.patch(f"/v1/staff/{who['id']}", {"birth_year": 1972})) == {"/birth_year"}
    words = [line["text"] for line in client.get(f"/v1/units/{office}/history").json["items"]]
    assert any("what the HR system keeps" in text for text in words)
