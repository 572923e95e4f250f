"""Two servers of a site, one that is written to and one that follows: the process uses one at a time, says "read only" when there is none, and never goes back to a former one."""
import os
import subprocess

import pytest

from congvu import BIN, an, frozen, make_units, nth, wait_for
from site_directory import BASE, PASSWORD, SERVICE, Site


@pytest.fixture
def two(tmp_path, start):
    """Both servers in step, and a function that starts congvud on them in a given order."""
    folders = [tmp_path / name for name in ("one", "two", "data")]
    [f.mkdir(mode=0o700) for f in folders]
    one = Site(folders[0]).start()
    first = start(folders[2], config=one.settings(folders[2]))
    make_units(first.client())
    first.stop()
    follower = Site(folders[1], of=one).start()

    def serve(*order, **more):
        return start(folders[2], config=one.settings(folders[2], directory_uri=" ".join(s.uri for s in order), **more))
    yield one, follower, serve
    one.stop()
    follower.stop()


def onboard(service, code, name="Nguyễn Văn An"):
    return service.client().put(f"/v1/staff/{code}", an(full_name=name))


def directory(service):
    return service.client().get("/readyz").json["checks"]["directory"]["status"]


def codes_at(site):
    out = site.ldapsearch(SERVICE, PASSWORD, "-b", f"ou=people,{BASE}", "(objectClass=cvStaff)", "cvStaffCode").stdout
    return sorted(line.split()[1] for line in out.splitlines() if line.startswith("cvStaffCode"))


def promote(site, service, *more):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}  # the harness's own, not settings
    return subprocess.run([BIN, "directory", "promote", "--url", site.uri, "--config", service.settings["config"], *more], capture_output=True, text=True, env=environment)


def test_what_the_promoted_one_lacks_is_listed_by_name(two):
    one, follower, serve = two
    service = serve(one, follower)
    assert onboard(service, "L-1").status == 201
    wait_for(lambda: codes_at(follower) == ["L-1"], "it follows")
    follower.follow_nobody()
    late = onboard(service, "L-2").json["id"]
    asked = promote(follower, service)
    assert asked.returncode == 2 and f"cvId={late},ou=people,{BASE}: newer there" in asked.stderr and "L-1" not in asked.stderr
    assert "cvTerm" not in follower.ldapsearch(SERVICE, PASSWORD, "-b", f"cn=state,ou=system,{BASE}").stdout, "nothing is done"


def test_writes_go_to_the_one_that_takes_them_whatever_the_order(two):
    one, follower, serve = two
    service = serve(follower, one)
    assert [onboard(service, f"W-{i}", nth("Người", i)).status for i in range(8)] == [201] * 8
    assert codes_at(one) == sorted(f"W-{i}" for i in range(8))
    wait_for(lambda: codes_at(follower) == codes_at(one), "it follows")
    assert directory(service) == "ok"


def test_a_frozen_first_server_leaves_reads_going_and_writes_are_refused(two):
    one, follower, serve = two
    service = serve(one, follower, request_ms=4000)
    assert onboard(service, "F-1").status == 201
    wait_for(lambda: codes_at(follower) == ["F-1"], "it follows")
    with frozen(one.process.pid):
        wait_for(lambda: service.client().get("/v1/staff/F-1").status == 200, "reads go on at the other one")
        wait_for(lambda: directory(service) == "read_only", "and that is said")
        refused = wait_for(lambda: (a := onboard(service, "F-2")).status == 503 and a, "writes are refused at once")
        assert refused.code == "directory_unavailable" and "read only" in refused.json["detail"]
        assert service.client().get("/readyz").json["status"] == "degraded"
        assert "cvLeaseHolder" not in follower.ldapsearch(SERVICE, PASSWORD, "-b", "ou=leases", "(cn=work)").stdout, "nobody works there"
    wait_for(lambda: onboard(service, "F-2").status in (200, 201), "it writes again by itself")
    wait_for(lambda: directory(service) == "ok", "and says so")


def test_a_former_server_is_never_written_to_again(two):
    one, follower, serve = two
    service = serve(one, follower)
    assert onboard(service, "T-1").status == 201
    wait_for(lambda: codes_at(follower) == ["T-1"], "it follows")
    assert "still follows another server" in promote(follower, service).stderr, "one that follows is not promoted"
    one.stop()
    follower.follow_nobody()
    asked = promote(follower, service)
    assert asked.returncode == 2 and f"{one.uri}: does not answer" in asked.stderr and "--accept-missing" in asked.stderr
    assert promote(follower, service, "--accept-missing").returncode == 0
    wait_for(lambda: onboard(service, "T-2", "Người Hai").status in (200, 201), "writes go on at the promoted one")
    one.start(one.port)  # it does not know, and would take writes
    assert [onboard(service, f"T-{i}", nth("Người", i)).status for i in range(3, 9)] == [201] * 6
    service.stop()
    again = serve(one, follower)
    assert onboard(again, "T-9", "Người Chín").status == 201
    again.stop()
    follower.stop()
    with pytest.raises(AssertionError, match="no ready line"):  # the term is remembered in the data folder
        serve(one)
    follower.start(follower.port)
    assert codes_at(one) == ["T-1"], "nothing was written there"
    assert codes_at(follower) == [f"T-{i}" for i in range(1, 10)]


def test_a_start_without_the_one_that_takes_writes_serves_reads(two):
    one, follower, serve = two
    service = serve(one, follower)
    assert onboard(service, "R-1").status == 201
    wait_for(lambda: codes_at(follower) == ["R-1"], "it follows")
    service.stop()
    one.stop()
    again = serve(one, follower)
    assert again.client().get("/v1/staff/R-1").status == 200
    assert onboard(again, "R-2").status == 503 and directory(again) == "read_only"
    one.start(one.port)
    wait_for(lambda: onboard(again, "R-2").status in (200, 201), "it writes once the other one is back")
