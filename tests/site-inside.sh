#!/usr/bin/env bash
# Inside the bare root of tests/site.sh.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
apt-get update -qq
apt-get purge -y -qq congvu slapd >/dev/null 2>&1 || true
rm -rf /srv/second /var/lib/congvu /etc/congvu /etc/ldap/tls /etc/ldap/slapd.conf /var/lib/ldap
apt-get install -y -qq --no-install-recommends /var/tmp/deb/two.deb openssl curl python3 ldap-utils >/dev/null

# what the site brings: an authority and the server's certificate
grep -q ldap2.tinh.gov.vn /etc/hosts || printf '127.0.0.1 ldap.tinh.gov.vn\n127.0.0.2 ldap2.tinh.gov.vn\n' >>/etc/hosts
install -d -m 755 /etc/ldap/tls /etc/congvu
cd /etc/ldap/tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=site-ca -keyout ca.key -out /etc/congvu/ca.crt 2>/dev/null
certificate() { # folder name
    install -d -m 755 "$1"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
    openssl x509 -req -days 2 -in "$1/server.csr" -CA /etc/congvu/ca.crt -CAkey /etc/ldap/tls/ca.key -CAcreateserial -extfile <(echo "subjectAltName=DNS:$2") -out "$1/server.crt" 2>/dev/null
}
certificate /etc/ldap/tls ldap.tinh.gov.vn
certificate /srv/second/tls ldap2.tinh.gov.vn
cd /

# the paper's own blocks
export base=dc=tinh,dc=gov,dc=vn server=ldap.tinh.gov.vn second=ldap2.tinh.gov.vn
block() { # the block that begins so
    python3 - "$1" <<'PY'
import re, sys
blocks = re.findall(r"^```sh\n(.*?)^```$", open("/srv/congvu/deploy/openldap/README.md").read(), re.M | re.S)
found, = [b for b in blocks if b.startswith(sys.argv[1])]
print("set -euo pipefail\n" + found)
PY
}
follow() { bash -x <(block "$1") 2>/root/steps.log || { tail -20 /root/steps.log >&2; exit 1; }; }
# the second machine: one mount namespace with folders of its own where the two would get into each other's way (one that lasts: the
# start-stop-daemon of Debian 13 knows no process of another one)
second_machine() {
    unshare --mount --propagation unchanged bash -euc '
        for part in etc-ldap:/etc/ldap lib-ldap:/var/lib/ldap run:/run default:/etc/default; do mount --bind "/srv/second/${part%%:*}" "${part#*:}"; done
        touch /srv/second/stands
        exec sleep infinity' &
    machine=$!
    until [ -e /srv/second/stands ]; do kill -0 $machine; read -r -t 0.1 <> <(:) || true; done
}
on_second() { nsenter --target "$machine" --mount --root --wd=/ "$@"; }
end() {
    [ -z "${pid:-}" ] || kill "$pid" 2>/dev/null || true
    service slapd stop >/dev/null 2>&1 || true
    [ -z "${machine:-}" ] || { on_second service slapd stop >/dev/null 2>&1 || true; kill "$machine"; }
}
export -f block follow
trap end EXIT
for step in 1 2 3 4; do
    # one machine stands for two: each server has an address of it
    [ "$step" != 3 ] || sed -i 's|ldaps:///|ldaps://127.0.0.1/|' /etc/default/slapd
    follow "# $step."
done

exec_start=$(sed -n 's|^ExecStart=\(/.*\)|\1|p' /usr/lib/systemd/system/congvud.service)
as_service() { setpriv --reuid=congvu --regid=congvu --clear-groups "$@"; }
start_service() {
    # shellcheck disable=SC2086
    setpriv --reuid=congvu --regid=congvu --clear-groups $exec_start >/root/ready 2>/root/congvud.log & # no function: it would be the shell's pid
    pid=$!
    until grep -q '"ready"' /root/ready; do kill -0 $pid || { tail -5 /root/congvud.log >&2; exit 1; }; read -r -t 0.1 <> <(:) || true; done
}
stop_service() { kill -TERM $pid && wait $pid; pid=""; }
start_service
auth() { printf 'Authorization: Bearer %s' "$(cat /var/lib/congvu/admin.token)"; }
call() { curl -sS --fail-with-body -H @<(auth) -H 'Content-Type: application/json' "$@"; }
call -X PUT http://127.0.0.1:8080/v1/units/T1 -d '{"name":{"vi":"Huyện Thử"},"kind":"ubnd_huyen","block":"chinh_quyen","slug":"thu","active_from":"2021-10-01"}' >/dev/null
soon() { # within a minute
    for _ in $(seq 600); do
        ! "$@" || return 0
        read -r -t 0.1 <> <(:) || true
    done
    echo "not seen: $*" >&2
    call http://127.0.0.1:8080/readyz >&2
    return 1
}
ready_says() { call http://127.0.0.1:8080/readyz | grep -q "$1"; }
onboards() { # code, name
    call -o /dev/null -X PUT "http://127.0.0.1:8080/v1/staff/$1" -d "{\"full_name\":\"$2\",\"unit\":\"T1\",\"title\":\"Chuyên viên\",\"category\":\"cong_chuc\"}" 2>/dev/null
}
onboards S-1 'Nguyễn Văn An'
soon ready_says '"storage":{"status":"ok"}'
as_service congvud check-directory --config /etc/congvu/congvu.conf

# a reader
(umask 077; head -c 24 /dev/urandom | base64 | tr -d '\n' >/root/reader.password)
follow "# the service may set it"
export LDAPTLS_CACERT=/etc/congvu/ca.crt
ldapsearch -x -LLL -H "ldaps://$server" -D "cn=dovecot,ou=readers,ou=system,$base" -y /root/reader.password -b "ou=people,$base" '(mail=*)' mail | grep -q '^mail: '

# two servers
stop_service
cp -a /etc/default /srv/second/default
mkdir -p /srv/second/run /srv/second/lib-ldap
cp -a /etc/ldap /srv/second/etc-ldap
cp /srv/second/tls/* /srv/second/etc-ldap/tls/
chown openldap:openldap /srv/second/lib-ldap /srv/second/etc-ldap/tls/server.key
chmod 400 /srv/second/etc-ldap/tls/server.key
sed -i 's|ldaps://127.0.0.1/|ldaps://127.0.0.2/|' /srv/second/default/slapd
sed -n 's/^directory "\(.*\)"/\1/p' /etc/ldap/slapd.conf | sed 's|/var/lib/ldap|/srv/second/lib-ldap|' | xargs install -d -o openldap -g openldap -m 700
second_machine
follow "# on the first server: who may follow"
on_second bash -c 'follow "# on the second server, after"'
follow "# where congvud runs: both"
start_service
soon ready_says '"standby":{"status":"ok"}'
soon onboards S-2 'Trần Thị Bình'
service slapd stop # it is dead
on_second bash -c 'follow "# on the second server: it takes writes"'
follow "# where congvud runs: without"
soon ready_says '"directory":{"status":"ok"}'
soon onboards S-3 'Lê Văn Cường'
follow "# on the first server
service slapd stop"
soon ready_says '"standby":{"status":"ok"}'
soon onboards S-4 'Phạm Thị Dung'
stop_service
[ "$(find /var/lib/congvu ! -user congvu | wc -l)" = 0 ] || { find /var/lib/congvu ! -user congvu -ls >&2; exit 1; }
echo "== the paper's steps: congvud check-directory finds nothing, people are onboarded over ldaps, a reader reads, a second server follows, is promoted, and the first one comes back"
