"""The comparison of zoom rules: see scripts/bench_zoom."""
import argparse
import pathlib
import tempfile

import campaigns
import data
import misplaced
import spaces
import statistics

RULES = [
    "{rule: span, keep: 0.2, margin: 0.25}",  # the default of winnow 0.1
    "{rule: span, margin: 0.25}",
    "{rule: span}",
    "{rule: quantiles, margin: 0.25}",
    "{rule: quantiles, keep: 0.2}",
    "{rule: quantiles}",
    "{rule: density, margin: 0.25}",
    "{rule: density}",
]
IMAGE_RULES = [RULES[0], "{rule: span}", "{rule: quantiles}", "{rule: density}"]
# name: lowest and highest learning rate, and the best one of the formula
FORMULA_CASES = {
    "optimum within": (1e-4, 1, 0.03),
    "on the edge": (1e-4, 0.03, 0.03),
    "10 times above": (1e-5, 1e-3, 1e-2),
    "10 times below": (1e-2, 1, 1e-3),
}
FORMULA_PLANS = {"2 stages": [(40, 3), (16, 15)], "3 stages": [(40, 3), (20, 9), (12, 15)]}
NOISES = [0.3, 1, 3]
IMAGE_RATES = (1e-3, 1)  # Nesterov's; about 0.03 is best
IMAGE_PLAN = [(20, 2), (10, 4), (8, 6)]


def formula_table(folder, count):
    regrets = {rule: {case: [] for case in FORMULA_CASES} for rule in RULES}
    for rule in RULES:
        for case, (low, high, optimum) in FORMULA_CASES.items():
            for plan in FORMULA_PLANS.values():
                for noise in NOISES:
                    found, _ = campaigns.formula(folder, spaces.formula(plan, rule, low, high), optimum, noise, count)
                    regrets[rule][case] += found
        print(rule, flush=True)
    lines = ["| `zoom:` | " + " | ".join(FORMULA_CASES) + " | wins against the first |", "|---" * 6 + "|"]
    first = [-r for case in FORMULA_CASES for r in regrets[RULES[0]][case]]
    for rule in RULES:
        cells = ["%.2f ± %.2f" % tuple(100 * x for x in statistics.mean(regrets[rule][case])) for case in FORMULA_CASES]
        own = [-r for case in FORMULA_CASES for r in regrets[rule][case]]
        won = statistics.wins(own, first)
        low, high = statistics.rate(won, len(own))
        cells.append("" if rule == RULES[0] else "%.1f %% (%.1f to %.1f)" % (100 * won / len(own), 100 * low, 100 * high))
        lines.append(f"| `{rule}` | " + " | ".join(cells) + " |")
    return lines


def image_table(folder, count):
    data.write(folder)
    found = {}
    for rule in IMAGE_RULES:
        found[rule] = [campaigns.images(folder, seed, "nesterov", IMAGE_PLAN, rule, *IMAGE_RATES) for seed in range(count)]
        print(rule, statistics.mean(found[rule]), flush=True)
    lines = ["| `zoom:` | test accuracy | wins against the first |", "|---|---|---|"]
    for rule in IMAGE_RULES:
        won = statistics.wins(found[rule], found[IMAGE_RULES[0]])
        least, most = statistics.rate(won, count)
        win = "" if rule == IMAGE_RULES[0] else "%.0f %% (%.0f to %.0f)" % (100 * won / count, 100 * least, 100 * most)
        accuracy = "%.2f ± %.2f %%" % tuple(100 * x for x in statistics.mean(found[rule]))
        lines.append(f"| `{rule}` | {accuracy} | {win} |")
    return lines


def misplaced_table(folder, count):
    data.write(folder)
    lines = ["| coarse learning rates | test accuracy | found |", "|---|---|---|"]
    for case, found, near in misplaced.cases(folder, count):
        print(case, near, flush=True)
        accuracy = "%.2f ± %.2f %%" % tuple(100 * x for x in statistics.mean(found))
        low, high = misplaced.RATES[case]
        lines.append(f"| best rate {case}: {low:g} to {high:g} | {accuracy} | {near} of {count} |")
    return lines


def write_readme(text):
    readme = pathlib.Path("README.md")
    before, rest = readme.read_text().split("<!-- bench_zoom -->\n")
    _, after = rest.split("<!-- /bench_zoom -->\n")
    readme.write_text(before + "<!-- bench_zoom -->\n" + text + "<!-- /bench_zoom -->\n" + after)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--campaigns", type=int, default=100)
    parser.add_argument("--images", type=int, default=30)
    parser.add_argument("--only", default="formula,images,misplaced")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    tables = {"formula": (formula_table, options.campaigns), "images": (image_table, options.images),
              "misplaced": (misplaced_table, options.images)}
    parts = options.only.split(",")
    if options.write and set(parts) != set(tables):
        parser.error("--write takes a run of all parts")
    found = []
    for part in parts:
        table, count = tables[part]
        with tempfile.TemporaryDirectory() as folder:
            found.append("\n".join(table(pathlib.Path(folder), count)))
        print(found[-1], flush=True)
    if options.write:
        write_readme("\n\n".join(found) + "\n")


main()
