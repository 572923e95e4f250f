#!/usr/bin/env python3
"""A data folder that moves to another Debian: `moved.py make DIR` on the old one, `moved.py check DIR` on the new one (tests/moved.sh)."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))

from congvu import Service, an, make_units, nth  # noqa: E402

PASSWORD = "Zx7-kWq-2026!pf"


def seen(client):
    """What must be the same afterwards."""
    people = client.get("/v1/staff", page_size=500, status="active,departed").json["items"]
    return {"people": sorted(people, key=lambda p: p["id"]), "person": client.get("/v1/staff/MV-1").json,
            "coverage": client.get("/v1/coverage", unit="T1", depth=2, group_by="unit,system").json["rows"]}


def signs_in(service, person):
    uri = (service.data / "readers/uri").read_text().strip()
    dn = f"cvId={person['id']},ou=people,dc=congvu"
    return subprocess.run(["ldapwhoami", "-x", "-H", uri, "-D", dn, "-w", PASSWORD], capture_output=True).returncode == 0


def make(folder):
    service = Service(folder, directory_listen="127.0.0.1:0").start()
    client = service.client()
    make_units(client)
    for i in range(40):
        assert client.put(f"/v1/staff/MV-{i}", an(full_name=nth("Người Chuyển Máy", i))).status == 201
    code = client.post("/v1/staff/MV-1/accounts/mailbox/credential-resets", None).json["code"]
    assert client.post("/v1/activations", {"code": code, "password": PASSWORD}).status == 204
    assert client.put("/v1/staff/MV-2/departure", {"reason": "nghi_huu", "decision": {"number": "1/QĐ"}}).status in (200, 202)
    told = seen(client)
    assert signs_in(service, told["person"])
    service.stop()
    pathlib.Path(str(folder) + ".json").write_text(json.dumps(told))


def check(folder):
    service = Service(folder, directory_listen="127.0.0.1:0").start()
    client = service.client()
    told = json.loads(pathlib.Path(str(folder) + ".json").read_text())
    assert seen(client) == told, "everything is as it was"
    assert signs_in(service, told["person"]), "a password of before still opens"
    assert client.put("/v1/staff/MV-90", an(full_name="Người Máy Mới")).status == 201
    assert client.get("/v1/staff/MV-2").json["status"] == "departed"
    service.stop()
    print("opened on the other Debian: the same people, figures and passwords")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](sys.argv[2])
