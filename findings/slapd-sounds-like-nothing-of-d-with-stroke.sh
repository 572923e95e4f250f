#!/bin/bash
# slapd 2.5.13 (Debian 12): the approximate match `(cn~=...)` finds Vietnamese names without their marks, but no word that has a Đ.
#
# It takes the marks off first, so (cn~=Nguyen) finds "Nguyễn Văn An" and (cn~=Uoc) finds "Trần Đức Ước": it looks like a search without marks
# that needs nothing. Đ is no D with a mark in Unicode, it is dropped whole: "Đặng" is kept as "ang", and (cn~=Dang), (cn~=Dao), (cn~=Duc) and
# (cn~=Dinh) find nobody who is called so, though Đ begins some of the commonest names. What is left is then compared by English sound:
# (cn~=Dang) finds "Dương Quá", (cn~=Ho) finds "Hà Anh".
# So: fold names yourself (Đ included) into an attribute, and search that.
#
# Unpacks the packages into a temporary folder (on Debian 12). Exit 0: still so; 1: it has changed; 2: it could not be tried.
set -u
folder=$(mktemp -d)
slapd=""
trap '[ -z "$slapd" ] || kill "$slapd"; rm -rf "$folder"' EXIT
cd "$folder" || exit 2
apt-get download slapd=2.5.13+dfsg-5 ldap-utils=2.5.13+dfsg-5 libldap-2.5-0=2.5.13+dfsg-5 >apt.log 2>&1 || {
    cat apt.log >&2
    exit 2
}
for package in *.deb; do dpkg -x "$package" root || exit 2; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu LDAPNOINIT=1
mkdir db
cat >slapd.conf <<CONF
include $folder/root/etc/ldap/schema/core.schema
include $folder/root/etc/ldap/schema/cosine.schema
include $folder/root/etc/ldap/schema/inetorgperson.schema
modulepath $folder/root/usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=x
rootdn cn=root,dc=x
rootpw only-for-this-trial
directory $folder/db
CONF
uri=ldapi://$(printf %s "$folder/ldapi" | sed 's,/,%2F,g')
root/usr/sbin/slapd -f slapd.conf -h "$uri" -d 0 &
slapd=$!
until [ -S ldapi ] || ! kill -0 "$slapd"; do sleep 0.1; done 2>/dev/null
ask() { tool=$1; shift; "root/usr/bin/$tool" -x -H "$uri" -D cn=root,dc=x -w only-for-this-trial "$@"; }
n=0
{
    printf 'dn: dc=x\nobjectClass: domain\ndc: x\n\n'
    for name in "Nguyễn Văn An" "Đặng Thị Đào" "Trần Đức Ước" "Đinh Sỹ" "Dương Quá" "Hồ Xuân" "Hà Anh"; do
        n=$((n + 1))
        printf 'dn: uid=%s,dc=x\nobjectClass: inetOrgPerson\nuid: %s\nsn: x\ncn: %s\n\n' "$n" "$n" "$name"
    done
} | ask ldapadd >/dev/null || exit 2
names() { while read -r kind name; do case $kind in cn::) printf '%s\n' "$(printf %s "$name" | base64 -d)" ;; cn:) printf '%s\n' "$name" ;; esac; done; }
seen=$(
    for word in Nguyen Uoc Dang Dao Duc Dinh ang Ho; do
        who=$(ask ldapsearch -LLL -o ldif-wrap=no -b dc=x "(cn~=$word)" cn | names | LC_ALL=C sort | paste -sd ,)
        echo "$word: ${who:-nobody}"
    done
)
echo "slapd $(dpkg-deb -f slapd_*.deb Version), (cn~=...):"
echo "$seen"
[ "$seen" = "Nguyen: Nguyễn Văn An
Uoc: Trần Đức Ước
Dang: Dương Quá
Dao: nobody
Duc: nobody
Dinh: nobody
ang: Đặng Thị Đào
Ho: Hà Anh,Hồ Xuân" ] || { echo "it has changed" >&2; exit 1; }
