"""While the view does not hear the directory nothing is claimed that it cannot know: no 404, no 401, no write on a revoked token, no old lists."""

import pytest

from congvu import an, asked_about, make_units, now, site_today, wait_for
from relay import Relay

LISTS_S = 5
LIST = "Số hiệu,Họ và tên,Lý do,Ngày nghỉ\nNEW-1,Người Mới,Nghỉ hưu,01/12/2035\n"


@pytest.fixture
def pair(start):
    """A service, and another one on the same directory whose feed can be held back."""
    first = start()
    make_units(first.client())
    assert first.client().put("/v1/staff/OLD-1", an()).status == 201
    relay = Relay(first.ldapi)
    second = start(directory_uri=relay.uri, key_file=str(first.data / "secret.key"), view_lists_s=LISTS_S, view_check_s=1)
    yield first, second, relay
    second.stop()
    relay.close()


def readiness(service):
    return service.client("none").get("/readyz").json


def new_token(client, name):
    return client.post("/v1/tokens", {"name": name, "scopes": ["staff:read", "staff:write"], "unit": None, "expires_at": None}).json


def test_what_a_silent_feed_may_still_say(pair):
    first, second, relay = pair
    admin = first.client()
    here = second.client(first.admin_token())
    revoked, kept = new_token(admin, "thu hồi"), new_token(admin, "còn dùng")
    wait_for(lambda: second.client(kept["secret"]).get("/v1/staff/OLD-1").status == 200, "the second knows the tokens")
    with relay.feed_held():
        assert admin.put("/v1/staff/NEW-1", an(full_name="Người Mới")).status == 201
        assert admin.put("/v1/units/T1.09", {"name": {"vi": "Phòng Mới"}, "kind": "phong", "block": "chinh_quyen", "parent": "T1", "slug": "moi"}).status == 201
        fresh = new_token(admin, "mới")
        assert admin.delete(f"/v1/tokens/{revoked['id']}").status == 204
        wait_for(lambda: readiness(second)["status"] == "degraded", "the view is never ready while it is stale")
        assert readiness(second)["checks"]["view"]["status"] == "stale"
        for unknown in ("/v1/staff/NEW-1", "/v1/staff/NEW-1/departure", "/v1/units/T1.09"):
            answer = here.get(unknown)
            assert (answer.status, answer.code) == (503, "directory_unavailable"), unknown
        assert here.get("/v1/staff", unit="T1.09").code == "directory_unavailable"
        inside = here.put("/v1/staff/NEW-2", an(full_name="Người Mới Nữa", unit="T1.09"))
        assert (inside.status, inside.code) == (503, "directory_unavailable"), "what a body names too"
        used = here.post("/v1/usage-events", {"system": "mailbox", "events": [{"staff_code": "NEW-1", "occurred_at": now().isoformat(timespec="seconds")}]})
        assert (used.status, used.code) == (503, "directory_unavailable"), "what is rejected is never sent again"
        listed = here.call("POST", "/v1/imports", LIST.encode(), {"Content-Type": "text/csv"}, kind="leavers")
        assert (listed.status, listed.code) == (503, "directory_unavailable"), "a plan says who is not there"
        moved = here.post("/v1/requests", {"kind": "transfer", "unit": "T1.01", "person": {"key": "NEW-1", "full_name": "Người Mới"}, "title": "Phó phòng",
                                           "decision": {"number": "9/QĐ", "effective_on": str(site_today())}})
        assert (moved.status, moved.code) == (503, "directory_unavailable")
        assert here.get("/v1/staff/OLD-1").status == 200, "what is known is read from the directory"
        unknown = second.client(fresh["secret"]).get("/v1/staff/OLD-1")
        assert (unknown.status, unknown.code) == (503, "directory_unavailable")
        late = second.client(revoked["secret"]).patch("/v1/staff/OLD-1", {"title": "Kế toán"})
        assert (late.status, late.code) == (401, "token_revoked"), "a write asks the directory"
        assert second.client(kept["secret"]).patch("/v1/staff/OLD-1", {"title": "Kế toán"}).status == 200
        lists = ("/v1/staff", "/v1/accounts", "/v1/departures")
        wait_for(lambda: all(here.get(path).code == "directory_unavailable" for path in lists), "lists of people end")
        figures = here.get("/v1/coverage", unit="T1")
        assert figures.status == 200 and float(figures.headers["Congvu-View-Age"]) >= LISTS_S, "figures go on, and say how old they are"
    wait_for(lambda: readiness(second)["status"] == "ready", "it hears again")
    assert here.get("/v1/staff/NEW-1").status == 200 and here.get("/v1/units/T1.09").status == 200
    assert second.client(revoked["secret"]).get("/v1/staff/OLD-1").code == "token_revoked"
    assert second.client(fresh["secret"]).get("/v1/staff").status == 200


def test_an_unknown_name_is_still_unknown_while_the_feed_lives(pair):
    first, second, _ = pair
    here = second.client(first.admin_token())
    assert [here.get(path).status for path in ("/v1/staff/NOBODY", "/v1/units/NOWHERE", "/v1/systems/nothing")] == [404, 404, 404]
    assert second.client("cvt_nobody").get("/v1/staff").status == 401


def test_a_change_that_the_feed_lost_is_found_by_counting(pair):
    first, second, relay = pair
    here = second.client(first.admin_token())
    relay.lose(1)
    assert first.client().put("/v1/staff/LOST-1", an(full_name="Người Bị Sót")).status == 201
    wait_for(lambda: relay.to_lose == 0, "it is lost")
    assert first.client().put("/v1/staff/NEXT-1", an(full_name="Người Kế Tiếp")).status == 201
    wait_for(lambda: here.get("/v1/staff/NEXT-1").status == 200, "the feed goes on as if nothing were missing")
    wait_for(lambda: here.get("/v1/staff/LOST-1").status == 200, "it is found")
    assert "directory.feed_incomplete" in second.log.read_text()
    wait_for(lambda: readiness(second)["status"] == "ready", "the view is whole again")


def test_a_write_of_its_own_that_never_came_is_noticed(pair):
    first, second, relay = pair
    here = second.client(first.admin_token())
    relay.lose(1)
    assert here.patch("/v1/staff/OLD-1", {"title": "Kế toán trưởng"}).status == 200
    listed = [p["title"] for p in here.get("/v1/staff").json["items"]]
    assert listed == ["Chuyên viên"], "the number of records tells nothing here"
    wait_for(lambda: readiness(second)["status"] == "degraded", "a view without it is not ready")
    wait_for(lambda: [p["title"] for p in here.get("/v1/staff").json["items"]] == ["Kế toán trưởng"], "everything is read again")
    wait_for(lambda: readiness(second)["status"] == "ready", "the view is whole again")


def test_who_was_made_here_and_has_not_come_yet_is_not_made_again(pair):
    first, second, relay = pair
    here = second.client(first.admin_token())
    body = asked_about(full_name="Người Chưa Tới", birth_year=1990)
    with relay.feed_held():
        assert here.post("/v1/staff", body).status == 201
        again = here.post("/v1/staff", body)
        assert (again.status, again.code) == (503, "directory_unavailable")
    wait_for(lambda: readiness(second)["status"] == "ready", "it hears again")
    assert here.post("/v1/staff", body).code == "possible_duplicate"
