#!/usr/bin/env bash
# A campaign as a job array: four shards of each stage in files of their own, joined by merge; one of them stopped
# half-way. The table, networks and ensemble of one job, bit for bit. And what does not belong together is refused.
# usage: shards.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf shards
mkdir shards
cd shards
cp "$TESTS/e2e/blobs.yaml" space.yaml

run() { # run LOG ARGUMENTS...: one rank
    local log=$1
    shift
    "$WINNOW" run space.yaml "$@" >"$log" 2>&1 || { cat "$log"; fail "run $*"; }
}

state() { # state FILE: the code of status --exit-code
    local code=0
    "$WINNOW" status "$1" --exit-code >status.log || code=$?
    echo $code
}

ranks 2 run space.yaml -o whole.h5 >whole.log 2>&1 || { cat whole.log; fail "one job"; }

# --- the first stage: nobody waits for anybody ---
pids=()
for i in 1 2 3; do
    run "coarse$i.log" --shard "$i/4" &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done

# The fourth one is stopped, and what it has is merged meanwhile.
"$WINNOW" run space.yaml --shard 4/4 >coarse4.log 2>&1 &
pid=$!
for _ in $(seq 600); do
    [ "$(stat -c %s results/blobs.shard-4-of-4.h5.journal 2>/dev/null || echo 0)" -lt 17000 ] || break
    sleep 0.01
done
kill -USR1 $pid
code=0
wait $pid || code=$?
[ $code = 75 ] || { cat coarse4.log; fail "a stopped shard ended with $code"; }
[ "$(state results/blobs.shard-4-of-4.h5)" = 75 ] || fail "a stopped shard is not resumable"
"$WINNOW" merge early.h5 results/blobs.shard-?-of-4.h5 | tee merge.log
grep -q "of these stages missing" merge.log || fail "merge does not tell what is missing"
refused 2 "a journal is beside it" run space.yaml --from results/blobs.shard-4-of-4.h5 -o refused.h5
[ ! -e refused.h5 ] || fail "a refused --from left a file"

run coarse4.log --shard 4/4
grep -q "going on after" coarse4.log || fail "the stopped shard began anew"
for i in 1 2 3 4; do
    file=results/blobs.shard-$i-of-4.h5
    [ "$(state $file)" = 0 ] || fail "$file: its part is done, and the state is not 0"
    grep -q "part $i of 4 of stage coarse is done" status.log || { cat status.log; fail "$file does not say so"; }
    if [ -e $file.journal ] || [ -e $file.parts ]; then fail "$file: journal or parts are left"; fi
done
run again.log --shard 2/4
! grep -q "warning" again.log || { cat again.log; fail "going on with a finished shard"; }

# Into the file that is there already, and into a new one.
"$WINNOW" merge early.h5 results/blobs.shard-4-of-4.h5
"$WINNOW" merge coarse.h5 results/blobs.shard-?-of-4.h5 | tee merge.log
grep -q "40 of 56 trials, from the first to stage 1 of 2" merge.log || fail "merge counts otherwise"
[ "$(state coarse.h5)" = 75 ] || fail "a merged file asks for nothing more"

# --- the second stage begins with what was merged ---
pids=()
for i in 1 2 3; do
    run "fine$i.log" --shard "$i/4" --from coarse.h5 -o "fine$i.h5" &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
ranks 2 run space.yaml --shard 4/4 --from early.h5 -o fine4.h5 >fine4.log 2>&1 || { cat fine4.log; fail "two ranks"; }
run again.log --shard 1/4 --from coarse.h5 -o fine1.h5
grep -q "fine1.h5 is there already" again.log || { cat again.log; fail "--from twice"; }
"$WINNOW" merge merged.h5 fine?.h5 | tee merge.log
grep -q "56 of 56 trials" merge.log || fail "merge counts otherwise"
run merged.log -o merged.h5
if [ -e merged.h5.journal ] || [ -e merged.h5.parts ]; then fail "journal or parts are left"; fi

# One job can go on from a merged file, too.
run rest.log --from coarse.h5 -o rest.h5
/usr/bin/python3 "$TESTS/e2e/compare_trials.py" whole.h5 merged.h5 rest.h5
/usr/bin/python3 - <<'END'
import h5py

leases = [len(h5py.File(f)["leases"]) for f in ("whole.h5", "rest.h5")]
again = [sum(h5py.File(f)["leases"]["outcome"] != b"finished") for f in ("merged.h5", "rest.h5")]
print("leases:", *leases, "- not finished:", *again)
if max(again) > 2:
    raise SystemExit("FAILED: a lease stands in the merged file twice, or a trial was trained again")
END

# --- what does not belong together ---
sed 's/seed: 99/seed: 98/' space.yaml >other.yaml
"$WINNOW" run other.yaml --shard 1/40 -o other.h5 >other.log 2>&1 || { cat other.log; fail "another campaign"; }
cp coarse.h5 kept.h5
refused 2 "two configurations" merge coarse.h5 other.h5
refused 2 "two configurations" merge new.h5 results/blobs.shard-1-of-4.h5 other.h5
refused 2 "holds another campaign" run space.yaml --from other.h5 -o new.h5
refused 1 "there is no such file" merge new.h5 results/blobs.shard-1-of-4.h5 nothing.h5
refused 1 "there is no such file" run space.yaml --from nothing.h5 -o new.h5
refused 2 "holds a complete campaign" merge whole.h5 results/blobs.shard-1-of-4.h5
refused 2 "is missing" merge new.h5
for shard in 0/4 5/4 1/x 1/4/4 -1/4 1/0 ''; do refused 2 "must be I/N" run space.yaml "--shard=$shard"; done
cmp coarse.h5 kept.h5 || fail "a refused merge changed the file"
[ ! -e new.h5 ] || fail "a refused merge left a file"
