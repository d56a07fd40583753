"""Campaigns started, disturbed and judged from outside: what the fault tests and scripts/torture share.

Every process of a launch is known by a word in its environment, which children inherit: none is overlooked, and none
of anybody else's is touched."""
import contextlib
import glob
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

import h5py

HERE = os.path.dirname(os.path.abspath(__file__))
COMPARE = os.path.join(HERE, os.pardir, "e2e", "compare_trials.py")
RECOVERY = ("--enable-recovery", "--mca", "async_mpi_finalize", "1")
TCP = (*RECOVERY, "--mca", "btl", "self,tcp")
TAG = "WINNOW_FAULT_LAUNCH"
PATIENCE = float(os.environ.get("WINNOW_FAULT_PATIENCE", "1"))  # more for slow builds (sanitizers)

Process = namedtuple("Process", "pid parent role rank")  # role: mpirun, rank, host, job, other
numbers = itertools.count()


class Failure(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failure(text)


def wait_until(what, seconds, text):
    """what() once it is true; Failure(text) after so many seconds."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() >= end:
            raise Failure(f"{text() if callable(text) else text} (waited {seconds:g} s)")
        time.sleep(0.005)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_stopped(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def send(pid, number):
    """A signal; False where there is no such process any more."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


class Launch:
    """One `winnow run`, alone or under mpirun, with its output in `log`."""

    def __init__(self, winnow, space, file, ranks=1, options=(), mpirun=(), log=None, env=None, wrap=()):
        self.tag = f"{os.getpid()}-{next(numbers)}"
        self.file, self.log = file, log or file + ".log"
        self.segments = tempfile.mkdtemp(prefix="winnow-fault-", dir="/dev/shm")
        environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1",
                           OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_btl_vader_single_copy_mechanism="none",
                           OMPI_MCA_btl_vader_backing_directory=self.segments, OMPI_MCA_orte_tmpdir_base=self.segments)
        environment.update(env or {})
        environment[TAG] = self.tag
        command = [winnow, "run", space, "-o", file, *options]
        if ranks > 1 or mpirun:
            command = ["mpirun", "--oversubscribe", "--bind-to", "none", *mpirun, "-n", str(ranks), *command]
        self.under_mpirun = ranks > 1 or bool(mpirun)
        with open(self.log, "wb") as log_file:
            self.main = subprocess.Popen([*wrap, *command], env=environment, stdin=subprocess.DEVNULL,
                                         stdout=log_file, stderr=subprocess.STDOUT, start_new_session=True)
        self.makers = set()  # processes that may have made shared memory

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process in self.processes():
            send(process.pid, signal.SIGKILL)
        with contextlib.suppress(Failure):
            wait_until(lambda: not self.processes(), 10, "")
        self.main.wait()
        shutil.rmtree(self.segments, ignore_errors=True)

    def processes(self):
        """Those that live now, parents first."""
        found, word = {}, f"{TAG}={self.tag}".encode()
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    words = file.read().split(b"\0")
                if word not in words:
                    continue
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                    name, _, rest = file.read().partition("(")[2].rpartition(")")
                state, parent = rest.split()[:2]
            except (OSError, ValueError):
                continue
            if state not in "ZX":
                ranks = [int(w.partition(b"=")[2]) for w in words if w.startswith(b"OMPI_COMM_WORLD_RANK=")]
                found[int(entry)] = (int(parent), name, ranks[0] if ranks else 0)
        return [Process(pid, found[pid][0], role, found[pid][2])
                for role in ("mpirun", "rank", "host", "job", "other")
                for pid in sorted(found) if self.role(found, pid) == role]

    def role(self, found, pid):
        parent, name, _ = found[pid]
        if name in ("mpirun", "orterun"):
            return "mpirun"
        if not name.startswith("winnow"):
            return "other"
        depth = 0
        while parent in found and found[parent][1].startswith("winnow"):
            parent, depth = found[parent][0], depth + 1
        if depth == 0:
            self.makers.add(pid)
        return ("rank", "host", "job", "other")[min(depth, 3)]

    def find(self, role, rank=None):
        return [p for p in self.processes() if p.role == role and (rank is None or p.rank == rank)]

    def wait_for(self, role, rank, seconds=20):
        """The process of that role and rank, as soon as there is one."""
        return wait_until(lambda: self.find(role, rank), seconds,
                          lambda: f"there is no {role} of rank {rank}\n{self.output()}")[0]

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for_text(self, pattern, seconds=60):
        def seen():
            over = self.main.poll() is not None
            found = re.search(pattern, self.output())
            check(found or not over, f"it ended with {self.main.returncode} without '{pattern}'\n{self.output()}")
            return found
        return wait_until(seen, seconds, lambda: f"'{pattern}' is not said\n{self.output()}")

    def gone(self, seconds):
        """Waits until no process is left, and returns the seconds that it took."""
        begin = time.monotonic()

        def left():
            self.main.poll()
            return self.processes()
        wait_until(lambda: not left(), seconds, lambda: f"still there: {left()}\n{self.output()[-3000:]}")
        self.main.wait()
        return time.monotonic() - begin

    @property
    def code(self):
        return self.main.returncode


@contextlib.contextmanager
def killed_in_message(winnow, space, file, ranks, faults_so, *, victim, frame, blind, mpirun, options=()):
    """A launch whose rank `victim` was killed right after it had begun to send that frame of full size; the rank `blind`
    does not see the folder, so that its networks and checkpoints are messages."""
    words = f"LD_PRELOAD={faults_so}", f"BLIND_RANKS={blind}", f"STOP_SEND={victim}:{frame}"
    mpirun = (*mpirun, *(part for word in words for part in ("-x", word)))
    with Launch(winnow, space, file, ranks, mpirun=mpirun, options=options,
                env={"ASAN_OPTIONS": "verify_asan_link_order=0"}) as launch:
        rank = launch.wait_for("rank", victim)
        wait_until(lambda: is_stopped(rank.pid), 60, lambda: f"frame {frame} is never sent\n{launch.output()}")
        os.kill(rank.pid, signal.SIGKILL)
        yield launch


def ask(winnow, command, file, *options):
    """The JSON that a reading command prints; None where it says that there is no such file."""
    done = subprocess.run([winnow, command, file, "--json", *options], capture_output=True, text=True, timeout=60,
                          check=False)
    if done.returncode == 1 and not os.path.exists(file):
        return None
    check(done.returncode == 0, f"{command} {file} ends with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def rows(winnow, file):
    """Trials with a row so far: number -> (status, hash of the weights). Empty where nothing was published."""
    top = ask(winnow, "top", file, "-n", "1000000")
    return {} if top is None else {t["id"]: (t["status"], t["weights_hash"]) for t in top["trials"]}


def is_complete(winnow, file):
    status = ask(winnow, "status", file)
    return status is not None and status["complete"]


def state_code(winnow, file):
    return subprocess.run([winnow, "status", file, "--exit-code"], capture_output=True, timeout=60,
                          check=False).returncode


def wait_for_rows(winnow, file, count, launch, seconds=60):
    """Until so many trials have rows; Failure where the launch ends before."""
    def enough():
        over = launch.main.poll() is not None
        found = rows(winnow, file) if os.path.exists(file) else {}
        check(len(found) >= count or not over, f"over before {count} rows\n{launch.output()}")
        return len(found) >= count and found
    return wait_until(enough, seconds, lambda: f"{count} rows are not seen\n{launch.output()}")


def read_everything(file, dump=False):
    """Every object of the file, in h5py and where asked in h5dump."""
    if not os.path.exists(file):
        return
    def read(_, item):
        dict(item.attrs)
        if isinstance(item, h5py.Dataset):
            item[()]
    try:
        with h5py.File(file, "r") as opened:
            dict(opened.attrs)
            opened.visititems(read)
    except (OSError, KeyError, RuntimeError) as error:
        raise Failure(f"h5py does not read {file}: {error}") from error
    if dump:
        done = subprocess.run(["h5dump", file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120,
                              check=False)
        check(done.returncode == 0, f"h5dump {file} ends with {done.returncode}: {done.stderr}")


def judge(winnow, file, before, dump=False):
    """The file opens everywhere, and every row that was seen before is there. Returns the rows of now."""
    read_everything(file, dump)
    ask(winnow, "status", file)
    now = rows(winnow, file)
    lost = {trial: row for trial, row in before.items() if now.get(trial) != row}
    check(not lost, f"rows lost or changed: {lost}, now {[now.get(trial) for trial in lost]}")
    return now


def beside(file):
    """Names that belong to a results file, but for the lock, which always stays."""
    return sorted(os.path.basename(path) for path in glob.glob(glob.escape(file) + "?*")
                  if path != file + ".lock" and not path.endswith(".log"))


def judge_complete(winnow, file, undisturbed):
    """Complete, equal to the undisturbed campaign, and nothing left beside it."""
    check(is_complete(winnow, file), f"{file} is not complete")
    check(state_code(winnow, file) == 0, f"status --exit-code of {file} is not 0")
    read_everything(file, dump=True)
    done = subprocess.run([sys.executable, COMPARE, undisturbed, file], capture_output=True, text=True, timeout=120,
                          check=False)
    check(done.returncode == 0, f"another table: {done.stdout}{done.stderr}")
    with h5py.File(file, "r") as opened:
        looks = len(opened["ensemble/test_evaluations"])
        check(looks == 1, f"{looks} looks at the test set")
    check(not beside(file), f"left beside {file}: {beside(file)}")


def leases(file):
    with h5py.File(file, "r") as opened:
        return opened["leases"][:]


def run_to_end(winnow, space, file, seconds=120, **more):
    """A whole run that must end well."""
    with Launch(winnow, space, file, **more) as launch:
        launch.gone(seconds)
        check(launch.code == 0, f"{file} ends with {launch.code}\n{launch.output()}")
        return launch.output()


def remove(file):
    """A results file and all that stands beside it."""
    for path in [file, *glob.glob(glob.escape(file) + ".*")]:
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def scratch(name):
    """An empty folder of that name, to work in."""
    shutil.rmtree(name, ignore_errors=True)
    os.makedirs(name)
    os.chdir(name)


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def variant(name, space, *changes):
    """A copy of a configuration, with pairs of old and new words."""
    with open(space, encoding="utf-8") as file:
        text = file.read()
    for old, new in changes:
        check(old in text, f"{space} has no '{old}'")
        text = text.replace(old, new)
    return write(name, text)


def main(name, cases):
    """Runs the cases: functions of the program's path. Usage: NAME.py WINNOW [CASE...]"""
    winnow = os.path.abspath(sys.argv[1])
    scratch(name)
    bad = 0
    for case in cases:
        if sys.argv[2:] and case.__name__ not in sys.argv[2:]:
            continue
        begin = time.monotonic()
        try:
            said = case(winnow)
            print(f"{case.__name__}: {said or 'well'} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Failure as failure:
            bad += 1
            print(f"{case.__name__}: FAILED: {failure}", flush=True)
    return 1 if bad else 0
