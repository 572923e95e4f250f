"""The SCIM connector against servers that nobody has seen: a fake with other people's habits. What is asked of every one of them: it
converges or says clearly why not, nobody is there twice, nobody's account but ours is touched, who left is shut out, and it is not hammered."""
import pathlib
import ssl
import subprocess
import tempfile
import urllib.parse

import other_scim as other
import pytest
from congvu import an, make_units, wait_for
from conftest import MORE

SYSTEM = "/v1/systems/td-office"
NAMES = ["An", "Bình", "Chi", "Dũng", "Giang", "Hà"]


@pytest.fixture
def secrets():
    with tempfile.TemporaryDirectory(prefix="cv-secrets-", dir="/tmp") as folder:
        yield folder


def keep(folder, url, token=other.TOKEN):
    path = pathlib.Path(folder) / "other.token"
    path.touch(0o600)
    path.write_text(f"Host: {urllib.parse.urlsplit(url).netloc}\nBearer {token}\n")


@pytest.fixture
def far():
    servers = []

    def make(context=None, **manners):
        servers.append(other.Server(context, **manners))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def office(start, secrets):
    def make(url, connector=None, **settings):
        client = start(connector_secret_dir=secrets, connect_period_ms=50, **settings).client()
        client.people = 0
        make_units(client)
        keep(secrets, url)
        body = {"url": url, "credential_file": "other.token", "allow": ["loopback"], **(connector or {})}
        assert client.patch(SYSTEM, {"kind": "connector", "connector": body}).status == 200
        return client

    return make


def person(client, n, **more):
    answer = client.put(f"/v1/staff/P-{n}", an(full_name=f"Nguyễn Thị {NAMES[n]}", mobile=f"+8490000000{n}", **more))
    assert answer.status in (200, 201), answer
    client.people += 1
    return answer.json


def observed(client, n):
    return client.get(f"/v1/staff/P-{n}/accounts/td-office").json["observed"]


def settled(client):
    health = client.get(SYSTEM).json["health"]
    known = client.get("/v1/accounts", system="td-office", include_total=True, page_size=1).json["total"]
    if known < client.people:
        return False
    return health and not health["queue"] and not client.get("/v1/accounts", system="td-office", drift=True).json["items"]


def when_settled(client, deadline=30):
    wait_for(lambda: settled(client), "everything converged", deadline)


def failing(client, n):
    """What is said of a person that is not there, once it is said."""
    return wait_for(lambda: observed(client, n)["last_error"], "a failure is told")


def ours(server):
    """{login: account}; nobody twice."""
    all_ = [u for u in server.all() if u["userName"].startswith("noivu_")]
    assert len({u["userName"].lower() for u in all_}) == len(all_)
    return {u["userName"]: u for u in all_}


def strangers(server):
    return [server.add(userName=f"Stranger{n}", active=True, displayName="Lạ", emails=[{"value": f"s{n}@x.vn", "type": "work", "primary": True}])
            for n in range(3)]


def leave(client, n):
    assert client.put(f"/v1/staff/P-{n}/departure", {"reason": "nghi_huu"}).status in (200, 202)
    wait_for(lambda: client.get(f"/v1/staff/P-{n}/departure").json["state"] == "done", "left")


def whole_life(client, server):
    """Three appear, one gets another title, one leaves; the strangers stay as they are."""
    kept = strangers(server)
    for n in range(3):
        person(client, n)
    when_settled(client)
    assert len(ours(server)) == 3 and all(u["active"] is True for u in ours(server).values())
    assert client.patch("/v1/staff/P-1", {"title": "Trưởng phòng"}).status == 200
    leave(client, 2)
    when_settled(client)
    there = ours(server)
    assert {n: u["active"] for n, u in there.items()} == {"noivu_nguyenthian": True, "noivu_nguyenthibinh": True, "noivu_nguyenthichi": False}
    assert there["noivu_nguyenthibinh"]["title"] == "Trưởng phòng" and there["noivu_nguyenthian"]["title"] == "Chuyên viên"
    assert [u for u in server.all() if not u["userName"].startswith("noivu_")] == kept


HABITS = [
    {"lower_logins": True, "filters": {"username"}, "page": 1},
    {"ignores_filter": True, "page": 2, "total": lambda n: None},
    {"ids": lambda n: n, "list_name": "resources", "total": str, "filters": set(), "page": 1, "first_index": 0},
    {"empty_created": True, "relative_location": True, "ids": lambda n: f"a/b c%ü?{n}#"},
    {"empty_created": True, "no_location": True},
    {"refuses": {"PATCH": 501}, "keeps_no_marks": True},
    {"refuses": {"PUT": 405}, "announces_patch": False},
    {"refuses": {"PUT": 501}, "pathless_patch": True},
    {"inactive_at_first": True, "one_primary_email": True, "needs": ("emails", "displayName")},
    {"inactive_at_first": True, "empty_created": True},
    {"discovery": "404", "refuses_extension": True},
    {"discovery": "401"},
    {"etag": "weak", "needs_if_match": True},
    {"etag": "weak", "version_shown": True, "strong_comparison": True},
    {"etag": "strong", "needs_if_match": True, "strong_comparison": True},
    {"bom": True, "gzip": True, "chunked": True, "closes": True},
    {"closes": True},
]
EVERY_DAY = [  # the same in fewer servers
    {**HABITS[0], **HABITS[3], **HABITS[8], "discovery": "401"},
    {**HABITS[1], **HABITS[5], **HABITS[12], "discovery": "404"},
    {**HABITS[2], **HABITS[6], **HABITS[15], **HABITS[13]},
    {**HABITS[7], **HABITS[9], "refuses_extension": True, "closes": True},
]


@pytest.mark.parametrize("habit", HABITS if MORE else EVERY_DAY, ids=lambda h: "+".join(h))
def test_a_whole_life(office, far, habit):
    server = far(**habit)
    whole_life(office(server.url), server)


@pytest.mark.parametrize("status", [202, 200] if MORE else [202])
def test_deleting(office, far, status):
    server = far(delete_status=status, etag="strong", needs_if_match=True, strong_comparison=True)
    client = office(server.url, {"delete_after_days": 0})
    person(client, 0)
    when_settled(client)
    leave(client, 0)
    assert server.all() == []


def test_who_left_is_shut_out_where_nothing_can_be_deleted(office, far):
    server = far(refuses={"DELETE": 405})
    client = office(server.url, {"delete_after_days": 0})
    person(client, 0)
    when_settled(client)
    leave(client, 0)
    wait_for(lambda: client.get(SYSTEM).json["health"]["queue"] == 0, "nothing is left to do")
    assert [u["active"] for u in server.all()] == [False]


def test_a_hidden_account_that_holds_the_login_is_said(office, far):
    server = far(hides_inactive=True)
    client = office(server.url)
    kept = server.add(userName="noivu_nguyenthian", active=False)
    person(client, 0)
    assert "taken" in failing(client, 0)
    person(client, 1)
    wait_for(lambda: observed(client, 1)["state"] == "provisioned", "the others go on")
    leave(client, 1)
    assert server.all()[0] == kept and not server.all()[1]["active"]
    assert client.get(SYSTEM).json["health"]["breaker"] == "closed"


def test_an_upsert_takes_nobody_over(office, far):
    server = far(upserts=True, filters=set(), page=1, ignores_start=True, total=lambda n: None)
    kept = [server.add(userName="khac", active=True), server.add(userName="Noivu_NguyenThiAn", active=True, externalId="theirs")]
    client = office(server.url)
    person(client, 0)
    assert failing(client, 0)
    assert server.all() == kept


def test_lists_that_cannot_be_read_make_nobody_twice(office, far):
    server = far(ignores_filter=True, ignores_start=True, page=1, unique_logins=False)
    kept = [server.add(userName="khac", active=True), server.add(userName="noivu_nguyenthian", active=True, externalId="theirs")]
    client = office(server.url)
    person(client, 0)
    assert "list" in failing(client, 0)
    assert server.all() == kept and len(server.requests()) < 100


def test_what_a_server_requires_is_said(office, far):
    server = far(needs=("name.formatted",))
    client = office(server.url)
    person(client, 0)
    assert "name.formatted is required" in failing(client, 0)
    body = {"url": server.url, "map": {"full_name": "name.formatted"}}
    assert client.patch(SYSTEM, {"connector": body}).status == 200
    when_settled(client)
    assert [u["name"]["formatted"] for u in server.all()] == ["Nguyễn Thị An"]


def test_a_server_that_restarts_and_gives_old_ids_to_others(office, far):
    server = far(ids=lambda n: n)
    client = office(server.url, connect_compare_s=1)
    for n in range(3):
        person(client, n)
    when_settled(client)
    with server.lock:
        server.forget_everybody()
        kept = strangers(server)
    assert client.patch("/v1/staff/P-0", {"title": "Trưởng phòng"}).status == 200
    wait_for(lambda: len(ours(server)) == 3, "all are made again")
    when_settled(client)
    assert server.all()[:3] == kept and ours(server)["noivu_nguyenthian"]["title"] == "Trưởng phòng"


def test_a_date_to_come_back_is_kept(office, far):
    server = far(retry_at=10)
    client = office(server.url)
    person(client, 0)
    wait_for(lambda: (client.get(SYSTEM).json["health"] or {}).get("breaker") == "open", "left alone")
    when_settled(client)
    assert len(ours(server)) == 1 and len(server.requests()) < 40


def test_a_token_that_ran_out_is_replaced(office, far, secrets):
    server = far(token="the-new-one")
    client = office(server.url)
    person(client, 0)
    assert "401" in failing(client, 0)
    assert len(server.requests()) < 60 and server.all() == []
    keep(secrets, server.url, "the-new-one")
    when_settled(client)
    assert len(ours(server)) == 1


def test_its_own_authority(office, far, secrets):
    folder = pathlib.Path(secrets)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=other",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "ca.pem"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    server = far(context)
    client = office(server.url)
    person(client, 0)
    assert "cert" in failing(client, 0).lower() and server.requests() == []
    assert client.patch(SYSTEM, {"connector": {"ca_file": "ca.pem"}}).status == 200
    when_settled(client)
    assert len(ours(server)) == 1
