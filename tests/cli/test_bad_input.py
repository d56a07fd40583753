"""Wrong configurations, wrong data and impossible places for the results, given to the real command.

usage: test_bad_input.py WINNOW, in a scratch folder

Every bad input of the tables ends `run` and `check` with code 2 and one message: the file and the place in it, what is
wrong and what would be right. Nothing is written. What the environment forbids ends with 1. What is merely strange
works.
"""

import fcntl
import os
import re
import shutil
import struct
import subprocess
import sys
import threading

import bad_configurations
import bad_data
from bad_case import BASE, BATCH, DATA, NETWORK, STAGES

SECONDS = 10  # for each command
SOUND = (BASE + BATCH).encode()

winnow = os.path.abspath(sys.argv[1])
failures = 0
folders = 0


def fail(name, what):
    global failures
    failures += 1
    print(f"FAILED: {name}: {what}", file=sys.stderr)


def run(name, arguments, folder, code, before=(), **more):
    """The command's messages; it must end with `code`, in time, and with an error say nothing on standard output."""
    try:
        done = subprocess.run([*before, winnow, *arguments], cwd=folder, capture_output=True, timeout=SECONDS, **more)
    except subprocess.TimeoutExpired:
        fail(name, f"{arguments} takes longer than {SECONDS} s")
        return ""
    messages = done.stderr.decode(errors="backslashreplace")
    if done.returncode != code:
        fail(name, f"{arguments} ends with {done.returncode} instead of {code}:\n{messages}")
    if code == 2 and done.stdout != b"":
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
    """Every file and folder, with the time of its last change."""
    found = {}
    for path, below, files in os.walk(folder):
        for file in below + files:
            whole = os.path.join(path, file)
            found[os.path.relpath(whole, folder)] = os.lstat(whole).st_mtime_ns
    return found


def make_folder(files):
    """A folder of its own for a case. A file's content is bytes, None for a folder, "pipe" for a named pipe."""
    global folders
    folders += 1
    folder = os.path.join("cases", str(folders))
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


def expect_unchanged(name, folder, before, allowed=()):
    after = all_in(folder)
    changed = {file for file in after.keys() | before.keys() if after.get(file) != before.get(file)}
    if changed - set(allowed):
        fail(name, f"something was written: {sorted(changed)}")


def check_case(case):
    files = dict(case.files)
    if case.config is not None:
        files["bad.yaml"] = case.config
    folder = make_folder(files)
    before = all_in(folder)
    for arguments in (["run", "bad.yaml", "-o", "out/x.h5"], ["check", "bad.yaml"]):
        messages = run(case.name, arguments, folder, 2)
        check_message(case.name, messages, case.place, case.right)
    expect_unchanged(case.name, folder, before)
    shutil.rmtree(folder)


# ---- places where no results can go: a sound configuration, and -o ----

PLACES = [  # name, files, -o, code, place, right, files that may appear
    ("a file in place of the folder", {"plain": b""}, "plain/x.h5", 1, "cannot make the folder plain: ",
     "Not a directory", []),
    ("a file high up in the path", {"plain": b""}, "plain/a/b/x.h5", 1, "cannot make the folder plain: ",
     "Not a directory", []),
    ("the results are a folder", {"x.h5": None}, "x.h5", 1, "x.h5 is a folder; ", "-o x.h5/sound.h5", []),
    ("the results are this folder", {}, ".", 1, ". is a folder; ", "-o ./sound.h5", []),
    ("the results are a pipe", {"x.h5": "pipe"}, "x.h5", 1, "x.h5 is a device or a pipe; ", "a regular file", []),
    ("the name of a folder", {}, "out/", 2, "out/ is the name of a folder; ", "-o out/sound.h5", []),
    ("no name", {}, "", 2, "the name of the results file is empty; ", "-o results/sound.h5", []),
    ("a name longer than names can be", {}, "x" * 300, 1, "cannot open the lock file x", "File name too long", []),
    ("the configuration itself", {}, "sound.yaml", 2, "sound.yaml is the configuration itself; ", "with -o", []),
    ("the configuration by another way", {}, "../{}/sound.yaml", 2, "../{}/sound.yaml is the configuration itself; ",
     "with -o", []),
    ("a folder in place of the lock", {"x.h5.lock": None}, "x.h5", 1, "cannot open the lock file x.h5.lock",
     "Is a directory", []),
    ("a folder in place of the journal", {"x.h5.journal": None}, "x.h5", 1, "x.h5.journal ", "is not a winnow journal",
     ["x.h5.lock"]),
    ("a pipe in place of the journal", {"x.h5.journal": "pipe"}, "x.h5", 1, "x.h5.journal ", "is not a winnow journal",
     ["x.h5.lock"]),
    ("results of another program", {"x.h5": b"\x89HDF\r\n\x1a\n" + bytes(1000)}, "x.h5", 1, "x.h5 ",
     "is not a winnow results file", ["x.h5.lock"]),
    ("an empty file", {"x.h5": b""}, "x.h5", 1, "x.h5 ", "is not a winnow results file", ["x.h5.lock"]),
]


def check_place(name, files, output, code, place, right, allowed):
    folder = make_folder({"sound.yaml": SOUND, **files})
    output, place = (text.format(os.path.basename(folder)) for text in (output, place))
    before = all_in(folder)
    for more in [], ["--fresh"]:
        if more and allowed:  # --fresh sets such a file aside
            continue
        messages = run(name, ["run", "sound.yaml", "-o", output, *more], folder, code)
        check_message(name, messages, place, right)
    expect_unchanged(name, folder, before, allowed)
    shutil.rmtree(folder)


def check_data_as_output():
    name = "a data file as results"
    folder = make_folder({"sound.yaml": bad_data.CSV.encode(), **bad_data.SOUND_CSV})
    before = all_in(folder)
    for output in bad_data.SOUND_CSV:
        messages = run(name, ["run", "sound.yaml", "-o", output, "--fresh"], folder, 2)
        check_message(name, messages, f"{output} holds data of this campaign; ", "with -o")
    expect_unchanged(name, folder, before)
    shutil.rmtree(folder)


def check_lock():
    name = "results that another process writes"
    folder = make_folder({"sound.yaml": SOUND, "x.h5.lock": b"process 1 on elsewhere\n"})
    before = all_in(folder)
    with open(os.path.join(folder, "x.h5.lock"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        messages = run(name, ["run", "sound.yaml", "-o", "x.h5"], folder, 1)
    check_message(name, messages, "x.h5 is in use by process 1 on elsewhere; ", "write to another file with -o")
    expect_unchanged(name, folder, before)
    shutil.rmtree(folder)


def check_memory():
    """More than this machine has: its own fault, said before a results file or a journal is made."""
    name = "a network for another machine"
    text = DATA + STAGES + "network:\n" + "  - dense: 16777216\n" * 200 + "  - dense: 3\n" + BATCH
    folder = make_folder({"large.yaml": text.encode()})
    before = all_in(folder)
    messages = run(name, ["run", "large.yaml", "-o", "x.h5"], folder, 1)
    check_message(name, messages, "the largest network of the ranges needs ", "lower batch_size or the layers' sizes")
    messages = run(name, ["check", "large.yaml"], folder, 1)
    check_message(name, messages, "the largest network of the ranges needs ", "lower batch_size or the layers' sizes")
    expect_unchanged(name, folder, before, ["x.h5.lock"])
    shutil.rmtree(folder)

    name = "data for another machine"
    header = struct.pack(">BBBBIII", 0, 0, 8, 3, 1 << 20, 1 << 10, 1 << 10)
    folder = make_folder({"sound.yaml": bad_data.IDX.encode(), **bad_data.SOUND_IDX, "images": header})
    try:
        os.truncate(os.path.join(folder, "images"), len(header) + (1 << 40))  # a file of holes
    except OSError:
        print("no file of a terabyte here: left out")
    else:
        before = all_in(folder)
        messages = run(name, ["run", "sound.yaml", "-o", "out/x.h5"], folder, 1)
        check_message(name, messages, "images: the data need 1.1 TB, this machine has ", "of memory")
        expect_unchanged(name, folder, before)
    shutil.rmtree(folder)


def check_ranks():
    name = "one message of several ranks"
    if shutil.which("mpirun") is None:
        print("no mpirun here: left out")
        return
    folder = make_folder({"bad.yaml": (BASE + "seed: -1\n").encode()})
    before = all_in(folder)
    mpirun = ["mpirun", *(["--allow-run-as-root"] if os.getuid() == 0 else []), "--oversubscribe", "-n", "3"]
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # Open MPI's own leaks are not at stake
    messages = run(name, ["run", "bad.yaml", "-o", "out/x.h5"], folder, 2, before=mpirun, env=environment)
    messages = "".join(line + "\n" for line in messages.splitlines()
                       if not line.startswith("winnow: warning: a rank that dies ends the whole job"))
    if messages.count("winnow: ") != 1 or "winnow: bad.yaml:4:7: " not in messages:
        fail(name, messages)
    expect_unchanged(name, folder, before)
    shutil.rmtree(folder)


# ---- strange, but sound ----

CLASSES = ['"grün, ja"', '"""q"""', "日本語", '"two\nlines"']
STRANGE_TABLE = "x,größe ,art\n" + "".join(f"{i},{i * i % 7},{CLASSES[i % 4]}\n" for i in range(40))
STRANGE_CSV = 'data: {format: csv, train: "a b\\nc.csv", label: art, validation: 8}\nnetwork: [dense: 4]\n' + STAGES + BATCH

MANY = "".join(f"  p{i}: {{values: [4, 8]}}\n" for i in range(60))
SIXTY_FOUR = (DATA + STAGES + "network:\n" + "".join(f"  - dense: $p{i}\n" for i in range(60)) + "  - dense: 3\n"
              + "parameters:\n  batch_size: {value: 4}\n  optimizer: {values: [nesterov, adam]}\n"
              "  learning_rate: {min: 0.001, max: 0.1}\n  momentum: {min: 0.5, max: 0.9, when: {optimizer: nesterov}}\n"
              + MANY)

STRANGE = [  # name, files, arguments, file that must be there then
    ("a seed of 2^64 - 1", {"s.yaml": SOUND + b"seed: 18446744073709551615\n"}, ["s.yaml", "-o", "x.h5"], "x.h5"),
    ("no -o", {"my table (1).yaml": SOUND}, ["my table (1).yaml"], "results/my-table--1-.h5"),
    ("blanks and a line end in paths", {"a b\nc": None, "a b\nc/d e.yaml": SOUND},
     ["a b\nc/d e.yaml", "-o", "a b\nc/ü x.h5"], "a b\nc/ü x.h5"),
    ("folders that are not there yet", {"s.yaml": SOUND}, ["s.yaml", "-o", "a/b/../c//x.h5"], "a/c/x.h5"),
    ("words of other scripts", {"s.yaml": STRANGE_CSV.encode(), "a b\nc.csv": STRANGE_TABLE.encode()},
     ["s.yaml", "-o", "x.h5"], "x.h5"),
    ("lines that end as in Windows, and a byte order mark",
     {"s.yaml": b"\xef\xbb\xbf" + SOUND.replace(b"\n", b"\r\n")}, ["s.yaml", "-o", "x.h5"], "x.h5"),
    ("64 parameters", {"s.yaml": SIXTY_FOUR.encode()}, ["s.yaml", "-o", "x.h5"], "x.h5"),
    ("no ending", {"s": SOUND}, ["s", "-o", "x"], "x"),
]


def check_strange(name, files, arguments, result):
    folder = make_folder(files)
    run(name, ["run", *arguments], folder, 0)
    if not os.path.isfile(os.path.join(folder, result)):
        fail(name, f"no {result}, but {sorted(all_in(folder))}")
    run(name, ["top", result], folder, 0)
    shutil.rmtree(folder)


def check_piped():
    name = "a configuration from standard input"
    folder = make_folder({})
    run(name, ["run", "/dev/stdin", "-o", "x.h5"], folder, 0, input=SOUND)
    shutil.rmtree(folder)

    name = "a configuration from a named pipe"
    folder = make_folder({"pipe": "pipe"})

    def write():
        with open(os.path.join(folder, "pipe"), "wb") as pipe:
            pipe.write(SOUND)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    run(name, ["check", "pipe"], folder, 0)
    writer.join(SECONDS)
    for command in "status", "top":
        for more in [], ["--unverified"]:
            run(f"a pipe in place of results, {command}", [command, "pipe", *more], folder, 1)
    shutil.rmtree(folder)


def check_two_thousand_million_trials():
    name = "two thousand million trials"
    text = DATA + NETWORK + "stages: [{name: a, trials: 2147483648, epochs: 1}]\n" + BATCH
    folder = make_folder({"s.yaml": text.encode()})
    run(name, ["check", "s.yaml"], folder, 0)
    run(name, ["run", "s.yaml", "-o", "x.h5"], folder, 75, before=["timeout", "--preserve-status", "-s", "TERM", "2"])
    run(name, ["status", "x.h5", "--exit-code"], folder, 75)
    shutil.rmtree(folder)


def main():
    shutil.rmtree("cases", ignore_errors=True)
    cases = bad_configurations.cases + bad_data.cases
    for case in cases:
        check_case(case)
    for place in PLACES:
        check_place(*place)
    check_data_as_output()
    check_lock()
    check_memory()
    check_ranks()
    for strange in STRANGE:
        check_strange(*strange)
    check_piped()
    check_two_thousand_million_trials()
    print(f"{len(cases)} bad inputs, {len(PLACES) + 5} impossible places, {len(STRANGE) + 3} strange ones, "
          f"{failures} failures")
    return 1 if failures else 0


sys.exit(main())
