#!/usr/bin/env python3
"""Prints answers of the API for people: `show.py person` and `show.py coverage` read JSON from standard input."""
import json
import sys


def percent(ratio):
    return "–" if ratio is None else f"{ratio * 100:.2f}%".replace(".", ",")


def person(p):
    if "code" in p and "detail" in p:
        sys.exit(f"{p['title']}: {p['detail']} {p.get('errors', '')}")
    print(f"  {p['full_name']}  {p['address']}  ({p['unit']['name']})")
    for account in p["accounts"]:
        print(f"    {account['system']:<12} {account['observed']['state']:<12} {account['observed']['login'] or ''}")


def coverage(c):
    if "rows" not in c:
        sys.exit(json.dumps(c, ensure_ascii=False))
    head = ("unit", "system", "headcount", "recorded", "eligible", "issued", "missing", "coverage")
    print("  {:<44} {:<12} {:>9} {:>9} {:>9} {:>7} {:>8} {:>9}".format(*head))
    for row in c["rows"]:
        name = ("  " * row["depth"] + row["unit"]["name"])[:44]
        if row["row_kind"] == "own":
            name = "  (own staff / trực thuộc trực tiếp)"
        missing = row["missing"]["people"] + row["missing"]["unrecorded"]
        print("  {:<44} {:<12} {:>9} {:>9} {:>9} {:>7} {:>8} {:>9}".format(
            name, row.get("system") or "required", row["headcount"] if row["headcount"] is not None else "–",
            row["recorded"], row["eligible"], row["issued"], missing, percent(row["coverage"])))


if __name__ == "__main__":
    {"person": person, "coverage": coverage}[sys.argv[1]](json.load(sys.stdin))
