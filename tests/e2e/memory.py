#!/usr/bin/python3
"""The data stand in memory once a node: with 8 ranks the processes' proportional set sizes sum up to those with 2 and six
times what one more rank needs for itself, which is far from a copy of the data.

usage: memory.py WINNOW"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fault"))
import faults  # noqa: E402
from faults import check, wait_until  # noqa: E402

DEMO = os.path.join(os.path.dirname(os.path.dirname(HERE)), "search_spaces", "fashion_mnist_mlp.yaml")
DATA = 60000 * 28 * 28 / 2**20  # MB: the training examples of Fashion-MNIST, a byte a pixel


def sizes(pid):
    """PSS of a process, and of it shared memory, in MB; nothing once it has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            lines = dict(line.split()[:2] for line in list(file)[1:])
        return int(lines["Pss:"]) / 1024, int(lines["Pss_Shmem:"]) / 1024
    except OSError:
        return 0, 0


def memory(winnow, ranks):
    """The largest of ten looks while every rank trains."""
    largest = (0, 0)
    with faults.Launch(winnow, DEMO, f"{ranks}.h5", ranks=ranks) as launch:
        wait_until(lambda: " of " in launch.output() and "trials" in launch.output(), 60, launch.output)
        for _ in range(10):
            processes = wait_until(lambda: len(launch.find("job")) == ranks and launch.processes(), 60, launch.output)
            found = [sizes(process.pid) for process in processes if process.role != "mpirun"]
            largest = max(largest, tuple(map(sum, zip(*found))))
    return largest


def data_once(winnow):
    """Shared memory holds the data once, however many ranks there are."""
    few, many = memory(winnow, 2), memory(winnow, 8)
    told = f"2 ranks {few[0]:.0f} MB, of it shared {few[1]:.0f}; 8 ranks {many[0]:.0f} MB, of it shared {many[1]:.0f}"
    check(few[1] > 0.8 * DATA, f"the data are not in shared memory: {told}")
    check(many[1] - few[1] < 0.2 * DATA, f"more than one copy is shared: {told}")
    check((many[0] - few[0]) / 6 < 0.5 * DATA, f"one more rank needs half a copy of the data: {told}")
    return told


if __name__ == "__main__":
    sys.exit(faults.main("memory", [data_once]))
