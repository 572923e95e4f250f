"""The committed sample district: what generate.py writes, and the shape that the README promises. No server."""

import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys
import unicodedata

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "sample"
FILES = ("units", "headcounts", "staff", "accounts", "certificates", "departures")
UNIT_KINDS = {"ubnd_huyen", "phong", "ubnd_xa", "dang", "mat_tran", "doan_the", "su_nghiep", "truong_hoc", "so_nganh"}
CATEGORIES = {"can_bo", "cong_chuc", "vien_chuc", "nld_hop_dong", "nguoi_hoat_dong_khong_chuyen_trach"}
REASONS = {"nghi_huu", "thoi_viec", "chuyen_cong_tac", "tu_tran", "buoc_thoi_viec", "het_hop_dong", "het_nhiem_ky",
           "tinh_gian_bien_che", "giai_the"}
SURVEY_DAY = "2026-11-01"


def read(name):
    return [json.loads(line) for line in (FOLDER / f"{name}.ndjson").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def sample():
    return {name: read(name) for name in FILES}


@pytest.fixture(scope="module")
def units(sample):
    return {unit["code"]: unit for unit in sample["units"]}


@pytest.fixture(scope="module")
def staff(sample):
    return {person["staff_code"]: person for person in sample["staff"]}


def folded(text):
    """The text as an address would spell it."""
    marks_apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).lower()
    return re.sub("[^a-z0-9 ]", "", marks_apart)


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings_of(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings_of(member)


def test_generating_again_gives_the_committed_bytes(tmp_path):
    subprocess.run([sys.executable, "-B", str(FOLDER / "generate.py"), "--out", str(tmp_path)], check=True,
                   capture_output=True, timeout=60)
    for name in FILES:
        assert (tmp_path / f"{name}.ndjson").read_bytes() == (FOLDER / f"{name}.ndjson").read_bytes(), name


def test_every_text_is_nfc_without_stray_spaces(sample):
    for lines in sample.values():
        for text in strings_of(lines):
            assert unicodedata.is_normalized("NFC", text)
            assert text == " ".join(text.split())


def test_units_come_after_their_parents_and_are_well_formed(sample):
    seen = set()
    for unit in sample["units"]:
        assert re.fullmatch(r"H43\.99(\.[A-Z0-9]+)*", unit["code"]) and len(unit["code"]) <= 35
        assert unit["kind"] in UNIT_KINDS and unit["block"] in {"chinh_quyen", "dang_doan_the"}
        assert re.fullmatch("[a-z0-9]{2,14}", unit["slug"])
        assert unit["name"]["vi"] and unit["name"]["en"]
        assert unit["code"] not in seen
        assert (unit["parent"] in seen) if seen else (unit["parent"] is None and unit["code"] == "H43.99")
        seen.add(unit["code"])
    slugs = collections.Counter(unit["slug"] for unit in sample["units"])
    places = collections.Counter((unit["parent"], unit["position"]) for unit in sample["units"])
    assert max(slugs.values()) == 1 and max(places.values()) == 1
    assert "dữ liệu mẫu" in sample["units"][0]["name"]["vi"]


def test_the_blocks_do_not_mix(units):
    for unit in units.values():
        party = unit["code"].startswith(("H43.99.DD", "H43.99.HU", "H43.99.MT"))
        assert unit["block"] == ("dang_doan_the" if party else "chinh_quyen"), unit["code"]


def test_the_district_has_its_real_shape(sample, units):
    people = collections.Counter()
    for person in sample["staff"]:
        unit = units[person["unit"]]
        state_office = unit["kind"] in ("phong", "ubnd_huyen")
        people["party" if unit["block"] == "dang_doan_the" else "office" if state_office else unit["kind"]] += 1
    assert people == {"office": 90, "party": 55, "ubnd_xa": 168, "su_nghiep": 60, "truong_hoc": 832}
    assert len(sample["staff"]) == 1205
    kinds = collections.Counter(units[code]["kind"] for code in {person["unit"] for person in sample["staff"]})
    assert (kinds["phong"], kinds["ubnd_xa"], kinds["su_nghiep"], kinds["truong_hoc"]) == (13, 8, 4, 32)


def test_staff_lines_are_well_formed(sample, units):
    codes = collections.Counter(person["staff_code"] for person in sample["staff"])
    mobiles = collections.Counter(person["mobile"] for person in sample["staff"] if "mobile" in person)
    assert max(codes.values()) == 1 and max(mobiles.values()) == 1
    for person in sample["staff"]:
        assert re.fullmatch(r"NS-\d{4}", person["staff_code"])
        assert person["unit"] in units and person["category"] in CATEGORIES and person["title"]
        assert re.fullmatch(r"\+8490000\d{4}", person.get("mobile", "+84900000000"))
        assert person["hired_on"] >= units[person["unit"]]["active_from"]
        assert int(person["hired_on"][:4]) - person.get("birth_year", 1950) >= 18
        login = units[person["unit"]]["slug"] + "_" + folded(person["full_name"]).replace(" ", "")
        assert len(login) <= 40, login


def test_names_of_more_peoples_than_one(sample):
    names = [person["full_name"] for person in sample["staff"]]
    families = collections.Counter(name.split()[0] for name in names)
    assert 0.30 < families["Nguyễn"] / len(names) < 0.42
    assert families["Nguyễn"] > families["Trần"] > families["Phạm"]
    assert families["Chamaléa"] >= 5 and families["Đàng"] >= 3
    assert any(name.startswith("K'") and " " not in name for name in names)
    stated = [person for person in sample["staff"] if "family_name" in person]
    assert len(stated) >= 15
    for person in stated:
        parts = [person["family_name"], person.get("middle_name"), person["given_name"]]
        assert " ".join(part for part in parts if part) == person["full_name"]
        assert " " in person["family_name"]
    assert all("family_name" in person for person in sample["staff"]
               if person["full_name"].startswith(("Pi Năng", "Ka Tơr", "Patâu Axá", "Tà In", "Tou Prong", "Tôn Nữ")))


def test_names_collide_inside_units_and_across_them(sample):
    inside = collections.Counter((person["unit"], folded(person["full_name"])) for person in sample["staff"])
    across = collections.Counter(folded(person["full_name"]) for person in sample["staff"])
    assert sum(count > 1 for count in inside.values()) >= 9
    share = sum(count - 1 for count in across.values()) / len(sample["staff"])
    assert 0.08 < share < 0.40
    described = sum("birth_year" in person for person in sample["staff"])
    assert 20 <= described <= 120


def test_posts_beside_the_primary_one(sample, units):
    kinds = collections.Counter()
    for person in sample["staff"]:
        posts = person.get("posts")
        if posts is None:
            continue
        primary = [post for post in posts if post.get("primary")]
        assert len(primary) == 1 and primary[0]["kind"] == "chinh_thuc"
        assert (primary[0]["unit"], primary[0]["title"]) == (person["unit"], person["title"])
        assert primary[0]["from"] == person["hired_on"]
        for post in posts:
            assert post["unit"] in units and post["from"] >= person["hired_on"]
            kinds[post["kind"]] += 1
    assert kinds == {"chinh_thuc": 13, "kiem_nhiem": 10, "biet_phai": 3}


def test_declared_headcounts_differ_here_and_there(sample, units):
    recorded = collections.Counter(p["unit"] for p in sample["staff"] if p["hired_on"] <= SURVEY_DAY)
    declared = {line["unit"]: line["body"] for line in sample["headcounts"] if line["on"] == SURVEY_DAY}
    earlier = {line["unit"]: line["body"] for line in sample["headcounts"] if line["on"] == "2026-01-01"}
    assert earlier == declared and len(sample["headcounts"]) == 2 * len(declared)
    assert len(set(recorded) - set(declared)) == 3
    more = less = 0
    for code, body in declared.items():
        assert code in units and recorded[code] > 0 and body["establishment"] >= body["total"] and body["source"]
        if "by_category" in body:
            assert sum(body["by_category"].values()) == body["total"] and set(body["by_category"]) <= CATEGORIES
            assert min(body["by_category"].values()) > 0
        more += body["total"] > recorded[code]
        less += body["total"] < recorded[code]
    assert (more, less) == (11, 3)
    assert sum("by_category" not in body for body in declared.values()) == 5


def test_mailbox_gaps(sample, staff):
    assert collections.Counter(line["body"]["state"] for line in sample["accounts"]) == {"locked": 8}
    assert {line["system"] for line in sample["accounts"]} == {"mailbox"}
    assert all(line["body"]["reason"] for line in sample["accounts"])
    unissued = [line for line in sample["staff"] if line.get("accounts")]
    assert len(unissued) == 8
    assert all(line["accounts"] == [{"system": "mailbox", "desired": {"state": "closed", "reason": "chua_cap_lai"}}] for line in unissued)
    units = [line["unit"] for line in unissued] + [staff[line["staff_code"]]["unit"] for line in sample["accounts"]]
    assert max(collections.Counter(units).values()) == 1
    assert sum(bool(re.match(r"H43\.99\.(2[1-8]|4[123])", line["unit"])) for line in unissued) == 6


def test_certificates(sample, staff, units):
    holders = [line["staff_code"] for line in sample["certificates"]]
    assert len(holders) == len(set(holders)) == 257
    assert all(line["body"]["state"] == "active" for line in sample["certificates"])
    for line in sample["certificates"]:
        assert staff[line["staff_code"]]["hired_on"] <= SURVEY_DAY
        assert "2026-01-01" <= datetime.date.fromisoformat(line["body"]["since"]).isoformat() <= "2026-11-01"
    titles = collections.Counter((units[staff[code]["unit"]]["kind"], staff[code]["title"]) for code in holders)
    assert titles["truong_hoc", "Hiệu trưởng"] == titles["truong_hoc", "Kế toán"] == 32
    assert titles["ubnd_xa", "Chủ tịch UBND"] == titles["ubnd_xa", "Công chức Tư pháp - hộ tịch"] == 8


def test_departures_stay_below_the_brake(sample, staff):
    leavers = [line["staff_code"] for line in sample["departures"]]
    assert len(leavers) == len(set(leavers)) == 12
    assert len({staff[code]["unit"] for code in leavers}) == 12
    at_once = [line for line in sample["departures"] if "effective_on" not in line["body"]]
    assert len(at_once) == 6
    for line in sample["departures"]:
        body = line["body"]
        assert body["reason"] in REASONS and body["decision"]["number"]
        assert body["decision"]["signed_on"] <= body.get("effective_on", "2026-11-20")
        assert body.get("effective_on", "2026-12-01") >= "2026-12-01"
        assert staff[line["staff_code"]]["hired_on"] < "2026-01-01"


def test_nothing_else_is_asked_of_a_leaver(sample, staff):
    """A later run may meet them as departed, and would be refused."""
    leavers = {line["staff_code"] for line in sample["departures"]}
    touched = {line["staff_code"] for name in ("accounts", "certificates") for line in sample[name]}
    assert touched <= set(staff) and not touched & leavers


def test_some_people_are_still_to_come(sample):
    coming = [person for person in sample["staff"] if person["hired_on"] > SURVEY_DAY]
    assert len(coming) == 6 and all(person["hired_on"] >= "2026-12-01" for person in coming)
