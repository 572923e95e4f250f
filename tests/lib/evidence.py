"""The evidence log's entries, read from its files alone."""
import json
import os
import re
import struct
import subprocess

from congvu import ROOT, wait_for


def build_go_verifier(folder):
    """The program that verifies a log with golang.org/x/mod/sumdb alone."""
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", folder / "verify", ROOT / "tests/evidence/verify.go"], env=env, check=True)
    return folder / "verify"


def bundle(path):
    data, at, entries = path.read_bytes(), 0, []
    while at < len(data):
        (size,) = struct.unpack_from(">H", data, at)
        entries.append(json.loads(data[at + 2:at + 2 + size]))
        at += 2 + size
    return entries


def published(folder):
    """What the last checkpoint covers, in order."""
    size = int((folder / "checkpoint").read_text().splitlines()[1])
    entries = []
    while len(entries) < size:
        n, width = divmod(len(entries), 256)
        name = f"{n // 1000 and f'x{n // 1000:03}/' or ''}{n % 1000:03}"
        whole, part = folder / "tile/entries" / name, folder / "tile/entries" / f"{name}.p" / str(size - len(entries))
        entries += bundle(whole if whole.exists() else part)[:size - len(entries)]
    return entries


def entries(service, until, what="evidence"):
    """Published entries once until(entries) holds; a moment may pass between an entry and the checkpoint that publishes it."""
    def look():
        try:
            now = published(service.data / "audit")
        except FileNotFoundError:  # moved on between two files
            return None
        return now if until(now) else None
    return wait_for(look, what)


def origin(service):
    return (service.data / "audit/checkpoint").read_text().splitlines()[0]


def mark_of(change):
    """The mark that a write in cn=log carries: in cvActor, else in the assertion that slapd keeps in hexadecimal digits."""
    for mod in change.get("reqMod", []):
        found = re.match(r"cvActor:[+=] .* ([^ /]+/[^ /]+/\d+)$", mod)
        if found:
            return found[1]
    for control in change.get("reqControls", []):
        for value in re.findall(r'controlValue "([0-9A-F]+)"', control):
            found = re.search(rb"description\x04.([^ ]+?/[^ ]+?/\d+)", bytes.fromhex(value), re.S)
            if found:
                return found[1].decode()
    return None
