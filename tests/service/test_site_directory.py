"""Beside a site's own OpenLDAP: the shipped example configuration, ldaps, a simple bind with a password file."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess

import pytest

from congvu import ROOT, an, make_units, nth, parse_ldif, wait_for

BASE = "dc=example,dc=gov,dc=vn"
SERVICE = f"cn=service,ou=system,{BASE}"
PASSWORD = "Mat-Khau-Cua-Dich-Vu-9"
EXAMPLE = ROOT / "deploy/openldap"


def run(*command, **more):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, **more).stdout


def make_ca(folder, name):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt")
    return folder / f"{name}.crt"


def make_server_certificate(folder, ca):
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
        "-keyout", folder / "server.key", "-out", folder / "server.csr")
    run("openssl", "x509", "-req", "-days", "2", "-in", folder / "server.csr", "-CA", ca, "-CAkey", ca.with_suffix(".key"), "-CAcreateserial",
        "-extfile", folder / "names", "-out", folder / "server.crt")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Site:
    """The site's slapd: slapd.conf.example with nothing but its paths replaced and TLS switched on."""

    def __init__(self, folder):
        self.folder, self.process = folder, None
        self.ca = make_ca(folder, "site-ca")
        make_server_certificate(folder, self.ca)
        text = (EXAMPLE / "slapd.conf.example").read_text()
        for old, new in (("/etc/ldap/schema/congvu.schema", EXAMPLE / "congvu.schema"), ("/var/lib/ldap/", f"{folder}/"), ("/run/slapd/", f"{folder}/"),
                         ("/etc/ldap/tls/", f"{folder}/"), ("#TLSCertificate", "TLSCertificate")):
            assert str(old) in text, old
            text = text.replace(str(old), str(new))
        for line in text.splitlines():
            if line.startswith("directory "):
                pathlib.Path(line.split()[1]).mkdir()
        self.conf = folder / "slapd.conf"
        self.conf.write_text(text)
        (folder / "clear").write_text(PASSWORD)
        hashed = run("slappasswd", "-o", "module-load=argon2", "-h", "{ARGON2}", "-T", folder / "clear").strip()
        (folder / "first.ldif").write_text((EXAMPLE / "first.ldif.example").read_text().replace("{ARGON2}PUT-A-HASH-HERE", hashed))
        run("/usr/sbin/slapadd", "-q", "-f", self.conf, "-b", BASE, "-l", folder / "first.ldif")

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return self.process.poll()

    def start(self):
        for _ in range(5):  # somebody else may take the port in between
            self.port = free_port()
            self.process = subprocess.Popen(["/usr/sbin/slapd", "-f", self.conf, "-h", f"ldaps://127.0.0.1:{self.port} ldap://127.0.0.1:{free_port()}", "-d", "0"],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if wait_for(self.answers, "slapd answers or ends") is True and self.process.poll() is None:
                return self
        raise AssertionError("slapd does not start with the example configuration")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def settings(self, data, **more):
        """A settings file for congvud; answers its path."""
        password = data / "directory.password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)
        lines = {"data_dir": data, "directory_uri": f"ldaps://127.0.0.1:{self.port}", "directory_base": BASE, "directory_bind_dn": SERVICE,
                 "directory_password_file": password, "directory_ca_file": self.ca, **more}
        path = data / "congvu.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        return path

    def ldapsearch(self, dn, password, *arguments):
        (self.folder / "given").write_text(password)
        return subprocess.run(["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", f"ldaps://127.0.0.1:{self.port}", "-D", dn, "-y", self.folder / "given", *arguments],
                              capture_output=True, text=True, env={**os.environ, "LDAPTLS_CACERT": str(self.ca)})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site")).start()
    yield site
    site.stop()


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def refused(start, data, config):
    with pytest.raises(AssertionError, match="no ready line") as fault:
        start(data, config=config)
    return str(fault.value)


def test_the_example_serves_everything_over_ldaps_with_a_password(site, start, data):
    service = start(data, config=site.settings(data))
    admin = service.client()
    make_units(admin)
    assert [admin.put(f"/v1/staff/S-{i}", an(full_name=nth("Người Ở Tỉnh", i))).status for i in range(12)] == [201] * 12
    assert admin.get("/v1/staff", q="nguoi o tinh", include_total=True).json["total"] == 12, "the feed runs over TLS as well"
    person = admin.get("/v1/staff/S-0").json
    code = admin.post("/v1/staff/S-0/accounts/mailbox/credential-resets", None).json["code"]
    assert admin.post("/v1/activations", {"code": code, "password": "Mat-Khau-Rieng-9"}).status == 204
    dn = f"cvId={person['id']},ou=people,{BASE}"
    assert site.ldapsearch(dn, "Mat-Khau-Rieng-9", "-b", dn, "-s", "base").returncode in (0, 32), "may bind, sees nothing"
    assert admin.put("/v1/staff/S-0/departure", {"reason": "thoi_viec"}).status == 200
    assert site.ldapsearch(dn, "Mat-Khau-Rieng-9", "-b", dn, "-s", "base").returncode == 49, "a leaver does not bind"
    stored = parse_ldif(site.ldapsearch(SERVICE, PASSWORD, "-b", f"ou=people,{BASE}", "(objectClass=cvStaff)", "mail", "userPassword").stdout)
    assert len({e["mail"][0] for e in stored}) == 12 and not any("userPassword" in e for e in stored), "the service reads no password"
    service.stop()
    again = start(data, config=data / "congvu.conf")
    assert again.client().get("/v1/staff/S-0").json["status"] == "departed", "its first token is still good"
    assert PASSWORD not in service.log.read_text()


def test_a_server_with_another_ca_is_not_spoken_to(site, start, data):
    wrong = make_ca(data, "other-ca")
    text = refused(start, data, site.settings(data, directory_ca_file=wrong))
    assert "directory" in text and PASSWORD not in text
    site.settings(data, directory_ca_file="")
    refused(start, data, data / "congvu.conf")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_password_file_that_others_can_read_is_refused(site, start, data, mode):
    config = site.settings(data)
    (data / "directory.password").chmod(mode)
    assert "directory.password" in refused(start, data, config)


def test_a_password_file_that_is_a_link_empty_or_wrong_is_refused(site, start, data):
    config = site.settings(data)
    password = data / "directory.password"
    password.rename(data / "elsewhere")
    password.symlink_to(data / "elsewhere")
    assert "directory.password" in refused(start, data, config)
    password.unlink()
    password.touch(mode=0o600)
    assert "directory.password" in refused(start, data, config)
    password.write_text("Mat-Khau-Sai-1\n")
    refused(start, data, config)


def test_the_machine_cannot_switch_the_check_off(site, start, data, monkeypatch):
    monkeypatch.setenv("LDAPTLS_REQCERT", "never")
    refused(start, data, site.settings(data, directory_ca_file=""))


def test_a_password_is_never_sent_in_clear(site, start, data):
    text = refused(start, data, site.settings(data, directory_uri="ldap://ldap.example.gov.vn:389"))
    assert "directory_uri" in text and "ldaps" in text
