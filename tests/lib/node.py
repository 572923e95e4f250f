"""Programs of third parties that run on Node: their pinned packages, and a process of theirs that says its port first."""
import functools
import os
import pathlib
import shutil
import subprocess

import pytest

PACKAGES = pathlib.Path(__file__).resolve().parents[2] / "deploy/packages.sh"
NEEDED = pytest.mark.skipif(not shutil.which("npm"), reason="needs node and npm")


@functools.cache
def ready(folder):
    """The folder, with its packages fetched when they are missing."""
    subprocess.run(["bash", "-c", '. "$0" && congvu_npm "$1"', PACKAGES, folder], check=True)
    return folder


def start(folder, program, stderr=None, **env):
    return subprocess.Popen(["node", program], cwd=ready(folder), stdout=subprocess.PIPE, stderr=stderr, env={"PATH": os.environ["PATH"], **env})
