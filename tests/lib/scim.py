"""SCIM servers for the connector tests: those of third parties (in tests/scim) as child processes, and a filter in front of one that answers as
other servers do. The filter is ours: it stands for manners, not for any product."""
import collections
import http.client
import http.server
import json
import pathlib
import re
import socket
import tempfile
import threading
import urllib.parse

import node
from congvu import DEADLINE

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "scim"
TOKEN = "dGVzdHMtYmVhcmVyOmNvbmd2dQ"  # the fourth server wants its own name in it: base64url of tests-bearer:congvu


class Server:
    """A program of tests/scim. What it keeps is seen and laid beforehand by the test, past Congvu."""

    program = base = None
    folder = FOLDER

    def __init__(self):
        self.port = 0
        self.start()

    def start(self, **env):
        self.process = node.start(self.folder, self.program, SCIM_TOKEN=TOKEN, **env)
        self.port = int(self.process.stdout.readline())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.base}"

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"})
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        assert response.status < 300, answer
        return json.loads(answer) if answer else None

    def users(self):
        """{login: account} as the server keeps them; a login that is there twice fails."""
        found = self.kept()
        twice = [n for n, c in collections.Counter(u["userName"].lower() for u in found).items() if c > 1]
        assert twice == []
        return {u["userName"]: u for u in found}

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Scimmy(Server):
    program, base = "server.mjs", "/scim/v2"

    def kept(self):
        return self.call("GET", "/store")["users"]

    def seed(self, *users):
        self.call("POST", "/store", list(users))

    def alter(self, user, **values):
        self.seed({**{k: v for k, v in user.items() if k != "meta"}, **values})

    def forget(self, id_):
        self.call("DELETE", "/store/" + id_)


class BetterAuth(Server):
    """Ids of its own, no ETags, filters by equality only, pages of at most 100, every attribute validated, an address required of each person."""

    program, base = "second.mjs", "/api/auth/scim/v2"

    def start(self):
        self.state = getattr(self, "state", None) or tempfile.TemporaryDirectory(prefix="cv-scim-", dir="/tmp")
        super().start(SCIM_STATE=f"{self.state.name}/state", SCIM_PORT=str(self.port))

    def kept(self):
        found = []
        while True:
            page = self.call("GET", f"{self.base}/Users?startIndex={len(found) + 1}&count=100")
            found += page["Resources"]
            if not page["Resources"] or len(found) >= page["totalResults"]:
                return found

    def seed(self, *users):
        for user in users:
            body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "emails": [{"value": user["userName"] + "@elsewhere.vn", "primary": True}]}
            self.call("POST", self.base + "/Users", {**body, **user})

    def alter(self, user, **values):
        operations = [{"op": "replace", "path": k, "value": v} for k, v in values.items()]
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
        self.call("PATCH", f"{self.base}/Users/{user['id']}", body)

    def forget(self, id_):
        self.call("DELETE", f"{self.base}/Users/{id_}")

    def pause(self):
        """Ends the program, which keeps what it has; start() brings it back at the same port."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        super().stop()
        self.state.cleanup()


class Vendors(Server):
    """As vendors build one around scim-patch and scim2-parse-filter: UUIDs, locations, no ETags, pages of at most 100."""

    program, base = "third.mjs", "/api/scim/v2"
    kept = BetterAuth.kept
    alter = BetterAuth.alter
    forget = BetterAuth.forget

    def seed(self, *users):
        for user in users:
            self.call("POST", self.base + "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], **user})


class Older(Server):
    """A release of better-auth's before it was written anew: a name, an address, the mark; always active, the login is the address, no pages."""

    folder, program, base = FOLDER / "older", "fourth.mjs", BetterAuth.base
    seed = BetterAuth.seed

    def kept(self):
        return self.call("GET", self.base + "/Users")["Resources"]


class Manners:
    """What the filter does to answers and requests; every switch is one server's habit."""

    def __init__(self, **switches):
        self.patch_status = None  # 204: PATCH and PUT are answered without a body
        self.no_etag = False
        self.created_status = 201
        self.page = None  # pages of at most so many, whatever is asked for
        self.ignores_start = False
        self.total = None  # added to totalResults
        self.refuses_nulls = False
        self.capitals = False  # refuses "replace", wants "Replace"
        self.no_patch = False
        self.no_filter = False  # 400 to every filter
        self.ignores_filter = False
        self.no_discovery = False
        self.no_extension = False  # refuses what is not of the core schema
        self.plain_json = False  # 415 to application/scim+json
        self.text_booleans = False
        self.other_case = False  # attribute names in lower case
        self.html_errors = False
        self.odd_ids = False
        self.bare = False  # no schemas, no meta
        self.coded_ids = False  # ids hold "%3A" and are compared as they stand in the path; no location is told
        self.people_path = False  # accounts lie at /People/ID, as meta.location says; /Users/ID is nobody's
        self.hides = ()  # methods to which an account that is there is 404
        self.finds_nobody = False  # 200 and an empty list to every filter
        self.keeps_active = None  # "silent": 200 and no change of `active`; "refuses": 400 to it
        self.drops = ()  # attributes that are thrown away
        self.keeps = ()  # attributes that a PATCH does not change or remove, silently
        self.keeps_all = ()  # nor does a PUT
        self.once = False  # an address is taken once, and never given back
        self.words = None  # what the faults say
        self.says = "detail"  # in which member they say it
        self.breaks_on = None  # 500 to every body with these bytes
        self.down = False
        for name, value in switches.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        self.faults = []  # callables (method, path) -> fault or None, asked in order; each used once when it says something
        self.seen = []  # (method, path, body)
        self.addresses = {}  # with `once`: {address: path}


class Filter:
    """An HTTP server in front of another one."""

    def __init__(self, behind, tls=None, **switches):
        self.tls = tls  # an ssl.SSLContext: https
        self.behind, self.manners, self.lock = behind, Manners(**switches), threading.Lock()
        self.owners = {}  # with `once`: {path: login that the POST named}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except (ConnectionError, socket.timeout):
                    self.close_connection = True

            def do_GET(self):
                outer.handle(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self.server = Listener(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self):
        return self.url_by("127.0.0.1")

    def url_by(self, host):
        return f"{'https' if self.tls else 'http'}://{host}:{self.server.server_address[1]}{self.behind.base}"

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    # ---- the way in ----
    def handle(self, ask):
        length = int(ask.headers.get("Content-Length") or 0)
        body = ask.rfile.read(length) if length else b""
        with self.lock:
            self.manners.seen.append((ask.command, ask.path, body))
            fault = self.next_fault(ask.command, ask.path)
        if self.manners.down or fault == "cut before":
            return self.cut(ask)
        if isinstance(fault, tuple):
            return self.reply(ask, fault[0], fault[1], self.error(fault[0]) if self.manners.words else b"")
        refusal = self.refuse(ask.command, ask.path, ask.headers, body)
        if refusal:
            return self.reply(ask, refusal, {}, self.error(refusal))
        status, headers, answer = self.forward(ask.command, self.path_in(ask.path), ask.headers, body)
        if fault == "twice":
            status, headers, answer = self.forward(ask.command, self.path_in(ask.path), ask.headers, body)
        if self.manners.once and ask.command == "POST" and status == 201:
            made = json.loads(answer)
            self.owners[f"{ask.path}/{made['id']}"] = made["userName"]
        if fault == "lost":
            return self.cut(ask)
        status, answer = self.alter(ask.command, ask.path, status, answer)
        if fault == "half":
            return self.reply(ask, status, {"Content-Length": str(len(answer) + 1)}, answer[: len(answer) // 2], cut=True)
        return self.reply(ask, status, {k: v for k, v in headers.items() if k.lower() == "etag" and not self.manners.no_etag}, answer)

    def next_fault(self, method, path):
        for i, ask in enumerate(self.manners.faults):
            fault = ask(method, path)
            if fault:
                del self.manners.faults[i]
                return fault
        return None

    def cut(self, ask):
        ask.close_connection = True
        ask.connection.shutdown(socket.SHUT_RDWR)

    def error(self, status):
        if self.manners.html_errors:
            return b"<html><body>Sorry</body></html>"
        return json.dumps({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), self.manners.says: self.manners.words or "not like this"}).encode()

    def refuse(self, method, path, headers, body):
        m = self.manners
        if m.no_discovery and re.search(r"/(ServiceProviderConfig|ResourceTypes)$", path):
            return 404
        if m.no_filter and "filter=" in path:
            return 400
        if m.breaks_on and m.breaks_on in body:
            return 500
        if method in m.hides and re.search(r"/Users/[^?]", path):
            return 404
        if m.coded_ids and re.search(r"/Users/(?!id%3A)[^?]", path):
            return 404
        if m.people_path and re.search(r"/Users/[^?]", path):
            return 404
        if m.no_patch and method == "PATCH":
            return 405
        if m.keeps_active == "refuses" and method in ("PATCH", "PUT") and re.search(rb'"active":\s*false|"path":\s*"active"', body):
            return 400
        if m.once and method in ("POST", "PUT", "PATCH") and self.address_is_taken(path, body):
            return 409
        if m.plain_json and body and headers.get("Content-Type") != "application/json":
            return 415
        if m.refuses_nulls and b"null" in body:
            return 400
        if m.no_extension and b"urn:ietf:params:scim:schemas:extension" in body:
            return 400
        if m.capitals and method == "PATCH" and re.search(rb'"op":"[a-z]', body):
            return 400
        return None

    def address_is_taken(self, path, body):
        """A POST has no path of its own yet: it is the login's."""
        document, path = json.loads(body), path.replace("/Users/id%3A", "/Users/")
        mails = document.get("emails") or [v for o in document.get("Operations", []) if o.get("path") == "emails" for v in o.get("value", [])]
        owner = document.get("userName") if path.endswith("/Users") else path
        for mail in mails:
            if self.manners.addresses.setdefault(mail["value"], owner) not in (owner, self.owners.get(path)):
                return True
        return False

    def without(self, method, body):
        """What the server does not look at."""
        m, document = self.manners, json.loads(body)
        away = set(m.drops) | set(m.keeps_all) if method != "POST" else set(m.drops)
        if method == "PATCH":
            away |= set(m.keeps)
        if m.keeps_active == "silent" and method != "POST":
            away.add("active")
        if method == "PUT":
            return {k: v for k, v in document.items() if k not in away}, away
        if "Operations" in document:
            for operation in document["Operations"]:
                if "path" not in operation:
                    operation["value"] = {k: v for k, v in operation["value"].items() if k not in away}
            document["Operations"] = [o for o in document["Operations"] if o.get("value") != {} and re.split(r"[.\[]", o.get("path") or "")[0] not in away]
            return document, away
        return {k: v for k, v in document.items() if k not in away}, away

    # ---- behind ----
    def path_in(self, path):
        m = self.manners
        if m.odd_ids:
            path = re.sub(r"/Users/([^?]+)", lambda x: "/Users/" + urllib.parse.unquote(x[1]).replace("id:/ü ", ""), path)
        if m.coded_ids:
            path = path.replace("/Users/id%3A", "/Users/")
        if m.people_path:
            path = path.replace("/People/", "/Users/")
        if m.finds_nobody:
            path = re.sub(r"\?filter=.*", "?filter=" + urllib.parse.quote('userName eq "nobody at all"'), path)
        if m.ignores_filter:
            path = re.sub(r"\?filter=.*", "", path)
        if m.page or m.ignores_start:
            path = re.sub(r"count=\d+", f"count={m.page or 50}", path)
            if "count=" not in path and path.endswith("/Users"):
                path += f"?count={m.page or 50}"
        if m.ignores_start:
            path = re.sub(r"startIndex=\d+", "startIndex=1", path)
        return path

    def forward(self, method, path, headers, body):
        m = self.manners
        if body and (m.drops or m.keeps or m.keeps_all or m.keeps_active == "silent"):
            document, away = self.without(method, body)
            if method == "PATCH" and not document["Operations"]:
                method, body = "GET", b""
            else:
                if method == "PUT":  # what it does not look at stays as it is
                    there = self.behind.call("GET", path)
                    document.update({k: v for k, v in there.items() if k in away and k not in m.drops})
                body = json.dumps(document).encode()
        return self.sent(method, path, headers, body)

    def sent(self, method, path, headers, body):
        if self.manners.capitals and method == "PATCH":
            body = re.sub(rb'"op":"([A-Z]\w+)"', lambda x: b'"op":"' + x[1].lower() + b'"', body)
        connection = http.client.HTTPConnection("127.0.0.1", self.behind.port, timeout=DEADLINE)
        kept = {"Authorization": headers.get("Authorization", "")}
        if body:
            kept["Content-Type"] = "application/scim+json"
        connection.request(method, path, body or None, kept)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, dict(response.headers), answer

    # ---- the way out ----
    def alter(self, method, path, status, answer):
        m = self.manners
        if method in ("PATCH", "PUT") and status == 200 and m.patch_status == 204:
            return 204, b""
        if method == "POST" and status == 201:
            status = m.created_status
        if status >= 400:
            return status, self.error(status) if m.html_errors else answer
        try:
            document = json.loads(answer)
        except ValueError:
            return status, answer
        document = self.habits(document)
        if isinstance(document, dict) and m.total and "totalResults" in document:
            document["totalResults"] += m.total
        return status, json.dumps(document, ensure_ascii=False).encode()

    def habits(self, value):
        m = self.manners
        if isinstance(value, list):
            return [self.habits(v) for v in value]
        if isinstance(value, bool):
            return str(value) if m.text_booleans else value
        if not isinstance(value, dict):
            return value
        out = {}
        for name, inner in value.items():
            if m.bare and name in ("schemas", "meta"):
                continue
            if m.odd_ids and name == "id" and isinstance(inner, str) and inner.startswith("u-"):
                inner = "id:/ü " + inner
            if m.coded_ids and name == "id" and "userName" in value:
                inner = "id%3A" + inner
            if m.coded_ids and name == "meta":
                inner = {k: v for k, v in inner.items() if k != "location"}
            if m.people_path and name == "meta" and "userName" in value:
                inner = {**inner, "location": f"{self.url}/People/{value['id']}"}
            out[name.lower() if m.other_case else name] = self.habits(inner)
        return out

    def reply(self, ask, status, headers, body, cut=False):
        ask.send_response(status)
        for name, value in headers.items():
            ask.send_header(name, value)
        if "Content-Length" not in headers and status != 204:
            ask.send_header("Content-Length", str(len(body)))
        if body:
            ask.send_header("Content-Type", "text/html" if self.manners.html_errors and status >= 400 else "application/scim+json")
        ask.end_headers()
        ask.wfile.write(body)
        if cut:
            self.cut(ask)


def on(method, pattern, fault):
    """A fault for the next request of that kind."""
    return lambda m, path: fault if m == method and re.search(pattern, path) else None
