#!/usr/bin/env bash
# The ensemble's word on IDX, HDF5 and CSV examples: of the test set the stored probabilities, bit for bit, and the stored
# accuracy; without labels the same; as CSV and as HDF5 the same. And what is refused.
# usage: predict.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf predict
mkdir predict
cd predict
mnist=/usr/share/datasets/fashion-mnist
sed 's/trials: 6/trials: 4/; s/trials: 4, epochs: 2/trials: 1, epochs: 1/' "$TESTS/e2e/fashion.yaml" >idx.yaml
cp "$TESTS/e2e/images.yaml" hdf5.yaml
/usr/bin/python3 "$TESTS/e2e/make_images.py" images.h5
/usr/bin/python3 - <<'END'
import random

random.seed(4)
with open("train.csv", "w") as train, open("test.csv", "w") as test:
    for file, rows in (train, 400), (test, 150):
        print('size,"weight, g",kind,colour', file=file)
        for _ in range(rows):
            kind = random.choice(["a \"b\"", "chaff", "grain"])
            mean = {"a \"b\"": 0, "chaff": 2, "grain": 4}[kind]
            values = [random.gauss(mean, 1) for _ in range(3)]
            quoted = '"' + kind.replace('"', '""') + '"'
            print(values[0], values[1], quoted, values[2], sep=",", file=file)
END
cat >csv.yaml <<'END'
name: csv
data: {format: csv, train: train.csv, test: test.csv, label: kind, validation: 100}
network: [{dense: 8}, relu, {dense: 3}]
parameters: {learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1e-1}}
stages: [{name: only, trials: 5, epochs: 4}]
ensemble: {size: 3, pool: 4}
END
for space in idx hdf5 csv; do
    "$WINNOW" run $space.yaml -o $space.h5 >$space.log 2>&1 || { cat $space.log; fail "$space"; }
done

predict() { # predict CAMPAIGN OUTPUT ARGUMENTS..
    local campaign=$1 output=$2
    shift 2
    "$WINNOW" predict "$campaign.h5" "$@" -o "$output" 2>"$output.log" || { cat "$output.log"; fail "predict $campaign $*"; }
}
predict idx idx_out.h5 --images $mnist/t10k-images-idx3-ubyte.gz --labels $mnist/t10k-labels-idx1-ubyte.gz
predict hdf5 hdf5_out.h5 --images images.h5:/test/images --labels images.h5:/test/labels
predict csv csv_out.h5 --table test.csv --label kind
predict idx idx_plain.h5 --images $mnist/t10k-images-idx3-ubyte.gz
predict hdf5 hdf5_plain.csv --images images.h5:/test/images
predict csv csv_out.csv --table test.csv --label kind
/usr/bin/python3 - <<'END'
import csv

import h5py
import numpy as np

for name in "idx", "hdf5", "csv":
    stored, out = h5py.File(name + ".h5"), h5py.File(name + "_out.h5")
    found = out["probabilities"][:]
    if found.tobytes() != stored["ensemble/test_probabilities"][:].tobytes():
        raise SystemExit(f"FAILED: {name}: other probabilities than the campaign's")
    accuracy = np.mean(out["predicted"][:] == out["labels"][:])
    if accuracy != stored["ensemble/test_accuracy"][()] or (out["predicted"][:] != found.argmax(1)).any():
        raise SystemExit(f"FAILED: {name}: accuracy {accuracy}, stored {stored['ensemble/test_accuracy'][()]}")
    with open(name + "_out.h5.log") as log:
        if f"accuracy {100 * accuracy:.2f} %" not in log.read():
            raise SystemExit(f"FAILED: {name}: the accuracy is not told")
    if (out["class_names"][:] != stored["data/class_names"][:]).any():
        raise SystemExit(f"FAILED: {name}: other class names")
    print(name, accuracy)
plain = h5py.File("idx_plain.h5")
if "labels" in plain or plain["probabilities"][:].tobytes() != h5py.File("idx_out.h5")["probabilities"][:].tobytes():
    raise SystemExit("FAILED: without labels it says something else")
for name in "hdf5_plain", "csv_out":
    out = h5py.File(name.split("_")[0] + "_out.h5")
    with open(name + ".csv", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [n.decode() for n in out["class_names"][:]]
    values = np.array([[row["p_" + n] for n in names] for row in rows], "f4")
    if values.tobytes() != out["probabilities"][:].tobytes():
        raise SystemExit(f"FAILED: {name}.csv does not hold the same numbers")
    if [row["predicted"] for row in rows] != [names[c] for c in out["predicted"][:]]:
        raise SystemExit(f"FAILED: {name}.csv does not hold the same classes")
    if ("label" in rows[0]) != (name == "csv_out"):
        raise SystemExit(f"FAILED: {name}.csv: labels")
END
single=$(/usr/bin/python3 -c 'import h5py; print(h5py.File("csv.h5")["ensemble/single_trial"][()])')
predict csv single.csv --table test.csv --label kind --trial "$single"
/usr/bin/python3 -c '
import h5py
wanted = 100 * h5py.File("csv.h5")["ensemble/single_test_accuracy"][()]
text = open("single.csv.log").read()
assert f"accuracy {wanted:.2f} %" in text and "by 1 network" in text, text'

refused 2 "one of --images and --table" predict idx.h5
refused 2 "one of --images and --table" predict idx.h5 --images x --table y
refused 2 "goes with --images" predict csv.h5 --table test.csv --labels x
refused 2 "where the campaign's are" predict csv.h5 --images $mnist/t10k-images-idx3-ubyte.gz
refused 2 "where the campaign's are" predict idx.h5 --table test.csv --label kind
refused 2 "in column 'kind'" predict csv.h5 --table test.csv
refused 2 "no label column 'sort'" predict csv.h5 --table test.csv --label sort
refused 2 "must be in the file of the images" predict hdf5.h5 --images images.h5:/test/images --labels other.h5:/test/labels
refused 2 "nothing.h5" predict hdf5.h5 --images nothing.h5:/x
refused 2 "must end in .h5 or .csv" predict csv.h5 --table test.csv --label kind -o out.txt
refused 1 "is not stored" predict csv.h5 --table test.csv --label kind --trial 99
refused 1 "cannot write" predict csv.h5 --table test.csv --label kind -o nowhere/out.csv
refused 1 "nowhere" predict csv.h5 --table test.csv --label kind -o nowhere/out.h5
sed 's/grain/gravel/' test.csv >other.csv
refused 2 '"gravel" is none of the campaign' predict csv.h5 --table other.csv --label kind
