"""A roster against who is on the staff: codes that move, people on either side; and whole lists taken back."""
import csv
import datetime
import io

import pytest

from browser import Person, activate, login_of
from congvu import an, district, nth, site_today
from test_imports import rows_of, run, sums, upload

HEAD = "Số hiệu;Họ và tên;Đơn vị;Đối tượng\n"


@pytest.fixture(scope="module")
def office(spec):
    with district(spec=spec) as service:
        yield service


@pytest.fixture
def client(office):
    return office.client()


def unit(client, code):
    assert client.put(f"/v1/units/{code}", {"name": {"vi": f"Phòng {code}"}, "kind": "phong", "block": "chinh_quyen", "parent": "T1", "slug": code.lower().replace(".", "")}).status == 201
    return code


def some(summary):
    return {k: n for k, n in summary.items() if n}


def take_back(client, plan):
    answer = client.call("POST", f"/v1/imports/{plan['id']}/take-back")
    assert answer.status == 201 and answer.json["takes_back"] == plan["id"], answer
    return answer.json


# ---- codes that move ----

def test_everybody_gets_another_code_in_swaps_and_circles_and_nobody_is_doubled(client):
    room = unit(client, "T1.R1")
    names = [nth("Phạm Thị", i) for i in range(40)]
    ids = {}
    for i, name in enumerate(names):
        ids[name] = client.put(f"/v1/staff/RN-{i}", an(full_name=name, unit=room)).json["id"]
    # a circle of 30, five swaps of two among the rest
    new = {name: f"RN-{(i + 1) % 30}" if i < 30 else f"RN-{i + 1 if i % 2 == 0 else i - 1}" for i, name in enumerate(names)}
    text = HEAD + "".join(f"{new[n]};{n};{room};Công chức\n" for n in names)
    plan = upload(client, "roster", text, unit=room).json
    assert some(plan["summary"]) == {"update": 40, "unchanged": 40}
    assert run(client, plan)["summary"] == sums(done=40)
    assert {n: client.get(f"/v1/staff/{new[n]}").json["id"] for n in names} == ids
    assert client.get("/v1/staff", unit=room, include_total=True).json["total"] == 40
    again = upload(client, "roster", text, unit=room).json
    assert some(again["summary"]) == {"unchanged": 40}
    # and all of it back, by a plan of its own
    back = take_back(client, plan)
    assert some(back["summary"]) == {"update": 40}
    assert run(client, back)["summary"] == sums(done=40)
    assert {n: client.get(f"/v1/staff/RN-{i}").json["id"] for i, n in enumerate(names)} == ids


def test_a_current_code_beats_a_former_one_and_a_new_person_gets_a_code_that_is_free_now(client):
    room = unit(client, "T1.R2")
    client.put("/v1/staff/RF-1", an(full_name="Lê Cũ Kỹ", unit=room))
    client.patch("/v1/staff/RF-1", {"staff_code": "RF-2"})  # RF-1 is a former code of his
    client.put("/v1/staff/RF-3", an(full_name="Đỗ Đổi Số", unit=room))
    text = HEAD + f"RF-2;Lê Cũ Kỹ;{room};Công chức\nRF-1;Đỗ Đổi Số;{room};Công chức\nRF-3;Mai Mới Vào;{room};Công chức\n"
    plan = upload(client, "roster", text, unit=room).json
    assert some(plan["summary"]) == {"update": 1, "create": 1, "unchanged": 2}
    assert run(client, plan)["summary"] == sums(done=2)
    assert [client.get(f"/v1/staff/RF-{i}").json["full_name"] for i in (1, 2, 3)] == ["Đỗ Đổi Số", "Lê Cũ Kỹ", "Mai Mới Vào"]


def test_a_newcomer_with_a_former_code_is_asked_about_before_the_run(client):
    """A code that was somebody's may still mean him: no row gives it up."""
    room = unit(client, "T1.R27")
    client.put("/v1/staff/RHC-1", an(full_name="Lê Văn Mã Cũ", unit=room))
    client.patch("/v1/staff/RHC-1", {"staff_code": "RHC-2"})
    plan = upload(client, "roster", HEAD + f"RHC-2;Lê Văn Mã Cũ;{room};Công chức\nRHC-1;Mai Thị Vào Sau;{room};Công chức\n", unit=room).json
    assert some(plan["summary"]) == {"unchanged": 1, "needs_review": 1}, rows_of(client, plan)


def test_who_gives_a_former_code_away_gets_what_his_own_row_says(client):
    """His code is taken first, by another row: no change by somebody else."""
    room = unit(client, "T1.R14")
    client.put("/v1/staff/RU-1", an(full_name="Lê Cho Số", unit=room))
    client.patch("/v1/staff/RU-1", {"staff_code": "RU-2"})
    client.put("/v1/staff/RU-3", an(full_name="Đỗ Nhận Số", unit=room))
    text = f"Số hiệu;Họ và tên;Đơn vị;Chức vụ\nRU-2;Lê Cho Số;{room};Trưởng phòng\nRU-1;Đỗ Nhận Số;{room};Phó phòng\n"
    plan = upload(client, "roster", text, unit=room).json
    assert run(client, plan)["summary"] == sums(done=3)
    assert [client.get(f"/v1/staff/RU-{i}").json["title"] for i in (1, 2)] == ["Phó phòng", "Trưởng phòng"]
    assert run(client, take_back(client, plan))["summary"] == sums(done=3)
    assert [client.get(f"/v1/staff/RU-{i}").json["title"] for i in (2, 3)] == ["Chuyên viên"] * 2


def test_what_could_be_two_people_is_asked_and_a_former_code_or_birth_year_answers(client):
    room = unit(client, "T1.R3")
    client.put("/v1/staff/RT-1", an(full_name="Hồ Trùng Tên", unit=room, birth_year=1980))
    client.put("/v1/staff/RT-2", an(full_name="Hồ Trùng Tên", unit=room, birth_year=1990, not_same_as=["*"]))
    asked = upload(client, "roster", HEAD + f"RT-8;Hồ Trùng Tên;{room};Công chức\nRT-9;Hồ Trùng Tên;{room};Công chức\n", unit=room, validate_only=True).json
    assert asked["summary"]["needs_review"] == 2 and asked["summary"]["create"] == 0
    looked = upload(client, "roster", HEAD + f"RT-8;Hồ Trùng Tên;{room};Công chức\n", unit=room, accept="several_of_name,possible_duplicate").json
    assert [(r["action"], r["notes"][-1]["weight"]) for r in rows_of(client, looked) if r["row"]] == [("needs_review", "review")]
    told = upload(client, "roster", f"Số hiệu cũ;Số hiệu mới;Họ và tên;Ngày sinh\nRT-2;RT-8;Hồ Trùng Tên;\n;RT-9;Hồ Trùng Tên;1980\n", unit=room).json
    assert run(client, told)["summary"] == sums(done=2)
    assert [client.get(f"/v1/staff/{c}").json["birth_year"] for c in ("RT-9", "RT-8")] == [1980, 1990]


def test_a_person_stands_in_one_row(client):
    room = unit(client, "T1.R4")
    plan = upload(client, "roster", HEAD + f"RO-1;Lý Một Dòng;{room};Công chức\nRO-1;Lý Một Dòng;{room};Viên chức\n", unit=room).json
    second = rows_of(client, plan, action="needs_review")
    assert [r["row"] for r in second] == [3] and "row_repeats" in [n["code"] for n in second[0]["notes"]]


# ---- either side ----

def test_who_is_not_in_the_roster_is_named_and_leaves_only_when_that_was_said(client):
    room = unit(client, "T1.R5")
    for i in range(10):
        client.put(f"/v1/staff/RL-{i}", an(full_name=nth("Vũ Văn", i), unit=room))
    text = HEAD + "".join(f"RL-{i};{nth('Vũ Văn', i)};{room};Công chức\n" for i in range(9)) + f"RL-11;Vũ Mới Đến;{room};Công chức\n"
    only = upload(client, "roster", text, unit=room).json
    assert some(only["summary"]) == {"create": 1, "unchanged": 9, "absent": 1} and not only["needs_approval"]
    assert client.get(f"/v1/imports/{only['id']}/run").json["approved"] is True
    plan = upload(client, "roster", text, unit=room, absent_reason="chuyen_cong_tac", effective_on="2099-01-01", decision_number="7/QĐ").json
    assert [(r["action"], r["name"]) for r in rows_of(client, plan, action="depart")] == [("depart", nth("Vũ Văn", 9))]
    assert run(client, plan)["summary"] == sums(done=1, scheduled=1)
    departure = client.get("/v1/staff/RL-9/departure").json
    assert (departure["reason"], departure["effective_on"], departure["decision"]["number"]) == ("chuyen_cong_tac", "2099-01-01", "7/QĐ")
    back = take_back(client, plan)
    assert some(back["summary"]) == {"withdraw": 1, "depart": 1}
    run(client, back)
    assert client.get("/v1/staff/RL-9/departure").code == "departure_not_found"
    assert client.get("/v1/staff/RL-11").json["status"] == "departed"


def test_of_a_unit_without_anybody_nobody_leaves_and_nobody_has_to_agree(client):
    room = unit(client, "T1.R20")
    plan = upload(client, "roster", f"{HEAD}RQ-1;Vũ Văn Đầu;{room};Công chức\n", unit=room, absent_reason="thoi_viec").json
    assert some(plan["summary"]) == {"create": 1} and not plan["needs_approval"]


def test_the_file_says_of_a_row_all_that_is_to_be_looked_at(client):
    room = unit(client, "T1.R21")
    client.put("/v1/staff/RQF-1", an(full_name="Vũ Thị Giữ Số", unit="T1.02"))
    client.put("/v1/staff/RQF-2", an(full_name="Vũ Thị Đổi Số", unit=room))
    plan = upload(client, "roster", f"{HEAD}RQF-1;Vũ Thị Đổi Số;{room};Công chức\n", unit=room).json
    assert some(plan["summary"]) == {"needs_review": 1, "unchanged": 1}
    back = client.call("GET", f"/v1/imports/{plan['id']}/file", headers={"Accept": "text/csv"})
    line, = [row for row in csv.reader(io.StringIO(back.body.decode("utf-8-sig"))) if "RQF-1" in row]
    assert "RQF-1" in line[0], line


def test_who_could_be_meant_by_a_row_is_not_absent(client):
    room = unit(client, "T1.R13")
    client.put("/v1/staff/RQ-1", an(full_name="Hồ Trùng Tên", unit=room, not_same_as=["*"]))
    client.put("/v1/staff/RQ-2", an(full_name="Hồ Trùng Tên", unit=room, not_same_as=["*"]))
    client.put("/v1/staff/RQ-3", an(full_name="Hồ Khác Tên", unit=room))
    text = "Họ và tên;Đơn vị;Đối tượng\n" + f"Hồ Trùng Tên;{room};Công chức\n" * 2
    plan = upload(client, "roster", text, unit=room, absent_reason="thoi_viec", validate_only=True).json
    assert some(plan["summary"]) == {"needs_review": 2, "depart": 1}


def test_whose_name_stands_in_a_cell_that_is_to_be_looked_at_is_not_absent(client):
    room = unit(client, "T1.R16")
    for i, name in enumerate(("Lê Văn Sĩ", "Trần Thị Một", "Phạm Văn Hai", "Võ Văn Vắng")):
        client.put(f"/v1/staff/RX-{i}", an(full_name=name, unit=room))
    text = f'Họ và tên;Đơn vị;Đối tượng\nThS. Lê Văn Sĩ;{room};Công chức\n"Trần Thị Một\nPhạm Văn Hai";{room};Công chức\n'
    plan = upload(client, "roster", text, unit=room, absent_reason="thoi_viec").json
    assert [(r["action"], r["name"]) for r in rows_of(client, plan) if r["row"] == 0] == [("depart", "Võ Văn Vắng")], rows_of(client, plan)


def test_a_code_beside_two_people_in_a_cell_makes_the_other_no_more_absent(client):
    room = unit(client, "T1.R17")
    for i, name in enumerate(("Trần Thị Một", "Phạm Văn Hai", "Võ Văn Ba")):
        client.put(f"/v1/staff/RY-{i}", an(full_name=name, unit=room))
    text = f'Số hiệu;Họ và tên;Đơn vị;Đối tượng\nRY-0;"Trần Thị Một\nPhạm Văn Hai";{room};Công chức\nRY-2;Võ Văn Ba;{room};Công chức\n'
    plan = upload(client, "roster", text, unit=room, absent_reason="thoi_viec").json
    assert some(plan["summary"]) == {"needs_review": 1, "unchanged": 1}, rows_of(client, plan)


def test_the_day_on_which_the_absent_leave_is_no_day_of_the_others(client):
    room = unit(client, "T1.R18")
    for i, name in enumerate(("Trần Văn Ở", "Phạm Văn Đi")):
        client.put(f"/v1/staff/RZ-{i}", an(full_name=name, unit=room, title="Chuyên viên"))
    text = f"Số hiệu;Họ và tên;Đơn vị;Chức vụ\nRZ-0;Trần Văn Ở;{room};Trưởng phòng\n"
    plan = upload(client, "roster", text, unit=room, absent_reason="thoi_viec", effective_on="2099-01-01").json
    assert some(plan["summary"]) == {"update": 1, "depart": 1}, rows_of(client, plan)
    row = next(r for r in rows_of(client, plan) if r["action"] == "update")
    assert [c["field"] for c in row["changes"]] == ["title"] or "posts" not in [c["field"] for c in row["changes"]], row


def test_a_roster_a_fifth_shorter_needs_a_second_person_who_has_seen_it(office, client):
    room = unit(client, "T1.R6")
    for i in range(10):
        client.put(f"/v1/staff/RP-{i}", an(full_name=nth("Ngô Văn", i), unit=room))
    text = HEAD + "".join(f"RP-{i};{nth('Ngô Văn', i)};{room};Công chức\n" for i in range(8))
    maker = client.post("/v1/tokens", {"name": "HR", "scopes": ["staff:read", "staff:write", "departures:write", "brake:release", "tokens:write"]}).json
    hr = office.client(maker["secret"])
    plan = upload(hr, "roster", text, unit=room, absent_reason="thoi_viec", effective_on="2099-01-01", decision_number="8/QĐ").json
    assert plan["needs_approval"] and some(plan["summary"]) == {"unchanged": 8, "depart": 2}
    path = f"/v1/imports/{plan['id']}"
    assert hr.call("POST", path + "/run").code == "import_needs_approval"
    waiting = hr.get(path + "/run").json
    assert (waiting["approved"], waiting["approved_by"]) == (False, None)
    assert [w["name"] for w in waiting["waits_for"]] and not {w["name"] for w in waiting["waits_for"]} & {"HR", "the same"}
    assert waiting["waits_for"][0]["name"] in hr.call("POST", path + "/run").json["detail"]
    assert hr.post(path + "/approval", {"digest": plan["digest"]}).code == "scope_missing"  # not by who made it
    child = office.client(hr.post("/v1/tokens", {"name": "the same", "scopes": ["staff:read", "brake:release"]}).json["secret"])
    assert child.post(path + "/approval", {"digest": plan["digest"]}).code == "scope_missing"  # nor by what that one made
    second = client
    assert second.post(path + "/approval", {"digest": "0" * 64}).code == "brake_changed"
    assert second.post(path + "/approval", {"digest": plan["digest"]}).status == 204
    agreed = hr.get(path + "/run").json
    assert (agreed["approved"], agreed["waits_for"]) == (True, []) and agreed["approved_by"].startswith("tok_")
    assert run(hr, plan)["summary"] == sums(scheduled=2)


def test_the_second_person_who_is_named_sees_the_plan_and_agrees(office, client, spec):
    """An administrator of the unit writes no lists: to agree to one he has to see it, and no other."""
    room = unit(client, "T1.R15")
    for i in range(10):
        client.put(f"/v1/staff/RZ-{i}", an(full_name=nth("Mạc Văn", i), unit=room))
    admin = client.put("/v1/staff/RZ-ADM", an(full_name="Trịnh Thị Quản", unit="T1")).json
    activate(client, "RZ-ADM")
    assert client.post("/v1/staff/RZ-ADM/roles", {"role": "unit_admin", "unit": "T1"}).status == 201
    maker = office.client(client.post("/v1/tokens", {"name": "HR T1", "scopes": ["staff:read", "staff:write", "departures:write"], "unit": "T1"}).json["secret"])
    text = HEAD + "".join(f"RZ-{i};{nth('Mạc Văn', i)};{room};Công chức\n" for i in range(8))
    other = upload(maker, "roster", text, unit=room).json
    plan = upload(maker, "roster", text, unit=room, absent_reason="thoi_viec", effective_on="2099-01-01", decision_number="8/QĐ").json
    path = f"/v1/imports/{plan['id']}"
    assert "Trịnh Thị Quản" in [w["name"] for w in maker.get(path + "/run").json["waits_for"]]
    person = Person(office, spec)
    assert person.sign_in(login_of(admin))[0] == 201
    assert person.call("GET", path)[1]["digest"] == plan["digest"]
    assert [r["name"] for r in person.call("GET", path + "/rows?action=depart")[1]["items"]] == [nth("Mạc Văn", i) for i in (8, 9)]
    assert person.call("GET", path + "/run")[1]["approved"] is False
    listed = [i["id"] for i in person.call("GET", "/v1/imports")[1]["items"]]
    assert plan["id"] in listed and other["id"] not in listed
    for method, where in (("GET", f"/v1/imports/{other['id']}"), ("GET", f"/v1/imports/{other['id']}/rows"), ("POST", path + "/run"), ("POST", path + "/take-back")):
        status, said = person.call(method, where)[:2]
        assert (status, said["code"]) == (403, "scope_missing") and "Vai trò" in said["detail"], (method, where, said)
    assert person.call("POST", path + "/approval", {"digest": plan["digest"]})[0] == 204
    assert run(maker, plan)["summary"] == sums(scheduled=2)


def test_what_a_second_person_has_agreed_to_is_not_held_again(office, client):
    """More than half of the unit, and more than the hour lets pass: agreed to when it is planned, done when it is run."""
    room = unit(client, "T1.R7")
    for i in range(8):
        client.put(f"/v1/staff/RB-{i}", an(full_name=nth("Bùi Văn", i), unit=room))
    text = HEAD + "".join(f"RB-{i};{nth('Bùi Văn', i)};{room};Công chức\n" for i in range(1))
    maker = office.client(client.post("/v1/tokens", {"name": "HR", "scopes": ["staff:read", "staff:write", "departures:write"]}).json["secret"])
    plan = upload(maker, "roster", text, unit=room, absent_reason="thoi_viec").json
    assert plan["needs_approval"] and some(plan["summary"]) == {"unchanged": 1, "depart": 7}
    assert client.post(f"/v1/imports/{plan['id']}/approval", {"digest": plan["digest"]}).status == 204
    assert run(maker, plan)["summary"] == sums(done=7)
    assert [client.get(f"/v1/staff/RB-{i}").json["status"] for i in range(8)] == ["active"] + ["departed"] * 7


def leavers(count, prefix, day):
    return "Số hiệu;Họ và tên;Lý do;Ngày nghỉ\n" + "".join(f"{prefix}-{i};{nth('Lý Văn', i)};Thôi việc;{day}\n" for i in range(count))


def test_a_list_of_leavers_over_the_limit_is_agreed_to_before_it_is_run(office, client):
    room = unit(client, "T1.R12")
    for i in range(20):
        client.put(f"/v1/staff/RW-{i}", an(full_name=nth("Lý Văn", i), unit=room))
    maker = office.client(client.post("/v1/tokens", {"name": "HR lists", "scopes": ["staff:read", "staff:write", "departures:write"]}).json["secret"])
    within = upload(maker, "leavers", leavers(5, "RW", "01/01/2099")).json
    assert not within["needs_approval"] and some(within["summary"]) == {"depart": 5}
    over = upload(maker, "leavers", leavers(6, "RW", "01/01/2099")).json
    assert over["needs_approval"] and maker.call("POST", f"/v1/imports/{over['id']}/run").code == "import_needs_approval"
    assert client.post(f"/v1/imports/{over['id']}/approval", {"digest": over["digest"]}).status == 204
    more = upload(maker, "leavers", leavers(7, "RW", "01/01/2099")).json
    assert maker.call("POST", f"/v1/imports/{more['id']}/run").code == "import_needs_approval", "another list is another plan"
    assert client.post(f"/v1/imports/{more['id']}/approval", {"digest": over["digest"]}).code == "brake_changed"
    assert run(maker, over)["summary"] == sums(scheduled=6)
    assert client.get("/v1/staff/RW-0/departure").json["state"] == "scheduled"
    assert not [item for line in client.get("/v1/brake").json["lines"] for item in line["items"] if item.get("staff", {}).get("staff_code", "").startswith("RW-")]


# ---- taken back ----

def test_a_list_is_taken_back_but_for_what_others_have_changed_since(client):
    room = unit(client, "T1.R8")
    for i in range(3):
        client.put(f"/v1/staff/RK-{i}", an(full_name=nth("Đặng Văn", i), unit=room))
    text = "Số hiệu;Họ và tên;Đơn vị;Chức vụ;Số điện thoại;Đối tượng\n" + "".join(
        f"RK-{i};{nth('Đặng Văn', i)};T1.02;Trưởng phòng;0912000{i:03};Công chức\n" for i in range(3)) + "RK-3;Đặng Mới Toanh;T1.02;CV;;Công chức\n"
    plan = upload(client, "staff", text).json
    assert client.call("POST", f"/v1/imports/{plan['id']}/take-back").code == "import_not_run"
    assert run(client, plan)["summary"] == sums(done=4)
    client.patch("/v1/staff/RK-1", {"title": "Phó phòng"})
    back = take_back(client, plan)
    assert some(back["summary"]) == {"move": 2, "changed_since": 1, "depart": 1}
    assert [r["row"] for r in rows_of(client, back)] == [5, 4, 3, 2]
    assert run(client, back)["summary"]["done"] == 3
    person = client.get("/v1/staff/RK-0").json
    assert (person["unit"]["code"], person["title"], person["mobile"]) == (room, "Chuyên viên", None)
    assert client.get("/v1/staff/RK-1").json["title"] == "Phó phòng"
    assert client.get("/v1/staff/RK-3").json["status"] == "departed"


def test_what_another_list_did_is_not_taken_back(client):
    """The same list twice: only the first one made anything."""
    room = unit(client, "T1.R22")
    text = HEAD + "".join(f"RM-{i};{nth('Phan Văn', i)};{room};Công chức\n" for i in range(3))
    units = "Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc;Viết tắt\nT1.R23;Phòng Hai Lần;Phòng;T1;phl\n"
    for kind, rows, count in (("staff", text, 3), ("units", units, 1)):
        first, second = upload(client, kind, rows).json, upload(client, kind, rows).json
        assert run(client, first)["summary"] == sums(done=count)
        assert run(client, second)["summary"] == sums(unchanged=count)
        assert some(take_back(client, second)["summary"]) == {"skipped": count}
    plan = upload(client, "leavers", f"Số hiệu;Họ và tên;Lý do;Ngày nghỉ\nRM-0;{nth('Phan Văn', 0)};Thôi việc;01/01/2099\n").json
    client.put("/v1/staff/RM-0/departure", {"reason": "thoi_viec", "effective_on": "2099-01-01"})
    assert run(client, plan)["summary"] == sums(unchanged=1)
    assert some(take_back(client, plan)["summary"]) == {"skipped": 1}


def test_what_a_list_did_is_taken_back_after_another_run_of_it(client):
    room = unit(client, "T1.R24")
    client.put("/v1/staff/RV-2", an(full_name="Phan Thị Ba", unit=room))
    text = "Số hiệu;Họ và tên;Đơn vị;Chức vụ;Đối tượng\n" + "".join(f"{code};{name};{room};CV;Công chức\n" for code, name in (
        ("RV-0", "Phan Thị Một"), ("RV-1", "Phan Thị Hai"), ("RV-2", "Phan Thị Ba")))
    plan = upload(client, "staff", text).json
    client.patch("/v1/staff/RV-2", {"mobile": "+84912345600"})
    assert run(client, plan)["summary"] == sums(done=2, changed_since=1)
    client.patch("/v1/staff/RV-1", {"title": "Phó phòng"})  # after the list: he stays as he is
    assert run(client, plan)["summary"] == sums(unchanged=1, changed_since=2)
    back = take_back(client, plan)
    assert {r["key"]: r["action"] for r in rows_of(client, back)} == {client.get("/v1/staff/RV-0").json["id"]: "depart", client.get("/v1/staff/RV-1").json["id"]: "changed_since"}, rows_of(client, back)
    assert back["summary"]["skipped"] == 1


def test_an_order_that_somebody_else_gave_or_corrected_is_not_taken_back(office, client):
    room = unit(client, "T1.R25")
    for i in range(24):
        client.put(f"/v1/staff/RD-{i}", an(full_name=nth("Đỗ Văn", i), unit=room))
    head = "Số hiệu;Họ và tên;Lý do;Ngày nghỉ\n"
    maker = office.client(client.post("/v1/tokens", {"name": "HR leavers", "scopes": ["staff:read", "staff:write", "departures:write"]}).json["secret"])
    plan = upload(maker, "leavers", head + f"RD-0;{nth('Đỗ Văn', 0)};Thôi việc;{site_today().strftime('%d/%m/%Y')}\n"
                  + "".join(f"RD-{i};{nth('Đỗ Văn', i)};Thôi việc;01/02/2099\n" for i in (1, 2)), decision_number="7/QĐ").json
    if plan["needs_approval"]:  # as many left in the tests above
        assert client.post(f"/v1/imports/{plan['id']}/approval", {"digest": plan["digest"]}).status == 204
    ended = run(maker, plan)
    assert ended["summary"] == sums(done=1, scheduled=2), ended
    assert client.post("/v1/staff/RD-0/reinstatements", {}).status == 202
    dismissed = client.put("/v1/staff/RD-0/departure", {"reason": "buoc_thoi_viec", "effective_on": (site_today() + datetime.timedelta(days=1)).isoformat(), "decision": {"number": "9/QĐ"}})
    assert dismissed.status in (200, 201, 202), dismissed
    assert client.put("/v1/staff/RD-1/departure", {"reason": "nghi_huu", "effective_on": "2099-01-15", "decision": {"number": "8/QĐ"}}).status == 200
    back = take_back(client, plan)
    assert {r["row"]: r["action"] for r in rows_of(client, back)} == {2: "changed_since", 3: "changed_since", 4: "withdraw"}, rows_of(client, back)
    assert run(client, back)["summary"] == sums(done=1)
    assert client.get("/v1/staff/RD-2/departure").code == "departure_not_found"
    assert [client.get(f"/v1/staff/RD-{i}/departure").json["reason"] for i in (0, 1)] == ["buoc_thoi_viec", "nghi_huu"]


def test_an_order_that_the_list_has_corrected_is_not_withdrawn_with_it(client):
    """What it was before is not known any more: the row says so, and the order stays."""
    room = unit(client, "T1.R26")
    client.put("/v1/staff/RE-0", an(full_name="Đỗ Thị Sớm Hơn", unit=room))
    client.put("/v1/staff/RE-0/departure", {"reason": "nghi_huu", "effective_on": "2099-06-01", "decision": {"number": "3/QĐ"}})
    plan = upload(client, "leavers", "Số hiệu;Họ và tên;Lý do;Ngày nghỉ\nRE-0;Đỗ Thị Sớm Hơn;Nghỉ hưu;01/02/2099\n", decision_number="3/QĐ").json
    assert run(client, plan)["summary"] == sums(scheduled=1)
    assert some(take_back(client, plan)["summary"]) == {"failed": 1}
    assert client.get("/v1/staff/RE-0/departure").json["effective_on"] == "2099-02-01"


def test_units_and_headcounts_are_taken_back_from_the_last_one_on(client):
    units = "Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc;Viết tắt\nT1.B1;Phòng Mới;Phòng;T1;pm1\nT1.B1.1;Tổ Một;Phòng;T1.B1;tm1\nT1.02;Phòng Kế hoạch;Phòng;T1;tckh\n"
    plan = upload(client, "units", units).json
    assert run(client, plan)["summary"] == sums(done=3)
    counts = upload(client, "headcounts", "Đơn vị;Tổng số;Tính đến ngày\nT1.02;12;01/11/2026\n").json
    run(client, counts)
    more = upload(client, "headcounts", "Đơn vị;Tổng số;Tính đến ngày\nT1.02;14;01/11/2026\n").json
    run(client, more)
    assert run(client, take_back(client, more))["summary"] == sums(done=1)
    assert client.get("/v1/units/T1.02/headcounts/2026-11-01").json["total"] == 12
    assert some(take_back(client, counts)["summary"]) == {"failed": 1}  # there was none before
    back = take_back(client, plan)
    assert some(back["summary"]) == {"update": 1, "remove": 2}, rows_of(client, back)
    assert run(client, back)["summary"] == sums(done=3)
    assert client.get("/v1/units/T1.B1").status == 404 and client.get("/v1/units/T1.02").json["name"]["vi"] == "Phòng Tài chính"


def test_who_was_made_after_his_question_was_answered_is_taken_back_too(client):
    """His code was somebody else's once: accepted or not, the run asks."""
    room = unit(client, "T1.R31")
    before = client.put("/v1/staff/RHQ-1", an(full_name="Lưu Hỏi Lại", unit=room)).json
    assert client.patch(f"/v1/staff/{before['id']}", {"staff_code": "RHQ-9"}).status == 200
    text = HEAD + f"RHQ-1;Lưu Hỏi Lại;{room};Công chức\nRHQ-3;Lưu Không Hỏi;{room};Công chức\n"
    plan = upload(client, "staff", text, accept="possible_duplicate").json
    assert some(plan["summary"]) == {"needs_decision": 1, "create": 1}, rows_of(client, plan)
    assert run(client, plan)["summary"] == sums(done=1, needs_decision=1)
    assert client.put("/v1/duplicates/RHQ-1", {"decision": "not_same"}).status == 200
    assert run(client, plan)["summary"] == sums(done=1, unchanged=1)
    made = client.get("/v1/staff/RHQ-1").json
    assert made["id"] != before["id"]
    back = take_back(client, plan)
    assert some(back["summary"]) == {"depart": 2}, rows_of(client, back)
    assert {r["staff"] for r in rows_of(client, back)} == {made["id"], client.get("/v1/staff/RHQ-3").json["id"]}


def test_what_the_answer_this_is_him_did_is_taken_back_too(client):
    """The plan could only ask: what he was before is known since the run that met the answer."""
    room = unit(client, "T1.R35")
    him, untouched = (client.put(f"/v1/staff/RHS-{i}", an(full_name=name, unit=room, title="Văn thư")).json for i, name in ((1, "Lưu Chính Ông"), (2, "Lưu Đổi Sau")))
    for i, who in ((1, him), (2, untouched)):
        assert client.patch(f"/v1/staff/{who['id']}", {"staff_code": f"RHS-{i}9"}).status == 200
    text = f"Số hiệu;Họ và tên;Chức vụ;Đơn vị\nRHS-1;Lưu Chính Ông;Phó Trưởng phòng;{room}\nRHS-2;Lưu Đổi Sau;Phó Trưởng phòng;{room}\n"
    plan = upload(client, "staff", text, accept="possible_duplicate").json
    assert run(client, plan)["summary"] == sums(needs_decision=2)
    for i, who in ((1, him), (2, untouched)):
        assert client.put(f"/v1/duplicates/RHS-{i}", {"decision": "same", "staff": who["id"]}).status == 200
    assert run(client, plan)["summary"] == sums(done=2)
    assert client.patch(f"/v1/staff/{untouched['id']}", {"title": "Trưởng phòng"}).status == 200
    back = take_back(client, plan)
    assert some(back["summary"]) == {"update": 1, "changed_since": 1}, rows_of(client, back)
    assert run(client, back)["summary"] == sums(done=1)
    assert [client.get(f"/v1/staff/{who['id']}").json["title"] for who in (him, untouched)] == ["Văn thư", "Trưởng phòng"]


def test_a_unit_that_was_there_stays_when_the_answer_of_its_question_is_taken_back(client):
    was = client.get(f"/v1/units/{unit(client, 'T1.R32')}").json["name"]["vi"]
    plan = upload(client, "units", "Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc;Viết tắt\nT1.R32;Trạm Y tế;Phòng;T1;r32\n", accept="possible_duplicate").json
    assert some(plan["summary"]) == {"needs_decision": 1}, rows_of(client, plan)
    assert run(client, plan)["summary"] == sums(needs_decision=1)
    assert client.put("/v1/duplicates/unit:T1.R32", {"decision": "same"}).status == 200
    assert run(client, plan)["summary"] == sums(done=1)
    assert client.get("/v1/units/T1.R32").json["name"]["vi"] == "Trạm Y tế"
    back = take_back(client, plan)
    assert some(back["summary"]) == {"update": 1}, rows_of(client, back)
    assert run(client, back)["summary"] == sums(done=1) and client.get("/v1/units/T1.R32").json["name"]["vi"] == was


def test_guests_are_missed_in_the_roster_of_their_own_unit_alone(office, client):
    room, home = unit(client, "T1.R33"), unit(client, "T1.R34")
    for i, where in ((1, room), (2, room), (3, home)):
        client.put(f"/v1/staff/RGB-{i}", an(full_name=nth("Viên Biệt Phái", i), unit=where))
    posts = [{"unit": home, "title": "Chuyên viên", "primary": True}, {"unit": room, "title": "Tổ viên", "kind": "biet_phai"}]
    assert client.patch("/v1/staff/RGB-3", {"posts": posts}).status == 200
    own = office.reach(room, "staff:read", "staff:write")
    assert own.get("/v1/staff/RGB-3").status == 200
    for unit_of in ({}, {"unit": room}):
        plan = upload(own, "roster", HEAD + f"RGB-1;{nth('Viên Biệt Phái', 1)};{room};Công chức\n", **unit_of).json
        assert [r["key"] for r in rows_of(own, plan, action="absent")] == ["RGB-2"], unit_of
