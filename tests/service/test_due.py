"""What the passing of days ends: old addresses, and the mail of those who left."""

from congvu import an, day, make_units, wait_for

DAY = 86400


LEAVE = {"reason": "nghi_huu", "decision": {"number": "40/QĐ"}}


def leave(client, code, keep):
    assert client.put(f"/v1/staff/{code}", an(full_name="Cao Giữ Thư")).status == 201
    answer = client.put(f"/v1/staff/{code}/departure", {**LEAVE, "keep_mail_until": keep})
    assert answer.status == 200, answer
    return answer.json


def states(service, code):
    return {a["system"]: a["observed"]["state"] for a in service.client().get(f"/v1/staff/{code}").json["accounts"]}


def await_closed(service, code):
    wait_for(lambda: states(service, code)["mailbox"] == "closed", f"the calendar closes the mailbox of {code}")


def test_an_old_address_delivers_until_its_last_day_and_stays_claimed(start):
    service = start()
    admin = service.client()
    make_units(admin)
    person = admin.put("/v1/staff/AL-1", an(full_name="Bùi Địa Chỉ", login="buidiachi")).json
    renamed = admin.patch("/v1/staff/AL-1", {"login": "diachimoi"}).json
    assert renamed["aliases"] == [{"address": "buidiachi@ninhthuan.gov.vn", "until": day(180)}]
    assert service.person(person["id"], "cvMailAlias")["cvMailAlias"] == ["buidiachi@ninhthuan.gov.vn"]
    service.stop()

    last = start(service.data, clock_offset=str(180 * DAY))
    last.wait_calendar(180)
    assert len(last.client().get("/v1/staff/AL-1").json["aliases"]) == 1, "still delivered on its last day"
    last.stop()

    later = start(service.data, clock_offset=str(181 * DAY))
    admin = later.client()
    ended = wait_for(lambda: (a := admin.get("/v1/staff/AL-1")).json["aliases"] == [] and a, "the alias ends")
    assert ended.json["revision"] == renamed["revision"] + 1 and ended.json["address"] == "diachimoi@ninhthuan.gov.vn"
    entry = later.person(person["id"])
    assert "cvMailAlias" not in entry and "cvAliasUntil" not in entry and "cvDueAt" not in entry
    assert "buidiachi@ninhthuan.gov.vn" in entry["cvName"]
    other = admin.put("/v1/staff/AL-2", an(full_name="Bùi Người Khác", login="buidiachi"))
    assert (other.status, other.code) == (409, "address_taken"), "it never reaches a second person"


def test_the_mail_of_a_leaver_is_kept_as_long_as_was_said(start):
    service = start()
    admin = service.client()
    make_units(admin)
    kept = leave(admin, "KM-1", day(5))
    assert kept["state"] == "done" and {s["state"] for s in kept["steps"]} == {"done"}
    leave(admin, "KM-2", day(4))
    leave(admin, "KM-3", day(5))
    longer = admin.put("/v1/staff/KM-3/departure", {**LEAVE, "keep_mail_until": day(9)})
    assert longer.json["keep_mail_until"] == day(9) and longer.json["started_at"] is not None

    def receives(service, code):
        entry = service.person(service.client().get(f"/v1/staff/{code}").json["id"])
        assert "authorizedService" not in entry, "no sign-in since the departure"
        return entry.get("cvReceives") == ["TRUE"]
    assert states(service, "KM-1") == {"mailbox": "temp_locked", "td-office": "closed"}
    assert receives(service, "KM-1") and receives(service, "KM-3")
    service.stop()

    last = start(service.data, clock_offset=str(5 * DAY))
    last.wait_calendar(5)
    assert states(last, "KM-2")["mailbox"] == "closed"
    assert receives(last, "KM-1"), "still received on the last day"
    last.stop()

    later = start(service.data, clock_offset=str(6 * DAY))
    await_closed(later, "KM-1")
    assert not receives(later, "KM-1") and receives(later, "KM-3"), "each by its own day"
    admin = later.client()
    assert admin.get("/v1/staff/KM-1/departure").json["started_at"] == kept["started_at"]
    same = admin.put("/v1/staff/KM-1/departure", {**LEAVE, "keep_mail_until": day(5)})
    assert same.status == 200 and states(later, "KM-1")["mailbox"] == "closed", "a repeat opens nothing"
    admin.put("/v1/staff/KM-1/departure", {**LEAVE, "keep_mail_until": day(20)})
    assert states(later, "KM-1") == {"mailbox": "temp_locked", "td-office": "closed"} and receives(later, "KM-1"), "kept longer after all"
