"""A random search with Optuna and PyTorch on two processes of one thread each, as one command:
optuna_campaign.py FOLDER TRIALS EPOCHS BATCH. The study is a journal file in FOLDER, the quickest of Optuna's storages
that outlive a crash."""
import subprocess
import sys

PROCESSES = 2
STUDY = "bench"


def storage(folder):
    from optuna.storages import JournalFileStorage, JournalStorage
    return JournalStorage(JournalFileStorage(folder + "/study.log"))


def worker(folder, trials, epochs, batch, seed):
    import optuna
    import torch

    import data
    import pytorch

    torch.set_num_threads(1)
    images, labels = data.load()
    x, y = torch.from_numpy(images), torch.from_numpy(labels)

    def objective(trial):
        model = pytorch.dense([784, 256, 128, 10])
        optimizer = pytorch.nesterov(model, trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True),
                                     1 - trial.suggest_float("friction", 0.01, 0.5, log=True))
        best = 0.0
        for epoch in range(epochs):
            pytorch.epoch(model, optimizer, x[:data.TRAIN], y[:data.TRAIN], batch)
            with torch.no_grad():
                right = (model(x[data.TRAIN:]).argmax(1) == y[data.TRAIN:]).float().mean().item()
            trial.report(right, epoch)
            best = max(best, right)
        return best

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.load_study(study_name=STUDY, storage=storage(folder),
                              sampler=optuna.samplers.RandomSampler(seed=seed))
    study.optimize(objective, n_trials=trials)


def main(folder, trials, epochs, batch):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(study_name=STUDY, storage=storage(folder), direction="maximize")
    workers = [subprocess.Popen([sys.executable, __file__, folder, str(trials // PROCESSES), str(epochs), str(batch),
                                 str(seed)]) for seed in range(PROCESSES)]
    if any(w.wait() != 0 for w in workers):
        sys.exit("a worker has failed")
    print(f"{len(study.trials)} trials, best {study.best_value:.4f}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:]]
    (main if len(numbers) == 3 else worker)(sys.argv[1], *numbers)
