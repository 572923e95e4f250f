"""Onboarding and changing people, as HR and its nightly scripts do it."""
import concurrent.futures
import threading
import unicodedata

import pytest

from congvu import an, asked_about, day, wait_for, nth


def test_onboarding_gives_an_address_and_the_required_accounts(shared, client):
    answer = client.post("/v1/staff", an(full_name="Nguyễn Ngọc Thành", staff_code="S-1", mobile="+84900000001"))
    assert answer.status == 201, answer
    person = answer.json
    assert person["address"] == "thanhnn@ninhthuan.gov.vn"
    assert (person["family_name"], person["middle_name"], person["given_name"]) == ("Nguyễn", "Ngọc", "Thành")
    assert {a["system"]: a["observed"]["state"] for a in person["accounts"]} == {"mailbox": "provisioned", "td-office": "provisioned"}
    assert person["accounts"][1]["observed"]["login"] == "noivu_nguyenngocthanh"
    assert answer.headers["Location"] == f"/v1/staff/{person['id']}"
    again = client.get("/v1/staff/S-1")
    assert again.json == person and again.etag == answer.etag

    entry = shared.person(person["id"])
    assert {"inetOrgPerson", "cvStaff", "authorizedServiceObject"} <= set(entry["objectClass"])
    assert entry["mail"] == ["thanhnn@ninhthuan.gov.vn"] and entry["uid"] == ["thanhnn"]
    assert sorted(entry["authorizedService"]) == ["mailbox", "td-office"] and entry["cvReceives"] == ["TRUE"]


def test_party_staff_gets_e_office_instead_of_td_office(client):
    person = client.post("/v1/staff", an(full_name="Lê Thị Đảng", unit="T1.03")).json
    assert {a["system"] for a in person["accounts"]} == {"mailbox", "e-office"}


def test_one_name_however_it_is_typed(client):
    name = "Nguyễn Đức Ước"
    forms = [unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name),
             "".join(unicodedata.normalize("NFC", c[0]) + c[1:] if c else c for c in map(lambda c: unicodedata.normalize("NFD", c), name)),
             "  Nguyễn\u00a0 Đức  Ước "]
    people = [client.put(f"/v1/staff/F-{i}", an(full_name=form)).json for i, form in enumerate(forms)]
    assert {p["full_name"] for p in people} == {name}
    assert len({p["address"] for p in people}) == len(forms)
    assert people[0]["address"] == "uocnd@ninhthuan.gov.vn"
    for p in people[1:]:
        assert p["address"].startswith("uocnd")
    found = client.get("/v1/staff", q="uoc nguyen duc", include_total=True).json
    assert found["total"] == len(forms)


def test_put_twice_changes_nothing(shared, client):
    body = an(full_name="Phạm Thị Hai Lần", hired_on="2020-01-01")
    first = client.put("/v1/staff/P-2", body)
    before = shared.person(first.json["id"], "entryCSN", "cvRevision")
    second = client.put("/v1/staff/P-2", body)
    assert (first.status, second.status) == (201, 200)
    assert second.etag == first.etag and second.json == first.json
    assert shared.person(first.json["id"], "entryCSN", "cvRevision") == before


def test_put_keeps_what_is_absent_and_null_clears(client):
    client.put("/v1/staff/P-3", an(full_name="Trần Giữ Máy", mobile="+84900000003"))
    assert client.put("/v1/staff/P-3", an(full_name="Trần Giữ Máy")).json["mobile"] == "+84900000003"
    assert client.put("/v1/staff/P-3", an(full_name="Trần Giữ Máy", mobile=None)).json["mobile"] is None


def test_all_faults_at_once_with_place_and_remedy(client):
    answer = client.post("/v1/staff", {"full_name": "  ", "unit": "NOPE", "category": "king", "mobile": "12", "birth_year": 3000, "wage": 1})
    assert answer.status == 422 and answer.code == "validation_failed"
    places = {e["pointer"] for e in answer.json["errors"]}
    assert {"#/full_name", "#/category", "#/birth_year", "#/wage"} <= places
    vi = client.call("POST", "/v1/staff", {"full_name": "NguyÔn V¨n An", "unit": "T1.01", "category": "cong_chuc"}, {"Accept-Language": "vi"})
    assert vi.status == 422 and [e["code"] for e in vi.json["errors"]] == ["bad_charset"]
    assert vi.headers["Content-Language"] == "vi"


def test_transfer_keeps_the_address_and_renews_the_office_login(client):
    before = client.put("/v1/staff/M-1", an(full_name="Đỗ Thị Chuyển")).json
    after = client.patch("/v1/staff/M-1", {"unit": "T1.02"}).json
    assert after["address"] == before["address"] and after["unit"]["code"] == "T1.02"
    logins = {a["system"]: a["observed"]["login"] for a in after["accounts"]}
    assert logins["td-office"] == "tckh_dothichuyen" and logins["mailbox"] == before["address"].split("@")[0]
    party = client.patch("/v1/staff/M-1", {"unit": "T1.03"}).json
    states = {a["system"]: a["observed"]["state"] for a in party["accounts"]}
    assert states == {"mailbox": "provisioned", "td-office": "closed", "e-office": "provisioned"}


def test_a_new_address_keeps_the_old_one_as_dated_alias(client):
    before = client.put("/v1/staff/M-2", an(full_name="Vũ Đổi Tên")).json
    after = client.put("/v1/staff/M-2", {"login": "vu.doiten"}).json
    assert after["address"] == "vu.doiten@ninhthuan.gov.vn" and after["naming"]["manual"] is True
    assert [a["address"] for a in after["aliases"]] == [before["address"]] and after["aliases"][0]["until"]
    other = client.put("/v1/staff/M-3", an(full_name="Vũ Đổi Tên")).json
    assert other["address"] != before["address"]
    taken = client.put("/v1/staff/M-3", {"login": before["address"].split("@")[0]})
    assert taken.status == 409 and taken.code == "address_taken"


def test_if_match(client):
    first = client.put("/v1/staff/E-1", an(full_name="Hồ Văn Thẻ"))
    assert client.call("PATCH", "/v1/staff/E-1", {"title": "A"}).status == 428
    second = client.patch("/v1/staff/E-1", {"title": "Phó phòng"}, first.etag)
    assert second.status == 200 and second.etag != first.etag
    stale = client.patch("/v1/staff/E-1", {"title": "Trưởng phòng"}, first.etag)
    assert stale.status == 412 and stale.code == "etag_mismatch" and stale.json["etag"] == second.etag


def test_a_person_is_always_sent_whole_because_states_move_without_a_revision(client):
    first = client.put("/v1/staff/E-2", an(full_name="Hồ Đã Đọc"))
    for path in ("/v1/staff/E-2", "/v1/staff/E-2/accounts/mailbox"):
        again = client.call("GET", path, headers={"If-None-Match": first.etag})
        assert again.status == 200 and again.body and again.etag == first.etag


def test_twins_are_stopped_and_can_be_insisted_on(client):
    first = client.post("/v1/staff", an(full_name="Lý Sinh Đôi")).json
    twin = client.post("/v1/staff", asked_about(full_name="ly sinh doi"))
    assert twin.status == 409 and twin.code == "possible_duplicate" and first["id"] in twin.body.decode()
    insisted = client.post("/v1/staff", an(full_name="Lý Sinh Đôi", not_same_as=[first["id"]]))
    assert insisted.status == 201 and insisted.json["address"] != first["address"]


def test_codes_resolve_for_ever_and_never_pass_on(client):
    person = client.put("/v1/staff/OLD-1", an(full_name="Bùi Đổi Số")).json
    assert client.patch("/v1/staff/OLD-1", {"staff_code": "NEW-1"}).json["former_codes"] == ["OLD-1"]
    assert client.get("/v1/staff/old-1").json["id"] == person["id"]
    assert client.patch(f"/v1/staff/{client.post('/v1/staff', an(full_name='Ai Khác')).json['id']}", {"staff_code": "OLD-1"}).code == "code_taken"
    client.put("/v1/staff/0012", an(full_name="Số Không Đầu"))
    clash = client.put("/v1/staff/12", an(full_name="Số Không Mất"))
    assert clash.status == 422 and clash.json["errors"][0]["code"] == "duplicate"


def test_idempotency_key(client):
    head = {"Idempotency-Key": "k-1"}
    first = client.post("/v1/staff", an(full_name="Khóa Một Lần"), head)
    again = client.post("/v1/staff", an(full_name="Khóa Một Lần"), head)
    assert (first.status, again.status) == (201, 201) and again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post("/v1/staff", an(full_name="Khóa Khác"), head)
    assert other.status == 422 and other.code == "idempotency_key_reused"


def test_validate_only_says_and_does_nothing(client):
    seen = client.post("/v1/staff", an(full_name="Xem Thử Thôi"), validate_only=True)
    assert seen.status == 200 and seen.json["address"] and seen.headers["Congvu-Validate-Only"] == "true"
    assert client.get("/v1/staff", q="xem thu thoi", include_total=True).json["total"] == 0
    client.put("/v1/staff/V-1", an(full_name="Xem Thử Nữa"))
    changes = client.put("/v1/staff/V-1", {"title": "Phó phòng"}, validate_only=True).json["changes"]
    assert changes == [{"field": "title", "from": "Chuyên viên", "to": "Phó phòng"}]
    assert client.get("/v1/staff/V-1").json["title"] == "Chuyên viên"


def test_delete_only_who_never_held_a_name(client):
    named = client.put("/v1/staff/D-1", an(full_name="Có Địa Chỉ")).json
    refused = client.delete("/v1/staff/D-1", "*")
    assert refused.status == 409 and refused.code == "staff_holds_names" and named["address"]
    client.put("/v1/staff/D-2", an(full_name="Không Địa Chỉ", category="nguoi_hoat_dong_khong_chuyen_trach"))
    assert client.delete("/v1/staff/D-2", "*").status == 204
    assert wait_for(lambda: client.get("/v1/staff/D-2").status == 404, "the deleted person vanishes")


def test_lists_page_sort_and_stay_stable(client):
    for i, name in enumerate(["Đàng Năng Đức", "Bá Trung Đạt", "Ka Tơr Duy", "Nguyễn Văn Dũng", "Trần Thị Bình", "Lê Ân", "Lê Ánh", "Lê Anh", "Lê An", "Lê Ái"]):
        client.put(f"/v1/staff/L-{i}", an(full_name=name, unit="T1.02"))
    names, query = [], {"unit": "T1.02", "page_size": 4, "sort": "given_name"}
    page = client.get("/v1/staff", **query).json
    client.put("/v1/staff/L-99", an(full_name="Lê Aa", unit="T1.02"))
    while True:
        names += [p["full_name"].split()[-1] for p in page["items"]]
        if page["next_page_token"] is None:
            break
        page = client.get("/v1/staff", page_token=page["next_page_token"], **query).json
    wanted = ["Ái", "An", "Anh", "Ánh", "Ân", "Bình", "Dũng", "Duy", "Đạt", "Đức"]
    assert [n for n in names if n in wanted] == wanted
    stolen = client.get("/v1/staff", unit="T1.01", page_token=client.get("/v1/staff", **query).json["next_page_token"])
    assert stolen.status == 400 and stolen.code == "page_token_mismatch"
    typo = client.get("/v1/staff", stauts="active")
    assert typo.status == 400 and typo.code == "unknown_parameter"


def test_fifty_of_one_name_at_once_get_fifty_addresses(shared, client):
    barrier = threading.Barrier(50)

    def onboard(i):
        barrier.wait()
        return shared.client().put(f"/v1/staff/N50-{i}", an(full_name="Nguyễn Văn Năm Mươi"))

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(onboard, range(50)))
    assert [a.status for a in answers] == [201] * 50, answers
    assert len({a.json["address"] for a in answers}) == 50
    assert len({a.json["accounts"][1]["observed"]["login"] for a in answers}) == 50
    assert client.get("/v1/staff", q="nam muoi", include_total=True).json["total"] == 50


def test_what_is_no_name_is_refused_and_a_name_of_any_people_is_not(client):
    for wrong in ("12 Nguyễn Văn An", "Nguyễn Văn An (Trưởng phòng)", "<b>An</b>", "an@ninhthuan.gov.vn"):
        answer = client.post("/v1/staff?validate_only=true", an(full_name=wrong))
        assert answer.status == 422 and [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("#/full_name", "bad_characters")]
    for wrong, sign in (("Nguyễn Văn An 2", "2"), ("ThS. Nguyễn Văn An", "ThS"), ("Ông/Bà Nguyễn Văn An", "/"), ("3. Nguyễn Văn An", "3"),
                        ("Nguyễn Văn \u0410n", "\u0410")):
        answer = client.post("/v1/staff?validate_only=true", an(full_name=wrong))
        assert answer.status == 422 and f"“{sign}”" in answer.json["errors"][0]["detail"], answer
    for right in ("K'Bảy", "K’Bảy", "Pi Năng Thị Thủy", "H’Ñuôn Niê-Kdăm", "Chamaléa Thị Điệp", unicodedata.normalize("NFD", "Đặng Ẵm Ợp Ỷ")):
        assert client.post("/v1/staff?validate_only=true", an(full_name=right)).status == 200, right


def test_faults_that_need_no_look_up_are_all_named_at_once(client):
    answer = client.post("/v1/staff", an(full_name="Lỗi (1)", category="x", login="Đào@", mobile="0912", accounts=[
        {"system": "mail", "desired": {"state": "present"}}, {"system": "mailbox", "desired": {"state": "present"}},
        {"system": "mailbox", "desired": {"state": "locked"}}]))
    assert answer.status == 422
    assert {e["pointer"] for e in answer.json["errors"]} == {"#/full_name", "#/category", "#/login", "#/mobile", "#/accounts/0/system",
                                                           "#/accounts/2/system", "#/accounts/2/desired/reason"}


def test_a_decision_that_takes_effect_later_begins_the_service_later(client):
    body = an(full_name="Tô Thị Sắp Đến", decision={"number": "9/QĐ-UBND", "effective_on": "2099-01-01"})
    person = client.post("/v1/staff", body).json
    assert (person["hired_on"], person["status"]) == ("2099-01-01", "pending")
    own_day = client.post("/v1/staff", {**body, "full_name": "Tô Thị Đã Đến", "hired_on": "2020-01-01"}).json
    assert (own_day["hired_on"], own_day["status"]) == ("2020-01-01", "active")


def test_a_sign_without_width_makes_no_word_of_two(client):
    for member in ("full_name", "title"):
        answer = client.post("/v1/staff?validate_only=true", an(**{member: "Nguyễn\u200bVăn Tý"}))
        assert answer.status == 422 and [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(f"#/{member}", "bad_characters")], answer
        assert "U+200B" in answer.json["errors"][0]["detail"]
    assert client.post("/v1/staff?validate_only=true", an(full_name="\ufeffNguyễn \u200bVăn Tý\u200b")).json["full_name"] == "Nguyễn Văn Tý"


def test_a_leaver_goes_on_no_leave(client):
    client.put("/v1/staff/GONE-1", an(full_name="Tô Thị Đã Nghỉ"))
    client.put("/v1/staff/GONE-1/departure", {"reason": "nghi_huu"})
    answer = client.patch("/v1/staff/GONE-1", {"status": "on_leave", "leave": {"kind": "thai_san", "from": "2026-01-01"}})
    assert (answer.status, answer.code) == (409, "staff_departed") and "reinstatement" in answer.json["links"]
    assert client.patch("/v1/staff/GONE-1", {"birth_year": 1966}).status == 200


@pytest.mark.parametrize("move", [
    {"unit": "T1.02", "decision": {"number": "88/QĐ", "effective_on": day(3)}}, {"unit": "T1.02"},
    {"posts": [{"unit": "T1.02", "kind": "chinh_thuc", "primary": True}]}, {"add_post": {"unit": "T1.02", "kind": "kiem_nhiem"}},
    {"title": "Trưởng phòng", "decision": {"number": "89/QĐ", "effective_on": day(0)}}], ids=["dated", "unit", "posts", "second", "title"])
def test_a_leaver_is_moved_nowhere(client, move):
    client.put("/v1/staff/GONE-2", an(full_name="Tô Văn Đã Nghỉ", birth_year=1967))
    client.put("/v1/staff/GONE-2/departure", {"reason": "nghi_huu"})
    before = client.get("/v1/staff/GONE-2").json
    answer = client.patch("/v1/staff/GONE-2", move)
    assert (answer.status, answer.code) == (409, "staff_departed") and "reinstatement" in answer.json["links"], answer
    assert client.get("/v1/staff/GONE-2").json == before
    corrected = client.patch("/v1/staff/GONE-2", {"title": move.get("title", "Kế toán")})
    assert corrected.status == 200, "without a day it is a correction"


def test_an_eth_is_taken_as_d_and_capitals_are_proposed_as_they_are_written(client):
    person = client.post("/v1/staff?validate_only=true", an(full_name="\u00d0INH VĂN \u00d0ỨC")).json
    assert (person["full_name"], person["proposed_name"]) == ("ĐINH VĂN ĐỨC", "Đinh Văn Đức")
    assert person["address"] == "ducdv@ninhthuan.gov.vn"
    assert client.post("/v1/staff?validate_only=true", an(full_name="Đinh Văn Đức")).json["proposed_name"] is None


def test_whose_name_has_all_the_words_comes_before_whoever_else_is_found(client):
    """By name alone Đức stands before Tấn; he is found by his code, and somebody else by the beginning of a word."""
    for code, name in (("SM-TAN-1", "Nguyễn Đức Khởi"), ("SM-2", "Nguyễn Tấn Khởi"), ("SM-3", "Khởi Tấn Nguyễn"), ("SM-4", "Nguyễn Tấn Anh Khởi"), ("SM-5", "Nguyễn Bá Tân Khởinh")):
        client.put(f"/v1/staff/{code}", an(full_name=name, unit="T1.02"))

    def found(size=50, **query):
        names, page = [], {"next_page_token": None}
        while True:
            page = client.get("/v1/staff", unit="T1.02", page_size=size, **query, **({"page_token": page["next_page_token"]} if page["next_page_token"] else {})).json
            names += [p["full_name"] for p in page["items"]]
            if page["next_page_token"] is None:
                return names
    best = found(q="nguyễn tấn khởi", sort="match")
    assert set(best[:2]) == {"Nguyễn Tấn Khởi", "Nguyễn Tấn Anh Khởi"} and set(best[2:]) == {"Nguyễn Đức Khởi", "Khởi Tấn Nguyễn", "Nguyễn Bá Tân Khởinh"}, best
    assert found(1, q="nguyễn tấn khởi", sort="match") == best, "page by page the same"
    assert found(q="khoi", sort="match")[-1] == "Nguyễn Bá Tân Khởinh"
    assert found(sort="match") == found(), "without words, by name"
    assert client.get("/v1/staff", sort="-match").status == 422


def test_names_with_the_given_name_first_are_sorted_and_addressed_by_their_parts(client):
    own = client.put("/v1/staff/GF-1", an(full_name="Y Blô Êban", unit="T1.02", given_name="Y Blô", family_name="Êban")).json
    assert (own["full_name"], own["given_name"], own["family_name"], own["middle_name"]) == ("Y Blô Êban", "Y Blô", "Êban", None)
    assert own["address"] == "ybloe@ninhthuan.gov.vn"
    by_hand = client.put("/v1/staff/GF-2", an(full_name="Zơ Râm Ksor", unit="T1.02", given_name="Zơ", middle_name="Râm", family_name="Ksor")).json
    assert by_hand["address"] == "zokr@ninhthuan.gov.vn"
    client.put("/v1/staff/GF-3", an(full_name="Đỗ Văn Yên", unit="T1.02"))
    names = [p["full_name"] for p in client.get("/v1/staff", unit="T1.02", sort="given_name").json["items"] if p["staff_code"].startswith("GF-")]
    assert names == ["Y Blô Êban", "Đỗ Văn Yên", "Zơ Râm Ksor"]
    torn = client.put("/v1/staff/GF-2", {"given_name": "Ksor", "family_name": "Zơ"})
    assert torn.status == 422 and torn.json["errors"][0]["code"] == "mismatch"


def test_the_address_that_follows_again_adds_no_alias(client):
    before = client.put("/v1/staff/NA-1", an(full_name="Tạ Địa Chỉ")).json
    again = client.put("/v1/staff/NA-1", {"new_address": True}).json
    assert (again["address"], again["aliases"], again["revision"]) == (before["address"], [], before["revision"])
    moved = client.put("/v1/staff/NA-1", {"login": "ta.diachi"}).json
    assert [a["address"] for a in moved["aliases"]] == [before["address"]]
    back = client.put("/v1/staff/NA-1", {"new_address": True}).json
    assert back["address"] == before["address"] and [a["address"] for a in back["aliases"]] == [moved["address"]]


def test_the_former_login_opens_as_long_as_the_former_address(shared, client):
    person = client.put("/v1/staff/FL-1", an(full_name="Mạc Tên Cũ")).json
    client.put("/v1/staff/FL-1", {"login": "mac.tenmoi"})
    entry = shared.person(person["id"])
    assert entry["uid"] == ["mac.tenmoi"] and entry["cvFormerLogin"] == [person["address"].split("@")[0]]
    assert entry["cvMailAlias"] == [person["address"]]


def test_a_long_login_is_shortened_and_one_by_hand_goes_first(client):
    long = "Nguyễn Hoàng Phương Quỳnh Trang"
    etag = client.get("/v1/systems/td-office").etag
    assert client.patch("/v1/systems/td-office", {"login_max_length": 20, "login_short_rule": "{donvi}_{ten}{vt_ho_dem}"}, etag).status == 200
    try:
        person = client.put("/v1/staff/LL-1", an(full_name=long)).json
        assert {a["system"]: a["observed"]["login"] for a in person["accounts"]}["td-office"] == "noivu_trangnhpq"
        whole = client.put("/v1/staff/LL-2", an(full_name=f"{long.replace('Quỳnh', 'Nghiêng')}")).json
        assert whole["accounts"][1]["observed"]["login"].startswith("noivu_trang")
        client.put("/v1/staff/LL-3", an(full_name="Lý Tay", unit="T1.03", category="nguoi_hoat_dong_khong_chuyen_trach"))
        by_hand = client.put("/v1/staff/LL-3/accounts/td-office", {"state": "present", "login": "lytay"}, {"If-Match": "*"})
        assert by_hand.status == 200 and by_hand.json["observed"]["login"] == "lytay", by_hand
        too_long = client.put("/v1/staff/LL-3/accounts/td-office", {"state": "present", "login": "a" * 21}, {"If-Match": "*"})
        assert too_long.status == 422 and too_long.json["errors"][0]["code"] == "too_long"
        bad = client.patch("/v1/systems/td-office", {"login_short_rule": "{tên}"})
        assert bad.status == 422 and bad.json["errors"][0]["pointer"] == "#/login_short_rule"
    finally:
        client.patch("/v1/systems/td-office", {"login_max_length": None, "login_short_rule": None})


def test_parts_by_hand_go_back_to_the_automatic_split(client):
    person = client.put("/v1/staff/SPLIT-1", an(full_name="Nguyễn Lê Thị An", family_name="Nguyễn Lê", middle_name="Thị", given_name="An")).json
    assert (person["family_name"], person["middle_name"]) == ("Nguyễn Lê", "Thị")
    split = client.patch("/v1/staff/SPLIT-1", {"family_name": None}).json
    assert (split["family_name"], split["middle_name"], split["given_name"]) == ("Nguyễn", "Lê Thị", "An")
    same = client.get("/v1/staff/SPLIT-1")
    again = client.patch("/v1/staff/SPLIT-1", {"family_name": "Nguyễn", "middle_name": "Lê Thị", "given_name": "An"})
    assert again.etag == same.etag, "by hand what the split says is nothing new"


def test_what_cannot_be_cleared_says_so(client):
    client.put("/v1/staff/CLEAR-1", an(full_name="Tô Thị Không Xóa"))
    for member in ("full_name", "unit", "login", "category"):
        for value in (None, "") if member != "category" else (None,):
            answer = client.patch("/v1/staff/CLEAR-1", {member: value})
            assert answer.status == 422 and [e["pointer"] for e in answer.json["errors"]] == [f"#/{member}"], (member, value, answer)


def test_whatever_the_clerk_types_finds_the_person_and_lists_say_who_has_what(client):
    person = client.put("/v1/staff/TK-0077", an(full_name="K'Tìm", mobile="+84911222333")).json
    old = person["address"]
    client.put("/v1/staff/TK-0077", {"login": "k.tim"})
    for typed in ("k tim", "ktim", "tk-0077", "TK 00", "k.tim", old, "0911222", "+84 911 222 333", "noivu_ktim"):
        assert [p["id"] for p in client.get("/v1/staff", q=typed).json["items"]] == [person["id"]], typed
    answer = client.get("/v1/staff", address=f"{old},k.tim,nobody@ninhthuan.gov.vn").json
    assert [p["id"] for p in answer["items"]] == [person["id"]]
    assert [(h["staff"], h["current"]) for h in answer["holders"]] == [(person["id"], False), (person["id"], True), (None, False)]
    assert client.get("/v1/staff", login="noivu_ktim").json["holders"] == [{"key": "noivu_ktim", "staff": person["id"], "current": True}]
    assert [h["staff"] for h in client.get("/v1/staff", login=f"k.tim@{old.split('@')[1]}").json["holders"]] == [person["id"]], "people sign in by address too"
    many = client.get("/v1/staff", staff_code=",".join(f"c{i}" for i in range(501)))
    assert many.status == 400 and many.json["errors"][0]["code"] == "too_many"
    for name in ("staff_code", "address", "login"):
        for nobody in ("", ",", ",,"):
            asked = client.call("GET", f"/v1/staff?{name}={nobody}")
            assert asked.status == 400 and [e["parameter"] for e in asked.json["errors"]] == [name], "an empty list is not everybody"
    both = client.get("/v1/staff", login="a", address="b")
    assert both.status == 400 and both.json["errors"][0]["code"] == "not_together"


def test_unit_means_the_primary_unit(client):
    person = client.put("/v1/staff/PU-1", an(full_name="Tạ Biệt Phái", posts=[
        {"unit": "T1.01", "title": "Chuyên viên", "primary": True}, {"unit": "T1.02", "title": "Chuyên viên", "kind": "biet_phai"}])).json
    assert person["id"] in [p["id"] for p in client.get("/v1/staff", unit="T1.01", q="ta biet phai").json["items"]]
    assert client.get("/v1/staff", unit="T1.02", q="ta biet phai").json["items"] == []


def test_a_fault_speaks_the_callers_language(client):
    said = {lang: client.call("POST", "/v1/staff", an(mobile="12"), {"Accept-Language": lang}).json["errors"][0]["detail"] for lang in ("vi", "en")}
    assert said["vi"].startswith("Số điện thoại") and said["en"].startswith("The phone number")


def test_one_post_is_added_or_ended_without_sending_all(client):
    client.put("/v1/staff/PO-1", an(full_name="Hồ Kiêm Nhiệm"))
    for _ in range(2):
        added = client.patch("/v1/staff/PO-1", {"add_post": {"unit": "T1.02", "title": "Ủy viên", "kind": "kiem_nhiem"}})
        assert {(p["unit"]["code"], p["title"], p["primary"]) for p in added.json["posts"]} == {("T1.01", "Chuyên viên", True), ("T1.02", "Ủy viên", False)}, added
    assert added.headers["Congvu-Unchanged"] == "true"
    both = client.patch("/v1/staff/PO-1", {"add_post": {"unit": "T1.03", "kind": "biet_phai"}, "end_post": {"unit": "T1.02", "to": "2099-01-01"}}).json["posts"]
    assert {(p["unit"]["code"], p["to"]) for p in both} == {("T1.01", None), ("T1.02", "2099-01-01"), ("T1.03", None)}
    wrong = {"/end_post/unit": {"end_post": {"unit": "T1"}}, "/add_post/primary": {"add_post": {"unit": "T1", "primary": True}}, "/add_post/unit": {"add_post": {"unit": "NOWHERE"}},
             "/posts": {"add_post": {"unit": "T1"}, "posts": [{"unit": "T1.01", "title": "Chuyên viên", "primary": True}]},
             "/title": {"title": "Khác", "posts": [{"unit": "T1.01", "title": "Chuyên viên", "primary": True}]}}
    for pointer, body in wrong.items():
        refused = client.patch("/v1/staff/PO-1", body)
        assert refused.status == 422 and [e["pointer"] for e in refused.json["errors"]] == ["#" + pointer], refused
    by_unit = lambda posts: sorted(posts, key=lambda p: p["unit"]["code"])  # noqa: E731
    assert by_unit(client.get("/v1/staff/PO-1").json["posts"]) == by_unit(both)


def test_a_decision_that_decides_nothing_is_said(client):
    made = client.put("/v1/staff/DE-1", an(full_name="Hồ Quyết Định", decision={"number": "1/QĐ"}))
    assert made.status == 201 and "Congvu-Ignored" not in made.headers
    dropped = client.patch("/v1/staff/DE-1", {"mobile": "+84900000077", "decision": {"number": "2/QĐ"}})
    assert dropped.status == 200 and dropped.headers["Congvu-Ignored"] == "decision"
    moved = client.patch("/v1/staff/DE-1", {"unit": "T1.02", "decision": {"number": "3/QĐ"}})
    assert moved.status == 200 and "Congvu-Ignored" not in moved.headers
    assert "3/QĐ" in [p["decision"]["number"] for p in moved.json["posts"] if p["decision"]]


def test_a_list_of_accounts_says_of_each_what_the_person_says(client):
    """Why one is locked stands beside the record: a row shows its own."""
    for n, reason in enumerate(("leave", "other", "compromised", None)):
        assert client.put(f"/v1/staff/ROW-{n}", an(full_name=nth("Tạ Thị Hàng", n), unit="T1.03")).status == 201
        for system in ("mailbox", "e-office") if reason else ():
            assert client.put(f"/v1/staff/ROW-{n}/accounts/{system}", {"state": "locked", "reason": reason}).status == 200
    rows = [row for row in client.get("/v1/accounts", unit="T1.03", page_size=500).json["items"] if (row["staff"]["staff_code"] or "").startswith("ROW-")]
    assert len({(row["staff"]["staff_code"], row["system"]) for row in rows}) == len(rows) >= 8
    for row in rows:
        told = client.get(f"/v1/staff/{row['staff']['staff_code']}/accounts/{row['system']}").json
        assert row["desired"].items() <= told["desired"].items() and (row["desired"].get("reason") is None) == (told["desired"].get("reason") is None)
        assert (row["observed"]["state"], row["observed"]["login"]) == (told["observed"]["state"], told["observed"]["login"])
