#!/usr/bin/python3
"""Files that are no results of winnow's, or no longer, given to every command that reads results: it ends with 1, in time,
with one message that names the file and says what is wrong.

usage: test_bad_results.py WINNOW SPACE, in a scratch folder"""
import glob
import os
import re
import shutil
import struct
import subprocess
import sys

import h5py
import numpy as np
import xxhash

SECONDS = 10  # for each command
BLOCK = 512  # bytes of the user block
winnow, space = map(os.path.abspath, sys.argv[1:3])
NOBODY = 65534
failures = 0


def fail(what):
    global failures
    failures += 1
    print(f"FAILED: {what}", file=sys.stderr)


# --- the files ---

def sealed(change):
    """A file that winnow itself could have written, but for what `change` does to it."""
    def make(name):
        shutil.copy("good.h5", name)
        with h5py.File(name, "r+") as file:
            change(file)
        with open(name, "r+b") as file:
            block, rest = file.read(BLOCK), file.read()
            begin = block[:16] + struct.pack("<QQ", len(rest), xxhash.xxh3_64_intdigest(rest)) + block[32:40]
            file.seek(0)
            file.write(begin + struct.pack("<Q", xxhash.xxh3_64_intdigest(begin)))
    return make


def version(number):
    return sealed(lambda file: file.attrs.modify("format_version", np.uint32(number)))


def text(name):
    with open(name, "w", encoding="ascii") as file:
        file.write("accuracy,loss\n0.9,0.1\n" * 100)


def foreign(name):
    with h5py.File(name, "w") as file:
        file["weights"] = np.zeros((100, 10))


def truncated(name):
    with open("good.h5", "rb") as file, open(name, "wb") as copy:
        copy.write(file.read()[:os.path.getsize("good.h5") * 6 // 10])


def flipped(name):
    shutil.copy("good.h5", name)
    with open(name, "r+b") as file:
        file.seek(os.path.getsize(name) // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0x10]))


def locked_away(name):
    shutil.copy("good.h5", name)
    os.chmod(name, 0)


FILES = {  # how it is made, and what the message says
    "missing": (lambda name: None, "there is no such file"),
    "empty": (lambda name: open(name, "wb").close(), "is not a winnow results file"),
    "text": (text, "is not a winnow results file"),
    "foreign": (foreign, "is not a winnow results file"),
    "truncated": (truncated, "has changed since winnow wrote it"),
    "flipped": (flipped, "has changed since winnow wrote it"),
    "older": (version(0), "format version 0"),
    "newer": (version(99), "format version 99"),
    "folder": (os.mkdir, "folder"),
    "locked away": (locked_away, "Permission denied"),
    "fifo": (os.mkfifo, "is not a winnow results file"),
}

COMMANDS = {
    "status": lambda file: ["status", file],
    "status --exit-code": lambda file: ["status", file, "--exit-code"],
    "status --json": lambda file: ["status", file, "--json"],
    "status --watch": lambda file: ["status", file, "--watch"],
    "top": lambda file: ["top", file],
    "replay": lambda file: ["replay", file],
    "ensemble": lambda file: ["ensemble", file],
    "predict": lambda file: ["predict", file, "--table", "rows.csv"],
    **{f"export {form}": lambda file, form=form: ["export", file, "--format", form, "-o", "exported"]
       for form in ("csv", "json", "optuna", "onnx")},
    "merge": lambda file: ["merge", "merged.h5", file],
    "run --from": lambda file: ["run", space, "--from", file, "-o", "begun.h5"],
}


def judge(name, what, command, before=()):
    arguments = COMMANDS[command](name)
    for lock in glob.glob("*.lock"):
        os.remove(lock)
    left = set(os.listdir("."))
    try:
        done = subprocess.run([*before, winnow, *arguments], capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        fail(f"{command} of {name} takes longer than {SECONDS} s")
        return
    said = done.stderr.decode(errors="backslashreplace")
    code = 2 if name == "missing.h5" and command in ("merge", "run --from") else 1  # a word of the command line is wrong
    if done.returncode != code:
        fail(f"{command} of {name} ends with {done.returncode} instead of {code}:\n{said}")
    if not re.fullmatch(r"winnow: [^\n]*\n", said):
        fail(f"{command} of {name}: not one message:\n{said}")
    if name not in said or what not in said:
        fail(f"{command} of {name}: no '{name}' or '{what}' in\n{said}")
    if done.stdout:
        fail(f"{command} of {name} writes to standard output: {done.stdout[:200]}")
    if set(os.listdir(".")) - left - {"begun.h5.lock", "merged.h5.lock"}:
        fail(f"{command} of {name} leaves {set(os.listdir('.')) - left}")


def main():
    shutil.rmtree("results", ignore_errors=True)
    os.mkdir("results")
    os.chdir("results")
    subprocess.run([winnow, "run", space, "-o", "good.h5"], check=True, capture_output=True)
    with open("rows.csv", "w", encoding="ascii") as file:
        file.write("x,y\n0,0\n")
    other_user = ["setpriv", f"--reuid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    os.chmod(".", 0o777)
    for name, (make, what) in FILES.items():
        make(name + ".h5")
        for command in COMMANDS:
            judge(name + ".h5", what, command, other_user if name == "locked away" else [])
    sys.exit(1 if failures else 0)


main()
