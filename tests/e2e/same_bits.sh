#!/usr/bin/env bash
# One configuration on 1, 2, 3 and 4 ranks, and killed half-way and continued on another number of ranks: the same trial
# table, kept networks and ensemble, bit for bit.
# usage: same_bits.sh WINNOW TESTS
WINNOW=$1 TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf same_bits
mkdir same_bits
cd same_bits
space=$TESTS/e2e/blobs.yaml

for n in 1 2 3 4; do
    ranks "$n" run "$space" -o "ranks$n.h5" >"ranks$n.log" 2>&1 || { cat "ranks$n.log"; fail "$n ranks"; }
done

# Killed outright when about half of the trials have rows, then continued elsewhere.
setsid bash -c '. "$0"; WINNOW=$1; ranks 3 run "$2" -o killed.h5' "$TESTS/e2e/common.sh" "$WINNOW" "$space" \
    >killed.log 2>&1 &
for _ in $(seq 600); do
    done=$("$WINNOW" status killed.h5 --json 2>/dev/null | /usr/bin/python3 -c '
import json, sys
try: print(json.load(sys.stdin)["finished"])
except Exception: print(0)')
    [ "${done:-0}" -lt 12 ] || break
    sleep 0.05
done
[ "$done" -ge 12 ] || { cat killed.log; fail "no half-way point was seen"; }
pkill -KILL -f "mpirun.*-o killed.h5" || fail "the campaign was over before it was killed"
wait || true
for _ in $(seq 200); do pgrep -f -- "-o killed.h5" >/dev/null || break; sleep 0.05; done
[ -e killed.h5.journal ] || fail "no journal is left of a killed campaign"
ranks 2 run "$space" -o killed.h5 >continued.log 2>&1 || { cat continued.log; fail "continuing"; }
grep -q "going on after" continued.log || { cat continued.log; fail "it did not go on but began anew"; }
[ ! -e killed.h5.journal ] && [ ! -e killed.h5.parts ] || fail "journal or parts are left of a complete campaign"

/usr/bin/python3 "$TESTS/e2e/compare_trials.py" ranks1.h5 ranks2.h5 ranks3.h5 ranks4.h5 killed.h5
