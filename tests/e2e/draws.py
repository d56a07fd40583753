#!/usr/bin/python3
"""The draws of `sampler: sobol | halton | lhs` against SciPy's own (scipy.stats.qmc), an independent implementation, and in
a campaign.

usage: draws.py WINNOW, in a scratch folder"""
import csv
import json
import os
import shutil
import subprocess
import sys

import h5py
import numpy as np
from scipy.stats import qmc

WINNOW = os.path.abspath(sys.argv[1])
SEEDS, SCIPY_SEEDS = 40, 200
HEAD = """
data: {format: synthetic, kind: blobs, examples: 200, test_examples: 50, classes: 2}
seed: %d
sampler: %s
"""
CAMPAIGN = HEAD + """
network: [dense: $hidden, relu, dense: 2]
parameters:
  optimizer: {values: [sgd, momentum, nesterov, adam]}
  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.99, when: {optimizer: [momentum, nesterov]}}
  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1e-1}
  hidden: {min: 4, max: 12}
stages: [{name: only, trials: %d, epochs: 1}]
"""


def check(good, what):
    if not good:
        sys.exit(f"FAILED: {what}")


def winnow(*words, code=0):
    done = subprocess.run([WINNOW, *words], capture_output=True, text=True, check=False)
    check(done.returncode == code, f"winnow {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done


def write(text):
    with open("draws.yaml", "w", encoding="ascii") as file:
        file.write(text)
    return "draws.yaml"


def points(sampler, seed, count, dimensions):
    """The unit cube's points: rates from 0 to 0.5 hold them without rounding, half as large. A network has layers for 62."""
    known = ["label_smoothing", "momentum"][: max(dimensions - 62, 0)]
    rates = [f"p{d:02}" for d in range(dimensions - len(known))]
    names = known + rates
    layers = ", ".join(f"dropout: ${name}" for name in rates)
    lines = "".join(f"  {name}: {{distribution: uniform, min: 0, max: 0.5}}\n" for name in names)
    text = HEAD % (seed, sampler) + f"network: [dense: 4, {layers}, dense: 2]\nparameters:\n{lines}"
    path = write(text + f"stages: [{{name: only, trials: {count}, epochs: 1}}]\n")
    rows = list(csv.reader(winnow("sample", path).stdout.splitlines()))
    check(rows[0] == ["id", "number", *names] and len(rows) == count + 1, f"columns or rows of {rows[0]}")
    return 2 * np.array([row[2:] for row in rows[1:]], float)


def same_cells(mine, theirs, cells):
    """Scrambling renames the cells of a length 1/base^k, but what shares one goes on to share one."""
    a = np.floor(mine * cells).astype(int)
    b = np.floor(theirs * cells + 1e-9).astype(int)
    return len(set(a)) == len(set(b)) == len(set(zip(a, b)))


def check_digits():
    """Every dimension's points share as many digits, in base 2 or the dimension's prime, as SciPy's unscrambled ones."""
    dimensions, count = 64, 1024  # a space has at most so many parameters
    for sampler, theirs in (("sobol", qmc.Sobol(dimensions, scramble=False)), ("halton", qmc.Halton(dimensions, scramble=False))):
        reference = theirs.random(count)
        mine = points(sampler, 3, count, dimensions)
        compared = 0
        for d in range(dimensions):
            base = 2 if sampler == "sobol" else primes(dimensions)[d]
            cells = base
            while cells <= base * count:
                check(same_cells(mine[:, d], reference[:, d], cells), f"{sampler}: dimension {d}, cells of 1/{cells}")
                cells *= base
                compared += 1
        print(f"{sampler}: {compared} digits of {dimensions} dimensions, {count} points: equal to SciPy's but for the scrambling")


def primes(count):
    found = []
    number = 2
    while len(found) < count:
        if all(number % p for p in found):
            found.append(number)
        number += 1
    return found


def discrepancies(make, seeds):
    """Of each seed's points: centred and wrap-around L2 discrepancy, squared."""
    return np.array([[qmc.discrepancy(x, method=method) for method in ("CD", "WD")] for x in map(make, range(seeds))])


def check_discrepancy(count, dimensions):
    """winnow's mean is SciPy's, within four deviations; every set lies in SciPy's spread, and below all random ones."""
    engines = {"sobol": qmc.Sobol, "halton": qmc.Halton, "lhs": qmc.LatinHypercube}
    independent = discrepancies(lambda seed: np.random.default_rng(seed).random((count, dimensions)), SCIPY_SEEDS)
    for sampler in ("random", *engines):
        mine = discrepancies(lambda seed: points(sampler, seed, count, dimensions), SEEDS)
        theirs = independent
        if sampler in engines:
            theirs = discrepancies(lambda seed: engines[sampler](dimensions, seed=seed).random(count), SCIPY_SEEDS)
        for i, method in enumerate(("centred", "wrap-around")):
            a, b, random = mine[:, i], theirs[:, i], independent[:, i]
            off = (a.mean() - b.mean()) / np.sqrt(a.var() / SEEDS + b.var() / SCIPY_SEEDS)
            what = f"{count} points in {dimensions} dimensions, {sampler}, {method}"
            print(f"{what:52} {a.mean():.2e} ({a.min():.2e} to {a.max():.2e})   {b.mean():.2e} ({b.min():.2e} to "
                  f"{b.max():.2e})   {off:+.1f}   {a.mean() / random.mean():.3f}")
            check(abs(off) < 4, f"{what}: the mean is {off:.1f} deviations from SciPy's")
            check(a.min() > b.min() / 1.1 and a.max() < 1.1 * b.max(), f"{what}: outside SciPy's spread")
            check(sampler == "random" or a.max() < random.min(), f"{what}: no better than random")


def drawn(path, sampler, count):
    """What `sample` says: the draws' parameters by id."""
    answer = json.loads(winnow("sample", path, "--json").stdout)
    check(answer["sampler"] == sampler, f"sample calls {sampler} {answer['sampler']}")
    check(len(answer["draws"]) == count, f"{len(answer['draws'])} draws")
    return {draw["id"]: draw["parameters"] for draw in answer["draws"]}


def check_trials(sampler, draws):
    """The results file holds the draws, absent ones as NaN."""
    with h5py.File(f"{sampler}.h5", "r") as file:
        rows = file["trials"][:]
    check(len(rows) == len(draws), f"{sampler}: {len(rows)} trials")
    for row in rows:
        for parameter, value in draws[row["id"]].items():
            stored = row[parameter]
            if isinstance(stored, bytes):
                stored = stored.decode()
            absent = value is None and np.isnan(stored)
            check(absent or stored == value, f"{sampler}: {parameter} of trial {row['id']} is {stored}, not {value}")


def check_campaign(sampler):
    """What `sample` says is what trains, with each choice as often as its probability has it; also when the campaign
    goes on with more trials, which lhs refuses."""
    path = write(CAMPAIGN % (11, sampler, 16))
    draws = drawn(path, sampler, 16)
    optimizers = [draw["optimizer"] for draw in draws.values()]
    slack = 2 if sampler == "halton" else 0
    for optimizer in set(optimizers):
        check(abs(optimizers.count(optimizer) - 4) <= slack, f"{sampler}: {optimizers.count(optimizer)} of {optimizer}")
    for draw in draws.values():
        ramp = draw["optimizer"] in ("momentum", "nesterov")
        check((draw["momentum"] is not None) == ramp, f"{sampler}: momentum beside {draw['optimizer']}")
    winnow("run", path, "-o", f"{sampler}.h5")
    check_trials(sampler, draws)
    winnow("replay", f"{sampler}.h5", "--trial", "5")
    path = write(CAMPAIGN % (11, sampler, 20))
    if sampler == "lhs":
        error = winnow("run", path, "-o", f"{sampler}.h5", code=2).stderr
        check("stages.0.trials is 20 here, but 16" in error and "zoom: false" in error, error)
        return
    said = winnow("check", path).stdout
    check(f"sampler     {sampler}" in said, f"check does not name {sampler}: {said}")
    check(("20 trials are not a power of two, 16 or 32" in said) == (sampler == "sobol"), f"{sampler}: {said}")
    more = drawn(path, sampler, 20)
    check(all(more[trial] == draw for trial, draw in draws.items()), f"{sampler}: more trials change the first ones")
    winnow("run", path, "-o", f"{sampler}.h5")
    check_trials(sampler, more)
    print(f"{sampler}: a campaign of 16, then 20 trials has the draws that `sample` shows")


def main():
    shutil.rmtree("draws", ignore_errors=True)
    os.mkdir("draws")
    os.chdir("draws")
    check_digits()
    print("squared discrepancy: winnow's mean (least to most), SciPy's, deviations between the means, to random's mean")
    for count, dimensions in ((64, 2), (256, 5)):
        check_discrepancy(count, dimensions)
    for sampler in ("sobol", "halton", "lhs"):
        check_campaign(sampler)


main()
