"""Backup while people work, and the way back: the drill at small size."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from congvu import BIN, an, make_units, nth, parse_ldif, wait_for


def congvud(*arguments, fails=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    done = subprocess.run([BIN, *map(str, arguments), "--allow-root"], capture_output=True, text=True, timeout=120, env=env)
    if fails is None:
        assert done.returncode == 0, done
        return done.stdout
    assert done.returncode == 2 and re.search(fails, done.stderr), done
    return done.stderr


def records(config, suffix):
    """Every entry as slapcat shows it, but for what a start itself writes."""
    text = subprocess.run(["/usr/sbin/slapd", "-Tcat", "-o", "ldif-wrap=no", "-f", str(config), "-b", suffix], capture_output=True, text=True, check=True).stdout
    return {e["dn"][0]: {k: sorted(v) for k, v in e.items() if k != "contextCSN"} for e in parse_ldif(text)}


@pytest.fixture(scope="module")
def drill(spec, tmp_path_factory):
    """A service that was backed up, worked on for 200 changes, and then died; its folder is only looked at."""
    from congvu import Service
    root = tmp_path_factory.mktemp("drill")
    service = Service(root / "data", spec=spec).start()
    make_units(service.client())
    client = service.client()
    for i in range(20):
        assert client.put(f"/v1/staff/B-{i}", an(full_name=nth("Người Trước", i))).status == 201
    said = congvud("backup", root / "backup", "--data-dir", service.data)
    for i in range(80):
        assert client.put(f"/v1/staff/A-{i}", an(full_name=nth("Người Sau", i))).status == 201
    for i in range(80):
        assert client.patch(f"/v1/staff/A-{i}", {"title": f"Phó phòng bậc {i}"}).status == 200
    for i in range(5):
        assert client.put(f"/v1/staff/B-{i}/departure", {"reason": "thoi_viec", "decision": {"number": f"{i}/QĐ"}}).status in (200, 202)
    for i in range(5, 20):
        assert client.patch(f"/v1/staff/B-{i}", {"full_name": nth("Người Đổi Tên", i), "new_address": True}).status == 200
        assert client.patch(f"/v1/staff/B-{i}", {"title": "Trưởng phòng"}).status == 200
    revoked = client.post("/v1/tokens", {"name": "thôi", "scopes": ["staff:read"]}).json
    assert client.delete(f"/v1/tokens/{revoked['id']}").status == 204
    people = {p["staff_code"]: p for p in client.get("/v1/staff", page_size=500, status="active,departed").json["items"]}
    token = service.admin_token()
    service.kill()
    wait_for(lambda: not subprocess.run(["pgrep", "-f", f"slapd .*{service.data}"], capture_output=True).stdout, "its slapd has ended")
    yield type("Drill", (), {"root": root, "data": service.data, "backup": root / "backup", "said": said, "people": people, "token": token,
                             "revoked": revoked["secret"]})
    service.clean()


def restore(drill, into, *more, **fails):
    return congvud("restore", drill.backup, "--data-dir", into, "--key-file", drill.data / "secret.key", *more, **fails)


def test_a_backup_is_loaded_once_before_it_gets_its_name(drill):
    assert "loaded once on trial" in drill.said and "secret.key" in drill.said
    assert sorted(p.name for p in drill.backup.iterdir()) == ["audit", "backup.json", "db.ldif", "log.ldif", "usage.ldif", "work.ldif"]
    assert all(p.stat().st_mode & 0o077 == 0 for p in [drill.backup, *drill.backup.iterdir()])
    key = (drill.data / "secret.key").read_bytes()
    signs = (drill.data / "audit.key").read_bytes()
    assert not any(k in p.read_bytes() for k in (key, signs) for p in drill.backup.rglob("*") if p.is_file()), "the keys are kept apart"
    assert "nothing was changed" in congvud("audit", "verify", drill.backup / "audit")
    congvud("backup", drill.backup, "--data-dir", drill.data, fails="already")


def test_with_the_dead_machines_log_everything_is_as_it_was(drill, start, tmp_path):
    said = restore(drill, tmp_path / "new", "--log-of", drill.data)
    assert " 0 not (above)" in said, said
    old, new = (records(d / "slapd/slapd.conf", "dc=congvu") for d in (drill.data, tmp_path / "new"))
    assert new == old
    assert "nothing was changed" in congvud("audit", "verify", tmp_path / "new/audit.former")
    service = start(tmp_path / "new")
    client = service.client(drill.token)
    assert client.get("/v1/staff/A-79").json["title"] == "Phó phòng bậc 79"
    assert client.get("/v1/staff/B-3").json["status"] == "departed", "nobody revives"
    assert service.client(drill.revoked).get("/v1/staff").status == 401, "what was revoked stays revoked"
    taken = {p["address"] for p in drill.people.values() if p["address"]}
    fresh = client.put("/v1/staff/C-1", an(full_name=nth("Người Sau", 1))).json
    assert fresh["address"] not in taken, "no address goes to a second person"


def test_what_the_log_lacks_is_told_by_name_and_nothing_else(drill, tmp_path):
    text = subprocess.run(["/usr/sbin/slapd", "-Tcat", "-o", "ldif-wrap=no", "-f", str(drill.data / "slapd/slapd.conf"), "-b", "cn=log"],
                          capture_output=True, text=True, check=True).stdout
    lost_person, lost_change = drill.people["A-7"], drill.people["B-12"]

    def is_lost(block):
        entry = parse_ldif(block)[0]
        dn, kind = entry.get("reqDN", [""])[0], entry.get("reqType", [""])[0]
        first = any(v.startswith("cvRevision:= 2") for v in entry.get("reqMod", []))
        return (lost_person["id"] in dn and kind == "add") or (lost_change["id"] in dn and kind == "modify" and first)
    blocks = text.strip().split("\n\n")
    kept = [b for b in blocks if not is_lost(b)]
    assert len(kept) == len(blocks) - 2
    log = tmp_path / "log.ldif"
    log.write_text("\n\n".join(kept) + "\n")
    said = restore(drill, tmp_path / "new", "--log-of", log)
    told = {(dn, words.split(" / ")[1]) for _, dn, _, words in (l.split("\t") for l in said.splitlines() if "\t" in l)}
    assert told == {(f"cvId={lost_person['id']},ou=people,dc=congvu", "its creation is not in the log, it cannot be done again"),
                    (f"cvId={lost_change['id']},ou=people,dc=congvu", "a change before this one is not in the log")}, said
    assert any(l.startswith("Người Trước") and lost_change["id"] in l for l in said.splitlines()), "by name"


def test_without_a_log_it_opens_closed(drill, start, tmp_path):
    restore(drill, tmp_path / "new", fails="--log-of")
    said = restore(drill, tmp_path / "new", "--without-log")
    assert "opens closed" in said
    service = start(tmp_path / "new")
    assert service.client(drill.token).get("/v1/staff").status == 401, "a token may have been revoked since: one new one"
    client = service.client()
    assert client.get("/v1/staff/B-3").json["status"] == "active" and client.get("/v1/staff/A-1").status == 404
    refused = client.put("/v1/staff/C-1", an())
    assert (refused.status, refused.code) == (503, "restored_closed")
    assert client.put("/v1/staff/B-1/departure", {"reason": "thoi_viec", "decision": {"number": "1/QĐ"}}).code == "restored_closed"
    congvud("open", "--data-dir", service.data)
    wait_for(lambda: client.put("/v1/staff/C-1", an()).status == 201, "opened without a restart")


def test_an_empty_folder_is_filled_as_it_is(drill, start, tmp_path):
    """That of a package: its owner may not make another one in its place."""
    new = tmp_path / "new"
    new.mkdir(mode=0o755)
    held = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    restore(drill, new, "--log-of", drill.data)
    assert "secret.key" in os.listdir(held) and new.stat().st_mode & 0o777 == 0o700, "this very folder"
    os.close(held)
    assert start(new).client(drill.token).get("/v1/staff/A-79").status == 200


def test_what_is_refused(drill, tmp_path):
    missing = congvud("restore", tmp_path / "none", "--data-dir", tmp_path / "new", "--key-file", drill.data / "secret.key", "--without-log", fails="cannot be opened")
    assert "No such file" in missing, "not: damaged"
    nowhere = congvud("backup", tmp_path / "nowhere/backup", "--data-dir", drill.data, fails="cannot be made")
    assert "No such file" in nowhere
    other = tmp_path / "other.key"
    other.write_bytes(os.urandom(32))
    other.chmod(0o600)
    congvud("restore", drill.backup, "--data-dir", tmp_path / "new", "--key-file", other, "--without-log", fails="another key file")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").touch()
    restore(drill, tmp_path / "full", "--without-log", fails="not an empty folder")
    torn = pathlib.Path(shutil.copytree(drill.backup, tmp_path / "torn"))
    with open(torn / "db.ldif", "r+b") as f:
        f.truncate(f.seek(0, 2) - 10)
    congvud("restore", torn, "--data-dir", tmp_path / "new", "--key-file", drill.data / "secret.key", "--without-log", fails="damaged")
    assert not (tmp_path / "new").exists(), "nothing is left behind"


def test_a_damaged_evidence_log_keeps_nobody_from_the_data(drill, start, tmp_path):
    torn = pathlib.Path(shutil.copytree(drill.backup, tmp_path / "torn"))
    bundle = next(p for p in sorted((torn / "audit").rglob("*")) if "entries" in str(p) and p.is_file() and b"intent" in p.read_bytes())
    bundle.write_bytes(bundle.read_bytes().replace(b"intent", b"intenT"))
    new = tmp_path / "new"
    congvud("restore", torn, "--data-dir", new, "--key-file", drill.data / "secret.key", "--without-log", fails="the evidence log is not")
    assert (new / "closed").exists(), "closed, before the folder can be used at all"
    service = start(new)
    assert {p["staff_code"] for p in service.client().get("/v1/staff", page_size=500).json["items"]} & set(drill.people), "people are there"
    assert service.client().put("/v1/staff/C-1", an()).status == 503
    again, mark = tmp_path / "again", tmp_path / "data/backed-up"
    shutil.copytree(drill.data, tmp_path / "data")
    os.utime(mark, (0, 0))
    (tmp_path / "data/lock").unlink()
    damaged = next(p for p in sorted((tmp_path / "data/audit").rglob("*")) if "entries" in str(p) and p.is_file() and b"intent" in p.read_bytes())
    damaged.write_bytes(damaged.read_bytes().replace(b"intent", b"intenT"))
    congvud("backup", again, "--data-dir", tmp_path / "data", fails="the evidence log is not")
    assert (again / "backup.json").exists() and mark.stat().st_mtime == 0, "no backup to count on"
