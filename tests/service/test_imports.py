"""Lists in: uploaded, planned, carried out, given back, as the HR clerk does it."""
import csv
import http.client
import io
import json
import pathlib
import re
import shutil
import subprocess
import zipfile

import pytest

from congvu import BIN, an, copied, make_units, nth, wait_for

LISTS = pathlib.Path(__file__).resolve().parents[1] / "lists/files"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(client, kind, text, mime="text/csv", **query):
    body = text.encode() if isinstance(text, str) else text
    return client.call("POST", "/v1/imports", body, {"Content-Type": mime}, kind=kind, **query)


def rows_of(client, plan, **query):
    return client.get(f"/v1/imports/{plan['id']}/rows", **query).json["items"]


def follow(client, plan):
    """The lines of a run until it ends."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=client.timeout)
    connection.request("GET", f"/v1/imports/{plan['id']}/run", headers={"Authorization": f"Bearer {client.token}", "Accept": "application/x-ndjson", "Accept-Language": "en"})
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.read().splitlines()]
    connection.close()
    return lines


def run(client, plan):
    """Carried out to its end: the state, with what came of each row."""
    answer = client.call("POST", f"/v1/imports/{plan['id']}/run")
    assert answer.status in (200, 202), answer
    assert answer.headers["Location"] == f"/v1/imports/{plan['id']}/run"
    lines = follow(client, plan)
    assert lines[-1]["type"] == "end" and lines[-1]["state"] == "ended"
    rows = sorted((line for line in lines if line["type"] == "row"), key=lambda line: line["row"])
    return {**lines[-1], "results": rows}


def sums(**some):
    return {"done": 0, "scheduled": 0, "unchanged": 0, "changed_since": 0, "held": 0, "needs_decision": 0, "failed": 0, **some}


STAFF = """STT;Họ và tên;Số hiệu;Chức vụ;Đơn vị;Đối tượng;Số điện thoại
1;Lê Văn Nhập;IM-1;Chuyên viên;Phòng Nội vụ;Công chức;912345678
2;TRẦN THỊ NHẬP;IM-2;Trưởng phòng;T1.02;Công chức;0912345679
3;Ông/Bà Lê Sai;IM-3;CV;T1.01;Công chức;
4;Lê Không Đâu;IM-4;CV;Phòng Trên Trời;Công chức;
"""


def test_a_list_is_planned_looked_at_and_carried_out(client):
    plan = upload(client, "staff", STAFF)
    assert plan.status == 201, plan
    plan = plan.json
    assert {k: n for k, n in plan["summary"].items() if n} == {"create": 2, "needs_review": 1, "failed": 1}
    assert [c["field"] for c in plan["columns"]] == ["number", "full_name", "staff_code", "title", "unit", "category", "mobile"]
    rows = {r["row"]: r for r in rows_of(client, plan)}
    assert rows[2]["action"] == "create" and rows[2]["address"] == "nhaplv@ninhthuan.gov.vn"
    assert rows[3]["request"]["full_name"] == "Trần Thị Nhập" and "capitals" in [n["code"] for n in rows[3]["notes"]]
    assert (rows[4]["action"], rows[4]["notes"][0]["column"]) == ("failed", "B")
    assert rows[5]["action"] == "needs_review" and rows[5]["notes"][-1]["code"] == "unit_unknown"
    assert client.get("/v1/staff/IM-1").status == 404  # nothing is done by looking
    done = run(client, plan)
    assert (done["rows"], done["run"], done["summary"]) == (2, 2, sums(done=2))
    person = client.get("/v1/staff/IM-1").json
    assert (person["address"], person["mobile"], person["unit"]["code"]) == ("nhaplv@ninhthuan.gov.vn", "+84912345678", "T1.01")
    again = client.call("POST", f"/v1/imports/{plan['id']}/run")
    assert again.status == 200 and again.json["summary"] == sums(done=2)  # the same run, which has ended
    assert client.get(f"/v1/imports/{plan['id']}/run").json == again.json


def test_the_same_list_again_changes_nothing_and_a_change_is_told_exactly(client):
    upload_once = upload(client, "staff", STAFF.replace("IM-", "IN-").replace("Nhập", "Lại").replace("NHẬP", "LẠI")).json
    run(client, upload_once)
    plan = upload(client, "staff", "Họ tên;Số hiệu;Đơn vị;Chức vụ\nLê Văn Lại;IN-1;Phòng Nội vụ;Chuyên viên\nTrần Thị Lại;IN-2;T1.01;Trưởng phòng\n").json
    assert plan["summary"]["unchanged"] == 1 and plan["summary"]["move"] == 1
    moved = [r for r in rows_of(client, plan, action="move")][0]
    assert moved["changes"][0] == {"field": "unit", "from": "T1.02", "to": "T1.01"}


def test_somebody_else_was_faster(client):
    client.put("/v1/staff/IF-1", an(full_name="Lê Văn Nhanh"))
    plan = upload(client, "staff", "Họ tên;Số hiệu;Chức vụ\nLê Văn Nhanh;IF-1;Trưởng phòng\n").json
    client.put("/v1/staff/IF-1", {"mobile": "+84911111111"})
    assert run(client, plan)["results"][0]["outcome"] == "changed_since"
    assert client.get("/v1/staff/IF-1").json["title"] == "Chuyên viên"


def test_a_code_with_somebody_elses_name_is_looked_at(client):
    client.put("/v1/staff/IS-1", an(full_name="Lê Văn Lệch"))
    plan = upload(client, "staff", "Họ tên;Số hiệu\nPhạm Thị Hồng;IS-1\n").json
    assert rows_of(client, plan)[0]["notes"][0]["code"] == "name_mismatch" and plan["summary"]["needs_review"] == 1


def test_what_a_person_has_looked_at_passes(client):
    text = "Họ tên;Số hiệu;Đơn vị;Đối tượng\nY Blô Êban;IG-1;T1.01;Công chức\n"
    assert upload(client, "staff", text).json["summary"]["needs_review"] == 1
    plan = upload(client, "staff", text, accept="given_name_first").json
    assert plan["summary"]["create"] == 1 and run(client, plan)["summary"]["done"] == 1
    person = client.get("/v1/staff/IG-1").json
    assert (person["family_name"], person["given_name"], person["address"][:5]) == ("Êban", "Y Blô", "ybloe")



def test_columns_set_right_are_remembered(client):
    text = "Họ tên;Mã riêng;Đơn vị;Chỗ ngồi\nLê Tiêu Đề;IC-1;T1.01;Chuyên viên\n"
    before = upload(client, "staff", text, unit="T1.01", validate_only=True).json
    assert [c["field"] for c in before["columns"]] == ["full_name", None, "unit", None]
    upload(client, "staff", text, unit="T1.01", columns="B:staff_code,D:title")
    after = upload(client, "staff", text, unit="T1.01", validate_only=True).json
    assert [c["field"] for c in after["columns"]] == ["full_name", "staff_code", "unit", "title"]
    elsewhere = upload(client, "staff", text, unit="T1.02", validate_only=True).json
    assert [c["field"] for c in elsewhere["columns"]] == ["full_name", None, "unit", None]
    upload(client, "staff", "Họ tên;Mã khác;Đơn vị\nLê Tiêu Đề;IC-1;T1.01\n", unit="T1.01", columns="B:staff_code")
    still = upload(client, "staff", text, unit="T1.01", validate_only=True).json
    assert [c["field"] for c in still["columns"]] == ["full_name", "staff_code", "unit", "title"], "what another list sets right is known beside it"


def test_rows_without_a_code_are_made_once_however_often_the_plan_runs(client):
    plan = upload(client, "staff", "Họ tên;Đơn vị;Chức vụ\nMạc Không Mã;T1.01;CV\n", category="vien_chuc").json
    assert [run(client, plan)["results"][0]["outcome"] for _ in range(2)] == ["done", "done"]
    assert client.get("/v1/staff", q="mac khong ma", include_total=True).json["total"] == 1


def test_what_is_missing_is_said_with_its_cell_and_what_to_do(client):
    plan = upload(client, "staff", "STT;Họ và tên;Đơn vị;Đối tượng\n1;Lê Văn Ô;Phòng Trên Trời;Công chức\n2;Lê Văn Trống;T1.01;\n").json
    unknown, without = rows_of(client, plan)
    assert (unknown["action"], [(n["column"], n["code"]) for n in unknown["notes"]]) == ("needs_review", [("C", "unit_unknown")])
    assert (without["action"], [(n["column"], n["code"]) for n in without["notes"]]) == ("failed", [("D", "required")])
    assert "whole list" in without["notes"][0]["detail"] and "category is missing" in without["notes"][0]["detail"]
    bare = upload(client, "staff", "Họ và tên;Đơn vị\nLê Văn Trống;T1.01\n").json
    assert [(n["column"], n["code"]) for n in rows_of(client, bare)[0]["notes"]] == [(None, "required")]
    gone = upload(client, "leavers", "Số hiệu;Họ và tên;Lý do\nKHONG-CO;Lê Văn Trống;Nghỉ hưu\n").json
    assert [(n["column"], n["code"]) for n in rows_of(client, gone)[0]["notes"]] == [("A", "staff_not_found")]


def test_a_corrected_copy_stands_for_the_list_before_it(client):
    """The old one is not carried out beside it: people without a code would be there twice."""
    first = upload(client, "staff", "Họ và tên;Đơn vị;Đối tượng\nLương Bản Đầu;T1.01;Công chức\nLương Bản Sau;Phòng Nào Đó;Công chức\n", name="tiếp nhận.csv").json
    assert first["file"]["name"] == "tiếp nhận.csv" and "replaces" not in first and "replaced_by" not in first
    corrected = "Họ và tên;Đơn vị;Đối tượng\nLương Bản Đầu;T1.01;Công chức\nLương Bản Sau;T1.02;Công chức\n"
    assert "replaced_by" not in upload(client, "staff", corrected, replaces=first["id"], validate_only=True).json
    assert "replaced_by" not in client.get(f"/v1/imports/{first['id']}").json, "looking replaces nothing"
    second, third = (upload(client, "staff", corrected, name="tiếp nhận.csv", replaces=first["id"]).json for _ in range(2))
    assert second["replaces"] == third["replaces"] == first["id"]
    assert client.get(f"/v1/imports/{first['id']}").json["replaced_by"] == third["id"]
    assert client.call("POST", f"/v1/imports/{first['id']}/run").code == "import_replaced"
    client.call("DELETE", f"/v1/imports/{third['id']}", headers={"If-Match": "*"})
    assert client.call("POST", f"/v1/imports/{first['id']}/run").status in (200, 202), "a copy that is gone replaces nothing"
    assert follow(client, first)[-1]["summary"] == sums(done=1)
    assert upload(client, "staff", corrected, replaces=third["id"]).code == "import_not_found"
    items = client.get("/v1/imports").json["items"]
    assert [i["created_at"] for i in items] == sorted(i["created_at"] for i in items), "the newest last"


def test_leavers_under_one_decision(client):
    client.put("/v1/staff/IL-1", an(full_name="Cao Thị Nghỉ", unit="T1"))
    plan = upload(client, "leavers", "STT;Số hiệu;Họ tên;Lý do\n1;IL-1;Cao Thị Nghỉ;Nghỉ hưu\n2;IL-9;Cao Văn Ai;Nghỉ hưu\n",
                  decision_number="12/QĐ-UBND", effective_on="2099-01-01").json
    assert (plan["summary"]["depart"], plan["summary"]["failed"]) == (1, 1)
    assert run(client, plan)["summary"] == sums(scheduled=1)
    departure = client.get("/v1/staff/IL-1/departure").json
    assert (departure["reason"], departure["effective_on"], departure["decision"]["number"]) == ("nghi_huu", "2099-01-01", "12/QĐ-UBND")


LEAVER = "Số hiệu;Họ tên;Lý do;Từ ngày;Số quyết định\n"


def test_a_list_that_corrects_an_order_for_a_day_to_come_is_carried_out(client):
    client.put("/v1/staff/IL-5", an(full_name="Cao Văn Sớm"))
    client.put("/v1/staff/IL-5/departure", {"reason": "nghi_huu", "effective_on": "2098-12-31", "decision": {"number": "12/QĐ"}})
    for line, wanted in (("Nghỉ hưu;31/12/2098;12/QĐ", ("nghi_huu", "2098-12-31", "12/QĐ")), ("Nghỉ hưu;15/12/2098;12/QĐ", ("nghi_huu", "2098-12-15", "12/QĐ")),
                         ("Thôi việc;15/12/2098;12/QĐ", ("thoi_viec", "2098-12-15", "12/QĐ")), ("Thôi việc;15/12/2098;13/QĐ", ("thoi_viec", "2098-12-15", "13/QĐ"))):
        text = f"{LEAVER}IL-5;Cao Văn Sớm;{line}\n"
        plan = upload(client, "leavers", text).json
        same = wanted[1] == "2098-12-31"
        assert plan["summary"]["unchanged" if same else "depart"] == 1, (line, plan["summary"])
        assert run(client, plan)["summary"] == (sums() if same else sums(scheduled=1))
        departure = client.get("/v1/staff/IL-5/departure").json
        assert (departure["reason"], departure["effective_on"], departure["decision"]["number"]) == wanted
        assert upload(client, "leavers", text).json["summary"]["unchanged"] == 1


def test_headcounts_of_several_days_of_a_unit_are_carried_out_and_taken_back_together(client):
    head = "Đơn vị;Tổng số;Tính đến ngày\n"
    first, second = (head + "".join(f"T1.02;{n + i};0{i}/10/2026\n" for i in (1, 2, 3)) for n in (10, 20))
    for text in (first, second):
        plan = upload(client, "headcounts", text).json
        assert run(client, plan)["summary"] == sums(done=3)
    assert client.get("/v1/units/T1.02/headcounts/2026-10-03").json["total"] == 23
    plan = client.call("POST", f"/v1/imports/{plan['id']}/take-back").json
    assert run(client, plan)["summary"] == sums(done=3)
    assert client.get("/v1/units/T1.02/headcounts/2026-10-03").json["total"] == 13


def test_a_stroke_in_the_cell_of_the_unit_is_no_unit(shared, client):
    """Not even for whom one unit alone without a short name is there."""
    assert client.put("/v1/units/T1.D", {"name": {"vi": "Phòng Không Tắt"}, "kind": "phong", "block": "chinh_quyen", "parent": "T1"}).status == 201
    assert client.get("/v1/units/T1.D").json["slug"] is None
    plan = upload(shared.reach("T1.D", "staff:read", "staff:write"), "staff", "Họ và tên;Đơn vị;Đối tượng\nLê Văn Gạch;-;Công chức\n").json
    row, = rows_of(client, plan)
    assert (row["action"], row["notes"][-1]["code"]) == ("needs_review", "unit_unknown"), row


def test_what_was_not_judged_does_not_pass_by_looking(client):
    """Accepted or not, nothing was asked of it: it would fail in the run, or make somebody twice."""
    counts = upload(client, "headcounts", "Đơn vị;Tổng số;Tính đến ngày\nPhòng Trên Trời;12;01/11/2026\n", accept="unit_unknown,not_found").json
    assert counts["summary"]["needs_review"] == 1 and noted(client, counts) == {2: ("needs_review", [("A", "unit_unknown")])}
    leavers = upload(client, "leavers", "Số hiệu;Họ và tên;Lý do;Thư điện tử\n;Người Không Mã;Nghỉ hưu;khongcoai@ninhthuan.gov.vn\n", accept="not_found").json
    assert noted(client, leavers) == {2: ("needs_review", [("A", "not_found")])}
    client.put("/v1/staff/IRP-1", an(full_name="Lê Hai Dòng"))
    twice = upload(client, "staff", "Số hiệu;Họ và tên;Chức vụ\nIRP-1;Lê Hai Dòng;Trưởng phòng\nIRP-1;Lê Hai Dòng;Phó phòng\n", accept="row_repeats").json
    assert [r["action"] for r in rows_of(client, twice)] == ["update", "needs_review"], "the second would always meet what the first has done"


def noted(client, plan):
    """Action, and (column, code) of each note, by row."""
    return {r["row"]: (r["action"], [(n["column"], n["code"]) for n in r["notes"]]) for r in rows_of(client, plan)}


def test_a_day_without_the_number_of_its_decision_is_asked_about_and_never_lost(client):
    """The day of a move lies in its decision: without one he would move at once."""
    for i in range(4):
        client.put(f"/v1/staff/IDN-{i}", an(full_name=nth("Khúc Thừa", i), unit="T1.01"))
    head = "Số hiệu;Họ và tên;Đơn vị;Chức vụ;Đối tượng;Số điện thoại;Ngày hiệu lực;Số quyết định\n"
    rows = [f"IDN-0;{nth('Khúc Thừa', 0)};T1.02;;;;01/01/2099;", f"IDN-1;{nth('Khúc Thừa', 1)};T1.01;Trưởng phòng;;;01/01/2099;",
            f"IDN-2;{nth('Khúc Thừa', 2)};T1.01;;;0912000777;01/01/2099;", "IDN-9;Khúc Mới Đến;T1.01;CV;Công chức;;01/01/2026;"]
    plan = upload(client, "staff", head + "\n".join(rows) + "\n").json
    assert noted(client, plan) == {2: ("failed", [("H", "required")]), 3: ("failed", [("H", "required")]), 4: ("update", []), 5: ("create", [])}
    assert "decision's number" in rows_of(client, plan)[0]["notes"][0]["detail"]
    plain = "Số hiệu;Họ và tên;Đơn vị\nIDN-3;" + nth("Khúc Thừa", 3) + ";T1.02\n"
    for days in ({"effective_on": "2099-01-01"}, {"signed_on": "2026-11-01"}, {"effective_on": "2099-01-01", "here_before": True}):
        assert noted(client, upload(client, "staff", plain, **days).json) == {2: ("failed", [(None, "required")])}, days
    there = upload(client, "staff", plain, effective_on="2099-01-01", decision_number="9/QĐ", here_before=True).json
    assert run(client, there)["summary"] == sums(done=1)
    moved = client.get("/v1/staff/IDN-3").json
    assert moved["unit"]["code"] == "T1.01" and ("T1.02", "2099-01-01") in [(p["unit"]["code"], p["from"]) for p in moved["posts"]]


def test_units_and_headcounts(client):
    plan = upload(client, "units", "Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc;Viết tắt\nT1.81;Phòng Tư pháp;Phòng;T1;tuphapim\n").json
    assert run(client, plan)["summary"]["done"] == 1
    assert client.get("/v1/units/T1.81").json["name"]["vi"] == "Phòng Tư pháp"
    counts = upload(client, "headcounts", "Đơn vị;Tổng số;Biên chế;Tính đến ngày\nPhòng Tư pháp;12;15;01/11/2026\n").json
    assert run(client, counts)["summary"]["done"] == 1
    assert client.get("/v1/units/T1.81/headcounts/2026-11-01").json["total"] == 12
    assert upload(client, "headcounts", "Đơn vị;Tổng số;Biên chế;Tính đến ngày\nPhòng Tư pháp;12;15;01/11/2026\n").json["summary"]["unchanged"] == 1


def test_headcounts_of_one_day_for_the_whole_list(client):
    text = "Đơn vị;Tổng số\nT1.01;7\n"
    plan = upload(client, "headcounts", text, effective_on="2026-10-01").json
    assert run(client, plan)["summary"] == sums(done=1), rows_of(client, plan)
    assert client.get("/v1/units/T1.01/headcounts/2026-10-01").json["total"] == 7
    own = upload(client, "headcounts", "Đơn vị;Tổng số;Tính đến ngày\nT1.01;8;01/09/2026\n", effective_on="2026-10-01").json
    assert rows_of(client, own)[0]["request"]["on"] == "2026-09-01"
    row, = rows_of(client, upload(client, "headcounts", text).json)
    assert row["action"] == "failed" and "whole list" in row["notes"][0]["detail"], row


UNITS = "Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc;Viết tắt\n"


def test_units_below_a_row_above_name_it_as_the_form_does(client):
    text = UNITS + "T1.82;Phòng Dân tộc;Phòng;T1;dt82\nT1.82.1;Tổ Hỗ trợ;Phòng;Phòng Dân tộc;ht82\nT1.82.2;Tổ Chung;Phòng;phong dan toc, Huyện Thử;c82\nT1.82.3;Nhóm;Phòng;Tổ Hỗ trợ, Phòng Dân tộc, Huyện Thử;n82\n"
    plan = upload(client, "units", text).json
    assert {r["key"]: (r["action"], r["request"]["parent"]) for r in rows_of(client, plan)} == {
        "T1.82": ("create", "T1"), "T1.82.1": ("create", "T1.82"), "T1.82.2": ("create", "T1.82"), "T1.82.3": ("create", "T1.82.1")}
    assert run(client, plan)["summary"] == sums(done=4)
    assert [client.get(f"/v1/units/T1.82.{i}").json["parent"]["code"] for i in (1, 2, 3)] == ["T1.82", "T1.82", "T1.82.1"]
    assert upload(client, "units", text).json["summary"]["unchanged"] == 4


def test_a_unit_is_named_by_its_whole_path(client):
    """As far up as is needed to tell it from others; either end first."""
    rows = "".join(f"T1.{n};{name};Phòng;{parent};{slug}\n" for n, name, parent, slug in (
        ("83", "Xã Trên", "T1", "xt83"), ("84", "Xã Dưới", "T1", "xd84"), ("83.1", "Phòng Một Cửa", "T1.83", "mc83"), ("84.1", "Phòng Một Cửa", "T1.84", "mc84"),
        ("83.1.1", "Tổ Tiếp dân", "T1.83.1", "td83"), ("84.1.1", "Tổ Tiếp dân", "T1.84.1", "td84")))
    assert run(client, upload(client, "units", UNITS + rows).json)["summary"] == sums(done=6)
    names = ("Tổ Tiếp dân, Phòng Một Cửa, Xã Trên", "Xã Dưới - Phòng Một Cửa - Tổ Tiếp dân", "Huyện Thử, Xã Trên, Phòng Một Cửa, Tổ Tiếp dân", "Phòng Một Cửa, Xã Dưới", "Tổ Tiếp dân, Phòng Một Cửa", "Tổ Tiếp dân, Xã Trên")
    found = rows_of(client, upload(client, "headcounts", "Đơn vị;Tổng số\n" + "".join(f"{n};1\n" for n in names), effective_on="2026-10-01").json)
    assert [r["key"] for r in found] == ["T1.83.1.1", "T1.84.1.1", "T1.83.1.1", "T1.84.1", None, None]
    assert [r["notes"][-1]["code"] for r in found[4:]] == ["unit_ambiguous", "unit_unknown"]


def test_a_roster_says_who_is_missing_on_either_side(client):
    client.put("/v1/staff/IR-1", an(full_name="Tô Có Mặt", unit="T1.03"))
    client.put("/v1/staff/IR-2", an(full_name="Tô Vắng Mặt", unit="T1.03"))
    plan = upload(client, "roster", "Số hiệu;Họ và tên;Đơn vị;Đối tượng\nIR-1;Tô Có Mặt;T1.03;Công chức\nIR-3;Tô Mới Đến;T1.03;Công chức\n", unit="T1.03").json
    assert {r["key"] for r in rows_of(client, plan, action="absent")} >= {"IR-2"}
    assert [r["key"] for r in rows_of(client, plan, action="create")] == ["IR-3"]
    empty = upload(client, "roster", "Số hiệu;Họ và tên\n")
    assert empty.status == 422 and empty.code == "list_unreadable"


@pytest.mark.parametrize("name, encoding", [("libreoffice.xlsx", "utf-8"), ("tcvn3.csv", "tcvn3"), ("vni-font.xlsx", "vni"), ("windows-1258.csv", "windows-1258")])
def test_what_others_wrote_is_planned_alike(client, name, encoding):
    plan = upload(client, "staff", (LISTS / name).read_bytes(), XLSX if name.endswith("xlsx") else "text/csv", unit="T1.01", validate_only=True)
    assert plan.status == 200 and plan.json["file"]["encoding"] == encoding and "Nguyễn Văn An" in plan.json["file"]["samples"]


def test_the_file_comes_back_with_what_is_to_be_looked_at(client):
    plan = upload(client, "staff", STAFF.replace("IM-", "IB-").replace("Nhập", "Trả").replace("NHẬP", "TRẢ").replace("345678", "345670")).json
    assert client.get(f"/v1/imports/{plan['id']}/file").headers["Content-Type"].startswith("text/csv"), "no JSON of it"
    assert client.get(f"/v1/imports/{plan['id']}/file", format="json").code == "invalid_parameter"
    answer = client.call("GET", f"/v1/imports/{plan['id']}/file", headers={"Accept": "text/csv", "Accept-Language": "en"})
    table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert table[2][1:4] == ["1", "Lê Văn Trả", "IB-1"] and table[2][0] == ""
    assert table[4][0].startswith("B: ") and "Phòng Trên Trời" in table[5][0]
    sheet = client.call("GET", f"/v1/imports/{plan['id']}/file", headers={"Accept": XLSX})
    assert sheet.body[:2] == b"PK"


def test_rows_come_in_pages_and_each_is_found_in_the_file_by_its_number(client):
    lines = [f"{i};{nth('Hồ Trang', i)};IP-{i};CV;T1.01;Công chức;{'12' if i % 2 else ''}" for i in range(1, 8)]
    text = "\n".join([STAFF.splitlines()[0], *lines[:3], "", "", *lines[3:]]) + "\n"
    plan = upload(client, "staff", text).json
    seen, after = [], 0
    while after is not None:
        page = client.get(f"/v1/imports/{plan['id']}/rows", action="failed,needs_review", page_size=2, after=after).json
        assert len(page["items"]) <= 2
        seen += page["items"]
        after = page["next"]
    assert [r["row"] for r in seen] == [2, 4, 8, 10]
    answer = client.call("GET", f"/v1/imports/{plan['id']}/file", headers={"Accept": "text/csv"})
    table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [table[r["row"]][3] for r in seen] == ["IP-1", "IP-3", "IP-5", "IP-7"] and all(table[r["row"]][0] for r in seen)
    assert client.get(f"/v1/imports/{plan['id']}/rows", page_size=0).status == 422


def test_what_is_past_its_days_goes_however_much_lies_before_it(start):
    """And parts whose head never came, or went before them; nobody has to send another list for it."""
    service = start()
    client = service.client()
    make_units(client)
    folder = "ou=imports,ou=work"

    def names():
        return sorted(e["cvDocumentName"][0] for e in service.ldapsearch("-b", folder, "(cvDocumentName=imp_*)", "cvDocumentName"))

    old, live = (upload(client, "staff", STAFF.replace("IM-", f"IW{i}-").replace("Nhập", "Cũ").replace("NHẬP", "CŨ")).json for i in range(2))
    part, = service.ldapsearch("-b", folder, f"(cvDocumentName={old['id']}.file.0000)")
    long_ago = {**part, "cvCreatedAt": ["20200101000000Z"], "cvUpdatedAt": ["20200101000000Z"]}
    left = [f"imp_{n:026}.{what}.0000" for n in range(260) for what in ("file", "rows")]
    service.ldapadd("".join(copied(long_ago, name) for name in left) + copied(part, "imp_00000000000000000000000999.file.0000"))
    head, = service.ldapsearch("-b", folder, f"(cvDocumentName={old['id']})", "dn")
    service.ldapmodify(head["dn"][0], "replace: cvCreatedAt\ncvCreatedAt: 20200101000000Z")
    service.stop()
    service.start()
    wait_for(lambda: {name.split(".")[0] for name in names()} == {live["id"], "imp_00000000000000000000000999"}, "an upload under way has no head yet")


def test_refusals(client, shared):
    assert upload(client, "staff", b"%PDF-1.4").code == "list_unreadable"
    assert upload(client, "king", "a;b\n").status == 422
    assert client.get("/v1/imports/imp_01jd3k5m7p9r").code == "import_not_found"
    plan = upload(client, "staff", STAFF.replace("IM-", "IX-")).json
    assert any(i["id"] == plan["id"] for i in client.get("/v1/imports").json["items"])
    assert client.delete(f"/v1/imports/{plan['id']}", "*").status == 204
    assert client.get(f"/v1/imports/{plan['id']}").status == 404
    narrow = client.post("/v1/tokens", {"name": "đơn vị khác", "scopes": ["staff:read", "staff:write"], "unit": "T1.02"}).json
    other = shared.client(narrow["secret"])
    mine = upload(client, "staff", STAFF.replace("IM-", "IY-")).json
    assert other.get(f"/v1/imports/{mine['id']}").code == "import_not_found"
    assert upload(other, "leavers", "Số hiệu;Họ tên\nIM-1;Lê\n").code == "scope_missing"
    big = upload(client, "staff", b"x" * (9 << 20))
    assert big.status == 413


def faulty(count):
    """Rows with six things to be said each: none of them is looked at any further."""
    return "Họ và tên;Số hiệu;Ngày sinh;Số điện thoại;Email;Đối tượng\n" + "".join(f"Lê {i}/An;058080{i:06};{i};{i};an{i};Lạ {i}\n" for i in range(count))


def test_a_plan_that_does_not_fit_is_refused_and_one_that_just_does_is_read_a_line_at_a_time(start):
    service = start()
    client = service.client()
    make_units(client)
    assert upload(client, "staff", faulty(49990)).code == "list_too_large"
    plan = upload(client, "staff", faulty(20000)).json
    assert plan["summary"]["failed"] == 20000
    assert len(rows_of(client, plan, action="create")) == 0
    service.stop()
    service.start()
    client = service.client()
    status = pathlib.Path(f"/proc/{service.process.pid}/status")

    def most():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) // 1024
    (status.parent / "clear_refs").write_text("5")
    before = most()
    assert rows_of(client, plan, action="create") == []
    if b"__asan_init" not in pathlib.Path(BIN).read_bytes():  # a sanitizer keeps what was freed
        assert most() - before < 160, "MiB more than the service had before"


def in_office(path, to, out):
    """What LibreOffice makes of a file."""
    subprocess.run(["soffice", f"-env:UserInstallation=file://{out}/profile", "--headless", "--convert-to", to, "--outdir", out, path], check=True, capture_output=True, timeout=120)
    return out / (path.stem + "." + to.split(":")[0])


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_a_form_to_fill_in_has_the_callers_units_to_choose_from_and_comes_back_understood(client, tmp_path):
    form = client.call("GET", "/v1/import-template", headers={"Accept": XLSX}, kind="staff")
    assert form.status == 200
    path = tmp_path / "form.xlsx"
    path.write_bytes(form.body)
    book = zipfile.ZipFile(path)
    offered = re.findall(r'<dataValidation type="list"[^>]*sqref="([A-Z]+)2:[^>]*>\s*<formula1>([^<]*)', book.read("xl/worksheets/sheet1.xml").decode())
    assert {column: formula.split("!")[0] for column, formula in offered} == {"G": "'Đơn vị'", "I": "'Đối tượng'"}
    units, categories = (re.findall(r"<t[^>]*>([^<]*)</t>", book.read(f"xl/worksheets/sheet{n}.xml").decode())[1:] for n in (2, 3))
    assert "Phòng Nội vụ" in units and "Công chức" in categories
    typed = in_office(path, "csv:Text - txt - csv (StarCalc):59,34,76,1", tmp_path / "opened").read_text().strip()
    assert typed.replace('"', "").startswith("STT;Họ và tên;Ngày sinh;Giới tính;Số hiệu;Chức vụ;Đơn vị;Mã định danh đơn vị;Đối tượng;Số điện thoại;")
    for i, category in enumerate(categories):
        typed += f"\n{i + 1};{nth('Tạ Mẫu', i)};;;IT-{i:03};CV;{units[i % len(units)]};;{category};091122233{i};;;;;"
    filled = tmp_path / "filled.csv"
    filled.write_text(typed + "\n")
    plan = upload(client, "staff", filled.read_bytes(), "text/csv", validate_only=True).json
    assert {k: n for k, n in plan["summary"].items() if n} == {"create": len(categories)}, plan


@pytest.mark.parametrize("name", ["libreoffice.xlsx", "openpyxl.xlsx", "libreoffice-utf16.csv", "tcvn3.csv"])
def test_what_was_uploaded_comes_back_cell_by_cell_whatever_its_bytes(client, name):
    """A workbook and UTF-16 hold bytes of nothing; who corrects a cell on the screen reads the list back."""
    kind = XLSX if name.endswith("xlsx") else "text/csv"
    plan = upload(client, "staff", (LISTS / name).read_bytes(), kind, unit="T1.01").json
    answer = client.call("GET", f"/v1/imports/{plan['id']}/file", headers={"Accept": "text/csv"})
    assert answer.status == 200, answer
    lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))[1:]
    named = {r["row"]: r["name"] for r in rows_of(client, plan) if r["name"]}
    assert named and all(any(part in " ".join(lines[row - 1]) for part in name_.split()) for row, name_ in named.items()), (named, lines[:4])


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_the_file_with_faults_opens_in_libreoffice(client, tmp_path):
    plan = upload(client, "staff", STAFF.replace("IM-", "IE-").replace("Nhập", "Mở").replace("NHẬP", "MỞ").replace("345678", "345671")).json
    path = tmp_path / "faults.xlsx"
    path.write_bytes(client.call("GET", f"/v1/imports/{plan['id']}/file", headers={"Accept": XLSX, "Accept-Language": "vi"}).body)
    rows = list(csv.reader(io.StringIO(in_office(path, "csv:Text - txt - csv (StarCalc):59,34,76,1", tmp_path / "opened").read_text()), delimiter=";"))
    assert [row[1:4] for row in rows if row[1:2] == ["1"]] == [["1", "Lê Văn Mở", "IE-1"]]
    assert any(row[0].startswith("B: ") and row[2] == "Ông/Bà Lê Sai" for row in rows)


def test_a_line_that_meets_an_open_question_stops_no_other(client):
    there = client.put("/v1/staff/IMQ-1", an(full_name="Phùng Khắc Khoan")).json
    assert client.patch(f"/v1/staff/{there['id']}", {"staff_code": "IMQ-9"}).status == 200
    client.put("/v1/staff/IMQ-2", an(full_name="Giang Văn Minh"))
    text = "Số hiệu;Họ và tên;Chức vụ;Đơn vị\nIMQ-1;Phùng Khắc Khoan;Trưởng phòng;T1.01\nIMQ-2;Giang Văn Minh;Phó Trưởng phòng;T1.01\n"
    shown = upload(client, "staff", text)
    row, _ = rows_of(client, shown.json)
    assert (row["action"], row["notes"][-1]["code"]) == ("needs_review", "possible_duplicate"), row
    plan = upload(client, "staff", text, accept="possible_duplicate").json
    row, *_ = rows_of(client, plan)
    note = row["notes"][-1]
    assert row["action"] == "needs_decision" and note["weight"] == "said" and "nothing is made or changed" in note["detail"], note
    ended = run(client, plan)
    assert ended["summary"] == sums(done=1, needs_decision=1), ended
    question, = [d for d in client.get("/v1/duplicates").json["items"] if d["staff_code"] == "IMQ-1"]
    assert (question["about"], question["candidates"][0]["id"]) == ("former_code", there["id"])
    assert client.get("/v1/staff/IMQ-2").json["title"] == "Phó Trưởng phòng" and client.get(f"/v1/staff/{there['id']}").json["title"] == "Chuyên viên"
    client.put("/v1/duplicates/IMQ-1", {"decision": "same", "staff": there["id"]})
    again = run(client, plan)
    assert again["summary"] == sums(done=1, unchanged=1), "the very list that was asked about"
    assert client.get(f"/v1/staff/{there['id']}").json["title"] == "Trưởng phòng"
    assert upload(client, "staff", text).json["summary"]["unchanged"] == 2


def test_units_of_one_name_and_either_spelling_of_it(client):
    """A commune is named like its province, and a list writes Hoà where the system has Hòa."""
    unit = {"kind": "ubnd_xa", "block": "chinh_quyen", "active_from": "2021-10-01"}
    for code, name, parent in (("LK", "Lâm Hòa", "T1"), ("LK.1", "Lâm Hòa", "LK"), ("LK.2", "Phòng Văn hoá", "LK")):
        made = client.put(f"/v1/units/{code}", {**unit, "name": {"vi": name}, "parent": parent, "slug": code.lower().replace(".", "x")})
        assert made.status == 201, made
    text = ("Họ tên;Số hiệu;Đối tượng;Đơn vị\nHứa Văn Một;LK-1;Công chức;Lâm Hoà\nHứa Văn Hai;LK-2;Công chức;Phòng Văn hóa\n"
            "Hứa Văn Ba;LK-3;Công chức;LK.1\nHứa Văn Bốn;LK-4;Công chức;Trưởng phòng\n")
    rows = rows_of(client, upload(client, "staff", text).json)
    assert [(r["action"], (r["request"] or {}).get("unit")) for r in rows[1:3]] == [("create", "LK.2"), ("create", "LK.1")]
    assert (rows[0]["action"], rows[0]["notes"][-1]["code"]) == ("needs_review", "unit_ambiguous")
    assert rows[3]["action"] == "needs_review" and "title_in_unit" in [n["code"] for n in rows[3]["notes"]]
