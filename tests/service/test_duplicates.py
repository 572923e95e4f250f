"""One person, one record: a nightly line whose person may be there already is asked about once and decided once."""
import concurrent.futures
import itertools
import threading

import pytest
from congvu import an, asked_about, copied, make_units, nth, site_today
from test_imports import rows_of, run, sums, upload

numbers = itertools.count(1)


@pytest.fixture
def twin(client):
    """Somebody who is there, and the line of another code that looks like him."""
    n = next(numbers)
    body = asked_about(full_name=nth("Lý Hai Mã", n), birth_year=1985, title="Chuyên viên")
    made = client.put(f"/v1/staff/TWN-{n}", body)
    assert made.status == 201, made
    return made.json, f"LINE-{n}", body


def waiting(client, code, **query):
    return [d for d in client.get("/v1/duplicates", **query).json["items"] if d["staff_code"] == code]


def test_a_line_that_looks_like_somebody_is_a_question_and_no_error(client, twin):
    there, code, body = twin
    dry = client.put(f"/v1/staff/{code}", body, validate_only=True)
    assert dry.status == 202 and waiting(client, code) == [], "a dry run keeps nothing"
    first = client.put(f"/v1/staff/{code}", body)
    assert (first.status, first.json["outcome"], first.headers["Congvu-Needs-Decision"]) == (202, "needs_decision", "true")
    assert first.headers["Location"] == f"/v1/duplicates/{code}" and client.get(f"/v1/staff/{code}").status == 404
    question, = waiting(client, code)
    assert question == first.json["duplicate"]
    assert [(c["id"], c["birth_year"], c["address"], c["unit"]["code"]) for c in question["candidates"]] == [(there["id"], 1985, there["address"], "T1.01")]
    assert client.put(f"/v1/staff/{code}", body).json["duplicate"]["asked_at"] == question["asked_at"], "the second night it is the same question"


def test_questions_come_page_by_page(client, twin):
    _, code, body = twin
    wanted = sorted(f"{code}-{i}" for i in range(5))
    for each in wanted:
        assert client.put(f"/v1/staff/{each}", body).status == 202
    found, token = [], None
    while True:
        page = client.get("/v1/duplicates", page_size=2, **({"page_token": token} if token else {})).json
        assert len(page["items"]) <= 2
        found += [d["staff_code"] for d in page["items"]]
        token = page["next_page_token"]
        if token is None:
            break
    assert [c for c in found if c in wanted] == wanted and len(found) == len(set(found))


def test_somebody_else_then_the_next_line_creates(client, twin):
    there, code, body = twin
    client.put(f"/v1/staff/{code}", body)
    decided = client.put(f"/v1/duplicates/{code}", {"decision": "not_same"})
    assert (decided.status, decided.json["state"], decided.json["decision"]) == (200, "decided", "not_same")
    assert client.put(f"/v1/duplicates/{code}", {"decision": "not_same"}).json == decided.json, "safe to repeat"
    assert waiting(client, code) == [] and waiting(client, code, state="decided") == [decided.json]
    made = client.put(f"/v1/staff/{code}", body)
    assert made.status == 201 and made.json["id"] != there["id"]
    assert client.put(f"/v1/staff/{code}", body).headers["Congvu-Unchanged"] == "true", "the second night passes silently"


def test_a_look_alike_who_came_since_is_asked_about(client, twin):
    _, code, body = twin
    client.put(f"/v1/staff/{code}", body)
    client.put(f"/v1/duplicates/{code}", {"decision": "not_same"})
    third = client.post("/v1/staff", {**body, "not_same_as": ["*"]}).json
    asked = client.put(f"/v1/staff/{code}", body)
    assert asked.status == 202 and [c["id"] for c in asked.json["duplicate"]["candidates"]] == [third["id"]]


def test_this_is_him_then_the_next_line_changes_him(client, twin):
    there, code, body = twin
    client.put(f"/v1/staff/{code}", body)
    stranger = client.put(f"/v1/staff/OTH-{next(numbers)}", asked_about(full_name=nth("Lý Người Khác", next(numbers)))).json
    wrong = client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": stranger["id"]})
    assert wrong.status == 422 and wrong.json["errors"][0]["pointer"] == "#/staff"
    decided = client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["staff_code"]})
    assert (decided.status, decided.json["staff"]) == (200, there["id"]), decided
    again = client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["id"]})
    assert again.json == decided.json and again.headers["Congvu-Unchanged"] == "true", "safe to repeat"
    line = client.put(f"/v1/staff/{code}", {**body, "title": "Phó phòng"})
    assert (line.status, line.json["id"], line.json["title"]) == (200, there["id"], "Phó phòng")
    assert line.json["former_codes"] == [there["staff_code"]] and waiting(client, code) == []


def test_who_is_sure_says_so_along(client, twin):
    there, code, body = twin
    assert client.put(f"/v1/staff/{code}", {**body, "not_same_as": [there["id"]]}).status == 201
    assert client.put(f"/v1/staff/{code}-B", {**body, "not_same_as": ["*"]}).status == 201
    assert client.put(f"/v1/staff/{code}", {**body, "not_same_as": ["*"]}).headers["Congvu-Unchanged"] == "true"


def test_what_is_asked_of_which_unit(client, shared, twin):
    there, code, body = twin
    client.put(f"/v1/staff/{code}", {**body, "unit": "T1.02"})

    def reach(unit):
        made = client.post("/v1/tokens", {"name": "hr", "scopes": ["staff:read", "staff:write"], "unit": unit})
        return shared.client(made.json["secret"])
    here, there_only = reach("T1.02"), reach("T1.01")
    question, = waiting(here, code)
    assert question["candidates"] == [] and question["candidates_elsewhere"] == 1 and there["id"] not in str(question)
    assert waiting(there_only, code) == []
    for refused in (there_only.put(f"/v1/duplicates/{code}", {"decision": "not_same"}), client.put("/v1/duplicates/NEVER-ASKED", {"decision": "not_same"})):
        assert (refused.status, refused.code) == (404, "duplicate_not_found")
    assert here.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["id"]}).code == "staff_not_found"
    blind = client.post("/v1/tokens", {"name": "đêm", "scopes": ["staff:write"]}).json["secret"]
    line = shared.client(blind).put(f"/v1/staff/{code}", {**body, "unit": "T1.02"})
    assert (line.status, line.body, line.headers["Congvu-Needs-Decision"]) == (204, b"", "true")
    assert client.put(f"/v1/duplicates/{code}", {"decision": "later"}).status == 422
    assert client.put(f"/v1/duplicates/{code}", {"decision": "same"}).json["errors"][0]["pointer"] == "#/staff"
    assert client.post("/v1/staff", {**body, "staff_code": code, "unit": "T1.02", "not_same_as": ["*"]}).status == 201
    assert waiting(client, code) == [], "somebody has the code by now"


# ---- a code that somebody has already ----

@pytest.fixture
def held(client):
    """Somebody who is there, his code, and the line of somebody else under it."""
    n = next(numbers)
    made = client.put(f"/v1/staff/HLD-{n}", asked_about(full_name=nth("Cao Minh Phúc", n), birth_year=1979))
    assert made.status == 201, made
    return made.json, made.json["staff_code"], asked_about(full_name=nth("Trịnh Thu Hường", n + 5), birth_year=1990, title="Trưởng phòng")


def test_a_line_with_somebody_elses_name_overwrites_nobody(client, held):
    there, code, line = held
    dry = client.put(f"/v1/staff/{code}", line, validate_only=True)
    assert (dry.status, dry.json["duplicate"]["about"]) == (202, "other_name") and waiting(client, code) == []
    asked = client.put(f"/v1/staff/{code}", line)
    assert (asked.status, asked.headers["Congvu-Needs-Decision"]) == (202, "true"), asked
    question, = waiting(client, code)
    assert question == asked.json["duplicate"] and [c["id"] for c in question["candidates"]] == [there["id"]] and question["full_name"] == line["full_name"]
    kept = client.get(f"/v1/staff/{there['id']}")
    assert (kept.json["full_name"], kept.json["title"], kept.json["revision"]) == (there["full_name"], "Chuyên viên", there["revision"])
    assert client.put(f"/v1/staff/{code}", line).json["duplicate"]["asked_at"] == question["asked_at"]
    assert client.put(f"/v1/staff/{there['id']}", {"title": "Phó phòng"}).status == 200, "an id names the record"
    assert client.patch(f"/v1/staff/{code}", {"full_name": line["full_name"]}, validate_only=True).status == 200, "and so does its ETag"


@pytest.mark.parametrize("name", ["Cao Minh Phúc", "CAO MINH PHUC", "Đặng Phúc", "Phúc Cao"])
def test_a_name_that_shares_a_word_of_its_own_is_corrected_silently(client, name):
    code = f"COR-{next(numbers)}"
    client.put(f"/v1/staff/{code}", asked_about(full_name="Cao Minh Phúc", not_same_as=["*"]))
    assert client.put(f"/v1/staff/{code}", asked_about(full_name=name)).status == 200


@pytest.mark.parametrize("there,line", [("Nguyễn Văn Thắng", "Nguyễn Văn Bình"), ("Nguyễn Thị Lài", "Nguyễn Thị Hoa"), ("Y Blô Êban", "Trần Sơn")])
def test_family_name_and_van_or_thi_alone_say_nothing(client, there, line):
    code = f"FAM-{next(numbers)}"
    client.put(f"/v1/staff/{code}", asked_about(full_name=there, mobile="+84912345678", not_same_as=["*"]))
    assert client.put(f"/v1/staff/{code}", asked_about(full_name=line)).status == 202
    assert client.put(f"/v1/staff/{code}", asked_about(full_name=line, mobile="+84912345678")).status == 200, "his own mobile says that it is him"


def test_it_is_him_and_the_line_passes_from_then_on(client, held):
    there, code, line = held
    client.put(f"/v1/staff/{code}", line)
    decided = client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["id"]})
    assert decided.status == 200 and waiting(client, code) == []
    first = client.put(f"/v1/staff/{code}", line)
    assert (first.status, first.json["id"], first.json["full_name"]) == (200, there["id"], line["full_name"])
    assert client.put(f"/v1/staff/{code}", line).headers["Congvu-Unchanged"] == "true"
    assert client.put(f"/v1/staff/{code}", asked_about(full_name="Hồ Văn Khác")).status == 202, "another name is another question"


def test_it_is_somebody_else_who_takes_the_code(client, held):
    there, code, line = held
    client.put(f"/v1/staff/{code}", line)
    decided = client.put(f"/v1/duplicates/{code}", {"decision": "not_same"})
    assert decided.status == 200, decided
    assert client.get(f"/v1/staff/{there['id']}").json["staff_code"] is None
    made = client.put(f"/v1/staff/{code}", line)
    assert made.status == 201 and made.json["id"] != there["id"]
    assert client.put(f"/v1/staff/{code}", line).headers["Congvu-Unchanged"] == "true"


def test_codes_that_two_people_have_of_each_other_are_put_right_by_two_answers(client):
    n = next(numbers)
    one, two = (client.put(f"/v1/staff/SWP-{n}-{i}", asked_about(full_name=nth(name, n + i), birth_year=year)).json for i, name, year in ((1, "Lương Gia Hân", 1981), (2, "Quách Đình Tú", 1982)))
    lines = {one["staff_code"]: asked_about(full_name=two["full_name"], birth_year=1982), two["staff_code"]: asked_about(full_name=one["full_name"], birth_year=1981)}
    for (code, line), him in zip(lines.items(), (two, one)):
        asked = client.put(f"/v1/staff/{code}", line)
        assert asked.status == 202 and {c["id"] for c in asked.json["duplicate"]["candidates"]} == {one["id"], two["id"]}, asked.body
        assert client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": him["id"]}).status == 200
    for code, line in lines.items():
        assert client.put(f"/v1/staff/{code}", line).headers["Congvu-Unchanged"] == "true"
    assert [(p["staff_code"], p["former_codes"]) for p in (client.get(f"/v1/staff/{i['id']}").json for i in (one, two))] == [(two["staff_code"], []), (one["staff_code"], [])]


def test_a_former_code_is_asked_about_and_the_answer_kept(client, held):
    there, code, _ = held
    line = asked_about(full_name=there["full_name"], birth_year=1979)
    now = f"{code}-NEW"
    client.patch(f"/v1/staff/{there['id']}", {"staff_code": now})
    asked = client.put(f"/v1/staff/{code}", line)
    assert (asked.status, asked.json["duplicate"]["about"]) == (202, "former_code")
    assert client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["id"]}).status == 200
    for line_code in (code, now):
        assert client.put(f"/v1/staff/{line_code}", line).headers["Congvu-Unchanged"] == "true"
    kept = client.get(f"/v1/staff/{there['id']}").json
    assert (kept["staff_code"], kept["former_codes"]) == (now, [code]), "his present code stays his present one"


def test_a_former_code_that_is_somebody_elses_by_now(client, held):
    there, code, line = held
    now = f"{code}-NEW"
    client.patch(f"/v1/staff/{there['id']}", {"staff_code": now})
    client.put(f"/v1/staff/{code}", line)
    assert client.put(f"/v1/duplicates/{code}", {"decision": "not_same"}).status == 200
    assert client.put(f"/v1/staff/{code}", line).status == 201
    kept = client.get(f"/v1/staff/{there['id']}").json
    assert (kept["staff_code"], kept["former_codes"]) == (now, [])


def test_a_question_goes_when_its_reason_does(client, held):
    there, code, line = held
    client.put(f"/v1/staff/{code}", line)
    client.patch(f"/v1/staff/{there['id']}", {"full_name": line["full_name"]})
    assert waiting(client, code) == [] and client.put(f"/v1/staff/{code}", line).status == 200


# ---- units ----

@pytest.fixture
def office(client):
    n = next(numbers)
    made = client.put(f"/v1/units/OFF-{n}", {"name": {"vi": nth("Phòng Nội vụ", n)}, "kind": "phong", "parent": "T1", "slug": f"nv{n}"})
    assert made.status == 201, made
    return made.json, made.json["code"]


def test_a_unit_under_another_units_name_is_asked_about(client, office):
    there, code = office
    line = {"name": {"vi": "Phòng Kinh tế"}, "position": 5}
    assert client.put(f"/v1/units/{code}", line, validate_only=True).status == 202 and waiting_unit(client, code) == []
    asked = client.put(f"/v1/units/{code}", line)
    assert (asked.status, asked.headers["Location"], asked.json["duplicate"]["about"]) == (202, f"/v1/duplicates/unit:{code}", "other_name"), asked
    assert waiting_unit(client, code) == [asked.json["duplicate"]] and asked.json["duplicate"]["unit"]["id"] == there["id"]
    assert client.get(f"/v1/units/{code}").json == there
    assert client.put(f"/v1/units/{code}", {"name": {"vi": there["name"]["vi"] + " và Tổ chức"}}).status == 200, "a longer name is the same unit"
    refused = client.put(f"/v1/duplicates/unit:{code}", {"decision": "not_same"})
    assert (refused.status, refused.code) == (409, "conflict")
    assert client.put(f"/v1/duplicates/unit:{code}", {"decision": "same"}).status == 200 and waiting_unit(client, code) == []
    first = client.put(f"/v1/units/{code}", line)
    assert (first.status, first.json["id"], first.json["name"]["vi"]) == (200, there["id"], "Phòng Kinh tế")
    assert client.put(f"/v1/units/{code}", line).headers["Congvu-Unchanged"] == "true"


def test_a_units_former_code_is_asked_about(client, office):
    there, code = office
    client.patch(f"/v1/units/{there['id']}", {"code": f"{code}-N"})
    line = {"name": {"vi": there["name"]["vi"]}, "kind": "phong", "parent": "T1", "slug": f"x{code.lower().replace('-', '')}"}
    assert client.put(f"/v1/units/{code}", line).json["duplicate"]["about"] == "former_code"
    assert client.put(f"/v1/duplicates/unit:{code}", {"decision": "not_same"}).status == 200
    made = client.put(f"/v1/units/{code}", line)
    assert made.status == 201 and made.json["id"] != there["id"], made
    assert client.get(f"/v1/units/{there['id']}").json["former_codes"] == []
    assert client.put(f"/v1/units/{code}", line).headers["Congvu-Unchanged"] == "true"


def test_questions_about_units_need_their_own_rights(client, shared, office):
    there, code = office
    client.put(f"/v1/units/{code}", {"name": {"vi": "Phòng Kinh tế"}})
    staff_only = shared.client(client.post("/v1/tokens", {"name": "hr", "scopes": ["staff:read", "staff:write"]}).json["secret"])
    assert waiting_unit(staff_only, code) == []
    assert staff_only.put(f"/v1/duplicates/unit:{code}", {"decision": "same"}).code == "duplicate_not_found"


def waiting_unit(client, code):
    return [d for d in client.get("/v1/duplicates").json["items"] if d["unit_code"] == code]


def test_a_line_of_leavers_by_a_former_code_is_asked_about(client):
    who = client.put("/v1/staff/CU-1", asked_about(full_name="Trịnh Thị Nghỉ")).json
    assert client.patch(f"/v1/staff/{who['id']}", {"staff_code": "MOI-1"}).status == 200
    line = {"staff": "CU-1", "reason": "thoi_viec", "effective_on": str(site_today())}

    def batch(**query):
        return client.post("/v1/departures/batches", {"departures": [line]}, **query).json
    assert batch(validate_only=True)["summary"]["needs_decision"] == 1 and waiting(client, "CU-1") == []
    for _ in range(2):  # two nights
        answer = batch()
        assert [r["outcome"] for r in answer["results"]] == ["needs_decision"] and answer["summary"]["done"] == 0
    assert client.get(f"/v1/staff/{who['id']}").json["status"] == "active"
    assert [(d["about"], d["state"]) for d in waiting(client, "CU-1")] == [("former_code", "open")]
    plan = upload(client, "leavers", "Họ tên;Số hiệu;Lý do\nTrịnh Thị Nghỉ;CU-1;Thôi việc\n").json
    assert rows_of(client, plan)[0]["notes"][-1]["code"] == "possible_duplicate"
    assert client.put("/v1/duplicates/CU-1", {"decision": "same", "staff": who["id"]}).status == 200
    assert batch()["summary"]["done"] == 1 and client.get(f"/v1/staff/{who['id']}").json["status"] == "departed"
    assert client.put("/v1/staff/CU-9/departure", {"reason": "thoi_viec"}).code == "staff_not_found"


def test_a_single_order_by_a_former_code_is_asked_about_too(client):
    who = client.put("/v1/staff/CU-3", asked_about(full_name="Trịnh Thị Đơn")).json
    assert client.patch(f"/v1/staff/{who['id']}", {"staff_code": "MOI-3"}).status == 200

    def order(key="CU-3", **query):
        return client.put(f"/v1/staff/{key}/departure", {"reason": "thoi_viec"}, **query)
    assert order(validate_only=True).json["outcome"] == "needs_decision" and waiting(client, "CU-3") == []
    for _ in range(2):
        asked = order()
        assert (asked.status, asked.headers["Congvu-Needs-Decision"], asked.headers["Location"]) == (202, "true", "/v1/duplicates/CU-3")
        assert (asked.json["outcome"], asked.json["duplicate"]["about"]) == ("needs_decision", "former_code")
    assert client.get(f"/v1/staff/{who['id']}").json["status"] == "active"
    assert client.put("/v1/duplicates/CU-3", {"decision": "same", "staff": who["id"]}).status == 200
    assert order().status in (200, 202) and client.get(f"/v1/staff/{who['id']}").json["status"] == "departed"
    assert order("MOI-3").json["unchanged"] is True and order(who["id"]).json["unchanged"] is True, "his code and his id ask nothing"


def test_an_order_that_names_somebody_else_than_who_has_the_code_is_asked_about(client):
    who = client.put("/v1/staff/CU-4", asked_about(full_name="Phùng Văn Đúng")).json
    line = {"full_name": "Quách Thị Khác", "reason": "thoi_viec"}
    asked = client.put("/v1/staff/CU-4/departure", line)
    assert (asked.status, asked.json["duplicate"]["about"], asked.json["duplicate"]["full_name"]) == (202, "other_name", "Quách Thị Khác")
    assert client.post("/v1/departures/batches", {"departures": [{"staff": "CU-4", **line}]}).json["results"][0]["outcome"] == "needs_decision"
    assert [d["asked_at"] for d in waiting(client, "CU-4")] == [asked.json["duplicate"]["asked_at"]], "one question"
    assert client.get(f"/v1/staff/{who['id']}").json["status"] == "active"
    assert client.put("/v1/staff/CU-4/departure", {**line, "full_name": "Phùng Văn Đúng"}).json["reason"] == "thoi_viec"
    assert client.put("/v1/staff/CU-4/departure", {**line, "full_name": None}).json["unchanged"] is True, "nobody is named"


def test_whose_former_code_it_is_not_the_next_line_does_not_see(client):
    who = client.put("/v1/staff/CU-2", asked_about(full_name="Tạ Văn Ở")).json
    client.patch(f"/v1/staff/{who['id']}", {"staff_code": "MOI-2"})
    line = {"departures": [{"staff": "CU-2", "reason": "thoi_viec"}]}
    assert client.post("/v1/departures/batches", line).json["results"][0]["outcome"] == "needs_decision"
    assert client.put("/v1/duplicates/CU-2", {"decision": "not_same"}).status == 200
    assert client.post("/v1/departures/batches", line).json["results"][0]["outcome"] == "not_visible"
    assert client.get(f"/v1/staff/{who['id']}").json["former_codes"] == []


# ---- one question at every door ----

@pytest.mark.parametrize("same", [{"birth_year": 1988}, {"mobile": "+84912000001"}, {"unit": "T1.01"}], ids=["birth_year", "mobile", "unit"])
def test_a_line_is_asked_what_a_clerk_is_asked(client, same):
    """Folded name and birth year, mobile or unit: by POST and by PUT alike."""
    n = next(numbers)
    name = nth("Mạc Đĩnh Chi", n)
    own = {**same, "mobile": f"+8491200{n:04}"} if "mobile" in same else same
    there = client.put(f"/v1/staff/DOOR-{n}", asked_about(full_name=name, **{"unit": "T1.01", **own}))
    assert there.status == 201
    body = asked_about(full_name=name, **{"unit": "T1.02", **own})
    asked = client.post("/v1/staff", {**body, "staff_code": f"DOOR-{n}-B"})
    line = client.put(f"/v1/staff/DOOR-{n}-B", body)
    assert (asked.status, asked.code) == (409, "possible_duplicate") and line.status == 202
    assert [c["id"] for c in asked.json["candidates"]] == [c["id"] for c in line.json["duplicate"]["candidates"]] == [there.json["id"]]


TWO_OF_ONE_NAME = "Số hiệu;Họ và tên;Năm sinh;Đơn vị;Đối tượng\n{a};{name};1980;T1.01;Công chức\n{b};{name};1991;T1.01;Công chức\n;{other};1985;T1.01;Công chức\n;{other};1985;T1.02;Công chức\n"


def test_two_of_one_name_in_a_list_are_looked_at_before_not_after(client):
    n = next(numbers)
    name, other = nth("Đoàn Thị Điểm", n), nth("Đoàn Nguyễn Tuấn", n)
    text = TWO_OF_ONE_NAME.format(a=f"TWO-{n}-A", b=f"TWO-{n}-B", name=name, other=other)
    plan = upload(client, "staff", text).json
    rows = rows_of(client, plan)
    assert [r["action"] for r in rows] == ["create", "needs_review", "create", "needs_review"]
    assert [r["notes"][-1]["code"] for r in rows[1::2]] == ["possible_duplicate"] * 2 and "row 2" in rows[1]["notes"][-1]["detail"]
    seen = upload(client, "staff", text, accept="possible_duplicate").json
    assert seen["summary"]["create"] == 4, "looked at, and different people"
    assert run(client, seen)["summary"] == sums(done=4), "what the plan says"
    assert len(client.get("/v1/staff", q=other).json["items"]) == 2 and client.get(f"/v1/staff/TWO-{n}-B").json["birth_year"] == 1991


def test_a_row_said_to_be_somebody_else_names_whom_it_was_held_against(client):
    n = next(numbers)
    name = nth("Lương Đắc Bằng", n)
    client.put(f"/v1/staff/ELS-{n}", asked_about(full_name=name, birth_year=1977))
    text = f"Số hiệu;Họ và tên;Năm sinh;Đơn vị;Đối tượng\nELS-{n}-B;{name};1977;T1.02;Công chức\n;{name};1977;T1.02;Công chức\n"
    plan = upload(client, "staff", text).json
    assert [r["action"] for r in rows_of(client, plan)] == ["needs_review"] * 2
    seen = upload(client, "staff", text.splitlines(True)[0] + text.splitlines(True)[1], accept="possible_duplicate").json
    row, = rows_of(client, seen)
    assert (row["action"], row["notes"][-1]["weight"]) == ("create", "said")
    third = client.post("/v1/staff", asked_about(full_name=name, birth_year=1977, not_same_as=["*"])).json
    assert run(client, seen)["summary"] == sums(needs_decision=1), "somebody came since: he is asked about"
    question, = waiting(client, f"ELS-{n}-B")
    assert [c["id"] for c in question["candidates"]] == [third["id"]]


def test_a_question_behind_thousands_of_answered_ones_is_listed(start):
    service = start()
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/TW-1", an(full_name="Cầm Thị Sinh Đôi", birth_year=1990)).status == 201
    line = asked_about(full_name="Cầm Thị Sinh Đôi", birth_year=1990)
    assert client.put("/v1/staff/AA-0", line).status == 202 and client.put("/v1/staff/ZZ-9", line).status == 202
    assert client.put("/v1/duplicates/AA-0", {"decision": "not_same"}).status == 200
    [entry] = [e for e in service.ldapsearch("-b", "ou=duplicates,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)", "*") if "aa-0" in e["dn"][0].lower()]
    name = entry["cvDocumentName"][0]
    names = [name[:-1] + f"{n:05}" for n in range(5001)]
    service.ldapadd("".join(copied(entry, new, cvDocument=[entry["cvDocument"][0].replace(name, new)]) for new in names))
    assert [d["staff_code"] for d in client.get("/v1/duplicates").json["items"]] == ["ZZ-9"]


# ---- at the same moment ----

def alike_at_once(count, call):
    """call(i) from `count` threads in the same moment; the answers' statuses, in order."""
    barrier = threading.Barrier(count)

    def one(i):
        barrier.wait()
        return call(i)
    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return sorted(a.status for a in threads.map(one, range(count)))


def test_who_is_sent_twice_at_once_is_made_once(client):
    for n in range(8):
        body = asked_about(full_name=nth("Lý Cùng Lúc", n), birth_year=1990, mobile=f"+8490100000{n}")
        assert alike_at_once(3, lambda i, body=body: client.post("/v1/staff", body)) == [201, 409, 409]


def test_y_and_i_are_one_name_at_once_too(client):
    for n in range(8):
        body = asked_about(birth_year=1991)
        names = [nth("Nguyễn Thị Quý", n), nth("Nguyễn Thị Quí", n)]
        assert alike_at_once(2, lambda i: client.post("/v1/staff", {**body, "full_name": names[i]})) == [201, 409]


def test_two_codes_of_one_person_at_once_are_a_question(client):
    for n in range(8):
        body = asked_about(full_name=nth("Lý Hai Dòng", n), birth_year=1992)
        assert alike_at_once(2, lambda i, n=n, body=body: client.put(f"/v1/staff/ONCE-{n}-{i}", body)) == [201, 202]


def test_one_line_or_one_key_sent_twice_at_once_is_no_question(client):
    for n in range(8):
        line = asked_about(full_name=nth("Lý Một Dòng", n), birth_year=1993)
        assert alike_at_once(3, lambda i, n=n, line=line: client.put(f"/v1/staff/ONE-{n}", line)) == [200, 200, 201]
        keyed = asked_about(full_name=nth("Lý Một Khóa", n), birth_year=1993)
        assert alike_at_once(3, lambda i, n=n, keyed=keyed: client.post("/v1/staff", keyed, {"Idempotency-Key": f"once-{n}"})) == [201, 201, 201]
        found = client.get("/v1/staff", q=keyed["full_name"]).json["items"]
        assert len([p for p in found if p["full_name"] == keyed["full_name"]]) == 1
