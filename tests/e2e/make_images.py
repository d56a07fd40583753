#!/usr/bin/python3
"""Write an HDF5 file of made-up images with three channels: stripes that lie, stripes that stand, a chessboard and spots,
in two colours of each image's own and noise. Moved or mirrored, each stays what it is.

usage: make_images.py FILE.h5
"""
import sys

import h5py
import numpy as np

HEIGHT, WIDTH = 12, 10
KINDS = ["chessboard", "lying", "spots", "standing"]  # as they are sorted


def draw(random, count):
    kinds = random.integers(0, len(KINDS), count)
    row, column = np.mgrid[:HEIGHT, :WIDTH][:, None] + random.integers(0, 4, (2, count, 1, 1))
    stripes = row // 2 % 2, column // 2 % 2
    patterns = np.stack([stripes[0] ^ stripes[1], stripes[0], stripes[0] & stripes[1], stripes[1]])
    chosen = patterns[kinds, np.arange(count)][..., None]  # [count, height, width, 1]
    colours = random.uniform(40, 215, (2, count, 1, 1, 3))
    noise = random.normal(0, 40, (count, HEIGHT, WIDTH, 3))
    return np.clip(np.where(chosen, *colours) + noise, 0, 255).astype("u1"), kinds


def main(path):
    random = np.random.default_rng(5)
    with h5py.File(path, "w") as file:
        for part, count in ("train", 600), ("test", 200):
            images, kinds = draw(random, count)
            file[f"{part}/images"] = images
            file[f"{part}/labels"] = kinds
            file[f"{part}/kinds"] = np.array([KINDS[kind] for kind in kinds], dtype=object)


if __name__ == "__main__":
    main(sys.argv[1])
