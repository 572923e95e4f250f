#!/bin/bash
# Dovecot 2.4.1 (Debian 13): `quota-status`, asked by Postfix at RCPT, answers an empty action for mail that is larger than the whole quota.
#
# Up to 2.3 such mail got what quota_status_overquota says unless quota_status_toolarge said otherwise. In 2.4 the two are apart, toolarge is
# empty when it is not set, and an empty action is what goes to Postfix: it warns "entry has empty value" and takes the mail, which then comes
# back to its sender as a bounce. Mail that would fit into an empty mailbox, but not into this one, gets the text as before: with a test of
# small messages nobody sees it.
# So: set both.
#
# Makes a root of Debian 13 in a temporary folder (needs root, debootstrap and the archive). Exit 0: still so; 1: it has changed; 2: not tried.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap" >&2; exit 2; }
debootstrap --variant=minbase --include=dovecot-core,python3-minimal trixie "$folder/root" >"$folder/log" 2>&1 || { tail -5 "$folder/log" >&2; exit 2; }
cat >"$folder/root/seen.sh" <<'SH'
set -eu
mkdir -p /seen/run /seen/home/Maildir
chown -R nobody /seen/home
ask() { # the lines of the configuration that differ; answers what Postfix would get for a small and for a too large message
    cat >/seen/dovecot.conf <<CONF
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = /seen/run
log_path = /seen/log
protocols =
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
mail_uid = nobody
mail_gid = nogroup
mail_driver = maildir
mail_path = ~/Maildir
mail_plugins {
  quota = yes
}
quota "User quota" {
}
quota_storage_size = 1M
quota_storage_grace = 0
quota_status_success = DUNNO
$1
userdb static {
  fields {
    home = /seen/home
  }
}
passdb static {
  password = x
}
service quota-status {
  executable = quota-status -p postfix
  unix_listener quota-status {
    mode = 0666
  }
}
CONF
    dovecot -c /seen/dovecot.conf
    until [ -S /seen/run/quota-status ]; do sleep 0.1; done
    python3 - <<'PY'
import socket
for size in 100, 3000000:
    door = socket.socket(socket.AF_UNIX)
    door.connect("/seen/run/quota-status")
    door.settimeout(20)
    door.sendall(f"request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=an@example.org\nsize={size}\n\n".encode())
    print(door.recv(300).decode().strip())
PY
    doveadm -c /seen/dovecot.conf stop
    while [ -e /seen/run/master.pid ]; do sleep 0.1; done
}
dovecot --version
ask 'quota_status_overquota = 552 5.2.2 Mailbox is full'
ask 'quota_status_overquota = 552 5.2.2 Mailbox is full
quota_status_toolarge = 552 5.2.2 Mailbox is full'
SH
unshare --mount --pid --fork --kill-child --mount-proc="$folder/root/proc" chroot "$folder/root" /bin/bash /seen.sh >"$folder/seen" 2>"$folder/errors" || {
    cat "$folder/errors" >&2
    exit 2
}
cat "$folder/seen"
grep -q '^2\.4\.1' "$folder/seen" || { echo "another version" >&2; exit 1; }
[ "$(tail -4 "$folder/seen")" = "action=DUNNO
action=
action=DUNNO
action=552 5.2.2 Mailbox is full" ] || { echo "it has changed" >&2; exit 1; }
