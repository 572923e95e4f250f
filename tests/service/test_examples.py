"""Worked examples by hand (tests/examples/*.md) against the service: a, b and the people of a, on the days that the pages tell."""
import datetime
import json
import re

import pytest
from congvu import ROOT, Service, make_units, offset_to, wait_for

PAGES = sorted((ROOT / "tests/examples").glob("*.md"))


def day_of(text):
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


def tables(page):
    """{heading: rows of cells} of a page."""
    found, heading = {}, None
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {name: rows[2:] for name, rows in found.items()}


def send(client, cell):
    method, path, body = re.fullmatch(r"`(\w+) (\S+) (.*)`", cell).groups()
    answer = client.call(method, path, json.loads(body), {"If-Match": "*"} if method == "PATCH" else None)
    assert answer.status in (200, 201, 202), (cell, answer)


def names(client, question, stage):
    answer = client.call("GET", f"/v1/staff?system=mailbox&stage={stage}&page_size=100&{question}")
    assert answer.status == 200, answer
    return {p["full_name"] for p in answer.json["items"]}


def answered(client, question, kind):
    """a, b and who a is, as the service says."""
    answer = client.call("GET", f"/v1/coverage?system=mailbox&depth=0&{question}")
    assert answer.status == 200, answer
    [row] = answer.json["rows"]
    base = row["eligible"] + row["unrecorded"]
    people = names(client, question, "issued")
    if kind == "cấp":
        return row["issued"], base, people
    if row["used"] is None:
        assert row["adoption"] is None and row["unknown"] == row["issued"]
        return None, None, set()
    return row["used"], base - row["on_leave_unused"], people - names(client, question, "unused")


def expected(cells):
    number = lambda text: None if text == "–" else int(text)
    return number(cells[3]), number(cells[4]), set() if cells[5] == "–" else set(cells[5].split(", "))


def test_there_are_twelve():
    assert len(PAGES) == 12


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_worked_by_hand(spec, page):
    found = tables(page)
    work, results = found["Việc đã làm"], found["Kết quả phải ra"]
    days = sorted({day_of(row[0]) for row in work + results})
    service = Service(spec=spec, clock_offset=offset_to(days[0]))
    try:
        for n, today in enumerate(days):
            service.settings["clock_offset"] = offset_to(today)
            service.start()
            client = service.client()
            if n == 0:
                make_units(client)
            for cells in work:
                if day_of(cells[0]) == today:
                    send(client, cells[2])
            for cells in results:
                if day_of(cells[0]) == today:
                    question, wanted = cells[1].strip("`"), expected(cells)
                    wait_for(lambda: answered(client, question, cells[2]) == wanted, f"{cells[0]} {question} {cells[2]}: {wanted}, not "
                             f"{answered(client, question, cells[2])}", deadline=20)
            service.stop()
    finally:
        service.stop()
        service.clean()
