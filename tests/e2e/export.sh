#!/usr/bin/env bash
# A campaign's trials for other tools: CSV and JSON hold what the results file holds, to the last digit; with "optuna",
# Optuna reads its journal. And what is refused. What ONNX models compute is export_onnx.py's to see.
# usage: export.sh WINNOW TESTS [optuna]
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
folder=export${3:+_$3}
rm -rf "$folder"
mkdir "$folder"
cd "$folder"
cp "$TESTS/e2e/blobs.yaml" space.yaml
"$WINNOW" run space.yaml -o space.h5 >run.log 2>&1 || { cat run.log; fail "the campaign"; }

if [ "${3:-}" = optuna ]; then
    "$WINNOW" export space.h5 --format optuna
    exec /usr/bin/python3 "$TESTS/e2e/load_optuna.py" space.h5 space.optuna.log
fi

[ "$("$WINNOW" export space.h5 --format csv)" = "$(printf 'space.trials.csv\nspace.curves.csv')" ] || fail "names of CSV files"
"$WINNOW" export space.h5 --format json -o other
/usr/bin/python3 - <<'END'
import csv
import json

import h5py
import numpy as np

file = h5py.File("space.h5")


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def same(found, stored):
    if stored is None or stored == "":
        return found in (None, "")
    return found == stored if isinstance(stored, str) else float(found) == stored


def check(name, key, rows, table, rename):
    if len(rows) != len(table):
        raise SystemExit(f"FAILED: {name}: {len(rows)} rows, {len(table)} in the file")
    for row, stored in zip(rows, table):
        for column in table.dtype.names:
            value = plain(stored[column])
            if column == "weights_hash":
                value = f"{value:016x}"
            if column == "stage":
                value = names[value]
            if not same(rename(row)[column], value):
                raise SystemExit(f"FAILED: {name}: {key} {stored[key]}, {column}: {rename(row)[column]}, stored {value}")


trials, curves = file["trials"][:], file["curves"][:]
names = {row["stage"]: row["name"].decode() for row in file["stages"][:]}
with open("space.trials.csv", newline="") as t, open("space.curves.csv", newline="") as c:
    check("space.trials.csv", "id", list(csv.DictReader(t)), trials, lambda row: row)
    check("space.curves.csv", "trial", list(csv.DictReader(c)), curves, lambda row: row)
with open("other.trials.jsonl") as t, open("other.curves.jsonl") as c:
    check("other.trials.jsonl", "id", [json.loads(line) for line in t], trials, lambda row: {**row, **row["parameters"]})
    check("other.curves.jsonl", "trial", [json.loads(line) for line in c], curves, lambda row: row)
print(len(trials), "trials and", len(curves), "epochs are the same")
END

refused 2 "csv, json, optuna or onnx" export space.h5
refused 2 "csv, json, optuna or onnx" export space.h5 --format xml
refused 2 "go with --format onnx" export space.h5 --format csv --trial 0
refused 2 "go with --format onnx" export space.h5 --format json --members
refused 2 "not with --trial" export space.h5 --format onnx --members --trial 0
refused 2 "--trial" export space.h5 --format onnx --trial best
refused 1 "winnow top space.h5 marks those that are" export space.h5 --format onnx --trial 999
"$WINNOW" run space.yaml --shard 1/8 -o shard.h5 >shard.log 2>&1 || { cat shard.log; fail "a shard"; }
refused 2 "shard.h5 has no ensemble yet; --trial ID" export shard.h5 --format onnx
best=$("$WINNOW" top shard.h5 -n 1 --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["trials"][0]["id"])')
[ "$("$WINNOW" export shard.h5 --format onnx --trial "$best")" = "shard.trial-$best.onnx" ] || fail "name of the best network"

echo garbage >garbage.h5
/usr/bin/python3 - <<'END'
import shutil

import h5py

with h5py.File("other.h5", "w") as file:
    file["values"] = [1, 2, 3]
shutil.copy("space.h5", "older.h5")
with h5py.File("older.h5", "r+") as file:
    file.attrs.modify("format_version", file.attrs["format_version"] - 1)
with open("space.h5", "rb") as file:
    data = bytearray(file.read())
data[len(data) // 2] ^= 1
with open("damaged.h5", "wb") as file:
    file.write(data)
with open("cut.h5", "wb") as file:
    file.write(data[:len(data) // 3])
END
for format in csv json optuna onnx; do
    refused 1 "cannot write nowhere/x" export space.h5 --format $format -o nowhere/x
    refused 1 "nothing.h5: there is no such file" export nothing.h5 --format $format
    refused 1 "garbage.h5 is not a winnow results file" export garbage.h5 --format $format
    refused 1 "other.h5 is not a winnow results file" export other.h5 --format $format
    refused 1 "damaged.h5 has changed since winnow wrote it" export damaged.h5 --format $format
    refused 1 "cut.h5 has changed since winnow wrote it" export cut.h5 --format $format
    refused 1 "cut.h5: is not a readable HDF5 file" export cut.h5 --format $format --unverified
    refused 1 "older.h5: is of format version 0; this winnow reads version 1" export older.h5 --format $format --unverified
done
[ -z "$(find . -name 'cut.*.*' -o -name 'older.*.*' -o -name '*.tmp')" ] || fail "files are left of what was refused"
