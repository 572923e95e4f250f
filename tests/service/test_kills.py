"""The short form of tests/soak/kills.py: nothing acknowledged is lost, nothing is given twice, and writes go on soon."""
from congvu import make_units
from soak import kills


def test_slapd_and_the_replica_are_killed_under_load(start):
    service = start(directory_nosync="false")
    make_units(service.client())
    seen = kills(service, 4, replica_every=4)
    assert seen["lost"] == [] and seen["doubles"] == [] and seen["acknowledged"] >= 12, seen
    assert seen["pause"]["most"] < 15, seen  # the bound of 3 s is the soak's, on a quiet machine
