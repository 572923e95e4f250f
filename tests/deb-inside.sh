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
apt-get install -y -qq --no-install-recommends python3 >/dev/null # for tests/deb.py
[ "$(stat -c '%U %a' /var/lib/congvu)" = "congvu 700" ]
congvud --version

step "run"
sed -i 's/8081$/8082/' /etc/congvu/congvu.conf # which the unit must follow
python3 tests/deb.py run
token=$(sha256sum /var/lib/congvu/admin.token)
step "upgrade: the settings stay, and what the unit said formerly is added"
sed -i '/^data_dir/d; /^listen/d' /etc/congvu/congvu.conf
printf '# ours' >>/etc/congvu/congvu.conf
apt-get install -y -qq "$debs/two.deb" >/dev/null
python3 tests/deb.py run
[ "$(sha256sum /var/lib/congvu/admin.token)" = "$token" ]
grep -q 8082$ /etc/congvu/congvu.conf
[ "$(grep -c '^management_listen' /etc/congvu/congvu.conf)" = 1 ]
grep -q '^data_dir = /var/lib/congvu$' /etc/congvu/congvu.conf
grep -q '^listen = 127.0.0.1:8080$' /etc/congvu/congvu.conf
step "backup, restore, a lost token: the README's commands on the server"
rm -rf /mnt/elsewhere /mnt/old-disk /mnt/safe /srv/backup
python3 tests/deb.py drill
step "mail servers from the package"
rm -rf /var/lib/congvu.mail
python3 tests/deb.py mail
step "remove, purge: the data stay"
apt-get remove -y -qq congvu >/dev/null
[ ! -e /usr/bin/congvud ] && [ -e /var/lib/congvu/secret.key ]
[ -e /etc/congvu/congvu.conf ]
apt-get purge -y -qq congvu
[ ! -e /etc/congvu/congvu.conf ]
[ -e /var/lib/congvu/secret.key ]
dpkg-query -W congvu 2>/dev/null | grep -q . && exit 1
rm -rf /var/lib/congvu
step "installed, run, upgraded, backed up, restored, removed and purged"
