"""Mending what was entered wrongly: a person who never was, an alias that never was his."""
import datetime
import itertools

from browser import activate
from congvu import an, day, nth, site_today, wait_for

numbers = itertools.count(1)


def person(client, **more):
    n = next(numbers)
    made = client.put(f"/v1/staff/COR-{n}", an(full_name=nth("Đinh Thị Nhầm", n), **more))
    assert made.status == 201, made
    return made.json


def mistake(client, who, **query):
    return client.post(f"/v1/staff/{who}/corrections", {"kind": "made_by_mistake", "reason": "nhập hai lần"}, **query)


def test_who_never_was_is_removed_and_his_names_are_free(client):
    twice = person(client)
    dry = mistake(client, twice["id"], validate_only=True)
    assert dry.status == 200 and dry.json["removed"] and client.get(f"/v1/staff/{twice['id']}").status == 200
    gone = mistake(client, twice["staff_code"])
    assert (gone.status, gone.json["staff"]["id"]) == (200, twice["id"])
    assert client.get(f"/v1/staff/{twice['id']}").status == 404 and mistake(client, twice["id"]).code == "staff_not_found"
    assert client.get("/v1/staff", address=twice["address"]).json["items"] == []
    again = client.put(f"/v1/staff/{twice['staff_code']}", an(full_name=twice["full_name"]))
    assert (again.status, again.json["address"]) == (201, twice["address"]) and again.json["id"] != twice["id"]


def test_whatever_was_used_stays(client):
    def refused(who):
        answer = mistake(client, who["id"])
        assert (answer.status, answer.code) == (409, "staff_holds_names") and client.get(f"/v1/staff/{who['id']}").status == 200
        return answer.json["detail"]
    active = person(client)
    activate(client, active["id"])
    assert "password" in refused(active)
    leaver = person(client)
    client.put(f"/v1/staff/{leaver['id']}/departure", {"reason": "nghi_huu", "effective_on": "2099-01-01"})
    assert "departure" in refused(leaver)
    card = person(client)
    assert client.put(f"/v1/staff/{card['id']}/accounts/certificate/observation", {"state": "active"}).status == 200
    assert "another system" in refused(card)
    user = person(client)
    assert client.post("/v1/usage-events", {"system": "mailbox", "events": [{"id": user["id"], "occurred_on": day(-30)}]}).json["accepted"] == 1
    assert "days of use" in refused(user)
    clerk = person(client)
    assert client.post(f"/v1/staff/{clerk['id']}/roles", {"role": "unit_head", "unit": "T1.01"}).status == 201
    assert "role" in refused(clerk)


def test_a_wrong_alias_goes_and_nobody_else_gets_it(client):
    who = person(client)
    named = client.patch(f"/v1/staff/{who['id']}", {"login": f"nham.{who['staff_code'][4:]}x"}).json
    alias = who["address"]
    assert [a["address"] for a in named["aliases"]] == [alias]

    def correct(**more):
        return client.post(f"/v1/staff/{who['id']}/corrections", {"kind": "wrong_alias", "reason": "gõ nhầm", "alias": alias}, **more)
    dry = correct(validate_only=True).json
    assert [c["field"] for c in dry["changes"]] == ["aliases"] and client.get(f"/v1/staff/{who['id']}").json["aliases"] == named["aliases"]
    assert correct().json["staff"]["aliases"] == [] and correct().code == "conflict"
    other = person(client)
    assert client.patch(f"/v1/staff/{other['id']}", {"login": alias.split("@")[0]}).code == "address_taken", "the name stays claimed"
    assert client.post(f"/v1/staff/{who['id']}/corrections", {"kind": "wrong_alias", "reason": "x"}).json["errors"][0]["pointer"] == "#/alias"


def test_who_may_not(shared, client):
    who = person(client, unit="T1.02")
    made = client.post("/v1/tokens", {"name": "hr", "scopes": ["staff:read", "staff:write"], "unit": "T1.01"})
    other = shared.client(made.json["secret"])
    assert mistake(other, who["id"]).code == "staff_not_found"
    reader = shared.client(client.post("/v1/tokens", {"name": "đọc", "scopes": ["staff:read"]}).json["secret"])
    assert mistake(reader, who["id"]).code == "scope_missing"


def correct(client, who, kind, **more):
    query = {"validate_only": True} if more.pop("dry", False) else {}
    return client.post(f"/v1/staff/{who['id']}/corrections", {"kind": kind, "reason": "nhập chéo", **more}, **query)


def test_codes_that_two_people_have_of_each_other_are_exchanged(client):
    one, two = person(client), person(client)
    dry = correct(client, one, "swapped_codes", dry=True, **{"with": two["id"]})
    assert [(c["field"], c["from"], c["to"]) for c in dry.json["changes"]] == [("staff_code", one["staff_code"], two["staff_code"])], dry
    assert client.get(f"/v1/staff/{one['id']}").json["staff_code"] == one["staff_code"]
    assert correct(client, one, "swapped_codes", **{"with": two["staff_code"]}).status == 200
    now = [client.get(f"/v1/staff/{who['id']}").json for who in (one, two)]
    assert [(p["staff_code"], p["former_codes"]) for p in now] == [(two["staff_code"], []), (one["staff_code"], [])]
    assert client.get(f"/v1/staff/{one['staff_code']}").json["id"] == two["id"]
    assert correct(client, one, "swapped_codes", **{"with": one["id"]}).code == "conflict"
    assert correct(client, one, "swapped_codes").json["errors"][0]["pointer"] == "#/with"
    assert correct(client, one, "swapped_codes", **{"with": "KHONG-CO"}).code == "staff_not_found"


def test_the_day_of_a_death_is_set_right_after_the_departure_was_carried_out(client):
    who = person(client)
    assert correct(client, who, "death_date", effective_on=day(-29)).code == "conflict"
    client.put(f"/v1/staff/{who['id']}/departure", {"reason": "tu_tran", "effective_on": day(-21)})
    assert correct(client, who, "death_date", effective_on="2099-01-01").json["errors"][0]["pointer"] == "#/effective_on"
    assert correct(client, who, "death_date", effective_on=day(-29)).status == 200
    departure = client.get(f"/v1/staff/{who['id']}/departure").json
    assert (departure["effective_on"], departure["reason"], departure["state"] in ("in_progress", "done")) == (day(-29), "tu_tran", True)
    retired = person(client)
    client.put(f"/v1/staff/{retired['id']}/departure", {"reason": "nghi_huu", "effective_on": day(-21)})
    assert correct(client, retired, "death_date", effective_on=day(-29)).code == "conflict"


def told(client, path, language, words):
    """The lines of a history, once the last outcome is in the log."""
    client.language = language
    try:
        return wait_for(lambda: [x["text"] for x in client.get(path).json["items"] if words in x["text"]], f"the history says {words}")
    finally:
        client.language = "en"


def reasons(client, target, action):
    return [e["reason"] for e in client.get("/v1/audit-events", target=target, action=action).json["items"]]


def test_a_headcount_of_a_wrong_day_goes_with_its_reason(shared, client):
    path = "/v1/units/T1.02/headcounts"
    client.put(f"{path}/2026-01-01", {"total": 12})
    client.put(f"{path}/2026-02-01", {"total": 99})

    def wrong(who=client, day="2026-02-01", **query):
        return who.post("/v1/units/T1.02/corrections", {"kind": "wrong_headcount", "reason": "số của đơn vị khác", "on": day}, **query)
    assert wrong(validate_only=True).json["removed"]["total"] == 99 and client.get(f"{path}/2026-02-01").json["total"] == 99
    assert wrong().json["removed"]["total"] == 99
    assert client.get(f"{path}/2026-02-01").code == "headcount_not_found" and wrong().code == "headcount_not_found"
    assert [h["on"] for h in client.get(path).json["items"]] == ["2026-01-01"]
    assert client.get("/v1/coverage", unit="T1.02").json["rows"][0]["headcount"] == 12, "the one before is in force again"
    assert wrong(day=None).json["errors"][0]["pointer"] == "#/on"
    assert wrong(shared.reach("T1.02", "units:read")).code == "scope_missing" and wrong(shared.reach("T1.01", "units:write")).code == "unit_not_found"
    assert reasons(client, "T1.02", "headcount.remove") == ["số của đơn vị khác"]
    assert told(client, "/v1/units/T1.02/history", "vi", "Bỏ số khai báo")[0].split(" ", 2)[2].startswith("Bỏ số khai báo ngày 01/02/2026 (99 người). Lý do: số của đơn vị khác. Người thực hiện:")
    assert "Declaration for 01/02/2026 taken away (headcount 99). Reason: số của đơn vị khác." in told(client, "/v1/units/T1.02/history", "en", "taken away")[0]
    assert "Headcount declared for 01/01/2026: 12." in told(client, "/v1/units/T1.02/history", "en", "01/01/2026")[0]


def test_the_history_of_corrections_is_read_by_people(client):
    one, two = person(client), person(client)
    correct(client, one, "swapped_codes", **{"with": two["id"]})
    assert reasons(client, two["id"], "staff.renumber") == ["nhập chéo"]
    mine, his = f"/v1/staff/{one['id']}/history", f"/v1/staff/{two['id']}/history"
    assert f"Mang số hiệu {two['staff_code']}. Lý do: nhập chéo." in told(client, mine, "vi", "Mang số hiệu")[0]
    assert f"Đổi số hiệu từ {two['staff_code']} thành {one['staff_code']}. Lý do: nhập chéo." in told(client, his, "vi", "Đổi số hiệu")[0]
    assert f"Staff code changed from {two['staff_code']} to {one['staff_code']}. Reason: nhập chéo." in told(client, his, "en", "Staff code changed")[0]
    died = person(client)
    client.put(f"/v1/staff/{died['id']}/departure", {"reason": "tu_tran", "effective_on": str(site_today() - datetime.timedelta(days=3))})
    day = site_today() - datetime.timedelta(days=5)
    assert correct(client, died, "death_date", effective_on=str(day)).status == 200
    assert f" thành {day:%d/%m/%Y}. Lý do: nhập chéo." in told(client, f"/v1/staff/{died['id']}/history", "vi", "Sửa ngày từ trần")[0]
    alias = one["address"]
    client.patch(f"/v1/staff/{one['id']}", {"login": "mang.khac.x"})
    correct(client, one, "wrong_alias", alias=alias)
    assert f"{alias}, entered by mistake, taken away. Reason: nhập chéo." in told(client, mine, "en", "by mistake")[0]
    twin = person(client)
    merged = client.put(f"/v1/staff/{two['id']}/merge", {"into": twin["id"], "reason": "một người"})
    assert merged.status == 200, merged
    took = told(client, f"/v1/staff/{twin['id']}/history", "vi", "vào hồ sơ này")
    assert f"Gộp hồ sơ của {two['full_name']}, số hiệu {one['staff_code']} vào hồ sơ này. Lý do: một người." in took[0]
    emptied = told(client, f"/v1/staff/{twin['id']}/history", "en", "was merged into")
    assert f"This record was merged into the record of {twin['full_name']}, staff code {twin['staff_code']};" in emptied[0]
    assert all("_" not in text and "cv" not in text for text in told(client, mine, "vi", ""))


def test_an_exchange_is_not_undone_by_a_repeat_that_quotes_the_etag(client):
    one, two = person(client), person(client)
    etag = client.get(f"/v1/staff/{one['id']}").etag
    body = {"kind": "swapped_codes", "reason": "nhập chéo", "with": two["id"]}
    assert client.post(f"/v1/staff/{one['id']}/corrections", body, {"If-Match": etag}).status == 200
    assert client.post(f"/v1/staff/{one['id']}/corrections", body, {"If-Match": etag}).code == "etag_mismatch"
    assert client.get(f"/v1/staff/{one['id']}").json["staff_code"] == two["staff_code"]


def test_who_may_not_change_the_other_one_takes_no_code_from_the_first(shared, client):
    one, two = person(client), person(client)
    assert client.post(f"/v1/staff/{two['id']}/roles", {"role": "site_admin"}).status == 201
    clerk = shared.reach(None, "staff:read", "staff:write")
    assert correct(clerk, one, "swapped_codes", **{"with": two["id"]}).code == "higher_role"
    assert client.get(f"/v1/staff/{one['id']}").json["staff_code"] == one["staff_code"]
