"""Servers that answer as nobody expects: a leaver is never called gone who is there, nobody is made twice, and what did not happen is said.
The server is a third party's; what stands in front of it gives it the manners of others."""
import pytest
import scim
from congvu import wait_for
from office import SYSTEM, account, between, connect, far, office, person, secrets, when_settled  # noqa: F401

pytestmark = pytest.mark.skipif(not scim.installed(), reason="needs node and npm")
LOGIN = "noivu_nguyenthianan"


def leave(client, n):
    assert client.put(f"/v1/staff/P-{n}/departure", {"reason": "nghi_huu"}).status in (200, 202)


def departure(client, n):
    return client.get(f"/v1/staff/P-{n}/departure").json["state"]


def failure(client, n, word):
    return wait_for(lambda: word in (account(client, n)["observed"]["last_error"] or ""), f"it says {word}")


# ---- addresses ----
@pytest.mark.parametrize("habit", ["coded_ids", "people_path"])
def test_an_account_is_reached_where_the_server_says_it_is(office, far, between, habit):
    _, client = office(between(**{habit: True}).url)
    person(client, 0)
    when_settled(client, 1)
    assert client.patch("/v1/staff/P-0", {"title": "Trưởng phòng"}).status == 200
    wait_for(lambda: far.users()[LOGIN].get("title") == "Trưởng phòng", "the title follows")
    leave(client, 0)
    wait_for(lambda: departure(client, 0) == "done", "left")
    assert far.users()[LOGIN]["active"] is False and len(far.users()) == 1


@pytest.mark.parametrize("days", [None, 0])
def test_who_is_shown_and_cannot_be_reached_is_not_gone(office, far, between, days):
    middle = between()
    _, client = office(middle.url, {"delete_after_days": days})
    person(client, 0)
    when_settled(client, 1)
    middle.manners.hides = ("GET", "PATCH", "PUT", "DELETE")
    leave(client, 0)
    failure(client, 0, "cannot be seen")
    assert departure(client, 0) == "in_progress" and account(client, 0)["drift"] and far.users()[LOGIN]["active"]
    middle.manners.hides = ()
    wait_for(lambda: departure(client, 0) == "done", "left")
    assert not any(u["active"] for u in far.users().values())


# ---- filters ----
def test_a_filter_that_finds_nobody_is_not_believed(office, far, between):
    far.seed({"userName": "NoiVu_NguyenThiAnAn", "active": False}, *({"userName": f"stranger{n}"} for n in range(3)))
    laid = far.users()["NoiVu_NguyenThiAnAn"]["id"]
    middle = between(finds_nobody=True)
    middle.manners.faults.append(scim.on("POST", "/Users$", "lost"))
    _, client = office(middle.url)
    for n in range(3):
        person(client, n)
    when_settled(client, 3)
    ours = [u for u in far.users().values() if not u["userName"].startswith("stranger")]
    assert len(ours) == 3 and all(u["active"] for u in ours) and laid in {u["id"] for u in ours}


def test_a_filter_that_works_is_asked_and_the_list_is_left_alone(office, far, between):
    far.seed(*({"userName": f"stranger{n}"} for n in range(30)))
    middle = between(page=10)
    _, client = office(middle.url)
    for n in range(3):
        person(client, n)
    when_settled(client, 3)
    wait_for(lambda: client.get(SYSTEM).json["health"]["comparison"], "compared once")
    seen = len(middle.manners.seen)
    person(client, 3)
    when_settled(client, 4)
    assert [path for _, path, _ in middle.manners.seen[seen:] if "startIndex=" in path] == []


# ---- shutting ----
@pytest.mark.parametrize("habit", ["silent", "refuses"])
def test_a_server_that_shuts_nobody_is_said_to_be_so_and_deletes_instead(office, far, between, habit):
    middle = between(keeps_active=habit)
    _, client = office(middle.url)
    person(client, 0)
    person(client, 1)
    when_settled(client, 2)
    assert client.get(SYSTEM).json["health"]["deactivates"] is None
    leave(client, 0)
    failure(client, 0, "does not deactivate")
    assert departure(client, 0) == "in_progress" and client.get(SYSTEM).json["health"]["deactivates"] is False
    connect(client, middle.url, delete_after_days=0)
    assert client.put("/v1/staff/P-1/accounts/td-office", {"state": "closed", "reason": "x"}).status in (200, 202)
    wait_for(lambda: account(client, 1)["observed"]["state"] == "revoked", "deleted without being shut first")
    wait_for(lambda: departure(client, 0) == "done", "he too")
    assert far.users() == {}


# ---- moves ----
def test_who_moves_is_never_without_an_account(office, far, between):
    middle = between()
    _, client = office(middle.url)
    person(client, 0)
    when_settled(client, 1)
    middle.manners.faults += [scim.on("POST", "/Users$", (500, {}))] * 2
    assert client.patch("/v1/staff/P-0", {"unit": "T1.02"}).status == 200
    failure(client, 0, "500")
    assert far.users()[LOGIN]["active"], "the old one is there until the new one is"
    when_settled(client, 1)
    assert {n: u["active"] for n, u in far.users().items()} == {LOGIN: False, "tckh_nguyenthianan": True}


def renamed(client, far, made):
    before = far.users()[LOGIN]["id"]
    assert client.patch("/v1/staff/P-0", {"unit": "T1.02"}).status == 200
    wait_for(lambda: "tckh_nguyenthianan" in far.users(), "the new login")
    when_settled(client, 1)
    (only,) = far.users().values()
    assert only["id"] == before and only["active"] and only["userName"] == "tckh_nguyenthianan" and only["externalId"] == made["id"]
    assert account(client, 0)["observed"]["login"] == "tckh_nguyenthianan"


def test_a_move_renames_where_it_is_asked_to(office, far):
    _, client = office(far.url, {"on_move": "rename"})
    made = person(client, 0)
    when_settled(client, 1)
    renamed(client, far, made)
    leave(client, 0)
    wait_for(lambda: departure(client, 0) == "done", "left")
    assert not any(u["active"] for u in far.users().values())


def test_a_move_renames_where_an_address_is_never_given_back(office, far, between):
    _, client = office(between(once=True).url)
    made = person(client, 0)
    when_settled(client, 1)
    renamed(client, far, made)


# ---- what was not taken ----
def test_what_a_server_does_not_keep_is_said(office, far, between):
    middle = between(drops=("title",))
    _, client = office(middle.url)
    for n in range(4):
        person(client, n)
    when_settled(client, 4)
    assert account(client, 0)["observed"]["not_taken"] == ["title"] and not account(client, 0)["drift"]
    assert client.get(SYSTEM).json["health"]["not_taken"] == ["title"]
    assert [m for m, _, _ in middle.manners.seen].count("PUT") <= 2, "tried once another way (by either worker), and not for everybody"
    connect(client, middle.url, map={"title": None})
    assert client.patch("/v1/staff/P-0", {"mobile": "+84900000009"}).status == 200
    wait_for(lambda: "not_taken" not in account(client, 0)["observed"], "nothing is missed any more")


def phone_of(far):
    return [p["value"] for p in far.users()[LOGIN].get("phoneNumbers", [])]


def test_a_phone_that_was_cleared_goes_another_way_or_is_drift(office, far, between):
    middle = between(keeps=("phoneNumbers",))
    _, client = office(middle.url)
    person(client, 0, mobile="+84900000001")
    when_settled(client, 1)
    assert client.patch("/v1/staff/P-0", {"mobile": None}).status == 200
    wait_for(lambda: phone_of(far) == [], "by a PUT")
    when_settled(client, 1)
    assert client.patch("/v1/staff/P-0", {"mobile": "+84900000002"}).status == 200
    wait_for(lambda: phone_of(far) == ["+84900000002"], "the way is remembered")
    when_settled(client, 1)
    middle.manners.keeps_all = ("phoneNumbers",)
    assert client.patch("/v1/staff/P-0", {"mobile": None}).status == 200
    wait_for(lambda: account(client, 0)["observed"].get("not_taken") == ["phoneNumbers"], "it is said")
    row = client.get("/v1/accounts", system="td-office", drift=True).json["items"]
    assert len(row) == 1 and row[0]["observed"]["not_taken"] == ["phoneNumbers"] and row[0]["drift"] and phone_of(far) == ["+84900000002"]
