#!/usr/bin/python3
"""The README's pieces of Python for a tour and a notebook, run as they stand there on a small campaign's file.

usage: notebook.py WINNOW README.md, in a scratch folder
"""
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np

# The names of parameters and files are the demo's.
SPACE = """name: fashion-mlp
seed: 3
data: {format: synthetic, kind: blobs, examples: 600, test_examples: 200, classes: 4, noise: 0.8, validation: 150}
network: [dense: $hidden, relu, dense: 4]
parameters:
  optimizer: {values: [nesterov, adam]}
  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1}
  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.99, when: {optimizer: [nesterov]}}
  hidden: {distribution: q_log_uniform_values, min: 8, max: 64, q: 8}
  batch_size: {value: 16}
stages:
  - {name: coarse, trials: 12, epochs: 3}
  - {name: fine, trials: 8, epochs: 5, zoom: {keep: 0.3}}
ensemble: {size: 4, pool: 8}
"""


def blocks_below(readme, heading):
    """The Python of a section, block by block."""
    section = re.search(rf"^##+ {heading}\n(.*?)(?=^##+ |\Z)", readme, re.M | re.S)
    assert section, f"the README has no section '{heading}'"
    found = re.findall(r"^```python\n(.*?)^```$", section[1], re.M | re.S)
    assert found, f"no Python in '{heading}'"
    return found


def run(block):
    names, said = {}, io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(block, "README.md", "exec"), names)  # pylint: disable=exec-used
    return names, said.getvalue()


def check_notebook(names):
    with h5py.File("results/fashion-mlp.h5") as file:
        rows, curves = file["trials"][:], file["curves"][:]
        labels = file["data/validation_labels"][:]
    completed = rows[rows["status"] == b"completed"]
    best = completed[np.argsort(-completed["val_accuracy"], kind="stable")][:5]
    assert len(names["trials"]) == len(rows) == 20
    assert list(names["done"].optimizer) == [text.decode() for text in completed["optimizer"]]
    assert list(names["best"].val_accuracy) == list(best["val_accuracy"])
    first = names["best"].id.iloc[0]
    assert list(names["curves"][first].dropna()) == list(curves["val_loss"][curves["trial"] == first])
    assert set(names["matters"].index) >= {"learning_rate", "momentum", "hidden"}
    assert abs(names["matters"]["val_accuracy"] - 1) < 1e-12
    assert set(names["ranges"].name) == {"coarse", "fine"} and all(names["ranges"].why.str.len() > 0)
    assert names["ensemble"]["counts"].sum() > 0 and 0 < names["ensemble"]["test_accuracy"] <= 1
    confusion = names["confusion"].to_numpy()
    assert confusion.sum() == len(labels) == 150
    hit = sum(names["confusion"].at[c, c] for c in names["confusion"].index if c in names["confusion"].columns)
    assert hit == round(names["best"].val_accuracy.iloc[0] * 150), (hit, names["best"].val_accuracy.iloc[0])


def main():
    winnow = os.path.abspath(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        readme = file.read()
    shutil.rmtree("notebook", ignore_errors=True)
    os.makedirs("notebook/results")
    os.chdir("notebook")
    with open("space.yaml", "w", encoding="utf-8") as file:
        file.write(SPACE)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    subprocess.run([winnow, "run", "space.yaml"], capture_output=True, check=True)
    shutil.copy("results/fashion-mlp.h5", "results/tour.h5")
    notebook, = blocks_below(readme, "In a notebook")[:1]
    assert len(notebook.splitlines()) == 10
    names, _ = run(notebook)
    check_notebook(names)
    names["f"].close()
    tour, same = blocks_below(readme, "A tour of five minutes")
    said = run(tour)[1]
    assert "ensemble on test: " in said and "with learning_rate" in said, said
    assert run(same)[1] == "True\n"
    print("the README's lines do what they say")


if __name__ == "__main__":
    main()
