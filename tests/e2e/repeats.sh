#!/usr/bin/env bash
# Repeated and confirmed configurations from outside: what each command tells of them is what the file has; shards, more
# configurations and replay come to the same bits; and what cannot go on is refused.
# usage: repeats.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf repeats
mkdir repeats
cd repeats
cp "$TESTS/e2e/repeats.yaml" space.yaml
python=/usr/bin/python3

# run LOG ARGUMENTS...: one rank.
run() {
    local log=$1
    shift
    "$WINNOW" run "$@" >"$log" 2>&1 || { cat "$log"; fail "run $*"; }
}

# says TEXT FILE
says() { grep -qF -- "$1" "$2" || { cat "$2"; fail "$2 does not say \"$1\""; }; }

# --- before ---
"$WINNOW" check space.yaml >check.log
says "coarse: 30 trials of 4 epochs: 10 configurations, 3 runs each" check.log
says "sure: 12 trials of 6 epochs: the best 4 configurations of stage coarse, 3 runs each" check.log
"$WINNOW" sample space.yaml >draws.csv
[ "$(wc -l <draws.csv)" = 11 ] || fail "sample prints other than a line a configuration"
refused 2 "stage sure draws nothing" sample space.yaml --stage sure

# --- the campaign ---
run whole.log space.yaml -o whole.h5
$python "$TESTS/e2e/check_configurations.py" whole.h5
says "the best 4 configurations of stage coarse, 3 runs each" whole.log
"$WINNOW" top whole.h5 -n 4 >top.log
"$WINNOW" top whole.h5 -n 4 --json >top.json
"$WINNOW" export whole.h5 --format csv >files.log
"$WINNOW" export whole.h5 --format json >>files.log
says whole.configurations.csv files.log
says whole.configurations.jsonl files.log
"$WINNOW" report whole.h5 >/dev/null
$python - <<'END'
import csv, html, json, re

import h5py
import numpy as np

f = h5py.File("whole.h5")
rows, trials, coarse = f["configurations"][:], f["trials"][:], csv.DictReader(open("draws.csv"))


def must(what, good):
    if not good:
        raise SystemExit(f"FAILED: {what}")


# Every trial of the first stage has the values that `sample` foretold for its configuration.
for number, line in enumerate(coarse):
    must("sample's ids", int(line["id"]) == 3 * number and int(line["number"]) == number)
    for trial in trials[3 * number:3 * number + 3]:
        must(f"values of trial {trial['id']}", float(line["learning_rate"]) == trial["learning_rate"] and
             int(line["hidden"]) == trial["hidden"] and line["optimizer"] == trial["optimizer"].decode())

confirmed = np.sort(rows[rows["confirms"] >= 0], order="trial")
winner = min(confirmed, key=lambda r: (-r["val_accuracy_mean"], r["trial"]))
first = rows[rows["trial"] == winner["confirms"]][0]
mean = f"{100 * winner['val_accuracy_mean']:.2f} +- {100 * winner['val_accuracy_deviation']:.2f} %"
before = f"{100 * first['val_accuracy_mean']:.2f} +- {100 * first['val_accuracy_deviation']:.2f} %"
said = open("whole.log", encoding="utf-8").read()
must("the summary's winner", f"winner      configuration of trial {winner['trial']}, in stage sure: val_accuracy {mean}" in said)
must("the summary's first score", f"that of trial {winner['confirms']}, in stage coarse, which first scored {before}" in said)
must("top's winner", re.search(rf"^ *{winner['trial']}  sure   3 runs +{re.escape(mean)} .* trial {winner['confirms']}, "
                               rf"which first scored {re.escape(before)}$", open("top.log", encoding="utf-8").read(), re.M))
page = html.unescape(open("whole.html", encoding="utf-8").read()).replace("±", "+-")
must("the report's winner", f"{mean}</dd>" in page and f"mean +- deviation of 3 runs, from trial {winner['trial']}" in page)
must("the report's first score", f"came to {mean} (mean +- deviation of 3 runs); they had first scored {before}" in page)


def number(text):
    return np.nan if text in ("", None) else float(text)


def same(what, row, other):
    for name in rows.dtype.names:
        if name == "stage":
            must(what, other[name] == ("coarse", "sure")[row[name]])
        elif name == "confirms" and row[name] < 0:
            must(what, other[name] in ("", None))
        else:
            must(f"{what}: {name}", np.array_equal(number(other[name]), float(row[name]), equal_nan=True))


listed = json.load(open("top.json"))["configurations"]
must("top's order", [c["trial"] for c in listed] == [r["trial"] for r in sorted(
    confirmed, key=lambda r: (-r["val_accuracy_mean"], r["trial"]))])
same("top --json", winner, listed[0])
for what, lines in ("csv", list(csv.DictReader(open("whole.configurations.csv")))), \
        ("jsonl", [json.loads(line) for line in open("whole.configurations.jsonl")]):
    must(f"{what}: rows", len(lines) == len(rows))
    for row, line in zip(rows, lines):
        same(what, row, line)
END
"$WINNOW" replay whole.h5 --trial 31 >replay.log || { cat replay.log; fail "replay of a confirmed trial"; }

# --- in shards, stage by stage ---
from=()
for stage in 1 2 3; do
    run "shard.$stage.log" space.yaml --shard 1/2 "${from[@]}" -o "one.$stage.h5"
    run "shard.$stage.log" space.yaml --shard 2/2 "${from[@]}" -o "two.$stage.h5"
    "$WINNOW" merge "merged.$stage.h5" "one.$stage.h5" "two.$stage.h5" >merge.log
    from=(--from "merged.$stage.h5")
done
run merged.log space.yaml -o merged.3.h5
$python "$TESTS/e2e/compare_trials.py" whole.h5 merged.3.h5

# --- what may change ---
# A campaign that had fewer configurations, in one stage; then more, and then what confirms them.
sed '/name: sure/d; /name: fine/d; s/trials: 10/trials: 6/' space.yaml >fewer.yaml
sed '/name: sure/d; /name: fine/d' space.yaml >coarse.yaml
run grown.log fewer.yaml -o grown.h5
run grown.log coarse.yaml -o grown.h5
run grown.log space.yaml -o grown.h5
$python - <<'END'
import h5py

one, other = (h5py.File(name)["trials"] for name in ("whole.h5", "grown.h5"))
if len(one) != len(other) or (one["weights_hash"] != other["weights_hash"]).any():
    raise SystemExit("FAILED: a campaign that grew has other trials")
END
sed 's/replicates: 3, epochs: 4/replicates: 2, epochs: 4/' space.yaml >other.yaml
refused 2 "stages.0.replicates is 2 here, but 3" run other.yaml -o whole.h5
sed 's/confirm: 4/confirm: 3/' space.yaml >other.yaml
refused 2 "stages.1.confirm is 3 here, but 4" run other.yaml -o whole.h5

# --- fewer completed than are to be confirmed ---
sed 's/min: 1e-4, max: 10}/min: 1e-4, max: 1e9}/; s/confirm: 4/confirm: 9/' space.yaml >poor.yaml
run poor.log poor.yaml -o poor.h5
grep -Eq "confirm: 9, but only [1-8] configurations? of stage coarse completed: at least [0-9]+ runs each" poor.log ||
    { cat poor.log; fail "it is not told that fewer were confirmed"; }
$python "$TESTS/e2e/check_configurations.py" poor.h5
