"""Mail servers beside the service: an identity each, on loopback, that sees what delivering needs and nothing else."""
import os
import stat
import subprocess

import pytest

from congvu import Service, an, make_units, parse_ldif

PASSWORD = "Mat-Khau-Rieng-9"


def reader_dn(name):
    return f"cn={name},ou=readers,ou=system,dc=congvu"


def ldap(program, uri, dn, password, *arguments):
    return subprocess.run([program, "-x", "-H", uri, "-D", dn, "-y", "/dev/stdin", *arguments], input=password, text=True, capture_output=True)


def search(service, name, *arguments):
    password = (service.data / f"readers/{name}.pass").read_text().strip()
    return ldap("ldapsearch", service.ready["directory_listen"], reader_dn(name), password, "-LLL", "-o", "ldif-wrap=no", *arguments)


@pytest.fixture(scope="module")
def listening(spec):
    service = Service(spec=spec, directory_listen="127.0.0.1:0").start()
    try:
        make_units(service.client())
        yield service
        service.stop()
    finally:
        service.clean()


def activated(client, code):
    person = client.put(f"/v1/staff/{code}", an(mobile="+84900000001", birth_year=1990)).json
    once = client.post(f"/v1/staff/{code}/accounts/mailbox/credential-resets", None).json["code"]
    assert client.post("/v1/activations", {"code": once, "password": PASSWORD}).status == 204
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
