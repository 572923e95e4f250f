"""What the service of the first slice left (tests/service/first_slice), put into a data folder in place of what is there."""
import re
import subprocess

from congvu import ROOT

LEFT = ROOT / "tests/service/first_slice"


def load(service, fingerprint=None):
    """The service is stopped. With the fingerprint of its own key they are its own data."""
    slapd = service.data / "slapd"
    for suffix, database, text in (("dc=congvu", "db", "records"), ("cn=log", "log", "log")):
        for file in (slapd / database).iterdir():
            file.unlink()
        ldif = (LEFT / f"{text}.ldif").read_text()
        if fingerprint:
            ldif = re.sub("(?m)^cvKeyFingerprint: .*", f"cvKeyFingerprint: {fingerprint}", ldif)
        subprocess.run(["/usr/sbin/slapadd", "-q", "-f", slapd / "slapd.conf", "-b", suffix], input=ldif, text=True, check=True, capture_output=True)
