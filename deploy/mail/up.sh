#!/usr/bin/env bash
# Dovecot and Postfix beside a running quickstart, private to this machine: own folders, free loopback ports, nothing left
# when it ends. For a person with any mail client, and for the tests.
set -euo pipefail

usage() {
    cat <<'TEXT'
deploy/mail/up.sh [--url URL] [--data DIR] [--work DIR] [--domain D[,D]]
deploy/mail/up.sh --accept-gaps [--data DIR] [--work DIR]
  --url URL     the service's API; it is told (with DATA/admin.token) where to end sessions / địa chỉ API của dịch vụ
  --data DIR    data folder of the running service (default: quickstart's) / thư mục dữ liệu của dịch vụ
  --work DIR    what the mail servers keep: mail, configuration, logs (default: DATA.mail) / thư mục của máy chủ thư
  --domain D    mail domains that are delivered (default: ninhthuan.gov.vn) / tên miền
  --accept-gaps beside one that runs: days of which sign-ins were lost count as reported from now on
                cạnh bản đang chạy: từ nay các ngày bị mất lượt đăng nhập được coi là đã báo đủ
TEXT
}

here=$(cd "$(dirname "$0")" && pwd)
data="" work="" url="" domains=ninhthuan.gov.vn accept=""
while [ $# -gt 0 ]; do
    case "$1" in
    --url) url="$2"; shift ;;
    --data) data="$2"; shift ;;
    --work) work="$2"; shift ;;
    --domain) domains="$2"; shift ;;
    --accept-gaps) accept=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
[ "$(id -u)" -eq 0 ] || { echo "Postfix can only be started by root; its and Dovecot's processes then run as users of their own." >&2; exit 1; }
[ -n "$data" ] || data=/var/lib/congvu-quickstart
[ -n "$work" ] || work="$data.mail"
[ -z "$accept" ] || exec /usr/bin/python3 "$here/collector.py" --state "$work/collector" --accept-gaps
[ -r "$data/readers/uri" ] || { echo "No service with directory_listen runs in $data" >&2; exit 1; }

# shellcheck source=deploy/packages.sh
. "$here/../packages.sh"
# shellcheck disable=SC2086
congvu_install $congvu_mail_packages curl python3

mail_user=congvu-mail
getent passwd $mail_user >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin --user-group $mail_user
install -d -m 711 "$work"
work=$(cd "$work" && pwd)
install -d -m 755 "$work/run" "$work/state" "$work/spool"
install -d -m 700 -o $mail_user -g $mail_user "$work/store" "$work/logins" "$work/collector"
install -d -m 700 -o postfix "$work/postfix-data"
install -d -m 755 "$work/postfix"

read -r imap pop3 smtp submission doveadm hook < <(/usr/bin/python3 - <<'PY'
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(6)]
print(*(s.getsockname()[1] for s in held))
PY
)

# What Congvu shows when it ends sessions, and where only; the password is made once, readable by the service's user alone.
secret="$data/credentials/dovecot"
login=$(tail -1 "$secret" 2>/dev/null || true)
[ -n "$login" ] || login="Basic doveadm:$(/usr/bin/python3 -c 'import secrets; print(secrets.token_hex(24))')"
install -d -m 700 -o "$(stat -c %u "$data")" "$data/credentials"
install -m 600 -o "$(stat -c %u "$data")" /dev/null "$secret.new"
printf 'Host: 127.0.0.1:%s\n%s\n' "$doveadm" "$login" >"$secret.new" # the port is another one each time
mv "$secret.new" "$secret"

as_mail_user=(setpriv --reuid=$mail_user --regid=$mail_user --clear-groups)
hook_secret="$work/collector/secret"
[ -s "$hook_secret" ] || "${as_mail_user[@]}" sh -c 'umask 077; head -c 24 /dev/urandom | od -An -tx1 | tr -d " \n" >"$1"' - "$hook_secret"

# Passwords go from file to file and never through arguments.
fill() { # template target owner mode
    install -m "$4" -o root -g "$3" /dev/null "$2"
    WORK="$work" DATA="$data" DOMAINS="${domains//,/ }" MAIL_USER=$mail_user IMAP_PORT=$imap POP3_PORT=$pop3 SMTP_PORT=$smtp SUBMISSION_PORT=$submission DOVEADM_PORT=$doveadm COLLECTOR_PORT=$hook AUTH_CACHE=$auth_cache_size \
        /usr/bin/python3 - "$1" >"$2" <<'PY'
import os, pathlib, re, sys
e = os.environ
readers = pathlib.Path(e["DATA"]) / "readers"
line = lambda name: (readers / name).read_text().strip()
doveadm = (pathlib.Path(e["DATA"]) / "credentials/dovecot").read_text().strip().rpartition("\n")[2].split(":", 1)[1]
values = {**e, "STORE": e["WORK"] + "/store", "BASE": line("base"), "LDAP_URI": line("uri"), "QUOTA_MIB": "2048", "DOVEADM_PASSWORD": doveadm,
          "OWN_DOMAINS": ", ".join("{ %s = REJECT Sign in to send from this address }" % d for d in e["DOMAINS"].split()),
          "DOMAIN_LIST": ", ".join(f'"{d}"' for d in e["DOMAINS"].split()),
          "COLLECTOR_SECRET": (pathlib.Path(e["WORK"]) / "collector/secret").read_text(),
          "DOVECOT_PASSWORD": line("dovecot.pass"), "POSTFIX_PASSWORD": line("postfix.pass")}
sys.stdout.write(re.sub(r"@([A-Z0-9_]+)@", lambda m: values[m[1]], pathlib.Path(sys.argv[1]).read_text()))
PY
}
# 2.4.1 cannot be told over HTTP to forget a login (its doveadm ends without an answer), so it remembers none
auth_cache=false auth_cache_size=0
case "$(dovecot --version)" in
2.3.*) # its settings for LDAP lie in files of their own
    [ -z "$url" ] || auth_cache=true auth_cache_size=10M
    fill "$here/dovecot.conf.in" "$work/dovecot.conf" root 600
    for part in people holders mailboxes; do
        fill "$here/dovecot-$part.conf.ext.in" "$work/dovecot-$part.conf.ext" root 600
    done ;;
*) fill "$here/dovecot-2.4.conf.in" "$work/dovecot.conf" root 600 ;;
esac
fill "$here/postfix-main.cf.in" "$work/postfix/main.cf" root 644
fill "$here/postfix-master.cf.in" "$work/postfix/master.cf" root 644
fill "$here/postfix-mailboxes.cf.in" "$work/postfix-mailboxes.cf" postfix 640
fill "$here/postfix-delegates.cf.in" "$work/postfix-delegates.cf" postfix 640
for part in senders holders leavers; do
    fill "$here/postfix-$part.cf.in" "$work/postfix-$part.cf" postfix 640
done

install -d -m 755 "$work/sieve"
fill "$here/auto-reply.sieve.in" "$work/sieve/auto-reply.sieve" root 644
sievec -c "$work/dovecot.conf" "$work/sieve/auto-reply.sieve"

cleanup() {
    trap - EXIT INT TERM
    rm -f "$work/ports.json"
    # TERM as well: one that is only starting does not hear a stop
    [ -z "${postfix_pid:-}" ] || kill "$postfix_pid" 2>/dev/null || true
    postfix -c "$work/postfix" stop >/dev/null 2>&1 || true
    [ -z "${dovecot_pid:-}" ] || kill "$dovecot_pid" 2>/dev/null || true
    doveadm -c "$work/dovecot.conf" stop >/dev/null 2>&1 || true
    [ -z "${collector_pid:-}" ] || { kill "$collector_pid" 2>/dev/null; wait "$collector_pid" 2>/dev/null; } || true
    [ -z "${dovecot_pid:-}" ] || wait "$dovecot_pid" 2>/dev/null || true
    [ -z "${postfix_pid:-}" ] || wait "$postfix_pid" 2>/dev/null || true
}
trap cleanup EXIT
for log in dovecot postfix collector; do # who writes to whom stands there
    [ -e "$work/$log.log" ] || install -m 600 /dev/null "$work/$log.log"
    chmod 600 "$work/$log.log"
done
trap 'exit 130' INT
trap 'exit 143' TERM

collect() {
    local child=""
    trap '[ -z "$child" ] || kill "$child" 2>/dev/null; wait; exit 0' TERM
    while :; do
        "${as_mail_user[@]}" /usr/bin/python3 "$work/collector.py" --listen "127.0.0.1:$hook" --secret-file "$hook_secret" --state "$work/collector" --url "$url" \
            --token-file "$work/collector/token" --last-login "$work/logins/last-login" 2>>"$work/collector.log" &
        child=$!
        wait "$child" || true
        read -r -t 1 <> <(:) || true
    done
}
api() { curl -sS --fail-with-body -H @<(printf 'Authorization: Bearer %s\n' "$(cat "$data/admin.token")") -H 'Accept-Language: en' "$@"; }
if [ -n "$url" ]; then
    api -o /dev/null -X PATCH "$url/v1/systems/mailbox" -H 'Content-Type: application/merge-patch+json' -H 'If-Match: *' \
        -d "{\"activity\":{\"reported\":true},\"sessions\":{\"kind\":\"doveadm\",\"url\":\"http://127.0.0.1:$doveadm/doveadm/v1\",\"credential\":\"dovecot\",\"allow\":[\"loopback\"],\"auth_cache\":$auth_cache}}"
    if [ ! -s "$work/collector/token" ]; then
        install -m 600 -o $mail_user /dev/null "$work/collector/token"
        api -X POST "$url/v1/tokens" -H 'Content-Type: application/json' -d '{"name":"mail use","scopes":["usage:write"]}' |
            /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])' >"$work/collector/token"
    fi
    install -m 755 "$here/collector.py" "$work/collector.py"
    collect & # again when it dies: it makes up for what it missed
    collector_pid=$!
fi

dovecot -F -c "$work/dovecot.conf" 2>>"$work/dovecot.log" &
dovecot_pid=$!
postfix -c "$work/postfix" start-fg >>"$work/postfix.log" 2>&1 &
postfix_pid=$!

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for port in "$imap" "$pop3" "$smtp" "$submission" "$doveadm"; do
    for try in $(seq 300); do
        answers "$port" && break
        [ "$try" -lt 300 ] && kill -0 $dovecot_pid 2>/dev/null && kill -0 $postfix_pid 2>/dev/null ||
            { tail -5 "$work/dovecot.log" "$work/postfix.log" >&2; exit 1; }
        read -r -t 0.1 <> <(:) || true
    done
done
printf '{"imap":%s,"pop3":%s,"smtp":%s,"submission":%s,"doveadm":%s,"collector":%s}\n' "$imap" "$pop3" "$smtp" "$submission" "$doveadm" "$hook" >"$work/ports.json.new"
mv "$work/ports.json.new" "$work/ports.json"

cat <<TEXT

  IMAP          127.0.0.1:$imap        (no TLS: loopback only; login or any current address, own password)
  POP3          127.0.0.1:$pop3
  sending       127.0.0.1:$submission        (SMTP with the same login and password)
  incoming SMTP 127.0.0.1:$smtp        (as other mail servers would deliver)
  doveadm       http://127.0.0.1:$doveadm/doveadm/v1        (credential: $secret)
  logs          $work/dovecot.log  $work/postfix.log  $work/collector.log

Ctrl-C stops / Ctrl-C để dừng
TEXT
wait -n "$dovecot_pid" "$postfix_pid" ${collector_pid:+"$collector_pid"}
