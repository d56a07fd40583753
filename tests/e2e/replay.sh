#!/usr/bin/env bash
# Trials of a campaign that was killed and continued on three ranks, trained again: the same bits, also of those that
# diverged; other bits where another kernel set computes them, with the reason.
# usage: replay.sh WINNOW TESTS OTHER_WINNOW
set -euo pipefail
export WINNOW=$1
TESTS=$2 other=$3
. "$TESTS/e2e/common.sh"
rm -rf replay
mkdir replay
cd replay
cp "$TESTS/e2e/blobs.yaml" space.yaml

ranks 3 run space.yaml -o space.h5 >first.log 2>&1 &
launch=$!
for _ in $(seq 600); do
    [ "$(stat -c %s space.h5.journal 2>/dev/null || echo 0)" -lt 20000 ] || break
    sleep 0.02
done
pkill -KILL -P $launch || kill -KILL $launch
wait $launch || true
sleep 0.5
[ -e space.h5.journal ] || fail "the campaign was over before it was killed"
ranks 3 run space.yaml -o space.h5 >again.log 2>&1 || { cat again.log; fail "going on"; }
grep -q "going on after" again.log || { cat again.log; fail "it began anew"; }

# Ten at random, and all that diverged.
read -ra trials < <(/usr/bin/python3 - <<'END'
import random

import h5py

table = h5py.File("space.h5")["trials"][:]
diverged = table["id"][table["status"] == b"diverged"].tolist()
print(*random.Random(1).sample(table["id"].tolist(), 10), *diverged[:3])
END
)
for trial in "${trials[@]}"; do
    "$WINNOW" replay space.h5 --trial "$trial" >replay.log || { cat replay.log; fail "trial $trial"; }
    grep -q "^trial $trial: the same bits" replay.log || { cat replay.log; fail "trial $trial does not say so"; }
done
echo "the same bits: trials ${trials[*]}"
"$WINNOW" replay space.h5 --json | /usr/bin/python3 -c '
import json, sys
found = json.load(sys.stdin)
assert found["same"] and found["weights_hash"] == found["recorded_weights_hash"] and found["first_epoch"] is None, found'

# --- other bits, and refusals ---
ends() { # ends CODE WORDS PROGRAM ARGUMENTS..
    local code=$1 words=$2 got=0
    shift 2
    "$@" >out.log 2>&1 || got=$?
    [ "$got" = "$code" ] || { cat out.log; fail "$* ended with $got, not $code"; }
    grep -q -- "$words" out.log || { cat out.log; fail "$* does not say \"$words\""; }
}
ends 1 "computed by .*tiles-.* then, by .*blas-.* now" "$other" replay space.h5
grep -q "first       epoch 1, " out.log || { cat out.log; fail "the first epoch that differs is not told"; }
ends 2 "there is no trial 56" "$WINNOW" replay space.h5 --trial 56
ends 1 "there is no such file" "$WINNOW" replay nothing.h5
sed 's/examples: 12000/examples: 12001/' space.yaml >data.yaml
ends 2 "the data have changed" "$WINNOW" replay space.h5 --space data.yaml
