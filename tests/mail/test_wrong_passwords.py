"""Nobody holds HR out by failing in her name through the mail server, nor slows others: failures are counted at the doors, not on who has a role."""
import concurrent.futures
import contextlib
import smtplib
import time

import pytest

from browser import Person, login_of
from congvu import wait_for
from people import PASSWORD, activate, onboard
from spec import Spec

AT_ONCE = 8
HANG_S = 60  # a sign-in that takes longer is held out; ten times and more what is seen on a busy machine


@pytest.fixture
def official(office, admin, client):
    """Somebody with a role and a mailbox, signed in nowhere yet."""
    code, person = onboard(client, "Nguyễn Thị Nhân Sự")
    activate(client, code)
    assert admin.post(f"/v1/staff/{code}/roles", {"role": "unit_hr", "unit": "T1"}).status == 201
    return person


def took(sign_in):
    started = time.monotonic()
    assert sign_in()
    return time.monotonic() - started


def wrong_over_imap(mail, login, n):
    assert not mail.may_sign_in(login, f"sai-Aa1!-{n}")


def wrong_over_submission(mail, login, n):
    with smtplib.SMTP("127.0.0.1", mail.ports["submission"], timeout=HANG_S) as smtp:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(login, f"sai-Aa1!-{n}")


@contextlib.contextmanager
def guessing(door, wrong, mail, login):
    """So many wrong passwords until the end of the block; yields whether they go on."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        tries = [pool.submit(door, mail, login, n) for n in range(wrong)]
        wait_for(lambda: sum(t.done() for t in tries) >= 12, "slapd would have locked anybody without a role by now", HANG_S)
        yield lambda: not all(t.done() for t in tries)
        for t in tries:
            t.result(HANG_S)


@pytest.mark.parametrize("door, wrong", [(wrong_over_imap, 100), (wrong_over_submission, 30)])
def test_wrong_passwords_in_her_name_hold_nobody_out(office, client, mail, official, door, wrong):
    service, _ = office
    others = [onboard(client, f"Lê Văn Khác {name}") for name in "Một Hai Ba Bốn".split()]
    for code, _ in others:
        activate(client, code)
    browser, login = Person(service, Spec.load()), login_of(official)
    calm = took(lambda: mail.may_sign_in(others[0][1]["address"], PASSWORD))
    with guessing(door, wrong, mail, login) as going_on:
        meanwhile = [took(lambda: mail.may_sign_in(person["address"], PASSWORD)) for _, person in others[1:]]
        hers = took(lambda: mail.may_sign_in(login, PASSWORD))
        web = took(lambda: browser.sign_in(login, PASSWORD)[0] == 201)
        assert going_on(), "all of this was while somebody guessed"
    after = took(lambda: mail.may_sign_in(official["address"], PASSWORD))
    print({"calm": calm, "others meanwhile": meanwhile, "hers meanwhile": hers, "web": web, "after": after})
    assert max(*meanwhile, hers, web, after) < HANG_S
