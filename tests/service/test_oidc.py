"""People sign in through an OpenID provider of others: a claim names them once, then only who they are there; keys change without a restart."""
import concurrent.futures
import http.server
import itertools
import json
import socket
import threading
import time
import urllib.parse
import urllib.request

import pytest

import node
import oidc
from authenticator import STEP, code_of
from browser import PASSWORD, Person, activate, login_of
from congvu import Service, an, make_units, running, wait_for

pytestmark = node.NEEDED


@pytest.fixture(scope="module")
def provider():
    provider = oidc.Provider()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def office(spec, provider, tmp_path_factory):
    credential = tmp_path_factory.mktemp("oidc") / "credential"
    credential.touch(0o600)
    credential.write_text(f"Host: 127.0.0.1:{provider.port}\nBasic congvu:{oidc.SECRET}\n")
    with running(spec=spec, oidc_issuer=provider.issuer, oidc_client_id="congvu", oidc_credential_file=credential, oidc_redirect_uri=oidc.REDIRECT_URI, oidc_allow="loopback", real_clock=True,
                      second_factor_roles="site_admin") as service:
        client = service.client()
        make_units(client)
        people = {}
        for code, name in (("O-1", "Nguyễn Thị Lan"), ("O-2", "Trần Văn Khác"), ("O-3", "Lê Thị Ba"), ("O-4", "Phạm Văn Tư"), ("O-5", "Võ Thị Năm"), ("O-6", "Đặng Văn Sáu")):
            people[code] = client.put(f"/v1/staff/{code}", an(full_name=name)).json
            activate(client, code)
        assert client.post("/v1/staff/O-1/roles", {"role": "unit_hr", "unit": "T1"}).status == 201
        yield service, people


sources = (f"127.7.{n // 250}.{n % 250 + 1}" for n in itertools.count())


class Way(Person):
    """A browser that goes to the provider and comes back; each from a network of its own, for who is wrong too often waits."""

    def __init__(self, service, spec, source=None):
        super().__init__(service, spec, source or next(sources))

    def out(self):
        status, headers, _ = self.raw("GET", "/v1/oidc/start")
        assert status == 303
        cookies = [v for k, v in headers if k == "Set-Cookie"]
        assert len(cookies) == 1 and {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookies[0].split("; "))
        self.way, self.cookie = cookies[0].split("; ")[0], None
        return dict(headers)["Location"]

    def back(self, url, way=None):
        parts = urllib.parse.urlsplit(url)
        self.cookie, self.browser = way or self.way, None
        status, headers, text = self.raw("GET", f"{parts.path}?{parts.query}")
        self.attributes = None
        for value in (v for k, v in headers if k == "Set-Cookie"):
            if value.startswith("__Host-congvu="):
                self.cookie, self.attributes = value.split("; ")[0], value.split("; ")
        if status == 303:
            assert dict(headers)["Location"] == "../../console" and "SameSite=Strict" in self.attributes
            status, session = self.call("GET", "/v1/sessions/current")
            assert status == 200
            self.csrf = session["csrf"]
            return 303, session
        return status, json.loads(text)


def through(office, spec, provider, login):
    way = Way(office[0], spec)
    return way, *way.back(provider.walk(way.out(), login))


def known(provider, people, **logins):
    provider.know(**{login: {"sub": f"sub-{login}", "email": people[code]["address"], "email_verified": True} for login, code in logins.items()})


def test_who_signs_in_there_has_a_session_here(office, spec, provider):
    service, people = office
    known(provider, people, lan="O-1")
    way, status, session = through(office, spec, provider, "lan")
    assert (status, session["staff"]["full_name"], session["role"]) == (303, "Nguyễn Thị Lan", 1)
    assert way.call("PUT", "/v1/staff/O-9", an(full_name="Người Mới", unit="T1.02"))[0] == 201
    assert service.person(people["O-1"]["id"], "cvSubject")["cvSubject"] == [f"{provider.issuer} sub-lan"]
    assert oidc.SECRET not in service.log.read_text()


def test_after_the_first_time_only_the_subject_counts(office, spec, provider):
    service, people = office
    known(provider, people, ba="O-3")
    assert through(office, spec, provider, "ba")[1] == 303
    provider.know(ba={"sub": "sub-ba", "email": people["O-1"]["address"], "email_verified": True})
    assert through(office, spec, provider, "ba")[2]["staff"]["id"] == people["O-3"]["id"], "another address is of no account"
    known(provider, people, gian="O-3")
    assert through(office, spec, provider, "gian")[2]["code"] == "sign_in_refused", "nor another account with hers"
    client = service.client()
    assert client.delete("/v1/staff/O-3/oidc-subject", etag="*").status == 204
    assert through(office, spec, provider, "gian")[1] == 303, "until somebody unties her"
    token = client.get("/v1/me").json["token"]["id"]
    assert token in [way.split(" ")[1] for way in service.person(people["O-3"]["id"], "cvWayIn")["cvWayIn"]], "who is no second person for what she is stopped from"


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": "khongai@ninhthuan.gov.vn"}, {"email": None}, {"email": "O-4"}], ids=str)
def test_what_does_not_name_anybody_for_certain_is_refused(office, spec, provider, claims):
    service, people = office
    provider.know(tu={"sub": "sub-tu", "email": people["O-4"]["address"], "email_verified": True, **claims})
    _, status, body = through(office, spec, provider, "tu")
    assert (status, body["code"]) == (422, "sign_in_refused")
    assert "cvSubject" not in service.person(people["O-4"]["id"], "cvSubject"), "and nobody is bound or made"


@pytest.mark.parametrize("kind", ["login", "staff_code"])
def test_a_login_or_code_names_who_has_it_now(spec, provider, tmp_path, kind):
    credential = tmp_path / "credential"
    credential.touch(0o600)
    credential.write_text(f"Host: 127.0.0.1:{provider.port}\nBasic congvu:{oidc.SECRET}\n")
    with running(spec=spec, oidc_issuer=provider.issuer, oidc_client_id="congvu", oidc_credential_file=credential, oidc_redirect_uri=oidc.REDIRECT_URI, oidc_allow="loopback", real_clock=True,
                 oidc_claim="preferred_username", oidc_claim_is=kind) as service:
        client = service.client()
        make_units(client)
        made = client.put("/v1/staff/C-1", an(full_name="Nguyễn Thị Lan")).json
        activate(client, "C-1")
        former = made["address"].split("@")[0] if kind == "login" else "C-1"
        renamed = client.patch("/v1/staff/C-1", {"full_name": "Nguyễn Thị Hoa", "new_address": True} if kind == "login" else {"staff_code": "C-2"}, etag="*")
        assert renamed.status == 200, renamed
        now = renamed.json["address"].split("@")[0] if kind == "login" else "C-2"
        assert now != former
        for claim, status in ((former, 422), (now, 303)):
            provider.know(hoa={"sub": f"sub-{kind}", "preferred_username": claim})
            assert through((service,), spec, provider, "hoa")[1] == status, claim


def test_an_answer_belongs_to_the_browser_that_asked_and_is_good_once(office, spec, provider):
    _, people = office
    known(provider, people, khac="O-2")
    mine, other = Way(office[0], spec), Way(office[0], spec)
    url = provider.walk(mine.out(), "khac")
    other.out()
    assert other.back(url)[1]["code"] == "sign_in_refused", "an answer to another browser's question"
    assert mine.back(url, way="__Host-congvu-oidc=AAAA")[1]["code"] == "sign_in_refused"
    assert mine.back(url.replace("state=", "state=x"))[1]["code"] == "sign_in_refused"
    assert mine.back(url + "&iss=https://evil.example" if "iss=" not in url else url.replace("iss=http", "iss=https"))[1]["code"] == "sign_in_refused"
    assert mine.back(url)[0] == 303
    assert mine.back(url)[1]["code"] == "sign_in_refused", "a code is good once"
    denied = Way(office[0], spec)
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(denied.out()).query)["state"][0]
    assert denied.back(f"{oidc.REDIRECT_URI}?error=access_denied&state={state}")[1]["code"] == "sign_in_refused"


def test_who_has_a_second_factor_here_is_not_let_round_it(office, spec, provider):
    service, people = office
    client = service.client()
    assert client.post("/v1/staff/O-5/roles", {"role": "unit_head", "unit": "T1"}).status == 201
    assert client.post("/v1/staff/O-6/roles", {"role": "site_admin"}).status == 201
    person = Person(service, spec)
    assert person.sign_in(login_of(people["O-5"]))[0] == 201
    seed = person.call("POST", "/v1/me/second-factor", {"current": PASSWORD})[1]["secret"]
    assert person.call("PUT", "/v1/me/second-factor", {"code": code_of(seed, int(time.time()) // STEP)})[0] == 204
    known(provider, people, nam="O-5", sau="O-6")
    assert through(office, spec, provider, "nam")[2]["role"] is None
    session = through(office, spec, provider, "sau")[2]
    assert (session["role"], session["second_factor"]) == (None, "needed"), "nor an administrator round the rule"


def test_who_is_wrong_too_often_waits_on_the_way_there_and_back(office, spec, provider):
    """As after wrong passwords, and together with them: by network, but not who has signed in at this browser before."""
    service, people = office
    known(provider, people, lan="O-1")
    here = "127.0.8.1"
    mine = Person(service, spec, here)
    assert mine.sign_in(login_of(people["O-1"]))[0] == 201
    known_browser, stranger = Way(service, spec, here), Way(service, spec, here)
    known_browser.browser = mine.browser
    url, early = provider.walk(known_browser.out(), "lan"), stranger.out()
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(early).query)["state"][0]
    for answer in ("code=none&state=wrong", f"error=access_denied&state={state}"):
        assert {stranger.back(f"{oidc.REDIRECT_URI}?{answer}")[1]["code"] for _ in range(25)} == {"sign_in_refused"}, "what was not judged is not counted"
    told = [stranger.back(f"{oidc.REDIRECT_URI}?code=none&state={state}")[1]["code"] for _ in range(25)]
    assert set(told[:20]) == {"sign_in_refused"} and set(told[20:]) == {"rate_limited"}
    status, headers, _ = stranger.raw("GET", "/v1/oidc/start")
    assert status == 429 and int(dict(headers)["Retry-After"]) > 0
    assert stranger.back(provider.walk(early, "lan"))[1]["code"] == "rate_limited", "not even with a right answer"
    assert Person(service, spec, here).sign_in(login_of(people["O-2"]))[1]["code"] == "rate_limited", "one count for both"
    assert known_browser.back(url)[0] == 303 and known_browser.browser, "she is not slowed by a neighbour"
    assert through(office, spec, provider, "lan")[1] == 303, "nor is anybody elsewhere"


def test_a_browser_comes_back_to_a_page_whatever_the_answer(office, spec, provider):
    service, people = office
    known(provider, people, khac="O-2")

    def page(way, query):
        way.cookie = way.way
        status, headers, _ = way.raw("GET", f"{urllib.parse.urlsplit(oidc.REDIRECT_URI).path}?{query}", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert not [v for k, v in headers if k == "Set-Cookie" and v.startswith("__Host-congvu=")], "no session"
        return status, dict(headers).get("Location")
    way = Way(service, spec)
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(way.out()).query)["state"][0]
    assert page(way, f"error=access_denied&state={state}") == (303, "../../console?sign_in=cancelled")
    assert page(way, f"error=server_error&state={state}") == (303, "../../console?sign_in=refused")
    assert page(way, "error=access_denied&state=wrong") == (303, "../../console?sign_in=refused")
    told = [page(way, f"code=none&state={state}") for _ in range(25)]
    assert set(told[:20]) == {(303, "../../console?sign_in=refused")} and set(told[20:]) == {(303, "../../console?sign_in=wait")}


def test_who_is_locked_or_gone_is_refused(office, spec, provider):
    service, people = office
    client = service.client()
    code = client.put("/v1/staff/O-7", an(full_name="Hồ Văn Nghỉ")).json
    people["O-7"] = code
    known(provider, people, nghi="O-7")
    way, status, _ = through(office, spec, provider, "nghi")
    assert status == 303, "he needs no password of his own"
    assert client.put("/v1/staff/O-7/departure", {"reason": "nghi_huu", "decision": {"number": "5/QĐ"}}).status in (200, 202)
    wait_for(lambda: way.call("GET", "/v1/me")[0] == 401, "his session is over", 5)
    assert through(office, spec, provider, "nghi")[2]["code"] == "sign_in_refused"


def test_keys_change_without_a_restart(office, spec, provider):
    service, people = office
    known(provider, people, lan="O-1")
    assert through(office, spec, provider, "lan")[1] == 303
    for algorithm in ("RS256", "ES256"):
        provider.stop()
        provider.start(ALG=algorithm)
        wait_for(lambda: through(office, spec, provider, "lan")[1] == 303, "the new keys are asked for")


def test_without_the_provider_it_is_said_and_the_password_still_opens(office, spec, provider, start):
    service, people = office
    plain = start()
    assert Person(plain, spec).call("GET", "/v1/oidc/start")[0] == 404
    lone = start(oidc_issuer="http://127.0.0.1:9", oidc_client_id="congvu", oidc_redirect_uri=oidc.REDIRECT_URI, oidc_allow="loopback")
    status, body = Person(lone, spec).call("GET", "/v1/oidc/start")
    assert (status, body["code"]) == (503, "provider_unavailable")
    assert Person(service, spec).sign_in(login_of(people["O-1"]))[0] == 201


def test_a_provider_that_hangs_keeps_nobody_waiting_but_one(start, spec):
    """Anybody may begin to sign in: the second one is told at once, and the others' work goes on."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        service = start(oidc_issuer=f"http://127.0.0.1:{deaf.getsockname()[1]}", oidc_client_id="congvu", oidc_redirect_uri=oidc.REDIRECT_URI, oidc_allow="loopback")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            begun = [pool.submit(Way(service, spec).call, "GET", "/v1/oidc/start") for _ in range(12)]
            told = [f.result()[1]["code"] for f in itertools.islice(concurrent.futures.as_completed(begun), 11)]
            assert told == ["provider_unavailable"] * 11
            assert sum(not f.done() for f in begun) == 1, "one asks"
            assert service.client().get("/v1/units").status == 200
            assert begun[0].result() and all(f.result()[1]["code"] == "provider_unavailable" for f in begun)


def test_who_comes_second_just_after_a_start_waits_for_the_answer_to_the_first(start, spec, provider):
    described = json.load(urllib.request.urlopen(f"{provider.issuer}/.well-known/openid-configuration"))
    keys = urllib.request.urlopen(described["jwks_uri"]).read()

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            here = f"http://127.0.0.1:{self.server.server_port}"
            time.sleep(0.4)
            body = keys if self.path == "/jwks" else json.dumps({"issuer": here, "authorization_endpoint": f"{here}/a", "token_endpoint": f"{here}/t", "jwks_uri": f"{here}/jwks"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as slow:
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        service = start(oidc_issuer=f"http://127.0.0.1:{slow.server_port}", oidc_client_id="congvu", oidc_redirect_uri=oidc.REDIRECT_URI, oidc_allow="loopback")
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lambda _: Way(service, spec).raw("GET", "/v1/oidc/start")[0], range(3))) == [303] * 3
        slow.shutdown()


@pytest.mark.parametrize("wrong", [{"oidc_redirect_uri": ""}, {"oidc_client_id": ""}, {"oidc_claim_is": "số thẻ"}, {"oidc_allow": "everywhere"}, {"oidc_issuer": "id.example.vn"}], ids=str)
def test_settings_that_cannot_work_are_named(spec, wrong):
    settings = {"oidc_issuer": "https://id.example.vn", "oidc_client_id": "congvu", "oidc_redirect_uri": oidc.REDIRECT_URI, **wrong}
    service = Service(spec=spec, **settings)
    with pytest.raises(AssertionError, match=next(iter(wrong))):
        service.start()
    service.clean()
