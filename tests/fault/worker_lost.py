#!/usr/bin/python3
"""Workers that die or stand still: the campaign completes on what is left, with the same table.

usage: worker_lost.py WINNOW RANK_FAULTS.so [CASE...]"""
import os
import signal
import sys
import time

import faults
from faults import Launch, check

HERE = os.path.dirname(os.path.abspath(__file__))
SPACE = os.path.join(HERE, "lost.yaml")
FAULTS_SO = os.path.abspath(sys.argv.pop(2))
SHARED = faults.RECOVERY
TCP = faults.TCP


def undisturbed(winnow):
    faults.run_to_end(winnow, SPACE, "undisturbed.h5", ranks=2)


def finish(winnow, launch, lost, seconds=90):
    """It completes on what is left, says what was lost, and its table is the undisturbed one."""
    launch.gone(seconds)
    text = launch.output()
    count = f"{len(lost)} ranks were" if len(lost) > 1 else "1 rank was"
    check(f"{count} lost on the way" in text, f"it does not say that {count} lost\n{text}")
    last = text[text.rindex("lost on the way"):]
    for rank in lost:
        check(f"rank {rank} " in last, f"the last lines do not name rank {rank}\n{text}")
    faults.judge_complete(winnow, launch.file, "undisturbed.h5")


def kill_in_mid_trial(winnow, mpirun, file, ranks, victims):
    with Launch(winnow, SPACE, file, ranks, mpirun=mpirun) as launch:
        seen = faults.wait_for_rows(winnow, file, 2, launch)
        for rank in victims:
            launch.wait_for("job", rank)
        for rank in victims:
            os.kill(launch.find("rank", rank)[0].pid, signal.SIGKILL)
        began = time.monotonic()
        launch.wait_for_text(r"rank \d.* died", 10)
        noticed = time.monotonic() - began
        finish(winnow, launch, victims)
        faults.judge(winnow, file, seen)
    return f"noticed after {noticed:.1f} s"


def in_mid_trial(winnow):
    return kill_in_mid_trial(winnow, SHARED, "trial.h5", 2, [1])


def in_mid_trial_over_tcp(winnow):
    return kill_in_mid_trial(winnow, TCP, "trial_tcp.h5", 2, [1])


def two_of_four(winnow):
    return kill_in_mid_trial(winnow, SHARED, "four.h5", 4, [1, 3])


def two_of_four_over_tcp(winnow):
    return kill_in_mid_trial(winnow, TCP, "four_tcp.h5", 4, [2, 3])


def in_mid_message(winnow, mpirun, name, frames):
    """A blind rank sends networks and checkpoints as messages; it dies within one of them."""
    said = []
    for frame in frames:
        file = f"{name}{frame}.h5"
        with faults.killed_in_message(winnow, SPACE, file, 2, FAULTS_SO, victim=1, frame=frame, blind=1,
                                      mpirun=mpirun) as launch:
            finish(winnow, launch, [1])
        said.append(str(frame))
    return "killed at frames " + ", ".join(said)


def in_mid_message_shared(winnow):
    return in_mid_message(winnow, SHARED, "message", (2, 9))


def in_mid_message_over_tcp(winnow):
    return in_mid_message(winnow, TCP, "message_tcp", (1, 2, 5, 9, 14))


def while_idle(winnow):
    """Three ranks, and a first stage of one trial: the rank that has none dies."""
    space = faults.variant("idle.yaml", SPACE, ("trials: 6, epochs: 20", "trials: 1, epochs: 120"),
                           ("trials: 4, epochs: 70", "trials: 2, epochs: 40"))
    faults.run_to_end(winnow, space, "idle_undisturbed.h5", ranks=3)
    with Launch(winnow, space, "idle.h5", 3, mpirun=SHARED) as launch:
        launch.wait_for_text("stage coarse")
        faults.wait_until(lambda: launch.find("job"), 30, "no trial runs")
        busy = {p.rank for p in launch.find("job")}
        victim = next(r for r in (2, 1) if r not in busy)
        os.kill(launch.find("rank", victim)[0].pid, signal.SIGKILL)
        launch.gone(90)
        check(f"rank {victim} " in launch.output(), f"nothing is said of rank {victim}\n{launch.output()}")
    faults.judge_complete(winnow, "idle.h5", "idle_undisturbed.h5")


def while_they_meet(winnow):
    """In MPI_Init nothing can be done but to give up, after minutes or within --time-limit; nothing is left running."""
    said = []
    for wait in (0, 0.1, 0.2):
        file = f"meet{wait}.h5"
        with Launch(winnow, SPACE, file, 3, mpirun=SHARED, options=("--time-limit", "6")) as launch:
            rank = launch.wait_for("rank", 2)
            time.sleep(wait)
            os.kill(rank.pid, signal.SIGKILL)
            said.append(f"{launch.gone(12):.1f}")
            text = launch.output()
            check("the same command continues" in text, f"it does not say how to go on\n{text}")
    faults.run_to_end(winnow, SPACE, file, ranks=2)
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return f"gone after {', '.join(said)} s"


def frozen(winnow, mpirun, file):
    """Silent for longer than limits.silence_seconds, then there again."""
    with Launch(winnow, SPACE, file, 2, mpirun=mpirun) as launch:
        launch.wait_for("job", 1, 30)
        faults.wait_for_rows(winnow, file, 1, launch)
        stopped = [p.pid for p in launch.processes() if p.rank == 1 and p.role in ("rank", "host", "job")]
        for pid in stopped:
            faults.send(pid, signal.SIGSTOP)
        launch.wait_for_text(r"rank 1.* is lost \(silent", 20)
        for pid in stopped:
            faults.send(pid, signal.SIGCONT)
        launch.gone(90)
        text = launch.output()
        check("is back" in text, f"rank 1 did not come back\n{text}")
    faults.judge_complete(winnow, file, "undisturbed.h5")


def frozen_shared(winnow):
    return frozen(winnow, SHARED, "frozen.h5")


def frozen_over_tcp(winnow):
    return frozen(winnow, TCP, "frozen_tcp.h5")


def blind(winnow):
    """A rank that does not see the folder: nothing dies, and nothing differs."""
    options = ("-x", f"LD_PRELOAD={FAULTS_SO}", "-x", "BLIND_RANKS=1")
    faults.run_to_end(winnow, SPACE, "blind.h5", ranks=2, mpirun=options,
                      env={"ASAN_OPTIONS": "verify_asan_link_order=0"})
    faults.judge_complete(winnow, "blind.h5", "undisturbed.h5")


if __name__ == "__main__":
    sys.exit(faults.main("worker_lost", [undisturbed, blind, in_mid_trial, in_mid_trial_over_tcp, two_of_four,
                                         two_of_four_over_tcp, in_mid_message_shared, in_mid_message_over_tcp,
                                         while_idle, while_they_meet, frozen_shared, frozen_over_tcp]))
