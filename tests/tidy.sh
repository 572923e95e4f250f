#!/usr/bin/env bash
# clang-tidy over every C file of the program, by the rules of .clang-tidy: tests/tidy.sh [FILE ...]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh
congvu_install clang clang-tidy
mkdir -p build
{ cmake --preset clang && cmake --build build/clang --target congvu_generated congvu_console; } >build/tidy.log 2>&1 || { cat build/tidy.log; exit 1; }
if [ $# -gt 0 ]; then printf '%s\0' "$@"; else git ls-files -z 'service/*.c'; fi |
    xargs -0 -n 8 -P "$(nproc)" sh -c 'clang-tidy -p build/clang --quiet "$@" || exit 1' tidy 2>build/tidy.err || { grep -v "warnings generated\|warning generated" build/tidy.err >&2; exit 1; }
