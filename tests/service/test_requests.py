"""What one unit asks and another one answers: somebody from elsewhere, accounts for units without the right."""
import datetime
import itertools
import json

import pytest

from congvu import Client, an, copied, make_units, nth, site_today, wait_for
from recompute import works

numbers = itertools.count(1)
TODAY = site_today()
LATER = (TODAY + datetime.timedelta(30)).isoformat()
HR = ["staff:read", "staff:write", "accounts:write", "units:read"]


@pytest.fixture
def two(shared, client):
    """Two communes with a clerk each, and somebody at work in the first one."""
    n = next(numbers)
    for side in "AB":
        assert client.put(f"/v1/units/T1.{side}{n}", {"name": {"vi": f"Xã {side} {n}"}, "kind": "ubnd_xa", "parent": "T1", "slug": f"xa{side.lower()}{n}"}).status == 201
    person = client.put(f"/v1/staff/MV-{n}", an(full_name=nth("Lê Thị Lý", n), unit=f"T1.A{n}")).json
    return {"giver": shared.reach(f"T1.A{n}", *HR), "taker": shared.reach(f"T1.B{n}", *HR), "from": f"T1.A{n}", "to": f"T1.B{n}", "person": person}


def transfer(two, **more):
    return {"kind": "transfer", "unit": two["to"], "person": {"key": two["person"]["staff_code"], "full_name": two["person"]["full_name"]}, "title": "Phó phòng",
            "decision": {"number": "9/QĐ", "effective_on": LATER}, **more}


def test_nothing_is_learnt_from_a_wrong_pair(client, two):
    taker, person = two["taker"], two["person"]
    right, other = person["full_name"], client.put(f"/v1/staff/OT-{next(numbers)}", an(full_name=nth("Trần Văn Khác", next(numbers)))).json
    wrong = [taker.post("/v1/requests", transfer(two, person={"key": key, "full_name": name}))
             for key, name in ((person["staff_code"], "Lê Thị Sai"), ("NOBODY-1", right), (person["address"], other["full_name"]), ("ai@ninhthuan.gov.vn", right))]
    assert {(a.status, a.code, a.json["detail"], str(a.json["errors"])) for a in wrong} == {(404, "staff_not_found", wrong[0].json["detail"], str(wrong[0].json["errors"]))}
    assert taker.get("/v1/requests").json["items"] == [] and two["giver"].get("/v1/requests").json["items"] == []
    right_way = taker.post("/v1/requests", transfer(two, person={"key": person["address"], "full_name": right.replace("Lý", "Lí").upper()}))
    assert right_way.status == 201, right_way
    assert right_way.json["staff"] is None and right_way.json["waits_for"] is None and person["id"] not in right_way.body.decode(), "where he is, they are not told"


def test_until_it_is_confirmed_nothing_changes_and_on_the_day_everything_does(start):
    service = start()
    client = service.client()
    make_units(client)
    client.put("/v1/units/T1.A", {"name": {"vi": "Xã A"}, "kind": "ubnd_xa", "parent": "T1", "slug": "xaa"})
    client.put("/v1/units/T1.B", {"name": {"vi": "Xã B"}, "kind": "ubnd_xa", "parent": "T1", "slug": "xab"})
    person = client.put("/v1/staff/MV", an(full_name="Lê Thị Lý", unit="T1.A")).json
    giver, taker = service.reach("T1.A", *HR), service.reach("T1.B", *HR)
    two = {"to": "T1.B", "person": person}
    dry = taker.post("/v1/requests", transfer(two), validate_only=True)
    assert dry.status == 200 and dry.json["id"] is None and taker.get("/v1/requests").json["items"] == []
    asked = taker.post("/v1/requests", transfer(two), {"Idempotency-Key": "one"})
    again = taker.post("/v1/requests", transfer(two), {"Idempotency-Key": "one"})
    assert (asked.status, again.status, again.headers["Idempotency-Replayed"]) == (201, 201, "true") and again.json == asked.json
    assert taker.post("/v1/requests", transfer(two)).code == "conflict", "asked already"
    path = f"/v1/requests/{asked.json['id']}/answer"
    seen, = giver.get("/v1/requests").json["items"]
    assert (seen["staff"]["id"], seen["unit"]["code"], seen["waits_for"]["code"], seen["risen"]) == (person["id"], "T1.B", "T1.A", 0)
    for refused in (taker.put(path, {"answer": "confirmed"}), service.reach("T1.A", "staff:read").put(path, {"answer": "confirmed"})):
        assert (refused.status, refused.code) == (403, "scope_missing")
    assert service.reach("T1.02", *HR).get(f"/v1/requests/{asked.json['id']}").code == "request_not_found"
    before = client.get("/v1/staff/MV")
    tried = giver.put(path, {"answer": "confirmed"}, validate_only=True)
    changes = {c["field"]: (c["from"], c["to"]) for c in tried.json["changes"]}
    assert tried.json["state"] == "waiting" and "posts" in changes and "unit" not in changes and client.get("/v1/staff/MV").json == before.json
    done = giver.put(path, {"answer": "confirmed"})
    assert (done.status, done.json["state"]) == (200, "done"), done
    assert giver.put(path, {"answer": "confirmed"}).json == done.json, "safe to repeat"
    assert giver.put(path, {"answer": "refused", "reason": "không"}).code == "conflict"
    waiting = client.get("/v1/staff/MV").json
    assert waiting["unit"]["code"] == "T1.A" and taker.get("/v1/staff/MV").status == 404, "until the day nothing changes"
    post, = [p for p in waiting["posts"] if p["from"] == LATER]
    assert (post["unit"]["code"], post["title"], post["decision"]["number"]) == ("T1.B", "Phó phòng", "9/QĐ")
    service.stop()
    later = start(service.data, clock_offset=str(31 * 86400))
    client = later.client()
    wait_for(lambda: client.get("/v1/staff/MV").json["unit"]["code"] == "T1.B", "the day has come")
    taker = Client(later.port, taker.token, later.spec)
    there = wait_for(lambda: (a := taker.get("/v1/staff/MV")).status == 200 and a.json, "the new unit sees him")
    assert (there["id"], there["title"], there["address"]) == (person["id"], "Phó phòng", person["address"]), "the mailbox stays his"
    wait_for(lambda: {a["system"]: a["observed"]["login"] for a in taker.get("/v1/staff/MV").json["accounts"]}["td-office"].startswith("xab_"), "his login of the new unit")
    assert Client(later.port, giver.token, later.spec).get("/v1/staff/MV").status == 404


def test_refused_and_withdrawn(two):
    taker, giver = two["taker"], two["giver"]
    first = taker.post("/v1/requests", transfer(two)).json["id"]
    assert giver.put(f"/v1/requests/{first}/answer", {"answer": "refused"}).json["errors"][0]["pointer"] == "#/reason"
    assert giver.put(f"/v1/requests/{first}/answer", {"answer": "withdrawn"}).code == "scope_missing"
    no = giver.put(f"/v1/requests/{first}/answer", {"answer": "refused", "reason": "Đang phụ trách kiểm kê"}).json
    assert (no["state"], no["answer"]) == ("refused", "Đang phụ trách kiểm kê") and taker.get(f"/v1/requests/{first}").json["answer"] == no["answer"]
    second = taker.post("/v1/requests", transfer(two)).json["id"]
    assert taker.put(f"/v1/requests/{second}/answer", {"answer": "withdrawn"}).json["state"] == "withdrawn"
    assert giver.put(f"/v1/requests/{second}/answer", {"answer": "confirmed"}).code == "conflict"
    assert [r["id"] for r in taker.get("/v1/requests", state="refused,withdrawn").json["items"]] == [second, first], "the newest first"
    page = taker.get("/v1/requests", state="refused,withdrawn", page_size=1).json
    assert [r["id"] for r in taker.get("/v1/requests", state="refused,withdrawn", page_size=1, page_token=page["next_page_token"]).json["items"]] == [first]


def test_without_an_answer_it_goes_above(start):
    service = start()
    client = service.client()
    make_units(client)
    client.put("/v1/units/T1.01.1", {"name": {"vi": "Tổ Một"}, "kind": "phong", "parent": "T1.01", "slug": "to1"})
    person = client.put("/v1/staff/UP", an(full_name="Lê Thị Lên", unit="T1.01.1")).json
    taker = service.reach("T1.02", *HR)
    asked = taker.post("/v1/requests", transfer({"to": "T1.02", "person": person}))
    party = client.put("/v1/staff/APART", an(full_name="Lê Văn Đảng", unit="T1.03")).json
    apart = taker.post("/v1/requests", transfer({"to": "T1.02", "person": party})).json["id"]
    due, day, left = datetime.date.fromisoformat(asked.json["due_on"]), TODAY, 3
    while left:
        day += datetime.timedelta(1)
        left -= works(day)
    assert due == day, "three working days"
    service.stop()
    for offset, unit in ((due - TODAY, "T1.01.1"), (due - TODAY + datetime.timedelta(1), "T1.01"), (datetime.timedelta(60), "T1")):
        later = start(service.data, clock_offset=str(offset.days * 86400))
        client = later.client()
        seen = client.get(f"/v1/requests/{asked.json['id']}").json
        assert seen["waits_for"]["code"] == unit and [r["id"] for r in client.get("/v1/requests", waits_for=unit).json["items"]] == [seen["id"]], offset
        assert (lambda r: (r["waits_for"]["code"], r["risen"]))(client.get(f"/v1/requests/{apart}").json) == ("T1.03", 0), "above it nobody of the other block could answer"
        later.stop()
    over = start(service.data, clock_offset=str(92 * 86400)).client()
    assert over.get(f"/v1/requests/{asked.json['id']}").json["state"] == "lapsed" and over.get("/v1/requests").json["items"] == []
    assert over.put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "confirmed"}).code == "conflict"


def test_a_guesser_is_slowed(shared, two):
    guesser = shared.reach(two["to"], *HR)
    answers = [guesser.post("/v1/requests", transfer(two, person={"key": f"G-{n}", "full_name": "Lê Thị Đoán"})) for n in range(30)]
    assert answers[0].code == "staff_not_found" and answers[-1].code == "rate_limited" and int(answers[-1].headers["Retry-After"]) > 0
    assert guesser.post("/v1/requests", transfer(two)).code == "rate_limited", "a right one too"
    assert two["taker"].post("/v1/requests", transfer(two)).status == 201, "but nobody else"


def test_accounts_asked_for_by_who_may_not_do_it(shared, client, two):
    person, office = two["person"], two["from"]
    head = shared.reach(office, "staff:read")
    lock = head.post("/v1/requests", {"kind": "lock", "unit": office, "person": {"key": person["staff_code"]}, "reason": "leave", "decision": {"number": "4/TB"}})
    assert lock.status == 201 and lock.json["staff"]["id"] == person["id"], lock
    assert head.put(f"/v1/requests/{lock.json['id']}/answer", {"answer": "confirmed"}).code == "scope_missing"
    page = head.call("GET", "/v1/requests", headers={"Accept": "text/html", "Accept-Language": "vi"}).body.decode()
    for words in ("PHIẾU ĐỀ NGHỊ", "Tạm khóa tài khoản", person["full_name"], "Nghỉ dài ngày", "4/TB", "Danh sách đề nghị: 1 tài khoản", "XÁC NHẬN CỦA CƠ QUAN", "Người đề nghị: ……", "<th>Chức vụ</th><th>Đơn vị</th><th>Hệ thống</th>"):
        assert words in page, words
    name = client.get("/v1/systems/mailbox").json["name"]["vi"]
    assert f"<td>{name}</td>" in page and "<td>mailbox</td>" not in page, "systems are named as people name them"
    assert two["giver"].put(f"/v1/requests/{lock.json['id']}/answer", {"answer": "confirmed"}).json["state"] == "done"
    account = next(a for a in client.get(f"/v1/staff/{person['id']}").json["accounts"] if a["system"] == "mailbox")
    assert (account["desired"]["state"], account["desired"]["reason"]) == ("locked", "leave")
    for kind in ("restore", "reset"):
        asked = head.post("/v1/requests", {"kind": kind, "unit": office, "person": {"key": person["staff_code"]}}).json
        done = two["giver"].put(f"/v1/requests/{asked['id']}/answer", {"answer": "confirmed"}).json
        assert done["state"] == "done", done
    assert client.post("/v1/activations", {"code": done["code"], "password": "Sông-Cái-mùa-lũ-2026"}).status == 204
    assert "code" not in two["giver"].put(f"/v1/requests/{asked['id']}/answer", {"answer": "confirmed"}).json, "once"
    assert head.post("/v1/requests", {"kind": "lock", "unit": office, "person": {"key": "NOBODY"}, "reason": "leave"}).code == "staff_not_found"
    assert head.post("/v1/requests", {"kind": "lock", "unit": office, "person": {"key": person["id"]}}).json["errors"][0]["pointer"] == "#/reason"
    assert head.post("/v1/requests", transfer(two, unit=office)).code == "scope_missing"


def test_each_system_is_asked_for_by_itself(shared, client, two):
    person, office = two["person"], two["from"]
    head = shared.reach(office, "staff:read")
    for ask in ({"kind": "lock", "reason": "leave"}, {"kind": "restore"}, {"kind": "reset"}):
        body = {"unit": office, "person": {"key": person["staff_code"]}, **ask}
        both = [head.post("/v1/requests", {**body, "system": system}) for system in ("mailbox", "td-office", "td-office")]
        assert [a.status for a in both] == [201, 201, 409], (ask, both)


def test_who_is_asked_for_by_the_code_of_a_record_that_was_merged_into_his(client, two):
    person, n = two["person"], next(numbers)
    old = client.put(f"/v1/staff/ALT-{n}", an(full_name=person["full_name"], unit=two["from"])).json
    assert client.put(f"/v1/staff/{old['id']}/merge", {"into": person["id"], "reason": "nhập hai lần"}).status == 200
    asked = two["taker"].post("/v1/requests", transfer(two, person={"key": f"ALT-{n}", "full_name": person["full_name"]}))
    assert asked.status == 201, asked
    assert two["giver"].get(f"/v1/requests/{asked.json['id']}").json["staff"]["id"] == person["id"]
    assert two["taker"].post("/v1/requests", transfer(two)).code == "conflict", "the same person, asked for already"
    assert two["giver"].put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "confirmed"}).json["state"] == "done"


def test_a_request_about_a_record_that_is_merged_later_is_about_who_stands_for_it(shared, client, two):
    person, n = two["person"], next(numbers)
    old = client.put(f"/v1/staff/LATER-{n}", an(full_name=person["full_name"], unit=two["from"])).json
    asked = two["taker"].post("/v1/requests", transfer(two, person={"key": old["staff_code"], "full_name": person["full_name"]}))
    assert asked.status == 201, asked
    assert client.post(f"/v1/staff/{person['id']}/roles", {"role": "unit_hr", "unit": "T1"}).status == 201
    assert client.put(f"/v1/staff/{old['id']}/merge", {"into": person["id"], "reason": "nhập hai lần"}).status == 200
    assert two["taker"].post("/v1/requests", transfer(two)).code == "conflict", "the same person, asked for already"
    answer = two["giver"].put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "refused", "reason": "không"})
    assert (answer.status, answer.code) == (403, "higher_role"), answer
    assert client.put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "confirmed"}).json["state"] == "done"


def multiplied(service, request, count, **members):
    """So many requests more, a moment later, as the first one but for these members."""
    entry, = service.ldapsearch("-b", "ou=requests,ou=system,dc=congvu", f"(cvDocumentName={request})", "*")
    text = json.dumps({**json.loads(entry["cvDocument"][0]), **members}, ensure_ascii=False)
    like = {k: v for k, v in entry.items() if not k.startswith("cvIdempotency")} | {"cvDocument": [text]}
    service.ldapadd("".join(copied(like, f"{request[:-8]}zzzz{n:03}{request[-1]}") for n in range(count)))


def test_the_first_of_many_that_wait_is_not_asked_twice(start):
    service = start()
    client = service.client()
    make_units(client)
    for code in ("MANY-1", "MANY-2"):
        assert client.put(f"/v1/staff/{code}", an(full_name=nth("Lê Thị Lý", len(code)))).status == 201
    body = {"kind": "lock", "unit": "T1.01", "person": {"key": "MANY-1"}, "reason": "leave", "system": "mailbox"}
    asked = client.post("/v1/requests", body)
    assert asked.status == 201, asked
    multiplied(service, asked.json["id"], 500, staff=client.get("/v1/staff/MANY-2").json["id"])
    again = client.post("/v1/requests", body)
    assert again.code == "conflict", again


def test_what_others_asked_takes_no_room_from_what_is_ones_own(start):
    service = start()
    client = service.client()
    make_units(client)
    assert client.put("/v1/staff/ROOM-1", an(unit="T1.02")).status == 201
    asked = client.post("/v1/requests", {"kind": "lock", "unit": "T1.02", "person": {"key": "ROOM-1"}, "reason": "leave", "system": "mailbox"})
    assert asked.status == 201, asked
    multiplied(service, asked.json["id"], 80, unit=client.get("/v1/units/T1.01").json["id"], staff=client.put("/v1/staff/ROOM-2", an(full_name="Lò Văn Hai")).json["id"], of_a_later_version="x" * 1_500_000)
    seen = service.reach("T1.02", *HR).get("/v1/requests")
    assert [r["id"] for r in seen.json["items"]] == [asked.json["id"]]


def test_what_is_confirmed_is_measured_by_the_reach_of_who_confirms(start):
    service = start()
    client = service.client()
    make_units(client)
    client.patch("/v1/systems/td-office", {"required_for": [{"blocks": ["chinh_quyen"]}]})
    people = [client.put(f"/v1/staff/DO-{i}", an(full_name=nth("Lê Văn", i), unit="T1.02" if i < 20 else "T1.01")).json for i in range(310)]
    giver, taker = service.reach("T1.02", *HR), service.reach("T1.03", *HR)
    asked = [taker.post("/v1/requests", transfer({"to": "T1.03", "person": p}, decision={"number": "9/QĐ", "effective_on": TODAY.isoformat()})).json["id"] for p in people[:6]]
    answers = [giver.put(f"/v1/requests/{id_}/answer", {"answer": "confirmed"}) for id_ in asked]
    assert [a.status for a in answers] == [200] * 5 + [409] and answers[5].code == "brake_engaged", answers[5]
    assert [client.get(f"/v1/staff/DO-{i}").json["unit"]["code"] for i in range(6)] == ["T1.03"] * 5 + ["T1.02"]


def test_a_newcomer_asked_for(shared, client, two):
    office, n = two["from"], next(numbers)
    head = shared.reach(office, "staff:read")
    name = nth("Nguyễn Thị Mới", n)
    bad = head.post("/v1/requests", {"kind": "new_account", "unit": office, "new_staff": {"full_name": "Nguyễn 2", "category": "nothing"}})
    assert bad.status == 422
    body = {"kind": "new_account", "unit": office, "new_staff": {"full_name": name, "title": "Văn thư", "category": "cong_chuc", "birth_year": 1999}, "decision": {"number": "5/QĐ"}}
    asked = head.post("/v1/requests", body)
    assert asked.status == 201 and client.get("/v1/staff", q=name).json["items"] == [], asked
    path = f"/v1/requests/{asked.json['id']}/answer"
    dry = two["giver"].put(path, {"answer": "confirmed"}, validate_only=True).json
    assert {"full_name", "address", "unit"} <= {c["field"] for c in dry["changes"]} and client.get("/v1/staff", q=name).json["items"] == []
    twin = client.post("/v1/staff", an(full_name=name, unit=office, birth_year=1999)).json
    known = two["giver"].put(path, {"answer": "confirmed"})
    assert known.code == "possible_duplicate" and [c["id"] for c in known.json["candidates"]] == [twin["id"]]
    assert head.get(f"/v1/requests/{asked.json['id']}").json["state"] == "waiting", "what was not done waits again"
    done = two["giver"].put(path, {"answer": "confirmed", "not_same_as": ["*"]}).json
    assert done["state"] == "done" and done["staff"]["id"] != twin["id"]
    made = client.get(f"/v1/staff/{done['staff']['id']}").json
    assert (made["full_name"], made["unit"]["code"], made["birth_year"]) == (name, office, 1999)
    assert two["giver"].put(path, {"answer": "confirmed"}).json["staff"] == done["staff"] and len(client.get("/v1/staff", q=name).json["items"]) == 2


def test_a_newcomer_asked_for_again_after_he_is_there(two):
    """The answer to the first request was lost; by the time of its repeat the code is taken, by the very person."""
    office, n = two["from"], next(numbers)
    body = {"kind": "new_account", "unit": office, "new_staff": {"full_name": nth("Bá Văn Lặp", n), "title": "Văn thư", "category": "cong_chuc", "staff_code": f"LAP-{n}"}}
    asked = two["giver"].post("/v1/requests", body, {"Idempotency-Key": f"again-{n}"})
    done = two["giver"].put(f"/v1/requests/{asked.json['id']}/answer", {"answer": "confirmed"})
    assert (asked.status, done.status, done.json["state"]) == (201, 200, "done"), done
    again = two["giver"].post("/v1/requests", body, {"Idempotency-Key": f"again-{n}"})
    assert (again.status, again.headers.get("Idempotency-Replayed"), again.json["id"]) == (201, "true", asked.json["id"]), again
    assert two["giver"].post("/v1/requests", body, {"Idempotency-Key": f"other-{n}"}).code == "code_taken"


@pytest.mark.parametrize("day,text", [("2027-09-05", "ngày 05 tháng 9 năm 2027"), ("2027-02-15", "ngày 15 tháng 02 năm 2027")])
def test_a_form_writes_its_day_as_the_decree_says(start, day, text):
    """Days below 10 and the months 1 and 2 with a zero, as the letter of a report does."""
    client = start(clock_offset=str((datetime.date.fromisoformat(day) - TODAY).days * 86400)).client()
    make_units(client)
    assert client.post("/v1/requests", {"kind": "new_account", "unit": "T1.01", "new_staff": {"full_name": "Tạ Thị Ngày", "category": "cong_chuc"}}).status == 201
    page = client.call("GET", "/v1/requests", headers={"Accept": "text/html", "Accept-Language": "vi"}).body.decode()
    assert f"……………………, {text}" in page, page[page.find('class="date"'):][:80]


def test_a_form_says_from_where_it_comes_and_whom_to_ask(shared, client, two):
    """The columns of the offices' own forms: the unit and the phone of who gets his account back; above them the body, the place and the asker."""
    office, person = two["from"], two["person"]
    body = client.get(f"/v1/units/{office}").json["name"]["vi"]
    assert client.patch(f"/v1/units/{office}", {"letterhead": {"superior_body": "UBND huyện Thử", "issuing_body": body, "place": "Tân Sơn"}}).status == 200
    assert client.patch(f"/v1/staff/{person['id']}", {"mobile": "+84912345678"}).status == 200
    head = shared.reach(office, *HR)
    assert head.post("/v1/requests", {"kind": "reset", "unit": office, "person": {"key": person["staff_code"]}}).status == 201
    page = head.call("GET", "/v1/requests", headers={"Accept": "text/html", "Accept-Language": "vi"}).body.decode()
    assert '<div class="superior">UBND huyện Thử</div>' in page and "Tân Sơn, ngày" in page
    assert "<th>Bộ phận</th><th>Hệ thống</th><th>Địa chỉ thư điện tử công vụ</th><th>Số điện thoại</th>" in page
    assert f"<td>{body}</td>" in page and "<td>+84912345678</td>" in page
    assert f"Người đề nghị: ……………………; đơn vị: {body}; điện thoại: ……………………." in page, "a program asked: to be filled in by hand"


def test_no_form_is_left_out_of_the_print_unsaid(shared, client):
    top, n = f"T1.F{next(numbers)}", 66
    for code, parent in [(top, "T1")] + [(f"{top}.{i}", top) for i in range(n)]:
        assert client.put(f"/v1/units/{code}", {"name": {"vi": f"Phòng {code}"}, "kind": "phong", "parent": parent, "slug": code.lower().replace(".", "")}).status == 201
    hr = shared.reach(top, *HR)
    for i in range(n):
        assert hr.post("/v1/requests", {"kind": "new_account", "unit": f"{top}.{i}", "new_staff": {"full_name": nth("Tạ Thị Phiếu", i), "category": "cong_chuc"}}).status == 201
    head = {"Accept": "text/html", "Accept-Language": "vi"}
    more = "những đề nghị cũ hơn ở trang sau"
    whole = hr.call("GET", "/v1/requests?page_size=500", headers=head)
    assert whole.body.decode().count("Danh sách đề nghị: 1 tài khoản") == n and "Link" not in whole.headers and more not in whole.body.decode()
    first = hr.call("GET", "/v1/requests?page_size=40", headers=head)
    assert first.body.decode().count(more) == 40 and 'rel="next"' in first.headers["Link"]
    rest = hr.call("GET", first.headers["Link"].split(">")[0][1:], headers=head).body.decode()
    assert rest.count("Danh sách đề nghị: 1 tài khoản") == n - 40 and more not in rest
