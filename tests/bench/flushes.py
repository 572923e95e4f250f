#!/usr/bin/env python3
"""Flushes of the disk an acknowledged person costs, onboarded through REST, by file: fdatasync calls and writes to O_DSYNC descriptors, noted by a library that is preloaded into slapd and the
service (tests/lib/power_cut.c). The disk is as quick as it is here: a slower one lets more requests share a flush of the evidence log."""
import collections
import json
import os
import pathlib
import sys
import tempfile

BENCH = pathlib.Path(os.environ["CONGVU_BENCH"])
os.environ.setdefault("CONGVU_BUILD", str(BENCH.parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import make_units  # noqa: E402
from onboarding import PEOPLE, request, run  # noqa: E402
from power import FLUSHED, FLUSHED_ONE, HEADER, BEGUN, Machine  # noqa: E402


def flushes(machine, since):
    """file -> how often it was flushed, in what the journal holds behind `since`."""
    names = {path.stat().st_ino: str(path.relative_to(machine.data)) for path in machine.data.rglob("*") if path.is_file()}
    journal, at, written, counts = machine.journal.read_bytes(), 0, {}, collections.Counter()
    while at < len(journal):
        kind, had, key, file, _, _ = HEADER.unpack_from(journal, at)
        if kind == BEGUN:
            written[key] = file
        elif at >= since:
            counts[names.get(file if kind == FLUSHED else written[key], "gone")] += kind in (FLUSHED, FLUSHED_ONE)
        at += HEADER.size + had
    return counts


def main():
    for connections in (1, 8, 32):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            data.mkdir(mode=0o700)
            machine = Machine(data, log_level="warn")
            try:
                make_units(machine.start().client())
                with tempfile.NamedTemporaryFile() as file:
                    file.write(b"".join(request(machine.port, machine.admin_token(), i) for i in range(PEOPLE)))
                    file.flush()
                    since = machine.journal.stat().st_size
                    run(BENCH / "http_load", machine.port, file.name, connections)
                counts = flushes(machine, since)
                machine.stop()
            finally:
                machine.clean()
        print(json.dumps({"bench": "flushes", "people": PEOPLE, "http_connections": connections, "a_person": round(counts.total() / PEOPLE, 2),
                          "by_file": {name: round(n / PEOPLE, 2) for name, n in counts.most_common(6)}, "bar": 3.3}), flush=True)


if __name__ == "__main__":
    main()
