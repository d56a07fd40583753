#!/usr/bin/env bash
# run.sh PROGRAM NAME SEEDS [OPTION...]: fuzz one target for FUZZ_SECONDS (8) in the folder it is called from: corpus/NAME
# grows there, crashing inputs go to crashes/NAME. Seeds, committed seeds and regressions come first.
set -euo pipefail
program=$1 name=$2 seeds=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "corpus/$name" "crashes/$name"
folders=("corpus/$name")
for folder in "$seeds/$name" "$here/seeds/$name" "$here/regressions/$name"; do
    [ ! -d "$folder" ] || folders+=("$folder")
done
status=0
"$program" -max_total_time="${FUZZ_SECONDS:-8}" -print_final_stats=1 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512 \
    -artifact_prefix="crashes/$name/" "$@" "${folders[@]}" >"$name.log" 2>&1 || status=$?
number() { sed -n "s/^stat::$1: *//p" "$name.log" | tail -1; }
last=$(grep -E '^#[0-9]+.*cov: ' "$name.log" | tail -1 || true)
printf '%-12s %10s executions %6s a second, %5s inputs, %5s edges, %4s MB\n' "$name" "$(number number_of_executed_units)" \
    "$(number average_exec_per_sec)" "$(sed -n 's/.*corp: \([0-9]*\).*/\1/p' <<<"$last")" \
    "$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' <<<"$last")" "$(number peak_rss_mb)"
[ "$status" = 0 ] || {
    grep -vE '^#[0-9]+|^stat::' "$name.log" | tail -60
    echo "$name: the input that shows it is in $PWD/crashes/$name" >&2
}
exit "$status"
