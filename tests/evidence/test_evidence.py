"""The evidence log's files: others' tools verify them, changes of them are found, and what was acknowledged survives a kill."""
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from evidence import build_go_verifier  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CONGVU_BUILD", ROOT / "build/dev"))
WRITE = BUILD / "service/audit/evidence_write"
CONGVUD = BUILD / "service/congvud"
SITE = "ninhthuan.gov.vn"


def lines(count, seed=0):
    draw = random.Random(seed)
    return [f'{{"number":{i},"words":"{"x" * draw.randrange(1, 90)}"}}' for i in range(count)]


def write(folder, key, entries, threads=8):
    done = subprocess.run([WRITE, folder, key, SITE, str(threads)], input="".join(e + "\n" for e in entries), capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len(entries)
    return int(done.stderr.split()[0])


def verify(folder, witness=None, key=None):
    """(exit code, what it says)"""
    command = [CONGVUD, "audit", "verify", folder]
    command += ["--audit-witness", witness] if witness else []
    command += ["--audit-key", key] if key else []
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def see(folder, witness):
    with witness.open("ab") as file:
        file.write((folder / "checkpoint").read_bytes() + b"\n")


# ---- others' tools ----

@pytest.fixture(scope="module")
def go(tmp_path_factory):
    return build_go_verifier(tmp_path_factory.mktemp("go"))


def go_verify(go, folder, older=""):
    key = (folder / "verifier").read_text().strip()
    return subprocess.run([go, folder, key, *([older] if older else [])], capture_output=True, text=True)


def test_gos_own_library_verifies_entries_proofs_and_growth(go, tmp_path):
    folder, total = tmp_path / "audit", 0
    for count in (1, 254, 1, 1, 300, 1000):
        before = tmp_path / f"checkpoint-{total}"
        if total:
            shutil.copy(folder / "checkpoint", before)
        write(folder, tmp_path / "key", lines(count, total))
        total += count
        done = go_verify(go, folder, before if before.exists() else "")
        assert (done.returncode, done.stdout.strip()) == (0, str(total)), done.stderr
        assert verify(folder) == (0, f"{total} entries, nothing was changed / bản ghi, không có gì bị sửa\n")


def test_more_than_a_tile_of_tiles(go, tmp_path):
    """65,536 entries fill a tile of the second level."""
    write(tmp_path / "audit", tmp_path / "key", [str(i) for i in range(66000)], threads=64)
    assert (tmp_path / "audit/tile/1/000").stat().st_size == 256 * 32
    assert go_verify(go, tmp_path / "audit").stdout.strip() == "66000"
    assert verify(tmp_path / "audit")[0] == 0


def test_gos_library_finds_a_changed_entry_too(go, tmp_path):
    folder = tmp_path / "audit"
    write(folder, tmp_path / "key", lines(300), threads=1)  # in the order of their numbers
    bundle = folder / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b'"number":17,', b'"number":71,'))
    assert go_verify(go, folder).returncode == 1
    code, said = verify(folder)
    assert code == 1 and "entry 17 " in said


# ---- tampering ----

def bundle_files(folder):
    return [p for p in sorted((folder / "tile/entries").rglob("*")) if p.is_file()]


def unpack(data):
    entries, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from(">H", data, at)
        entries.append(data[at + 2:at + 2 + size])
        at += 2 + size
    return entries


def pack(entries):
    return b"".join(struct.pack(">H", len(e)) + e for e in entries)


def changed(kind, entries, draw, below):
    """The list with one change at an entry below `below`."""
    entries, at = list(entries), draw.randrange(below)
    if kind == "edit":
        entries[at] = entries[at][:-1] + (b"?" if isinstance(entries[at], bytes) else "?")
    elif kind == "drop":
        del entries[at]
    elif kind == "insert":
        entries.insert(at, b'{"number":-1}' if isinstance(entries[at], bytes) else '{"number":-1}')
    elif kind == "swap":
        other = (at + 1) % below
        entries[at], entries[other] = entries[other], entries[at]
    elif kind == "fork":
        entries[at:] = [e[:-1] + "!" for e in entries[at:]]
    elif kind == "cut tail":
        del entries[at:]
    return entries


def by_files(kind, folder, draw):
    """Without the key: a bundle is written anew, sometimes all of the tail is thrown away with it."""
    file = draw.choice(bundle_files(folder))
    entries = unpack(file.read_bytes())
    if len(entries) < 2:
        kind = "edit"
    file.write_bytes(pack(changed(kind, entries, draw, len(entries))))
    if draw.random() < 0.5:
        shutil.rmtree(folder / "wal")


def with_the_key(kind, folder, key, entries, draw, below):
    """Whoever has the key writes another history and signs it: consistent in itself."""
    shutil.rmtree(folder)
    write(folder, key, changed(kind, entries, draw, below), threads=1)


KINDS = ["edit", "drop", "insert", "swap", "cut tail", "roll back", "fork"]


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Twenty sound logs of different sizes with their keys, an older state of each and what a witness saw of the last."""
    logs, draw = [], random.Random(20261129)
    for n in range(20):
        place = tmp_path_factory.mktemp(f"log{n}")
        first, more = draw.randrange(3, 400), draw.randrange(1, 300)
        write(place / "audit", place / "key", lines(first, n), threads=32)
        shutil.copytree(place / "audit", place / "older")
        write(place / "audit", place / "key", lines(more, n + 100), threads=32)
        see(place / "audit", place / "witness")
        assert verify(place / "audit", place / "witness")[0] == 0
        logs.append((place, first))
    return logs


@pytest.mark.parametrize("kind", KINDS)
def test_tampering_before_the_last_witnessed_checkpoint_is_always_found(originals, kind, tmp_path):
    draw = random.Random(kind)
    for n in range(200 // len(KINDS) + 1):
        original, first = originals[n % len(originals)]
        place = tmp_path / str(n)
        shutil.copytree(original, place)
        folder = place / "audit"
        entries = [e.decode() for f in bundle_files(folder) for e in unpack(f.read_bytes())]
        if kind == "roll back":
            shutil.rmtree(folder)
            shutil.copytree(place / "older", folder)
        elif kind in ("cut tail", "fork") or n % 3 == 0:
            with_the_key(kind, folder, place / "key", entries, draw, first)
        else:
            by_files(kind, folder, draw)
        code, said = verify(folder, place / "witness")
        assert code == 1 and "bad entry" in said, (kind, n, said)
        shutil.rmtree(place)


def test_another_key_over_the_same_entries_is_found(tmp_path):
    folder, witness = tmp_path / "audit", tmp_path / "witness"
    write(folder, tmp_path / "key", lines(20))
    see(folder, witness)
    key = (folder / "verifier").read_text().strip()
    shutil.rmtree(folder)
    write(folder, tmp_path / "other-key", lines(20))
    assert "another key or log" in verify(folder, witness)[1]
    assert verify(folder, key=key)[0] == 1


def test_a_witness_of_years_is_read_and_half_a_note_at_its_end_is_no_other_log(tmp_path):
    folder, witness = tmp_path / "audit", tmp_path / "witness"
    write(folder, tmp_path / "key", lines(20))
    witness.write_bytes(b"\n" * (65 << 20))
    see(folder, witness)
    assert verify(folder, witness)[0] == 0
    note = (folder / "checkpoint").read_bytes()
    for half in (note[:1], note[:len(note) // 2], note[:-1], b"\0" * 300):
        witness.write_bytes(note + b"\n" + half)
        code, said = verify(folder, witness)
        assert code == 0 and "a witness saw the first 20 " in said, half
    witness.write_bytes(note[:len(note) // 2] + note)
    assert "another key or log" in verify(folder, witness)[1]


def test_what_is_not_published_yet_lies_in_the_tail_and_counts(tmp_path):
    """A killed process has acknowledged more than its last checkpoint file says; an edit of the tail is found where its group begins."""
    folder = tmp_path / "audit"
    process = subprocess.Popen([WRITE, folder, tmp_path / "key", SITE, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write("".join(e + "\n" for e in lines(30)))
    process.stdin.flush()
    for _ in range(30):
        process.stdout.readline()
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert verify(folder) == (0, "30 entries, nothing was changed / bản ghi, không có gì bị sửa\n")


def test_what_was_acknowledged_survives_kill_9_at_any_point(tmp_path):
    folder, sure = tmp_path / "audit", {}
    draw = random.Random(7)
    for turn in range(25):
        process = subprocess.Popen([WRITE, folder, tmp_path / "key", SITE, "8"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        entries = [f"turn {turn} entry {i}" for i in range(400)]
        process.stdin.write("".join(e + "\n" for e in entries))
        process.stdin.close()
        for _ in range(draw.randrange(1, 350)):
            sure[int(process.stdout.readline())] = turn
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            if line.endswith("\n"):
                sure[int(line)] = turn
        process.stdout.close()
        process.wait()
        code, said = verify(folder)
        assert code == 0, said
    write(folder, tmp_path / "key", ["the end"])
    stored = [e.decode() for f in bundle_files(folder) for e in unpack(f.read_bytes())]
    assert len(stored) > max(sure)
    assert all(stored[index].startswith(f"turn {turn} ") for index, turn in sure.items())


def test_requests_that_wait_together_share_a_flush(tmp_path):
    assert write(tmp_path / "audit", tmp_path / "key", lines(400), threads=32) < 200
