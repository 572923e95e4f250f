"""Idempotency keys: how long they are remembered, and what a repeat answers."""
import concurrent.futures

from congvu import an, make_units, nth, wait_for

DAY = 86400


def keys(service):
    return service.ldapsearch("-b", "dc=congvu", "(cvIdempotencyKey=*)", "cvIdempotencyKey", "cvIdempotencyBody", "cvIdempotencyAt")


def test_keys_are_forgotten_after_a_day_and_not_before(start):
    service = start()
    admin = service.client()
    make_units(admin)
    unit = {"code": "KEY", "name": {"vi": "Có khóa"}, "kind": "phong", "parent": "T1"}
    token = {"name": "có khóa", "scopes": ["staff:read"], "unit": None, "expires_at": None}
    for n in range(30):
        assert admin.post("/v1/staff", an(full_name=nth("Người Có Khóa", n), staff_code=f"K-{n}"), {"Idempotency-Key": f"staff-{n}"}).status == 201
    assert admin.post("/v1/units", unit, {"Idempotency-Key": "unit"}).status == 201
    assert admin.post("/v1/tokens", token, {"Idempotency-Key": "token"}).status == 201
    assert admin.post("/v1/departures/batches", {"departures": [{"staff": "K-29", "reason": "thoi_viec"}]}, {"Idempotency-Key": "batch"}).status == 200
    person = admin.get("/v1/staff/K-0")
    actor = service.person(person.json["id"], "cvActor")
    assert len(keys(service)) == 33
    service.stop()

    nearly = start(service.data, clock_offset=str(DAY - 600))
    client = nearly.client()
    nearly.wait_calendar(1)
    repeat = client.post("/v1/staff", an(full_name=nth("Người Có Khóa", 0), staff_code="K-0"), {"Idempotency-Key": "staff-0"})
    assert repeat.status == 201 and repeat.headers["Idempotency-Replayed"] == "true" and repeat.json["id"] == person.json["id"]
    assert len(keys(nearly)) == 33
    nearly.stop()

    later = start(service.data, clock_offset=str(DAY + 600))
    wait_for(lambda: not keys(later), "the keys are gone")
    assert later.ldapsearch("-b", "ou=batches,ou=system,dc=congvu", "-s", "one", "(objectClass=*)") == [], "a batch's record goes with its key"
    client = later.client()
    unchanged = client.get("/v1/staff/K-0")
    assert (unchanged.etag, unchanged.json) == (person.etag, person.json), "quietly"
    assert later.person(person.json["id"], "cvActor") == actor
    again = client.post("/v1/units", {**unit, "code": "KEY2"}, {"Idempotency-Key": "unit"})
    assert again.status == 201 and "Idempotency-Replayed" not in again.headers, "the key may be used for something new"
    assert len(keys(later)) == 1


def test_a_later_key_does_not_push_out_that_of_the_creation(client):
    body = an(full_name="Lò Thị Một Lần")
    made = client.post("/v1/staff", body, {"Idempotency-Key": "made-once"})
    assert made.status == 201, made
    path = f"/v1/staff/{made.json['id']}"
    assert client.post(path + "/accounts/mailbox/credential-resets", {}, {"Idempotency-Key": "code-once"}).status == 201
    assert client.put(path + "/departure", {"reason": "thoi_viec"}).status in (200, 202)
    assert client.post(path + "/reinstatements", {}, {"Idempotency-Key": "back-once"}).status == 202
    again = client.post("/v1/staff", body, {"Idempotency-Key": "made-once"})
    assert again.status == 201 and again.json["id"] == made.json["id"] and again.headers["Idempotency-Replayed"] == "true"
    back = client.post(path + "/reinstatements", {}, {"Idempotency-Key": "back-once"})
    assert (back.status, back.headers["Idempotency-Replayed"]) == (202, "true")


def test_a_code_is_given_once_whatever_keys_the_person_has_had(shared, client):
    for n, head in enumerate(({}, {"Idempotency-Key": "made-with-a-key"})):
        made = client.post("/v1/staff", an(full_name=nth("Lò Thị Một Mã", n)), head)
        path = f"/v1/staff/{made.json['id']}/accounts/mailbox/credential-resets"

        def ask(key, body=None, n=n, path=path):
            return client.post(path, body or {}, {"Idempotency-Key": f"{key}-{n}"})
        first = ask("one")
        again = ask("one")
        assert first.json["code"] and "Idempotency-Replayed" not in first.headers
        assert (again.status, again.headers.get("Idempotency-Replayed"), again.json) == (201, "true", {**first.json, "code": None})
        other = ask("two")
        assert other.json["code"] and other.json["code"] != first.json["code"] and "Idempotency-Replayed" not in other.headers
        assert [ask(key).json["code"] for key in ("one", "two", "one")] == [None] * 3, "a later key pushes none out"
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            codes = [a.json["code"] for a in pool.map(ask, ["three"] * 4)]
        assert sorted(code is None for code in codes) == [False, True, True, True], "at once too"
        live, = (code for code in codes if code)
        assert shared.client("none").post("/v1/activations", {"code": live, "password": "Mua-Xuan-2026"}).status == 204, "and that one opens"
        assert ask("three").json == {**first.json, "code": None, "expires_at": None}


def test_a_repeat_about_somebody_is_forgotten_after_a_day(start):
    service = start()
    make_units(service.client())
    made = service.client().post("/v1/staff", an())
    path = f"/v1/staff/{made.json['id']}/accounts/mailbox/credential-resets"
    assert service.client().post(path, {}, {"Idempotency-Key": "code"}).json["code"]
    service.stop()
    later = start(service.data, clock_offset=str(DAY + 600))
    wait_for(lambda: not keys(later), "the key is gone")
    assert later.ldapsearch("-b", "ou=repeats,ou=system,dc=congvu", "-s", "one", "(objectClass=*)") == []
    assert later.client().post(path, {}, {"Idempotency-Key": "code"}).json["code"]


def test_a_repeated_batch_runs_nothing_again(shared, client):
    for n in range(4):
        assert client.put(f"/v1/staff/RB-{n}", an(full_name=nth("Người Theo Lô", n), unit="T1")).status == 201
    client.put("/v1/staff/RB-3/departure", {"reason": "nghi_huu", "effective_on": "2099-01-01"})
    lines = [{"staff": "RB-0", "reason": "thoi_viec"}, {"staff": "RB-1", "reason": "thoi_viec"}, {"staff": "NOBODY", "reason": "thoi_viec"},
             {"staff": "RB-3", "reason": "nghi_huu", "effective_on": "2099-06-01"}]
    key = {"Idempotency-Key": "a-batch"}
    bad = client.post("/v1/departures/batches", {"departures": [{"staff": "RB-0"}]}, key)
    assert bad.status == 422, "nothing is kept of a refused one"
    first = client.post("/v1/departures/batches", {"departures": lines}, key)
    assert first.status == 207 and "Idempotency-Replayed" not in first.headers, first
    assert first.json["summary"] == {"done": 2, "unchanged": 0, "held": 0, "not_visible": 1, "failed": 1}
    repeat = client.post("/v1/departures/batches", {"departures": lines}, key)
    assert (repeat.status, repeat.headers["Idempotency-Replayed"]) == (207, "true")
    assert repeat.json["summary"] == first.json["summary"]
    assert [r.get("departure") for r in repeat.json["results"]] == [r.get("departure") for r in first.json["results"]]
    assert [r.get("problem", {}).get("code") for r in repeat.json["results"]] == [None, None, "staff_not_found", "departure_conflict"]
    other = client.post("/v1/departures/batches", {"departures": lines[:1]}, key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")

    assert client.post("/v1/staff/RB-0/reinstatements", {"decision": {"number": "9/QĐ"}}).status == 202
    later = client.post("/v1/departures/batches", {"departures": lines}, key)
    assert later.json["results"][0]["outcome"] == "done" and "departure" not in later.json["results"][0], "as it was then, as it is now"
    assert client.get("/v1/staff/RB-0").json["status"] == "active"
    dry = client.post("/v1/departures/batches", {"departures": lines[1:2]}, key, validate_only=True)
    assert dry.status == 200 and "Idempotency-Replayed" not in dry.headers


def test_one_key_sent_to_two_processes_at_once_departs_everybody_once(start):
    first = start()
    make_units(first.client())
    second = start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    clients = [first.client(), second.client(first.admin_token())]
    for n in range(3):
        assert clients[0].put(f"/v1/staff/OB-{n}", an(full_name=nth("Người Một Lần", n), unit=f"T1.0{n + 1}")).status == 201
    wait_for(lambda: clients[1].get("/v1/staff/OB-2").status == 200, "both see them")
    body = {"departures": [{"staff": f"OB-{n}", "reason": "thoi_viec"} for n in range(3)]}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda c: c.post("/v1/departures/batches", body, {"Idempotency-Key": "both"}), clients * 2))
    assert all(r["outcome"] in ("done", "unchanged") for a in answers for r in a.json["results"]), answers
    assert {(r["staff"], r["departure"]["number"], r["departure"]["started_at"]) for a in answers for r in a.json["results"]} == {
        (f"OB-{n}", 1, clients[0].get(f"/v1/staff/OB-{n}/departure").json["started_at"]) for n in range(3)}
    assert len(first.ldapsearch("-b", "ou=batches,ou=system,dc=congvu", "-s", "one", "(objectClass=*)")) == 1
