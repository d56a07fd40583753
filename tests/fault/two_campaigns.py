#!/usr/bin/python3
"""Two campaigns on one file, and what a killed one leaves of its lock; a second SIGINT.

usage: two_campaigns.py WINNOW [CASE...]"""
import os
import signal
import socket
import sys
import time

import faults
from faults import Launch, check

HERE = os.path.dirname(os.path.abspath(__file__))
SPACE = "short.yaml"


def undisturbed(winnow):
    faults.variant(SPACE, os.path.join(HERE, "torture.yaml"), ("trials: 6, epochs: 240", "trials: 5, epochs: 100"))
    faults.run_to_end(winnow, SPACE, "undisturbed.h5", ranks=2)


def second_is_refused(winnow):
    """At once, naming process and host of the first, alone and under mpirun; the first one does not notice."""
    with Launch(winnow, SPACE, "first.h5") as first:
        faults.wait_for_rows(winnow, "first.h5", 1, first)
        for ranks in (1, 2):
            begin = time.monotonic()
            with Launch(winnow, SPACE, "first.h5", ranks, log=f"second{ranks}.log") as second:
                second.gone(20)
                took, text = time.monotonic() - begin, second.output()
            check(second.code == 1, f"the second ends with {second.code}\n{text}")
            check(f"process {first.main.pid} on {socket.gethostname()}" in text, f"it does not name the first\n{text}")
            check(took < (2 if ranks == 1 else 4), f"refused only after {took:.1f} s")
        first.gone(60)
        check(first.code == 0, f"the first ends with {first.code}\n{first.output()}")
    faults.judge_complete(winnow, "first.h5", "undisturbed.h5")


def killed_one_never_blocks(winnow):
    """Each start begins the moment its predecessor's rank 0 has been killed, whose other processes may live on."""
    file, seen = "again.h5", {}
    for ranks in (1, 2, 1, 3):
        with Launch(winnow, SPACE, file, ranks, mpirun=faults.RECOVERY if ranks > 1 else ()) as launch:
            faults.wait_for_rows(winnow, file, len(seen) + 1, launch)
            seen.update(faults.rows(winnow, file))
            os.kill(launch.wait_for("rank", 0).pid, signal.SIGKILL)
            with Launch(winnow, SPACE, file, log="next.log") as follower:
                faults.wait_for_rows(winnow, file, len(seen) + 1, follower)
                seen.update(faults.rows(winnow, file))
                os.kill(follower.main.pid, signal.SIGKILL)
                follower.gone(5)
            launch.gone(10)
            seen = faults.judge(winnow, file, seen)
    faults.run_to_end(winnow, SPACE, file, ranks=2)
    faults.judge_complete(winnow, file, "undisturbed.h5")


def second_interrupt_ends_at_once(winnow):
    file = "interrupt.h5"
    with Launch(winnow, SPACE, file) as launch:
        faults.wait_for_rows(winnow, file, 3, launch)
        job = launch.wait_for("job", 0)
        os.kill(job.pid, signal.SIGSTOP)  # it cannot be saved: the orderly stop would take its time
        os.kill(launch.main.pid, signal.SIGINT)
        launch.wait_for_text("stopping", 5)
        seen = faults.rows(winnow, file)
        os.kill(launch.main.pid, signal.SIGINT)
        took = launch.gone(1)
        check(launch.code == 75, f"it ends with {launch.code}\n{launch.output()}")
        faults.judge(winnow, file, seen)
    faults.run_to_end(winnow, SPACE, file)
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return f"gone after {took:.2f} s"


if __name__ == "__main__":
    sys.exit(faults.main("two_campaigns", [undisturbed, second_is_refused, killed_one_never_blocks,
                                           second_interrupt_ends_at_once]))
