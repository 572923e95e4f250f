"""The contract judged by itself: nothing here needs a running service."""
import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from spec import PROBLEM, Spec  # noqa: E402

API = ROOT / "api-spec"
SPEC = Spec.load()
OPERATIONS = [pytest.param(*row, id=row[2]["operationId"]) for row in SPEC.operations()]
each_operation = pytest.mark.parametrize("method,template,operation", OPERATIONS)
SCOPES = SPEC.document["components"]["schemas"]["Scope"]["enum"]


def test_the_contract_names_its_newest_change():
    newest = re.search(r"^## (\S+)", (API / "CHANGELOG.md").read_text(), re.M)[1]
    assert SPEC.document["info"]["version"] == newest


def problems():
    from convert import load
    return load(API / "problems.yaml")


def walk(node, at="#"):
    yield at, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{at}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{at}/{index}")


def examples_of(holder):
    if "example" in holder:
        yield "example", holder["example"]
    for name, row in holder.get("examples", {}).items():
        yield name, row["value"]


def has_token(operation):
    return operation.get("security") != []


def test_exactly_the_operations_of_this_slice():
    want = """list_staff create_staff get_staff put_staff patch_staff delete_staff create_correction get_merge put_merge delete_merge list_staff_accounts get_account put_account
        create_credential_reset put_observation put_certificate redeem_activation list_activations check_activation create_slips get_activation_page get_activation_script get_activation_style get_mail_settings get_mail_profile list_accounts get_departure put_departure delete_departure create_reinstatement
        list_departures create_request list_requests get_request put_request_answer list_duplicates put_duplicate create_departure_batch get_brake create_brake_release create_loss_release list_units create_unit get_unit put_unit patch_unit delete_unit
        list_unit_ancestors list_headcounts get_headcount put_headcount create_unit_correction list_systems create_system get_system patch_system list_orphans restore_accounts create_list create_usage_events get_coverage get_adoption list_targets put_target delete_target get_coverage_trend get_coverage_changes get_adoption_trend list_tokens
        create_session get_session delete_session put_my_password create_deputy delete_deputy get_my_record begin_oidc finish_oidc delete_oidc_subject create_my_second_factor put_my_second_factor delete_second_factor list_roles create_role delete_role create_token patch_token delete_token get_me get_problem get_openapi_json get_openapi_yaml get_docs get_console get_console_file get_livez get_readyz get_version
        list_unit_accounts put_unit_account delete_unit_account get_unit_mailbox put_unit_mailbox list_hand_overs
        create_import list_imports get_import delete_import list_import_rows run_import get_import_run take_import_back get_import_template approve_import get_import_file
        list_audit_events get_staff_history get_unit_history get_audit_checkpoint get_audit_tile get_audit_entries
        get_metrics list_reports create_report get_report patch_report delete_report create_report_revision get_report_content list_report_indicators list_report_schedules put_report_schedule delete_report_schedule""".split()
    assert sorted(op["operationId"] for _, _, op in SPEC.operations()) == sorted(want)


def test_every_reference_resolves_and_every_component_is_used():
    used = set()
    for at, node in walk(SPEC.document):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            try:
                SPEC.resolve(node)
            except (KeyError, TypeError):
                pytest.fail(f"{at}: {node['$ref']} leads nowhere")
            used.add(node["$ref"])
    for part in ("schemas", "parameters", "headers", "responses"):
        for name in SPEC.document["components"][part]:
            assert f"#/components/{part}/{name}" in used, f"{part}/{name} is never used"


def test_every_schema_is_json_schema():
    for name, schema in SPEC.document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert name


def test_required_members_are_described():
    for at, node in walk(SPEC.document["components"]["schemas"]):
        if isinstance(node, dict) and node.get("type") == "object" and "properties" in node:
            missing = set(node.get("required", [])) - set(node["properties"])
            assert not missing, f"{at}: required but not described: {missing}"


@each_operation
def test_requests_refuse_unknown_members(method, template, operation):
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        for _, example in examples_of(content) if media.endswith("json") and media != "application/x-ndjson" else ():  # lines are judged one by one
            odd = dict(example, khong_co_muc_nay=1)
            assert SPEC.faults(content["schema"], odd), f"{media}: an unknown member passes"


@each_operation
def test_examples_are_valid(method, template, operation):
    for parameter in SPEC.parameters(template, operation):
        assert "example" in parameter, f"{parameter['name']} has no example"
        if parameter["example"] != "":
            assert not SPEC.faults(parameter["schema"], parameter["example"]), parameter["name"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        rows = list(examples_of(content))
        assert rows, "the request body has no example"
        for name, value in rows:
            assert SPEC.faults(content["schema"], value) == [], name
    for status, response in operation["responses"].items():
        response = SPEC.resolve(response)
        for header in map(SPEC.resolve, response.get("headers", {}).values()):
            assert SPEC.faults(header["schema"], header["example"]) == []
        for content in response.get("content", {}).values():
            rows = list(examples_of(content))
            assert rows, f"{status} has no example"
            for name, value in rows:
                assert SPEC.faults(content["schema"], value) == [], f"{status} {name}"


@each_operation
def test_operation_is_described_in_full(method, template, operation):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"])
    assert operation["summary"] and operation["x-summary-vi"] and operation["tags"]
    assert operation["x-lane"] in ("inline", "interactive", "bulk")
    assert operation["x-scope"] in SCOPES + ["any", None]
    assert has_token(operation) == (operation["x-scope"] is not None)
    statuses = set(operation["responses"])
    assert {"400", "406", "429", "500", "503"} <= statuses
    assert ("401" in statuses) == has_token(operation)
    assert ("403" in statuses) == (operation["x-scope"] in SCOPES)
    if "{" in template:
        assert "404" in statuses
    assert ("413" in statuses) == ("415" in statuses) == ("requestBody" in operation)
    if method != "GET":
        assert {"422", "504"} <= statuses


# what these answer is not a record that a right to read guards: a secret just made, counts, the caller's own words; people in them need staff:read
SHOW_NOTHING_OF_RECORDS = {"create_credential_reset", "create_departure_batch", "create_usage_events", "create_token", "patch_token", "create_session", "create_my_second_factor", "create_deputy", "create_role", "create_brake_release", "create_loss_release",
                           "restore_accounts", "create_list",
                           "check_activation", "create_slips",  # his own, to who has the code; slips demand the right to read before they are made
                           "create_import", "run_import", "take_import_back"}  # a list demands the right to read its kind before it is taken
SHOWN_TO_READERS = {"create_request", "put_request_answer"}  # nobody is there without that right


@each_operation
def test_the_right_to_write_shows_nothing(method, template, operation):
    shown = [s for s, r in operation["responses"].items() if s < "300" and "content" in SPEC.resolve(r)]
    if operation["operationId"] in SHOWN_TO_READERS:
        assert operation["x-scope"].endswith(":read")
    if method == "GET" or not shown or operation["operationId"] in SHOW_NOTHING_OF_RECORDS | SHOWN_TO_READERS:
        assert "x-shows" not in operation and operation["responses"].get("204") != {"$ref": "#/components/responses/DoneUnseen"}
        return
    assert operation["x-shows"] in SCOPES and operation["x-shows"].endswith(":read")
    assert operation["responses"]["204"] == {"$ref": "#/components/responses/DoneUnseen"}


@each_operation
def test_conditions_and_their_statuses_go_together(method, template, operation):
    parameters = {p["name"]: p for p in SPEC.parameters(template, operation)}
    statuses = set(operation["responses"])
    assert ("412" in statuses) == ("If-Match" in parameters)
    assert ("428" in statuses) == bool(parameters.get("If-Match", {}).get("required"))
    assert ("410" in statuses) == ("page_token" in parameters)
    assert ("304" in statuses) == (method == "GET" and "If-None-Match" in parameters)
    assert ("Idempotency-Key" in parameters) <= (method == "POST")
    if "Idempotency-Key" in parameters:
        assert {"idempotency_key_in_flight", "idempotency_key_reused"} <= set(operation["x-problems"])
    if method in ("PATCH", "DELETE") and template not in ("/v1/tokens/{token}", "/v1/sessions/current"):
        assert "428" in statuses
    if method == "PATCH":
        assert list(operation["requestBody"]["content"]) == ["application/merge-patch+json"]
    if method == "POST" and "validate_only" in parameters and operation["operationId"] != "create_departure_batch":
        assert "200" in statuses


@each_operation
def test_problem_codes_and_statuses_go_together(method, template, operation):
    status_of = {row["code"]: str(row["status"]) for row in problems()}
    for code in operation["x-problems"]:
        assert code in status_of, f"{code} is not in problems.yaml"
        assert status_of[code] in operation["responses"], f"{code} is {status_of[code]}, which is not documented"
    for status, response in operation["responses"].items():
        if status >= "400" and PROBLEM in SPEC.resolve(response).get("content", {}):
            fitting = [c for c in SPEC.codes(operation, status) if status_of[c] == status]
            assert fitting, f"no code for {status}"


def test_problem_lists_are_equal():
    rows = problems()
    known = {row["code"]: row["status"] for row in rows}
    assert len(known) == len(rows)
    text = (API / "problems.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", text, re.M)
    assert [(r["code"], str(r["status"]), r["title"]["vi"], r["title"]["en"], r["remedy"]["vi"], r["remedy"]["en"])
            for r in rows] == table
    used = {}
    for key in ("x-guard-problems", "x-common-problems"):
        for status, codes in SPEC.document[key].items():
            used |= {code: int(status) for code in codes}
    used |= {code: known.get(code) for _, _, op in SPEC.operations() for code in op["x-problems"]}
    assert used == known


def test_problem_examples_tell_the_published_titles():
    title = {row["code"]: (row["status"], row["title"]["vi"]) for row in problems()}
    for response in SPEC.document["components"]["responses"].values():
        for content in response.get("content", {}).values():
            for _, example in examples_of(content):
                assert (example["status"], example["title"]) == title[example["code"]]


def test_the_console_has_words_for_all_that_is_recorded():
    """Else the clerk who looks at the log sees a dash."""
    service = API.parent / "service"
    actions = {a for layer in ("provision", "reconcile", "reporting", "history") for file in (service / layer).rglob("*.c")
               for a in re.findall(r'"([a-z_]+\.[a-z_]+)"', file.read_text(encoding="utf-8"))}
    assert len(actions) > 60 and {"staff.create", "headcount.remove"} <= actions
    for lang in ("vi", "en"):
        words = set(re.findall(r"\baudit_(\w+):", (service / f"console/src/words/{lang}.ts").read_text(encoding="utf-8")))
        assert {a for a in actions if a.replace(".", "_") not in words} == set()


def test_fault_codes_are_explained():
    text = (API / "problems.md").read_text(encoding="utf-8").split("| fault |")[1]
    assert re.findall(r"^\| `(\w+)` \|", text, re.M) == SPEC.document["components"]["schemas"]["FaultCode"]["enum"]


# ---- the tools ----

def run(tmp_path, script, source, name):
    out = tmp_path / name
    subprocess.run([sys.executable, str(API / script), str(source), str(out)], check=True, timeout=60)
    return out.read_text(encoding="utf-8")


def test_json_is_the_same_document(tmp_path):
    assert json.loads(run(tmp_path, "convert.py", API / "openapi.yaml", "o.json")) == SPEC.document


def test_problem_table_survives_the_c_compiler(tmp_path):
    """Quotes, backslashes and trigraph-like texts come out of the compiled table as they went in."""
    source = tmp_path / "p.yaml"
    odd = 'say "no" ??/ \\ tab\there 100% ữ'
    row = {"code": "odd_one", "status": 422, "title": {"vi": odd, "en": "x"}, "remedy": {"vi": "y", "en": "z"}}
    source.write_text(json.dumps([row], ensure_ascii=False), encoding="utf-8")
    run(tmp_path, "problems.py", source, "p.inc")
    (tmp_path / "p.c").write_text('#include <stdio.h>\n#define CV_PROBLEM(c, s, te, tv, re, rv) printf("%s|%d|%s", #c, s, tv);\n'
                                  'int main(void) {\n#include "p.inc"\nreturn 0; }\n')
    subprocess.run(["cc", "-std=c17", "-trigraphs", "-o", "p", "p.c"], cwd=tmp_path, check=True, timeout=60)
    assert subprocess.run(["./p"], cwd=tmp_path, capture_output=True, text=True, timeout=10).stdout == f"odd_one|422|{odd}"


def test_page_is_complete_and_offline(tmp_path):
    page = run(tmp_path, "docs.py", API / "openapi.yaml", "o.html")
    for _, template, operation in SPEC.operations():
        assert f'id="{operation["operationId"]}"' in page
        assert operation["x-summary-vi"] in page
        for code in operation["x-problems"]:
            assert f'id="problem-{code}"' in page
    assert not re.search(r'(?:src|href)="(?!#)|<script|@import|url\(', page.replace('href="/v1/problems/', 'href="#'))
    for name in SPEC.document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


# ---- the judge must be able to say no ----

HEADERS = {"Content-Type": "application/json; charset=utf-8", "X-Request-Id": "r1", "ETag": '"1"'}
PROBLEM_HEADERS = {"Content-Type": PROBLEM, "X-Request-Id": "r1"}


def staff():
    return copy.deepcopy(SPEC.document["paths"]["/v1/staff/{staff}"]["get"]["responses"]["200"]["content"]["application/json"]["example"])


def problem(code, status):
    return {"type": f"/v1/problems/{code}", "title": "t", "status": status, "code": code, "request_id": "r1", "errors": []}


def test_judge_accepts_what_is_right():
    SPEC.validate_response("GET", "/v1/staff/NS-0001?x=1", 200, HEADERS, json.dumps(staff()))
    SPEC.validate_response("GET", "/v1/staff/NS-0001", 200, HEADERS, dict(staff(), member_of_a_later_version=1))
    SPEC.validate_response("GET", "/v1/staff/nobody", 404, PROBLEM_HEADERS, problem("staff_not_found", 404))
    SPEC.validate_response("DELETE", "/v1/staff", 405, PROBLEM_HEADERS, problem("method_not_allowed", 405))
    SPEC.validate_response("GET", "/nothing", 404, PROBLEM_HEADERS, problem("not_found", 404))
    SPEC.validate_response("GET", "/v1/me", 431, PROBLEM_HEADERS, problem("header_too_large", 431))
    SPEC.validate_response("GET", "/v1/departures/batches", 405, PROBLEM_HEADERS, problem("method_not_allowed", 405))
    SPEC.validate_request("PUT", "/v1/staff/NS-0001?validate_only=true", {}, {"full_name": "A", "new_address": True})
    SPEC.validate_request("GET", "/v1/coverage?system=mailbox,td-office&group_by=unit,system&depth=1")


@pytest.mark.parametrize("status,headers,body,words", [
    (201, HEADERS, {}, "not documented"),
    (405, PROBLEM_HEADERS, problem("method_not_allowed", 405), "not documented"),
    (200, dict(HEADERS, ETag="1"), staff(), "header ETag"),
    (200, {k: v for k, v in HEADERS.items() if k != "ETag"}, staff(), "ETag is missing"),
    (200, HEADERS, dict(staff(), status="tired"), "#/status"),
    (200, HEADERS, {k: v for k, v in staff().items() if k != "address"}, "address"),
    (200, HEADERS, dict(staff(), hired_on="2026-02-30"), "#/hired_on"),
    (200, HEADERS, "{", "not JSON"),
    (404, PROBLEM_HEADERS, problem("unit_not_found", 404), "not documented here"),
    (404, HEADERS, problem("staff_not_found", 404), "media type"),
    (404, PROBLEM_HEADERS, dict(problem("staff_not_found", 404), status=400), "says status"),
    (429, PROBLEM_HEADERS, problem("rate_limited", 429), "Retry-After is missing"),
])
def test_judge_refuses(status, headers, body, words):
    with pytest.raises(AssertionError, match=re.escape(words)):
        SPEC.validate_response("GET", "/v1/staff/NS-0001", status, headers, body)


@pytest.mark.parametrize("method,path,headers,body,words", [
    ("GET", "/v1/staff?statuss=active", {}, None, "unknown query parameter"),
    ("GET", "/v1/staff?page_size=0", {}, None, "page_size"),
    ("PATCH", "/v1/staff/NS-1", {}, {"title": "x"}, "If-Match is missing"),
    ("POST", "/v1/staff", {}, {"full_name": "A"}, "required"),
    ("POST", "/v1/staff", {}, None, "a body is required"),
    ("PUT", "/v1/staff/NS-1/departure", {}, {"reason": "khac"}, "reason_text"),
    ("PUT", "/v1/staff/NS-1/departure", {}, {"reason": "nghi_huu", "effective_on": "2026-12-01", "last_day_on": "2026-11-30"}, "request body"),
    ("PUT", "/v1/staff/NS-1/accounts/mailbox", {}, {"state": "locked"}, "reason"),
    ("POST", "/v1/brake-releases", {}, {"reason": "x", "allow": 1}, "request body"),
    ("DELETE", "/v1/me", {}, None, "no such operation"),
])
def test_judge_refuses_requests(method, path, headers, body, words):
    with pytest.raises(AssertionError, match=re.escape(words)):
        SPEC.validate_request(method, path, headers, body)
