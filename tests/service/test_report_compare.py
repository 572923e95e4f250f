"""A report beside the period before it: figures of the earlier days, and what makes the difference, whose parts add up."""
import collections
import threading

import pytest
from congvu import ago, an, make_units, nth, running, wait_for

PEOPLE = 6


@pytest.fixture(scope="module")
def client(spec):
    with running(spec=spec, clock_offset=-100 * 86400) as service:
        client = service.client()
        make_units(client)
        for n in range(PEOPLE):
            assert client.put(f"/v1/staff/C-{n}", an(full_name=nth("Lê Thị So", n), unit="T1.01" if n < 4 else "T1.02", hired_on="2024-01-01")).status == 201
        leaves(client, "C-0", "nghi_huu", 20)
        leaves(client, "C-1", "nghi_huu", 15)
        service.stop()
        service.settings.pop("clock_offset")
        client = service.start().client()
        leaves(client, "C-2", "chuyen_cong_tac", 10)
        for code in ("C-0", "C-1", "C-2"):
            wait_for(lambda: client.get(f"/v1/staff/{code}").json["status"] == "departed", "he is gone")
        yield client


def leaves(client, code, reason, back):
    left = client.put(f"/v1/staff/{code}/departure", {"reason": reason, "effective_on": ago(back), "decision": {"number": "1/QĐ"}})
    assert left.status in (200, 202), left


def freeze(client, **more):
    body = {"unit": "T1", "systems": ["mailbox"], "from": ago(29), "to": ago(0), "accept_incomplete": True, "compare": True, **more}
    made = client.post("/v1/reports", body)
    assert made.status == 201, made
    return made.json


def added_up(report):
    """The causes by what they say; they are the whole difference of a and of b."""
    sheet = report["figures"]["sheets"][0]
    now, before = sheet["rows"][0]["counts"], sheet["previous"]
    for figure in ("issued", "base"):
        assert sum(c[figure] for c in before["causes"]) == now[figure] - before["counts"][figure], (figure, before)
    return {(c["cause"], c["reason"]): (c["issued"], c["base"]) for c in before["causes"]}


def page(client, report):
    return client.get(f"/v1/reports/{report['id']}/content", format="html", lang="vi").body.decode()


def test_without_a_report_of_these_days_they_are_counted_now_and_the_paper_says_why(client):
    report = freeze(client)
    before = report["figures"]["sheets"][0]["previous"]
    assert (before["report"], before["from"], before["to"], before["counts"]["issued"]) == (None, ago(59), ago(30), PEOPLE)
    assert before["counts"]["revoked"] is None, "what is not counted again is not 0"
    assert added_up(report) == {("left", "nghi_huu"): (-2, -2), ("left", "chuyen_cong_tac"): (-1, -1)}
    said = page(client, report)
    assert "Số đã cấp giảm 3 người: 2 nghỉ hưu, 1 chuyển công tác." in said
    assert "Số thuộc diện phải cấp giảm 3 người: 2 nghỉ hưu, 1 chuyển công tác." in said


def test_inside_the_unit_who_went_to_another_one_is_told_apart(client):
    assert client.patch("/v1/staff/C-3", {"unit": "T1.02", "title": "Chuyên viên", "decision": {"number": "2/QĐ", "effective_on": ago(5)}}).status == 200
    assert added_up(freeze(client, unit="T1.02")) == {("moved_in", None): (1, 1)}
    assert added_up(freeze(client, unit="T1.01")) == {("left", "nghi_huu"): (-2, -2), ("left", "chuyen_cong_tac"): (-1, -1), ("moved_out", None): (-1, -1)}
    assert added_up(freeze(client, categories=["vien_chuc"])) == {}, "of them there is nobody"


def test_what_was_recorded_after_the_final_report_is_a_cause_of_its_own(client):
    first = freeze(client, **{"from": ago(59), "to": ago(30), "compare": False, "state": "final"})
    assert client.put("/v1/staff/C-9", an(full_name="Võ Văn Muộn", unit="T1.02", hired_on=ago(40))).status == 201
    report = freeze(client)
    assert report["figures"]["sheets"][0]["previous"]["report"] == first["id"]
    causes = added_up(report)
    assert causes["recorded_later", None][1] == 1, causes
    assert client.patch(f"/v1/reports/{report['id']}", {"refreeze": True, "accept_incomplete": True}).json["figures"]["sheets"][0]["previous"] == report["figures"]["sheets"][0]["previous"]
    final = client.patch(f"/v1/reports/{report['id']}", {"state": "final"})
    assert final.status == 200
    again = client.post(f"/v1/reports/{report['id']}/revisions", {"accept_incomplete": True})
    assert again.status == 201 and added_up(again.json) == causes


def test_above_the_people_in_post_are_those_of_units_that_declared(client):
    """E-Office is asked of civil servants alone: of a school that declared nothing nobody stands in its base."""
    unit = {"block": "dang_doan_the", "active_from": "2021-10-01", "parent": "T1"}
    assert client.put("/v1/units/T1.08", {**unit, "name": {"vi": "Ban Tám"}, "kind": "dang", "slug": "b8"}).status == 201
    for code, name in (("T1.08.1", "Văn phòng"), ("T1.08.2", "Trung tâm")):
        assert client.put(f"/v1/units/{code}", {**unit, "parent": "T1.08", "name": {"vi": name}, "kind": "dang", "slug": code[-1] + "b8"}).status == 201
    required = client.get("/v1/systems/e-office").json["required_for"]
    assert client.patch("/v1/systems/e-office", {"required_for": [{"blocks": ["dang_doan_the"], "categories": ["cong_chuc"]}]}, etag="*").status == 200
    try:
        assert client.put(f"/v1/units/T1.08.1/headcounts/{ago(0)}", {"total": 2}).status == 200
        for n in range(8):
            office = n < 4
            body = an(full_name=nth("Hồ Văn Vượt", n), unit="T1.08.1" if office else "T1.08.2", category="cong_chuc" if office or n == 7 else "vien_chuc", hired_on=ago(0))
            assert client.put(f"/v1/staff/V-{n}", body).status == 201
        report = freeze(client, unit="T1.08", systems=["e-office"], compare=False, **{"from": ago(0)})
        total = report["figures"]["sheets"][0]["rows"][0]["counts"]
        assert (total["base"], total["headcount"], total["undeclared_recorded"], total["undeclared_eligible"]) == (5, 2, 4, 1)
        assert {n["code"]: n["people"] for n in report["systems"][0]["notes"]}["base_above_headcount"] == 2
        assert sum(r["counts"]["undeclared_eligible"] for r in report["figures"]["sheets"][0]["rows"][1:]) == 1
    finally:
        assert client.patch("/v1/systems/e-office", {"required_for": required}, etag="*").status == 200


def listed(service, report):
    """Issued by line, as the list of the closing day has them; None without a list."""
    kept = service.ldapsearch("-b", "ou=reports,ou=system,dc=congvu", f"(cvDocumentName={report['id']})", "cvDocument")[0]["cvDocument"][0]
    lines = kept.split("\n")[2:]
    found = [line.split(" ") for line in lines if line]
    return collections.Counter(int(line) for _, line, _, state in found if state[0] in "ia") if found else None


def test_figures_and_the_list_of_who_was_there_are_of_one_moment(spec):
    with running(spec=spec) as service:
        client = service.client()
        make_units(client)
        for n in range(12):
            assert client.put(f"/v1/staff/M-{n}", an(full_name=nth("Đỗ Thị Đổi", n), unit="T1.01" if n % 2 else "T1.02")).status == 201
        over, mover = threading.Event(), service.client()

        def move():
            for n in range(10 ** 6):
                if over.is_set():
                    return
                mover.patch(f"/v1/staff/M-{n % 12}", {"unit": "T1.01" if n // 12 % 2 else "T1.02", "title": f"Chuyên viên {n}"})
        thread = threading.Thread(target=move)
        thread.start()
        try:
            drafts = [freeze(client, compare=False) for _ in range(25)]
        finally:
            over.set()
            thread.join()
        drafts.append(freeze(client, compare=False))
        lists = [listed(service, report) for report in drafts]
        assert lists[-1] is not None, "nobody moves any more"
        for report, found in zip(drafts, lists):
            rows = report["figures"]["sheets"][0]["rows"]
            if found is not None:
                assert {i: r["counts"]["issued"] for i, r in enumerate(rows) if r["row_kind"] != "total" and r["counts"]["issued"]} == found
                assert rows[0]["counts"]["issued"] == sum(found.values())
