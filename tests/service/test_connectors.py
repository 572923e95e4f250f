"""E-office systems with accounts of their own, reached by SCIM 2.0: servers of two third parties, and the same behind a filter that has other
servers' manners."""
import json
import pathlib
import ssl
import subprocess

import node
import pytest
import scim
from alerts import metrics
from congvu import ROOT, Service, an, make_units, parse_ldif, wait_for
from conftest import MORE
from office import EITHER, SECOND, SYSTEM, account, between, connect, far, far_title, meant_for, office, person, secrets, settled, when_settled  # noqa: F401

pytestmark = node.NEEDED
# ---- the real server ----
@EITHER
def test_a_person_appears_changes_moves_and_leaves(office, far):
    foreign = {"userName": "quantri", "active": True, "displayName": "Quản trị"}
    far.seed(foreign)
    kept = far.users()["quantri"]
    _, client = office(far.url)
    made = person(client, 0, mobile="+84900000001")
    when_settled(client, 1)
    there = far.users()["noivu_nguyenthianan"]
    assert there["externalId"] == made["id"] and there["active"] is True and there["title"] == "Chuyên viên"
    assert {"familyName": "Nguyễn", "middleName": "Thị An", "givenName": "An"}.items() <= there["name"].items()
    assert there["emails"][0]["value"] == made["address"] and there["phoneNumbers"] == [{"value": "+84900000001", "type": "mobile"}]
    assert there["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] == {"employeeNumber": "P-0", "department": "Phòng Nội vụ"}
    seen = account(client, 0)
    assert seen["observed"]["state"] == "provisioned" and seen["observed"]["attempts"] == 0 and seen["observed"]["last_error"] is None

    etag = client.get("/v1/staff/P-0").etag
    assert client.patch("/v1/staff/P-0", {"title": "Phó Trưởng phòng", "mobile": None}).status == 200
    wait_for(lambda: far.users()["noivu_nguyenthianan"].get("title") == "Phó Trưởng phòng", "the title follows")
    assert "phoneNumbers" not in far.users()["noivu_nguyenthianan"] or far.users()["noivu_nguyenthianan"]["phoneNumbers"] == []
    when_settled(client, 1)
    assert client.get("/v1/staff/P-0").json["revision"] == int(etag.strip('"')) + 1, "the reconciler moves no ETag"

    assert client.put("/v1/staff/P-0/accounts/td-office", {"state": "locked", "reason": "leave"}).status in (200, 202)
    wait_for(lambda: account(client, 0)["observed"]["state"] == "temp_locked", "locked")
    assert far.users()["noivu_nguyenthianan"]["active"] is False
    assert client.put("/v1/staff/P-0/accounts/td-office", {"state": "present"}).status in (200, 202)
    wait_for(lambda: far.users()["noivu_nguyenthianan"]["active"], "open again")
    when_settled(client, 1)

    assert client.patch("/v1/staff/P-0", {"unit": "T1.02"}).status == 200
    wait_for(lambda: "tckh_nguyenthianan" in far.users(), "the new unit's account")
    when_settled(client, 1)
    users = far.users()
    assert users["noivu_nguyenthianan"]["active"] is False and users["tckh_nguyenthianan"]["active"] is True
    assert users["tckh_nguyenthianan"]["externalId"] == made["id"] != users["noivu_nguyenthianan"]["externalId"]

    assert client.put("/v1/staff/P-0/departure", {"reason": "nghi_huu"}).status in (200, 202)
    wait_for(lambda: client.get("/v1/staff/P-0/departure").json["state"] == "done", "the departure is done")
    assert account(client, 0)["observed"]["state"] == "closed"
    assert not any(u["active"] for u in far.users().values() if u["userName"] != "quantri")
    assert far.users()["quantri"] == kept


@EITHER
def test_what_is_there_already_is_adopted_by_the_rule(office, far):
    taken = "urn:another:system"
    far.seed({"userName": "NoiVu_NguyenThiAnAn", "active": False, "nickName": "An"},
             {"userName": "noivu_nguyenthichian", "active": True, "externalId": "P-2"},
             {"userName": "noivu_nguyenthibinhan", "externalId": taken, "active": True})
    before, laid = far.users()["noivu_nguyenthibinhan"], far.users()["NoiVu_NguyenThiAnAn"]
    _, client = office(far.url)
    person(client, 0)
    person(client, 1)
    person(client, 2)
    for n in (0, 2):
        wait_for(lambda n=n: account(client, n)["observed"]["state"] == "provisioned", "adopted")
    assert far.users()["noivu_nguyenthichian"]["externalId"].startswith("stf_")
    adopted = next(u for u in far.users().values() if u["id"] == laid["id"])
    assert adopted["active"] is True and adopted.get("nickName") == laid.get("nickName") and adopted["externalId"].startswith("stf_")
    refused = wait_for(lambda: account(client, 1)["observed"] if account(client, 1)["observed"]["attempts"] else None, "refused")
    assert refused["state"] == "requested" and "does not manage" in refused["last_error"] and refused["next_try_at"]
    row = client.get("/v1/accounts", system="td-office", drift=True).json["items"]
    assert [r["observed"]["login"] for r in row] == ["noivu_nguyenthibinhan"] and row[0]["observed"]["attempts"] >= 1
    assert row[0]["observed"]["last_error"] == refused["last_error"]
    assert far.users()["noivu_nguyenthibinhan"] == before and len(far.users()) == 3


def test_a_refused_change_is_shown_and_goes_through_when_it_can(office, between):
    middle = between()
    service, client = office(middle.url)
    person(client, 0)
    when_settled(client, 1)
    middle.manners.faults += [scim.on(m, "/Users/", (400, {})) for m in ("PATCH", "PATCH", "PUT", "PATCH")]
    assert client.patch("/v1/staff/P-0", {"title": "Chánh Văn phòng"}).status == 200
    row = wait_for(lambda: client.get("/v1/accounts", system="td-office", drift=True).json["items"], "the refusal shows")[0]
    assert row["drift"] and row["observed"]["state"] == "provisioned" and row["observed"]["attempts"] == 1 and row["observed"]["next_try_at"]
    assert "400" in row["observed"]["last_error"] and account(client, 0)["observed"]["last_error"] == row["observed"]["last_error"]
    assert [r["observed"] for r in client.get("/v1/accounts", failed=True).json["items"]] == [row["observed"]]
    assert metrics(service)["congvu_accounts_failed"] == [1]
    assert client.patch("/v1/staff/P-0", {"title": "Phó Chánh Văn phòng"}).status == 200  # mended by hand: tried at once
    wait_for(lambda: far_title(middle) == "Phó Chánh Văn phòng", "the mended title is there")
    wait_for(lambda: client.get("/v1/accounts", failed=True).json["items"] == [] and metrics(service)["congvu_accounts_failed"] == [0], "no longer failed")
    when_settled(client, 1)
    assert account(client, 0)["observed"]["attempts"] == 0


def test_without_the_rule_nothing_is_adopted(office, far):
    far.seed({"id": "a1", "userName": "noivu_nguyenthianan", "active": True})
    before = far.users()
    _, client = office(far.url, {"match_login": False})
    person(client, 0)
    wait_for(lambda: account(client, 0)["observed"]["attempts"], "refused")
    assert far.users() == before


@EITHER
def test_a_unit_has_its_account_there_too(office, far):
    _, client = office(far.url, connect_compare_s=1)
    person(client, 0)
    assert client.put("/v1/units/T1.01/mailbox", {"holders": ["P-0"]}).status == 200
    path = "/v1/units/T1.01/accounts/td-office"
    made = client.put(path, {"login": "vanthu_noivu", "custodian": "P-0"})
    assert made.status == 201 and made.json["desired"] == {"state": "present"} and made.json["observed"]["state"] == "requested"

    def there():
        return far.users().get("vanthu_noivu", {})

    def listed():
        return client.get("/v1/units/T1.01/accounts").json["items"]

    wait_for(lambda: listed()[0]["observed"]["state"] == "provisioned", "made")
    unit = client.get("/v1/units/T1.01").json
    assert there()["active"] is True and there()["externalId"] == unit["id"] and there()["displayName"] == unit["name"]["vi"]
    tag = client.get("/v1/units/T1.01").etag
    when_settled(client, 1)
    assert client.get("/v1/units/T1.01").etag == tag, "what is seen of it moves no ETag"

    renamed = client.patch("/v1/units/T1.01", {"name": {"vi": "Phòng Nội vụ và Lao động"}})
    assert renamed.status == 200
    wait_for(lambda: there()["displayName"] == "Phòng Nội vụ và Lao động", "the unit's new name")
    far.forget(there()["id"])
    wait_for(lambda: there().get("active"), "a comparison misses it, and it is made again")
    wait_for(lambda: [o for o in [client.get(SYSTEM + "/orphans").json] if o["complete"] and o["missing_there"] == 0], "compared")
    assert client.get(SYSTEM + "/orphans").json["items"] == []

    assert client.delete(path, etag="*").status == 204 and client.delete(path, etag="*").code == "account_not_found"
    wait_for(lambda: listed() == [], "closed there")
    assert there()["active"] is False
    at = client.get(SYSTEM + "/orphans").json["compared_at"]
    wait_for(lambda: client.get(SYSTEM + "/orphans").json["compared_at"] > at, "compared again")
    assert client.get(SYSTEM + "/orphans").json["items"] == [], "it is still the unit's"
    assert client.put(path, {"login": "vanthu_noivu", "custodian": "P-0"}).status == 201
    wait_for(lambda: there()["active"], "opened again")
    assert len([u for u in far.users().values() if u["externalId"] == unit["id"]]) == 1


@EITHER
def test_closed_accounts_are_deleted_after_their_time(office, far):
    _, client = office(far.url, {"delete_after_days": 0})
    person(client, 0)
    when_settled(client, 1)
    assert client.put("/v1/staff/P-0/accounts/td-office", {"state": "closed"}).status in (200, 202)
    wait_for(lambda: account(client, 0)["observed"]["state"] == "revoked", "deleted")
    assert far.users() == {} and account(client, 0)["desired"]["state"] == "revoked"


@EITHER
def test_a_comparison_reports_both_ways_and_mends_what_is_ours(office, far):
    far.seed({"userName": "quantri", "active": True})
    foreign = far.users()["quantri"]["id"]
    _, client = office(far.url, connect_compare_s=1)
    made = [person(client, n) for n in range(3)]
    when_settled(client, 3)
    users = far.users()
    far.forget(users["noivu_nguyenthianan"]["id"])
    far.alter(users["noivu_nguyenthibinhan"], active=False)
    wait_for(lambda: far.users().get("noivu_nguyenthianan", {}).get("active"), "made again")
    wait_for(lambda: far.users()["noivu_nguyenthibinhan"]["active"], "opened again")
    found = wait_for(lambda: [o for o in [client.get(SYSTEM + "/orphans").json] if o["complete"] and o["missing_there"] == 0 and o["unknown_here"]],
                     "compared again")[0]
    assert found["items"] == [{"kind": "unknown_here", "remote_id": foreign, "login": "quantri", "staff": None, "unit": None}]
    health = client.get(SYSTEM).json["health"]
    assert health["breaker"] == "closed" and health["last_success_at"] and health["comparison"]["unknown_here"] == 1
    assert {u["externalId"] for u in far.users().values() if "externalId" in u} == {m["id"] for m in made}


# ---- the second server: each address once only, and of everybody ----
@pytest.mark.parametrize("far", [SECOND], indirect=True)
def test_who_moves_takes_the_address_along_and_back(office, far):
    _, client = office(far.url)
    made = person(client, 0)
    when_settled(client, 1)
    for unit, login, left in (("T1.02", "tckh_nguyenthianan", "noivu_nguyenthianan"), ("T1.01", "noivu_nguyenthianan", "tckh_nguyenthianan")):
        assert client.patch("/v1/staff/P-0", {"unit": unit}).status == 200
        wait_for(lambda login=login: far.users().get(login, {}).get("active"), "the new unit's account")
        when_settled(client, 1)
        users = far.users()
        assert len(users) == 2 and users[login]["externalId"] == made["id"] and users[login]["emails"][0]["value"] == made["address"]
        assert users[left]["active"] is False and users[left]["emails"][0]["value"] == left + "@closed.invalid"
    assert account(client, 0)["observed"]["login"] == "noivu_nguyenthianan"


@pytest.mark.skipif(not MORE, reason="tests/run.sh --more: waits for the breaker")
@pytest.mark.parametrize("far", [SECOND], indirect=True)
def test_the_second_server_is_started_anew_in_between(office, far):
    many = 100
    far.seed({"userName": "quantri", "active": True})
    kept = far.users()["quantri"]
    _, client = office(far.url, workers_connect=4, connect_compare_s=2)
    for n in range(many):
        person(client, n)
    wait_for(lambda: len(far.users()) > many // 4, "some of them are made")
    far.pause()
    left, moved = range(1, 40, 9), range(2, many, 9)  # more leavers at once are the brake's affair
    for n in range(0, many, 9):
        assert client.patch(f"/v1/staff/P-{n}", {"title": "Trưởng phòng"}).status == 200
    for n in moved:
        assert client.patch(f"/v1/staff/P-{n}", {"unit": "T1.02"}).status == 200
    for n in left:
        assert client.put(f"/v1/staff/P-{n}/departure", {"reason": "nghi_huu"}).status in (200, 202)
    wait_for(lambda: any(r["observed"]["last_error"] for r in client.get("/v1/accounts", system="td-office", drift=True).json["items"]), "it is missed")
    far.start()
    when_settled(client, many)
    users = far.users()
    assert users.pop("quantri") == kept
    active = {n: u for n, u in users.items() if u["active"]}
    assert len(active) == many - len(left) == len({u["externalId"] for u in active.values()})
    assert [u["title"] for u in active.values()].count("Trưởng phòng") == len(range(0, many, 9))
    assert len([n for n in active if n.startswith("tckh_")]) == len(moved)
    assert all(client.get(f"/v1/staff/P-{n}/departure").json["state"] == "done" for n in left)
    found = wait_for(lambda: [o for o in [client.get(SYSTEM + "/orphans").json] if o["complete"] and o["missing_there"] == 0], "compared")[0]
    assert [o["login"] for o in found["items"] if o["kind"] == "unknown_here"] == ["quantri"]


# ---- TLS ----
def certificates(folder, name):
    """A CA of that name and a server's certificate by it, for the host localhost: (CA file, certificate, key)."""
    ca, key, ask, cert = (str(folder / f"{name}.{end}") for end in ("ca", "key", "csr", "crt"))
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    steps = [[*new, "-x509", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{key}.ca", "-out", ca],
             [*new, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", ask],
             ["openssl", "x509", "-req", "-in", ask, "-CA", ca, "-CAkey", f"{key}.ca", "-days", "2", "-copy_extensions", "copy", "-out", cert]]
    for step in steps:
        subprocess.run(step, check=True, capture_output=True)
    return ca, cert, key


def test_the_certificate_must_be_of_our_authority_and_of_the_host(office, far, between, secrets):
    folder = pathlib.Path(secrets)
    _, cert, key = certificates(folder, "ours")
    certificates(folder, "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    middle = between(tls=context)
    named = middle.url_by("localhost")
    _, client = office(named, {"ca_file": "other.ca"})
    person(client, 0)

    def refused(*words):
        return wait_for(lambda: all(w in (account(client, 0)["observed"]["last_error"] or "") for w in words), f"refused: {words}")

    refused("certificate", "issuer")
    connect(client, named, ca_file=None)
    assert client.patch("/v1/staff/P-0", {"title": "A"}).status == 200
    refused("certificate", "issuer")
    connect(client, named, ca_file="absent.ca")
    assert client.patch("/v1/staff/P-0", {"title": "B"}).status == 200
    refused("ca_file")
    connect(client, middle.url, ca_file="ours.ca")
    assert client.patch("/v1/staff/P-0", {"title": "C"}).status == 200
    refused("certificate", "127.0.0.1")
    assert far.users() == {} and middle.manners.seen == [], "nothing was said to a stranger"
    connect(client, named, ca_file="ours.ca")
    assert client.patch("/v1/staff/P-0", {"title": "D"}).status == 200
    when_settled(client, 1)
    assert far_title(middle) == "D"


# ---- other servers' manners ----
HABITS = [
    {"patch_status": 204, "no_etag": True},
    {"page": 3, "total": 5},
    {"page": 3, "total": -2},
    {"refuses_nulls": True, "created_status": 200},
    {"capitals": True},
    {"no_patch": True, "no_discovery": True},
    {"no_filter": True, "page": 2},
    {"ignores_filter": True, "page": 4},
    {"no_extension": True, "no_discovery": True},
    {"plain_json": True, "html_errors": True},
    {"text_booleans": True, "other_case": True},
    {"odd_ids": True, "bare": True},
]
EVERY_DAY = [  # the same in fewer servers
    {"patch_status": 204, "no_etag": True, "page": 3, "total": -2, "refuses_nulls": True, "created_status": 200, "capitals": True},
    {"no_patch": True, "no_discovery": True, "no_filter": True, "page": 2, "no_extension": True, "html_errors": True},
    {"ignores_filter": True, "page": 4, "total": 5, "text_booleans": True, "other_case": True, "odd_ids": True, "bare": True, "plain_json": True},
]


@pytest.mark.parametrize("habit", HABITS if MORE else EVERY_DAY, ids=lambda h: "+".join(h))
def test_other_manners(office, far, between, habit):
    far.seed(*({"id": f"f{n}", "userName": f"foreign{n}", "active": True, "title": "x"} for n in range(5)))
    kept = {u["id"]: u for u in far.users().values()}
    _, client = office(between(**habit).url)
    for n in range(4):
        person(client, n)
    when_settled(client, 4)
    ours = {n: u for n, u in far.users().items() if n.startswith("noivu_")}
    assert len(ours) == 4 and all(u["active"] for u in ours.values())
    assert client.patch("/v1/staff/P-1", {"title": "Trưởng phòng"}).status == 200
    assert client.put("/v1/staff/P-2/departure", {"reason": "nghi_huu"}).status in (200, 202)
    wait_for(lambda: client.get("/v1/staff/P-2/departure").json["state"] == "done", "left")
    when_settled(client, 4)
    ours = {n: u for n, u in far.users().items() if n.startswith("noivu_")}
    assert len(ours) == 4 and [u["active"] for u in ours.values()].count(False) == 1
    assert [u.get("title") for u in ours.values()].count("Trưởng phòng") == 1
    assert {i: u for i, u in ((u["id"], u) for u in far.users().values()) if i in kept} == kept


FAULTS = ["lost", "half", "twice", "cut before", (500, {}), (503, {"Retry-After": "1"}), (429, {"Retry-After": "1"})]


@pytest.mark.parametrize("faults", [[f] * 2 for f in FAULTS] if MORE else [FAULTS], ids=str)
def test_a_failing_create_converges_and_makes_nobody_twice(office, far, between, faults):
    middle = between()
    middle.manners.faults += [scim.on("POST", "/Users$", fault) for fault in faults]
    _, client = office(middle.url)
    for n in range(8):
        person(client, n)
    when_settled(client, 8)
    assert len(far.users()) == 8 and all(u["active"] for u in far.users().values()) and not middle.manners.faults


def test_a_server_that_is_away_for_a_while(office, far, between):
    middle = between(down=True)
    _, client = office(middle.url)
    for n in range(12):
        person(client, n)
    health = wait_for(lambda: [h for h in [client.get(SYSTEM).json["health"]] if h and h["breaker"] == "open"], "the breaker opens")[0]
    assert health["queue"] == 12 and health["oldest_pending_at"] and health["error_rate"] == 1 and health["last_success_at"] is None
    calls = len(middle.manners.seen)
    assert calls < 60, "it is left alone"
    assert any(r["observed"]["last_error"] for r in client.get("/v1/accounts", system="td-office", drift=True).json["items"])
    middle.manners.down = False
    when_settled(client, 12)
    assert len(far.users()) == 12 and client.get(SYSTEM).json["health"]["breaker"] == "closed"


def test_killed_at_any_point_it_converges_within_15_seconds(start, secrets, far, spec, more):
    lease = {} if more else {"lease_ms": 1000}
    service = Service(spec=spec, connector_secret_dir=secrets, connect_period_ms=50, **lease)
    try:
        service.start()
        client = service.client()
        make_units(client)
        client.secret = pathlib.Path(secrets) / "td-office.token"
        connect(client, far.url)
        people, rounds = 0, 12 if more else 4
        for kill in range(rounds):
            for _ in range(3):
                person(client, people)
                people += 1
            wait_for(lambda: len(far.users()) >= people - 3 + kill % 3, "some of them are made")
            service.kill()
            service.start()
            client = service.client()
            wait_for(lambda: client.get("/v1/units").status == 200, "the view is loaded")
            when_settled(client, people, 15)
        users = far.users()
        assert len(users) == people and len({u["externalId"] for u in users.values()}) == people
        service.stop()
    finally:
        service.clean()


# ---- a system that reads the directory itself ----
def eoffice_sign_in(service, login, password):
    """As deploy/connectors/README.md tells a system to do it: search as its own identity, then bind as the entry."""
    uri, own = service.ready["directory_listen"], "cn=eoffice,ou=readers,ou=system,dc=congvu"
    secret = (service.data / "readers/eoffice.pass").read_text().strip()
    found = subprocess.run(["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", uri, "-D", own, "-y", "/dev/stdin", "-b", "ou=people,dc=congvu",
                            "-s", "one", f"(&(authorizedService=e-office)(cvAccountLogin;x-e-office={login}))", "cn", "mail", "title", "cvUnit"],
                           input=secret, text=True, capture_output=True)
    assert found.returncode == 0, found.stderr
    entries = parse_ldif(found.stdout)
    if not entries:
        return False
    assert {"cn", "mail", "title", "cvUnit"} <= set(entries[0])
    return subprocess.run(["ldapwhoami", "-x", "-H", uri, "-D", entries[0]["dn"][0], "-y", "/dev/stdin"], input=password, text=True,
                          capture_output=True).returncode == 0


def test_a_directory_served_system_decides_by_the_service(start):
    service = start(directory_listen="127.0.0.1:0")
    client = service.client()
    make_units(client)
    body = json.loads((ROOT / "deploy/connectors/e-office-directory.json").read_text())
    rule = [{"categories": ["cong_chuc"]}]
    assert client.patch("/v1/systems/e-office", {**body, "required_for": rule}).status == 200
    made = client.put("/v1/staff/E-1", an(mobile="+84900000001", birth_year=1990)).json
    login = next(a["observed"]["login"] for a in made["accounts"] if a["system"] == "e-office")
    once = client.post("/v1/staff/E-1/accounts/mailbox/credential-resets", None).json["code"]
    assert client.post("/v1/activations", {"code": once, "password": "Mat-Khau-Rieng-9"}).status == 204
    assert eoffice_sign_in(service, login, "Mat-Khau-Rieng-9") and not eoffice_sign_in(service, login, "another")
    assert client.put("/v1/staff/E-1/accounts/e-office", {"state": "locked", "reason": "leave"}).json["observed"]["state"] == "temp_locked"
    assert not eoffice_sign_in(service, login, "Mat-Khau-Rieng-9")
    assert client.put("/v1/staff/E-1/accounts/e-office", {"state": "present"}).status == 200
    assert eoffice_sign_in(service, login, "Mat-Khau-Rieng-9")
    assert client.put("/v1/staff/E-1/departure", {"reason": "nghi_huu"}).status == 200
    assert not eoffice_sign_in(service, login, "Mat-Khau-Rieng-9")


# ---- configuration ----
def test_the_examples_are_taken(start, secrets):
    client = start(connector_secret_dir=secrets, connector_file_dir=secrets).client()
    for name in ("td-office-scim", "e-office-scim", "e-office-file", "e-office-directory"):
        body = json.loads((ROOT / f"deploy/connectors/{name}.json").read_text())
        answer = client.patch("/v1/systems/" + "-".join(name.split("-")[:2]), body)
        assert answer.status == 200 and answer.json["kind"] == body["kind"], answer


@pytest.mark.parametrize("connector, pointers", [
    ({}, {"#/connector/url"}),
    ({"url": "ftp://e.vn", "allow": ["everything"], "map": {"title": "a b"}}, {"#/connector/url", "#/connector/allow", "#/connector/map"}),
    ({"url": "https://u:p@e.vn/"}, {"#/connector/url"}),
    ({"url": "https://e.vn/", "credential_file": "../secret.key"}, {"#/connector/credential_file"}),
    ({"url": "https://e.vn/", "map": {"login": None, "shoe": "x"}}, {"#/connector/map/login", "#/connector/map/shoe"}),
    ({"url": "https://e.vn/", "delete_after_days": -1, "patch": "loud", "secret": "x"},
     {"#/connector/delete_after_days", "#/connector/patch", "#/connector/secret"}),
])
def test_connectors_that_cannot_be(client, connector, pointers):
    answer = client.patch("/v1/systems/e-office", {"kind": "connector", "connector": connector})
    assert answer.status == 422 and {e["pointer"] for e in answer.json["errors"]} == pointers, answer


def test_a_connector_is_shown_changed_and_taken_away(client):
    path = "/v1/systems/e-office"
    made = client.patch(path, {"kind": "connector", "connector": {"url": "https://eoffice.example.vn/scim/v2", "map": {"unit_code": "costCenter"}}})
    assert made.status == 200 and made.json["connector"]["map"]["unit_code"] == "costCenter" and made.json["connector"]["map"]["login"] == "userName"
    changed = client.patch(path, {"connector": {"match_login": False, "map": {"unit_code": None}}})
    assert changed.json["connector"]["url"] == "https://eoffice.example.vn/scim/v2" and changed.json["connector"]["map"]["unit_code"] is None
    assert client.get(path).json["connector"] == changed.json["connector"]
    assert client.patch(path, {"kind": "directory"}).status == 422
    gone = client.patch(path, {"kind": "directory", "connector": None})
    assert gone.status == 200 and gone.json["connector"] is None and gone.json["health"] is None


def test_loopback_and_wrong_secrets_are_refused_without_a_word(office, far, secrets):
    service, client = office(far.url, {"allow": []})
    person(client, 0)
    seen = wait_for(lambda: [o for o in [account(client, 0)["observed"]] if o["last_error"]], "refused")[0]
    assert "not among those" in seen["last_error"]
    (pathlib.Path(secrets) / "td-office.token").chmod(0o644)
    connect(client, far.url)
    wait_for(lambda: "0600" in (account(client, 0)["observed"]["last_error"] or ""), "the open secret is refused")
    assert far.users() == {} and scim.TOKEN not in service.log.read_text() and scim.TOKEN not in json.dumps(client.get(SYSTEM).json)
    (pathlib.Path(secrets) / "td-office.token").chmod(0o600)
    when_settled(client, 1)


def test_a_secret_goes_only_to_the_host_it_names(office, far, between, secrets):
    token = pathlib.Path(secrets) / "td-office.token"
    stranger = between()
    _, client = office(stranger.url)
    meant_for(token, far.url)
    person(client, 0)
    wait_for(lambda: "another host" in (account(client, 0)["observed"]["last_error"] or ""), "the secret stays here")
    token.write_text(f"Bearer {scim.TOKEN}\n")
    wait_for(lambda: "must be Host:" in (account(client, 0)["observed"]["last_error"] or ""), "nor does it follow any URL when it names none")
    assert stranger.manners.seen == []
    connect(client, far.url)
    assert client.patch("/v1/staff/P-0", {"title": "A"}).status == 200
    when_settled(client, 1)
    assert far.users()["noivu_nguyenthianan"]["title"] == "A"


# ---- many ----
def test_many_people_appear_change_and_leave(office, far, between, more):
    many = 500 if more else 60
    far.seed(*({"id": f"f{n}", "userName": f"foreign{n}", "active": True} for n in range(20)))
    kept = {n: u for n, u in far.users().items()}
    middle = between(page=17)
    faults = ["lost", "half", "twice", (500, {}), (503, {"Retry-After": "1"}), "cut before"]
    middle.manners.faults += [scim.on(m, "/Users", faults[i % len(faults)]) for i in range(12) for m in ("POST", "PATCH")]
    _, client = office(middle.url, workers_connect=4)
    for n in range(many):
        person(client, n)
    when_settled(client, many, 600 if more else 90)
    ours = {n: u for n, u in far.users().items() if n not in kept}
    assert len(ours) == many and len({u["externalId"] for u in ours.values()}) == many and all(u["active"] for u in ours.values())
    for n in range(0, many, 7):
        assert client.patch(f"/v1/staff/P-{n}", {"title": "Trưởng phòng"}).status == 200
    for n in range(1, min(many, 30), 7):
        assert client.put(f"/v1/staff/P-{n}/accounts/td-office", {"state": "closed", "reason": "x"}).status in (200, 202)
    when_settled(client, many, 600 if more else 90)
    ours = {n: u for n, u in far.users().items() if n not in kept}
    assert [u.get("title") for u in ours.values()].count("Trưởng phòng") == len(range(0, many, 7))
    assert [u["active"] for u in ours.values()].count(False) == len(range(1, min(many, 30), 7))
    assert {n: u for n, u in far.users().items() if n in kept} == kept
