#!/usr/bin/python3
"""The README's lines for a notebook run as they stand there, and say what the file says.

usage: notebook.py WINNOW README SPACE"""
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np

winnow, readme, space = map(os.path.abspath, sys.argv[1:])
shutil.rmtree("notebook", ignore_errors=True)
os.makedirs("notebook/results")
os.chdir("notebook")

with open(readme, encoding="utf-8") as file:
    section = file.read().partition("\n## In a notebook\n")[2]
lines = re.search(r"^```python\n(.*?)^```$", section, re.M | re.S)[1]
name = re.search(r'h5py\.File\("(.*?)"', lines)[1]
subprocess.run([winnow, "run", space, "-o", name], check=True, capture_output=True)

found = {}
exec(compile(lines, "README.md", "exec"), found)  # pylint: disable=exec-used
with h5py.File(name) as file:
    rows, curves = file["trials"][:], file["curves"][:]
    assert list(found["trials"].index) == list(rows["id"])
    assert list(found["trials"]["status"]) == [status.decode() for status in rows["status"]]
    assert np.array_equal(found["trials"]["val_accuracy"], rows["val_accuracy"], equal_nan=True)
    assert len(found["curves"]) == len(curves) > 0
    first = file[f"members/{file['ensemble/members'][0]}/layers"]
    assert found["weights"] and all(np.array_equal(found["weights"][layer], first[layer]["weight"]) for layer in first)
    assert np.array_equal(found["classes"], np.argmax(file["ensemble/test_probabilities"], axis=1))
