#!/usr/bin/python3
"""Campaigns as jobs of a real Slurm: submitted, warned, requeued until they are complete, cancelled, and robbed of a node.
Each ends with the table of an undisturbed run.

usage: jobs.py WINNOW [CASE...]"""
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "fault"))
import faults  # noqa: E402
from faults import check, wait_until  # noqa: E402

DEMO = os.path.join(ROOT, "search_spaces", "fashion_mnist_mlp.yaml")
BLOBS = os.path.join(ROOT, "tests", "e2e", "blobs.yaml")
SCRIPT = os.path.join(ROOT, "scripts", "slurm", "winnow.sbatch")
ARRAY = os.path.join(ROOT, "scripts", "slurm", "array.sbatch")
LAUNCH = os.path.join(ROOT, "scripts", "launch")
CLUSTER = os.path.join(HERE, "cluster.sh")
OVER = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "BOOT_FAIL", "DEADLINE")
FOLDER = os.path.abspath("slurm_cluster")  # outlives the scratch folder: what a killed test has left is found there


def call(*command, code=0, env=None):
    """What a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    check(done.returncode == code,
          f"{shlex.join(command)} ends with {done.returncode} instead of {code}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr if code else done.stdout


def cluster(*words):
    done = subprocess.run([CLUSTER, FOLDER, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          timeout=120, check=False)
    check(done.returncode == 0, f"cluster {words} ends with {done.returncode}")
    return done.stdout


def job(number):
    """What Slurm knows of a job: JobState, Restarts, ExitCode .."""
    return dict(re.findall(r"(\S+?)=(\S*)", call("scontrol", "show", "job", "-o", number)))


def read(name):
    """A text; nothing where there is none yet."""
    try:
        with open(name, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def asked(what):
    """The same question at a pace that leaves the cores to the campaigns."""
    def slowly():
        time.sleep(0.3)
        return what()
    return slowly


def ends(number, log, seconds):
    """Waits until the job is over for good, and returns what Slurm knows of it."""
    def over():
        now = job(number)
        return now["JobState"] in OVER and now
    return wait_until(asked(over), seconds, lambda: f"job {number} is {job(number)['JobState']}\n{read(log)}")


def rows_appear(winnow, number, file, log, count):
    """Waits until so many trials of a running job have rows, and returns them."""
    def enough():
        check(job(number)["JobState"] not in OVER, f"job {number} is over\n{read(log)}")
        found = faults.rows(winnow, file) if os.path.exists(file) else {}
        return len(found) >= count and found
    return wait_until(asked(enough), 60, lambda: f"{count} rows are not seen\n{read(log)}")


def story(log, number):
    """What the batch script says, one line an event: [(start, words)]."""
    return [(int(start), words) for start, words in
            re.findall(rf"^\d\d:\d\d:\d\d job {number}, start (\d+): (.*)$", read(log), re.M)]


def cores_of_ranks(number):
    """The cores that the processes of each rank of a job may use."""
    found = {}
    for name in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(name, "rb") as file:
                words = dict(word.split(b"=", 1) for word in file.read().split(b"\0") if b"=" in word)
            if words.get(b"SLURM_JOB_ID") == number.encode() and b"OMPI_COMM_WORLD_RANK" in words:
                found.setdefault(int(words[b"OMPI_COMM_WORLD_RANK"]), set()).update(
                    os.sched_getaffinity(int(name.split("/")[2])))
        except OSError:
            pass
    return found


def submit(winnow, space, *options):
    said = call(winnow, "submit", space, *options)
    found = re.search(r"^job (\d+), which", said, re.M)
    check(found, f"no job's id in\n{said}")
    return found[1], said


def edited(name, shipped, **values):
    """A copy of a shipped script, edited as a user would: the lines that begin so get other values."""
    text = read(shipped)
    for begin, value in values.items():
        directive = "#SBATCH --" + begin.replace("_", "-") + "="
        line = directive if directive in text else begin + "="
        text, count = re.subn(rf"^((?:export )?{re.escape(line)}).*$", lambda m: m[1] + value, text, flags=re.M)
        check(count == 1, f"{shipped} has {count} lines {line}")
    return faults.write(name, text)


def judge_leases(file):
    """No trial came to its end twice, and none trained an epoch again."""
    trials = {}
    for lease in faults.leases(file):
        trials.setdefault(int(lease["trial"]), []).append(lease)
    for trial, given in trials.items():
        finished = [lease for lease in given if lease["outcome"] == b"finished"]
        check(len(finished) == 1, f"trial {trial} ended {len(finished)} times")
        next_epoch = 1
        for lease in given:
            if lease["last_epoch"] == 0:
                continue
            check(lease["first_epoch"] == next_epoch, f"trial {trial}: epoch {next_epoch} comes next, not {lease}")
            next_epoch = lease["last_epoch"] + 1
    return sum(len(given) - 1 for given in trials.values())


def blobs(winnow):
    """The results of an undisturbed run of BLOBS."""
    if not os.path.exists("blobs.h5"):
        faults.run_to_end(winnow, BLOBS, "blobs.h5", ranks=2)
    return "blobs.h5"


# --- cases ---

def dry_run(winnow):
    """The script that --dry-run prints is the one that is submitted; mistakes are found before they queue."""
    os.makedirs("dry", exist_ok=True)
    faults.variant("dry/wrong.yaml", BLOBS, ("learning_rate:", "learning_rte:"))
    size = ["--ntasks=2", "--time=10"]
    script = call(winnow, "submit", BLOBS, "--dry-run", *size)
    check(not os.path.exists("results"), "--dry-run writes something")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=20)
    call("sbatch", "--test-only", faults.write("dry/blobs.sbatch", script))
    check("dry/wrong.yaml:" in call(winnow, "submit", "dry/wrong.yaml", *size, code=2), "no place of the mistake")
    check("HOURS:MINUTES" in call(winnow, "submit", BLOBS, "--ntasks=2", "--time=4h", code=2), "no forms of a time")
    check("--ntasks" in call(winnow, "submit", BLOBS, "--time=10", code=2), "--ntasks is not missed")
    refused = call(winnow, "submit", BLOBS, *size, "-o", "dry/blobs.h5", "--partition=none", code=1)
    check("sbatch" in refused and "dry/blobs.sbatch" in refused, f"a refused job is not told:\n{refused}")
    check("\nfile=./-b.h5\n" in call(winnow, "submit", BLOBS, *size, "-o", "-b.h5", "--dry-run"), "a '-' at a name's beginning")
    bare = dict(os.environ, PATH="/nowhere")
    nothing = call(winnow, "submit", BLOBS, *size, code=1, env=bare)
    check("--scheduler" in nothing and "--dry-run" in nothing, f"no way out without a scheduler:\n{nothing}")
    call(winnow, "submit", BLOBS, *size, "--dry-run", "--scheduler=slurm", env=bare)
    check(call("squeue", "-h") == "", "something was queued")


def submitted(winnow):
    """A job that completes at once, with names that need quotes."""
    os.makedirs("my spaces", exist_ok=True)
    space = faults.variant("my spaces/it's 100 % $HOME.yaml", BLOBS, ("name: blobs", "name: short"))
    file = "my results/it's 100 % \"blobs\".h5"
    log = file.replace(".h5", ".log")
    number, said = submit(winnow, space, "-o", file, "--nodes=1", "--ntasks=2", "--time=10", "--partition=one", "--",
                          "--comment=it's \"a comment\"", "--mail-type=NONE")
    for words in (f"squeue -j {number}", f"scancel {number}", "winnow status " + shlex.quote(file).replace("'\"'\"'", "'\\''")):
        check(words in said, f"no '{words}' in\n{said}")
    check(call(winnow, "submit", space, "-o", file, "--ntasks=2", "--time=10", "--dry-run", "--partition=one", "--",
               "--comment=it's \"a comment\"", "--mail-type=NONE") == read(file.replace(".h5", ".sbatch")),
          "--dry-run prints another script")
    known = ends(number, log, 90)
    check((known["JobState"], known["ExitCode"], known["Restarts"]) == ("COMPLETED", "0:0", "0"), f"{known}\n{read(log)}")
    check((known["JobName"], known["NumTasks"], known["Partition"]) == ("short", "2", "one"), f"{known}")
    check("Comment=it's \"a comment\"" in call("scontrol", "show", "job", number), "the extra option is lost")
    faults.judge_complete(winnow, file, blobs(winnow))
    other = faults.variant("other.yaml", BLOBS, ("seed: 99", "seed: 98"))
    check("holds another campaign" in call(winnow, "submit", other, "-o", file, "--ntasks=2", "--time=10", code=2),
          "another campaign's file is not refused")


def pinned(winnow):
    """A job that has all cores of its node pins each rank to one of its own; one that shares them pins none."""
    cores = os.cpu_count()
    check(cores >= 2, "one core is too few to see it")
    for ranks, wanted in ((cores, {core: {core} for core in range(cores)}), (1, {0: set(range(cores))})):
        file = f"pinned_{ranks}.h5"
        number, _ = submit(winnow, BLOBS, "-o", file, f"--ntasks={ranks}", "--time=10", "--partition=real")
        wait_until(asked(lambda: cores_of_ranks(number) == wanted), 60, lambda:
                   f"{ranks} ranks: {cores_of_ranks(number)} instead of {wanted}\n{read(f'pinned_{ranks}.log')}")
        ends(number, f"pinned_{ranks}.log", 90)
        faults.judge_complete(winnow, file, blobs(winnow))


def job_array(winnow):
    """Four parts a stage, each a job of one rank, merged to the table of one job, also where one was warned on the way."""
    check("usage:" in call("bash", ARRAY, BLOBS, code=2), "no usage of the array's script")
    script, name, file = edited("array.sbatch", ARRAY, time="10"), "100 %a/blobs", "100 %a/blobs.h5"
    os.mkdir("100 %a")
    faults.write(f"{name}.stage-1.part-5.h5", "of a campaign with more parts")
    said = call("bash", script, lost_space(winnow), "4", name, env=dict(os.environ, WINNOW=winnow))
    number = re.search(r"stage 1: array job (\d+), 4 parts", said)
    check(number, f"no job's id in {said}")
    log = f"{name}.stage-1.part-1.log"
    wait_until(asked(lambda: "trials, best" in read(log)), 60, lambda: read(log))
    call("scancel", "--batch", "--signal=USR1", f"{number[1]}_1")
    wait_until(asked(lambda: call("squeue", "-h") == ""), 180, lambda: call("squeue"))
    states = set(re.findall(r"JobState=(\S+)", call("scontrol", "show", "job", "-o")))
    parts = sorted(os.path.basename(path) for path in glob.glob("100 %a/*.part-[1-4].h5"))
    check(parts == [f"blobs.stage-{stage}.part-{part}.h5" for stage in (1, 2) for part in (1, 2, 3, 4)], f"parts: {parts}")
    check("stopped after" in read(log) and "going on after" in read(log), f"the warned part did not come back\n{read(log)}")
    check(os.path.exists(file), f"no merged file; states of the jobs: {states}")
    faults.judge_complete(winnow, file, "lost_undisturbed.h5")


def demo_of(winnow, seconds):
    """The demo with as few trials and epochs as two ranks of this machine need so many seconds for."""
    whole = json.loads(call(winnow, "check", DEMO, "--ranks", "2", "--json"))["estimate"]["wall_seconds"]["middle"]
    share = min(1, seconds / whole)
    coarse, fine = max(8, round(40 * share)), max(6, round(20 * share))
    return faults.variant("demo.yaml", DEMO, ("trials: 40", f"trials: {coarse}"), ("trials: 20", f"trials: {fine}")), \
        f"{coarse} and {fine} trials"


def requeued_until_complete(winnow):
    """The demo, in jobs of a minute that are warned 20 to 50 seconds before their end."""
    space, trials = demo_of(winnow, 45)
    begin = time.monotonic()
    faults.run_to_end(winnow, space, "demo_undisturbed.h5", ranks=2, seconds=300)
    took = time.monotonic() - begin
    script = edited("demo.sbatch", SCRIPT, nodes="1", ntasks="2", time="1", output="demo.log", signal="B:USR1@20",
                    space=space, file="demo.h5", launch=shlex.quote(LAUNCH), WINNOW=shlex.quote(winnow), spare="5")
    number = call("sbatch", "--parsable", script).strip()
    known = ends(number, "demo.log", 300)
    check((known["JobState"], known["ExitCode"]) == ("COMPLETED", "0:0"), f"{known}\n{read('demo.log')}")
    faults.judge_complete(winnow, "demo.h5", "demo_undisturbed.h5")
    resumed = judge_leases("demo.h5")
    starts = int(known["Restarts"]) + 1
    check(starts >= 2, f"it was not requeued: {took:.0f} seconds are too few\n{read('demo.log')}")
    told = story("demo.log", number)
    wanted = []
    for start in range(1, starts):
        wanted += [(start, r"2 ranks on \S+ until \d\d:\d\d:\d\d"), (start, "warned of the end: stopping"),
                   (start, r"fashion-mlp: stopped; .*"), (start, "back into the queue")]
    wanted += [(starts, r"2 ranks on \S+ until \d\d:\d\d:\d\d"), (starts, "over with exit code 0")]
    check(len(told) == len(wanted) and all(a[0] == b[0] and re.fullmatch(b[1], a[1]) for a, b in zip(told, wanted)),
          f"another story: {told}\n{read('demo.log')}")
    return f"{trials}, undisturbed in {took:.0f} s; {starts} starts, {resumed} trials resumed, {len(told)} lines of story"


def lost_space(winnow):
    """A campaign of some twenty seconds on four ranks of two cores, and its undisturbed table."""
    space = "lost.yaml"
    if not os.path.exists("lost_undisturbed.h5"):
        faults.variant(space, BLOBS, ("name: blobs", "name: lost"), ("examples: 12000", "examples: 40000"))
        faults.write(space, read(space) + "limits: {silence_seconds: 5}\n")
        faults.run_to_end(winnow, space, "lost_undisturbed.h5", ranks=2)
    return space


def on_two_nodes(winnow, file, *extra):
    os.environ["OMPI_MCA_btl"] = "self,tcp"
    try:
        number, _ = submit(winnow, lost_space(winnow), "-o", file, "--nodes=2", "--ntasks=4", "--time=10",
                           "--partition=two", "--", *extra)
    finally:
        del os.environ["OMPI_MCA_btl"]
    log = file.replace(".h5", ".log")
    before = rows_appear(winnow, number, file, log, 8)
    known = job(number)
    check(known["NumNodes"] == "2" and known["BatchHost"] == "n1", f"{known}")
    return number, log, before


def node_lost_and_requeued(winnow):
    """The node of the batch script and of rank 0 loses its power: Slurm puts the job back into the queue."""
    file = "requeued.h5"
    number, log, before = on_two_nodes(winnow, file)
    cluster("kill", "n1")
    faults.judge(winnow, file, before)
    wait_until(asked(lambda: job(number)["JobState"] == "PENDING"), 60, lambda: f"{job(number)}\n{read(log)}")
    cluster("start", "n1")
    known = ends(number, log, 90)
    check((known["JobState"], known["Restarts"]) == ("COMPLETED", "1"), f"{known}\n{read(log)}")
    faults.judge_complete(winnow, file, "lost_undisturbed.h5")
    check([words for start, words in story(log, number) if start == 2][-1] == "over with exit code 0", read(log))
    return f"killed with {len(before)} of 56 rows"


def node_lost_and_left_behind(winnow):
    """With --no-kill the job goes on, on the nodes that it has left."""
    file = "left.h5"
    number, log, before = on_two_nodes(winnow, file, "--no-kill")
    cluster("kill", "n2")
    known = ends(number, log, 120)
    cluster("start", "n2")
    check((known["JobState"], known["Restarts"]) == ("COMPLETED", "0"), f"{known}\n{read(log)}")
    faults.judge_complete(winnow, file, "lost_undisturbed.h5")
    return f"killed with {len(before)} of 56 rows"


def cancelled(winnow):
    """scancel: an orderly stop, no requeue, nothing lost; one rank on the login node finishes."""
    file, log = "cancelled.h5", "cancelled.log"
    space = lost_space(winnow)
    number, _ = submit(winnow, space, "-o", file, "--ntasks=4", "--time=10")
    before = rows_appear(winnow, number, file, log, 8)
    begin = time.monotonic()
    call("scancel", number)
    known = ends(number, log, 60)
    took = time.monotonic() - begin
    check((known["JobState"], known["Restarts"]) == ("CANCELLED", "0"), f"{known}\n{read(log)}")
    now = faults.judge(winnow, file, before)
    check(faults.state_code(winnow, file) == 75, f"it does not go on\n{read(log)}")
    told = [words for _, words in story(log, number)]
    check("told to end: stopping" in told and "back into the queue" not in told, f"{told}\n{read(log)}")
    faults.run_to_end(winnow, space, file)
    faults.judge_complete(winnow, file, "lost_undisturbed.h5")
    judge_leases(file)
    return f"stopped within {took:.1f} s with {len(now)} of 56 rows"


def main():
    os.environ.update(OMPI_MCA_mpi_yield_when_idle="1", OMPI_MCA_btl_vader_single_copy_mechanism="none",
                      OMPI_MCA_btl_vader_backing_directory="/tmp", OPENBLAS_NUM_THREADS="1",
                      PATH=os.environ["PATH"] + ":/usr/sbin")

    def cases():
        os.environ["SLURM_CONF"] = cluster("up").strip()
        yield from (dry_run, submitted, pinned, job_array, requeued_until_complete, cancelled, node_lost_and_left_behind,
                    node_lost_and_requeued)
    try:
        return faults.main("slurm", cases())
    finally:
        cluster("down")


if __name__ == "__main__":
    sys.exit(main())
