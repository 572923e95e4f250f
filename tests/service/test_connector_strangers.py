"""Servers that answer as nobody expects: a leaver is never called gone who is there, nobody is made twice, and what did not happen is said.
The server is a third party's; what stands in front of it gives it the manners of others."""
import pathlib

import node
import pytest
import scim
from congvu import Service, make_units, wait_for
from conftest import MORE
from office import SYSTEM, account, between, connect, far, office, person, secrets, when_settled  # noqa: F401

pytestmark = node.NEEDED
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


def test_a_login_without_end_is_refused_by_name_and_ends_nothing(office, far, between):
    far.seed({"userName": "x" * 1_100_000})
    endless = far.users()["x" * 1_100_000]["id"]
    middle = between(finds_nobody=True)
    service, client = office(middle.url)
    person(client, 0)
    failure(client, 0, "longer than 1024 bytes")
    assert middle.url.rsplit("/", 1)[0] in account(client, 0)["observed"]["last_error"], "which system it is"
    assert service.process.poll() is None and client.get("/v1/staff/P-0").status == 200
    far.forget(endless)
    when_settled(client, 1)
    assert set(far.users()) == {LOGIN}


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


def marks(far):
    return {u["externalId"]: u for u in far.kept()}


@pytest.mark.parametrize("far", [scim.Older], indirect=True)
def test_a_real_server_that_keeps_little_and_shuts_nobody(office, far, between):
    far.seed({"userName": "quantri", "externalId": "another:system"})
    kept = marks(far)["another:system"]
    middle = between()
    middle.manners.faults += [scim.on("POST", "/Users$", fault) for fault in ("lost", "half")]
    _, client = office(middle.url)
    made = [person(client, n) for n in range(4)]
    for n in range(4):
        wait_for(lambda n=n: account(client, n)["observed"]["state"] == "provisioned", "made")
    missed = {"userName", "title", "name.givenName"}
    wait_for(lambda: missed <= set(account(client, 0)["observed"]["not_taken"]) and account(client, 0)["drift"], "another login stands there: that is drift")
    assert missed <= set(client.get(SYSTEM).json["health"]["not_taken"])
    there = marks(far)
    assert there.pop("another:system") == kept and len(far.kept()) == 5
    assert {m: u["emails"][0]["value"] for m, u in there.items()} == {m["id"]: m["address"] for m in made}

    leave(client, 0)
    failure(client, 0, "does not deactivate")
    assert departure(client, 0) == "in_progress" and client.get(SYSTEM).json["health"]["deactivates"] is False and made[0]["id"] in marks(far)
    connect(client, middle.url, delete_after_days=0)
    wait_for(lambda: departure(client, 0) == "done", "deleted")
    middle.manners.faults.append(scim.on("POST", "/Users$", "lost"))
    assert client.patch("/v1/staff/P-1", {"unit": "T1.02"}).status == 200
    wait_for(lambda: account(client, 1)["observed"]["login"].startswith("tckh_") and account(client, 1)["observed"]["state"] == "provisioned", "moved")
    wait_for(lambda: client.get(SYSTEM).json["health"]["queue"] == 0, "nothing is left to do")
    there = marks(far)
    assert there.pop("another:system") == kept and set(there) == {m["id"] for m in made[1:]} and len(far.kept()) == 4
    assert there[made[1]["id"]]["emails"][0]["value"] == made[1]["address"]


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


@pytest.mark.parametrize("connector", [{}, {"delete_after_days": 0}, {"on_move": "rename"}], ids=str)
def test_what_a_move_left_behind_is_not_taken_for_the_stranger_who_has_its_id_now(office, far, between, connector):
    middle = between()
    _, client = office(middle.url, connector)
    person(client, 0)
    when_settled(client, 1)
    middle.manners.down = True
    assert client.patch("/v1/staff/P-0", {"unit": "T1.02"}).status == 200
    id_ = far.users()[LOGIN]["id"]
    far.forget(id_)
    far.seed({"id": id_, "userName": "quantri", "externalId": "another:system", "active": True, "title": "x"})
    kept = far.users()["quantri"]
    middle.manners.down = False
    when_settled(client, 1)
    users = far.users()
    assert users.pop("quantri") == kept and {n: u["active"] for n, u in users.items()} == {"tckh_nguyenthianan": True}


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


@pytest.mark.parametrize("habit, readings", [({}, 0), ({"finds_nobody": True}, 1)], ids=["filter", "no filter"])
def test_a_move_does_not_read_everybody_again_and_again(office, far, between, habit, readings):
    far.seed(*({"userName": f"stranger{n}", "active": True} for n in range(300)))
    middle = between(once=True, **habit)
    _, client = office(middle.url)
    made = person(client, 0)
    when_settled(client, 1)
    wait_for(lambda: client.get(SYSTEM).json["health"]["comparison"], "compared once")
    seen = len(middle.manners.seen)
    assert client.patch("/v1/staff/P-0", {"unit": "T1.02"}).status == 200
    when_settled(client, 1)
    assert [u["externalId"] for n, u in far.users().items() if n == "tckh_nguyenthianan" and u["active"]] == [made["id"]]
    assert [path for _, path, _ in middle.manners.seen[seen:] if "startIndex=1&" in path] == ["/scim/v2/Users?startIndex=1&count=100"] * readings


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

# ---- a server that came back empty ----
@pytest.fixture
def many(office, far, between):
    """(service, client, engineer) with 25 people at TD.Office, compared every second; the engineer configured it."""
    url = between().url
    service, client = office(url, connect_compare_s=1)
    rights = ["systems:write", "units:read", "brake:release", "tokens:write"]
    engineer = service.client(client.post("/v1/tokens", {"name": "engineer", "scopes": rights}).json["secret"])
    engineer.secret = client.secret
    connect(engineer, url, patch="standard")
    for n in range(25):
        person(client, n)
    when_settled(client, 25)
    return service, client, engineer


def missed(client):
    return [a for a in client.get("/v1/accounts", system="td-office", drift=True).json["items"] if a["observed"].get("missing_there")]


def warned(client):
    return next(s["missing_there"] for s in client.get("/v1/coverage", system="td-office").json["systems"])


def test_a_server_that_came_back_empty_waits_for_a_second_person(many, far):
    service, client, engineer = many
    assert warned(client) == 0
    for user in far.users().values():
        far.forget(user["id"])
    wait_for(lambda: len(missed(client)) == 25, "each of them is drift")
    assert warned(client) == 25 and client.get(SYSTEM).json["health"]["missing_there"] == 25
    assert client.get("/v1/coverage", system="td-office").json["rows"][0]["issued"] == 25
    assert client.patch("/v1/staff/P-0", {"title": "Trưởng phòng"}).status == 200
    failure(client, 0, "second person")
    leave(client, 1)
    wait_for(lambda: departure(client, 1) == "done", "who leaves is not there, so that is that")
    assert far.users() == {}
    made = service.client(engineer.post("/v1/tokens", {"name": "mine", "scopes": ["brake:release", "tokens:write"]}).json["secret"])
    further = service.client(made.post("/v1/tokens", {"name": "mine too", "scopes": ["brake:release"]}).json["secret"])
    for same in (engineer, made, further):
        assert same.post(SYSTEM + "/restorations", {"reason": "Cài lại"}).status == 403, "one line is one person"
    again = client.post(SYSTEM + "/restorations", {"reason": "Máy chủ được cài lại"})
    assert again.status == 202 and again.json["accounts"] == 24
    assert "Máy chủ được cài lại" in str(wait_for(lambda: [e for e in client.get("/v1/audit-events", page_size=500, target="td-office").json["items"] if e.get("action") == "system.restore"], "recorded")), "why stands in the evidence"
    wait_for(lambda: len(far.users()) == 24, "made again")
    when_settled(client, 25)
    assert warned(client) == 0 and client.post(SYSTEM + "/restorations", {"reason": "x"}).status == 409


def test_a_small_server_that_came_back_empty_waits_too(office, far):
    service, client = office(far.url, connect_compare_s=1)
    for n in range(3):
        person(client, n)
    when_settled(client, 3)
    for user in far.users().values():
        far.forget(user["id"])
    wait_for(lambda: len(missed(client)) == 3, "each of them is drift")
    assert far.users() == {}
    below = client.post("/v1/tokens", {"name": "t", "scopes": ["coverage:read"], "unit": "T1.02"}).json["secret"]
    assert warned(client) == 3 and warned(service.client(below)) == 0, "of the unit that is asked about"


# ---- comparison ----
def test_a_comparison_sees_more_than_presence(office, far):
    _, client = office(far.url, connect_compare_s=1)
    for n in range(4):
        person(client, n)
    when_settled(client, 4)
    before = far.users()
    far.alter(before[LOGIN], title="Giám đốc")
    far.alter(before["noivu_nguyenthibinhan"], emails=[{"value": "la@khac.vn", "type": "work", "primary": True}])
    far.alter(before["noivu_nguyenthichian"], userName="doi_ten")
    far.alter(before["noivu_nguyenthidungan"], externalId="")

    def shown():
        return {n: (u["id"], u["title"], u["emails"], u["externalId"]) for n, u in far.users().items()}

    as_it_was = {n: (u["id"], u["title"], u["emails"], u["externalId"]) for n, u in before.items()}
    wait_for(lambda: shown() == as_it_was, "all is as it was")


def test_a_stranger_with_the_login_of_one_of_ours_is_told_apart(office, far):
    _, client = office(far.url, connect_compare_s=1)
    made = person(client, 0)
    when_settled(client, 1)
    far.forget(far.users()[LOGIN]["id"])
    far.seed({"userName": LOGIN, "externalId": "another:system", "active": True}, {"userName": "quantri", "active": True})
    kept = far.users()
    found = wait_for(lambda: [o for o in [client.get(SYSTEM + "/orphans").json] if o["login_taken"]], "compared")[0]
    assert found["unknown_here"] == 1
    assert [o for o in found["items"] if o["kind"] == "login_taken"] == [
        {"kind": "login_taken", "remote_id": kept[LOGIN]["id"], "login": LOGIN, "staff": made["id"], "unit": None}]
    failure(client, 0, "does not manage")
    assert far.users() == kept


# ---- failures ----
@pytest.mark.parametrize("says", ["detail", "message", "error"])
def test_a_server_s_words_are_whole(office, far, between, says):
    words = "Trường tên đăng nhập không hợp lệ: " + "chỉ nhận chữ thường không dấu và dấu gạch dưới, " * 4 + "vui lòng liên hệ quản trị."
    middle = between(says=says)
    middle.manners.words = words
    middle.manners.faults += [scim.on("POST", "/Users$", (400, {}))]
    _, client = office(middle.url)
    person(client, 0)
    failure(client, 0, words)


def test_one_account_s_500_leaves_the_others_alone(office, far, between):
    middle = between()
    middle.manners.breaks_on = b"noivu_nguyenthianan"
    _, client = office(middle.url)
    person(client, 0)
    failure(client, 0, "500")
    for n in range(6):  # each change is tried at once
        middle.manners.seen.clear()
        assert client.patch("/v1/staff/P-0", {"title": f"Chức vụ {n}"}).status == 200
        wait_for(lambda: [m for m, _, _ in middle.manners.seen if m == "POST"], "again")
    assert client.get(SYSTEM).json["health"]["breaker"] == "closed"
    person(client, 1)
    wait_for(lambda: account(client, 1)["observed"]["state"] == "provisioned", "the other one goes on")


# ---- everything at once ----
FAULTS = [*(scim.on("POST", "/Users$", f) for f in ("lost", "half", "twice", "cut before", (500, {}), (503, {"Retry-After": "1"}), (429, {"Retry-After": "1"}), (502, {}))),
          *(scim.on("PATCH", "/Users", f) for f in ("lost", "half", "cut before", (500, {}), (503, {"Retry-After": "1"}), (409, {}), (412, {}), (400, {}))),
          *(scim.on("GET", "/Users", f) for f in ("half", "cut before", (500, {}), (503, {"Retry-After": "1"}), (429, {"Retry-After": "1"}), (404, {}), (401, {}), (404, {})))]
assert len(FAULTS) == 24


@pytest.mark.skipif(not MORE, reason="tests/run.sh --more: five minutes")
@pytest.mark.parametrize("habit", [{}, {"people_path": True, "drops": ("title",), "page": 17}, {"finds_nobody": True, "page": 50}, {"coded_ids": True, "once": True}],
                         ids=lambda h: "+".join(h) or "plain")
def test_three_hundred_people_and_everything_at_once(secrets, spec, far, between, habit):
    many, rounds = 300, 4
    far.seed(*({"id": f"f{n}", "userName": f"foreign{n}", "active": True, "title": "x"} for n in range(15)))
    kept = {n: u for n, u in far.users().items()}
    middle = between(**habit)
    service = Service(spec=spec, connector_secret_dir=secrets, connect_period_ms=50, workers_connect=4, lease_ms=1000)
    try:
        service.start()
        client = service.client()
        make_units(client)
        client.secret = pathlib.Path(secrets) / "td-office.token"
        connect(client, middle.url)
        left, moved = range(1, 40, 9), range(2, many, 9)
        for kill in range(rounds):
            for n in range(kill * many // rounds, (kill + 1) * many // rounds):
                person(client, n)
            middle.manners.faults += FAULTS
            if kill == rounds - 2:
                for n in moved:
                    if n < (kill + 1) * many // rounds:
                        assert client.patch(f"/v1/staff/P-{n}", {"unit": "T1.02"}).status == 200
            if kill == rounds - 1:
                for n in left:
                    leave(client, n)
            service.kill()
            service.start()
            client = service.client()
            wait_for(lambda: client.get("/v1/units").status == 200, "the view is loaded")
        when_settled(client, many, 240)
        users = far.users()
        assert {n: u for n, u in users.items() if n in kept} == kept
        ours = [u for n, u in users.items() if n not in kept]
        active = [u for u in ours if u["active"]]
        assert len(active) == many - len(left) == len({u["externalId"] for u in active})
        done = [n for n in range(many) if client.get(f"/v1/staff/P-{n}/departure").status == 200]
        assert sorted(done) == sorted(left)
        for n in left:
            assert departure(client, n) == "done"
            mark = client.get(f"/v1/staff/P-{n}").json["id"]
            assert not any(u["active"] for u in ours if u["externalId"].startswith(mark))
        service.stop()
    finally:
        service.clean()
