#!/usr/bin/python3
"""`ensemble --test`: the figures of the campaign's own look where the ensemble is its own; every look is a row, nothing
else in the file changes, and what it must not do it refuses.

usage: ensemble_test.py WINNOW, in a scratch folder
"""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

import h5py
import numpy as np

SPACE = """name: looks
seed: 8
data: {format: synthetic, kind: blobs, examples: 900, test_examples: 300, classes: 5, noise: 1.2, validation: 200}
network: [dense: $hidden, relu, dense: 5]
parameters:
  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1}
  hidden: {min: 4, max: 40}
  batch_size: {value: 16}
stages: [{name: only, trials: 12, epochs: 3}]
ensemble: {size: 4, pool: 8}
"""
ROWS = "ensemble/test_evaluations"


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def call(code, words, *arguments):
    done = subprocess.run([winnow, *arguments], capture_output=True, text=True, timeout=60, check=False)
    check(done.returncode == code, f"{arguments} ends with {done.returncode}, not {code}: {done.stderr}")
    check(words in done.stderr + done.stdout, f"{arguments} does not say '{words}': {done.stderr}{done.stdout}")
    return done.stdout


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def content(path):
    """All of a file: attributes and arrays by name."""
    found = {}

    def take(name, thing):
        for key, value in thing.attrs.items():
            found[name, key] = np.asarray(value).tobytes() if not isinstance(value, str) else value
        if isinstance(thing, h5py.Dataset):
            value = thing[()]
            found[name] = value.tolist() if value.dtype == object else value.tobytes()
    with h5py.File(path) as file:
        take("/", file)
        file.visititems(take)
    return found


def rows(path):
    with h5py.File(path) as file:
        return file[ROWS][:]


winnow = os.path.abspath(sys.argv[1])
os.environ["OPENBLAS_NUM_THREADS"] = "1"
shutil.rmtree("ensemble_test", ignore_errors=True)
os.makedirs("ensemble_test")
os.chdir("ensemble_test")
write("space.yaml", SPACE)
call(0, "", "run", "space.yaml", "-o", "a.h5")
before = content("a.h5")
check(len(rows("a.h5")) == 1, "the campaign's own look is no row")

# The campaign's own ensemble again: its own figures, bit for bit, and a row all the same.
own = json.loads(call(0, "", "ensemble", "a.h5", "--size", "4", "--method", "greedy", "--test", "--json"))
with h5py.File("a.h5") as file:
    check(own["test"]["accuracy"] == file["ensemble/test_accuracy"][()], "another accuracy than the campaign's")
    check(own["test"]["loss"] == file["ensemble/test_loss"][()], "another loss than the campaign's")
check(own["test"]["evaluations"] == 2, own["test"])
text = call(0, "evaluation 3 of it", "ensemble", "a.h5", "--size", "2", "--method", "top", "--test")
found = rows("a.h5")
check(len(found) == 3 and list(found["members"][:2]) == [found["members"][0]] * 2, found)
best = json.loads(call(0, "", "top", "a.h5", "-n", "2", "--json"))["trials"]
check(found["members"][2].decode() == " ".join(f"{trial['id']}*1" for trial in best), found)
check(f"{100 * found['accuracy'][2]:.2f} %" in text and found["time"][2] > found["time"][1] > found["time"][0], text)
after = content("a.h5")
differ = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
check(differ == {ROWS}, f"something else has changed: {differ}")
call(0, "complete", "status", "a.h5", "--exit-code")  # and the seal is right

# Without --test nothing is written; refused: several at once, a campaign in use, other data, an unfinished one.
stamp = os.stat("a.h5").st_mtime_ns
call(0, "the stored one", "ensemble", "a.h5")
call(2, "name one --size and one --method", "ensemble", "a.h5", "--test")
call(2, "name one --size and one --method", "ensemble", "a.h5", "--size", "2,4", "--method", "top", "--test")
with open("a.h5.lock", "r", encoding="utf-8") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    call(1, "a.h5 is in use by", "ensemble", "a.h5", "--size", "2", "--method", "top", "--test")
write("other.yaml", SPACE.replace("noise: 1.2", "noise: 1.3"))
call(2, "the data have changed", "ensemble", "a.h5", "--size", "2", "--method", "top", "--test", "--space", "other.yaml")
check(os.stat("a.h5").st_mtime_ns == stamp and not os.path.exists("a.h5.tmp"), "a refusal has written something")
write("more.yaml", SPACE.replace("trials: 12", "trials: 100000"))
with subprocess.Popen([winnow, "run", "more.yaml", "-o", "b.h5"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
    while run.poll() is None and not (os.path.exists("b.h5") and os.path.getsize("b.h5.journal") > 20000):
        time.sleep(0.01)
    run.kill()
call(2, "the campaign is not complete", "ensemble", "b.h5", "--size", "1", "--method", "top", "--test")
write("none.yaml", SPACE.replace("test_examples: 300", "test_examples: 0"))
call(0, "", "run", "none.yaml", "-o", "c.h5")
call(2, "names no test data", "ensemble", "c.h5", "--size", "1", "--method", "top", "--test")

# The rows outlive what the campaign goes on to.
write("space.yaml", SPACE.replace("trials: 12", "trials: 14"))
call(0, "", "run", "space.yaml", "-o", "a.h5")
again = rows("a.h5")
check(len(again) >= 3 and (again[:3] == found).all(), again)
print(f"{len(again)} looks on record")
