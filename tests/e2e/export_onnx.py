"""Models of ONNX, computed by readers that are not ours: onnxruntime, and the reference evaluator of onnx, get the
probabilities that `winnow predict` gives, to 1e-5, from the examples as they stand in their files; the checker of onnx finds
nothing. Ensembles and each of their networks; all layers, losses and normalisations; tables and images of one channel and
of three.

usage: export_onnx.py WINNOW, in a scratch folder, by a Python that has numpy, onnx and onnxruntime
"""
import collections
import csv
import json
import os
import shutil
import struct
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

TOLERANCE = 1e-5
EXAMPLES = {"train": 300, "test": 70}
HEIGHT, WIDTH = 9, 8
KINDS = ['a "b", c', "chaff", "grain"]

TABLE = """
data: {format: csv, train: train.csv, test: test.csv, label: kind, validation: 0.3, normalize: $normalize}
loss: $loss
network: $network
parameters: {learning_rate: {min: 0.01, max: 0.05}, hidden: {values: [5, 7]}, batch_size: {value: 16}}
stages: [{name: only, trials: 4, epochs: 4}]
ensemble: {size: 7, pool: 2}
"""
IMAGES = """
data:
  format: idx
  train: {images: $kind-train-images, labels: train-labels}
  test: {images: $kind-test-images, labels: test-labels}
  validation: 0.3
  normalize: $normalize
loss: $loss
network: $network
parameters: {learning_rate: {min: 0.005, max: 0.03}, hidden: {values: [5, 7]}, batch_size: {value: 16}}
stages: [{name: only, trials: 5, epochs: 6}]
ensemble: {size: 7, pool: 3}
"""
# Names of layers that the model might use for itself.
BRANCHES = """
  - dense: {units: $hidden, name: examples}
  - tanh: {name: probabilities}
  - dense: {units: $hidden, from: input, name: mean}
  - sigmoid: {name: scale}
  - dense: {units: $hidden, from: input, name: planes}
  - leaky_relu: {slope: 0.2, name: normalised}
  - multiply: {from: [probabilities, scale, normalised], name: scores}
  - maximum: {from: [probabilities, mean, normalised]}
  - add: {from: [maximum1, scores, planes]}
  - batch_norm
  - dropout: 0.1
  - dense: 3
"""
# 9 x 8 places: windows that hang over the edge on both sides, on one, and on none; strides over and under the window.
WINDOWS = """
  - conv2d: {filters: $hidden, kernel: [4, 3], padding: same, name: first}          # 9 x 8
  - batch_norm: {momentum: 0.5, epsilon: 1e-3}
  - relu: {name: wide}
  - conv2d: {filters: $hidden, kernel: 3, stride: 2, padding: same, name: half}     # 5 x 4
  - max_pool: {size: 3, stride: 2, padding: same, from: wide}                       # 5 x 4
  - sigmoid: {name: gate}
  - average_pool: {size: [4, 3], stride: 2, padding: same, from: wide}              # 5 x 4
  - tanh: {name: soft}
  - multiply: {from: [half, gate]}
  - maximum: {from: [multiply1, soft, gate]}
  - add: {from: [maximum1, half]}
  - leaky_relu: {name: joined}
  - average_pool: {size: 1, stride: 3, padding: same}                               # 2 x 2
  - flatten
  - batch_norm
  - dense: {units: 6, name: left}
  - conv2d: {filters: 6, kernel: [2, 3], stride: [1, 2], from: joined}              # 4 x 1
  - max_pool: [4, 1]                                                                # 1 x 1
  - conv2d: {filters: 6, kernel: 1, name: middle}
  - global_average_pool: {from: joined}
  - global_average_pool
  - dense: {units: 6, name: right}
  - add: {from: [left, middle, right]}
  - dropout: 0.2
  - flatten
  - dense: 3
"""
LAST_IMAGE = """
  - relu
  - batch_norm
  - average_pool: {size: 3, stride: 3}                                              # 3 x 2
  - conv2d: {filters: $hidden, kernel: [3, 2], padding: same, stride: [3, 1]}       # 1 x 2
  - conv2d: {filters: 1, kernel: 1}
  - leaky_relu: {slope: 0.5}
  - max_pool: {size: 1, name: scores}
"""
NO_WINDOWS = """
  - tanh
  - dense: {units: $hidden, name: first}
  - relu
  - flatten: {from: input}
  - dense: {units: $hidden}
  - add: {from: [first, dense2]}
  - multiply: {from: [add1, relu1]}
  - dense: 3
"""
Case = collections.namedtuple("Case", "name frame kind network loss normalize classes")
CASES = [
    Case("dense", TABLE, "table", "[{dense: $hidden}, relu, {dense: 3}]", "softmax_cross_entropy", "standard", 3),
    Case("branches", TABLE, "table", BRANCHES, "hinge", "unit", 3),
    Case("squares", TABLE, "table", BRANCHES, "mean_squared_error", "none", 3),
    Case("grey", IMAGES, "grey", NO_WINDOWS, "hinge", "standard", 3),
    Case("grey-squares", IMAGES, "grey", NO_WINDOWS, "mean_squared_error", "unit", 3),
    Case("windows", IMAGES, "colour", WINDOWS, "softmax_cross_entropy", "standard", 3),
    Case("windows-grey", IMAGES, "grey", WINDOWS, "hinge", "unit", 3),
    Case("windows-squares", IMAGES, "colour", WINDOWS, "mean_squared_error", "unit", 3),
    Case("raw", IMAGES, "colour", "[batch_norm, {conv2d: {filters: $hidden, kernel: 3}}, relu, {dense: 3}]",
         "softmax_cross_entropy", "none", 3),
    Case("last-image", IMAGES, "colour", LAST_IMAGE, "softmax_cross_entropy", "standard", 2),
]


def fail(message):
    sys.exit(f"FAILED: {message}")


def write_idx(path, array):
    with open(path, "wb") as file:
        file.write(struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype("u1").tobytes())


def make_data():
    """Clouds: of three features in scales of their own, and of pixels that grow brighter to one side. The test examples
    of each kind, as they stand in the file."""
    random = np.random.default_rng(3)
    tests = {}
    for part, count in EXAMPLES.items():
        labels = random.integers(0, 3, count)
        table = (random.normal(size=(count, 4)) + labels[:, None]) * [1, 3, 0.2, 1] + [0, -5, 1, 1]
        with open(f"{part}.csv", "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["a", "b, c", "kind", "d", "e"])
            rows.writerows([*row[:2], KINDS[label], *row[2:]] for row, label in zip(table.tolist(), labels))
        write_idx(f"{part}-labels", labels)
        write_idx(f"two-{part}-labels", labels // 2)
        slope = np.linspace(-1, 1, WIDTH)[None, None, :, None] * (labels[:, None, None, None] - 1) * 50
        for kind, channels in ("colour", 3), ("grey", 1):
            images = 120 + slope * np.arange(1, channels + 1) / channels
            images = np.clip(images + random.normal(0, 40, (count, HEIGHT, WIDTH, channels)), 0, 255).astype("u1")
            write_idx(f"{kind}-{part}-images", images if channels > 1 else images[..., 0])
            tests[kind] = images.astype("f4")
        tests["table"] = table.astype("f4")
    return tests


def call(winnow, *arguments):
    done = subprocess.run([winnow, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"{' '.join(arguments)} ends with {done.returncode}: {done.stderr}")
    return done.stdout


def predict(winnow, case, *options):
    """What winnow says, and the names of the classes."""
    data = ["--table", "features.csv"] if case.kind == "table" else ["--images", f"{case.kind}-test-images"]
    rows = list(csv.reader(call(winnow, "predict", case.name + ".h5", *data, *options).splitlines()))
    return np.array([row[2:] for row in rows[1:]], "f4"), [name.removeprefix("p_") for name in rows[0][2:]]


def describe(path, case, examples, names):
    """What a reader sees before it computes: any number of examples, and what they and the classes are."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path)
    taken, given = session.get_inputs(), session.get_outputs()
    shapes = [(v.name, v.type, v.shape) for v in (*taken, *given)]
    if shapes != [("examples", "tensor(float)", ["N", *examples.shape[1:]]),
                  ("probabilities", "tensor(float)", ["N", case.classes])]:
        fail(f"{path} takes and gives {shapes}")
    facts = session.get_modelmeta().custom_metadata_map
    if json.loads(facts["class_names"]) != names:
        fail(f"{path}: the classes are {facts['class_names']}, not {names}")
    if (model.producer_name, model.ir_version, model.opset_import[0].version) != ("winnow", 7, 14):
        fail(f"{path}: by {model.producer_name}, IR {model.ir_version}, operators {model.opset_import[0].version}")
    return model, session, json.loads(facts["trials"]), json.loads(facts["counts"])


def differences(model, session, examples, wanted):
    """Of each reader, at most, from what winnow says; of one example alone and of all at once."""
    readers = {"onnxruntime": session, "onnx": ReferenceEvaluator(model)}
    found = {}
    for name, reader in readers.items():
        parts = [reader.run(None, {"examples": examples[rows]})[0] for rows in (slice(0, 1), slice(None))]
        if parts[1].shape != wanted.shape:
            fail(f"{name} gives an array of {parts[1].shape}, winnow of {wanted.shape}")
        found[name] = max(abs(parts[0] - wanted[:1]).max(), abs(parts[1] - wanted).max())
    return found


def compare(winnow, case, path, examples, *options):
    wanted, names = predict(winnow, case, *options)
    model, session, trials, counts = describe(path, case, examples, names)
    found = differences(model, session, examples, wanted)
    if not max(found.values()) <= TOLERANCE:
        fail(f"{path}: {found}, more than {TOLERANCE}")
    if np.ptp(wanted, axis=0).max() < 0.2:
        fail(f"{path}: the examples are all alike to the network, which proves nothing")
    return trials, counts, found


def check(winnow, case, examples):
    text = case.frame
    for key in "kind", "network", "loss", "normalize":
        text = text.replace("$" + key, getattr(case, key))
    if case.classes == 2:
        text = text.replace("labels: t", "labels: two-t")
    with open(case.name + ".yaml", "w") as file:
        file.write(f"seed: 8\n{text}")
    call(winnow, "run", case.name + ".yaml", "-o", case.name + ".h5")
    paths = call(winnow, "export", case.name + ".h5", "--format", "onnx", "--members").split()
    trials, counts, found = compare(winnow, case, paths[0], examples)
    if paths != [case.name + ".onnx", *(f"{case.name}.trial-{trial}.onnx" for trial in trials)]:
        fail(f"{case.name}: {paths} of the trials {trials}")
    singles = collections.defaultdict(float)
    for trial, path in zip(trials, paths[1:]):
        which, once, each = compare(winnow, case, path, examples, "--trial", str(trial))
        if (which, once) != ([trial], [1]):
            fail(f"{path} is said to be of the trials {which}, counted {once}")
        for name, difference in each.items():
            singles[name] = max(singles[name], difference)
        with open(path, "rb") as file:
            bytes_of_member = file.read()
        if call(winnow, "export", case.name + ".h5", "-f", "onnx", "-t", str(trial), "-o", "other.onnx") != (
                f"other.trial-{trial}.onnx\n"):
            fail(f"{case.name}: -o other.onnx is written elsewhere")
        with open(f"other.trial-{trial}.onnx", "rb") as file:
            if file.read() != bytes_of_member:
                fail(f"{path}: --trial and --members write different models")
    for name in found:
        print(f"{case.name:16} {name:12} ensemble {found[name]:.1e}, {len(trials)} members {singles[name]:.1e}")
    return counts


def main(winnow):
    shutil.rmtree("export_onnx", ignore_errors=True)
    os.mkdir("export_onnx")
    os.chdir("export_onnx")
    tests = make_data()
    with open("features.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["a", "b, c", "d", "e"])
        rows.writerows(tests["table"].tolist())
    print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}")
    counts = [check(winnow, case, tests[case.kind]) for case in CASES]
    if not any(len(c) > 1 and len(set(c)) > 1 for c in counts):
        fail(f"no ensemble has networks of different weight: {counts}")


main(os.path.abspath(sys.argv[1]))
