"""The ways to search. Each is a function of task, seed, budget in epochs and a folder of its own to work in, and returns
the epochs spent and its steps: [epochs spent so far, validation accuracy, test accuracy] each time that it had a better
choice. What would go beyond the budget does not count."""
import math
from typing import Callable, NamedTuple

import optuna

import optuna_search
from tasks import EPOCHS

FULL = 64 * EPOCHS  # epochs of a whole campaign
ETA = 3


def whole_trials(sampler):
    """As many as the budget pays for, and more where some diverge, which costs less."""
    def method(task, seed, budget, folder):
        with task.campaign(seed, folder) as campaign:
            trials, spent = 0, 0
            while spent < budget:
                trials += math.ceil((budget - spent) / EPOCHS)
                campaign.run(task.parameters, [{"name": "only", "trials": trials, "epochs": EPOCHS}], sampler=sampler)
                spent = campaign.epochs
            return campaign.outcome(budget)
    return method


def asha(task, seed, budget, folder):
    """On one rank, which asks for work as soon as it is free."""
    rungs = {"type": "asha", "eta": ETA, "min_iter": 1}
    trials = math.ceil(budget / ETA)
    with task.campaign(seed, folder) as campaign:
        while True:
            campaign.run(task.parameters, [{"name": "only", "trials": trials, "epochs": EPOCHS}], early_terminate=rungs)
            if campaign.epochs >= budget:
                return campaign.outcome(budget)
            trials += math.ceil((budget - campaign.epochs) / ETA)
            campaign.forget()  # it may not get more trials


def halving_epochs(trials, epochs, min_iter):
    total, before, rung = 0, 0, min_iter
    while rung < epochs:
        total += trials * (rung - before)
        trials, before, rung = max(1, trials // ETA), rung, rung * ETA
    return total + trials * (epochs - before)


def halved(name, budget, epochs, min_iter=1, **keys):
    """A stage that stops two thirds at each rung, with as many trials as the budget pays for."""
    trials = 1
    while halving_epochs(trials + 1, epochs, min_iter) <= budget:
        trials += 1
    return {"name": name, "trials": trials, "epochs": epochs,
            "early_terminate": {"type": "successive_halving", "eta": ETA, "min_iter": min_iter}, **keys}


def stages(plan):
    def method(task, seed, budget, folder):
        with task.campaign(seed, folder) as campaign:
            campaign.run(task.parameters, plan(budget))
            return campaign.outcome(budget)
    return method


def coarse_to_fine(budget):
    """Half of the epochs for many short trials, half for long ones in narrowed ranges."""
    return [{"name": "coarse", "trials": budget // 2 // (EPOCHS // 3), "epochs": EPOCHS // 3},
            {"name": "fine", "trials": budget // 2 // EPOCHS, "epochs": EPOCHS}]


def coarse_to_fine_halving(budget):
    return [halved("coarse", budget // 2, EPOCHS // 3), halved("fine", budget // 2, EPOCHS)]


def optuna_tpe(task, seed, budget, folder):
    with task.trainer(seed, folder, EPOCHS) as trainer:
        return optuna_search.search(trainer, optuna.samplers.TPESampler(seed=seed), optuna.pruners.NopPruner(), seed,
                                    budget)


def optuna_random_hyperband(task, seed, budget, folder):
    with task.random_trainer(seed, folder, EPOCHS) as trainer:
        pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=EPOCHS, reduction_factor=ETA)
        return optuna_search.search(trainer, optuna.samplers.RandomSampler(seed=seed), pruner, seed, budget)


class Method(NamedTuple):
    search: Callable
    parts: tuple = (1,)  # of the budget that it is tried with


# A plan of stages is made for its budget, so what it would have come to with less takes a campaign of its own; the
# others can be looked at on their way.
METHODS = {
    "random": Method(whole_trials("random")),
    "sobol": Method(whole_trials("sobol")),
    "coarse-to-fine": Method(stages(coarse_to_fine), (1, 1 / 3)),
    "coarse-to-fine-halving": Method(stages(coarse_to_fine_halving), (1, 1 / 3, 1 / 4)),
    "asha": Method(asha),
    "optuna-random-hyperband": Method(optuna_random_hyperband),
    "optuna-tpe": Method(optuna_tpe),
}
