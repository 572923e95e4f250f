#!/usr/bin/env python3
"""Lists: how long a dry run of many rows takes and how much memory above idle; carrying it out against raw LDAP adds of the byte-same
entries over as many sessions; and what a list that is carried out does to onboarding beside it. Every write is flushed."""
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, make_units  # noqa: E402
from onboarding import BENCH, FAMILY, GIVEN, MIDDLE, people_of, request, run  # noqa: E402

ROWS = int(os.environ.get("BENCH_ROWS", "20000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WORKERS, NEW_PEOPLE, CONNECTIONS = 8, int(os.environ.get("BENCH_PEOPLE", "400")), 2
SECOND = ["Bảo", "Thị", "Hữu", "Đức", "Ngọc", "Quốc", "Thanh", "Xuân", "Hoàng", "Việt"]  # with MIDDLE no three initials that addresses refuse
BESIDE, BESIDE_ROUNDS = int(os.environ.get("BENCH_BESIDE", "400")), 9


def rows(prefix, count, first=0):
    lines = ["Họ và tên;Số hiệu;Đơn vị;Chức vụ;Đối tượng;Số điện thoại"]
    for i in range(first, first + count):
        name = f"{FAMILY[i % 12]} {MIDDLE[i // 12 % 10]} {SECOND[i // 1800 % 10]} {GIVEN[i // 120 % 15]}"
        lines.append(f"{name};{prefix}-{i:05d};T1.0{1 + (i + i // 18000) % 3};Chuyên viên;Công chức;09{i:08d}")
    return "\n".join(lines).encode()


def status(service, name):
    line = next(row for row in pathlib.Path(f"/proc/{service.process.pid}/status").read_text().splitlines() if row.startswith(name))
    return int(line.split()[1])


def upload(client, body):
    began = time.monotonic()
    answer = client.call("POST", "/v1/imports", body, {"Content-Type": "text/csv"}, kind="staff")
    assert answer.status == 201, answer
    return answer.json, time.monotonic() - began


def start_run(client, plan):
    assert client.call("POST", f"/v1/imports/{plan['id']}/run").status == 202


def wait_run(client, plan):
    """Asked twice a second, as the console does: each question costs what a row costs."""
    while (state := client.get(f"/v1/imports/{plan['id']}/run").json)["state"] != "ended":
        time.sleep(0.5)
    return state


def planned_and_done():
    """(dry run in seconds, KiB above idle while it is made, rows a second when it is carried out, the people)"""
    service = Service(directory_nosync="false", log_level="error", request_ms=60000, workers_import=WORKERS).start()
    try:
        client = service.client(timeout=600)
        make_units(client)
        upload(client, rows("WARM", 10))
        pathlib.Path(f"/proc/{service.process.pid}/clear_refs").write_text("5")
        idle = status(service, "VmRSS")
        plan, seconds = upload(client, rows("NS", ROWS))
        most = status(service, "VmHWM") - idle
        assert plan["summary"]["create"] == ROWS, plan["summary"]
        start_run(client, plan)
        began = time.monotonic()
        state = wait_run(client, plan)
        rate = ROWS / (time.monotonic() - began)
        assert state["summary"]["done"] == ROWS, state
        ldif = people_of(service)
        service.stop()
        return seconds, most, rate, ldif
    finally:
        service.clean()


def raw(ldif):
    service = Service(directory_nosync="false", log_level="error").start()
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".ldif") as file:
            file.write(ldif)
            file.flush()
            result = run(BENCH / "raw_add", service.ldapi, file.name, WORKERS, service.data / "slapd/db/data.mdb")
        service.stop()
        return result["per_second"]
    finally:
        service.clean()


def onboard(service, first):
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(request(service.port, service.admin_token(), first + i) for i in range(NEW_PEOPLE)))
        file.flush()
        return run(BENCH / "http_load", service.port, file.name, CONNECTIONS)["p99_ms"]


def beside():
    """(p99 of onboarding without a list, with one that is carried out, rows of lists meanwhile): rounds alternate"""
    service = Service(directory_nosync="false", log_level="error", request_ms=60000, workers_import=WORKERS).start()
    quiet, busy, done = [], [], 0
    try:
        client = service.client(timeout=600)
        make_units(client)
        for i in range(BESIDE_ROUNDS):
            plan, _ = upload(client, rows("BS", BESIDE, 50000 + i * BESIDE))
            quiet.append(onboard(service, 2 * i * NEW_PEOPLE))
            start_run(client, plan)
            busy.append(onboard(service, (2 * i + 1) * NEW_PEOPLE))
            state = client.get(f"/v1/imports/{plan['id']}/run").json
            assert state["state"] == "running", "the list must last as long as the onboarding beside it"
            done += state["run"]
            wait_run(client, plan)
        service.stop()
        return quiet, busy, done
    finally:
        service.clean()


def main():
    dry, memory, rates, raws = [], [], [], []
    for _ in range(ROUNDS):
        seconds, most, rate, ldif = planned_and_done()
        dry.append(round(seconds, 2))
        memory.append(most)
        rates.append(round(rate, 1))
        raws.append(raw(ldif))
    print(json.dumps({"bench": "imports", "rows": ROWS, "dry_run_s": dry, "bar_s": 5, "KiB_above_idle": memory, "bar_KiB": 64 * 1024}), flush=True)
    print(json.dumps({"bench": "imports_run", "rows": ROWS, "sessions": WORKERS, "rows_per_second": rates, "raw_adds_per_second": raws,
                      "ratio_of_medians": round(statistics.median(rates) / statistics.median(raws), 3), "bar": 0.9}), flush=True)
    quiet, busy, done = beside()
    print(json.dumps({"bench": "imports_beside_onboarding", "p99_ms": quiet, "p99_ms_with_list": busy, "rows_meanwhile": done,
                      "ratio_of_medians": round(statistics.median(busy) / statistics.median(quiet), 3), "bar": 1.5}), flush=True)


if __name__ == "__main__":
    main()
