"""The tables that README.md shows: of each task what the methods come to, and how soon."""
import math
import statistics

import numpy as np

import figures
import intervals

LEVELS = (25, 50, 75)  # percentiles of plain random search's final accuracies


def percent(x):
    return f"{100 * x:.2f}"


def whole(x):
    return "never" if math.isinf(x) else f"{x:.0f}"


def share(x):
    return "never" if math.isinf(x) else f"{x:.2f}"


def lines(heads, rows):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *rows))


def against(ours, random):
    """Of final test accuracies, paired by seed."""
    won, tied, lost = figures.wins(ours, random)
    low, high = intervals.rate(won + tied / 2, len(ours))
    least, most = figures.interval([np.median((ours - random)[rows]) for rows in figures.resampled(len(ours))])
    return [f"{won}, {tied}, {lost}", f"{(won + tied / 2) / len(ours):.2f} ({low:.2f} to {high:.2f})",
            f"{100 * np.median(ours - random):+.2f} ({100 * least:+.2f} to {100 * most:+.2f})"]


class TaskTables:
    """campaigns: {(method, budget): {seed: campaign}}, random's of the whole budget among them. Those seeds count that
    all have."""

    def __init__(self, campaigns, budget):
        seeds = sorted(set.intersection(*(set(of) for of in campaigns.values())))
        self.count, self.budget = len(seeds), budget
        self.lists = {key: [of[seed] for seed in seeds] for key, of in campaigns.items()}
        self.final = {(method, epochs): np.array([figures.chosen(c, epochs)[1] for c in of])
                      for (method, epochs), of in self.lists.items()}
        self.random = self.final["random", budget]

    def budgets(self, method):
        return sorted((epochs for m, epochs in self.lists if m == method), reverse=True)

    def finals(self, methods):
        """A row a method and budget."""
        rows = []
        for method in methods:
            for epochs in self.budgets(method):
                of, test = self.lists[method, epochs], self.final[method, epochs]
                low, middle, high = np.percentile(test, [25, 50, 75])
                part = "" if epochs == self.budget else f", 1/{round(self.budget / epochs)}"
                rows.append([method + part, f"{statistics.mean(c['epochs'] for c in of):.0f}",
                             f"{percent(middle)} ({percent(low)} to {percent(high)})",
                             percent(statistics.median(figures.chosen(c, epochs)[0] for c in of)),
                             *(against(test, self.random) if method != "random" else [""] * 3)])
        return lines(["method", "epochs", "test accuracy, median (quartiles)", "validation, median",
                      "won, tied, lost against random", "rate of wins (95 %)", "difference, median (95 %)"], rows)

    def speeds(self, methods):
        """A row a method."""
        levels, rows = np.percentile(self.random, LEVELS), []
        for method in methods:
            progresses = [figures.Progress(self.lists[method, epochs], epochs) for epochs in self.budgets(method)]
            needed, least, most = figures.epochs_to_random(progresses, self.random)
            rows.append([method, *(whole(figures.epochs_to(progresses, level)) for level in levels),
                         f"{share(needed / self.budget)} ({share(least / self.budget)} to {share(most / self.budget)})"])
        return lines(["epochs until the mean is at", *(f"{percent(level)} %" for level in levels),
                      "random's final mean, as a part of its epochs (95 %)"], rows)
