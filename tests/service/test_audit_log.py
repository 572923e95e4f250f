"""The evidence log over HTTP: a witness elsewhere follows it by others' tools, and names are for who may read all evidence."""
import os
import subprocess

import pytest
from browser import Person, activate, login_of
from congvu import an, make_units, nth
from evidence import build_go_verifier, entries, published


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    return build_go_verifier(tmp_path_factory.mktemp("go"))


def follow(go, service, token, older="", **environment):
    """(exit code, entries verified, what was wrong)"""
    key = (service.data / "audit/verifier").read_text().strip()
    done = subprocess.run([go, f"http://127.0.0.1:{service.port}/v1/audit-log", key, *([older] if older else [])], capture_output=True, text=True,
                          env={**os.environ, "TOKEN": token, **environment})
    return done.returncode, done.stdout.strip(), done.stderr


def grow(service, first, count):
    client = service.client()
    for n in range(first, first + count):
        assert client.put(f"/v1/staff/LOG-{n}", an(full_name=nth("Người Trong Sổ", n))).status == 201
    entries(service, lambda log: f"LOG-{first + count - 1}" in str(log[-40:]), "all of them are published")


def test_a_witness_elsewhere_follows_by_gos_own_library(start, go, tmp_path):
    service = start(rate_per_second=0)
    make_units(service.client())
    made = service.client().post("/v1/tokens", {"name": "nhân chứng", "scopes": ["units:read"], "unit": "T1.03"}).json
    witness, auditor = service.client(made["secret"]), service.admin_token()
    size = 0
    for turn, count in enumerate((3, 140, 160, 5)):
        before = tmp_path / f"checkpoint-{turn - 1}" if turn else ""
        grow(service, turn * 1000, count)
        note = witness.get("/v1/audit-log/checkpoint")
        assert note.headers["Content-Type"].startswith("text/plain") and note.headers["Cache-Control"] == "no-store"
        (tmp_path / f"checkpoint-{turn}").write_bytes(note.body)
        code, verified, wrong = follow(go, service, made["secret"], before)
        assert code == 0 and int(verified) >= int(note.body.split(b"\n")[1]) > size, wrong
        size = int(verified)
    assert size > 512, "whole tiles and partial ones were met"
    for turn in range(4):  # of a log that has grown since, all that an older checkpoint covers is still there
        code, verified, wrong = follow(go, service, auditor, CHECKPOINT=str(tmp_path / f"checkpoint-{turn}"), ENTRIES="yes")
        assert (code, verified) == (0, (tmp_path / f"checkpoint-{turn}").read_text().split("\n")[1]), wrong
    assert follow(go, service, auditor, ENTRIES="yes")[0] == 0


def test_entries_are_for_who_may_read_the_evidence_of_everything(shared):
    client, bundle = shared.client(), "/v1/audit-log/tile/entries/000.p/1"
    grow(shared, 1, 1)
    assert b"started" in client.get(bundle).body
    for scopes, unit in ((["audit:read", "staff:read"], "T1"), (["staff:read", "units:read"], None)):
        one = shared.reach(unit, *scopes)
        assert one.get(bundle).code == one.get("/v1/audit-log/tile/entries/999").code == "scope_missing"
        assert len(one.get("/v1/audit-log/tile/0/000.p/1").body) == 32
    assert shared.reach(None, "audit:read").get(bundle).status == 200
    anybody = shared.client()
    anybody.token = None
    assert {anybody.get(path).status for path in (bundle, "/v1/audit-log/checkpoint", "/v1/audit-log/tile/0/000.p/1")} == {401}
    log = entries(shared, lambda log: any(e.get("action") == "get_audit_entries" for e in log), "who read it is in the log itself")
    assert sum(e.get("action") == "get_audit_entries" for e in log) == 2, "once a minute, whoever follows"


def test_whoever_works_here_may_be_a_witness(shared, spec):
    made = shared.client().put("/v1/staff/LOG-ME", an(full_name="Phạm Thị Chứng")).json
    activate(shared.client(), "LOG-ME")
    person = Person(shared, spec)
    assert person.sign_in(login_of(made))[0] == 201
    assert person.raw("GET", "/v1/audit-log/checkpoint")[0] == person.raw("GET", "/v1/audit-log/tile/0/000.p/1")[0] == 200
    assert person.raw("GET", "/v1/audit-log/tile/entries/000.p/1")[0] == 403


@pytest.mark.parametrize("name", ["0/001", "0/999", "0/000.p/0", "0/000.p/256", "0/000.p/255", "0/0", "0/0000", "0/x000/000", "0/000.p/01", "0/000/", "0/-01", "7/000", "00/000", "wal/000", "0/000.p/1/2",
                                  "0/x999/x999/x999/x999/x999/x999/999", "0/00000000000000000000000000000000000000000000000001", "0/000.new", "0/%2e%2e", "checkpoint/000"])
def test_what_is_no_tile_is_not_there(client, name):
    answer = client.get(f"/v1/audit-log/tile/{name}")
    assert (answer.status, answer.code) in {(404, "not_found"), (400, "bad_request")}, answer


def test_the_log_stays_sound_while_it_is_followed(start, go):
    service = start(rate_per_second=0)
    make_units(service.client())
    for n in range(6):
        grow(service, n * 100, 20)
        code, _, wrong = follow(go, service, service.admin_token(), ENTRIES="yes")
        assert code == 0, wrong
    assert any(e.get("action") == "get_audit_entries" for e in published(service.data / "audit"))
