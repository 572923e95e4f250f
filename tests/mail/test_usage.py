"""Use of the mailbox: a deliberate sign-in counts, a delivery does not, and what was lost while anything was down is made up for."""
import argparse
import datetime
import errno
import importlib.util
import json
import os
import smtplib
import subprocess
import sys
import time

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
        if accept:
            (tmp_path / "accept-gaps").touch()
        (tmp_path / "state.json").write_text(json.dumps({"alive_at": moment(alive).timestamp(), "covered_from": through} if alive else {}))
        options = argparse.Namespace(state=str(tmp_path), utc_offset="+07:00", token_file=str(tmp_path / "token"), accept_gaps=accept, last_login=str(tmp_path / "last-login"), services=services, system="mailbox")
        made = module.Collector(options)
        made.now = lambda: moment(now)
        made.begin()
        return made

    at.module, at.folder = module, tmp_path
    return at


def accepting(c, sent, *codes):
    """The service answers; what it does not take, by place."""
    def post(body):
        sent.append(body)
        return 200, json.dumps({"rejected": [{"index": i, "code": code} for i, code in enumerate(codes) if code and i < len(body["events"])]}).encode()
    c.post = post


def test_what_the_service_calls_the_future_is_kept_and_sent_again(collector):
    c, sent = collector("2026-11-21T00:00", alive="2026-11-20T23:59"), []
    c.state.gaps.clear()
    c.seen("a", "2026-11-21"), c.seen("b", "2026-11-21")
    accepting(c, sent, "in_the_future", "unknown_login")
    assert c.report() and c.state.pending == {("a", "2026-11-21")}
    assert sent[0]["data_through"] == "2026-11-20", "what has not begun is no part of it"
    assert c.report() and len(sent) == 1, "not at once"
    c.early = dict.fromkeys(c.early, 0)
    accepting(c, sent)
    assert c.report() and [e["login"] for e in sent[1]["events"]] == ["a"]
    assert not c.state.pending and c.reported == {("a", "2026-11-21"), ("b", "2026-11-21")}


def test_a_last_login_is_reported_when_it_changes_and_not_each_minute(collector):
    c, sent = collector("2026-11-20T09:00", alive="2026-11-20T08:59"), []
    accepting(c, sent, "outside_retention")
    stamp = lambda text: int(datetime.datetime.fromisoformat(text + "+07:00").timestamp())
    for seconds in (stamp("2016-01-02T03:04"), stamp("2016-01-02T03:04"), stamp("2026-11-19T23:00")):
        (collector.folder / "last-login").write_text(f"shared/last-login/annv\n{seconds}\n")
        c.replay()
        c.report()
    assert [e["occurred_on"] for body in sent for e in body["events"]] == ["2016-01-02", "2026-11-19"]


def test_a_disk_that_is_full_ends_nothing_and_leaves_nothing(collector, monkeypatch):
    c = collector("2026-11-20T09:00", alive="2026-11-20T08:59")
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        c.seen("a", "2026-11-20")
        for _ in range(3):
            c.begin()
        assert c.state.dirty
    assert {p.name for p in collector.folder.iterdir()} <= {"token", "state.json", "state.json.new"}
    c.begin()
    assert not c.state.dirty and json.loads((collector.folder / "state.json").read_text())["pending"] == [["a", "2026-11-20"]]


def test_a_day_of_which_something_was_dropped_is_not_complete(collector, monkeypatch):
    c = collector("2026-11-20T09:00", alive="2026-11-20T08:59")
    monkeypatch.setattr(collector.module, "PENDING_MAX", 1)
    for user in ("a", "a", "b"):
        c.take({"event": "auth_request_finished", "end_time": "2026-11-20T01:00:00Z", "fields": {"success": "yes", "user": user, "service": "submission"}})
    c.now = lambda: datetime.datetime.fromisoformat("2026-11-23T09:00+07:00")
    assert c.state.pending == {("a", "2026-11-20")} and c.whole_until() == "2026-11-19"


def test_gaps_are_accepted_beside_the_one_that_runs_and_no_second_one_runs(tmp_path):
    state, now = tmp_path / "state", time.time()
    state.mkdir(mode=0o700)
    (state / "state.json").write_text(json.dumps({"alive_at": now - 3 * 86400, "covered_from": "2020-01-01"}))
    for name in ("secret", "token"):
        (tmp_path / name).write_text("s")
        (tmp_path / name).chmod(0o600)
    program = [sys.executable, ROOT / "deploy/mail/collector.py", "--state", state]
    running = [*program, "--listen", "127.0.0.1:0", "--secret-file", tmp_path / "secret", "--token-file", tmp_path / "token", "--url", "http://127.0.0.1:1"]
    gaps = lambda: json.loads((state / "state.json").read_text()).get("gaps")
    with subprocess.Popen(running, stderr=subprocess.DEVNULL) as first:
        try:
            wait_for(lambda: gaps(), "it has begun")
            second = subprocess.run(running, capture_output=True, text=True, timeout=30)
            assert second.returncode != 0 and "another collector" in second.stderr
            said = subprocess.run([*program, "--accept-gaps"], capture_output=True, text=True, timeout=30)
            assert said.returncode == 0, said.stderr
            wait_for(lambda: gaps() == [] and not (state / "accept-gaps").exists(), "the one that runs has heard it")
        finally:
            first.terminate()


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
