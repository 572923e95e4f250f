#!/bin/bash
# slapd 2.5.13 (Debian 12), slapo-unique: a uniqueness with a filter is asked when the attribute is written, not when an entry comes into the filter.
#
# slapo-unique(5): "The filter component causes the domain to apply uniqueness constraints only to matching objects." With
# `unique_uri ldap:///?mail?sub?(employeeType=active)` two entries with one mail become active one after the other, by a change of employeeType
# alone, and both stay. The other way round it asks too much: somebody who is not active, and whom the constraint does not concern, is refused
# (19) the mail of one who is. What is compared is who is there by the filter; the entry that is written is never held against it.
# So: make a claim that is there as long as it holds (an attribute of its own, written and taken away), unique without a filter.
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
moduleload unique
database mdb
suffix dc=x
rootdn cn=root,dc=x
rootpw only-for-this-trial
directory $folder/db
overlay unique
unique_uri ldap:///?mail?sub?(employeeType=active)
CONF
uri=ldapi://$(printf %s "$folder/ldapi" | sed 's,/,%2F,g')
root/usr/sbin/slapd -f slapd.conf -h "$uri" -d 0 &
slapd=$!
until [ -S ldapi ] || ! kill -0 "$slapd"; do sleep 0.1; done 2>/dev/null
ask() { tool=$1; shift; "root/usr/bin/$tool" -x -H "$uri" -D cn=root,dc=x -w only-for-this-trial "$@" 2>/dev/null; }
set_one() { # entry, attribute, value: the code of LDAP
    printf 'dn: uid=%s,dc=x\nchangetype: modify\nreplace: %s\n%s: %s\n' "$1" "$2" "$2" "$3" | ask ldapmodify >/dev/null
    echo "$1 gets $2 $3: $?"
}
{
    printf 'dn: dc=x\nobjectClass: domain\ndc: x\n\n'
    for uid in an binh chi; do printf 'dn: uid=%s,dc=x\nobjectClass: inetOrgPerson\nuid: %s\nsn: x\ncn: x\n\n' $uid $uid; done
} | ask ldapadd >/dev/null || exit 2
seen=$(
    set_one an mail one@example.org
    set_one binh mail one@example.org
    set_one an employeeType active
    set_one binh employeeType active
    echo "active with that mail: $(ask ldapsearch -LLL -b dc=x '(&(mail=one@example.org)(employeeType=active))' uid | sed -n 's/^uid: //p' | sort | tr '\n' ' ')"
    set_one chi mail one@example.org
)
echo "slapd $(dpkg-deb -f slapd_*.deb Version), unique for (employeeType=active):"
echo "$seen"
[ "$seen" = "an gets mail one@example.org: 0
binh gets mail one@example.org: 0
an gets employeeType active: 0
binh gets employeeType active: 0
active with that mail: an binh 
chi gets mail one@example.org: 19" ] || { echo "it has changed" >&2; exit 1; }
