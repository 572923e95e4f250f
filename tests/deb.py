#!/usr/bin/env python3
"""The installed unit as systemd would run it, in a root where systemd is not process 1: `deb.py run|drill|mail`, of tests/deb-inside.sh."""
import json
import os
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

UNIT = open("/usr/lib/systemd/system/congvud.service").read()
DATA = pathlib.Path("/var/lib/congvu")
API = "http://127.0.0.1:8080"


def value(name):
    return re.search(rf"^{name}=(.*)$", UNIT, re.M)[1]


USER = pwd.getpwnam(value("User"))


class Unit:
    """ExecStart as the unit's user; a listener in systemd's place."""

    def __init__(self, **more):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.path.exists("/run/notify"):
            os.unlink("/run/notify")
        self.listener.bind("/run/notify")
        os.chmod("/run/notify", 0o666)
        self.listener.settimeout(60)
        assert value("Type") == "notify" and int(value("WatchdogSec")) > 0
        self.process = subprocess.Popen(shlex.split(value("ExecStart")), user=USER.pw_uid, group=USER.pw_gid, extra_groups=[], umask=0o077, cwd="/",
                                        env={"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "600000", **more})
        self.hear("READY=1")

    def hear(self, word):
        while word not in self.listener.recv(4096).decode():
            pass

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.hear("STOPPING=1")
        assert self.process.wait(60) == 0


def wait(condition, what, bound_s=120):
    end = time.monotonic() + bound_s
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def call(method, path, token, body=None):
    request = urllib.request.Request(API + path, method=method, data=json.dumps(body).encode() if body else None,
                                     headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=60))


def sh(line):
    done = subprocess.run(["bash", "-euc", line], capture_output=True, text=True)
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout


def new_token():
    return sh(f"setpriv --reuid=congvu --regid=congvu --clear-groups congvud token --data-dir {DATA}").split()[-1]


def onboard(code, name, token):
    assert call("PUT", f"/v1/staff/{code}", token, {"full_name": name, "unit": "T1", "title": "Chuyên viên", "category": "cong_chuc"})["address"]


def run():
    unit = Unit()
    unit.hear("WATCHDOG=1")
    ready = urllib.request.urlopen(API + "/readyz").read().decode()
    assert urllib.request.urlopen("http://127.0.0.1:8082/metrics").status == 200, "as its settings say"
    assert '"status":"ready"' in ready or '"status":"degraded"' in ready, ready
    unit.stop()
    print("READY, WATCHDOG, STOPPING heard; exit 0")


def slapd_runs():
    def words(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            return ""
    return any(f"{DATA}/slapd" in words(pid) for pid in os.listdir("/proc") if pid.isdigit())


def readme_commands():
    text = open("/usr/share/doc/congvu/README.md").read()
    block, = [b for b in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S) if "congvud restore" in b]
    return [line for line in block.splitlines() if not line.startswith("#")]


def machine_dies():
    """What is left of it: a disk whose files are another machine's users', and a key in a safe."""
    old, safe = pathlib.Path("/mnt/old-disk/var/lib"), pathlib.Path("/mnt/safe")
    old.mkdir(parents=True)
    safe.mkdir()
    shutil.move(DATA, old)
    shutil.move(old / "congvu/secret.key", safe)
    sh(f"chown -R 4711:4711 {old}/congvu {safe}; install -d -m 700 -o congvu -g congvu {DATA}")


def drill():
    """README's own commands: backed up while it runs, dead, restored, a token for one who has none."""
    make_folder, backup, own, restore, verify = readme_commands()
    witness = pathlib.Path("/mnt/elsewhere/congvu.witness")
    sh(f"install -d -o congvu {witness.parent}")
    unit = Unit(CONGVU_AUDIT_WITNESS=str(witness))
    token = (DATA / "admin.token").read_text().strip()
    call("PUT", "/v1/units/T1", token, {"name": {"vi": "Huyện Thử"}, "kind": "ubnd_huyen", "block": "chinh_quyen", "slug": "thu", "active_from": "2021-10-01"})
    onboard("S-1", "Nguyễn Văn An", token)
    sh(make_folder)
    sh(backup)
    onboard("S-2", "Trần Thị Bình", token)
    wait(witness.exists, "a checkpoint lies elsewhere")
    assert "nothing was changed" in sh(verify)
    unit.process.kill()
    unit.process.wait()
    wait(lambda: not slapd_runs(), "its slapd has ended")
    machine_dies()
    sh(own)
    made, = pathlib.Path("/srv/backup").iterdir()
    assert " 0 not (above)" in sh(restore.replace("2026-11-28", made.name))
    other = witness.with_name("congvu-2.witness")
    unit = Unit(CONGVU_AUDIT_WITNESS=str(other))
    assert {p["staff_code"] for p in call("GET", "/v1/staff?unit=T1", token)["items"]} == {"S-1", "S-2"}, "and the token is what it was"
    onboard("S-3", "Lê Văn Cường", new_token())
    wait(other.exists, "checkpoints of the log that begins")
    unit.stop()
    assert "nothing was changed" in sh(verify.replace(witness.name, other.name)) and "nothing was changed" in sh(verify.replace("/audit ", "/audit.former "))
    print("backed up, dead, restored with what was done since, a token made on the machine")


def mail():
    """up.sh as the package brings it."""
    unit = Unit(CONGVU_DIRECTORY_LISTEN="127.0.0.1:0", CONGVU_CONNECTOR_SECRET_DIR=str(DATA / "credentials"))
    (DATA / "admin.token").write_text(new_token())
    ports = pathlib.Path(f"{DATA}.mail/ports.json")
    up = subprocess.Popen(["/usr/share/congvu/mail/up.sh", "--data", DATA, "--url", API])
    wait(lambda: ports.exists() or up.poll() is not None, "the mail servers answer", 1200)  # it installs them first
    assert up.poll() is None and {"imap", "smtp"} <= set(json.loads(ports.read_text()))
    up.send_signal(signal.SIGTERM)
    up.wait(60)
    unit.stop()
    print("mail servers beside it answered and ended")


if __name__ == "__main__":
    {"run": run, "drill": drill, "mail": mail}[sys.argv[1]]()
