"""Who may not in: wrong codes slow whoever sends them and nobody else, and each failure is one line with who it was."""
import json
import os
import subprocess

import pytest
from browser import PASSWORD
from congvu import BIN, Client, an, district


@pytest.fixture(scope="module")
def service(spec):
    """Behind a proxy of this machine, so that a test can be any client."""
    with district(spec=spec, trusted_proxies="10.9.8.0/24, 127.0.0.1") as service:
        yield service


def redeem(service, peer, code="AAAA-BBBB-CCCC-DDDD-EEEE"):
    return Client(service.port, None, service.spec).post("/v1/activations", {"code": code, "password": PASSWORD}, {"X-Forwarded-For": peer})


def new_code(service, staff):
    client = service.client()
    assert client.put(f"/v1/staff/{staff}", an(full_name="Cao Mã Mới", unit="T1")).status in (200, 201)
    return client.post(f"/v1/staff/{staff}/accounts/mailbox/credential-resets", None).json["code"]


def lines(service, event):
    return [line["message"] for line in map(json.loads, service.log.read_text().splitlines()) if line.get("event") == event]


def test_a_code_is_its_whole_text(service):
    code = new_code(service, "SI-1")
    for longer in (code + "0", code + "-0", code + " AAAA"):
        assert redeem(service, "192.0.2.1", longer).code == "activation_refused"
    assert redeem(service, "192.0.2.1", code.lower().replace("-", " ")).status == 204


def test_who_is_wrong_too_often_waits_and_nobody_else(service):
    code = new_code(service, "SI-2")
    statuses = [redeem(service, "192.0.2.2").status for _ in range(30)]
    assert statuses == [422] * 20 + [429] * 10
    slowed = redeem(service, "192.0.2.2", code)
    assert slowed.status == 429 and slowed.code == "rate_limited" and 1 <= int(slowed.headers["Retry-After"]) <= 30
    assert redeem(service, "192.0.2.3", code).status == 204


def test_many_who_are_wrong_slow_only_each_other(service):
    code = new_code(service, "SI-3")
    statuses = [redeem(service, f"198.51.100.{n % 250}").status for n in range(400)]
    assert statuses[:150] == [422] * 150 and 429 in statuses, "the limit in all"
    assert redeem(service, "198.51.100.7").status == 429
    assert redeem(service, "203.0.113.77", code).status == 204, "a right code of who was never wrong always passes"


def test_one_line_for_each_failure_with_the_client(service):
    redeem(service, "192.0.2.50")
    redeem(service, "192.0.2.51, 10.9.8.7")
    for peer in ("192.0.2.52", "192.0.2.53, 192.0.2.54"):
        assert Client(service.port, "cvt_nobody-knows-this", service.spec).call("GET", "/v1/me", None, {"X-Forwarded-For": peer}).status == 401
    refused = lines(service, "activation_refused")
    assert [sum(f"from {peer}" in line for line in refused) for peer in ("192.0.2.50", "192.0.2.51", "10.9.8.7")] == [1, 1, 0]
    refused = lines(service, "sign_in_refused")
    assert [sum(f"from {peer}" in line for line in refused) for peer in ("192.0.2.52", "192.0.2.53", "192.0.2.54")] == [1, 0, 1]
    text = service.log.read_text()
    assert "nobody-knows-this" not in text and "AAAA-BBBB" not in text and PASSWORD not in text


def test_a_revoked_token_is_named_by_its_id(service):
    made = service.client().post("/v1/tokens", {"name": "cũ", "scopes": ["staff:read"]}).json
    assert service.client().delete(f"/v1/tokens/{made['id']}", "*").status in (200, 204)
    assert Client(service.port, made["secret"], service.spec).get("/v1/me").code == "token_revoked"
    assert any(made["id"] in line and "token_revoked" in line for line in lines(service, "sign_in_refused"))


def test_a_client_is_not_believed_about_itself(shared):
    assert Client(shared.port, "cvt_nobody", shared.spec).call("GET", "/v1/me", None, {"X-Forwarded-For": "192.0.2.60"}).status == 401
    assert lines(shared, "sign_in_refused")[-1].endswith("from 127.0.0.1")


def check(*settings):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    return subprocess.run([BIN, "check-config", "--data-dir", "/tmp/none", *settings], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("name", ["listen", "management_listen"])
def test_no_address_outside_without_a_word(name):
    option = "--" + name.replace("_", "-")
    for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:8080"):
        refused = check(option, address)
        assert refused.returncode == 2 and name in refused.stderr and "plain_http" in refused.stderr
        assert check(option, address, "--plain-http", "true").returncode == 0
    for address in ("127.0.0.1:0", "127.3.2.1:0", "[::1]:0"):
        assert check(option, address).returncode == 0
    assert check(option, "localhost:80").returncode == 2
    wrong = check("--trusted-proxies", "127.0.0.1, nginx")
    assert wrong.returncode == 2 and "trusted_proxies" in wrong.stderr


def test_plain_http_outside_is_warned_of_once(start):
    service = start(management_listen="0.0.0.0:0", plain_http="true")
    assert lines(service, "plain_http") == ["0.0.0.0:0 can be reached from outside, and nothing encrypts there"]
