"""Called by scripts/bench_search, from the top of the checkout."""
import argparse
import concurrent.futures
import json
import os
import tempfile
import threading
import time

import bench
import methods
import table
import winnow
from tasks import TASKS

BEGIN, END = "<!-- bench_search -->", "<!-- /bench_search -->"


class Cache:
    """Campaigns that are done, a line of JSON each; others are known by what they are asked for."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.path, self.lock, self.known = f"{folder}/campaigns.jsonl", threading.Lock(), {}
        if os.path.exists(self.path):
            with open(self.path) as f:
                for line in f:
                    if line.endswith("\n"):  # a killed run may have left a part of one
                        self.take(json.loads(line))

    def take(self, campaign):
        self.known[tuple(campaign[key] for key in ("task", "method", "budget", "seed"))] = campaign

    def add(self, campaign):
        with self.lock:
            self.take(campaign)
            with open(self.path, "a") as f:
                f.write(json.dumps(campaign) + "\n")


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench_search", description="winnow's ways to search and Optuna's")
    parser.add_argument("--campaigns", type=int, default=32,
                        help="of each method on each task, of the formula four times as many (default: 32)")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="seed of the first, of the formula that plus 1000 (default: 0)")
    parser.add_argument("--tasks", help=f"some of {', '.join(TASKS)} (default: all)")
    parser.add_argument("--methods", help=f"some of {', '.join(methods.METHODS)} (default: all); random in any case")
    parser.add_argument("--quick", action="store_true", help="an eighth of the epochs: to see that it works")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="campaigns at a time (default: one a processor)")
    parser.add_argument("--folder", default="build/bench_search", metavar="DIR",
                        help="where campaigns that are done stand (default: %(default)s)")
    parser.add_argument("--table", action="store_true", help="train nothing: print what DIR has")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    options = parser.parse_args()
    for key, known in (("tasks", TASKS), ("methods", methods.METHODS)):
        chosen = getattr(options, key).split(",") if getattr(options, key) else list(known)
        unknown = [name for name in chosen if name not in known]
        if unknown:
            parser.error(f"there is no {unknown[0]}; there are {', '.join(known)}")
        setattr(options, key, [name for name in known if name in chosen or name == "random"])
    if options.campaigns < 1 or options.jobs < 1:
        parser.error("--campaigns and --jobs must be at least 1")
    return options


def budgets(method, budget):
    return [int(budget * part) for part in methods.METHODS[method].parts]


def wanted(options, budget):
    """(task, method, budget, seed), seed by seed, so that there are whole pairs at any time."""
    for number in range(options.campaigns * max(TASKS[task].times for task in options.tasks)):
        for task in options.tasks:
            if number >= options.campaigns * TASKS[task].times:
                continue
            for method in options.methods:
                for epochs in budgets(method, budget):
                    yield task, method, epochs, options.first + TASKS[task].first + number


def run_one(task, method, budget, seed):
    # Where files cost no disk: syncs are not what is compared.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir=memory, prefix="bench_search.") as folder:
        epochs, steps = methods.METHODS[method].search(TASKS[task], seed, budget, folder)
    return {"task": task, "method": method, "budget": budget, "seed": seed, "epochs": epochs, "steps": steps,
            "seconds": round(time.monotonic() - start, 1), "arithmetic": winnow.version()["arithmetic"]}


def run_all(options, cache, budget):
    missing = [key for key in wanted(options, budget) if key not in cache.known]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run_one, *key) for key in missing}
        try:
            for done, future in enumerate(concurrent.futures.as_completed(running), 1):
                c = future.result()
                cache.add(c)
                best = f"{c['steps'][-1][1]:.4f}, on test {c['steps'][-1][2]:.4f}" if c["steps"] else "none"
                print(f"{done}/{len(missing)}: {c['task']}, seed {c['seed']}, {c['method']}, {c['epochs']} epochs of "
                      f"{c['budget']}: {best} ({c['seconds']} s)", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)


def text_of(options, cache, budget):
    sections, asked = [], set(wanted(options, budget))
    for task in options.tasks:
        campaigns = {(method, epochs): {key[3]: c for key, c in cache.known.items()
                                        if key in asked and key[:3] == (task, method, epochs)}
                     for method in options.methods for epochs in budgets(method, budget)}
        done = {key: of for key, of in campaigns.items() if of}
        if ("random", budget) in done:
            of_task = table.TaskTables(done, budget)
            shown = [method for method in options.methods if of_task.budgets(method)]
            sections += [f"**{task}**, {budget} epochs, {of_task.count} campaigns each:", of_task.finals(shown),
                         of_task.speeds(shown)]
    return "\n\n".join(sections)


def main():
    options = arguments()
    budget = methods.FULL // 8 if options.quick else methods.FULL
    cache = Cache(options.folder)
    if not options.table:
        run_all(options, cache, budget)
    text = text_of(options, cache, budget)
    print(f"\n{text}")
    if options.write:
        bench.write_between_markers("README.md", text, BEGIN, END)


if __name__ == "__main__":
    main()
