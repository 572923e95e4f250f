"""Provisioning counts only when the person can read mail: with the real Dovecot, Postfix and slapd."""
import re
import smtplib
import subprocess
import time

import pytest

from congvu import frozen, parse_ldif, wait_for
from people import OTHER, PASSWORD, account, activate, onboard

def deliver_and_read(mail, person, n):
    """Seconds from another server's message to its being read by its owner; nothing is tried twice but the look into the mailbox."""
    started = time.monotonic()
    subject, content = f"Giấy mời họp số {n}", bytes(range(256)) * 40
    assert mail.send(person["address"], subject, "Kính gửi ông Ước", ("Báo cáo quý IV.bin", content))[0] == 250
    message = mail.wait_message(person["address"].split("@")[0], PASSWORD, subject)
    took = time.monotonic() - started
    assert "Kính gửi ông Ước" in message.get_body().get_content()
    attached, = message.iter_attachments()
    assert attached.get_filename() == "Báo cáo quý IV.bin" and attached.get_content() == content
    return took


def test_a_newcomer_reads_mail_as_soon_as_anybody(client, mail):
    """The machine's load is in both times; what is left is what being new costs."""
    code, usual = onboard(client, "Nguyễn Đức Quen")
    activate(client, code)
    deliver_and_read(mail, usual, 0)
    times = []
    for n, name in enumerate(("Nhất", "Nhì", "Ba"), 1):
        code, person = onboard(client, f"Nguyễn Đức Ước {name}")
        activate(client, code)
        times.append((deliver_and_read(mail, person, n), deliver_and_read(mail, usual, n)))
    assert min(new for new, _ in times) < 1 + min(old for _, old in times), times


def test_former_addresses_still_receive_and_sign_in(client, mail):
    code, person = onboard(client, "Lê Bí Danh")
    activate(client, code)
    renamed = client.patch(f"/v1/staff/{code}", {"full_name": "Lê Tên Mới", "new_address": True}).json
    renamed = renamed.get("staff", renamed)
    assert renamed["address"] != person["address"]
    assert mail.send(person["address"], "Tới địa chỉ cũ")[0] == 250
    mail.wait_message(renamed["address"], PASSWORD, "Tới địa chỉ cũ")
    assert mail.may_sign_in(person["address"].split("@")[0], PASSWORD), "so is its login"
    assert mail.may_sign_in(person["address"].upper(), PASSWORD), "an address that still delivers is a login, in any case"


def test_locked_receives_but_does_not_open_closed_is_refused_reinstated_works(client, mail):
    code, person = onboard(client, "Phạm Tạm Khóa")
    address = person["address"]
    activate(client, code)
    account(client, code, "locked", reason="inactivity")
    wait_for(lambda: not mail.may_sign_in(address, PASSWORD), "the cache is emptied")
    assert not mail.may_sign_in(address, PASSWORD)
    assert mail.send(address, "Trong lúc khóa")[0] == 250
    account(client, code, "closed")
    code_, text = mail.send(address, "Trong lúc đóng")
    assert code_ == 550, text
    account(client, code, "present")
    assert mail.may_sign_in(address, PASSWORD), "other systems never stopped, so the password is still his"
    activate(client, code, OTHER)
    mail.wait_message(address, OTHER, "Trong lúc khóa")
    assert not mail.may_sign_in(address, PASSWORD)


def test_a_leaver_is_refused_and_comes_back(client, mail):
    code, person = onboard(client, "Võ Nghỉ Việc")
    activate(client, code)
    assert mail.may_sign_in(person["address"], PASSWORD)
    assert client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "decision": {"number": "1/QĐ"}}).status in (200, 202)
    assert mail.send(person["address"])[0] == 550
    wait_for(lambda: not mail.may_sign_in(person["address"], PASSWORD), "the cache is emptied")
    assert client.post(f"/v1/staff/{code}/reinstatements", {"unit": "T1.01", "decision": {"number": "2/QĐ"}}).status == 202
    assert not mail.may_sign_in(person["address"], PASSWORD), "the password of before the leaving opens nothing"
    activate(client, code, OTHER)
    assert mail.may_sign_in(person["address"], OTHER)
    assert mail.send(person["address"])[0] == 250


def test_who_may_not(client, mail):
    code, person = onboard(client, "Trần Sai Mật Khẩu")
    assert not mail.may_sign_in(person["address"], PASSWORD), "no password yet"
    activate(client, code)
    assert not mail.may_sign_in(person["address"], PASSWORD + "x")
    assert not mail.may_sign_in(person["address"], "")
    assert not mail.may_sign_in("khong.co.ai@ninhthuan.gov.vn", PASSWORD)
    login = person["address"].split("@")[0]
    assert not mail.may_sign_in(login + "@other.example", PASSWORD), "a login is not an address of another domain"
    assert mail.send("khong.co.ai@ninhthuan.gov.vn")[0] == 550
    assert mail.send(person["address"].replace("ninhthuan", "other"))[0] in (454, 550, 554), "no relay"
    account(client, code, "revoked")
    assert {a["system"]: a["desired"]["state"] for a in client.get(f"/v1/staff/{code}").json["accounts"]}["td-office"] == "present"
    wait_for(lambda: not mail.may_sign_in(login, PASSWORD), "another service does not open the mailbox")


def test_the_hash_of_a_password_is_one_that_others_verify(client, office, mail):
    code, person = onboard(client, "Đỗ Băm Chuẩn")
    activate(client, code)
    dump = subprocess.run(["/usr/sbin/slapcat", "-f", office[0].data / "slapd/slapd.conf", "-b", "dc=congvu", "-a", f"(cvId={person['id']})", "-o", "ldif-wrap=no"],
                          capture_output=True, text=True, check=True).stdout
    kind, rest = re.fullmatch(r"\{ARGON2\}\$(argon2id?)\$(v=19\$m=19456,t=3,p=1\$.+)", parse_ldif(dump)[0]["userPassword"][0].split("\0")[0]).groups()  # slapd keeps the end of its C string

    def dovecot_says(password):
        hashed = f"{{{kind.upper()}}}${kind}${rest}"
        return subprocess.run(["doveadm", "-c", mail.work / "dovecot.conf", "pw", "-t", hashed, "-p", password], capture_output=True).returncode == 0
    assert dovecot_says(PASSWORD) and not dovecot_says(PASSWORD + "x")


def test_sending_from_an_own_address_only(client, mail):
    (my_code, me), (other_code, other) = onboard(client, "Bùi Người Gửi"), onboard(client, "Bùi Người Nhận")
    activate(client, my_code)
    activate(client, other_code)
    with smtplib.SMTP("127.0.0.1", mail.ports["submission"], timeout=60) as smtp:
        smtp.login(me["address"], PASSWORD)
        smtp.sendmail(me["address"], [other["address"]], "Subject: Thu noi bo\r\n\r\nChao\r\n")
        with pytest.raises(smtplib.SMTPException, match="not owned by user"):
            smtp.sendmail(other["address"], [me["address"]], "Subject: Gia mao\r\n\r\nx\r\n")
        with pytest.raises(smtplib.SMTPException, match="Access denied"):
            smtp.sendmail("", [other["address"]], "Subject: Khong ten\r\n\r\nx\r\n")
    arrived = mail.wait_message(other["address"], PASSWORD, "Thu noi bo")
    assert f"(Authenticated sender: {me['address'].split('@')[0]})" in " ".join(arrived.get_all("Received"))


def test_a_slow_moment_of_the_directory_is_over_when_it_answers_again(client, office, mail):
    _, person = onboard(client, "Bùi Chậm Một Lúc")
    with frozen(office[0].slapd_pid()):
        assert mail.send(person["address"])[0] == 451
    started = time.monotonic()
    wait_for(lambda: mail.send(person["address"])[0] == 250, "it is taken again")
    assert time.monotonic() - started < 15
