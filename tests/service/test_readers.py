"""Mail servers beside the service: an identity each, on loopback, that sees what delivering needs and nothing else."""
import json
import os
import stat
import subprocess

import pytest

import node
from browser import PASSWORD, activate
from congvu import BIN, ROOT, Service, an, district, nth, parse_ldif


def reader_dn(name):
    return f"cn={name},ou=readers,ou=system,dc=congvu"


def ldap(program, uri, dn, password, *arguments):
    return subprocess.run([program, "-x", "-H", uri, "-D", dn, "-y", "/dev/stdin", *arguments], input=password, text=True, capture_output=True)


def search(service, name, *arguments):
    password = (service.data / f"readers/{name}.pass").read_text().strip()
    return ldap("ldapsearch", service.ready["directory_listen"], reader_dn(name), password, "-LLL", "-o", "ldif-wrap=no", *arguments)


@pytest.fixture(scope="module")
def listening(spec):
    with district(spec=spec, directory_listen="127.0.0.1:0") as service:
        yield service


def activated(client, code):
    person = client.put(f"/v1/staff/{code}", an(full_name=nth("Nguyễn Văn An", len(code) + ord(code[-1])), mobile="+84900000001", birth_year=1990)).json
    activate(client, code)
    return person


def test_a_reader_sees_what_delivery_needs_and_nothing_else(listening):
    person = activated(listening.client(), "R-1")
    found = search(listening, "dovecot", "-b", "ou=people,dc=congvu", f"(mail={person['address']})", "*", "+")
    assert found.returncode == 0, found.stderr
    shown = {line.split(":")[0] for line in found.stdout.splitlines() if ":" in line}
    assert {"uid", "mail", "cvReceives", "authorizedService", "cvMailStore"} <= shown
    assert not shown & {"userPassword", "mobile", "cvPost", "cvCode", "cvStaffCode", "cvBirthYear", "cvActivationDigest", "cvName"}
    for hidden in ("ou=tokens,ou=system,dc=congvu", "ou=readers,ou=system,dc=congvu", "cn=log"):
        assert "dn:" not in search(listening, "postfix", "-b", hidden).stdout
    guess = search(listening, "postfix", "-b", "ou=people,dc=congvu", "(userPassword=*)")
    assert "dn:" not in guess.stdout


def test_wrong_passwords_lock_no_machine(listening):
    for _ in range(14):
        wrong = ldap("ldapsearch", listening.ready["directory_listen"], reader_dn("dovecot"), "wrong", "-b", "", "-s", "base")
        assert wrong.returncode == 49
    assert search(listening, "dovecot", "-b", "ou=people,dc=congvu", "(mail=nobody)").returncode == 0


COMMON = {"objectClass", "mail", "authorizedService"}
OF_PEOPLE = {"dovecot": COMMON | {"uid", "cvMailAlias", "cvReceives", "cvFormerLogin", "cvHolds", "cvMailStore", "cvMailQuota", "cvAutoReply"},
             "postfix": COMMON | {"uid", "cvMailAlias", "cvReceives", "cvDelegate", "cvHolds"},
             "eoffice": COMMON | {"cvId", "cn", "sn", "givenName", "title", "cvUnit", "cvAccountLogin", "cvSignIn", "entryUUID"}}
OF_UNITS = {"dovecot": {"objectClass", "uid", "mail", "cvReceives", "cvMailStore"}, "postfix": {"objectClass", "uid", "mail", "cvReceives"}, "eoffice": set()}


def shown(service, reader, base, filter):
    lines = search(service, reader, "-b", base, filter, "*", "+").stdout.splitlines()
    return {line.split(":")[0].split(";")[0] for line in lines if ":" in line} - {"dn"}


@pytest.mark.parametrize("reader", ["dovecot", "postfix", "eoffice"])
def test_each_reader_sees_what_its_own_look_ups_need(listening, reader):
    client, n = listening.client(), f"R-{reader}"
    person = activated(client, n)
    heir = client.put(f"/v1/staff/{n}-2", an(full_name=nth("Người Tiếp Quản", len(reader) + ord(reader[0])))).json
    assert client.patch(f"/v1/staff/{n}", {"new_address": True, "login": f"moi.{reader}", "mail_quota_mib": 500}).status == 200
    assert client.put("/v1/units/T1.01/mailbox", {"holders": [n]}).status == 200
    full = OF_PEOPLE[reader] - {"cvDelegate", "cvAutoReply"}  # of leavers
    assert shown(listening, reader, "ou=people,dc=congvu", f"(mail=moi.{reader}@ninhthuan.gov.vn)") == full
    assert shown(listening, reader, "dc=congvu", "(objectClass=cvUnitEntry)") == OF_UNITS[reader]
    order = {"reason": "nghi_huu", "keep_mail_until": "2099-01-01", "delegate_to": heir["id"]}
    assert client.put(f"/v1/staff/{n}/departure", order).json["state"] == "done"
    gone = OF_PEOPLE[reader] - {"authorizedService"} if reader != "eoffice" else {"objectClass", "mail"}
    assert shown(listening, reader, "ou=people,dc=congvu", f"(mail=moi.{reader}@ninhthuan.gov.vn)") == gone
    guess = "(cn=*)" if reader != "eoffice" else "(uid=*)"
    assert "dn:" not in search(listening, reader, "-b", "ou=people,dc=congvu", guess, "dn").stdout, "nor found by what is hidden"
    assert person["id"]


def rules(text, base):
    """The access lines of a slapd.conf, in order, with one base."""
    lines = text.replace(base, "BASE").replace("\n  ", " ").splitlines()
    return [" ".join(line.split()) for line in lines if line.startswith("access to ")]


def printed():
    """The configuration of a site's own server."""
    return subprocess.run([BIN, "directory", "print", "--role", "provider", "--directory-base", "dc=example,dc=gov,dc=vn", "--directory-uri", "ldaps://site", "--data-dir", "/var/lib/congvu"], check=True,
                          capture_output=True, text=True, env={k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}).stdout


def test_offline_loads_are_not_made_by_several_threads(listening):
    """Of a backup tried, a restore, an index made anew: by two, one of six ended by a signal (OpenLDAP 2.5.13)."""
    for text in ((listening.data / "slapd/slapd.conf").read_text(), printed()):
        assert [line for line in text.splitlines() if line.startswith("tool-threads")] == ["tool-threads 1"]


def test_a_sites_server_gives_readers_what_the_embedded_server_gives(listening):
    mine = [r for r in rules((listening.data / "slapd/slapd.conf").read_text(), "dc=congvu") if "ou=readers" in r]
    theirs = [r for r in rules(printed(), "dc=example,dc=gov,dc=vn") if "ou=readers" in r]
    assert mine == theirs and len(mine) > 8


def test_e_office_finds_people_by_their_login_there(listening):
    client = listening.client()
    person = client.put("/v1/staff/R-EO", an(full_name="Người Văn Phòng", accounts=[{"system": "e-office", "desired": {"state": "present"}}])).json
    login = next(a["observed"]["login"] for a in person["accounts"] if a["system"] == "e-office")
    client.patch("/v1/systems/e-office", {"kind": "directory"})
    assert client.put("/v1/staff/R-EO/accounts/e-office", {"state": "present"}).status in (200, 202)
    found = search(listening, "eoffice", "-b", "ou=people,dc=congvu", f"(&(authorizedService=e-office)(cvAccountLogin;x-e-office={login}))", "cn", "cvUnit")
    assert "cvUnit: cvId=unt_" in found.stdout, found

    def plainly(value):
        return search(listening, "eoffice", "-b", "ou=people,dc=congvu", f"(cvSignIn={value})", "cn", "cvSignIn").stdout
    assert f"cvSignIn: e-office/{login}" in plainly(f"e-office/{login}") and f"cvSignIn: mailbox/{person['address'].split('@')[0]}" in plainly(f"e-office/{login}")
    assert client.put("/v1/staff/R-EO/accounts/e-office", {"state": "locked", "reason": "compromised"}).status in (200, 202)
    assert plainly(f"e-office/{login}") == ""


@node.NEEDED
@pytest.mark.parametrize("library", ["ldapts", "ldapjs"])
def test_an_e_office_on_node_signs_people_in(listening, library):
    line, = [l.strip() for l in (ROOT / "deploy/connectors/README.md").read_text().splitlines() if l.startswith("    ") and "cvSignIn" in l and ("ldap." in l) == (library == "ldapjs")]
    client, code = listening.client(), f"RN-{library}"
    client.put(f"/v1/staff/{code}", an(full_name=nth("Người Của Nút", len(library) + ord(library[-1])), accounts=[{"system": "e-office", "desired": {"state": "present"}}]))
    client.patch("/v1/systems/e-office", {"kind": "directory"})
    client.put(f"/v1/staff/{code}/accounts/e-office", {"state": "present"})
    activate(client, code)
    login = next(a["observed"]["login"] for a in client.get(f"/v1/staff/{code}").json["accounts"] if a["system"] == "e-office")
    asked = {"uri": listening.ready["directory_listen"], "dn": reader_dn("eoffice"), "secret": (listening.data / "readers/eoffice.pass").read_text().strip(), "library": library, "line": line}

    def signs_in(name, password):
        done = subprocess.run(["node", "sign_in.mjs"], cwd=node.ready(ROOT / "tests/readers"), input=json.dumps({**asked, "login": name, "password": password}), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
    assert signs_in(login, PASSWORD) == "in" and signs_in(login, "wrong") == "refused"
    assert {signs_in(name, PASSWORD) for name in ("*", f"{login[:-1]}*", f"x)(cvSignIn=e-office/{login}", "Đào")} == {"unknown"}, "what people type is no filter"
    assert client.put(f"/v1/staff/{code}/accounts/e-office", {"state": "locked", "reason": "compromised"}).status in (200, 202)
    assert signs_in(login, PASSWORD) == "unknown"


def test_a_reader_cannot_write_and_passwords_are_hashed(listening):
    person = activated(listening.client(), "R-2")
    dn = f"cvId={person['id']},ou=people,dc=congvu"
    password = (listening.data / "readers/dovecot.pass").read_text().strip()
    change = listening.data / "change.ldif"
    change.write_text(f"dn: {dn}\nchangetype: modify\nreplace: mail\nmail: other@ninhthuan.gov.vn\n")
    refused = ldap("ldapmodify", listening.ready["directory_listen"], reader_dn("dovecot"), password, "-f", str(change))
    assert refused.returncode == 50, refused.stderr
    dump = subprocess.run(["/usr/sbin/slapcat", "-f", str(listening.data / "slapd/slapd.conf"), "-b", "dc=congvu", "-a", "(cn=dovecot)", "-o", "ldif-wrap=no"],
                          capture_output=True, text=True).stdout
    assert parse_ldif(dump)[0]["userPassword"][0].startswith("{ARGON2}") and password not in dump
    assert ldap("ldapwhoami", listening.ready["directory_listen"], dn, PASSWORD).returncode == 0
    assert ldap("ldapwhoami", listening.ready["directory_listen"], dn, "wrong").returncode == 49


def test_deleting_the_file_rotates_the_password(start):
    service = start(directory_listen="127.0.0.1:0")
    file = service.data / "readers/postfix.pass"
    first = file.read_text().strip()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    service.stop()
    kept = start(service.data, directory_listen="127.0.0.1:0")
    assert file.read_text().strip() == first
    kept.stop()
    file.unlink()
    rotated = start(service.data, directory_listen="127.0.0.1:0")
    second = file.read_text().strip()
    uri = rotated.ready["directory_listen"]
    assert second != first
    assert ldap("ldapwhoami", uri, reader_dn("postfix"), second).returncode == 0
    assert ldap("ldapwhoami", uri, reader_dn("postfix"), first).returncode == 49


def test_what_the_directory_forgot_is_set_again_from_the_file(start):
    service = start(directory_listen="127.0.0.1:0")
    file = service.data / "readers/dovecot.pass"
    service.stop()
    file.write_text("another-password-of-the-backup\n")
    again = start(service.data, directory_listen="127.0.0.1:0")
    assert ldap("ldapwhoami", again.ready["directory_listen"], reader_dn("dovecot"), "another-password-of-the-backup").returncode == 0


def test_there_is_no_listener_unless_asked_for(start):
    service = start()
    assert "directory_listen" not in service.ready and not (service.data / "readers").exists()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "10.0.0.1:389", "[::]:0", "localhost:0", "127.0.0.1", "127.0.0.1:70000"])
def test_nothing_but_loopback(spec, address):
    service = Service(spec=spec, directory_listen=address)
    try:
        with pytest.raises(AssertionError, match="only loopback addresses"):
            service.start()
    finally:
        service.clean()
