"""The view follows the directory without a gap, whatever happens to the directory: a clock set back, an older backup, another server."""
import datetime
import re

import pytest

from alerts import firing
from congvu import an, frozen, make_units, nth, wait_for
from site_directory import BASE, Site


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path).start()
    yield site
    site.stop()


@pytest.fixture
def service(site, start, tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    service = start(data, config=site.settings(data))
    make_units(service.client())
    assert service.client().put("/v1/staff/F-1", an(full_name="Người Thứ Nhất")).status == 201
    return service


def names(service):
    answer = service.client().get("/v1/staff", page_size=100)
    return sorted(p["full_name"] for p in answer.json["items"]) if answer.status == 200 else None


def restored(site, ldif, **more):
    site.stop()
    site.load(ldif, **more)
    site.start(site.port)


def rename(site, code, name):
    person = re.search(rf"dn: (cvId=stf_[^\n]*)\n(?:[^\n]+\n)*?cvStaffCode: {code}", site.dump())[1]
    site.modify(f"dn: {person}\nchangetype: modify\nreplace: cn\ncn: {name}\n")


def test_a_cookie_that_lies_ahead_of_the_directorys_clock_is_not_used(site, service):
    admin = service.client()
    token = admin.post("/v1/tokens", {"name": "t", "scopes": ["staff:read"], "unit": None, "expires_at": None}).json
    ahead = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)).strftime("%Y%m%d%H%M%S")
    whole = site.dump()
    newest = max(re.findall(r"entryCSN: (\d{14})", whole))
    restored(site, re.sub(rf"CSN: {newest}", f"CSN: {ahead}", whole))
    admin.put("/v1/staff/F-2", an(full_name="Người Thứ Hai"))
    wait_for(lambda: names(service) == ["Người Thứ Hai", "Người Thứ Nhất"], "the feed is back, with a cookie of the future")
    with frozen(service.process.pid):
        site.restart()
        rename(site, "F-1", "Da Doi Ten")
        site.modify(f"dn: cvId={token['id']},ou=tokens,ou=system,{BASE}\nchangetype: modify\nreplace: cvRevokedAt\ncvRevokedAt: 20260101000000Z\n")
    wait_for(lambda: names(service) == ["Da Doi Ten", "Người Thứ Hai"], "what was written meanwhile is listed")
    assert service.client(token["secret"]).get("/v1/staff").status == 401


def test_a_directory_that_ends_soon_after_a_cookie_is_asked_without_one_next(site, service):
    """Perhaps the cookie was why it ended: the same one again would end it for ever."""
    def said(event):
        return service.log.read_text().count(event)
    wait_for(lambda: names(service) == ["Người Thứ Nhất"], "everything is read, without a cookie")
    for times in (1, 2):
        assert said("directory.cookie_dropped") == 0
        site.restart()
        wait_for(lambda: said("directory.feed_regained") == times, "it is followed again")
    assert said("the connection ended soon after it was used") == 2, "of people, and of use"
    assert names(service) == ["Người Thứ Nhất"]


def test_an_older_backup_under_a_running_view(site, service):
    before = site.dump()
    admin = service.client()
    assert admin.put("/v1/staff/F-2", an(full_name="Người Thứ Hai")).status == 201
    assert admin.patch("/v1/staff/F-1", {"full_name": "Tên Mới"}).status == 200
    assert names(service) == ["Người Thứ Hai", "Tên Mới"]
    with frozen(service.process.pid):
        restored(site, before)
    wait_for(lambda: names(service) == ["Người Thứ Nhất"], "the view is what the directory has")


def test_an_older_backup_that_somebody_wrote_to_before_the_feed_came(site, service):
    """How far the directory is tells nothing then; emptying ou=leases does, as deploy/openldap/README.md asks."""
    before = site.dump()
    admin = service.client()
    assert admin.put("/v1/staff/F-2", an(full_name="Người Thứ Hai")).status == 201
    assert admin.patch("/v1/staff/F-1", {"full_name": "Tên Mới"}).status == 200
    with frozen(service.process.pid):
        site.stop()
        site.load(before)
        for file in site.database("ou=leases").iterdir():
            file.unlink()
        site.start(site.port)
        site.modify(f"dn: ou=system,{BASE}\nchangetype: modify\nreplace: description\ndescription: written first\n")
    wait_for(lambda: names(service) == ["Người Thứ Nhất"], "the view is what the directory has")


def without(ldif, codes):
    return "\n".join(block for block in (f"{b}\n" for b in ldif.split("\n\n")) if not re.search(rf"cvStaffCode: ({'|'.join(codes)})\n", block))


def test_a_mass_loss_is_held_until_an_administrator_says_so(site, service):
    admin = service.client()
    gone = [f"L-{i}" for i in range(30)]
    assert {admin.put(f"/v1/staff/{code}", an(full_name=nth('Người', i))).status for i, code in enumerate(gone)} == {201}
    with frozen(service.process.pid):
        restored(site, without(site.dump(), gone))
    held = wait_for(lambda: admin.get("/readyz").json["checks"]["view"].get("held_records"), "the guard holds them")
    state = admin.get("/readyz").json
    assert "CongvuRecordsHeld" in firing(service)
    assert held == 30 and state["status"] == "degraded" and "30" in state["checks"]["view"]["detail"]
    assert len(names(service)) == 31, "they are still shown"
    limited = admin.post("/v1/tokens", {"name": "t", "scopes": ["brake:release"], "unit": "T1.01", "expires_at": None}).json["secret"]
    assert service.client(limited).post("/v1/loss-releases", {"records": held}).code == "scope_missing"
    assert admin.post("/v1/loss-releases", {"records": held + 1}).code == "conflict", "only the number that is shown"
    assert admin.post("/v1/loss-releases", {"records": held}).json == {"records": 30}
    wait_for(lambda: names(service) == ["Người Thứ Nhất"], "they go")
    wait_for(lambda: admin.get("/readyz").json["status"] == "ready", "and nothing is held any more")
    assert admin.post("/v1/loss-releases", {"records": held}).code == "conflict"


def test_two_people_with_one_name_are_told(site, service):
    admin = service.client()
    assert admin.put("/v1/staff/F-2", an(full_name="Người Thứ Hai")).status == 201
    whole = site.dump()
    first = next(block for block in whole.split("\n\n") if "cvStaffCode: F-1\n" in block)
    other = re.sub(r"(stf_|entryUUID: )(.)", lambda m: m[1] + ("1" if m[2] == "0" else "0"), first)  # slapadd asks no overlay
    with frozen(service.process.pid):
        restored(site, f"{whole}\n{other}\n")
    assert wait_for(lambda: admin.get("/readyz").json["checks"]["view"]["doubles"], "it is seen") == 2, "one name, one code"
    assert admin.get("/readyz").json["status"] == "degraded"
    assert "have the same name" in service.log.read_text() and "have the same code" in service.log.read_text()
