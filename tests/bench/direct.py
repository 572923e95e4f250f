#!/usr/bin/env python3
"""A change made in the directory itself (ldapmodify): how long until coverage shows it, from the end of ldapmodify on."""
import json
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, an, make_units  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
PATH = "/v1/coverage?unit=T1.03&system=mailbox&depth=0"


def main():
    service = Service(log_level="error", directory_nosync="false").start()
    try:
        client = service.client()
        make_units(client)
        person = client.put("/v1/staff/A-1", an(unit="T1.03")).json
        dn = service.person(person["id"])["dn"][0]
        waits = []
        for i in range(ROUNDS):
            state, issued = ("requested", 0) if i % 2 == 0 else ("provisioned", 1)
            service.ldapmodify(dn, f"replace: cvAccountState;x-mailbox\ncvAccountState;x-mailbox: {state}")
            began = time.monotonic()
            while client.get(PATH).json["rows"][0]["issued"] != issued:
                assert time.monotonic() - began < 10
            waits.append((time.monotonic() - began) * 1000)
        waits.sort()
        print(json.dumps({"bench": "direct", "changes": ROUNDS, "p50_ms": round(statistics.median(waits), 1), "p99_ms": round(waits[ROUNDS * 99 // 100], 1),
                          "bar_p99_ms": 50}), flush=True)
        service.stop()
    finally:
        service.clean()


if __name__ == "__main__":
    main()
