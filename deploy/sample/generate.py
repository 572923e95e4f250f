#!/usr/bin/env python3
"""Writes the files of the sample district, one JSON object a line.

Everybody in it is invented. The same seed gives the same bytes on every machine: only random() is taken from
Python's generator (the one method whose sequence is promised), and nothing depends on the clock.

    python3 deploy/sample/generate.py            # rewrites the files beside this script
    python3 deploy/sample/generate.py --out DIR  # writes them somewhere else
"""

import argparse
import datetime
import json
import pathlib
import random
import sys
import unicodedata

sys.dont_write_bytecode = True   # the folder stays as committed

import district  # noqa: E402
import names  # noqa: E402

SEED = 58543
SURVEY_DAY = "2026-11-01"      # the day on which the units declared their headcount last
SURVEY_DAYS = ("2026-01-01", SURVEY_DAY)  # the earlier one, so that last quarter has a base too
CERTIFICATES = 257
LOCKED_MAILBOXES = 8  # with the immediate departures below the brake's 20 an hour
UNISSUED_MAILBOXES = 8
TWIN_UNITS = 9

# People in post that a unit declares more (or fewer) than are recorded, on purpose; None: never declared.
HEADCOUNT_DIFFERENCE = {
    "H43.99.01": 1, "H43.99.05": 1, "H43.99.22": 2, "H43.99.25": 1, "H43.99.27": 3, "H43.99.33": 1,
                        "H43.99.41.04": 2,
    "H43.99.42.01": 1, "H43.99.42.10": 3, "H43.99.43.04": 2, "H43.99.HU.02": 1,
    "H43.99.24": -1, "H43.99.42.03": -1, "H43.99.43.06": -2,
    "H43.99.MT.05": None, "H43.99.41.10": None, "H43.99.43.09": None,
}
TOTAL_ONLY = {"H43.99.HU.01", "H43.99.MT.04", "H43.99.34", "H43.99.42.05", "H43.99.43.02"}

# People whose first day is still to come when the sample is loaded: unit, title, first day.
FUTURE_HIRES = [
    ("H43.99.04", "Chuyên viên", "2027-01-04"), ("H43.99.26", "Công chức Văn hóa - xã hội", "2026-12-15"),
    ("H43.99.41.01", "Giáo viên", "2027-01-04"), ("H43.99.42.08", "Giáo viên", "2026-12-01"),
    ("H43.99.43.03", "Giáo viên", "2027-01-11"), ("H43.99.32", "Kỹ sư", "2026-12-21"),
]

# Leavers, no two in one unit: unit, title, reason, first day out (None: at once), decision, day signed.
LEAVERS = [
    ("H43.99.06", "Chuyên viên", "chuyen_cong_tac", None, "412/QĐ-UBND", "2026-11-09"),
    ("H43.99.23", "Chủ tịch Hội Cựu chiến binh", "het_nhiem_ky", None, "418/QĐ-UBND", "2026-11-10"),
    ("H43.99.33", "Kỹ thuật viên", "thoi_viec", None, "423/QĐ-UBND", "2026-11-12"),
    ("H43.99.41.06", "Cấp dưỡng", "het_hop_dong", None, "31/QĐ-MNHS", "2026-11-13"),
    ("H43.99.42.11", "Giáo viên", "nghi_huu", None, "427/QĐ-UBND", "2026-05-14"),
    ("H43.99.43.07", "Giáo viên", "thoi_viec", None, "430/QĐ-UBND", "2026-11-16"),
    ("H43.99.HU.02", "Chuyên viên", "nghi_huu", "2026-12-01", "96-QĐ/HU", "2026-06-01"),
    ("H43.99.28", "Công chức Địa chính - xây dựng", "chuyen_cong_tac", "2026-12-15", "436/QĐ-UBND",
     "2026-11-18"),
    ("H43.99.11", "Chuyên viên", "nghi_huu", "2027-01-01", "377/QĐ-UBND", "2026-07-01"),
    ("H43.99.41.02", "Giáo viên", "nghi_huu", "2027-01-01", "378/QĐ-UBND", "2026-07-01"),
    ("H43.99.42.06", "Giáo viên", "tinh_gian_bien_che", "2027-01-01", "441/QĐ-UBND", "2026-11-19"),
    ("H43.99.43.01", "Nhân viên thư viện", "chuyen_cong_tac", "2026-12-21", "443/QĐ-UBND", "2026-11-19"),
]


class Dice:
    """Seeded choices made of random() alone."""

    def __init__(self, seed):
        self.roll = random.Random(seed).random

    def chance(self, share):
        return self.roll() < share

    def between(self, low, high):
        return low + int(self.roll() * (high - low + 1))

    def pick(self, items):
        return items[int(self.roll() * len(items))]

    def weighted(self, table):
        left = self.roll() * sum(weight for _, weight in table)
        for item, weight in table:
            left -= weight
            if left < 0:
                return item
        return table[-1][0]

    def shuffled(self, items):
        return [item for _, item in sorted(((self.roll(), i), item) for i, item in enumerate(items))]

    def day(self, first, last):
        low, high = (datetime.date.fromisoformat(day).toordinal() for day in (first, last))
        return datetime.date.fromordinal(self.between(low, high)).isoformat()


def full_name(name):
    return unicodedata.normalize("NFC", " ".join(part for part in name[:3] if part))


def hire_day(dice, birth_year):
    first = max(birth_year + 22, 1988)
    return dice.day(f"{first}-01-01", "2026-10-15" if first >= 2026 else f"{min(first + 12, 2025)}-12-31")


def make_person(dice, unit, number, post):
    title, category, role = post
    senior = role in (district.HEAD, district.DEPUTY)
    woman = dice.chance(unit["women"])
    birth_year = dice.between(1967, 1985) if senior else dice.between(1968, 2003)
    return {"staff_code": f"NS-{number:04d}", "name": names.draw(dice, woman, unit["raglai"], unit["kho"]),
            "woman": woman,
            "unit": unit["code"], "title": title, "category": category, "role": role,
            "mobile": f"+8490000{number:04d}" if dice.chance(0.93) else None,
            "hired_on": hire_day(dice, birth_year),
            "birth_year": birth_year, "show_birth_year": dice.chance(0.04), "posts": None, "leaver": False}


def make_people(dice, units):
    number = 0
    for unit in units:
        for post in unit["posts"]:
            number += 1
            yield make_person(dice, unit, number, post)


def find(people, unit, title):
    """The first person of the unit with the title who has nothing special about him yet."""
    for person in people:
        plain = not person["leaver"] and not person["posts"] and person["hired_on"] <= SURVEY_DAY
        if person["unit"] == unit and person["title"] == title and plain:
            return person
    raise LookupError(f"nobody is {title} in {unit}")


def make_twins(dice, people, units):
    """Two people of one name in one unit, told apart by HR through the year of birth."""
    wanted = dice.shuffled([unit["code"] for unit in units if len(unit["posts"]) >= 12])[:TWIN_UNITS]
    for code in wanted:
        women = [p for p in people if p["unit"] == code and p["woman"]]
        staff = dice.shuffled([p for p in women if " " in full_name(p["name"])])
        one, other = staff[0], staff[1]
        other["name"] = one["name"]
        one["birth_year"] = other["birth_year"] - dice.between(3, 9)
        one["show_birth_year"] = other["show_birth_year"] = True


def add_second_posts(dice, people):
    for unit, title, other_unit, other_title, kind in district.SECOND_POSTS:
        person = find(people, unit, title)
        begun = dice.day("2023-01-01", "2026-09-30")
        person["hired_on"] = min(person["hired_on"], "2020-09-01")
        person["posts"] = [
            {"unit": unit, "title": title, "kind": "chinh_thuc", "primary": True, "from": person["hired_on"]},
            {"unit": other_unit, "title": other_title, "kind": kind, "from": begun}]


def make_departures(people):
    for unit, title, reason, effective_on, number, signed_on in LEAVERS:
        person = find(people, unit, title)
        person["leaver"] = True
        person["hired_on"] = min(person["hired_on"], "1992-09-01" if reason == "nghi_huu" else "2024-08-01")
        body = {"reason": reason, "decision": {"number": number, "signed_on": signed_on}}
        if effective_on:
            body["effective_on"] = effective_on
        yield {"staff_code": person["staff_code"], "body": body}


def settle_ages(people):
    """Retirement takes an old hand, and nobody was hired as a child."""
    for person in people:
        oldest = int(person["hired_on"][:4]) - 19
        person["birth_year"] = min(person["birth_year"], oldest)


def unit_lines(units):
    position = {}
    for unit in units:
        position[unit["parent"]] = position.get(unit["parent"], 0) + 1
        line = {"code": unit["code"], "name": {"vi": unit["vi"], "en": unit["en"]}, "kind": unit["kind"],
                "block": unit["block"], "parent": unit["parent"], "slug": unit["slug"],
                "position": position[unit["parent"]], "active_from": district.ACTIVE_FROM}
        if unit["code"] == district.TOP:
            line["letterhead"] = district.LETTERHEAD
        yield line


def headcount_lines(units, people):
    for unit in units:
        own = [p for p in people if p["unit"] == unit["code"] and p["hired_on"] <= SURVEY_DAY]
        difference = HEADCOUNT_DIFFERENCE.get(unit["code"], 0)
        if not own or difference is None:
            continue
        by_category = {}
        for person in own:
            by_category[person["category"]] = by_category.get(person["category"], 0) + 1
        largest = max(by_category, key=lambda category: (by_category[category], category))
        by_category[largest] += difference
        total = len(own) + difference
        body = {"total": total, "by_category": by_category, "establishment": total + (1 if total >= 8 else 0),
                "source": f"Báo cáo của đơn vị: {unit['vi']} (dữ liệu mẫu)"}
        if unit["code"] in TOTAL_ONLY:
            del body["by_category"]
        for day in SURVEY_DAYS:
            yield {"unit": unit["code"], "on": day, "body": body}


def staff_line(person):
    family, middle, given, explicit = person["name"]
    line = {"staff_code": person["staff_code"], "full_name": full_name(person["name"])}
    if explicit:
        parts = {"family_name": family, "middle_name": middle, "given_name": given}
        line.update((key, unicodedata.normalize("NFC", value)) for key, value in parts.items() if value)
    line.update(unit=person["unit"], title=person["title"], category=person["category"])
    if person["mobile"]:
        line["mobile"] = person["mobile"]
    line["hired_on"] = person["hired_on"]
    if person["show_birth_year"]:
        line["birth_year"] = person["birth_year"]
    if person["posts"]:
        line["posts"] = person["posts"]
    if person.get("accounts"):
        line["accounts"] = person["accounts"]
    return line


def mailbox_gaps(dice, people):
    """Gaps as they are found, one a unit: those not issued (mostly far from the seat) and those locked for a time."""
    plain = [p for p in people if not p["leaver"] and not p["posts"] and not p["role"]
             and p["hired_on"] <= SURVEY_DAY and p["category"] != "nguoi_hoat_dong_khong_chuyen_trach"]
    one_a_unit = {}
    for person in dice.shuffled(plain):
        one_a_unit.setdefault(person["unit"], person)
    far = [p for code, p in one_a_unit.items() if code[7:9].isdigit() and 21 <= int(code[7:9]) <= 43]
    near = [p for code, p in one_a_unit.items() if p not in far]
    unissued = dice.shuffled(far)[:UNISSUED_MAILBOXES - 2] + dice.shuffled(near)[:2]
    locked = [p for p in dice.shuffled(one_a_unit.values()) if p not in unissued][:LOCKED_MAILBOXES]
    return unissued, locked


def unissued_account():
    """Said when the person is entered, so that nothing has to be taken away later."""
    return [{"system": "mailbox", "desired": {"state": "closed", "reason": "chua_cap_lai"}}]


def lock_lines(locked):
    reasons = ["inactivity", "default_password", "inactivity", "leave", "default_password", "wrong_password"]
    lines = [(p, {"state": "locked", "reason": reasons[i % len(reasons)]}) for i, p in enumerate(locked)]
    for person, body in sorted(lines, key=lambda line: line[0]["staff_code"]):
        yield {"staff_code": person["staff_code"], "system": "mailbox", "body": body}


def certificate_lines(dice, people):
    """Heads, justice clerks, accountants and deputies first; the rest to those who keep the seal."""
    rank = {district.HEAD: 0, district.JUSTICE: 1, district.BOOKS: 2, district.DEPUTY: 3, district.CLERK: 4}
    able = [p for p in dice.shuffled(people) if p["role"] and not p["leaver"] and p["hired_on"] <= SURVEY_DAY]
    chosen = sorted(able, key=lambda p: rank[p["role"]])[:CERTIFICATES]
    for person in sorted(chosen, key=lambda p: p["staff_code"]):
        since = dice.day("2026-01-05", "2026-10-30")
        yield {"staff_code": person["staff_code"], "body": {"state": "active", "since": since}}


def build(seed=SEED):
    """All files of the sample: name -> list of lines."""
    dice = Dice(seed)
    units = list(district.units())
    people = list(make_people(dice, units))
    make_twins(dice, people, units)
    add_second_posts(dice, people)
    departures = list(make_departures(people))
    for unit, title, first_day in FUTURE_HIRES:
        find(people, unit, title)["hired_on"] = first_day
    settle_ages(people)
    unissued, locked = mailbox_gaps(dice, people)
    for person in unissued:
        person["accounts"] = unissued_account()
    return {
        "units.ndjson": list(unit_lines(units)),
        "headcounts.ndjson": list(headcount_lines(units, people)),
        "staff.ndjson": [staff_line(person) for person in people],
        "accounts.ndjson": list(lock_lines(locked)),
        "certificates.ndjson": list(certificate_lines(dice, people)),
        "departures.ndjson": departures,
    }


def main():
    parser = argparse.ArgumentParser(description="Writes the invented sample district.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    folder = parser.parse_args().out
    for name, lines in build().items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / name).write_bytes(text.encode("utf-8"))
        print(f"{name}: {len(lines)} lines")


if __name__ == "__main__":
    main()
