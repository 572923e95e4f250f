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
