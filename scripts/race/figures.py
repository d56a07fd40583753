"""What repeated campaigns come to; all intervals are of 95 %. A campaign is a dict {seed, epochs, steps} of a task, a
method and a part of the budget; see methods.py."""
import math

import numpy as np

RESAMPLES = 2000


def chosen(campaign, epochs):
    """Validation and test accuracy of the choice after so many epochs; 0 and 0 before there is one."""
    best = (0.0, 0.0)
    for spent, validation, test in campaign["steps"]:
        if spent <= epochs:
            best = (validation, test)
    return best


def wins(ours, theirs):
    """(wins, ties, losses) of the test accuracies of two lists that are paired by seed."""
    higher, equal = sum(a > b for a, b in zip(ours, theirs)), sum(a == b for a, b in zip(ours, theirs))
    return higher, equal, len(ours) - higher - equal


def resampled(seeds):
    """The bootstrap's draws of campaigns, the same for all methods so that pairs stay together: places in the list."""
    return np.random.default_rng(2017).integers(0, seeds, (RESAMPLES, seeds))


def interval(values):
    return np.percentile(values, [2.5, 97.5])


class Progress:
    """The test accuracy of each campaign's choice against the epochs spent."""

    def __init__(self, campaigns, budget):
        self.at = np.unique([step[0] for c in campaigns for step in c["steps"] if step[0] <= budget]).astype(int)
        self.test = np.array([[chosen(c, epochs)[1] for epochs in self.at] for c in campaigns])

    def reaches(self, level, rows=slice(None)):
        """Epochs until the mean of the campaigns (of these rows) is first at the level; inf: never."""
        there = self.test[rows].mean(axis=0) >= level
        return float(self.at[np.argmax(there)]) if there.any() else math.inf


def epochs_to(progresses, level, rows=slice(None)):
    """Of plans for several budgets the one that is there first."""
    return min(progress.reaches(level, rows) for progress in progresses)


def epochs_to_random(progresses, finals):
    """(epochs until the mean is at plain random search's final mean, low, high): campaigns are resampled in pairs, and
    random's mean with them."""
    values = sorted(epochs_to(progresses, finals[rows].mean(), rows) for rows in resampled(len(finals)))
    low, high = values[int(0.025 * RESAMPLES)], values[math.ceil(0.975 * RESAMPLES) - 1]
    return epochs_to(progresses, finals.mean()), low, high
