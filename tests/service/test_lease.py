"""Of several processes one works outside the directory: it renews a lease, gives it back at a stop, loses it when it dies."""
import time

from congvu import wait_for


def entry(service):
    return next(iter(service.ldapsearch("-b", "ou=leases", "(cn=work)")), {})


def holder(service):
    return entry(service).get("cvLeaseHolder", [None])[0]


def test_a_stop_gives_it_back_and_a_death_lets_it_run_out(start):
    first = start(lease_ms=60000)
    mine = wait_for(lambda: holder(first), "somebody holds it")
    beside = {"directory_uri": first.ldapi, "key_file": str(first.data / "secret.key")}
    second = start(**beside, lease_ms=600)
    third = start(**beside, lease_ms=600)
    # the first carries the directory and must live on, so its own term is so long that the others see it as silent
    taken = wait_for(lambda: holder(first) not in (mine, None) and holder(first), "one with a short term takes what does not move")
    turn = int(entry(first)["cvLeaseTurn"][0])
    wait_for(lambda: int(entry(first)["cvLeaseTurn"][0]) > turn + 2, "it is renewed")
    assert holder(first) == taken
    by_log = [s for s in (second, third) if '"taken"' in s.log.read_text()]
    assert len(by_log) == 1
    began = time.monotonic()
    by_log[0].kill()
    wait_for(lambda: holder(first) not in (taken, None), "the other one takes over")
    assert time.monotonic() - began < 15
    last = third if by_log[0] is second else second
    last.stop()
    assert holder(first) is None


def test_the_audit_does_not_hold_it(start):
    service = start(lease_ms=300)
    wait_for(lambda: int(entry(service).get("cvLeaseTurn", ["0"])[0]) > 3, "it is renewed")
    assert service.ldapsearch("-b", "cn=log", "(reqDN=cn=work,ou=leases)") == []
