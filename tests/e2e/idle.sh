#!/usr/bin/env bash
# While one rank of four trains, coordinator and waiting ranks use under 5 % of a core each, over five seconds.
# usage: idle.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf idle
mkdir idle
cd idle
cat >idle.yaml <<'Y'
name: idle
data: {format: synthetic, kind: blobs, examples: 20000, features: 200, classes: 5}
network: [{dense: 512}, relu, {dense: 512}, relu, {dense: 5}]
parameters: {learning_rate: {value: 0.001}}
stages: [{name: only, trials: 1, epochs: 10000}]
ensemble: false
Y
setsid bash -c '. "$0"; WINNOW=$1; ranks 4 run idle.yaml -o idle.h5' "$TESTS/e2e/common.sh" "$WINNOW" >idle.log 2>&1 &
trap 'pkill -KILL -f -- "-o idle.h5" || true' EXIT
for _ in $(seq 400); do
    [ "$("$WINNOW" status idle.h5 --json 2>/dev/null | grep -c '"lease"\|"rank"')" = 0 ] || break
    sleep 0.05
done
sleep 1
/usr/bin/python3 - <<'P'
import os, subprocess, sys, time
ids = [int(p) for p in subprocess.run(["pgrep", "-f", "winnow run idle.yaml"], capture_output=True, text=True).stdout.split()]
ids = [p for p in ids if open(f"/proc/{p}/comm").read().strip() == "winnow"]
tick = os.sysconf("SC_CLK_TCK")
def used(p):
    fields = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / tick
before, start = {p: used(p) for p in ids}, time.monotonic()
time.sleep(5)
parts = sorted((used(p) - before[p]) / (time.monotonic() - start) for p in ids)
print(f"{len(ids)} processes use {', '.join(f'{100 * x:.1f}' for x in parts)} % of a core")
# Four ranks, four host processes, one trainer: the trainer is the last.
sys.exit(0 if len(ids) == 9 and parts[-1] > 0.3 and parts[-2] < 0.05 else 1)
P
