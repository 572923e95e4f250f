"""The contract as a judge: every service test hands it every answer.

    spec = Spec.load()
    spec.validate_response("GET", "/v1/staff/NS-0001", 200, headers, body)

`body` may be bytes, text, or what JSON gave; `headers` any mapping or list of pairs. What differs from api-spec/openapi.yaml raises
AssertionError with a sentence that says where. Works with the jsonschema of Debian 12 (4.10) and later ones.
"""
import json
import re
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator, FormatChecker

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "api-spec"))
from convert import load as load_yaml  # noqa: E402

METHODS = ("get", "put", "post", "patch", "delete")
PROBLEM = "application/problem+json"

formats = FormatChecker(formats=())


@formats.checks("date", raises=ValueError)
def _date(value):
    from datetime import date
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value) and date.fromisoformat(value))


@formats.checks("date-time", raises=ValueError)
def _moment(value):
    from datetime import datetime
    if not isinstance(value, str):
        return True
    return datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None


class Spec:
    def __init__(self, document):
        self.document = document
        self._validators = {}
        self.status_of = {row["code"]: row["status"] for row in load_yaml(ROOT / "api-spec" / "problems.yaml")}
        self._routes = []
        for template, item in document["paths"].items():
            whole = {p["name"] for p in item.get("parameters", []) if p.get("x-segments")}  # takes the rest of the path
            parts = [re.escape(p) if i % 2 == 0 else "(?P<%s>%s)" % (p, ".+" if p in whole else "[^/]+")
                     for i, p in enumerate(re.split(r"[{}]", template))]
            self._routes.append((template.count("{"), re.compile("".join(parts)), template, item))
        self._routes.sort(key=lambda route: route[0])  # a fixed path wins over a parameter

    @classmethod
    def load(cls, path=ROOT / "api-spec" / "openapi.yaml"):
        return cls(load_yaml(path))

    # ---- looking things up ----

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def find(self, path):
        """(template, path item, path parameters), or (None, None, {}) for a path that the contract does not know."""
        bare = urlsplit(path).path
        for _, pattern, template, item in self._routes:
            match = pattern.fullmatch(bare)
            if match:
                return template, item, match.groupdict()
        return None, None, {}

    def operations(self):
        """Yields (method, template, operation)."""
        for template, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), template, item[method]

    def parameters(self, template, operation):
        shared = self.document["paths"][template].get("parameters", [])
        merged = {(p["in"], p["name"]): p for p in map(self.resolve, shared + operation.get("parameters", []))}
        return list(merged.values())

    def codes(self, operation, status):
        """Problem codes that may come with this status."""
        status = str(status)
        rows = set(self.document["x-common-problems"].get(status, []))
        rows |= set(self.document["x-guard-problems"].get(status, []))
        return rows | set(operation.get("x-problems", []) if operation else [])

    # ---- judging ----

    def faults(self, schema, value):
        """Readable faults of a value against a schema of this document."""
        key = json.dumps(schema, sort_keys=True)
        validator = self._validators.get(key)
        if validator is None:
            whole = {"allOf": [schema], "components": self.document["components"]}
            validator = self._validators[key] = Draft202012Validator(whole, format_checker=formats)
        return [_fault(error) for error in validator.iter_errors(value)]

    def validate_response(self, method, path, status, headers, body):
        method = method.upper()
        label = f"{method} {path} -> {status}"
        headers = _headers(headers)
        template, item, _ = self.find(path)
        operation = (item or {}).get("get" if method == "HEAD" else method.lower())
        documented = (operation or {}).get("responses", {}).get(str(status))
        if documented is None:
            guard = self.document["x-guard-problems"].get(str(status))
            if status == 204 and method == "OPTIONS" and item is not None:
                return
            assert guard, f"{label}: this status is not documented" + ("" if operation else " (no such operation)")
            if operation is not None:
                assert status not in (404, 405), f"{label}: this status is not documented"
            self._check_problem(label, status, headers, _json(label, body, headers, method), set(guard), method)
            return
        response = self.resolve(documented)
        self._check_headers(label, response, headers)
        if method == "HEAD":
            return
        self._check_body(label, operation, status, response, headers, body)

    def validate_request(self, method, path, headers=None, body=None):
        """For requests that a test means to be right."""
        label = f"{method.upper()} {path}"
        template, item, values = self.find(path)
        operation = (item or {}).get(method.lower())
        assert operation, f"{label}: no such operation in the contract"
        given = {("path", name): value for name, value in values.items()}
        given |= {("header", name): value for name, value in _headers(headers or {}).items()}
        query = parse_qsl(urlsplit(path).query, keep_blank_values=True)
        known = self.parameters(template, operation)
        names = {p["name"] for p in known if p["in"] == "query"}
        for name, value in query:
            assert name in names, f"{label}: unknown query parameter {name}"
            given[("query", name)] = value
        for parameter in known:
            self._check_parameter(label, parameter, given)
        self._check_request_body(label, operation, _headers(headers or {}), body)

    def _check_parameter(self, label, parameter, given):
        name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
        value = given.get((parameter["in"], name))
        if value is None:
            assert not parameter.get("required"), f"{label}: {parameter['in']} parameter {parameter['name']} is missing"
            return
        if value == "" and parameter.get("allowEmptyValue"):
            return
        found = self.faults(parameter["schema"], self._typed(parameter["schema"], value))
        assert not found, f"{label}: {parameter['in']} parameter {parameter['name']}: " + "; ".join(found)

    def _typed(self, schema, value):
        """Text of a parameter as the JSON value its schema speaks of."""
        kind = self.resolve(schema).get("type")
        if kind == "array":
            return [self._typed(self.resolve(schema)["items"], part) for part in value.split(",")]
        if kind == "integer" and re.fullmatch(r"-?\d+", value):
            return int(value)
        if kind == "boolean" and value in ("true", "false"):
            return value == "true"
        return value

    def _check_request_body(self, label, operation, headers, body):
        described = operation.get("requestBody")
        if body in (None, b"", ""):
            assert not (described and described.get("required")), f"{label}: a body is required"
            return
        assert described, f"{label}: takes no body"
        media = _media(headers) or next(iter(described["content"]))
        assert media in described["content"], f"{label}: {media} is not one of {list(described['content'])}"
        found = self.faults(described["content"][media]["schema"], _parse(label, body))
        assert not found, f"{label}: request body: " + "; ".join(found)

    def _check_headers(self, label, response, headers):
        for name, described in response.get("headers", {}).items():
            described = self.resolve(described)
            value = headers.get(name.lower())
            if value is None:
                assert not described.get("required"), f"{label}: header {name} is missing"
                continue
            found = self.faults(described["schema"], value)
            assert not found, f"{label}: header {name}: " + "; ".join(found)

    def _check_body(self, label, operation, status, response, headers, body):
        content = response.get("content")
        if not content:
            assert body in (None, b"", ""), f"{label}: must have no body, has {body!r:.80}"
            return
        media = _media(headers)
        assert media in content, f"{label}: media type {media} is not one of {list(content)}"
        if media == PROBLEM:
            self._check_problem(label, status, headers, _parse(label, body), self.codes(operation, status))
            return
        if not media.endswith("json") or media == "application/x-ndjson":
            assert body, f"{label}: the body is empty"
            return
        found = self.faults(content[media]["schema"], _parse(label, body))
        assert not found, f"{label}: body: " + "; ".join(found)

    def _check_problem(self, label, status, headers, problem, codes, method="GET"):
        if method == "HEAD":
            return
        assert _media(headers) == PROBLEM, f"{label}: an error must be {PROBLEM}, is {_media(headers)}"
        found = self.faults({"$ref": "#/components/schemas/Problem"}, problem)
        assert not found, f"{label}: problem: " + "; ".join(found)
        assert problem["status"] == status, f"{label}: the body says status {problem['status']}"
        assert problem["type"] == "/v1/problems/" + problem["code"], f"{label}: type {problem['type']} is not that of {problem['code']}"
        assert self.status_of.get(problem["code"]) == status, f"{label}: code {problem['code']} has another status in problems.yaml"
        assert problem["code"] in codes, f"{label}: code {problem['code']} is not documented here ({sorted(codes)})"


def _fault(error):
    """The deepest cause, because `is not valid under any of the given schemas` helps nobody."""
    while error.context:
        best = max(error.context, key=lambda e: (len(e.absolute_path), e.validator not in ("type", "const", "enum")))
        error = best
    where = "/".join(str(p) for p in error.absolute_path)
    text = error.message if len(error.message) < 300 else error.message[:140] + " ... " + error.message[-140:]
    return f"#/{where}: {text}"


def _headers(headers):
    pairs = headers.items() if hasattr(headers, "items") else headers
    return {str(name).lower(): value for name, value in pairs}


def _media(headers):
    return headers.get("content-type", "").split(";")[0].strip().lower()


def _json(label, body, headers, method):
    return None if method == "HEAD" else _parse(label, body)


def _parse(label, body):
    if isinstance(body, (bytes, bytearray)):
        body = bytes(body).decode("utf-8")
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError as why:
        raise AssertionError(f"{label}: the body is not JSON ({why}): {body[:120]!r}") from None
