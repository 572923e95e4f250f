"""Figures and lists as files for spreadsheets."""
import csv
import io
import re
import urllib.parse
import zipfile

import pytest
from congvu import an, make_units, nth

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def office(shared):
    client = shared.client()
    assert client.put("/v1/units/T1.01/headcounts/2026-01-01", {"total": 4}).status == 200
    for n, name in enumerate(("Nguyễn Văn An", "Trần Thị Bích", "Lê Đức Cường")):
        assert client.put(f"/v1/staff/T-{n}", an(full_name=name, unit="T1.01" if n < 2 else "T1.02")).status in (200, 201)
    assert client.put("/v1/staff/T-1", {"title": "=cmd|' /C calc'!A0"}).status == 200
    return client


def rows(answer, delimiter=","):
    assert answer.status == 200 and answer.body.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.body, answer
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_the_file_holds_the_figures_of_the_answer(office):
    for path in ("/v1/coverage", "/v1/adoption"):
        figures = office.get(path, unit="T1").json["rows"]
        head, *lines = rows(office.get(path, unit="T1", format="csv"))
        assert len(lines) == len(figures) and head[6:9] == ["To be issued (b)", "Issued (a)", "a/b (%)"]
        for line, row in zip(lines, figures):
            assert line[:3] == [row["system"], row["row_kind"], row["unit"]["code"]]
            assert int(line[7]) == row["issued"] and line[4] == ("–" if row["headcount"] is None else str(row["headcount"]))
            rate = "–" if row["coverage"] is None else f"{row['coverage'] * 100:.2f}"
            assert line[8] == rate and (line[11] == "unknown") == (row["used"] is None)


def test_semicolons_and_decimal_commas(office):
    answer = office.call("GET", "/v1/coverage?unit=T1&system=mailbox&csv_delimiter=semicolon", None, {"Accept": "text/csv", "Accept-Language": "vi"})
    head, total, *_ = rows(answer, ";")
    assert head[0] == "Hệ thống" and "," in total[8] and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    again = office.call("GET", "/v1/coverage?unit=T1&system=mailbox&csv_delimiter=semicolon", None,
                        {"Accept": "text/csv", "Accept-Language": "vi", "If-None-Match": answer.etag})
    assert again.status == 304


def test_workbooks_open(office):
    for path in ("/v1/coverage?unit=T1", "/v1/staff?unit=T1"):
        answer = office.call("GET", path, None, {"Accept": XLSX})
        assert answer.status == 200 and answer.headers["Content-Type"] == XLSX and answer.headers["Content-Disposition"].startswith("attachment; ")
        assert zipfile.ZipFile(io.BytesIO(answer.body)).testzip() is None


def test_a_file_of_some_categories_says_which(office):
    """In the title of the workbook; a CSV has its name for that, and a dash where nobody declared them."""
    some = "/v1/coverage?unit=T1&system=mailbox&depth=0&category=cong_chuc,vien_chuc"
    answer = office.call("GET", f"{some}&format=xlsx", None, {"Accept-Language": "vi"})
    texts = zipfile.ZipFile(io.BytesIO(answer.body)).read("xl/worksheets/sheet1.xml").decode()
    assert "Tình hình cấp và sử dụng (chỉ tính công chức, viên chức)" in texts
    answer = office.get(f"{some}&format=csv")
    assert urllib.parse.unquote(answer.headers["Content-Disposition"]).endswith("Coverage (only: civil servant, public employee).csv")
    assert 'filename="coverage-cong-chuc-vien-chuc.csv"' in answer.headers["Content-Disposition"]
    assert rows(answer)[1][4:6] == ["–", "–"]
    assert "only" not in office.get("/v1/coverage", unit="T1", format="csv").headers["Content-Disposition"]


def test_the_list_is_whole_and_no_formula(office):
    listed = office.get("/v1/staff", unit="T1").json["items"]
    head, *lines = rows(office.get("/v1/staff", unit="T1", format="csv"))
    assert head[:3] == ["No.", "Staff number", "Full name"]
    assert [line[2] for line in lines] == [person["full_name"] for person in listed]
    assert {line[3] for line in lines if line[1] == "T-1"} == {"'=cmd|' /C calc'!A0"}
    some = rows(office.get("/v1/staff", unit="T1", system="mailbox", stage="not_activated", format="csv"))
    assert len(some) - 1 == office.get("/v1/staff", unit="T1", system="mailbox", stage="not_activated", include_total=True).json["total"]


def test_what_a_file_cannot_be(office):
    assert office.get("/v1/staff", unit="T1", format="csv", page_size=2).code == "validation_failed"
    assert office.get("/v1/coverage", unit="T1", format="html").code == "validation_failed"
    assert office.call("GET", "/v1/coverage?unit=T1", None, {"Accept": "text/html"}).code == "not_acceptable"
    assert office.get("/v1/coverage", unit="nowhere", format="csv").code == "unit_not_found"


def test_a_file_speaks_to_people(office):
    """Words, not enum values; the decimal sign that goes with the delimiter; codes that stay text."""
    assert office.put("/v1/staff/0012", an(full_name="Số Không Đầu", unit="T1")).status == 201
    for language, category, status, state in (("en", "Civil servant", "In service", "Issued, not activated"), ("vi", "Công chức", "Đang công tác", "Đã cấp, chưa kích hoạt")):
        answer = office.call("GET", "/v1/staff?staff_code=0012&format=csv&csv_delimiter=semicolon", None, {"Accept-Language": language})
        line, = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))[1:]
        assert line[1] == '="0012"' and line[6:8] == [category, status] and f": {state}" in line[9] and "mailbox: " not in line[9].lower().replace("official mailbox", "")
    for delimiter, sign in (("comma", "."), ("semicolon", ",")):
        table = office.get("/v1/coverage", unit="T1", format="csv", csv_delimiter=delimiter).body.decode("utf-8-sig")
        cells = [c for line in csv.reader(io.StringIO(table), delimiter=";" if delimiter == "semicolon" else ",") for c in line]
        assert any(re.fullmatch(rf"\d+\{sign}\d\d", c) for c in cells) and not any(re.fullmatch(rf"\d+\{',' if sign == '.' else '.'}\d\d", c) for c in cells)


def test_the_account_list_for_national_platforms(start):
    client = start(province="Tỉnh Khánh Hòa").client()
    make_units(client)
    for n, name in enumerate(("Nguyễn Văn An", "Trần Thị Bích")):
        assert client.put(f"/v1/staff/T-{n}", an(full_name=name)).status == 201
    assert client.put("/v1/staff/T-9", an(full_name="Lê Văn Không", category="nguoi_hoat_dong_khong_chuyen_trach")).json["address"] is None
    answer = client.get("/v1/staff", format="csv", layout="accounts")
    head, *lines = rows(answer)
    people = {p["full_name"]: p["address"] for p in client.get("/v1/staff").json["items"]}
    assert head == ["Full name", "Address", "Unit", "Province"] and "accounts.csv" in answer.headers["Content-Disposition"]
    assert lines == [[name, people[name], "Home Affairs Division", "Tỉnh Khánh Hòa"] for name in ("Nguyễn Văn An", "Trần Thị Bích")]
    assert client.get("/v1/staff", format="csv", layout="wide").code == "validation_failed"


def test_a_file_asks_for_a_system_once_and_not_for_each_line(start):
    """With all that is required of whom a system is large: a copy of it for each cell was more than a request may hold."""
    client = start().client()
    make_units(client)
    long = [{"positions": [f"Chức danh {r} {n} ".ljust(190, "x") for n in range(50)]} for r in range(15)]
    for n in range(4):
        body = {"id": f"he-{n}", "name": {"vi": f"Hệ {n}", "en": f"System {n}"}, "kind": "manual", "required_for": [{"categories": ["cong_chuc"]}, *long]}
        assert client.post("/v1/systems", body).status == 201
    people = 200
    for n in range(people):
        assert client.put(f"/v1/staff/M-{n}", an(full_name=nth("Trần Văn", n))).status == 201
    _, *lines = rows(client.get("/v1/staff", format="csv"))
    assert len(lines) == people and all("System 0: " in line[-1] and "System 3: " in line[-1] for line in lines)
    _, *lines = rows(client.get("/v1/accounts", system="he-0", format="csv"))
    assert len(lines) == people and {line[5] for line in lines} == {"System 0"}
