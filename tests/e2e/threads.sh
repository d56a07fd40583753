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
for threads in 0 -1 2000 x; do
    code=0
    "$WINNOW" run space.yaml -o bad.h5 "--threads-per-trial=$threads" >bad.log 2>&1 || code=$?
    if [ $code != 2 ] || [ -e bad.h5 ]; then cat bad.log; fail "--threads-per-trial $threads ended with $code"; fi
done
