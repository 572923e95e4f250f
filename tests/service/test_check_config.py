"""check-config finds what a start would stumble over: everything at once, with its remedy."""
import os
import subprocess

import pytest

from congvu import BIN


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
    (tmp_path / "ca.crt").write_text("-----BEGIN CERTIFICATE-----\n")
    arguments = ["--directory-uri", "ldaps://ldap.example.vn", "--directory-bind-dn", "cn=x", "--data-dir", tmp_path / "data",
                 "--directory-password-file", tmp_path / "password", "--directory-ca-file", tmp_path / "ca.crt"]
    (tmp_path / "password").chmod(0o640)
    assert "directory_password_file" in check(*arguments)[1]
    (tmp_path / "password").chmod(0o600)
    assert check(*arguments) == (0, "")
    (tmp_path / "data").chmod(0o755)
    assert "chmod 700" in check(*arguments)[1]


@pytest.mark.parametrize("text, word", [("", "certificate"), ("not a certificate\n", "certificate")])
def test_a_ca_file_without_a_certificate(tmp_path, text, word):
    (tmp_path / "ca.crt").write_text(text)
    assert word in check("--data-dir", tmp_path / "data", "--directory-ca-file", tmp_path / "ca.crt")[1]
