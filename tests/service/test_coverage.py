"""Coverage: one population, one chain, figures that add up."""
import csv
import io

import pytest
from congvu import an, frozen, make_units, wait_for

COUNTS = ("recorded", "unrecorded", "over_recorded", "eligible", "issued", "locked", "on_long_leave")


@pytest.fixture(scope="module")
def district(shared):
    """Declared 30 in T1.01, recorded 3 there, 2 in the Party office, 1 directly in the district."""
    client = shared.client()
    client.put("/v1/units/T1.01/headcounts/2026-01-01", {"total": 5})
    client.put("/v1/units/T1.03/headcounts/2026-01-01", {"total": 2})
    for n, (unit, name) in enumerate((("T1.01", "Nguyễn Văn An"), ("T1.01", "Trần Thị Bích"), ("T1.01", "Lê Văn Cường"),
                                      ("T1.03", "Phạm Thị Dung"), ("T1.03", "Hoàng Văn Em"), ("T1", "Võ Thị Giang"))):
        assert client.put(f"/v1/staff/C-{n}", an(full_name=name, unit=unit)).status in (200, 201)
    return client


def rows(client, **query):
    answer = client.get("/v1/coverage", **query)
    assert answer.status == 200, answer
    return answer.json["rows"]


def test_declared_five_recorded_three_issued_three_is_three_of_five(district):
    [row] = rows(district, unit="T1.01", system="mailbox", depth=0)
    assert {k: row[k] for k in ("row_kind", "headcount", "recorded", "unrecorded", "eligible", "issued", "coverage")} == {
        "row_kind": "total", "headcount": 5, "recorded": 3, "unrecorded": 2, "eligible": 3, "issued": 3, "coverage": 0.6}
    assert row["missing"] == {"people": 0, "unrecorded": 2} and row["headcount_on"] == "2026-01-01"
    [recorded] = rows(district, unit="T1.01", system="mailbox", depth=0, basis="recorded")
    assert recorded["coverage"] == 1


def test_own_and_units_add_up_to_the_total(district):
    for system in ("mailbox", "td-office", "e-office", "certificate"):
        total, *parts = rows(district, unit="T1", system=system)
        assert total["row_kind"] == "total" and [p["row_kind"] for p in parts] == ["own", "unit", "unit", "unit"]
        for name in COUNTS:
            assert total[name] == sum(p[name] for p in parts), (system, name)


def test_a_parent_is_the_ratio_of_sums(district):
    total, own, a, b, c = rows(district, unit="T1", system="mailbox")
    assert total["coverage"] == round(6 / 8, 4)
    assert b["coverage"] is None, "nobody there: null, neither 0 nor 1"
    assert own["undeclared"] == {"units": 1, "recorded": 1}


def test_who_needs_what_follows_the_block(district):
    figures = {(r["unit"]["code"], r["system"]): r["eligible"] for r in rows(district, unit="T1") if r["row_kind"] == "unit"}
    assert (figures["T1.01", "td-office"], figures["T1.01", "e-office"]) == (3, 0)
    assert (figures["T1.03", "td-office"], figures["T1.03", "e-office"]) == (0, 2)


def test_each_figure_links_to_exactly_its_people(district):
    person = district.get("/v1/staff/C-1").json
    put = district.put(f"/v1/staff/{person['id']}/accounts/mailbox", {"state": "closed"})
    assert put.status in (200, 202), put
    try:
        for row in rows(district, unit="T1"):
            assert ("missing" in row["links"]) == (row["missing"]["people"] > 0)
            if row["links"].get("missing"):
                assert district.get(row["links"]["missing"]).json["total"] == row["missing"]["people"], row
        [row] = rows(district, unit="T1.01", system="mailbox", depth=0)
        assert row["missing"]["people"] == 1 and [p["id"] for p in district.get(row["links"]["missing"]).json["items"]] == [person["id"]]
    finally:
        district.put(f"/v1/staff/{person['id']}/accounts/mailbox", {"state": "present"})


def test_who_has_it_beyond_those_required_stands_beside_the_rate(district):
    """A certificate is required of nobody here: who holds one is counted, listed, and in no rate."""
    holders = [district.get(f"/v1/staff/C-{n}").json for n in (0, 1)]
    for person in holders:
        assert district.put(f"/v1/staff/{person['id']}/accounts/certificate/observation", {"state": "active"}).status == 200
    try:
        total, *parts = rows(district, unit="T1", system="certificate")
        assert (total["eligible"], total["issued"], total["coverage"], total["issued_beyond"]) == (0, 0, None, 2)
        assert sum(part["issued_beyond"] for part in parts) == 2
        listed = district.get(total["links"]["issued_beyond"]).json
        assert listed["total"] == 2 and {p["id"] for p in listed["items"]} == {p["id"] for p in holders}
        line = list(csv.reader(io.StringIO(district.get("/v1/coverage", unit="T1", system="certificate", depth=0, format="csv").body.decode("utf-8-sig"))))[1]
        assert line[6:9] == ["0", "0", "–"] and line[17] == "2"
    finally:
        for person in holders:
            for path, state in (("", "closed"), ("/observation", "revoked")):
                district.put(f"/v1/staff/{person['id']}/accounts/certificate{path}", {"state": state})
    assert rows(district, unit="T1", system="certificate", depth=0)[0]["issued_beyond"] == 0


def test_pairs_over_all_required_systems(district):
    [row] = rows(district, unit="T1", system="required", depth=0)
    assert (row["system"], row["unit_of_count"], row["eligible"], row["complete"]) == ("required", "pair", 12, 6)
    assert "headcount" not in row and row["links"] == {}
    grouped = rows(district, unit="T1", group_by="unit")
    assert {r["unit_of_count"] for r in grouped} == {"pair"} and grouped[0]["eligible"] == 12
    def systems(**query):
        text = district.get("/v1/coverage", unit="T1", depth=0, format="csv", **query).body.decode("utf-8-sig")
        return [line[0] for line in list(csv.reader(io.StringIO(text)))[1:]]
    assert rows(district, unit="T1", system="mailbox,td-office", group_by="unit", depth=0)[0]["system"] is None
    assert systems(system="mailbox,td-office", group_by="unit") == ["mailbox, td-office"] and systems(system="required") == ["required"] and systems(system="mailbox") == ["mailbox"]
    by_system = rows(district, unit="T1", group_by="system")
    assert len(by_system) == 4 and {r["row_kind"] for r in by_system} == {"total"}


@pytest.mark.parametrize("query, status, code", [
    ({"unit": "NOWHERE"}, 404, "unit_not_found"),
    ({"system": "pigeon"}, 404, "system_not_found"),
    ({"system": "mailbox,required"}, 422, "validation_failed"),
    ({"group_by": "moon"}, 422, "validation_failed"),
    ({"basis": "wished"}, 422, "validation_failed"),
    ({"depth": 99}, 422, "validation_failed"),
    ({"statuss": "x"}, 400, "unknown_parameter"),
])
def test_questions_that_cannot_be(district, query, status, code):
    answer = district.get("/v1/coverage", **query)
    assert (answer.status, answer.code) == (status, code), answer


def test_the_same_figures_have_the_same_tag_and_a_change_another(district):
    first, again = district.get("/v1/coverage", unit="T1.02"), district.get("/v1/coverage", unit="T1.02")
    assert first.etag == again.etag and first.etag.startswith('W/"') and first.headers["Cache-Control"] == "private, no-cache"
    unchanged = district.call("GET", "/v1/coverage?unit=T1.02", None, {"If-None-Match": first.etag})
    assert unchanged.status == 304 and not unchanged.body
    assert district.put("/v1/staff/C-99", an(full_name="Đỗ Thị Mới", unit="T1.02")).status == 201
    changed = district.get("/v1/coverage", unit="T1.02")
    assert changed.etag != first.etag and changed.json["rows"][0]["recorded"] == 1, "read your writes, past the kept answer"


def test_the_subtree_is_all_there_is(shared, district):
    body = {"name": "phòng", "scopes": ["coverage:read"], "unit": "T1.01"}
    local = shared.client(district.post("/v1/tokens", body).json["secret"])
    assert {r["unit"]["code"] for r in rows(local)} == {"T1.01"}, "default: the top of the token"
    assert local.get("/v1/coverage", unit="T1").status == 404
    assert all(r["links"] == {} for r in rows(local)), "no names without staff:read"


def test_kept_answers_do_not_mix_languages(shared, district):
    en, vi = shared.client(), shared.client(language="vi")
    client = shared.client()
    assert client.put("/v1/units/T1.01", {"name": {"vi": "Phòng Nội vụ", "en": "Home Affairs Division"}}).status == 200
    for _ in range(2):
        assert rows(en, unit="T1.01")[0]["unit"]["name"] == "Home Affairs Division"
        assert rows(vi, unit="T1.01")[0]["unit"]["name"] == "Phòng Nội vụ"


def test_coverage_goes_on_without_the_directory_and_says_how_old_it_is(start):
    service = start()
    client = service.client()
    make_units(client)
    before = client.get("/v1/coverage")
    assert "Congvu-View-Age" not in before.headers
    with frozen(service.ready["slapd_pid"]):
        late = wait_for(lambda: float((a := client.get("/v1/coverage")).headers.get("Congvu-View-Age", 0)) > 0 and a, "the view is old")
        assert late.status == 200 and late.json["rows"] == before.json["rows"]
        readiness = client.get("/readyz")
        assert readiness.status == 200 and readiness.json["status"] == "degraded"
    wait_for(lambda: client.get("/readyz").json["status"] == "ready", "it recovers by itself")
    assert "Congvu-View-Age" not in client.get("/v1/coverage").headers
