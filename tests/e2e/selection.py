#!/usr/bin/python3
"""A selection part: which rows it has, by the documented streams; that training, validation and it share none; the
ensemble's figures and the optimism, from the stored probabilities and labels; the same on 1 and 3 ranks, after shards
and where the ensemble is chosen again; and that a campaign without one is as it was.

usage: selection.py WINNOW, in a scratch folder
"""
import json
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np

import retrain_trials

SPACE = """name: honest
seed: 77
{metric}data: {{format: csv, train: train.csv, test: test.csv, label: kind, validation: 160{selection}}}
network: [dense: $hidden, relu, dense: 4]
parameters:
  learning_rate: {{distribution: log_uniform_values, min: 1e-3, max: 1}}
  hidden: {{min: 4, max: 40}}
  batch_size: {{value: 16}}
stages: [{{name: coarse, trials: 10, epochs: 2}}, {{name: fine, trials: 6, epochs: 3}}]
ensemble: {{method: {method}, size: 4, pool: 7}}
"""
SELECTION, QUANTILE = 210, 1.959963984540054
NOT_CHOSEN = {"test_evaluations"}


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def near(what, found, expected):
    check(np.allclose(found, expected, rtol=1e-12, atol=1e-12), f"{what}: {found} in the file, {expected} computed here")


def call(*arguments, code=0, ranks=1):
    launch = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] if ranks > 1 else []
    done = subprocess.run([*launch, winnow, *arguments], capture_output=True, text=True, timeout=200, check=False)
    check(done.returncode == code, f"{arguments} ends with {done.returncode}, not {code}: {done.stderr}{done.stdout}")
    return done.stdout + done.stderr


def space(name, selection=f", selection: {SELECTION}", metric="", method="greedy"):
    with open(name, "w", encoding="utf-8") as file:
        file.write(SPACE.format(selection=selection, metric=metric, method=method))
    return name


def make_tables():
    random = np.random.default_rng(4)
    for name, rows in ("train.csv", 1000), ("test.csv", 200):
        kinds = random.choice(4, rows, p=[0.45, 0.3, 0.2, 0.05])
        values = random.normal(0, 1, (rows, 3)) + kinds[:, None] * [1, -0.5, 0.25]
        with open(name, "w", encoding="utf-8") as file:
            print("a,b,c,kind", file=file)
            for row, kind in zip(values, kinds):
                print(*row, "wxyz"[kind], sep=",", file=file)


def take(labels, rows, count, step):
    """`count` of the rows, each class in proportion, by largest remainders."""
    sizes = np.bincount(labels[rows], minlength=4)
    taken = count * sizes // len(rows)
    for c in sorted(range(4), key=lambda c: (-(count * sizes[c] % len(rows)), c))[:count - taken.sum()]:
        taken[c] += 1
    return np.sort(np.concatenate([
        retrain_trials.Stream(retrain_trials.SPLIT, c, 0, step).shuffled(rows[labels[rows] == c])[:taken[c]] for c in range(4)
    ])).astype(int)


def check_parts(f):
    d, names = f["data"], [name.decode() for name in f["data/class_names"][()]]
    with open("train.csv", encoding="utf-8") as file:
        table = [line.split(",") for line in file.read().splitlines()[1:]]
    labels = np.array([names.index(row[-1]) for row in table])
    values = np.array([row[:-1] for row in table], np.float32).astype(float)
    everything = np.arange(len(labels))
    validation = take(labels, everything, 160, 0)
    rest = np.setdiff1d(everything, validation)
    selection = take(labels, rest, SELECTION, 1)
    training = np.setdiff1d(rest, selection)
    for part, rows in ("validation", validation), ("selection", selection):
        check(np.array_equal(d[f"{part}_index"][()], rows), f"{part}_index")
        check(np.array_equal(d[f"{part}_labels"][()], labels[rows]), f"{part}_labels")
        quota = len(rows) * np.bincount(labels) / len(labels)
        check((abs(np.bincount(labels[rows]) - quota) < 2).all(), f"the {part} part is not stratified")
    check(not set(d["validation_index"][()]) & set(d["selection_index"][()]), "validation and selection share rows")
    check(d.attrs["train_count"] == len(training) == 1000 - 160 - SELECTION, "train_count")
    check(np.allclose(d["mean"][()], values[training].mean(0), rtol=1e-5, atol=1e-6), "mean is not of the training part")
    check(np.allclose(d["deviation"][()], values[training].std(0), rtol=1e-5), "deviation is not of the training part")


def judge(p, labels):
    right = (p.argmax(1) == labels).mean()
    return right, -np.log(np.maximum(p[np.arange(len(labels)), labels].astype(float), 1e-12)).mean()


def average(f, members, counts, part):
    p = np.array([f[f"members/{m}/{part}_probabilities"][()] for m in members])
    return (np.tensordot(np.array(counts, float), p.astype(float), 1) / np.sum(counts)).astype(np.float32)


def scores(f, members, part, loss):
    """[networks, examples]"""
    labels = f[f"data/{part}_labels"][()]
    p = np.array([f[f"members/{m}/{part}_probabilities"][()] for m in members]).astype(float)
    if loss:
        return -np.log(np.maximum(p[:, np.arange(len(labels)), labels], 1e-12))
    return (p.argmax(2) == labels).astype(float)


def check_optimism(f, row, members, loss):
    means, error = [], 0
    for part in "validation", "selection":
        score = scores(f, members, part, loss).mean(0)
        means.append(score.mean())
        if not loss:
            score = np.append(score, [0, 1])
        error += score.var() / len(score)
    near(row["of"], [row["validation"], row["selection"]], means)
    near(row["of"], row["difference"], (means[1] - means[0]) if loss else (means[0] - means[1]))
    near(row["of"], row["margin"], QUANTILE * error ** 0.5)
    check(row["networks"] == len(members), row)


def check_ensemble(f, loss, method):
    e, trials = f["ensemble"], f["trials"][()]
    check(e.attrs["chosen_on"] == "selection", "chosen_on")
    pool = sorted((int(m) for m in f["members"]), key=lambda m: (trials["val_loss"][m] if loss else -trials["val_accuracy"][m], m))
    done = trials[trials["status"] == b"completed"]
    best = done["id"][np.lexsort((done["id"], done["val_loss"] if loss else -done["val_accuracy"]))][:7]
    check(pool == list(best), f"the pool is not the best by validation: {pool}, {best}")
    check(e["single_trial"][()] == pool[0], "the best single network is not that of validation")
    labels = {part: f[f"data/{part}_labels"][()] for part in ("validation", "selection")}
    members, counts = e["members"][()], e["counts"][()]
    for part, name in ("validation", "val"), ("selection", "selection"):
        near(f"the ensemble on {part}", [e[f"{name}_accuracy"][()], e[f"{name}_loss"][()]],
             judge(average(f, members, counts, part), labels[part]))
    near("single on selection", [e["single_selection_accuracy"][()], e["single_selection_loss"][()]],
         judge(f[f"members/{pool[0]}/selection_probabilities"][()], labels["selection"]))
    found = judge(f[f"members/{pool[0]}/validation_probabilities"][()], labels["validation"])
    check(np.allclose([trials["val_accuracy"][pool[0]], trials["val_loss"][pool[0]]], found, rtol=1e-5), "validation figures")
    on = [judge(f[f"members/{m}/selection_probabilities"][()], labels["selection"])[int(loss)] for m in pool]
    better = np.min if loss else np.max
    final = e[f"selection_{'loss' if loss else 'accuracy'}"][()]
    near("the metric after the last pick", e["metric_after_pick"][-1], final)
    if method == "greedy":
        check(final <= on[np.argmin(on)] if loss else final >= on[np.argmax(on)], "greedy is worse than one network")
    else:  # the first picks are the best there, one after the other
        ranked = [pool[i] for i in sorted(range(len(pool)), key=lambda i: (on[i] if loss else -on[i], pool[i]))]
        check(sorted(members) == sorted(ranked[:4]), f"top: {members}, not {ranked[:4]}")
        near("the first pick", e["metric_after_pick"][0], better(on))
        for picks in range(1, 5):
            near("after a pick", e["metric_after_pick"][picks - 1],
                 judge(average(f, sorted(ranked[:picks]), [1] * picks, "selection"), labels["selection"])[int(loss)])
    rows = e["optimism"][()]
    check([row["of"] for row in rows] == [b"best trial", b"pool"], rows)
    check_optimism(f, rows[0], pool[:1], loss)
    check_optimism(f, rows[1], pool, loss)
    return rows


def same(a, b):
    """Equal to the bit in what does not tell of time and place."""
    with h5py.File(a) as f, h5py.File(b) as g:
        check(np.array_equal(f["trials"]["weights_hash"], g["trials"]["weights_hash"]), f"weights of {a} and {b}")
        for group in "ensemble", "data", "members":
            names = []
            f[group].visititems(lambda name, item, names=names: names.append(name) if isinstance(item, h5py.Dataset) else None)
            for name in set(names) - NOT_CHOSEN:
                check(f[group][name][()].tobytes() == g[group][name][()].tobytes(), f"{group}/{name} of {a} and {b}")


winnow = os.path.abspath(sys.argv[1])
os.environ.update(OPENBLAS_NUM_THREADS="1", OMPI_MCA_rmaps_base_oversubscribe="1",
                  OMPI_MCA_btl_vader_single_copy_mechanism="none", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
shutil.rmtree("selection", ignore_errors=True)
os.makedirs("selection")
os.chdir("selection")
retrain_trials.SEED = 77
make_tables()

text = call("run", space("space.yaml"), "-o", "one.h5")
with h5py.File("one.h5") as file:
    check_parts(file)
    best, pool = check_ensemble(file, False, "greedy")
    single = file["ensemble/single_trial"][()]
line = re.search(r"luck +val_accuracy of trial (\d+): validation ([\d.]+) %, never-seen part ([\d.]+) %: (-?[\d.]+) points "
                 r"\(\+- ([\d.]+)\)", text)
check(line is not None, f"the summary tells no luck: {text}")
check([float(x) for x in line.groups()] == [single, *(round(100 * best[n], 2) for n in ("validation", "selection", "difference", "margin"))],
      line.group())
check(f"mean of the 7 networks kept: validation {100 * pool['validation']:.2f} %" in text, text)
told = json.loads(call("status", "one.h5", "--json"))
check(told["data"]["selection"] == SELECTION and told["optimism"]["best"]["trial"] == single, told)
check(told["optimism"]["pool"]["margin"] == pool["margin"] and told["optimism"]["best"]["difference"] == best["difference"], told)
plan = json.loads(call("check", "space.yaml", "--json"))
check(plan["data"]["selection"] == SELECTION and plan["data"]["train"] == 1000 - 160 - SELECTION, plan["data"])
call("report", "one.h5")
with open("one.html", encoding="utf-8") as file:
    page = file.read()
for words in (f"{100 * best['selection']:.2f} %", f"{SELECTION} to choose ensembles on", f"{100 * best['margin']:.2f} points",
              "Agresti", "on the selection part", "which chose the networks"):
    check(words in page, f"the report does not say '{words}'")

# The same on three ranks, and as two shards that are joined.
call("run", "space.yaml", "-o", "three.h5", ranks=3)
for stage, start in ("coarse", []), ("fine", ["--from", "coarse.h5"]):
    for i in "12":
        call("run", "space.yaml", "--shard", f"{i}/2", "-o", f"{stage}{i}.h5", *start)
    call("merge", f"{stage}.h5", f"{stage}1.h5", f"{stage}2.h5")
call("run", "space.yaml", "-o", "fine.h5")
same("one.h5", "three.h5")
same("one.h5", "fine.h5")
call("replay", "one.h5", "--trial", str(single))

# Others of the stored networks, chosen there too, whatever it was; and one that is stored by going on.
others = json.loads(call("ensemble", "one.h5", "--size", "4", "--json"))
check(others["chosen_on"] == "selection" and others["examples"] == SELECTION, others)
with h5py.File("one.h5") as file:
    for one in others["ensembles"]:
        members, counts = zip(*((m["trial"], m["count"]) for m in one["members"]))
        for part, name in ("validation", "val"), ("selection", "selection"):
            near(one["method"], [one[f"{name}_accuracy"], one[f"{name}_loss"]],
                 judge(average(file, members, counts, part), file[f"data/{part}_labels"][()]))
    check(others["ensembles"][0]["members"] == others["stored"]["members"], "the stored ensemble is not chosen again")
call("ensemble", "one.h5", "--size", "2", "--method", "top", "--test")
call("predict", "one.h5", "--table", "test.csv", "--label", "kind", "-o", "said.csv")
space("space.yaml", method="top")
call("run", "space.yaml", "-o", "one.h5")
with h5py.File("one.h5") as file:
    check_ensemble(file, False, "top")

# By the loss; the fraction of the whole file that gives as many; and another part is another campaign.
call("run", space("loss.yaml", metric="metric: {name: val_loss, goal: minimize}\n", method="top"), "-o", "loss.h5")
with h5py.File("loss.h5") as file:
    check_ensemble(file, True, "top")
call("run", space("fraction.yaml", selection=", selection: 0.21"), "-o", "fraction.h5")
same("three.h5", "fraction.h5")
check("selection is 100 here, but 210" in call("run", space("other.yaml", selection=", selection: 100"), "-o", "one.h5", code=2),
      "a changed selection goes on")

# Without one: the same validation part, and nothing of a selection.
call("run", space("plain.yaml", selection=""), "-o", "plain.h5")
with h5py.File("plain.h5") as file, h5py.File("one.h5") as other:
    check(np.array_equal(file["data/validation_index"], other["data/validation_index"]), "another validation part")
    check(file["ensemble"].attrs["chosen_on"] == "validation", "chosen_on without a selection part")
    names = []
    file.visit(names.append)
    check(not [name for name in names if "selection" in name or "optimism" in name], names)
check(json.loads(call("status", "plain.h5", "--json"))["optimism"] is None, "optimism without a selection part")
print(f"the best trial flatters itself by {100 * best['difference']:.2f} points (+- {100 * best['margin']:.2f})")
