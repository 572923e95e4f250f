#!/usr/bin/env bash
# Every sh block of both READMEs but the test command and what is marked "# on the server"; in a bare root: tests/debian.sh 13 tests/readme.sh
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh
congvu_install python3 curl procps
exec /usr/bin/python3 tests/readme.py
