#!/usr/bin/env bash
# The commands as a user types them: what they print, where errors go, and how they end.
# usage: test_commands.sh WINNOW SOURCE_ROOT, in a scratch folder
set -u
winnow=$1
source_root=$2
failures=0
rm -rf ./* && mkdir results

fail() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# ends CODE COMMAND...: runs it, keeps its output in out and err.
ends() {
    local wanted=$1 code=0
    shift
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" = "$wanted" ] || { fail "'$*' ended with $code instead of $wanted"; cat err >&2; }
}

# has FILE TEXT: the text stands in the file.
has() {
    grep -qF -- "$2" "$1" || { fail "no \"$2\" in $1:"; cat "$1" >&2; }
}

is_json() {
    /usr/bin/python3 -m json.tool out >/dev/null || fail "no JSON: $1"
}

# json EXPRESSION: a Python expression on the object `j` in out is true.
json() {
    /usr/bin/python3 -c 'import json, sys; j = json.load(open("out")); sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" ||
        { fail "not so: $1"; head -n 40 out >&2; }
}

cat >small.yaml <<'EOF'
name: small
seed: 7
data: {format: synthetic, kind: spirals, examples: 400, test_examples: 100, classes: 3, noise: 0.1, validation: 100}
network: [dense: $hidden, relu, dense: 3]
parameters:
  optimizer: {values: [nesterov, adam]}
  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1}
  momentum: {min: 0.5, max: 0.99, when: {optimizer: [nesterov]}}
  hidden: {values: [8, 16]}
  batch_size: {value: 32}
stages:
  - {name: coarse, trials: 8, epochs: 2}
  - {name: fine, trials: 4, epochs: 3}
ensemble: {size: 3, pool: 4}
EOF

# --- usage ---

ends 2 "$winnow"
has out "usage: winnow COMMAND"
for way in --help -h help; do
    ends 0 "$winnow" "$way"
    for command in run submit check sample status top replay ensemble predict report export merge "bench dispatch" "bench engine" "bench search" version; do has out "  $command "; done
done
ends 0 "$winnow" bench --help
has out "bench dispatch"
has out "bench engine"
has out "bench search"
cp out first
ends 0 "$winnow" help bench
cmp -s out first || fail "winnow help bench differs from winnow bench --help"
# The words of a command are one to this loop, with / between them.
while read -r command options; do
    read -r -a words <<<"${command/\// }"
    command=${words[*]}
    ends 0 "$winnow" "${words[@]}" --help
    for option in $options --help usage: example: "exit codes:"; do has out "$option"; done
    cp out first
    ends 0 "$winnow" help "${words[@]}"
    cmp -s out first || fail "winnow help $command differs from winnow $command --help"
    ends 2 "$winnow" "${words[@]}" --nonsense
    has err "winnow: $command: unknown option --nonsense"
    [ -s out ] && fail "an error of $command goes to stdout"
done <<'EOF'
run --output --fresh --strict
submit --output --nodes --ntasks --time --partition --account --scheduler --dry-run
check --ranks --json
sample --stage --count --json
status --watch --exit-code --json --unverified
top --count --json --unverified
report --output --png --unverified
bench/dispatch --trials --trial-seconds --folder --json --ranks --stages --spread --sync-seconds --publish
bench/engine --network --batch --optimizer --seconds --json
bench/search --campaigns --ranks --optimum --noise --within --evaluate --json
version --json
EOF
ends 2 "$winnow" statu
has err 'winnow: unknown command "statu"; did you mean status?'
ends 2 "$winnow" help chekc
has err "did you mean check?"
ends 2 "$winnow" run --frseh small.yaml
has err "did you mean --fresh?"
ends 2 "$winnow" run
has err "SPACE.yaml is missing"
for later in "run --time-limit soon small.yaml" "run --shard 3/2 small.yaml"; do
    # shellcheck disable=SC2086
    ends 2 "$winnow" $later
done
# Of the ranks of an MPI job only the first one speaks.
ends 2 env OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 "$winnow" run --frseh small.yaml
has err "--fresh"
ends 0 env OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 "$winnow" run --frseh small.yaml
[ -s err ] && fail "rank 1 speaks of wrong usage, too"
ends 0 env OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 "$winnow" --help
[ -s out ] && fail "rank 1 prints the help, too"
if [ -e /dev/full ]; then
    code=0
    "$winnow" --help >/dev/full 2>err || code=$?
    [ "$code" = 1 ] || fail "output to a full disk ends with $code"
    has err "cannot write to standard output"
fi

# --- version ---

ends 0 "$winnow" version
has out "winnow "
has out "OpenBLAS"
ends 0 "$winnow" version --json
json '{"winnow", "mpi", "hdf5", "blas", "blas_kernel", "arithmetic"} <= j.keys() and all(j.values())'

# --- sample ---

ends 0 "$winnow" sample small.yaml
[ "$(head -n 1 out)" = "id,number,optimizer,learning_rate,momentum,hidden,batch_size" ] || fail "header of the CSV"
[ "$(wc -l <out)" = 9 ] || fail "eight draws and a header"
awk -F, 'NF != 7 { exit 1 } NR > 1 && ($1 != NR - 2 || $2 != NR - 2) { exit 1 }
         NR > 1 && (($3 == "adam") != ($5 == "")) { exit 1 }' out || fail "rows of the CSV"
cp out first
ends 0 "$winnow" sample small.yaml -n 3
head -n 4 first | cmp -s - out || fail "three draws are the first three of eight"
ends 0 "$winnow" sample small.yaml --stage fine -n 6
has err "note: stage fine will draw from ranges that follow from results"
[ "$(sed -n 2p out | cut -d, -f1,2)" = 8,0 ] || fail "ids of the second stage begin after those of the first"
ends 0 "$winnow" sample small.yaml --json -n 20
json 'len(j["draws"]) == 20 and j["draws"][7]["id"] == 7 and j["draws"][8]["id"] is None'
json 'all((d["parameters"]["momentum"] is None) == (d["parameters"]["optimizer"] == "adam") for d in j["draws"])'
ends 2 "$winnow" sample small.yaml --stage later
has err "its stages are coarse, fine"
ends 2 "$winnow" sample small.yaml -n 0

# --- check ---

ends 0 "$winnow" check "$source_root/search_spaces/spirals.yaml" --ranks 4
for text in "stages" "network" "layers" "memory" "gradients" "first loss" "core-hours" "on 4 ranks"; do has out "$text"; done
ends 0 "$winnow" check small.yaml --json --ranks 3
json 'j["trials"] == 12 and j["epochs"] == 28 and j["estimate"]["ranks"] == 3'
json 'j["preflight"]["gradient_error"] < 1e-6'
json '0 < j["estimate"]["wall_seconds"]["low"] <= j["estimate"]["wall_seconds"]["middle"] <= j["estimate"]["wall_seconds"]["high"]'
json 'j["estimate"]["ask_seconds"] >= j["estimate"]["wall_seconds"]["high"] + 60 and j["estimate"]["ask_seconds"] % 60 == 0'
json 'j["network_parameters"]["low"] == 2*8+8 + 8*3+3 and j["network_parameters"]["high"] == 2*16+16 + 16*3+3'
json '[l["kind"] for l in j["layers"]] == ["dense", "relu", "dense"] and j["layers"][2]["output"] == [1, 1, 3]'
json 'j["layers"][0]["name"] == "dense1" and j["layers"][1]["output"] == j["layers"][0]["output"] in ([1, 1, 8], [1, 1, 16])'
ends 2 "$winnow" check small.yaml --ranks 0
[ -z "$(ls results)" ] || fail "check writes a file"

sed 's/^stages:.*/early_terminate: {type: asha}\n&/' small.yaml >asha.yaml
sed -i 's/epochs: [0-9]*/epochs: 9/g' asha.yaml
ends 0 "$winnow" check asha.yaml
has out "asha: trials are compared after epoch 1, 3"
has out "--decisions-from repeats one"
has out "checkpoints of trials that wait at a rung"
has out "it takes 4 to narrow the ranges of stage fine"
ends 0 "$winnow" check asha.yaml --json
json 'j["stages"][0]["early_terminate"]["rungs"] == [1, 3] and j["stages"][0]["early_terminate"]["type"] == "asha"'
json 'j["epochs"] == sum(s["early_terminate"]["epochs"] for s in j["stages"]) and j["checkpoints"]["waiting"] > 0'

# --- submit ---

for scheduler in slurm pbs lsf; do
    ends 0 "$winnow" submit small.yaml --scheduler $scheduler --dry-run --ntasks 8 --time 8:00 -- --extra "two words"
    has out "space=small.yaml"
    has out "file=results/small.h5"
    has out "scripts/launch"
    has out "export WINNOW=$winnow"
    has out " --extra "
    bash -n out || fail "the script for $scheduler is none"
done
ends 2 "$winnow" submit small.yaml --scheduler slurm --dry-run --ntasks 8
has err "--time is missing"
ends 2 "$winnow" submit small.yaml --scheduler slurm --dry-run --time 8:00
has err "--ntasks is missing"
ends 2 "$winnow" submit small.yaml --scheduler slurm --dry-run --ntasks 2 --nodes 3 --time 8:00
has err "--ntasks \"2\" must be a whole number from 3"
ends 2 "$winnow" submit small.yaml --scheduler slurm --dry-run --ntasks 8 --time 4:00
has err "5 minutes at least"
ends 2 "$winnow" submit small.yaml --scheduler lsf --dry-run --ntasks 8 --time 1-0
has err "HOURS:MINUTES"
ends 2 "$winnow" submit small.yaml --scheduler sge --dry-run --ntasks 8 --time 8:00
has err "slurm, pbs or lsf"
ends 2 "$winnow" submit small.yaml --scheduler slurm --dry-run --ntasks 8 --time 8:00 -- $'two\nlines'
has err "a line's end"
ends 1 env PATH=/nowhere "$winnow" submit small.yaml --ntasks 8 --time 8:00
has err "--scheduler"
has err "--dry-run"
[ -z "$(ls results)" ] || fail "--dry-run writes a file"

# --- errors before a campaign begins ---

for command in status top; do
    ends 1 "$winnow" $command missing.h5
    has err "winnow: missing.h5: there is no such file"
    echo "not HDF5" >text.h5
    ends 1 "$winnow" $command text.h5
    has err "text.h5"
done
ends 1 "$winnow" status missing.h5 --exit-code
ends 2 "$winnow" run missing.yaml
has err "missing.yaml"
sed 's/learning_rate:/learning_rte:/' small.yaml >bad.yaml
ends 2 "$winnow" run bad.yaml
has err "winnow: bad.yaml:7:"
has err "learning_rate"
has err "^"
[ -z "$(ls results)" ] || fail "a wrong configuration leaves a file behind"
echo >plain
ends 1 "$winnow" run small.yaml -o plain/out.h5
has err "plain"

# --- a campaign ---

ends 0 "$winnow" run small.yaml
for text in "small is complete" "best " "ranges " "ensemble " "test_accuracy" "winnow top results/small.h5"; do
    has out "$text"
done
[ -e results/small.h5 ] || fail "no results/small.h5"
[ -e results/small.h5.journal ] && fail "the journal stays"
ends 0 "$winnow" status results/small.h5
has out "small: complete"
has out "12 of 12 finished"
ends 0 "$winnow" status results/small.h5 --exit-code
ends 0 timeout 10 "$winnow" status results/small.h5 --watch
ends 0 "$winnow" status results/small.h5 --json
json 'j["state"] == "complete" and j["trials"]["finished"] == 12 and j["data"]["train"] == 300 and j["running"] == []'
# --- ensemble ---

ends 0 "$winnow" ensemble results/small.h5
for text in "the stored one" "greedy, size 1" "greedy, size 4" "top, size 4" "4 stored networks" "100 examples"; do has out "$text"; done
ends 0 "$winnow" ensemble results/small.h5 --json --size 3 --method greedy
json 'j["ensembles"][0]["members"] == j["stored"]["members"] and j["ensembles"][0]["val_accuracy"] == j["stored"]["val_accuracy"]'
ends 0 "$winnow" ensemble results/small.h5 --json --size 1,2,4 --method top --metric val_loss
json '[len(e["members"]) for e in j["ensembles"]] == [1, 2, 4] and all(m["count"] == 1 for e in j["ensembles"] for m in e["members"])'
ends 2 "$winnow" ensemble results/small.h5 --method best
has err "must be greedy or top"
ends 2 "$winnow" ensemble results/small.h5 --method top --size 5
has err "only the best 4 networks are stored"
ends 2 "$winnow" ensemble results/small.h5 --metric accuracy
ends 1 "$winnow" ensemble results/nothing.h5

ends 0 "$winnow" top results/small.h5 -n 3
head -n 1 out | grep -q "^trial  stage .*learning_rate .*hidden" || fail "header of top"
has out "ensemble x"
ends 0 "$winnow" top results/small.h5 -n 100 --json
json 'j["counts"]["finished"] == 12 and len(j["trials"]) == j["counts"]["completed"]'
json '[t["val_accuracy"] for t in j["trials"]] == sorted((t["val_accuracy"] for t in j["trials"]), reverse=True)'
json 'sum(t["kept"] for t in j["trials"]) == 4 and any(t["ensemble_count"] for t in j["trials"])'
json 'all(len(t["weights_hash"]) == 16 and t["parameters"]["batch_size"] == 32 for t in j["trials"])'

# What sample told of the first stage is what was trained.
ends 0 "$winnow" sample small.yaml --json
cp out sampled
ends 0 "$winnow" top results/small.h5 -n 100 --json
/usr/bin/python3 - <<'EOF' || fail "the campaign's draws are not those of sample"
import json
drawn = {d["id"]: d["parameters"] for d in json.load(open("sampled"))["draws"]}
trained = {t["id"]: t["parameters"] for t in json.load(open("out"))["trials"] if t["stage"] == "coarse"}
assert trained and all(drawn[i] == trained[i] for i in trained)
EOF

# Complete again: the summary, at once, and nothing is trained or written.
before=$(cksum results/small.h5)
ends 0 timeout 20 "$winnow" run small.yaml
has out "small is complete"
grep -q "preflight\|stage coarse" err && fail "a complete campaign trains again"
[ "$(cksum results/small.h5)" = "$before" ] || fail "a complete campaign's file changes"

# A job that Slurm starts again goes on, whatever its script says.
ends 0 env SLURM_RESTART_COUNT=1 "$winnow" run small.yaml --fresh
has err "--fresh is ignored"
has out "small is complete"
[ "$(cksum results/small.h5)" = "$before" ] || fail "a requeued job sets its own campaign aside"

# A changed file without a journal is read on request alone.
cp results/small.h5 changed.h5
printf x >>changed.h5
ends 1 "$winnow" status changed.h5 --exit-code
has err "changed.h5 has changed since winnow wrote it, and there is no journal to rebuild it from"
ends 1 "$winnow" run small.yaml -o changed.h5
has err "begin anew with winnow run --fresh"
ends 0 "$winnow" top changed.h5 --unverified
has out "ensemble x"

# A journal that tells nothing beside a complete file: the file stands, the journal is kept under another name.
cp results/small.h5 useless.h5
printf 'no journal at all' >useless.h5.journal
ends 0 "$winnow" status useless.h5 --exit-code
has out "complete"
has err "useless.h5.journal is not a winnow journal"
ends 0 "$winnow" run small.yaml -o useless.h5
has out "small is complete"
[ -e useless.h5.journal.damaged ] || fail "the useless journal is not kept"
[ -e useless.h5.journal ] && fail "the useless journal keeps its name"
ends 0 "$winnow" status useless.h5
[ -s err ] && fail "a warning without a cause"

# Another campaign in the same file.
sed 's/seed: 7/seed: 8/' small.yaml >other.yaml
ends 2 "$winnow" run other.yaml -o results/small.h5
has err "other.yaml"
has err "--fresh"
[ "$(cksum results/small.h5)" = "$before" ] || fail "a refused campaign changes the file"
ends 0 "$winnow" run other.yaml -o results/small.h5 --fresh
has err "small.h5.bak"
[ -e results/small.h5.bak ] || fail "--fresh keeps no .bak"

# A file that was changed from outside is told, and read only when asked for.
cp results/small.h5 changed.h5
printf 'x' | dd of=changed.h5 bs=1 seek=$(($(stat -c %s changed.h5) - 1)) conv=notrunc status=none
ends 1 "$winnow" top changed.h5
has err "changed since winnow wrote it"
ends 0 "$winnow" top changed.h5 --unverified

# --- nothing finishes ---

sed 's/min: 1e-3, max: 1}/min: 1e30, max: 1e38}/; s/name: small/name: none/' small.yaml >none.yaml
ends 1 "$winnow" run none.yaml
has err "no trial finished"
has err "lower the upper end of learning_rate"
ends 1 "$winnow" status results/none.h5 --exit-code
has out "no trial came to its end"
ends 0 "$winnow" top results/none.h5
has out "8 diverged"
ends 1 timeout 20 "$winnow" run none.yaml
has out "lower the upper end of learning_rate (now 1e+30 to 1e+38)"

# --- stopped half-way ---

sed 's/trials: 8, epochs: 2/trials: 2000, epochs: 200/' small.yaml >long.yaml
"$winnow" run long.yaml -o results/long.h5 >out 2>err </dev/null &
campaign=$!
for _ in $(seq 100); do
    "$winnow" status results/long.h5 --json >out 2>/dev/null &&
        /usr/bin/python3 -c 'import json, sys; j = json.load(open("out")); sys.exit(0 if j["running"] and j["trials"]["finished"] else 1)' && break
    sleep 0.1
done
json 'j["state"] == "running" and j["running"][0]["rank"] == 0 and j["holder"].startswith("process ")'
ends 75 "$winnow" status results/long.h5 --exit-code
has out "running, process"
ends 0 "$winnow" top results/long.h5 -n 1
ends 1 "$winnow" run long.yaml -o results/long.h5
has err "in use"
kill -TERM $campaign
code=0
wait $campaign || code=$?
[ "$code" = 75 ] || fail "a campaign that is stopped ends with $code"
ends 75 "$winnow" status results/long.h5 --exit-code
ends 0 "$winnow" status results/long.h5 --json
json 'j["state"] == "stopped" and j["running"] == [] and j["trials"]["finished"] > 0'

# --- a lock that another process holds, and none at all ---

flock results/held.h5.lock sleep 60 &
holder=$!
for _ in $(seq 100); do
    flock -n results/held.h5.lock true || break
    sleep 0.02
done
ends 1 "$winnow" run small.yaml -o results/held.h5
has err "in use"
ends 0 "$winnow" run small.yaml -o results/held.h5 --no-lock
pkill -P $holder || true
wait $holder || true

[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
echo "all checks passed"
