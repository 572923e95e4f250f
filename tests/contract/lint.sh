#!/usr/bin/env bash
# Lints the contract. Fetches the pinned linter when it is missing. Ends with 1 when there is anything to say.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=deploy/packages.sh
. ../../deploy/packages.sh
congvu_npm .
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_COLOR=1
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
node_modules/.bin/redocly lint --config redocly.yaml --max-problems 200 ../../api-spec/openapi.yaml >"$out" 2>&1 || status=1
cat "$out"
# A warning is a problem too: mend it, or turn the rule off in redocly.yaml with a reason.
if grep -Eq '[1-9][0-9]* warning|[1-9][0-9]* problem.* ignored' "$out"; then
    status=1
fi
exit "$status"
