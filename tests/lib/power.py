"""A power cut: slapd and the service stop at one moment, and of what they had written and not flushed a random part is gone (power_cut.c keeps what lay there)."""
import collections
import os
import pathlib
import signal
import struct

from congvu import BIN, Service, wait_for

LIBRARY = pathlib.Path(os.environ.get("CONGVU_BUILD", pathlib.Path(BIN).parents[1])) / "service/directory/libpower_cut.so"
HEADER = struct.Struct("=IIQQQQ")
BEGUN, FLUSHED, FLUSHED_ONE, RETURNED = 1, 2, 3, 4
PAGE = 4096


class Machine(Service):
    """A service whose disk forgets what was not flushed."""

    def __init__(self, data, **settings):
        super().__init__(data, directory_nosync="false", **settings)
        self.journal = self.data.parent / (self.data.name + ".journal")
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        self.inside = ["env", f"LD_PRELOAD={LIBRARY}", f"POWER_ROOT={self.data}", f"POWER_JOURNAL={self.journal}", f"ASAN_OPTIONS={sanitizer}"]

    def cut(self, draw):
        """The power goes. Returns how many pages were put back, and how many might have been."""
        running = [self.slapd_pid(), self.process.pid]
        for pid in running:
            os.kill(pid, signal.SIGSTOP)
        for pid in running:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process = None
        wait_for(lambda: not pathlib.Path(f"/proc/{running[0]}").exists(), "slapd is gone")
        return self.forget(draw)

    def forget(self, draw):
        pages = collections.defaultdict(list)  # (file, page) -> [(number of the write, place, what lay there)]
        for number, file, at, before in unflushed(self.journal.read_bytes()):
            for begin in range(at - at % PAGE, at + len(before), PAGE):
                first, end = max(at, begin), min(at + len(before), begin + PAGE)
                pages[file, begin].append((number, first, before[first - at:end - at]))
        share, undone = draw.choice([0.1, 0.5, 0.9, 1]), []
        for (file, _), writes in pages.items():
            if draw.random() < share:
                undone += [(number, file, at, before) for number, at, before in writes[-draw.randint(1, len(writes)):]]
        files = {path.stat().st_ino: path for path in self.data.rglob("*") if path.is_file()}
        for _, file, at, before in sorted(undone, reverse=True):
            if file in files:
                with open(files[file], "r+b") as disk:
                    disk.seek(at)
                    disk.write(before)
        self.journal.unlink()
        return len(undone), sum(map(len, pages.values()))


def unflushed(journal):
    """(number of the write, file, place, what lay there) in the order of the writes; what lay behind the end is zeros."""
    waiting, returned, at, number = {}, set(), 0, 0
    while at < len(journal):
        kind, had, key, file, place, length = HEADER.unpack_from(journal, at)
        at += HEADER.size + had
        number += 1
        if kind == BEGUN:
            waiting[key] = number, file, place, journal[at - had:at].ljust(length, b"\0")
        elif kind == FLUSHED_ONE:
            waiting.pop(key, None)
        elif kind == RETURNED:
            returned.add(key)
        elif kind == FLUSHED:
            waiting = {k: w for k, w in waiting.items() if w[1] != file or k not in returned}
    return sorted(waiting.values())
