"""Units: the tree, its codes, moves, ends; declared headcounts."""
import itertools

import pytest
from congvu import an

serial = itertools.count(1)


def a_unit(client, parent="T1", **more):
    """A fresh unit of its own; answers its representation."""
    n = next(serial)
    body = {"code": f"U{n:02}", "name": {"vi": f"Đơn vị {n}"}, "kind": "phong", "slug": f"dv{n}", **more}
    if parent:
        body["parent"] = parent
    answer = client.post("/v1/units", body)
    assert answer.status == 201, answer
    return answer.json


def limited(shared, unit, scopes=("units:read", "units:write")):
    """A client whose token reaches no further than `unit`."""
    made = shared.client().post("/v1/tokens", {"name": "giới hạn", "scopes": list(scopes), "unit": unit})
    assert made.status == 201, made
    return shared.client(made.json["secret"])


# ---- creating ----

def test_a_new_unit_is_answered_whole(client):
    answer = client.post("/v1/units", {"code": "H43.77", "name": {"vi": "Phòng Thử", "en": "Trial Office"}, "kind": "phong", "parent": "T1",
                                       "slug": "thu1", "active_from": "2021-10-01"})
    assert answer.status == 201, answer
    unit = answer.json
    assert answer.headers["Location"] == f"/v1/units/{unit['id']}" and answer.etag == '"1"'
    assert unit["block"] == "chinh_quyen", "inherited from the parent"
    assert unit["parent"]["code"] == "T1" and unit["path"] == [unit["parent"]["id"], unit["id"]]
    assert client.get("/v1/units/H43.77").json == unit == client.get(f"/v1/units/{unit['id']}").json
    assert [u["code"] for u in client.get("/v1/units/h43.77/ancestors").json["items"]] == ["T1"]


def test_all_faults_come_at_once(client):
    answer = client.post("/v1/units", {"code": "có dấu", "slug": "Hoa", "parent": "NOWHERE", "position": -1, "colour": "red"})
    assert answer.status == 422 and answer.code == "validation_failed"
    assert {"#/position", "#/colour"} <= {e["pointer"] for e in answer.json["errors"]}
    answer = client.post("/v1/units", {"code": "x y", "slug": "Hoa", "parent": "NOWHERE"})
    assert {e["pointer"] for e in answer.json["errors"]} == {"#/code", "#/name/vi", "#/kind", "#/slug", "#/parent"}


def test_a_code_and_a_slug_have_one_holder(client):
    unit = a_unit(client, slug="trung")
    taken = client.post("/v1/units", {"code": unit["code"].lower(), "name": {"vi": "Khác"}, "kind": "phong", "parent": "T1"})
    assert (taken.status, taken.code) == (409, "code_taken")
    beside = client.post("/v1/units", {"code": "SL1", "name": {"vi": "Khác"}, "kind": "phong", "parent": "T1", "slug": "trung"})
    assert (beside.status, beside.code) == (409, "name_taken")
    below = client.post("/v1/units", {"code": "SL1", "name": {"vi": "Khác"}, "kind": "phong", "parent": unit["id"], "slug": "trung"})
    assert below.status == 201, below


def test_a_repeated_post_makes_one_unit(client):
    body = {"code": "IK1", "name": {"vi": "Một lần"}, "kind": "phong", "parent": "T1"}
    key = {"Idempotency-Key": "units-1"}
    first, again = (client.post("/v1/units", body, key) for _ in range(2))
    assert first.status == again.status == 201 and first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    other = client.post("/v1/units", {**body, "code": "IK2"}, key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_validate_only_changes_nothing(client):
    body = {"code": "VO1", "name": {"vi": "Thử thôi"}, "kind": "phong", "parent": "T1"}
    answer = client.post("/v1/units", body, validate_only=True)
    assert answer.status == 200 and answer.json["id"] is None and answer.headers["Congvu-Validate-Only"] == "true"
    assert client.get("/v1/units/VO1").status == 404


def test_put_creates_then_changes_nothing_then_changes(client):
    body = {"name": {"vi": "Đặt", "en": "Put"}, "kind": "phong", "parent": "T1", "slug": "dat"}
    first = client.put("/v1/units/PUT1", body)
    assert first.status == 201, first
    same = client.put("/v1/units/PUT1", body)
    assert same.status == 200 and same.etag == first.etag and same.json == first.json
    renamed = client.put("/v1/units/PUT1", {"name": {"vi": "Đặt lại"}})
    assert renamed.json["name"] == {"vi": "Đặt lại", "en": "Put"}, "absent keeps"
    assert renamed.etag == '"2"'
    cleared = client.put("/v1/units/PUT1", {"name": {"en": None}})
    assert cleared.json["name"]["en"] is None, "null clears"
    assert client.put("/v1/units/PUT1", {}, {"If-None-Match": "*"}).code == "etag_mismatch"
    assert client.put("/v1/units/PUT1", {"code": "OTHER"}).status == 422
    assert client.put("/v1/units/unt_00000000000000000000000000", body).status == 404
    would = client.put("/v1/units/PUT1", {"kind": "su_nghiep"}, validate_only=True)
    assert would.json["changes"] == [{"field": "kind", "from": "phong", "to": "su_nghiep"}]


# ---- changing ----

def test_patch_wants_the_etag_that_was_read(client):
    unit = a_unit(client)
    path = f"/v1/units/{unit['code']}"
    assert (client.patch(path, {"position": 7}, etag=None).status, client.delete(path).status) == (428, 428)
    assert client.patch(path, {"position": 7}, etag='"1"').json["position"] == 7
    stale = client.patch(path, {"position": 8}, etag='"1"')
    assert (stale.status, stale.json["etag"]) == (412, '"2"')


def test_a_former_code_keeps_resolving_and_is_never_given_away(client):
    unit = a_unit(client)
    answer = client.patch(f"/v1/units/{unit['code']}", {"code": "NEW.CODE"})
    assert answer.json["former_codes"] == [unit["code"]]
    assert client.get(f"/v1/units/{unit['code']}").json["id"] == unit["id"]
    stolen = client.post("/v1/units", {"code": unit["code"], "name": {"vi": "Kẻ khác"}, "kind": "phong", "parent": "T1"})
    assert stolen.code == "code_taken"


def test_a_subtree_moves_but_never_below_itself(client):
    old, new, child = a_unit(client), a_unit(client), None
    middle = a_unit(client, parent=old["code"])
    child = a_unit(client, parent=middle["code"])
    moved = client.patch(f"/v1/units/{middle['code']}", {"parent": new["code"]})
    assert moved.status == 200 and moved.json["parent"]["code"] == new["code"]
    assert [u["code"] for u in client.get(f"/v1/units/{child['code']}/ancestors").json["items"]] == ["T1", new["code"], middle["code"]]
    for below in (child["code"], middle["code"]):
        cycle = client.patch(f"/v1/units/{middle['code']}", {"parent": below})
        assert (cycle.status, cycle.code) == (409, "unit_cycle")


def test_dissolving_waits_for_people_and_sub_units_and_frees_the_code(client):
    unit = a_unit(client)
    path, code = f"/v1/units/{unit['code']}", unit["code"]
    person = client.post("/v1/staff", an(full_name="Trần Thị Còn Lại", unit=code)).json
    assert client.patch(path, {"active_to": "2026-11-01"}).code == "unit_not_empty"
    assert client.patch(f"/v1/staff/{person['id']}", {"unit": "T1.01"}).status == 200
    child = a_unit(client, parent=code)
    assert client.patch(path, {"active_to": "2026-11-01"}).code == "unit_not_empty"
    assert client.delete(f"/v1/units/{child['code']}", "*").status == 204
    gone = client.patch(path, {"active_to": "2026-11-01"})
    assert gone.status == 200, gone
    assert code not in [u["code"] for u in client.get("/v1/units", page_size=500).json["items"]]
    assert code in [u["code"] for u in client.get("/v1/units", page_size=500, include_dissolved=True).json["items"]]
    refused = client.post("/v1/staff", an(full_name="Lê Văn Đến Muộn", unit=code))
    assert refused.status == 422 and refused.json["errors"][0]["code"] == "dissolved"
    heir = client.post("/v1/units", {"code": code, "name": {"vi": "Người kế"}, "kind": "phong", "parent": "T1", "active_from": "2026-11-01"})
    assert heir.status == 201, heir
    assert client.get(path).json["id"] == heir.json["id"], "today's holder"


def test_a_dissolved_unit_comes_back_to_what_is_still_its(client):
    parent = a_unit(client)
    unit = a_unit(client, parent=parent["code"])
    path = f"/v1/units/{unit['id']}"
    assert client.patch(path, {"code": f"{unit['code']}.N"}).status == 200
    assert client.patch(path, {"active_to": "2026-11-01"}).status == 200
    back, later = {"active_to": None}, {"active_to": "2099-01-01"}
    past = {"active_to": "2026-11-10"}

    def refused(*bodies):
        found = [client.patch(path, body, validate_only=True) for body in bodies]
        assert [a.status for a in found] == [client.patch(path, body).status for body in bodies]
        return {(a.code, a.json["errors"][0]["pointer"], a.json["errors"][0]["code"]) for a in found}
    for code in (f"{unit['code']}.N", unit["code"]):
        heir = client.post("/v1/units", {"code": code, "name": {"vi": "Người kế"}, "kind": "phong", "parent": "T1", "active_from": "2026-11-15"}).json
        assert refused(back, later) == {("code_taken", "#/code", "duplicate")}, "one that it has, one that it had"
        assert client.patch(path, past, validate_only=True).status == 200, "over before the other one begins"
        assert client.delete(f"/v1/units/{heir['id']}", "*").status == 204
    beside = a_unit(client, parent=parent["code"], slug=unit["slug"])
    assert refused(back, later) == {("name_taken", "#/slug", "duplicate")}
    assert client.patch(f"/v1/units/{beside['id']}", {"slug": None}).status == 200
    for child in (beside["id"], parent["id"]):
        assert client.patch(f"/v1/units/{child}", {"active_to": "2026-11-20"}).status == 200
    assert refused(back, later) == {("validation_failed", "#/parent", "dissolved")}
    assert client.patch(path, {**back, "parent": "T1"}).status == 200


def test_only_a_unit_that_was_never_used_is_removed(client):
    unit = a_unit(client)
    person = client.post("/v1/staff", an(full_name="Phạm Văn Giữ Chỗ", unit=unit["code"])).json
    assert client.delete(f"/v1/units/{unit['code']}", "*").code == "unit_not_empty"
    assert client.put(f"/v1/staff/{person['id']}/departure", {"reason": "thoi_viec"}).status in (200, 202)
    assert client.delete(f"/v1/units/{unit['code']}", "*").code == "unit_not_empty", "past people count too"
    empty = a_unit(client)
    assert client.delete(f"/v1/units/{empty['code']}", "*", validate_only=True).status == 204
    assert client.get(f"/v1/units/{empty['code']}").status == 200
    assert client.delete(f"/v1/units/{empty['code']}", empty and '"1"').status == 204
    assert client.get(f"/v1/units/{empty['code']}").status == 404


def test_what_past_days_or_plans_name_is_not_removed(client):
    was, will, below, above = (a_unit(client) for _ in range(4))
    ago = {"hired_on": "2020-01-01"}
    moved = client.post("/v1/staff", an(full_name="Tống Văn Đã Đi", unit=was["code"], **ago)).json
    assert client.patch(f"/v1/staff/{moved['id']}", {"unit": "T1.01", "decision": {"number": "1/QĐ", "effective_on": "2026-01-01"}}).status == 200
    comes = client.post("/v1/staff", an(full_name="Tống Thị Sẽ Đến", unit="T1.01", **ago)).json
    assert client.patch(f"/v1/staff/{comes['id']}", {"unit": will["code"], "decision": {"number": "2/QĐ", "effective_on": "2099-01-01"}}).status == 200
    child = a_unit(client, parent=below["code"])
    assert client.patch(f"/v1/units/{child['code']}", {"parent": "T1", "effective_on": "2026-11-15"}).status == 200
    assert client.patch(f"/v1/units/{child['code']}", {"parent": above["code"], "effective_on": "2099-01-01"}).status == 200
    for unit in (was, will, below, above):
        assert client.delete(f"/v1/units/{unit['code']}", "*", validate_only=True).code == "unit_not_empty", unit["code"]
        assert client.delete(f"/v1/units/{unit['code']}", "*").code == "unit_not_empty"
    assert client.patch(f"/v1/units/{child['code']}", {"parent": "T1", "effective_on": "2099-01-01"}).status == 200
    assert client.delete(f"/v1/units/{above['code']}", "*").status == 204, "it is not planned any more"


def test_a_unit_that_has_or_had_names_is_not_removed_and_its_address_stays_its(client):
    clerk = client.post("/v1/staff", an(full_name="Hồ Thị Văn Thư", unit="T1.01")).json
    unit, other = a_unit(client), a_unit(client)
    path = f"/v1/units/{unit['code']}"
    address = client.put(f"{path}/mailbox", {"login": "vanphong.t", "holders": [clerk["id"]]})
    assert address.status == 200, address
    for dry in (True, False):
        refused = client.delete(path, "*", validate_only=dry)
        assert (refused.status, refused.code) == (409, "unit_not_empty"), refused
    assert client.put(f"/v1/units/{other['code']}/mailbox", {"login": "vanphong.t", "holders": [clerk["id"]]}).code == "address_taken"
    path = f"/v1/units/{other['code']}"
    assert client.put(f"{path}/accounts/td-office", {"login": "vanthu.t", "custodian": clerk["id"]}).status == 201
    assert client.delete(path, "*").code == "unit_not_empty"
    assert client.delete(f"{path}/accounts/td-office", "*").status == 204
    assert client.delete(path, "*").code == "unit_not_empty", "the login was its own"
    assert client.patch(path, {"active_to": "2026-11-01"}).status == 200


# ---- reach ----

def test_what_lies_outside_the_subtree_does_not_exist(shared, client):
    mine, other = a_unit(client), a_unit(client)
    inner = a_unit(client, parent=mine["code"])
    me = limited(shared, mine["code"])
    assert me.get(f"/v1/units/{other['code']}").status == 404 and me.get("/v1/units/T1").status == 404
    assert [u["code"] for u in me.get("/v1/units").json["items"]] == [mine["code"], inner["code"]]
    top = me.get(f"/v1/units/{mine['code']}").json
    assert top["parent"] is None and top["path"] == [mine["id"]]
    assert me.patch(f"/v1/units/{other['code']}", {"position": 1}).status == 404
    assert me.patch(f"/v1/units/{inner['code']}", {"parent": other["code"]}).status == 422, "the new place is out of reach"
    assert me.patch(f"/v1/units/{mine['code']}", {"parent": inner["code"]}).status == 403, "so is the old one"
    assert me.delete(f"/v1/units/{mine['code']}", "*").status == 403
    assert me.post("/v1/units", {"code": "TOP2", "name": {"vi": "Đỉnh"}, "kind": "phong"}).status == 403
    held = me.put(f"/v1/units/{other['code']}", {"name": {"vi": "Chiếm"}})
    assert (held.status, held.code) == (409, "held_elsewhere") and other["name"]["vi"] not in held.body.decode()


def test_pages_follow_the_tree_and_lose_nobody(client):
    top = a_unit(client)
    made = [a_unit(client, parent=top["code"])["code"] for _ in range(5)]
    seen, token = [], None
    while True:
        page = client.get("/v1/units", parent=top["code"], page_size=2, include_total=True, **({"page_token": token} if token else {})).json
        seen += [u["code"] for u in page["items"]]
        assert page["total"] == 5
        token = page["next_page_token"]
        if token is None:
            break
    assert seen == made, "in the order in which they were made: position default last"
    assert client.get("/v1/units", parnt="T1").code == "unknown_parameter"
    assert client.get("/v1/units", page_size=0).status == 422


# ---- rules that take accounts away are braked ----

def test_changing_the_block_of_a_full_unit_is_braked(client):
    unit = a_unit(client, block="chinh_quyen")
    for n in range(8):
        assert client.put(f"/v1/staff/BR-{n}", an(full_name=f"Nguyễn Văn {'ABCDEGHK'[n]}nh", unit=unit["code"])).status == 201
    braked = client.patch(f"/v1/units/{unit['code']}", {"block": "dang_doan_the"})
    assert (braked.status, braked.code) == (409, "brake_engaged"), braked
    assert braked.json["links"]["release"] == "/v1/brake-releases"
    assert client.get(f"/v1/units/{unit['code']}").json["block"] == "chinh_quyen"
    assert client.patch(f"/v1/units/{unit['code']}", {"name": {"vi": "Chỉ đổi tên"}}).status == 200


# ---- headcounts ----

def test_a_headcount_is_declared_per_day_and_putting_it_twice_changes_nothing(client):
    unit = a_unit(client)
    path = f"/v1/units/{unit['code']}/headcounts"
    body = {"total": 9, "by_category": {"cong_chuc": 7, "nld_hop_dong": 1}, "establishment": 10, "source": "Phòng Nội vụ"}
    first, again = (client.put(f"{path}/2026-11-01", body) for _ in range(2))
    assert first.status == again.status == 200 and {**first.json, "warnings": []} == again.json == {"on": "2026-11-01", **body, "warnings": []}
    etag = client.get(f"/v1/units/{unit['code']}").etag
    client.put(f"{path}/2026-11-01", body)
    assert client.get(f"/v1/units/{unit['code']}").etag == etag
    client.put(f"{path}/2025-01-01", {"total": 5})
    assert [h["on"] for h in client.get(path).json["items"]] == ["2026-11-01", "2025-01-01"]
    assert client.get(f"{path}/2025-01-01").json["by_category"] is None
    assert client.get(f"{path}/2024-01-01").code == "headcount_not_found"
    replaced = client.put(f"{path}/2026-11-01", {"total": 4})
    assert replaced.json["by_category"] is None and replaced.json["establishment"] is None, "absent members are empty"


def test_a_headcount_is_looked_at_before_it_is_declared(client):
    unit = a_unit(client)
    path = f"/v1/units/{unit['code']}/headcounts"
    would = client.put(f"{path}/2026-11-01", {"total": 9}, validate_only=True)
    assert (would.status, would.json["total"], would.headers["Congvu-Validate-Only"]) == (200, 9, "true"), would
    assert client.put(f"{path}/2026-11-01", {"total": 1, "by_category": {"cong_chuc": 2}}, validate_only=True).status == 422
    assert client.get(path).json["items"] == [] and client.get(f"/v1/units/{unit['code']}").etag == '"1"'


@pytest.mark.parametrize("day, body, status, code", [
    ("2026-11-01", {"total": -1}, 422, "validation_failed"),
    ("2026-11-01", {"total": 3, "by_category": {"cong_chuc": 2, "vien_chuc": 2}}, 422, "validation_failed"),
    ("2026-11-01", {"total": 3, "by_category": {"khach": 1}}, 422, "validation_failed"),
    ("2026-11-01", {}, 422, "validation_failed"),
    ("2026-02-30", {"total": 3}, 400, "invalid_parameter"),
])
def test_headcounts_that_cannot_be(client, day, body, status, code):
    answer = client.put(f"/v1/units/T1.01/headcounts/{day}", body)
    assert (answer.status, answer.code) == (status, code)


def test_a_parent_that_declares_its_children_too_is_warned(client):
    parent = a_unit(client)
    for n in range(2):
        child = a_unit(client, parent=parent["code"])
        client.put(f"/v1/units/{child['code']}/headcounts/2026-01-01", {"total": 5})
    low = client.put(f"/v1/units/{parent['code']}/headcounts/2026-01-01", {"total": 9})
    high = client.put(f"/v1/units/{parent['code']}/headcounts/2026-01-02", {"total": 10})
    assert [[w["code"] for w in answer.json["warnings"]] for answer in (low, high)] == [["past_periods"], ["parent_at_or_above_children", "past_periods"]]


# ---- the letterhead ----

LETTERHEAD = {"superior_body": "TỈNH ỦY THỬ", "issuing_body": "HUYỆN ỦY THỬ", "place": "Thử", "on_behalf": "T/M BAN THƯỜNG VỤ",
              "signatory_title": "PHÓ BÍ THƯ", "signatory_name": "Nguyễn Văn Mẫu", "addressees": ["Tỉnh ủy Thử"], "recipients": ["Như trên", "Lưu VT"]}


def test_a_letterhead_is_kept_merged_and_cleared(client):
    unit = a_unit(client, letterhead=LETTERHEAD)
    path = f"/v1/units/{unit['id']}"
    assert unit["letterhead"] == LETTERHEAD == client.get(path).json["letterhead"]
    changed = client.patch(path, {"letterhead": {"place": None, "addressees": None, "recipients": ["Lưu"]}})
    assert changed.json["letterhead"] == {**LETTERHEAD, "place": None, "addressees": [], "recipients": ["Lưu"]}
    kept = client.patch(path, {"position": 7})
    assert kept.json["letterhead"] == changed.json["letterhead"]
    would = client.patch(path, {"letterhead": {"place": "Khác"}}, validate_only=True)
    assert [c["field"] for c in would.json["changes"]] == ["letterhead"]
    again = client.put(f"/v1/units/{unit['code']}", {"letterhead": changed.json["letterhead"]})
    assert again.etag == kept.etag, "the same once more changes nothing"
    assert client.patch(path, {"letterhead": None}).json["letterhead"] is None


def test_a_letterhead_has_bounds(client):
    unit = a_unit(client)
    answer = client.patch(f"/v1/units/{unit['id']}", {"letterhead": {"place": "x" * 201, "recipients": ["a", ""], "logo": "x"}})
    assert answer.status == 422
    assert {"#/letterhead/place", "#/letterhead/recipients/1", "#/letterhead/logo"} == {e["pointer"] for e in answer.json["errors"]}
    assert client.patch(f"/v1/units/{unit['id']}", {"letterhead": {"recipients": ["a"] * 21}}).status == 422
    assert client.patch(f"/v1/units/{unit['id']}", {"letterhead": {"addressees": ["a"] * 6}}).status == 422


def test_what_was_deleted_is_gone_for_the_next_call(client):
    for _ in range(15):
        above = a_unit(client)
        below = a_unit(client, parent=above["code"])
        for unit in (below, above):
            assert client.delete(f"/v1/units/{unit['id']}", "*").status == 204, "nothing lies below it any more"
        assert client.get(f"/v1/units/{above['id']}").status == 404
