"""Slips as they come out of a printer: the QR code is read back from the page at 300 dpi in black and white. The page of activation on a telephone."""
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import node  # noqa: E402
from browser import PASSWORD  # noqa: E402
from congvu import an, make_units, nth, running  # noqa: E402
from spec import Spec  # noqa: E402
from test_paper import fits_a4, out, printed  # noqa: E402,F401


@pytest.fixture(scope="module")
def service():
    with running(spec=Spec.load(), public_url="https://congvu.ninhthuan.gov.vn", mail_imap="imap.ninhthuan.gov.vn:993", mail_smtp="smtp.ninhthuan.gov.vn:465",
                      webmail_url="https://thu.ninhthuan.gov.vn") as service:
        client = service.client(language="vi")
        make_units(client)
        for n in range(4):
            assert client.put(f"/v1/staff/P-{n}", an(full_name=nth("Chamaléa Thị Hường", n), title="Chủ tịch Ủy ban Mặt trận Tổ quốc Việt Nam")).status == 201
        assert client.put("/v1/staff/P-9", an(full_name="Pi Năng Thị Thủy", unit="T1.02")).status == 201
        yield service


def scanned(pdf, folder):
    """Every QR code on the printed pages, by zbarimg, as a set."""
    subprocess.run(["pdftoppm", "-r", "300", "-mono", pdf, folder / "sheet"], check=True, timeout=120)
    found = subprocess.run(["zbarimg", "--quiet", "--raw", *sorted(folder.glob("sheet*.pbm"))], capture_output=True, text=True, timeout=120)
    return set(found.stdout.split())


def test_codes_are_read_back_from_the_printed_page(service, out):
    client = service.client(language="vi")
    page = client.post("/v1/slips", {"unit": "T1"}, format="html", lang="vi")
    assert page.status == 200
    path = out / "slips.html"
    path.write_bytes(page.body)
    pages, text = printed(path, out)
    assert fits_a4(pages) and len(pages) == 4, "two sheets of slips, two lists to sign"
    codes = re.findall(r"\b[A-HJ-NP-Z2-9]{4}(?:-[A-HJ-NP-Z2-9]{4}){3}\b", text)
    assert len(set(codes)) == 5 and scanned(out / "slips.pdf", out) == {f"https://congvu.ninhthuan.gov.vn/kichhoat#{code}" for code in codes}
    for words in ("PHIẾU GIAO TÀI KHOẢN", "congvu.ninhthuan.gov.vn/kichhoat", "DANH SÁCH KÝ NHẬN", "Danh sách có 4 người", "Ký nhận", "acth@ninhthuan.gov.vn"):
        assert words in text, words


def test_a_telephone_sets_a_password(service, out, tmp_path):
    client = service.client(language="vi")
    code = client.post("/v1/slips", {"staff": ["P-9"]}).json["items"][0]["code"]
    following = client.post("/v1/slips", {"staff": ["P-3"]}).json["items"][0]
    flow = pathlib.Path(__file__).with_name("activation.mjs")
    modules = node.ready(pathlib.Path(__file__).resolve().parents[1] / "console")
    done = subprocess.run(["node", flow, f"http://127.0.0.1:{service.port}", code, PASSWORD, str(out), str(tmp_path), following["code"], following["staff"]["full_name"]], cwd=modules, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-4000:]
    assert client.post("/v1/activation-checks", {"code": code}).code == "activation_refused", "it was redeemed"
    states = {a["system"]: a["observed"]["state"] for a in client.get("/v1/staff/P-9").json["accounts"]}
    assert states["mailbox"] == "active"
