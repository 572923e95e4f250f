#!/usr/bin/env bash
# deploy/openldap/README.md, followed step by step in a bare root of Debian 12 or 13.
set -euo pipefail
case "${1:-}" in
12 | 13) version=$1 ;;
*) echo "tests/site.sh 12|13 [ROOT-FOR-BUILDING BARE-ROOT]" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")/.." && pwd)
builds=${2:-$here/build/roots/debian-$version}
bare=${3:-$here/build/roots/bare-$version}
deb=$("$here/tests/debian.sh" "$version" --root "$builds" deploy/deb.sh | tail -1)
"$here/tests/debian.sh" "$version" --root "$bare" true
mkdir -p "$bare/var/tmp/deb"
cp "$builds$deb" "$bare/var/tmp/deb/two.deb"
"$here/tests/debian.sh" "$version" --root "$bare" bash tests/site-inside.sh
