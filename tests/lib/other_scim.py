"""A fake: a small SCIM server of our own whose habits are those of other people's servers, switched one by one. It stands for manners that
were read or heard of, not for any product; what a real implementation does is in scim.py."""
import copy
import email.utils
import gzip
import http.server
import json
import re
import socket
import threading
import time
import urllib.parse

TOKEN = "b3arer-of-the-others"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
CORE_NAMES = {"schemas", "externalid", "username", "name", "displayname", "nickname", "title", "active", "emails", "phonenumbers", "id", "meta"}


class Refusal(Exception):
    def __init__(self, status, detail, scim_type=None):
        super().__init__(detail)
        self.status, self.detail, self.scim_type = status, detail, scim_type


class Manners:
    def __init__(self, **switches):
        # accounts
        self.lower_logins = False  # userName is kept in lower case
        self.ids = lambda n: f"id-{n}"
        self.hides_inactive = False  # neither shown nor found, but the login stays taken
        self.inactive_at_first = False  # `active` of a POST is not looked at
        self.keeps_no_marks = False  # externalId is thrown away
        self.upserts = False  # a POST of a login that is there answers 200 with that account, unchanged
        self.unique_logins = True
        self.needs = ()  # attributes without which there is a 400
        self.one_primary_email = False
        self.refuses_extension = False
        # methods
        self.empty_created = False  # 201 with a Location and no body
        self.no_location = False
        self.relative_location = False
        self.refuses = {}  # {"PATCH": 501}
        self.delete_status = 204
        self.pathless_patch = False  # only {"op", "value": {...}}
        self.announces_patch = None
        # lists
        self.filters = {"username", "externalid"}  # others: 400 invalidFilter
        self.ignores_filter = False
        self.page = 50
        self.first_index = 1
        self.ignores_start = False
        self.total = lambda n: n  # None: not told
        self.list_name = "Resources"
        # versions
        self.etag = None  # "weak", "strong"
        self.version_shown = False  # in meta too
        self.needs_if_match = False  # 428
        self.strong_comparison = False  # a weak tag never matches
        # transport
        self.discovery = "ok"  # "404", "401"
        self.bom = self.gzip = self.chunked = self.closes = False
        self.retry_at = None  # seconds from now: 429 with a date, until then
        self.token = TOKEN
        for name, value in switches.items():
            assert hasattr(self, name), name
            setattr(self, name, value)


class Server:
    def __init__(self, context=None, **switches):
        self.m, self.lock, self.count, self.users, self.asked = Manners(**switches), threading.RLock(), 0, {}, []
        self.limited_until = time.time() + self.m.retry_at if self.m.retry_at else 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except (OSError, socket.timeout):
                    self.close_connection = True

            def do_GET(self):
                outer.handle(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        class Threads(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Threads(("127.0.0.1", 0), Handler)
        self.scheme = "https" if context else "http"
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/scim"

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    # ---- for the test ----
    def add(self, **user):
        with self.lock:
            self.count += 1
            id_ = self.m.ids(self.count)
            user = {"id": id_, **user}
            self.users[str(id_)] = [user, 1]
            return user

    def all(self):
        with self.lock:
            return copy.deepcopy([u for u, _ in self.users.values()])

    def requests(self, method=None):
        with self.lock:
            return [path for m, path in self.asked if method in (None, m)]

    def forget_everybody(self):
        with self.lock:
            self.users.clear()
            self.count = 0

    # ---- requests ----
    def handle(self, ask):
        length = int(ask.headers.get("Content-Length") or 0)
        text = ask.rfile.read(length) if length else b""
        headers, m = {}, self.m
        with self.lock:
            self.asked.append((ask.command, ask.path))
            try:
                status, answer = self.answer(ask.command, ask.path, ask.headers, json.loads(text) if text else None, headers)
            except Refusal as no:
                status = no.status
                answer = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(no.status), "detail": no.detail}
                if no.scim_type:
                    answer["scimType"] = no.scim_type
        body = b"" if answer is None else answer.encode() if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False).encode()
        if m.bom and body:
            body = b"\xef\xbb\xbf" + body
        if m.gzip and body and "gzip" in ask.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            headers["Content-Encoding"] = "gzip"
        self.send(ask, status, headers, body)

    def send(self, ask, status, headers, body):
        ask.send_response(status)
        for name, value in headers.items():
            ask.send_header(name, value)
        chunked = self.m.chunked and body
        if status != 204:
            ask.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body)))))
            ask.send_header("Content-Type", "application/scim+json;charset=utf-8")
        ask.end_headers()
        for i in range(0, len(body), 7) if chunked else ():
            part = body[i:i + 7]
            ask.wfile.write(b"%x;x=y\r\n%s\r\n" % (len(part), part))
        if chunked:
            ask.wfile.write(b"0\r\n\r\n")
        else:
            ask.wfile.write(body)
        if self.m.closes:  # without having said so
            ask.close_connection = True

    def answer(self, method, path, headers, body, out):
        m = self.m
        parts = urllib.parse.urlsplit(path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(parts.query).items()}
        where = parts.path.removeprefix("/scim/")
        if time.time() < self.limited_until:
            out["Retry-After"] = email.utils.formatdate(self.limited_until + 1, usegmt=True)
            raise Refusal(429, "too many requests")
        discovery = where in ("ServiceProviderConfig", "ResourceTypes")
        if headers.get("Authorization") != "Bearer " + m.token or (discovery and m.discovery == "401"):
            return 401, "<html><body><h1>Sign in</h1></body></html>"
        if discovery:
            return self.discover(where)
        if not re.fullmatch("Users(/[^/]+)?", where):
            raise Refusal(404, "no such endpoint")
        if method in m.refuses:
            raise Refusal(m.refuses[method], "not implemented")
        if where == "Users":
            return self.listed(query) if method == "GET" else self.created(body, out)
        return self.one(method, urllib.parse.unquote(where.removeprefix("Users/")), headers, body, out)

    def discover(self, where):
        m = self.m
        if m.discovery == "404":
            raise Refusal(404, "no such endpoint")
        if where == "ResourceTypes":
            extensions = [] if m.refuses_extension else [{"schema": ENTERPRISE, "required": False}]
            return 200, {"schemas": [LIST], "totalResults": 1,
                         "Resources": [{"id": "User", "name": "User", "endpoint": "/Users", "schema": CORE, "schemaExtensions": extensions}]}
        patch = m.announces_patch if m.announces_patch is not None else "PATCH" not in m.refuses
        return 200, {"patch": {"supported": patch}, "filter": {"supported": True, "maxResults": 200}, "etag": {"supported": m.etag == "strong"}}

    # ---- lists ----
    def visible(self):
        return [u for u, _ in self.users.values() if not (self.m.hides_inactive and u.get("active") is False)]

    def listed(self, query):
        m = self.m
        found = self.visible()
        if "filter" in query and not m.ignores_filter:
            filter_ = re.fullmatch(r'(\w+) eq "((?:[^"\\]|\\.)*)"', query["filter"])
            if not filter_ or filter_[1].lower() not in m.filters:
                raise Refusal(400, "this filter is not supported", "invalidFilter")
            name, value = filter_[1].lower(), json.loads(f'"{filter_[2]}"').lower()
            found = [u for u in found for k, v in u.items() if k.lower() == name and str(v).lower() == value]
        start = 0 if m.ignores_start else max(int(query.get("startIndex", m.first_index)) - m.first_index, 0)
        page = found[start:start + min(int(query.get("count", m.page)), m.page)]
        answer = {"schemas": [LIST], m.list_name: page, "itemsPerPage": len(page), "startIndex": start + m.first_index}
        if m.total(len(found)) is not None:
            answer["totalResults"] = m.total(len(found))
        return 200, answer

    # ---- accounts ----
    def checked(self, user, besides=None):
        m = self.m
        user = {k: v for k, v in user.items() if k.lower() not in ("id", "meta")}
        for name, value in user.items():
            if value is None or (":" in name and m.refuses_extension) or (":" not in name and name.lower() not in CORE_NAMES):
                raise Refusal(400, f"the attribute {name} is not known", "invalidSyntax")
        for name in m.needs:
            at = user
            for step in name.split("."):
                at = at.get(step) if isinstance(at, dict) else None
            if not at:
                raise Refusal(400, f"the attribute {name} is required", "invalidValue")
        mails = user.get("emails", [])
        if m.one_primary_email and (len(mails) != 1 or mails[0].get("primary") is not True):
            raise Refusal(400, "exactly one primary e-mail address is required", "invalidValue")
        if m.lower_logins:
            user["userName"] = user["userName"].lower()
        if m.keeps_no_marks:
            user.pop("externalId", None)
        taken = [u for u, _ in self.users.values() if u is not besides and u["userName"].lower() == user["userName"].lower()]
        if taken and m.unique_logins:
            raise Refusal(409, "the login is taken", "uniqueness")
        return user

    def created(self, body, out):
        m = self.m
        for user in self.visible() if m.upserts else ():
            if user["userName"].lower() == body["userName"].lower():
                return 200, user
        user = self.checked(body)
        if m.inactive_at_first:
            user["active"] = False
        user = self.add(**user)
        location = ("" if m.relative_location else self.url) + "/Users/" + urllib.parse.quote(str(user["id"]), safe="")
        if not m.no_location:
            out["Location"] = location
        self.tag(out, str(user["id"]))
        return 201, None if m.empty_created else {**user, "meta": {"resourceType": "User", "location": location}}

    def tag(self, out, id_):
        if self.m.etag:
            out["ETag"] = ("W/" if self.m.etag == "weak" else "") + f'"v{self.users[id_][1]}"'
        return out.get("ETag")

    def one(self, method, id_, headers, body, out):
        m = self.m
        if id_ not in self.users or (m.hides_inactive and self.users[id_][0].get("active") is False):
            raise Refusal(404, "no such account")
        user = self.users[id_][0]
        if method != "GET":
            self.match(headers.get("If-Match"), self.tag({}, id_))
        if method == "DELETE":
            del self.users[id_]
            return m.delete_status, None if m.delete_status == 204 else ""
        if method == "PUT":
            user = {"id": user["id"], **self.checked(body, user)}
        elif method == "PATCH":
            user = {"id": user["id"], **self.checked(self.patched(copy.deepcopy(user), body), user)}
        if method != "GET":
            self.users[id_] = [user, self.users[id_][1] + 1]
        version = {"version": self.tag(out, id_)} if self.tag(out, id_) and m.version_shown else {}
        return 200, {**user, "meta": {"resourceType": "User", "location": f"Users/{id_}", **version}}

    def match(self, given, there):
        m = self.m
        if given is None and m.needs_if_match:
            raise Refusal(428, "If-Match is required")
        if given is not None and there and (given != there or (m.strong_comparison and given.startswith("W/"))):
            raise Refusal(412, "changed meanwhile")

    def patched(self, user, body):
        for operation in body["Operations"]:
            path, value = operation.get("path"), operation.get("value")
            if self.m.pathless_patch != (path is None):
                raise Refusal(400, "this form of PATCH is not supported", "invalidPath")
            if path is None:
                if operation["op"] != "replace":
                    raise Refusal(400, "only replace is supported", "invalidSyntax")
                for name, inner in value.items():
                    user[name] = {**user.get(name, {}), **inner} if isinstance(inner, dict) else inner
                continue
            if "[" in path:
                raise Refusal(400, "filters in paths are not supported", "invalidPath")
            at, name = user, path
            if path.startswith("urn:"):
                urn, name = path.rsplit(":", 1)
                at = user.setdefault(urn, {})
            *outer, name = name.split(".")
            for step in outer:
                at = at.setdefault(step, {})
            if operation["op"] == "remove":
                at.pop(name, None)
            else:
                at[name] = value
        return user
