"""The task whose optimum is known: winnow bench search's formula (src/rank/bench/response_surface.h) in place of
training, restated here for Optuna. What stands for the test accuracy is the formula's value without noise."""
import contextlib
import json
import math
import os

import numpy as np

import trainers
import winnow
from optuna_search import suggest_all

CHANCE, BEST, SPEED, DIVERGES, OTHER_OPTIMIZER = 0.1, 0.95, 0.7, 30, 0.02
TRIAL_NOISE, EPOCH_NOISE = 0.003, 0.002
SCALES = {  # scale, width, optimum
    "learning_rate": (math.log10, 3, 0.03),
    "momentum": (lambda x: math.log10(1 - x), 3, 0.9),
    "weight_decay": (math.log10, 10, 1e-4),
    "dropout": (lambda x: x, 1.5, 0.2),
    "hidden": (math.log2, 8, 256),
    "batch_size": (math.log2, 12, 64),
    "lr_decay": (lambda x: x, 2, 0.7),
}


def curve(values, parameters, epochs):
    """The accuracy after each epoch, without noise; none where it diverges."""
    distance = sum(((scale(values[name]) - scale(optimum)) / width) ** 2
                   for name, (scale, width, optimum) in SCALES.items() if name in values)
    if "optimizer" in values and values["optimizer"] != parameters["optimizer"]["values"][0]:
        distance += OTHER_OPTIMIZER
    rate = values["learning_rate"] / SCALES["learning_rate"][2]
    if rate > DIVERGES:
        return []
    return [CHANCE + (BEST - CHANCE) * math.exp(-distance) * (1 - math.exp(-SPEED * e * rate ** (1 / 3)))
            for e in range(1, epochs + 1)]


class Formula:
    times = 4  # as many campaigns: they cost next to nothing
    first = 1000  # seed of the first: plans of stages were compared on lower ones

    def __init__(self, name, parameters):
        self.name, self.parameters = name, parameters

    def campaign(self, seed, folder):
        return Simulated(self, seed, folder)

    @contextlib.contextmanager
    def trainer(self, seed, folder, epochs):
        check(self, seed, folder, epochs)
        yield Evaluator(self.parameters, seed, epochs)

    random_trainer = trainer


class Simulated:
    """A campaign of winnow's with the formula in place of training: winnow bench search."""

    def __init__(self, task, seed, folder):
        self.task, self.seed, self.space = task, seed, f"{folder}/formula.yaml"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.forget()

    def forget(self):
        if os.path.exists(self.space):
            os.remove(self.space)

    def write(self, stages, **keys):
        with open(self.space, "w") as f:
            json.dump({"name": self.task.name, "seed": self.seed, "data": {"format": "synthetic", "kind": "moons"},
                       "network": [{"dense": "$hidden"}, "relu", {"dropout": "$dropout"}, {"dense": 2}],
                       "parameters": {**self.task.parameters, "lr_schedule": {"value": "step"}},
                       "stages": stages, **keys}, f)

    def run(self, parameters, stages, **keys):
        assert parameters is self.task.parameters
        self.write(stages, **keys)
        words = [winnow.PROGRAM, "bench", "search", self.space, "--campaigns", "1", "--json"]
        (self.result,) = json.loads(winnow.command(words))["runs"]
        self.epochs = self.result["epochs"]

    def outcome(self, budget):
        return min(self.epochs, budget), [step for step in self.result["steps"] if step[0] <= budget]


class Evaluator:
    """Optuna's trials, with noise of the same size as the formula's."""

    def __init__(self, parameters, seed, epochs):
        self.parameters, self.epochs, self.random = parameters, epochs, np.random.default_rng(seed)

    def train(self, trial):
        true = curve(suggest_all(trial, self.parameters), self.parameters, self.epochs)
        if not true:
            return trainers.Trained([0.0], False, None)
        noise = TRIAL_NOISE * self.random.standard_normal() + EPOCH_NOISE * self.random.standard_normal(self.epochs)
        observed = np.clip(np.array(true) + noise, 0, 1).tolist()
        best = observed.index(max(observed))
        return trainers.Trained(observed, True, lambda: true[best])


def check(task, seed, folder, epochs):
    """The formula here is winnow's, at a few settings drawn by this seed."""
    random = np.random.default_rng(seed)
    simulated = Simulated(task, seed, folder)
    simulated.write([{"name": "only", "trials": 1, "epochs": epochs}])
    for _ in range(4):
        values = {"learning_rate": 10 ** random.uniform(-5, 0), "weight_decay": 10 ** random.uniform(-6, -1),
                  "lr_decay": random.uniform(0.1, 1), "dropout": random.uniform(0, 0.6),
                  "momentum": 1 - 10 ** random.uniform(-2, -0.3), "hidden": int(random.integers(1, 65)) * 16,
                  "batch_size": int(random.choice(task.parameters["batch_size"]["values"])),
                  "optimizer": str(random.choice(task.parameters["optimizer"]["values"]))}
        settings = ",".join(f"{name}={value}" for name, value in values.items())
        words = [winnow.PROGRAM, "bench", "search", simulated.space, "--evaluate", settings]
        told = json.loads(winnow.command(words))
        ours = curve(values, task.parameters, epochs) or [None] * epochs
        if not all(a == b or abs(a - b) < 1e-9 for a, b in zip(told["accuracy"], ours, strict=True)):
            raise SystemExit(f"the formula for {settings} is {told['accuracy']}, here {ours}")
    simulated.forget()
