"""winnow bench search: the formula is that of the header, campaigns are the same on any number of ranks, ranges that miss
the best learning rate by a factor of 10 grow to it, and wrong usage is told.
usage: test_bench_search.py WINNOW SCRIPTS, in a scratch folder"""
import json
import math
import pathlib
import subprocess
import sys

WINNOW = sys.argv[1]
sys.path.insert(0, sys.argv[2] + "/zoom")
import spaces  # noqa: E402

FINE = [(40, 3), (20, 9), (12, 15)]
failures = 0


def check(fine, what):
    global failures
    if not fine:
        failures += 1
        print("FAILED:", what, file=sys.stderr)


def winnow(*words):
    return subprocess.run([WINNOW, "bench", "search", *words], capture_output=True, text=True)


def search(*words):
    done = winnow("formula.yaml", *words, "--json")
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def space(low, high, plan=FINE):
    pathlib.Path("formula.yaml").write_text(spaces.formula(plan, "true", low, high))


def accuracy(epoch, learning_rate, momentum, hidden, dropout, optimizer):
    """src/rank/bench/response_surface.h, with the optimum of learning_rate at 0.01."""
    distance = (math.log10(learning_rate / 0.01) / 3) ** 2 + (math.log10((1 - momentum) / 0.1) / 3) ** 2
    distance += (math.log2(hidden / 256) / 8) ** 2 + ((dropout - 0.2) / 1.5) ** 2
    distance += 0 if optimizer == "nesterov" else 0.02
    speed = 0.7 * (learning_rate / 0.01) ** (1 / 3)
    return 0.1 + 0.85 * math.exp(-distance) * (1 - math.exp(-speed * epoch))


def test_formula():
    space(1e-4, 1)
    for values in ((0.02, 0.95, 128, 0.4, "momentum"), (0.0005, 0.5, 512, 0.0, "nesterov")):
        names = ("learning_rate", "momentum", "hidden", "dropout", "optimizer")
        text = ",".join(f"{name}={value}" for name, value in zip(names, values))
        curve = search("--evaluate", text, "--optimum", "learning_rate=0.01")
        check(len(curve["accuracy"]) == 15, "a curve is as long as the longest stage")
        for e, value in enumerate(curve["accuracy"]):
            check(abs(value - accuracy(e + 1, *values)) < 1e-12, f"formula at {text}, epoch {e + 1}: {value}")
        noise = [o - a for o, a in zip(curve["observed"], curve["accuracy"])]
        check(0 < max(map(abs, noise)) < 0.03 and len(set(noise)) == 15, f"noise {noise}")
    curve = search("--evaluate", "learning_rate=0.02", "--optimum", "learning_rate=0.01", "--noise", "0")
    check(curve["accuracy"] == curve["observed"], "--noise 0")
    check(max(curve["accuracy"]) <= curve["highest"] < 0.95, "highest")
    curve = search("--evaluate", "learning_rate=0.5", "--optimum", "learning_rate=0.01")
    check(curve["accuracy"] == [None] * 15, "divergence above 30 times the best rate")
    one = search("--evaluate", "learning_rate=0.02,label_smoothing=0.1,gradient_clip=3")
    check(one["accuracy"] == search("--evaluate", "learning_rate=0.02")["accuracy"], "names without influence")


def test_campaigns():
    space(1e-4, 1, [(20, 3), (8, 9)])
    one, four = search("--campaigns", "20"), search("--campaigns", "20", "--ranks", "4")
    same = ("seed", "accuracy", "regret", "epochs", "best")
    for a, b in zip(one["runs"], four["runs"]):
        check(all(a[key] == b[key] for key in same), f"1 rank and 4 ranks: {a} {b}")
    check(len({run["regret"] for run in one["runs"]}) == 20, "each campaign has a seed of its own")
    check([run["seed"] for run in one["runs"]] == list(range(20)), "seeds from the configuration's on")
    regrets = sorted(run["regret"] for run in one["runs"])
    check(min(regrets) > 0, "nothing above the highest accuracy")
    check(abs(one["regret"]["median"] - (regrets[9] + regrets[10]) / 2) < 1e-15, "median")
    check(abs(one["regret"]["mean"] - sum(regrets) / 20) < 1e-12, "mean")
    for level, entry in enumerate(one["within"]):
        reached = [run["within"][level] for run in one["runs"] if run["within"][level] is not None]
        check(entry["reached"] == len(reached) and all(0 < e <= 132 for e in reached), f"within {entry}")
    text = winnow("formula.yaml", "--campaigns", "20").stdout
    check("20 campaigns of formula on 1 rank" in text and "below the highest" in text, text)


def test_misplaced_ranges():
    """At least 9 of 10 of 200 campaigns come within 3 % of the highest accuracy, as well-placed ranges do."""
    for low, high, optimum in ((1e-4, 1, 0.03), (1e-5, 1e-3, 1e-2), (1e-2, 1, 1e-3)):
        space(low, high)
        found = search("--campaigns", "200", "--optimum", f"learning_rate={optimum}", "--within", "0.03")
        reached = found["within"][0]["reached"]
        print(f"best rate {optimum:g}, coarse {low:g} to {high:g}: {reached} of 200")
        check(reached >= 180, f"{reached} of 200 with {low} to {high}")
    space(1e-5, 1e-3, [(n, e) for n, e in FINE])
    kept = pathlib.Path("formula.yaml").read_text().replace("zoom: true", "zoom: {grow: 0}")
    pathlib.Path("formula.yaml").write_text(kept)
    found = search("--campaigns", "50", "--optimum", "learning_rate=0.01", "--within", "0.03")
    check(found["within"][0]["reached"] <= 5, "without growth they do not")


def test_usage():
    space(1e-4, 1)
    for words, why in (
        (["--optimum", "label_smoothing=0.1"], "places no optimum"),
        (["--optimum", "learning_rate=x"], "learning_rate cannot be 'x'"),
        (["--optimum", "optimizer=adam"], "is no value of optimizer"),
        (["--optimum", "lr_decay=0.5"], "has no parameter lr_decay"),
        (["--within", "0.1,"], "must be 1 to 8 numbers"),
        (["--campaigns", "0"], "--campaigns"),
        (["--evaluate", "rate=1"], "sets no parameter"),
        (["--evaluate", "optimizer=adam"], "is none of the values"),
    ):
        done = winnow("formula.yaml", *words)
        check(done.returncode == 2 and why in done.stderr, f"{words}: {done.returncode} {done.stderr}")
    check(winnow().returncode == 2 and winnow("missing.yaml").returncode == 2, "no configuration")


test_formula()
test_campaigns()
test_misplaced_ranges()
test_usage()
sys.exit(1 if failures else 0)
