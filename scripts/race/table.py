"""The tables that README.md shows."""
import math
import statistics

import numpy as np

import figures

LEVELS = (25, 50, 75)  # percentiles of plain random search's final accuracies


def percent(x):
    return f"{100 * x:.2f}"


def epochs(x):
    return "never" if math.isinf(x) else f"{x:.0f}"


def share(x):
    return "never" if math.isinf(x) else f"{x:.2f}"


def part_name(part):
    return "" if part == 1 else f", 1/{round(1 / part)}"


def of_task(campaigns, methods, budget):
    """campaigns: {(method, part): {seed: campaign}}; methods in the order of the table, "random" among them."""
    seeds = sorted(set.intersection(*(set(of) for of in campaigns.values())))
    lists = {key: [of[seed] for seed in seeds] for key, of in campaigns.items()}
    final = {(m, p): np.array([figures.chosen(c, budget * p)[1] for c in of]) for (m, p), of in lists.items()}
    random = final["random", 1]
    levels = np.percentile(random, LEVELS)
    lines = [f"| method | epochs | test accuracy: median (quartiles) | validation | against random: won, tied, lost "
             f"| rate (95 %) | median difference (95 %) | epochs to {', '.join(map(percent, levels))} % "
             f"| of random's epochs to its median (95 %) |", "|---|---|---|---|---|---|---|---|---|"]
    draws = figures.resampled(len(seeds))
    for method in methods:
        parts = sorted((p for m, p in lists if m == method), reverse=True)
        progresses = [figures.Progress(lists[method, p], budget * p) for p in parts]
        for part in parts:
            test = final[method, part]
            low, middle, high = np.percentile(test, [25, 50, 75])
            validation = statistics.median(figures.chosen(c, budget * part)[0] for c in lists[method, part])
            spent = statistics.mean(c["epochs"] for c in lists[method, part])
            cells = [method + part_name(part), f"{spent:.0f}", f"{percent(middle)} ({percent(low)} to {percent(high)})",
                     percent(validation)]
            if method == "random":
                cells += ["", "", ""]
            else:
                won, tied, lost = figures.wins(test, random)
                from_, to = figures.wilson(won + tied / 2, len(seeds))
                apart = np.median(test - random)
                first, last = figures.interval([np.median((test - random)[rows]) for rows in draws])
                cells += [f"{won}, {tied}, {lost}", f"{(won + tied / 2) / len(seeds):.2f} ({from_:.2f} to {to:.2f})",
                          f"{100 * apart:+.2f} ({100 * first:+.2f} to {100 * last:+.2f})"]
            if part == 1:
                needed, least, most = figures.epochs_to_random(progresses, budget, random)
                cells += [", ".join(epochs(figures.epochs_to(progresses, level)) for level in levels),
                          f"{share(needed / budget)} ({share(least / budget)} to {share(most / budget)})"]
            else:
                cells += ["", ""]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines), len(seeds)
