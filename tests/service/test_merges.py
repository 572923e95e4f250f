"""Two records of one person made one: names stay where they are, everything leads to the one that stands for him, and within a day it is undone."""
import datetime
import itertools

import pytest
from browser import Person, activate, login_of
from congvu import Service, an, make_units, nth, site_today, wait_for

numbers = itertools.count(1)


@pytest.fixture
def client(shared, spec):
    """A line of tokens of its own: the brake counts who is emptied like who leaves."""
    return shared.client(shared.client().post("/v1/tokens", {"name": "gộp hồ sơ", "scopes": spec.document["components"]["schemas"]["Scope"]["enum"]}).json["secret"])


@pytest.fixture
def two(client):
    n = next(numbers)
    one, other = (client.put(f"/v1/staff/M{which}-{n}", an(full_name=nth("Hứa Vĩnh Phú", n), unit=unit, not_same_as=["*"])) for which, unit in (("A", "T1.01"), ("B", "T1.02")))
    assert (one.status, other.status) == (201, 201)
    return one.json, other.json


def merge(client, emptied, into, **query):
    return client.put(f"/v1/staff/{emptied['id']}/merge", {"into": into["id"], "reason": "nhập hai lần"}, **query)


def seen(client, who):
    return client.get(f"/v1/staff/{who['id']}")


def recorded(client):
    return next(row["recorded"] for row in client.get("/v1/coverage", unit="T1", system="mailbox").json["rows"] if row["row_kind"] == "total")


def listed(client, who):
    return [p["id"] for p in client.get("/v1/staff", q=who["full_name"]).json["items"]]


def test_two_records_become_one_and_names_stay_where_they_are(client, shared, two):
    old, new = two
    before, people = seen(client, new).json, recorded(client)
    dry = merge(client, old, new, validate_only=True)
    assert dry.status == 200, dry
    assert {c["field"] for c in dry.json["into"]["changes"]} == {"aliases"} and "accounts/mailbox" in {c["field"] for c in dry.json["emptied"]["changes"]}
    assert dry.json["emptied"]["staff"]["status"] == "departed" and seen(client, old).json["id"] == old["id"], "a dry run does nothing"
    done = merge(client, old, new)
    assert done.status == 200, done
    assert [a["address"] for a in done.json["into"]["staff"]["aliases"]] == [old["address"]] and {a["desired"]["state"] for a in done.json["emptied"]["staff"]["accounts"]} <= {"closed", "revoked"}
    for key in (old["id"], old["staff_code"]):
        led = client.get(f"/v1/staff/{key}")
        assert (led.status, led.json["id"], led.headers["Content-Location"]) == (200, new["id"], f"/v1/staff/{new['id']}")
    whole = seen(client, new)
    assert whole.json["merged"] == [{"id": old["id"], "staff_code": old["staff_code"], "full_name": old["full_name"], "posts": old["posts"]}] and "Content-Location" not in whole.headers
    assert (whole.json["staff_code"], whole.json["former_codes"], whole.json["posts"], whole.json["accounts"]) == (before["staff_code"], before["former_codes"], before["posts"], before["accounts"])
    assert recorded(client) == people - 1 and listed(client, new) == [new["id"]], "one person is counted, and listed"
    assert client.get("/v1/staff", address=old["address"]).json["items"][0]["id"] == new["id"]
    entry = shared.person(old["id"], "cvName", "cvMergedInto", "cvReceives", "authorizedService")
    assert old["address"] in entry["cvName"] and new["id"] in entry["cvMergedInto"][0] and "cvReceives" not in entry and "authorizedService" not in entry
    assert old["address"] not in shared.person(new["id"], "cvName")["cvName"], "claims never move"
    again = merge(client, old, new)
    assert (again.status, again.headers["Congvu-Unchanged"]) == (200, "true")
    line = client.put(f"/v1/staff/{old['staff_code']}", an(full_name=new["full_name"], unit="T1.02"))
    assert (line.status, line.json["id"]) == (200, new["id"]), "the nightly line of the other code is his"
    assert client.post("/v1/staff", an(full_name="Người Mới", staff_code=old["staff_code"])).code == "code_taken"


def test_the_number_of_the_hr_system_is_his_in_whichever_record_it_was(client, two):
    """The nightly line brings it every night, with the code of the record that stands for him."""
    old, new = two
    number = f"HR-MERGED-{next(numbers)}"
    assert client.patch(f"/v1/staff/{old['id']}", {"hr_ref": number}).status == 200 and merge(client, old, new).status == 200
    line = {"full_name": new["full_name"], "unit": "T1.02", "hr_ref": number}
    assert client.put(f"/v1/staff/{new['staff_code']}", line, validate_only=True).json["changes"] == []
    for _ in range(2):
        again = client.put(f"/v1/staff/{new['staff_code']}", line)
        assert (again.status, again.headers.get("Congvu-Unchanged")) == (200, "true"), again
    another = client.post("/v1/staff", an(full_name="Hoàng Văn Khác Tên", unit="T1.01", hr_ref=number))
    assert (another.code, [c["id"] for c in another.json["candidates"]]) == ("possible_duplicate", [new["id"]])


def test_a_merge_is_taken_back_within_a_day(client, two):
    old, new = two
    people = recorded(client)
    was = [seen(client, who).json for who in (old, new)]
    merge(client, old, new)
    told = client.get(f"/v1/staff/{old['id']}/merge").json
    assert (told["staff"]["id"], told["into"]["id"], told["reason"]) == (old["id"], new["id"], "nhập hai lần") and told["undo_until"] > told["merged_at"]
    assert client.delete(f"/v1/staff/{old['id']}/merge", etag="*", validate_only=True).status == 200 and seen(client, old).json["id"] == new["id"]
    back = client.delete(f"/v1/staff/{old['id']}/merge", etag="*")
    assert back.status == 200, back
    for before, who in zip(was, (old, new)):
        now = seen(client, who).json
        moved = {"revision", "updated_at", "accounts"}
        assert {k: v for k, v in now.items() if k not in moved} == {k: v for k, v in before.items() if k not in moved}
        assert [(a["system"], a["desired"]["state"], a["observed"]["login"]) for a in now["accounts"]] == [(a["system"], a["desired"]["state"], a["observed"]["login"]) for a in before["accounts"]]
    assert recorded(client) == people and sorted(listed(client, new)) == sorted([old["id"], new["id"]])
    assert client.delete(f"/v1/staff/{old['id']}/merge", etag="*").code == "conflict" and client.get(f"/v1/staff/{old['id']}/merge").json["merged"] is False


def test_after_a_day_it_stays(spec):
    service = Service(spec=spec, clock_offset=-3 * 86400).start()
    try:
        client = service.client()
        make_units(client)
        old, new = (client.put(f"/v1/staff/D-{i}", an(full_name="Ninh Viết Giao", not_same_as=["*"])).json for i in (1, 2))
        assert merge(client, old, new).status == 200
        service.stop()
        service.settings.pop("clock_offset")
        late = service.start().client().delete(f"/v1/staff/{old['id']}/merge", etag="*")
        assert (late.status, late.code) == (409, "conflict")
    finally:
        service.stop()
        service.clean()


def test_rights_are_never_merged(client, shared, spec, two):
    old, new = two
    assert client.post(f"/v1/staff/{old['id']}/roles", {"role": "unit_hr", "unit": "T1"}).status == 201
    activate(client, old["staff_code"])
    person = Person(shared, spec, "127.0.7.1")
    assert person.sign_in(login_of(old))[0] == 201
    assert merge(client, old, new).status == 200
    wait_for(lambda: person.call("GET", "/v1/me")[0] == 401, "his session ends", 5)
    assert person.sign_in(login_of(old))[0] != 201
    assert client.get(f"/v1/staff/{new['id']}/roles").json["items"] == []


def test_histories_are_read_together(client, two):
    old, new = two
    merge(client, old, new)

    def lines(word):
        return sum(word in line["text"] for line in client.get(f"/v1/staff/{new['id']}/history").json["items"])
    assert lines("Taken on") == 2
    wait_for(lambda: (lines("took up"), lines("was merged into")) == (1, 1), "both sides tell of it", 5)


def test_only_who_sees_both(client, shared, two):
    old, new = two  # of T1.01 and of T1.02

    def reach(unit):
        return shared.client(client.post("/v1/tokens", {"name": "hr", "scopes": ["staff:read", "staff:write", "units:read"], "unit": unit}).json["secret"])
    first, second = reach("T1.01"), reach("T1.02")
    assert merge(second, old, new).code == "staff_not_found"
    hidden = merge(first, old, new)
    assert hidden.status == 422 and hidden.json["errors"][0]["pointer"] == "#/into"
    assert merge(client, old, new).status == 200
    assert seen(first, old).code == "staff_not_found", "he is not hers any more"
    assert seen(second, old).code == "staff_not_found" and seen(second, new).json["merged"] == []
    assert second.get(f"/v1/staff/{old['id']}/merge").code == "staff_not_found" and second.delete(f"/v1/staff/{old['id']}/merge", etag="*").code == "staff_not_found"
    assert old["id"] not in str(second.get(f"/v1/staff/{new['id']}/history").json)


def test_what_stands_in_the_way(client, two):
    old, new = two
    assert merge(client, old, old).code == "conflict"
    assert client.put("/v1/units/T1.01/mailbox", {"holders": [old["id"]]}).status in (200, 201)
    assert merge(client, old, new).code == "conflict", "the mailbox has to be handed over first"
    client.put("/v1/units/T1.01/mailbox", {"holders": [new["id"]]})
    gone = client.put(f"/v1/staff/GONE-{next(numbers)}", an(full_name="Vi Đã Nghỉ")).json
    client.put(f"/v1/staff/{gone['id']}/departure", {"reason": "nghi_huu", "effective_on": "2026-01-01", "decision": {"number": "1/QĐ"}})
    assert merge(client, old, gone).code == "staff_departed"
    assert merge(client, gone, new).status == 200, "who has left and came back under another record"
    assert merge(client, gone, old).code == "conflict"


def test_use_is_read_together(client, two):
    old, new = two
    yesterday, today = (str(site_today() - datetime.timedelta(days=d)) for d in (1, 0))

    def used(who, day):
        answer = client.post("/v1/usage-events", {"system": "mailbox", "events": [{"id": who["id"], "occurred_on": day}]})
        assert (answer.status, answer.json["accepted"]) == (200, 1), answer

    def last(who):
        row, = [p for p in client.get("/v1/staff", q=new["full_name"]).json["items"] if p["id"] == who["id"]]
        return next(a["last_active_on"] for a in row["accounts"] if a["system"] == "mailbox")
    used(old, yesterday)
    wait_for(lambda: last(old) == yesterday, "his own use", 5)
    assert merge(client, old, new).status == 200
    wait_for(lambda: last(new) == yesterday, "what was used under the other record counts", 5)
    used(old, today)
    wait_for(lambda: last(new) == today, "and what is reported of it still", 5)
    assert client.delete(f"/v1/staff/{old['id']}/merge", etag="*").status == 200
    wait_for(lambda: (last(new), last(old)) == (None, today), "each has his own again", 5)


def test_what_was_merged_goes_along_when_its_record_is_merged_itself(client):
    n = next(numbers)
    first, second, third = (client.put(f"/v1/staff/M{i}-{n}", an(full_name=nth("Bạch Thái Bưởi", n), not_same_as=["*"])).json for i in (1, 2, 3))
    assert merge(client, first, second).status == 200 and merge(client, second, third).status == 200
    whole = seen(client, first).json
    assert (whole["id"], {m["id"] for m in whole["merged"]}, {a["address"] for a in whole["aliases"]}) == (third["id"], {first["id"], second["id"]}, {first["address"], second["address"]})
    refused = client.post(f"/v1/staff/{first['id']}/corrections", {"kind": "made_by_mistake", "reason": "nhập nhầm"})
    assert (refused.status, refused.code) == (409, "staff_holds_names") and "merged" in refused.json["detail"], "an old id removes nobody else"
    assert client.delete(f"/v1/staff/{second['id']}/merge", etag="*").status == 200
    assert (seen(client, first).json["id"], seen(client, third).json["merged"], seen(client, third).json["aliases"]) == (second["id"], [], [])


def test_what_went_along_is_taken_back_wherever_it_went(client):
    n = next(numbers)
    first, second, third = (client.put(f"/v1/staff/M{i}-{n}", an(full_name=nth("Phan Khôi", n), not_same_as=["*"])).json for i in (1, 2, 3))
    assert merge(client, first, second).status == 200 and merge(client, second, third).status == 200
    assert client.delete(f"/v1/staff/{first['id']}/merge", etag="*").status == 200
    whole = seen(client, third).json
    assert (seen(client, first).json["id"], [m["id"] for m in whole["merged"]], [a["address"] for a in whole["aliases"]]) == (first["id"], [second["id"]], [second["address"]])
