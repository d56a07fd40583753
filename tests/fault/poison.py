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
    with open(SPACE, encoding="utf-8") as file:
        text = file.read().replace("trials: 1, epochs: 40", "trials: 3, epochs: 10")
    return faults.write(name, text.replace("limits: {checkpoint_seconds: 0.4", LIMITS + limits))


def undisturbed(winnow):
    faults.run_to_end(winnow, space("plain.yaml"), "undisturbed.h5")


def running_job(winnow, launch, trial):
    """The process that trains this trial, as soon as it does."""
    def find():
        check(launch.main.poll() is None, f"over before trial {trial} ran again\n{launch.output()}")
        job = launch.find("job", 0)
        status = faults.ask(winnow, "status", launch.file) if os.path.exists(launch.file) else None
        running = [t["trial"] for t in status["running"]] if status else []
        same = job and running == [trial] and launch.find("job", 0) == job
        return job[0] if same else None
    return faults.wait_until(find, 60, lambda: f"trial {trial} is not seen to run\n{launch.output()}")


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
            first = running_job(winnow, launch, 0)
            os.kill(first.pid, number)
            second = faults.wait_until(lambda f=first: (j := running_job(winnow, launch, 0)) != f and j, 60, "no second try")
            os.kill(second.pid, number)
            launch.gone(60)
            check(launch.code == 0, f"it ends with {launch.code}\n{launch.output()}")
        row = row_of(file, 0)
        check(row["status"] == b"failed" and f"signal {int(number)}".encode() in row["reason"], f"its row is {row}")
        others_are_equal(file, 0)
        said.append(row["reason"].decode())
    return "; ".join(said)


def dies_once(winnow):
    with Launch(winnow, "plain.yaml", "once.h5") as launch:
        os.kill(running_job(winnow, launch, 1).pid, signal.SIGSEGV)
        launch.gone(60)
        check(launch.code == 0, f"it ends with {launch.code}\n{launch.output()}")
    faults.judge_complete(winnow, "once.h5", "undisturbed.h5")


def hangs(winnow):
    """A process that stands still is ended by limits.epoch_seconds, once and twice; a frozen one cannot defend itself."""
    name = space("hangs.yaml", ", epoch_seconds: 1.5")
    with Launch(winnow, name, "hangs.h5") as launch:
        os.kill(running_job(winnow, launch, 1).pid, signal.SIGSTOP)
        launch.gone(90)
    faults.judge_complete(winnow, "hangs.h5", "undisturbed.h5")
    with Launch(winnow, name, "twice.h5") as launch:
        first = running_job(winnow, launch, 0)
        os.kill(first.pid, signal.SIGSTOP)
        second = faults.wait_until(lambda: (j := running_job(winnow, launch, 0)) != first and j, 60, "no second try")
        os.kill(second.pid, signal.SIGSTOP)
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
