#!/usr/bin/env bash
# A campaign killed before each call that decides what stands on disk (syncs, renames, removals), in the process itself
# and in those it forks, and run again: the same table, networks and ensemble, one look at the test set, nothing left
# beside the file.
# usage: killed_anywhere.sh WINNOW TESTS KILL_AT.so
WINNOW=$1 TESTS=$2 KILLER=$3
. "$TESTS/e2e/common.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 # the preloaded library comes first
rm -rf killed_anywhere
mkdir killed_anywhere
cd killed_anywhere || exit
cat >tiny.yaml <<'Y'
name: tiny
seed: 3
data: {format: synthetic, kind: blobs, examples: 600, test_examples: 200, classes: 4, features: 10, noise: 2.0,
       validation: 200}
network: [{dense: $hidden}, relu, {dense: 4}]
parameters:
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1}
  hidden: {values: [8, 16]}
stages: [{name: coarse, trials: 3, epochs: 2}, {name: fine, trials: 2, epochs: 3}]
ensemble: {size: 2, pool: 3}
Y
"$WINNOW" run tiny.yaml -o whole.h5 >whole.log 2>&1 || { cat whole.log; fail "undisturbed"; }

files=()
for who in main job; do
    for at in $(seq 200); do
        file=$who$at.h5 code=0
        # In a shell of its own, which keeps the word "Killed" to itself.
        (LD_PRELOAD=$KILLER KILL_WHO=$who KILL_AT=$at "$WINNOW" run tiny.yaml -o "$file" >"$file.log" 2>&1) 2>/dev/null ||
            code=$?
        [ "$code" = 0 ] || "$WINNOW" run tiny.yaml -o "$file" >"$file.again.log" 2>&1 ||
            { cat "$file.again.log"; fail "killed at $who $at, it does not go on"; }
        for rest in journal journal.tmp tmp parts; do
            [ ! -e "$file.$rest" ] || fail "killed at $who $at, $file.$rest is left"
        done
        files+=("$file")
        [ "$code" != 0 ] || break
    done
    [ "$code" = 0 ] || fail "$who: there is no end to it"
    [ "$at" -gt 3 ] || fail "$who: killed at $((at - 1)) places only"
    echo "$who: killed at $((at - 1)) places"
done
/usr/bin/python3 "$TESTS/e2e/compare_trials.py" whole.h5 "${files[@]}"
/usr/bin/python3 -c '
import sys, h5py
for path in sys.argv[1:]:
    with h5py.File(path) as file:
        looks = len(file["ensemble/test_evaluations"])
        assert looks == 1, f"{path}: {looks} looks at the test set"' "${files[@]}"
