"""A person at a browser: signs in, keeps the cookies, sends back what a page sends back."""
import http.client
import json

import secrecy

PASSWORD = "Sông-Cái-mùa-lũ-2026"


class Person:
    """A browser: a cookie and what it sends back."""

    def __init__(self, service, spec, source="127.0.0.1"):
        self.port, self.spec, self.cookie, self.csrf, self.browser, self.source = service.port, spec, None, None, None, source

    def call(self, method, path, body=None, csrf=True, **headers):
        status, _, text = self.raw(method, path, body, csrf, **headers)
        answer = json.loads(text) if text else None
        secrecy.note_all(answer if method != "GET" else None)
        return status, answer

    def raw(self, method, path, body=None, csrf=True, **headers):
        """Status, headers and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.source, 0))
        if self.cookie or self.browser:
            headers["Cookie"] = "; ".join(["theme=dark", *filter(None, (self.cookie, self.browser))])
        if csrf and self.csrf and method != "GET":
            headers["X-Congvu-Csrf"] = self.csrf
        secrecy.note_all(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/merge-patch+json" if method == "PATCH" else "application/json")
        if method in ("PATCH", "DELETE"):
            headers["If-Match"] = "*"
        connection.request(method, path, json.dumps(body) if body is not None and not isinstance(body, bytes) else body, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        self.spec.validate_response(method, path, response.status, dict(response.headers), text)
        for cookie in response.headers.get_all("Set-Cookie") or []:
            secrecy.note(cookie.split("; ")[0].split("=", 1)[1])
            if cookie.startswith("__Host-congvu-browser="):
                self.browser = cookie.split("; ")[0]
            else:
                self.attributes = cookie.split("; ")
                self.cookie = self.attributes[0]
        return response.status, list(response.headers.items()), text.decode(errors="replace")

    def sign_in(self, login, password=PASSWORD, **more):
        status, body = self.call("POST", "/v1/sessions", {"login": login, "password": password, **more})
        if status == 201:
            self.csrf = body["csrf"]
        return status, body


def activate(client, code, system="mailbox", password=PASSWORD):
    made = client.post(f"/v1/staff/{code}/accounts/{system}/credential-resets", None).json
    assert client.post("/v1/activations", {"code": made["code"], "password": password}).status == 204


def login_of(person):
    return person["address"].split("@")[0]
