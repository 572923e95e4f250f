"""One person, one record: a nightly line whose person may be there already is asked about once and decided once."""
import itertools

import pytest
from congvu import an, nth

numbers = itertools.count(1)


@pytest.fixture
def twin(client):
    """Somebody who is there, and the line of another code that looks like him."""
    n = next(numbers)
    body = an(full_name=nth("Lý Hai Mã", n), birth_year=1985, title="Chuyên viên")
    made = client.put(f"/v1/staff/TWN-{n}", body)
    assert made.status == 201, made
    return made.json, f"LINE-{n}", body


def waiting(client, code, **query):
    return [d for d in client.get("/v1/duplicates", **query).json["items"] if d["staff_code"] == code]


def test_a_line_that_looks_like_somebody_is_a_question_and_no_error(client, twin):
    there, code, body = twin
    dry = client.put(f"/v1/staff/{code}", body, validate_only=True)
    assert dry.status == 202 and waiting(client, code) == [], "a dry run keeps nothing"
    first = client.put(f"/v1/staff/{code}", body)
    assert (first.status, first.json["outcome"], first.headers["Congvu-Needs-Decision"]) == (202, "needs_decision", "true")
    assert first.headers["Location"] == f"/v1/duplicates/{code}" and client.get(f"/v1/staff/{code}").status == 404
    question, = waiting(client, code)
    assert question == first.json["duplicate"]
    assert [(c["id"], c["birth_year"], c["address"], c["unit"]["code"]) for c in question["candidates"]] == [(there["id"], 1985, there["address"], "T1.01")]
    assert client.put(f"/v1/staff/{code}", body).json["duplicate"]["asked_at"] == question["asked_at"], "the second night it is the same question"


def test_somebody_else_then_the_next_line_creates(client, twin):
    there, code, body = twin
    client.put(f"/v1/staff/{code}", body)
    decided = client.put(f"/v1/duplicates/{code}", {"decision": "not_same"})
    assert (decided.status, decided.json["state"], decided.json["decision"]) == (200, "decided", "not_same")
    assert client.put(f"/v1/duplicates/{code}", {"decision": "not_same"}).json == decided.json, "safe to repeat"
    assert waiting(client, code) == [] and waiting(client, code, state="decided") == [decided.json]
    made = client.put(f"/v1/staff/{code}", body)
    assert made.status == 201 and made.json["id"] != there["id"]
    assert client.put(f"/v1/staff/{code}", body).headers["Congvu-Unchanged"] == "true", "the second night passes silently"


def test_a_look_alike_who_came_since_is_asked_about(client, twin):
    _, code, body = twin
    client.put(f"/v1/staff/{code}", body)
    client.put(f"/v1/duplicates/{code}", {"decision": "not_same"})
    third = client.post("/v1/staff", {**body, "not_same_as": ["*"]}).json
    asked = client.put(f"/v1/staff/{code}", body)
    assert asked.status == 202 and [c["id"] for c in asked.json["duplicate"]["candidates"]] == [third["id"]]


def test_this_is_him_then_the_next_line_changes_him(client, twin):
    there, code, body = twin
    client.put(f"/v1/staff/{code}", body)
    stranger = client.put(f"/v1/staff/OTH-{next(numbers)}", an(full_name=nth("Lý Người Khác", next(numbers)))).json
    wrong = client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": stranger["id"]})
    assert wrong.status == 422 and wrong.json["errors"][0]["pointer"] == "#/staff"
    decided = client.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["staff_code"]})
    assert (decided.status, decided.json["staff"]) == (200, there["id"]), decided
    line = client.put(f"/v1/staff/{code}", {**body, "title": "Phó phòng"})
    assert (line.status, line.json["id"], line.json["title"]) == (200, there["id"], "Phó phòng")
    assert line.json["former_codes"] == [there["staff_code"]] and waiting(client, code) == []


def test_who_is_sure_says_so_along(client, twin):
    there, code, body = twin
    assert client.put(f"/v1/staff/{code}", {**body, "not_same_as": [there["id"]]}).status == 201
    assert client.put(f"/v1/staff/{code}-B", {**body, "not_same_as": ["*"]}).status == 201
    assert client.put(f"/v1/staff/{code}", {**body, "not_same_as": ["*"]}).headers["Congvu-Unchanged"] == "true"


def test_what_is_asked_of_which_unit(client, shared, twin):
    there, code, body = twin
    client.put(f"/v1/staff/{code}", {**body, "unit": "T1.02"})

    def reach(unit):
        made = client.post("/v1/tokens", {"name": "hr", "scopes": ["staff:read", "staff:write"], "unit": unit})
        return shared.client(made.json["secret"])
    here, there_only = reach("T1.02"), reach("T1.01")
    question, = waiting(here, code)
    assert question["candidates"] == [] and question["candidates_elsewhere"] == 1 and there["id"] not in str(question)
    assert waiting(there_only, code) == []
    for refused in (there_only.put(f"/v1/duplicates/{code}", {"decision": "not_same"}), client.put("/v1/duplicates/NEVER-ASKED", {"decision": "not_same"})):
        assert (refused.status, refused.code) == (404, "duplicate_not_found")
    assert here.put(f"/v1/duplicates/{code}", {"decision": "same", "staff": there["id"]}).code == "staff_not_found"
    blind = client.post("/v1/tokens", {"name": "đêm", "scopes": ["staff:write"]}).json["secret"]
    line = shared.client(blind).put(f"/v1/staff/{code}", {**body, "unit": "T1.02"})
    assert (line.status, line.body, line.headers["Congvu-Needs-Decision"]) == (204, b"", "true")
    assert client.put(f"/v1/duplicates/{code}", {"decision": "later"}).status == 422
    assert client.put(f"/v1/duplicates/{code}", {"decision": "same"}).json["errors"][0]["pointer"] == "#/staff"
    assert client.post("/v1/staff", {**body, "staff_code": code, "unit": "T1.02", "not_same_as": ["*"]}).status == 201
    assert waiting(client, code) == [], "somebody has the code by now"
