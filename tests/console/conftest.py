import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

from browser import PASSWORD  # noqa: E402
from congvu import Service, an, make_units, nth  # noqa: E402
from running import SAMPLE, may_sign_in  # noqa: E402


def tool(name, service, *scopes):
    """With a token of its own: whom the sample locks and lets go would else use up this hour's brake of the flows."""
    token = service.data / f"{name}.token"
    token.write_text(service.client().post("/v1/tokens", {"name": name, "scopes": scopes}).json["secret"])
    subprocess.run([sys.executable, SAMPLE / name, "--url", f"http://127.0.0.1:{service.port}", "--token-file", token], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def office():
    """The invented district with its use, two HR clerks for all of it (one of whom the brake stops), one head of its first office, one administrator."""
    service = Service().start()
    try:
        tool("load.py", service, "units:read", "units:write", "staff:read", "staff:write", "accounts:write", "departures:write")
        tool("usage.py", service, "usage:write")
        client = service.client(language="vi")
        people = client.get("/v1/staff", unit="H43.99.01", recursive=False, status="active", has="mailbox").json["items"]
        service.who = {
            "hr": may_sign_in(client, people[0]["id"], {"role": "unit_hr", "unit": "H43.99"}),
            "head": may_sign_in(client, people[1]["id"], {"role": "unit_head", "unit": "H43.99.01"}),
            "admin": may_sign_in(client, people[2]["id"], {"role": "site_admin"}),
            "hasty": may_sign_in(client, people[5]["id"], {"role": "unit_hr", "unit": "H43.99"}),
            "person": people[4]["id"], "password": PASSWORD, "top": "H43.99", "office": "H43.99.01"}
        yield service
        service.stop()
    finally:
        service.clean()


@pytest.fixture(scope="session")
def small():
    """A district of three offices and a few people: enough for what needs no figures."""
    service = Service(public_url="https://congvu.example.vn").start()
    try:
        client = service.client(language="vi")
        make_units(client)
        people = {}
        for code, name, unit in (("K-HR", "Nguyễn Thị Nhân Sự", "T1.01"), ("K-HEAD", "Trần Văn Trưởng", "T1.02"), ("K-ADMIN", "Lê Quản Trị", "T1.01"), ("K-LOOK", "Võ Thanh Tra", "T1.01"), ("K-HOST", "Hồ Thị Tiếp Nhận", "T1.01"), ("K-ONE", "Phạm Thị Chưa Vai", "T1.02")):
            people[code] = client.put(f"/v1/staff/{code}", an(full_name=name, unit=unit)).json
        for i in range(12):
            client.put(f"/v1/staff/K-{i}", an(full_name=nth("Đỗ Văn", i), unit="T1.02" if i % 2 else "T1.01"))
        roles = {"K-HR": {"role": "unit_hr", "unit": "T1"}, "K-HEAD": {"role": "unit_head", "unit": "T1.02"}, "K-ADMIN": {"role": "site_admin"}, "K-LOOK": {"role": "inspector", "unit": "T1"}, "K-HOST": {"role": "unit_hr", "unit": "T1.01"}, "K-ONE": None}
        logins = [may_sign_in(client, code, role) for code, role in roles.items()]
        service.who = {**dict(zip(("hr", "head", "admin", "inspector", "host", "nobody"), logins)), "person": people["K-ONE"]["id"], "password": PASSWORD, "top": "T1", "office": "T1.01"}
        yield service
        service.stop()
    finally:
        service.clean()
