#!/usr/bin/python3
"""Writes search_spaces/csv_table.csv: 600 made-up particles from a threshing floor.

Row i is a grain, a piece of chaff or a piece of straw in turn (200 of each). A particle has a size factor
s = exp(0.25 z) common to its features, z standard normal, and each feature is

    median of its kind * s ** power * exp(spread * z')

with a z' of its own. The kinds overlap, most of all chaff and straw, and the features differ a hundredfold in
scale, so that normalisation matters. The generator is Python's Mersenne Twister with seed 2017, whose
random() is fixed for all versions; normals are Box and Muller's.

    /usr/bin/python3 tests/data/make_csv_table.py > search_spaces/csv_table.csv
"""
import math
import random

ROWS = 600
#                  power, spread, decimals, median of (grain, chaff, straw)
FEATURES = {
    "length_mm":  (1.0, 0.20, 2, (6.2, 7.4, 12.0)),
    "width_mm":   (1.0, 0.20, 2, (3.1, 2.6, 2.3)),
    "mass_mg":    (3.0, 0.35, 2, (32.0, 8.0, 14.0)),
    "fall_m_s":   (0.5, 0.18, 3, (6.8, 2.6, 3.6)),
    "brightness": (0.0, 0.15, 1, (148.0, 176.0, 190.0)),
}
KINDS = ("grain", "chaff", "straw")

generator = random.Random(2017)


def normal():
    radius = math.sqrt(-2 * math.log(1 - generator.random()))
    return radius * math.cos(2 * math.pi * generator.random())


print(",".join([*FEATURES, "kind"]))
for i in range(ROWS):
    kind = i % len(KINDS)
    size = math.exp(0.25 * normal())
    cells = [f"{medians[kind] * size ** power * math.exp(spread * normal()):.{decimals}f}"
             for power, spread, decimals, medians in FEATURES.values()]
    print(",".join([*cells, KINDS[kind]]))
