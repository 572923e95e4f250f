"""A site's own slapd: the shipped example configuration on free ports in a private folder."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess

from congvu import ROOT, wait_for

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

    def __init__(self, folder, of=None):
        """`of`: an exact copy of that one, at rest, which then follows its changes and takes no writes itself."""
        self.folder, self.process = folder, None
        self.ca = of.ca if of else make_ca(folder, "site-ca")
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
        root = f'rootdn "cn=slapd,{BASE}"\n'
        self.alone = text.replace(root, f"{root}rootpw {PASSWORD}\n")  # replication reads passwords too; nobody else uses it
        self.conf.write_text(self.alone)
        if of:
            self.copy(of, root)
            return
        (folder / "clear").write_text(PASSWORD)
        hashed = run("slappasswd", "-o", "module-load=argon2", "-h", "{ARGON2}", "-T", folder / "clear").strip()
        (folder / "first.ldif").write_text((EXAMPLE / "first.ldif.example").read_text().replace("{ARGON2}PUT-A-HASH-HERE", hashed))
        run("/usr/sbin/slapadd", "-q", "-f", self.conf, "-b", BASE, "-l", folder / "first.ldif")

    def copy(self, of, root):
        self.load(of.dump())
        for name in ("usage", "leases"):
            self.load(f"dn: ou={name}\nobjectClass: organizationalUnit\nou: {name}\n", f"ou={name}")
        self.conf.write_text(self.alone.replace(root, f"""{root}syncrepl rid=001 provider=ldaps://127.0.0.1:{of.port} type=refreshAndPersist retry="1 +"
  searchbase="{BASE}" bindmethod=simple binddn="cn=slapd,{BASE}" credentials={PASSWORD} tls_cacert={of.ca} tls_reqcert=demand
"""))

    def follow_nobody(self):
        """What an administrator does before `congvud directory promote`."""
        self.stop()
        self.conf.write_text(self.alone)
        self.start(self.port)

    def modify(self, ldif):
        """As cn=service, past congvud: what another process would write."""
        (self.folder / "given").write_text(PASSWORD)
        subprocess.run(["ldapmodify", "-x", "-H", f"ldaps://127.0.0.1:{self.port}", "-D", SERVICE, "-y", self.folder / "given"], input=ldif, text=True, check=True,
                       capture_output=True, env={**os.environ, "LDAPTLS_CACERT": str(self.ca)})

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return self.process.poll()

    def start(self, again=None):
        """`again`: the port that it had before."""
        for _ in range(5):  # somebody else may take the port in between
            self.port = again or free_port()
            self.process = subprocess.Popen(["/usr/sbin/slapd", "-f", self.conf, "-h", f"ldaps://127.0.0.1:{self.port} ldap://127.0.0.1:{free_port()}", "-d", "0"],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if wait_for(self.answers, "slapd answers or ends") is True and self.process.poll() is None:
                return self
        raise AssertionError("slapd does not start with the example configuration")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    @property
    def uri(self):
        return f"ldaps://127.0.0.1:{self.port}"

    def settings(self, data, **more):
        """A settings file for congvud; answers its path."""
        password = data / "directory.password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)
        lines = {"data_dir": data, "directory_uri": self.uri, "directory_base": BASE, "directory_bind_dn": SERVICE,
                 "directory_password_file": password, "directory_ca_file": self.ca, **more}
        path = data / "congvu.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        return path

    def ldapsearch(self, dn, password, *arguments):
        (self.folder / "given").write_text(password)
        return subprocess.run(["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", f"ldaps://127.0.0.1:{self.port}", "-D", dn, "-y", self.folder / "given", *arguments],
                              capture_output=True, text=True, env={**os.environ, "LDAPTLS_CACERT": str(self.ca)})

    def restart(self):
        self.stop()
        return self.start(self.port)

    def dump(self, suffix=BASE):
        """As LDIF; also while it runs."""
        return run("/usr/sbin/slapcat", "-f", self.conf, "-b", suffix)

    def load(self, ldif, suffix=BASE, empty=True):
        """At rest: what was dumped (or more of it) goes in, in place of what is there."""
        path = self.folder / "load.ldif"
        path.write_text(ldif)
        if empty:
            for file in self.database(suffix).iterdir():
                file.unlink()
        run("/usr/sbin/slapadd", "-q", "-w", "-f", self.conf, "-b", suffix, "-l", path)

    def database(self, suffix):
        lines = self.conf.read_text().splitlines()
        return pathlib.Path(lines[lines.index(f'suffix "{suffix}"') + 1].split()[1])
