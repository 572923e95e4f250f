#!/usr/bin/env python3
"""The power goes under load, many times: tests/soak/power.py [CUTS [MINUTES [SEED]]] (CONGVU_BIN and CONGVU_BUILD as in the tests). Of what was not flushed a random part is forgotten. Ends with 1 when
anything acknowledged was lost or given twice, or the directory or the evidence log did not start. The everyday run has a short form of it (tests/service/test_power_cut.py)."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from congvu import BIN, make_units  # noqa: E402
from power import Machine  # noqa: E402
from soak import power_cuts  # noqa: E402

cuts = int(sys.argv[1]) if len(sys.argv) > 1 else 200
minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 600
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
with tempfile.TemporaryDirectory(prefix="cv-power-") as folder:
    data = pathlib.Path(folder) / "data"
    data.mkdir(mode=0o700)
    machine = Machine(data)
    try:
        make_units(machine.start().client())
        seen = power_cuts(machine, random.Random(seed), cuts, minutes=minutes)
        seen["log_lacked_its_last_change"] = machine.log.read_text().count('"event":"directory_log"')
        machine.stop()
        seen["evidence"] = subprocess.run([BIN, "audit", "verify", data / "audit"], capture_output=True, text=True).returncode
    finally:
        machine.clean()
print(json.dumps({"seed": seed, **seen}))
sys.exit(1 if seen["lost"] or seen["doubles"] or seen["sign_ins_lost"] or seen["evidence"] != 0 else 0)
