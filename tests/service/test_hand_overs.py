"""Mailboxes of units: who may know who reads them, and when somebody has to take one over."""
import concurrent.futures
import itertools

import pytest

from congvu import UNIT, an, nth, wait_for

numbers = itertools.count(1)


@pytest.fixture
def unit(client):
    n = next(numbers)
    made = client.put(f"/v1/units/T1.B{n}", {**UNIT, "name": {"vi": f"Phòng Thư {n}"}, "slug": f"thu{n}", "parent": "T1"})
    assert made.status == 201, made
    return made.json


def person(client, unit, **more):
    code = f"UM-{next(numbers)}"
    answer = client.put(f"/v1/staff/{code}", an(full_name=nth("Giữ Hộp Thư", int(code[3:])), unit=unit, **more))
    assert answer.status == 201, answer
    return code


def give(client, unit, *codes, **more):
    answer = client.put(f"/v1/units/{unit['code']}/mailbox", {"holders": list(codes), **more})
    assert answer.status == 200, answer
    return answer.json


def named(mailbox):
    return [h["staff"]["staff_code"] for h in mailbox["holders"]], mailbox["holder_count"]


def open_of(client, mailbox):
    return [(i["kind"], i["staff"] and i["staff"]["staff_code"]) for i in client.get("/v1/hand-overs").json["items"] if i["login"] == mailbox["login"]]


def test_names_are_for_who_may_read_people_of_the_subtree(client, shared, unit):
    mine, theirs = person(client, unit["code"]), person(client, "T1.02")
    give(client, unit, mine, theirs)
    path = f"/v1/units/{unit['code']}/mailbox"
    local = shared.reach(unit["code"], "units:read", "staff:read", "accounts:write")
    assert named(local.get(path).json) == ([mine], 2)
    assert named(shared.reach(None, "units:read").get(path).json) == ([], 2), "no name without staff:read"
    other = person(client, unit["code"])
    assert named(give(local, unit, other)) == ([other], 2), "whom it cannot see it does not take away"
    assert sorted(named(client.get(path).json)[0]) == sorted([other, theirs])
    assert named(give(client, unit, mine)) == ([mine], 1)


def test_a_mailbox_is_looked_at_before_it_is_given_or_handed_over(client, shared, unit):
    mine, theirs = person(client, unit["code"]), person(client, "T1.02")
    path = f"/v1/units/{unit['code']}/mailbox"

    def look(who, *codes, **more):
        would = who.put(path, {"holders": list(codes), **more}, validate_only=True)
        assert (would.status, would.headers["Congvu-Validate-Only"]) == (200, "true"), would
        return would.json
    would = look(client, mine)
    assert (named(would), would["login"]) == (([mine], 1), unit["slug"])
    assert client.get(path).code == "unit_mailbox_not_found" and client.get(f"/v1/staff/{mine}").json["holds"] == []
    assert look(client, mine, login="tu.chon")["address"].startswith("tu.chon@")
    assert give(client, unit, mine, theirs)["login"] == would["login"], "a name that was looked at is free"
    other = person(client, unit["code"])
    local = shared.reach(unit["code"], "units:read", "staff:read", "accounts:write")
    assert named(look(local, other)) == ([other], 2), "whom it cannot see goes on"
    assert named(look(client, other)) == ([other], 1)
    assert sorted(named(client.get(path).json)[0]) == sorted([mine, theirs])
    assert client.put(path, {"holders": ["KHONG-CO"]}, validate_only=True).status == 422


def test_a_login_that_differs_is_refused(client, unit):
    code = person(client, unit["code"])
    mailbox = give(client, unit, code)
    refused = client.put(f"/v1/units/{unit['code']}/mailbox", {"holders": [code], "login": "khac.han"})
    assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "#/login", refused
    assert give(client, unit, code, login=mailbox["login"]) == mailbox


def test_who_moves_is_listed_until_somebody_is_named_again(client, shared, unit):
    mover, other = person(client, unit["code"]), person(client, unit["code"])
    mailbox = give(client, unit, mover)
    held = client.get(f"/v1/staff/{mover}").json
    assert [(h["unit"]["code"], h["login"], h["address"]) for h in held["holds"]] == [(unit["code"], mailbox["login"], mailbox["address"])]
    assert held["holds_elsewhere"] == 0 and open_of(client, mailbox) == []
    client.patch(f"/v1/staff/{mover}", {"unit": "T1.02"})
    assert open_of(client, mailbox) == [("moved", mover)]
    there = shared.reach("T1.02", "staff:read", "departures:write")
    seen = there.get(f"/v1/staff/{mover}").json
    assert seen["holds"] == [] and seen["holds_elsewhere"] == 1
    item, = [i for i in there.get("/v1/hand-overs").json["items"] if i["staff"] and i["staff"]["staff_code"] == mover]
    assert (item["kind"], item["unit"], item["login"], item["address"]) == ("moved", None, None, None)
    order = there.put(f"/v1/staff/{mover}/departure", {"reason": "nghi_huu", "effective_on": "2099-01-01"}).json
    assert [s for s in order["steps"] if s["system"] == "unit-mailbox"] == [{"step": "hand_over", "system": "unit-mailbox", "state": "open"}]
    assert open_of(client, mailbox) == [("leaver", mover)]
    client.delete(f"/v1/staff/{mover}/departure", etag="*")
    give(client, unit, mover)
    assert open_of(client, mailbox) == [], "named again: he goes on"
    client.patch(f"/v1/staff/{mover}", {"unit": "T1.03"})
    assert open_of(client, mailbox) == [("moved", mover)]
    give(client, unit, other)
    assert open_of(client, mailbox) == [] and client.get(f"/v1/staff/{mover}").json["holds"] == []


def test_nobody_holds_it_or_the_unit_has_ended(client, unit):
    code, heir = person(client, unit["code"]), person(client, "T1.02")
    mailbox = give(client, unit, code)
    assert open_of(client, give(client, unit)) == [("no_holder", None)]
    give(client, unit, code)
    client.patch(f"/v1/staff/{code}", {"unit": "T1.02"})
    assert client.patch(f"/v1/units/{unit['code']}", {"active_to": "2026-01-01"}).status == 200
    assert sorted(open_of(client, mailbox), key=str) == [("dissolved", None), ("moved", code)]
    give(client, unit, heir)
    assert open_of(client, mailbox) == [], "somebody of a unit that goes on has taken it over"


def test_whoever_may_not_be_named_is_refused_before_the_address_is_given(client, shared, unit):
    high, full, mine = (person(client, unit["code"]) for _ in range(3))
    assert client.post(f"/v1/staff/{high}/roles", {"role": "unit_admin", "unit": "T1"}).status == 201
    for n in range(16):
        other = client.put(f"/v1/units/{unit['code']}.{n}", {**UNIT, "slug": f"day{n}x{unit['slug']}", "parent": unit["code"]}).json
        give(client, other, full)
    local = shared.reach(unit["code"], "units:read", "staff:read", "accounts:write")
    path = f"/v1/units/{unit['code']}/mailbox"
    for named_, refused in ((high, (403, "higher_role")), (full, (409, "conflict"))):
        for more in ({"validate_only": True}, {}):
            answer = local.put(path, {"holders": [mine, named_]}, **more)
            assert (answer.status, answer.code) == refused, answer
    assert client.get(path).code == "unit_mailbox_not_found" and client.get(f"/v1/staff/{mine}").json["holds"] == []
    assert client.get(f"/v1/units/{unit['code']}").json["revision"] == unit["revision"]


def test_two_clerks_at_once_leave_it_with_somebody(client, shared, unit):
    one, other = person(client, unit["code"]), person(client, unit["code"])
    path = f"/v1/units/{unit['code']}/mailbox"
    give(client, unit, one, other)
    clerks = [(shared.client(), code) for code in (one, other)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(25):
            answers = list(pool.map(lambda c: c[0].put(path, {"holders": [c[1]]}), clerks))
            assert {(a.status, a.code) for a in answers} <= {(200, None), (409, "conflict")} and 200 in {a.status for a in answers}, answers
            assert named(client.get(path).json) in (([one], 1), ([other], 1)), "the last one wins whole"
            give(client, unit, one, other)


def test_among_very_many_holders_everybody_is_found(client, shared, unit):
    last = client.put(f"/v1/units/{unit['code']}.Z", {**UNIT, "slug": f"cuoi{unit['slug']}", "parent": unit["code"]}).json
    mailbox = give(client, unit, person(client, unit["code"]))
    post = '{"unit":"%s","kind":"chinh_thuc","primary":true,"from":"2020-01-01"}' % unit["id"]
    many = "\n".join(f"dn: cvId={i},ou=people,dc=congvu\nobjectClass: inetOrgPerson\nobjectClass: cvStaff\ncvId: {i}\ncn: Giu Nhieu\nsn: Giu\n"
                     f"cvRevision: 1\ncvCreatedAt: 20260101000000Z\ncvUpdatedAt: 20260101000000Z\ncvCategory: cong_chuc\ncvPost: {post}\ncvHolds: {mailbox['login']}\n" for i in (f"stf_{n:026}" for n in range(1, 2001)))
    shared.ldapadd(many)
    own = give(client, last, person(client, last["code"]))
    wait_for(lambda: client.get("/v1/staff", unit=unit["code"], include_total="true", page_size=1).json["total"] > 2000, "all are seen")
    answer = client.get("/v1/hand-overs").json
    assert [i for i in answer["items"] if i["login"] in (mailbox["login"], own["login"])] == [] and answer["more"] is False


def test_no_more_than_the_bound_are_listed_and_it_is_said(client, unit):
    for n in range(501):
        assert client.put(f"/v1/units/{unit['code']}.Q{n}", {**UNIT, "slug": f"q{n}{unit['slug']}", "parent": unit["code"]}).status == 201
        assert client.put(f"/v1/units/{unit['code']}.Q{n}/mailbox", {"holders": []}).status == 200
    answer = client.get("/v1/hand-overs").json
    assert (len(answer["items"]), answer["more"]) == (500, True)
