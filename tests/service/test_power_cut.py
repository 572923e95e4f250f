"""The short form of tests/soak/power.py: the power goes under load, and what was acknowledged is there afterwards, once."""
import random
import subprocess

import pytest
from congvu import BIN, make_units
from power import Machine
from soak import power_cuts


@pytest.fixture
def machine(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    machine = Machine(data)
    yield machine
    machine.clean()


def test_the_power_goes_under_load(machine):
    make_units(machine.start().client())
    seen = power_cuts(machine, random.Random(29), 4)
    assert seen["lost"] == [] and seen["doubles"] == [] and seen["acknowledged"] >= 12, seen
    assert seen["pages_forgotten"] > 0, "something was on its way"
    assert seen["sign_ins_lost"] == 0 and seen["sign_ins"] > seen["cuts"], seen
    machine.stop()
    said = subprocess.run([BIN, "audit", "verify", machine.data / "audit"], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
