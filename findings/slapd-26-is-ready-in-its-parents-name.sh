#!/bin/bash
# slapd 2.6.10 (Debian 13): it says READY=1 to the socket in NOTIFY_SOCKET by itself, whoever started it; that of Debian 12 (2.5) says nothing.
#
# A service of Type=notify that runs slapd as a child of its own hands it that variable with the rest of the environment. What listens there
# without looking at who speaks (NotifyAccess=all, a container's supervisor, a test) then takes the service for ready while it is still
# starting, in our case before its own port was open. When slapd ends it says nothing.
# So: take NOTIFY_SOCKET (and WATCHDOG_*) out of the environment of a slapd that is a child.
#
# Makes a root of Debian 13 in a temporary folder (needs root, debootstrap and the archive). Exit 0: still so; 1: it has changed; 2: not tried.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap" >&2; exit 2; }
debootstrap --variant=minbase --include=slapd,python3-minimal trixie "$folder/root" >"$folder/log" 2>&1 || { tail -5 "$folder/log" >&2; exit 2; }
cat >"$folder/root/seen.py" <<'PY'
import os, signal, socket, subprocess

os.makedirs("/seen/db")
open("/seen/slapd.conf", "w").write("modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile /seen/pid\ndatabase mdb\nsuffix \"\"\ndirectory /seen/db\n")


def heard(environment):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind("/seen/notify")
    listener.settimeout(5)
    child = subprocess.Popen(["/usr/sbin/slapd", "-h", "ldapi://%2Fseen%2Fldapi", "-f", "/seen/slapd.conf", "-d", "0"], env=environment)
    words = []
    try:
        words += listener.recv(4096).decode().split("\n")
    except TimeoutError:
        pass
    child.send_signal(signal.SIGTERM)
    child.wait()
    try:
        while True:
            words += listener.recv(4096).decode().split("\n")
    except TimeoutError:
        pass
    os.unlink("/seen/notify")
    return [w for w in words if w in ("READY=1", "STOPPING=1")]


print(heard({"PATH": "/usr/sbin:/usr/bin", "NOTIFY_SOCKET": "/seen/notify"}), heard({"PATH": "/usr/sbin:/usr/bin"}))
PY
version=$(chroot "$folder/root" dpkg-query -W -f '${Version}' slapd)
said=$(chroot "$folder/root" python3 /seen.py)
echo "slapd $version: with the variable, without: $said"
case "$said" in
"['READY=1'] []") exit 0 ;;
*) exit 1 ;;
esac
