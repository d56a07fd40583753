#!/usr/bin/env bash
# One configuration on 1, 2, 3 and 4 ranks, and killed half-way and continued on another number of ranks: the same trial
# table, kept networks and ensemble, bit for bit.
# usage: same_bits.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf same_bits
mkdir same_bits
cd same_bits
# Three times the epochs of the shared campaign: mpirun passes a TERM on a second late, and the campaign must outlast that.
space=long.yaml
sed 's/epochs: 12/epochs: 36/; s/epochs: 6/epochs: 18/' "$TESTS/e2e/blobs.yaml" >$space

for n in 1 2 3 4; do
    ranks "$n" run "$space" -o "ranks$n.h5" >"ranks$n.log" 2>&1 || { cat "ranks$n.log"; fail "$n ranks"; }
done

# rows FILE: trials with a row so far; nothing where there is no file yet.
rows() {
    "$WINNOW" status "$1" --json 2>/dev/null |
        /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["trials"]["finished"])' 2>/dev/null || true
}

# interrupt NAME SIGNAL PATTERN RANKS: start on three ranks, send the signal to what matches when some trials have rows,
# and go on on RANKS.
interrupt() {
    local name=$1 signal=$2 pattern=$3 n=$4 done=0
    setsid bash -c '. "$0"; WINNOW=$1; ranks 3 run "$2" -o "$3"' "$TESTS/e2e/common.sh" "$WINNOW" "$space" \
        "$name.h5" >"$name.log" 2>&1 &
    for _ in $(seq 600); do
        done=$(rows "$name.h5")
        [ "${done:-0}" -lt 4 ] || break
        sleep 0.05
    done
    [ "${done:-0}" -ge 4 ] || { cat "$name.log"; fail "$name: four rows were never seen"; }
    pkill "-$signal" -f "$pattern" || fail "$name: the campaign was over before it was interrupted"
    wait || true
    for _ in $(seq 200); do
        pgrep -f -- "-o $name.h5" >/dev/null || break
        sleep 0.05
    done
    [ -e "$name.h5.journal" ] || fail "$name: no journal is left of an interrupted campaign"
    "$WINNOW" top "$name.h5" >/dev/null || fail "$name: the file of an interrupted campaign cannot be read"
    ranks "$n" run "$space" -o "$name.h5" >"$name.again.log" 2>&1 || { cat "$name.again.log"; fail "$name: going on"; }
    grep "going on after" "$name.again.log" || { cat "$name.again.log"; fail "$name: it began anew"; }
    if [ -e "$name.h5.journal" ] || [ -e "$name.h5.parts" ]; then fail "$name: journal or parts are left"; fi
}
interrupt term TERM "mpirun.*-o term.h5" 2  # a plain kill of mpirun
interrupt kill KILL "run.*-o kill.h5" 4     # everything at once, without a word

/usr/bin/python3 "$TESTS/e2e/compare_trials.py" ranks1.h5 ranks2.h5 ranks3.h5 ranks4.h5 term.h5 kill.h5
