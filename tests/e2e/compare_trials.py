#!/usr/bin/python3
"""Are the trial tables, kept networks and ensembles of several results files equal?

Every column of /trials is compared bit for bit but those that time and place decide; /members, /ensemble and /configurations too,
and the decisions of early stopping, whatever their order."""
import sys

import h5py
import numpy as np

FREE = {"seconds", "samples_per_second", "started", "rank", "host"}


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def decisions(file):
    rows = file["decisions"][:]
    return rows[np.lexsort((rows["rung"], rows["trial"]))][["trial", "rung", "epoch", "metric", "verdict"]].tolist()


def datasets(group):
    names = []
    group.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return names


def differences(first, other):
    a, b = first["trials"][:], other["trials"][:]
    if len(a) != len(b):
        yield f"/trials: {len(a)} and {len(b)} rows"
        return
    if a.dtype.names != b.dtype.names:
        yield "/trials: other columns"
        return
    for name in a.dtype.names:
        if name not in FREE and not same(a[name], b[name]):
            rows = [i for i in range(len(a)) if not same(a[name][i], b[name][i])]
            yield f"/trials: column {name} differs in rows {rows}: {a[name][rows]} and {b[name][rows]}"
    if sorted(first["members"]) != sorted(other["members"]):
        yield f"/members: {sorted(first['members'])} and {sorted(other['members'])}"
        return
    for member in first["members"]:
        arrays, others = datasets(first["members"][member]), datasets(other["members"][member])
        if arrays != others:
            yield f"/members/{member}: {arrays} and {others}"
            return
        for name in arrays:
            if not same(first["members"][member][name][()], other["members"][member][name][()]):
                yield f"/members/{member}/{name} differs"
    for name in ("members", "epochs", "counts", "test_probabilities"):
        if not same(first["ensemble"][name][()], other["ensemble"][name][()]):
            yield f"/ensemble/{name} differs"
    if not same(first["configurations"][()], other["configurations"][()]):
        yield "/configurations differ"
    if decisions(first) != decisions(other):
        yield "/decisions differ"
    for name in ("config_hash", "complete"):
        if first.attrs[name] != other.attrs[name]:
            yield f"attribute {name} differs"


def main(paths):
    bad = 0
    with h5py.File(paths[0], "r") as first:
        rows = len(first["trials"])
        for path in paths[1:]:
            with h5py.File(path, "r") as other:
                for text in differences(first, other):
                    print(f"{paths[0]} and {path}: {text}")
                    bad += 1
    print(f"{len(paths)} files of {rows} trials: " + ("equal" if bad == 0 else f"{bad} differences"))
    return 1 if bad or rows == 0 or len(paths) < 2 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
