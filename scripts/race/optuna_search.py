"""Optuna's samplers and pruners, which ask and are told; what trains is the task's."""
import optuna

from choice import Choice


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
    return chosen


def train_pruned(trial, curve):
    """Epochs until the pruner stops it, and whether it does. It sees the best figure so far, as winnow's rungs do."""
    for epoch in range(1, len(curve) + 1):
        trial.report(max(curve[:epoch]), epoch)
        if trial.should_prune():
            return epoch, True
    return len(curve), False


def search(trainer, sampler, pruner, seed, budget):
    """trainer.train(trial) gives what a trial of Optuna's came to, see trainers.py. Returns epochs spent and steps."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(study_name=f"race-{seed}", direction="maximize", sampler=sampler, pruner=pruner)
    choice, spent = Choice(budget), 0
    while spent < budget:
        trial = study.ask()
        trained = trainer.train(trial)
        epochs, pruned = train_pruned(trial, trained.curve)
        spent += epochs
        if pruned or not trained.completed:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, max(trained.curve))
            choice.offer(spent, max(trained.curve), trained.test)
    return min(spent, budget), choice.steps
