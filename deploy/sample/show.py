#!/usr/bin/env python3
"""Prints answers of the API for people: `show.py person`, `coverage` and `adoption` read JSON from standard input."""
import json
import sys


def percent(ratio):
    return "–" if ratio is None else f"{ratio * 100:.2f}%"


def person(p):
    if "code" in p and "detail" in p:
        sys.exit(f"{p['title']}: {p['detail']} {p.get('errors', '')}")
    print(f"  {p['full_name']}  {p['address']}  ({p['unit']['name']})")
    for account in p["accounts"]:
        print(f"    {account['system']:<12} {account['observed']['state']:<12} {account['observed']['login'] or ''}")


def name_of(row):
    if row["row_kind"] == "own":
        return "  (own staff / trực thuộc trực tiếp)"
    return ("  " * row["depth"] + row["unit"]["name"])[:44]


def rows_of(answer):
    if "rows" not in answer:
        sys.exit(json.dumps(answer, ensure_ascii=False))
    return answer["rows"]


def coverage(c):
    rows = rows_of(c)
    head = ("unit", "system", "headcount", "recorded", "eligible", "issued", "missing", "coverage")
    print("  {:<44} {:<12} {:>9} {:>9} {:>9} {:>7} {:>8} {:>9}".format(*head))
    for row in rows:
        missing = row["missing"]["people"] + (row["missing"]["unrecorded"] or 0)
        print("  {:<44} {:<12} {:>9} {:>9} {:>9} {:>7} {:>8} {:>9}".format(
            name_of(row), row.get("system") or "required", row["headcount"] if row["headcount"] is not None else "–",
            row["recorded"], row["eligible"], row["issued"], missing, percent(row["coverage"])))


def figure(value):
    return "–" if value is None else value


def adoption(a):
    """What nobody must have is left out; what is withheld is a dash, and said why below."""
    rows = [row for row in rows_of(a) if row["eligible"]]
    head = ("unit", "system", "issued", "used", "regular", "never", "adoption", "regular %")
    print("  {:<44} {:<12} {:>7} {:>7} {:>8} {:>7} {:>9} {:>10}".format(*head))
    for row in rows:
        print("  {:<44} {:<12} {:>7} {:>7} {:>8} {:>7} {:>9} {:>10}".format(
            name_of(row), row["system"], row["issued"], figure(row["used"]), figure(row["regular"]), figure(row["never_used"]),
            percent(row["adoption"]), percent(row["regular_ratio"])))
    for system in a["systems"]:
        if system["stale_reason"] == "data_too_old":
            print(f"  {system['system']}: last reported {system['data_through']}, so nothing is said about its use"
                  f" / số liệu đến {system['data_through']}, chưa xác định")


if __name__ == "__main__":
    {"person": person, "coverage": coverage, "adoption": adoption}[sys.argv[1]](json.load(sys.stdin))
