"""Frozen reports: what was sent upward stays as it was, in every format."""
import base64
import concurrent.futures
import csv
import datetime
import hashlib
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from congvu import an, make_units, running, site_today

FORMATS = ("json", "csv", "xlsx", "html", "pdf", "docx")
USAGE = ("used", "regular", "too_new", "never_used", "on_leave_unused", "usage_base")


@pytest.fixture(scope="module")
def service(spec):
    with running(spec=spec, clock_offset=-40 * 86400) as service:  # accounts that are closed today were issued before
        yield service


def make_school(client):
    """Two offices; one declares by category, the other one a total. Two public employees, two civil servants, each with a certificate."""
    unit = {"kind": "phong", "block": "chinh_quyen", "active_from": "2021-10-01"}
    for code, parent, name in (("K1", None, "Huyện Phân Loại"), ("K1.01", "K1", "Phòng Một"), ("K1.02", "K1", "Phòng Hai")):
        assert client.put(f"/v1/units/{code}", {**unit, "name": {"vi": name}, "slug": code.lower().replace(".", ""), "parent": parent}).status == 201
    assert client.put("/v1/units/K1.01/headcounts/2026-01-01", {"total": 4, "by_category": {"cong_chuc": 1, "vien_chuc": 3}}).status == 200
    assert client.put("/v1/units/K1.02/headcounts/2026-01-01", {"total": 9}).status == 200
    for n, (unit, category) in enumerate((("K1.01", "cong_chuc"), ("K1.01", "vien_chuc"), ("K1.02", "vien_chuc"), ("K1.02", "cong_chuc"))):
        assert client.put(f"/v1/staff/K-{n}", an(full_name=f"Đinh Công {'ABCD'[n]}", unit=unit, category=category, hired_on="2025-01-01")).status == 201
        assert client.put(f"/v1/staff/K-{n}/accounts/certificate/observation", {"state": "active"}).status == 200


@pytest.fixture(scope="module")
def district(service):
    """A district of its own: people in two offices, a Party office, a commune and directly in it; one account is closed."""
    client = service.client()
    make_units(client)
    commune = {"name": {"vi": "UBND xã Lâm Sơn"}, "kind": "ubnd_xa", "block": "chinh_quyen", "slug": "lamson", "active_from": "2021-10-01"}
    assert client.put("/v1/units/T1.04", {**commune, "parent": "T1"}).status in (200, 201)
    head = {"superior_body": "UBND tỉnh Thử", "issuing_body": "UBND huyện Thử", "place": "Tân Sơn", "on_behalf": "TM. Ủy ban nhân dân",
            "signatory_title": "Chủ tịch", "signatory_name": "Trần Văn Thử", "recipients": ["UBND tỉnh"]}
    assert client.put("/v1/units/T1", {"letterhead": head}).status == 200
    for code, total in (("T1", 1), ("T1.01", 5), ("T1.03", 2), ("T1.04", 3)):
        assert client.put(f"/v1/units/{code}/headcounts/2026-01-01", {"total": total}).status == 200
    people = (("T1.01", "Nguyễn Văn An"), ("T1.01", "Trần Thị Bích"), ("T1.01", "=Lê Văn Cường"), ("T1.03", "Phạm Thị Dung"),
              ("T1.03", "Hoàng Văn Em"), ("T1", "Võ Thị Giang"), ("T1.04", "Đỗ Văn Hòa"), ("T1.04", "Bùi Thị Ích"), ("T1.02", "Lý Văn Khoa"))
    for n, (unit, name) in enumerate(people):
        assert client.put(f"/v1/staff/R-{n}", an(full_name=name.lstrip("="), unit=unit)).status in (200, 201)
    make_school(client)
    service.stop()
    service.settings.pop("clock_offset")
    client = service.start().client()
    assert client.put("/v1/staff/R-1/accounts/mailbox", {"state": "closed"}).status in (200, 202)
    assert client.put("/v1/staff/R-3/accounts/mailbox", {"state": "locked", "reason": "inactivity"}).status in (200, 202)
    return client


def month():
    today = site_today()
    return today.strftime("%Y-%m")


def freeze(client, **more):
    body = {"unit": "T1", "period": month(), "accept_incomplete": True, "systems": ["mailbox", "td-office"], **more}
    answer = client.post("/v1/reports", body)
    assert answer.status == 201, answer
    return answer.json


def content(client, report, format, **more):
    answer = client.get(f"/v1/reports/{report}/content", format=format, **more)
    assert answer.status == 200, answer
    return answer


def sheet(workbook, number):
    """Rows of a worksheet as lists of text or numbers, read from its XML."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    tree = ElementTree.fromstring(workbook.read(f"xl/worksheets/sheet{number}.xml"))
    rows = []
    for row in tree.iterfind(".//m:sheetData/m:row", space):
        cells = {}
        for cell in row.iterfind("m:c", space):
            column = re.match(r"[A-Z]+", cell.get("r"))[0]
            value, text = cell.find("m:v", space), cell.find("m:is/m:t", space)
            assert cell.find("m:f", space) is None, "no formulas"
            cells[ord(column) - 65] = text.text if text is not None else float(value.text) if value is not None else None
        rows.append([cells.get(i) for i in range(max(cells) + 1)] if cells else [])
    return rows


def annex_lines(rows):
    """Those below the line that numbers the columns, as far as they are of the table."""
    first = next(i for i, row in enumerate(rows) if row[:2] == ["(1)", "(2)"]) + 1
    return [row for row in rows[first:] if len(row) == 19 and row[1] is not None]


def percent(a, b):
    """By hand: half-up, never 100 unless equal, never 0 unless nothing."""
    if b == 0:
        return "–"
    n = (20000 * a + b) // (2 * b)
    n = 9999 if n == 10000 and a < b else 1 if n == 0 and a > 0 else n
    return n / 10000


def test_where_nobody_names_systems_mail_comes_first_and_what_only_some_have_comes_last(district):
    def of(unit, **more):
        made = district.post("/v1/reports", {"unit": unit, "period": month(), "accept_incomplete": True, **more})
        assert made.status == 201, made
        return [s["system"] for s in made.json["figures"]["sheets"]]
    assert of("T1") == ["mailbox", "td-office", "e-office"], "by how many must have it"
    assert of("K1") == ["mailbox", "td-office", "certificate"], "nobody there must have E-Office or has it; certificates are had"
    assert of("K1", systems=["certificate", "mailbox"]) == ["certificate", "mailbox"], "as it is asked for"


def test_the_hash_is_of_the_content_and_the_content_is_the_figures(district):
    report = freeze(district)
    answer = content(district, report["id"], "json")
    assert hashlib.sha256(answer.body).hexdigest() == report["figures_hash"]
    assert answer.json == report["figures"]
    assert report["state"] == "draft" and report["unit"]["name"] == "Huyện Thử" and report["period"]["code"] == month()


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def hash_by_the_contract(client, report):
    """The four lines that the contract's description of `hash` names, from nothing but what anybody can fetch."""
    words = [str(report["revision"]), *("-" if report[name] is None else sha256(report[name]) for name in ("number", "comment")),
             hashlib.sha256(content(client, report["id"], "json").body).hexdigest()]
    return sha256("".join(word + "\n" for word in words))


def test_the_hash_covers_figures_number_comment_and_revision(district):
    report = freeze(district, comment="Một.\nHai.")
    path, seen = f"/v1/reports/{report['id']}", [report]
    for change in ({"number": "15/BC-UBND"}, {"number": "16/BC-UBND"}, {"number": None, "comment": None}, {"comment": "Ba “ngoặc” \\ \""}, {"state": "final"}):
        seen.append(district.patch(path, change).json)
    seen.append(district.post(path + "/revisions", {"accept_incomplete": True, "comment": seen[-1]["comment"]}).json)
    for said in seen[-2:]:
        assert said["hash"] in content(district, said["id"], "html", lang="vi").body.decode()
    for said in seen:
        assert said["hash"] == hash_by_the_contract(district, said), said
    assert len({said["hash"] for said in seen}) == len(seen) - 1, "made final it says the same"
    assert seen[-2]["hash"] == seen[-3]["hash"]
    listed = {r["id"]: r["hash"] for r in district.get("/v1/reports", page_size=50).json["items"]}
    assert listed[report["id"]] == seen[-2]["hash"]


def test_a_paper_changed_in_the_directory_is_not_believed(service, district):
    report = freeze(district, number="7/BC-UBND", systems=["mailbox"])
    [entry] = service.ldapsearch("-b", "dc=congvu", f"(cvDocumentName={report['id']})", "cvDocument")
    stored = entry["cvDocument"][0]
    changed = stored.replace("7/BC-UBND", "8/BC-UBND")
    assert changed != stored
    value = base64.b64encode(changed.encode()).decode()
    service.ldapmodify(entry["dn"][0], f"replace: cvDocument\ncvDocument:: {value}")
    assert district.get(f"/v1/reports/{report['id']}").status == 500


def lines_for_programs(client, report, **query):
    """As JSON and as CSV, which say the same."""
    found = client.get(f"/v1/reports/{report['id']}/indicators", **query)
    table = client.get(f"/v1/reports/{report['id']}/indicators", format="csv", **query)
    assert found.status == table.status == 200 and table.headers["Content-Type"] == "text/csv; charset=utf-8", found
    head, *rows = csv.reader(io.StringIO(table.body.decode("utf-8-sig"), newline=""))
    for row, item in zip(rows, found.json["items"], strict=True):
        assert head == list(item)
        for name, cell in zip(head, row, strict=True):
            value = item[name]
            assert (float(cell) == value and len(cell.split(".")[1]) == 4) if name.startswith("rate") and value is not None else cell == ("" if value is None else str(value)), name
    return found.json["items"]


def test_indicators_for_programs(service, district):
    lines = [{"system": "mailbox", "figure": "issued", "max_points": 1.5, "evidence": "Phụ lục I"},
             {"system": "mailbox", "figure": "regular", "max_points": 2, "code": "CCHC-4.2", "name": "Thường xuyên, “dùng”"}]
    report = freeze(district, kind="indicators", systems=["mailbox"], indicators=lines, number="3/BC-UBND")
    first, second = lines_for_programs(district, report, lang="vi")
    counts = report["figures"]["sheets"][0]["rows"][0]["counts"]
    assert first == {"code": "mailbox.issued", "name": "Tỷ lệ CBCCVC, NLĐ được cấp Hộp thư điện tử công vụ", "unit": "T1", "from": report["period"]["from"], "to": report["period"]["to"],
                     "system": "mailbox", "figure": "issued", "categories": None, "basis": "declared", "a": counts["issued"], "b": counts["base"],
                     "rate": round(percent(counts["issued"], counts["base"]), 4), "rate_undeducted": None, "issued_beyond": 0, "cut_off": min(report["period"]["to"], site_today().isoformat()),
                     "data_through": None, "definition": report["definition"], "rule": None, "evidence": "Phụ lục I", "report": report["id"], "state": "draft", "revision": 1, "hash": report["hash"]}
    assert [second[n] for n in ("code", "name", "a", "b", "rate", "rule")] == ["CCHC-4.2", "Thường xuyên, “dùng”", None, None, None, "regular-mailbox-1"]
    assert lines_for_programs(district, report, lang="en")[0]["name"] == "Staff issued with Official mailbox"
    whole = freeze(district, categories=["cong_chuc", "vien_chuc"])
    found = lines_for_programs(district, whole)
    assert [i["code"] for i in found] == [f"{s}.{f}" for s in ("mailbox", "td-office") for f in ("issued", "activated", "used", "regular")]
    assert {i["categories"] for i in found} == {"cong_chuc vien_chuc"} and {i["hash"] for i in found} == {whole["hash"]}
    assert found[0]["rate"] == whole["systems"][0]["coverage"]
    path = f"/v1/reports/{report['id']}/indicators"
    answer = district.call("GET", path, None, {"Accept": "text/csv"})
    assert answer.body.startswith(b"\xef\xbb\xbfcode,name,unit,from,to,") and district.call("GET", path, None, {"Accept": "text/csv", "If-None-Match": answer.etag}).status == 304
    for wrong in ("xlsx", "html", "pdf"):
        assert district.get(path, format=wrong).code == "validation_failed"
    assert district.get("/v1/reports/rep_" + "0" * 26 + "/indicators").code == "report_not_found"
    local = service.client(district.post("/v1/tokens", {"name": "xã", "scopes": ["coverage:read"], "unit": "T1.04"}).json["secret"])
    assert local.get(path).code == "report_not_found"


def test_the_page_carries_the_letterhead_of_the_unit_above(district):
    report = freeze(district, unit="T1.04", state="final", number="15/BC-UBND", comment="<b>Đề nghị</b>\nHai.")
    page = content(district, report["id"], "html", lang="vi").body.decode()
    for text in ("UBND tỉnh Thử", "UBND huyện Thử", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 15/BC-UBND", "Tân Sơn, ngày ", "- UBND tỉnh;",
                 "TM. Ủy ban nhân dân", "Trần Văn Thử", "&lt;b&gt;Đề nghị&lt;/b&gt;", report["hash"]):
        assert text in page, text
    answer = content(district, report["id"], "html", lang="vi")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "<script" not in page and not re.search(r"(?:src|href)=|url\(|@import", page), "nothing from outside"


def test_own_and_units_add_up_to_the_total_and_to_coverage(district):
    report = freeze(district)
    for part in report["figures"]["sheets"]:
        total, *lines = part["rows"]
        assert total["row_kind"] == "total" and {line["row_kind"] for line in lines} == {"own", "unit"}
        for name, value in total["counts"].items():
            if value is not None:
                assert value == sum(line["counts"][name] or 0 for line in lines), name
        live = district.get("/v1/coverage", unit="T1", system=part["system"], depth=0).json["rows"][0]
        counts = total["counts"]
        assert (counts["headcount"], counts["unrecorded"], counts["issued"]) == (live["headcount"], live["unrecorded"], live["issued"])
    mailbox = report["figures"]["sheets"][0]["rows"]
    assert mailbox[0]["counts"]["revoked"] == 1 and {r["code"]: r["counts"]["revoked"] for r in mailbox[1:]}["T1.01"] == 1


def test_lines_of_deeper_levels_add_up_too(district):
    school = {"name": {"vi": "Trường Tiểu học Lâm Sơn"}, "kind": "truong_hoc", "slug": "thls", "parent": "T1.04", "active_from": "2021-10-01"}
    assert district.put("/v1/units/T1.04.1", school).status in (200, 201)
    assert district.put("/v1/staff/R-91", an(full_name="Cô Giáo", unit="T1.04.1")).status in (200, 201)
    report = freeze(district, depth=2, systems=["mailbox"])
    total, *lines = report["figures"]["sheets"][0]["rows"]
    kinds = {(line["row_kind"], line["code"]) for line in lines}
    assert {("own", "T1"), ("own", "T1.04"), ("unit", "T1.04.1"), ("unit", "T1.01")} <= kinds and ("unit", "T1.04") not in kinds
    assert all(value == sum(line["counts"][name] or 0 for line in lines) for name, value in total["counts"].items() if value is not None)
    text = content(district, report["id"], "csv", lang="vi").body.decode("utf-8-sig")
    names = [row[2] for row in csv.reader(io.StringIO(text, newline=""))]
    assert "UBND xã Lâm Sơn (trực thuộc trực tiếp)" in names and names.index("Đơn vị sự nghiệp, trường học") + 1 == names.index("Trường Tiểu học Lâm Sơn")


def test_stale_use_is_null_with_the_reason_in_every_format(district):
    report = freeze(district)
    for part, system in zip(report["figures"]["sheets"], report["systems"]):
        assert part["stale"] and part["stale_reason"] == "no_usage_data" == system["stale_reason"]
        assert system["adoption"] is None and system["regular_ratio"] is None and system["coverage"] is not None
        for row in part["rows"]:
            assert [row["counts"][name] for name in USAGE] == [None] * len(USAGE)
            assert row["counts"]["unknown"] == row["counts"]["issued"]
    page = content(district, report["id"], "html", lang="vi").body.decode()
    assert "chưa có nguồn số liệu sử dụng" in page and page.count("chưa xác định") > 10
    text = content(district, report["id"], "csv", lang="vi").body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {row[12] for row in rows[1:]} == {"chưa xác định"}
    book = zipfile.ZipFile(io.BytesIO(content(district, report["id"], "xlsx", lang="vi").body))
    assert {row[11] for row in annex_lines(sheet(book, 1))} == {"chưa xác định"}


def test_the_workbook_says_what_the_json_says(district):
    report = freeze(district)
    book = zipfile.ZipFile(io.BytesIO(content(district, report["id"], "xlsx", lang="vi").body))
    assert [s["system"] for s in report["figures"]["sheets"]] == re.findall(r'<sheet name="([\w-]+)"', book.read("xl/workbook.xml").decode())[:2]
    for number, part in enumerate(report["figures"]["sheets"], 1):
        lines = {row[1]: row for row in annex_lines(sheet(book, number))}
        for row in part["rows"]:
            name, counts = {"total": "TỔNG CỘNG", "own": "Trực thuộc trực tiếp"}.get(row["row_kind"], row["name"]["vi"]), row["counts"]
            if row["row_kind"] == "unit" and counts["base"] == 0:
                name = "1 đơn vị không có người thuộc diện phải cấp"
            line = lines.pop(name)
            assert line[2:4] == [counts[n] if counts[n] is not None else "–" for n in ("headcount", "unrecorded")]
            assert [line[i] for i in (4, 5, 7, 14, 15, 16)] == [counts[n] for n in ("base", "issued", "activated", "unknown", "locked", "revoked")]
            assert line[6] == percent(counts["issued"], counts["base"])
            assert line[8] == percent(counts["activated"], counts["issued"])
        assert set(lines) <= {"Khối Đảng, Mặt trận, đoàn thể", "Cơ quan chuyên môn", "UBND xã, phường, đặc khu"}
    settings = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'orientation="landscape"' in settings and 'paperSize="9"' in settings and "<pane " in settings
    assert "0.00%" in book.read("xl/styles.xml").decode() or 'numFmtId="10"' in book.read("xl/styles.xml").decode()


def merged(settings):
    return set(re.findall(r'<mergeCell ref="([A-Z0-9:]+)"', settings))


def test_the_workbook_prints_as_it_is(district):
    """Letterhead, heads on every page, numbers to the right, rows as high as what stands in them."""
    report = freeze(district, state="final", number="21/BC-UBND")
    book = zipfile.ZipFile(io.BytesIO(content(district, report["id"], "xlsx", lang="vi").body))
    rows, page = sheet(book, 1), book.read("xl/worksheets/sheet1.xml").decode()
    said = [[text for text in row if text] for row in rows[:3]]
    assert said[:2] == [["UBND tỉnh Thử", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["UBND huyện Thử", "Độc lập - Tự do - Hạnh phúc"]]
    assert said[2][0] == "Số: 21/BC-UBND" and said[2][1].startswith("Tân Sơn, ngày ")
    heads = re.findall(r'<row r="(\d+)"[^>]*>(?=<c r="A\d+"[^>]*><is><t>(?:STT|\(1\))<)', page)
    printed = re.findall(r">([^<]*\$\d+:\$\d+)</definedName>", book.read("xl/workbook.xml").decode())
    assert len(heads) == 2 and f"mailbox!${heads[0]}:${heads[1]}" in printed
    assert 'fitToHeight="0"' in page and "<pageSetUpPr fitToPage=" in page
    title = next(row for row in re.findall(r'<row r="(\d+)"[^>]*>(?=<c r="A\d+"[^>]*><is><t>Tình hình)', page))
    assert f"A{title}:S{title}" in merged(page), "over the whole width, so nothing is cut at its end"
    heights = {int(row): float(high) for row, high in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', page)}
    assert heights[int(heads[0])] >= 3 * 15, "Kích hoạt / đã cấp (%) in a column of ten"
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    styles = ElementTree.fromstring(book.read("xl/styles.xml")).findall("m:cellXfs/m:xf", space)
    aligned = lambda cell: styles[int(cell.get("s"))].find("m:alignment", space).get("horizontal")
    cells = [c for c in ElementTree.fromstring(page.encode()).iterfind(".//m:sheetData/m:row/m:c", space) if int(re.search(r"\d+", c.get("r"))[0]) > int(heads[1])]
    numbers = [c for c in cells if c.find("m:v", space) is not None]
    dashes = [c for c in cells if c.findtext("m:is/m:t", namespaces=space) in ("–", "chưa xác định") and c.get("r")[0] in "CDGI"]
    assert numbers and dashes and {aligned(c) for c in numbers + dashes} == {"right"}


def test_byte_identical_after_units_move_and_are_renamed(district):
    report = freeze(district, state="final", number="15/BC-UBND")
    before = {f: content(district, report["id"], f, lang=lang).body for f in FORMATS for lang in ("vi",)}
    etags = {f: content(district, report["id"], f, lang="vi").etag for f in FORMATS}
    assert district.patch("/v1/units/T1.02", {"name": {"vi": "Phòng Tài chính - Kế hoạch mới"}, "parent": "T1.01"}).status == 200
    assert district.patch("/v1/units/T1", {"name": {"vi": "Huyện Đổi Tên"}}).status == 200
    assert district.put("/v1/staff/R-90", an(full_name="Người Mới", unit="T1.04")).status in (200, 201)
    try:
        for f in FORMATS:
            answer = content(district, report["id"], f, lang="vi")
            assert answer.body == before[f] and answer.etag == etags[f], f
        assert freeze(district)["figures"]["unit"]["name"]["vi"] == "Huyện Đổi Tên"
        assert district.get(f"/v1/reports/{report['id']}").json["unit"]["name"] == "Huyện Thử"
    finally:
        assert district.patch("/v1/units/T1", {"name": {"vi": "Huyện Thử"}}).status == 200
        assert district.patch("/v1/units/T1.02", {"name": {"vi": "Phòng Tài chính"}, "parent": "T1"}).status == 200


def test_byte_identical_after_two_communes_become_one(service, district):
    """Two old units end, a new one takes their people (and, as in real life, the name of one of them)."""
    client = service.client()
    commune = {"kind": "ubnd_xa", "block": "chinh_quyen", "active_from": "2021-10-01"}
    assert client.put("/v1/units/G1", {**commune, "kind": "ubnd_huyen", "name": {"vi": "Huyện Sắp Xếp"}, "slug": "sapxep", "parent": None}).status == 201
    for code, name, slug in (("G1.01", "UBND xã Lâm Sơn", "lamson1"), ("G1.02", "UBND xã Lương Sơn", "luongson1")):
        assert client.put(f"/v1/units/{code}", {**commune, "name": {"vi": name}, "slug": slug, "parent": "G1"}).status == 201
        assert client.put(f"/v1/units/{code}/headcounts/2026-01-01", {"total": 3}).status == 200
        for n, given in ((1, "Hạnh"), (2, "Phúc")):
            assert client.put(f"/v1/staff/{code}-{n}", an(full_name=f"Lương {name.split()[2]} {given}", unit=code)).status == 201
    report = freeze(client, unit="G1", state="final")
    before = {f: content(client, report["id"], f, lang="vi").body for f in FORMATS}
    stay = ("recorded", "eligible", "issued", "headcount", "unrecorded")
    total = {k: client.get("/v1/coverage", unit="G1", depth=0, system="mailbox").json["rows"][0][k] for k in stay}

    assert client.put("/v1/units/G1.03", {**commune, "name": {"vi": "UBND xã Lâm Sơn"}, "slug": "lamson2", "parent": "G1"}).status == 201
    assert client.put("/v1/units/G1.03/headcounts/2026-01-01", {"total": 6}).status == 200
    addresses = {}
    for code in ("G1.01", "G1.02"):
        for n in (1, 2):
            person = client.get(f"/v1/staff/{code}-{n}").json
            addresses[person["id"]] = person["address"]
            assert client.patch(f"/v1/staff/{code}-{n}", {"unit": "G1.03"}).status == 200
        today = site_today().isoformat()
        assert client.patch(f"/v1/units/{code}", {"active_to": today}).status == 200

    assert {f: content(client, report["id"], f, lang="vi").body for f in FORMATS} == before
    assert {k: client.get("/v1/coverage", unit="G1", depth=0, system="mailbox").json["rows"][0][k] for k in stay} == total
    assert {p["id"]: p["address"] for p in client.get("/v1/staff", unit="G1.03").json["items"]} == addresses


def test_a_draft_changes_and_a_final_report_only_by_a_revision(district):
    report = freeze(district)
    path = f"/v1/reports/{report['id']}"
    assert district.patch(path, {"number": "1/BC"}, etag=None).code == "if_match_required"
    assert district.patch(path, {"number": "1/BC"}, etag='"99"').code == "etag_mismatch"
    changed = district.patch(path, {"number": "1/BC-UBND", "comment": "Một.\nHai."}, etag='"1"')
    assert changed.status == 200 and changed.json["number"] == "1/BC-UBND" and changed.json["figures_hash"] == report["figures_hash"]
    page = content(district, report["id"], "html").body.decode()
    assert "<p class=\"\">Một.</p>" in page and "DRAFT" in page
    assert district.post(path + "/revisions", {}).code == "report_draft"
    final = district.patch(path, {"state": "final"})
    assert final.status == 200 and final.json["state"] == "final" and final.json["final_at"]
    refused = district.patch(path, {"number": "2"})
    assert refused.code == "report_final" and refused.json["links"] == {"next": path + "/revisions"}
    assert district.delete(path, etag="*").code == "report_final"
    before = content(district, report["id"], "html").body
    second = district.post(path + "/revisions", {"number": "2/BC-UBND", "accept_incomplete": True})
    assert second.status == 201 and second.json["id"] == report["id"] + ".2" and second.headers["Location"] == path + ".2"
    assert (second.json["revision"], second.json["corrects"], second.json["state"]) == (2, report["id"], "draft")
    assert "thay thế Báo cáo số 1/BC-UBND" in content(district, second.json["id"], "html", lang="vi").body.decode()
    assert district.post(path + "/revisions", {"accept_incomplete": True}).code == "report_superseded"
    assert district.get(path).json["superseded_by"] == report["id"] + ".2"
    assert content(district, report["id"], "html").body == before
    assert district.delete(path + ".2", etag="*").status == 204 and district.get(path + ".2").code == "report_not_found"


def test_incomplete_data_are_refused_unless_accepted(district):
    answer = district.post("/v1/reports", {"unit": "T1", "period": month()})
    assert (answer.status, answer.code) == (409, "data_incomplete") and answer.json["errors"][0]["code"] == "data_behind"
    assert freeze(district)["incomplete"] is True


def test_a_repeat_with_the_same_key_is_the_same_report(district):
    body, key = {"unit": "T1", "period": month(), "accept_incomplete": True}, {"Idempotency-Key": "bao-cao-1"}
    first, again = district.post("/v1/reports", body, key), district.post("/v1/reports", body, key)
    assert first.status == again.status == 201 and again.json["id"] == first.json["id"]
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert district.post("/v1/reports", {**body, "basis": "recorded"}, key).code == "idempotency_key_reused"


def at_once(calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [f.result() for f in [pool.submit(call) for call in calls]]


def test_of_two_at_once_one_is_made(district):
    body = {"unit": "T1", "period": month(), "accept_incomplete": True, "state": "final", "number": "9/BC-UBND"}
    key = {"Idempotency-Key": "hai-lan"}
    both = at_once([lambda: district.post("/v1/reports", body, key)] * 2)
    assert {a.status for a in both} == {201} and len({a.json["id"] for a in both}) == 1, both
    path = f"/v1/reports/{both[0].json['id']}/revisions"
    corrections = at_once([lambda: district.post(path, {"accept_incomplete": True})] * 4)
    assert {a.json["number"] for a in corrections if a.status == 201} == {None}, "a correction is a paper with a number of its own"
    assert sorted(a.status for a in corrections) == [201, 409, 409, 409] and {a.code for a in corrections if a.status == 409} == {"report_superseded"}


def test_a_report_that_is_too_large_says_so(district):
    assert district.put("/v1/units/BIG", {"name": {"vi": "Tỉnh Lớn"}, "kind": "so_nganh", "block": "chinh_quyen", "slug": "lon", "active_from": "2021-10-01"}).status == 201
    for n in range(1000):
        unit = {"name": {"vi": f"Đơn vị sự nghiệp công lập số {n:04}"}, "kind": "su_nghiep", "slug": f"big{n}", "parent": "BIG", "active_from": "2021-10-01"}
        assert district.put(f"/v1/units/BIG.{n:04}", unit).status == 201
    systems = ["mailbox", "td-office", "e-office", "certificate"]
    refused = district.post("/v1/reports", {"unit": "BIG", "period": month(), "accept_incomplete": True, "systems": systems})
    assert (refused.status, refused.code) == (422, "report_too_large"), refused
    smaller = district.post("/v1/reports", {"unit": "BIG", "period": month(), "accept_incomplete": True, "systems": systems[:1]})
    assert smaller.status == 201 and len(smaller.json["figures"]["sheets"][0]["rows"]) == 1001
    assert content(district, smaller.json["id"], "xlsx").body.startswith(b"PK")


def test_only_reports_of_the_subtree_exist(service, district):
    whole, part = freeze(district), freeze(district, unit="T1.04")
    secret = district.post("/v1/tokens", {"name": "xã", "scopes": ["coverage:read", "reports:write"], "unit": "T1.04"}).json["secret"]
    local = service.client(secret)
    assert local.get(f"/v1/reports/{whole['id']}").code == "report_not_found"
    assert local.get(f"/v1/reports/{whole['id']}/content").code == "report_not_found"
    assert local.get(f"/v1/reports/{part['id']}").status == 200
    assert {r["unit"]["code"] for r in local.get("/v1/reports").json["items"]} == {"T1.04"}
    mine = local.post("/v1/reports", {"period": month(), "accept_incomplete": True})
    assert mine.status == 201 and mine.json["unit"]["code"] == "T1.04", "default: the top of the token"
    assert local.post("/v1/reports", {"unit": "T1", "period": month()}).code == "validation_failed"
    reader = service.client(district.post("/v1/tokens", {"name": "đọc", "scopes": ["coverage:read"]}).json["secret"])
    assert reader.post("/v1/reports", {"unit": "T1", "period": month()}).code == "scope_missing"


def test_lists_of_people_only_for_those_who_may_see_names(service, district):
    locked = freeze(district, kind="locked_accounts", systems=["mailbox"])
    [person] = locked["figures"]["sheets"][0]["people"]
    assert (person["full_name"], person["stage"], person["reason"], person["unit_code"]) == ("Phạm Thị Dung", "locked", "inactivity", "T1.03")
    since, until = (datetime.date.fromisoformat(person[name]) for name in ("since_on", "revoke_on"))
    assert (until - since).days == 180, "the policy's time"
    unused = freeze(district, kind="unused_accounts", systems=["mailbox"])
    stages = {p["full_name"]: p["stage"] for p in unused["figures"]["sheets"][0]["people"]}
    assert stages["Trần Thị Bích"] == "missing" and stages["Nguyễn Văn An"] == "not_activated"
    reader = service.client(district.post("/v1/tokens", {"name": "không tên", "scopes": ["coverage:read", "reports:write"]}).json["secret"])
    assert reader.get(f"/v1/reports/{locked['id']}").json["figures"] is None
    assert reader.get(f"/v1/reports/{locked['id']}/content", format="csv").code == "scope_missing"
    assert reader.post("/v1/reports", {"unit": "T1", "kind": "locked_accounts", "period": month()}).code == "validation_failed"
    assert reader.patch(f"/v1/reports/{locked['id']}", {"number": "3/BC"}).status == 200
    assert reader.patch(f"/v1/reports/{locked['id']}", {"refreeze": True, "accept_incomplete": True}).code == "scope_missing", "names are not read by freezing them anew"
    assert district.patch(f"/v1/reports/{locked['id']}", {"state": "final"}).status == 200
    assert reader.post(f"/v1/reports/{locked['id']}/revisions", {"accept_incomplete": True}).code == "scope_missing"
    rows = list(csv.reader(io.StringIO(content(district, locked["id"], "csv", lang="vi", csv_delimiter="semicolon").body.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][1:5] == ["STT", "Họ và tên", "Chức vụ", "Đơn vị"] and rows[1][2] == "Phạm Thị Dung" and rows[1][7] == "Lâu không dùng"


def test_scoring_lines(district):
    lines = [{"system": "mailbox", "figure": "issued", "max_points": 1.5, "evidence": "Phụ lục I"}, {"system": "mailbox", "figure": "regular", "max_points": 2}]
    report = freeze(district, kind="indicators", systems=["mailbox"], indicators=lines)
    counts = report["figures"]["sheets"][0]["rows"][0]["counts"]
    first, second = report["figures"]["indicators"]
    assert (first["a"], first["b"], first["max_points_hundredths"]) == (counts["issued"], counts["base"], 150)
    assert (second["a"], second["b"]) == (None, None)
    rows = list(csv.reader(io.StringIO(content(district, report["id"], "csv", lang="en").body.decode("utf-8-sig"), newline="")))
    points = (2 * counts["issued"] * 150 + counts["base"]) // (2 * counts["base"]) / 100
    assert rows[1][2:9] == [str(counts["issued"]), str(counts["base"]), f"{percent(counts['issued'], counts['base']) * 100:.2f}", "1.50", f"{points:.2f}", "0", "Phụ lục I"]
    assert rows[2][4] == rows[2][6] == "unknown"


@pytest.fixture(scope="module")
def school(district):
    for n in (1, 3):
        assert district.put(f"/v1/staff/K-{n}/accounts/mailbox", {"state": "closed"}).status in (200, 202)
    return district


def test_some_categories_only(school):
    report = freeze(school, unit="K1", categories=["vien_chuc"])
    live = school.get("/v1/coverage", unit="K1", depth=1, system="mailbox", category="vien_chuc", period=month()).json["rows"]
    found = {row["code"]: row["counts"] for row in report["figures"]["sheets"][0]["rows"]}
    assert report["categories"] == report["figures"]["categories"] == ["vien_chuc"]
    for row in live:
        counts = found[row["unit"]["code"]]
        assert [counts[n] for n in ("headcount", "recorded", "eligible", "issued")] == [row[n] for n in ("headcount", "recorded", "eligible", "issued")]
    declared = [(found[u]["headcount"], found[u]["unrecorded"], found[u]["over_recorded"], found[u]["base"], found[u]["issued"]) for u in ("K1.01", "K1.02", "K1")]
    # K1.02 said nothing of its public employees: null, not 0
    assert declared == [(3, 2, 0, 3, 0), (None, None, None, 1, 1), (3, 2, 0, 4, 1)]
    assert freeze(school, unit="K1", categories=None)["categories"] is None
    assert {c["recorded"] for c in (freeze(school, unit="K1")["figures"]["sheets"][0]["rows"][0]["counts"],)} == {4}
    for lang, title in (("vi", "Tình hình cấp và sử dụng Hộp thư điện tử công vụ, TD.Office (chỉ tính viên chức)"), ("en", "(only: public employee)")):
        assert title in content(school, report["id"], "html", lang=lang).body.decode()
    book = zipfile.ZipFile(io.BytesIO(content(school, report["id"], "xlsx", lang="vi").body))
    lines = {row[1]: row for row in sheet(book, 1) if len(row) == 19}
    assert lines["Phòng Hai"][2:6] == ["–", "–", 1, 1] and lines["TỔNG CỘNG"][2:6] == [3, 2, 4, 1]
    assert ["Đối tượng được tính", "viên chức"] in [row[:2] for row in sheet(book, 3)]


def test_revoked_accounts_and_lists_of_some_categories(school):
    for category, revoked, unit in (("vien_chuc", 1, "K1.01"), ("cong_chuc", 1, "K1.02")):
        report = freeze(school, unit="K1", categories=[category], systems=["mailbox"])
        counts = {row["code"]: row["counts"] for row in report["figures"]["sheets"][0]["rows"]}
        assert counts["K1"]["revoked"] == revoked == counts[unit]["revoked"], "who was of the category on the day it stopped"
    missing = freeze(school, unit="K1", kind="unused_accounts", categories=["cong_chuc"], systems=["mailbox"])
    assert {p["full_name"]: p["stage"] for p in missing["figures"]["sheets"][0]["people"]} == {"Đinh Công A": "not_activated", "Đinh Công D": "missing"}
    assert "(chỉ tính công chức)" in content(school, missing["id"], "html", lang="vi").body.decode()


def test_scoring_lines_of_some_categories(school):
    lines = [{"system": system, "figure": "issued", "max_points": 1} for system in ("mailbox", "certificate")]
    scores = freeze(school, unit="K1", kind="indicators", categories=["cong_chuc", "vien_chuc"], indicators=lines)
    assert [(i["a"], i["b"], i["issued_beyond"]) for i in scores["figures"]["indicators"]] == [(2, 6, 0), (0, 0, 4)]
    scores = freeze(school, unit="K1", kind="indicators", categories=["cong_chuc"], indicators=lines)
    assert [(i["a"], i["b"], i["issued_beyond"]) for i in scores["figures"]["indicators"]] == [(1, 2, 0), (0, 0, 2)]
    assert "(chỉ tính công chức)" in content(school, scores["id"], "html", lang="vi").body.decode()


def test_a_draft_of_some_categories_is_counted_again_for_them(school):
    draft = freeze(school, unit="K1", categories=["cong_chuc"], systems=["mailbox"])
    again = school.patch(f"/v1/reports/{draft['id']}", {"refreeze": True, "accept_incomplete": True})
    assert again.status == 200 and again.json["figures"]["sheets"] == draft["figures"]["sheets"] and again.json["categories"] == ["cong_chuc"]


def test_certificates_that_nobody_must_have_are_counted_beside_a_and_b(district):
    """Two hold one and nobody must: the paper, the files and the scoring line say 2, and no rate does."""
    for person in ("R-0", "R-6"):
        assert district.put(f"/v1/staff/{person}/accounts/certificate/observation", {"state": "active"}).status == 200
    report = freeze(district, systems=["certificate"])
    counts = {row["code"] if row["row_kind"] == "unit" else row["row_kind"]: row["counts"] for row in report["figures"]["sheets"][0]["rows"]}
    assert {name: c["issued_beyond"] for name, c in counts.items() if c["issued_beyond"]} == {"total": 2, "T1.01": 1, "T1.04": 1}
    assert (counts["total"]["issued"], counts["total"]["base"]) == (0, 0) and report["systems"][0]["coverage"] is None
    page = content(district, report["id"], "html", lang="vi").body.decode()
    assert "Ngoài ra đã cấp cho 2 người không thuộc diện phải cấp, không tính vào tỷ lệ." in page
    table = list(csv.reader(io.StringIO(content(district, report["id"], "csv", lang="vi").body.decode("utf-8-sig"), newline="")))
    assert table[0][18] == "Cấp ngoài diện phải cấp" and table[-1][18] == "2"
    book = zipfile.ZipFile(io.BytesIO(content(district, report["id"], "xlsx", lang="vi").body))
    assert [row[17] for row in annex_lines(sheet(book, 1)) if row[1] == "TỔNG CỘNG"] == [2]
    scores = freeze(district, kind="indicators", systems=["certificate"],
                    indicators=[{"system": "certificate", "figure": figure, "max_points": 1} for figure in ("issued", "used")])
    assert [(i["a"], i["b"], i["issued_beyond"]) for i in scores["figures"]["indicators"]] == [(0, 0, 2), (None, None, None)]
    line = list(csv.reader(io.StringIO(content(district, scores["id"], "csv", lang="vi").body.decode("utf-8-sig"), newline="")))[1]
    assert line[2:8] == ["0", "0", "–", "1.00", "–", "2"]


def test_units_where_nobody_must_have_it_are_one_line_that_says_how_many(district):
    """In every format; their figures stay in it, so the lines of a group still add up to it."""
    assert district.put("/v1/staff/R-6/accounts/certificate/observation", {"state": "active"}).status == 200
    report = freeze(district, systems=["certificate"])
    rows = [row for row in report["figures"]["sheets"][0]["rows"] if row["row_kind"] == "unit"]
    bare = [row for row in rows if row["counts"]["base"] == 0 and not row["counts"]["issued_beyond"]]
    offices = [row for row in bare if row["group"] == "offices"]
    assert offices and "T1.04" not in {row["code"] for row in bare}, "who has one without need is named"
    said = f"{len(offices)} đơn vị không có người thuộc diện phải cấp"
    lines = list(csv.reader(io.StringIO(content(district, report["id"], "csv", lang="vi").body.decode("utf-8-sig"), newline="")))
    names = [line[2] for line in lines]
    assert not {row["name"]["vi"] for row in bare} & set(names) and "UBND xã Lâm Sơn" in names
    line = lines[names.index(said, names.index("Cơ quan chuyên môn"))]
    known = [row["counts"]["headcount"] for row in offices if row["counts"]["headcount"] is not None]
    assert line[1] == "" and line[5:8] == ["0", "0", "–"] and line[3] == (str(sum(known)) if known else "–")
    page = content(district, report["id"], "html", lang="vi").body.decode()
    assert said in page and f"Units where nobody is to be issued: {len(offices)}" in content(district, report["id"], "html", lang="en").body.decode()
    for format in ("xlsx", "docx"):
        book = zipfile.ZipFile(io.BytesIO(content(district, report["id"], format, lang="vi").body))
        assert any(said in book.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "word/document.xml") if name in book.namelist())


def test_formats_by_accept_and_by_parameter(district):
    report = freeze(district)
    path = f"/v1/reports/{report['id']}/content"
    for accept, media in (("text/html",) * 2, ("application/pdf",) * 2, ("text/csv",) * 2, ("*/*", "application/json"),
                          ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",) * 2):
        answer = district.call("GET", path, None, {"Accept": accept})
        assert answer.status == 200 and answer.headers["Content-Type"].split(";")[0] == media
        again = district.call("GET", path, None, {"Accept": accept, "If-None-Match": answer.etag})
        assert again.status == 304 and not again.body
    disposition = content(district, report["id"], "xlsx", lang="vi").headers["Content-Disposition"]
    assert disposition == f"attachment; filename=\"bao-cao-T1-{month()}.xlsx\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20T1%20{month()}.xlsx"
    assert district.call("GET", path, None, {"Accept": "image/png"}).code == "not_acceptable"
    assert district.get(path, format="odt").code == "validation_failed"
    assert content(district, report["id"], "csv").headers["Content-Language"] == "en"
    assert b"Hu" in content(district, report["id"], "html", lang="vi").body


def test_comparison_with_the_final_report_of_the_period_before(district):
    first = district.post("/v1/reports", {
        "unit": "T1", "systems": ["mailbox"], "from": "2026-01-01", "to": "2026-01-31", "state": "final", "accept_incomplete": True}).json
    assert first.get("population") == "reconstructed", first
    second = district.post("/v1/reports", {"unit": "T1", "systems": ["mailbox"], "from": "2026-02-01", "to": "2026-03-03", "compare": True, "accept_incomplete": True}).json
    assert second["figures"]["sheets"][0]["previous"]["report"] == first["id"]
    assert second["figures"]["sheets"][0]["previous"]["counts"] == first["figures"]["sheets"][0]["rows"][0]["counts"]


def test_of_a_list_frozen_anew_by_somebody_who_sees_more_its_maker_sees_no_names(service, district):
    """The maker is of the government's block; whoever is of everything adds the Party's people."""
    secret = district.post("/v1/tokens", {"name": "người lập", "scopes": ["staff:read", "coverage:read", "reports:write"], "unit": "T1"}).json["secret"]
    maker = service.client(secret)
    made = freeze(maker, kind="unused_accounts", systems=["mailbox"])
    path = f"/v1/reports/{made['id']}"
    names = {p["full_name"] for p in made["figures"]["sheets"][0]["people"]}
    assert names and "Hoàng Văn Em" not in names and maker.get(path).status == 200
    wider = district.patch(path, {"refreeze": True, "accept_incomplete": True}).json
    assert "Hoàng Văn Em" in {p["full_name"] for p in wider["figures"]["sheets"][0]["people"]}
    assert maker.get(path).code == "report_not_found" and maker.get(f"{path}/content").code == "report_not_found"
    assert made["id"] not in {r["id"] for r in maker.get("/v1/reports").json["items"]}


def test_pages_begin_with_the_newest(district):
    ids = [freeze(district, unit="T1.02")["id"] for _ in range(3)]
    seen, token = [], None
    while True:
        page = district.get("/v1/reports", unit="T1.02", page_size=2, **({"page_token": token} if token else {})).json
        seen += [r["id"] for r in page["items"]]
        token = page["next_page_token"]
        if not token:
            break
    assert set(ids) <= set(seen) and len(seen) == len(set(seen))
    [newest] = district.get("/v1/reports", unit="T1.02", page_size=1).json["items"]
    assert newest["id"] in ids, "in one second any of them may be the newest"
    assert newest == {k: v for k, v in district.get(f"/v1/reports/{newest['id']}").json.items() if k not in ("figures", "superseded_by")}, "of each all but its lines"


@pytest.mark.parametrize("body, at, code", [
    ({"unit": "T1"}, "#/period", "required"),
    ({"unit": "T1", "period": "2026-13"}, "#/period", "bad_format"),
    ({"unit": "T1", "period": "2199"}, "#/period", "out_of_range"),
    ({"unit": "T1", "period": "2026-01", "from": "2026-01-01"}, "#/period", "not_together"),
    ({"unit": "T1", "from": "2026-02-01", "to": "2026-01-01"}, "#/from", "out_of_range"),
    ({"period": "2026-01"}, "#/unit", "required"),
    ({"unit": "nowhere", "period": "2026-01"}, "#/unit", "not_found"),
    ({"unit": "T1", "period": "2026-01", "systems": ["pigeon"]}, "#/systems/0", "not_found"),
    ({"unit": "T1", "period": "2026-01", "kind": "indicators"}, "#/indicators", "required"),
    ({"unit": "T1", "period": "2026-01", "indicators": [{"system": "mailbox", "figure": "used", "max_points": 1.234}]}, "#/indicators/0/max_points", "wrong_type"),
    ({"unit": "T1", "period": "2026-01", "categories": []}, "#/categories", "too_few"),
    ({"unit": "T1", "period": "2026-01", "categories": ["cong_chuc", "baker"]}, "#/categories/1", "not_allowed_value"),
    ({"unit": "T1", "period": "2026-01", "kind": "indicators", "indicators": [{"system": "mailbox", "figure": "used", "max_points": 1, "code": "-1"}]}, "#/indicators/0/code", "bad_format"),
    ({"unit": "T1", "period": "2026-01", "kind": "indicators", "indicators": [{"system": "mailbox", "figure": "used", "max_points": 1},
      {"system": "mailbox", "figure": "issued", "max_points": 1, "code": "mailbox.used"}]}, "#/indicators/1/code", "duplicate"),
    ({"unit": "T1", "period": "2026-01", "comment": "a\u0007b"}, "#/comment", "bad_characters"),
])
def test_questions_that_cannot_be(district, body, at, code):
    answer = district.post("/v1/reports", body)
    assert answer.status == 422 and (at, code) in {(e.get("pointer"), e["code"]) for e in answer.json["errors"]}, answer
