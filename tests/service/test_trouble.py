"""Trouble: processes that die or freeze, two services on one directory, a stop under load."""
import http.client
import os
import signal
import threading
import time

from congvu import an, make_units, wait_for


def pool(count, work):
    threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    [t.start() for t in threads]
    return threads


def repeat(service, code, body):
    """What a good script does: the same PUT again after 503, 504 or a lost connection."""
    def once():
        try:
            answer = service.client().put(f"/v1/staff/{code}", body)
        except (OSError, http.client.HTTPException):
            return None
        return answer if answer.status in (200, 201) else None
    return wait_for(once, f"{code} is there")


def load(service, prefix, count, workers=4):
    def work(w):
        for i in range(w, count, workers):
            repeat(service, f"{prefix}-{i}", an(full_name=f"Người Số {i}"))
    return pool(workers, work)


def all_there_once(client, service, count):
    listed = client.get("/v1/staff", unit="T1", page_size=500, include_total=True).json
    assert listed["total"] == count
    entries = service.ldapsearch("-b", "ou=people,dc=congvu", "(objectClass=cvStaff)", "cvStaffCode", "mail")
    assert len(entries) == len({e["cvStaffCode"][0] for e in entries}) == len({e["mail"][0] for e in entries}) == count


def test_slapd_killed_in_the_middle_of_a_load(start):
    service = start(directory_nosync="false")
    make_units(service.client())
    threads = load(service, "K", 60)
    for _ in range(3):
        wait_for(lambda: service.client().get("/v1/staff", q="nguoi", include_total=True).status == 200, "reads go on")
        killed = service.slapd_pid()
        os.kill(killed, signal.SIGKILL)
        service.slapd_pid(other_than=killed)
        wait_for(lambda: service.client().get("/readyz").status == 200, "recovery by itself")
    [t.join() for t in threads]
    wait_for(lambda: service.client().get("/v1/staff", include_total=True).json.get("total") == 60, "the view has all")
    all_there_once(service.client(), service, 60)


def test_service_killed_in_the_middle_of_a_load(start):
    service = start(directory_nosync="false")
    make_units(service.client())
    count, box = 60, {"service": service}
    stop = threading.Event()

    def work(w):
        for i in range(w, count, 4):
            if stop.is_set():
                return
            try:
                box["service"].client().put(f"/v1/staff/X-{i}", an(full_name=f"Người Số {i}"))
            except (OSError, http.client.HTTPException):
                return
    threads = pool(4, work)
    wait_for(lambda: service.client().get("/v1/staff", include_total=True).json["total"] >= 10, "some are in")
    service.kill()
    stop.set()
    [t.join() for t in threads]
    again = start(service.data, directory_nosync="false")
    [t.join() for t in load(again, "X", count)]
    all_there_once(again.client(), again, count)


def test_frozen_slapd(start):
    service = start(request_ms="2500")
    client = service.client()
    make_units(client)
    client.put("/v1/staff/FR-1", an())
    pid = service.slapd_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        write = client.put("/v1/staff/FR-2", an(full_name="Người Đóng Băng"))
        read = client.get("/v1/staff/FR-1")
        assert write.status in (503, 504) and write.code in ("directory_unavailable", "outcome_unknown", "deadline_exceeded"), write
        assert read.status == 503, read
        assert time.monotonic() - begun < 15
        assert wait_for(lambda: client.get("/v1/coverage", unit="T1").headers.get("Congvu-View-Age"), "coverage says how old it is")
        assert client.get("/v1/coverage", unit="T1").json["rows"][0]["recorded"] == 1
        assert client.get("/v1/staff", q="an", include_total=True).json["total"] == 1
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: client.put("/v1/staff/FR-2", an(full_name="Người Đóng Băng")).status in (200, 201), "recovery by itself")
    wait_for(lambda: client.get("/v1/coverage", unit="T1").json["rows"][0]["recorded"] == 2, "the view goes on")


def test_two_services_on_one_directory(start):
    first = start()
    make_units(first.client())
    second = start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    token = first.admin_token()
    wait_for(lambda: second.client(token).get("/v1/units/T1.01").status == 200, "the second sees the units")
    answers, barrier = [], threading.Barrier(50)

    def onboard(i):
        barrier.wait()
        service = (first, second)[i % 2]
        answers.append(service.client(token).put(f"/v1/staff/TW-{i}", an(full_name="Nguyễn Văn Hai Nơi")))
    [t.join() for t in pool(50, onboard)]
    assert [a.status for a in answers] == [201] * 50
    assert len({a.json["address"] for a in answers}) == 50
    wait_for(lambda: second.client(token).get("/v1/staff", q="hai noi", include_total=True).json["total"] == 50, "both see all")


def test_a_second_service_on_the_same_folder_is_refused(start):
    service = start()
    try:
        start(service.data)
    except AssertionError as refused:
        assert "no ready line" in str(refused)
    else:
        raise AssertionError("a second owner of the data folder was let in")
    assert service.client().get("/readyz").status == 200


def test_stop_with_many_waiting_answers_all(start):
    service = start(request_ms="20000")
    make_units(service.client())
    statuses, lock = [], threading.Lock()
    started = threading.Barrier(101)

    def onboard(i):
        client = service.client(token)
        started.wait()
        try:
            answer = client.put(f"/v1/staff/ST-{i}", an(full_name=f"Dừng Lại {i}"))
        except ConnectionError:
            return  # never accepted
        with lock:
            statuses.append(answer.status)
    token = service.admin_token()
    threads = pool(100, onboard)
    started.wait()
    wait_for(lambda: statuses, "the first answer")
    service.stop()  # asserts exit 0
    [t.join() for t in threads]
    assert set(statuses) <= {201, 503}


def test_unsafe_permissions_are_refused(start, tmp_path):
    service = start()
    service.stop()
    (service.data / "secret.key").chmod(0o644)
    try:
        start(service.data)
    except AssertionError as refused:
        assert "secret.key" in str(refused)
    else:
        raise AssertionError("a readable key was accepted")


def test_data_is_found_again(start):
    service = start()
    make_units(service.client())
    person = service.client().put("/v1/staff/R-1", an()).json
    token = service.admin_token()
    service.stop()
    again = start(service.data)
    assert again.admin_token() == token
    assert again.client().get("/v1/staff/R-1").json == person
