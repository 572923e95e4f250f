"""Three ways to a console: bundled by npm, taken as it was bundled elsewhere, left out; which one it is stands in --version."""
import hashlib
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACK = ROOT / "service/console/pack.py"


def packed(out, *source):
    out.mkdir(exist_ok=True)
    done = subprocess.run([sys.executable, PACK, out, *source], capture_output=True, text=True)
    return done, {name: (out / name).read_text().replace(str(out), "") for name in ("console.S", "console_files.inc", "console_hash.h") if (out / name).exists()}


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "made"
    (folder / "console").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    for name in ("index-1.js", "style-2.css"):
        (folder / "console" / name).write_text(name)
    return folder


def test_what_npm_made_is_taken_elsewhere_as_the_same(bundle, tmp_path):
    tar = tmp_path / "console.tar"
    done, here = packed(tmp_path / "here", bundle, tar)
    assert done.returncode == 0, done.stderr
    os.utime(bundle / "index.html", (0, 0))
    again = tmp_path / "again.tar"
    packed(tmp_path / "here", bundle, again)
    assert again.read_bytes() == tar.read_bytes()
    wanted = hashlib.sha256(tar.read_bytes()).hexdigest()
    done, there = packed(tmp_path / "there", tar, wanted)
    assert done.returncode == 0 and there == here and wanted in there["console_hash.h"]


def test_another_file_is_refused_and_nothing_is_made_of_it(bundle, tmp_path):
    tar = tmp_path / "console.tar"
    packed(tmp_path / "here", bundle, tar)
    done, made = packed(tmp_path / "there", tar, "0" * 64)
    assert done.returncode != 0 and "CONSOLE_SHA256" in done.stderr and made == {}


def test_none_is_carried_where_none_is_wanted(tmp_path):
    done, made = packed(tmp_path / "out")
    assert done.returncode == 0 and made["console_files.inc"].strip() == "" and '""' in made["console_hash.h"]


def configure(tmp_path, *more):
    """The console's part of the build alone."""
    (tmp_path / "CMakeLists.txt").write_text(f"cmake_minimum_required(VERSION 3.25)\nproject(console NONE)\nset(PYTHON {sys.executable})\nset(GENERATED ${{CMAKE_BINARY_DIR}})\nadd_subdirectory({ROOT}/service/console console)\n")
    return subprocess.run(["cmake", "-S", tmp_path, "-B", tmp_path / "build", "-G", "Ninja", *more], capture_output=True, text=True, timeout=300)


def commands(tmp_path):
    return re.findall(r"pack\.py.*", (tmp_path / "build/build.ninja").read_text())


def test_the_build_takes_what_it_is_told_to(bundle, tmp_path):
    tar = tmp_path / "console.tar"
    packed(tmp_path / "here", bundle, tar)
    refused = configure(tmp_path, f"-DCONSOLE_BUNDLE={tar}", "-DCONSOLE_SHA256=" + "0" * 64)
    assert refused.returncode != 0 and "CONSOLE_SHA256" in refused.stderr
    wanted = hashlib.sha256(tar.read_bytes()).hexdigest()
    taken = configure(tmp_path, f"-DCONSOLE_BUNDLE={tar}", f"-DCONSOLE_SHA256={wanted}")
    assert taken.returncode == 0, taken.stderr
    assert all("npm" not in c for c in commands(tmp_path)) and any(wanted in c for c in commands(tmp_path))
    off = configure(tmp_path, "-DCONSOLE_BUNDLE=", "-DCONSOLE_SHA256=", "-DCONSOLE=OFF")
    assert off.returncode == 0, off.stderr
    assert all(".tar" not in c and "npm" not in c for c in commands(tmp_path))


@pytest.mark.skipif("CONGVU_BUILD" not in os.environ, reason="of a build")
def test_the_program_says_which_console_it_carries():
    build = pathlib.Path(os.environ["CONGVU_BUILD"])
    said = subprocess.run([build / "service/congvud", "--version"], capture_output=True, text=True, check=True).stdout
    carried = re.search(r'CONSOLE_HASH "(.*)"', (build / "generated/console_hash.h").read_text())[1]
    assert (f"with console {carried}" if carried else "without console") in said
