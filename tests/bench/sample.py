#!/usr/bin/env python3
"""The sample district through deploy/sample/load.py (8 connections, as the quickstart does it) against raw LDAP adds of the byte-same people, rounds
alternating, a fresh database each; medians and their ratio. The rate compared is that of the people; the whole load is told beside it."""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from onboarding import ROUNDS, people_of, raw
from congvu import Service

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "deploy/sample"
BAR = 0.6


def load(folder):
    """(figures of load.py, LDIF of the people) of a fresh service."""
    service = Service(directory_nosync="false", log_level="warn").start()
    try:
        out = subprocess.run([sys.executable, SAMPLE / "load.py", "--url", f"http://127.0.0.1:{service.port}", "--token-file",
                              service.data / "admin.token", "--folder", folder, "--connections", "8", "--quiet", "--json"],
                             capture_output=True, text=True, check=True).stdout
        people = people_of(service)
        service.stop()
        return json.loads(out), people
    finally:
        service.clean()


def as_first_stored(folder):
    """The people as the load first writes them: without what later lines of the sample change on them."""
    for name in ("units", "headcounts", "staff"):
        shutil.copy(SAMPLE / f"{name}.ndjson", folder)
    return load(folder)[1]


def main():
    loads, limits = [], []
    with tempfile.TemporaryDirectory() as folder:
        ldif = pathlib.Path(folder) / "people.ldif"
        ldif.write_text(as_first_stored(folder))
        for _ in range(ROUNDS):
            loads.append(load(SAMPLE)[0])
            limits.append(raw(ldif)["per_second"])
    ours = [one["staff_per_second"] for one in loads]
    print(json.dumps({"bench": "sample", "people": loads[0]["staff"], "staff_per_second": ours, "raw_adds_per_second": limits,
                      "ratio_of_medians": round(statistics.median(ours) / statistics.median(limits), 3), "bar": BAR,
                      "whole_load_seconds": [one["seconds"] for one in loads],
                      "client_cpu_seconds": [one["staff_client_cpu_seconds"] for one in loads]}), flush=True)


if __name__ == "__main__":
    main()
