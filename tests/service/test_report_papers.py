"""Official papers to be signed and sent, PDF and DOCX: measured against the administrative form (Decree 30/2020), and the same words in every form."""
import collections
import html
import io
import re
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest
from congvu import an, make_units, nth, running, site_today

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
PEOPLE = 70
OLD_FONTS = "/usr/share/fonts/truetype/liberation"  # Debian 12: version 1, without Vietnamese; later: version 2
LONG = "Trường phổ thông dân tộc bán trú trung học cơ sở Võ Nguyên Giáp và Trung tâm giáo dục nghề nghiệp, giáo dục thường xuyên huyện Thử"
HEAD = {"superior_body": "Ủy ban nhân dân tỉnh Thử", "issuing_body": "Ủy ban nhân dân huyện Thử", "place": "Tân Sơn", "on_behalf": "TM. Ủy ban nhân dân",
        "signatory_title": "Chủ tịch", "signatory_name": "Trần Văn Thử", "addressees": ["Ủy ban nhân dân tỉnh Thử", "Sở Nội vụ"], "recipients": ["UBND tỉnh (báo cáo)", "Các phòng, ban & “đơn vị”"]}


@pytest.fixture(scope="module")
def service(spec):
    with running(spec=spec, rate_per_second="0") as service:
        client = service.client()
        make_units(client)
        assert client.put("/v1/units/T1", {"letterhead": HEAD}).status == 200
        assert client.patch("/v1/units/T1.03", {"name": {"vi": LONG}}).status == 200
        for n in range(PEOPLE):
            person = an(full_name=nth("Nguyễn Thị Hường", n), unit="T1.03" if n % 2 else "T1.02", title="Phó Chủ tịch Ủy ban Mặt trận Tổ quốc Việt Nam huyện, Trưởng ban")
            assert client.put(f"/v1/staff/P-{n}", person).status == 201
        yield service


@pytest.fixture(scope="module")
def papers(service):
    """Reports of each kind with their PDF on disk: {kind: (report, folder)}."""
    client, made = service.client(), {}
    for kind in ("coverage", "unused_accounts", "locked_accounts", "indicators"):
        body = {"kind": kind, "unit": "T1", "period": site_today().strftime("%Y-%m"), "systems": ["mailbox", "td-office"], "accept_incomplete": True, "number": "15/BC-UBND",
                "state": "final", "comment": "Đề nghị các đơn vị khai báo đủ số người.\n" + "Các trường học đôn đốc sử dụng thường xuyên. " * 60}
        if kind == "indicators":
            body["indicators"] = [{"system": "mailbox", "figure": f, "max_points": 1.5, "evidence": "Phụ lục I kèm theo báo cáo " * 9} for f in ("issued", "used", "regular")]
        answer = client.post("/v1/reports", body)
        assert answer.status == 201, answer
        made[kind] = answer.json
    return made


def content(service, report, format):
    answer = service.client().get(f"/v1/reports/{report['id']}/content", format=format, lang="vi")
    assert answer.status == 200, answer
    return answer.body


@pytest.fixture
def pdf(service, papers, tmp_path):
    def make(kind):
        path = tmp_path / f"{kind}.pdf"
        path.write_bytes(content(service, papers[kind], "pdf"))
        return path
    return make


def words(path):
    """Every word on every page: [(width, height, [(x0, y0, x1, y1, text)])], points."""
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], check=True, capture_output=True, text=True).stdout
    pages = []
    for page in re.finditer(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', found, re.S):
        boxes = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', page[3])
        pages.append((float(page[1]), float(page[2]), [(*map(float, box[:4]), html.unescape(box[4])) for box in boxes]))
    return pages


KINDS = ("coverage", "unused_accounts", "locked_accounts", "indicators")


@pytest.mark.parametrize("kind", KINDS)
def test_fonts_are_embedded_and_margins_are_those_of_the_form(pdf, kind):
    path = pdf(kind)
    fonts = subprocess.run(["pdffonts", path], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts and all(re.match(r"[A-Z]{6}\+LiberationSerif(-\w+)? .* yes yes yes ", line) for line in fonts), fonts
    number, annexes = 0, []
    for width, height, boxes in words(path):
        assert sorted((width, height)) == pytest.approx(A4, abs=1)
        in_margin = [box[4] for box in boxes if box[3] < 20 * MM]
        first = [box[4] for box in boxes if box[3] >= 20 * MM][:3]
        begins = first[:2] == ["Phụ", "lục"]
        annexes += [first[2]] if begins else []
        number = 1 if begins else number + 1
        assert in_margin == ([str(number)] if number > 1 else []), "the number of the page in the letter or its annex, but for the first of each"
        for x0, y0, x1, y1, word in boxes:
            assert 30 * MM - 0.5 <= x0 and x1 <= width - 15 * MM + 0.5 and y1 <= height - 20 * MM + 0.5, (number, word)
            assert y0 >= 20 * MM - 0.5 or word == str(number), (number, word)
    assert annexes[:3] == (["I", "II", "III"] if kind != "indicators" else annexes[:1]), "one alone has no number"


def tokens(text):
    """Words, whatever their case; formulas of columns break anywhere, bullets are drawn."""
    return collections.Counter(w for w in text.casefold().split() if not re.fullmatch(r"[()\d=/×−]*[(=][()\d=/×−]*|•", w))


def read_html(page):
    page = re.sub(r"<(style|title)>.*?</\1>", "", page, flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def heads(page):
    return html.unescape(" ".join(re.findall(r"<th [^>]*>(.*?)</th>", page)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_pdf_says_what_the_page_says_and_nothing_is_cut(service, papers, pdf, kind):
    page = content(service, papers[kind], "html").decode()
    pages = words(pdf(kind))
    printed = tokens(" ".join(box[4] for _, _, boxes in pages for box in boxes if box[3] >= 20 * MM))
    wanted = tokens(read_html(page))
    assert wanted - printed == collections.Counter(), "everything is there"
    assert set(printed - wanted) <= set(tokens(heads(page))), "more often only in heads that stand on each page"


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(service, report):
    with zipfile.ZipFile(io.BytesIO(content(service, report, "docx"))) as book:
        assert book.testzip() is None and {i.date_time for i in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: ElementTree.fromstring(book.read(name)) for name in book.namelist()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_document_says_what_the_page_says(service, papers, kind):
    body = read_docx(service, papers[kind])["word/document.xml"]
    written = " ".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in body.iter(f"{W}p"))
    assert tokens(written) == tokens(read_html(content(service, papers[kind], "html").decode()))


def test_the_office_document_is_of_the_form(service, papers):
    parts = read_docx(service, papers["coverage"])
    body = parts["word/document.xml"]
    for section in body.iter(f"{W}sectPr"):
        margins = section.find(f"{W}pgMar")
        found = [int(margins.get(W + side)) / 20 / MM for side in ("top", "bottom", "left", "right")]
        assert found == pytest.approx([20, 20, 30, 15], abs=0.1)
        assert section.find(f"{W}pgNumType").get(f"{W}start") == "1" and section.find(f"{W}titlePg") is not None, "each annex is numbered apart"
    fonts = {f.get(f"{W}ascii") for f in parts["word/styles.xml"].iter(f"{W}rFonts")}
    assert fonts == {"Times New Roman"}
    assert "".join(t.text for t in parts["word/header1.xml"].iter(f"{W}instrText")).strip() == "PAGE" and body.find(f".//{W}titlePg") is not None
    figures = [t for t in body.iter(f"{W}tbl") if t.find(f"{W}tblPr/{W}tblBorders") is not None]
    assert len(figures) == 3, "an annex a system, and how it was counted"
    for table in figures:
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        rows = table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None and rows[-1].find(f"{W}trPr/{W}tblHeader") is None
        for row in rows:
            spans = [c.find(f"{W}tcPr/{W}gridSpan") for c in row.findall(f"{W}tc")]
            assert sum(int(s.get(f"{W}val")) if s is not None else 1 for s in spans) == columns


def test_heads_stand_on_every_page_of_a_list(service, papers, pdf):
    people = papers["unused_accounts"]["figures"]["sheets"][0]["people"]
    assert len(people) == PEOPLE
    names = [" ".join(p["full_name"].split()[-2:]) for p in people]
    pages = [" ".join(box[4] for box in boxes) for width, height, boxes in words(pdf("unused_accounts")) if width > height]
    assert len(pages) >= 4 and all("Họ và tên" in page and "Tình trạng" in page for page in pages)
    assert all(any(name in page for page in pages) for name in names)


def test_no_two_texts_lie_over_each_other(pdf):
    for kind in KINDS:
        for _, _, boxes in words(pdf(kind)):
            for i, a in enumerate(boxes):
                for b in boxes[i + 1:]:
                    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                    assert across < 1 or down < 0.45 * min(a[3] - a[1], b[3] - b[1]), (kind, a, b)


def test_whom_the_paper_is_addressed_to_stands_below_the_title(service, papers):
    client, month = service.client(), site_today().strftime("%Y-%m")
    several = read_html(content(service, papers["coverage"], "html").decode()).split()
    assert "Kính gửi: - Ủy ban nhân dân tỉnh Thử; - Sở Nội vụ. I. TÌNH HÌNH CHUNG" in " ".join(several)
    assert "Nơi nhận: - Như trên; - UBND tỉnh (báo cáo);" in " ".join(several)
    for addressees, wanted in ((["Sở Nội vụ"], "Kính gửi: Sở Nội vụ. I. TÌNH"), ([], None)):
        assert client.patch("/v1/units/T1", {"letterhead": {"addressees": addressees}}).status == 200
        report = client.post("/v1/reports", {"unit": "T1", "period": month, "systems": ["mailbox"], "accept_incomplete": True}).json
        said = " ".join(read_html(content(service, report, "html").decode()).split())
        assert wanted in said if wanted else "Kính gửi" not in said and "Như trên" not in said
    assert client.patch("/v1/units/T1", {"letterhead": {"addressees": HEAD["addressees"]}}).status == 200


def test_a_vietnamese_paper_has_no_word_of_the_programs(pdf):
    ours = re.compile(r"[a-z]+_[a-z_]+|mailbox|coverage|draft|final|unused|declared|recorded|the|and|of|report|unit|people|unknown|none|total|issued|null", re.I)
    for kind in KINDS:
        found = {box[4] for _, _, boxes in words(pdf(kind)) for box in boxes if ours.fullmatch(box[4].strip("().,:;-"))}
        assert found == set(), kind


def test_of_a_system_without_use_no_days_are_asked(pdf):
    for kind in KINDS:
        said = " ".join(box[4] for _, _, boxes in words(pdf(kind)) for box in boxes)
        assert "ít nhất 0 ngày" not in said and said.count("chưa có nguồn số liệu sử dụng") <= 2, kind


def test_the_signature_never_stands_alone(pdf):
    for kind in KINDS:
        page = next(boxes for _, _, boxes in words(pdf(kind)) if {"Trần", "Thử"} <= {b[4] for b in boxes} and "nhận:" in {b[4] for b in boxes})
        first = min(b[1] for b in page if b[4] == "Nơi")
        assert any(60 < b[1] < first - 10 for b in page), "words of the text stand above it"


def test_the_same_report_is_the_same_bytes_in_another_process(service, papers):
    before = {(kind, f): content(service, papers[kind], f) for kind in KINDS for f in ("pdf", "docx")}
    service.stop()
    service.start()
    assert {(kind, f): content(service, papers[kind], f) for kind in KINDS for f in ("pdf", "docx")} == before


def test_without_the_fonts_there_is_an_error_and_no_other_font(service, papers, tmp_path):
    path = f"/v1/reports/{papers['coverage']['id']}/content"
    service.stop()
    try:
        service.settings["font_dir"] = str(tmp_path)
        answer = service.start().client().get(path, format="pdf")
        assert (answer.status, answer.code) == (500, "font_missing") and f"{tmp_path}/LiberationSerif-Regular.ttf" in answer.json["detail"], answer
        assert service.client().get(path, format="html").status == 200
    finally:
        service.stop()
        service.settings.pop("font_dir")
        service.start()


def test_letters_that_the_font_has_not_are_no_failure(service, papers):
    answer = service.client().post("/v1/reports", {"unit": "T1", "period": site_today().strftime("%Y-%m"), "systems": ["mailbox"], "accept_incomplete": True, "comment": "漢字 🙂"})
    assert content(service, answer.json, "pdf").startswith(b"%PDF-")
