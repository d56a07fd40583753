"""Means and rates with 95 % confidence intervals."""
import math

NORMAL_95 = 1.959963984540054


def mean(values):
    """The mean, and half of its interval (normal approximation)."""
    n = len(values)
    middle = sum(values) / n
    square = sum((v - middle) ** 2 for v in values) / (n - 1)
    return middle, NORMAL_95 * math.sqrt(square / n)


def rate(hits, n):
    """The interval of a rate (Wilson 1927)."""
    z = NORMAL_95
    part = hits / n
    middle = (part + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n))
    return middle - reach, middle + reach


def wins(values, others):
    """How often a campaign ends above the other one of the same seed; a tie counts half."""
    return sum((v > o) + 0.5 * (v == o) for v, o in zip(values, others))
