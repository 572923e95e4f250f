"""check-config finds what a start would stumble over: everything at once, with its remedy."""
import json
import os
import subprocess

import pytest

from congvu import BIN, ROOT


# of 2015; which tools make one that is over differs from release to release
OVER = """-----BEGIN CERTIFICATE-----
MIIBBTCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARvdmVyMB4XDTE1MDEw
MTAwMDAwMFoXDTE2MDEwMTAwMDAwMFowDzENMAsGA1UEAwwEb3ZlcjBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABIXdLe6KbDo3/feGqxbGGzAYqqJwDMJ/DKzpJsKd
KSuOW4p/s6pi9pZ3DnI/ryUkcSmMfmE1ARBAEorQ8NUIZ20wCgYIKoZIzj0EAwID
SAAwRQIgVbwFd2otJVYR3ByKyOyxmHAz2KbuWF73+K79tHcv22QCIQDaJ91WHM7E
BdKPsqN5kh1FyqM3eUV95aYBoG0nrc9zhw==
-----END CERTIFICATE-----
"""


def certificate(path):
    """A new authority in PEM."""
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=ca", "-days", "2", "-keyout", "/dev/null", "-out", path]
    subprocess.run(made, check=True, capture_output=True)
    return path.read_text()



def check(*arguments):
    env = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    done = subprocess.run([BIN, "check-config", *map(str, arguments)], capture_output=True, text=True, timeout=60, env=env)
    return done.returncode, done.stderr


def test_nothing_to_say_about_a_folder_that_the_first_start_makes(tmp_path):
    assert check("--data-dir", tmp_path / "data") == (0, "")
    assert not (tmp_path / "data").exists()


def test_everything_that_is_missing_beside_a_sites_directory_is_told_at_once(tmp_path):
    code, said = check("--directory-uri", "ldaps://ldap.example.vn", "--directory-bind-dn", "cn=x", "--data-dir", tmp_path / "data",
                       "--directory-password-file", tmp_path / "password", "--directory-ca-file", tmp_path / "ca.crt",
                       "--key-file", tmp_path / "key", "--connector-secret-dir", tmp_path / "secrets", "--policy-file", tmp_path / "policy.json")
    assert code == 2
    for name in ("data_dir", "directory_password_file", "directory_ca_file", "key_file", "connector_secret_dir", "policy_file"):
        assert f"congvud: {name}: " in said, (name, said)


def test_what_is_there_and_private_is_fine(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "password").write_text("bi mat\n")
    certificate(tmp_path / "ca.crt")
    arguments = ["--directory-uri", "ldaps://ldap.example.vn", "--directory-bind-dn", "cn=x", "--data-dir", tmp_path / "data",
                 "--directory-password-file", tmp_path / "password", "--directory-ca-file", tmp_path / "ca.crt"]
    (tmp_path / "password").chmod(0o640)
    assert "directory_password_file" in check(*arguments)[1]
    (tmp_path / "password").chmod(0o600)
    assert check(*arguments) == (0, "")
    (tmp_path / "data").chmod(0o755)
    assert "chmod 700" in check(*arguments)[1]


def ca_said(tmp_path, text):
    (tmp_path / "ca.crt").write_text(text)
    return check("--data-dir", tmp_path / "data", "--directory-ca-file", tmp_path / "ca.crt")


@pytest.mark.parametrize("text", ["", "not a certificate\n", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"])
def test_a_ca_file_without_a_certificate(tmp_path, text):
    code, said = ca_said(tmp_path, text)
    assert code == 2 and said.startswith("congvud: directory_ca_file: ") and "no certificate" in said, said


def test_a_ca_file_is_read_as_it_is_used(tmp_path):
    good = certificate(tmp_path / "good")
    assert ca_said(tmp_path, "# the site's own\n" + good + OVER) == (0, ""), "a former one may stay beside it"
    assert "expired" in ca_said(tmp_path, OVER)[1]
    assert "no certificate" in ca_said(tmp_path, good + good.replace("MII", "AAA"))[1], "the second one is damaged"


OIDC = {"oidc-issuer": "https://sso.tinh.gov.vn", "oidc-client-id": "congvu", "oidc-redirect-uri": "https://congvu.tinh.gov.vn/v1/oidc/callback"}


@pytest.mark.parametrize("setting, value", [("oidc-issuer", "sso.tinh.gov.vn"), ("oidc-redirect-uri", ""), ("oidc-client-id", ""), ("oidc-claim-is", "name"), ("oidc-allow", "somewhere"),
                                            ("oidc-credential-file", "/nowhere/credential"), ("oidc-ca-file", "/nowhere/ca.crt"), ("second-factor-roles", "queen"),
                                            ("deny-words-file", "/nowhere/words"), ("holidays-file", "/nowhere/days"),
                                            ("font-dir", "/nowhere/fonts"), ("connector-file-dir", "/nowhere/files"), ("audit-witness", "/nowhere/congvu.witness")])
def test_what_a_start_or_its_first_use_would_stumble_over_is_named(tmp_path, setting, value):
    settings = {**OIDC, setting: value}
    code, said = check("--data-dir", tmp_path / "data", *(word for name, text in settings.items() for word in ("--" + name, text)))
    assert code == 2 and said.startswith(f"congvud: {setting.replace('-', '_')}: ") and ": :" not in said and said.count("\n") == 1, said


def test_a_common_sign_in_that_is_whole_is_fine(tmp_path):
    assert check("--data-dir", tmp_path / "data", *(word for name, text in OIDC.items() for word in ("--" + name, text))) == (0, "")


# Whoever has not set a password in time is locked where it stands on top: that is decided by who runs the service.
BY_CHOICE = {("default_password", "max_age_days"), ("default_password", "warn_days")}
PRESETS = sorted(p for p in (ROOT / "deploy/policies").glob("*.json") if "preset" in json.loads(p.read_text()))


def members(value, path=()):
    return [leaf for name, inner in value.items() for leaf in members(inner, (*path, name))] if isinstance(value, dict) else [(path, value)]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.stem)
def test_what_a_preset_only_remembers_is_obeyed_by_nothing(preset, tmp_path):
    """Put where a rule stands, each of them is refused."""
    rule, obeyed = json.loads(preset.read_text()), []
    remembered = rule.pop("also_regulated")
    for path, value in members(remembered):
        tried = json.loads(json.dumps(rule))
        at = tried
        for name in path[:-1]:
            at = at.setdefault(name, {})
        at[path[-1]] = value
        (tmp_path / "policy.json").write_text(json.dumps(tried))
        if check("--data-dir", tmp_path / "data", "--policy-file", tmp_path / "policy.json")[0] == 0:
            obeyed.append(path)
    assert set(obeyed) - BY_CHOICE == set()
