"""The papers in the programs that offices open them with: LibreOffice for XLSX and DOCX, Chromium for the page. Outside the everyday run: big packages.

PAPER_OUT=folder keeps what was made, to be looked at."""
import collections
import csv
import datetime
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from congvu import ROOT, running, site_today  # noqa: E402
from spec import Spec  # noqa: E402

SAMPLE = ROOT / "deploy/sample"
TODAY = site_today()
BROWSER = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--no-pdf-header-footer"]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    kept = os.environ.get("PAPER_OUT")
    folder = pathlib.Path(kept) if kept else tmp_path_factory.mktemp("paper")
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def client():
    """The sample district with the use of its last days; one system's feed has stopped."""
    with running(spec=Spec.load(), rate_per_second="0") as service:
        for script in ("load.py", "usage.py"):
            subprocess.run([sys.executable, SAMPLE / script, "--url", f"http://127.0.0.1:{service.port}", "--token-file",
                            service.data / "admin.token"], check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        client = service.client()
        head = {"superior_body": "Ủy ban nhân dân tỉnh Ninh Thuận (mẫu)", "issuing_body": "Ủy ban nhân dân huyện Ninh Sơn (mẫu)", "place": "Ninh Sơn",
                "on_behalf": "TM. Ủy ban nhân dân", "signatory_title": "Chủ tịch", "signatory_name": "Nguyễn Văn Mẫu",
                "recipients": ["UBND tỉnh (báo cáo)", "Thường trực Huyện ủy", "Các phòng, ban, đơn vị"]}
        assert client.put("/v1/units/H43.99", {"letterhead": head}).status == 200
        yield client


@pytest.fixture(scope="module")
def report(client):
    body = {"unit": "H43.99", "systems": ["mailbox", "td-office", "e-office"], "depth": 3, "from": (TODAY - datetime.timedelta(88)).isoformat(),
            "to": (TODAY - datetime.timedelta(1)).isoformat(), "accept_incomplete": True, "number": "15/BC-UBND", "state": "final",
            "comment": "Các đơn vị đã cấp hộp thư cho hầu hết cán bộ, công chức, viên chức và người lao động.\nĐề nghị các trường học đôn đốc sử dụng thường xuyên."}
    answer = client.post("/v1/reports", body)
    assert answer.status == 201, answer
    return answer.json


def paper(client, report, out, format, **more):
    answer = client.get(f"/v1/reports/{report['id']}/content", format=format, lang="vi", **more)
    assert answer.status == 200, answer
    path = out / f"{report['kind']}.{format}"
    path.write_bytes(answer.body)
    return path


def sheets(path, out):
    """Every sheet as LibreOffice reads it: {name: rows}."""
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{out}/office", "--convert-to",
                    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", out / "sheets", path],
                   check=True, timeout=180, stdout=subprocess.DEVNULL)
    found = {}
    for file in (out / "sheets").glob(path.stem + "-*.csv"):
        with open(file, encoding="utf-8", newline="") as lines:
            found[file.stem[len(path.stem) + 1:]] = list(csv.reader(lines))
    return found


def rate(a, b):
    if a is None or b is None:
        return "chưa xác định"
    if b == 0:
        return "–"
    n = (20000 * a + b) // (2 * b)
    return (9999 if n == 10000 and a < b else 1 if n == 0 and a > 0 else n) / 10000


def same(cell, wanted):
    """LibreOffice's cell against a figure of the JSON."""
    if wanted is None:
        wanted = "chưa xác định"
    if isinstance(wanted, str):
        return cell == wanted
    value = float(cell.rstrip("%")) / (100 if cell.endswith("%") else 1)
    return abs(value - wanted) < 1e-9


def test_libreoffice_reads_every_figure_of_the_json(client, report, out):
    book = sheets(paper(client, report, out, "xlsx"), out)
    assert set(book) == {"mailbox", "td-office", "e-office", "cach-tinh"}
    checked = 0
    for part in report["figures"]["sheets"]:
        lines = [row for row in book[part["system"]] if len(row) > 17]
        named = {}
        for row in lines:
            named.setdefault(row[1], row)
        units = collections.Counter(name for _, name in {(row["unit"], row["name"]["vi"]) for row in part["rows"]})
        for row in part["rows"]:
            c = row["counts"]
            name = row["name"]["vi"] if units[row["name"]["vi"]] == 1 else f"{row['name']['vi']} ({row['code']})"
            top = row["unit"] == part["rows"][0]["unit"]
            if not top and c["base"] == 0 and not c["issued_beyond"]:
                assert name not in named, "nobody must have it there and nobody has: one line for all of these"
                continue
            own = "Trực thuộc trực tiếp" if top else name + " (trực thuộc trực tiếp)"
            cells = named[{"total": "TỔNG CỘNG", "own": own}.get(row["row_kind"], name)]
            wanted = [c["headcount"] if c["headcount"] is not None else "–", c["unrecorded"] if c["unrecorded"] is not None else "–", c["base"], c["issued"], rate(c["issued"], c["base"]), c["activated"],
                      rate(c["activated"], c["issued"]), c["on_leave_unused"], c["used"], rate(c["used"], c["usage_base"]), c["regular"],
                      rate(c["regular"], c["usage_base"]), c["unknown"], c["locked"], c["revoked"]]
            for number, (cell, figure) in enumerate(zip(cells[2:17], wanted), 3):
                assert same(cell, figure), (part["system"], row["name"]["vi"], number, cell, figure)
                checked += 1
    assert checked > 1000
    stale = [s["system"] for s in report["figures"]["sheets"] if s["stale"]]
    assert stale, "the sample has one system whose feed stopped"
    assert any("chưa xác định" in cell for row in book[stale[0]] for cell in row)


def printed(path, out):
    """PDF by headless Chromium: its pages as (width, height) in points, and its text."""
    pdf = out / (path.stem + ".pdf")
    subprocess.run([*BROWSER, f"--user-data-dir={out}/browser", f"--print-to-pdf={pdf}", path.as_uri()], check=True, timeout=120,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    info = subprocess.run(["pdfinfo", "-f", "1", "-l", "999", pdf], check=True, capture_output=True, text=True).stdout
    pages = [(round(float(w)), round(float(h))) for w, h in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", info)]
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return pages, text


def fits_a4(pages):
    return all(abs(w - a) < 2 and abs(h - b) < 2 for (w, h) in pages for a, b in [(595, 842) if w < h else (842, 595)])


def test_chromium_prints_a4_pages(client, report, out):
    pages, text = printed(paper(client, report, out, "html"), out)
    assert fits_a4(pages), pages
    assert pages[0][0] < pages[0][1] and any(w > h for w, h in pages), "the letter upright, the wide annexes across"
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 15/BC-UBND", "Phụ lục I", "TỔNG CỘNG", "Nơi nhận:", "chưa xác định", report["hash"][:32]):
        assert words in text, words
    numbers = [next(line.strip() for line in page.splitlines() if line.strip()) for page in text.split("\f") if page.strip()]
    begins = [i for i, first in enumerate(numbers) if first.startswith("Phụ lục")]
    assert len(begins) == 4 and [numbers[i - 1] for i in begins[1:]] == [str(b - a) if b - a > 1 else numbers[a] for a, b in zip(begins, begins[1:])], "each annex is numbered apart, but for its first page"
    assert len(pages) <= 20, "three annexes of some 70 lines"


def words_of(text):
    """Whatever their case and order; formulas of columns break anywhere, heads and numbers of pages come again, bullets are signs."""
    return {w for w in text.casefold().split() if not re.fullmatch(r"[()\d=/×−]*[(=][()\d=/×−]*|•|\d+", w)}


def test_libreoffice_prints_the_docx_with_the_words_of_the_pdf(client, report, out):
    ours = paper(client, report, out, "pdf")
    (out / "word").mkdir(exist_ok=True)
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{out}/office", "--convert-to", "pdf", "--outdir", out / "word", paper(client, report, out, "docx")],
                   check=True, timeout=180, stdout=subprocess.DEVNULL)
    texts = []
    for pdf in (ours, out / "word/coverage.pdf"):
        info = subprocess.run(["pdfinfo", "-f", "1", "-l", "999", pdf], check=True, capture_output=True, text=True).stdout
        pages = [(round(float(w)), round(float(h))) for w, h in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", info)]
        assert fits_a4(pages) and pages[0][0] < pages[0][1] and any(w > h for w, h in pages) and len(pages) <= 25, pages
        texts.append(words_of(subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True).stdout))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("kind", ["locked_accounts", "unused_accounts"])
def test_lists_print_and_open(client, out, kind):
    body = {"kind": kind, "unit": "H43.99", "systems": ["mailbox"], "from": (TODAY - datetime.timedelta(30)).isoformat(), "to": TODAY.isoformat(), "accept_incomplete": True}
    report = client.post("/v1/reports", body).json
    people = report["figures"]["sheets"][0]["people"]
    assert people
    pages, text = printed(paper(client, report, out, "html"), out)
    assert fits_a4(pages) and f"Danh sách có {len(people):,} người".replace(",", ".") in text
    rows = sheets(paper(client, report, out, "xlsx"), out)["mailbox"]
    names = [row[1] for row in rows if row[0].isdigit()]
    assert names == [p["full_name"] for p in people]
