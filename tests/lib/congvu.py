"""The real binary and its real slapd, for the service tests: started on free ports in a private folder, stopped and checked."""
import base64
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

import secrecy

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("CONGVU_BIN", str(ROOT / "build/dev/service/congvud"))
SITE = datetime.timezone(datetime.timedelta(hours=7))
DEADLINE = 60  # seconds that a condition may take on a busy machine under a sanitizer


ahead_s = 0  # of the clocks of the services


def fix_day():
    """For this process and its children it is nine in the morning of one day: today, or the one in CONGVU_TEST_DAY. Not for tests beside programs
    whose clock cannot be moved (browsers, mail servers, release builds)."""
    global ahead_s
    day = datetime.date.fromisoformat(os.environ.setdefault("CONGVU_TEST_DAY", f"{datetime.datetime.now(SITE):%Y-%m-%d}"))
    ahead_s = 0
    ahead_s = offset_to(day)


def now():
    """For the services."""
    return datetime.datetime.now(SITE) + datetime.timedelta(seconds=ahead_s)


def site_today():
    return now().date()


def day(n):
    """So many days from today, as the API says it."""
    return (site_today() + datetime.timedelta(n)).isoformat()


def ago(n):
    return day(-n)


def days(first, last):
    return [first + datetime.timedelta(n) for n in range((last - first).days + 1)]


def workdays(first, last):
    return [d for d in days(first, last) if d.weekday() < 5]


def offset_to(day, hour=9):
    """clock_offset of a service for which it is so late on that day."""
    return round((datetime.datetime.combine(day, datetime.time(hour), SITE) - now()).total_seconds())


def set_clock(file, offset_s, word=""):
    """The clock_file of a service, from now() on; `word`: what the kernel says of the clock."""
    fresh = pathlib.Path(f"{file}.new")
    fresh.write_text(f"{ahead_s + offset_s} {word}\n")
    fresh.rename(file)


def wait_for(condition, what, deadline=DEADLINE):
    """Waits until condition() is truthy and returns it; the poll is only as fine as the caller can see."""
    end = time.monotonic() + deadline
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline} s: {what}")
        pause.wait(0.02)


@contextlib.contextmanager
def frozen(*pids):
    """They stand still. SIGSTOP takes effect only when one of a process's threads has got a processor for it; until then the others work on."""
    def runs(pid):
        try:
            return any(t.read_text().rpartition(")")[2].split()[0] not in "TZX" for t in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"))
        except (FileNotFoundError, ProcessLookupError):  # a thread, or all of it, has ended since
            return pathlib.Path(f"/proc/{pid}").exists()
    try:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: not any(runs(pid) for pid in pids), "every thread has stopped")
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code") if self.body else None

    @property
    def etag(self):
        return self.headers.get("ETag")

    def __repr__(self):
        return f"<{self.status} {self.body[:600]!r}>"


class Client:
    """One caller: every answer is held against the contract before the test sees it."""

    def __init__(self, port, token=None, spec=None, language="en", timeout=DEADLINE, host="127.0.0.1"):
        self.host, self.port, self.token, self.spec, self.language, self.timeout = host, port, token, spec, language, timeout
        self.local = threading.local()

    def _connection(self):
        if getattr(self.local, "connection", None) is None:
            self.local.connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        kept = self.local.connection
        if kept.sock and select.select([kept.sock], [], [], 0)[0]:  # closed by the service meanwhile, as idle
            kept.close()
        return kept

    def call(self, method, path, body=None, headers=None, **query):
        if query:
            path += "?" + urllib.parse.urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()})
        head = {"Accept-Language": self.language, **(headers or {})}
        if self.token:
            head.setdefault("Authorization", f"Bearer {self.token}")
        secrecy.note(self.token)
        if body is not None and not isinstance(body, (bytes, str)):
            secrecy.note_all(body)
            body = json.dumps(body, ensure_ascii=False).encode()
            head.setdefault("Content-Type", "application/merge-patch+json" if method == "PATCH" else "application/json")
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=head)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except Exception:
            connection.close()
            self.local.connection = None
            raise
        if method != "GET" and answer.body.startswith(b"{"):
            secrecy.note_all(answer.json)
        if self.spec:
            self.spec.validate_response(method, path, answer.status, dict(answer.headers), answer.body)
        return answer

    def get(self, path, **query):
        return self.call("GET", path, **query)

    def post(self, path, body, headers=None, **query):
        return self.call("POST", path, body, headers, **query)

    def put(self, path, body, headers=None, **query):
        return self.call("PUT", path, body, headers, **query)

    def patch(self, path, body, etag="*", **query):
        return self.call("PATCH", path, body, {"If-Match": etag} if etag else None, **query)

    def delete(self, path, etag=None, **query):
        return self.call("DELETE", path, None, {"If-Match": etag} if etag else None, **query)


class Service:
    """congvud with an embedded directory (or, with `config`, beside another one's). clock_offset counts from now()."""

    inside = []  # what runs it elsewhere: in a network namespace, say

    def __init__(self, data=None, spec=None, real_clock=False, **settings):
        self.own, self.real_clock = data is None, real_clock
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="cv-", dir="/tmp"))
        self.spec, self.settings, self.process, self.ready = spec, settings, None, None
        self.log = self.data.parent / (self.data.name + ".log")

    def start(self):
        arguments = [*self.inside, BIN, "serve", "--allow-root", "--listen", "127.0.0.1:0"]
        settings = {"directory_nosync": "true", "tick_ms": "50", **self.settings}
        if "directory_uri" not in settings and "config" not in settings:
            settings["data_dir"] = str(self.data)
        elif "data_dir" not in settings and "config" not in settings:
            settings.setdefault("audit_dir", str(self.data / "audit"))
        if ahead_s and not self.real_clock and "clock_file" not in settings:
            settings["clock_offset"] = ahead_s + int(settings.get("clock_offset", 0))
        for name, value in settings.items():
            arguments += ["--" + name.replace("_", "-"), str(value)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}  # the harness's own, not settings
        environment.setdefault("LSAN_OPTIONS", f"suppressions={ROOT}/tests/lib/leaks.supp:print_suppressions=0")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, start_new_session=True, env=environment)
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.process.stdout.close()
            self.process = None
            raise AssertionError(f"no ready line, exit {code}: {self.log.read_text()[-3000:]}")
        self.ready = json.loads(line)
        return self

    @property
    def port(self):
        return self.ready["port"]

    @property
    def ldapi(self):
        return "ldapi://" + urllib.parse.quote(str(self.data / "run/ldapi"), safe="")

    def admin_token(self):
        return (self.data / "admin.token").read_text().strip()

    def client(self, token=None, **more):
        return Client(self.port, token or self.admin_token(), self.spec, **more)

    def reach(self, unit, *scopes):
        """A client with a token of its own, for what is in the unit and below it; None = everywhere."""
        made = self.client().post("/v1/tokens", {"name": "phần mềm", "scopes": list(scopes), "unit": unit})
        assert made.status == 201, made
        return self.client(made.json["secret"])

    def slapd_pid(self, other_than=None):
        """Of the running one; waits for the next one after a kill."""
        def running():
            found = subprocess.run(["pgrep", "-f", f"^[^ ]*slapd .*{self.data}"], capture_output=True, text=True).stdout.split()
            return [int(pid) for pid in found if int(pid) != other_than]
        return wait_for(running, "slapd runs")[0]

    def ldapsearch(self, *arguments):
        """Entries as [{attribute: [values]}], read by the service's identity over the socket."""
        out = subprocess.run(["ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-Q", "-Y", "EXTERNAL", "-H", self.ldapi, *arguments],
                             capture_output=True, text=True, check=True).stdout
        return parse_ldif(out)

    def person(self, id_, *attributes):
        return self.ldapsearch("-b", "ou=people,dc=congvu", f"(cvId={id_})", *attributes)[0]

    def ldapadd(self, ldif):
        """By whoever has the socket: the service's own identity, but not its words."""
        subprocess.run(["ldapadd", "-Q", "-Y", "EXTERNAL", "-H", self.ldapi], input=ldif, text=True, check=True, capture_output=True)

    def ldapmodify(self, dn, change):
        self.ldapadd(f"dn: {dn}\nchangetype: modify\n{change}\n")

    def wait_calendar(self, days=0):
        """Until the calendar has gone all through the day that is so many days from today: its figures are kept last, where there are people."""
        wait_for(lambda: self.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", f"(cvDocumentName=day.{day(days)})", "cvDocumentName"), f"the calendar has gone through {day(days)}")

    def stop(self, expect=0):
        shown = []
        if self.process and self.process.poll() is None:
            slapd = subprocess.run(["pgrep", "-f", f"^[^ ]*slapd .*{self.data}"], capture_output=True, text=True).stdout.split()
            shown = [secrecy.of_process(pid) for pid in (self.process.pid, *slapd)]
            self.process.send_signal(signal.SIGTERM)
        if self.process:
            code = self.process.wait(DEADLINE)
            self.process.stdout.close()
            self.process = None
            assert code == expect, f"exit {code}: {self.log.read_text()[-3000:]}"
            secrecy.assert_in_no(shown, self.data, self.log)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def clean(self):
        if self.process:
            with contextlib.suppress(Exception):
                self.kill()
        if self.own:
            shutil.rmtree(self.data, ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                self.log.unlink()


def parse_ldif(text):
    entries = []
    for block in text.strip().split("\n\n"):
        entry = {}
        for line in block.splitlines():
            if line.startswith("#") or ":" not in line:
                continue
            name, value = line.split(":", 1)
            value = base64.b64decode(value[2:]).decode(errors="surrogateescape") if value.startswith(": ") else value.lstrip()
            entry.setdefault(name, []).append(value)
        if entry:
            entries.append(entry)
    return entries


def copied(entry, name, **changed):
    """LDIF of one more document like that entry of ldapsearch(), with this name and these values."""
    values = {**entry, "cvDocumentName": [name], **changed}
    lines = [f"{k}:: {base64.b64encode(v.encode()).decode()}" for k, vs in values.items() if k != "dn" for v in vs]
    return "\n".join([f"dn: cvDocumentName={name},{entry['dn'][0].split(',', 1)[1]}", *lines]) + "\n\n"


UNIT = {"name": {"vi": "Phòng Nội vụ", "en": "Home Affairs Division"}, "kind": "phong", "block": "chinh_quyen", "slug": "noivu",
        "active_from": "2021-10-01"}


def make_units(client):
    """A district with two offices and a Party office."""
    top = {"name": {"vi": "Huyện Thử"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "thu", "active_from": "2021-10-01"}
    party = {"name": {"vi": "Ban Tổ chức"}, "kind": "dang", "block": "dang_doan_the", "slug": "btc", "active_from": "2021-10-01"}
    finance = {"name": {"vi": "Phòng Tài chính"}, "kind": "phong", "block": "chinh_quyen", "slug": "tckh", "active_from": "2021-10-01"}
    for code, body in (("T1", top), ("T1.01", {**UNIT, "parent": "T1"}), ("T1.02", {**finance, "parent": "T1"}),
                       ("T1.03", {**party, "parent": "T1"})):
        answer = client.put(f"/v1/units/{code}", body)
        assert answer.status in (200, 201), answer


@contextlib.contextmanager
def running(**settings):
    """A service that is stopped (exit 0) and removed at the end."""
    service = Service(**settings)
    try:
        yield service.start()
        service.stop()
    finally:
        service.clean()


@contextlib.contextmanager
def district(**settings):
    """The same with the units of make_units()."""
    with running(**settings) as service:
        make_units(service.client())
        yield service


DEGREES = {"ths", "ts", "pgs", "gs", "bs", "cn", "ks", "kts", "ds", "dr", "mr", "mrs", "ms", "dc", "pct", "tp", "ptp", "ct", "pgd", "gd", "cvc", "nv"}  # refused


def nth(name, n):
    """A name of its own for the n-th of many: digits and degrees are no part of a name."""
    letters = "abcdeghiklmnopqrstuvx"  # y and i are alike
    word = letters[n % len(letters)]
    while n >= len(letters):
        n //= len(letters)
        word = letters[n % len(letters)] + word
    return f"{name} {word.capitalize()}{'w' * (word in DEGREES)}"


def an(**more):
    """A new person's body, of whom it is known that nobody who is there is meant."""
    return {**asked_about(**more), "not_same_as": more.get("not_same_as", ["*"])}


def asked_about(**more):
    """A new person's body, as a line or a form sends it."""
    return {"full_name": "Nguyễn Văn An", "unit": "T1.01", "title": "Chuyên viên", "category": "cong_chuc", **more}
