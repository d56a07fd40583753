#!/usr/bin/python3
"""Does a results file bear out its own early stopping?

usage: check_decisions.py FILE.h5 [undisturbed]
Every decision names the best figure of its trial's curve up to there; a stopped trial has one decision that stops it, at
its last epoch, and a reason. In a campaign that ran through undisturbed each epoch of each trial was trained once, and
each lease ended at a rung or with the row."""
import sys

import h5py
import numpy as np


def check(what, good):
    if not good:
        raise SystemExit(f"FAILED: {sys.argv[1]}: {what}")


def main(path, undisturbed):
    with h5py.File(path, "r") as f:
        trials, curves, decisions, leases = (f[name][:] for name in ("trials", "curves", "decisions", "leases"))
    rows = {row["id"]: row for row in trials}
    check("no decisions", len(decisions) > 0)
    check("order", (decisions["order"] == np.arange(len(decisions))).all())
    for d in decisions:
        curve = curves[(curves["trial"] == d["trial"]) & (curves["epoch"] <= d["epoch"])]
        check(f"metric of {d}", len(curve) == d["epoch"] and curve["val_accuracy"].max() == d["metric"])
    stops = decisions[decisions["verdict"] == b"stopped"]
    stopped = trials[trials["status"] == b"stopped"]
    check("one stop a stopped trial", sorted(stops["trial"]) == sorted(stopped["id"]))
    for stop in stops:
        row = rows[stop["trial"]]
        check(f"row of {stop}", row["epochs"] == stop["epoch"] and row["reason"] and row["val_accuracy"] == stop["metric"])
    if undisturbed:
        trained = leases[leases["first_epoch"] > 0]
        epochs = sorted((row["trial"], epoch) for row in trained
                        for epoch in range(row["first_epoch"], row["last_epoch"] + 1))
        expected = sorted((row["id"], epoch) for row in trials for epoch in range(1, row["epochs"] + 1))
        check("each epoch is trained once", epochs == expected)
        check("outcomes of leases", set(leases["outcome"]) == {b"finished", b"paused"})
    print(f"{path}: {len(decisions)} decisions, {len(stops)} trials stopped, {trials['epochs'].sum()} epochs: as on record")


if __name__ == "__main__":
    main(sys.argv[1], "undisturbed" in sys.argv[2:])
