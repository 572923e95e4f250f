"""Two servers of a site, one that is written to and one that follows: the process uses one at a time, says "read only" when there is none, never goes back to a former one, and gives
a name only when both have it."""
import datetime
import os
import subprocess

import pytest

from alerts import firing
from congvu import BIN, ROOT, Client, an, frozen, make_units, nth, site_today, wait_for
from site_directory import BASE, PASSWORD, SERVICE, Site


LIST = "STT;Họ và tên;Số hiệu;Chức vụ;Đơn vị;Đối tượng\n1;Lê Văn Nhập;IM-1;Chuyên viên;Phòng Nội vụ;Công chức\n"


@pytest.fixture
def two(tmp_path, start, monkeypatch):
    """Both servers in step, and a function that starts congvud on them in a given order."""
    monkeypatch.setenv("LSAN_OPTIONS", f"suppressions={ROOT}/tests/lib/leaks_beside_a_site.supp:print_suppressions=0")
    folders = [tmp_path / name for name in ("one", "two", "data")]
    [f.mkdir(mode=0o700) for f in folders]
    one = Site(folders[0]).start()
    first = start(folders[2], config=one.settings(folders[2], directory_connect_ms=8000))
    make_units(first.client())
    first.stop()
    follower = Site(folders[1], of=one).start()
    wait_for(lambda: follower.context() == one.context(), "it follows from an empty folder on")

    def serve(*order, **more):
        return start(folders[2], config=one.settings(folders[2], directory_uri=" ".join(s.uri for s in order), **more))
    yield one, follower, serve
    one.stop()
    follower.stop()


def onboard(service, code, name="Nguyễn Văn An"):
    return service.client().put(f"/v1/staff/{code}", an(full_name=name))


def taken_in(service, code):
    """Known to both servers. On a busy machine the other one may take longer than standby_wait_ms: that alone is repeated, as the contract says."""
    answer = onboard(service, code)
    assert answer.status in (200, 201, 504), answer
    return answer.status != 504 and not marked(answer)


def directory(service):
    return service.client().get("/readyz").json["checks"]["directory"]["status"]


def codes_at(site):
    out = site.ldapsearch(SERVICE, PASSWORD, "-b", f"ou=people,{BASE}", "(objectClass=cvStaff)", "cvStaffCode").stdout
    return sorted(line.split()[1] for line in out.splitlines() if line.startswith("cvStaffCode"))


def said(service, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}  # the harness's own, not settings
    return subprocess.run([BIN, "directory", *words, "--config", service.settings["config"]], capture_output=True, text=True, env=environment)


def promote(site, service, *more):
    return said(service, "promote", "--url", site.uri, *more)


def standby(service):
    """(its status, what is said of it)"""
    check = service.client().get("/readyz").json["checks"]["standby"]
    return check["status"], check.get("detail")


def marked(answer):
    return answer.headers.get("Congvu-Standby") == "behind"


def test_what_the_promoted_one_lacks_is_listed_by_name(two):
    one, follower, serve = two
    service = serve(one, follower)
    assert onboard(service, "L-1").status == 201
    wait_for(lambda: codes_at(follower) == ["L-1"], "it follows")
    follower.follow_nobody()
    late = service.client().patch("/v1/staff/L-1", {"title": "Chuyên viên chính"})
    assert late.status == 200 and marked(late)
    asked = promote(follower, service)
    assert asked.returncode == 2 and f"cvId={late.json['id']},ou=people,{BASE}: newer there" in asked.stderr
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
    def goes_on():
        return said(service, "single").returncode == 0 and onboard(service, "T-2", "Người Hai").status in (200, 201)
    wait_for(goes_on, "writes go on at the promoted one, once one server is said to be enough")
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


def test_one_that_takes_writes_but_was_never_promoted_is_not_written_to(two):
    one, follower, serve = two
    service = serve(one, follower, request_ms=4000)
    assert onboard(service, "N-1").status == 201
    wait_for(lambda: codes_at(follower) == ["N-1"], "it follows")
    follower.follow_nobody()
    one.stop()

    def refuses(process):
        wait_for(lambda: process.client().get("/v1/staff/N-1").status == 200, "reads go on there")
        wait_for(lambda: directory(process) == "read_only", "and that is said")
        answer = onboard(process, "N-2")
        return answer.status == 503 and "read only" in answer.json["detail"]
    assert refuses(service)
    service.stop()
    service = serve(follower, one, request_ms=4000)
    assert refuses(service), "nor by a process that starts anew"
    assert "cvLeaseHolder" not in follower.ldapsearch(SERVICE, PASSWORD, "-b", "ou=leases", "(cn=work)").stdout, "nobody works there"
    one.start(one.port)
    wait_for(lambda: service.client().patch("/v1/staff/N-1", {"title": "Chuyên viên chính"}).status == 200, "the one that it was comes back")
    assert standby(service) != ("ok", None) and service.client().get("/v1/staff/N-1").json["title"] == "Chuyên viên chính"


def test_a_former_server_comes_back_as_a_follower_and_what_only_it_had_is_listed(two):
    one, follower, serve = two
    service = serve(one, follower, standby_wait_ms=300)
    wait_for(lambda: standby(service) == ("ok", None), "it is in step")
    wait_for(lambda: taken_in(service, "J-1"), "both have him")
    follower.follow_nobody()
    lost = onboard(service, "J-2", "Người Bị Trùng")
    assert lost.status == 504, "not acknowledged"
    lost = service.client().get("/v1/staff/J-2").json
    assert said(service, "rejoin", "--slapd-conf", str(one.conf)).stderr.count("congvud: No other server was ever promoted") == 1
    one.stop()
    assert promote(follower, service, "--accept-missing").returncode == 0 and "rejoin" in said(service).stderr

    def goes_on():
        return said(service, "single").returncode == 0 and onboard(service, "J-3", "Người Bị Trùng").status in (200, 201)
    wait_for(goes_on, "writes go on")
    other = service.client().get("/v1/staff/J-3").json
    assert other["address"] == lost["address"], "nobody was told of the first one"
    one.start(one.port)
    assert "still runs here" in said(service, "rejoin", "--slapd-conf", str(one.conf)).stderr
    one.stop()
    assert "follows nobody" in said(service, "rejoin", "--slapd-conf", str(one.conf)).stderr
    one.follow(follower)
    done = said(service, "rejoin", "--slapd-conf", str(one.conf))
    assert done.returncode == 0, done.stderr
    dn = {person["id"]: f"cvId={person['id']},ou=people,{BASE}" for person in (lost, other)}
    assert f"only here / chỉ có ở đây: {dn[lost['id']]}" in done.stderr and "J-1" not in done.stderr
    assert f"{dn[lost['id']]} (here / ở đây), {dn[other['id']]}" in done.stderr, "and the name was given twice"
    kept, = service.data.glob("former-*.ldif")
    assert lost["id"] in kept.read_text() and kept.stat().st_mode & 0o077 == 0
    one.start(one.port)
    wait_for(lambda: standby(service) == ("ok", None), "it follows from nothing on")
    assert codes_at(one) == codes_at(follower) == ["J-1", "J-3"]
    answer = onboard(service, "J-4")
    assert answer.status == 201 and not marked(answer)
    one.stop()
    assert "no former server" in said(service, "rejoin", "--slapd-conf", str(one.conf)).stderr
    one.start(one.port)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_says_leaves_the_folder_to_its_owner(two):
    """The service runs as somebody else, and reads what was remembered at its next start."""
    one, follower, serve = two
    service = serve(one, follower)
    service.stop()
    (service.data / "term").unlink()
    os.chown(service.data, 65534, 65534)
    assert said(service, "single").returncode == 0
    term = (service.data / "term").stat()
    os.chown(service.data, 0, 0)
    assert (term.st_uid, term.st_gid, term.st_mode & 0o777) == (65534, 65534, 0o600)


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


def test_what_is_acknowledged_is_at_both(two):
    one, follower, serve = two
    service = serve(one, follower)
    wait_for(lambda: standby(service) == ("ok", None), "it is in step")
    for i in range(10):
        answer = onboard(service, f"B-{i}", nth("Người", i))
        assert answer.status == 201 and not marked(answer) and f"B-{i}" in codes_at(follower)


def test_without_the_one_that_follows_no_name_is_given_until_a_person_says_so(two):
    one, follower, serve = two
    service = serve(one, follower, standby_wait_ms=300, standby_refuse_s=2)
    wait_for(lambda: standby(service) == ("ok", None), "it is in step")
    wait_for(lambda: taken_in(service, "S-1"), "both have him")
    title = iter(range(100))

    def change():
        return service.client().patch("/v1/staff/S-1", {"title": f"Chuyên viên {next(title)}"})
    with frozen(follower.process.pid):
        late = onboard(service, "S-2", "Người Hai")
        assert late.status == 504 and late.code == "outcome_unknown" and "standby" in late.json["detail"]
        assert onboard(service, "S-2", "Người Hai").headers["Congvu-Standby"] == "behind", "it is there, and only there"
        done = change()
        assert done.status == 200 and marked(done), "what gives no name goes on"
        assert standby(service)[0] == "degraded" and service.client().get("/readyz").json["status"] == "degraded"
        codes = (f"SX-{n}" for n in range(100))
        refused = wait_for(lambda: (a := onboard(service, next(codes), "Người Ba")).status == 503 and a, "then it is refused before it is sent")
        assert refused.code == "standby_behind" and change().status == 200
        before = codes_at(one)
        assert onboard(service, "S-3").code == "standby_behind" and codes_at(one) == before
        assert "no new names" in standby(service)[1]
        assert said(service, "single").returncode == 0
        alone = wait_for(lambda: (a := onboard(service, "S-4", "Người Tư")).status == 201 and a, "a person said that one server is enough")
        assert "CongvuStandbyBehind" in firing(service)
        assert marked(alone) and "one server is enough: root at 20" in standby(service)[1]
        assert "congvu_standby_single 1\n" in Client(service.ready["management_port"]).get("/metrics").body.decode()
    wait_for(lambda: standby(service) == ("ok", None), "it follows again")
    assert not firing(service) & {"CongvuStandbyBehind", "CongvuBackupNever"}, "a site's own directory has backups of its own"
    wait_for(lambda: codes_at(follower) == codes_at(one), "and has them all")
    answer = onboard(service, "S-5", "Người Năm")
    assert answer.status == 201 and not marked(answer)
    wait_for(lambda: "cvSingle" not in one.ldapsearch(SERVICE, PASSWORD, "-b", f"cn=state,ou=system,{BASE}").stdout, "what was said is over")
    told = wait_for(lambda: (lambda e: e if len(e) == 2 else None)([e for e in service.client().get("/v1/audit-events?page_size=200").json["items"] if e["kind"] == "on_machine"]), "who said so is recorded")
    assert [e["action"] for e in told] == ["directory.single_over", "directory.single"] and "root at 20" in told[1]["actor_name"] and told[1]["said"].startswith("root at 20")


def test_lists_on_their_way_and_use_follow_too(two):
    one, follower, serve = two
    service = serve(one, follower)
    assert onboard(service, "U-1").status == 201
    client = service.client()
    address = client.get("/v1/staff/U-1").json["address"]
    yesterday = (site_today() - datetime.timedelta(days=1)).isoformat()
    assert client.post("/v1/usage-events", {"system": "mailbox", "events": [{"address": address, "occurred_on": yesterday}]}).json["accepted"] == 1
    assert client.call("POST", "/v1/imports", LIST.encode(), {"Content-Type": "text/csv"}, kind="staff").status == 201
    for suffix in ("ou=usage", "ou=work"):
        wait_for(lambda: follower.entries(suffix) == one.entries(suffix) and one.entries(suffix) > 1, suffix)
