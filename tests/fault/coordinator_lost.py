#!/usr/bin/python3
"""Rank 0 dies under --enable-recovery: all others end within five seconds, nothing is left running, and the same
command goes on.

usage: coordinator_lost.py WINNOW [CASE...]"""
import os
import signal
import sys

import faults
from faults import Launch, check

SPACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lost.yaml")
TCP = ("--mca", "btl", "self,tcp")


def undisturbed(winnow):
    faults.run_to_end(winnow, SPACE, "undisturbed.h5", ranks=2)


def lose(winnow, file, number, rows, more=(), held=False):
    """Rank 0 gets that signal once there are so many rows; `held`: it was stopped before."""
    with Launch(winnow, SPACE, file, 3, mpirun=(*faults.RECOVERY, *more)) as launch:
        seen = faults.wait_for_rows(winnow, file, rows, launch)
        rank = launch.wait_for("rank", 0).pid
        if held:
            os.kill(rank, signal.SIGSTOP)
        os.kill(rank, number)
        took = launch.gone(5)
        seen = faults.judge(winnow, file, seen, dump=True)
    check(faults.state_code(winnow, file) == 75, "status --exit-code is not 75")
    text = faults.run_to_end(winnow, SPACE, file, ranks=2)
    check("going on after" in text, f"it began anew\n{text}")
    faults.judge(winnow, file, seen)
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return f"all gone within {took:.1f} s"


def killed(winnow):
    return lose(winnow, "killed.h5", signal.SIGKILL, 2)


def killed_over_tcp(winnow):
    return lose(winnow, "killed_tcp.h5", signal.SIGKILL, 2, TCP)


def crashed(winnow):
    return lose(winnow, "crashed.h5", signal.SIGSEGV, 5)


def killed_at_the_start(winnow):
    return lose(winnow, "start.h5", signal.SIGKILL, 0)


def killed_while_held(winnow):
    return lose(winnow, "held.h5", signal.SIGKILL, 3, held=True)


if __name__ == "__main__":
    sys.exit(faults.main("coordinator_lost", [undisturbed, killed, killed_over_tcp, crashed, killed_at_the_start,
                                              killed_while_held]))
