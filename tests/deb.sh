#!/usr/bin/env bash
# The package in a bare root of Debian 12 or 13: installed, run as the unit does it, upgraded, removed and purged. There is
# no systemd as process 1 in a root, so that ExecStart is run as the unit's user, with a listener in systemd's place.
set -euo pipefail
case "${1:-}" in
12 | 13) version=$1 ;;
*) echo "tests/deb.sh 12|13 [ROOT-FOR-BUILDING BARE-ROOT]" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")/.." && pwd)
builds=${2:-$here/build/roots/debian-$version}
bare=${3:-$here/build/roots/bare-$version}

one=$("$here/tests/debian.sh" "$version" --root "$builds" env CONGVU_DEB_VERSION=0.0.1 deploy/deb.sh | tail -1)
two=$("$here/tests/debian.sh" "$version" --root "$builds" deploy/deb.sh | tail -1)
"$here/tests/debian.sh" "$version" --root "$bare" true
mkdir -p "$bare/var/tmp/deb"
cp "$builds$one" "$bare/var/tmp/deb/one.deb"
cp "$builds$two" "$bare/var/tmp/deb/two.deb"
"$here/tests/debian.sh" "$version" --root "$bare" bash tests/deb-inside.sh
