#!/usr/bin/env bash
# Inside the bare root of tests/deb.sh.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
step() { echo "== $*"; }
debs=/var/tmp/deb

step "install"
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$debs/one.deb" >/dev/null
apt-get install -y -qq --no-install-recommends python3 >/dev/null # for the listener below
[ "$(stat -c '%U %a' /var/lib/congvu)" = "congvu 700" ]
congvud --version

# ExecStart with the unit's environment, as its user; a listener sees READY, WATCHDOG and STOPPING
run() {
    python3 - <<'PY'
import os, pwd, re, shlex, signal, socket, subprocess, urllib.request
unit = open("/usr/lib/systemd/system/congvud.service").read()
value = lambda name: re.search(rf"^{name}=(.*)$", unit, re.M)[1]
user = pwd.getpwnam(value("User"))
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if os.path.exists("/run/notify"):
    os.unlink("/run/notify")
listener.bind("/run/notify")
os.chmod("/run/notify", 0o666)
listener.settimeout(60)
environment = {"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "600000", **dict(v.split("=", 1) for v in shlex.split(value("Environment")))}
assert value("Type") == "notify" and int(value("WatchdogSec")) > 0
process = subprocess.Popen(shlex.split(value("ExecStart")), env=environment, user=user.pw_uid, group=user.pw_gid, extra_groups=[], umask=0o077, cwd="/")
def hear(word):
    while word not in listener.recv(4096).decode():
        pass
hear("READY=1")
hear("WATCHDOG=1")
ready = urllib.request.urlopen("http://" + environment["CONGVU_LISTEN"] + "/readyz").read().decode()
assert '"status":"ready"' in ready or '"status":"degraded"' in ready, ready
process.send_signal(signal.SIGTERM)
hear("STOPPING=1")
assert process.wait(60) == 0
print("READY, WATCHDOG, STOPPING heard; exit 0")
PY
}
step "run"
run
token=$(sha256sum /var/lib/congvu/admin.token)
step "upgrade"
apt-get install -y -qq "$debs/two.deb" >/dev/null
run
[ "$(sha256sum /var/lib/congvu/admin.token)" = "$token" ]
step "remove, purge: the data stay"
apt-get remove -y -qq congvu >/dev/null
[ ! -e /usr/bin/congvud ] && [ -e /var/lib/congvu/admin.token ]
apt-get purge -y -qq congvu
[ -e /var/lib/congvu/admin.token ]
dpkg-query -W congvu 2>/dev/null | grep -q . && exit 1
rm -rf /var/lib/congvu
step "installed, run, upgraded, removed and purged"
