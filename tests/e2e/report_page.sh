#!/usr/bin/env bash
# The report: it parses, loads nothing, says what the file says, keeps names from outside inert, comes out the same twice,
# and is made of running, stopped and odd campaigns; and what is refused.
# usage: report_page.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf report_page
mkdir report_page
cd report_page
/usr/bin/python3 "$TESTS/e2e/make_images.py" images.h5
cp "$TESTS/e2e/images.yaml" filters.yaml
/usr/bin/python3 - <<'END'
import random

random.seed(4)
kinds = ["<script>alert(1)</script>", "it's \"b\" & `ls`", "grain"]
with open("train.csv", "w") as train, open("test.csv", "w") as test:
    for file, rows in (train, 700), (test, 200):
        print("size,weight,kind", file=file)
        for _ in range(rows):
            kind = random.randrange(3)
            print(random.gauss(2 * kind, 1.5), random.gauss(kind, 1), '"' + kinds[kind].replace('"', '""') + '"', sep=",", file=file)
END
cat >names.yaml <<'END'
name: names
seed: 3
data: {format: csv, train: train.csv, test: test.csv, label: kind, validation: 200}
network: [{dense: $hidden}, relu, {dense: 3}]
parameters:
  optimizer: {values: [nesterov, adam]}
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e7}
  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.99, when: {optimizer: [nesterov]}}
  hidden: {distribution: q_log_uniform_values, min: 4, max: 32, q: 4}
  batch_size: {value: 20}
stages: [{name: coarse, trials: 40, epochs: 3}, {name: fine, trials: 12, epochs: 6}]
ensemble: {size: 4, pool: 8}
END
for space in filters names; do
    "$WINNOW" run $space.yaml -o $space.h5 >$space.log 2>&1 || { cat $space.log; fail "$space"; }
    [ "$("$WINNOW" report $space.h5 --png $space.figures)" = $space.html ] || fail "the page's name"
    "$WINNOW" report $space.h5 -o again.html >/dev/null
    cmp $space.html again.html || fail "two reports of one campaign differ"
done
/usr/bin/python3 "$TESTS/e2e/read_report.py" filters names
mv names.html kept.html

# A campaign that runs, and one that was stopped.
sed 's/trials: 40, epochs: 3/trials: 20000, epochs: 30/; s/^name: names/name: stopped/' names.yaml >stopped.yaml
"$WINNOW" run stopped.yaml -o stopped.h5 >stopped.log 2>&1 &
process=$!
for _ in $(seq 200); do
    "$WINNOW" status stopped.h5 2>/dev/null | grep -q '^ *trials  *[1-9][0-9]* of' && break
    sleep 0.1
done
"$WINNOW" report stopped.h5 >/dev/null
grep -q 'State: running' stopped.html || fail "a running campaign's report"
kill -USR1 $process
wait $process || true
"$WINNOW" report stopped.h5 >/dev/null
grep -q 'State: stopped' stopped.html || fail "a stopped campaign's report"
grep -q 'id="trials"' stopped.html || fail "a stopped campaign's trials"

# Odd ones: nothing to search, no ensemble, no finished trial, an error to minimise.
odd() { # odd NAME CODE WORDS LINES..
    local name=$1 code=$2 words=$3 got=0
    shift 3
    {
        printf 'name: %s\ndata: {format: synthetic, kind: blobs, examples: 600, classes: 4, features: 5, validation: 100}\n' "$name"
        printf 'network: [{dense: 8}, relu, {dense: 4}]\n'
        printf '%s\n' "$@"
    } >"$name.yaml"
    "$WINNOW" run "$name.yaml" -o "$name.h5" >"$name.log" 2>&1 || got=$?
    [ $got = "$code" ] || { cat "$name.log"; fail "$name ended with $got"; }
    "$WINNOW" report "$name.h5" >/dev/null || fail "the report of $name"
    grep -q -- "$words" "$name.html" || fail "the report of $name does not say \"$words\""
    /usr/bin/python3 "$TESTS/e2e/read_report.py" --parse "$name.html"
}
odd plain 0 'there was nothing to search' 'stages: [{name: only, trials: 2, epochs: 1}]'
odd fixed 0 'a single network, no ensemble' 'parameters: {learning_rate: {value: 0.1}, batch_size: {values: [32]}}' \
    'stages: [{name: only, trials: 2, epochs: 1}]' 'ensemble: false'
odd diverged 1 'No trial came to its end' 'parameters: {learning_rate: {distribution: log_uniform_values, min: 1e30, max: 1e34}}' \
    'stages: [{name: only, trials: 3, epochs: 2}]'
odd loss 0 'val_loss' 'metric: {name: val_loss, goal: minimize}' \
    'parameters: {learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1e5}}' \
    'stages: [{name: only, trials: 12, epochs: 3}]'
# Trials that were stopped early are no failed ones.
odd early 0 '6 stopped early' 'parameters: {learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1e-1}}' \
    'early_terminate: {type: successive_halving, eta: 3, min_iter: 1}' 'sampler: sobol' \
    'stages: [{name: only, trials: 9, epochs: 3}]'
for words in '>stopped<' '<td>stopped</td>' 'for up to 3 epochs a trial' 'Trials that were stopped early cost it' \
    '<code>sampler: sobol</code>' 'lie in strips of their own'; do
    grep -q -- "$words" early.html || fail "the report of early does not say \"$words\""
done
! grep -qE '>(failed|diverged)<' early.html || fail "stopped trials are called failed"
odd all_diverge 1 'Lower the upper end of <code>learning_rate' \
    'parameters: {learning_rate: {distribution: log_uniform_values, min: 1e30, max: 1e34}}' \
    'early_terminate: {type: successive_halving, eta: 3, min_iter: 1}' 'stages: [{name: only, trials: 3, epochs: 3}]'

refused() { # refused CODE WORDS COMMAND..
    local code=$1 words=$2 got=0
    shift 2
    "$@" >out.log 2>&1 || got=$?
    [ "$got" = "$code" ] || { cat out.log; fail "$* ended with $got, not $code"; }
    grep -q -- "$words" out.log || { cat out.log; fail "$* does not say \"$words\""; }
    [ "$(grep -c '^winnow: ' out.log)" = 1 ] || { cat out.log; fail "$*: not one error"; }
    [ ! -e names.html ] || fail "$* left a page behind"
}
refused 1 "there is no such file" "$WINNOW" report nothing.h5 -o names.html
echo garbage >garbage.h5
refused 1 "garbage.h5 is not a winnow results file" "$WINNOW" report garbage.h5 -o names.html
head -c 20000 names.h5 >damaged.h5
refused 1 "damaged.h5 has changed since winnow wrote it" "$WINNOW" report damaged.h5 -o names.html
cp names.h5 older.h5
/usr/bin/python3 -c 'import h5py, numpy; h5py.File("older.h5", "r+").attrs.modify("format_version", numpy.uint32(0))'
refused 1 "older.h5: is of format version 0; this winnow reads version 1: use the one that wrote it" "$WINNOW" report older.h5 -o names.html --unverified
refused 1 "cannot write" "$WINNOW" report names.h5 -o nowhere/names.html
refused 2 "unknown option" "$WINNOW" report names.h5 --pgn x
refused 1 "gnuplot, which is not on PATH; install it" env PATH=/nonexistent "$WINNOW" report names.h5
mkdir failing
printf '#!/bin/sh\necho "cannot do that" >&2\nexit 3\n' >failing/gnuplot
chmod +x failing/gnuplot
refused 1 "gnuplot ended with code 3.*cannot do that" env PATH="$PWD/failing:$PATH" "$WINNOW" report names.h5
refused 1 "cannot make the folder" env TMPDIR=/nonexistent "$WINNOW" report names.h5
