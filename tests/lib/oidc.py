"""A third-party OpenID provider (oidc-provider, in tests/oidc) as a child process, and a browser's way through it."""
import http.client
import http.cookiejar
import json
import pathlib
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import node
from congvu import DEADLINE

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "oidc"
SECRET = "s3cret-of-the-tests"
REDIRECT_URI = "https://congvu.example.vn/v1/oidc/callback"  # nothing listens there: the test carries the answer to the service


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Provider:
    def __init__(self):
        self.port, self.accounts = 0, {}
        self.start()

    def start(self, **env):
        self.process = node.start(FOLDER, "provider.mjs", subprocess.DEVNULL, PORT=str(self.port), CLIENT_SECRET=SECRET, REDIRECT_URI=REDIRECT_URI, **env)
        self.port = int(self.process.stdout.readline())
        self.know(**self.accounts)

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.port}"

    def know(self, **accounts):
        self.accounts.update(accounts)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        connection.request("POST", "/accounts", json.dumps(accounts))
        assert connection.getresponse().status == 200
        connection.close()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def walk(self, url, login):
        """From the address that the service gave to the one with the code: signs in and consents in the provider's own pages."""
        opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

        def go(target, form=None):
            data = urllib.parse.urlencode(form).encode() if form else None
            try:
                with opener.open(urllib.request.Request(target, data), timeout=DEADLINE) as answer:
                    return answer.status, answer.headers, answer.read().decode()
            except urllib.error.HTTPError as answer:
                return answer.code, answer.headers, answer.read().decode()
        for _ in range(20):
            status, headers, page = go(url)
            if status in (302, 303):
                url = urllib.parse.urljoin(url, headers["Location"])
                if url.startswith(REDIRECT_URI):
                    return url
                continue
            assert status == 200, page
            form = {"prompt": re.search(r'name="prompt" value="(\w+)"', page)[1]}
            if form["prompt"] == "login":
                form |= {"login": login, "password": "x"}
            status, headers, page = go(urllib.parse.urljoin(url, re.search(r'action="([^"]+)"', page)[1]), form)
            assert status in (302, 303), page
            url = urllib.parse.urljoin(url, headers["Location"])
        raise AssertionError("the provider goes round in circles")
