#!/usr/bin/env python3
"""kill -9 of slapd or of the replica under load, many times: tests/soak/kills.py [ROUNDS [MINUTES]] (CONGVU_BIN as in the tests). Ends with 1 when anything was lost, given twice, or stood
still too long. The everyday run has a short form of it (tests/service/test_kills.py)."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from congvu import Service, make_units  # noqa: E402
from soak import kills  # noqa: E402

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 500
minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 600
service = Service(directory_nosync="false").start()
try:
    make_units(service.client())
    seen = kills(service, rounds, minutes=minutes)
    service.stop()
finally:
    service.clean()
print(json.dumps(seen))
sys.exit(1 if seen["lost"] or seen["doubles"] or seen["pause"]["p99"] > 3 else 0)
