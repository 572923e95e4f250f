"""Trouble: processes that die or freeze, two services on one directory, a stop under load."""
import collections
import concurrent.futures
import http.client
import os
import signal
import threading
import time

from congvu import Client, an, frozen, make_units, nth, wait_for


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
            repeat(service, f"{prefix}-{i}", an(full_name=nth("Người Số", i)))
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
    repeat(service, "K-0", an(full_name=nth("Người Số", 0)))  # /readyz may not have seen the last kill: slapd answers again
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
                box["service"].client().put(f"/v1/staff/X-{i}", an(full_name=nth("Người Số", i)))
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


def test_a_list_that_is_killed_again_and_again_ends_as_planned(start):
    """Half of the rows have no code: what makes them once is the key of their row."""
    service = start(directory_nosync="false")
    make_units(service.client())
    lines = ["Họ tên;Số hiệu;Đơn vị;Đối tượng"] + [f"{nth('Lê Bị Ngắt', i)};{f'KL-{i}' if i % 2 else ''};T1.01;Công chức" for i in range(120)]
    plan = service.client().call("POST", "/v1/imports", "\n".join(lines).encode(), {"Content-Type": "text/csv"}, kind="staff").json
    assert plan["summary"]["create"] == 120

    def carry_out():
        try:
            return service.client().call("POST", f"/v1/imports/{plan['id']}/run")
        except (OSError, http.client.HTTPException):
            return None
    for some in (10, 40, 80):
        thread = threading.Thread(target=carry_out)
        thread.start()
        wait_for(lambda: service.client().get("/v1/staff", include_total=True).json["total"] >= some, "some are in")
        service.kill()
        thread.join()
        service = start(service.data, directory_nosync="false")
    assert carry_out().status in (200, 202)
    run = wait_for(lambda: (r := service.client().get(f"/v1/imports/{plan['id']}/run").json)["state"] == "ended" and r, "the run ends")
    assert run["summary"]["failed"] == run["summary"]["changed_since"] == 0, run["summary"]
    entries = service.ldapsearch("-b", "ou=people,dc=congvu", "(objectClass=cvStaff)", "mail")
    assert len(entries) == len({e["mail"][0] for e in entries}) == 120


def test_frozen_slapd(start):
    service = start(request_ms="2500")
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/FR-1", an()).status == 201
    wait_for(lambda: client.get("/v1/coverage", unit="T1").json["rows"][0]["recorded"] == 1, "the view has him")
    with frozen(service.slapd_pid()):
        begun = time.monotonic()
        write = client.put("/v1/staff/FR-2", an(full_name="Người Đóng Băng"))
        read = client.get("/v1/staff/FR-1")
        assert write.status in (503, 504) and write.code in ("directory_unavailable", "outcome_unknown", "deadline_exceeded"), write
        assert read.status == 503, read
        assert time.monotonic() - begun < 15
        assert wait_for(lambda: client.get("/v1/coverage", unit="T1").headers.get("Congvu-View-Age"), "coverage says how old it is")
        assert client.get("/v1/coverage", unit="T1").json["rows"][0]["recorded"] == 1
        assert client.get("/v1/staff", q="an", include_total=True).json["total"] == 1
    wait_for(lambda: client.put("/v1/staff/FR-2", an(full_name="Người Đóng Băng")).status in (200, 201), "recovery by itself")
    wait_for(lambda: client.get("/v1/coverage", unit="T1").json["rows"][0]["recorded"] == 2, "the view goes on")


def two_services(start):
    """Two processes on one directory, both with the district in view; answers a function at(i) -> client."""
    first = start()
    make_units(first.client())
    second = start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    token = first.admin_token()
    wait_for(lambda: second.client(token).get("/v1/units/T1.03").status == 200, "the second sees the units")
    return lambda i: (first, second)[i % 2].client(token)


def race(count, call):
    """call(i) from `count` threads in the same moment; the answers."""
    barrier = threading.Barrier(count)

    def one(i):
        barrier.wait()
        return call(i)
    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_two_services_on_one_directory(start):
    at = two_services(start)
    answers = race(50, lambda i: at(i).put(f"/v1/staff/TW-{i}", an(full_name="Nguyễn Văn Hai Nơi")))
    assert [a.status for a in answers] == [201] * 50
    assert len({a.json["address"] for a in answers}) == 50
    for i in range(2):
        wait_for(lambda: at(i).get("/v1/staff", q="hai noi", include_total=True).json["total"] == 50, "both see all")


def test_units_of_two_processes_never_share_a_slug_or_a_code(start):
    at = two_services(start)
    for n in range(10):
        def unit(code, slug):
            return {"code": code, "name": {"vi": f"Đua {n}"}, "kind": "phong", "parent": "T1", "slug": slug}
        answers = race(4, lambda i: at(i).post("/v1/units", unit(f"SL{n}.{i}", f"dua{n}")))
        assert sorted(a.status for a in answers) == [201, 409, 409, 409], answers
        assert {a.code for a in answers if a.status == 409} == {"name_taken"}
        answers = race(4, lambda i: at(i).post("/v1/units", unit(f"CD{n}", f"ma{n}x{i}")))
        assert sorted(a.status for a in answers) == [201, 409, 409, 409], answers
        assert {a.code for a in answers if a.status == 409} == {"code_taken"}
        answers = race(4, lambda i: at(i).put(f"/v1/units/PU{n}", {k: v for k, v in unit("", f"dat{n}").items() if k != "code"}))
        assert sorted(a.status for a in answers) == [200, 200, 200, 201], answers
        assert len({a.json["id"] for a in answers}) == 1, "the same PUT everywhere makes one unit"
    listed = at(0).get("/v1/units", parent="T1", page_size=500).json["items"]
    assert len({u["slug"] for u in listed}) == len({u["code"] for u in listed}) == len(listed) == 3 + 30


def test_a_slug_is_given_back_when_its_unit_moves_or_ends(start):
    at = two_services(start)
    body = {"name": {"vi": "Văn phòng"}, "kind": "phong", "parent": "T1", "slug": "vp"}
    assert at(0).put("/v1/units/VP1", body).status == 201
    for code, change in (("VP1", {"parent": "T1.01"}), ("VP2", {"slug": "vpcu"}), ("VP3", {"slug": None}), ("VP4", {"active_to": "2026-11-01"})):
        assert at(1).put("/v1/units/VP9", body).code == "name_taken"
        assert at(0).patch(f"/v1/units/{code}", change).status == 200, change
        wait_for(lambda: at(1).put("/v1/units/VP9", body, validate_only=True).status == 200, "the slug is free there too")
        following = f"VP{int(code[2:]) + 1}"
        assert at(1).put(f"/v1/units/{following}", body).status == 201, change
        wait_for(lambda: at(0).get(f"/v1/units/{following}").status == 200, "both see it")
    back = at(0).patch("/v1/units/VP4", {"active_to": None})
    assert (back.status, back.code) == (409, "name_taken"), "it does not come back to a slug that was given away"


def test_a_token_is_made_once_however_many_processes_are_asked(start):
    at = two_services(start)
    body = {"name": "đồng bộ", "scopes": ["staff:read"], "unit": None, "expires_at": None}
    for n in range(10):
        answers = race(4, lambda i: at(i).post("/v1/tokens", body, {"Idempotency-Key": f"token-{n}"}))
        assert [a.status for a in answers] == [201] * 4, answers
        assert len({a.json["id"] for a in answers}) == 1
        assert sum(a.json["secret"] is not None for a in answers) == 1, "the secret is shown once"
        assert sum("Idempotency-Replayed" in a.headers for a in answers) == 3
    listed = [t for t in at(0).get("/v1/tokens").json["items"] if t["name"] == "đồng bộ"]
    assert len(listed) == 10
    secret = next(a.json["secret"] for a in answers if a.json["secret"])
    by_the_last = [Client(at(i).port, secret, at(i).spec) for i in range(2)]
    wait_for(lambda: all(c.get("/v1/staff").status == 200 for c in by_the_last), "both know it")
    revoked = race(4, lambda i: at(i).delete(f"/v1/tokens/{answers[0].json['id']}"))
    assert {a.status for a in revoked} <= {204, 404} and 204 in {a.status for a in revoked}
    wait_for(lambda: all(c.get("/v1/staff").status == 401 for c in by_the_last), "it opens nothing, at either")
    assert [len([t for t in at(i).get("/v1/tokens").json["items"] if t["name"] == "đồng bộ"]) for i in range(2)] == [9, 9]


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
    started, token = threading.Barrier(101), service.admin_token()

    def onboard(i):
        client = service.client(token)
        started.wait()
        try:
            return client.put(f"/v1/staff/ST-{i}", an(full_name=nth("Dừng Lại", i))).status
        except ConnectionRefusedError:
            return "refused"  # nobody listened any more
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        asked = [pool.submit(onboard, i) for i in range(100)]
        started.wait()
        wait_for(lambda: any(f.done() for f in asked), "the first answer")
        service.stop()  # asserts exit 0
    answers = collections.Counter(f.result() for f in asked)
    assert answers.keys() <= {201, 503, "refused"} and answers[201] > 0, answers


def test_a_signal_to_the_whole_terminal_leaves_the_directory_to_the_service(start):
    service = start()
    os.killpg(service.process.pid, signal.SIGINT)
    service.stop()
    assert "feed_lost" not in service.log.read_text()


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
