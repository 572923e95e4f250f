"""Evidence of every change: durable before it, complete after a kill, without secrets; no evidence, no change."""
import concurrent.futures
import http.client
import itertools
import os
import pathlib
import random
import re
import shutil
import subprocess
import threading

import pytest
from alerts import firing
from browser import activate
from congvu import BIN, DEADLINE, Service, an, frozen, make_units, nth, wait_for
from evidence import entries, mark_of, origin, published

BUILD = pathlib.Path(os.environ.get("CONGVU_BUILD", pathlib.Path(BIN).parents[1]))
# Attributes that the machine keeps by itself, written out once more: what a change of nothing else may touch without evidence.
UNRECORDED = {"cvaccountstate", "cvaccountsince", "cvaccountissuedon", "cvaccounterror", "cvaccountasked", "cvaccountretry", "cvaccountsynced",
              "cvaccountremoteid", "cvaccountseen", "cvaccountformer", "cvaccountspan", "cvcutoff", "cvsessions", "cvsignin", "cvdueat", "authorizedservice",
              "cvidempotencykey", "cvidempotencybody", "cvidempotencyat", "cvkeyfingerprint", "cvschemaversion", "cvsingle"}
ALWAYS = {"cvactor", "cvupdatedat", "cvcreatedat", "cvrevision", "objectclass", "entrycsn", "modifiersname", "modifytimestamp"}


@pytest.fixture
def service(start):
    return start()


def changes(service):
    """Changes of people, units and the rest, as slapd's own log has them."""
    return service.ldapsearch("-b", "cn=log", "-s", "one", "(objectClass=auditWriteObject)")


def touched(change):
    return {m.split(":")[0].split(";")[0].lower() for m in change.get("reqMod", [])} - ALWAYS


def needs_evidence(change):
    if "ou=snapshots," in change["reqDN"][0] or (change["reqType"] == ["modify"] and all(a.startswith("pwd") for a in touched(change))):
        return False
    return change["reqType"] != ["modify"] or bool(touched(change) - UNRECORDED)


def hold_against_the_directory(service, log):
    """Each change has its intent, with its target; what became of every intent is known."""
    own, ends = origin(service), {}
    for i, e in enumerate(log):
        if "of" in e:
            assert e["of"] < i and log[e["of"]]["kind"] == "intent"
            ends.setdefault(e["of"], []).append(e)
    done = set()
    for change in changes(service):
        mark = mark_of(change)
        if mark is None:
            assert not needs_evidence(change), change
            continue
        assert mark.startswith(own + "/"), mark
        index = int(mark.rpartition("/")[2])
        assert log[index]["kind"] == "intent" and log[index]["dn"].lower() == change["reqDN"][0].lower()
        done.add(index)
    for index, e in enumerate(log):
        if e["kind"] != "intent":
            continue
        assert len(ends.get(index, [])) == 1, (index, e, ends.get(index))
        said = ends[index][0].get("outcome", "not_done")
        assert said == "unknown" or (said == "done") == (index in done), (index, said)
    return done


def everything(client):
    make_units(client)
    made = client.post("/v1/staff", an(mobile="+84912345678")).json
    assert client.patch(f"/v1/staff/{made['id']}", {"mobile": "+84987654321"}).status == 200
    assert client.put(f"/v1/staff/{made['id']}/accounts/mailbox", {"state": "locked", "reason": "other"}).status == 200
    assert client.put(f"/v1/staff/{made['id']}/departure", {"reason": "nghi_huu", "effective_on": "2031-01-01",
                                                            "decision": {"number": "7/QĐ-UBND", "signed_on": "2026-11-20"}}).status == 200
    token = client.post("/v1/tokens", {"name": "máy", "scopes": ["staff:read"]}).json
    assert client.delete(f"/v1/tokens/{token['id']}").status == 204
    unit = client.post("/v1/units", {"name": {"vi": "Phòng Tạm"}, "kind": "phong", "slug": "tam", "parent": "T1", "code": "T1.09", "active_from": "2026-01-01"})
    assert client.delete("/v1/units/T1.09", etag=unit.etag).status == 204
    return made, token


def test_each_change_has_its_intent_and_its_outcome(service):
    made, token = everything(service.client())
    open_ = lambda log: [i for i, e in enumerate(log) if e["kind"] == "intent" and not any(o.get("of") == i for o in log)]
    log = entries(service, lambda log: any(e.get("action") == "unit.delete" for e in log) and not open_(log))
    hold_against_the_directory(service, log)
    about = [e for e in log if e.get("target") == made["id"]]
    assert [e["action"] for e in about] == ["staff.create", "staff.patch", "account.put", "departure.put"]
    assert {e["actor"] for e in about} == {service.client().get("/v1/me").json["token"]["id"]} and {e["via"] for e in about} == {"http"}
    assert about[3]["decision"] == {"number": "7/QĐ-UBND", "signed_on": "2026-11-20"}
    mobile = next(c for c in about[1]["changes"] if c["attribute"] == "mobile")
    assert (mobile["before"], mobile["after"]) == (["***678"], ["***321"])
    assert len(about[0]["claims"]) >= 1 and all(len(c) == 64 for c in about[0]["claims"])
    assert any(e.get("target") == token["id"] and e["action"] == "token.create" for e in log)
    service.stop()
    said = subprocess.run([BIN, "audit", "verify", service.data / "audit"], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


def test_no_secret_is_in_the_log(service):
    client = service.client()
    made, token = everything(client)
    assert client.put("/v1/staff/SECRET", an(full_name="Trần Thị Kín")).status == 201
    code = client.post("/v1/staff/SECRET/accounts/mailbox/credential-resets", {}).json["code"]
    assert client.post("/v1/activations", {"code": code, "password": "Sông-Cái-mùa-lũ-2026"}).status == 204
    secrets = [token["secret"], service.admin_token(), code, code.replace("-", ""), "Sông-Cái-mùa-lũ-2026"]
    entries(service, lambda log: any(e.get("action") == "credential.activate" for e in log))
    service.stop()
    stored = b"".join(p.read_bytes() for p in (service.data / "audit").rglob("*") if p.is_file())
    assert b"0912345678" not in stored and b"+84912345678" not in stored
    for secret in secrets:
        assert secret.encode() not in stored
    assert b"{ARGON2}" not in stored and (service.data / "audit.key").stat().st_mode & 0o777 == 0o600
    assert (service.data / "audit.key").read_bytes() != (service.data / "secret.key").read_bytes()


# ---- no evidence, no change ----

@pytest.fixture
def on_a_faulty_disk(tmp_path, monkeypatch):
    yield from faulty_disk(tmp_path, monkeypatch, "audit/wal")


def faulty_disk(tmp_path, monkeypatch, folder, **settings):
    data = pathlib.Path("/tmp") / f"cv-faulty-{os.getpid()}-{random.randrange(10**9)}"
    data.mkdir(mode=0o700)
    word = tmp_path / "word"
    word.write_text("works")
    monkeypatch.setenv("LD_PRELOAD", str(BUILD / "service/audit/libfaulty_disk.so"))
    monkeypatch.setenv("FAULTY_FOLDER", str(data / folder))
    monkeypatch.setenv("FAULTY_WORD", str(word))
    monkeypatch.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
    service = Service(data=data, request_ms=4000, **settings).start()
    service.own = True
    yield service, word.write_text
    word.write_text("works")
    service.stop()
    service.clean()


@pytest.mark.parametrize("fault", ["full", "read-only", "hangs"])
def test_when_the_audit_folder_fails_nothing_is_changed_and_said_so(on_a_faulty_disk, fault):
    service, disk = on_a_faulty_disk
    client = service.client()
    make_units(client)
    made = client.post("/v1/staff", an()).json
    before = len(changes(service))
    disk(fault)
    for call in (lambda: client.post("/v1/staff", an(full_name="Trần Thị Bình")), lambda: client.patch(f"/v1/staff/{made['id']}", {"title": "Trưởng phòng"}),
                 lambda: client.put(f"/v1/staff/{made['id']}/accounts/mailbox", {"state": "locked", "reason": "other"}),
                 lambda: client.put(f"/v1/staff/{made['id']}/departure", {"reason": "nghi_huu", "effective_on": "2026-01-01"}),
                 lambda: client.post("/v1/tokens", {"name": "máy", "scopes": ["staff:read"]})):
        answer = call()
        assert (answer.status, answer.code) == (503, "audit_unavailable"), answer
    assert client.get(f"/v1/staff/{made['id']}").json["title"] == "Chuyên viên"  # reading goes on
    assert "CongvuEvidenceStopped" in firing(service)
    assert len([c for c in changes(service)[before:] if needs_evidence(c)]) == 0
    disk("works")
    wait_for(lambda: client.patch(f"/v1/staff/{made['id']}", {"title": "Phó phòng"}).status == 200, "it works again")
    log = entries(service, lambda log: any(e["kind"] == "abandoned" for e in log), "what came too late is said to have")
    hold_against_the_directory(service, entries(service, lambda log: all(
        any(o.get("of") == i for o in log) for i, e in enumerate(log) if e["kind"] == "intent")))
    late = [log[e["of"]] for e in log if e["kind"] == "abandoned"]
    assert {e["action"] for e in late} <= {"staff.create", "staff.patch", "account.put", "departure.put", "token.create", "directory.write"}


@pytest.fixture
def on_a_disk_that_may_not_confirm(tmp_path, monkeypatch):
    yield from faulty_disk(tmp_path, monkeypatch, "slapd/db", directory_nosync="false")


def test_what_the_disk_does_not_confirm_is_not_acknowledged_nor_anything_after_it(on_a_disk_that_may_not_confirm):
    service, disk = on_a_disk_that_may_not_confirm
    client = service.client()
    make_units(client)
    made = client.put("/v1/staff/NS-1", an()).json
    disk("unconfirmed")
    answer = client.patch(f"/v1/staff/{made['id']}", {"title": "Trưởng phòng"})
    assert (answer.status, answer.code) == (504, "outcome_unknown"), answer
    disk("works")  # a flush after one that failed proves nothing
    answer = client.patch(f"/v1/staff/{made['id']}", {"title": "Phó phòng"})
    assert (answer.status, answer.code) == (503, "directory_unavailable"), answer
    assert client.get(f"/v1/staff/{made['id']}").json["title"] == "Trưởng phòng"
    service.stop()
    service.start()
    assert service.client().patch(f"/v1/staff/{made['id']}", {"title": "Phó phòng"}).status == 200


def test_kill_9_at_any_point_under_load(service):
    """Every effect has its intent; the next start adds what became of the others."""
    make_units(service.client())
    draw = random.Random(17)
    for turn in range(8):
        stop, begun = threading.Event(), threading.Semaphore(0)

        def write(worker):
            client = service.client()
            for n in range(10**6):
                if stop.is_set():
                    return
                try:
                    made = client.put(f"/v1/staff/K{turn}-{worker}-{n}", an(full_name=nth("Nguyễn Văn", turn * 1000 + worker * 100 + n)))
                    begun.release()
                    if made.status == 201 and n % 3 == 0:
                        client.patch(f"/v1/staff/{made.json['id']}", {"title": "Phó phòng"})
                except (OSError, http.client.HTTPException):
                    return

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            running = [pool.submit(write, w) for w in range(6)]
            for _ in range(draw.randrange(6, 40)):
                assert begun.acquire(timeout=DEADLINE), "writes go on"
            service.kill()
            stop.set()
            for r in running:
                r.result()
        service.start()
        log = entries(service, lambda log: sum(e["kind"] == "started" for e in log) == turn + 2 and all(
            any(o.get("of") == i for o in log[i:]) for i, e in enumerate(log) if e["kind"] == "intent"), f"turn {turn}: all has an end")
        done = hold_against_the_directory(service, log)
    assert len(done) > 50
    assert any(e["kind"] == "resolved" for e in log)


# ---- changes by hand ----

def test_a_change_by_hand_is_found_and_told(service):
    client = service.client()
    make_units(client)
    made = client.post("/v1/staff", an()).json
    assert client.call("POST", "/v1/sessions", {"login": "annv", "password": "sai"}).status in (401, 422)  # ppolicy writes by itself
    dn = f"cvId={made['id']},ou=people,dc=congvu"
    wait_for(lambda: 'congvu_lease_held 1' in metrics(service), "the lease is held")
    entries(service, lambda log: any(e["kind"] == "started" for e in log))
    wait_for(lambda: touch(service, dn, "title", f"Chánh văn phòng") and any(
        e["kind"] == "by_hand" for e in published_or_none(service)), "found")
    found = [e for e in published(service.data / "audit") if e["kind"] == "by_hand"]
    assert {e["target"] for e in found} == {made["id"]}
    assert found[0]["attributes"] == ["title"] and found[0]["actor"].startswith("cn=service,") and found[0]["verb"] == "modify"
    assert '"event":"by_hand"' in service.log.read_text()
    assert "congvu_evidence_by_hand 0\n" not in metrics(service) and "congvu_evidence_by_hand " in metrics(service)


def by_hand(service):
    return [e for e in published_or_none(service) if e["kind"] == "by_hand"]


def watched(service):
    """A change by hand is found: from now on nothing is missed."""
    client = service.client()
    make_units(client)
    made = client.post("/v1/staff", an()).json
    dn = f"cvId={made['id']},ou=people,dc=congvu"
    wait_for(lambda: touch(service, dn, "title", "Chánh văn phòng") and by_hand(service), "found")
    return client, made, dn


def test_a_mark_is_not_believed_because_it_looks_like_one(service):
    """Whoever changes the directory himself may copy a mark, or make one up."""
    client, made, dn = watched(service)
    assert client.patch(f"/v1/staff/{made['id']}", {"title": "Phó phòng"}).status == 200
    mark = service.person(made["id"], "cvActor")["cvActor"][0]
    origin = mark.rsplit(" ", 1)[1].rsplit("/", 1)[0]
    for forged, title in ((mark, "mượn dấu"), (f"tok_x - http {origin}/0", "dấu của việc khác"), (f"tok_x - http {origin}/99999999", "dấu chưa có"), ("tok_x - http nơi/khác/1", "dấu tự chế")):
        service.ldapmodify(dn, f"replace: title\ntitle: {title}\n-\nreplace: cvActor\ncvActor: {forged}")
        found = wait_for(lambda: [e for e in by_hand(service) if e.get("false_mark") == forged.rsplit(" ", 1)[1]], title)
        assert [(e["target"], e["attributes"]) for e in found] == [(made["id"], ["title", "cvActor"])]
    settled = len(by_hand(service))
    for n in range(5):
        assert client.patch(f"/v1/staff/{made['id']}", {"title": f"Chức {n}"}).status == 200
    assert client.delete("/v1/units/T1.03", etag="*").status == 204, "whose mark is in the assertion"
    wait_for(lambda: touch(service, dn, "title", "lần cuối") and len(by_hand(service)) > settled, "the last one")
    assert all("false_mark" not in e for e in by_hand(service)[settled:]), "what came through the service is believed"


def test_what_changed_while_nobody_looked_is_found_afterwards(service, start):
    client, made, dn = watched(service)
    other = start(directory_uri=service.ldapi, key_file=str(service.data / "secret.key"))
    wait_for(lambda: other.client(client.token).get(f"/v1/staff/{made['id']}").status == 200, "another process")
    seen = len(by_hand(service))
    with frozen(service.process.pid):
        wait_for(lambda: "congvu_lease_held 1" in metrics(other), "it has taken over")
        before = len(by_hand(other))
        touch(service, dn, "title", "trong lúc đổi phiên")
        wait_for(lambda: len(by_hand(other)) > before, "found by the other one")
        assert other.client(client.token).patch(f"/v1/staff/{made['id']}", {"title": "qua dịch vụ"}).status == 200
    other.stop()
    touch(service, dn, "title", "không ai nhìn")
    wait_for(lambda: len(by_hand(service)) > seen, "found by the first one again")
    assert all("false_mark" not in e for e in by_hand(service))


def test_the_state_of_a_password_changed_by_hand_is_found_and_ppolicys_own_is_not(service):
    client, made, dn = watched(service)
    client.put("/v1/staff/PW-1", an(full_name="Hồ Thị Mật Khẩu"))
    activate(client, "PW-1")
    other = client.get("/v1/staff/PW-1").json
    theirs = f"cvId={other['id']},ou=people,dc=congvu"
    for _ in range(13):  # until it is locked: ppolicy writes it all by itself
        subprocess.run(["ldapwhoami", "-x", "-H", service.ldapi, "-D", theirs, "-w", "sai"], capture_output=True)
    assert "pwdAccountLockedTime" in service.person(other["id"], "pwdAccountLockedTime")
    for change in ("replace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z", "replace: pwdReset\npwdReset: TRUE", "delete: pwdAccountLockedTime"):
        before = len(by_hand(service))
        service.ldapmodify(dn, change)
        found = wait_for(lambda: [e for e in by_hand(service)[before:] if e["attributes"] != ["title"]], change)
        assert [(e["target"], e["attributes"]) for e in found] == [(made["id"], [change.split(": ")[1].split("\n")[0]])]
    assert not [e for e in by_hand(service) if e["target"] == other["id"]], "what slapd keeps itself is nobody's change"


def test_changes_too_large_to_be_read_together_are_found_one_after_the_other(service, tmp_path):
    client, made, dn = watched(service)
    with frozen(service.process.pid):
        for n in range(10):
            (tmp_path / f"{n}").write_bytes(bytes([n]) * 4_000_000)
            service.ldapmodify(dn, f"replace: jpegPhoto\njpegPhoto:< file://{tmp_path}/{n}")
    large = wait_for(lambda: len(found := [e for e in by_hand(service) if e["attributes"] == ["jpegPhoto"]]) >= 10 and found, "each of them")
    assert len(large) == 10
    before = len(by_hand(service))
    assert client.patch(f"/v1/staff/{made['id']}", {"title": "Phó phòng"}).status == 200
    wait_for(lambda: touch(service, dn, "title", "sau đó") and len(by_hand(service)) > before, "and what comes behind")
    assert all("false_mark" not in e for e in by_hand(service))


def test_one_too_large_to_be_read_at_all_is_told_without_its_attributes(service):
    client, made, dn = watched(service)
    large = "cn=lon,ou=system,dc=congvu"
    few = "0123456789abcdefghijklmnopqrstuvwxyz"
    values = "".join(f"description: {''.join(v)}\n" for v in itertools.islice(itertools.product(few, repeat=4), 690_000))
    service.ldapadd(f"dn: {large}\nobjectClass: organizationalRole\ncn: lon\n{values}")
    told = wait_for(lambda: [e for e in by_hand(service) if e["dn"].lower() == large], "it is told")
    assert [(e["verb"], e["attributes"]) for e in told] == [("add", [])]
    before = len(by_hand(service))
    wait_for(lambda: touch(service, dn, "title", "sau đó") and len(by_hand(service)) > before, "and what comes behind")


# ---- the witness ----

def verify(folder, witness=None):
    done = subprocess.run([BIN, "audit", "verify", folder, *(["--audit-witness", witness] if witness else [])], capture_output=True, text=True)
    return done.returncode, done.stdout


def seen(witness):
    """Sizes that the witness saw, in the order of the file."""
    return [int(note.splitlines()[1]) for note in re.findall(r"[^\n]+\n\d+\n[^\n]+\n\n— [^\n]+\n", witness.read_text())] if witness.exists() else []


def grow(service, witness, names):
    """A few changes more, and the witness saw them."""
    before = len(published_or_none(service))
    for n in names:
        assert service.client().put(f"/v1/staff/GROW-{n}", an(full_name=nth("Người Thêm", n))).status == 201
    wait_for(lambda: seen(witness) and seen(witness)[-1] > before + len(names), "the witness sees it")


def test_a_witness_elsewhere_finds_a_log_that_was_rolled_back_or_forked(start, tmp_path):
    witness, older = tmp_path / "witness", tmp_path / "older"
    service = start(audit_witness=witness)
    make_units(service.client())
    grow(service, witness, range(3))
    service.stop()
    shutil.copytree(service.data / "audit", older)
    then = start(service.data, audit_witness=witness)
    grow(then, witness, range(3, 6))
    then.stop()
    saw = seen(witness)
    assert saw == sorted(set(saw)) and verify(then.data / "audit", witness)[0] == 0
    assert f"a witness saw the first {saw[-1]} " in verify(then.data / "audit", witness)[1]

    shutil.rmtree(then.data / "audit")
    shutil.copytree(older, then.data / "audit")
    assert verify(then.data / "audit")[0] == 0, "the files alone are sound"
    code, said = verify(then.data / "audit", witness)
    assert code != 0 and "rolled back" in said
    forked = start(service.data, audit_witness=witness)
    wait_for(lambda: '"event":"evidence_witness"' in forked.log.read_text(), "the running service says so")
    assert seen(witness) == saw, "and the witness keeps what it saw"
    grow(forked, witness, range(6, 16))
    forked.stop()
    assert verify(forked.data / "audit")[0] == 0
    code, said = verify(forked.data / "audit", witness)
    assert code != 0 and "is not the one that the witness saw" in said, "nor does it help to write on until it is long enough"


def published_or_none(service):
    try:
        return published(service.data / "audit")
    except FileNotFoundError:
        return []


def metrics(service):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", service.ready["management_port"])
    connection.request("GET", "/metrics")
    body = connection.getresponse().read().decode()
    connection.close()
    return body


def touch(service, dn, attribute, value):
    touch.count = getattr(touch, "count", 0) + 1
    service.ldapmodify(dn, f"replace: {attribute}\n{attribute}: {value} {touch.count}")
    return True


# ---- readings ----

def test_readings_of_lists_are_recorded_and_repeats_counted(service):
    client = service.client()
    make_units(client)
    for _ in range(5):
        assert client.get("/v1/staff", unit="T1").status == 200
    client.get("/v1/departures")
    service.stop()
    readings = [e for e in published(service.data / "audit") if e["kind"] == "reading"]
    assert [(e["action"], e["filter"], e["times"]) for e in readings] == [("list_staff", "unit=T1", 1), ("list_departures", "", 1), ("list_staff", "unit=T1", 4)]
