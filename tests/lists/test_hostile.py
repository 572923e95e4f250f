"""Files made to hurt: refused by name or row within 2 s of CPU and 32 MiB more than a small list takes."""
import io
import json
import os
import pathlib
import random
import resource
import subprocess
import zipfile

import pytest

FILES = pathlib.Path(__file__).resolve().parent / "files"
READER = "service/intake/read_list"
TOOL = pathlib.Path(os.environ.get("CONGVU_BUILD", "")) / READER
PLAIN = pathlib.Path(os.environ.get("CONGVU_PLAIN", os.environ.get("CONGVU_BUILD", ""))) / READER  # the bounds are those of a reader without sanitizers
pytestmark = pytest.mark.skipif(not os.environ.get("CONGVU_BUILD"), reason="CONGVU_BUILD is not set")
SECONDS, MIB = 2, 32


def look(path, tool=PLAIN):
    """(what is said, seconds of CPU, KiB at most)"""
    out = path.with_suffix(".out")
    with open(out, "wb") as sink:
        child = subprocess.Popen([str(tool), "staff", str(path)], stdout=sink, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (30, 30)))
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"ended with {child.returncode}"
    with open(out) as said:
        first = json.loads(said.readline())
        rows = [json.loads(line) for _, line in zip(range(10), said)]
    out.unlink()
    return first, rows, used.ru_utime + used.ru_stime, used.ru_maxrss


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    path = tmp_path_factory.mktemp("usual") / "small.xlsx"
    path.write_bytes((FILES / "openpyxl.xlsx").read_bytes())
    return look(path)[3]


@pytest.fixture
def judged(tmp_path, usual):
    def judge(data, name="hostile"):
        path = tmp_path / name
        path.write_bytes(data)
        first, rows, seconds, most = look(path)
        assert TOOL == PLAIN or look(path, TOOL)[:2] == (first, rows)
        path.unlink()
        assert seconds < SECONDS, f"{seconds} s"
        assert most - usual < MIB * 1024, f"{(most - usual) // 1024} MiB more than a small list"
        return first, rows
    return judge


def book(**parts):
    """A workbook by hand; a part may be an iterator of pieces."""
    usual_parts = {"[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
                   "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
                   "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
                   "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
                   "xl/sharedStrings.xml": '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
                   "xl/worksheets/sheet1.xml": sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>STT</t></is></c></row>')}
    usual_parts.update({name.replace("__", "/").replace("_xml", ".xml"): part for name, part in parts.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in usual_parts.items():
            with made.open(name, "w", force_zip64=False) as sink:
                for piece in [part] if isinstance(part, (str, bytes)) else part:
                    sink.write(piece.encode() if isinstance(piece, str) else piece)
    return out.getvalue()


def sheet(rows, before=""):
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


HEAD = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in zip("AB", ("Họ và tên", "Chức vụ")))
LAUGHS = '<!DOCTYPE lolz [<!ENTITY lol "lol">' + "".join(f'<!ENTITY lol{i} "{("&lol%s;" % (i - 1 if i > 1 else "")) * 10}">' for i in range(1, 10)) + "]>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
MIB_OF = {"blanks": b" " * (1 << 20), "rows": b'<row><c t="inlineStr"><is><t>a</t></is></c></row>' * 21000}


def bomb(filling, mib):
    """A sheet that grows a thousandfold."""
    def pieces():
        yield sheet("").split("<sheetData>")[0] + f'<sheetData><row r="1">{HEAD}</row>'
        for _ in range(mib):
            yield MIB_OF[filling]
        yield "</sheetData></worksheet>"
    return pieces()


@pytest.mark.parametrize("name", ["blanks", "rows"])
def test_what_grows_a_thousandfold(judged, name):
    assert judged(book(xl__worksheets__sheet1_xml=bomb(name, 300)))[0]["refused"]


@pytest.mark.parametrize("part", ["xl__worksheets__sheet1_xml", "xl__sharedStrings_xml", "xl__workbook_xml"])
@pytest.mark.parametrize("doctype, use", [(LAUGHS, "&lol9;"), (OUTSIDE, "&xxe;")], ids=["laughs", "outside"])
def test_entities_are_not_followed(judged, part, doctype, use):
    cell = f'<row r="1">{HEAD}</row><row r="2"><c r="A2" t="inlineStr"><is><t>{use}</t></is></c></row>'
    texts = {"xl__worksheets__sheet1_xml": sheet(cell, doctype),
             "xl__sharedStrings_xml": f'<?xml version="1.0"?>{doctype}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{use}</t></si></sst>',
             "xl__workbook_xml": f'<?xml version="1.0"?>{doctype}<workbook>{use}</workbook>'}
    first, rows = judged(book(**{part: texts[part]}))
    assert first["refused"] and "root:" not in json.dumps([first, rows])


def test_a_broken_archive_wherever_it_is_cut(judged):
    whole = (FILES / "openpyxl.xlsx").read_bytes()
    chance = random.Random(11)
    for cut in [4, 30, len(whole) // 2, len(whole) - 1] + [chance.randrange(4, len(whole)) for _ in range(20)]:
        first, _ = judged(whole[:cut])
        assert first.get("refused"), cut
    for _ in range(40):  # a flipped byte is refused or changes nothing that matters: it never ends badly
        at = chance.randrange(len(whole))
        judged(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:])


def test_ten_million_columns(judged):
    assert "256 columns" in judged(b"Ho ten" + b";" * 8000000 + b"\n")[0]["en"]
    for far in ("XFE1", "ZZZZZZZ1", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAA1"):
        first, _ = judged(book(xl__worksheets__sheet1_xml=sheet(f'<row r="1">{HEAD}<c r="{far}" t="inlineStr"><is><t>x</t></is></c></row>')))
        assert first["refused"]


def in_row(number):
    return book(xl__worksheets__sheet1_xml=sheet(f'<row r="1">{HEAD}</row><row r="{number}"><c r="A{number}" t="inlineStr"><is><t>Lê An</t></is></c></row>'))


@pytest.mark.parametrize("row,why", [("10000000", "more than 50000 rows"), ("-1", "more than 256 columns")])
def test_rows_that_are_too_far_down(judged, row, why):
    first, _ = judged(in_row(row))
    assert first["refused"] and why in first["en"], first


@pytest.mark.parametrize("row", ["4294967297", "99999999999999999999999"])
def test_a_row_whose_number_is_none_is_the_next_one(judged, row):
    assert judged(in_row(row))[1] == [{"row": 2, "state": "ready", "full_name": "Lê An", "notes": []}]


def test_quotes_without_an_end_and_cells_without_one(judged):
    first, _ = judged(b'Ho ten;Chuc vu\n"Le An' + b";CV\nLe Binh" * 700000)
    assert first["refused"] and "2" in first["en"]
    first, _ = judged(b"Ho ten;Chuc vu\n" + b"a" * 8000000)
    assert first["refused"] and "2" in first["en"]


def test_texts_shared_by_the_million(judged):
    def texts():
        yield '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        for i in range(40):
            yield "".join(f"<si><t>{i}-{k}</t></si>" for k in range(50000))
        yield "</sst>"
    assert judged(book(xl__sharedStrings_xml=texts()))[0]["refused"]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x","y")', "+1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_formulas_are_faults_of_their_row_and_never_values(judged, formula):
    text = formula.replace('"', '""')
    first, rows = judged(f'Họ và tên;Chức vụ;Đơn vị\n"{text}";CV;P\nLê An;CV;P\n'.encode())
    assert not first.get("refused") and [r["state"] for r in rows] == ["failed", "ready"]
    cell = f'<row r="1">{HEAD}</row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="inlineStr"><is><t>CV</t></is></c></row>'
    first, rows = judged(book(xl__worksheets__sheet1_xml=sheet(cell)))
    assert [r["state"] for r in rows] == ["failed"] and "formula" in rows[0]["notes"]
