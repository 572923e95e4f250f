"""What a clerk, a head, an inspector and an administrator do in a week; on a small district, without figures."""
import datetime

import pytest

from browser import PASSWORD
from congvu import Service, an, make_units, site_today, wait_for
from running import may_sign_in, run


@pytest.mark.parametrize("flow", ["slips", "requests", "asked_elsewhere", "alike_elsewhere", "answering", "many", "leaving", "guest", "one_of_many", "audit", "access", "reports", "hand_overs", "two_leave", "device", "list_pages", "list_cells", "list_tabs", "list_spread", "list_words", "list_rights", "list_replaced", "roster"])
def test_daily(small, flow, tmp_path):
    run(small, flow, tmp_path)


def test_what_the_brake_refuses_is_sent_again(small, tmp_path):
    client = small.client()
    client.put("/v1/staff/K-HASTY", an(full_name="Vội Văn Vàng", unit="T1.01"))
    run(small, "refused", tmp_path, hasty=may_sign_in(client, "K-HASTY", {"role": "site_admin"}))


def test_many_at_once(small, tmp_path):
    client = small.client()
    client.put("/v1/staff/K-MANY", an(full_name="Nhiều Thị Việc", unit="T1.01"))
    run(small, "all_that_match", tmp_path, many=may_sign_in(client, "K-MANY", {"role": "unit_hr", "unit": "T1"}))


def test_the_last_administrator_stays_and_what_is_left_is_gone_on_with(tmp_path):
    service = Service().start()
    try:
        client = service.client()
        make_units(client)
        ids, logins = {}, {}
        for code, name, role in (("L-HR", "Nguyễn Thị Nhân Sự", {"role": "unit_hr", "unit": "T1"}), ("L-1", "Đặng Quản Trị Một", {"role": "site_admin"}), ("L-2", "Đặng Quản Trị Hai", {"role": "site_admin"})):
            ids[code] = client.put(f"/v1/staff/{code}", an(full_name=name, unit="T1.01")).json["id"]
            logins[code] = may_sign_in(client, code, role)
            assert client.put(f"/v1/staff/{code}/accounts/td-office", {"state": "closed"}).status == 200, "one way in is left"
        service.who = {"hr": logins["L-HR"], "password": PASSWORD, "office": "T1.02", "administrators": [ids["L-1"], ids["L-2"]]}
        for flow in ("last_administrator", "half_way"):
            run(service, flow, tmp_path / flow)
        service.stop()
    finally:
        service.clean()


@pytest.mark.parametrize("flow", ["keeper", "delegate", "drafts", "told_anew", "lost_answer", "not_answered", "meanwhile", "untouched"])
def test_forms(small, flow, tmp_path):
    run(small, flow, tmp_path)


@pytest.mark.parametrize("flow", ["unit_made", "unit_changed", "unit_merged", "unit_headcount", "unit_mailbox", "unit_papers", "unit_required", "unit_history", "unit_planned", "unit_meanwhile", "kept_by_hr"])
def test_units(small, flow, tmp_path):
    run(small, flow, tmp_path)


def test_what_is_to_come_goes_by_the_site_s_day(tmp_path):
    """The site is forty days ahead of the browser: one transfer is over there, another one is not."""
    service = Service(clock_offset=40 * 86400).start()
    try:
        client = service.client()
        make_units(client)
        today = site_today() + datetime.timedelta(40)
        ids = {}
        for code, days in (("Z-HR", None), ("Z-MOVED", -10), ("Z-LATER", 10)):
            ids[code] = client.put(f"/v1/staff/{code}", an(full_name=f"Nguyễn Văn {code[2:].title()}", hired_on="2020-01-01")).json["id"]
            if days:
                moved = client.patch(f"/v1/staff/{code}", {"unit": "T1.02", "decision": {"number": "51/QĐ-UBND", "effective_on": (today + datetime.timedelta(days)).isoformat()}})
                assert moved.status == 200, moved
        service.who = {"hr": may_sign_in(client, "Z-HR", {"role": "unit_hr", "unit": "T1"}), "password": PASSWORD, "moved": ids["Z-MOVED"], "later": ids["Z-LATER"]}
        run(service, "site_day", tmp_path, today=f"{today:%d/%m/%Y}")
        service.stop()
    finally:
        service.clean()


def test_why_a_figure_changed(tmp_path):
    """A month ago four people, one of whom leaves, one begins to use his mailbox; since then one more."""
    def day(ago):
        return (site_today() - datetime.timedelta(ago)).isoformat()
    service = Service(clock_offset=-30 * 86400, lease_ms=300)
    try:
        client = service.start().client()
        make_units(client)
        for code, name in (("W-HR", "Ngô Thị Nhân Sự"), ("W-OUT", "Trịnh Văn Rời"), ("W-USES", "Đỗ Thị Dùng"), ("W-STAYS", "Phùng Văn Ở")):
            assert client.put(f"/v1/staff/{code}", an(full_name=name, hired_on=day(900))).status == 201
        wait_for(lambda: service.ldapsearch("-b", "ou=snapshots,ou=system,dc=congvu", f"(cvDocumentName=day.{day(30)})", "cvDocumentName"), "the figures of that day are kept")
        service.stop()
        del service.settings["clock_offset"]
        client = service.start().client()
        service.who = {"hr": may_sign_in(client, "W-HR", {"role": "unit_hr", "unit": "T1"}), "password": PASSWORD}
        assert client.put("/v1/staff/W-NEW", an(full_name="Lương Thị Mới", hired_on=day(3))).status == 201
        assert client.put("/v1/staff/W-OUT/departure", {"reason": "nghi_huu", "effective_on": day(5), "decision": {"number": "8/QĐ-UBND", "signed_on": "2026-11-02"}}).status in (200, 201)
        used = [{"staff_code": "W-USES", "occurred_on": day(n)} for n in (1, 2)] + [{"staff_code": "W-STAYS", "occurred_on": day(n)} for n in (2, 40)]
        assert client.post("/v1/usage-events", {"system": "mailbox", "events": used, "data_from": day(90), "data_through": day(1)}).status == 200
        run(service, "why", tmp_path)
        service.stop()
    finally:
        service.clean()
