"""A campaign of winnow's on one rank, through its commands and its file alone."""
import json
import os
import shutil
import subprocess

import h5py
import numpy as np

import winnow
from choice import Choice


POOL = 10000  # more than any campaign here has trials: every finished network is kept


class Campaign:
    """Of one task and seed, in a file of its own, which is gone in the end."""

    def __init__(self, task, seed, folder):
        self.task, self.seed = task, seed
        self.data = task.write_data(folder, seed)
        self.file = f"{folder}/campaign.h5"

    def __enter__(self):
        self.forget()  # what a killed run has left
        return self

    def __exit__(self, *_):
        self.forget()

    def forget(self):
        for path in (self.file + end for end in ("", ".lock", ".journal", ".live", ".yaml", ".predicted.h5")):
            if os.path.exists(path):
                os.remove(path)
        shutil.rmtree(self.file + ".parts", ignore_errors=True)

    def run(self, parameters, stages, **keys):
        """Runs it, or goes on with it where `stages` has more trials than before. Every finished
        network is kept, since each may have been the best for a while."""
        config = {"name": self.task.name, "seed": self.seed, "data": self.task.data_block(self.data),
                  "network": self.task.network, "parameters": parameters, "stages": stages,
                  "ensemble": {"method": "top", "size": 1, "pool": POOL}, **keys}
        with open(self.file + ".yaml", "w") as f:
            json.dump(config, f)  # JSON is YAML
        words = [winnow.PROGRAM, "run", self.file + ".yaml", "-o", self.file]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode != 0 and not (done.returncode == 1 and self.all_diverged()):
            raise SystemExit(f"winnow run {self.file}.yaml ended with {done.returncode}:\n{done.stderr}")
        self.read()

    def all_diverged(self):
        if not os.path.exists(self.file):
            return False
        with h5py.File(self.file) as f:
            return (f["trials"]["status"] == b"diverged").all()

    def read(self):
        with h5py.File(self.file) as f:
            trials, leases, curves = f["trials"][:], f["leases"][:], f["curves"][:]
        if (trials["status"] == b"failed").any():
            raise SystemExit(f"{self.file}: trials have failed: {trials['reason']}")
        self.rows = {int(row["id"]): row for row in trials}
        self.curves = {trial: [] for trial in self.rows}  # validation accuracy, epoch by epoch
        for trial, accuracy in zip(curves["trial"], curves["val_accuracy"]):
            self.curves[int(trial)].append(float(accuracy))
        # (trial, epochs, whether it has ended) in the order in which they were handed out
        self.leases = []
        for lease in leases:
            trial, ended = int(lease["trial"]), lease["outcome"] == b"finished"
            last = len(self.curves[trial]) if ended else lease["last_epoch"]  # the epoch of a divergence counts, too
            self.leases.append((trial, int(last) - max(0, int(lease["first_epoch"]) - 1), ended))
        self.epochs = sum(epochs for _, epochs, _ in self.leases)
        if self.epochs != len(curves):
            raise SystemExit(f"{self.file}: {self.epochs} epochs were handed out, {len(curves)} have come back")

    def completed(self, trial):
        return self.rows[trial]["status"] == b"completed"

    def val_accuracy(self, trial):
        return float(self.rows[trial]["val_accuracy"])

    def test_accuracy(self, trial):
        out = self.file + ".predicted.h5"
        winnow.command([winnow.PROGRAM, "predict", self.file, "--trial", str(trial), "--images", f"{self.data}:/test/x",
                        "--labels", f"{self.data}:/test/y", "-o", out])
        with h5py.File(out) as f:
            return float(np.mean(f["predicted"][:] == f["labels"][:]))

    def outcome(self, budget):
        """Epochs spent, and the steps of the choice, of which every trial that was trained to its end is one."""
        choice, spent = Choice(budget), 0
        for trial, epochs, ended in self.leases:
            spent += epochs
            if ended and self.completed(trial):
                choice.offer(spent, self.val_accuracy(trial), lambda t=trial: self.test_accuracy(t))
        return min(self.epochs, budget), choice.steps
