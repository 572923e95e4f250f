"""Lists as offices send them: two rows of headings, names over two columns, groups, sums and signatures, columns that look like others. Nobody is
made of a line that is no person, and of nobody a wrong name."""
import unicodedata

import pytest
from charsets import tcvn3, vni, windows_1258
from test_lists import FILES, notes_of, pytestmark, read  # noqa: F401 - the mark is of this module too


@pytest.mark.parametrize("written", ["xlsx", "csv"])
def test_two_rows_of_headings_and_all_that_stands_below(written):
    about, rows = read("staff", FILES / f"two-rows-libreoffice.{written}")
    assert about["columns"] == ["number", "full_name", "given_name", "birth", "birth", "title", "ignored", "mobile", "unit"]
    assert [(r["row"], r["state"], r.get("skipped")) for r in rows] == [
        (2, "skipped", "heading"), (3, "ready", None), (4, "ready", None), (5, "skipped", "group"), (6, "ready", None), (7, "skipped", "total"), (8, "skipped", "remark"), (9, "skipped", "remark"), (10, "skipped", "remark")]
    people = [r for r in rows if r["state"] == "ready"]
    assert [(p["full_name"], p["birth"], p.get("mobile")) for p in people] == [("Nguyễn Văn An", "1980", "+84912345678"), ("Trần Thị Hoa", "1985", "+84912345679"), ("Lê Bình", "1980", None)]
    assert ("D", "serial") in notes_of(people[2]) and people[2]["unit"] == "Văn phòng HĐND và UBND"


def test_days_of_the_other_epoch_are_the_same_days():
    _, rows = read("staff", FILES / "epoch-1904.xlsx")
    assert [r["birth"] for r in rows] == ["1980", "1985", "1990", "1979", "1992"]


def test_a_cover_sheet_is_passed_over_where_one_sheet_is_the_list():
    about, rows = read("staff", FILES / "cover.xlsx")
    assert about["sheet"] == "Danh sách" and {r["state"] for r in rows} == {"ready"}
    about, _ = read("staff", FILES / "cover.xlsx", "Hướng dẫn")
    assert about["refused"] and "“Hướng dẫn”" in about["vi"] and "“Danh sách”" in about["vi"], "who names a sheet gets it"


def test_a_list_that_lacks_a_column_is_no_cover():
    """Last month's sheet behind it is not read in its stead: which column is the name is for a person to say."""
    about, _ = read("staff", FILES / "lacks-a-column-first.xlsx")
    assert about["refused"] and "“Họ và tên”" in about["vi"]


def test_of_two_lists_behind_a_cover_none_is_guessed():
    about, _ = read("staff", FILES / "cover-two-lists.xlsx")
    assert about["refused"] and "“Hướng dẫn”" in about["vi"]
    assert read("staff", FILES / "cover-hidden-list.xlsx")[0]["sheet"] == "Danh sách", "what nobody sees is not meant"


def plain(text):
    return text.encode()


def nfd(text):
    return unicodedata.normalize("NFD", text).encode()


# name: (kind, how it is written, text, [(row, state or why it was skipped, {fields}, {codes of notes})])
LISTS = {
    "signatures": ("staff", plain, "STT;Họ và tên;Chức vụ\n1;Lê An;CV\n;Cộng: 1;\n;;Ninh Sơn, ngày     tháng     năm 2026\n;NGƯỜI LẬP BIỂU;CHỦ TỊCH\n;(Ký, ghi rõ họ tên);(Ký tên, đóng dấu)\n;Trần Thị Lập;Nguyễn Văn Ký\n", [
        (2, "ready", {}, set()), (3, "remark", {}, set()), (4, "remark", {}, set()), (5, "remark", {}, set()), (6, "remark", {}, set()), (7, "remark", {}, set())]),
    "groups-with-counts": ("staff", plain, "STT;Họ và tên;Chức vụ;Số người\nI;Phòng Nội vụ;;2\n1;Lê An;CV;\n;PHÒNG TƯ PHÁP;;\n2;Trương Thị Bình;CV;\n;Cộng;;1\nKhối Đảng;;;\n1;Đoàn Văn Chi;CV;\n", [
        (2, "group", {}, set()), (3, "ready", {"unit": "Phòng Nội vụ"}, {"unit_from_group"}), (4, "group", {}, set()), (5, "ready", {"unit": "PHÒNG TƯ PHÁP"}, {"unit_from_group"}),
        (6, "total", {}, set()), (7, "group", {}, set()), (8, "ready", {"unit": "Khối Đảng"}, {"unit_from_group"})]),
    "without-numbers": ("staff", plain, "Họ và tên;Chức vụ\nPHÒNG NỘI VỤ;\nLê An;CV\nTRƯỜNG THCS LÊ ĐÌNH CHINH;\nBàn Văn Dũng;GV\nBan Quản lý rừng;\nLê Đức;CV\nNgười lập biểu;\nTrần Thị Lập;\n", [
        (2, "group", {}, set()), (3, "ready", {"unit": "PHÒNG NỘI VỤ"}, {"unit_from_group"}), (4, "group", {}, set()), (5, "ready", {"full_name": "Bàn Văn Dũng", "unit": "TRƯỜNG THCS LÊ ĐÌNH CHINH"}, {"unit_from_group"}),
        (6, "group", {}, set()), (7, "ready", {"unit": "Ban Quản lý rừng"}, {"unit_from_group"}), (8, "remark", {}, set()), (9, "remark", {}, set())]),
    "units-among-people": ("staff", plain, "STT;Họ và tên;Chức vụ\n1;Phòng Nội vụ;CV\n2;Lê An;CV\n;Lê Bình;\n", [
        (2, "failed", {}, {"unit_as_name"}), (3, "ready", {}, set()), (4, "needs_review", {}, {"name_alone"})]),
    "columns-that-look-like-others": ("staff", plain, "STT;Họ và tên;Mã số thuế;Mã định danh cá nhân;Ngày vào Đảng;Chức vụ Đảng;Chức vụ chính quyền;Số điện thoại cơ quan;Số ĐTDĐ;Email cá nhân;Mail công vụ;Mã số CDNN;Ngày nghỉ hưu\n"
                                                     "1;Lê Văn An;8012345678;058080001234;03/02/2005;Chi ủy viên;Trưởng phòng;0259.3854.321;0912345678;an@gmail.com;anlv@ninhthuan.gov.vn;V.07.02.25;01/12/2041\n", [
        (2, "ready", {"staff_code": None, "unit_code": None, "hired_on": None, "effective_on": None, "title": "Trưởng phòng", "mobile": "+84912345678", "address": "anlv@ninhthuan.gov.vn"}, set())]),
    "whole-headings-first": ("staff", plain, "Họ tên;Chức danh nghề nghiệp;Vị trí việc làm, nhiệm vụ;Chức vụ\nLê An;Giáo viên THCS hạng II;Dạy Toán;Tổ trưởng\n", [(2, "ready", {"title": "Tổ trưởng"}, set())]),
    "school": ("staff", plain, "TRƯỜNG THCS LÊ ĐÌNH CHINH;;;\nDANH SÁCH GIÁO VIÊN;;;\nTT;Họ, chữ đệm;Tên;Ngày tháng năm sinh\n1;Nguyễn Thị;Hoa;5/9/1980\n2;;Bình;1975\n", [
        (4, "ready", {"full_name": "Nguyễn Thị Hoa", "birth": "1980"}, set()), (5, "ready", {"full_name": "Bình"}, set())]),
    "given-names-alone": ("staff", plain, "TT;Tên;Chức vụ\n1;Hoa;GV\n2;Lê Nam;GV\n", [(2, "needs_review", {}, {"given_name_alone"}), (3, "ready", {}, set())]),
    "beside-the-name": ("staff", plain, "TT;Họ và tên;;Chức vụ\n1;Nguyễn Văn An;Nam;GV\n2;Trần Thị Hoa;Nữ;GV\n", [(2, "needs_review", {}, {"name_over_two"}), (3, "needs_review", {}, {"name_over_two"})]),
    "name-over-two-columns-1258": ("staff", windows_1258, "TT;Họ và tên;;Chức vụ\n1;Đặng Thái;Sơn;GV\n2;Huỳnh Thị;Ánh;GV\n3;Võ Văn;Tùng;GV\n", [
        (2, "ready", {"full_name": "Đặng Thái Sơn"}, set()), (3, "ready", {"full_name": "Huỳnh Thị Ánh"}, set()), (4, "ready", {"full_name": "Võ Văn Tùng"}, set())]),
    "groups-tcvn3": ("staff", tcvn3, "STT;Họ và tên;Chức vụ;Đơn vị\nI;Phòng Nội vụ;;\n1;Nguyễn Đức Ước;Chuyên viên;\n2;Lý Thị Mỹ Hạnh;Văn thư;\n;Cộng: 2;;\n", [
        (2, "group", {}, set()), (3, "ready", {"full_name": "Nguyễn Đức Ước", "unit": "Phòng Nội vụ"}, {"unit_from_group"}), (4, "ready", {"full_name": "Lý Thị Mỹ Hạnh"}, {"unit_from_group"}), (5, "remark", {}, set())]),
    "two-rows-vni": ("staff", vni, "STT;Họ và tên;Ngày, tháng, năm sinh;;Chức vụ\n;;Nam;Nữ;\n1;Nguyễn Đức Ước;5/9/1975;;Chuyên viên\n2;Lý Thị Mỹ Hạnh;;6/10/1980;Văn thư\n", [
        (2, "heading", {}, set()), (3, "ready", {"birth": "1975"}, set()), (4, "ready", {"full_name": "Lý Thị Mỹ Hạnh", "birth": "1980"}, set())]),
    "two-rows-of-a-decision-nfd": ("leavers", nfd, "STT;Họ và tên;Số hiệu;Quyết định;;Lý do nghỉ;Từ ngày\n;;;Số;Ngày;;\n1;Lê An;NS-1;12/QĐ-UBND;05/11/2026;Nghỉ hưu theo chế độ;01/12/2026\n2;Lê Bình;NS-2;;;Chấm dứt HĐLĐ;1/12/2026\n3;Lê Chi;NS-3;;;Chuyển công tác về Sở Nội vụ;\n", [
        (2, "heading", {}, set()), (3, "ready", {"decision_number": "12/QĐ-UBND", "signed_on": "2026-11-05", "reason": "nghi_huu", "effective_on": "2026-12-01"}, set()),
        (4, "ready", {"reason": "het_hop_dong"}, set()), (5, "needs_review", {"reason": None}, {"unknown_word"})]),
    "two-rows-of-counts": ("headcounts", plain, "STT;Tên đơn vị;Tổng số;Trong đó;;\n;;;Công chức;Viên chức;HĐLĐ\n1;Phòng Nội vụ;12;10;;2\n;Tổng cộng;12;10;;2\n", [(2, "heading", {}, set()), (3, "ready", {"unit": "Phòng Nội vụ", "total": "12"}, set()), (4, "total", {}, set())]),
    "days-of-programs": ("staff", plain, "Họ tên;Ngày sinh;Ngày hiệu lực\nLê An;1980-11-05 00:00:00;2026-11-05T00:00:00\nLê Bình;29530;46331\nLê Chi;'05/11/1980;05/11/2026 0:00\nLê Đức;11/25/1980;00/11/2026\n", [
        (2, "ready", {"birth": "1980", "effective_on": "2026-11-05"}, set()), (3, "ready", {"birth": "1980", "effective_on": "2026-11-05"}, {"serial"}), (4, "ready", {"birth": "1980", "effective_on": "2026-11-05"}, set()),
        (5, "needs_review", {"birth": None, "effective_on": None}, {"bad_birth", "bad_day"})]),
    "titles-in-names": ("staff", plain, "STT;Họ và tên;Chức vụ\n1;Nguyễn Văn An - Trưởng phòng;CV\n2;Nguyễn Văn Minh PGĐ;CV\n3;Chị Hoa;CV\n4;Y sĩ Lê Thị Ê;CV\n5;Đồng chí Nguyễn Văn Hải;CV\n6;BS Lê An;CV\n7;NGUYỄN THỊ ÁNH;CV\n", [
        (2, "failed", {}, {"bad_characters"}), (3, "failed", {}, {"bad_characters"}), (4, "needs_review", {}, {"title_in_name"}), (5, "needs_review", {}, {"title_in_name", "capitals"}),
        (6, "failed", {}, {"bad_characters"}), (7, "failed", {}, {"bad_characters"}), (8, "ready", {"full_name": "Nguyễn Thị Ánh"}, {"capitals"})]),
    "remarks-of-leaving": ("staff", plain, "STT;Họ và tên;Chức vụ;Ghi chú\n1;Lê An;CV;Đã nghỉ hưu từ 01/10/2026\n2;Lê Bình;CV;Nghỉ thai sản\n3;Lê Chi;CV;Chuyển công tác về Sở Nội vụ\n", [
        (2, "needs_review", {}, {"remark_of_leaving"}), (3, "ready", {}, set()), (4, "needs_review", {}, {"remark_of_leaving"})]),
    "phones": ("staff", plain, "Họ tên;Điện thoại;Điện thoại\nLê An;'0912345678;\nLê Bình;(+84) 912 345 678;\nLê Chi;0259.3854.321;\nLê Dũng;9.12E+08;\n", [
        (2, "ready", {"mobile": "+84912345678"}, set()), (3, "ready", {"mobile": "+84912345678"}, set()), (4, "needs_review", {"mobile": None}, {"bad_phone"}), (5, "needs_review", {"mobile": None}, {"bad_phone"})]),
    "codes-as-floats": ("staff", plain, "Họ tên;Mã CB\nLê An;12.0\nLê Bình;00012\n", [(2, "ready", {"staff_code": "12"}, {"rounded"}), (3, "ready", {"staff_code": "00012"}, set())]),
    "without-marks": ("staff", plain, "STT;Ho ten;Don vi\n1;Nguyen Thi Hoa;NV\n2;TRAN VAN BINH;NV\n3;Mai Thu Nga;NV\n4;Cao Minh Quang;NV\n5;Lê Van An;NV\n", [
        (2, "ready", {"full_name": "Nguyen Thi Hoa"}, {"lost_marks"}), (3, "ready", {}, {"capitals", "lost_marks"}), (4, "ready", {}, set()), (5, "ready", {}, set()), (6, "ready", {}, set())]),
    "read-in-the-wrong-letters": ("staff", lambda text: text.encode().decode("cp1252", "replace").encode(), "STT;Ho ten;Don vi\n1;Lê Văn An;Phòng Nội vụ\n", [(2, "failed", {"full_name": None}, {"bad_charset"})]),
}


@pytest.mark.parametrize("name", LISTS)
def test_as_sent(name, tmp_path):
    kind, write, text, wanted = LISTS[name]
    path = tmp_path / "list.csv"
    path.write_bytes(write(text))
    _, rows = read(kind, path)
    assert [(r["row"], r.get("skipped") or r["state"], {code for _, code in notes_of(r)}) for r in rows] == [(row, state, codes) for row, state, _, codes in wanted]
    for seen, (_, _, fields, _) in zip(rows, wanted):
        assert {f: seen.get(f) for f in fields} == fields
