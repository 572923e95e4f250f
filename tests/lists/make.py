#!/usr/bin/env python3
"""Writes files/ anew: the same small list by LibreOffice, by openpyxl and in the charsets of the nineties. Needs soffice and
python3-openpyxl; the tests only read what lies there."""
import datetime
import pathlib
import subprocess
import tempfile
import unicodedata

import openpyxl
from charsets import tcvn3, vni, windows_1258
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = pathlib.Path(__file__).resolve().parent
FILES = HERE / "files"
HEAD = ["STT", "Họ và tên", "Ngày sinh", "Số hiệu", "Chức vụ", "Đơn vị", "Đối tượng", "Số điện thoại"]
PEOPLE = [
    [1, "Nguyễn Văn An", datetime.date(1980, 11, 5), "NS-0001", "Trưởng phòng", "Phòng Nội vụ", "Công chức", "0912345678"],
    [2, "Trần Thị Hương", datetime.date(1985, 2, 28), "NS-0002", "Chuyên viên", "Phòng Nội vụ", "Công chức", "0912345679"],
    [3, "Đặng Thái Sơn", datetime.date(1990, 12, 31), "NS-0003", "Viên chức", "Trung tâm Y tế", "Viên chức", "0912345680"],
    [4, "Huỳnh Tấn Tài", datetime.date(1979, 1, 1), "NS-0004", "Lái xe", "Văn phòng", "Hợp đồng lao động", "0912345681"],
    [5, "Lý Thị Mỹ Hạnh", datetime.date(1992, 7, 15), "NS-0005", "Văn thư", "Văn phòng", "Công chức", "0912345682"],
]


def text_rows():
    return [HEAD] + [[f"{c:%d/%m/%Y}" if isinstance(c, datetime.date) else str(c) for c in person] for person in PEOPLE]


def workbook(rows, path, font=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Danh sách"
    for row in rows:
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, datetime.date):
                cell.number_format = "dd/mm/yyyy"
            if font:
                cell.font = Font(name=font)
    book.save(path)
    return book


def office(source, target, out):
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(["soffice", f"-env:UserInstallation=file://{home}", "--headless", "--convert-to", target, "--outdir", home, str(source)],
                       check=True, capture_output=True, timeout=120)
        made = next(p for p in pathlib.Path(home).iterdir() if p.is_file() and p.stem == source.stem)
        out.write_bytes(made.read_bytes())


FAULTS = [
    ["TT", "Tên người dùng", "Di động", "Mail công vụ", "", "Phòng ban/Bộ phận", "Chức vụ"],
    [1, "Lê Thị Hoà", 912345678, "hoalt@ninhthuan.go", None, "Văn phòng", "Văn thư"],
    [2, "Lê Văn Thuỷ", 912345679.0, "thuylv@ninhthuan", ".gov.vn", "Trưởng phòng", None],
    [3, "Nguyễn\u00a0Văn An", "0912 345 680", "annv@gov.vn", None, "Phòng\u00a0Nội vụ", "Chuyên viên"],
    [4, "Bá Thị Bích\nBá Văn Cường", None, "bichbt@ninhthuan.gov.vn", None, "Phòng Nội vụ", "Chuyên viên"],
    [None, None, None, "gov.vn", None, None, None],
    ["III", "TRƯỜNG HỌC", None, None, None, None, None],
    [6, "Ông/Bà Đàng Năng", 9.12345681e8, "nangd @ninhthuan.gov.vn", None, None, "Giáo viên"],
]
COUNTS = [["Đơn vị", "Tổng số hiện có", "Biên chế", "Tính đến ngày"],
          ["Phòng Nội vụ", 150.00000000000003, 41.0, datetime.date(2026, 11, 1)],
          ["Văn phòng", 150.5, 1200, datetime.date(2026, 11, 1)],
          ["Trường học", "150,00000000000003", "1.200", datetime.date(2026, 11, 1)]]


def faults():
    """Faults of real lists, kept by a spreadsheet as it keeps them."""
    for name, rows in (("faults", FAULTS), ("counts", COUNTS)):
        with tempfile.TemporaryDirectory() as folder:
            own = pathlib.Path(folder) / f"{name}.xlsx"
            workbook(rows, own)
            office(own, "xlsx:Calc MS Excel 2007 XML", FILES / f"{name}-libreoffice.xlsx")
            office(own, "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false", FILES / f"{name}-libreoffice.csv")


TWO_ROWS = [["TT", "Họ và tên", None, "Ngày, tháng, năm sinh", None, "Chức vụ", "Điện thoại", None, "Đơn vị"],
            [None, None, None, "Nam", "Nữ", None, "Cơ quan", "Di động", None],
            [1, "Nguyễn Văn", "An", datetime.date(1980, 11, 5), None, "Chuyên viên", "02593854321", 912345678, "Phòng Nội vụ"],
            [2, "Trần Thị", "Hoa", None, datetime.date(1985, 2, 28), "Chuyên viên", None, "0912345679", None],
            ["II", "Văn phòng HĐND và UBND", None, None, None, None, None, None, "2 người"],
            [3, "Lê", "Bình", 29530, None, "Văn thư", None, None, None],
            [None, "Tổng cộng", None, None, None, None, None, None, 3],
            [None, None, None, None, None, "Ninh Sơn, ngày 05 tháng 11 năm 2026", None, None, None],
            [None, "NGƯỜI LẬP BIỂU", None, None, None, "CHỦ TỊCH", None, None, None],
            [None, "Trần Thị Lập", None, None, None, "Nguyễn Văn Ký", None, None, None]]


def offices():
    """Two rows of headings with merged cells, names over two columns, a group, a sum, signatures; a cover sheet; days of the other epoch."""
    with tempfile.TemporaryDirectory() as folder:
        own = pathlib.Path(folder) / "two-rows.xlsx"
        workbook(TWO_ROWS, own)
        book = openpyxl.load_workbook(own)
        for area in ("A1:A2", "B1:C2", "D1:E1", "F1:F2", "G1:H1", "I1:I2", "I3:I4"):
            book.active.merge_cells(area)
        book.save(own)
        office(own, "xlsx:Calc MS Excel 2007 XML", FILES / "two-rows-libreoffice.xlsx")
        office(own, "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true", FILES / "two-rows-libreoffice.csv")
    book = openpyxl.Workbook()
    book.active.title = "Hướng dẫn"
    book.active["A1"] = "Cách điền mẫu này"
    sheet = book.create_sheet("Danh sách")
    for row in ([HEAD] + PEOPLE):
        sheet.append(row)
    book.save(FILES / "cover.xlsx")
    book.copy_worksheet(sheet).title = "Danh sách bổ sung"
    book.save(FILES / "cover-two-lists.xlsx")
    book["Hướng dẫn"].append(["STT", "Tên gọi", "Chức vụ", "Đơn vị"])
    book["Hướng dẫn"].append([1, "Lê An", "CV", "Phòng Nội vụ"])
    book["Danh sách bổ sung"].title = "Tháng trước"
    del book["Danh sách"]
    book.save(FILES / "lacks-a-column-first.xlsx")
    book = openpyxl.load_workbook(FILES / "cover-two-lists.xlsx")
    book["Danh sách bổ sung"].sheet_state = "hidden"
    book.save(FILES / "cover-hidden-list.xlsx")
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in ([HEAD] + PEOPLE):
        book.active.append(row)
    book.save(FILES / "epoch-1904.xlsx")


def main():
    FILES.mkdir(exist_ok=True)
    faults()
    offices()
    own = FILES / "openpyxl.xlsx"
    workbook([HEAD] + PEOPLE, own)
    workbook([[c if not isinstance(c, str) else tcvn3(c).decode("latin-1") for c in row] for row in text_rows()], FILES / "vntime-font.xlsx", ".VnTime")
    workbook([[c if not isinstance(c, str) else vni(c).decode("latin-1") for c in row] for row in text_rows()], FILES / "vni-font.xlsx", "VNI-Times")
    office(own, "xlsx:Calc MS Excel 2007 XML", FILES / "libreoffice.xlsx")
    office(own, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", FILES / "libreoffice-utf8.csv")
    office(own, "csv:Text - txt - csv (StarCalc):59,34,65535,1,,0,false,true", FILES / "libreoffice-utf16.csv")
    office(own, "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,true,true", FILES / "libreoffice-tab.csv")
    office(own, "xls:MS Excel 97", FILES / "libreoffice.xls")
    office(own, "ods:calc8", FILES / "libreoffice.ods")
    text = "\r\n".join(";".join(row) for row in text_rows()) + "\r\n"
    (FILES / "excel-vn.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (FILES / "macos-nfd.csv").write_bytes(unicodedata.normalize("NFD", text).encode())
    (FILES / "windows-1258.csv").write_bytes(windows_1258(text))
    (FILES / "tcvn3.csv").write_bytes(tcvn3(text))
    (FILES / "vni.csv").write_bytes(vni(text))
    (FILES / "excel-unicode-text.txt").write_bytes(b"\xff\xfe" + text.replace(";", "\t").encode("utf-16-le"))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "UBND XÃ LÂM SƠN"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "DANH SÁCH CÁN BỘ, CÔNG CHỨC"
    for i, heading in enumerate(HEAD):
        sheet.cell(4, i + 1, heading)
        sheet.cell(5, i + 1, f"({i + 1})")
    for n, person in enumerate(PEOPLE):
        for i, cell in enumerate(person):
            sheet.cell(6 + n, i + 1, cell if i != 5 or n in (0, 2, 3) else None)
    sheet.merge_cells("F6:F7")
    sheet.merge_cells("F9:F10")
    sheet["H6"] = 912345678
    sheet["H7"] = 912345679.0
    sheet["C8"] = "=DATE(1990,12,31)"
    sheet["A12"] = "Tổng cộng: 5 người"
    sheet["G14"] = "NGƯỜI LẬP"
    merged = FILES / "merged.xlsx"
    book.save(merged)
    office(merged, "xlsx:Calc MS Excel 2007 XML", FILES / "merged-libreoffice.xlsx")


if __name__ == "__main__":
    main()
