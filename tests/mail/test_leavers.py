"""What still comes for somebody who has left: kept, passed on, answered, and over when it is over."""

from congvu import day, wait_for
from people import PASSWORD, account, activate, onboard



def leave(client, code, **more):
    answer = client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "decision": {"number": "7/QĐ"}, **more})
    assert answer.status in (200, 202), answer
    return answer.json


def colleague(client, name):
    code, person = onboard(client, name)
    activate(client, code)
    return code, person


def passed_on_since(client, mail, delegate_code, delegate):
    """How much lies at the delegate, once what is sent now to be passed on to him has come."""
    code, person = colleague(client, "Lý Đánh Dấu")
    leave(client, code, keep_mail_until=day(30), delegate_to=delegate_code)
    before = mail.stored(delegate)
    assert mail.send(person["address"], "Dấu mốc")[0] == 250
    wait_for(lambda: mail.stored(delegate) > before, "the mark is passed on")
    return mail.stored(delegate) - 1


def test_kept_mail_is_delivered_passed_on_and_answered(client, mail):
    (code, person), (_, delegate), (_, writer) = colleague(client, "Lý Về Hưu"), colleague(client, "Lý Tiếp Quản"), colleague(client, "Lý Viết Thư")
    order = leave(client, code, keep_mail_until=day(30), delegate_to=delegate["staff_code"])
    assert order["delegate_to"] == delegate["id"] and order["auto_reply"] is None
    assert not mail.may_sign_in(person["address"], PASSWORD)
    mail.submit(writer["address"], PASSWORD, person["address"], "Gửi người đã nghỉ")
    assert mail.wait_message(delegate["address"], PASSWORD, "Gửi người đã nghỉ")["To"] == person["address"]
    answer = mail.wait_message(writer["address"], PASSWORD, "Tự động trả lời / Automatic reply")
    text = answer.get_content()
    assert "Lý Về Hưu đã kết thúc công tác" in text and "passed on to a colleague" in text
    wait_for(lambda: mail.stored(person) == 1, "he has it himself as well")


def test_an_own_text_and_no_delegate(client, mail):
    (code, person), (_, writer) = colleague(client, "Lý Nghỉ Việc"), colleague(client, "Lý Hỏi Thăm")
    leave(client, code, keep_mail_until=day(1), auto_reply="Xin liên hệ Văn phòng. Please write to the office.")
    mail.submit(writer["address"], PASSWORD, person["address"], "Xin chào")
    text = mail.wait_message(writer["address"], PASSWORD, "Tự động trả lời / Automatic reply").get_content()
    assert text.split() == "Xin liên hệ Văn phòng. Please write to the office.".split()


def test_outside_gets_no_answer_and_without_keeping_nothing_is_taken(client, mail):
    code, person = colleague(client, "Lý Không Giữ")
    leave(client, code)
    assert mail.send(person["address"])[0] == 550
    kept = client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "keep_mail_until": day(5)})
    assert kept.status in (200, 202), kept
    assert mail.send(person["address"], "Từ bên ngoài", sender="dan@example.org")[0] == 250
    wait_for(lambda: mail.stored(person) == 1, "it is kept")
    assert "to=<dan@example.org>" not in (mail.work / "postfix.log").read_text()


def test_the_passing_on_follows_the_delegate_and_ends_with_him_or_by_order(client, mail):
    (code, person), (delegate_code, delegate) = colleague(client, "Lý Chuyển Thư"), colleague(client, "Lý Nhận Hộ")
    leave(client, code, keep_mail_until=day(30), delegate_to=delegate_code)
    renamed = client.patch(f"/v1/staff/{delegate_code}", {"full_name": "Lý Đổi Tên", "new_address": True}).json
    renamed = renamed.get("staff", renamed)
    assert mail.send(person["address"], "Sau khi đổi tên")[0] == 250
    mail.wait_message(renamed["address"], PASSWORD, "Sau khi đổi tên")
    account(client, delegate_code, "closed")
    assert mail.send(person["address"], "Sau khi người nhận hộ đóng")[0] == 250
    wait_for(lambda: mail.stored(person) == 2, "it is still kept")
    account(client, delegate_code, "present")
    assert client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "delegate_to": None}).json["delegate_to"] is None
    assert mail.send(person["address"], "Sau khi thôi chuyển")[0] == 250
    wait_for(lambda: mail.stored(person) == 3, "it is kept for himself")
    assert passed_on_since(client, mail, delegate_code, delegate) == 1, "what came when he was renamed, and no more"


def test_a_delegate_is_somebody_on_the_staff_with_a_mailbox(client, mail):
    (code, person), (gone_code, _) = colleague(client, "Lý Chọn Sai"), colleague(client, "Lý Đã Đi")
    leave(client, gone_code)
    for wrong in ("NOBODY", gone_code, code, "ai.do@example.org"):
        refused = client.put(f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "keep_mail_until": day(3), "delegate_to": wrong})
        assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "#/delegate_to", refused


def test_coming_back_ends_it(client, mail):
    (code, person), (delegate_code, delegate) = colleague(client, "Lý Quay Lại"), colleague(client, "Lý Giữ Hộ")
    leave(client, code, keep_mail_until=day(30), delegate_to=delegate_code)
    assert client.post(f"/v1/staff/{code}/reinstatements", {"unit": "T1.01", "decision": {"number": "8/QĐ"}}).status == 202
    assert mail.send(person["address"], "Sau khi trở lại")[0] == 250
    activate(client, code, PASSWORD)
    mail.wait_message(person["address"], PASSWORD, "Sau khi trở lại")
    assert passed_on_since(client, mail, delegate_code, delegate) == 0


def test_the_quota_is_the_entrys_own(client, mail):
    code, person = colleague(client, "Lý Hộp Nhỏ")
    _, usual = colleague(client, "Lý Hộp Thường")
    assert client.patch(f"/v1/staff/{code}", {"mail_quota_mib": 1}).status == 200
    connection = mail.imap(usual["address"], PASSWORD)
    assert b"2097152" in b"".join(connection.getquotaroot("INBOX")[1][1]), "2 GB for everybody"
    connection.logout()
    connection = mail.imap(person["address"], PASSWORD)
    assert b"1024)" in b"".join(connection.getquotaroot("INBOX")[1][1])
    connection.logout()
    code, text = mail.send(person["address"], "Quá lớn", attachment=("a.bin", bytes(2 << 20)))
    assert code == 552 and b"Mailbox is full" in text, "at RCPT, before the message"
    assert mail.send(person["address"], "Vừa")[0] == 250 and mail.send(usual["address"], "Vừa", attachment=("a.bin", bytes(2 << 20)))[0] == 250
    wait_for(lambda: (mail.stored(person), mail.stored(usual)) == (1, 1), "what fits is taken")


def test_nobody_outside_writes_as_one_of_ours(client, mail):
    (_, director), (_, reader) = colleague(client, "Lý Giám Đốc"), colleague(client, "Lý Đọc Thư")
    code, text = mail.send(reader["address"], "Chuyển tiền gấp", sender=director["address"])
    assert code == 554 and b"Sign in" in text
    mail.submit(director["address"], PASSWORD, reader["address"], "Thật")
    assert mail.wait_message(reader["address"], PASSWORD, "Thật")["From"] == director["address"]
