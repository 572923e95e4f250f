"""What operators, probes and readers of the contract ask; none of it needs a token."""
import json
import socket
import subprocess

import pytest
import yaml
from congvu import BIN, Client, ROOT, wait_for


@pytest.fixture
def anybody(shared):
    return Client(shared.port, None, shared.spec)


@pytest.fixture
def management(shared):
    return Client(shared.ready["management_port"], None, None)


def test_alive_ready_and_which_version(anybody):
    assert anybody.get("/livez").json == {"status": "ok"}
    wait_for(lambda: anybody.get("/readyz").json["checks"]["scheduler"]["status"] == "ok", "the scheduler's first round")
    ready = anybody.call("GET", "/readyz?verbose")
    assert ready.status == 200 and ready.json["status"] == "ready"
    assert {name: check["status"] for name, check in ready.json["checks"].items()} == {"directory": "ok", "view": "ok", "scheduler": "ok", "storage": "ok", "evidence": "ok"}
    version = anybody.get("/version").json
    assert version["name"] == "congvud" and version["api"] == anybody.spec.document["info"]["version"] and version["oidc"] is False


def test_the_management_port_has_the_figures_and_the_other_one_not(anybody, management, client):
    client.get("/v1/me")
    page = management.get("/metrics")
    assert page.status == 200 and page.headers["Content-Type"].startswith("text/plain")
    text = page.body.decode()
    samples = {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line and not line.startswith("#")}
    assert any(name.startswith("congvu_") and "view_units" in name and value == 4 for name, value in samples.items()), text
    assert management.get("/livez").status == management.get("/readyz").status == management.get("/version").status == 200
    assert samples['congvu_http_requests_total{operation="get_me",status="200"}'] >= 1, "labels as the contract shows them"
    before = samples.get('congvu_http_requests_total{operation="none",status="404"}', 0)
    assert anybody.get("/nothing-here").status == 404
    after = management.get("/metrics").body.decode()
    assert f'congvu_http_requests_total{{operation="none",status="404"}} {before + 1:.0f}\n' in after
    assert anybody.get("/metrics").status == 404
    assert management.get("/v1/units").status == 404


@pytest.mark.parametrize("port", ["port", "management_port"])
def test_a_query_of_countless_pairs_costs_nothing_and_is_not_kept(shared, management, port):
    def in_flight():
        lines = management.get("/metrics").body.decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("congvu_in_flight "))
    for pairs in (b"&" * 400, b"a&" * 300, b"a=b&" * 300):
        with socket.create_connection(("127.0.0.1", shared.ready[port]), timeout=5) as s:
            s.sendall(b"GET /livez?" + pairs + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            assert s.recv(65536).split()[1] in (b"200", b"400"), "answered at once"
    wait_for(lambda: in_flight() == 0, "nothing is kept of them")


def test_the_contract_is_served_as_it_is(anybody):
    served = anybody.get("/openapi.yaml")
    assert served.body == (ROOT / "api-spec/openapi.yaml").read_bytes()
    assert json.loads(anybody.get("/openapi.json").body)["paths"].keys() == yaml.safe_load(served.body)["paths"].keys()
    page = anybody.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html") and b"/v1/coverage" in page.body
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "frame-ancestors 'none'" in policy
    again = anybody.call("GET", "/docs", None, {"If-None-Match": page.etag})
    assert again.status == 304 and not again.body


def test_every_problem_has_a_page_in_both_languages(shared, anybody):
    codes = [row["code"] for row in yaml.safe_load((ROOT / "api-spec/problems.yaml").read_text())]
    vietnamese = Client(shared.port, None, shared.spec, language="vi")
    for code in codes:
        en, vi = anybody.get(f"/v1/problems/{code}").json, vietnamese.get(f"/v1/problems/{code}").json
        assert en["code"] == vi["code"] == code and en["type"] == f"/v1/problems/{code}"
        assert en["title"] != vi["title"] and en["remedy"] != vi["remedy"]
    assert anybody.get("/v1/problems/no_such_code").code == "problem_not_found"


def test_router_and_contract_agree_exactly(spec):
    words = ["staff:read", "staff:write", "accounts:write", "departures:write", "brake:release", "units:read", "units:write",
             "systems:write", "coverage:read", "tokens:write",
       "usage:write", "reports:write", "audit:read"]
    lines = subprocess.run([BIN, "routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    routed, listeners = {}, {}
    for route in map(json.loads, lines):
        bits = route["scopes"]
        scope = None if bits == 0 else "any" if bits == 0x80000000 else " ".join(w for i, w in enumerate(words) if bits >> i & 1)
        shows = " ".join(w for i, w in enumerate(words) if route["shows"] >> i & 1) or None
        key = (route["method"], route["path"])
        routed[key] = (route["operation"], route["lane"], scope, shows, frozenset(route["query"].split()))
        listeners.setdefault(key, set()).add(route["listener"])
    written = {}
    for method, path, operation in spec.operations():
        query = frozenset(p["name"] for p in spec.parameters(path, operation) if p["in"] == "query")
        written[method, path] = (operation["operationId"], operation["x-lane"], operation["x-scope"], operation.get("x-shows"), query)
        where = {None: {"api"}, "both": {"api", "management"}, "management": {"management"}}[operation.get("x-listener")]
        assert listeners.get((method, path)) == where, (method, path)
    assert routed == written


# record -> (schema that makes it, that changes it, that shows it); "A/b" is the member b of A
SCHEMAS = {"staff": ("StaffCreate", "StaffUpdate", "Staff"), "unit": ("UnitCreate", "UnitUpdate", "Unit"),
           "letterhead": ("LetterheadInput", "LetterheadInput", "LetterheadOrNull"), "system": ("SystemCreate", "SystemPatch", "System"),
           "activity": (None, "SystemPatch/activity", "Activity"), "certificate": (None, "CertificatePut", "Certificate")}
OF_A_CHANGE = {"warnings"}  # what an answer says of the change, no member of the record
DRY_RUNS = {"staff", "unit", "system"}


def members(spec, name):
    """Of a schema by its name."""
    schema, *way = name.split("/")
    found = spec.document["components"]["schemas"][schema]["properties"]
    for step in way:
        found = found[step]["properties"]
    return found


def bounds(spec, schema):
    """(maxLength, minimum, maximum, words) of a member, through its references and alternatives."""
    schema = spec.resolve(schema)
    found = [schema.get("maxLength"), schema.get("minimum"), schema.get("maximum"), schema.get("enum")]
    for part in [p for word in ("allOf", "oneOf", "anyOf") for p in schema.get(word, [])]:
        found = [a if a is not None else b for a, b in zip(found, bounds(spec, part))]
    return found


def test_fields_and_contract_agree_exactly(spec):
    """Every member of the bodies and records is a row of the binary's tables, with the same limits, and nothing else is."""
    rows = [json.loads(line) for line in subprocess.run([BIN, "fields"], capture_output=True, text=True, check=True).stdout.splitlines()]
    assert {row["record"] for row in rows} == set(SCHEMAS)
    for record, schemas in SCHEMAS.items():
        for how, name in zip(("create", "update", "shown"), schemas):
            written = members(spec, name) if name else {}
            assert {row["field"] for row in rows if row["record"] == record and row[how]} == set(written) - OF_A_CHANGE, (record, how)
            for row in rows if how != "shown" else []:
                if row["record"] != record or not row[how]:
                    continue
                longest, least, most, words = bounds(spec, written[row["field"]])
                where = (record, how, row["field"])
                assert row["kind"] not in ("int", "count") or (row["least"] or 0, row["most"]) == (least, most), where
                assert row["kind"] != "word" or row["words"] == words, where
                assert longest is None or row["max"] is None or longest <= row["max"], where
                accepts_null = spec.faults(written[row["field"]], None) == []
                assert row["kind"] == "own" or row["value"] != accepts_null, where
        told = {row["field"] for row in rows if row["record"] == record and row["told"]}
        changed = {row["field"] for row in rows if row["record"] == record and row["update"] and row["shown"]}
        assert record not in DRY_RUNS or changed <= told, "what an update can change and a record shows, a dry run tells"


def test_healthcheck_of_the_binary(shared):
    def probe(port):
        return subprocess.run([BIN, "healthcheck", "--url", f"http://127.0.0.1:{port}"], capture_output=True).returncode
    assert probe(shared.ready["management_port"]) == probe(shared.port) == 0
    assert probe(1) != 0
