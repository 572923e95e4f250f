"""What has a bound keeps it, whoever adds to it: posts, names in a release, units that end, logins."""
import itertools
import re

from congvu import an, day, nth, site_today, wait_for
from test_brake import a_line, crowd, lock, release, waiting

TODAY = site_today()
UNIT = {"kind": "phong", "block": "chinh_quyen", "active_from": "2021-10-01"}
numbers = itertools.count(1)


def put_unit(client, code, **more):
    made = client.put(f"/v1/units/{code}", {**UNIT, "name": {"vi": f"Đơn vị {code}"}, "slug": code.lower().replace("-", ""), "parent": "T1", **more})
    assert made.status in (200, 201), made


def put(client, unit, **more):
    code = f"BD-{next(numbers)}"
    made = client.put(f"/v1/staff/{code}", an(full_name=nth("Tống Văn", int(code[3:])), unit=unit, **more))
    assert made.status == 201, made
    return code


def test_posts_beside_the_primary_one_have_a_limit_and_none_in_force_is_lost(client):
    units = [f"BP-{n}" for n in range(9)]
    for unit in units:
        put_unit(client, unit)
    person = put(client, "T1.01")
    answers = [client.patch(f"/v1/staff/{person}", {"add_post": {"unit": unit, "kind": "kiem_nhiem", "title": f"Vị trí {n}", "from": day(-9)}}) for n, unit in enumerate(units)]
    assert [a.status for a in answers] == [200] * 7 + [422] * 2
    assert (answers[-1].json["errors"][0]["pointer"], answers[-1].json["errors"][0]["code"]) == ("#/add_post", "too_many")
    posts = client.get(f"/v1/staff/{person}").json["posts"]
    assert len(posts) == 8 and [p["unit"]["code"] for p in posts if p["primary"]] == ["T1.01"]
    assert client.patch(f"/v1/staff/{person}", {"end_post": {"unit": units[0]}}).status == 200
    assert client.patch(f"/v1/staff/{person}", {"add_post": {"unit": units[8], "kind": "kiem_nhiem"}}).status == 200


def test_moves_to_come_have_the_same_limit(client):
    person = put(client, "T1.01")
    answers = [client.patch(f"/v1/staff/{person}", {"unit": f"T1.0{1 + (n + 1) % 3}", "decision": {"number": f"{n}/QĐ", "effective_on": day(10 + n)}}) for n in range(9)]
    assert [a.status for a in answers] == [200] * 7 + [422] * 2 and answers[-1].json["errors"][0]["code"] == "too_many"
    assert sum(p["primary"] for p in client.get(f"/v1/staff/{person}").json["posts"]) <= 8


def test_who_is_named_again_and_again_in_a_release_runs_once(shared, client):
    line = a_line(shared, client)
    people = crowd(client, "AGAIN", 31)
    for person in people[:30]:
        assert lock(line, person).status == 200
    assert [lock(line, people[30], system).status for system in ("mailbox", "td-office")] == [409, 409]
    one = client.get(f"/v1/staff/{people[30]}").json
    named = [people[30], one["id"], people[30].lower(), f" {people[30]}".strip()] * 100
    let = release(client, line, people=named)
    assert let.status == 201 and (let.json["released"], let.json["waiting"]) == (2, 0), let
    assert waiting(client, line) is None


def test_nobody_is_put_into_a_unit_that_will_be_dissolved_by_that_day(client):
    put_unit(client, "BE-1")
    assert client.patch("/v1/units/BE-1", {"active_to": day(5)}).status == 200
    refused = client.put("/v1/staff/BE-1-A", an(full_name="Tống Đến Muộn", unit="BE-1", decision={"number": "1/QĐ", "effective_on": day(8)}, hired_on=day(8)))
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "dissolved"), refused
    person = put(client, "T1.01")
    late = client.patch(f"/v1/staff/{person}", {"unit": "BE-1", "decision": {"number": "2/QĐ", "effective_on": day(6)}})
    assert late.json["errors"][0]["code"] == "dissolved"
    assert client.patch(f"/v1/staff/{person}", {"add_post": {"unit": "BE-1", "kind": "kiem_nhiem", "from": day(6)}}).json["errors"][0]["code"] == "dissolved"


def test_nobody_comes_back_into_a_unit_that_is_dissolved(client):
    put_unit(client, "BE-2")
    person = put(client, "BE-2")
    assert client.put(f"/v1/staff/{person}/departure", {"reason": "thoi_viec"}).status == 200
    wait_for(lambda: client.get(f"/v1/staff/{person}").json["status"] == "departed", "gone")
    assert client.patch("/v1/units/BE-2", {"active_to": TODAY.isoformat()}).status == 200
    refused = client.post(f"/v1/staff/{person}/reinstatements", {})
    assert (refused.status, refused.code) == (409, "conflict") and client.get(f"/v1/staff/{person}").json["status"] == "departed", refused
    assert client.post(f"/v1/staff/{person}/reinstatements", {"unit": "T1.02"}).status in (200, 201, 202)


def test_a_departure_for_whose_sake_a_unit_ends_is_not_withdrawn(client):
    put_unit(client, "BE-3")
    person = put(client, "BE-3")
    assert client.put(f"/v1/staff/{person}/departure", {"reason": "nghi_huu", "effective_on": day(3), "decision": {"number": "3/QĐ"}}).status == 200
    assert client.patch("/v1/units/BE-3", {"active_to": day(5)}).status == 200
    refused = client.delete(f"/v1/staff/{person}/departure", etag="*")
    assert (refused.status, refused.code) == (409, "conflict"), refused
    assert client.patch("/v1/units/BE-3", {"active_to": None}).status == 200
    assert client.delete(f"/v1/staff/{person}/departure", etag="*").status in (200, 204)


def test_where_a_login_follows_the_mailbox_no_other_one_gets_it(client):
    system = {"id": f"bd-{next(numbers)}", "name": {"vi": "Hệ thống theo hộp thư"}, "kind": "manual"}
    assert client.post("/v1/systems", system).status == 201
    a, b = put(client, "T1.01"), put(client, "T1.02")
    assert client.put(f"/v1/staff/{b}/accounts/{system['id']}", {"state": "present"}).status in (200, 201, 202)
    login = client.get(f"/v1/staff/{b}").json["address"].split("@")[0]
    taken = client.put(f"/v1/staff/{a}/accounts/{system['id']}", {"state": "present", "login": login})
    assert (taken.status, taken.code) == (409, "address_taken"), taken
    free = client.put(f"/v1/staff/{a}/accounts/{system['id']}", {"state": "present", "login": "rieng.mot.ten"})
    assert free.status in (200, 201, 202), free


def test_a_value_that_is_not_among_what_there_is_can_be_read_and_is_422(client, spec):
    """As the contract says of all of them; of which parameters that can be tried, the contract tells."""
    person, = client.get("/v1/staff", page_size=1).json["items"]
    places, tried = {"staff": person["id"], "unit": "T1", "system": "mailbox"}, 0
    for path, item in spec.document["paths"].items():
        wanted = re.findall(r"{(\w+)}", path)
        if "get" not in item or not path.startswith("/v1/") or not set(wanted) <= set(places):
            continue
        for parameter in spec.parameters(path, item["get"]):
            of = spec.resolve(parameter["schema"])
            each = spec.resolve(of["items"]) if of.get("type") == "array" else of
            if parameter["in"] == "query" and parameter["name"] not in ("layout", "csv_delimiter", "window", "calendar") and "enum" in each:
                answer = client.get(path.format(**places), **{parameter["name"]: "nonesuch"})
                assert (answer.status, answer.code) == (422, "validation_failed"), (path, parameter["name"], answer)
                assert parameter["name"] in [e.get("parameter") for e in answer.json["errors"]], answer
                tried += 1
    assert tried > 20
