"""Every service of the suite is looked through for secrets when it ends (tests/lib/secrecy.py); here: that the look would find one."""
import subprocess

import pytest
import secrecy
from congvu import an

SECRET = "Sông-Pha-thử-tìm-2031"


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(secrecy, "KNOWN", {SECRET})


@pytest.mark.parametrize("name", ["log/service.log", "db/data.mdb", "audit/wal/0", "core"])
def test_a_secret_in_a_file_is_found_wherever_it_lies(known, tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(b"\0\xff" * 5000 + SECRET.encode() + b"\0" * 100)
    with pytest.raises(AssertionError, match="stands in"):
        secrecy.assert_in_no([], tmp_path)
    file.write_bytes(SECRET[:-1].encode())
    secrecy.assert_in_no([], tmp_path)


def test_a_secret_in_arguments_or_environment_is_found(known):
    for arguments, environment in (([SECRET], None), ([], {"PASSWORD": SECRET})):
        process = subprocess.Popen(["sh", "-c", "echo ready; read word", *arguments], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with process:
            process.stdout.readline()
            with pytest.raises(AssertionError, match="in arguments or environment"):
                secrecy.assert_in_no([secrecy.of_process(process.pid)])


def test_what_the_clients_meet_is_noted(shared):
    client = shared.client()
    token = client.post("/v1/tokens", {"name": "máy", "scopes": ["staff:read"]}).json["secret"]
    made = client.put("/v1/staff/SEC-1", an()).json
    code = client.post(f"/v1/staff/{made['id']}/accounts/mailbox/credential-resets", {}).json["code"]
    assert client.post("/v1/activations", {"code": code, "password": "Gió-Cà-Ná-thử-2032"}).status == 204
    assert {token, code, code.replace("-", ""), "Gió-Cà-Ná-thử-2032", shared.admin_token()} <= secrecy.KNOWN
