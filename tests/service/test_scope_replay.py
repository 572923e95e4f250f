"""Nothing that a token of a subtree ever asked shows, asked again, what GET answers 404 for: after people and units moved, were renamed, merged and
deleted by others. The exceptions are in EXCEPT, and are all there is; numbers and sums (counts, rates, `posts_elsewhere`, `holder_count`) name nobody."""
import io
import itertools
import json
import random
import re
import zipfile

import pytest
from congvu import UNIT, an

EXCEPT = {  # operation -> why its answer may name what has left the subtree since
    "get_report": "a frozen paper of a unit in the subtree says who was there when it was frozen; its hash covers every byte",
    "get_report_content": "the same paper",
    "create_report": "the same paper, by an idempotent repeat",
    "patch_report": "the same paper",
    "create_report_revision": "the same paper",
    "list_reports": "the head of the same papers",
}
AS_SENT = ("staff_code", "unit_code", "full_name", "decides")  # of an open question: the line as it was sent, and the office above that sees both
NOT_ASKED = {"create_brake_release", "create_loss_release", "list_orphans", "patch_system", "delete_token", "redeem_activation"}  # not for a subtree, or would end the test
SCOPES = ["staff:read", "staff:write", "accounts:write", "departures:write", "units:read", "units:write", "systems:write", "coverage:read", "tokens:write",
          "usage:write", "reports:write", "audit:read"]
serial = itertools.count(1)


def without_the_line(body):
    page = json.loads(body)
    for question in page.get("items", []):
        for name in AS_SENT:
            question.pop(name, None)
    return json.dumps(page, ensure_ascii=False).encode()


def readable(body):
    """The text of an answer; of a workbook that of all its parts."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(part).decode(errors="replace") for part in book.namelist())


class Town:
    """A district whose names are all different, so that each one found somewhere says whom it shows."""

    def __init__(self, service, seed):
        self.dice, self.admin, self.people, self.units, self.asked = random.Random(seed), service.client(), [], [], []
        self.spec = service.spec
        self.unit(None, "K1", kind="ubnd_huyen")
        for office in ("K1.A", "K1.B", "K1.C"):
            self.unit("K1", office)
            for team in (1, 2, 3):
                self.unit(office, f"{office}.{team}")
                for _ in range(3):
                    self.person(f"{office}.{team}")
        made = self.admin.post("/v1/tokens", {"name": "văn phòng A", "scopes": SCOPES, "unit": "K1.A"})
        self.local = service.client(made.json["secret"])

    def word(self):
        n = next(serial)
        return "Zq" + "".join("bcdghklm"[n >> 3 * i & 7] for i in range(5))

    def unit(self, parent, code, kind="phong"):
        body = {**UNIT, "name": {"vi": f"Phòng {self.word()}"}, "kind": kind, "slug": f"zs{next(serial)}"}
        answer = self.admin.put(f"/v1/units/{code}", {**body, **({"parent": parent} if parent else {})})
        assert answer.status == 201, answer
        self.units.append(answer.json["id"])

    def new(self, unit):
        return an(full_name=f"Nguyễn {self.word()} {self.word()}", unit=unit, title=f"Chức {self.word()}", mobile=f"+849{next(serial):08}", birth_year=1990)

    def person(self, unit):
        answer = self.admin.put(f"/v1/staff/Z-{next(serial):05}", self.new(unit))
        assert answer.status == 201, answer
        self.people.append(answer.json["id"])

    # ---- what the office asks ----
    def ask(self, method, path, body=None, media=None, **query):
        headers = {"If-Match": "*"} if method in ("PATCH", "DELETE") else {"Idempotency-Key": f"zk-{next(serial)}"} if method == "POST" else {}
        if isinstance(body, str):  # no JSON
            body, headers = body.encode(), {**headers, "Content-Type": media}
        self.asked.append((method, path, body, headers, query))
        return self.local.call(method, path, body, headers, **query)

    def office_hours(self):
        mine = [p["id"] for p in self.local.get("/v1/staff", page_size=500).json["items"]]
        teams = [u["id"] for u in self.local.get("/v1/units", page_size=500).json["items"]]
        for unit in teams:
            for path in ("", "/ancestors", "/headcounts", "/mailbox"):
                self.ask("GET", f"/v1/units/{unit}{path}")
            self.ask("PUT", f"/v1/units/{unit}/headcounts/2026-01-01", {"total": 7, "source": "x"})
            self.ask("GET", f"/v1/units/{unit}/headcounts/2026-01-01")
            self.ask("PUT", f"/v1/targets/{unit}/mailbox", {"coverage": 80})
            self.ask("PUT", f"/v1/units/{unit}/mailbox", {"holders": self.dice.sample(mine, 2)})
            self.ask("PATCH", f"/v1/units/{unit}", {"position": next(serial)})
            for path in ("/v1/coverage", "/v1/adoption", "/v1/targets", "/v1/reports"):
                self.ask("GET", path, unit=unit)
            for path in ("/v1/coverage/trend", "/v1/adoption/trend"):
                self.ask("GET", path, unit=unit)
            for path in ("/v1/staff", "/v1/accounts", "/v1/departures"):
                self.ask("GET", path, unit=unit, page_size=500)
            self.ask("GET", "/v1/staff", unit=unit, format="csv")
            paper = self.ask("POST", "/v1/reports", {"unit": unit, "accept_incomplete": True, "from": "2026-01-01", "to": "2026-01-31"}).json
            self.ask("GET", f"/v1/reports/{paper['id']}")
            self.ask("GET", f"/v1/reports/{paper['id']}/content", format="json")
            self.ask("PATCH", f"/v1/reports/{paper['id']}", {"comment": "x", "state": "final"})
            self.ask("POST", f"/v1/reports/{paper['id']}/revisions", {"accept_incomplete": True})
            draft = self.ask("POST", "/v1/reports", {"unit": unit, "accept_incomplete": True, "from": "2026-02-01", "to": "2026-02-28"}).json
            self.ask("DELETE", f"/v1/reports/{draft['id']}")
            child = self.ask("POST", "/v1/tokens", {"name": "con", "scopes": ["units:read"], "unit": unit}).json
            self.ask("PATCH", f"/v1/tokens/{child['id']}", {"expires_at": "2099-01-01T00:00:00+07:00"})
        self.ask("DELETE", f"/v1/targets/{teams[-1]}/mailbox")
        for person in mine:
            for path in ("", "/accounts", "/accounts/mailbox", "/departure"):
                self.ask("GET", f"/v1/staff/{person}{path}")
            self.ask("PATCH", f"/v1/staff/{person}", {"mail_quota_mib": 100 + next(serial)}, validate_only=True)
            self.ask("PUT", f"/v1/staff/{person}", {"hired_on": "2020-01-01"})
            self.ask("POST", f"/v1/staff/{person}/accounts/mailbox/credential-resets", {})
            self.ask("PUT", f"/v1/staff/{person}/accounts/td-office", {"state": "present"})
            self.ask("PUT", f"/v1/staff/{person}/accounts/certificate/observation", {"state": "active"})
        for team in teams:
            body = {"staff_code": f"Z-{next(serial):05}", **self.new(team)}
            self.ask("POST", "/v1/staff", body)
            self.ask("POST", "/v1/staff", {**self.new(team), "full_name": self.admin.get(f"/v1/staff/{self.dice.choice(self.people)}").json["full_name"]})
            self.ask("PUT", f"/v1/staff/{body['staff_code']}", {"title": "Nhân viên"})
            self.ask("POST", "/v1/units", {**UNIT, "code": f"K1.N{next(serial):05}", "name": {"vi": f"Tổ {self.word()}"}, "slug": f"zn{next(serial)}", "parent": team})
            self.ask("PUT", f"/v1/units/K1.P{next(serial):05}", {**UNIT, "name": {"vi": f"Tổ {self.word()}"}, "slug": f"zp{next(serial)}", "parent": team})
        leavers = self.dice.sample(mine, 4)
        for leaver in leavers:
            stays = self.dice.choice([p for p in mine if p not in leavers])
            self.ask("PUT", f"/v1/staff/{leaver}/departure", {"reason": "nghi_huu", "effective_on": "2099-01-01", "delegate_to": stays})
        self.ask("DELETE", f"/v1/staff/{leavers[0]}/departure")
        self.ask("PUT", f"/v1/staff/{leavers[1]}/departure", {"reason": "nghi_huu"})
        self.ask("POST", f"/v1/staff/{leavers[1]}/reinstatements", {"decision": {"number": "1/QĐ"}})
        self.ask("POST", "/v1/departures/batches", {"departures": [{"staff": p, "reason": "thoi_viec", "effective_on": "2098-01-01"} for p in leavers + mine[:2]]})
        self.ask("POST", "/v1/usage-events", {"system": "mailbox", "events": [{"id": p, "occurred_on": "2026-11-01"} for p in mine]})
        self.ask("DELETE", f"/v1/staff/{mine[0]}")
        self.ask("DELETE", f"/v1/units/{teams[-1]}")
        for path in ("/v1/staff", "/v1/accounts", "/v1/departures", "/v1/units", "/v1/tokens", "/v1/me", "/v1/hand-overs", "/v1/systems", "/v1/systems/mailbox",
                     "/v1/reports", "/v1/coverage", "/v1/targets"):
            self.ask("GET", path)

    def whatever_else(self):
        """Every operation of the contract that a subtree's token may ask, also those that the hours above know nothing of."""
        kept = {"staff": [p["id"] for p in self.local.get("/v1/staff", page_size=500).json["items"]],
                "unit": [u["id"] for u in self.local.get("/v1/units", page_size=500).json["items"]],
                "report": [r["id"] for r in self.local.get("/v1/reports").json["items"]], "token": [t["id"] for t in self.local.get("/v1/tokens").json["items"]],
                "system": ["mailbox", "td-office"], "date": ["2026-01-01"]}
        for method, template, operation in self.spec.operations():
            if operation["x-scope"] is None or operation["operationId"] in NOT_ASKED:
                continue
            examples = [(v.get("example", next((e["value"] for e in v.get("examples", {}).values()), None)), media)
                        for media, v in operation.get("requestBody", {}).get("content", {}).items()]
            for _ in range(3 if "{" in template else 1):
                path = re.sub(r"{(\w+)}", lambda m: self.dice.choice(kept.get(m[1], ["x"])), template)
                self.ask(method, path, *(examples[0] if examples else ()))

    # ---- what others do meanwhile ----
    def elsewhere(self):
        return self.dice.choice(["K1.B.1", "K1.B.2", "K1.C.1", "K1.C.2", "K1.C.3"])

    def anybody(self):
        return self.dice.choice([p["id"] for p in self.admin.get("/v1/staff", page_size=500, status="active").json["items"]])

    def move(self):
        self.admin.patch(f"/v1/staff/{self.anybody()}", {"unit": self.dice.choice([self.elsewhere(), "K1.A.1"]), "title": f"Chức {self.word()}"})

    def rename(self):
        self.admin.patch(f"/v1/staff/{self.anybody()}", {"full_name": f"Trần {self.word()} {self.word()}", "new_address": True, "mobile": f"+849{next(serial):08}"})

    def renumber(self):
        self.admin.patch(f"/v1/staff/{self.anybody()}", {"staff_code": f"Z-{next(serial):05}"})

    def lend(self):
        home, guest = self.dice.sample(["K1.A.1", "K1.A.2", self.elsewhere()], 2)
        self.admin.patch(f"/v1/staff/{self.anybody()}", {"posts": [{"unit": home, "title": f"Chức {self.word()}", "primary": True},
                                                                   {"unit": guest, "title": f"Chức {self.word()}", "kind": "biet_phai"}]})

    def depart(self):
        self.admin.put(f"/v1/staff/{self.anybody()}/departure", {"reason": "nghi_huu", "effective_on": "2099-01-01", "delegate_to": self.anybody()})

    def hold(self):
        unit = self.dice.choice(["K1.A.1", "K1.A.2", self.elsewhere()])
        self.admin.put(f"/v1/units/{unit}/mailbox", {"holders": [self.anybody(), self.anybody()]})

    def transplant(self):
        units = [u["id"] for u in self.admin.get("/v1/units", page_size=500).json["items"] if u["depth"] >= 2]
        self.admin.patch(f"/v1/units/{self.dice.choice(units)}", {"parent": self.dice.choice(["K1.A", "K1.B", "K1.C"]), "name": {"vi": f"Phòng {self.word()}"},
                                                                  "code": f"K1.R{next(serial):05}", "slug": f"zr{next(serial)}"})

    def merge(self):
        units = [u["id"] for u in self.admin.get("/v1/units", page_size=500).json["items"] if u["depth"] >= 2 and not u["active_to"]]
        gone, heir = self.dice.sample(units, 2)
        for person in self.admin.get("/v1/staff", unit=gone, recursive=False, page_size=500).json["items"]:
            self.admin.patch(f"/v1/staff/{person['id']}", {"unit": heir})
        self.admin.patch(f"/v1/units/{gone}", {"active_to": "2026-11-01"})

    def delete(self):
        units = [u["id"] for u in self.admin.get("/v1/units", page_size=500).json["items"] if u["depth"] >= 2]
        self.admin.delete(f"/v1/units/{self.dice.choice(units)}", etag="*")

    # ---- the judgement ----
    def hidden(self):
        """What names each record that GET answers 404 for: {word: record}."""
        words, shared = {}, set()  # a namesake may be seen
        for kind in ("units", "staff"):
            items = self.admin.get(f"/v1/{kind}", page_size=500, **({"include_dissolved": True} if kind == "units" else {})).json["items"]
            for item in items:
                path = f"/v1/{kind}/{item['id']}"
                if self.local.get(path).status == 200:
                    shared |= {item.get("full_name"), item.get("title")}
                    continue
                whole = self.admin.get(path).json
                own = [whole.get("full_name"), whole.get("title"), whole["name"]["vi"] if kind == "units" else None]
                names = [whole["id"], whole.get("code"), whole.get("staff_code"), *whole["former_codes"], whole.get("address"), whole.get("mobile"),
                         *(w for w in own if w and "Zq" in w)]
                mailbox = self.admin.get(f"{path}/mailbox") if kind == "units" else None
                names += [f'"{mailbox.json["address"]}"', f'"{mailbox.json["login"]}"'] if mailbox and mailbox.status == 200 else []
                words |= {name: path for name in names if name and len(name) > 3}
        return {word: path for word, path in words.items() if word not in shared}

    def replay(self):
        before, answers = self.hidden(), []
        for method, path, body, headers, query in self.asked:
            answers.append(self.local.call(method, path, body, headers, **query))
        after = self.hidden()
        words = {w: r for w, r in before.items() if w in after}
        shown = []
        for (method, path, body, headers, query), answer in zip(self.asked, answers):
            operation = (self.spec.find(path)[1] or {}).get(method.lower())["operationId"]
            if operation in EXCEPT:
                continue
            said = f"{path} {body.decode() if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False)} {query}"
            body = without_the_line(answer.body) if operation == "list_duplicates" else answer.body
            text = readable(body) + " ".join(f"{k}: {v}" for k, v in answer.headers.items())
            shown += [(method, path, w, r) for w, r in words.items() if w in text and w not in said]
        return words, shown


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_asked_again_shows_what_get_answers_404_for(start, seed):
    town = Town(start(rate_per_second=0), seed)
    town.office_hours()
    town.whatever_else()
    deeds = [town.move, town.rename, town.renumber, town.lend, town.depart, town.hold, town.transplant, town.merge, town.delete]
    for _ in range(2):
        for deed in [*town.dice.choices(deeds, k=30), *[town.move] * 15]:  # the moves hide enough whatever came before
            deed()
        words, shown = town.replay()
        assert len(words) > 30, "much is hidden by then"
        assert shown == []
