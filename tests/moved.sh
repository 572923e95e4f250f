#!/usr/bin/env bash
# A data folder made on Debian 12 is opened on Debian 13. Needs root; roots as tests/debian.sh makes them.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
old=${1:-$here/build/roots/debian-12}
new=${2:-$here/build/roots/debian-13}
folder=/var/tmp/congvu-moved
# shellcheck disable=SC2016
inside='. deploy/packages.sh; congvu_install $congvu_build_packages $congvu_run_packages procps >&2
    cmake --preset dev -DCONGVU_TESTS=OFF >/var/tmp/build.log 2>&1 && cmake --build build/dev --target congvud >>/var/tmp/build.log 2>&1 || { tail -20 /var/tmp/build.log >&2; exit 1; }
    exec /usr/bin/python3 tests/moved.py "$1" "$2"'
rm -rf "$old$folder" "$old$folder.json" "$new$folder" "$new$folder.json"
"$here/tests/debian.sh" 12 --root "$old" bash -c "$inside" - make "$folder"
cp -a "$old$folder" "$old$folder.json" "$new/var/tmp/"
"$here/tests/debian.sh" 13 --root "$new" bash -c "$inside" - check "$folder"
