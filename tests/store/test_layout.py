#!/usr/bin/python3
"""The results file is what README.md says, read by others: h5py opens every documented object, with its type and the
values that fixtures.c wrote; h5dump reads all of it; files of the same shape with wrong content are refused in words.

usage: test_layout.py LAYOUT_FILE   (the program built from layout_file.c)
"""
import shutil
import struct
import subprocess
import sys

try:
    import h5py
    import numpy as np
except ImportError as missing:
    sys.exit(f"FAILED: {missing}; install the Debian packages python3-h5py and python3-numpy")

PROGRAM = sys.argv[1]
FILE = "layout.h5"
FAILURES = []


def check(what, holds):
    if not holds:
        FAILURES.append(what)
        print("FAILED:", what)


def equal(what, found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    if found.dtype.kind == "f":
        same = found.shape == expected.shape and np.array_equal(found, expected, equal_nan=True)
    else:
        same = found.shape == expected.shape and (found == expected).all()
    check(f"{what} is {found!r}, not {expected!r}", same)


def columns(what, table, kinds):
    """The table's columns are these, in this order, with these types; texts are of fixed length."""
    found = {name: table.dtype[name].str.lstrip("|<") for name in table.dtype.names}
    check(f"columns of {what} are {found}, not {kinds}", list(found.items()) == list(kinds.items()))


def texts(values):
    return [value.decode("utf-8") for value in values]


NAN = np.nan
IDS = np.arange(9)
EVEN = IDS % 2 == 0
STATUS = ["completed"] * 9
STATUS[2], STATUS[3], STATUS[5] = "diverged", "failed", "stopped"
RAN = np.array([s != "failed" for s in STATUS])          # has figures
FIGURES = np.array([s not in ("failed", "diverged") for s in STATUS])


def check_root(f):
    a = f.attrs
    expected = {
        "format": "winnow", "format_version": np.uint32(1), "name": "made-up", "config_name": "made-up.yaml",
        "config": "name: made-up\nseed: 7\n# für den Versuch\n", "config_hash": np.uint64(0xFEDCBA9876543210),
        "created": np.float64(1700000000.5), "versions": "winnow 0.1.0; no MPI; HDF5 made up",
        "complete": np.uint8(1), "ended": np.float64(1700009999.5), "outcome": "finished",
        "end_reason": "all stages are done"}
    check(f"attributes of / are {sorted(a)}", sorted(a) == sorted(expected))
    for name, value in expected.items():
        check(f"attribute {name} is {a[name]!r}", a[name] == value and type(a[name]) is type(value))
    check("objects of /", sorted(f) == ["configurations", "curves", "data", "decisions", "draws", "elites", "ensemble", "leases", "members",
                                        "preflight", "stages", "starts", "trials"])


def check_trials(t):
    columns("/trials", t, {
        "id": "u8", "stage": "u4", "number": "u4", "status": "S16", "epochs": "u4", "val_accuracy": "f8",
        "val_loss": "f8", "train_loss": "f8", "best_epoch": "u4", "seconds": "f8", "samples_per_second": "f8",
        "rank": "u4", "host": "S64", "weights_hash": "u8", "reason": "S160", "started": "f8", "arithmetic": "S96",
        "optimizer": "S64", "learning_rate": "f8", "momentum": "f8", "batch_size": "i8", "hidden": "i8",
        "mixed": "S64", "kind": "S64", "fixed": "f8"})
    equal("id", t["id"], IDS)
    equal("stage", t["stage"], np.where(IDS < 6, 0, 1))
    equal("number", t["number"], np.where(IDS < 6, IDS, IDS - 6))
    equal("status", texts(t["status"]), STATUS)
    equal("epochs", t["epochs"], np.where(RAN, 2, 0))
    equal("val_accuracy", t["val_accuracy"], np.where(FIGURES, 0.5 + (7 * IDS) % 9 / 100, NAN))
    equal("val_loss", t["val_loss"], np.where(FIGURES, 1.0 / (IDS + 1), NAN))
    equal("train_loss", t["train_loss"], np.where(FIGURES, 0.5 / (IDS + 1), NAN))
    equal("best_epoch", t["best_epoch"], np.where(RAN, 2, 0))
    equal("seconds", t["seconds"], 3.5 + IDS)
    equal("samples_per_second", t["samples_per_second"], 1e5 + IDS)
    equal("rank", t["rank"], IDS % 4)
    equal("host", texts(t["host"]), ["node7"] * 9)
    equal("weights_hash", t["weights_hash"], np.uint64(0xF000000000000000) + IDS.astype("u8"))
    equal("reason", texts(t["reason"]), ["" if s == "completed" else 'a reason; with "quotes"' for s in STATUS])
    equal("started", t["started"], 1700000300.25 + IDS)
    equal("arithmetic", texts(t["arithmetic"]), ["avx512"] * 9)
    equal("optimizer", texts(t["optimizer"]), np.where(EVEN, "nesterov", "adam"))
    equal("learning_rate", t["learning_rate"], 0.1 / (IDS + 3))
    equal("momentum", t["momentum"], np.where(EVEN, 0.9 + IDS / 1000, NAN))
    equal("batch_size", t["batch_size"], np.where(IDS % 3 == 0, 32, 64))
    equal("hidden", t["hidden"], 16 + IDS)
    equal("mixed", texts(t["mixed"]), np.where(EVEN, "auto", "0.5"))
    equal("kind", texts(t["kind"]), np.where(EVEN, "grün", ""))
    equal("fixed", t["fixed"], np.where(EVEN, 8, NAN))


def check_curves(c):
    columns("/curves", c, {"trial": "u8", "epoch": "u4", "learning_rate": "f8", "momentum": "f8", "train_loss": "f8",
                           "train_accuracy": "f8", "val_loss": "f8", "val_accuracy": "f8", "update_ratio": "f8",
                           "seconds": "f8"})
    trial = np.repeat(IDS[RAN], 2)
    epoch = np.tile([1, 2], RAN.sum())
    x = trial + (epoch - 1) / 8
    equal("curves trial", c["trial"], trial)
    equal("curves epoch", c["epoch"], epoch)
    equal("curves learning_rate", c["learning_rate"], np.full(16, 0.1))
    equal("curves momentum", c["momentum"], np.where(trial % 2 == 0, 0.9, NAN))
    for shift, name in enumerate(["train_loss", "train_accuracy", "val_loss", "val_accuracy"]):
        equal(f"curves {name}", c[name], x + [0.1, 0.2, 0.3, 0.4][shift])
    equal("curves update_ratio", c["update_ratio"], np.full(16, 1e-3))
    equal("curves seconds", c["seconds"], np.full(16, 0.5))


def check_stages(f):
    s = f["stages"][...]
    columns("/stages", s, {
        "stage": "u4", "name": "S64", "parameter": "S64", "before_min": "f8", "before_max": "f8",
        "before_allowed": "u8", "before_values": "S512", "after_min": "f8", "after_max": "f8", "after_allowed": "u8",
        "after_values": "S512", "elites": "u4", "reason": "u1", "why": "S160"})
    names = ["optimizer", "learning_rate", "momentum", "batch_size", "hidden", "mixed", "kind", "fixed"]
    equal("stages stage", s["stage"], np.repeat([0, 1], 8))
    equal("stages name", texts(s["name"]), ["coarse"] * 8 + ["fine"] * 8)
    equal("stages parameter", texts(s["parameter"]), names * 2)
    equal("stages before_min", s["before_min"], [NAN, 1e-4, 0.5, NAN, 16, NAN, NAN, NAN] * 2)
    equal("stages before_max", s["before_max"], [NAN, 1, 0.99, NAN, 64, NAN, NAN, NAN] * 2)
    equal("stages after_min", s["after_min"][8:], [NAN, 0.01, 0.5, NAN, 16, NAN, NAN, NAN])
    equal("stages after_max", s["after_max"][8:], [NAN, 3, 0.99, NAN, 64, NAN, NAN, NAN])
    equal("stages before_allowed", s["before_allowed"], [3, 0, 0, 3, 0, 3, 3, 1] * 2)
    equal("stages after_allowed", s["after_allowed"][8:], [1, 0, 0, 3, 0, 3, 3, 1])
    equal("stages before_values", texts(s["before_values"][:8]),
          ["nesterov, adam", "", "", "32, 64", "", "auto, 0.5", "a, grün", "8"])
    equal("stages after_values", texts(s["after_values"][8:9]), ["nesterov"])
    equal("stages elites", s["elites"], np.repeat([0, 2], 8))
    equal("stages reason", s["reason"], [5] * 8 + [8, 3] + [5] * 6)
    check("stages why", all(len(why) > 10 for why in texts(s["why"])) and len(set(s["why"])) == 3)
    check("stages attributes", dict(f["stages"].attrs) == {"stages": 2, "parameters": 8})
    columns("/elites", f["elites"], {"stage": "u4", "rank": "u4", "trial": "u8"})
    equal("elites", [tuple(row) for row in f["elites"]], [(1, 0, 4), (1, 1, 1)])


def check_configurations(f):
    """Stage 1 repeats trials 4 and 1, each in two of its trials; the last of them has not ended."""
    c, t = f["configurations"][...], f["trials"][...]
    columns("/configurations", c, {
        "stage": "u4", "configuration": "u4", "trial": "u8", "confirms": "i8", "runs": "u4", "completed": "u4",
        "val_accuracy_mean": "f8", "val_accuracy_deviation": "f8", "val_loss_mean": "f8", "val_loss_deviation": "f8"})
    equal("configurations", [tuple(row) for row in c[["stage", "configuration", "trial", "confirms", "runs", "completed"]]],
          [(1, 0, 6, 4, 2, 2), (1, 1, 8, 1, 2, 1)])
    for name in ("val_accuracy", "val_loss"):
        equal(f"configurations {name}_mean", c[f"{name}_mean"], [t[name][6:8].mean(), t[name][8]])
        check(f"configurations {name}_deviation",
              abs(c[f"{name}_deviation"][0] - t[name][6:8].std(ddof=1)) < 1e-15 and np.isnan(c[f"{name}_deviation"][1]))


def check_draws(d):
    trial = np.arange(10)
    equal("draws trial", d["trial"], trial)
    check("draws types", [d[n].dtype.str.lstrip("|<") for n in ("trial", "present", "number", "choice")] ==
          ["u8", "u1", "f8", "u4"])
    check("draws shapes", all(d[n].shape == (10, 8) for n in ("present", "number", "choice")))
    equal("draws present", d["present"][:, 2], trial % 2 == 0)
    equal("draws number", d["number"][:, 1], 0.1 / (trial + 3))
    equal("draws choice", d["choice"][:, 0], trial % 2)


def check_history(f):
    s, p, l = f["starts"][...], f["preflight"][...], f["leases"][...]
    columns("/starts", s, {"time": "f8", "ranks": "u4", "process": "u4", "host": "S64", "arithmetic": "S96",
                           "new_config": "u1"})
    equal("starts", [tuple(row) for row in s[["time", "ranks", "process", "new_config"]]],
          [(1700000001, 4, 1000, 0), (1700000002, 5, 1001, 0)])
    columns("/preflight", p, {"config_hash": "u8", "arithmetic": "S96", "gradient_error": "f8", "initial_loss": "f8",
                              "expected_loss": "f8", "subset_accuracy": "f8", "samples_per_second": "f8"})
    check("preflight", p[0].item() == (0xFEDCBA9876543210, b"avx512", 1e-9, 1.0985, 1.0986, 1.0, 125000.0))
    d = f["decisions"][...]
    columns("/decisions", d, {"order": "u8", "trial": "u8", "rung": "u4", "epoch": "u4", "metric": "f8",
                              "verdict": "S16"})
    trial = np.array([5, 4, 3, 2, 1, 0, 5])
    equal("decisions order", d["order"], np.arange(7))
    equal("decisions trial", d["trial"], trial)
    equal("decisions rung", d["rung"], [0] * 6 + [1])
    equal("decisions epoch", d["epoch"], [1] * 6 + [2])
    equal("decisions metric", d["metric"], 0.5 + trial / 64)
    equal("decisions verdict", texts(d["verdict"]), ["promoted"] * 6 + ["stopped"])
    columns("/leases", l, {"lease": "u8", "trial": "u8", "rank": "u4", "host": "S64", "start": "f8", "end": "f8",
                           "first_epoch": "u4", "last_epoch": "u4", "outcome": "S16"})
    equal("leases lease", l["lease"], np.arange(1, 12))
    equal("leases trial", l["trial"], [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9])
    outcome = ["finished"] * 11
    outcome[3], outcome[4], outcome[10] = "lost", "crashed", "open"
    equal("leases outcome", texts(l["outcome"]), outcome)
    equal("leases start", l["start"], 1700000100.0 + np.arange(1, 12))
    equal("leases end", l["end"], np.append(1700000200.0 + np.arange(1, 11), NAN))
    equal("leases epochs", np.stack([l["first_epoch"], l["last_epoch"]]), [[1] * 10 + [0], [2] * 10 + [0]])


def check_members(m):
    check("members", sorted(m) == ["1", "6", "7"])
    networks = [(name, member, 2, int(name)) for name, member in m.items()]
    check("snapshots", sorted(m["7/snapshots"]) == ["1", "12", "3"])
    networks += [(f"7 at epoch {name}", member, int(name), 10 * int(name)) for name, member in m["7/snapshots"].items()]
    for name, member, epoch, first in networks:
        check("member's attributes", sorted(member.attrs) == ["epoch", "network"] and member.attrs["epoch"] == epoch)
        check("type of an epoch", member.attrs["epoch"].dtype == np.dtype("<u4"))
        check("member's network", member.attrs["network"].startswith('{"input":[4,2,1],"classes":3'))
        check("member's objects", sorted(member) == ["layers", "selection_probabilities"] + ["snapshots"] * (name == "7") +
              ["validation_probabilities"])
        check("member's layers", {layer: sorted(arrays) for layer, arrays in member["layers"].items()} == {
            "even": ["mean", "scale", "shift", "variance"], "out": ["bias", "weight"], "see": ["bias", "weight"],
            "wide": ["bias", "weight"]})
        for i, (layer, role, shape) in enumerate([
                ("see", "weight", (3, 2, 1, 2)), ("see", "bias", (2,)), ("even", "scale", (2,)), ("even", "shift", (2,)),
                ("even", "mean", (2,)), ("even", "variance", (2,)), ("wide", "weight", (16, 5)), ("wide", "bias", (5,)),
                ("out", "weight", (5, 3)), ("out", "bias", (3,))]):
            values = member["layers"][layer][role]
            count = np.prod(shape)
            check("type of a weight", values.dtype == np.dtype("<f4"))
            equal(f"member {name} {layer} {role}", values[...],
                  (first + i / 4 + np.arange(count) / 64).reshape(shape).astype("f4"))
        p = member["validation_probabilities"]
        check("type of probabilities", p.dtype == np.dtype("<f4"))
        equal("probabilities", p[...], ((first + np.arange(12)) / 32).reshape(4, 3).astype("f4"))
        p = member["selection_probabilities"]
        check("type of selection probabilities", p.dtype == np.dtype("<f4"))
        equal("selection probabilities", p[...], ((first + np.arange(6)) / 64).reshape(2, 3).astype("f4"))


def check_ensemble(e):
    check("attributes of /ensemble", dict(e.attrs) == {"has_test": 1, "method": "greedy", "metric": "val_accuracy",
                                                     "chosen_on": "selection"})
    equal("ensemble members", e["members"], [7, 6])
    equal("ensemble epochs", e["epochs"], [3, 2])
    check("type of epochs", e["epochs"].dtype == np.dtype("<u4"))
    equal("ensemble counts", e["counts"], [2, 1])
    equal("ensemble metric_after_pick", e["metric_after_pick"], 0.7 + np.arange(3) / 40)
    figures = {"val_accuracy": 0.75, "val_loss": 0.6, "test_accuracy": 0.8, "test_loss": 0.7, "single_trial": 7,
               "single_val_accuracy": 0.7, "single_val_loss": 0.65, "single_test_accuracy": 0.6,
               "single_test_loss": 0.9, "selection_accuracy": 0.5, "selection_loss": 0.55,
               "single_selection_accuracy": 0.45, "single_selection_loss": 0.85}
    for name, value in figures.items():
        check(f"ensemble {name} is {e[name][()]}", e[name].shape == () and e[name][()] == value)
    equal("ensemble test_probabilities", e["test_probabilities"], (np.arange(15) / 16).reshape(5, 3).astype("f4"))
    t = e["test_evaluations"]
    columns("/ensemble/test_evaluations", t, {"time": "f8", "members": "S512", "accuracy": "f8", "loss": "f8"})
    check("test_evaluations", [row.item() for row in t[...]] == [
        (1700009999.5, b"7@3*2 6*1", 0.4, 0.7), (1700009999.5, b"7@3*2 6*1", 0.8, 0.7)])
    o = e["optimism"]
    columns("/ensemble/optimism", o, {"of": "S16", "networks": "u4", "validation": "f8", "selection": "f8",
                                      "difference": "f8", "margin": "f8"})
    check("optimism", [row.item() for row in o[...]] == [
        (b"best trial", 1, 0.7, 0.45, 0.7 - 0.45, 0.125), (b"pool", 3, 0.65, 0.5, 0.65 - 0.5, 0.25)])
    check("objects of /ensemble", sorted(e) == sorted(["members", "epochs", "counts", "metric_after_pick", "test_evaluations",
                                                       "test_probabilities", "optimism", *figures]))


def check_data(d):
    check("attributes of /data", dict(d.attrs) == {
        "data_hash": 0x8000000000000001, "height": 4, "width": 2, "channels": 1, "train_count": 20, "test_count": 5})
    check("types of /data", [d[n].dtype.str.lstrip("|<") for n in sorted(d)] == ["S4", "f4", "f4", "u4", "u2", "u4", "u2"])
    check("objects of /data", sorted(d) == ["class_names", "deviation", "mean", "selection_index", "selection_labels",
                                            "validation_index", "validation_labels"])
    equal("selection_index", d["selection_index"], [2, 5])
    equal("selection_labels", d["selection_labels"], [2, 1])
    equal("validation_index", d["validation_index"], [1, 4, 7, 10])
    equal("validation_labels", d["validation_labels"], [0, 1, 2, 0])
    equal("mean", d["mean"], np.array([72.5, 73.5], "f4"))
    equal("deviation", d["deviation"], np.array([90.25, 91.25], "f4"))
    equal("class_names", texts(d["class_names"]), ["coat", "hät", ""])


def check_bytes():
    with open(FILE, "rb") as file:
        block = file.read(512)
        rest = file.read()
    check("the user block's magic", block[:16] == b"winnow results\n\0")
    check("the user block's length", struct.unpack("<Q", block[16:24])[0] == len(rest))
    with h5py.File(FILE, "r") as opened:
        check("the user block's rows", struct.unpack("<Q", block[32:40])[0] == len(opened["trials"]))
    check("the user block's end", block[48:] == bytes(464))
    check("HDF5 begins after the user block", rest[:8] == b"\x89HDF\r\n\x1a\n" and rest[8] == 0)  # superblock of 1.8


def check_h5dump():
    if shutil.which("h5dump") is None:
        sys.exit("FAILED: h5dump is missing; install the Debian package hdf5-tools")
    dump = subprocess.run(["h5dump", FILE], capture_output=True)
    check(f"h5dump ends with {dump.returncode}: {dump.stderr[:300]}", dump.returncode == 0 and not dump.stderr)
    for word in (b'"nesterov', b'DATASET "validation_probabilities"', b'ATTRIBUTE "config_hash"', b'DATASET "leases"'):
        check(f"h5dump shows {word}", word in dump.stdout)


def change_row(f, table, row, column, value):
    rows = f[table][...]
    rows[row][column] = value
    f[table][...] = rows


def replace(f, path, data, **attributes):
    old = dict(f[path].attrs)
    del f[path]
    f.create_dataset(path, data=data)
    for name, value in {**old, **attributes}.items():
        f[path].attrs[name] = value


def set_attribute(f, path, name, value):
    f[path].attrs[name] = value


def huge(f, path, shape, dtype):
    del f[path]
    f.create_dataset(path, shape=shape, dtype=dtype, chunks=True)


WRONG = [
    ("another program's file", lambda f: set_attribute(f, "/", "format", "other"), "is not a winnow results file"),
    ("no format at all", lambda f: f.attrs.__delitem__("format"), "is not a winnow results file"),
    ("a later version", lambda f: set_attribute(f, "/", "format_version", np.uint32(2)),
     "is of format version 2; this winnow reads version 1"),
    ("a text for a number", lambda f: set_attribute(f, "/", "created", "today"), "created of / is not one number"),
    ("two numbers for one", lambda f: set_attribute(f, "/", "created", [1.0, 2.0]), "created of / is not one number"),
    ("a number for a text", lambda f: set_attribute(f, "/", "config", 5), "config of / is not one text"),
    ("no trials", lambda f: f.__delitem__("trials"), "/trials is missing"),
    ("trials that are no table", lambda f: replace(f, "trials", np.zeros(9)), "/trials is not a table"),
    ("a table of two dimensions", lambda f: replace(f, "trials", f["trials"][...].reshape(3, 3)),
     "/trials is not a table"),
    ("a column less", lambda f: replace(f, "trials", f["trials"][...][[n for n in f["trials"].dtype.names if n != "rank"]]),
     "/trials has no column rank"),
    ("a column of another type", lambda f: replace(f, "elites", f["elites"][...].astype(
        [("stage", "u4"), ("rank", "f8"), ("trial", "u8")])), "/elites has no column rank of the type"),
    ("an unknown status", lambda f: change_row(f, "trials", 1, "status", b"sleeping"), "status 'sleeping'"),
    ("an unknown outcome", lambda f: change_row(f, "leases", 1, "outcome", b"eaten"), "outcome 'eaten'"),
    ("an unknown verdict", lambda f: change_row(f, "decisions", 1, "verdict", b"eaten"), "row 1 of /decisions"),
    ("decisions out of order", lambda f: change_row(f, "decisions", 2, "order", 5), "row 2 of /decisions"),
    ("a rung too far", lambda f: change_row(f, "decisions", 6, "rung", 24), "row 6 of /decisions"),
    ("a decision about nobody", lambda f: change_row(f, "decisions", 0, "trial", 50), "a decision of trial 50"),
    ("an unknown end", lambda f: set_attribute(f, "/", "outcome", "never"), "outcome is damaged"),
    ("a trial without a draw", lambda f: change_row(f, "trials", 3, "id", 50), "a result of trial 50"),
    ("curves of no trial", lambda f: change_row(f, "curves", 3, "trial", 77), "row 3 of /curves is of no trial"),
    ("curves out of order", lambda f: change_row(f, "curves", 15, "trial", 0), "row 15 of /curves"),
    ("more leases left out than can be", lambda f: change_row(f, "leases", 5, "lease", 1 << 40), "lease 1099511627776"),
    ("a stage out of order", lambda f: change_row(f, "stages", 3, "stage", 1), "row 3 of /stages is damaged"),
    ("an unknown reason", lambda f: change_row(f, "stages", 3, "reason", 99), "row 3 of /stages is damaged"),
    ("more stages than rows", lambda f: set_attribute(f, "stages", "stages", np.uint32(3)), "/stages is damaged"),
    ("too many parameters", lambda f: set_attribute(f, "stages", "parameters", np.uint32(4096)), "/stages is damaged"),
    ("an elite of no stage", lambda f: change_row(f, "elites", 0, "stage", 9), "row 0 of /elites is damaged"),
    ("a choice that cannot be", lambda f: f["draws/choice"].__setitem__((2, 2), 64), "/draws/choice is damaged"),
    ("draws of another size", lambda f: replace(f, "draws/number", np.zeros((10, 7))), "size of the other draws"),
    ("a draw of a giant id", lambda f: f["draws/trial"].__setitem__(9, 2**63), str(2**63)),
    ("giant trials", lambda f: huge(f, "trials", (2**40,), f["trials"].dtype), "/trials claims to hold more than"),
    ("giant weights", lambda f: huge(f, "members/7/layers/wide/weight", (2**31, 2**31), "f4"), "claims to hold more"),
    ("giant names", lambda f: huge(f, "data/class_names", (2**40,), "S4"), "/data/class_names claims to hold more"),
    ("labels of another count", lambda f: replace(f, "data/validation_labels", np.zeros(3, "u2")),
     "/data holds arrays that do not fit"),
    ("selection labels of another count", lambda f: replace(f, "data/selection_labels", np.zeros(3, "u2")),
     "selection_index and selection_labels do not fit"),
    ("no selection labels", lambda f: f.__delitem__("data/selection_labels"), "/data/selection_labels is missing"),
    ("an empty selection part", lambda f: (replace(f, "data/selection_index", np.zeros(0, "u4")),
                                           replace(f, "data/selection_labels", np.zeros(0, "u2"))),
     "selection_index and selection_labels do not fit"),
    ("selection probabilities of other classes",
     lambda f: replace(f, "members/7/selection_probabilities", np.zeros((2, 4), "f4")),
     "/members/7/selection_probabilities has 2 examples of 4 classes"),
    ("a row of optimism less", lambda f: replace(f, "ensemble/optimism", f["ensemble/optimism"][...][:1]),
     "/ensemble/optimism is damaged"),
    ("a label that is text", lambda f: replace(f, "data/mean", np.zeros(2, "S3")), "/data/mean is not of the type"),
    ("a running mean of two dimensions", lambda f: replace(f, "members/7/layers/even/mean", np.zeros((1, 2), "f4")),
     "does not have 1 dimensions"),
    ("a bias of two dimensions", lambda f: replace(f, "members/7/layers/out/bias", np.zeros((1, 3), "f4")),
     "does not have 1 dimensions"),
    ("a network that is no JSON", lambda f: set_attribute(f, "members/7", "network", "{"), "network of trial 7"),
    ("a layer without a name", lambda f: set_attribute(f, "members/7", "network", '{"layers":[{"kind":"dense"}]}'),
     "layer without a name"),
    ("a layer that leaves its group", lambda f: set_attribute(f, "members/7", "network",
                                                              '{"layers":[{"name":"../../6/layers/out"}]}'),
     "layer without a name"),
    ("a member of no trial", lambda f: f.move("members/7", "members/seven"), "holds 'seven', which is no trial"),
    ("a member of an unknown trial", lambda f: f.move("members/7", "members/70"), "70"),
    ("a snapshot of no epoch", lambda f: f.move("members/7/snapshots/3", "members/7/snapshots/three"),
     "holds 'three', which is no epoch"),
    ("a snapshot of another epoch", lambda f: f.move("members/7/snapshots/3", "members/7/snapshots/4"), "is of epoch 3"),
    ("a snapshot of an epoch too large", lambda f: f.move("members/7/snapshots/3", f"members/7/snapshots/{2**32 + 3}"),
     "members/7/snapshots/3"),
    ("a snapshot of the best epoch", lambda f: f.copy("members/6", "members/7/snapshots/2"), "is of epoch 2"),
    ("more snapshots than are kept", lambda f: [f.copy("members/6", f"members/7/snapshots/{i}") for i in range(20, 34)],
     "has 17 snapshots, more than winnow keeps"),
    ("epochs of another length", lambda f: replace(f, "ensemble/epochs", np.zeros(3, "u4")), "do not fit together"),
    ("counts of another length", lambda f: replace(f, "ensemble/counts", np.zeros(3, "u4")), "do not fit together"),
]


def check_wrong_content():
    for what, change, message in WRONG:
        shutil.copyfile(FILE, "wrong.h5")
        with h5py.File("wrong.h5", "r+") as f:
            change(f)
        run = subprocess.run([PROGRAM, "read", "wrong.h5"], capture_output=True, text=True)
        check(f"{what}: ends with {run.returncode}, says '{run.stdout.strip()}' {run.stderr[-2000:]}",
              run.returncode == 1 and message in run.stdout and "wrong.h5" in run.stdout)
    run = subprocess.run([PROGRAM, "read", FILE], capture_output=True, text=True)
    check(f"the file itself is read: {run.stdout}", run.returncode == 0 and run.stdout == "read\n")


def check_older_file():
    """Files from before there were snapshots and selection parts have nothing of them, nor the epochs of an ensemble."""
    shutil.copyfile(FILE, "older.h5")
    with h5py.File("older.h5", "r+") as f:
        del f["ensemble/epochs"], f["ensemble/optimism"], f["members/7/snapshots"], f["ensemble"].attrs["chosen_on"]
        for name in ("selection_accuracy", "selection_loss", "single_selection_accuracy", "single_selection_loss"):
            del f["ensemble"][name]
        for member in f["members"].values():
            del member["selection_probabilities"]
        del f["data/selection_index"], f["data/selection_labels"]
    run = subprocess.run([PROGRAM, "read", "older.h5"], capture_output=True, text=True)
    check(f"an older file is read: {run.stdout}", run.returncode == 0 and run.stdout == "read\n")


def main():
    subprocess.run([PROGRAM, "write", FILE], check=True)
    check_bytes()
    with h5py.File(FILE, "r") as f:
        check_root(f)
        check_trials(f["trials"][...])
        check_curves(f["curves"][...])
        check_stages(f)
        check_configurations(f)
        check_draws(f["draws"])
        check_history(f)
        check_members(f["members"])
        check_ensemble(f["ensemble"])
        check_data(f["data"])
    check_h5dump()
    check_wrong_content()
    check_older_file()
    if FAILURES:
        sys.exit(f"{len(FAILURES)} checks failed")
    print("the layout is as documented")


main()
