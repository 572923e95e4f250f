#!/usr/bin/env bash
# Both commands of the README in a plain root of another Debian: deploy/quickstart.sh --once, then tests/run.sh, on what is
# committed. Needs root and debootstrap's mirror; nothing of it runs on after the end.
set -euo pipefail

usage() {
    cat <<'TEXT'
tests/debian.sh 12|13 [--root DIR] [COMMAND ...]
  --root DIR   where the root lies; made when it is missing, kept (default: build/roots/debian-VERSION)
  COMMAND      instead of both commands, in the tree's copy there
TEXT
}

here=$(cd "$(dirname "$0")/.." && pwd)
version="${1:-}"; shift || true
case "$version" in
12) suite=bookworm ;;
13) suite=trixie ;;
-h | --help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac
root="$here/build/roots/debian-$version"
[ "${1:-}" != --root ] || { root="$2"; shift 2; }
[ "$(id -u)" -eq 0 ] || { echo "A root of another Debian can only be made by root." >&2; exit 1; }

# shellcheck source=deploy/packages.sh
. "$here/deploy/packages.sh"
congvu_install debootstrap

mirror=$(awk '$1=="deb"{for(i=2;i<=NF;i++)if($i~/^http/){print $i;exit}} $1=="URIs:"{print $2;exit}' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
mirror=${mirror:-http://deb.debian.org/debian}
if [ ! -e "$root/.complete" ]; then
    echo "== a plain root of Debian $version" >&2
    mkdir -p "$root"
    [ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }
    printf 'deb %s %s main\n' "$mirror" "$suite" >"$root/etc/apt/sources.list"
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io" # nobody keeps this root over a power cut
    # how this machine reaches the archive: a proxy, its certificates
    cp /etc/resolv.conf "$root/etc/"
    for conf in /etc/apt/apt.conf.d/*; do
        ! grep -qi 'Acquire::' "$conf" || cp "$conf" "$root/etc/apt/apt.conf.d/"
    done
    touch "$root/.complete"
fi
[ -e "$root/etc/hosts" ] || echo '127.0.0.1 localhost' >"$root/etc/hosts"
passed=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8)
for name in http_proxy https_proxy no_proxy CONGVU_MORE; do
    [ -z "${!name:-}" ] || passed+=("$name=${!name}")
done
if [ -r "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp "$NODE_EXTRA_CA_CERTS" "$root/etc/machine-cas.pem"
    passed+=(NODE_EXTRA_CA_CERTS=/etc/machine-cas.pem)
fi

tree=/srv/congvu
mkdir -p "$root$tree"
find "$root$tree" \( -path "$root$tree/build" -o -name node_modules \) -prune -o ! -type d -exec rm -f {} +
git -C "$here" archive HEAD | tar -x -C "$root$tree"

# Processes and mounts live in namespaces of their own: they end with it.
inside() {
    unshare --mount --pid --fork --kill-child /bin/sh -ec '
        root=$1; shift
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/dev/shm"
        mount -t tmpfs tmpfs "$root/run"
        cd /
        exec chroot "$root" env -i "$@"' - "$root" "${passed[@]}" /bin/bash -c "cd $tree && exec \"\$@\"" - "$@"
}

if [ $# -gt 0 ]; then
    inside "$@"
    exit
fi
echo "== Debian $version: deploy/quickstart.sh --once" >&2
inside deploy/quickstart.sh --once --port 0
echo "== Debian $version: tests/run.sh" >&2
inside tests/run.sh
