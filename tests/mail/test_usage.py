"""Use of the mailbox: a deliberate sign-in counts, a delivery does not, and what was lost while anything was down is made up for."""
import argparse
import datetime
import importlib.util
import json
import smtplib
import subprocess
import sys

import pytest

from congvu import ROOT, site_today, wait_for
from people import PASSWORD, activate, onboard



def today():
    return site_today().isoformat()


def last_active(client, code):
    found = [a for a in client.get("/v1/accounts", system="mailbox", page_size=500).json["items"] if a["staff"]["staff_code"] == code]
    return found[0]["last_active_on"]


def used(admin):
    day = site_today()
    known = {"data_from": (day - datetime.timedelta(days=60)).isoformat(), "data_through": (day - datetime.timedelta(days=1)).isoformat()}
    assert admin.post("/v1/usage-events", {"system": "mailbox", **known}).status == 200
    row, = [r for r in admin.get("/v1/adoption", unit="T1.02", system="mailbox", basis="recorded").json["rows"] if r["row_kind"] == "total"]
    return row["used"]


def test_signing_in_is_use_and_shows_in_adoption_a_delivery_is_not(client, admin, mail):
    (reader_code, reader), (silent_code, silent) = onboard(client, "Mai Đọc Thư", unit="T1.02"), onboard(client, "Mai Nhận Thư", unit="T1.02")
    activate(client, reader_code), activate(client, silent_code)
    before = used(admin)
    assert mail.send(silent["address"])[0] == 250 and mail.send(reader["address"])[0] == 250
    mail.imap(reader["address"], PASSWORD).logout()
    wait_for(lambda: last_active(client, reader_code) == today(), "the sign-in is reported")
    assert last_active(client, silent_code) is None
    assert used(admin) == before + 1


def test_sending_is_use_too(client, mail):
    code, person = onboard(client, "Mai Gửi Thư")
    activate(client, code)
    with smtplib.SMTP("127.0.0.1", mail.ports["submission"], timeout=60) as smtp:
        smtp.login(person["address"], PASSWORD)
    wait_for(lambda: last_active(client, code) == today(), "only the event can tell: there is no last login of senders")


def test_a_wrong_password_is_no_use(client, mail):
    (code, person), (after_code, after) = onboard(client, "Mai Gõ Sai"), onboard(client, "Mai Gõ Đúng")
    activate(client, code), activate(client, after_code)
    assert not mail.may_sign_in(person["address"], "wrong")
    mail.imap(after["address"], PASSWORD).logout()
    wait_for(lambda: last_active(client, after_code) == today(), "what came after it has arrived")
    assert last_active(client, code) is None


def test_a_sign_in_while_the_collector_is_down_is_made_up_for(client, mail):
    code, person = onboard(client, "Mai Mất Tin")
    activate(client, code)
    with mail.without_collector():
        lost = (mail.work / "dovecot.log").read_text().count("Failed to export event")
        mail.imap(person["address"], PASSWORD).logout()
        wait_for(lambda: (mail.work / "dovecot.log").read_text().count("Failed to export event") > lost, "Dovecot could not deliver the event")
    wait_for(lambda: last_active(client, code) == today(), "it comes from the last logins")


# ---- what may be called complete: the collector's own arithmetic ----

@pytest.fixture
def collector(tmp_path):
    spec = importlib.util.spec_from_file_location("collector", ROOT / "deploy/mail/collector.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "token").write_text("t")
    (tmp_path / "token").chmod(0o600)

    def at(now, alive=None, accept=False, through="2026-11-01", services=frozenset(module.SERVICES)):
        moment = lambda text: datetime.datetime.fromisoformat(text + "+07:00")
        (tmp_path / "state.json").write_text(json.dumps({"alive_at": moment(alive).timestamp(), "covered_from": through} if alive else {}))
        options = argparse.Namespace(state=str(tmp_path), utc_offset="+07:00", token_file=str(tmp_path / "token"), accept_gaps=accept, last_login=None, services=services)
        made = module.Collector(options)
        made.now = lambda: moment(now)
        made.begin()
        return made

    return at


def test_the_first_day_is_not_whole(collector):
    c = collector("2026-11-20T09:00")
    assert c.whole_until() is None
    c.now = lambda: datetime.datetime.fromisoformat("2026-11-21T23:00+07:00")
    assert c.whole_until() is None
    c.now = lambda: datetime.datetime.fromisoformat("2026-11-22T00:01+07:00")
    assert c.whole_until() == "2026-11-21"


def test_an_interruption_within_a_day_is_healed_one_over_midnight_is_not(collector):
    assert collector("2026-11-20T09:00", alive="2026-11-20T08:00").whole_until() == "2026-11-19"
    assert collector("2026-11-20T09:00", alive="2026-11-18T23:50").whole_until() == "2026-11-17"
    assert collector("2026-11-20T09:00", alive="2026-11-18T23:50", accept=True).whole_until() == "2026-11-19"


def test_a_telephone_that_fetches_by_itself_can_be_told_from_somebody_who_sends(collector):
    def counted(**more):
        c = collector("2026-11-20T09:00", **more)
        for protocol in ("imap", "submission"):
            c.take({"event": "auth_request_finished", "end_time": "2026-11-20T01:00:00Z", "fields": {"success": "yes", "user": protocol, "service": protocol}})
        return {login for login, _ in c.state.pending}
    assert counted() == {"imap", "submission"}
    assert counted(services=frozenset({"smtp", "submission"})) == {"submission"}
    for wrong in (["--services", "imap,telepathy"], ["--services", "submission", "--last-login", "/nowhere"]):
        answer = subprocess.run([sys.executable, ROOT / "deploy/mail/collector.py", "--secret-file", "s", "--state", "s", "--url", "u", "--token-file", "t", *wrong], capture_output=True, text=True)
        assert answer.returncode == 2 and "--" in answer.stderr
