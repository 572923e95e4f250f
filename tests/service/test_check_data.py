"""congvud check-data: what faults of earlier versions did to data, found beside the running service and at rest."""
import base64
import hashlib
import json
import os
import shutil
import subprocess

import pytest

import congvu
import first_slice
from congvu import BIN, Service, an, make_units, nth


def check(data):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}  # the harness's own
    run = subprocess.run([BIN, "check-data", "--data-dir", data, "--clock-offset", str(congvu.ahead_s)], env=environment, capture_output=True, text=True)
    return run, [json.loads(line) for line in run.stdout.splitlines()]


def written(service, person, changes):
    """As a version with the fault wrote it, in its own name."""
    lines = "\n-\n".join(changes + ["replace: cvActor\ncvActor: system - scheduler"])
    service.ldapmodify(f"cvId={person['id']},ou=people,dc=congvu", lines)


def document(service, name, text):
    service.ldapadd(f"dn: cvDocumentName={name},ou=snapshots,ou=system,dc=congvu\nobjectClass: cvDocumentEntry\ncvDocumentName: {name}\ncvRevision: 1\ncvDocument:{text}\n")


def ldif(text):

    return ": " + base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def damaged(spec):

    service = Service(spec=spec, history_days=0).start()  # no snapshot of today but those below
    client = service.client()
    make_units(client)
    for i in range(12):
        assert client.put(f"/v1/staff/B-{i}", an(full_name=nth("Lê Văn", i), unit="T1")).status == 201
    yield service, client
    service.stop()
    service.clean()


def test_sound_data_have_no_findings(damaged):
    service, _ = damaged
    run, found = check(service.data)
    assert run.returncode == 0 and run.stderr == "", run
    assert [f["kind"] for f in found] == ["summary"] and found[0]["people"] == 12 and set(found[0]["found"].values()) == {0}
    assert found[0]["log_since"] is None or found[0]["log_since"].startswith("20"), "said how far the log reaches"


def test_what_is_new_corrected_or_merged_is_sound(damaged):
    service, client = damaged
    for code, name in (("S-MAI", "Cao Thị Mai Đến"), ("S-SUA", "Cao Văn Sửa Ngay"), ("S-GOP", "Cao Thị Gộp"), ("S-VAO", "Cao Thị Gộp")):
        ahead = {"hired_on": "2099-01-01"} if code == "S-MAI" else {}
        assert client.put(f"/v1/staff/{code}", an(full_name=name, birth_year=1980, **ahead)).status == 201
    assert client.patch("/v1/staff/S-SUA", {"unit": "T1.02"}).status == 200
    assert client.put("/v1/staff/S-GOP/merge", {"into": client.get("/v1/staff/S-VAO").json["id"], "reason": "nhập hai lần"}).status == 200
    run, found = check(service.data)
    assert run.returncode == 0 and [f["kind"] for f in found] == ["summary"], found


def test_a_departure_that_waits_for_a_certificate_is_sound(damaged):
    service, client = damaged
    for code, reason in (("S-CTS", "nghi_huu"), ("S-CTS-DI", "chuyen_cong_tac")):
        assert client.put(f"/v1/staff/{code}", an(full_name=f"Cao Chứng Thư {reason}".replace("_", " "), unit="T1")).status == 201
        assert client.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "active"}).status in (200, 201)
        assert client.put(f"/v1/staff/{code}/departure", {"reason": reason}).status in (200, 202)
    run, found = check(service.data)
    assert run.returncode == 0 and [f["kind"] for f in found] == ["summary"], found
    for code in ("S-CTS", "S-CTS-DI"):
        assert client.put(f"/v1/staff/{code}/accounts/certificate/observation", {"state": "revoked"}).status == 200


def test_each_fault_is_found_beside_the_running_service_and_at_rest(damaged):
    service, client = damaged
    person = {}

    def onboard(code, name, **more):
        person[code] = client.put(f"/v1/staff/{code}", an(full_name=name, **more)).json
        return person[code]

    # carried out of a hold: one that nobody released, and one that somebody did
    line = client.post("/v1/tokens", {"name": "nightly", "scopes": ["departures:write"]}).json
    nightly = service.client(line["secret"])
    held = nightly.post("/v1/departures/batches", {"departures": [{"staff": f"B-{i}", "reason": "thoi_viec"} for i in range(7)]}).json
    assert held["summary"]["held"] == 2
    assert client.post("/v1/brake-releases", {"token": line["id"], "reason": "x", "people": ["B-5"]}).json["released"] == 1
    leaked = client.get("/v1/staff/B-6").json
    order = json.loads(service.person(leaked["id"])["cvDeparture"][0])
    done = json.dumps({**order, "state": "done", "started_at": "20261129154422Z", "counted": True})
    written(service, leaked, [f"replace: cvDeparture\ncvDeparture: {done}", "replace: authorizedService",
                              *(f"replace: {a};x-{s}\n{a};x-{s}: closed" for a in ("cvAccountDesired", "cvAccountState") for s in ("mailbox", "td-office"))])
    # a leaver open again
    onboard("GONE", "Cao Mở Lại")
    client.put("/v1/staff/GONE/departure", {"reason": "nghi_huu"})
    written(service, person["GONE"], ["replace: cvAccountDesired;x-mailbox\ncvAccountDesired;x-mailbox: present", "add: authorizedService\nauthorizedService: mailbox",
                                      "replace: cvAccountState;x-mailbox\ncvAccountState;x-mailbox: active", "delete: cvAccountReason;x-mailbox"])
    # restored with the old password; and rightly
    for code, name in (("LOST", "Cao Thị Lộ"), ("RIGHT", "Cao Thị Đúng")):
        onboard(code, name)
        secret = client.post(f"/v1/staff/{code}/accounts/mailbox/credential-resets", None).json["code"]
        assert client.post("/v1/activations", {"code": secret, "password": "Mua-Xuan-Ve-2027"}).status == 204
        assert client.put(f"/v1/staff/{code}/accounts/mailbox", {"state": "locked", "reason": "compromised"}).status == 200
    assert client.put("/v1/staff/RIGHT/accounts/mailbox", {"state": "present"}).status == 200
    written(service, person["LOST"], ["replace: cvAccountDesired;x-mailbox\ncvAccountDesired;x-mailbox: present", "replace: cvCredentialSet\ncvCredentialSet: TRUE",
                                      "replace: cvAccountState;x-mailbox\ncvAccountState;x-mailbox: active", "delete: cvAccountReason;x-mailbox"])
    # two records of one person
    onboard("TW-1", "Vũ Thị Sinh", birth_year=1980)
    onboard("TW-2", "Vũ Thị Khác", birth_year=1980, unit="T1.02")
    written(service, person["TW-2"], [f"replace: cn\ncn:{ldif('Vũ Thị Sinh')}"])
    # a transfer over the former post, to a day that is yet to come
    onboard("MOVE", "Cao Điều Động", hired_on="2020-01-01")
    other = client.get("/v1/units/T1.02").json["id"]
    post = json.dumps({"unit": other, "kind": "chinh_thuc", "primary": True, "from": "2099-12-19"})
    written(service, person["MOVE"], [f"replace: cvPost\ncvPost: {post}", f"replace: cvUnit\ncvUnit: cvId={other},ou=units,dc=congvu"])
    # an alias that is the address
    onboard("ALIAS", "Cao Bí Danh")
    alias = json.dumps({"address": person["ALIAS"]["address"], "until": "2099-01-01"})
    written(service, person["ALIAS"], [f"add: cvAliasUntil\ncvAliasUntil: {alias}"])
    # figures of a day on which nobody was there, and of one on which somebody was
    members = "members headcount declared_units recorded unrecorded"
    document(service, "rows.2025-01-01.aa", ldif(f"congvu-history 1\n{members}\nunt_0 - mailbox=,,,1, td-office=\n"))
    document(service, "rows.2025-01-02.bb", ldif(f"congvu-history 1\n{members}\nunt_0 - mailbox=,,14,1, td-office=\n"))
    document(service, "day.2025-01-01", ldif("congvu-history 1\nday 2025-01-01 1 2024-12-01 2025-01-01 1\nrows 2025-01-01 aa\n"))
    document(service, "day.2025-01-02", ldif("congvu-history 1\nday 2025-01-02 1 2024-12-01 2025-01-02 1\nrows 2025-01-02 bb\n"))

    expected = {("hold_leaked", "B-6"), ("leaver_open", "GONE"), ("old_password", "LOST"), ("post_overwritten", "MOVE"), ("post_not_begun", "MOVE"),
                ("alias_is_address", "ALIAS"), ("empty_snapshot", "2025-01-01"), ("twin", "TW")}

    def findings():
        run, found = check(service.data)
        assert run.returncode == 1 and run.stderr == "", run
        assert all(f["vi"] != f["en"] for f in found[:-1])
        return sorted((f["kind"], (f.get("staff_code") or f["id"]).replace("TW-1", "TW").replace("TW-2", "TW")) for f in found[:-1]), found[-1]

    running, summary = findings()
    assert running == sorted(expected) and summary["snapshots"] == 2 and summary["log_since"], running
    service.stop()

    def data():
        return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(service.data.rglob("*")) if p.is_file() and p.name != "lock.mdb"}

    before = data()
    assert findings()[0] == running, "at rest"
    assert data() == before, "nothing was written"
    service.start()


def test_data_of_a_version_with_fewer_databases_are_read_too(damaged):
    service, _ = damaged
    service.stop()
    for folder in ("work", "leases", "usage"):
        shutil.rmtree(service.data / "slapd" / folder, ignore_errors=True)
    run, found = check(service.data)
    assert run.returncode == 1 and found[-1]["people"] > 12, run
    assert not (service.data / "slapd/work").exists(), "nothing was made"


def test_where_there_are_no_data_it_says_so_and_makes_none(tmp_path):
    run, found = check(tmp_path)
    assert run.returncode == 2 and "there are no data" in run.stderr and found == []
    assert list(tmp_path.iterdir()) == []


def test_what_the_first_slice_left_is_found(start):
    """Written by that program (first_slice/make.py). Who was let go by a second person, and who grew up beside the held, is no finding."""
    service = start()
    service.stop()
    first_slice.load(service)
    run, found = check(service.data)
    assert run.returncode == 1 and run.stderr == "", run
    assert sorted((f["kind"], f.get("staff_code", "").replace("DOI-2", "DOI-1")) for f in found[:-1]) == [
        ("alias_is_address", "BI-DANH"), ("empty_snapshot", ""), ("hold_leaked", "GIU-3"), ("leaver_open", "MO-LAI"), *(("old_password", f"LO-{n}") for n in (1, 2, 3)),
        ("post_not_begun", "CHUYEN"), ("post_overwritten", "CHUYEN"), ("twin", "DOI-1")]
    assert found[-1]["people"] == 19 and found[-1]["found"]["unreadable"] == 0
