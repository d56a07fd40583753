"""The comparison of zoom rules: see scripts/bench_zoom."""
import argparse
import pathlib
import tempfile

import bench
import campaigns
import data
import intervals
import misplaced
import spaces

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
                    space = spaces.formula(plan, rule, low, high)
                    regrets[rule][case] += campaigns.formula(folder, space, optimum, noise, count)
        print(rule, flush=True)
    lines = ["| `zoom:` | " + " | ".join(FORMULA_CASES) + " | wins against the first |", "|---" * 6 + "|"]
    first = [-r for case in FORMULA_CASES for r in regrets[RULES[0]][case]]
    for rule in RULES:
        cells = ["%.2f ± %.2f" % tuple(100 * x for x in intervals.mean(regrets[rule][case])) for case in FORMULA_CASES]
        own = [-r for case in FORMULA_CASES for r in regrets[rule][case]]
        won = intervals.wins(own, first)
        low, high = intervals.rate(won, len(own))
        cells.append("" if rule == RULES[0] else "%.1f %% (%.1f to %.1f)" % (100 * won / len(own), 100 * low, 100 * high))
        lines.append(f"| `{rule}` | " + " | ".join(cells) + " |")
    return lines


def image_table(folder, count):
    data.write(folder)
    found = {}
    for rule in IMAGE_RULES:
        found[rule] = [campaigns.images(folder, seed, "nesterov", IMAGE_PLAN, rule, *IMAGE_RATES) for seed in range(count)]
        print(rule, intervals.mean(found[rule]), flush=True)
    lines = ["| `zoom:` | test accuracy | wins against the first |", "|---|---|---|"]
    for rule in IMAGE_RULES:
        won = intervals.wins(found[rule], found[IMAGE_RULES[0]])
        least, most = intervals.rate(won, count)
        win = "" if rule == IMAGE_RULES[0] else "%.0f %% (%.0f to %.0f)" % (100 * won / count, 100 * least, 100 * most)
        accuracy = "%.2f ± %.2f %%" % tuple(100 * x for x in intervals.mean(found[rule]))
        lines.append(f"| `{rule}` | {accuracy} | {win} |")
    return lines


def misplaced_table(folder, count):
    data.write(folder)
    lines = ["| coarse learning rates | test accuracy | found |", "|---|---|---|"]
    for case, found, near in misplaced.cases(folder, count):
        print(case, near, flush=True)
        accuracy = "%.2f ± %.2f %%" % tuple(100 * x for x in intervals.mean(found))
        low, high = misplaced.RATES[case]
        lines.append(f"| best rate {case}: {low:g} to {high:g} | {accuracy} | {near} of {count} |")
    return lines


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench_zoom", description="the rules that narrow ranges, side by side")
    parser.add_argument("--campaigns", type=int, default=100,
                        help="on the formula, for each rule, case, number of stages and noise (default: %(default)s)")
    parser.add_argument("--images", type=int, default=30, help="real ones, for each rule (default: %(default)s)")
    parser.add_argument("--misplaced", type=int, default=10,
                        help="real ones, for each place of the coarse range (default: %(default)s)")
    parser.add_argument("--only", default="formula,images,misplaced", help="these parts alone (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md; takes all parts")
    options = parser.parse_args()
    if min(options.campaigns, options.images, options.misplaced) < 2:
        parser.error("an interval takes at least 2 campaigns")
    tables = {"formula": (formula_table, options.campaigns), "images": (image_table, options.images),
              "misplaced": (misplaced_table, options.misplaced)}
    parts = options.only.split(",")
    unknown = [part for part in parts if part not in tables]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(tables)}")
    if options.write and set(parts) != set(tables):
        parser.error("--write takes a run of all parts")
    found = []
    for part in parts:
        table, count = tables[part]
        with tempfile.TemporaryDirectory() as folder:
            found.append("\n".join(table(pathlib.Path(folder), count)))
        print(found[-1], flush=True)
    if options.write:
        bench.write_between_markers("README.md", "\n\n".join(found), "<!-- bench_zoom -->", "<!-- /bench_zoom -->")


main()
