#!/usr/bin/env bash
# One configuration on 1, 2, 3 and 4 ranks, and killed half-way and continued on another number of ranks: the same trial
# table, kept networks and ensemble, bit for bit. So it is for a winnow whose products are computed in another order,
# where one is given, though its bits are others.
# usage: same_bits.sh WINNOW TESTS blobs|images|stopping|repeats [OTHER_WINNOW]
set -euo pipefail
export WINNOW=$1
TESTS=$2
campaign=$3
other=${4:-}
. "$TESTS/e2e/common.sh"
folder=same_bits_$campaign
rm -rf "$folder"
mkdir "$folder"
cd "$folder"
space=space.yaml
case $campaign in
# Three times the epochs of the shared campaign: mpirun passes a TERM on a second late, and the campaign must outlast that.
blobs) sed 's/epochs: 12/epochs: 36/; s/epochs: 6/epochs: 18/' "$TESTS/e2e/blobs.yaml" >$space ;;
images)
    cp "$TESTS/e2e/images.yaml" $space
    /usr/bin/python3 "$TESTS/e2e/make_images.py" images.h5
    ;;
stopping) cp "$TESTS/e2e/stopping.yaml" $space ;;
repeats) sed 's/examples: 6000/examples: 24000/' "$TESTS/e2e/repeats.yaml" >$space ;;
*) fail "there is no campaign $campaign" ;;
esac

# complete NAME RANKS: run it through.
complete() {
    ranks "$2" run "$space" -o "$1.h5" >"$1.log" 2>&1 || { cat "$1.log"; fail "$1: $2 ranks"; }
}

# rows FILE: trials with a row so far; nothing where there is no file yet.
rows() {
    "$WINNOW" status "$1" --json 2>/dev/null |
        /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["trials"]["finished"])' 2>/dev/null || true
}

# interrupt NAME SIGNAL PATTERN RANKS: start on three ranks, send the signal to those processes whose command matches when
# some trials have rows, and go on on RANKS.
interrupt() {
    local name=$1 signal=$2 pattern=$3 n=$4 done=0 session
    setsid bash -c '. "$0"; WINNOW=$1; ranks 3 run "$2" -o "$3"' "$TESTS/e2e/common.sh" "$WINNOW" "$space" \
        "$name.h5" >"$name.log" 2>&1 &
    session=$!
    for _ in $(seq 600); do
        done=$(rows "$name.h5")
        [ "${done:-0}" -lt 4 ] || break
        sleep 0.05
    done
    [ "${done:-0}" -ge 4 ] || { cat "$name.log"; fail "$name: four rows were never seen"; }
    pkill "-$signal" -s "$session" -f "$pattern" || fail "$name: the campaign was over before it was interrupted"
    wait || true
    for _ in $(seq 200); do
        pgrep -s "$session" >/dev/null || break
        sleep 0.05
    done
    [ -e "$name.h5.journal" ] || fail "$name: no journal is left of an interrupted campaign"
    "$WINNOW" top "$name.h5" >/dev/null || fail "$name: the file of an interrupted campaign cannot be read"
    ranks "$n" run "$space" -o "$name.h5" >"$name.again.log" 2>&1 || { cat "$name.again.log"; fail "$name: going on"; }
    grep "going on after" "$name.again.log" || { cat "$name.again.log"; fail "$name: it began anew"; }
    if [ -e "$name.h5.journal" ] || [ -e "$name.h5.parts" ]; then fail "$name: journal or parts are left"; fi
}

numbers=(1 2 3 4)
[ "$campaign" != repeats ] || numbers=(1 3)
files=(kill.h5)
for n in "${numbers[@]}"; do
    complete "ranks$n" "$n"
    files+=("ranks$n.h5")
done
interrupt kill KILL . 4 # everything at once, without a word
if [ "$campaign" = blobs ]; then
    interrupt term TERM ^mpirun 2 # a plain kill of mpirun
    files+=(term.h5)
fi
/usr/bin/python3 "$TESTS/e2e/compare_trials.py" "${files[@]}"
if [ "$campaign" = stopping ]; then
    for n in 1 2 3 4; do /usr/bin/python3 "$TESTS/e2e/check_decisions.py" "ranks$n.h5" undisturbed; done
    /usr/bin/python3 "$TESTS/e2e/check_decisions.py" kill.h5
fi

if [ "$campaign" = repeats ]; then
    for file in "${files[@]}"; do /usr/bin/python3 "$TESTS/e2e/check_configurations.py" "$file"; done
fi

[ -n "$other" ] || exit 0
WINNOW=$other
complete other1 1
complete other3 3
/usr/bin/python3 "$TESTS/e2e/compare_trials.py" other1.h5 other3.h5
# No column of one is that of the other.
/usr/bin/python3 - <<'END'
import h5py

one, other = h5py.File("ranks1.h5")["trials"], h5py.File("other1.h5")["trials"]
for column in "arithmetic", "weights_hash":
    if (one[column] == other[column]).any():
        raise SystemExit(f"FAILED: {column} does not tell the two programs apart: {one[column][0]}")
print("the other program computes as", other["arithmetic"][0].decode(), "and not as", one["arithmetic"][0].decode())
END
