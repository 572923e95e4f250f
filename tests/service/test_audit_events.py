"""Who reads the evidence: events for inspectors within their units, and histories as people read them."""
import csv
import datetime
import io
import json

import pytest
from browser import Person, activate, login_of
from congvu import SITE, an, make_units, now, set_clock, site_today, wait_for

YEAR = site_today().year + 1  # the clock moves forward only; the first entry of all is written before it is moved


def token(service, *scopes, **more):
    return service.client(service.client().post("/v1/tokens", {"name": "người xem", "scopes": list(scopes), **more}).json["secret"])


def pages(client, **query):
    found, token_ = [], None
    while True:
        page = client.get("/v1/audit-events", **query, **({"page_token": token_} if token_ else {})).json
        found += page["items"]
        token_ = page["next_page_token"]
        if not token_:
            return found


@pytest.fixture(scope="module")
def events(shared):
    """One service with two people in two offices, changed a few times."""
    client = shared.client()
    for code, unit in (("E-1", "T1.01"), ("E-2", "T1.02")):
        assert client.put(f"/v1/staff/{code}", an(full_name=f"Nguyễn Văn {'Một' if code == 'E-1' else 'Hai'}", unit=unit)).status == 201
        for title in ("Phó phòng", "Trưởng phòng"):
            assert client.patch(f"/v1/staff/{code}", {"title": title}).status == 200
    return shared


def test_the_newest_first_with_what_became_of_it(events):
    mine = wait_for(lambda: (lambda e: e if len(e) == 3 and all(i["outcome"] for i in e) else None)(pages(events.client(), target="E-1")), "outcomes")
    assert [(e["action"], e["outcome"]) for e in mine] == [("staff.patch", "done"), ("staff.patch", "done"), ("staff.create", "done")]
    assert mine[2]["verb"] == "add" and mine[0]["at"] >= mine[2]["at"]
    assert mine[0]["target_name"] == events.client().get("/v1/staff/E-1").json["full_name"] and mine[0]["actor_name"].startswith("program")
    title = next(c for c in mine[0]["changes"] if c["attribute"] == "title")
    assert (title["before"], title["after"]) == (["Phó phòng"], ["Trưởng phòng"])


def test_filters_and_pages_meet_the_whole(events):
    client = events.client()
    whole = pages(client, page_size=500)
    assert [e["id"] for e in pages(client, page_size=3, actor=whole[0]["actor"])][-5:] == [e["id"] for e in whole if e.get("actor") == whole[0]["actor"]][-5:]
    assert {e["action"] for e in pages(client, action="unit.create")} == {"unit.create"}
    today = site_today()
    assert pages(client, **{"from": (today + datetime.timedelta(2)).isoformat()}) == []
    assert len(pages(client, **{"to": today.isoformat(), "target": "E-2"})) == 3


def test_nobody_sees_events_of_other_units(events):
    one = token(events, "audit:read", "staff:read", unit="T1.01")
    seen = pages(one)
    mine = events.client().get("/v1/staff/E-1").json["id"]
    assert {e["target"] for e in seen if e.get("target", "").startswith("stf_")} == {mine}
    assert pages(one, target="E-2") == [] and pages(one, target=events.client().get("/v1/staff/E-2").json["id"]) == []
    assert one.get("/v1/staff/E-2/history").status == 404
    assert token(events, "staff:read").get("/v1/audit-events").code == "scope_missing"


def test_as_lines_and_as_a_sheet(events):
    client = events.client()
    lines = client.call("GET", "/v1/audit-events?target=E-1", headers={"Accept": "application/x-ndjson"})
    assert lines.headers["Content-Type"].startswith("application/x-ndjson")
    assert [json.loads(line)["verb"] for line in lines.body.decode().splitlines()] == ["change", "change", "add"]
    sheet = client.call("GET", "/v1/audit-events?target=E-1", headers={"Accept": "text/csv"})
    rows = list(csv.reader(io.StringIO(sheet.body.decode("utf-8-sig"))))
    assert rows[0][0] == "At" and [r[5] for r in rows[1:]] == ["done"] * 3
    assert client.get("/v1/audit-events").json["missing_from"] == []


# ---- histories ----

def test_a_reading_of_a_history_is_recorded_whosever_it_is(events):
    client = events.client()
    reader = token(events, "staff:read", "units:read")
    for path, action in (("/v1/staff/E-1/history", "get_staff_history"), ("/v1/units/T1.01/history", "get_unit_history")):
        assert reader.get(path).status == 200
        wait_for(lambda: [e["kind"] for e in pages(client, action=action)] == ["reading"], f"{action} is recorded")


def test_a_long_history_says_where_it_begins_and_signing_in_is_no_part_of_it(start, spec, clock):
    clock(at((11, 30), 9, 0))
    service = start(clock_file=clock.file)
    client = service.client(language="vi")
    make_units(client)
    lan = client.put("/v1/staff/LAN", an(full_name="Nguyễn Thị Lan")).json
    activate(client, "LAN")
    clock(at((11, 30), 9, 30))
    wait_until(client, at((11, 30), 9, 30))
    for n in range(496):
        assert client.patch("/v1/staff/LAN", {"title": f"Chức vụ {n}"}).status == 200
    whole = wait_for(lambda: (lambda h: h if len(h["items"]) == 499 else None)(lines(client, "/v1/staff/LAN/history")), "taken on, the slip, the password, the titles")
    assert whole["complete_since"] == lan["created_at"]
    person = Person(service, spec)
    for _ in range(4):
        assert person.sign_in(login_of(lan))[0] == 201
        assert person.call("DELETE", "/v1/sessions/current")[0] == 204
    assert lines(client, "/v1/staff/LAN/history") == whole
    for n in range(12):
        assert client.patch("/v1/staff/LAN", {"title": f"Chức danh {n}"}).status == 200
    cut = wait_for(lambda: (lambda h: h if "Chức danh 11" in h["items"][-1]["text"] else None)(lines(client, "/v1/staff/LAN/history")), "the last one")
    assert len(cut["items"]) == 500 and "Tiếp nhận" not in cut["items"][0]["text"]
    assert cut["complete_since"] > lan["created_at"], "what came before it is not told"

@pytest.fixture
def clock(tmp_path):
    """set(moment): what time it is for the service."""
    file = tmp_path / "clock"

    def set_to(moment):
        set_to.offset = round((moment - now()).total_seconds())
        set_clock(file, set_to.offset)
    set_to.file, set_to.now = str(file), lambda: now() + datetime.timedelta(seconds=set_to.offset)
    return set_to


def minutes(first, last):
    """How a history names the moment of what was done between these two."""
    first = first.replace(second=0, microsecond=0)
    return {f"{first + datetime.timedelta(minutes=n):%d/%m/%Y %H:%M}" for n in range(int((last - first).total_seconds()) // 60 + 1)}


def at(day, hour, minute):
    return datetime.datetime(YEAR, *day, hour, minute, 5, tzinfo=SITE)


def wait_until(client, moment):
    """The service has read its clock."""
    n = iter(range(10**6))
    wait_for(lambda: client.put("/v1/staff/CLOCK", an(full_name="Đồng Hồ", title=f"Chức {next(n)}")).json["updated_at"] >= moment.isoformat(), "the clock")


def lines(client, path):
    answer = client.get(path)
    assert answer.status == 200, answer
    return answer.json


def test_a_history_reads_like_a_file_note(start, clock, spec):
    clock(at((11, 30), 9, 0))
    service = start(clock_file=clock.file)
    client = service.client(language="vi")
    make_units(client)
    lan = client.put("/v1/staff/LAN", an(full_name="Nguyễn Thị Lan", unit="T1")).json
    activate(client, "LAN")
    assert client.post("/v1/staff/LAN/roles", {"role": "unit_hr", "unit": "T1"}).status == 201

    clock(at((12, 1), 8, 15))
    wait_until(client, at((12, 1), 8, 15))
    hr = Person(service, spec)
    assert wait_for(lambda: hr.sign_in(login_of(lan))[0] == 201, "HR is in")
    status, made = hr.call("POST", "/v1/staff", an(full_name="Lê Văn Mới", decision={"number": "15/QĐ-UBND", "signed_on": f"{YEAR}-11-28"}))
    assert status == 201, made
    old, taken_on = next(a["observed"]["login"] for a in made["accounts"] if a["system"] == "td-office"), clock.now()

    clock(at((12, 5), 14, 30))
    wait_until(client, at((12, 5), 14, 30))
    moved = client.patch(f"/v1/staff/{made['id']}", {"unit": "T1.02", "decision": {"number": "51/QĐ-UBND", "effective_on": f"{YEAR}-12-10"}})
    assert moved.status == 200, moved
    told_of = clock.now()
    clock(at((12, 10), 0, 0))
    new = wait_for(lambda: next((a["observed"]["login"] for a in client.get(f"/v1/staff/{made['id']}").json["accounts"]
                                 if a["system"] == "td-office" and a["observed"]["login"] != old), None), "the day has come")
    history = wait_for(lambda: (lambda h: h if len(h["items"]) == 3 else None)(lines(client, f"/v1/staff/{made['id']}/history")), "three lines")
    spans = [minutes(at((12, 1), 8, 15), taken_on), minutes(at((12, 5), 14, 30), told_of), minutes(at((12, 10), 0, 0), clock.now())]
    assert [i["text"][:16] in span for i, span in zip(history["items"], spans)] == [True] * 3, (history, spans)
    assert [i["text"][17:] for i in history["items"]] == [
        f"Tiếp nhận vào Phòng Nội vụ, chức vụ Chuyên viên, theo QĐ 15/QĐ-UBND ngày 28/11/{YEAR}. Người thực hiện: Nguyễn Thị Lan (Nhân sự đơn vị).",
        f"Ghi nhận điều động sang Phòng Tài chính từ ngày 10/12/{YEAR} theo QĐ 51/QĐ-UBND. Người thực hiện: chương trình tự động “Quản trị ban đầu”.",
        f"Điều động sang Phòng Tài chính theo QĐ 51/QĐ-UBND; TD.Office: {old} thành {new}."]
    assert old.startswith("noivu_") and new.startswith("tckh_")
    assert history["complete_since"] == made["created_at"]
    english = lines(service.client(), f"/v1/staff/{made['id']}/history")["items"]
    assert english[0]["text"][17:] == (f"Taken on at Home Affairs Division, position Chuyên viên, by decision 15/QĐ-UBND of 28/11/{YEAR}. "
                                  "Done by: Nguyễn Thị Lan (unit HR).")
    assert client.patch("/v1/units/T1.01", {"name": {"vi": "Phòng Tổ chức"}}).status == 200
    told = wait_for(lambda: (lambda h: h if len(h) == 2 else None)([i["text"] for i in lines(client, "/v1/units/T1.01/history")["items"]]), "renamed")
    assert told[1][:16] in minutes(at((12, 10), 0, 0), clock.now()) and told[1][17:] == f"Đổi tên từ Phòng Nội vụ thành Phòng Tổ chức. Người thực hiện: chương trình tự động “Quản trị ban đầu”."


def test_the_history_of_a_unit_names_the_first_day_it_is_no_more(shared, client):
    """And says so when its end is taken back."""
    path, end = "/v1/units/T1.HET", site_today() + datetime.timedelta(5)
    assert client.put(path, {"name": {"vi": "Phòng Hết Việc"}, "kind": "phong", "parent": "T1", "slug": "hetviec"}).status == 201
    for day in (end.isoformat(), None):
        assert client.patch(path, {"active_to": day}).status == 200
    for language, told in (("vi", [f"Kết thúc hoạt động từ ngày {end:%d/%m/%Y}.", f"Hủy việc kết thúc hoạt động từ ngày {end:%d/%m/%Y}."]),
                           ("en", [f"Ends on {end:%d/%m/%Y}.", f"The end on {end:%d/%m/%Y} was taken back."])):
        items = wait_for(lambda: (lambda h: h if len(h) == 3 else None)(client.call("GET", f"{path}/history", headers={"Accept-Language": language}).json["items"]), "three lines")
        assert [words in item["text"] for words, item in zip(told, items[1:])] == [True, True], items


def test_the_second_time_is_told_as_the_first(shared):
    """With former posts and departures beside it a change is sent as two: what goes, and what comes."""
    client = shared.client(language="vi")
    assert client.put("/v1/units/T1.HAI", {"name": {"vi": "Phòng Thứ Hai"}, "kind": "phong", "parent": "T1", "slug": "thuhai"}).status == 201

    def told(count):
        return [i["text"] for i in wait_for(lambda: (lambda h: h if len(h["items"]) >= count else None)(lines(client, "/v1/staff/LAN-2/history")), f"{count} lines")["items"]]
    assert client.put("/v1/staff/LAN-2", an(full_name="Trần Thị Hai Lần", unit="T1.01", hired_on=f"{site_today() - datetime.timedelta(900)}")).status == 201
    for number, unit in enumerate(("T1.02", "T1.HAI", "T1.01")):
        moved = client.patch("/v1/staff/LAN-2", {"unit": unit, "decision": {"number": f"{number}/QĐ", "effective_on": f"{site_today() - datetime.timedelta(30 - 10 * number)}"}})
        assert moved.status == 200, moved
    assert client.patch("/v1/staff/LAN-2", {"title": "Trưởng phòng"}).status == 200
    text = told(5)
    assert ["Điều động sang Phòng Tài chính theo QĐ 0/QĐ" in text[1], "Điều động sang Phòng Thứ Hai theo QĐ 1/QĐ" in text[2], "Điều động sang Phòng Nội vụ theo QĐ 2/QĐ" in text[3]] == [True] * 3, text
    assert "Đổi chức vụ thành Trưởng phòng" in text[4], text

    later = f"{site_today() + datetime.timedelta(9):%Y-%m-%d}"
    for number in range(2):
        assert client.put("/v1/staff/LAN-2/departure", {"reason": "thoi_viec", "effective_on": later, "decision": {"number": f"{number}/QĐ"}}).status in (200, 201, 202)
        assert client.delete("/v1/staff/LAN-2/departure", etag="*").status in (200, 204)
    assert client.put("/v1/staff/LAN-2/departure", {"reason": "nghi_huu", "decision": {"number": "9/QĐ"}}).status in (200, 202)
    text = told(10)
    assert [t.split(" ", 2)[2].split(" từ ngày")[0].split(".")[0].split(" theo")[0] for t in text[5:9]] == ["Ghi nhận kết thúc công tác", "Rút lại việc nghỉ"] * 2, text
    assert "Kết thúc công tác (nghỉ hưu) theo QĐ 9/QĐ" in text[9], text
