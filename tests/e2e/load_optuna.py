#!/usr/bin/python3
"""Does Optuna read a campaign's export as it is: every trial with its state, values, ranges and epochs, and the same best?

usage: load_optuna.py FILE.h5 FILE.optuna.log"""
import sys
import warnings

import h5py
import numpy as np

warnings.simplefilter("ignore")
import optuna  # noqa: E402

STATES = {b"completed": "COMPLETE", b"stopped": "PRUNED", b"diverged": "FAIL", b"failed": "FAIL"}


def check(holds, text):
    if not holds:
        sys.exit(f"FAILED: {text}")


def main(path, journal):
    file = h5py.File(path, "r")
    name = file.attrs["name"]
    name = name.decode() if isinstance(name, bytes) else name
    storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(journal))
    study = optuna.load_study(study_name=name, storage=storage)
    table, curves = file["trials"][:], file["curves"][:]
    trials = study.get_trials()
    check(len(trials) == len(table), f"{len(trials)} trials, {len(table)} in the file")
    for trial, row in zip(trials, table):
        check(trial.user_attrs["id"] == row["id"], "another order")
        check(trial.state.name == STATES[row["status"]], f"trial {row['id']}: {trial.state}")
        if trial.state.name == "COMPLETE":
            check(trial.value == row["val_accuracy"], f"trial {row['id']}: value {trial.value}")
        for key, value in trial.params.items():
            stored = row[key].decode() if isinstance(row[key], bytes) else row[key]
            check(value == stored, f"trial {row['id']}: {key} is {value}, not {stored}")
            check(trial.distributions[key]._contains(trial.distributions[key].to_internal_repr(value)),
                  f"trial {row['id']}: {key} = {value} is outside of {trial.distributions[key]}")
        epochs = curves[curves["trial"] == row["id"]]
        finite = np.isfinite(epochs["val_accuracy"])
        check(trial.intermediate_values == dict(zip(epochs["epoch"][finite].tolist(),
                                                    epochs["val_accuracy"][finite].tolist())),
              f"trial {row['id']}: intermediate values")
        check(abs((trial.datetime_complete - trial.datetime_start).total_seconds() - row["seconds"]) < 1e-3,
              f"trial {row['id']}: it took {trial.datetime_complete - trial.datetime_start}")
    completed = table[table["status"] == b"completed"]
    best = completed[np.argmax(completed["val_accuracy"])]
    check(study.best_trial.user_attrs["id"] == best["id"] and study.best_value == best["val_accuracy"], "another best trial")
    importances = optuna.importance.get_param_importances(study)
    check(importances and abs(sum(importances.values()) - 1) < 1e-6, f"importances {importances}")
    print(f"{len(trials)} trials in Optuna {optuna.__version__}, the best is {best['id']}; importances:",
          ", ".join(f"{key} {value:.2f}" for key, value in importances.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
