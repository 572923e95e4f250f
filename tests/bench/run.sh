#!/usr/bin/env bash
# Benchmarks, each printing both sides measured in one run and their ratio. Minutes long; outside the everyday run.
#   tests/bench/run.sh [onboarding] [sample] [reading] [person] [usage] [view] [loading] [restore] [direct] [imports] [flushes] [pauses]
# all when none is named
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/packages.sh"
congvu_install $congvu_build_packages $congvu_run_packages nginx-light wrk python3-jsonschema python3-yaml
cd "$root"
mkdir -p build
cmake --preset release -DCONGVU_BENCH=ON >build/bench.log && cmake --build build/release >>build/bench.log || { tail -30 build/bench.log; exit 1; }
export CONGVU_BIN="$root/build/release/service/congvud" CONGVU_BENCH="$root/build/release/tests/bench"
for name in "${@:-onboarding sample reading person usage view loading restore direct imports flushes pauses}"; do
    for one in $name; do
        case "$one" in
        onboarding | sample | reading | person | usage | direct | imports | flushes) /usr/bin/python3 "tests/bench/$one.py" ;;
        view) "$CONGVU_BENCH/bench_view" 1000 100 && "$CONGVU_BENCH/bench_view" 1000000 10000 ;;
        pauses) # midnight needs the test clock
            clocked=build/clocked
            cmake --preset release -B $clocked -DCONGVU_BENCH=ON -DCONGVU_TEST_CLOCK=ON >>build/bench.log && cmake --build $clocked >>build/bench.log
            CONGVU_BIN="$root/$clocked/service/congvud" CONGVU_BENCH="$root/$clocked/tests/bench" /usr/bin/python3 tests/bench/pauses.py 200000 2000
            ;;
        restore) /usr/bin/python3 tests/bench/restore.py 100000 1000 ;;
        loading) /usr/bin/python3 tests/bench/loading.py 1000000 10000 ;;
        *) echo "no benchmark $one" >&2; exit 2 ;;
        esac
    done
done
