"""Trials that do nothing through one of Optuna's storages: optuna_storage.py STORAGE FOLDER TRIALS PROCESSES.

STORAGE is journal (a file), sqlite, or memory: that one cannot be shared, so it is one process with as many threads.
Prints trials per second, from the moment when all are ready to the last one's end."""
import multiprocessing
import sys
import time

import optuna

STUDY = "bench"
RANGES = 9  # as many parameters as a trial of winnow bench dispatch has

optuna.logging.set_verbosity(optuna.logging.WARNING)


def storage(kind, folder):
    from optuna.storages import JournalFileStorage, JournalStorage, RDBStorage
    if kind == "journal":
        return JournalStorage(JournalFileStorage(folder + "/study.log"))
    # Without the timeout, eight processes end with "database is locked".
    return RDBStorage(f"sqlite:///{folder}/study.db", engine_kwargs={"connect_args": {"timeout": 300}})


def objective(trial):
    return sum(trial.suggest_float(f"parameter{i}", 1e-4, 1, log=True) for i in range(RANGES))


def worker(kind, folder, trials, seed, ready):
    study = optuna.load_study(study_name=STUDY, storage=storage(kind, folder),
                              sampler=optuna.samplers.RandomSampler(seed=seed))
    ready.wait()
    study.optimize(objective, n_trials=trials)


def in_processes(kind, folder, trials, processes):
    study = optuna.create_study(study_name=STUDY, storage=storage(kind, folder))
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    workers = [context.Process(target=worker, args=(kind, folder, trials // processes, seed, ready))
               for seed in range(processes)]
    for w in workers:
        w.start()
    ready.wait()
    start = time.perf_counter()
    for w in workers:
        w.join()
    seconds = time.perf_counter() - start
    if any(w.exitcode != 0 for w in workers):
        sys.exit("a worker has failed")
    return study, seconds


def in_threads(trials, threads):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    start = time.perf_counter()
    study.optimize(objective, n_trials=trials, n_jobs=threads)
    return study, time.perf_counter() - start


def main(kind, folder, trials, processes):
    trials -= trials % processes
    study, seconds = in_threads(trials, processes) if kind == "memory" else in_processes(kind, folder, trials, processes)
    finished = sum(t.state == optuna.trial.TrialState.COMPLETE for t in study.trials)
    if finished != trials:
        sys.exit(f"{finished} of {trials} trials are complete")
    print(trials / seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
