#!/usr/bin/env bash
# Every ring of tests under ASan + UBSan; --more adds papers and the console in the programs of offices, Prism, the long forms, TSan, clang, fuzz targets, clang-tidy, both READMEs on the release build and the systemd unit.
# Installs what is missing. CONGVU_TEST_DAY=2027-02-28: the service ring as of that day.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
more=""
case "${1:-}" in
"") ;;
--more) more=1 ;;
*) echo "tests/run.sh [--more]" >&2; exit 2 ;;
esac

# shellcheck source=deploy/packages.sh
. deploy/packages.sh
# shellcheck disable=SC2086
congvu_install $congvu_build_packages $congvu_run_packages $congvu_test_packages $congvu_mail_packages
# shellcheck disable=SC2086
[ -z "$more" ] || congvu_install $congvu_more_packages
congvu_node

ring() { printf '\n== %s\n' "$*"; }
build() { mkdir -p build && cmake --preset "$1" >"build/$1.log" 2>&1 && cmake --build "build/$1" ${2:+--target "$2"} >>"build/$1.log" 2>&1 || { tail -60 "build/$1.log"; exit 1; }; }

export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$root/tests/lib/leaks.supp:print_suppressions=0
export TSAN_OPTIONS=exitcode=66:halt_on_error=0:suppressions=$root/tests/lib/races.supp

rings() { # preset
    ring "$1: build"
    build "$1"
    ring "$1: no circles between files, and which console it carries"
    CONGVU_BUILD="$root/build/$1" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/checks/test_links.py tests/checks/test_console_bundle.py
    ring "$1: unit"
    ctest --test-dir "build/$1" --output-on-failure -j 2
    ring "$1: lists as people send them"
    build dev read_list
    CONGVU_PLAIN="$root/build/dev" CONGVU_BUILD="$root/build/$1" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/lists
    CONGVU_BIN="$root/build/$1/service/congvud" CONGVU_BUILD="$root/build/$1" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/evidence
    ring "$1: service (the real binary, a real slapd)"
    CONGVU_MORE=$more CONGVU_BIN="$root/build/$1/service/congvud" CONGVU_BUILD="$root/build/$1" /usr/bin/python3 -m pytest -q -p no:cacheprovider -n 2 --dist loadfile tests/service
    ring "$1: mail (a real Dovecot, a real Postfix)"
    CONGVU_BIN="$root/build/$1/service/congvud" CONGVU_BUILD="$root/build/$1" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/mail ${more:+--more}
}

ring "checks: who includes whom, banned functions, size"
/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/checks
ring "contract: lint and examples"
tests/contract/lint.sh
/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/contract
rings asan
if [ -n "$more" ]; then
    ring "asan: papers in LibreOffice and Chromium"
    # shellcheck disable=SC2086
    congvu_install $congvu_paper_packages
    CONGVU_BIN="$root/build/asan/service/congvud" CONGVU_BUILD="$root/build/asan" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/paper
    ring "asan: the console in Chromium"
    # shellcheck disable=SC2086
    congvu_install $congvu_console_packages
    congvu_npm tests/console
    CONGVU_MORE=$more CONGVU_BIN="$root/build/asan/service/congvud" CONGVU_BUILD="$root/build/asan" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/console
    ring "prism: flows through a validating proxy"
    CONGVU_BIN="$root/build/asan/service/congvud" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/prism
    rings tsan
    ring "clang: build and unit"
    build clang
    ctest --test-dir build/clang --output-on-failure -j 2
    ring "fuzz targets: ten seconds each"
    build fuzz
    for target in build/fuzz/service/*/fuzz_*; do
        [ -x "$target" ] || continue
        seeds=tests/fuzz/seeds/$(basename "$target" | sed s/^fuzz_//)
        corpus=$(mktemp -d)
        "$target" -max_total_time=10 -timeout=60 -verbosity=0 -artifact_prefix=build/fuzz/ "$corpus" "$seeds"
        rm -rf "$corpus"
    done
    ring "clang-tidy"
    tests/tidy.sh
    ring "release: build"
    build release
    ring "readme: every block of both files, quickstart twice"
    tests/readme.sh
    ring "systemd: the unit, and that the service lives with its limits"
    CONGVU_BIN="$root/build/release/service/congvud" /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/systemd
fi
