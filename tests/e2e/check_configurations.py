#!/usr/bin/python3
"""Does a results file bear out its own repeats?

usage: check_configurations.py FILE.h5
What /configurations says is worked out here from the trials alone: those of a stage with the same values are the runs of
one configuration. Runs differ in their weights; what a confirm stage repeats are the best means of the stage before."""
import sys

import h5py
import numpy as np


def check(what, good):
    if not good:
        raise SystemExit(f"FAILED: {sys.argv[1]}: {what}")


def near(a, b):
    return np.isclose(a, b, rtol=1e-12, atol=1e-15, equal_nan=True)


def spread(values):
    return (np.mean(values) if len(values) else np.nan), (np.std(values, ddof=1) if len(values) > 1 else np.nan)


def main(path):
    with h5py.File(path, "r") as f:
        trials, rows, elites = (f[name][:] for name in ("trials", "configurations", "elites"))
        draws = {name: f["draws"][name][:] for name in ("trial", "present", "number", "choice")}
    values = {trial: (draws["present"][i].tobytes(), draws["number"][i].tobytes(), draws["choice"][i].tobytes())
              for i, trial in enumerate(draws["trial"])}
    groups = {}  # (stage, values): ids of its trials
    for row in trials:
        groups.setdefault((row["stage"], values[row["id"]]), []).append(row["id"])
    by_id = {row["id"]: row for row in trials}
    stage_of = {}
    for key, ids in groups.items():
        for trial in ids:
            stage_of[trial] = (key, ids)

    repeated = set(rows["stage"])
    check("no configurations", len(rows) > 0)
    check("a row for each configuration", len(rows) == sum(key[0] in repeated for key in groups))
    mean = {}
    for row in rows:
        key, ids = stage_of[row["trial"]]
        done = [by_id[i] for i in ids if by_id[i]["status"] == b"completed"]
        check(f"stage and first trial of {row}", key[0] == row["stage"] and row["trial"] == min(ids))
        check(f"runs of {row}", row["runs"] == len(ids) and row["completed"] == len(done))
        for name in ("val_accuracy", "val_loss"):
            m, d = spread([r[name] for r in done])
            check(f"mean of {name} of {row}", near(row[f"{name}_mean"], m))
            check(f"deviation of {name} of {row}", near(row[f"{name}_deviation"], d))
        hashes = [r["weights_hash"] for r in done]
        check(f"each run of {row} has weights of its own", len(set(hashes)) == len(hashes))
        if row["confirms"] >= 0:
            check(f"{row} has the values that it confirms", values[row["confirms"]] == values[row["trial"]])
    for (stage, _), ids in groups.items():
        done = [by_id[i]["val_accuracy"] for i in ids if by_id[i]["status"] == b"completed"]
        if 2 * len(done) >= len(ids):
            mean.setdefault(stage, []).append((-np.mean(done), min(ids)))
    for stage in sorted({row["stage"] for row in rows if row["confirms"] >= 0}):
        confirmed = [row["confirms"] for row in rows if row["stage"] == stage]
        best = [first for _, first in sorted(mean[stage - 1])][:len(confirmed)]
        check(f"stage {stage} confirms {confirmed}, and the best are {best}", confirmed == best)
        check("elites", list(elites[elites["stage"] == stage]["trial"]) == best)
    print(f"{path}: {len(rows)} configurations of {rows['runs'].sum()} runs, {rows['completed'].sum()} completed: as on record")


if __name__ == "__main__":
    main(sys.argv[1])
