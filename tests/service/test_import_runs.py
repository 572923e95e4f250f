"""Lists carried out: whoever asks and leaves, however often, and through the death of the service."""
import concurrent.futures
import contextlib
import http.client
import threading
import time

import pytest

from browser import Person, activate, login_of
from congvu import an, frozen, make_units, nth, wait_for
from relay import Relay, answers, killed_before
from test_imports import follow, rows_of, run, sums, upload

HEAD = "Họ và tên;Số hiệu;Đơn vị;Chức vụ;Đối tượng\n"


def people(prefix, count, each=3):
    """Every name `each` times: their addresses depend on the order."""
    return HEAD + "".join(f"{nth('Phạm Thị', i // each)};{prefix}-{i};T1.0{1 + i % 3};CV;Công chức\n" for i in range(count))


def going(client, plan, least):
    """The address of its run, which is begun and has done so many rows."""
    path = f"/v1/imports/{plan['id']}/run"
    assert client.call("POST", path).status == 202
    wait_for(lambda: client.get(path).json["run"] >= least, "it goes on")
    return path


def addresses(client):
    """Everybody, by code."""
    found, token = {}, None
    while token != "":
        page = client.get("/v1/staff", page_size=500, **({"page_token": token} if token else {})).json
        found.update({p["staff_code"]: p["address"] for p in page["items"]})
        token = page["next_page_token"] or ""
    return found


def test_a_plan_says_the_very_addresses_that_its_run_gives(client):
    plan = upload(client, "staff", people("RA", 24)).json
    planned = {r["key"]: r["address"] for r in rows_of(client, plan)}
    assert len(set(planned.values())) == 24
    done = run(client, plan)
    assert {r["key"]: r["address"] for r in done["results"]} == planned
    assert {k: client.get(f"/v1/staff/{k}").json["address"] for k in planned} == planned


FAMILIES = "Bùi Cao Đỗ Giang Khương Lê Mai Ngô Phạm Quách".split()
MIDDLES = "Bảo Chí Duy Gia Khắc Long Minh Nam Phú Quang".split()


def test_addresses_are_as_planned_where_two_given_names_come_to_the_same_one(client):
    """An of the family Hoàng and Anh: anh + b + c either way. Each given name is done by a thread of its own."""
    pairs = [(f, m) for f in FAMILIES for m in MIDDLES]
    names = [f"Hoàng {f} {m} An" for f, m in pairs] + [f"{f} {m} Anh" for f, m in reversed(pairs)] + ["Y Blô Êban", "Y Blô Enuôl"]
    text = HEAD + "".join(f"{name};RU-{i};T1.01;CV;Công chức\n" for i, name in enumerate(names))
    plan = upload(client, "staff", text, accept="given_name_first").json
    planned = {r["key"]: r["address"] for r in rows_of(client, plan)}
    assert len(set(planned.values())) == len(names) and planned["RU-200"][:6] == "ybloe@" and planned["RU-201"][:6] != "ybloe@"
    assert sum(planned[f"RU-{i}"].startswith("anhb") for i in range(200)) == 20, "both come to the same"
    assert {r["key"]: r["address"] for r in run(client, plan)["results"]} == planned
    assert {k: client.get(f"/v1/staff/{k}").json["address"] for k in planned} == planned


def test_one_run_however_many_ask_and_whoever_leaves(client):
    plan = upload(client, "staff", people("RB", 60).replace("Phạm", "Vũ")).json
    path = f"/v1/imports/{plan['id']}/run"
    assert client.get(path).json["state"] == "planned"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.call("POST", path), range(8)))
    assert {a.status for a in answers} <= {200, 202} and len({a.json["started_at"] for a in answers}) == 1
    gone = http.client.HTTPConnection("127.0.0.1", client.port)
    gone.request("GET", path, headers={"Authorization": f"Bearer {client.token}", "Accept": "application/x-ndjson"})
    gone.getresponse().fp.readline()
    gone.close()
    lines = follow(client, plan)
    assert lines[-1]["summary"] == sums(done=60)
    rows = [line for line in lines if line["type"] == "row"]
    assert sorted(line["row"] for line in rows) == list(range(2, 62))
    assert client.get(path).json == {k: v for k, v in lines[-1].items() if k != "type"}
    assert [line for line in follow(client, plan) if line["type"] == "row"] == rows  # kept beside the plan


def test_two_processes_asked_at_once_name_the_one_who_asked(start, monkeypatch):
    """The one that comes too late lets its own run go before it answers."""
    monkeypatch.setenv("MALLOC_PERTURB_", "165")  # memory that was given back says nothing any more
    first = start()
    client = first.client()
    make_units(client)
    second = start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    both = (client, second.client(first.admin_token()))
    try:
        for n in range(12):
            plan = upload(client, "staff", people(f"RQ{n}", 1).replace("Phạm Thị", nth("Phạm Hai", n))).json
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda c: c.call("POST", f"/v1/imports/{plan['id']}/run"), both))
            assert {a.status for a in answers} <= {200, 202} and {a.json["by"] for a in answers} == {plan["created_by"]}, answers
    finally:
        second.stop()


def test_of_people_changed_meanwhile_it_says_so_and_the_others_go_on(client):
    for i in range(4):
        client.put(f"/v1/staff/RC-{i}", an(full_name=nth("Trần Văn", i)))
    plan = upload(client, "staff", "Họ và tên;Số hiệu;Chức vụ\n" + "".join(f"{nth('Trần Văn', i)};RC-{i};Trưởng phòng\n" for i in range(4))).json
    client.put("/v1/staff/RC-1", {"mobile": "+84911111112"})  # by somebody else
    client.put("/v1/staff/RC-2", {"title": "Trưởng phòng"})  # the very thing
    done = run(client, plan)
    assert [r["outcome"] for r in done["results"]] == ["done", "changed_since", "unchanged", "done"]
    assert client.get("/v1/staff/RC-1").json["title"] == "Chuyên viên"


def test_who_lost_the_right_carries_nothing_out_any_more(shared, client):
    made = client.post("/v1/tokens", {"name": "lists", "scopes": ["staff:read", "staff:write"]}).json
    other = shared.client(made["secret"])
    plan = upload(other, "staff", people("RD", 6)).json
    client.delete(f"/v1/tokens/{made['id']}", "*")
    assert other.call("POST", f"/v1/imports/{plan['id']}/run").status == 401
    assert client.get("/v1/staff/RD-0").status == 404


def test_a_token_that_ended_with_its_owner_carries_nothing_on(shared, client, spec):
    boss = client.put("/v1/staff/RO-BOSS", an(full_name="Ngô Văn Chủ", unit="T1.01")).json
    activate(client, "RO-BOSS")
    assert client.post("/v1/staff/RO-BOSS/roles", {"role": "site_admin"}).status == 201
    person = Person(shared, spec)
    assert person.sign_in(login_of(boss))[0] == 201
    made = person.call("POST", "/v1/tokens", {"name": "của người", "scopes": ["staff:read", "staff:write"]})[1]
    other = shared.client(made["secret"])
    plan = upload(other, "staff", people("RO", 4000).replace("Phạm", "Ngô")).json
    assert other.call("POST", f"/v1/imports/{plan['id']}/run").status == 202
    assert client.delete("/v1/staff/RO-BOSS/roles/1", etag="*").status == 204
    ended = wait_for(lambda: (lambda r: r if r["state"] != "running" else None)(client.get(f"/v1/imports/{plan['id']}/run").json), "it goes no further")
    assert ended["state"] == "interrupted" and ended["run"] < 4000


def test_what_was_given_up_is_taken_over_and_goes_on_for_nobody_who_lost_the_right(start):
    service = start()
    client = service.client()
    make_units(client)
    made = [client.post("/v1/tokens", {"name": f"lists {i}", "scopes": ["staff:read", "staff:write"]}).json for i in range(2)]
    plan = upload(client, "staff", people("RG", 5000)).json
    path = f"/v1/imports/{plan['id']}/run"

    def given_up_by(token, least):
        """It is begun, and its token revoked."""
        answer = service.client(token["secret"]).call("POST", path)
        assert answer.status == 202 and answer.json["by"] == token["id"], answer
        wait_for(lambda: client.get(path).json["run"] >= least, "it goes on")
        assert client.delete(f"/v1/tokens/{token['id']}", "*").status == 204
        state = wait_for(lambda: (lambda s: s["state"] != "running" and s)(client.get(path).json), "it is given up")
        assert state["state"] == "interrupted" and state["run"] < 5000
    given_up_by(made[0], 3)
    given_up_by(made[1], 3)
    there = len(addresses(client))
    service.kill()
    service.start()
    client = service.client()
    begun = time.monotonic()
    while time.monotonic() - begun < 4:
        assert client.get(path).json["state"] == "interrupted"
        time.sleep(0.5)
    assert len(addresses(client)) == there, "not a row more for somebody whose right is gone"
    assert client.call("POST", path).status == 202
    wait_for(lambda: client.get(path).json["run"] > there, "the next one goes on")


def test_who_has_no_code_is_made_once_though_the_key_of_his_row_is_forgotten(start):
    """As after a day: the plan lives longer. A row that failed is what the list is run again for."""
    service = start()
    client = service.client()
    make_units(client)
    text = "Họ và tên;Số hiệu;Đơn vị;Đối tượng\nMai Hai Lần;;T1.01;Công chức\nMai Hai Lần;;T1.01;Công chức\nMai Sau Cùng;IK-3;T1.02;Công chức\n"
    plan = upload(client, "staff", text, accept="possible_duplicate").json
    client.put("/v1/staff/IK-3", an(full_name="Mai Sau Cùng"))
    assert run(client, plan)["summary"] == sums(done=2, changed_since=1)
    for entry in service.ldapsearch("-b", "ou=people,dc=congvu", "(cvIdempotencyKey=*)", "dn"):
        service.ldapmodify(entry["dn"][0], "delete: cvIdempotencyKey\n-\ndelete: cvIdempotencyBody\n-\ndelete: cvIdempotencyAt")
    again = run(client, plan)
    assert again["summary"] == sums(unchanged=2, changed_since=1), again
    assert client.get("/v1/staff", q="mai hai lan", include_total=True).json["total"] == 2
    back = client.call("POST", f"/v1/imports/{plan['id']}/take-back").json
    assert back["summary"]["depart"] == 2 and back["summary"]["skipped"] == 1


def test_what_was_made_before_a_kill_is_taken_back_too(start):
    service = start()
    client = service.client()
    make_units(client)
    plan = upload(client, "staff", people("RT", 600)).json
    client.put("/v1/staff/RT-599", an(full_name=nth("Phạm Thị", 599 // 3), unit="T1.03", title="CV"))  # by hand, as the list has him
    time.sleep(1.1)  # records tell the second
    path = going(client, plan, 20)
    service.kill()
    service.start()
    client = service.client()
    ended = wait_for(lambda: (lambda s: s["state"] == "ended" and s)(client.get(path).json), "it ends")
    assert ended["summary"]["unchanged"] >= 20
    back = client.call("POST", f"/v1/imports/{plan['id']}/take-back").json
    assert back["summary"]["depart"] == 599 and back["summary"]["skipped"] == 1, back["summary"]


def test_what_was_made_though_no_answer_came_is_taken_back_too(start):
    """The directory stands still for longer than a row waits, and does then what was sent: the row is tried again and finds it done."""
    service = start()
    client = service.client()
    make_units(client)
    plan = upload(client, "staff", people("RQ", 300)).json
    time.sleep(1.1)  # records tell the second
    path = going(client, plan, 5)
    with frozen(service.slapd_pid()):
        time.sleep(21)  # what is waited for is the deadline of a row
    wait_for(lambda: client.get(path).json["state"] == "ended", "it ends")
    back = client.call("POST", f"/v1/imports/{plan['id']}/take-back").json
    assert back["summary"]["depart"] == 300 and back["summary"]["skipped"] == 0, back["summary"]


def test_a_list_that_is_replaced_goes_on_no_more(start):
    service = start()
    client = service.client()
    make_units(client)
    plan = upload(client, "staff", people("RX", 4000)).json
    path = going(client, plan, 3)
    assert upload(client, "staff", people("RX", 2), replaces=plan["id"]).status == 201
    ended = wait_for(lambda: (lambda s: s["state"] != "running" and s)(client.get(path).json), "it stops")
    assert ended["state"] == "interrupted" and ended["run"] < 4000
    there = len(addresses(client))
    assert there == ended["run"] == ended["summary"]["done"]
    back = client.call("POST", f"/v1/imports/{plan['id']}/take-back").json
    assert (back["summary"]["depart"], back["summary"]["skipped"]) == (there, 4000 - there), back
    assert client.call("DELETE", f"/v1/imports/{client.get(path[:-4]).json['replaced_by']}", headers={"If-Match": "*"}).status == 204
    begun = time.monotonic()
    while time.monotonic() - begun < 5:
        assert client.get(path).json == ended, "nobody has asked for it again"
        time.sleep(0.5)
    service.kill()
    service.start()
    client = service.client()
    begun = time.monotonic()
    while time.monotonic() - begun < 5:
        assert client.get(path).json == ended
        time.sleep(0.5)
    assert len(addresses(client)) == there
    assert client.call("POST", path).status == 202, "a copy that is gone replaces nothing for who asks"
    wait_for(lambda: client.get(path).json["run"] > there, "it goes on")
    time.sleep(4)
    assert client.get(path).json["state"] in ("running", "ended")
    service.kill()
    service.start()
    client = service.client()
    wait_for(lambda: client.get(path).json["state"] in ("running", "ended"), "carried on like any other")


def test_what_a_run_before_the_one_that_was_cut_short_did_is_taken_back_too(start):
    service = start()
    client = service.client()
    make_units(client)
    client.put("/v1/staff/RZ-0", an(full_name=nth("Phạm Thị", 0), unit="T1.01"))
    plan = upload(client, "staff", people("RZ", 1500)).json
    client.put("/v1/staff/RZ-0", {"mobile": "+84911111112"})  # by somebody else: worth another try
    assert run(client, plan)["summary"] == sums(done=1499, changed_since=1)
    path = f"/v1/imports/{plan['id']}/run"
    assert client.call("POST", path).status == 202
    assert upload(client, "staff", people("RZ", 2), replaces=plan["id"]).status == 201
    with frozen(service.process.pid):
        time.sleep(3.2)  # it asks every three seconds
    cut = wait_for(lambda: (lambda s: s["state"] != "running" and s)(client.get(path).json), "it stops")
    assert (cut["state"], cut["run"]) == ("interrupted", 1500), cut
    back = client.call("POST", f"/v1/imports/{plan['id']}/take-back").json
    assert (back["summary"]["depart"], back["summary"]["skipped"]) == (1499, 1), back


def test_a_plan_that_is_deleted_while_it_runs_leaves_nothing_behind(start):
    service = start()
    client = service.client()
    make_units(client)
    plan = upload(client, "staff", people("RY", 300)).json
    path = f"/v1/imports/{plan['id']}"
    assert client.call("POST", path + "/run").status == 202
    assert client.call("DELETE", path, headers={"If-Match": "*"}).status == 204
    wait_for(lambda: not service.ldapsearch("-b", "ou=imports,ou=work", f"(cvDocumentName=running.{plan['id']})", "dn"), "it ends")
    assert service.ldapsearch("-b", "ou=imports,ou=work", f"(cvDocumentName={plan['id']}*)", "dn") == []


def test_killed_again_and_again_it_ends_exactly_as_planned(start):
    service = start()
    client = service.client()
    make_units(client)
    count = 600
    plan = upload(client, "staff", people("RK", count)).json
    planned = {r["key"]: r["address"] for after in (0, 500) for r in rows_of(client, plan, after=after)}
    assert len(planned) == count
    path = f"/v1/imports/{plan['id']}/run"
    assert client.call("POST", path).status == 202
    kills = 0
    while kills < 10:
        state = wait_for(lambda: (lambda s: s["run"] >= 5 and s)(client.get(path).json), "it goes on by itself")
        if state["state"] == "ended":
            break
        service.kill()
        kills += 1
        service.start()
        client = service.client()
    state = wait_for(lambda: (lambda s: s["state"] == "ended" and s)(client.get(path).json), "ended")
    assert kills == 10
    assert state["run"] == count and state["summary"]["done"] + state["summary"]["unchanged"] == count
    assert addresses(client) == planned  # nobody twice, nobody missing, every address as it was said


def test_a_stop_leaves_the_rest_to_the_next_start(start):
    service = start()
    client = service.client()
    make_units(client)
    plan = upload(client, "staff", people("RS", 300)).json
    path = f"/v1/imports/{plan['id']}/run"
    client.call("POST", path)
    wait_for(lambda: client.get(path).json["run"] >= 3, "begun")
    service.stop()
    service.start()
    client = service.client()
    state = wait_for(lambda: (lambda s: s["state"] == "ended" and s)(client.get(path).json), "carried on")
    assert state["summary"]["failed"] == 0 and len(addresses(client)) == 300


# ---- what a corrected copy has ended can be taken back ----

def taken_back(client, plan):
    """What its take-back would do, once it is known what the list did."""
    answer = wait_for(lambda: (lambda a: a if a.status != 409 else None)(client.call("POST", f"/v1/imports/{plan['id']}/take-back")), "what it did is known")
    assert answer.status == 201, answer
    return {k: n for k, n in answer.json["summary"].items() if n}


RIGHTS_S = 3.1  # a run asks each 3 s whether who began it still may


def cut_short_by_a_lost_right(service, plan, least):
    """Begun by somebody whose token ends; how many people there are then."""
    client, path = service.client(), f"/v1/imports/{plan['id']}/run"
    made = client.post("/v1/tokens", {"name": "lists", "scopes": ["staff:read", "staff:write"]}).json
    assert service.client(made["secret"]).call("POST", path).status == 202
    wait_for(lambda: len(addresses(client)) >= least, "it goes on")
    seen = time.monotonic()
    assert client.delete(f"/v1/tokens/{made['id']}", "*").status == 204
    with frozen(service.slapd_pid()):  # or a fast machine is through with the list before its rights are asked for again
        wait_for(lambda: time.monotonic() - seen > RIGHTS_S, "they are due")
    wait_for(lambda: client.get(path).json["state"] == "interrupted", "it is given up")
    return len(addresses(client))


def test_what_a_run_did_before_its_right_was_lost_is_taken_back_when_a_copy_comes(start):
    service = start()
    client = service.client()
    make_units(client)
    text = people("RL", 900)
    plan = upload(client, "staff", text + f"{nth('Tô Không Số', 0)};;T1.01;CV;Công chức\n").json
    client.put("/v1/staff/RL-899", an(full_name=nth("Phạm Thị", 899 // 3), unit="T1.03", title="CV"))  # by hand, as the list has him
    time.sleep(1.1)  # records tell the second
    there = cut_short_by_a_lost_right(service, plan, 20)
    assert there < 900
    assert client.call("POST", f"/v1/imports/{plan['id']}/take-back").code == "import_not_run"
    copy = upload(client, "staff", people("RL", 2), replaces=plan["id"]).json
    assert taken_back(client, plan) == {"depart": there - 1, "skipped": 902 - there}
    state = client.get(f"/v1/imports/{plan['id']}/run").json
    assert (state["state"], state["run"], state["summary"]["unchanged"]) == ("interrupted", there, there), state
    assert len(addresses(client)) == there, "only looked at"
    assert client.call("POST", f"/v1/imports/{plan['id']}/run").code == "import_replaced"
    assert client.call("DELETE", f"/v1/imports/{copy['id']}", headers={"If-Match": "*"}).status == 204
    ended = run(client, plan)
    assert ended["rows"] == ended["run"] == 901 and len(addresses(client)) == 901
    assert taken_back(client, plan) == {"depart": 900, "skipped": 1}


def test_what_a_run_did_is_taken_back_though_it_died_just_when_the_copy_came(start):
    service = start()
    client = service.client()
    make_units(client)
    plan = upload(client, "staff", people("RM", 900)).json
    path = going(client, plan, 20)
    assert upload(client, "staff", people("RM", 2), replaces=plan["id"]).status == 201
    service.kill()
    service.start()
    client = service.client()
    there = len(addresses(client))
    assert 20 <= there < 900
    assert taken_back(client, plan) == {"depart": there, "skipped": 900 - there}
    assert len(addresses(client)) == there and client.get(path).json["state"] == "interrupted"


def test_what_both_of_two_runs_did_is_taken_back(start):
    """The second one did what the first could not, and was cut short."""
    service = start()
    client = service.client()
    make_units(client)
    later = {"name": {"vi": "Phòng Sau"}, "kind": "phong", "block": "chinh_quyen", "slug": "sau", "active_from": "2021-10-01", "parent": "T1"}
    client.put("/v1/units/T1.09", later)
    plan = upload(client, "staff", people("RN", 3) + "".join(f"{nth('Vũ Thị', i)};RN-{i};T1.09;CV;Công chức\n" for i in range(3, 900))).json
    assert client.delete("/v1/units/T1.09", "*").status == 204
    assert run(client, plan)["summary"] == sums(done=3, failed=897)
    client.put("/v1/units/T1.09", later)
    time.sleep(1.1)  # records tell the second
    there = cut_short_by_a_lost_right(service, plan, 20)
    assert client.call("POST", f"/v1/imports/{plan['id']}/take-back").code == "import_not_run", "not the first run's alone"
    upload(client, "staff", people("RN", 2), replaces=plan["id"])
    assert taken_back(client, plan) == {"depart": there, "skipped": 900 - there}


# ---- two at once, and kills between two writes ----

class Held(Relay):
    """Holds one process back when it asks for what holds this text."""

    def __init__(self, uri):
        self.text, self.met, self.go = None, threading.Event(), threading.Event()
        super().__init__(uri)

    def carry(self, client, server):
        answers(client, server)
        with client, server, contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self.text is not None and self.text in data:
                    self.met.set()
                    self.go.wait()
                server.sendall(data)


def test_a_copy_that_comes_while_somebody_asks_for_the_old_list_is_the_one_that_is_carried_out(start):
    first = start()
    client = first.client()
    make_units(client)
    relay = Held(first.ldapi)
    second = start(directory_uri=relay.uri, key_file=str(first.data / "secret.key"))
    try:
        other = second.client(first.admin_token())
        plan = upload(client, "staff", people("RV", 2)).json
        gone = upload(client, "staff", people("RV", 2), replaces=plan["id"]).json
        assert client.call("DELETE", f"/v1/imports/{gone['id']}", headers={"If-Match": "*"}).status == 204
        relay.text = f"running.{plan['id']}".encode()  # asked for after the plan was read
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(other.call, "POST", f"/v1/imports/{plan['id']}/run")
            assert relay.met.wait(30)
            copy = upload(client, "staff", people("RV", 2), replaces=plan["id"]).json
            relay.go.set()
            assert asked.result().code == "import_replaced"
        assert client.get(f"/v1/imports/{plan['id']}").json["replaced_by"] == copy["id"]
        assert client.call("POST", f"/v1/imports/{plan['id']}/run").code == "import_replaced"
        assert run(client, copy)["summary"] == sums(done=2)
        second.stop()
    finally:
        relay.close()


@pytest.mark.parametrize("nth_write", (1, 2, 3))
def test_a_kill_while_the_outcome_of_a_second_run_is_kept_loses_nothing_of_the_first(start, nth_write):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    plan = upload(client, "staff", people("RW", 6, each=1)).json
    client.put("/v1/staff/RW-5", an(full_name=nth("Phạm Thị", 5), unit="T1.01"))  # worth another try
    assert run(client, plan)["summary"] == sums(done=5, changed_since=1)
    time.sleep(1.1)  # records tell the second
    of_outcome = [f"{plan['id']}.{what}".encode() for what in ("out.", "run")]
    killed_before(first, start, lambda c: c.call("POST", f"/v1/imports/{plan['id']}/run"), nth_write, lambda operation, message: any(w in message for w in of_outcome),
                  lambda c: wait_for(lambda: c.get(f"/v1/imports/{plan['id']}").status == 200, "the second one knows it"))
    assert taken_back(client, plan) == {"depart": 5, "skipped": 1}
