"""Beside a site's own OpenLDAP: the shipped example configuration, ldaps, a simple bind with a password file."""
import pytest

from congvu import an, make_units, nth, parse_ldif
from site_directory import BASE, PASSWORD, SERVICE, Site, make_ca


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
    for _ in range(14):
        assert site.ldapsearch(SERVICE, "wrong", "-b", "", "-s", "base").returncode == 49
    assert site.ldapsearch(SERVICE, PASSWORD, "-b", "", "-s", "base").returncode == 0, "the service is never locked out"


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
