#!/usr/bin/env python3
"""Many people, loaded offline with slapadd into both databases: how long until the view is ready against the same consumer that drops what it reads,
rounds alternating; resident memory a person; coverage of the top level against that of a small service.   loading.py [PEOPLE] [UNITS] [FACTS]

FACTS 2: everybody has two former facts, a former primary post and by turns a former leave or a former category. BENCH_OLD, the tree of an older build with its build/release: that one's own
loading.py is run too, with people without former facts."""
import base64
import datetime
import itertools
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, an, make_units, wait_for  # noqa: E402
from onboarding import BENCH, run  # noqa: E402
from reading import MODEL_LOGIN, SIGNS, clones  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
DAYS = 180
PAGE = os.sysconf("SC_PAGE_SIZE")
TOP = "/v1/coverage?unit=T1&depth=1&group_by=unit,system"


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def dump(service, base, filter_):
    return subprocess.run(["ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-Q", "-Y", "EXTERNAL", "-H", service.ldapi, "-b", base, filter_],
                          capture_output=True, text=True, check=True).stdout.strip()


def id_of(prefix, n):
    return prefix + "".join(SIGNS[(n >> shift) & 31] for shift in range(125, -1, -5))


def unit_entries(service, count):
    """Twenty below the top, the others below those."""
    model = dump(service, "ou=units,dc=congvu", "(cvUnitCode=T1.02)")
    top = re.search(r"cvParent: cvId=(\w+)", model)[1]
    old = re.search(r"cvId: (\w+)", model)[1]
    for n in range(count):
        parent = top if n < 20 else id_of("unt_", 1000000 + n % 20)
        text = model.replace(top, parent).replace(old, id_of("unt_", 1000000 + n))
        yield re.sub(r"T1\.02", f"M{n}", text).replace("t1.02", f"m{n}").replace("tckh", f"m{n}") + "\n\n"


def months(today, rng):
    """Work on most days of the last DAYS."""
    out = {}
    for back in range(DAYS, 0, -1):
        day = time.gmtime(today - back * 86400)
        if day.tm_wday < 5 and rng.random() < 0.75:
            out.setdefault(f"{day.tm_year}-{day.tm_mon:02}", []).append(day.tm_mday)
    return out


def usage_entry(id_, patterns, rng):
    lines = [f"dn: cvId={id_},ou=usage", "objectClass: cvUsageEntry", "objectClass: top", f"cvId: {id_}", "cvRevision: 1"]
    for system, share in (("mailbox", 1), ("td-office", .9), ("e-office", .2), ("certificate", .1)):
        if rng.random() < share:
            found = rng.choice(patterns)
            last = max(found)
            lines.append(f"cvUseSeen;x-{system}: {last}-{max(found[last]):02} 0")
            lines += [f"cvUseDays;x-{system}: {month}:{sum(1 << (d - 1) for d in days):08x}" for month, days in found.items()]
    return "\n".join(lines) + "\n\n"


def slapadd(service, base, entries):
    with tempfile.NamedTemporaryFile("w", dir=service.data, suffix=".ldif") as ldif:
        ldif.writelines(entries)
        ldif.flush()
        began = time.monotonic()
        subprocess.run(["/usr/sbin/slapadd", "-q", "-w", "-f", service.data / "slapd/slapd.conf", "-b", base, "-l", ldif.name], check=True, capture_output=True)
        print(json.dumps({"bench": "slapadd", "base": base, "seconds": round(time.monotonic() - began)}), flush=True)


def in_unit(text, unit, new):
    """The model's unit, and the copy of it inside the encoded post, become another one."""
    post = re.search(r"^cvPost:: (.*)$", text, re.M)[1]
    moved = base64.b64encode(base64.b64decode(post).replace(unit.encode(), new.encode())).decode()
    return text.replace(post, moved).replace(f"cvUnit: cvId={unit}", f"cvUnit: cvId={new}")


def with_past(text, n, unit):
    """A post in another unit before the one of today, and a leave or a category that are over."""
    def value(name, said):
        return f"{name}:: {base64.b64encode(json.dumps(said, ensure_ascii=False, separators=(',', ':')).encode()).decode()}\n"
    line = re.search(r"^cvPost:: (.*)\n", text, re.M)
    now = json.loads(base64.b64decode(line[1])) | {"from": "2025-07-01"}
    former = now | {"unit": unit, "title": "Văn thư", "from": "2021-03-01", "to": "2025-07-01"}
    other = value("cvPast", {"to": "2023-01-01", "category": "nld_hop_dong"}) if n % 2 else value("cvLeave", {"kind": "thai_san", "from": "2024-03-01", "to": "2024-08-31"})
    return text.replace(line[0], value("cvPost", former) + value("cvPost", now)).rstrip("\n") + "\n" + other + "\n"


def fill(service, people, units, facts=0):
    rng = random.Random(7)
    unit = re.search(r"cvUnit: cvId=(\w+)", dump(service, "ou=people,dc=congvu", "(cvStaffCode=MODEL)"))[1]
    unit_list, copies = list(unit_entries(service, units)), clones(service, people)
    first = next(copies)  # reads the model while the service runs
    patterns = [months(time.time() + 7 * 3600, rng) for _ in range(500)]
    service.stop()
    moved = (in_unit(text, unit, id_of("unt_", 1000000 + rng.randrange(units))) for text in itertools.chain([first], copies))
    if facts:
        past = random.Random(8)  # where everybody works, and his use, are the same without former facts
        moved = (with_past(text, n, id_of("unt_", 1000000 + past.randrange(units))) for n, text in enumerate(moved))
    slapadd(service, "dc=congvu", itertools.chain(unit_list, moved))
    slapadd(service, "ou=usage", (usage_entry(id_of("stf_", n + 1), patterns, rng) for n in range(people)))


def wait_ready(service, people):
    def ready():
        answer = service.client().get(TOP)
        rows = answer.json["rows"] if answer.status == 200 else []
        return rows and rows[0]["recorded"] > people and all(s["data_through"] for s in answer.json["systems"]) and answer.json
    return wait_for(ready, "the view is ready", 900)


def measure(people, units, facts):
    service = Service(directory_nosync="true", log_level="error", directory_max_mib=32768, view_activity_days=DAYS).start()
    try:
        client = service.client()
        make_units(client)
        assert client.put("/v1/staff/MODEL", an(full_name="Một Mẫu Người", unit="T1.02", login=MODEL_LOGIN)).status == 201
        yesterday = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7) - datetime.timedelta(days=1)).date().isoformat()
        for system in ("mailbox", "td-office", "e-office", "certificate"):
            answer = client.post("/v1/usage-events", {"system": system, "data_through": yesterday, "events": []})
            assert answer.status == 200, answer
        client.get(TOP)
        empty = resident(service.process.pid)
        fill(service, people, units, facts)
        began = time.monotonic()
        service.start()
        top = wait_ready(service, people)
        ready = time.monotonic() - began
        time.sleep(2)  # the consumer's buffers settle
        bytes_each = (resident(service.process.pid) - empty) / people
        mailbox = next(r for r in top["rows"] if r["system"] == "mailbox")
        print(json.dumps({"bench": "memory", "people": people, "units": units, "former_facts": facts, "bytes_per_person": round(bytes_each), "bar": 657 if facts else 640,
                          "seconds_until_figures": round(ready, 1), "adoption_mailbox": mailbox["adoption"]}), flush=True)
        times = {"empty": [], "view": []}
        for _ in range(ROUNDS):
            for consumer, list_ in times.items():
                result = run(BENCH / "bench_sync", service.ldapi, consumer)
                assert result["people"] > people and result["usages"] >= people, result
                list_.append(result["ready_ms"])
        medians = {k: statistics.median(v) for k, v in times.items()}
        print(json.dumps({"bench": "ready", "people": people, "former_facts": facts, "rounds": times, "ratio": round(medians["view"] / medians["empty"], 2), "bar": 1.45 if facts else 1.5}), flush=True)
        service.stop()
    finally:
        service.clean()


def main():
    people, units, facts = (int(a) for a in (sys.argv[1:] + ["100000", "1000", "0"][len(sys.argv) - 1:]))
    old = os.environ.get("BENCH_OLD")
    if old:
        built = f"{old}/build/release"
        print(json.dumps({"bench": "older build", "tree": old}), flush=True)
        subprocess.run([sys.executable, f"{old}/tests/bench/loading.py", str(people), str(units)], check=True,
                       env=os.environ | {"CONGVU_BIN": f"{built}/service/congvud", "CONGVU_BENCH": f"{built}/tests/bench"})
        print(json.dumps({"bench": "this build"}), flush=True)
    for each in sorted({0, facts}):
        measure(people, units, each)


if __name__ == "__main__":
    main()
