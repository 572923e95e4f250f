"""Lists as people send them: what is read out of them, and what is said to be looked at. files/ was written by LibreOffice, openpyxl and
others (make.py); the lists below are typed as clerks type them."""
import csv
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import unicodedata

import pytest
from charsets import tcvn3, vni, windows_1258
from test_hostile import book, sheet

HERE = pathlib.Path(__file__).resolve().parent
FILES = HERE / "files"
TOOL = pathlib.Path(os.environ.get("CONGVU_BUILD", "")) / "service/intake/read_list"
pytestmark = pytest.mark.skipif(not os.environ.get("CONGVU_BUILD"), reason="CONGVU_BUILD is not set")


def read(kind, path, *more):
    out = subprocess.run([str(TOOL), kind, str(path), *more], capture_output=True, text=True, timeout=60)
    assert out.returncode == 0, out
    first, *rows = [json.loads(line) for line in out.stdout.splitlines()]
    return first, rows


def notes_of(row):
    return list(zip(row["notes"][::2], row["notes"][1::2]))


CANON = [
    ("Nguyễn Văn An", "NS-0001", "1980", "Trưởng phòng", "Phòng Nội vụ", "cong_chuc", "+84912345678"),
    ("Trần Thị Hương", "NS-0002", "1985", "Chuyên viên", "Phòng Nội vụ", "cong_chuc", "+84912345679"),
    ("Đặng Thái Sơn", "NS-0003", "1990", "Viên chức", "Trung tâm Y tế", "vien_chuc", "+84912345680"),
    ("Huỳnh Tấn Tài", "NS-0004", "1979", "Lái xe", "Văn phòng", "nld_hop_dong", "+84912345681"),
    ("Lý Thị Mỹ Hạnh", "NS-0005", "1992", "Văn thư", "Văn phòng", "cong_chuc", "+84912345682"),
]
FIELDS = ("full_name", "staff_code", "birth", "title", "unit", "category", "mobile")


@pytest.mark.parametrize("name, encoding", [
    ("openpyxl.xlsx", "utf-8"), ("libreoffice.xlsx", "utf-8"), ("libreoffice-utf8.csv", "utf-8"), ("libreoffice-utf16.csv", "utf-16le"),
    ("libreoffice-tab.csv", "utf-8"), ("excel-vn.csv", "utf-8"), ("excel-unicode-text.txt", "utf-16le"), ("macos-nfd.csv", "utf-8"),
    ("windows-1258.csv", "windows-1258"), ("tcvn3.csv", "tcvn3"), ("vni.csv", "vni"), ("vntime-font.xlsx", "tcvn3"), ("vni-font.xlsx", "vni")])
def test_one_list_however_it_is_written(name, encoding):
    about, rows = read("staff", FILES / name)
    assert (about["encoding"], about["decoded"]) == (encoding, encoding in ("windows-1258", "tcvn3", "vni"))
    assert [tuple(r.get(f) for f in FIELDS) for r in rows] == CANON
    assert {r["state"] for r in rows} == {"ready"}


@pytest.mark.parametrize("name", ["merged.xlsx", "merged-libreoffice.xlsx"])
def test_merged_cells_titles_above_numbers_below_headings_sums_and_signatures(name):
    about, rows = read("staff", FILES / name)
    assert about["heading_row"] == 4
    assert [(r["row"], r.get("skipped")) for r in rows] == [(5, "numbering"), (6, None), (7, None), (8, None), (9, None), (10, None), (12, "total"), (14, "remark")]
    people = [r for r in rows if r["state"] != "skipped"]
    assert [r["unit"] for r in people] == [c[4] for c in CANON]
    assert notes_of(people[1]) == [("H", "lost_zero"), ("F", "merged")]
    assert people[2]["state"] == "failed" and ("C", "formula") in notes_of(people[2])


@pytest.mark.parametrize("written", ["xlsx", "csv"])
def test_faults_as_a_spreadsheet_keeps_them(written):
    about, rows = read("staff", FILES / f"faults-libreoffice.{written}")
    assert about["columns"] == ["number", "full_name", "mobile", "address", "-", "unit", "title"]
    assert [(r["row"], r["state"], notes_of(r)) for r in rows] == [
        (2, "needs_review", [("C", "lost_zero"), ("D", "bad_address")]),  # @ninhthuan.go
        (3, "needs_review", [("C", "lost_zero"), ("D", "bad_address"), ("F", "title_in_unit")]),  # the address over two cells
        (4, "needs_review", [("D", "bad_address")]),  # @gov.vn alone; blanks that do not break
        (5, "needs_review", [("B", "two_people")]),
        (6, "skipped", []), (7, "skipped", []),  # the end of an address; III
        (8, "failed", [("A", "numbering_gap"), ("B", "bad_characters"), ("C", "lost_zero"), ("D", "bad_address"), ("F", "unit_from_group")])]
    assert rows[2]["full_name"] == "Nguyễn Văn An" and rows[2]["unit"] == "Phòng Nội vụ" and rows[6]["unit"] == "TRƯỜNG HỌC"
    _, counts = read("headcounts", FILES / f"counts-libreoffice.{written}")
    assert [(r["state"], r.get("total"), r.get("establishment")) for r in counts] == [("ready", "150", "41"), ("needs_review", None, "1200"), ("ready", "150", "1200")]


@pytest.mark.parametrize("name, words", [("libreoffice.xls", ".xls"), ("libreoffice.ods", ".ods")])
def test_what_is_not_read_is_refused_by_name(name, words):
    about, rows = read("staff", FILES / name)
    assert about["refused"] and words in about["en"] and words in about["vi"] and rows == []


# ---- lists as they are typed: heading, then rows; `;` between cells ----
# name: (kind, text, [(row, state, {fields}, [(column, note)])])
TYPED = {
    "lost-zeros-and-floats": ("staff", "STT;Họ và tên;Di động\n1;Lê An;912345678\n2;Lê Bình;912345678.0\n3;Lê Chi;84912345678\n4;Lê Dũng;+84 912 345 678\n5;Lê Đức;0912.345.678\n", [
        (2, "ready", {"mobile": "+84912345678"}, [("C", "lost_zero")]), (3, "ready", {"mobile": "+84912345678"}, [("C", "lost_zero")]),
        (4, "ready", {"mobile": "+84912345678"}, []), (5, "ready", {"mobile": "+84912345678"}, []), (6, "ready", {"mobile": "+84912345678"}, [])]),
    "phones-that-are-none": ("staff", "Họ tên;Số điện thoại sử dụng Zalo\nLê An;0912345678/0987654321\nLê Bình;09123\nLê Chi;không có\n", [
        (2, "needs_review", {"mobile": None}, [("B", "two_phones")]), (3, "needs_review", {"mobile": None}, [("B", "bad_phone")]), (4, "needs_review", {"mobile": None}, [("B", "bad_phone")])]),
    "dates": ("staff", "Họ tên;Ngày sinh;Ngày hiệu lực\nLê An;5/11/1980;ngày 05 tháng 11 năm 2026\nLê Bình;1975;2026-11-05\nLê Chi;11/1980;31/02/2026\nLê Dũng;05/11/80;1.12.2026\n", [
        (2, "ready", {"birth": "1980", "effective_on": "2026-11-05"}, []), (3, "ready", {"birth": "1975", "effective_on": "2026-11-05"}, []),
        (4, "needs_review", {"birth": "1980", "effective_on": None}, [("C", "bad_day")]), (5, "needs_review", {"birth": None, "effective_on": "2026-12-01"}, [("B", "bad_birth")])]),
    "addresses-cut-off": ("staff", "Họ tên;Mail công vụ\nLê An;anl@tinh\nLê Bình;binhl\nLê Chi;chil @tinh.gov.vn\nLê Dũng;dungl@tinh,gov.vn\nLê Đức;DucL@Tinh.Gov.Vn\nLê Hà;@gov.vn\n", [
        (2, "needs_review", {"address": None}, [("B", "bad_address")]), (3, "needs_review", {}, [("B", "bad_address")]), (4, "needs_review", {}, [("B", "bad_address")]),
        (5, "needs_review", {}, [("B", "bad_address")]), (6, "ready", {"address": "ducl@tinh.gov.vn"}, []), (7, "needs_review", {}, [("B", "bad_address")])]),
    "domains-cut-off": ("staff", "Họ tên;Email\nLê An;anl@tinh.go\nLê Bình;binhl@tinh.gov\nLê Chi;chil@tinh.gov.v\nLê Dũng;dungl@gov.vn\nLê Đức;ducl@tinh.gov.vn\n", [
        (2, "needs_review", {"address": None}, [("B", "bad_address")]), (3, "needs_review", {}, [("B", "bad_address")]), (4, "needs_review", {}, [("B", "bad_address")]),
        (5, "needs_review", {}, [("B", "bad_address")]), (6, "ready", {"address": "ducl@tinh.gov.vn"}, [])]),
    "address-over-two-cells": ("staff", "Họ tên;Email;\nLê An;anl@tinh;.gov.vn\nLê Bình;binhl@tinh.;\n;gov.vn;\nLê Chi;chil@tinh.gov.vn;\n", [
        (2, "needs_review", {"address": None}, [("B", "bad_address")]), (3, "needs_review", {"address": None}, [("B", "bad_address")]), (4, "skipped", {}, []), (5, "ready", {"unit": None}, [])]),
    "title-in-the-unit-column": ("staff", "Họ tên;Chức vụ;Phòng ban/Bộ phận\nLê An;;Phó Trưởng phòng\nLê Bình;Chuyên viên;Chủ tịch UBND xã\nLê Chi;Kế toán;Phòng Kế toán\n", [
        (2, "needs_review", {}, [("C", "title_in_unit")]), (3, "needs_review", {}, [("C", "title_in_unit")]), (4, "ready", {"unit": "Phòng Kế toán"}, [])]),
    "numbers-of-a-spreadsheet": ("headcounts", "Đơn vị;Tổng số;Biên chế\nA;150.00000000000003;149.99999999999997\nB;150.5;12.3456\nC;41.0;1 200\nD;1.20;1.200\nE;1,200;-5\n", [
        (2, "ready", {"total": "150", "establishment": "150"}, [("B", "rounded"), ("C", "rounded")]), (3, "needs_review", {"total": None}, [("B", "bad_number"), ("C", "bad_number")]),
        (4, "ready", {"total": "41", "establishment": "1200"}, [("B", "rounded")]), (5, "needs_review", {"total": None, "establishment": "1200"}, [("B", "bad_number")]),
        (6, "needs_review", {}, [("B", "bad_number"), ("C", "bad_number")])]),
    "headings-met": ("staff", "TT;Tên người dùng;mail công vụ;Di động;Phòng ban/Bộ phận\n1;Lê Thị Hoà;hoalt@tinh.gov.vn;0912345678;Văn phòng\n", [
        (2, "ready", {"full_name": "Lê Thị Hoà", "address": "hoalt@tinh.gov.vn", "mobile": "+84912345678", "unit": "Văn phòng"}, [])]),
    "address-of-the-row-above": ("staff", "Họ tên;Địa chỉ thư công vụ\nLê An;anl@tinh.gov.vn\nLê Bình;anl@tinh.gov.vn\n", [
        (2, "ready", {}, []), (3, "needs_review", {"address": None}, [("B", "same_as_above")])]),
    "address-over-two-lines": ("staff", 'Họ tên;Email\nLê An;"anl@tinh\n.gov.vn"\n', [(2, "needs_review", {"address": None}, [("B", "bad_address")])]),
    "groups": ("staff", "STT;Họ và tên;Đơn vị\nI;PHÒNG NỘI VỤ;\n1;Lê An;\n2;Lê Bình;\nII.;Văn phòng;\n3;Lê Chi;\n", [
        (2, "skipped", {}, []), (3, "ready", {"unit": "PHÒNG NỘI VỤ"}, [("C", "unit_from_group")]), (4, "ready", {"unit": "PHÒNG NỘI VỤ"}, [("C", "unit_from_group")]),
        (5, "skipped", {}, []), (6, "ready", {"unit": "Văn phòng"}, [("C", "unit_from_group")])]),
    "groups-in-the-first-cell": ("staff", "STT;Họ và tên;Chức vụ;Đơn vị\nA. Khối Đảng;;;\n1;Lê An;CV;\n", [(2, "skipped", {}, []), (3, "ready", {"unit": "Khối Đảng"}, [("D", "unit_from_group")])]),
    "headings-on-each-page": ("staff", "STT;Họ tên;Chức vụ\n1;Lê An;CV\nSTT;Họ tên;Chức vụ\n2;Lê Bình;CV\n", [(2, "ready", {}, []), (3, "skipped", {}, []), (4, "ready", {}, [])]),
    "numbers-of-columns-below-a-remark": ("staff", "STT;Họ và tên;Chức vụ\n;Đơn vị tính: người;\n1;2;3\n1;Nguyễn Văn An;CV\n", [(2, "skipped", {}, []), (3, "skipped", {}, []), (4, "ready", {"full_name": "Nguyễn Văn An"}, [])]),
    "gaps-in-the-numbering": ("staff", "STT;Họ tên\n1;Lê An\n2;Lê Bình\n4;Lê Chi\n", [(2, "ready", {}, []), (3, "ready", {}, []), (4, "ready", {}, [("A", "numbering_gap")])]),
    "forms-of-address": ("staff", "Họ và tên;Chức vụ\nÔng/Bà Lê An;CV\nBà Nguyễn Thị Lan;CV\nÔng Ích Khiêm;CV\nThS. Lê Bình;CV\n1. Lê Chi;CV\nLê Dũng 2;CV\nLê Giang ThS;CV\n", [
        (2, "failed", {}, [("A", "bad_characters")]), (3, "failed", {}, [("A", "bad_characters")]), (4, "ready", {"full_name": "Ông Ích Khiêm"}, []),
        (5, "failed", {}, [("A", "bad_characters")]), (6, "failed", {}, [("A", "bad_characters")]), (7, "failed", {}, [("A", "bad_characters")]), (8, "failed", {}, [("A", "bad_characters")])]),
    "two-people-in-one-cell": ("staff", 'Họ và tên;Chức vụ\n"Lê An\nLê Bình";CV\nLê An, Lê Bình;CV\nLê Thị An Trần Văn Bình Nhỏ;CV\n', [
        (2, "needs_review", {}, [("A", "two_people")]), (3, "failed", {}, [("A", "bad_characters")]), (4, "needs_review", {}, [("A", "two_people")])]),
    "capitals": ("staff", "Họ và tên;Chức vụ\nNGUYỄN THỊ ÁNH;CV\nk'bảy;CV\nÐINH VĂN ÐỨC;CV\nHồ Kim ánh;CV\n", [
        (2, "ready", {"full_name": "Nguyễn Thị Ánh"}, [("A", "capitals")]), (3, "ready", {"full_name": "K'Bảy"}, [("A", "capitals")]), (4, "ready", {"full_name": "Đinh Văn Đức"}, [("A", "capitals")]), (5, "ready", {"full_name": "Hồ Kim Ánh"}, [("A", "capitals")])]),
    "given-name-first": ("staff", "Họ và tên;Chức vụ\nY Blô Êban;CV\nH'Hen Niê;CV\n", [(2, "needs_review", {}, [("A", "given_name_first")]), (3, "needs_review", {}, [("A", "given_name_first")])]),
    "name-in-two-columns": ("staff", "TT;Họ và tên đệm;Tên;Chức vụ\n1;Nguyễn Văn;An;CV\n2;;Bình;CV\n", [(2, "ready", {"full_name": "Nguyễn Văn An", "given_name": "An"}, []), (3, "ready", {"full_name": "Bình"}, [])]),
    "people-named-like-sums": ("roster", "STT;Họ đệm;Tên;Chức vụ\n1;Nguyễn Văn;Công;CV\n2;Tống;An;CV\n3;Tống;Công;CV\n;;Cộng;\n", [
        (2, "ready", {"full_name": "Nguyễn Văn Công"}, []), (3, "ready", {"full_name": "Tống An"}, []), (4, "ready", {"full_name": "Tống Công"}, []), (5, "skipped", {}, [])]),
    "people-named-like-sums-without-numbers": ("staff", "Họ đệm;Tên;Chức vụ\nNguyễn Văn;Công;CV\nTống;An;CV\nTổng;;2\n", [
        (2, "ready", {"full_name": "Nguyễn Văn Công"}, []), (3, "ready", {"full_name": "Tống An"}, []), (4, "skipped", {}, [])]),
    "no-name": ("staff", "STT;Họ tên;Chức vụ\n1;;CV\n", [(2, "failed", {}, [("B", "required")])]),
    "citizen-id-as-code": ("staff", "Họ tên;Số hiệu\nLê An;058080001234\nLê Bình;58080001234\n", [(2, "failed", {"staff_code": None}, [("B", "citizen_id")]), (3, "failed", {}, [("B", "citizen_id")])]),
    "citizen-id-is-not-kept": ("staff", "Họ tên;CCCD;Giới tính;Chức vụ\nLê An;058080001234;Nam;CV\n", [(2, "ready", {"full_name": "Lê An"}, [])]),
    "formulas-and-errors": ("staff", "Họ tên;Chức vụ;Số điện thoại\n=B2&C2;CV;#N/A\n", [(2, "failed", {"full_name": None, "mobile": None}, [("A", "formula"), ("C", "error_cell")])]),
    "categories": ("staff", "Họ tên;Đối tượng\nLê An;Công chức\nLê Bình;HĐ 111\nLê Chi;vien_chuc\nLê Dũng;Thuê khoán\n", [
        (2, "ready", {"category": "cong_chuc"}, []), (3, "ready", {"category": "nld_hop_dong"}, []), (4, "ready", {"category": "vien_chuc"}, []), (5, "needs_review", {"category": None}, [("B", "unknown_word")])]),
    "mixed-charsets": ("staff", "Họ tên;Chức vụ\nNguyễn Văn An;CV\nTrÇn ThÞ H­¬ng;CV\n", [(2, "ready", {}, []), (3, "failed", {"full_name": None}, [("A", "bad_charset")])]),
    "blanks-that-do-not-break": ("staff", "Họ tên;Đơn vị\n\u00a0Lê\u00a0 An\u200b;Phòng\u00a0Nội vụ\n", [(2, "ready", {"full_name": "Lê An", "unit": "Phòng Nội vụ"}, [])]),
    "a-sign-without-width-between-letters": ("staff", "Họ tên;Đơn vị\nNguyễn\u200bVăn Tý;Phòng Nội vụ\nLê An;Phòng\ufeffNội vụ\n", [
        (2, "failed", {"full_name": None}, [("A", "bad_characters")]), (3, "failed", {"unit": None}, [("B", "bad_characters")])]),
    "english-headings": ("staff", "No,Full name,Date of birth,Position,Department,Mobile,Email\n1,Lê An,1980-11-05,CV,Văn phòng,0912345678,an@x.vn\n", [
        (2, "ready", {"full_name": "Lê An", "birth": "1980", "title": "CV", "unit": "Văn phòng", "mobile": "+84912345678", "address": "an@x.vn"}, [])]),
    "sum-and-signature": ("staff", "STT;Họ tên;Chức vụ\n1;Lê An;CV\n;Tổng cộng: 1 người;\n;;Người lập biểu\n;;Ngày 05 tháng 11 năm 2026\n", [
        (2, "ready", {}, []), (3, "skipped", {}, []), (4, "skipped", {}, []), (5, "skipped", {}, [])]),
    "leavers": ("leavers", "STT;Số hiệu;Họ tên;Lý do nghỉ;Từ ngày;Số quyết định;Ngày ký\n1;NS-1;Lê An;Nghỉ hưu;01/12/2026;12/QĐ-UBND;05/11/2026\n2;;Lê Bình;Thôi việc;01/12/2026;;\n3;NS-3;;đi đâu đó;;;\n", [
        (2, "ready", {"staff_code": "NS-1", "reason": "nghi_huu", "effective_on": "2026-12-01", "decision_number": "12/QĐ-UBND", "signed_on": "2026-11-05"}, []),
        (3, "failed", {}, [("B", "required")]), (4, "needs_review", {"reason": None}, [("D", "unknown_word")])]),
    "headcounts": ("headcounts", "Đơn vị;Tổng số hiện có;Biên chế;Tính đến ngày\nPhòng Nội vụ;1.200;41;01/11/2026\nVăn phòng;ba;;01/11/2026\n", [
        (2, "ready", {"unit": "Phòng Nội vụ", "total": "1200", "establishment": "41", "on": "2026-11-01"}, []), (3, "needs_review", {"total": None}, [("B", "bad_number")])]),
    "counts-like-the-numbers-of-columns": ("headcounts", "STT;Mã đơn vị;Tổng số;Biên chế\n1;12;20;25\n2;13;21;26\n3;4;5;6\n", [
        (2, "ready", {"unit_code": "12", "total": "20", "establishment": "25"}, []), (3, "ready", {"unit_code": "13", "total": "21"}, []), (4, "ready", {"unit_code": "4", "total": "5"}, [])]),
    "numbers-of-columns": ("headcounts", "STT;Mã đơn vị;Tổng số;Biên chế\n1;2;3;4\n1;12;20;25\nSTT;Mã đơn vị;Tổng số;Biên chế\n(1);(2);(3);(4)\n2;13;21;26\n", [
        (2, "skipped", {}, []), (3, "ready", {"unit_code": "12"}, []), (4, "skipped", {}, []), (5, "skipped", {}, []), (6, "ready", {"unit_code": "13"}, [])]),
    "units": ("units", "Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc;Viết tắt\nH43.9.1;Phòng Tư pháp;Phòng;H43.9;tuphap\nH43.9.2;;Xã;H43.9;\n", [
        (2, "ready", {"unit_code": "H43.9.1", "unit_name": "Phòng Tư pháp", "unit_kind": "phong", "parent": "H43.9", "slug": "tuphap"}, []), (3, "failed", {}, [("B", "required")])]),
    "roster": ("roster", "Số hiệu;Họ và tên;Phòng ban/Bộ phận\nNS-1;Lê An;Phòng Nội vụ\n", [(2, "ready", {"staff_code": "NS-1", "unit": "Phòng Nội vụ"}, [])]),
}


@pytest.mark.parametrize("name", TYPED)
def test_typed(name, tmp_path):
    kind, text, wanted = TYPED[name]
    path = tmp_path / "list.csv"
    path.write_text(text)
    _, rows = read(kind, path)
    assert [(r["row"], r["state"], notes_of(r)) for r in rows] == [(row, state, notes) for row, state, _, notes in wanted]
    for seen, (_, _, fields, _) in zip(rows, wanted):
        assert {f: seen.get(f) for f in fields} == fields


def cells_of(number, *cells):
    """A row of a sheet: numbers as numbers."""
    return f'<row r="{number}">' + "".join(f'<c r="{c}{number}"><v>{v}</v></c>' if isinstance(v, (int, float)) else f'<c r="{c}{number}" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in zip("ABCD", cells)) + "</row>"


def test_a_number_of_a_spreadsheet_has_no_groups(tmp_path):
    path = tmp_path / "counts.xlsx"
    path.write_bytes(book(xl__worksheets__sheet1_xml=sheet(cells_of(1, "Đơn vị", "Tổng số", "Biên chế") + cells_of(2, "Phòng A", 12.125, "12.125") + cells_of(3, "Phòng B", 1200, 41))))
    _, rows = read("headcounts", path)
    assert [(r.get("total"), r.get("establishment"), notes_of(r)) for r in rows] == [(None, "12125", [("B", "bad_number")]), ("1200", "41", [])]


def test_a_row_without_cells_at_the_end_of_the_sheet_is_no_row(tmp_path):
    path = tmp_path / "ten.xlsx"
    people = cells_of(1, "Họ và tên", "Chức vụ") + "".join(cells_of(i, f"Lê {name}", "CV") for i, name in enumerate(GIVEN[:10], 2))
    path.write_bytes(book(xl__worksheets__sheet1_xml=sheet(people + '<row r="1048576" ht="20"/>')))
    about, rows = read("staff", path)
    assert not about.get("refused") and len(rows) == 10, about
    path.write_bytes(book(xl__worksheets__sheet1_xml=sheet(people + cells_of(1048576, "Lê Cuối", "CV"))))
    about, _ = read("staff", path)
    assert about["refused"] and "50000" in about["en"]


@pytest.mark.parametrize("kind, text, words", [
    ("staff", "a;b\n1;2\n", "headings"), ("leavers", "Họ tên;Lý do\nLê An;Nghỉ hưu\n", "Số hiệu"), ("headcounts", "Đơn vị;Ghi chú\nA;1\n", "Tổng số"),
    ("staff", 'Họ tên;Chức vụ\n"Lê An;CV\nLê Bình;CV\n', "Row 2: a quotation mark")])
def test_what_lacks_a_column_or_an_end_is_refused_with_the_place(kind, text, words, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(text)
    about, _ = read(kind, path)
    assert about["refused"] and words in about["en"]


FAMILY = "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đàng Bá Chamaléa Touneh Ya".split()
MIDDLE = "Văn Thị Hữu Đức Ngọc Quốc Minh Thanh Xuân Kim Bích Thùy Mỹ Tấn Gia".split()
GIVEN = "An Ánh Ân Bình Dũng Đạt Đức Hương Hoà Hùng Lan Long Nga Nữ Sơn Thủy Tuấn Tú Ước Vỹ Yến Quỳnh Khoẻ Nhựt Diễm".split()
UNITS = ["Phòng Nội vụ", "Phòng Kinh tế, Hạ tầng và Đô thị", "Văn phòng HĐND và UBND", "Trung tâm Phục vụ hành chính công", "Trường THCS Lê Đình Chinh"]


def twelve_hundred():
    chance = random.Random(7)
    head = "STT;Họ và tên;Ngày sinh;Số hiệu;Chức vụ;Đơn vị;Đối tượng;Số điện thoại"
    lines = [f"{i + 1};{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)};{1 + i % 28:02}/{1 + i % 12:02}/{1962 + i % 40};NS-{i:05};"
             f"{chance.choice(('Chuyên viên', 'Trưởng phòng', 'Phó Giám đốc', 'Kế toán', 'Giáo viên'))};{chance.choice(UNITS)};{chance.choice(('Công chức', 'Viên chức'))};09{i:08}"
             for i in range(1200)]
    return "\r\n".join([head, *lines]) + "\r\n"


def in_office(source, to, home):
    subprocess.run(["soffice", f"-env:UserInstallation=file://{home}/profile", "--headless", "--infilter=CSV:59,34,76,1,1/2/2/2/3/2/4/2/5/2/6/2/7/2/8/2", "--convert-to", to, "--outdir", home, source],
                   check=True, capture_output=True, timeout=300)


def test_one_list_of_twelve_hundred_however_it_is_written(tmp_path):
    """Alike to the last cell, whoever wrote it and in whatever letters."""
    text = twelve_hundred()
    written = {"excel-vn.csv": b"\xef\xbb\xbf" + text.encode(), "nfd.csv": unicodedata.normalize("NFD", text).encode(), "utf16.txt": b"\xff\xfe" + text.replace(";", "\t").encode("utf-16-le"),
               "tcvn3.csv": tcvn3(text), "vni.csv": vni(text), "windows-1258.csv": windows_1258(text)}
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
    if shutil.which("soffice"):
        in_office(tmp_path / "excel-vn.csv", "xlsx:Calc MS Excel 2007 XML", tmp_path)
        written["excel-vn.xlsx"] = None
    seen = {name: read("staff", tmp_path / name) for name in written}
    about, rows = seen.pop("excel-vn.csv")
    assert len(rows) == 1200 and {r["state"] for r in rows} == {"ready"} and about["encoding"] == "utf-8"
    assert rows[7]["full_name"] == text.splitlines()[8].split(";")[1]
    for name, (_, others) in seen.items():
        different = [(a, b) for a, b in zip(rows, others) if {f: a.get(f) for f in FIELDS} != {f: b.get(f) for f in FIELDS} or b["state"] != "ready"]
        assert len(others) == 1200 and different == [], (name, len(different), different[:2])


def test_twenty_thousand_rows_are_read_in_seconds_and_little_memory(tmp_path):
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(["STT", "Họ và tên", "Ngày sinh", "Số hiệu", "Đơn vị", "Điện thoại"])
    for i in range(20000):
        rows.writerow([i + 1, "Nguyễn Thị Hồng Ánh", "05/11/1980", f"NS-{i:05}", "Phòng Nội vụ", f"09{i:08}"])
    path = tmp_path / "large.csv"
    path.write_text(out.getvalue())
    child = subprocess.Popen([str(TOOL), "staff", str(path)], stdout=subprocess.PIPE)
    lines = sum(1 for _ in child.stdout)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert (lines, child.returncode) == (20001, 0)
    assert used.ru_maxrss < 256 * 1024 or "asan" in str(TOOL)  # KiB; the file alone has 1.3 MB


@pytest.mark.parametrize("language", ["vi", "en"])
def test_kinds_of_units_are_understood_in_the_consoles_own_words(language, tmp_path):
    words = dict(re.findall(r"^  unit_(so_nganh|ubnd_huyen|phong|ubnd_xa|dang|mat_tran|doan_the|su_nghiep|truong_hoc): '([^']*)'", (HERE.parents[1] / f"service/console/src/words/{language}.ts").read_text(), re.M))
    assert len(words) == 9
    path = tmp_path / "units.csv"
    path.write_text("Mã đơn vị;Tên đơn vị;Loại đơn vị\n" + "".join(f'K{n};Đơn vị {n};"{word}"\n' for n, word in enumerate(words.values())))
    _, rows = read("units", path)
    assert [r.get("unit_kind") for r in rows] == list(words)
