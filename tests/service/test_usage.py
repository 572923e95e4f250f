"""Usage: events in, one bit per person, system and day out, and nothing else moves."""
import concurrent.futures
import datetime
import json
import os
import re
import signal

import pytest
from congvu import ago, an, make_units, site_today, wait_for

TODAY = site_today()


def onboard(client, **more):
    answer = client.post("/v1/staff", an(not_same_as=[p["id"] for p in client.get("/v1/staff", page_size=500).json["items"]], **more))
    assert answer.status == 201, answer
    return answer.json


def report(client, events, system="mailbox", **more):
    answer = client.post("/v1/usage-events", {"system": system, "events": events, **more})
    assert answer.status == 200, answer
    result = answer.json
    assert result["accepted"] + result["duplicate"] + len(result["rejected"]) == len(events)
    return result


def stored(service, id_, system="mailbox"):
    """The days of a person as the directory has them."""
    found = service.ldapsearch("-b", "ou=usage", f"(cvId={id_})")
    days = set()
    for value in found[0].get(f"cvUseDays;x-{system}", []) if found else []:
        month, bits = value.split(":")
        assert re.fullmatch(r"\d{4}-\d{2}:[0-9a-f]{8}", value)
        days |= {f"{month}-{d + 1:02}" for d in range(31) if int(bits, 16) >> d & 1}
    return days


def audited(service, id_):
    """What the audit says of him, wherever it lies."""
    seen = service.ldapsearch("-b", "cn=log", "(objectClass=auditWriteObject)", "reqDN")
    return [e["dn"] for e in seen if id_ in e["reqDN"][0] or "ou=usage" in e["reqDN"][0]]


def codes(result):
    return [(r["index"], r["code"]) for r in result["rejected"]]


def test_a_day_is_one_bit_and_nothing_else_moves(shared, client):
    person = onboard(client, staff_code="U-0001")
    before = shared.person(person["id"], "+", "*")
    log = audited(shared, person["id"])
    etag = client.get(f"/v1/staff/{person['id']}").etag
    result = report(client, [{"event_id": "1", "login": person["accounts"][0]["observed"]["login"], "occurred_on": ago(1), "kind": "sign_in"}])
    assert (result["accepted"], result["duplicate"], result["rejected"]) == (1, 0, [])
    assert stored(shared, person["id"]) == {ago(1)}
    assert shared.person(person["id"], "+", "*") == before
    assert client.get(f"/v1/staff/{person['id']}").etag == etag
    assert audited(shared, person["id"]) == log
    entry = shared.ldapsearch("-b", "ou=usage", f"(cvId={person['id']})")[0]
    assert set(entry) == {"dn", "objectClass", "cvId", "cvRevision", "cvUseDays;x-mailbox", "cvUseSeen;x-mailbox"}


def test_every_name_a_person_ever_had_is_his(shared, client):
    person = onboard(client, staff_code="U-0002")
    first = person["address"]
    changed = client.patch(f"/v1/staff/{person['id']}", {"staff_code": "U-0002B", "login": "ten.khac.u2"}).json
    assert changed["address"] != first
    office = next(a["observed"]["login"] for a in person["accounts"] if a["system"] == "td-office")
    events = [{"login": first.split("@")[0], "occurred_on": ago(1)}, {"login": changed["address"], "occurred_on": ago(2)},
              {"address": first.upper(), "occurred_on": ago(3)}, {"address": changed["address"], "occurred_on": ago(4)},
              {"staff_code": "u-0002", "occurred_on": ago(5)}, {"staff_code": "U-0002B", "occurred_on": ago(6)},
              {"id": person["id"], "occurred_on": ago(7)}, {"login": office, "occurred_on": ago(8)}]
    result = report(client, events)
    assert codes(result) == [(7, "unknown_login")]  # a login of another system
    assert stored(shared, person["id"]) == {ago(n) for n in range(1, 8)}
    result = report(client, [{"login": office, "occurred_on": ago(8)}], system="td-office")
    assert result["accepted"] == 1 and stored(shared, person["id"], "td-office") == {ago(8)}


def test_a_leaver_used_it_while_he_was_here(shared, client):
    person = onboard(client, staff_code="U-0003")
    assert client.put("/v1/staff/U-0003/departure", {"reason": "nghi_huu"}).status == 200
    result = report(client, [{"address": person["address"], "occurred_on": ago(1)}])
    assert result["accepted"] == 1 and stored(shared, person["id"]) == {ago(1)}


def test_repeats_are_counted_and_harmless(shared, client):
    person = onboard(client, staff_code="U-0004")
    events = [{"event_id": "a", "id": person["id"], "occurred_on": ago(1)}, {"event_id": "b", "id": person["id"], "occurred_on": ago(1)},
              {"event_id": "b", "id": person["id"], "occurred_on": ago(2)}, {"id": person["id"], "occurred_on": ago(3)},
              {"event_id": "a", "id": "stf_00000000000000000000000000", "occurred_on": ago(3)}]
    result = report(client, events)
    # the second is a known day, the third has the second's event_id, the last is nobody's
    assert (result["accepted"], result["duplicate"], codes(result)) == (2, 2, [(4, "unknown_login")])
    assert stored(shared, person["id"]) == {ago(1), ago(3)}
    again = report(client, events)
    assert (again["accepted"], again["duplicate"]) == (0, 4)
    assert shared.ldapsearch("-b", "ou=usage", f"(cvId={person['id']})", "cvRevision")[0]["cvRevision"] == ["1"]


def test_late_days_and_the_ends_of_time(shared, client):
    person = onboard(client, staff_code="U-0005")
    year, month = divmod(TODAY.year * 12 + TODAY.month - 1 - 13, 12)
    first = datetime.date(year, month + 1, 1)
    events = [{"id": person["id"], "occurred_on": d} for d in (ago(0), first.isoformat(), ago(100), ago(-1), (first - datetime.timedelta(1)).isoformat())]
    result = report(client, events)
    assert result["accepted"] == 3 and codes(result) == [(3, "in_the_future"), (4, "outside_retention")]
    assert stored(shared, person["id"]) == {ago(0), first.isoformat(), ago(100)}
    seen = shared.ldapsearch("-b", "ou=usage", f"(cvId={person['id']})", "cvUseSeen;x-mailbox")[0]["cvUseSeen;x-mailbox"]
    assert seen == [f"{ago(0)} 0"]


def test_a_moment_counts_for_its_day_at_the_site(shared, client):
    person = onboard(client, staff_code="U-0006")
    report(client, [{"id": person["id"], "occurred_at": f"{ago(3)}T17:30:00Z"}])  # half past midnight at the site
    assert stored(shared, person["id"]) == {ago(2)}


def test_one_bad_event_hinders_no_other(shared, client):
    person = onboard(client, staff_code="U-0007")
    good = {"id": person["id"], "occurred_on": ago(1)}
    events = ["no object", {}, good, {**good, "login": "x"}, {**good, "occurred_at": f"{ago(1)}T01:00:00Z"}, {**good, "kind": "delivery"},
              {**good, "surprise": 1}, {**good, "occurred_on": "2026-02-30"}, {"occurred_on": ago(1)}, {"id": person["id"]}, {**good, "event_id": ""},
              {**good, "occurred_on": ago(2)}] + [{**good, "surprise": 1}] * 200
    assert codes(report(client, events)) == [(i, "invalid_event") for i in range(len(events)) if i not in (2, 11)]
    assert stored(shared, person["id"]) == {ago(1), ago(2)}
    vietnamese = shared.client(language="vi")
    assert "tìm thấy" in report(vietnamese, [{"login": "chang.co.ai", "occurred_on": ago(1)}])["rejected"][0]["detail"]


def test_lines(shared, client):
    person = onboard(client, staff_code="U-0008")
    lines = [json.dumps({"id": person["id"], "occurred_on": ago(n), "event_id": str(n)}) for n in (1, 2, 3)]
    body = "\n".join([lines[0], "", "{", lines[1] + "\r", "[]", lines[2]]).encode()
    answer = client.post("/v1/usage-events", body, {"Content-Type": "application/x-ndjson"}, system="mailbox", data_through=ago(1))
    assert answer.status == 200, answer
    assert answer.json["accepted"] == 3 and codes(answer.json) == [(1, "invalid_event"), (3, "invalid_event")]
    assert answer.json["data_through"] == ago(1)
    assert stored(shared, person["id"]) == {ago(1), ago(2), ago(3)}
    known = client.post("/v1/usage-events", b"\xef\xbb\xbf" + lines[0].encode(), {"Content-Type": "application/x-ndjson"}, system="mailbox")
    assert known.json["duplicate"] == 1 and not known.json["rejected"], "a BOM is no part of the first line"
    many = b'{"login":"chang.co.ai","occurred_on":"%s"}\n' % ago(1).encode() * 5001
    for body, query, status, code in ((many, {"system": "mailbox"}, 422, "validation_failed"), (lines[0], {}, 400, "invalid_parameter"),
                                      (lines[0], {"system": "mailbox", "data_through": ago(-1)}, 422, "validation_failed"),
                                      (lines[0], {"system": "no-such"}, 404, "system_not_found")):
        answer = client.post("/v1/usage-events", body, {"Content-Type": "application/x-ndjson"}, **query)
        assert (answer.status, answer.code) == (status, code)


def test_what_is_wrong_with_the_whole_call(client):
    event = {"login": "chang.co.ai", "occurred_on": ago(1)}
    for body, status, at in (({"events": [event]}, 422, "#/system"), ({"system": "mailbox", "events": [event] * 5001}, 422, "#/events"),
                             ({"system": "mailbox", "data_through": ago(-1)}, 422, "#/data_through"), ({"system": "mailbox", "x": 1}, 422, "#/x")):
        answer = client.post("/v1/usage-events", body)
        assert answer.status == status and [e["pointer"] for e in answer.json["errors"]] == [at], answer
    assert client.post("/v1/usage-events", {"system": "no-such"}).code == "system_not_found"
    answer = client.post("/v1/usage-events", {"system": "mailbox"}, None, system="mailbox")
    assert answer.code == "invalid_parameter" and answer.json["errors"][0]["parameter"] == "system"


def test_data_through_goes_forward_unless_told_otherwise(client):
    def through(**more):
        return report(client, [], system="e-office", **more)["data_through"]
    assert through() is None
    assert through(data_through=ago(5)) == ago(5)
    assert through(data_through=ago(9)) == ago(5)
    assert through() == ago(5)
    assert through(data_through=ago(9), rewind=True) == ago(9)
    assert through(data_through=ago(3)) == ago(3)


def test_a_record_broken_by_hand_hinders_no_other(shared, client):
    broken, sound = onboard(client, staff_code="U-0030"), onboard(client, staff_code="U-0031")
    events = [{"id": p["id"], "occurred_on": ago(n)} for n in (1, 2) for p in (broken, sound)]
    report(client, events[:2])
    shared.ldapmodify(f"cvId={broken['id']},ou=usage", "add: cvUseDays;x-mailbox\ncvUseDays;x-mailbox: 2026-13:zzz")
    result = report(client, events)
    assert (result["accepted"], result["duplicate"]) == (1, 1) and codes(result) == [(0, "unreadable_record"), (2, "unreadable_record")]
    assert stored(shared, sound["id"]) == {ago(1), ago(2)}


def test_a_system_says_how_far_its_source_is(client):
    def says(system="td-office"):
        answer = client.get(f"/v1/systems/{system}").json
        return answer["data_through"], answer["stale"]
    assert says() == (None, True)
    report(client, [], system="td-office", data_through=ago(4))  # three days behind yesterday are allowed
    wait_for(lambda: says() == (ago(4), False), "fresh")
    assert client.get("/v1/systems").json["items"] and says("certificate") == (None, True)
    report(client, [], system="td-office", data_through=ago(5), rewind=True)
    wait_for(lambda: says() == (ago(5), True), "stale")
    etag = client.get("/v1/systems/td-office").etag
    report(client, [], system="td-office", data_through=ago(1))
    wait_for(lambda: says() == (ago(1), False), "healed")
    assert client.get("/v1/systems/td-office").etag == etag


def test_only_people_of_the_tokens_units(shared, client):
    inside, outside = onboard(client, staff_code="U-0010"), onboard(client, staff_code="U-0011", unit="T1.03")
    token = client.post("/v1/tokens", {"name": "feed", "scopes": ["usage:write"], "unit": "T1.01"}).json["secret"]
    feed = shared.client(token)
    result = report(feed, [{"address": p["address"], "occurred_on": ago(1)} for p in (inside, outside)])
    assert result["accepted"] == 1 and codes(result) == [(1, "unknown_login")]
    assert stored(shared, outside["id"]) == set()
    assert feed.get("/v1/staff").code == "scope_missing"
    reader = client.post("/v1/tokens", {"name": "reader", "scopes": ["staff:read"], "unit": "T1"}).json["secret"]
    assert shared.client(reader).post("/v1/usage-events", {"system": "mailbox"}).code == "scope_missing"


def test_a_token_of_a_subtree_does_not_move_the_sources_clock(start):
    service = start()
    client = service.client()
    make_units(client)
    person = onboard(client, staff_code="U-0012")
    assert client.patch("/v1/systems/mailbox", {"activity": {"reported": True}}).status == 200
    feed = service.client(client.post("/v1/tokens", {"name": "feed", "scopes": ["usage:write"], "unit": "T1"}).json["secret"])

    def clock():
        return client.get("/v1/systems/mailbox").json["data_through"], client.get("/v1/adoption", unit="T1", system="mailbox").json["rows"][0]["adoption"]
    before = clock()
    for said in ({"data_through": ago(1)}, {"data_through": ago(3), "rewind": True}, {"rewind": True}):
        refused = feed.post("/v1/usage-events", {"system": "mailbox", "events": [{"id": person["id"], "occurred_on": ago(1)}], **said})
        assert (refused.status, refused.code) == (403, "scope_missing") and stored(service, person["id"]) == set(), refused
    lines = feed.post("/v1/usage-events", b"", {"Content-Type": "application/x-ndjson"}, system="mailbox", data_through=ago(1))
    assert lines.code == "scope_missing"
    assert report(feed, [{"id": person["id"], "occurred_on": ago(1)}])["accepted"] == 1
    assert clock() == before == (None, None)
    report(client, [], data_through=ago(1))
    assert wait_for(lambda: clock()[0], "said by who sees all") == ago(1)
    assert report(feed, [{"id": person["id"], "occurred_on": ago(2)}])["data_through"] == ago(1)


def test_feeds_at_once_lose_no_day(shared, client):
    people = [onboard(client, staff_code=f"U-002{i}")["id"] for i in range(4)]
    shares = [[{"id": p, "occurred_on": ago(n)} for p in people for n in range(worker, 60, 6)] for worker in range(6)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda events: report(shared.client(), events), shares))
    assert sum(r["accepted"] for r in results) == 240 and not any(r["rejected"] for r in results)
    for p in people:
        assert stored(shared, p) == {ago(n) for n in range(60)}


def test_a_killed_directory_keeps_what_was_accepted(start):
    service = start()
    client = service.client()
    client.put("/v1/units/T1", {"name": {"vi": "Huyện"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "t", "active_from": "2021-10-01"})
    person = onboard(client, unit="T1", staff_code="K-1")
    for n in range(1, 6):
        event = {"id": person["id"], "occurred_on": ago(n)}
        wait_for(lambda: client.post("/v1/usage-events", {"system": "mailbox", "events": [event]}).status == 200, "accepted")
        pid = service.slapd_pid()
        os.kill(pid, signal.SIGKILL)
        service.slapd_pid(other_than=pid)
    wait_for(lambda: client.post("/v1/usage-events", {"system": "mailbox"}).status == 200, "the directory is back")
    assert stored(service, person["id"]) == {ago(n) for n in range(1, 6)}


def test_old_months_become_a_number(start):
    """Somebody who was active long ago and never since: the calendar folds his days."""
    service = start()
    client = service.client()
    client.put("/v1/units/T1", {"name": {"vi": "Huyện"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "t", "active_from": "2021-10-01"})
    person = onboard(client, unit="T1", staff_code="F-1")
    other = onboard(client, unit="T1", staff_code="F-2")
    report(client, [{"id": p["id"], "occurred_on": ago(n)} for p in (person, other) for n in range(1, 40)])
    service.stop()
    service.settings["clock_offset"] = 500 * 86400
    service.start()

    def folded():
        entry = service.ldapsearch("-b", "ou=usage", f"(cvId={person['id']})")[0]
        return entry if "cvUseDays;x-mailbox" not in entry else None
    assert wait_for(folded, "his days are a number")["cvUseSeen;x-mailbox"] == [f"{ago(1)} 39"]
    wait_for(lambda: stored(service, other["id"]) == set(), "hers too")


def test_a_lock_and_its_end_are_no_new_issue(start):
    """Else whoever is unlocked would be too new to be blamed for not using it."""
    service = start()
    client = service.client()
    client.put("/v1/units/T1", {"name": {"vi": "Huyện"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "t", "active_from": "2021-10-01"})
    person = onboard(client, unit="T1", staff_code="I-1")

    def too_new():
        return client.get("/v1/adoption", unit="T1", system="mailbox", group_by="system").json["rows"][0]["too_new"]

    def issued_on():
        return service.person(person["id"], "cvAccountIssuedOn")["cvAccountIssuedOn;x-mailbox"]
    report(client, [], data_through=ago(0))
    wait_for(lambda: too_new() == 1, "new today")
    service.stop()
    service.settings["clock_offset"] = 20 * 86400
    service.start()
    client = service.client()
    report(client, [], data_through=ago(-20))
    account = "/v1/staff/I-1/accounts/mailbox"
    assert client.put(account, {"state": "locked", "reason": "leave"}).status == 200
    assert client.put(account, {"state": "present"}).status == 200
    wait_for(lambda: too_new() == 0, "not new any more")
    assert issued_on() == [ago(0)]
    assert client.put(account, {"state": "closed", "reason": "x"}).status == 200
    assert client.put(account, {"state": "present"}).status == 200
    wait_for(lambda: too_new() == 1, "issued anew")
    assert issued_on() == [ago(-20)]


def test_the_rule_of_a_system(client):
    system = client.get("/v1/systems/e-office").json
    assert system["activity"] == {"reported": True, "precision": "by_day", "regular_days": 4, "regular_of": 30, "stale_after_days": 3, "version": 1}
    assert system["definition"] == "regular-e-office-1"
    certificate = client.get("/v1/systems/certificate").json
    assert certificate["activity"]["reported"] is False and certificate["definition"] is None
    changed = client.patch("/v1/systems/e-office", {"activity": {"regular_days": 8}}).json
    assert changed["activity"]["version"] == 2 and changed["definition"] == "regular-e-office-2"
    changed = client.patch("/v1/systems/e-office", {"activity": {"stale_after_days": 5, "regular_days": 8}}).json
    assert changed["activity"]["version"] == 2 and changed["activity"]["stale_after_days"] == 5
    changed = client.patch("/v1/systems/e-office", {"activity": {"precision": "last_only"}}).json
    assert changed["activity"]["version"] == 3 and client.get("/v1/systems/e-office").json == changed
    warning = report(client, [], system="certificate")["warnings"]
    assert [w["code"] for w in warning] == ["not_reported"]
    assert report(client, [], system="e-office")["warnings"] == []


@pytest.mark.parametrize("activity,at", [({"regular_days": 31}, "#/activity/regular_days"), ({"regular_of": 0}, "#/activity/regular_of"),
                                         ({"stale_after_days": 91}, "#/activity/stale_after_days"), ({"reported": None}, "#/activity/reported"),
                                         ({"version": 9}, "#/activity/version"), ({"precision": "weekly"}, "#/activity/precision")])
def test_rules_that_cannot_be(client, activity, at):
    answer = client.patch("/v1/systems/td-office", {"activity": activity})
    assert answer.status == 422 and [e["pointer"] for e in answer.json["errors"]] == [at], answer
