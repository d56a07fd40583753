#!/usr/bin/python3
"""An independent check of a results file, by its documented layout alone: rebuilds every stored network with h5py and
NumPy, and gets the validation probabilities, accuracies and the ensemble's test figures that winnow stored.

usage: rebuild_members.py FILE.h5 IMAGES LABELS TEST_IMAGES TEST_LABELS
       (each an IDX file, plain or .gz, or an array of an HDF5 file: FILE.h5:/path)
"""
import gzip
import json
import sys

try:
    import h5py
    import numpy as np
    from numpy.lib.stride_tricks import sliding_window_view
except ImportError as missing:
    sys.exit(f"FAILED: {missing}; install the Debian packages python3-h5py and python3-numpy")

TOLERANCE = 1e-4
NEAR_TIE = 1e-6  # two classes this near to each other may swap by rounding
BATCH = 250  # examples at a time: windows of images take much memory
ARRAYS = {"dense": {"weight", "bias"}, "conv2d": {"weight", "bias"},
          "batch_norm": {"scale", "shift", "mean", "variance"}}
IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def fail(message):
    sys.exit(f"FAILED: {message}")


def read_idx(path):
    """The array of an IDX file: two zero bytes, type, number of dimensions, big-endian sizes, values."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    dims = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, IDX_TYPES[data[2]], int(np.prod(dims)), 4 + 4 * data[3]).reshape(dims)


def read_array(place):
    file, colon, path = place.partition(":/")
    if not colon:
        return read_idx(place)
    with h5py.File(file, "r") as opened:
        return opened[path][...]


def normalise(images, data):
    """(x - mean) / deviation, each repeated over the values of an example, in float as winnow does it."""
    x = images.reshape(len(images), -1).astype("f4")
    repeats = x.shape[1] // len(data["mean"])
    mean, deviation = (np.tile(data[name][...], repeats) for name in ("mean", "deviation"))
    return ((x - mean) * (np.float32(1) / deviation)).astype("f8")


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def shares(x):
    """What a network trained on squared error says: its outputs without negatives, scaled to 1."""
    x = np.maximum(x, 0)
    total = x.sum(axis=1, keepdims=True)
    return np.where(total > 0, x / np.where(total > 0, total, 1), 1 / x.shape[1])


def join(values, pair):
    out = values[0]
    for value in values[1:]:
        out = pair(out, value)
    return out


def margins(shape, layer, size):
    """How many places are added before and after each axis of [examples, height, width, channels]."""
    added = [(0, 0)]
    for places, extent, stride in zip(shape[1:3], size, layer["stride"]):
        outputs = -(-places // stride)
        more = max((outputs - 1) * stride + extent - places, 0) if layer["padding"] == "same" else 0
        added.append((more // 2, more - more // 2))
    return [*added, (0, 0)]


def windows(x, layer, size, beyond):
    """[examples, rows, columns, channels, size] of x [examples, height, width, channels], `beyond` standing around it."""
    padded = np.pad(x, margins(x.shape, layer, size), constant_values=beyond)
    return sliding_window_view(padded, size, axis=(1, 2))[:, ::layer["stride"][0], ::layer["stride"][1]]


def dense(layer, x, arrays):
    vectors = x[0].reshape(len(x[0]), -1) @ arrays["weight"] + arrays["bias"]
    return vectors[:, None, None, :]


def conv2d(layer, x, arrays):
    seen = windows(x[0], layer, layer["kernel"], 0)
    return np.einsum("nijcab,abco->nijo", seen, arrays["weight"], optimize=True) + arrays["bias"]


def max_pool(layer, x, arrays):
    return windows(x[0], layer, layer["size"], -np.inf).max(axis=(4, 5))


def average_pool(layer, x, arrays):
    sums, places = (windows(part, layer, layer["size"], 0).sum(axis=(4, 5)) for part in (x[0], np.ones_like(x[0])))
    return sums / places


def batch_norm(layer, x, arrays):
    deviation = np.sqrt(arrays["variance"] + layer["epsilon"])
    return arrays["scale"] * (x[0] - arrays["mean"]) / deviation + arrays["shift"]


# Each from the layer's settings, its inputs, [examples, height, width, channels] as its output, and its arrays.
LAYERS = {
    "flatten": lambda layer, x, arrays: x[0].reshape(len(x[0]), 1, 1, -1),
    "dropout": lambda layer, x, arrays: x[0],
    "dense": dense,
    "conv2d": conv2d,
    "max_pool": max_pool,
    "average_pool": average_pool,
    "global_average_pool": lambda layer, x, arrays: x[0].mean(axis=(1, 2), keepdims=True),
    "batch_norm": batch_norm,
    "relu": lambda layer, x, arrays: np.maximum(x[0], 0),
    "leaky_relu": lambda layer, x, arrays: np.where(x[0] > 0, x[0], layer["slope"] * x[0]),
    "tanh": lambda layer, x, arrays: np.tanh(x[0]),
    "sigmoid": lambda layer, x, arrays: 1 / (1 + np.exp(-x[0])),
    "add": lambda layer, x, arrays: join(x, np.add),
    "multiply": lambda layer, x, arrays: join(x, np.multiply),
    "maximum": lambda layer, x, arrays: join(x, np.maximum),
}


class Member:
    """A stored network: its JSON says what is computed, its arrays with what."""

    def __init__(self, group):
        self.network = json.loads(group.attrs["network"])
        self.arrays = {layer: {role: array[...].astype("f8") for role, array in arrays.items()}
                       for layer, arrays in group["layers"].items()}
        self.stored = group["validation_probabilities"][...]
        wanted = {layer["name"]: ARRAYS[layer["kind"]] for layer in self.network["layers"] if layer["kind"] in ARRAYS}
        found = {layer: set(arrays) for layer, arrays in self.arrays.items()}
        if found != wanted:
            fail(f"{group.name} stores the arrays {found}, its network needs {wanted}")

    def outputs(self, x):
        """What the last layer gives: [examples, classes]."""
        return np.concatenate([self.outputs_of(x[first:first + BATCH]) for first in range(0, len(x), BATCH)])

    def outputs_of(self, batch):
        values = {"input": batch.reshape(-1, *self.network["input"])}
        for layer in self.network["layers"]:
            inputs = [values[name] for name in layer["from"]]
            values[layer["name"]] = LAYERS[layer["kind"]](layer, inputs, self.arrays.get(layer["name"]))
        return values[self.network["layers"][-1]["name"]].reshape(len(batch), self.network["classes"])

    def probabilities(self, x):
        out = self.outputs(x)
        return shares(out) if self.network["loss"] == "mean_squared_error" else softmax(out)


def same_probabilities(what, found, stored):
    if found.shape != stored.shape:
        fail(f"{what} has shape {stored.shape}, rebuilt {found.shape}")
    worst = np.abs(found - stored).max(initial=0)
    if not worst <= TOLERANCE:
        fail(f"{what} differs by {worst:.2e}")
    return worst


def same_accuracy(what, probabilities, labels, stored):
    """The stored accuracy is the number of correct examples, but for those where two classes tie."""
    correct = int((probabilities.argmax(axis=1) == labels).sum())
    expected = stored * len(labels)
    if abs(expected - round(expected)) > 1e-6:
        fail(f"{what} {stored!r} is no whole number of {len(labels)} examples")
    top = np.sort(probabilities, axis=1)[:, -2:]
    ties = int((top[:, 1] - top[:, 0] < NEAR_TIE).sum())
    if abs(correct - round(expected)) > ties:
        fail(f"{what} is {round(expected)} of {len(labels)}, rebuilt {correct}, with {ties} near ties")
    return correct


def mean_loss(probabilities, labels):
    return -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12)).mean()


def cross_entropy(outputs, labels):
    """Of a single network, from its outputs: sure of a wrong class, its probability of the right one may be 0."""
    top = outputs.max(axis=1)
    sums = np.log(np.exp(outputs - top[:, None]).sum(axis=1)) + top
    return (sums - outputs[np.arange(len(labels)), labels]).mean()


def near(what, found, stored):
    if not abs(found - stored) <= TOLERANCE:
        fail(f"{what} is {stored}, rebuilt {found}")


def average(parts, counts):
    return sum(count * part.astype("f8") for part, count in zip(parts, counts)) / sum(counts)


def check_snapshots(name, group, curve, x, labels, members):
    """The trial's other networks, as its curve has them."""
    worst = 0
    for epoch, part in group.get("snapshots", {}).items():
        what = f"member {name} at epoch {epoch}"
        member = members[int(name), int(epoch)] = Member(part)
        found, row = member.probabilities(x), curve[int(epoch)]
        worst = max(worst, same_probabilities(f"{what}: validation_probabilities", found, member.stored))
        same_accuracy(f"{what}: val_accuracy", member.stored, labels, row["val_accuracy"])
        correct = same_accuracy(f"{what}: val_accuracy", found, labels, row["val_accuracy"])
        if member.network["loss"] == "softmax_cross_entropy":
            near(f"{what}: val_loss", cross_entropy(member.outputs(x), labels), row["val_loss"])
        if part.attrs["epoch"] != int(epoch) or int(epoch) == group.attrs["epoch"]:
            fail(f"{what} is of epoch {part.attrs['epoch']}, the member of {group.attrs['epoch']}")
        print(f"{what}: {correct} of {len(labels)} validation examples, as stored")
    return worst


def check_members(file, x, labels):
    rows = {row["id"]: row for row in file["trials"]}
    members, worst = {}, 0
    for name, group in file["members"].items():
        row = rows[int(name)]
        member = members[int(name), row["best_epoch"]] = Member(group)
        found = member.probabilities(x)
        worst = max(worst, same_probabilities(f"member {name}: validation_probabilities", found, member.stored))
        same_accuracy(f"trial {name}: val_accuracy", member.stored, labels, row["val_accuracy"])
        correct = same_accuracy(f"trial {name}: val_accuracy", found, labels, row["val_accuracy"])
        if member.network["loss"] == "softmax_cross_entropy":
            near(f"trial {name}: val_loss", cross_entropy(member.outputs(x), labels), row["val_loss"])
        if group.attrs["epoch"] != row["best_epoch"]:
            fail(f"member {name} is of epoch {group.attrs['epoch']}, its trial's best is {row['best_epoch']}")
        print(f"member {name}: {correct} of {len(labels)} validation examples, as stored")
        curve = {row["epoch"]: row for row in file["curves"][:] if row["trial"] == int(name)}
        worst = max(worst, check_snapshots(name, group, curve, x, labels, members))
    if not members:
        fail("no network is stored")
    print(f"{len(members)} members rebuilt; validation probabilities differ by at most {worst:.1e}")
    return members


def check_ensemble(file, members, labels, test_x, test_labels):
    ensemble, best_epochs = file["ensemble"], {row["id"]: row["best_epoch"] for row in file["trials"]}
    ids = list(zip(ensemble["members"][...], ensemble["epochs"][...]))
    counts, best = ensemble["counts"][...], ensemble["single_trial"][()]
    single_id = best, best_epochs[best]
    validation = average([members[i].stored for i in ids], counts)
    same_accuracy("ensemble: val_accuracy", validation, labels, ensemble["val_accuracy"][()])
    near("ensemble: val_loss", mean_loss(validation, labels), ensemble["val_loss"][()])
    if not ensemble.attrs["has_test"]:
        print("the campaign has no test set")
        return
    rebuilt = {i: members[i].probabilities(test_x) for i in {*ids, single_id}}
    test = average([rebuilt[i] for i in ids], counts)
    stored = ensemble["test_probabilities"][...]
    worst = same_probabilities("ensemble: test_probabilities", test, stored)
    accuracy = ensemble["test_accuracy"][()]
    if (stored.argmax(axis=1) == test_labels).mean() != accuracy:
        fail(f"ensemble: test_accuracy {accuracy} is not that of the stored test_probabilities")
    correct = same_accuracy("ensemble: test_accuracy", test, test_labels, accuracy)
    near("ensemble: test_loss", mean_loss(test, test_labels), ensemble["test_loss"][()])
    single = same_accuracy("single: test_accuracy", rebuilt[single_id], test_labels,
                           ensemble["single_test_accuracy"][()])
    print(f"ensemble of {len(ids)} members: {correct} of {len(test_labels)} test examples, as stored; "
          f"probabilities differ by at most {worst:.1e}")
    print(f"best single member {best}: {single} of {len(test_labels)} test examples, as stored")


def main(path, images, labels, test_images, test_labels):
    with h5py.File(path, "r") as file:
        data = file["data"]
        index = data["validation_index"][...]
        part = read_array(labels)[index]
        if not (part == data["validation_labels"][...]).all():
            fail("validation_labels are not those of the training file")
        members = check_members(file, normalise(read_array(images)[index], data), part.astype(int))
        if "members" in file["ensemble"]:
            check_ensemble(file, members, part.astype(int), normalise(read_array(test_images), data),
                           read_array(test_labels).astype(int))
        else:
            print("the campaign has no ensemble yet")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
