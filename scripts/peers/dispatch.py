"""Called by scripts/bench_dispatch, from the top of the checkout."""
import argparse
import json
import os
import statistics
import sys
import tempfile

import h5py

import bench
import winnow

BEGIN, END = "<!-- bench_dispatch -->", "<!-- /bench_dispatch -->"
EMPTY_TRIALS = 5000
TRAINED_TRIALS = 400
# Optuna gets slower with the length of its study; these take seconds.
OPTUNA_TRIALS = {"journal": 240, "memory": 2000, "sqlite": 64}
ATTEMPTS = 10
broken_runs = []  # of Optuna's journal
SPACE = """name: tiny
data: {{format: synthetic, kind: blobs, examples: 400, classes: 3, features: 4, validation: 100}}
network: [{{dense: 8}}, relu, {{dense: 3}}]
parameters:
  optimizer: {{values: [nesterov, adam]}}
  learning_rate: {{distribution: log_uniform_values, min: 1e-4, max: 1e-1}}
stages: [{{name: only, trials: {trials}, epochs: 1}}]
ensemble: false
"""


def ranks(count, words):
    """Under mpirun, and what it printed."""
    root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    return winnow.command(["mpirun", *root, "--oversubscribe", "--bind-to", "none", "-n", str(count), winnow.PROGRAM,
                           *words])


def empty(processes, folder):
    words = ["bench", "dispatch", "--trials", str(EMPTY_TRIALS), "--folder", folder, "--json"]
    return json.loads(ranks(processes, words))["trials_per_second"]


def trained(processes, folder):
    """A real campaign: from its first lease to the end of its last one."""
    space, file = folder + "/tiny.yaml", folder + "/tiny.h5"
    with open(space, "w") as f:
        f.write(SPACE.format(trials=TRAINED_TRIALS))
    ranks(processes, ["run", space, "-o", file])
    with h5py.File(file) as f:
        states, leases, used = f["trials"]["status"], f["leases"][:], set(f["trials"]["rank"])
        if not f.attrs["complete"] or len(states) != TRAINED_TRIALS or (states == b"failed").any():
            raise SystemExit(f"{file} is not a complete campaign of {TRAINED_TRIALS} trials")
    if len(used) != processes:
        raise SystemExit(f"{len(used)} of {processes} ranks have trained")
    winnow.remove(file)
    return TRAINED_TRIALS / (leases["end"].max() - leases["start"].min())


def optuna(kind, processes, folder):
    """A reader of Optuna's journal ends where it meets a line that is being written: such a run is begun again, and told."""
    for _ in range(ATTEMPTS):
        with tempfile.TemporaryDirectory(dir=folder) as own:
            try:
                return float(winnow.command([sys.executable, "scripts/peers/optuna_storage.py", kind, own,
                                             str(OPTUNA_TRIALS[kind]), str(processes)]))
            except SystemExit as failure:
                if kind != "journal" or "JSONDecodeError" not in str(failure):
                    raise
                broken_runs.append(kind)
    raise SystemExit(f"Optuna's journal was met half-written in each of {ATTEMPTS} runs")


def benches_of(processes, folder):
    import optuna as peer
    names = {"journal": f"Optuna {peer.__version__}, JournalStorage, {processes} processes",
             "memory": f"Optuna {peer.__version__}, InMemoryStorage, {processes} threads of one process",
             "sqlite": f"Optuna {peer.__version__}, SQLite, {processes} processes"}
    subjects = {"winnow": lambda: empty(processes, folder)}
    for kind, name in names.items():
        subjects[name] = lambda k=kind: optuna(k, processes, folder)
    comparisons = [("winnow", [name]) for name in names.values()]
    return [bench.Bench(f"empty trials, {processes} ranks", "trials/s", subjects, comparisons),
            bench.Bench(f"trials of a tiny network, 1 epoch, {processes} ranks", "trials/s",
                        {"winnow": lambda: trained(processes, folder)})]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench_dispatch", description="winnow's ranks beside Optuna's storages")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--processes", type=int, default=8, help="default: 8")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    if options.rounds < 1 or options.processes < 2:
        parser.error("--rounds must be at least 1, --processes at least 2")
    return options


def caption(options):
    busy = os.getloadavg()[0]
    return (f"({os.cpu_count()} cores, {options.processes} processes, everything in turns, {options.rounds} "
            f"round{'s' if options.rounds > 1 else ''}; load of the machine at the end {busy:.0f}. "
            f"Runs of JournalStorage that ended in an error, as a process read a line that was being written, and were "
            f"begun again: {len(broken_runs)}.)")


def write_json(path, benches):
    figures = [{"what": b.what, "unit": b.unit, "figures": b.figures,
                "medians": {name: statistics.median(values) for name, values in b.figures.items()}} for b in benches]
    with open(path, "w") as f:
        json.dump(figures, f, indent=1)


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        benches = benches_of(options.processes, folder)
        bench.measure_in_turns(benches, options.rounds)
    text = f"{bench.table(benches, options.rounds)}\n\n{caption(options)}"
    print(f"\n{text}")
    if options.json:
        write_json(options.json, benches)
    if options.write:
        bench.write_between_markers("README.md", text, BEGIN, END)


if __name__ == "__main__":
    main()
