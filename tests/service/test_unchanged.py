"""Whoever sends the same once more is told that nothing was changed: every PUT and PATCH of the contract, twice."""
from congvu import an, asked_about, make_units

# Asks for the password or a code each time, and what it answers is new each time.
EACH_TIME_ANEW = {"put_my_password", "put_my_second_factor"}


def report(client):
    made = client.post("/v1/reports", {"kind": "coverage", "unit": "T1", "period": "2026-09", "accept_incomplete": True})
    assert made.status == 201, made
    return made.json["id"]


def request(client):
    asked = client.post("/v1/requests", {"kind": "new_account", "unit": "T1.01", "new_staff": {"full_name": "Cao Văn Mới", "category": "cong_chuc"}})
    assert asked.status == 201, asked
    return asked.json["id"]


def twin(client, code):
    line = asked_about(full_name="Lý Hai Mã", birth_year=1985)
    there = client.put("/v1/staff/SAME-T", {**line, "not_same_as": ["*"]})
    assert client.put(f"/v1/staff/{code}", line).status == 202
    return there.json["id"]


def writes(client):
    """{operation: (method, path, body)}, each about something of its own."""
    for n, name in enumerate(("Một", "Hai", "Ba", "Bốn", "Năm")):
        assert client.put(f"/v1/staff/SAME-{n}", an(full_name=f"Cao Văn {name}")).status == 201
    token = client.post("/v1/tokens", {"name": "x", "scopes": ["staff:read"]}).json["id"]
    return {
        "put_staff": ("PUT", "/v1/staff/SAME-0", an(full_name="Cao Văn Một", title="Phó phòng")),
        "patch_staff": ("PATCH", "/v1/staff/SAME-0", {"mobile": "+84911000111"}),
        "put_account": ("PUT", "/v1/staff/SAME-1/accounts/mailbox", {"state": "locked", "reason": "leave"}),
        "put_observation": ("PUT", "/v1/staff/SAME-1/accounts/certificate/observation", {"state": "active"}),
        "put_certificate": ("PUT", "/v1/staff/SAME-1/accounts/certificate/certificate", {"valid_to": "2099-01-01"}),
        "put_departure": ("PUT", "/v1/staff/SAME-2/departure", {"reason": "thoi_viec"}),
        "put_merge": ("PUT", "/v1/staff/SAME-3/merge", {"into": "SAME-4", "reason": "một người"}),
        "put_duplicate": ("PUT", "/v1/duplicates/SAME-D", {"decision": "same", "staff": twin(client, "SAME-D")}),
        "put_request_answer": ("PUT", f"/v1/requests/{request(client)}/answer", {"answer": "refused", "reason": "đã có"}),
        "put_unit": ("PUT", "/v1/units/T1.02", {"position": 7}),
        "patch_unit": ("PATCH", "/v1/units/T1.02", {"position": 8}),
        "put_headcount": ("PUT", "/v1/units/T1.01/headcounts/2026-11-01", {"total": 12}),
        "put_unit_account": ("PUT", "/v1/units/T1.01/accounts/td-office", {"login": "vanthu_mot", "custodian": "SAME-0"}),
        "put_unit_mailbox": ("PUT", "/v1/units/T1.01/mailbox", {"holders": ["SAME-0"]}),
        "patch_system": ("PATCH", "/v1/systems/certificate", {"name": {"en": "Certificate"}}),
        "put_target": ("PUT", "/v1/targets/T1.01/mailbox", {"coverage": 97}),
        "patch_report": ("PATCH", f"/v1/reports/{report(client)}", {"comment": "xong"}),
        "put_report_schedule": ("PUT", "/v1/report-schedules/thang", {"kind": "coverage", "unit": "T1", "every": "month", "calendar": "civil", "cut_off": 3, "due": 5}),
        "patch_token": ("PATCH", f"/v1/tokens/{token}", {"name": "y"}),
    }


def test_the_same_write_twice_says_that_nothing_was_changed(start, spec):
    client = start().client()
    make_units(client)
    known = writes(client)
    assert set(known) == {op["operationId"] for method, _, op in spec.operations() if method in ("PUT", "PATCH")} - EACH_TIME_ANEW
    for operation, (method, path, body) in known.items():
        first, again = (client.put(path, body) if method == "PUT" else client.patch(path, body) for _ in range(2))
        assert first.status in (200, 201, 202) and "Congvu-Unchanged" not in first.headers, (operation, first)
        assert again.status in (200, 202) and again.headers.get("Congvu-Unchanged") == "true", (operation, again)
