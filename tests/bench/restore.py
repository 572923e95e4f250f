#!/usr/bin/env python3
"""The way back at size: many people, a backup, changes after it, the machine dies; how long until restored data serve reads and writes again.   restore.py [PEOPLE] [UNITS]"""
import json
import os
import subprocess
import sys
import time

from loading import fill  # beside this file
from congvu import BIN, Service, an, make_units, nth, wait_for
from reading import MODEL_LOGIN

CHANGES, BAR_S = 200, 180


def congvud(*arguments):
    """Seconds that it took."""
    began = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    subprocess.run([BIN, *map(str, arguments), "--directory-max-mib", "32768", "--allow-root"], check=True, env=environment, stdout=subprocess.DEVNULL)
    return round(time.monotonic() - began, 1)


def answers(service, people):
    client = service.client()

    def ready():
        top = client.get("/v1/coverage", unit="T1", depth=0)
        return top.status == 200 and top.json["rows"][0]["recorded"] > people
    wait_for(ready, "figures are there", 900)
    last = client.get(f"/v1/staff/A-{CHANGES - 1}")
    assert last.status == 200 and client.patch("/v1/staff/A-0", {"title": "Trưởng phòng"}).status == 200


def main():
    people, units = (int(a) for a in (sys.argv[1:] + ["100000", "1000"][len(sys.argv) - 1:]))
    settings = {"directory_nosync": "true", "log_level": "error", "directory_max_mib": 32768}
    service = Service(**settings).start()
    back = Service(service.data / "back", **settings)
    try:
        make_units(service.client())
        assert service.client().put("/v1/staff/MODEL", an(full_name="Một Mẫu Người", unit="T1.02", login=MODEL_LOGIN)).status == 201
        fill(service, people, units)
        service.start()
        saved = congvud("backup", service.data / "saved", "--data-dir", service.data)
        for n in range(CHANGES):
            assert service.client().put(f"/v1/staff/A-{n}", an(full_name=nth("Người Sau", n), not_same_as=[])).status in (201, 202)
        service.kill()
        wait_for(lambda: not subprocess.run(["pgrep", "-f", f"slapd .*{service.data}"], capture_output=True).stdout, "its slapd has ended")
        began = time.monotonic()
        restored = congvud("restore", service.data / "saved", "--data-dir", back.data, "--key-file", service.data / "secret.key", "--log-of", service.data)
        (back.data / "admin.token").write_bytes((service.data / "admin.token").read_bytes())
        back.start()
        answers(back, people)
        took = round(time.monotonic() - began, 1)
        print(json.dumps({"bench": "restore", "people": people, "changes_after": CHANGES, "backup_s": saved, "restore_s": restored, "in_service_s": took, "bar_s": BAR_S}), flush=True)
        back.stop()
    finally:
        back.clean()
        service.clean()


if __name__ == "__main__":
    main()
