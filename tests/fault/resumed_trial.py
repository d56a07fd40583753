#!/usr/bin/python3
"""A trial of 40 epochs, stopped or killed in the middle and resumed on another number of ranks: the same weights. At
most the epochs since its last checkpoint are repeated, and the log says how many.

usage: resumed_trial.py WINNOW [CASE...]"""
import contextlib
import glob
import os
import re
import signal
import sys
import time

import faults
from faults import Launch, check

SPACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "long_trials.yaml")


def undisturbed(winnow):
    faults.variant("one.yaml", SPACE)
    faults.variant("three.yaml", SPACE, ("trials: 1,", "trials: 3,"))
    begin = time.monotonic()
    faults.run_to_end(winnow, "one.yaml", "one_undisturbed.h5")
    took = time.monotonic() - begin
    faults.run_to_end(winnow, "three.yaml", "three_undisturbed.h5", ranks=2)
    return f"one trial takes {took:.1f} s"


def saved_epochs(file):
    """trial -> the newest epoch of which a checkpoint stands in the folder."""
    found = {}
    for path in glob.glob(file + ".parts/checkpoint-*"):
        numbers = re.fullmatch(r"checkpoint-(\d+)-(\d+)-(\d+)", os.path.basename(path))
        if numbers:
            trial, epoch = int(numbers[1]), int(numbers[3])
            found[trial] = max(epoch, found.get(trial, 0))
    return found


def resume(winnow, space, file, ranks, at_least, mpirun=()):
    """The same command on so many ranks; every saved trial goes on from its checkpoint, and the log says so."""
    text = faults.run_to_end(winnow, space, file, ranks=ranks, mpirun=mpirun)
    told = {int(t): (int(e), r) for t, e, r in
            re.findall(r"trial (\d+) goes on after epoch (\d+) of 40; (.*) (?:is|are) repeated", text)}
    for trial, epoch in at_least.items():
        check(trial in told, f"the log does not say from where trial {trial} goes on\n{text}")
        check(told[trial][0] >= epoch, f"trial {trial} goes on after epoch {told[trial][0]}, not {epoch}\n{text}")
    faults.judge_complete(winnow, file, space.replace(".yaml", "_undisturbed.h5"))
    for lease in faults.leases(file):
        if lease["first_epoch"] > 1:
            check(told.get(int(lease["trial"]), (-1,))[0] == lease["first_epoch"] - 1, f"/leases differs: {lease}")
    return "; ".join(f"trial {t} went on after epoch {e}, {r} repeated" for t, (e, r) in sorted(told.items()))


def stop(winnow, space, file, number, to, ranks, again_on, mpirun=(), patience=20, codes=(75,)):
    """An orderly stop in the middle: everything saved, nothing repeated, 20 seconds at most."""
    with Launch(winnow, space, file, ranks, mpirun=mpirun) as launch:
        faults.wait_until(lambda: max(saved_epochs(file).values(), default=0) >= 5, 60,
                          lambda: f"no checkpoint is seen\n{launch.output()}")
        faults.send(launch.wait_for(to, 0).pid, number)
        took = launch.gone(patience)
        text = launch.output()
        check(launch.code in codes, f"it ends with {launch.code}\n{text}")
        check(re.search(r"running trials? (is|are) saved: trial \d+ after epoch \d+", text), f"nothing saved\n{text}")
    saved = saved_epochs(file)
    left = (1 if space == "one.yaml" else 3) - len(faults.rows(winnow, file))
    check(len(saved) == min(ranks, left), f"saved are {saved} of {left}\n{text}")
    check(faults.state_code(winnow, file) == 75, "status --exit-code is not 75")
    said = resume(winnow, space, file, again_on, saved)
    check(all(word == "0 epochs" for word in re.findall(r", (.*?) repeated", said)), f"epochs are repeated: {said}")
    return f"stopped within {took:.1f} s; {said}"


def stopped_by_usr1(winnow):
    return stop(winnow, "one.yaml", "usr1.h5", signal.SIGUSR1, "rank", 1, 2)


def stopped_by_term(winnow):
    return stop(winnow, "one.yaml", "term.h5", signal.SIGTERM, "rank", 1, 2)


def stopped_by_usr1_to_mpirun(winnow):
    return stop(winnow, "three.yaml", "mpirun.h5", signal.SIGUSR1, "mpirun", 2, 1)


def reads(pid, name):
    with contextlib.suppress(OSError):
        return any(os.path.basename(os.readlink(path)) == name for path in glob.glob(f"/proc/{pid}/fd/*"))
    return False


def stopped_while_reading(winnow):
    """Nothing has begun, nothing is left, and it does not go on reading."""
    row = ",".join(f"{i * 0.37 % 9:.5f}" for i in range(200))
    faults.write("large.csv", ",".join(f"x{i}" for i in range(200)) + ",kind\n" + f"{row},a\n{row},b\n" * 20000)
    faults.write("large.yaml", "name: large\ndata: {format: csv, train: large.csv, label: kind, validation: 1000}\n"
                 "network: [{dense: 2}]\nstages: [{name: only, trials: 1, epochs: 1}]\nensemble: false\n")
    said = []
    for ranks in (1, 2):
        file = f"large{ranks}.h5"
        with Launch(winnow, "large.yaml", file, ranks) as launch:
            rank = launch.wait_for("rank", 0).pid
            faults.wait_until(lambda: reads(rank, "large.csv"), 20, "it does not read")
            time.sleep(0.3)  # the file itself is in memory sooner: its lines are read now
            faults.send(rank, signal.SIGUSR1)
            took = launch.gone(20)
            check(launch.code == 75, f"it ends with {launch.code}\n{launch.output()}")
            check("stopped by a signal while reading large.csv" in launch.output(), launch.output())
        check(not os.path.exists(file) and not faults.beside(file), f"left: {file} or {faults.beside(file)}")
        said.append(f"{took:.1f}")
    faults.run_to_end(winnow, "large.yaml", "large.h5")
    return f"stopped within {', '.join(said)} s"


def stopped_by_term_to_mpirun(winnow):
    """mpirun passes it on after the timeout, kills after another one, and has a code of its own."""
    return stop(winnow, "three.yaml", "term_mpirun.h5", signal.SIGTERM, "mpirun", 2, 3,
                ("--mca", "odls_base_sigkill_timeout", "2"), patience=10, codes=(1, 75))


def kill(winnow, space, file, ranks, again_on):
    """KILL to all after some checkpoints: at most the epochs since the last one are repeated."""
    with Launch(winnow, space, file, ranks) as launch:
        faults.wait_until(lambda: max(saved_epochs(file).values(), default=0) >= 8, 60,
                          lambda: f"no checkpoint is seen\n{launch.output()}")
        known = saved_epochs(file)
        time.sleep(0.37)  # somewhere between two checkpoints; the known ones are recorded by now
        for process in launch.processes():
            faults.send(process.pid, signal.SIGKILL)
        launch.gone(5)
    return resume(winnow, space, file, again_on, known)


def killed(winnow):
    return kill(winnow, "one.yaml", "killed.h5", 1, 2)


def killed_on_two_ranks(winnow):
    return kill(winnow, "three.yaml", "killed2.h5", 2, 3)


def time_limit(winnow):
    """--time-limit stops by itself, in time, as often as it takes."""
    file, limit, starts, said = "limit.h5", 4, 0, []
    while True:
        begin = time.monotonic()
        with Launch(winnow, "three.yaml", file, 1, options=("--time-limit", str(limit))) as launch:
            launch.gone(60)
            took, text = time.monotonic() - begin, launch.output()
        starts += 1
        check(launch.code in (0, 75), f"start {starts} ends with {launch.code}\n{text}")
        check(took <= limit + 0.2, f"start {starts} takes {took:.1f} s\n{text}")
        said.append(f"{took:.1f}")
        if launch.code == 0:
            break
        check(starts < 12, f"there is no progress\n{text}")
    check(starts > 1, "it was not stopped")
    faults.judge_complete(winnow, file, "three_undisturbed.h5")
    return f"{starts} starts of {limit} s took {', '.join(said)} s"


if __name__ == "__main__":
    sys.exit(faults.main("resumed_trial", [undisturbed, stopped_by_usr1, stopped_by_term, stopped_by_usr1_to_mpirun,
                                           stopped_while_reading, stopped_by_term_to_mpirun, killed, killed_on_two_ranks, time_limit]))
