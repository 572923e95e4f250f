#!/usr/bin/env bash
# One command from the tree to a Debian package for this release: build/congvu_VERSION_ARCH.deb. Installs what is missing.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
case "${1:-}" in
"") ;;
*) echo "deploy/deb.sh    (CONGVU_DEB_VERSION=... names another version / đặt số phiên bản khác)" >&2; exit 2 ;;
esac

# shellcheck source=deploy/packages.sh
. "$root/deploy/packages.sh"
# shellcheck disable=SC2086
congvu_install $congvu_build_packages dpkg-dev

version=${CONGVU_DEB_VERSION:-}
if [ -z "$version" ]; then
    version=$(sed -n 's/^project(congvu VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
    # rises with every commit
    if count=$(git -C "$root" rev-list --count HEAD 2>/dev/null); then version="$version+$count.$(git -C "$root" rev-parse --short=8 HEAD)"; fi
fi
version="$version~deb$congvu_debian"
arch=$(dpkg --print-architecture)

mkdir -p "$root/build"
console=$(congvu_console "$root")
{ cmake -S "$root" --preset release -DCONSOLE="$console" && cmake --build "$root/build/release" --target congvud; } >"$root/build/deb.log" 2>&1 || { tail -30 "$root/build/deb.log" >&2; exit 1; }

stage=$(mktemp -d "$root/build/deb-XXXXXX")
trap 'rm -rf "$stage"' EXIT
tree="$stage/debian/congvu"
install -D -m 755 -s "$root/build/release/service/congvud" "$tree/usr/bin/congvud"
install -D -m 644 "$root/deploy/systemd/congvud.service" "$tree/usr/lib/systemd/system/congvud.service"
install -D -m 644 "$root/deploy/systemd/congvu.sysusers" "$tree/usr/lib/sysusers.d/congvu.conf"
install -D -m 644 "$root/deploy/systemd/congvu.conf" "$tree/usr/share/congvu/systemd/congvu.conf"
install -D -m 644 "$root/LICENSE" "$tree/usr/share/doc/congvu/copyright"
install -m 644 "$root/README.md" "$root/README.vi.md" "$root/api-spec/CHANGELOG.md" "$root/api-spec/openapi.yaml" "$tree/usr/share/doc/congvu/"
for folder in openldap policies mail connectors alerts; do
    [ -d "$root/deploy/$folder" ] || continue
    mkdir -p "$tree/usr/share/congvu"
    cp -r "$root/deploy/$folder" "$tree/usr/share/congvu/$folder"
done
install -m 644 "$root/deploy/packages.sh" "$tree/usr/share/congvu/packages.sh" # of mail/up.sh
rm -rf "$tree/usr/share/congvu/policies/vectors"
chmod -R u=rwX,go=rX "$tree"

mkdir -p "$tree/DEBIAN"
for script in postinst prerm postrm; do
    install -m 755 "$root/deploy/debian/$script" "$tree/DEBIAN/$script"
done
printf 'Source: congvu\n\nPackage: congvu\nArchitecture: any\n' >"$stage/debian/control" # dpkg-shlibdeps wants one
depends=$(cd "$stage" && dpkg-shlibdeps -O --ignore-missing-info debian/congvu/usr/bin/congvud 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@DEPENDS@/$depends/" "$root/deploy/debian/control.in" >"$tree/DEBIAN/control"
out="$root/build/congvu_${version}_$arch.deb"
dpkg-deb --root-owner-group --build "$tree" "$out" >&2
echo "$out"
