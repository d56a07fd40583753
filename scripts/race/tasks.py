"""What is searched: data, network, parameters. Each seed has a split of its own, the same for all methods."""
import contextlib
import functools
import gzip
import os

import h5py
import numpy as np

import data
import trainers
from campaign import Campaign
from formula import Formula

EPOCHS = 27  # of a trial that is trained to the end: rungs at 1, 3 and 9


def log(low, high):
    return {"distribution": "log_uniform_values", "min": low, "max": high}


@functools.cache
def small_fashion():
    """Fashion-MNIST at half the resolution, which makes an epoch short: means of 2 x 2 pixels."""
    images = data.idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 14, 2, 14, 2).mean((2, 4)).round()
    return images.astype(np.uint8), data.idx("train-labels-idx1-ubyte.gz", 8)


@functools.cache
def digits():
    """scikit-learn's scans of handwritten digits, 8 x 8."""
    import sklearn.datasets
    with gzip.open(os.path.join(sklearn.datasets.__path__[0], "data/digits.csv.gz")) as f:
        table = np.loadtxt(f, delimiter=",").astype(np.uint8)
    return table[:, :64].reshape(-1, 8, 8), table[:, 64]


class Task:
    """A data set of which a seed picks `train` examples to learn from, `validation` for the search to see and `test` to
    judge its choice by."""
    times = 1  # as many campaigns as asked for
    first = 0  # seed of the first

    def __init__(self, name, load, train, validation, test, network, parameters):
        self.name, self.load = name, load
        self.train, self.validation, self.test = train, validation, test
        self.network, self.parameters = network, parameters

    def write_data(self, folder, seed):
        path = os.path.abspath(f"{folder}/{self.name}-{seed}-data.h5")
        if not os.path.exists(path):
            images, labels = self.load()
            rows = np.random.default_rng(seed).permutation(len(images))
            searched = self.train + self.validation
            with h5py.File(path + ".tmp", "w") as f:
                for part, chosen in (("train", rows[:searched]), ("test", rows[searched:searched + self.test])):
                    f[f"{part}/x"], f[f"{part}/y"] = images[chosen], labels[chosen]
            os.rename(path + ".tmp", path)
        return path

    def data_block(self, file):
        parts = {part: {"file": file, "images": f"/{part}/x", "labels": f"/{part}/y"} for part in ("train", "test")}
        return {"format": "hdf5", **parts, "validation": self.validation}

    def campaign(self, seed, folder):
        return Campaign(self, seed, folder)

    @contextlib.contextmanager
    def trainer(self, seed, folder, epochs):
        with self.campaign(seed, folder) as campaign:
            yield trainers.OneByOne(campaign, epochs)

    @contextlib.contextmanager
    def random_trainer(self, seed, folder, epochs):
        """For draws that do not depend on results."""
        with self.campaign(seed, folder) as campaign:
            yield trainers.Table(campaign, epochs)


TASKS = {task.name: task for task in (
    Task("fashion", small_fashion, train=500, validation=1000, test=5000,
         network=[{"dense": "$hidden"}, "relu", {"dropout": "$dropout"}, {"dense": 10}],
         parameters={
             "optimizer": {"values": ["nesterov", "adam"]},
             "learning_rate": log(1e-5, 1),
             "momentum": {"distribution": "reverse_log_uniform_values", "min": 0.5, "max": 0.99,
                          "when": {"optimizer": ["nesterov"]}},
             "weight_decay": log(1e-6, 1e-1),
             "lr_schedule": {"values": ["constant", "cosine"]},
             "batch_size": {"values": [16, 32, 64]},
             "hidden": {"distribution": "q_log_uniform_values", "min": 8, "max": 64, "q": 8},
             "dropout": {"min": 0.0, "max": 0.6}}),
    Task("digits", digits, train=300, validation=600, test=897,
         network=[{"dense": "$first"}, "relu", {"dense": "$second"}, "relu", {"dropout": "$dropout"}, {"dense": 10}],
         parameters={
             "optimizer": {"values": ["momentum", "rmsprop", "adamw"]},
             "learning_rate": log(1e-5, 1),
             "momentum": {"distribution": "reverse_log_uniform_values", "min": 0.5, "max": 0.99,
                          "when": {"optimizer": ["momentum"]}},
             "weight_decay": log(1e-6, 1e-1),
             "batch_size": {"values": [8, 16, 32]},
             "first": {"distribution": "q_log_uniform_values", "min": 8, "max": 64, "q": 8},
             "second": {"min": 4, "max": 32},
             "dropout": {"min": 0.0, "max": 0.6}}),
    Formula("formula", parameters={
        "optimizer": {"values": ["momentum", "rmsprop", "adam"]},
        "learning_rate": log(1e-5, 1),
        "momentum": {"distribution": "reverse_log_uniform_values", "min": 0.5, "max": 0.99,
                     "when": {"optimizer": ["momentum"]}},
        "weight_decay": log(1e-6, 1e-1),
        "lr_decay": {"min": 0.1, "max": 1.0},
        "batch_size": {"values": [16, 32, 64, 128, 256]},
        "hidden": {"distribution": "q_log_uniform_values", "min": 16, "max": 1024, "q": 16},
        "dropout": {"min": 0.0, "max": 0.6}}),
)}
