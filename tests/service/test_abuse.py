"""An adversarial hour: a lower administrator, a script of one narrow scope, somebody who has left with a live cookie, a deputy and an administrator who
wants what the brake holds of himself try every door that they can think of. Each is refused, and nothing is changed by any of them."""
import base64
import itertools
import json

import pytest
from browser import PASSWORD, Person, activate, login_of
from congvu import UNIT, Service, an, day, nth

numbers = itertools.count(1)


class Town:
    def __init__(self, spec):
        self.spec, self.service = spec, Service(spec=spec, rate_per_second=0).start()
        self.admin, self.ids = self.service.client(), {}
        for code, parent, block in (("TINH", None, "chinh_quyen"), ("XA-A", "TINH", "chinh_quyen"), ("PHONG-A", "XA-A", "chinh_quyen"), ("XA-B", "TINH", "chinh_quyen"), ("DANG-A", "XA-A", "dang_doan_the")):
            made = self.admin.put(f"/v1/units/{code}", {**UNIT, "name": {"vi": f"Đơn vị {code.title().replace('-', ' ')}"}, "kind": "phong", "block": block, "slug": code.lower().replace("-", ""), **({"parent": parent} if parent else {})})
            assert made.status == 201, made
            self.ids[code] = made.json["id"]
        self.boss = self.somebody("TINH", "site_admin")
        self.second = self.somebody("TINH", "site_admin")
        self.lower = self.somebody("XA-A", "unit_admin")
        self.other = self.somebody("XA-A", "unit_admin")
        self.hr = self.somebody("XA-A", "unit_hr")
        self.clerk = self.somebody("XA-A", "clerk")
        self.leaver = self.somebody("XA-A", "unit_hr")
        self.plain, self.stranger, self.party, self.near = (self.person(unit) for unit in ("XA-A", "XA-B", "DANG-A", "PHONG-A"))
        self.usage, self.reader = self.service.reach("XA-A", "usage:write"), self.service.reach("XA-A", "staff:read")
        self.maker = self.service.reach("XA-A", "tokens:write", "units:read")
        self.writer = self.service.reach("XA-A", "staff:write", "staff:read", "accounts:write", "departures:write")
        self.units = self.service.reach("XA-A", "units:write", "units:read", "staff:read")
        self.root = next(t for t in self.admin.get("/v1/tokens").json["items"] if t["id"] == self.admin.get("/v1/me").json["token"]["id"])
        assert self.admin.put(f"/v1/staff/{self.leaver.me['id']}/departure", {"reason": "nghi_huu"}).status == 200
        self.import_of_b = self.service.reach("XA-B", "staff:read", "staff:write").call("POST", "/v1/imports?kind=staff&unit=XA-B", "Mã NV,Họ và tên,Đơn vị\nQ-1,Lê Văn Riêng,XA-B\n".encode(), {"Content-Type": "text/csv"}).json["id"]
        self.paper_of_b = self.admin.post("/v1/reports", {"kind": "coverage", "unit": "XA-B", "accept_incomplete": True, "from": day(-40), "to": day(-10)}).json["id"]
        self.token_of_b = self.admin.post("/v1/tokens", {"name": "của xã B", "scopes": ["staff:read"], "unit": "XA-B"}).json["id"]

    def person(self, unit):
        n = next(numbers)
        made = self.admin.put(f"/v1/staff/AB-{n}", an(full_name=nth("Người Bị Thử", n), unit=unit, mobile="+84912345678"))
        assert made.status == 201, made
        return made.json

    def somebody(self, unit, role):
        me = self.person(unit)
        activate(self.admin, me["staff_code"])
        assert self.admin.post(f"/v1/staff/{me['id']}/roles", {"role": role, **({} if role == "site_admin" else {"unit": unit})}).status == 201
        session = Person(self.service, self.spec, f"127.0.7.{next(numbers) % 250 + 1}")
        assert session.sign_in(login_of(me))[0] == 201
        session.me = me
        return session

    def kept(self):
        """All that none of them may change."""
        people = [self.admin.get(f"/v1/staff/{p['id']}").json for p in (self.boss.me, self.second.me, self.other.me, self.stranger, self.party, self.leaver.me)]
        roles = [self.admin.get(f"/v1/staff/{p['id']}/roles").json for p in (self.boss.me, self.second.me, self.lower.me, self.hr.me, self.clerk.me, self.plain)]
        units = [self.admin.get(f"/v1/units/{u}").json for u in self.ids]
        tokens = sorted((t["id"], t["expires_at"], str(t["scopes"])) for t in self.admin.get("/v1/tokens").json["items"])
        systems = [self.admin.get(f"/v1/systems/{s}").json["required_for"] for s in ("mailbox", "td-office")]
        return json.dumps([people, roles, units, tokens, systems, self.admin.get("/v1/imports").json, self.admin.get("/v1/reports").json, self.admin.get("/v1/report-schedules").json], ensure_ascii=False)


@pytest.fixture(scope="module")
def town(spec):
    made = Town(spec)
    try:
        yield made
        made.service.stop()
    finally:
        made.service.clean()


def staff(key, tail=""):
    return lambda t: f"/v1/staff/{(lambda who: who.me['id'] if hasattr(who, 'me') else who['id'])(getattr(t, key))}{tail}"


LEAVE = {"reason": "buoc_thoi_viec", "decision": {"number": "1/QĐ"}}
SHEET = "Mã NV,Họ và tên,Đơn vị\nZX-1,Lê Văn Lạ,{}\n"
ABUSES = [  # who, what, method, path, body, the refusal unless it is that of who has not the right
    # ---- a lower administrator ----
    ("lower", "resets the password of a higher one", "POST", staff("boss", "/accounts/mailbox/credential-resets"), {}, "staff_not_found"),
    ("lower", "resets it at another system", "POST", staff("boss", "/accounts/td-office/credential-resets"), {}, "staff_not_found"),
    ("lower", "resets the password of a higher one through a slip", "POST", "/v1/slips", lambda t: {"staff": [t.boss.me["id"]]}, "staff_not_found"),
    ("lower", "takes a higher one's second factor", "DELETE", staff("boss", "/second-factor"), None, "staff_not_found"),
    ("lower", "takes the own second factor off", "DELETE", staff("lower", "/second-factor"), None, "not_by_oneself"),
    ("lower", "frees a higher one's sign-in elsewhere", "DELETE", staff("boss", "/oidc-subject"), None, "staff_not_found"),
    ("lower", "locks a higher one", "PUT", staff("boss", "/accounts/mailbox"), {"state": "locked", "reason": "other"}, "staff_not_found"),
    ("lower", "closes a higher one", "PUT", staff("boss", "/accounts/mailbox"), {"state": "closed", "reason": "other"}, "staff_not_found"),
    ("lower", "gives himself a role", "POST", staff("lower", "/roles"), {"role": "site_admin"}),
    ("lower", "gives a friend a role", "POST", staff("plain", "/roles"), {"role": "unit_admin", "unit": "XA-A"}),
    ("lower", "takes a higher one's role", "DELETE", staff("boss", "/roles/1"), None),
    ("lower", "reads roles", "GET", staff("boss", "/roles"), None),
    ("lower", "lends more than he has", "POST", "/v1/me/deputies", lambda t: {"role": 7, "staff": t.plain["id"], "to": day(3)}, "role_not_found"),
    ("lower", "lends to somebody of another commune", "POST", "/v1/me/deputies", lambda t: {"role": 1, "staff": t.stranger["id"], "to": day(3)}, "staff_not_found"),
    ("lower", "lends to himself", "POST", "/v1/me/deputies", lambda t: {"role": 1, "staff": t.lower.me["id"], "to": day(3)}, "validation_failed #/staff not_allowed"),
    ("lower", "ends what another one lent", "DELETE", lambda t: f"/v1/me/deputies/{t.boss.me['id']}/1", None, "role_not_found"),
    ("lower", "makes a token", "POST", "/v1/tokens", {"name": "x", "scopes": ["staff:read"], "unit": "XA-A"}),
    ("lower", "prolongs the first token", "PATCH", lambda t: f"/v1/tokens/{t.root['id']}", {"expires_at": None}),
    ("lower", "revokes the first token", "DELETE", lambda t: f"/v1/tokens/{t.root['id']}", None, "token_not_found"),
    ("lower", "edits somebody of his commune", "PATCH", staff("plain"), {"title": "Chủ tịch"}),
    ("lower", "moves himself up", "PATCH", staff("lower"), {"unit": "TINH"}),
    ("lower", "sends somebody away", "PUT", staff("plain", "/departure"), LEAVE),
    ("lower", "sends a higher one away", "PUT", staff("boss", "/departure"), LEAVE),
    ("lower", "sends a batch away", "POST", "/v1/departures/batches", lambda t: {"departures": [{"staff": t.plain["id"], **LEAVE}]}),
    ("lower", "brings a leaver back", "POST", staff("leaver", "/reinstatements"), {"decision": {"number": "2/QĐ"}}),
    ("lower", "changes his unit's block", "PATCH", "/v1/units/DANG-A", {"block": "chinh_quyen"}),
    ("lower", "opens a mailbox of the Party", "PUT", staff("party", "/accounts/mailbox"), {"state": "present"}, "staff_not_found"),
    ("lower", "resets somebody of the Party", "POST", staff("party", "/accounts/mailbox/credential-resets"), {}, "staff_not_found"),
    ("lower", "resets a stranger", "POST", staff("stranger", "/accounts/mailbox/credential-resets"), {}, "staff_not_found"),
    ("lower", "reads a paper of another commune", "GET", lambda t: f"/v1/reports/{t.paper_of_b}/content?format=json", None, "report_not_found"),
    ("lower", "reads a list of another commune", "GET", lambda t: f"/v1/imports/{t.import_of_b}/rows", None, "import_not_found"),
    ("lower", "reads the entries of the evidence log", "GET", "/v1/audit-log/tile/entries/000.p/1", None),
    ("lower", "opens the brake for nobody's sake", "POST", "/v1/brake-releases", lambda t: {"token": t.root["id"], "reason": "x", "digest": "0" * 64}),
    ("lower", "lets locks ahead for the whole province", "POST", "/v1/brake-releases", lambda t: {"token": t.root["id"], "reason": "x", "locks_ahead": {"unit": "TINH", "allow": 60}}),
    ("lower", "says that losses are right", "POST", "/v1/loss-releases", {"records": 45}),
    ("lower", "restores a whole system", "POST", "/v1/systems/mailbox/restorations", {"reason": "x"}),
    ("lower", "changes who must have an account", "PATCH", "/v1/systems/mailbox", {"required_for": []}),
    ("lower", "makes a system", "POST", "/v1/systems", {"id": "my-own", "name": {"vi": "Của tôi"}, "kind": "manual"}),
    ("lower", "holds the mailbox of the province", "PUT", "/v1/units/TINH/mailbox", lambda t: {"holders": [t.lower.me["id"]]}, "unit_not_found"),
    ("lower", "takes the account of another commune", "PUT", "/v1/units/XA-B/accounts/td-office", lambda t: {"login": "vt_b", "custodian": t.lower.me["id"]}, "unit_not_found"),
    # ---- HR of a commune ----
    ("hr", "edits a higher one", "PATCH", staff("boss"), {"full_name": "Người Khác"}, "staff_not_found"),
    ("hr", "edits a higher one of her commune", "PATCH", staff("other"), {"title": "Nhân viên"}, "higher_role"),
    ("hr", "gives a higher one of her commune another login", "PATCH", staff("other"), {"login": "motcaikhac"}, "higher_role"),
    ("hr", "overwrites him by a mistaken code", "PUT", lambda t: f"/v1/staff/{t.other.me['staff_code']}", lambda t: an(full_name=t.other.me["full_name"], unit="PHONG-A"), "higher_role"),
    ("hr", "merges a higher one into herself", "PUT", staff("other", "/merge"), lambda t: {"into": t.hr.me["id"], "reason": "x"}, "higher_role"),
    ("hr", "merges herself into a higher one", "PUT", staff("hr", "/merge"), lambda t: {"into": t.other.me["id"], "reason": "x"}, "higher_role"),
    ("hr", "deletes a higher one", "DELETE", staff("other"), None, "higher_role"),
    ("hr", "says he was made by mistake", "POST", staff("other", "/corrections"), {"kind": "made_by_mistake", "reason": "x"}, "higher_role"),
    ("hr", "exchanges codes with him", "POST", staff("hr", "/corrections"), lambda t: {"kind": "swapped_codes", "reason": "x", "with": t.other.me["staff_code"]}, "higher_role"),
    ("hr", "resets a higher one's password", "POST", staff("other", "/accounts/mailbox/credential-resets"), {}, "higher_role"),
    ("hr", "resets it through a slip", "POST", "/v1/slips", lambda t: {"staff": [t.other.me["id"]]}, "higher_role"),
    ("hr", "makes somebody in another commune", "POST", "/v1/staff", an(full_name="Lê Văn Ngoài", unit="XA-B"), "validation_failed #/unit not_found"),
    ("hr", "makes somebody in the Party office", "POST", "/v1/staff", an(full_name="Lê Văn Đảng", unit="DANG-A"), "validation_failed #/unit not_found"),
    ("hr", "moves her people into the Party office", "PATCH", staff("plain"), {"unit": "DANG-A"}, "validation_failed #/unit not_found"),
    ("hr", "fetches somebody from elsewhere", "PATCH", staff("stranger"), {"unit": "XA-A"}, "staff_not_found"),
    ("hr", "fetches him by a second post", "PATCH", staff("stranger"), {"posts": [{"unit": "XA-A", "title": "x", "primary": True}]}, "staff_not_found"),
    ("hr", "names a stranger as a leaver's delegate", "PUT", staff("near", "/departure"), lambda t: {**LEAVE, "delegate_to": t.stranger["id"]}, "validation_failed #/delegate_to not_found"),
    ("hr", "makes a list for another commune", "POST", "/v1/imports?kind=staff&unit=XA-B", SHEET.format("XA-B"), "unit_not_found"),
    ("hr", "makes a list of units", "POST", "/v1/imports?kind=units&unit=XA-A", "Mã đơn vị,Tên đơn vị\nXA-A.9,Phòng Lạ\n"),
    ("hr", "runs a list of another commune", "POST", lambda t: f"/v1/imports/{t.import_of_b}/run", None, "import_not_found"),
    ("hr", "takes a list of another commune back", "POST", lambda t: f"/v1/imports/{t.import_of_b}/take-back", None, "import_not_found"),
    ("hr", "throws a list of another commune away", "DELETE", lambda t: f"/v1/imports/{t.import_of_b}", None, "import_not_found"),
    ("hr", "approves a list", "POST", lambda t: f"/v1/imports/{t.import_of_b}/approval", {"digest": "0" * 64}),
    ("hr", "makes a paper of another commune", "POST", "/v1/reports", {"kind": "coverage", "unit": "XA-B", "accept_incomplete": True, "period": "2026-Q3"}, "validation_failed #/unit not_found"),
    ("hr", "deletes a paper of another commune", "DELETE", lambda t: f"/v1/reports/{t.paper_of_b}", None, "report_not_found"),
    ("hr", "lets a paper of the province make itself", "PUT", "/v1/report-schedules/zz", {"kind": "coverage", "unit": "TINH", "every": "month", "calendar": "civil", "cut_off": 3, "due": 5}, "validation_failed #/unit not_found"),
    ("hr", "reads the evidence", "GET", "/v1/audit-events", None),
    ("hr", "sets a target", "PUT", "/v1/targets/XA-A/mailbox", {"coverage": 1}),
    # ---- a clerk ----
    ("clerk", "reads people", "GET", "/v1/staff", None),
    ("clerk", "asks who is locked, by a paper", "POST", "/v1/reports", {"kind": "locked_accounts", "unit": "XA-A", "systems": ["mailbox"], "accept_incomplete": True, "from": day(-40), "to": day(-10)}, "validation_failed #/kind not_allowed"),
    ("clerk", "reads somebody's history", "GET", staff("plain", "/history"), None),
    ("clerk", "asks for somebody", "POST", "/v1/requests", lambda t: {"kind": "lock", "unit": "XA-A", "person": {"key": t.plain["staff_code"]}, "reason": "leave"}),
    # ---- scripts ----
    ("usage", "reads people", "GET", "/v1/staff", None),
    ("usage", "reads units", "GET", "/v1/units", None),
    ("usage", "moves the clock of a whole source", "POST", "/v1/usage-events", {"system": "mailbox", "rewind": True, "data_through": day(-1), "events": []}),
    ("usage", "reads the evidence", "GET", "/v1/audit-events", None),
    ("usage", "makes a token", "POST", "/v1/tokens", {"name": "x", "scopes": ["usage:write"], "unit": "XA-A"}),
    ("usage", "revokes the first token", "DELETE", lambda t: f"/v1/tokens/{t.root['id']}", None, "token_not_found"),
    ("usage", "changes a password", "PUT", "/v1/me/password", {"current": PASSWORD, "password": "Gió-Phan-Rang-2027"}, "session_ended"),
    ("reader", "asks for an account", "PUT", staff("plain", "/accounts/mailbox"), {"state": "locked", "reason": "other"}),
    ("reader", "makes slips", "POST", "/v1/slips", {"unit": "XA-A"}),
    ("reader", "answers a question about a person", "PUT", "/v1/duplicates/Q-1", {"decision": "not_same"}),
    ("maker", "makes a token with rights that it has not", "POST", "/v1/tokens", {"name": "x", "scopes": ["staff:read"], "unit": "XA-A"}, "validation_failed #/scopes not_allowed"),
    ("maker", "makes one for another commune", "POST", "/v1/tokens", {"name": "x", "scopes": ["units:read"], "unit": "XA-B"}, "validation_failed #/unit not_found"),
    ("maker", "makes one above", "POST", "/v1/tokens", {"name": "x", "scopes": ["units:read"], "unit": "TINH"}, "validation_failed #/unit not_found"),
    ("maker", "prolongs a stranger", "PATCH", lambda t: f"/v1/tokens/{t.token_of_b}", {"expires_at": None}, "token_not_found"),
    ("maker", "revokes a stranger", "DELETE", lambda t: f"/v1/tokens/{t.token_of_b}", None, "token_not_found"),
    ("maker", "gives a role that it does not cover", "POST", staff("plain", "/roles"), {"role": "unit_hr", "unit": "XA-A"}, "validation_failed #/role not_allowed"),
    ("maker", "gives a site's role", "POST", staff("plain", "/roles"), {"role": "site_admin"}, "validation_failed #/role not_allowed"),
    ("writer", "resets a higher one's password", "POST", staff("other", "/accounts/mailbox/credential-resets"), {}, "higher_role"),
    ("writer", "gives a higher one another code", "PATCH", staff("other"), {"staff_code": "AB-9999"}, "higher_role"),
    ("writer", "takes his number of the HR system", "PATCH", staff("other"), {"hr_ref": "058080009999"}, "higher_role"),
    ("units", "lets itself into the Party office", "PATCH", "/v1/units/DANG-A", {"block": "chinh_quyen"}),
    ("units", "moves a unit of another commune here", "PATCH", "/v1/units/XA-B", {"parent": "XA-A"}, "unit_not_found"),
    ("units", "moves its own top", "PATCH", "/v1/units/XA-A", {"parent": None}),
    ("units", "moves a unit out of its reach", "PATCH", "/v1/units/PHONG-A", {"parent": "XA-B"}, "validation_failed #/parent not_found"),
    ("units", "makes a unit elsewhere", "POST", "/v1/units", {**UNIT, "code": "XA-B.1", "name": {"vi": "Phòng Lén"}, "slug": "phonglen", "parent": "XA-B"}, "validation_failed #/parent not_found"),
    ("units", "makes a unit at the top", "POST", "/v1/units", {**UNIT, "code": "LEN", "name": {"vi": "Tỉnh Lén"}, "slug": "tinhlen"}),
    ("units", "dissolves its own top", "DELETE", "/v1/units/XA-A", None),
    # ---- who has left, with a live cookie ----
    ("leaver", "is somebody", "GET", "/v1/me", None),
    ("leaver", "reads people", "GET", "/v1/staff", None),
    ("leaver", "reads what is kept of him", "GET", "/v1/me/record", None),
    ("leaver", "changes the password", "PUT", "/v1/me/password", {"current": PASSWORD, "password": "Gió-Phan-Rang-2027"}),
    ("leaver", "sets a second factor", "POST", "/v1/me/second-factor", {"current": PASSWORD}),
    ("leaver", "lends his role", "POST", "/v1/me/deputies", lambda t: {"role": 1, "staff": t.plain["id"], "to": day(3)}),
    ("leaver", "comes back by himself", "POST", staff("leaver", "/reinstatements"), {"decision": {"number": "2/QĐ"}}),
    ("leaver", "withdraws his departure", "DELETE", staff("leaver", "/departure"), None),
    ("leaver", "watches the log", "GET", "/v1/audit-log/checkpoint", None),
]


def value(what, town):
    return what(town) if callable(what) else what


def refusal(status, text):
    """The code, and of a body that cannot be taken which member is why; None: it was done."""
    answer = json.loads(text) if text.startswith("{") else {}
    if status == 200 and answer.get("items"):  # of each by itself
        answer = answer["items"][0].get("problem", {})
    if "code" not in answer:
        return None
    return " ".join([answer["code"], *(f"{e['pointer']} {e['code']}" for e in answer["errors"] if answer["code"] == "validation_failed")])


def send(who, method, path, body):
    """What it was refused for."""
    headers = {"Content-Type": "text/csv"} if isinstance(body, str) else {}
    body = body.encode() if isinstance(body, str) else body
    if isinstance(who, Person):
        status, _, text = who.raw(method, path, body, **headers)
        return refusal(status, text)
    answer = who.call(method, path, body, {**headers, **({"If-Match": "*"} if method in ("PATCH", "DELETE") else {})})
    return refusal(answer.status, answer.body.decode(errors="replace"))


def test_there_are_enough_of_them():
    assert len(ABUSES) >= 100 and len({(who, what) for who, what, *_ in ABUSES}) == len(ABUSES)


@pytest.fixture(scope="module")
def before(town):
    return town.kept()


@pytest.mark.parametrize("who,method,path,body,code", [(who, *asked, *(code or ["session_ended" if who == "leaver" else "scope_missing"])) for who, _, *asked, code in ((*row[:5], row[5:]) for row in ABUSES)],
                         ids=[f"{who} {what}" for who, what, *_ in ABUSES])
def test_refused(town, before, who, method, path, body, code):
    """For what it is, not for a body that nobody could take."""
    assert send(getattr(town, who), method, value(path, town), value(body, town)) == code


def test_and_nothing_was_changed_by_all_of_them(town, before):
    assert town.kept() == before


def test_a_token_for_all_that_its_maker_sees_sees_no_more(town):
    made = town.maker.post("/v1/tokens", {"name": "x", "scopes": ["units:read"], "unit": None}).json
    assert made["unit"]["code"] == "XA-A" and town.service.client(made["secret"]).get("/v1/units/XA-B").status == 404


# ---- doors beside the doors ----

def cookie(person, value):
    other = Person(person, person.spec, person.source)
    other.cookie, other.csrf = f"{person.cookie.split('=', 1)[0]}={value}", person.csrf
    return other


def test_a_cookie_that_was_touched_opens_nothing(town):
    good = town.lower.cookie.split("=", 1)[1].split(";")[0]
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    for at in range(0, len(raw), 3):
        bent = base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]).decode().rstrip("=")
        assert cookie(town.lower, bent).call("GET", "/v1/me")[0] == 401, at
    for text in (good[:-4], good + "AAAA", good.swapcase(), "", "null", "0" * len(good), town.hr.cookie.split("=", 1)[1].split(";")[0][:40] + good[40:]):
        assert cookie(town.lower, text).call("GET", "/v1/me")[0] == 401, text
    assert cookie(town.lower, good).call("GET", "/v1/me")[0] == 200, "the test bends the right thing"


def test_what_one_page_has_another_cannot_use(town):
    order = ("PUT", f"/v1/staff/{town.plain['id']}/accounts/mailbox", {"state": "locked", "reason": "other"})
    for csrf in (None, "", town.hr.csrf, town.lower.csrf[:-1], town.lower.csrf + "A"):
        other = cookie(town.lower, town.lower.cookie.split("=", 1)[1])
        other.csrf = csrf
        assert other.call(*order)[1]["code"] == "csrf_mismatch", csrf
    assert town.admin.get(f"/v1/staff/{town.plain['id']}/accounts/mailbox").json["desired"]["state"] == "present"


@pytest.mark.parametrize("head", [{"X-HTTP-Method-Override": "DELETE"}, {"X-Original-URL": "/v1/staff"}, {"X-Forwarded-User": "root"}, {"X-Forwarded-For": "127.0.0.1"}, {"Remote-User": "admin"},
                                  {"Authorization": "Basic YWRtaW46YWRtaW4="}, {"Authorization": "Bearer "}, {"Authorization": "Bearer null"}], ids=str)
def test_no_header_makes_somebody_of_nobody(town, head):
    anybody = town.service.client()
    anybody.token = None
    assert anybody.call("GET", "/v1/staff", headers=head).status in (400, 401)
    if "Authorization" not in head:
        assert town.usage.call("GET", "/v1/staff", headers=head).code == "scope_missing"


def test_another_verb_asks_for_the_same_right(town):
    assert town.clerk.raw("HEAD", "/v1/staff")[0] == 403 and town.clerk.raw("HEAD", f"/v1/staff/{town.plain['id']}")[0] == 403
    assert town.hr.raw("HEAD", f"/v1/staff/{town.stranger['id']}")[0] == 404
    options = town.usage.call("OPTIONS", f"/v1/staff/{town.stranger['id']}")
    assert options.status in (200, 204) and town.stranger["full_name"] not in options.body.decode()


@pytest.mark.parametrize("path", ["/v1/staff/{}/", "/v1//staff/{}", "/v1/staff/./{}", "/v1/staff/%2e%2e/staff/{}", "/V1/staff/{}", "/v1/staff/{}%00", "/v1/staff/{}?unit=XA-B", "/v1/staff/{}%20", "/v1/staff/{};x=1"])
def test_no_other_spelling_finds_him(town, path):
    for key in (town.stranger["id"], town.stranger["id"].upper(), town.stranger["staff_code"], town.stranger["address"], login_of(town.stranger)):
        status, _, text = town.hr.raw("GET", path.format(key))
        assert status in (400, 404) and town.stranger["full_name"] not in text, (path, key, status)


def test_the_next_page_of_somebody_else_is_not_continued(town):
    whole = town.admin.get("/v1/staff", page_size=1).json["next_page_token"]
    for path in (f"/v1/staff?page_size=1&page_token={whole}", f"/v1/accounts?page_size=1&page_token={whole}", f"/v1/units?page_size=1&page_token={whole}"):
        status, answer = town.hr.call("GET", path)
        assert status in (400, 410) and answer["code"] in ("page_token_mismatch", "page_token_expired", "invalid_parameter"), answer


def test_a_key_of_somebody_elses_request_tells_nothing(town):
    body, key = an(full_name="Lê Văn Khóa", unit="XA-B", mobile="+84912345999"), {"Idempotency-Key": "abuse-1"}
    assert town.admin.post("/v1/staff", body, key).status == 201
    own = town.writer.post("/v1/staff", body, key)
    assert own.status in (404, 422) and "Khóa" not in own.body.decode(), own
    other = town.writer.post("/v1/staff", {**body, "unit": "XA-A"}, key)
    assert other.status in (201, 404, 422) and "XA-B" not in other.body.decode() and other.headers.get("Idempotency-Replayed") is None, other


def test_signing_in_as_what_one_is_not(town):
    for more in ({"role": 2}, {"role": 0}, {"role": -1}, {"role": 10**9}):
        other = Person(town.service, town.spec, "127.0.8.1")
        status, answer = other.sign_in(login_of(town.clerk.me), **more)
        assert status >= 400 or answer["role"] is None or answer["role"] == "clerk" or (answer["role"] or {}).get("role") == "clerk", (more, answer)
    for login in ("*", "a*", f"{login_of(town.boss.me)})(cvId=*", f"{login_of(town.boss.me)}\u0000", f"mailbox/{login_of(town.boss.me)}", "cn=service,ou=system,dc=congvu", ""):
        assert Person(town.service, town.spec, "127.0.8.2").sign_in(login)[0] in (400, 422, 429), login
    assert Person(town.service, town.spec, "127.0.8.3").sign_in(login_of(town.boss.me), "")[0] in (400, 422)


# ---- who wants what the brake holds of himself ----

def test_nobody_is_a_second_person_for_himself_under_any_name(town):
    people = [town.person("XA-B")["id"] for _ in range(8)]
    friend = town.person("TINH")
    activate(town.admin, friend["staff_code"])
    done = town.boss.call("POST", "/v1/departures/batches", {"departures": [{"staff": p, "reason": "buoc_thoi_viec"} for p in people]})[1]
    assert done["summary"]["held"] >= 2, done["summary"]
    held = [people[line["index"]] for line in done["results"] if line["outcome"] == "held"]
    order = {"token": town.boss.me["id"], "reason": "Tự cho phép", "people": held}

    def refused(who, body=order):
        return send(who, "POST", "/v1/brake-releases", body) == "scope_missing"
    assert refused(town.boss)
    status, made = town.boss.call("POST", "/v1/tokens", {"name": "của tôi", "scopes": ["brake:release", "staff:read", "tokens:write", "units:read"]})
    assert status == 201
    mine = town.service.client(made["secret"])
    assert refused(mine), "by a token of his"
    child = mine.post("/v1/tokens", {"name": "con", "scopes": ["brake:release", "staff:read"]})
    assert child.status == 201 and refused(town.service.client(child.json["secret"])), "by a token that his token made"
    assert town.boss.call("POST", "/v1/me/deputies", {"role": 1, "staff": friend["id"], "to": day(3)})[0] == 201
    deputy = Person(town.service, town.spec, "127.0.8.9")
    assert deputy.sign_in(login_of(friend))[0] == 201
    assert refused(deputy), "by somebody to whom he lent his role for that"
    status, lent = deputy.call("POST", "/v1/tokens", {"name": "của người thay", "scopes": ["brake:release", "staff:read"]})
    assert status == 201 and refused(town.service.client(lent["secret"])), "by a token of that one"
    more = [town.person("XA-B")["id"] for _ in range(8)]
    stopped = deputy.call("POST", "/v1/departures/batches", {"departures": [{"staff": p, "reason": "buoc_thoi_viec"} for p in more]})[1]
    theirs = {"token": friend["id"], "reason": "Cho người thay", "people": [more[line["index"]] for line in stopped["results"] if line["outcome"] == "held"]}
    assert theirs["people"] and refused(town.boss, theirs), "nor the lender what was stopped in his own name"
    named = {r["token"] for r in stopped["brake"]["releasers"]}
    assert town.second.me["id"] in named and not named & {town.boss.me["id"], friend["id"], made["id"], lent["id"]}, "who is named as one to ask may do it"
    assert {town.admin.get(f"/v1/staff/{p}/departure").json["state"] for p in held + theirs["people"]} == {"held"}
    status, answer = town.second.call("POST", "/v1/brake-releases", order)
    assert (status, answer["released"]) == (201, len(held)), "another person may"
