"""Leaving means that nobody is left inside: sessions end, nothing remembered lets him in again, and it is said only when proven."""
import imaplib
import smtplib
import time

import pytest

from congvu import wait_for
from people import PASSWORD, OTHER, account, activate, onboard

ORDER = {"reason": "buoc_thoi_viec", "decision": {"number": "9/QĐ"}}


def ended(connection):
    """The server has closed it: what is said next is not answered."""
    try:
        connection.noop()
    except (imaplib.IMAP4.abort, OSError):
        return True
    return False


def mailbox_step(departure):
    step, = [s for s in departure["steps"] if s["system"] == "mailbox"]
    return step, {s["step"]: s["state"] for s in step["cut_off"]["steps"]}


def departed(client, code):
    answer = client.put(f"/v1/staff/{code}/departure", ORDER)
    assert answer.status in (200, 202), answer
    return answer.json


def seconds_to_proof(client, code, connections):
    started = time.monotonic()
    departed(client, code)
    wait_for(lambda: client.get(f"/v1/staff/{code}/departure").json["state"] == "done", "the cut-off is proven")
    took = time.monotonic() - started
    assert all(ended(c) for c in connections)
    return took


def test_a_departure_ends_running_sessions_and_says_so_when_proven(client, mail):
    code, person = onboard(client, "Đỗ Đang Mở Thư")
    activate(client, code)
    by_login, by_address = mail.imap(person["address"].split("@")[0], PASSWORD), mail.imap(person["address"], PASSWORD)
    first = departed(client, code)
    step, parts = mailbox_step(first)
    assert first["state"] == "in_progress" and step["state"] == "pending" and parts == {"directory": "done", "auth_cache": "open", "sessions": "open"}
    done = wait_for(lambda: (d := client.get(f"/v1/staff/{code}/departure").json)["state"] == "done" and d, "the cut-off is proven")
    assert mailbox_step(done)[0]["state"] == "done" and set(mailbox_step(done)[1].values()) == {"done"}
    assert ended(by_login) and ended(by_address)
    assert not mail.may_sign_in(person["address"], PASSWORD), "not even out of the cache"
    again = client.put(f"/v1/staff/{code}/departure", ORDER)
    assert again.status == 200 and again.json["state"] == "done"
    assert [d["staff"]["staff_code"] for d in client.get("/v1/departures", state="done").json["items"]].count(code) == 1


def test_a_lock_ends_sessions_and_a_reopening_forgets_it(client, mail):
    code, person = onboard(client, "Đỗ Bị Khóa")
    activate(client, code)
    connection = mail.imap(person["address"], PASSWORD)
    locked = client.put(f"/v1/staff/{code}/accounts/mailbox", {"state": "locked", "reason": "compromised"})
    assert locked.status == 202 and locked.json["cut_off"]["state"] == "open"
    wait_for(lambda: client.get(f"/v1/staff/{code}/accounts/mailbox").json["cut_off"]["state"] == "done", "the lock is proven")
    assert ended(connection)
    account(client, code, "present")
    assert client.get(f"/v1/staff/{code}/accounts/mailbox").json["cut_off"] is None
    activate(client, code, OTHER)
    assert mail.may_sign_in(person["address"], OTHER)


def test_a_session_that_sends_ends_too(client, mail):
    (code, person), (_, other) = onboard(client, "Đỗ Đang Gửi"), onboard(client, "Đỗ Nhận Tiếp")
    activate(client, code)
    with smtplib.SMTP("127.0.0.1", mail.ports["submission"], timeout=60) as smtp:
        smtp.login(person["address"], PASSWORD)
        smtp.sendmail(person["address"], [other["address"]], "Subject: Truoc\r\n\r\nx\r\n")
        departed(client, code)
        with pytest.raises(smtplib.SMTPException, match="may not send any more"):
            smtp.sendmail(person["address"], [other["address"]], "Subject: Sau\r\n\r\nx\r\n")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.noop()


def test_only_he_is_cut_off(client, mail):
    (one, first), (two, second) = onboard(client, "Đỗ Văn Ra"), onboard(client, "Đỗ Văn Rai")
    activate(client, one), activate(client, two)
    leaver, stays = mail.imap(first["address"], PASSWORD), mail.imap(second["address"], PASSWORD)
    seconds_to_proof(client, one, [leaver])
    assert stays.noop()[0] == "OK"
    stays.logout()


def test_while_dovecot_is_down_the_open_step_is_named_and_it_completes_by_itself(client, admin, mail):
    code, person = onboard(client, "Đỗ Máy Chủ Hỏng")
    activate(client, code)
    connection = mail.imap(person["address"], PASSWORD)
    with mail.frozen():
        departed(client, code)
        failed = wait_for(lambda: (d := client.get(f"/v1/staff/{code}/departure").json)["steps"][0]["last_error"] and d, "the failure shows")
        step, parts = mailbox_step(failed)
        assert failed["state"] == "in_progress" and step["state"] == "failed" and parts == {"directory": "done", "auth_cache": "open", "sessions": "open"}
    wait_for(lambda: client.get(f"/v1/staff/{code}/departure").json["state"] == "done", "it completes by itself")
    assert mailbox_step(client.get(f"/v1/staff/{code}/departure").json)[0]["last_error"] is None
    assert ended(connection)


@pytest.mark.parametrize("runs", [8, pytest.param(100, marks=pytest.mark.more)])
def test_from_accepted_order_to_proof_within_two_seconds(hr, mail, runs):
    times = []
    for n in range(runs):
        client = hr() if n % 5 == 0 else client
        code, person = onboard(client, "Hồ Văn Lượt")
        activate(client, code)
        times.append(seconds_to_proof(client, code, [mail.imap(person["address"], PASSWORD)]))
    times.sort()
    print(f"{runs} runs: median {times[len(times) // 2]:.3f} s, p99 {times[int(len(times) * 0.99) - 1]:.3f} s, most {times[-1]:.3f} s")
    assert (times[98] if runs == 100 else times[-1]) < 2, times


@pytest.mark.parametrize("fault", [{"url": "ftp://127.0.0.1/x"}, {"credential": "../secret.key"}, {"allow": ["everything"]}, {"kind": "telnet"}])
def test_where_sessions_are_ended_is_checked(admin, fault):
    body = {"kind": "doveadm", "url": "http://127.0.0.1:1/doveadm/v1", **fault}
    refused = admin.patch("/v1/systems/mailbox", {"sessions": body})
    assert refused.status == 422 and refused.json["errors"][0]["pointer"].startswith("#/sessions/"), refused
