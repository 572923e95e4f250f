"""Whoever asks whatever can be asked, no answer names a unit, a person or a program that he is not shown: of each operation in the table of routes, as
each role, with every record's key and every parameter of the contract. What may be shown is what GET of the record answers 200 for, at that moment."""
import io
import itertools
import json
import re
import subprocess
import zipfile

import pytest
from browser import Person, activate, login_of
from congvu import BIN, UNIT, Service, an, day

ROUTES = [r for r in map(json.loads, subprocess.run([BIN, "routes"], capture_output=True, text=True, check=True).stdout.splitlines()) if r["listener"] == "api"]
SCOPES = ["staff:read", "staff:write", "accounts:write", "departures:write", "units:read", "units:write", "systems:write", "coverage:read", "tokens:write", "usage:write", "reports:write", "audit:read"]
SESSIONS = {"HR": ("unit_hr", "XA-A"), "admin": ("unit_admin", "XA-A"), "head": ("unit_head", "XA-A"), "clerk": ("clerk", "XA-A"), "HR of an office": ("unit_hr", "PHONG-A"), "HR of the province": ("unit_hr", "TINH"),
            "inspector": ("inspector", "TINH"), "inspector of the neighbour": ("inspector", "XA-B"), "HR of the Party": ("unit_hr", "DANG-A"), "nobody": (None, "XA-A")}
TOKENS = {"program": "XA-A", "program of an office": "PHONG-A", "program of the Party": "DANG-A", "program of the province": "TINH"}
# Whose answers are the same for everybody, or say back what was asked; and those that end the session that asks.
APART = {"get_problem", "get_openapi_json", "get_openapi_yaml", "get_docs", "get_console", "get_console_file", "get_activation_page", "get_activation_script", "get_activation_style", "begin_oidc", "finish_oidc",
         "get_mail_settings", "get_mail_profile"}
ENDS = {"delete_session", "delete_token", "put_my_password", "create_my_second_factor", "put_my_second_factor"}
# A frozen paper says who was there when it was frozen; its hash covers every byte.
# What people write to each other: a request names the unit that asks and whom it asked for, as they wrote it; so does a list that somebody sent.
WRITTEN = {"create_request", "list_requests", "get_request", "put_request_answer", "create_import", "list_imports", "get_import", "list_import_rows", "get_import_file", "get_import_run", "take_import_back", "list_duplicates"}
FROZEN = {"get_report", "get_report_content", "list_reports", "list_report_indicators", "create_report", "patch_report", "create_report_revision"}
serial = itertools.count(1)


def word():
    n = next(serial)
    return "Zq" + "".join("bcdghklm"[n >> 3 * i & 7] for i in range(5))


def good(answer):
    assert answer.status in (200, 201, 202, 204), answer
    return answer.json if answer.body else None


def text_of(body):
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(part).decode(errors="replace") for part in book.namelist())


class World:
    """A province of two communes and a Party office, in which much has happened across their borders."""

    def __init__(self, spec):
        self.spec, self.service = spec, Service(spec=spec, rate_per_second=0).start()
        self.admin, self.people, self.typed = self.service.client(), {}, set()
        for code, kind, parent in (("TINH", "ubnd_huyen", None), ("XA-A", "ubnd_xa", "TINH"), ("PHONG-A", "phong", "XA-A"), ("PHONG-A2", "phong", "XA-A"), ("XA-B", "ubnd_xa", "TINH"), ("PHONG-B", "phong", "XA-B"),
                                   ("DANG-A", "dang", "XA-A"), ("DANG", "dang", None)):
            block = "dang_doan_the" if kind == "dang" else "chinh_quyen"
            good(self.admin.put(f"/v1/units/{code}", {**UNIT, "name": {"vi": f"Phòng {word()}", "en": f"Office {word()}"}, "kind": kind, "block": block, "slug": f"s{next(serial)}", **({"parent": parent} if parent else {})}))
        self.actors = {name: self.session(role, unit) for name, (role, unit) in SESSIONS.items()}
        self.actors |= {name: self.program(unit) for name, unit in TOKENS.items()}
        self.happen()
        self.pools = self.keys()

    # ---- who asks ----
    def session(self, role, unit):
        somebody = self.person(unit)
        activate(self.admin, somebody["staff_code"])
        if role:
            good(self.admin.post(f"/v1/staff/{somebody['id']}/roles", {"role": role, "unit": unit}))
        person = Person(self.service, self.spec, f"127.0.6.{next(serial) % 250 + 1}")
        assert person.sign_in(login_of(somebody))[0] == 201
        person.me, person.where = somebody, unit
        return person

    def program(self, unit):
        made = good(self.admin.post("/v1/tokens", {"name": f"Máy {word()}", "scopes": SCOPES, "unit": unit}))
        client = self.service.client(made["secret"])
        client.me, client.where = {"id": made["id"], "name": made["name"]}, unit

        def raw(method, path, body=None, **headers):
            if method in ("PATCH", "DELETE"):
                headers["If-Match"] = "*"
            answer = client.call(method, path, body, headers)
            return answer.status, list(answer.headers.items()), text_of(answer.body)
        client.raw = raw
        return client

    def person(self, unit, **more):
        n = next(serial)
        made = good(self.admin.put(f"/v1/staff/ZS-{n:06}", an(full_name=f"Nguyễn {word()} {word()}", unit=unit, title=f"Chức {word()}", mobile=f"+849{n:08}", birth_year=1980, **more)))
        self.people[made["staff_code"]] = made
        return made

    def named(self, unit):
        made = good(self.admin.post("/v1/tokens", {"name": f"Máy {word()}", "scopes": SCOPES, "unit": unit}))
        return self.service.client(made["secret"]), made["name"]

    def another(self):
        """Of a line of its own at the brake."""
        return self.service.reach(None, *SCOPES)

    # ---- what happened ----
    def happen(self):
        admin, code = self.admin, "staff_code"
        (b, at_b), (party, at_party) = self.named("XA-B"), self.named("DANG")
        self.programs = {at_b: ("XA-B", "TINH"), at_party: ("DANG",)}  # of other units: told by name to who works there or above
        own = {unit: [self.person(unit) for _ in range(3)] for unit in ("XA-A", "PHONG-A", "PHONG-A2", "XA-B", "PHONG-B", "DANG-A", "DANG", "TINH")}
        for client, people in ((b, own["XA-B"]), (party, own["DANG"])):
            for p in people:  # by a program of theirs, before they moved
                client.patch(f"/v1/staff/{p['id']}", {"title": f"Chức {word()}", "decision": {"number": "7/QĐ"}})
        # moves: there, here and back; a day to come; two posts
        for there in ("XA-B", "DANG", "DANG-A", "TINH"):
            good(admin.patch(f"/v1/staff/{own[there][0]['id']}", {"unit": "XA-A", "title": f"Chức {word()}", "decision": {"number": "1/QĐ"}}))
            good(admin.patch(f"/v1/staff/{own[there][1]['id']}", {"posts": [{"unit": there, "title": f"Chức {word()}", "primary": True}, {"unit": "PHONG-A", "title": f"Chức {word()}", "kind": "kiem_nhiem"}]}))
            mover = self.person("XA-A")
            good(admin.patch(f"/v1/staff/{mover['id']}", {"unit": there, "title": f"Chức {word()}"}))
            good(admin.patch(f"/v1/staff/{mover['id']}", {"unit": "XA-A"}))
            going = self.person("XA-A")
            good(admin.patch(f"/v1/staff/{going['id']}", {"unit": there, "title": f"Chức {word()}", "decision": {"number": "2/QĐ", "effective_on": day(40)}}))
        # leaving, with somebody elsewhere who takes over; coming back
        for n, heir in enumerate(("XA-B", "DANG", "DANG-A")):
            good(self.another().put(f"/v1/staff/{self.person('XA-A')['id']}/departure", {"reason": "nghi_huu", "effective_on": day(20 + n), "delegate_to": own[heir][2]["id"], "decision": {"number": "3/QĐ"}}))
        left = self.person("XA-A")
        good(self.another().put(f"/v1/staff/{left['id']}/departure", {"reason": "nghi_huu", "delegate_to": own["XA-B"][2]["id"]}))
        gone = self.person("XA-B")
        good(self.another().put(f"/v1/staff/{gone['id']}/departure", {"reason": "chuyen_cong_tac"}))
        good(admin.post(f"/v1/staff/{gone['id']}/reinstatements", {"unit": "XA-A", "title": f"Chức {word()}", "decision": {"number": "4/QĐ"}}))
        # mailboxes and accounts of units, in somebody else's hands
        good(admin.put("/v1/units/XA-A/mailbox", {"holders": [own["XA-B"][2]["id"], own["DANG-A"][2]["id"], own["XA-A"][0]["id"]]}))
        good(admin.put("/v1/units/PHONG-A/accounts/td-office", {"login": "vanthu_zq", "custodian": own["DANG"][2]["id"]}))
        good(admin.put("/v1/units/XA-A/accounts/td-office", {"login": "vanthu_zz", "custodian": own["XA-B"][2]["id"]}))
        # records made one, codes exchanged, formerly somebody else's
        twin, other = self.person("XA-A"), self.person("DANG-A")
        good(self.another().put(f"/v1/staff/{other['id']}/merge", {"into": twin["id"], "reason": "Nhập hai lần"}))
        mine, theirs = self.person("XA-A"), self.person("XA-B")
        good(self.another().put(f"/v1/staff/{theirs['id']}/merge", {"into": mine["id"], "reason": "Nhập hai lần"}))
        one, two = self.person("XA-A"), self.person("XA-B")
        good(admin.post(f"/v1/staff/{one['id']}/corrections", {"kind": "swapped_codes", "reason": "Nhập chéo", "with": two[code]}))
        self.carried = {one[code], two[code]}  # each has had both
        was = own["XA-B"][2][code]
        good(admin.patch(f"/v1/staff/{own['XA-B'][2]['id']}", {"staff_code": f"ZS-9{next(serial):05}"}))
        # questions: about who is here, elsewhere, and about units
        a = self.service.reach("XA-A", *SCOPES)
        for target in (own["XA-B"][2], own["DANG-A"][2], own["XA-A"][1]):
            self.typed.add(target["full_name"])
            a.put(f"/v1/staff/ZN-{next(serial):06}", an(full_name=target["full_name"], unit="XA-A", birth_year=1980, mobile=target["mobile"]))
        a.put(f"/v1/staff/{was}", an(full_name=f"Lê {word()}", unit="XA-A"))
        a.put(f"/v1/staff/{own['XA-A'][2][code]}", an(full_name=f"Lê {word()} {word()}", unit="XA-A"))
        b.put(f"/v1/staff/ZN-{next(serial):06}", an(full_name=own["XA-A"][2]["full_name"], unit="XA-B", birth_year=1980))
        a.put("/v1/units/PHONG-A", {**UNIT, "name": {"vi": f"Trung tâm {word()} {word()}"}, "parent": "XA-A", "slug": f"s{next(serial)}"})
        # requests in both directions
        hr = ["staff:read", "staff:write", "accounts:write", "units:read"]
        for taker, giver in (("XA-A", own["XA-B"][2]), ("XA-B", own["XA-A"][1]), ("XA-A", own["DANG-A"][2]), ("DANG-A", own["PHONG-A2"][1])):
            asker = good(admin.get(f"/v1/units/{taker}"))
            self.typed |= {giver["full_name"], giver["address"], asker["id"], asker["code"], *asker["name"].values()}
            self.service.reach(taker, *hr).post("/v1/requests", {"kind": "transfer", "unit": taker, "person": {"key": giver["address"], "full_name": giver["full_name"]}, "title": f"Chức {word()}",
                                                                  "decision": {"number": "9/QĐ", "effective_on": day(30)}})
        # units: renamed, moved, planned to be elsewhere, below another block's
        good(admin.patch("/v1/units/PHONG-A2", {"parent": "XA-B"}))
        good(admin.patch("/v1/units/PHONG-A2", {"parent": "XA-A", "name": {"vi": f"Phòng {word()}"}}))
        good(admin.patch("/v1/units/PHONG-A2", {"parent": "XA-B", "effective_on": day(60)}))
        good(admin.put("/v1/units/PHONG-A3", {**UNIT, "name": {"vi": f"Phòng {word()}"}, "parent": "XA-A", "slug": f"s{next(serial)}"}))
        good(admin.patch("/v1/units/PHONG-B", {"parent": "XA-A", "effective_on": day(61)}))
        good(admin.put("/v1/units/XA-A/headcounts/2026-01-01", {"total": 40, "source": "Phòng"}))
        # lent roles, roles given by somebody elsewhere, tokens beside each other, papers, lists, locks held
        good(admin.post(f"/v1/staff/{own['XA-A'][0]['id']}/roles", {"role": "unit_head", "unit": "XA-A", "decision": {"number": "5/QĐ"}}))
        for unit in ("XA-A", "XA-B", "DANG-A", "TINH"):
            local = self.service.reach(unit, *SCOPES)
            good(local.post("/v1/tokens", {"name": f"Máy {word()}", "scopes": ["units:read"], "unit": unit}))
            good(local.post("/v1/reports", {"kind": "coverage", "unit": unit, "accept_incomplete": True, "from": day(-40), "to": day(-10), "comment": f"Ghi chú {word()}"}))
            good(local.put(f"/v1/targets/{unit}/mailbox", {"coverage": 90}))
            self.typed |= {p["full_name"] for p in own["XA-B"] + own["DANG-A"]}
            rows = "Mã NV,Họ và tên,Đơn vị,Chức vụ\n" + "".join(f"ZI-{next(serial):05},{p['full_name']},{unit},Chuyên viên\n" for p in own["XA-B"] + own["DANG-A"])
            good(local.call("POST", f"/v1/imports?kind=staff&unit={unit}", rows.encode(), {"Content-Type": "text/csv"}))
            good(local.put(f"/v1/staff/{own[unit][2]['id']}/accounts/mailbox", {"state": "locked", "reason": "other"}))
            good(local.put(f"/v1/report-schedules/zs{next(serial)}", {"kind": "coverage", "unit": unit, "every": "month", "calendar": "civil", "cut_off": 3, "due": 5}))
            local.post("/v1/departures/batches", {"departures": [{"staff": self.person(unit)["id"], "reason": "buoc_thoi_viec"} for _ in range(7 if unit in ("XA-A", "XA-B") else 1)]})
        mix = self.service.client(good(admin.post("/v1/tokens", {"name": f"Máy {word()}", "scopes": SCOPES}))["secret"])
        mix.post("/v1/departures/batches", {"departures": [{"staff": self.person(unit)["id"], "reason": "buoc_thoi_viec"} for unit in ("XA-A", "XA-B", "DANG-A", "DANG") * 2]})

    def keys(self):
        """Values for every parameter of a path, of what is here and what is not."""
        admin = self.admin
        self.people |= {p["staff_code"] or p["id"]: p for p in good(admin.get("/v1/staff", page_size=500))["items"]}
        shared = {p["full_name"] for p in self.people.values() if sum(q["full_name"] == p["full_name"] for q in self.people.values()) > 1}
        whole = [good(admin.get(f"/v1/staff/{p['id']}")) for p in self.people.values() if p["full_name"] in shared]
        self.namesakes = {a["observed"]["login"] for p in whole for a in p["accounts"]}  # what follows from a name that both have
        units = [u["id"] for u in good(admin.get("/v1/units", include_dissolved=True, page_size=500))["items"]]
        documents = {name: [i.get("id") or i.get("staff_code") or i.get("key") for i in good(admin.get(f"/v1/{name}"))["items"]] for name in ("imports", "reports", "requests", "tokens", "report-schedules", "duplicates")}
        return {"staff": [p["id"] for p in self.people.values()], "unit": units, "system": ["mailbox", "td-office"], "date": ["2026-01-01"], "number": ["1"], "level": ["0"], "tile": ["000.p/1"], "code": ["x"], "file": ["x.js"],
                "import": documents["imports"], "report": documents["reports"], "request": documents["requests"], "token": documents["tokens"], "schedule": documents["report-schedules"],
                "duplicate": [d for d in documents["duplicates"] if d]}

    def told(self, operation):
        """What belongs to the answer although it is somebody else's too."""
        if operation == "put_request_answer":
            return self.typed | self.namesakes
        if operation in WRITTEN:
            return self.typed
        return self.carried if operation == "get_staff_history" else ()

    # ---- what is not shown to whom ----
    def hidden(self, actor):
        """{word: record} of all that GET does not answer 200 for; not what he is told about himself."""
        seen, words = set(), {}
        for kind, key in [*(("staff", p["id"]) for p in self.people.values()), *(("units", u) for u in self.pools["unit"])]:
            path = f"/v1/{kind}/{key}"
            whole = self.admin.get(path).json
            if whole.get("id") != key:
                continue  # merged into another one
            names = {whole.get(n) for n in ("id", "code", "staff_code", "full_name", "title", "address", "mobile")} | set(whole["former_codes"])
            names |= set(whole["name"].values()) if kind == "units" else {p["title"] for p in whole["posts"]}
            names = {n for n in names if n not in ("Chuyên viên", "Trưởng phòng")}  # the title of many
            names |= {a["observed"]["login"] for a in whole.get("accounts", [])}
            names = {n for n in names if n and len(n) > 3}
            if actor.raw("GET", path)[0] == 200 or key == actor.me["id"]:
                seen |= names
            else:
                words |= dict.fromkeys(names, path)
        if actor.me.get("unit"):
            own = good(self.admin.get(f"/v1/units/{actor.me['unit']['id']}"))
            seen |= {own["id"], own["code"], *own["name"].values()}
        words |= {name: f"a program of {there[0]}" for name, there in self.programs.items() if actor.where not in there}
        return {w: record for w, record in words.items() if w not in seen}


@pytest.fixture(scope="module")
def world(spec):
    made = World(spec)
    try:
        yield made
        made.service.stop()
    finally:
        made.service.clean()


# ---- what is asked ----

def values(spec, name, parameter, world):
    """Of a parameter in the query."""
    strangers = [p["id"] for p in list(world.people.values())[::7]]
    known = {"unit": world.pools["unit"], "parent": world.pools["unit"], "waits_for": world.pools["unit"], "target": strangers + world.pools["unit"], "actor": world.pools["token"] + strangers[:4], "created_by": world.pools["token"],
             "system": ["mailbox"], "has": ["mailbox"], "missing": ["mailbox"], "q": ["zq", "phong", "nguyen", "zs", "+849"], "staff_code": [",".join(list(world.people)[:60]), "ZS-000001"],
             "address": [",".join(p["address"] for p in list(world.people.values())[:40])], "login": [",".join(login_of(p) for p in list(world.people.values())[:40])], "updated_since": ["2020-01-01T00:00:00+07:00"],
             "last_active_before": [day(0)], "effective_from": [day(-400)], "from": [day(-40)], "to": [day(0)], "as_of": [day(0)], "compare": ["P30D"], "period": ["2026-Q3"], "after": ["1"], "page_token": [], "depth": ["9"]}
    if name in known:
        return known[name]
    schema = spec.resolve(parameter["schema"])
    schema = spec.resolve(schema.get("items", schema))
    if "enum" in schema:
        return schema["enum"]
    return {"boolean": ["true"], "integer": ["200"]}.get(schema.get("type"), [])


def spread(items, most):
    """At most so many of them, from all parts of the list."""
    items = list(items)
    return items[::-(-len(items) // most)] if items else items


def paths(route, world):
    names = re.findall(r"{(\w+)}", route["path"])
    pools = [world.pools[name] for name in names]
    for chosen in itertools.product(*pools):
        path = route["path"]
        for name, value in zip(names, chosen):
            path = path.replace("{%s}" % name, value)
        yield path


def readings(spec, route, world, most):
    """Every path of an operation with every value of each of its parameters, one at a time."""
    method, item = route["method"].lower(), spec.document["paths"][route["path"]]
    parameters = {p["name"]: p for p in spec.parameters(route["path"], item[method]) if p["in"] == "query"}
    media = [m for m in spec.resolve(item[method]["responses"]["200"]).get("content", {}) if m != "application/pdf"] or ["*/*"]
    for n, path in enumerate(spread(paths(route, world), most)):
        yield path, media[0]
        if n >= 3 and "{unit}" not in route["path"]:
            continue
        for other in media[1:]:
            yield path, other
        for name, parameter in parameters.items():
            for value in values(spec, name, parameter, world):
                yield f"{path}?{name}={value}".replace("+", "%2B"), "*/*"


def bodies(operation, world):
    """bodies(...)() yields the examples of the contract, each time with other keys of this place."""
    units, staff = itertools.cycle(world.pools["unit"]), itertools.cycle(world.pools["staff"])

    def here(value):
        if isinstance(value, dict):
            return {k: here(v) for k, v in value.items()}
        if isinstance(value, list):
            return [here(v) for v in value]
        if isinstance(value, str) and value.startswith("H43"):
            return next(units)
        return next(staff) if isinstance(value, str) and re.match(r"stf_|NS-\d", value) else value

    def examples():
        content = operation.get("requestBody", {}).get("content", {})
        for media in content.values():
            for example in [media["example"]] if "example" in media else [e["value"] for e in media.get("examples", {}).values()]:
                if not isinstance(example, str):
                    yield here(example)
        if not content:
            yield None
    return examples


def trials(spec, route, world, most):
    """Writes on trial, over every path."""
    examples = bodies(spec.document["paths"][route["path"]][route["method"].lower()], world)
    for path in spread(paths(route, world), most) * (1 if "{" in route["path"] else most):
        for body in examples():
            yield f"{path}?validate_only=true", body


def judged(text):
    """Without those who may release what the brake holds: they are told by name wherever they work, else nobody could ask them."""
    if not text.startswith("{") or '"releasers"' not in text:
        return text

    def without(value):
        if isinstance(value, dict):
            return {k: without(v) for k, v in value.items() if k != "releasers"}
        return [without(v) for v in value] if isinstance(value, list) else value
    return json.dumps(without(json.loads(text)), ensure_ascii=False)


@pytest.mark.parametrize("name", [*SESSIONS, *TOKENS])
def test_no_answer_names_what_is_not_shown(world, spec, name, more):
    actor, found, asked = world.actors[name], {}, 0
    hidden = world.hidden(actor)
    assert len(hidden) > 60
    one = re.compile(r"(?<![\w-])(%s)(?![\w-]|\.\w)" % "|".join(map(re.escape, sorted(hidden, key=len, reverse=True))))
    for route in ROUTES:
        operation = route["operation"]
        if operation in APART | ENDS | FROZEN:
            continue
        asks = []
        if route["method"] == "GET":
            asks = [(path, None, {"Accept": media}) for path, media in readings(spec, route, world, 100 if more else 40)]
        elif "validate_only" in route["query"].split():
            asks = [(path, body, {}) for path, body in trials(spec, route, world, 30 if more else 10)]
        for path, body, headers in asks:
            status, head, text = actor.raw(route["method"], path, body, **headers)
            asked += 1
            said = path + json.dumps(body, ensure_ascii=False)
            for leaked in {w for w in one.findall(judged(text) + json.dumps(head, ensure_ascii=False)) if w not in said and w not in world.told(operation)}:
                found.setdefault(operation, []).append((path, status, leaked, hidden[leaked]))
    assert asked > 500
    assert not found, "\n".join(f"{operation}: {len(rows)} times, as {rows[:3]}" for operation, rows in found.items())
