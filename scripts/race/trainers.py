"""What trains Optuna's trials: winnow, through its command line."""
from typing import Callable, NamedTuple

from optuna_search import suggest_all


class Trained(NamedTuple):
    curve: list  # validation accuracy of each epoch
    completed: bool  # else it diverged
    test: Callable  # its test accuracy


def trained(campaign, trial):
    return Trained(campaign.curves[trial], campaign.completed(trial), lambda: campaign.test_accuracy(trial))


class OneByOne:
    """Each trial is a campaign of its own, with the next trial to come once its result is known."""

    def __init__(self, campaign, epochs):
        self.campaign, self.epochs = campaign, epochs

    def train(self, trial):
        chosen = suggest_all(trial, self.campaign.task.parameters)
        self.campaign.forget()
        self.campaign.run({name: {"value": value} for name, value in chosen.items()},
                          [{"name": "only", "trials": 1, "epochs": self.epochs}])
        return trained(self.campaign, 0)


class Table:
    """For random draws, which do not depend on results: winnow's own are as good as Optuna's, and many trials, each
    trained to its end, are one campaign. Optuna's pruner is told what came out."""

    def __init__(self, campaign, epochs):
        self.campaign, self.epochs = campaign, epochs
        self.used, self.trials = 0, 0

    def train(self, _):
        if self.used == self.trials:
            self.trials += 64
            self.campaign.run(self.campaign.task.parameters,
                              [{"name": "only", "trials": self.trials, "epochs": self.epochs}])
        self.used += 1
        return trained(self.campaign, self.used - 1)
