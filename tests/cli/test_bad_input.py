"""Wrong configurations, wrong data and impossible places for the results, given to the real command.

usage: test_bad_input.py WINNOW, in a scratch folder

Every bad input of the tables ends `run` and `check` with code 2 and one message: the file and the place in it, what is
wrong and what would be right. Nothing is written. What the environment forbids ends with 1.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys

import bad_configurations
import bad_data
from bad_case import BASE, BATCH

SECONDS = 10  # for each command
SMALL = (BASE + BATCH).encode()

winnow = os.path.abspath(sys.argv[1])
failures = 0


def fail(name, what):
    global failures
    failures += 1
    print(f"FAILED: {name}: {what}", file=sys.stderr)


def run(name, arguments, folder, code, **more):
    """The command's messages; it must end with `code`, in time, and say nothing on standard output."""
    try:
        done = subprocess.run([winnow, *arguments], cwd=folder, capture_output=True, timeout=SECONDS, **more)
    except subprocess.TimeoutExpired:
        fail(name, f"{arguments} takes longer than {SECONDS} s")
        return ""
    messages = done.stderr.decode(errors="backslashreplace")
    if done.returncode != code:
        fail(name, f"{arguments} ends with {done.returncode} instead of {code}:\n{messages}")
    if code != 0 and done.stdout != b"":
        fail(name, f"{arguments} writes to standard output: {done.stdout[:200]}")
    return messages


def check_message(name, messages, place, right):
    """One message, where a text is wrong with the line shown and a caret beneath it, and not a word more."""
    if not re.fullmatch(r"winnow: [^\n]*\n(  [^\n]*\n *\^\n)?", messages):
        fail(name, f"not one message:\n{messages}")
    first = messages.split("\n")[0]
    if not first.startswith("winnow: " + place):
        fail(name, f"no message about {place}:\n{messages}")
    if right not in first:
        fail(name, f"'{right}' is not said:\n{messages}")
    if re.search(r":\d+:\d+: ", place) and not messages.endswith("^\n") and "the file is empty" not in first:
        fail(name, f"the line is not shown:\n{messages}")


def all_in(folder):
    """Every file and folder, with what is in the files."""
    found = {}
    for path, folders, files in os.walk(folder):
        for file in folders + files:
            whole = os.path.join(path, file)
            found[os.path.relpath(whole, folder)] = os.stat(whole).st_mtime_ns
    return found


def make_folder(number, files):
    folder = os.path.join("cases", str(number))
    os.makedirs(folder)
    for file, content in files.items():
        path = os.path.join(folder, file)
        if content is None:
            os.mkdir(path)
        elif content == "pipe":
            os.mkfifo(path)
        elif content != "missing":
            with open(path, "wb") as out:
                out.write(content)
    return folder


def check_case(number, case):
    files = dict(case.files)
    if case.config is not None:
        files["bad.yaml"] = case.config
    folder = make_folder(number, files)
    before = all_in(folder)
    for arguments in (["run", "bad.yaml", "-o", "out/x.h5"], ["check", "bad.yaml"]):
        messages = run(case.name, arguments, folder, 2)
        check_message(case.name, messages, case.place, case.right)
    if all_in(folder) != before:
        fail(case.name, f"something was written: {sorted(set(all_in(folder)) ^ set(before))}")
    shutil.rmtree(folder)


def main():
    shutil.rmtree("cases", ignore_errors=True)
    cases = bad_configurations.cases + bad_data.cases
    for number, case in enumerate(cases):
        check_case(number, case)
    print(f"{len(cases)} bad inputs, {failures} failures")
    return 1 if failures else 0


sys.exit(main())
