#!/usr/bin/env python3
"""Both READMEs as a newcomer uses them: every sh block is run, JSON blocks are compared by shape, both files have the same blocks, and quickstart
is started a second time, in Vietnamese and with mail servers, on what people did. Run by tests/readme.sh."""
import imaplib
import json
import os
import pathlib
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
FILES = [ROOT / "README.md", ROOT / "README.vi.md"]


def blocks(path):
    return re.findall(r"^```(\w+)\n(.*?)^```$", path.read_text(), re.M | re.S)


def commands(text):
    """Without comments, which are in the reader's language."""
    return [line for line in (re.sub(r"(^|\s)# .*$", "", l).rstrip() for l in text.splitlines()) if line]


# ---- JSON as it is shown: `…` stands for whatever was left out ----

class Shown:
    """{...} with `more` when something was left out; lists likewise; leaves as Python values."""

    def __init__(self, kind):
        self.kind, self.members, self.items, self.more = kind, {}, [], False


def shown(text):
    tokens = re.findall(r'"(?:\\.|[^"\\])*"|[{}\[\]:,…]|[^\s{}\[\]:,…"]+', text)
    documents = []

    def value():
        token = tokens.pop(0)
        if token not in "{[":
            return json.loads(token)
        out = Shown(token)
        while tokens[0] not in "}]":
            if tokens[0] in ",…":
                out.more |= tokens.pop(0) == "…"
            elif token == "{":
                key = json.loads(tokens.pop(0))
                assert tokens.pop(0) == ":", key
                out.members[key] = value()
            else:
                out.items.append(value())
        tokens.pop(0)
        return out
    while tokens:
        documents.append(value())
    return documents


def kind(value):
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def differs(told, real, at="#"):
    """Where the answer has not the shape that is shown; None = it has."""
    if not isinstance(told, Shown):
        return None if told is None or real is None or kind(told) == kind(real) else f"{at}: {kind(real)} instead of {kind(told)}"
    if told.kind == "[":
        if not isinstance(real, list):
            return f"{at}: no list"
        for i, item in enumerate(told.items):
            wrong = [differs(item, other, f"{at}/{i}") for other in real if same_thing(item, other)]
            if None not in wrong:
                return wrong[0] if wrong else f"{at}/{i}: nothing like it among {len(real)}"
        return None
    if not isinstance(real, dict):
        return f"{at}: no object"
    if not told.more and set(real) != set(told.members):
        return f"{at}: members {sorted(set(real) ^ set(told.members))}"
    for name, part in told.members.items():
        if name not in real:
            return f"{at}/{name} is missing"
        found = differs(part, real[name], f"{at}/{name}")
        if found:
            return found
    return None


def same_thing(told, real):
    return not isinstance(told, Shown) or all(told.members.get(k) in (None, real.get(k)) for k in ("system", "row_kind"))


def answers(text):
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        if text[at] not in "{[":
            at += 1
            continue
        document, at = decoder.raw_decode(text, at)
        found.append(document)
    return found


# ---- the service of the first block ----

class Quickstart:
    ENDS = {"C.UTF-8": "Ctrl-C stops", "vi_VN.UTF-8": "Ctrl-C để dừng"}

    def __init__(self, data, *more, language="C.UTF-8"):
        self.data, self.out, self.more, self.language = data, data.parent / "quickstart.out", more, language

    def __enter__(self):
        command, = commands(next(text for kind_, text in blocks(FILES[0]) if kind_ == "sh"))
        assert command == "deploy/quickstart.sh", command
        with open(self.out, "w") as out:
            self.process = subprocess.Popen([command, "--port", "0", "--data", str(self.data), *self.more], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                                            env={**os.environ, "LANG": self.language, "LC_ALL": "", "LC_MESSAGES": ""})
        end = time.monotonic() + 1200
        while self.ENDS[self.language] not in self.out.read_text():
            assert self.process.poll() is None and time.monotonic() < end, self.out.read_text()[-2000:]
            time.sleep(0.2)
        self.url = re.search(r"REST API +(http://\S+)", self.out.read_text())[1]
        console = re.search(r"(?:web console|giao diện web) +(http://\S+)", self.out.read_text())[1]
        assert urllib.request.urlopen(console, timeout=60).status == 200
        assert re.search(r"(?:metrics|số liệu) +http://127\.0\.0\.1:\d+/metrics", self.out.read_text())
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def shell(self, text, folder):
        environment = {**os.environ, "url": self.url, "token": str(self.data / "admin.token")}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (text, done.stdout[-1000:], done.stderr[-1000:])
        return done.stdout

    def get(self, path):
        return answers(self.shell(f"curl -s -H @<(printf 'Authorization: Bearer %s' \"$(cat \"$token\")\") -H 'Accept-Language: en' \"$url{path}\"", "/tmp"))[0]


def is_run(text):
    return "tests/run.sh" not in text and "deploy/quickstart.sh" not in text and not text.startswith("# on the server")


def run_blocks(service, path, folder):
    """One shell per block, with what the first one defined; each JSON block is about the sh block before it."""
    defined, said = "", []
    for language, text in blocks(path):
        if language == "sh" and is_run(text):
            said = answers(service.shell(defined + text, folder))
            defined = defined or "".join(l + "\n" for l in text.splitlines() if re.match(r"\w+\(\) \{.*\}$", l))
        elif language == "json":
            told = shown(text)
            assert len(told) == len(said), (len(told), said)
            for one, real in zip(told, said):
                wrong = differs(one, real)
                assert wrong is None, (path.name, wrong, text)


def first_sign_in(service, folder):
    """As quickstart says it: a password with the code, then the console's own call. The login."""
    code, login = re.search(r"with the code (\S+), then sign in as (\S+)", service.out.read_text()).groups()
    for path, body in (("activations", {"code": code, "password": "Mat-Khau-Rieng-9"}), ("sessions", {"login": login, "password": "Mat-Khau-Rieng-9"})):
        service.shell(f"curl -sS --fail-with-body -H 'Content-Type: application/json' -d '{json.dumps(body)}' \"$url/v1/{path}\"", folder)
    return login


def sample_links(service, folder):
    """Each opens the page for a password, with the code behind the #; who has set it has the role."""
    links = re.findall(r"^ +(\S.*?) +http://\S+/kichhoat#(\S+) +\(then sign in as (\S+)\)$", service.out.read_text(), re.M)
    assert [who for who, _, _ in links] == ["commune HR", "unit head", "administrator"], links
    for (_, code, login), role in zip(links, ("unit_hr", "unit_head", "site_admin")):
        said = service.shell("curl -sS --fail-with-body -H 'Content-Type: application/json' -d '%s' \"$url/v1/activations\" && curl -sS --fail-with-body -H 'Content-Type: application/json' -d '%s' \"$url/v1/sessions\""
                             % (json.dumps({"code": code, "password": "Mat-Khau-Rieng-9"}), json.dumps({"login": login, "password": "Mat-Khau-Rieng-9"})), folder)
        assert [r["role"] for r in answers(said)[0]["roles"]] == [role], said


def slips(service, folder):
    """The page to print, whose codes lead to this very service."""
    page = service.shell("curl -sS --fail-with-body -H @<(printf 'Authorization: Bearer %s' \"$(cat \"$token\")\") -H 'Content-Type: application/json' -H 'Accept: text/html' -d '{\"staff\":[\"NS-9002\"]}' \"$url/v1/slips\"", folder)
    assert f"{service.url}/kichhoat" in page, page[:2000]


def mail_half(service, login):
    """On the ports that are printed: who has chosen a password reads what another mail server brings."""
    imap, smtp = (int(re.search(rf"{name} +127\.0\.0\.1:(\d+)", service.out.read_text())[1]) for name in ("IMAP", "incoming SMTP"))
    with smtplib.SMTP("127.0.0.1", smtp, timeout=60) as other:
        other.sendmail("nguoi.gui@example.org", [f"{login}@ninhthuan.gov.vn"], "Subject: Thu dau tien\r\n\r\nChao\r\n")
    mailbox = imaplib.IMAP4("127.0.0.1", imap, timeout=60)
    mailbox.login(login, "Mat-Khau-Rieng-9")
    end = time.monotonic() + 60
    while mailbox.select("INBOX")[1] == [b"0"]:
        assert time.monotonic() < end, "the message does not arrive"
        time.sleep(0.1)
    assert b"Thu dau tien" in mailbox.fetch("1", "(RFC822)")[1][0][1]
    mailbox.logout()


def once(data, *more):
    done = subprocess.run(["deploy/quickstart.sh", "--once", "--port", "0", "--data", str(data), *more], cwd=ROOT, capture_output=True, text=True, timeout=1200,
                          env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": ""})
    assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
    return done.stdout


def no_sample(folder):
    """An empty office has nobody to whom a link could belong: one makes the first two. Started again in the usual way it gets no invented people."""
    said = once(folder / "empty", "--no-sample")
    assert "/console" in said and "kichhoat#" not in said and "/console#/first?code=cvt_" in said, said
    assert "Loading" not in once(folder / "empty"), "invented people in an office"


def restored(folder, data):
    """What was restored has no token, and none of its people is joined by invented ones."""
    congvud = data.with_suffix(".bin") / "congvud" if os.geteuid() == 0 else ROOT / "build/release/service/congvud"
    own = ["setpriv", "--reuid=congvu", f"--regid={subprocess.run(['id', '-g', 'congvu'], capture_output=True, text=True).stdout.strip()}", "--clear-groups"] if os.geteuid() == 0 else []
    backups = folder / "backups"
    backups.mkdir()
    if own:
        subprocess.run(["chown", "congvu", backups], check=True)
    new = backups / "restored"
    for words in (["backup", str(backups / "one"), "--data-dir", str(data)],
                  ["restore", str(backups / "one"), "--data-dir", str(new), "--key-file", str(data / "secret.key"), "--log-of", str(data)]):
        done = subprocess.run([*own, str(congvud), *words], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    for _ in range(2):
        with Quickstart(new) as service:
            said = service.out.read_text()
            assert "Loading" not in said and "Reporting" not in said and "/first?code" not in said, said
            assert service.get("/v1/staff/NS-9001")["full_name"] == "Nguyễn Thị Ước Đào"


def main():
    first, second = (blocks(f) for f in FILES)
    assert [b[0] for b in first] == [b[0] for b in second], "the two files have other blocks"
    for (language, one), (_, two) in zip(first, second):
        assert commands(one) == commands(two) if language == "sh" else [type(d) for d in shown(one)] == [type(d) for d in shown(two)], (one, two)
    with tempfile.TemporaryDirectory(prefix="cv-readme-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        data = pathlib.Path(folder) / "data"
        with Quickstart(data) as service:
            for path in FILES:
                run_blocks(service, path, folder)
            clerk = first_sign_in(service, folder)
            sample_links(service, folder)
            slips(service, folder)
            assert (pathlib.Path(folder) / "report.xlsx").read_bytes()[:2] == b"PK"
            service.shell("curl -sS --fail-with-body -X PATCH -H @<(printf 'Authorization: Bearer %s' \"$(cat \"$token\")\") -H 'If-Match: *' -H 'Content-Type: application/merge-patch+json' "
                          "\"$url/v1/staff/NS-9001\" -d '{\"title\":\"Trưởng phòng\"}'", folder)
            log = len(data.with_suffix(".log").read_text())
        with_mail = ["--mail"] if os.geteuid() == 0 else []
        with Quickstart(data, *with_mail, language="vi_VN.UTF-8") as service:
            person = service.get("/v1/staff/NS-9001")
            assert (person.get("title") or person["posts"][0]["title"]) == "Trưởng phòng", "the second start keeps what people did"
            assert service.get("/v1/staff/NS-9002")["status"] in ("departing", "departed")
            assert len(data.with_suffix(".log").read_text()) > log, "the log goes on"
            assert "Đang nạp dữ liệu mẫu" not in service.out.read_text() and "bằng mã" not in service.out.read_text()
            assert "kichhoat#" not in service.out.read_text(), "links that were used are not shown again"
            if with_mail:
                mail_half(service, clerk)
        left = subprocess.run(["pgrep", "-f", str(data)], capture_output=True, text=True).stdout
        assert left == "", f"left running: {left}"
        no_sample(pathlib.Path(folder))
        restored(pathlib.Path(folder), data)
    print("every block runs, answers have the shape that is shown, a second start keeps everything")


if __name__ == "__main__":
    sys.exit(main())
