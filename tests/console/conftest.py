import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

from congvu import Service  # noqa: E402

SAMPLE = HERE.parents[1] / "deploy/sample"
PASSWORD = "Sông-Cái-mùa-lũ-2026"


def tool(name, service):
    subprocess.run([sys.executable, SAMPLE / name, "--url", f"http://127.0.0.1:{service.port}", "--token-file", service.data / "admin.token"],
                   check=True, stdout=subprocess.DEVNULL)


def may_sign_in(client, staff, role):
    made = client.post(f"/v1/staff/{staff}/accounts/mailbox/credential-resets", {}).json
    assert client.post("/v1/activations", {"code": made["code"], "password": PASSWORD}).status == 204
    given = client.post(f"/v1/staff/{staff}/roles", role)
    assert given.status == 201, given
    return client.get(f"/v1/staff/{staff}").json["address"].split("@")[0]


@pytest.fixture(scope="session")
def office():
    """The invented district with its use, one HR clerk for all of it, one head of its first office, one administrator."""
    service = Service().start()
    try:
        tool("load.py", service)
        tool("usage.py", service)
        service.password = PASSWORD
        client = service.client(language="vi")
        people = client.get("/v1/staff", unit="H43.99.01", recursive=False, status="active", has="mailbox").json["items"]
        service.hr = may_sign_in(client, people[0]["id"], {"role": "unit_hr", "unit": "H43.99"})
        service.head = may_sign_in(client, people[1]["id"], {"role": "unit_head", "unit": "H43.99.01"})
        service.admin = may_sign_in(client, people[2]["id"], {"role": "site_admin"})
        service.somebody = people[4]["id"]
        yield service
        service.stop()
    finally:
        service.clean()
