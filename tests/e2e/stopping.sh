#!/usr/bin/env bash
# Early stopping from outside: what the file records is what happened; asha is repeated from its record on any number of
# ranks, also where it is killed; what cannot be is refused.
# usage: stopping.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf stopping
mkdir stopping
cd stopping
sed '/^early_terminate/,$d' "$TESTS/e2e/stopping.yaml" >asha.yaml
cat >>asha.yaml <<'END'
early_terminate: {type: asha, eta: 3, min_iter: 1}
stages:
  - {name: coarse, trials: 40, epochs: 12}
  - {name: fine, trials: 20, epochs: 12}
ensemble: {size: 4, pool: 6}
END
python=/usr/bin/python3

# run NAME RANKS ARGUMENTS...
run() {
    local name=$1 n=$2
    shift 2
    ranks "$n" run asha.yaml -o "$name.h5" "$@" >"$name.log" 2>&1 || { cat "$name.log"; fail "$name: $n ranks"; }
}

# --- asha and its repetitions ---
run first 4
$python "$TESTS/e2e/check_decisions.py" first.h5 undisturbed
"$WINNOW" check asha.yaml | grep -F -- "--decisions-from repeats one" || fail "check does not warn of asha"
run own 1
if $python "$TESTS/e2e/compare_trials.py" first.h5 own.h5 >/dev/null; then
    echo "note: asha came to the same table on 1 and 4 ranks this time"
fi
run again1 1 --decisions-from first.h5
run again3 3 --decisions-from first.h5
# Killed, and gone on with without the option: the decisions are in its own journal by then.
setsid bash -c '. "$0"; ranks 3 run asha.yaml -o killed.h5 --decisions-from first.h5' "$TESTS/e2e/common.sh" \
    >killed.log 2>&1 &
session=$!
for _ in $(seq 400); do
    done=$("$WINNOW" status killed.h5 --json 2>/dev/null |
        $python -c 'import json, sys; print(json.load(sys.stdin)["trials"]["finished"])' 2>/dev/null || true)
    [ "${done:-0}" -lt 5 ] || break
    sleep 0.02
done
[ "${done:-0}" -ge 5 ] || { cat killed.log; fail "five rows were never seen"; }
pkill -KILL -s "$session" || fail "the campaign was over before it was killed"
wait || true
[ -e killed.h5.journal ] || fail "no journal is left of a killed campaign"
run killed 2
grep -q "going on after" killed.log || fail "the killed campaign began anew"
$python "$TESTS/e2e/compare_trials.py" first.h5 again1.h5 again3.h5 killed.h5
$python "$TESTS/e2e/check_decisions.py" again3.h5
$python "$TESTS/e2e/check_decisions.py" killed.h5

# --- a stopped trial, again ---
stopped=$($python -c 'import h5py; t = h5py.File("first.h5")["trials"][:]
print(t["id"][t["status"] == b"stopped"][0])')
"$WINNOW" replay first.h5 --trial "$stopped" >replay.log || { cat replay.log; fail "replay of stopped trial $stopped"; }
"$WINNOW" status first.h5 | grep -q "stopped early" || fail "status does not count stopped trials"

# --- a file of before early stopping ---
cp first.h5 old.h5
$python -c 'import h5py; f = h5py.File("old.h5", "r+"); del f["decisions"]'
"$WINNOW" top old.h5 --unverified >/dev/null || fail "a file without /decisions cannot be read"

# --- what cannot be ---
refused 2 "early_terminate compares the trials of stage coarse" run asha.yaml --shard 1/2
refused 2 "did not begin with the decisions of first.h5" run asha.yaml -o own.h5 --decisions-from first.h5
refused 2 "there is no such file" run asha.yaml -o new.h5 --decisions-from none.h5
sed 's/trials: 20/trials: 21/' asha.yaml >more.yaml
refused 2 "stage fine may not get more trials" run more.yaml -o first.h5
sed '/^early_terminate/d' asha.yaml >plain.yaml
refused 2 "holds another campaign" run plain.yaml -o new.h5 --decisions-from first.h5
[ ! -e new.h5 ] || fail "a refused run has begun a file"
echo "early stopping is as on record"
