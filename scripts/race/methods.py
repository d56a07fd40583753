"""The ways to search. Each is a function of task, seed, budget in epochs and a folder of its own to work in, and returns the
epochs spent and its steps: [epochs spent so far, validation accuracy, test accuracy] each time that it had a better choice.
What would go beyond the budget does not count."""
import math
from typing import Callable, NamedTuple

import optuna

from campaign import Campaign
from tasks import EPOCHS

FULL = 64 * EPOCHS  # epochs of a whole campaign
ETA = 3


class Choice:
    """The best trial so far by validation accuracy, among those trained to the end, as winnow and Optuna choose it."""

    def __init__(self, budget):
        self.budget, self.steps = budget, []

    def offer(self, spent, validation, test):
        """`test` is called if it is the best."""
        if spent <= self.budget and (not self.steps or validation > self.steps[-1][1]):
            self.steps.append([spent, validation, test()])


def outcome(campaign, budget):
    choice = Choice(budget)
    for spent, trial in campaign.ends():
        choice.offer(spent, campaign.val_accuracy(trial), lambda t=trial: campaign.test_accuracy(t))
    return min(campaign.epochs, budget), choice.steps


def whole_trials(sampler):
    """As many as the budget pays for, and more where some diverge, which costs less."""
    def method(task, seed, budget, folder):
        with Campaign(task, seed, folder) as campaign:
            trials, spent = 0, 0
            while spent < budget:
                trials += math.ceil((budget - spent) / EPOCHS)
                campaign.run(task.parameters, [{"name": "only", "trials": trials, "epochs": EPOCHS}], sampler=sampler)
                spent = campaign.epochs
            return outcome(campaign, budget)
    return method


def halved(name, budget, epochs, min_iter):
    """A stage that stops two thirds at each rung, with as many trials as the budget pays for."""
    trials = 1
    while halving_epochs(trials + 1, epochs, min_iter) <= budget:
        trials += 1
    return {"name": name, "trials": trials, "epochs": epochs,
            "early_terminate": {"type": "successive_halving", "eta": ETA, "min_iter": min_iter}}


def halving_epochs(trials, epochs, min_iter):
    total, before, rung = 0, 0, min_iter
    while rung < epochs:
        total += trials * (rung - before)
        trials, before, rung = max(1, trials // ETA), rung, rung * ETA
    return total + trials * (epochs - before)


def stages(plan):
    def method(task, seed, budget, folder):
        with Campaign(task, seed, folder) as campaign:
            campaign.run(task.parameters, plan(budget))
            return outcome(campaign, budget)
    return method


def coarse_to_fine(budget):
    """Half of the epochs for many short trials, half for long ones in narrowed ranges."""
    return [{"name": "coarse", "trials": budget // 2 // (EPOCHS // 3), "epochs": EPOCHS // 3},
            {"name": "fine", "trials": budget // 2 // EPOCHS, "epochs": EPOCHS}]


def coarse_to_fine_halving(budget):
    return [halved("coarse", budget // 2, EPOCHS // 3, 1), halved("fine", budget // 2, EPOCHS, 1)]


def asha(task, seed, budget, folder):
    """On one rank, which asks for work as soon as it is free."""
    rungs = {"type": "asha", "eta": ETA, "min_iter": 1}
    trials = math.ceil(budget / ETA)
    with Campaign(task, seed, folder) as campaign:
        while True:
            campaign.run(task.parameters, [{"name": "only", "trials": trials, "epochs": EPOCHS, "early_terminate": rungs}])
            if campaign.epochs >= budget:
                return outcome(campaign, budget)
            trials += math.ceil((budget - campaign.epochs) / ETA)
            campaign.forget()


def suggest(trial, name, spec):
    """A draw of Optuna's from the distribution that winnow draws from."""
    if "values" in spec:
        return trial.suggest_categorical(name, spec["values"])
    low, high, distribution = spec["min"], spec["max"], spec.get("distribution", "uniform")
    if distribution == "log_uniform_values":
        return trial.suggest_float(name, low, high, log=True)
    if distribution == "q_log_uniform_values":
        value = round(trial.suggest_float(name, low, high, log=True) / spec["q"]) * spec["q"]
        return min(max(value, low), high)
    if distribution == "reverse_log_uniform_values":
        return 1 - trial.suggest_float(name, 1 - high, 1 - low, log=True)
    if distribution != "uniform":
        raise ValueError(f"{name}: {distribution} is not translated")
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(name, low, high)
    return trial.suggest_float(name, low, high)


def suggest_all(trial, parameters):
    """Those with a condition last, and only where it holds."""
    chosen = {name: suggest(trial, name, spec) for name, spec in parameters.items() if "when" not in spec}
    for name, spec in parameters.items():
        if "when" in spec and all(chosen[other] in values for other, values in spec["when"].items()):
            chosen[name] = suggest(trial, name, spec)
    return {name: {"value": value} for name, value in chosen.items()}


def study(seed, sampler, pruner):
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(study_name=f"race-{seed}", direction="maximize", sampler=sampler, pruner=pruner)


def hyperband():
    return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=EPOCHS, reduction_factor=ETA)


def train_pruned(trial, curve):
    """Epochs until the pruner stops it, and whether it does. It sees the best figure so far, as winnow's rungs do."""
    for epoch in range(1, len(curve) + 1):
        trial.report(max(curve[:epoch]), epoch)
        if trial.should_prune():
            return epoch, True
    return len(curve), False


def optuna_tpe(pruner):
    """Each trial is a campaign of its own: TPE wants to see its result before the next one."""
    def method(task, seed, budget, folder):
        race = study(seed, optuna.samplers.TPESampler(seed=seed), pruner())
        choice, spent = Choice(budget), 0
        while spent < budget:
            trial = race.ask()
            with Campaign(task, seed, folder) as campaign:
                campaign.run(suggest_all(trial, task.parameters), [{"name": "only", "trials": 1, "epochs": EPOCHS}])
                curve = campaign.curves[0]
                epochs, pruned = train_pruned(trial, curve)
                spent += epochs
                if pruned or not campaign.completed(0):
                    race.tell(trial, state=optuna.trial.TrialState.PRUNED)
                else:
                    race.tell(trial, max(curve))
                    choice.offer(spent, max(curve), lambda: campaign.test_accuracy(0))
        return min(spent, budget), choice.steps
    return method


def optuna_random_hyperband(task, seed, budget, folder):
    """Random draws do not depend on results, so that winnow's own, trained to the end in one go, are as good as Optuna's:
    its pruner is told what came out and each trial costs the epochs up to where it stops it."""
    race = study(seed, optuna.samplers.RandomSampler(seed=seed), hyperband())
    choice, spent, used, trials = Choice(budget), 0, 0, 0
    with Campaign(task, seed, folder) as campaign:
        while spent < budget:
            if used == trials:
                trials += math.ceil(budget / EPOCHS)
                campaign.run(task.parameters, [{"name": "only", "trials": trials, "epochs": EPOCHS}])
            trial = race.ask()
            epochs, pruned = train_pruned(trial, campaign.curves[used])
            spent += epochs
            if pruned or not campaign.completed(used):
                race.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                race.tell(trial, campaign.val_accuracy(used))
                choice.offer(spent, campaign.val_accuracy(used), lambda t=used: campaign.test_accuracy(t))
            used += 1
    return min(spent, budget), choice.steps


class Method(NamedTuple):
    search: Callable
    parts: tuple = (1,)  # of the budget that it is tried with


# A plan of stages is made for its budget, so what it would have come to with less takes a campaign of its own; the others
# can be looked at on their way.
METHODS = {
    "random": Method(whole_trials("random")),
    "sobol": Method(whole_trials("sobol")),
    "coarse-to-fine": Method(stages(coarse_to_fine), (1, 1 / 2, 1 / 3)),
    "coarse-to-fine-halving": Method(stages(coarse_to_fine_halving), (1, 1 / 2, 1 / 3, 1 / 4)),
    "asha": Method(asha),
    "optuna-random-hyperband": Method(optuna_random_hyperband),
    "optuna-tpe": Method(optuna_tpe(optuna.pruners.NopPruner)),
    "optuna-tpe-hyperband": Method(optuna_tpe(hyperband)),
}
