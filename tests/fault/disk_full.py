#!/usr/bin/python3
"""No room, a limit of file sizes, a folder that vanishes, may not be written or is read-only: a clear error, exit code
1, nothing left running; and when all is well again the same command completes, with no trial lost.

The small file system is a tmpfs, which needs the right to mount (as root, or in a user namespace); where there is none
this is said, and the limits of file sizes stand alone.

usage: disk_full.py WINNOW [CASE...]"""
import errno
import os
import random
import shutil
import signal
import subprocess
import sys

import faults
from faults import Launch, check

HERE = os.path.dirname(os.path.abspath(__file__))
SPACE = "short.yaml"
DISK = "disk"
INSIDE = "WINNOW_FAULT_INSIDE"


def undisturbed(winnow):
    faults.variant(SPACE, os.path.join(HERE, "torture.yaml"), ("trials: 6, epochs: 240", "trials: 5, epochs: 100"))
    faults.run_to_end(winnow, SPACE, "undisturbed.h5", ranks=2)


def ends_in_error(launch, words, seconds=30):
    """Exit code 1 and one error that tells what is wrong; no crash, no process left."""
    launch.gone(seconds)
    text = launch.output()
    check(launch.code == 1, f"it ends with {launch.code}\n{text}")
    errors = [line for line in text.splitlines() if line.startswith("winnow: ") and "warning:" not in line
              and "note:" not in line]
    check(any(word in errors[-1] for word in words) if errors else False, f"no error tells of {words}\n{text}")
    return errors[-1]


def fill(folder):
    """Every byte that is left, in a file of its own."""
    with open(os.path.join(folder, "filler"), "ab", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    return os.path.join(folder, "filler")


def full_at_random_moments(winnow, rounds=3):
    if not os.path.ismount(DISK):
        return "NOT RUN: this machine lets nobody mount a tmpfs"
    dice, said = random.Random(rounds), []
    for number in range(rounds):
        file, seen = f"{DISK}/full{number}.h5", {}
        ranks = 1 + number % 2
        with Launch(winnow, SPACE, file, ranks, log=f"full{number}.log") as launch:
            at = dice.randrange(18)
            if at > 0:
                seen = faults.wait_for_rows(winnow, file, at, launch)
            filler = fill(DISK)
            seen = {**seen, **(faults.rows(winnow, file) if os.path.exists(file) else {})}
            error = ends_in_error(launch, ("No space left on device",))
        faults.judge(winnow, file, seen)
        if os.path.exists(file):
            check(faults.state_code(winnow, file) in (1, 75), "status --exit-code is 0")
        os.remove(filler)
        faults.run_to_end(winnow, SPACE, file, ranks=2, log=f"full{number}.again.log")
        faults.judge(winnow, file, seen)
        faults.judge_complete(winnow, file, "undisturbed.h5")
        faults.remove(file)
        said.append(str(len(seen)))
    return f"full after {', '.join(said)} rows; {error}"


def full_often(winnow):
    return full_at_random_moments(winnow, 20)


def full_from_the_start(winnow):
    """Started on a full disk: nothing begins, nothing is broken."""
    if not os.path.ismount(DISK):
        return "NOT RUN: this machine lets nobody mount a tmpfs"
    filler = fill(DISK)
    with Launch(winnow, SPACE, f"{DISK}/late.h5", log="late.log") as launch:
        error = ends_in_error(launch, ("No space left on device",))
    os.remove(filler)
    faults.run_to_end(winnow, SPACE, f"{DISK}/late.h5", log="late.again.log")
    faults.judge_complete(winnow, f"{DISK}/late.h5", "undisturbed.h5")
    return error


def limits_of_file_sizes(winnow):
    """As a quota would: files of at most so many bytes, then of any size."""
    said, file, seen = [], "limited.h5", {}
    for size in (100, 2000, 6000, 12000, 20000, 40000, 80000, 120000, 200000):
        with Launch(winnow, SPACE, file, wrap=("prlimit", f"--fsize={size}")) as launch:
            error = ends_in_error(launch, ("File too large", "too large"), 60)
        seen.update(faults.judge(winnow, file, seen))
        said.append(f"{size}: {len(seen)}")
    faults.run_to_end(winnow, SPACE, file, ranks=2)
    faults.judge(winnow, file, seen)
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return f"rows with files of at most so many bytes: {', '.join(said)}; {error}"


def folder_vanishes(winnow):
    said = []
    for ranks in (1, 2):
        shutil.rmtree("gone", ignore_errors=True)
        os.mkdir("gone")
        with Launch(winnow, SPACE, "gone/a.h5", ranks, log="gone.log") as launch:
            faults.wait_for_rows(winnow, "gone/a.h5", 2, launch)
            os.rename("gone", "elsewhere")
            shutil.rmtree("elsewhere")
            said.append(ends_in_error(launch, ("gone/a.h5",)))
        check(not os.path.exists("gone"), "it made the folder again")
    return said[-1]


def may_not_be_written(winnow):
    """A folder or files without the right to write; root has every right, so it is somebody else who tries."""
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.getuid() == 0 else ()
    said = []
    os.makedirs("barred", exist_ok=True)
    os.chmod("barred", 0o555)
    for path in (os.getcwd(), os.path.dirname(os.getcwd())):
        subprocess.run(["chmod", "a+rx", path], check=False)
    with Launch(winnow, SPACE, "barred/a.h5", log="barred.log", wrap=nobody) as launch:
        said.append(ends_in_error(launch, ("Permission denied",), 10))
    check(os.listdir("barred") == [], f"it left {os.listdir('barred')}")
    os.chmod("barred", 0o755)
    # An interrupted campaign whose journal may not be written goes on once it may.
    file = "barred/b.h5"
    with Launch(winnow, SPACE, file, log="barred.log") as launch:
        seen = faults.wait_for_rows(winnow, file, 3, launch)
        os.kill(launch.main.pid, signal.SIGKILL)
        launch.gone(5)
    for path in (file, file + ".journal", file + ".lock"):
        os.chmod(path, 0o444)
    with Launch(winnow, SPACE, file, log="barred.log", wrap=nobody) as launch:
        said.append(ends_in_error(launch, ("Permission denied",), 10))
    for path in (file, file + ".journal", file + ".lock"):
        os.chmod(path, 0o644)
    faults.judge(winnow, file, seen)
    faults.run_to_end(winnow, SPACE, file, log="barred.log")
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return " / ".join(said)


def read_only(winnow):
    """A campaign that was killed, on a file system that can only be read now: it can be looked at."""
    if not os.path.ismount(DISK):
        return "NOT RUN: this machine lets nobody mount a tmpfs"
    file = f"{DISK}/ro.h5"
    with Launch(winnow, SPACE, file, 1, log="ro.log") as launch:
        seen = faults.wait_for_rows(winnow, file, 3, launch)
        os.kill(launch.main.pid, signal.SIGKILL)
        launch.gone(5)
    subprocess.run(["mount", "-o", "remount,ro", DISK], check=True)
    faults.judge(winnow, file, seen)
    with Launch(winnow, SPACE, file, log="ro.log") as launch:
        error = ends_in_error(launch, ("Read-only file system",))
    faults.judge(winnow, file, seen)
    subprocess.run(["mount", "-o", "remount,rw", DISK], check=True)
    faults.run_to_end(winnow, SPACE, file, log="ro.again.log")
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return error


def mounted_again():
    """Run this program where it may mount, as root or in a user namespace; its exit code, None where nobody may."""
    if os.environ.get(INSIDE):
        return None
    for wrap in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        can = subprocess.run([*wrap, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
        if can.returncode == 0:
            return subprocess.run([*wrap, sys.executable, *sys.argv], env=dict(os.environ, **{INSIDE: "1"}),
                                  check=False).returncode
    print("no tmpfs can be mounted here: a full disk is only shown by limits of file sizes")
    return None


def with_disk(winnow):
    os.makedirs(DISK, exist_ok=True)
    if os.environ.get(INSIDE):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", DISK], check=True)
    return undisturbed(winnow)


if __name__ == "__main__":
    code = mounted_again()
    if code is None:
        with_disk.__name__ = "undisturbed"
        code = faults.main("disk_full", [with_disk, full_at_random_moments, full_often, full_from_the_start,
                                         limits_of_file_sizes, folder_vanishes, may_not_be_written, read_only])
    sys.exit(code)
