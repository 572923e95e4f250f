"""A data folder is looked at before anything is written into it: nothing is made in what is not whole, not ours, or newer."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from congvu import BIN, ROOT, an, make_units


def contents(folder):
    """Everything in it: what a refusal must leave as it was."""
    return {str(p.relative_to(folder)): (p.lstat().st_mode, p.lstat().st_size, p.lstat().st_mtime_ns, p.read_bytes() if p.is_file() else None)
            for p in sorted(pathlib.Path(folder).rglob("*"))}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder with one person, stopped in order."""
    from congvu import Service
    data = tmp_path_factory.mktemp("kept") / "data"
    service = Service(data).start()
    make_units(service.client())
    assert service.client().put("/v1/staff/D-1", an()).status == 201
    service.stop()
    return data


@pytest.fixture
def folder(kept, tmp_path):
    return pathlib.Path(shutil.copytree(kept, tmp_path / "data", symlinks=True, copy_function=shutil.copy2))


def refused(folder):
    """The words of the refusal; nothing in the folder has changed."""
    before = contents(folder)
    ended = subprocess.run([BIN, "serve", "--allow-root", "--listen", "127.0.0.1:0", "--data-dir", str(folder)], capture_output=True, text=True, timeout=60,
                           env={k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")})
    assert ended.returncode == 1 and contents(folder) == before
    return ended.stderr


def test_a_copy_of_a_stopped_folder_is_whole(folder, start):
    service = start(folder)
    assert service.client().get("/v1/staff/D-1").status == 200
    assert "schema 2\n" in (folder / "state").read_text()


def test_a_missing_key_is_never_made_again(folder):
    (folder / "secret.key").unlink()
    words = refused(folder)
    assert "secret.key" in words and "put it back from a backup" in words and "bản sao lưu" in words


def test_anothers_key_is_refused_before_anything_else(folder):
    (folder / "secret.key").write_bytes(os.urandom(32))
    assert "does not belong to these data" in refused(folder)


@pytest.mark.parametrize("database", ["db", "log", "usage", "work"])
def test_a_database_that_is_missing_or_cut_short(folder, database):
    file = folder / "slapd" / database / "data.mdb"
    with open(file, "r+b") as f:
        f.truncate(file.stat().st_size - 4096)
    assert "cut short" in refused(folder)
    file.unlink()
    words = refused(folder)
    assert "is missing" in words and "Restore a backup" in words


def test_a_copy_of_a_running_folder_is_refused_and_the_folder_itself_after_a_kill_is_not(folder, start, tmp_path):
    service = start(folder)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, symlinks=True, ignore=lambda d, names: {"ldapi"} & set(names))
    assert "copied from a running folder" in refused(copy)
    (copy / "lock").unlink()  # as the words say for a snapshot of the disk
    assert start(copy).client().get("/v1/staff/D-1").status == 200
    service.kill()
    assert start(folder).client().get("/v1/staff/D-1").status == 200


def test_newer_data_are_refused(folder):
    state = (folder / "state").read_text()
    (folder / "state").write_text(state.replace("schema 2", "schema 99"))
    assert "newer version" in refused(folder)


def test_data_of_the_version_before_are_raised(folder, start):
    service = start(folder)
    state = "cn=state,ou=system,dc=congvu"
    service.ldapmodify(state, "replace: cvSchemaVersion\ncvSchemaVersion: 1")
    service.stop()
    (folder / "state").unlink()  # the first version had none
    again = start(folder)
    assert again.ldapsearch("-s", "base", "-b", state)[0]["cvSchemaVersion"] == ["2"]
    again.ldapmodify(state, "replace: cvSchemaVersion\ncvSchemaVersion: 99")
    again.stop()
    with pytest.raises(AssertionError, match="newer version"):
        start(folder)


def test_the_version_names_the_commit_and_what_data_it_writes():
    words = subprocess.run([BIN, "--version"], capture_output=True, text=True, check=True).stdout
    number, = re.findall(r"VERSION (\d+\.\d+\.\d+)", (ROOT / "CMakeLists.txt").read_text())
    assert re.fullmatch(rf"congvud {re.escape(number)} \(commit ([0-9a-f]{{12}}(-dirty)?|unknown), data version 2, (without console|with console [0-9a-f]{{64}})\)\n", words)


# ---- the first token ----

def test_a_first_start_that_cannot_write_its_token_loses_none(tmp_path, start):
    data = tmp_path / "data"
    (data / "admin.token").mkdir(parents=True)
    data.chmod(0o700)
    try:
        start(data)
    except AssertionError as refused:
        assert "admin.token" in str(refused)
    else:
        raise AssertionError("nobody has its token")
    (data / "admin.token").rmdir()
    service = start(data)
    assert service.client().get("/v1/me").status == 200
    assert not (data / "admin.token.new").exists() and (data / "admin.token").stat().st_mode & 0o777 == 0o600


def test_a_first_start_that_was_killed_before_its_token_was_written_is_told(folder, start):
    (folder / "admin.token").unlink()
    (folder / "admin.token.new").write_text("\n")
    service = start(folder)
    assert "congvud token" in service.log.read_text()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    made = subprocess.run([BIN, "token", "--allow-root", "--data-dir", folder], capture_output=True, text=True, timeout=60, check=True, env=environment)
    assert service.client(made.stdout.strip()).get("/v1/me").status == 200
    service.stop()
    assert "congvud token" not in start(folder).log.read_text().rpartition("stopping")[2]
