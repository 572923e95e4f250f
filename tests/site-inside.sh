#!/usr/bin/env bash
# Inside the bare root of tests/site.sh.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
apt-get update -qq
apt-get purge -y -qq congvu slapd >/dev/null 2>&1 || true
rm -rf /var/lib/congvu /etc/congvu /etc/ldap/tls /etc/ldap/slapd.conf /var/lib/ldap
apt-get install -y -qq --no-install-recommends /var/tmp/deb/two.deb openssl curl python3 ldap-utils >/dev/null

# what the site brings: an authority and the server's certificate
grep -q ldap.tinh.gov.vn /etc/hosts || echo "127.0.0.1 ldap.tinh.gov.vn" >>/etc/hosts
install -d -m 755 /etc/ldap/tls /etc/congvu
cd /etc/ldap/tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=site-ca -keyout ca.key -out /etc/congvu/ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=ldap.tinh.gov.vn -keyout server.key -out server.csr 2>/dev/null
openssl x509 -req -days 2 -in server.csr -CA /etc/congvu/ca.crt -CAkey ca.key -CAcreateserial -extfile <(echo subjectAltName=DNS:ldap.tinh.gov.vn) -out server.crt 2>/dev/null
cd /

# the paper's own blocks
export base=dc=tinh,dc=gov,dc=vn server=ldap.tinh.gov.vn
python3 - >/root/steps.sh <<'PY'
import re
text = open("/srv/congvu/deploy/openldap/README.md").read()
steps = text[text.index("## Step by step on Debian"):text.index("## What must not be changed")]
blocks = re.findall(r"^```sh\n(.*?)^```$", steps, re.M | re.S)
assert [b[:4] for b in blocks] == ["# 1.", "# 2.", "# 3.", "# 4."]
print("set -euo pipefail\n" + "\n".join(blocks))
PY
end() { [ -z "${pid:-}" ] || kill "$pid" 2>/dev/null || true; service slapd stop >/dev/null 2>&1 || true; }
trap end EXIT
bash -x /root/steps.sh 2>/root/steps.log || { tail -20 /root/steps.log >&2; exit 1; }

exec_start=$(sed -n 's|^ExecStart=\(/.*\)|\1|p' /usr/share/congvu/systemd/site-directory.conf)
# shellcheck disable=SC2086
setpriv --reuid=congvu --regid=congvu --clear-groups $exec_start >/root/ready 2>/root/congvud.log &
pid=$!
until grep -q '"ready"' /root/ready; do kill -0 $pid || { tail -5 /root/congvud.log >&2; exit 1; }; read -r -t 0.1 <> <(:) || true; done
auth() { printf 'Authorization: Bearer %s' "$(cat /var/lib/congvu/admin.token)"; }
call() { curl -sS --fail-with-body -H @<(auth) -H 'Content-Type: application/json' "$@"; }
call -X PUT http://127.0.0.1:8080/v1/units/T1 -d '{"name":{"vi":"Huyện Thử"},"kind":"ubnd_huyen","block":"chinh_quyen","slug":"thu","active_from":"2021-10-01"}' >/dev/null
call -X PUT http://127.0.0.1:8080/v1/staff/S-1 -d '{"full_name":"Nguyễn Văn An","unit":"T1","title":"Chuyên viên","category":"cong_chuc"}' | grep -q '"address":"'
for _ in $(seq 300); do # measured by the clockwork's first round
    ! call http://127.0.0.1:8080/readyz | grep -q '"storage":{"status":"ok"}' || break
    read -r -t 0.1 <> <(:) || true
done
call http://127.0.0.1:8080/readyz | grep -q '"storage":{"status":"ok"}'
setpriv --reuid=congvu --regid=congvu --clear-groups congvud check-directory --config /etc/congvu/congvu.conf
kill -TERM $pid && wait $pid
pid=""
echo "== the paper's four steps: congvud check-directory finds nothing, a person is onboarded over ldaps"
