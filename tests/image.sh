#!/usr/bin/env bash
# Proves the Dockerfile without a container engine: its very RUN and COPY steps in debootstrapped Debian roots, then the program as its user on
# a read-only root, with the HEALTHCHECK's own command. Needs root; about ten minutes; outside the everyday run.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/deploy/packages.sh"
congvu_install debootstrap
work=$(mktemp -d /tmp/congvu-image-XXXXXX)
pid=""
cleanup() {
    [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    for m in "$work"/*/proc "$work"/*/dev "$work"/final/var/lib/congvu "$work"/ro; do mountpoint -q "$m" && umount -R "$m"; done
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

mirror=$(awk '$1=="deb"{for(i=2;i<=NF;i++)if($i~/^http/){print $i;exit}} $1=="URIs:"{print $2;exit}' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true)
echo "== a plain Debian 12 root"
debootstrap --variant=minbase bookworm "$work/base" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; exit 1; }
cp /etc/resolv.conf "$work/base/etc/" 2>/dev/null || true
cp -r /etc/apt/. "$work/base/etc/apt/"
if [ -r "${NODE_EXTRA_CA_CERTS:-}" ]; then # how this machine reaches npm's registry; ca-certificates writes over the usual file
    cp "$NODE_EXTRA_CA_CERTS" "$work/base/etc/machine-cas.pem"
    export NODE_EXTRA_CA_CERTS=/etc/machine-cas.pem
fi

enter() { # stage command...
    local stage="$work/$1"; shift
    mountpoint -q "$stage/proc" || mount -t proc proc "$stage/proc"
    chroot "$stage" /bin/sh -c "$*"
}

stage="" user=root
while IFS= read -r line; do
    case "$line" in
    "FROM "*) stage=final; case "$line" in *" AS build") stage=build ;; esac
        cp -a "$work/base" "$work/$stage"; mknod -m 666 "$work/$stage/dev/null" c 1 3 2>/dev/null || true ;;
    "RUN "*) echo "== $stage: ${line:0:100}"; enter "$stage" "${line#RUN }" >"$work/step.log" 2>&1 || { tail -30 "$work/step.log"; exit 1; } ;;
    "COPY . "*) mkdir -p "$work/$stage${line##* }"; git -C "$root" archive HEAD | tar -x -C "$work/$stage${line##* }" ;;
    "COPY --from=build "*) set -- $line; cp "$work/build$3" "$work/$stage$4" ;;
    "USER "*) user=${line#USER } ;;
    esac
done <"$root/Dockerfile"

echo "== run as $user on a read-only root"
mkdir "$work/ro" "$work/data"
mount --bind "$work/final" "$work/ro"
mount -o remount,bind,ro "$work/ro"
uid=$(chroot "$work/ro" id -u "$user")
gid=$(chroot "$work/ro" id -g "$user")
chown "$uid:$gid" "$work/data"; chmod 700 "$work/data"
mount --bind "$work/data" "$work/ro/var/lib/congvu"
mountpoint -q "$work/ro/proc" || mount -t proc proc "$work/ro/proc" 2>/dev/null || true
chroot --userspec="$uid:$gid" "$work/ro" /usr/bin/congvud serve --data-dir /var/lib/congvu --listen 127.0.0.1:0 >"$work/ready" 2>"$work/log" &
pid=$!
for _ in $(seq 600); do grep -q ready "$work/ready" && break; kill -0 "$pid" || { cat "$work/log"; exit 1; }; read -r -t 0.1 <> <(:) || true; done
port=$(sed 's/.*"port":\([0-9]*\).*/\1/' "$work/ready")
chroot --userspec="$uid:$gid" "$work/ro" /usr/bin/congvud healthcheck --url "http://127.0.0.1:$port"
kill -TERM "$pid"; wait "$pid"; pid=""
umount "$work/ro/var/lib/congvu"
echo "== the image's steps build, run and answer; exit 0 on SIGTERM"
