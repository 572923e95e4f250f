"""A second factor: set up by the person, a code taken once wherever it is shown, seen by nobody, taken away by another administrator."""
import urllib.parse

import pytest

from authenticator import Clock, Phone, code_of
from browser import PASSWORD, Person, activate, login_of
from congvu import Service, an, make_units, running, wait_for


@pytest.fixture(scope="module")
def office(spec, tmp_path_factory):
    clock = Clock(tmp_path_factory.mktemp("clock") / "offset")
    with running(spec=spec, second_factor_roles="site_admin unit_admin", clock_file=clock.path) as service:
        clock.shown_to.append(service)
        client = service.client()
        make_units(client)
        people = {}
        for code, name, role in (("F-1", "Lê Văn Quản Trị", "site_admin"), ("F-2", "Nguyễn Thị Lan", "unit_hr"), ("F-3", "Trần Thị Quản", "unit_admin"), ("F-4", "Võ Văn Phó", "site_admin")):
            people[code] = client.put(f"/v1/staff/{code}", an(full_name=name, unit="T1.01")).json
            activate(client, code)
            assert client.post(f"/v1/staff/{code}/roles", {"role": role, **({} if role == "site_admin" else {"unit": "T1"})}).status == 201
        yield service, people, clock


def set_up(person, clock):
    status, made = person.call("POST", "/v1/me/second-factor", {"current": PASSWORD})
    assert status == 201, made
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(made["uri"]).query)["secret"] == [made["secret"]]
    phone = Phone(clock, made["secret"])
    assert person.call("PUT", "/v1/me/second-factor", {"code": phone.code()})[0] == 204
    return phone


def test_an_administrator_acts_only_with_a_second_factor(office, spec):
    service, people, clock = office
    person, login = Person(service, spec), login_of(people["F-1"])
    status, session = person.sign_in(login)
    assert (status, session["role"], session["second_factor"]) == (201, None, "needed")
    assert person.call("GET", "/v1/staff")[1]["code"] == "scope_missing"
    assert person.sign_in(login, role=1)[1]["code"] == "role_not_found"
    assert person.sign_in(login)[0] == 201
    status, body = person.call("POST", "/v1/me/second-factor", {"current": "sai-Aa1!-sai"})
    assert status == 422 and body["errors"][0]["pointer"] == "#/current"
    assert person.call("PUT", "/v1/me/second-factor", {"code": "123456"})[1]["code"] == "conflict", "nothing is begun"
    phone = set_up(person, clock)
    assert person.call("POST", "/v1/me/second-factor", {"current": PASSWORD})[1]["code"] == "conflict"
    again = Person(service, spec)
    assert again.sign_in(login)[1]["code"] == "second_factor_needed"
    assert again.sign_in(login, "sai-Aa1!-sai")[1]["code"] == "sign_in_refused", "of a wrong password nothing more is told"
    status, session = again.sign_in(login, code=phone.code())
    assert (status, session["role"], session["second_factor"]) == (201, 1, "used")
    assert again.call("GET", "/v1/staff")[0] == 200


def test_a_code_is_taken_once_at_whichever_replica(office, spec, start):
    service, people, clock = office
    second = start(directory_uri=service.ldapi, key_file=str(service.data / "secret.key"), clock_file=clock.path, second_factor_roles="site_admin unit_admin")
    clock.shown_to.append(second)
    login = login_of(people["F-3"])
    person = Person(service, spec)
    assert person.sign_in(login)[0] == 201
    phone = set_up(person, clock)
    first_code = code_of(phone.seed, phone.last)
    for replica in (service, second):
        assert Person(replica, spec).sign_in(login, code=first_code)[1]["code"] == "second_factor_needed", "the one that set it up"
    code = phone.code()
    assert Person(second, spec).sign_in(login, code=code)[0] == 201
    assert Person(service, spec).sign_in(login, code=code)[1]["code"] == "second_factor_needed"
    older = code_of(phone.seed, phone.last - 1)
    assert Person(second, spec).sign_in(login, code=older)[1]["code"] == "second_factor_needed", "nor one before it"
    clock.shown_to.remove(second)


def test_wrong_codes_are_few(office, spec):
    service, people, clock = office
    login, person = login_of(people["F-2"]), Person(service, spec)
    status, session = person.sign_in(login)
    assert (session["role"], session["second_factor"]) == (1, "none"), "HR may do without"
    phone = set_up(person, clock)
    statuses = [Person(service, spec, f"127.0.4.{n + 1}").sign_in(login, code="000000")[0] for n in range(10)]
    assert statuses[:5] == [422] * 5 and 429 in statuses, "wherever they come from"
    assert Person(service, spec, "127.0.4.99").sign_in(login, "sai-Aa1!-sai")[0] == 422
    wait_for(lambda: Person(service, spec, "127.0.4.98").sign_in(login, code=phone.code())[0] == 201, "after a while he is let in")


def test_it_is_seen_by_nobody_and_taken_away_by_another_administrator(office, spec):
    service, people, clock = office
    client, login = service.client(), login_of(people["F-4"])
    person = Person(service, spec)
    assert person.sign_in(login)[0] == 201
    phone = set_up(person, clock)
    assert person.sign_in(login, code=phone.code())[0] == 201
    sealed = service.person(people["F-4"]["id"], "cvSecondFactor", "cvSecondFactorStep")
    assert sealed["cvSecondFactorStep"] == [str(phone.last)] and phone.seed not in sealed["cvSecondFactor"][0]
    logged = str(service.ldapsearch("-b", "cn=log", f"(reqDN=cvId={people['F-4']['id']},ou=people,dc=congvu)"))
    assert "cvSecondFactorStep" in logged and "cvSecondFactor:" not in logged and sealed["cvSecondFactor"][0] not in logged
    assert phone.seed not in service.log.read_text() and phone.seed not in str(client.get("/v1/staff/F-4").json)
    assert person.call("DELETE", "/v1/staff/F-4/second-factor")[1]["code"] == "not_by_oneself"
    hr = Person(service, spec)
    other = service.client(client.post("/v1/tokens", {"name": "thấp hơn", "scopes": ["accounts:write", "staff:read"], "unit": "T1"}).json["secret"])
    assert other.delete("/v1/staff/F-4/second-factor", etag="*").code == "higher_role"
    assert hr.call("DELETE", "/v1/staff/F-4/second-factor")[0] == 401
    assert client.delete("/v1/staff/F-4/second-factor", etag="*").status == 204
    wait_for(lambda: person.call("GET", "/v1/me")[0] == 401, "his sessions are over", 5)
    status, session = person.sign_in(login)
    assert (status, session["role"], session["second_factor"]) == (201, None, "needed")
    assert client.delete("/v1/staff/F-4/second-factor", etag="*").status == 204, "asked for again"
    set_up(person, clock)


def test_an_unknown_role_in_the_setting_is_said(spec):
    service = Service(spec=spec, second_factor_roles="site_admin sếp")
    with pytest.raises(AssertionError, match="second_factor_roles"):
        service.start()
    service.clean()
