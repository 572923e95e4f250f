"""Idempotency keys: how long they are remembered, and what a repeat answers."""
from congvu import an, make_units, wait_for

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
        assert admin.post("/v1/staff", an(full_name=f"Người Có Khóa {n}", staff_code=f"K-{n}"), {"Idempotency-Key": f"staff-{n}"}).status == 201
    assert admin.post("/v1/units", unit, {"Idempotency-Key": "unit"}).status == 201
    assert admin.post("/v1/tokens", token, {"Idempotency-Key": "token"}).status == 201
    person = admin.get("/v1/staff/K-0")
    actor = service.person(person.json["id"], "cvActor")
    assert len(keys(service)) == 32
    service.stop()

    nearly = start(service.data, clock_offset=str(DAY - 600))
    client = nearly.client()
    wait_for(lambda: client.get("/readyz").json["checks"]["scheduler"]["status"] == "ok", "the calendar works")
    repeat = client.post("/v1/staff", an(full_name="Người Có Khóa 0", staff_code="K-0"), {"Idempotency-Key": "staff-0"})
    assert repeat.status == 201 and repeat.headers["Idempotency-Replayed"] == "true" and repeat.json["id"] == person.json["id"]
    assert len(keys(nearly)) == 32
    nearly.stop()

    later = start(service.data, clock_offset=str(DAY + 600))
    wait_for(lambda: not keys(later), "the keys are gone")
    client = later.client()
    unchanged = client.get("/v1/staff/K-0")
    assert (unchanged.etag, unchanged.json) == (person.etag, person.json), "quietly"
    assert later.person(person.json["id"], "cvActor") == actor
    again = client.post("/v1/units", {**unit, "code": "KEY2"}, {"Idempotency-Key": "unit"})
    assert again.status == 201 and "Idempotency-Replayed" not in again.headers, "the key may be used for something new"
    assert len(keys(later)) == 1
