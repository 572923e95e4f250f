"""The main flows through Prism's validating proxy: a second, independent reader of the contract judges every request and every answer."""
import contextlib
import pathlib
import socket
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/lib"))

import node  # noqa: E402
from congvu import Client, Service, an, make_units, wait_for  # noqa: E402

SPEC = ROOT / "api-spec/openapi.yaml"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Judged(Client):
    """Talks through the proxy; what Prism finds wrong is in a header of its own."""

    def call(self, method, path, body=None, headers=None, **query):
        answer = super().call(method, path, body, headers, **query)
        self._connection().close()  # the proxy ends idle connections at moments of its own
        assert "sl-violations" not in answer.headers, (method, path, answer.status, answer.headers["sl-violations"])
        return answer


@contextlib.contextmanager
def prism(service, spec, log):
    port = free_port()
    with open(log, "wb") as out:
        process = subprocess.Popen([node.ready(HERE) / "node_modules/.bin/prism", "proxy", spec, f"http://127.0.0.1:{service.port}", "--host", "127.0.0.1", "--port", str(port)],
                                   stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: process.poll() is not None or "listening on" in log.read_text(), "Prism listens", 600)  # it reads the whole contract first
        assert process.poll() is None, log.read_text()
        yield Judged(port, service.admin_token())
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def service():
    service = Service().start()
    try:
        yield service
        service.stop()
    finally:
        service.clean()


@pytest.fixture(scope="module")
def judged(service, tmp_path_factory):
    with prism(service, SPEC, tmp_path_factory.mktemp("prism") / "log") as client:
        yield client


def test_it_judges_questions_and_answers(service, judged, tmp_path):
    """The check can fail: for a body that the contract forbids, and for an answer that lacks what a contract demands."""
    with pytest.raises(AssertionError, match="request.*body"):
        judged.put("/v1/units/BAD", {"name": "not an object"})
    demanding, before = tmp_path / "openapi.yaml", "required: [id, code, former_codes, name, kind,"
    assert before in SPEC.read_text()
    demanding.write_text(SPEC.read_text().replace(before, before.replace("[id", "[no_such_member, id")))
    make_units(service.client())
    with prism(service, demanding, tmp_path / "log") as client, pytest.raises(AssertionError, match="response.*no_such_member"):
        client.get("/v1/units/T1")


def test_onboarding_change_and_leaving(judged):
    make_units(judged)
    made = judged.post("/v1/staff", an(birth_year=1990, mobile="+84900000001"), {"Idempotency-Key": "prism-1"})
    assert made.status == 201
    id_ = made.json["id"]
    assert judged.post("/v1/staff", an(birth_year=1990, mobile="+84900000001"), {"Idempotency-Key": "prism-1"}).headers["Idempotency-Replayed"] == "true"
    assert judged.put("/v1/staff/PR-1", an(full_name="Trần Thị Bình", unit="T1.02")).status == 201
    assert judged.get(f"/v1/staff/{id_}").json["address"]
    assert judged.patch(f"/v1/staff/{id_}", {"title": "Phó Trưởng phòng"}, etag=made.etag).status == 200
    assert judged.patch(f"/v1/staff/{id_}", {"title": "Trưởng phòng"}, etag=made.etag).status == 412
    assert judged.get("/v1/staff", q="an", page_size=1, include_total=True).json["total"] >= 1
    assert judged.get(f"/v1/staff/{id_}/accounts").json["items"]
    code = judged.post(f"/v1/staff/{id_}/accounts/mailbox/credential-resets", None)
    assert code.status == 201
    assert judged.post("/v1/activations", {"code": code.json["code"], "password": "Mat-Khau-Rieng-9"}).status == 204
    assert judged.put(f"/v1/staff/{id_}/accounts/mailbox", {"state": "locked", "reason": "inactivity"}).status == 200
    assert judged.put(f"/v1/staff/{id_}/departure", {"reason": "nghi_huu"}).status == 200
    assert judged.put(f"/v1/staff/{id_}", an()).code == "staff_departed"
    assert judged.post(f"/v1/staff/{id_}/reinstatements", {"decision": {"number": "5/QĐ"}}).status == 202
    batch = judged.post("/v1/departures/batches", {"departures": [{"staff": "PR-1", "reason": "thoi_viec"}, {"staff": "NOBODY", "reason": "thoi_viec"}]})
    assert batch.status == 207
    assert judged.get("/v1/departures").json["items"]


def test_figures_units_systems_and_tokens(judged):
    make_units(judged)
    assert judged.put("/v1/units/T1.01/headcounts/2026-11-01", {"total": 9}).status == 200
    for path in ("/v1/units", "/v1/units/T1.01", "/v1/units/T1.01/ancestors", "/v1/units/T1.01/headcounts", "/v1/systems", "/v1/systems/mailbox", "/v1/accounts", "/v1/me", "/v1/tokens"):
        assert judged.get(path).status == 200, path
    assert judged.get("/v1/coverage", unit="T1", depth=1, group_by="unit,system").json["rows"]
    assert judged.get("/v1/adoption", unit="T1", system="mailbox").status == 200
    token = judged.post("/v1/tokens", {"name": "chỉ đọc", "scopes": ["staff:read"], "unit": "T1.01"})
    assert token.status == 201 and judged.delete(f"/v1/tokens/{token.json['id']}").status == 204
    assert judged.get("/v1/units/NOWHERE").code == "unit_not_found"
