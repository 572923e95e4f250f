#!/usr/bin/env python3
"""Onboarding through REST against raw LDAP adds of the byte-same entries: 8 writer sessions, the same overlays and controls, a sync
consumer attached on both sides, a fresh database each round, rounds alternating; medians and their ratio. Beside them the same adds
into a bare slapd: the same schema, indices, rights and flushes, without uniqueness, log and all other overlays and databases."""
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, make_units, wait_for  # noqa: E402

BENCH = pathlib.Path(os.environ["CONGVU_BENCH"])
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1200"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô"]
MIDDLE = ["Văn", "Thị", "Hữu", "Đức", "Ngọc", "Quốc", "Minh", "Thanh", "Xuân", "Kim"]
GIVEN = ["An", "Bình", "Dũng", "Đạt", "Hương", "Hoa", "Hùng", "Lan", "Long", "Nam", "Nga", "Sơn", "Thủy", "Tuấn", "Ước"]


def request(port, token, i):
    name = f"{FAMILY[i % 12]} {MIDDLE[i // 12 % 10]} {GIVEN[i // 1800 % 15]} {GIVEN[i // 120 % 15]}"
    body = json.dumps({"full_name": name, "unit": f"T1.0{1 + i % 3}", "title": "Chuyên viên", "category": "cong_chuc",
                       "mobile": f"+84900{i:06d}"}, ensure_ascii=False).encode()
    head = (f"PUT /v1/staff/NS-{i:05d} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    return b"%d\n" % len(head + body) + head + body


def run(*arguments):
    return json.loads(subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=True).stdout)


def people_of(service):
    """LDIF of everybody, as stored."""
    return subprocess.run(["ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-Q", "-Y", "EXTERNAL", "-H", service.ldapi, "-b", "ou=people,dc=congvu", "-E",
                           "pr=1000/noprompt", "(objectClass=cvStaff)"], capture_output=True, text=True, check=True).stdout


def through_rest(connections, ldif):
    service = Service(directory_nosync="false", log_level="warn").start()
    try:
        make_units(service.client())
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"".join(request(service.port, service.admin_token(), i) for i in range(PEOPLE)))
            file.flush()
            result = run(BENCH / "http_load", service.port, file.name, connections)
        ldif.write_text(people_of(service))
        service.stop()
        return result
    finally:
        service.clean()


def raw(ldif):
    service = Service(directory_nosync="false", log_level="warn").start()
    try:
        result = run(BENCH / "raw_add", service.ldapi, ldif, 8, service.data / "slapd/db/data.mdb")
        service.stop()
        return result
    finally:
        service.clean()


def bare_of(conf):
    """The records' database alone, and flushed by slapd itself."""
    whole = re.split(r"(?m)^(?=# ---- |database monitor)", conf)
    records, = (part for part in whole if part.startswith("# ---- people"))
    return whole[0] + re.sub(r"(?m)^envflags .*\n", "", records.split("overlay ")[0])


@contextlib.contextmanager
def slapd_of(conf, socket):
    server = subprocess.Popen(["/usr/sbin/slapd", "-f", conf, "-h", socket, "-d", "0"])
    try:
        wait_for(lambda: subprocess.run(["ldapwhoami", "-Q", "-Y", "EXTERNAL", "-H", socket], capture_output=True).returncode == 0, "slapd listens")
        yield
    finally:
        server.terminate()
        server.wait()


def bare(ldif):
    service = Service(directory_nosync="false", log_level="warn").start()
    try:
        service.stop()
        conf = service.data / "slapd/bare.conf"
        conf.write_text(bare_of((service.data / "slapd/slapd.conf").read_text()))
        with slapd_of(conf, service.ldapi):
            return run(BENCH / "raw_add", service.ldapi, ldif, 8)
    finally:
        service.clean()


def main():
    wanted = {1: 0.75, 8: 0.85, 32: 0.85}
    with tempfile.TemporaryDirectory() as folder:
        ldif = pathlib.Path(folder) / "people.ldif"
        for connections, bar in wanted.items():
            ours, limits, without = [], [], []
            for _ in range(ROUNDS):
                ours.append(through_rest(connections, ldif)["per_second"])
                limits.append(raw(ldif)["per_second"])
                without.append(bare(ldif)["per_second"])
            ratio, of_bare = (statistics.median(ours) / statistics.median(limit) for limit in (limits, without))
            print(json.dumps({"bench": "onboarding", "people": PEOPLE, "http_connections": connections, "rest_per_second": ours,
                              "raw_adds_per_second": limits, "ratio_of_medians": round(ratio, 3), "bar": bar,
                              "bare_adds_per_second": without, "ratio_to_bare": round(of_bare, 3)}), flush=True)


if __name__ == "__main__":
    main()
