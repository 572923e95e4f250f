"""Frozen reports with figures of use: checked by hand from the printed line, counted again for the people of the closing day, stale and healed."""
import csv
import datetime
import io

import pytest
from congvu import ago, an, make_units, running, site_today

TODAY = site_today()


def use(client, person, *days, through, system="mailbox"):
    events = [{"staff_code": person, "occurred_on": d} for d in days]
    answer = client.post("/v1/usage-events", {"system": system, "events": events, "data_from": ago(380), "data_through": through})
    assert answer.status == 200 and not answer.json["rejected"], answer


def freeze(client, expect=201, **more):
    body = {"unit": "T1", "systems": ["mailbox"], "from": ago(60), "to": ago(1), **more}
    answer = client.post("/v1/reports", body)
    assert answer.status == expect, answer
    return answer.json


def lines(report):
    return {row["code"] if row["row_kind"] == "unit" else row["row_kind"]: row["counts"] for row in report["figures"]["sheets"][0]["rows"]}


@pytest.fixture(scope="module")
def town(spec):
    with running(spec=spec, clock_offset=-100 * 86400) as service:  # everybody had his mailbox when the period began
        client = service.client()
        make_units(client)
        assert client.put("/v1/units/T1.01/headcounts/2026-01-01", {"total": 5}).status == 200
        for n, unit in enumerate(["T1.01"] * 4 + ["T1.02"] * 3 + ["T1.03"] * 2 + ["T1"]):
            body = an(full_name=f"Nguyễn Văn {'ABCDEGHIKL'[n]}", unit=unit, hired_on="2024-01-01")
            assert client.put(f"/v1/staff/U-{n}", body).status == 201
        service.stop()
        service.settings.pop("clock_offset")
        client = service.start().client()
        assert client.patch("/v1/staff/U-2", {"status": "on_leave", "leave": {"kind": "thai_san", "from": ago(90), "to": (TODAY + datetime.timedelta(90)).isoformat()}}).status == 200
        for n in range(5):
            use(client, f"U-{n}" if n != 2 else "U-9", *[ago(b) for b in range(3, 3 + 2 * n + 1)], through=ago(1))
        yield service, client


def percent(a, b):
    if b == 0:
        return "–"
    n = (20000 * a + b) // (2 * b)
    n = 9999 if n == 10000 and a < b else 1 if n == 0 and a > 0 else n
    return f"{n // 100},{n % 100:02d}"


def test_every_printed_percentage_can_be_checked_from_its_line(town):
    _, client = town
    report = freeze(client)
    assert report["incomplete"] is False and report["population"] == "dated"
    text = client.get(f"/v1/reports/{report['id']}/content", format="csv", lang="vi", csv_delimiter="semicolon").body.decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert head[:3] == ["Hệ thống", "STT", "Đơn vị"] and len(rows) > 6
    for row in rows:
        c = [None, *row[1:]]  # columns by the numbers printed above them
        b, a, activated, away, used, regular = (int(c[i]) for i in (5, 6, 8, 10, 11, 13))
        assert (c[7], c[9], c[12], c[14]) == (percent(a, b), percent(activated, a), percent(used, b - away), percent(regular, b - away)), row
    total = lines(report)["total"]
    assert (total["used"], total["on_leave_unused"], total["base"]) == (5, 1, 11) and total["regular"] <= total["used"]


def test_the_figures_are_those_of_adoption_for_the_same_days(town):
    _, client = town
    live = client.get("/v1/adoption", unit="T1", system="mailbox", depth=0, window="P30D").json["rows"][0]
    frozen = lines(freeze(client, **{"from": ago(29), "to": ago(0), "accept_incomplete": True}))["total"]
    for name in ("recorded", "unrecorded", "eligible", "issued", "activated", "used", "regular", "never_used", "unknown", "on_long_leave", "too_new"):
        assert frozen[name] == live[name], name
    assert round(frozen["used"] / frozen["usage_base"], 4) == live["adoption"]


def test_data_that_stop_early_are_refused_and_then_dated(town):
    _, client = town
    refused = freeze(client, expect=409, to=ago(0))
    assert refused["code"] == "data_incomplete" and refused["errors"][0]["code"] == "data_behind"
    report = freeze(client, to=ago(0), accept_incomplete=True)
    through = datetime.date.fromisoformat(ago(1)).strftime("%d/%m/%Y")
    page = client.get(f"/v1/reports/{report['id']}/content", format="html", lang="vi").body.decode()
    assert report["incomplete"] is True and f"tính đến hết ngày {through}" in page


def test_late_usage_lands_on_the_people_of_the_closing_day(town):
    service, client = town
    draft = freeze(client)
    path, before = f"/v1/reports/{draft['id']}", lines(draft)
    same = client.patch(path, {"refreeze": True})
    assert same.status == 200 and lines(same.json) == before, "nothing arrived: the list gives the same figures"
    assert client.patch("/v1/staff/U-6", {"unit": "T1.03", "title": "Chuyên viên"}).status == 200
    assert client.put("/v1/staff/U-8/departure", {"reason": "nghi_huu", "decision": {"number": "40/QĐ"}}).status in (200, 202)
    use(client, "U-6", ago(4), ago(5), through=ago(1))
    use(client, "U-8", ago(4), through=ago(1))
    after = client.patch(path, {"refreeze": True})
    assert after.status == 200, after
    now = lines(after.json)
    people = ("headcount", "recorded", "unrecorded", "eligible", "issued", "locked", "revoked", "base", "usage_base", "on_long_leave")
    for line in ("T1.02", "T1.03"):
        assert now[line]["used"] == before[line]["used"] + 1, line
        assert {k: now[line][k] for k in people} == {k: before[line][k] for k in people}, line
    assert now["total"]["used"] == before["total"]["used"] + 2 == sum(c["used"] for k, c in now.items() if k != "total")
    kept = service.ldapsearch("-b", "ou=reports,ou=system,dc=congvu", f"(cvDocumentName={draft['id']})", "cvDocument")[0]["cvDocument"][0]
    assert kept.count("\n") > 5
    assert client.patch(path, {"state": "final"}).status == 200
    kept = service.ldapsearch("-b", "ou=reports,ou=system,dc=congvu", f"(cvDocumentName={draft['id']})", "cvDocument")[0]["cvDocument"][0]
    assert kept.endswith("\n") and kept.count("\n") == 2, "the list is gone, nobody is named any more"


def test_a_stopped_feed_is_null_with_the_reason_and_heals(town):
    _, client = town
    use(client, "U-0", ago(50), through=ago(40), system="td-office")
    draft = freeze(client, systems=["td-office"], accept_incomplete=True)
    sheet = draft["figures"]["sheets"][0]
    assert sheet["stale_reason"] == "usage_data_stale" and sheet["data_through"] == ago(40) and draft["systems"][0]["adoption"] is None
    assert sheet["rows"][0]["counts"]["used"] is None and sheet["rows"][0]["counts"]["unknown"] == sheet["rows"][0]["counts"]["issued"]
    use(client, "U-0", ago(2), through=ago(1), system="td-office")
    healed = client.patch(f"/v1/reports/{draft['id']}", {"refreeze": True})
    assert healed.status == 200, healed
    counts = healed.json["figures"]["sheets"][0]["rows"][0]["counts"]
    assert counts["used"] == 1 and counts["unknown"] == 0 and healed.json["systems"][0]["adoption"] is not None and healed.json["incomplete"] is False


def test_levers_are_said_in_the_sentence_of_their_figure(town):
    """Headcount below the recorded, a category that need not have it, long leave, an account of yesterday: each moves a rate, none goes unsaid."""
    _, client = town
    assert client.put(f"/v1/units/T1.02/headcounts/{ago(70)}", {"total": 1}).status == 200
    change = {"category": "nguoi_hoat_dong_khong_chuyen_trach", "decision": {"number": "50/QĐ", "effective_on": ago(10)}}
    assert client.patch("/v1/staff/U-5", change).status == 200
    assert client.put("/v1/staff/U-20", an(full_name="Trần Thị Mới", unit="T1.03", hired_on=ago(0))).status == 201
    use(client, "U-20", ago(0), through=ago(1))
    report = freeze(client, to=ago(0), accept_incomplete=True)
    found = lines(report)
    total, system = found["total"], report["systems"][0]
    assert (found["T1.02"]["category_left"], total["category_left"], total["over_recorded"], total["on_leave_unused"], total["too_new"]) == (1, 1, 2, 1, 1)
    assert {n["code"]: n["people"] for n in system["notes"]} == {
        "over_recorded": 2, "base_above_headcount": total["base"] - total["headcount"] - total["undeclared_eligible"], "category_changed": 1, "leave_deducted": 1, "leave_without_decision": 1, "too_new": 1,
        "undeclared": total["undeclared_recorded"]}
    used, regular, base = total["used"], total["regular"], total["base"]
    assert total["usage_base"] == base - 1 and system["adoption"] > system["adoption_undeducted"]
    assert f"{system['adoption_undeducted'] * 100:.2f}".replace(".", ",") == percent(used, base)
    assert f"{system['regular_ratio_undeducted'] * 100:.2f}".replace(".", ",") == percent(regular, base)
    page = client.get(f"/v1/reports/{report['id']}/content", format="html", lang="vi").body.decode()
    for sentence in (
            f"thuộc diện phải cấp: {base} người, trong đó 2 người đã nhập vượt số khai báo, nhiều hơn tổng số hiện có {base - total['headcount'] - total['undeclared_eligible']} người, "
            "không kể 1 người thôi thuộc diện do đổi đối tượng trong kỳ.",
            f"- Có sử dụng trong kỳ: {used} người, đạt tỷ lệ {percent(used, base - 1)}% ({used}/{base - 1}); nếu không trừ 1 người nghỉ dài ngày thì đạt {percent(used, base)}% ({used}/{base}); "
            "có 1 người nghỉ dài ngày chưa có quyết định.",
            f"thì đạt {percent(regular, base)}% ({regular}/{base}); trong số đã cấp có 1 tài khoản mới cấp dưới 14 ngày."):
        assert sentence in page, (sentence, [p for p in page.split("<p") if "thuộc diện phải cấp:" in p or "Có sử dụng trong kỳ" in p])
    assert total["regular"] == sum(c["regular"] for k, c in found.items() if k != "total"), "who is new may be regular too"
    # the month before tells of nobody: the change came later
    before = freeze(client, **{"from": ago(40), "to": ago(11)})
    assert lines(before)["total"]["category_left"] == 0 and "category_changed" not in {n["code"] for n in before["systems"][0]["notes"]}
    some = freeze(client, to=ago(0), accept_incomplete=True, categories=["cong_chuc"])
    assert lines(some)["total"]["category_left"] == 1, "who left the categories asked for has left the base"
    [regular_line] = [i for i in client.get(f"/v1/reports/{report['id']}/indicators").json["items"] if i["code"] == "mailbox.regular"]
    assert (regular_line["rate"], regular_line["rate_undeducted"]) == (system["regular_ratio"], system["regular_ratio_undeducted"])


def test_a_long_leave_without_a_decision_is_told_of_as_of_the_reports_day(town):
    """Only of 30 days or more; a decision that came takes the note away."""
    _, client = town

    def undecided(to, **more):
        report = freeze(client, **{"from": ago(60), "to": ago(to), "accept_incomplete": True, **more})
        noted = {n["code"]: n["people"] for n in report["systems"][0]["notes"]}.get("leave_without_decision", 0)
        found = {k: c["leave_undecided"] for k, c in lines(report).items() if c["leave_undecided"]}
        assert noted == found.get("total", 0)
        return found, report
    assert client.patch("/v1/staff/U-7", {"leave": {"kind": "om_dau", "from": ago(29), "to": ago(1)}}).status == 200  # 29 days
    assert client.patch("/v1/staff/U-6", {"leave": {"kind": "di_hoc", "from": ago(20)}}).status == 200  # without end
    assert undecided(1)[0] == {"total": 2, "T1.01": 1, "T1.02": 1}
    assert undecided(25)[0] == {"total": 1, "T1.01": 1}, "his leave began later"
    assert undecided(1, categories=["vien_chuc"])[0] == {}
    decided = client.patch("/v1/staff/U-6", {"leave": {"kind": "di_hoc", "from": ago(20), "decision": {"number": "7/QĐ", "signed_on": ago(21)}}})
    assert decided.status == 200 and decided.json["leave"]["decision"] == {"number": "7/QĐ", "signed_on": ago(21), "effective_on": None}
    again = client.patch("/v1/staff/U-6", {"leave": {"kind": "di_hoc", "from": ago(20), "to": None}})
    assert again.headers["Congvu-Unchanged"] == "true" and again.json["leave"]["decision"]["number"] == "7/QĐ", "absent keeps it"
    found, report = undecided(1)
    assert found == {"total": 1, "T1.01": 1}
    book = client.get(f"/v1/reports/{report['id']}/content", format="csv", lang="vi").body.decode("utf-8-sig")
    assert "nghỉ dài ngày chưa có quyết định: 1" in book
    assert client.patch("/v1/staff/U-6", {"leave": {"kind": "di_hoc", "from": ago(20), "decision": None}}).json["leave"] == {"kind": "di_hoc", "from": ago(20), "to": None}
    assert undecided(1)[0] == {"total": 2, "T1.01": 1, "T1.02": 1}
