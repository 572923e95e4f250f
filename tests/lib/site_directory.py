"""A site's own slapd: what `congvud directory print` says, on free ports in a private folder."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess

from congvu import BIN, ROOT, wait_for

BASE = "dc=example,dc=gov,dc=vn"
SERVICE = f"cn=service,ou=system,{BASE}"
PASSWORD, REPLICA = "Mat-Khau-Cua-Dich-Vu-9", "Mat-Khau-Ban-Sao-9"
EXAMPLE = ROOT / "deploy/openldap"


def run(*command, **more):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, **more).stdout


def make_ca(folder, name):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt")
    return folder / f"{name}.crt"


def make_server_certificate(folder, ca, address):
    (folder / "names").write_text(f"subjectAltName=DNS:localhost,IP:{address}\n")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
        "-keyout", folder / "server.key", "-out", folder / "server.csr")
    run("openssl", "x509", "-req", "-days", "2", "-in", folder / "server.csr", "-CA", ca, "-CAkey", ca.with_suffix(".key"), "-CAcreateserial",
        "-extfile", folder / "names", "-out", folder / "server.crt")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Site:
    """One server of the site."""

    def __init__(self, folder, of=None, address="127.0.0.1", space=None):
        """`of`: follows that one's changes, from an empty folder on, and takes no writes itself. `space`: the network namespace that it runs in, with that address."""
        self.address, self.inside = address, ["ip", "netns", "exec", space] if space else []
        self.folder, self.process = folder, None
        self.ca = of.ca if of else make_ca(folder, "site-ca")
        make_server_certificate(folder, self.ca, address)
        self.alone = self.printed("provider")
        for line in self.alone.splitlines():
            if line.startswith("directory "):
                pathlib.Path(line.split('"')[1]).mkdir()
        self.conf = folder / "slapd.conf"
        self.conf.write_text(self.alone)
        if of:
            self.follow(of)
            return
        first = (EXAMPLE / "first.ldif.example").read_text()
        for password, place in ((PASSWORD, "PUT-A-HASH-HERE"), (REPLICA, "PUT-THE-HASH-OF-THE-REPLICA-HERE")):
            (folder / "clear").write_text(password)
            hashed = run("slappasswd", "-o", "module-load=argon2", "-h", "{ARGON2}", "-T", folder / "clear").strip()
            first = first.replace("{ARGON2}" + place, hashed)
        (folder / "first.ldif").write_text(first)
        run("/usr/sbin/slapadd", "-q", "-f", self.conf, "-b", BASE, "-l", folder / "first.ldif")

    def printed(self, role, *more):
        """What `congvud directory print` says, with nothing but its paths replaced."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
        text = run(BIN, "directory", "print", "--role", role, "--directory-base", BASE, "--directory-uri", "ldaps://127.0.0.1", "--data-dir", "/var/lib/congvu", "--directory-ca-file", self.ca, *more, env=environment)
        for old, new in (("/etc/ldap/schema/congvu.schema", EXAMPLE / "congvu.schema"), ("/var/lib/ldap/", f"{self.folder}/"), ("/run/slapd/", f"{self.folder}/"),
                         ("/etc/ldap/tls/", f"{self.folder}/")):
            assert str(old) in text, old
            text = text.replace(str(old), str(new))
        return text

    def follow(self, of):
        """At rest: it follows that one from its next start on."""
        password = self.folder / "replica.password"
        password.write_text(REPLICA + "\n")
        password.chmod(0o600)
        self.conf.write_text(self.printed("standby", "--url", of.uri, "--replica-password-file", password))

    def follow_nobody(self):
        """What an administrator does before `congvud directory promote`."""
        self.stop()
        self.conf.write_text(self.alone)
        self.start(self.port)

    def modify(self, ldif):
        """As cn=service, past congvud: what another process would write."""
        (self.folder / "given").write_text(PASSWORD)
        subprocess.run(["ldapmodify", "-x", "-H", f"ldaps://{self.address}:{self.port}", "-D", SERVICE, "-y", self.folder / "given"], input=ldif, text=True, check=True,
                       capture_output=True, env={**os.environ, "LDAPTLS_CACERT": str(self.ca)})

    def answers(self):
        """Itself: it writes its number once the ports are its own."""
        with contextlib.suppress(OSError, ValueError), socket.create_connection((self.address, self.port), timeout=1):
            return int((self.folder / "slapd.pid").read_text()) == self.process.pid
        return False

    def start(self, again=None):
        """`again`: the port that it had before."""
        for _ in range(5):  # somebody else may take the port in between
            self.port = again or free_port()
            self.process = subprocess.Popen([*self.inside, "/usr/sbin/slapd", "-f", self.conf, "-h", f"ldaps://{self.address}:{self.port} ldap://127.0.0.1:{free_port()}", "-d", "0"],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: self.process.poll() is not None or self.answers(), "slapd answers or ends")
            if self.process.poll() is None:
                return self
        raise AssertionError("slapd does not start with the example configuration")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    @property
    def uri(self):
        return f"ldaps://{self.address}:{self.port}"

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
        return subprocess.run(["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", f"ldaps://{self.address}:{self.port}", "-D", dn, "-y", self.folder / "given", *arguments],
                              capture_output=True, text=True, env={**os.environ, "LDAPTLS_CACERT": str(self.ca)})

    def context(self):
        """How far it is."""
        return self.ldapsearch(f"cn=replica,ou=system,{BASE}", REPLICA, "-b", BASE, "-s", "base", "contextCSN").stdout

    def entries(self, suffix):
        return self.dump(suffix).count("\ndn:") + 1

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
        return pathlib.Path(lines[lines.index(f'suffix "{suffix}"') + 1].split('"')[1])
