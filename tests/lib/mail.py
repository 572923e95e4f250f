"""The real Dovecot and Postfix beside a service of the tests, started by deploy/mail/up.sh itself."""
import contextlib
import email
import email.message
import email.policy
import imaplib
import json
import os
import pathlib
import shutil
import signal
import smtplib
import subprocess

from congvu import ROOT, frozen, wait_for


class MailServers:
    def __init__(self, service, **environment):
        self.service = service
        self.work = pathlib.Path(str(service.data) + ".mail")
        self.environment = environment
        self.process = None

    def start(self):
        self.log = open(str(self.work) + ".log", "ab")
        self.process = subprocess.Popen([str(ROOT / "deploy/mail/up.sh"), "--data", str(self.service.data), "--work", str(self.work),
                                         "--url", f"http://127.0.0.1:{self.service.port}"],
                                        stdout=self.log, stderr=self.log, start_new_session=True, env={**os.environ, **self.environment})
        wait_for(lambda: (self.work / "ports.json").exists() or self.process.poll() is not None, "the mail servers answer")
        assert self.process.poll() is None, self.logs()
        self.ports = json.loads((self.work / "ports.json").read_text())
        return self

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None
            self.log.close()
        left = subprocess.run(["pgrep", "-f", str(self.work)], capture_output=True, text=True).stdout.split()
        assert left == [], f"left running: {left}"

    def clean(self):
        if self.process:
            with contextlib.suppress(Exception):
                self.stop()
        shutil.rmtree(self.work, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(str(self.work) + ".log")

    def logs(self):
        files = [self.work / "dovecot.log", self.work / "postfix.log", pathlib.Path(str(self.work) + ".log")]
        return "\n".join(f.read_text()[-3000:] for f in files if f.exists())

    @contextlib.contextmanager
    def frozen(self):
        """Dovecot's master and all its processes do not answer for a while."""
        found = subprocess.run(["pgrep", "-g", str(self.process.pid), "dovecot|doveadm"], capture_output=True, text=True).stdout.split()
        with frozen(*map(int, found)):
            yield

    @contextlib.contextmanager
    def without_collector(self):
        """It is killed, and what starts it again waits."""
        def running():
            return subprocess.run(["pgrep", "-f", f"^/usr/bin/python3 {self.work}/collector.py"], capture_output=True, text=True).stdout.split()
        pid = int(wait_for(running, "the collector runs")[0])
        keeper = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(keeper, signal.SIGSTOP)
        try:
            os.kill(pid, signal.SIGKILL)
            yield
        finally:
            os.kill(keeper, signal.SIGCONT)

    def imap(self, login, password):
        """A signed-in connection; imaplib.IMAP4.error when refused."""
        connection = imaplib.IMAP4("127.0.0.1", self.ports["imap"], timeout=60)
        try:
            connection.login(login, password)
        except Exception:
            connection.shutdown()
            raise
        return connection

    def may_sign_in(self, login, password):
        try:
            connection = self.imap(login, password)
        except imaplib.IMAP4.error as refusal:
            assert "AUTHENTICATIONFAILED" in str(refusal) or "disabled" in str(refusal), (refusal, self.logs())
            return False
        connection.logout()
        return True

    def submit(self, login, password, to, subject):
        """As a person sends: signed in, from his own address."""
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"], message["Subject"] = login, to, subject
        message.set_content("Nội dung")
        with smtplib.SMTP("127.0.0.1", self.ports["submission"], timeout=60) as smtp:
            smtp.login(login, password)
            smtp.send_message(message, login, [to])

    def send(self, to, subject="Thử", text="Nội dung", attachment=None, sender="nguoi.gui@example.org"):
        """(code, text) of the answer to RCPT or DATA, as another mail server would see it."""
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message.set_content(text)
        if attachment:
            name, content = attachment
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=60) as smtp:
            try:
                smtp.send_message(message, sender, [to])
            except smtplib.SMTPRecipientsRefused as refused:
                return refused.recipients[to]
        return 250, b"accepted"

    def stored(self, person):
        """How many messages lie in his folder, whether or not he may open it."""
        folder = self.work / "store" / person["mail_store"] / "Maildir"
        return sum(1 for sub in ("new", "cur") if (folder / sub).is_dir() for _ in (folder / sub).iterdir())

    def messages(self, connection):
        connection.select("INBOX", readonly=True)
        numbers = connection.search(None, "ALL")[1][0].split()
        return [email.message_from_bytes(connection.fetch(n, "(RFC822)")[1][0][1], policy=email.policy.default) for n in numbers]

    def wait_message(self, login, password, subject):
        def arrived():
            connection = self.imap(login, password)
            try:
                return [m for m in self.messages(connection) if m["Subject"] == subject]
            finally:
                connection.logout()
        return wait_for(arrived, f"“{subject}” arrives at {login}: {self.logs()}")[0]
