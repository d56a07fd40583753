#!/usr/bin/python3
"""A campaign of many rows: gone on with, listed, reported, exported and merged. The first trials and the last ones are
trained, those between are made up and go through the journal. Prints what each command takes; what is checked is that it
is right, that memory stays within BYTES_A_ROW and that the page stays small.

usage: many_rows.py WINNOW GROW_CAMPAIGN SMALL.yaml ROWS"""
import json
import os
import pty
import shutil
import subprocess
import sys
import time

import h5py
import numpy as np

FINE, LEFT = 100, 20  # trials of the second stage; of the first one, that are trained when the campaign goes on
EPOCHS = 3
SHARDS = 4
BYTES_A_ROW, BYTES_ANYWAY = 1800, 200e6
PAGE_BYTES = 6e6


def fail(text):
    sys.exit(f"FAILED: {text}")


def check(holds, text):
    if not holds:
        fail(text)


class Commands:
    def __init__(self, winnow, grow, rows):
        self.winnow, self.grow, self.rows = winnow, grow, rows

    def run(self, words, quiet=False):
        """What it printed; what it took goes to the log."""
        start = time.time()
        with open("command.log", "w+") as log:
            child = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            log.seek(0)
            said = log.read()
        what = " ".join(words[1:])
        check(child.returncode == 0, f"{what} ended with {child.returncode}: {said[-2000:]}")
        if not quiet:
            print(f"{time.time() - start:7.2f} s, {used.ru_utime + used.ru_stime:6.2f} s of them on a core, "
                  f"{used.ru_maxrss / 1024:5.0f} MB: {what}", flush=True)
        memory = used.ru_maxrss * 1024
        check(memory < BYTES_ANYWAY + BYTES_A_ROW * self.rows, f"{what} took {memory / 1e6:.0f} MB")
        return said

    def __call__(self, *words, quiet=False):
        return self.run([self.winnow, *words], quiet)

    def first_picture(self, file):
        """Seconds until status --watch shows the best trial on a terminal."""
        start = time.time()
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(self.winnow, [self.winnow, "status", file, "--watch"])
        seen = b""
        while b"100.00" not in seen:
            seen += os.read(terminal, 65536)
        print(f"{time.time() - start:7.2f} s: the first picture of status --watch {file}", flush=True)
        os.write(terminal, b"q")
        try:
            while os.read(terminal, 65536):
                pass
        except OSError:  # the terminal is gone
            pass
        check(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, "status --watch did not end well")


def write_space(small, rows):
    text = open(small).read()
    check(text.count("trials: 40,") == 1, f"{small} is another one")
    text = text.replace("trials: 40, epochs: 3}", f"trials: {rows - FINE}, epochs: {EPOCHS}}}\n"
                        f"  - {{name: fine, trials: {FINE}, epochs: {EPOCHS}}}")
    open("many.yaml", "w").write(text)


def check_listing(c, file, finished):
    status = json.loads(c("status", file, "--json"))
    check(status["trials"]["finished"] == finished, f"status of {file} counts {status['trials']}")
    best = json.loads(c("top", file, "-n", "20", "--json"))["trials"]
    worth = [trial["val_accuracy"] for trial in best]
    check(len(best) == 20 and worth == sorted(worth, reverse=True), f"top of {file} gives {worth}")
    c.first_picture(file)
    c("report", file, "-o", "many.html")
    check(os.path.getsize("many.html") < PAGE_BYTES, f"the page has {os.path.getsize('many.html')} bytes")
    return best[0]


def check_file(path, rows, best):
    """When its first lease of the last run began, and the ids of the trials that were trained."""
    with h5py.File(path) as file:
        trials = file["trials"].fields(["id", "number", "status", "epochs", "val_accuracy", "host"])[:]
        curves = file["curves"]
        check(file.attrs["complete"] == 1, f"{path} is not complete")
        check(np.array_equal(trials["id"], np.arange(rows)), f"{path} does not hold trials 0 to {rows - 1}")
        check(len(curves) == trials["epochs"].astype(int).sum(), f"{len(curves)} epochs")
        check(len(np.unique(trials["number"][:rows - FINE])) == rows - FINE, "a number stands there twice")
        completed = trials[trials["status"] == b"completed"]
        top = completed[np.lexsort((completed["id"], -completed["val_accuracy"]))[0]]
        check(top["id"] == best["id"] and top["val_accuracy"] == best["val_accuracy"], f"the best is {top['id']}, not {best}")
        check(len(file["ensemble/members"]) > 0, "there is no ensemble")
        leases = file["leases"].fields(["lease", "start"])[:]
        first = leases["start"][leases["lease"] > rows - FINE - LEFT].min()
        return first, trials["id"][trials["host"] != b"node1"]


def lines_of(path):
    with open(path, "rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def check_exports(c, rows, epochs):
    c("export", "many.h5", "--format", "csv")
    check(lines_of("many.trials.csv") == rows + 1 and lines_of("many.curves.csv") == epochs + 1, "rows of the CSV files")
    c("export", "many.h5", "--format", "json")
    check(lines_of("many.trials.jsonl") == rows and lines_of("many.curves.jsonl") == epochs, "rows of the JSON files")
    c("export", "many.h5", "--format", "optuna")
    check(lines_of("many.optuna.log") > rows, "rows of Optuna's journal")
    for name in ("trials.csv", "curves.csv", "trials.jsonl", "curves.jsonl", "optuna.log"):
        os.remove(f"many.{name}")


def one_campaign(c, small, rows):
    c("run", small, "-o", "many.h5", quiet=True)
    c.run([c.grow, "many.h5", "many.yaml", str(rows - FINE - LEFT)])
    print(f"the journal has {os.path.getsize('many.h5.journal') / 1e6:.0f} MB")
    check_listing(c, "many.h5", rows - FINE - LEFT)
    start = time.time()
    c("run", "many.yaml", "-o", "many.h5")
    print(f"the file has {os.path.getsize('many.h5') / 1e6:.0f} MB")
    best = check_listing(c, "many.h5", rows)
    first, trained = check_file("many.h5", rows, best)
    print(f"{first - start:7.2f} s from the start of run to its first lease")
    with h5py.File("many.h5") as file:
        epochs = len(file["curves"])
    check_exports(c, rows, epochs)
    c("ensemble", "many.h5")
    c("replay", "many.h5", "--trial", str(trained[-1]))


def four_shards(c, small, rows):
    files = []
    for shard in range(SHARDS):
        file = f"shard{shard}.h5"
        part = f"{shard + 1}/{SHARDS}"
        c("run", small, "--shard", part, "-o", file, quiet=True)
        c.run([c.grow, file, "many.yaml", str((rows - FINE) // SHARDS), part])
        files.append(file)
    c("merge", "merged.h5", *files)
    with h5py.File("merged.h5") as file:
        check(np.array_equal(file["trials"].fields("id")[:], np.arange((rows - FINE) // SHARDS * SHARDS)), "a trial is not in the merged file")


def main(winnow, grow, small, rows):
    shutil.rmtree("many_rows", ignore_errors=True)
    os.mkdir("many_rows")
    os.chdir("many_rows")
    commands = Commands(winnow, grow, rows)
    write_space(small, rows)
    one_campaign(commands, small, rows)
    four_shards(commands, small, rows)
    os.chdir("..")
    shutil.rmtree("many_rows")


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
