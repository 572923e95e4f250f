"""A period that is over, as its last day was kept and as it is told now: they differ in what was recorded since, and in nothing else."""
import datetime

import pytest
from congvu import Service, an, make_units, offset_to, wait_for

SYSTEM = "mailbox"


@pytest.fixture
def at(spec):
    """at("2026-10-31") is a client of that day; a stop ends a day with a snapshot."""
    service = Service(spec=spec, lease_ms=300)

    def kept(on):
        return service.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", f"(cvDocumentName=day.{on})", "cvDocumentName")

    def go(on):
        if service.process:
            service.stop()
        service.settings["clock_offset"] = offset_to(datetime.date.fromisoformat(on))
        service.start()
        client = service.client()
        if client.get("/v1/staff", page_size=1).json["items"]:
            wait_for(lambda: kept(on), "the day is kept")
        return client
    go.service = service
    yield go
    if service.process:
        service.stop()
    service.clean()


def hire(client, code, name, unit="T1.01", **more):
    answer = client.put(f"/v1/staff/{code}", an(full_name=name, unit=unit, **{"hired_on": "2020-01-06", **more}))
    assert answer.status == 201, answer


def since_kept(client, unit="T1.01", **query):
    answer = client.get("/v1/coverage/changes", unit=unit, system=SYSTEM, **{"period": "2026-10", **query})
    assert answer.status == 200, answer
    return answer.json


def parts(said):
    return {p["cause"]: ({i["full_name"].split()[-1] for i in p["items"]}, p["coverage"]["a"], p["coverage"]["b"]) for p in said["parts"]}


def pairs(said):
    return tuple((said[end]["coverage"]["a"], said[end]["coverage"]["b"]) for end in ("from", "to"))


def test_what_was_recorded_after_the_day_was_kept(at):
    client = at("2026-10-01")
    make_units(client)
    for code, name in (("A", "An"), ("B", "Bình"), ("C", "Chi"), ("D", "Dung")):
        hire(client, code, f"Lê Thị {name}")
    hire(client, "E", "Lê Thị Em", unit="T1.02")
    assert client.put("/v1/units/T1.01/headcounts/2026-09-01", {"total": 4}).status == 200
    at("2026-10-31")
    client = at("2026-11-05")
    assert since_kept(client)["parts"] == [] and pairs(since_kept(client)) == ((4, 4), (4, 4))
    assert client.patch("/v1/staff/A", {"unit": "T1.02", "decision": {"number": "1/QĐ", "effective_on": "2026-10-20"}}).status == 200
    assert client.put("/v1/staff/B/departure", {"reason": "nghi_huu", "effective_on": "2026-10-15", "decision": {"number": "2/QĐ"}}).status in (200, 201)
    assert client.patch("/v1/staff/C", {"unit": "T1.02", "decision": {"number": "3/QĐ", "effective_on": "2026-11-02"}}).status == 200, "changes no October"
    hire(client, "F", "Lê Thị Phúc", hired_on="2026-10-10")
    assert client.put("/v1/units/T1.01/headcounts/2026-10-25", {"total": 6}).status == 200
    said = since_kept(client)
    kept = client.get("/v1/coverage", unit="T1.01", system=SYSTEM, as_of="2026-10-31", depth=0).json
    live = client.get("/v1/coverage", unit="T1.01", system=SYSTEM, period="2026-10", depth=0).json["rows"][0]
    assert said["kept_at"] == kept["as_of"] and said["kept_at"].startswith("2026-10-31")
    assert pairs(said) == ((kept["rows"][0]["issued"], kept["rows"][0]["eligible"] + kept["rows"][0]["unrecorded"]),
                           (live["issued"], live["eligible"] + live["unrecorded"]))
    assert (said["from"]["on"], said["to"]["on"]) == ("2026-10-31", "2026-10-31")
    assert parts(said) == {"moved_out": ({"An"}, -1, -1), "left": ({"Bình"}, -1, -1), "joined": ({"Phúc"}, 0, 1), "declared": (set(), 0, 3)}
    assert parts(since_kept(client, basis="recorded", unit="T1.02")) == {"moved_in": ({"An"}, 1, 1)}
    assert {c for c in parts(since_kept(client, unit="T1"))} == {"left", "joined", "declared"}, "who only moved inside is no difference"
    again = since_kept(at("2026-11-06"))
    assert again == said, "read again from the directory"


def test_what_cannot_be_told(at):
    client = at("2026-10-01")
    make_units(client)
    hire(client, "A", "Lê Thị An")
    client = at("2026-11-05")

    def asked(**query):
        answer = client.get("/v1/coverage/changes", unit="T1.01", system=SYSTEM, **query)
        return answer.status, answer.code if answer.status == 404 else [e["code"] for e in answer.json["errors"]]
    assert asked(period="2026-10") == (404, "snapshot_missing"), "nobody was there on the last day"
    assert asked(period="2026-11") == (422, ["out_of_range"])
    assert asked(period="2026-10", **{"from": "2026-10-01"}) == (422, ["not_together"])
    assert asked(calendar="admin", **{"from": "2026-10-01"}) == (422, ["not_allowed"])
    assert asked() == (422, ["required"])


def test_of_a_day_the_last_list_stays_until_its_time(at):
    """A later snapshot of the day replaces the earlier one, and what is too old goes."""
    def kept():
        return at.service.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", "(cvDocumentName=people.*)", "cvDocumentName")
    client = at("2026-10-31")
    make_units(client)
    hire(client, "A", "Lê Thị An")
    client = at("2026-10-31")
    assert len(kept()) == 1
    hire(client, "B", "Lê Thị Bình")
    client = at("2026-11-01")
    assert len(kept()) == 1 and pairs(since_kept(client, basis="recorded")) == ((2, 2), (2, 2))
    at.service.settings["history_days"] = 5
    client = at("2026-11-08")
    wait_for(lambda: not kept(), "the list is too old")
    assert client.get("/v1/coverage/changes", unit="T1.01", system=SYSTEM, period="2026-10").code == "snapshot_missing"
