#!/usr/bin/python3
"""scripts/bench_search runs small campaigns of every method, takes up what is done, and its intervals of rates are SciPy's.

usage: bench_search.py WINNOW CHECKOUT, in a scratch folder
"""
import json
import math
import os
import shutil
import subprocess
import sys

import numpy as np
import scipy.stats

WINNOW, CHECKOUT = sys.argv[1:]
FOLDER = os.path.abspath("bench_search")
CAMPAIGNS, QUICK_EPOCHS = 2, 216

sys.path[:0] = [f"{CHECKOUT}/scripts/race", f"{CHECKOUT}/scripts/peers"]
import figures
import intervals


def bench(*words):
    command = [f"{CHECKOUT}/scripts/bench_search", "--quick", "--campaigns", str(CAMPAIGNS), "--folder", FOLDER, *words]
    return subprocess.run(command, env={**os.environ, "WINNOW": WINNOW}, check=True, capture_output=True, text=True).stdout


def check_figures():
    for won, of in ((0, 30), (11, 30), (30, 30)):
        expected = scipy.stats.binomtest(won, of).proportion_ci(method="wilson")
        assert np.allclose(intervals.rate(won, of), expected, atol=1e-6), (won, of)
    for end in intervals.rate(17.5, 32):  # a tie is half a win: where the score test's equation holds
        assert math.isclose(abs(17.5 / 32 - end), 1.959963984540054 * math.sqrt(end * (1 - end) / 32), rel_tol=1e-9)
    assert figures.wins([1, 2, 3], [1, 1, 4]) == (1, 1, 1)
    # Two campaigns: means of .25 from 10 epochs on, .55 from 20, .65 from 30, .6 from 50.
    progress = figures.Progress([{"steps": [[10, .5, .5], [30, .6, .7]]}, {"steps": [[20, .5, .6], [50, .7, .5]]}], 100)
    assert [progress.reaches(level) for level in (.25, .26, .56, .66)] == [10, 20, 30, math.inf]
    assert figures.epochs_to([progress, figures.Progress([{"steps": [[15, .9, .9]]}], 100)], .6) == 15


def check_steps():
    """bench search tells every campaign's way to its best trial."""
    space = f"{FOLDER}/steps.yaml"
    with open(space, "w") as f:
        json.dump({"name": "steps", "data": {"format": "synthetic", "kind": "moons"}, "network": [{"dense": 2}],
                   "parameters": {"learning_rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 0.1}},
                   "stages": [{"name": "coarse", "trials": 20, "epochs": 3},
                              {"name": "fine", "trials": 10, "epochs": 9, "zoom": {"grow": 0}}]}, f)
    command = [WINNOW, "bench", "search", space, "--campaigns", "20", "--json"]
    told = subprocess.run(command, check=True, capture_output=True)
    for run in json.loads(told.stdout)["runs"]:
        spent, observed, accuracy = zip(*run["steps"])
        assert run["epochs"] == 20 * 3 + 10 * 9
        assert list(spent) == sorted(set(spent)) and 3 <= spent[0] and spent[-1] <= run["epochs"], run
        assert list(observed) == sorted(set(observed)), run
        assert accuracy[-1] == run["accuracy"], run


def check_campaigns(text):
    with open(f"{FOLDER}/campaigns.jsonl") as f:
        campaigns = [json.loads(line) for line in f]
    methods = {c["method"] for c in campaigns}
    assert {c["task"] for c in campaigns} == {"fashion", "digits", "formula"}
    assert methods == {line.split("|")[1].split(",")[0].strip() for line in text.splitlines()
                       if line.startswith("| ") and not line.startswith(("| method", "| epochs", "| ---"))}
    assert len({(c["task"], c["method"], c["budget"], c["seed"]) for c in campaigns}) == len(campaigns)
    for c in campaigns:
        assert c["budget"] / 2 < c["epochs"] <= c["budget"] <= QUICK_EPOCHS, c
        assert c["steps"], c
        spent, validation, test = zip(*c["steps"])
        assert list(spent) == sorted(spent) and list(validation) == sorted(validation), c
        assert spent[-1] <= c["budget"] and 0.1 < test[-1] < 1, c


shutil.rmtree(FOLDER, ignore_errors=True)
os.makedirs(FOLDER)
check_figures()
check_steps()
text = bench()
tables = text[text.index("**fashion**"):]
check_campaigns(tables)
before = os.stat(f"{FOLDER}/campaigns.jsonl").st_mtime_ns
assert bench("--table").strip() == tables.strip()
assert bench().strip() == tables.strip(), "a second run has nothing to do"
assert os.stat(f"{FOLDER}/campaigns.jsonl").st_mtime_ns == before
print("bench_search: all as expected")
