"""A system that knows only files: a list goes out in its columns, its own export comes back and says who really is there."""
import csv
import hashlib
import io
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile

import pytest
from congvu import an, make_units, wait_for
from conftest import MORE

SYSTEM = "/v1/systems/td-office"
COLUMNS = [("STT", "line"), ("Mã định danh", "id"), ("Tên đăng nhập", "login"), ("Họ và tên", "full_name"), ("Chức vụ", "title"), ("Phòng ban", "unit_name"),
           ("Di động", "mobile"), ("Trạng thái", "active")]
ACTIVE, INACTIVE = "Đang hoạt động", "Đã khóa"
NAMES = ["An", "Bình", "Chi", "Dũng", "Giang", "Hà"]


class Vendor:
    """Keeps accounts by login; takes our list in, gives its own export out, in other columns' order and below a heading."""

    def __init__(self, folder, office, tmp):
        self.folder, self.office, self.tmp, self.accounts, self.taken = pathlib.Path(folder), office, pathlib.Path(tmp), {}, set()

    def convert(self, path, to):
        reading = ["--infilter=CSV:44,34,76,1"] if path.suffix == ".csv" else []
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{self.tmp}/office", *reading, "--convert-to", to, "--outdir", self.tmp,
                        path], check=True, capture_output=True)
        return self.tmp / (path.stem + "." + to.split(":")[0])

    def lists(self):
        return sorted(p for p in (self.folder / "out").glob("*") if p.suffix in (".csv", ".xlsx"))

    def read(self, path):
        said = (path.parent / (path.name + ".sha256")).read_text()
        assert said == f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        if path.suffix == ".xlsx":
            path = self.convert(path, "csv:Text - txt - csv (StarCalc):44,34,76,1")
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))

    def take_in(self, client):
        """Asks for a list, waits for it and does what it says."""
        before = set(self.lists())
        assert client.post(SYSTEM + "/lists", None).status == 202
        new = wait_for(lambda: set(self.lists()) - before - self.taken, "a list goes out").pop()
        self.taken.add(new)
        rows = self.read(new)
        assert [c for c in rows[0]] == [title for title, _ in COLUMNS] if rows else True
        for row in rows:
            if row["Trạng thái"] == ACTIVE or row["Tên đăng nhập"] in self.accounts:
                self.accounts[row["Tên đăng nhập"]] = row
        return rows

    def export(self, accounts=None, name="export", checksum=True):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        titles = ["Trạng thái", "Phòng ban", "Tên đăng nhập", "Họ và tên", "Di động", "Chức vụ", "Mã định danh", "Ngày tạo"]
        writer.writerow(["DANH SÁCH NGƯỜI DÙNG"] + [""] * 7)
        writer.writerow([])
        writer.writerow(titles)
        for row in (self.accounts if accounts is None else accounts).values():
            writer.writerow([row.get(t, "2026-11-29") for t in titles])
        path = self.tmp / f"{name}.csv"
        path.write_text(out.getvalue(), "utf-8-sig")
        if self.office:
            path = self.convert(path, "xlsx")
        self.put(path, checksum)

    def put(self, path, checksum=True):
        if checksum:
            (self.folder / "in" / (path.name + ".sha256")).write_text(hashlib.sha256(path.read_bytes()).hexdigest() + "  " + path.name)
        shutil.move(path, self.folder / "in" / path.name)

    def waiting(self):
        return [p for p in (self.folder / "in").iterdir() if p.is_file()]


@pytest.fixture
def folders():
    """(of the exchange, of the vendor). Asked for before `start`, so that they go after the service, which makes what is missing of them."""
    with tempfile.TemporaryDirectory(prefix="cv-files-", dir="/tmp") as folder, tempfile.TemporaryDirectory(prefix="cv-vendor-", dir="/tmp") as tmp:
        yield folder, tmp


def connect(client, form):
    connector = {"kind": "file", "folder": "td", "format": form, "hour": 0, "active_words": {"active": ACTIVE, "inactive": INACTIVE},
                 "columns": [{"title": t, "field": f} for t, f in COLUMNS]}
    answer = client.patch(SYSTEM, {"kind": "connector", "connector": connector})
    assert answer.status == 200 and answer.json["connector"] == {"checksum": True, **connector}, answer


@pytest.fixture(params=[False, pytest.param(True, marks=[pytest.mark.skipif(not MORE, reason="tests/run.sh --more: LibreOffice"),
                                                          pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")])],
                ids=["csv", "libreoffice"])
def exchange(request, folders, start):
    folder, tmp = folders
    client = start(connector_file_dir=folder, connect_period_ms=50).client()
    make_units(client)
    connect(client, "xlsx" if request.param else "csv")
    vendor = Vendor(pathlib.Path(folder) / "td", request.param, tmp)
    wait_for(vendor.lists, "the first list goes out by itself")
    return client, vendor


def person(client, n):
    answer = client.put(f"/v1/staff/P-{n}", an(full_name=f"Nguyễn Thị {NAMES[n % 6]} {NAMES[n // 6]}", mobile=f"+849000000{n:02}"))
    assert answer.status in (200, 201), answer
    return answer.json


def observed(client, n):
    return client.get(f"/v1/staff/P-{n}/accounts/td-office").json["observed"]


def account(client, n):
    return client.get(f"/v1/staff/P-{n}/accounts/td-office").json


def read(client, vendor):
    """The export that waits is read."""
    wait_for(lambda: not vendor.waiting(), "the export is taken", 20)


def issued(client):
    row = client.get("/v1/coverage", system="td-office").json["rows"][0]
    return row["issued"], row["eligible"]


def test_who_asks_in_the_second_of_the_last_list_gets_another(exchange):
    client, vendor = exchange
    for n in range(3):
        person(client, n)
        assert len(vendor.take_in(client)) == n + 1


def test_a_week(exchange):
    client, vendor = exchange
    for n in range(4):
        person(client, n)
    rows = vendor.take_in(client)
    assert [r["Trạng thái"] for r in rows] == [ACTIVE] * 4 and rows[0]["Di động"].endswith("900000000")
    assert observed(client, 0)["state"] == "requested" and observed(client, 0)["awaits"] == "confirmation" and issued(client) == (0, 4)
    vendor.export()
    read(client, vendor)
    wait_for(lambda: issued(client) == (4, 4), "confirmed")
    assert observed(client, 0)["state"] == "provisioned" and "awaits" not in observed(client, 0) and not account(client, 0)["drift"]
    health = client.get(SYSTEM).json["health"]
    assert health["exchange"]["rows_read"] == 4 and health["exchange"]["refused"] is None and health["queue"] == 0

    # a mover, a leaver, another title, somebody on leave, somebody new
    assert client.patch("/v1/staff/P-0", {"unit": "T1.02"}).status == 200
    assert client.put("/v1/staff/P-1/departure", {"reason": "nghi_huu"}).status in (200, 202)
    assert client.patch("/v1/staff/P-2", {"title": "Trưởng phòng"}).status == 200
    assert client.put("/v1/staff/P-3/accounts/td-office", {"state": "locked", "reason": "leave"}).status in (200, 202)
    person(client, 4)
    vendor.export(name="of-yesterday")
    read(client, vendor)
    assert client.get("/v1/staff/P-1/departure").json["state"] == "in_progress" and account(client, 1)["drift"]
    assert [d["open_steps"] for d in client.get("/v1/departures", state="in_progress").json["items"]] == [[{"step": "account", "system": "td-office", "state": "pending", "last_error": None}]]
    assert observed(client, 0)["state"] == "requested" and account(client, 2)["drift"] and observed(client, 2)["not_taken"] == ["Chức vụ"]
    states = {r["Tên đăng nhập"]: r["Trạng thái"] for r in vendor.take_in(client)}
    assert states == {"noivu_nguyenthianan": INACTIVE, "tckh_nguyenthianan": ACTIVE, "noivu_nguyenthibinhan": INACTIVE, "noivu_nguyenthichian": ACTIVE,
                      "noivu_nguyenthidungan": INACTIVE, "noivu_nguyenthigiangan": ACTIVE}
    vendor.export(name="next")
    read(client, vendor)
    wait_for(lambda: client.get("/v1/staff/P-1/departure").json["state"] == "done", "he has left")
    assert observed(client, 0)["state"] == "provisioned" and observed(client, 3)["state"] == "temp_locked" and observed(client, 4)["state"] == "provisioned"
    assert client.get("/v1/accounts", system="td-office", drift=True).json["items"] == []
    assert [r["Tên đăng nhập"] for r in vendor.take_in(client)] == ["noivu_nguyenthichian", "noivu_nguyenthidungan", "noivu_nguyenthigiangan", "tckh_nguyenthianan"]

    # a row is missing, and a stranger is there
    without = {k: v for k, v in vendor.accounts.items() if k != "noivu_nguyenthichian"}
    without["quantri"] = {"Tên đăng nhập": "quantri", "Họ và tên": "Quản trị", "Trạng thái": ACTIVE, "Mã định danh": ""}
    vendor.export(without, name="stranger")
    read(client, vendor)
    wait_for(lambda: observed(client, 2)["state"] == "requested", "who is not there is not issued")
    found = client.get(SYSTEM + "/orphans").json
    assert {(o["kind"], o["login"]) for o in found["items"]} == {("unknown_here", "quantri"), ("missing_there", "noivu_nguyenthichian")}
    vendor.export(name="whole-again")
    read(client, vendor)
    wait_for(lambda: observed(client, 2)["state"] == "provisioned", "there again")

    # an empty one says nothing
    vendor.export({}, name="empty")
    read(client, vendor)
    health = wait_for(lambda: [h for h in [client.get(SYSTEM).json["health"]] if h["exchange"]["refused"]], "refused")[0]
    assert health["exchange"]["refused"].startswith("empty.") and "no row" in health["exchange"]["why"]
    assert observed(client, 2)["state"] == "provisioned" and issued(client)[0] == 4


def test_the_account_of_a_unit_is_on_the_list(exchange):
    client, vendor = exchange
    person(client, 0)
    assert client.put("/v1/units/T1.01/accounts/td-office", {"login": "vanthu_noivu", "custodian": "P-0"}).status == 201
    rows = {r["Tên đăng nhập"]: r for r in vendor.take_in(client)}
    unit = client.get("/v1/units/T1.01").json
    assert rows["vanthu_noivu"]["Mã định danh"] == unit["id"] and rows["vanthu_noivu"]["Họ và tên"] == unit["name"]["vi"]
    vendor.export()
    read(client, vendor)

    def seen():
        return [a["observed"]["state"] for a in client.get("/v1/units/T1.01/accounts").json["items"]]

    wait_for(lambda: seen() == ["provisioned"], "confirmed")
    assert client.get(SYSTEM + "/orphans").json["items"] == []
    assert client.delete("/v1/units/T1.01/accounts/td-office", etag="*").status == 204
    assert {r["Tên đăng nhập"]: r for r in vendor.take_in(client)}["vanthu_noivu"]["Trạng thái"] == INACTIVE
    vendor.export(name="next")
    read(client, vendor)
    wait_for(lambda: seen() == [], "closed")


def test_who_was_issued_before_the_system_knew_only_files_awaits_its_word(folders, start):
    folder, tmp = folders
    client = start(connector_file_dir=folder, connect_period_ms=50).client()
    make_units(client)
    for n in range(3):
        person(client, n)
    assert issued(client) == (3, 3), "by the directory, so far"
    dead = {"url": "http://127.0.0.1:9/scim", "allow": ["loopback"]}
    assert client.patch(SYSTEM, {"kind": "connector", "connector": dead}).status == 200
    wait_for(lambda: account(client, 0)["observed"]["last_error"], "and by another kind it cannot be reached")
    connect(client, "csv")
    wait_for(lambda: issued(client) == (0, 3), "nobody has confirmed them")
    assert [observed(client, n).get("awaits") for n in range(3)] == ["confirmation"] * 3
    assert observed(client, 0)["last_error"] is None and observed(client, 0)["attempts"] == 0
    vendor = Vendor(pathlib.Path(folder) / "td", False, tmp)
    vendor.take_in(client)
    vendor.accounts["noivu_nguyenthianan"]["Chức vụ"] = "Giám đốc"
    vendor.export()
    wait_for(lambda: issued(client) == (3, 3), "confirmed")
    assert observed(client, 0)["not_taken"] == ["Chức vụ"]
    vendor.take_in(client)
    vendor.export(name="same")
    read(client, vendor)
    assert issued(client) == (3, 3), "what reads otherwise there is there"


def test_an_export_is_understood_as_a_whole_or_refused(exchange):
    client, vendor = exchange
    person(client, 0)
    vendor.take_in(client)
    (row,) = vendor.accounts.values()

    def refused(word):
        return wait_for(lambda: word in (client.get(SYSTEM).json["health"]["exchange"]["why"] or ""), f"refused: {word}")

    vendor.export({"a": row, "b": {**row, "Tên đăng nhập": "x", "Trạng thái": "Tạm dừng"}}, name="word")
    refused("Tạm dừng")
    vendor.export({"a": row, "b": row}, name="twice")
    refused("5: noivu_nguyenthianan")
    (vendor.tmp / "none.csv").write_text("a,b\n1,2\n")
    vendor.put(vendor.tmp / "none.csv")
    refused("titles")
    vendor.export(name="sum", checksum=False)
    name = next(p for p in vendor.waiting()).name
    wrong = vendor.folder / "in" / (name + ".sha256")
    assert observed(client, 0)["state"] == "requested", "without its sum it is not looked at"
    wrong.write_text("0" * 64)
    refused("SHA-256")
    assert observed(client, 0)["state"] == "requested" and not vendor.waiting()
    assert len([p for p in (vendor.folder / "in/refused").iterdir() if not p.name.endswith(".sha256")]) == 4
    vendor.export(name="right")
    wait_for(lambda: observed(client, 0)["state"] == "provisioned", "the right one is taken")


def test_a_folder_that_cannot_be_worked_with_is_said(folders, start):
    folder, _ = folders
    base = pathlib.Path(folder) / "exchange"
    before = os.umask(0o077)  # as the systemd unit has it
    try:
        client = start(connector_file_dir=str(base), connect_period_ms=50).client()
    finally:
        os.umask(before)
    connect(client, "csv")

    def why():
        health = client.get(SYSTEM).json["health"]
        assert health is None or health["exchange"]["refused"] is None
        return health and (health["exchange"]["why"] or "")

    wait_for(lambda: why() and str(base / "td") in why(), "there is no such folder")
    base.mkdir()
    wait_for(lambda: why() == "" and list((base / "td/out").glob("*.csv")), "once it is there, a list goes out")
    assert {stat.S_IMODE(p.stat().st_mode) for p in (base / "td/out").iterdir()} == {0o640}, "the folder's group, the vendor's, reads it"
    (base / "td/in/export.csv").write_text("Tên đăng nhập;Trạng thái\n")
    (base / "td/in/export.csv.sha256").mkdir()
    wait_for(lambda: "export.csv.sha256" in why(), "an export that cannot be read")


def test_an_export_that_lacks_many_takes_nobody_away(exchange):
    client, vendor = exchange
    for n in range(30):
        person(client, n)
    vendor.take_in(client)
    vendor.export()
    wait_for(lambda: issued(client) == (30, 30), "confirmed")
    assert client.put("/v1/staff/P-29/departure", {"reason": "nghi_huu"}).status in (200, 202)
    few = dict(list(vendor.accounts.items())[:3])
    vendor.export(few, name="cut")
    read(client, vendor)
    wait_for(lambda: client.get(SYSTEM).json["health"]["missing_there"] == 26, "it is a warning")
    assert client.get("/v1/staff/P-29/departure").json["state"] == "in_progress", "not there is not gone, where so many are not there"
    vendor.take_in(client)
    vendor.export(name="whole")
    wait_for(lambda: client.get("/v1/staff/P-29/departure").json["state"] == "done", "shut")
    assert client.get(SYSTEM).json["health"]["missing_there"] == 0


def test_configurations_that_cannot_be(client):
    columns = [{"title": "A", "field": "login"}, {"title": "a ", "field": "active"}, {"title": "B", "field": "shoe"}]
    answer = client.patch(SYSTEM, {"kind": "connector", "connector": {"kind": "file", "folder": "../x", "hour": 24, "columns": columns, "url": "x"}})
    assert answer.status == 422
    pointers = {re.sub(r"^#/connector/", "", e["pointer"]) for e in answer.json["errors"]}
    assert {"folder", "hour", "columns/1/title", "columns/2/field", "columns", "url"} <= pointers, pointers
