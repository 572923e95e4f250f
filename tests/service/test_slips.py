"""Handing an account over: one-time codes on slips, who gets one, and that a code opens once however many try."""
import concurrent.futures
import datetime
import itertools
import json
import re
import xml.dom.minidom

import pytest

from browser import PASSWORD, activate
from congvu import ROOT, an, district, make_units, nth, site_today, wait_for
from test_doors import bind

numbers = itertools.count(1)
SETTINGS = {"public_url": "https://congvu.tinh.gov.vn", "mail_imap": "imap.tinh.gov.vn:993", "mail_smtp": "smtp.tinh.gov.vn:587", "webmail_url": "https://thu.tinh.gov.vn"}
CODE = re.compile(r"[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}")


@pytest.fixture(scope="module")
def service(spec):
    with district(spec=spec, **SETTINGS) as service:
        yield service


@pytest.fixture
def hr(service):
    return service.client(language="vi")


@pytest.fixture
def team(hr):
    """A unit of its own with three newcomers and one who has a password."""
    n = next(numbers)
    code = f"T1.S{n}"
    assert hr.put(f"/v1/units/{code}", {"name": {"vi": f"Phòng <Phiếu> {n}"}, "kind": "phong", "parent": "T1", "slug": f"phieu{n}"}).status == 201
    people = [hr.put(f"/v1/staff/SL-{n}-{i}", an(full_name=nth("Lâm Thị Phiếu", 4 * n + i), unit=code)).json for i in range(4)]
    activate(hr, f"SL-{n}-3")
    return code, people


def test_a_unit_gets_a_slip_each_for_who_has_no_password_yet(hr, team):
    code, people = team
    dry = hr.post("/v1/slips", {"unit": code}, validate_only=True)
    assert [i["code"] for i in dry.json["items"]] == [None] * 3
    answer = hr.post("/v1/slips", {"unit": code})
    items = answer.json["items"]
    assert sorted(i["staff"]["id"] for i in items) == sorted(p["id"] for p in people[:3])
    for item in items:
        assert CODE.fullmatch(item["code"]) and item["url"] == f"https://congvu.tinh.gov.vn/kichhoat#{item['code']}" and item["address"]
    assert hr.post("/v1/activation-checks", {"code": items[0]["code"].lower().replace("-", " ")}).json["full_name"] == items[0]["staff"]["full_name"]
    again = hr.post("/v1/slips", {"unit": code}, {"Idempotency-Key": "the same"}).json["items"]
    assert again[0]["code"] != items[0]["code"]
    assert hr.post("/v1/activation-checks", {"code": items[0]["code"]}).code == "activation_refused", "a newer slip ends the older one"


def test_the_page_names_who_gets_none(hr, team):
    code, people = team
    page = hr.post("/v1/slips", {"staff": [people[0]["id"], people[3]["staff_code"], "NOBODY"]}, format="html", lang="vi")
    text = page.body.decode()
    assert page.status == 200 and page.headers["Cache-Control"] == "no-store" and "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert len(CODE.findall(re.sub(r"<svg.*?</svg>", "", text, flags=re.S))) == text.count("<svg") == 2, "and whoever forgot his password"
    assert "NOBODY" in text and "Không tìm thấy" in text and "Phòng &lt;Phiếu&gt;" in text and "<Phiếu>" not in text
    assert not re.search(r"https?://|src=|href=|<script", text), "nothing from outside"
    for person in (people[0], people[3]):
        assert person["address"] in text and person["full_name"] in text


def test_who_is_named_twice_gets_one_slip_whose_code_works(hr, team):
    code, people = team
    asked = [people[0]["staff_code"], people[1]["id"], people[0]["id"], people[1]["id"], people[0]["staff_code"].lower(), "NOBODY", "NOBODY"]
    items = hr.post("/v1/slips", {"staff": asked}).json["items"]
    assert sorted(i["key"] for i in items) == sorted([people[0]["staff_code"], people[1]["id"], "NOBODY"])
    for item in items:
        assert item["staff"] is None or hr.post("/v1/activation-checks", {"code": item["code"]}).json["full_name"] == item["staff"]["full_name"]


def test_offices_of_one_name_sign_on_lists_of_their_own(hr):
    """The offices of two communes, one after the other by their codes."""
    n, people = next(numbers), []
    for side in "AB":
        commune, office = f"T1.V{n}{side}", f"T1.V{n}{side}.VP"
        assert hr.put(f"/v1/units/{commune}", {"name": {"vi": f"Xã {side} {n}"}, "kind": "ubnd_xa", "parent": "T1", "slug": f"xav{n}{side.lower()}"}).status == 201
        assert hr.put(f"/v1/units/{office}", {"name": {"vi": "Văn phòng chung"}, "kind": "phong", "parent": commune, "slug": f"vp{n}{side.lower()}"}).status == 201
        people.append(hr.put(f"/v1/staff/VP-{n}{side}", an(full_name=nth("Lưu Thị Văn Phòng", 2 * n + len(people)), unit=office)).json)
    page = hr.post("/v1/slips", {"staff": [p["id"] for p in people]}, format="html", lang="vi").body.decode()
    lists = page.split('<section class="list">')[1:]
    assert len(lists) == 2, [re.findall("<h2>.*?</h2>", part) for part in lists]
    for part, person, side in zip(lists, people, "AB"):
        assert f"<h2>Văn phòng chung (T1.V{n}{side}.VP)</h2>" in part and person["full_name"] in part and "Danh sách có 1 người" in part


def test_who_may_not(service, hr, team, client):
    code, people = team

    def token(*scopes, unit=None):
        return service.client(hr.post("/v1/tokens", {"name": "in", "scopes": scopes, "unit": unit}).json["secret"])
    blind = token("accounts:write")
    assert blind.post("/v1/slips", {"unit": code}).code == "scope_missing"
    other = token("accounts:write", "staff:read", unit="T1.02")
    assert other.post("/v1/slips", {"unit": code}).code == "unit_not_found"
    hidden, = other.post("/v1/slips", {"staff": [people[0]["id"]]}).json["items"]
    assert (hidden["staff"], hidden["code"], hidden["problem"]["code"]) == (None, None, "staff_not_found")
    assert hr.post("/v1/slips", {}).status == hr.post("/v1/slips", {"unit": code, "staff": []}).status == 422
    assert hr.post("/v1/slips", {"unit": code, "system": "nothing"}).code == "system_not_found"
    locked = hr.put(f"/v1/staff/{people[0]['id']}/accounts/mailbox", {"state": "locked", "reason": "leave"})
    assert locked.status == 200
    none, = hr.post("/v1/slips", {"staff": [people[0]["id"]]}).json["items"]
    assert none["problem"]["code"] == "conflict" and none["staff"]["id"] == people[0]["id"]
    assert client.post("/v1/slips", {"unit": "T1"}, format="html").code == "conflict", "an address to print is needed"


def test_a_look_shows_the_holder_and_uses_nothing_up(service, hr, team):
    person = team[1][0]
    code = hr.post("/v1/slips", {"staff": [person["id"]]}).json["items"][0]["code"]
    open_ = service.client("none")
    open_.token = None
    for _ in range(3):
        seen = open_.post("/v1/activation-checks", {"code": code}).json
        assert (seen["full_name"], seen["address"]) == (person["full_name"], person["address"]) and "birth_year" not in seen
    assert seen["mail"] == {"imap": "imap.tinh.gov.vn:993", "smtp": "smtp.tinh.gov.vn:587", "webmail": "https://thu.tinh.gov.vn"}
    weak = open_.post("/v1/activations", {"code": code, "password": "ngan"})
    assert weak.code == "password_too_weak" and weak.status == 422
    assert open_.post("/v1/activations", {"code": code, "password": PASSWORD}).status == 204
    assert open_.post("/v1/activation-checks", {"code": code}).code == "activation_refused"
    assert bind(service, person, PASSWORD)


def test_of_a_hundred_at_once_exactly_one_wins(service, hr, team):
    person = team[1][1]
    code = hr.post("/v1/slips", {"staff": [person["id"]]}).json["items"][0]["code"]
    passwords = [f"Mua-Xuan-{n:03}-Ve" for n in range(100)]
    answers = {}
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        def one(password):
            client = service.client()
            client.token = None
            return client.post("/v1/activations", {"code": code, "password": password})
        answers = dict(zip(passwords, pool.map(one, passwords)))
    won = [p for p, a in answers.items() if a.status == 204]
    assert len(won) == 1 and bind(service, person, won[0])
    assert {(a.status, a.code) for p, a in answers.items() if p != won[0]} <= {(422, "activation_refused"), (429, "rate_limited"), (503, "busy")}
    assert not any(bind(service, person, p) for p in passwords[:5] if p != won[0])


def test_a_program_finds_its_settings(hr, client):
    found = hr.get("/.well-known/autoconfig/mail/config-v1.1.xml", emailaddress="a@ninhthuan.gov.vn")
    tree = xml.dom.minidom.parseString(found.body)
    incoming, = tree.getElementsByTagName("incomingServer")
    assert [n.firstChild.data for name in ("hostname", "port", "socketType") for n in incoming.getElementsByTagName(name)] == ["imap.tinh.gov.vn", "993", "SSL"]
    assert tree.getElementsByTagName("outgoingServer")[0].getElementsByTagName("socketType")[0].firstChild.data == "STARTTLS"
    profile = hr.get("/kichhoat/mail.mobileconfig", address="a&b@ninhthuan.gov.vn")
    import plistlib
    mail, = plistlib.loads(profile.body)["PayloadContent"]
    assert mail["EmailAddress"] == mail["IncomingMailServerUsername"] == "a&b@ninhthuan.gov.vn" and mail["OutgoingMailServerPortNumber"] == 587
    assert hr.get("/kichhoat/mail.mobileconfig", address="a@gmail.com").status == 422
    assert client.get("/kichhoat/mail.mobileconfig", address="a@ninhthuan.gov.vn").status == 404, "nobody told where the mail is"


def test_the_page_of_activation_needs_nothing_from_outside(hr):
    for path in ("/kichhoat", "/kichhoat/app.js", "/kichhoat/app.css"):
        answer = hr.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status == 200 and "default-src 'none'" in policy and "unsafe" not in policy
        assert not re.search(rb"https?://", answer.body) and answer.headers["Referrer-Policy"] == "no-referrer"


# ---- in time, and from the first day on ----

def policy(tmp_path, **more):
    body = json.loads((ROOT / "deploy/policies/ninhthuan-demo.json").read_text())
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({**body, **more}, ensure_ascii=False))
    return str(path)


def test_who_sets_no_password_in_time_is_reminded_then_locked(start, tmp_path):
    rule = policy(tmp_path, default_password={"max_age_days": 30, "warn_days": [7, 2]})
    service = start(policy_file=rule)
    client = service.client()
    make_units(client)
    for n in range(3):
        assert client.put(f"/v1/staff/LATE-{n}", an(full_name=nth("Lâm Thị Muộn", n))).status == 201
    secret = client.post("/v1/staff/LATE-2/accounts/mailbox/credential-resets", None).json["code"]
    assert client.post("/v1/activations", {"code": secret, "password": PASSWORD}).status == 204
    issued = datetime.date.fromisoformat(client.get("/v1/activations").json["items"][0]["since"][:10])
    assert {(i["staff"]["staff_code"], i["last_day"], i["stage"]) for i in client.get("/v1/activations").json["items"]} == {
        (f"LATE-{n}", (issued + datetime.timedelta(30)).isoformat(), "waiting") for n in (0, 1)}
    first = client.get("/v1/activations", page_size=1, include_total=True).json
    assert (len(first["items"]), first["total"]) == (1, 2)
    assert client.get("/v1/activations", stage="reminded", include_total=True).json["total"] == 0
    service.stop()

    def on(day):
        later = start(service.data, policy_file=rule, clock_offset=str(day * 86400))
        client = later.client()
        later.wait_calendar(day)
        return later, client
    later, client = on(30)
    assert {i["stage"] for i in client.get("/v1/activations").json["items"]} == {"reminded"}
    client.post("/v1/staff/LATE-1/accounts/mailbox/credential-resets", None)
    later.stop()
    later, client = on(31)
    locked = client.get("/v1/activations", stage="locked", page_size=1, include_total=True).json
    assert locked["total"] == 1, "those of the stage alone"
    locked = locked["items"]
    assert [i["staff"]["staff_code"] for i in locked] == ["LATE-0"], "not while a code is valid"
    account = next(a for a in client.get("/v1/staff/LATE-0").json["accounts"] if a["system"] == "mailbox")
    assert (account["desired"]["state"], account["desired"]["reason"], account["observed"]["state"]) == ("locked", "default_password", "temp_locked")
    assert client.get("/v1/staff/LATE-2").json["accounts"][0]["desired"]["state"] == "present", "who has a password"
    assert client.put("/v1/staff/LATE-0/accounts/mailbox", {"state": "present"}).status == 200
    assert client.post("/v1/slips", {"staff": ["LATE-0"]}).json["items"][0]["code"], "asked for, he begins anew"
    assert {i["staff"]["staff_code"]: i["stage"] for i in client.get("/v1/activations").json["items"]}["LATE-0"] == "waiting"


def test_a_newcomers_accounts_come_ahead_and_open_on_the_first_day(start, tmp_path):
    rule = policy(tmp_path, onboarding={"lead_days": 5})
    service = start(policy_file=rule)
    client = service.client()
    make_units(client)
    first = site_today() + datetime.timedelta(10)
    made = client.put("/v1/staff/NEW-1", an(full_name="Lâm Thị Mới", hired_on=first.isoformat()))
    assert (made.status, made.json["status"], made.json["accounts"], made.json["address"]) == (201, "pending", [], None)
    service.stop()

    def on(day):
        later = start(service.data, policy_file=rule, clock_offset=str(day * 86400))
        return later, later.client()
    later, client = on(5)
    wait_for(lambda: client.get("/v1/staff/NEW-1").json["address"], "issued five days ahead")
    slip, = client.post("/v1/slips", {"staff": ["NEW-1"]}).json["items"]
    assert slip["expires_at"][:10] == (first + datetime.timedelta(3)).isoformat(), "the slip is good from the first day on"
    early = client.post("/v1/activations", {"code": slip["code"], "password": PASSWORD})
    assert early.code == "activation_refused" and f"{first:%d/%m/%Y}" in early.json["detail"]
    looks = [client.post("/v1/activation-checks", {"code": slip["code"]}) for _ in range(25)]
    assert {(a.code, a.json["detail"]) for a in looks} == {("activation_refused", early.json["detail"])}, "said before a password is chosen, and no wrong code"
    assert "activation_refused" not in later.log.read_text()
    later.stop()
    later, client = on(10)
    assert client.post("/v1/activations", {"code": slip["code"], "password": PASSWORD}).status == 204
    assert bind(later, client.get("/v1/staff/NEW-1").json, PASSWORD)
