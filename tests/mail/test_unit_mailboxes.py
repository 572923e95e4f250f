"""The mailbox of a unit: belongs to the unit, read by its holders with their own passwords, handed over when one leaves."""
import imaplib
import itertools
import smtplib

import pytest

from congvu import UNIT, wait_for
from people import OTHER, PASSWORD, activate, onboard

numbers = itertools.count(1)


@pytest.fixture
def unit(client):
    number = next(numbers)
    made = client.put(f"/v1/units/T1.M{number}", {**UNIT, "name": {"vi": f"Phòng Thư {number}"}, "slug": f"thu{number}", "parent": "T1"})
    assert made.status == 201, made
    return made.json


def holder(client, name, password=PASSWORD):
    code, person = onboard(client, name)
    activate(client, code, password)
    return code, person, person["address"].split("@")[0]


def mailbox(client, unit, *codes, **more):
    answer = client.put(f"/v1/units/{unit['code']}/mailbox", {"holders": list(codes), **more})
    assert answer.status == 200, answer
    return answer.json


def subjects(mail, login, password):
    connection = mail.imap(login, password)
    try:
        return [m["Subject"] for m in mail.messages(connection)]
    finally:
        connection.logout()


def test_the_holder_reads_it_with_his_own_password_and_nobody_else(client, mail, unit):
    code, _, login = holder(client, "Tô Văn Thư")
    _, other, other_login = holder(client, "Tô Người Ngoài")
    box = mailbox(client, unit, code)
    assert box["address"] == f"{unit['slug']}@ninhthuan.gov.vn" and [h["staff"]["staff_code"] for h in box["holders"]] == [code]
    assert client.get(f"/v1/units/{unit['code']}/mailbox").json == box
    assert mail.send(box["address"], "Công văn đến")[0] == 250
    as_holder = f"{box['login']}*{login}"
    wait_for(lambda: subjects(mail, as_holder, PASSWORD) == ["Công văn đến"], "the holder reads it")
    assert not mail.may_sign_in(as_holder, PASSWORD + "x")
    assert not mail.may_sign_in(f"{box['login']}*{other_login}", PASSWORD), "who does not hold it"
    assert not mail.may_sign_in(f"{other_login}*{login}", PASSWORD), "a person's mailbox is nobody else's"
    assert not mail.may_sign_in(box["login"], PASSWORD), "it has no password of its own"


def test_the_holder_sends_as_his_unit_and_nobody_else(client, mail, unit):
    code, me, login = holder(client, "Tô Gửi Thay")
    _, other, _ = holder(client, "Tô Không Giữ")
    box = mailbox(client, unit, code)

    def send(who, sender, subject="Cong van di"):
        with smtplib.SMTP("127.0.0.1", mail.ports["submission"], timeout=60) as smtp:
            smtp.login(who["address"], PASSWORD)
            smtp.sendmail(sender, [other["address"]], f"Subject: {subject}\r\nFrom: {sender}\r\n\r\nChao\r\n")
    send(me, box["address"])
    arrived = mail.wait_message(other["address"], PASSWORD, "Cong van di")
    assert arrived["From"] == box["address"] and f"(Authenticated sender: {login})" in " ".join(arrived.get_all("Received"))
    for who, sender in ((other, box["address"]), (me, box["address"].replace("ninhthuan", "khac"))):
        with pytest.raises(smtplib.SMTPException, match="not owned by user"):
            send(who, sender)
    mailbox(client, unit)
    with pytest.raises(smtplib.SMTPException, match="not owned by user"):
        send(me, box["address"])


def test_a_leaver_hands_over_and_the_mailbox_goes_on(client, mail, unit):
    code, person, login = holder(client, "Tô Sắp Nghỉ")
    next_code, _, next_login = holder(client, "Tô Tiếp Nhận", OTHER)
    box = mailbox(client, unit, code)
    session = mail.imap(f"{box['login']}*{login}", PASSWORD)
    order = client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "decision": {"number": "3/QĐ"}}).json
    step, = [s for s in order["steps"] if s["system"] == "unit-mailbox"]
    assert step["state"] == "open" and step["login"] == box["login"]
    task, = [t for t in client.get("/v1/hand-overs").json["items"] if t["login"] == box["login"]]
    assert task["staff"]["staff_code"] == code and task["unit"]["code"] == unit["code"]
    wait_for(lambda: client.get(f"/v1/staff/{code}/departure").json["state"] == "done", "the cut-off is proven")
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        session.noop()
    assert not mail.may_sign_in(f"{box['login']}*{login}", PASSWORD)
    assert mail.send(box["address"], "Sau khi người giữ nghỉ")[0] == 250, "never closed with a person"
    handed = mailbox(client, unit, next_code)
    assert [h["staff"]["staff_code"] for h in handed["holders"]] == [next_code] and handed["address"] == box["address"]
    step, = [s for s in client.get(f"/v1/staff/{code}/departure").json["steps"] if s["system"] == "unit-mailbox"]
    assert step["state"] == "done"
    assert not [t for t in client.get("/v1/hand-overs").json["items"] if t["login"] == box["login"]]
    wait_for(lambda: subjects(mail, f"{box['login']}*{next_login}", OTHER) == ["Sau khi người giữ nghỉ"], "the new holder reads all of it")


def test_one_namespace_with_people(client, mail, unit):
    code, _, login = holder(client, "Tô Giữ Tên")
    taken = client.put(f"/v1/units/{unit['code']}/mailbox", {"holders": [code], "login": login})
    assert taken.status == 409 and taken.code == "address_taken", taken
    box = mailbox(client, unit, code)
    person = client.patch(f"/v1/staff/{code}", {"login": box["login"]})
    assert person.status == 409 and person.code == "address_taken", person


def test_the_second_rule_when_the_first_is_taken(client, mail):
    code, _, _ = holder(client, "Tô Trùng Tên")
    for number, parent in ((1, "T1.01"), (2, "T1.02")):
        made = client.put(f"/v1/units/T1.V{number}", {**UNIT, "name": {"vi": "Kiểm toán"}, "slug": "kiemtoan", "parent": parent})
        assert made.status == 201, made
    assert mailbox(client, {"code": "T1.V1"}, code)["login"] == "kiemtoan"
    assert mailbox(client, {"code": "T1.V2"}, code)["login"] == "kiemtoan.tckh"


def test_what_is_refused(client, mail, unit):
    code, _, _ = holder(client, "Tô Đã Nghỉ")
    assert client.get(f"/v1/units/{unit['code']}/mailbox").code == "unit_mailbox_not_found"
    assert client.put("/v1/units/NOWHERE/mailbox", {"holders": [code]}).code == "unit_not_found"
    client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "decision": {"number": "4/QĐ"}})
    for wrong in (["NOBODY"], [code]):
        refused = client.put(f"/v1/units/{unit['code']}/mailbox", {"holders": wrong})
        assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "#/holders/0", refused
    assert client.get(f"/v1/units/{unit['code']}/mailbox").status == 404, "nothing was made"
