#!/usr/bin/env bash
# Several threads a trial: the arithmetic id tells them, and equal ids give equal bits.
# usage: threads.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
unset OPENBLAS_NUM_THREADS
rm -rf threads
mkdir threads
cd threads
cat >space.yaml <<'END'
name: threads
data: {format: synthetic, kind: blobs, examples: 3000, classes: 4, features: 300, noise: 3.0}
network: [{dense: 320}, relu, {dense: 288}, relu, {dense: 4}]
parameters:
  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1e-2}
  batch_size: {value: 256}
stages: [{name: only, trials: 2, epochs: 2}]
END

run() { # run FILE OPTIONS..
    local file=$1
    shift
    "$WINNOW" run space.yaml -o "$file" "$@" >"$file.log" 2>&1 || { cat "$file.log"; fail "run $*"; }
}

run one.h5
run two.h5 --threads-per-trial 2
run again.h5 --threads-per-trial 2
/usr/bin/python3 "$TESTS/e2e/compare_trials.py" two.h5 again.h5
/usr/bin/python3 - <<'END'
import h5py

one, two = h5py.File("one.h5")["trials"], h5py.File("two.h5")["trials"]
ids = [set(table["arithmetic"]) for table in (one, two)]
print(*ids)
if not all(b"/1t/" in i for i in ids[0]) or not all(b"/2t/" in i for i in ids[1]):
    raise SystemExit("FAILED: the arithmetic id does not tell the threads")
if abs(one["val_loss"] - two["val_loss"]).max() > 1e-3:
    raise SystemExit(f"FAILED: other results: {one['val_loss']} and {two['val_loss']}")
END

# --strict: neither ranks nor starts of another arithmetic id.
mixed() { # mixed FILE OPTIONS.. : rank 1 has another number of threads
    local file=$1
    shift
    mpirun --oversubscribe -n 1 "$WINNOW" run space.yaml -o "$file" "$@" : \
        -n 1 "$WINNOW" run space.yaml -o "$file" --threads-per-trial 2 "$@" >"$file.log" 2>&1
}
mixed mixed.h5 || { cat mixed.h5.log; fail "mixed ranks"; }
grep -q "computes as .*/2t/.*, rank 0 as .*/1t/.*: their trials may differ" mixed.h5.log || { cat mixed.h5.log; fail "nothing said of mixed ranks"; }
code=0
mixed strict.h5 --strict || code=$?
grep -q -- "--strict: .* computes as .*/2t/.*, rank 0 as .*/1t/" strict.h5.log || { cat strict.h5.log; fail "--strict: ended with $code"; }
[ $code = 1 ] || { cat strict.h5.log; fail "--strict ended with $code"; }
run strict.h5 --strict
sed 's/trials: 2/trials: 3/' space.yaml >longer.yaml
code=0
"$WINNOW" run longer.yaml -o two.h5 --strict >longer.log 2>&1 || code=$?
if [ $code != 1 ] || ! grep -q -- "--strict: trial 0 of two.h5 was computed as" longer.log; then cat longer.log; fail "other starts ended with $code"; fi
"$WINNOW" run longer.yaml -o two.h5 --strict --threads-per-trial 2 >longer.log 2>&1 || { cat longer.log; fail "the same threads"; }

for threads in 0 -1 2000 x; do
    code=0
    "$WINNOW" run space.yaml -o bad.h5 "--threads-per-trial=$threads" >bad.log 2>&1 || code=$?
    if [ $code != 2 ] || [ -e bad.h5 ]; then cat bad.log; fail "--threads-per-trial $threads ended with $code"; fi
done
