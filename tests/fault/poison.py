#!/usr/bin/python3
"""Trials whose process dies, hangs or takes too long: what becomes of them, and that all others do not mind.

usage: poison.py WINNOW [CASE...]"""
import os
import signal
import sys

import h5py

import faults
from faults import Launch, check

SPACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "long_trials.yaml")
# Checkpoints save a trial from a second strike: here there are none.
LIMITS = "limits: {checkpoint_seconds: 1000"


def space(name, limits=""):
    return faults.variant(name, SPACE, ("trials: 1, epochs: 40", "trials: 3, epochs: 15"),
                          ("limits: {checkpoint_seconds: 0.4", LIMITS + limits))


def undisturbed(winnow):
    faults.run_to_end(winnow, space("plain.yaml"), "undisturbed.h5")


def job_after(launch, words):
    """The process of trial 0, as soon as the log has said that. (For moments there may be another job: a publishing.)"""
    launch.wait_for_text(words)
    return faults.wait_until(lambda: (jobs := launch.find("job", 0)) and len(jobs) == 1 and jobs[0].pid, 20, "no job")


def first_try(launch):
    return job_after(launch, r"\d+ %: only")


def second_try(launch):
    return job_after(launch, "trial 0 starts again from epoch 0")


def row_of(file, trial):
    with h5py.File(file, "r") as opened:
        rows = opened["trials"][:]
    return rows[rows["id"] == trial][0]


def others_are_equal(file, trial):
    with h5py.File(file, "r") as one, h5py.File("undisturbed.h5", "r") as other:
        a, b = one["trials"][:], other["trials"][:]
    check(len(a) == len(b), f"{len(a)} rows, not {len(b)}")
    for first, second in zip(a, b):
        check(first["id"] == trial or first["weights_hash"] == second["weights_hash"], f"trial {first['id']} differs")


def dies_each_time(winnow):
    """The second death is its row, with the reason; all others are as ever."""
    said = []
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL):
        file = f"dies{number}.h5"
        with Launch(winnow, "plain.yaml", file) as launch:
            os.kill(first_try(launch), number)
            os.kill(second_try(launch), number)
            launch.gone(60)
            check(launch.code == 0, f"it ends with {launch.code}\n{launch.output()}")
        row = row_of(file, 0)
        check(row["status"] == b"failed" and f"signal {int(number)}".encode() in row["reason"], f"its row is {row}")
        others_are_equal(file, 0)
        said.append(row["reason"].decode())
    return "; ".join(said)


def dies_once(winnow):
    with Launch(winnow, "plain.yaml", "once.h5") as launch:
        os.kill(first_try(launch), signal.SIGSEGV)
        launch.gone(60)
        check(launch.code == 0, f"it ends with {launch.code}\n{launch.output()}")
    faults.judge_complete(winnow, "once.h5", "undisturbed.h5")


def hangs(winnow):
    """A process that stands still is ended by limits.epoch_seconds, once and twice."""
    name = space("hangs.yaml", ", epoch_seconds: 1.5")
    with Launch(winnow, name, "hangs.h5") as launch:
        os.kill(first_try(launch), signal.SIGSTOP)
        launch.gone(90)
    faults.judge_complete(winnow, "hangs.h5", "undisturbed.h5")
    with Launch(winnow, name, "twice.h5") as launch:
        os.kill(first_try(launch), signal.SIGSTOP)
        os.kill(second_try(launch), signal.SIGSTOP)
        launch.gone(90)
        check(launch.code == 0, f"it ends with {launch.code}\n{launch.output()}")
    row = row_of("twice.h5", 0)
    check(row["status"] == b"failed" and b"epoch_seconds" in row["reason"], f"its row is {row}")
    others_are_equal("twice.h5", 0)
    return row["reason"].decode()


def takes_too_long(winnow):
    """limits.trial_seconds fails a trial at the first time; all are too long here, and that is no success."""
    name = space("short.yaml", ", trial_seconds: 0.3")
    with Launch(winnow, name, "short.h5") as launch:
        launch.gone(60)
        check(launch.code == 1, f"it ends with {launch.code}\n{launch.output()}")
    rows = [row_of("short.h5", trial) for trial in range(3)]
    check(all(r["status"] == b"failed" and b"trial_seconds" in r["reason"] for r in rows), f"the rows are {rows}")
    check(not faults.beside("short.h5"), f"left: {faults.beside('short.h5')}")
    return rows[0]["reason"].decode()


if __name__ == "__main__":
    sys.exit(faults.main("poison", [undisturbed, dies_each_time, dies_once, hangs, takes_too_long]))
