#!/usr/bin/python3
"""A bit flipped, a block zeroed, an end cut off: in the journal, in the results file, in the folder of blobs.

A campaign is killed twice on its way. Copies of what then lies on disk are damaged, each in one place. A reading must
end well or with a clear error, never by a signal; every row it shows must equal the undisturbed campaign's bit by bit,
and what is missing must be said. A part of the copies is run to the end: the table must equal the undisturbed one.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time

import h5py

import faults
from faults import Failure, check

GONE = "gone"  # in the place of a file's content
FREE = ("seconds", "kept", "ensemble_count")  # time decides the first; the others say where the network is
LEFT = {".journal", ".parts", ".live", ".journal.tmp", ".tmp"}


def call(winnow, *arguments, seconds=120):
    done = subprocess.run([winnow, *arguments], capture_output=True, timeout=seconds, check=False,
                          env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))
    done.out, done.err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    check(done.returncode in (0, 1), f"{arguments[0]} ends with {done.returncode}: {done.err[-2000:]}")
    return done


def table(text):
    found = json.loads(text)
    rows = {}
    for row in found["trials"]:
        rows[row["id"]] = json.dumps({key: value for key, value in row.items() if key not in FREE}, sort_keys=True)
    return rows, found["warnings"]


def top(winnow, file, *options):
    """Rows by id and warnings; None where it ends with an error, which must be a clear one."""
    done = call(winnow, "top", file, "-n", "1000000", "--json", *options)
    if done.returncode == 0:
        rows, warnings = table(done.out)
        check(len(warnings) == done.err.count("winnow: warning: "), f"warnings: {warnings}, but on stderr: {done.err}")
        return rows, warnings, done.err
    check(done.err.startswith("winnow: ") and file in done.err and not done.out, f"no clear error: {done.err}")
    return None, [], done.err


def clear(file):
    """Nothing of that name, nor beside it."""
    open(file, "ab").close()
    faults.remove(file)


def size(file):
    try:
        return os.path.getsize(file)
    except OSError:
        return 0


def records_of(journal):
    """Ends of the journal's records: the last is the end of the whole ones."""
    at, ends = 16, []
    while at + 8 <= len(journal):
        length, = struct.unpack_from("<I", journal, at)
        if length == 0 or at + 8 + length > len(journal):
            break
        at += 8 + length
        ends.append(at)
    return ends


class Campaign:
    """The undisturbed campaign, the one killed half-way, and a place for damaged copies of it."""

    def __init__(self, winnow, space):
        self.winnow, self.space = winnow, space
        clear("whole.h5")
        length = 0
        with faults.Launch(winnow, space, "whole.h5") as launch:
            while launch.main.poll() is None:
                length = max(length, size("whole.h5.journal"))
                time.sleep(0.001)
            check(launch.code == 0, launch.output())
        self.truth, _, _ = top(winnow, "whole.h5")
        for part in (0.55, 0.45, 0.35, 0.25):
            if self.interrupt(length * part):
                break
        else:
            raise Failure("the campaign is over before it can be killed")
        self.seen, _, _ = top(winnow, "half.h5")
        with open("half.h5.journal", "rb") as file:
            self.journal = file.read()
        self.ends = records_of(self.journal)
        with open("half.h5", "rb") as file:
            self.half = file.read()
        with open("whole.h5", "rb") as file:
            self.whole = file.read()
        with h5py.File("half.h5") as file:
            self.published = len(file["trials"])
        self.runs = 0
        print(f"{len(self.truth)} completed trials; killed with {len(self.seen)} of them in a journal of {len(self.ends)} records, "
              f"{len(self.journal)} bytes, and {self.published} rows in a file of {len(self.half)} bytes", flush=True)

    def interrupt(self, length):
        """Stopped in order, which publishes, then killed: two starts, and a file that is behind the journal."""
        clear("half.h5")
        for enough, number in ((length / 2, signal.SIGTERM), (length, signal.SIGKILL)):
            with faults.Launch(self.winnow, self.space, "half.h5") as launch:
                while launch.main.poll() is None and size("half.h5.journal") < enough:
                    time.sleep(0.001)
                faults.send(launch.main.pid, number)
                launch.gone(30)
        return os.path.exists("half.h5.journal")

    def copy(self, journal=None, file=None):
        """copy.h5 as the killed campaign left it, with this journal or file instead of its own (GONE: without)."""
        clear("copy.h5")
        for ending, content in (("", self.half if file is None else file),
                                (".journal", self.journal if journal is None else journal)):
            if content != GONE:
                with open("copy.h5" + ending, "wb") as out:
                    out.write(content)
        shutil.copytree("half.h5.parts", "copy.h5.parts")

    def run(self):
        """Run the copy to the end: equal to the undisturbed campaign. Returns what it said."""
        code = faults.state_code(self.winnow, "copy.h5")
        check(code == 75, f"status --exit-code says {code}, and run could go on")
        done = call(self.winnow, "run", self.space, "-o", "copy.h5", seconds=600)
        check(done.returncode == 0, f"run ends with {done.returncode}: {done.err[-3000:]}")
        same = subprocess.run([sys.executable, faults.COMPARE, "whole.h5", "copy.h5"], capture_output=True, text=True,
                              timeout=120, check=False)
        check(same.returncode == 0, f"another table: {same.stdout}{same.stderr}{done.err[-3000:]}")
        with h5py.File("copy.h5") as file:
            looks = len(file["ensemble/test_evaluations"])
        check(looks == 1, f"{looks} looks at the test set")
        left = [name for name in LEFT if os.path.exists("copy.h5" + name)]
        check(not left, f"left: {left}")
        self.runs += 1
        return done.err

    def refused(self):
        """Nothing is usable: run says so and changes nothing."""
        before = digest("copy.h5")
        code = faults.state_code(self.winnow, "copy.h5")
        check(code == 1, f"status --exit-code says {code}, and run cannot go on")
        done = call(self.winnow, "run", self.space, "-o", "copy.h5")
        check(done.returncode == 1 and "copy.h5" in done.err, f"run ends with {done.returncode}: {done.err}")
        check(digest("copy.h5") == before, f"run has changed something: {done.err}")
        return done.err

    def read(self, must_tell):
        rows, warnings, said = top(self.winnow, "copy.h5")
        if rows is None:
            return None
        for trial, row in rows.items():
            check(self.truth.get(trial) == row, f"a wrong row of trial {trial}: {row}")
        missing = sorted(set(self.seen) - set(rows))
        check(warnings or not (missing or must_tell), f"{missing} are missing without a word: {said}")
        return rows


def digest(file):
    found = {}
    for name in sorted(os.listdir(".")):
        if name.startswith(file) and not name.endswith((".lock", ".log")):
            paths = [os.path.join(name, entry) for entry in os.listdir(name)] if os.path.isdir(name) else [name]
            for path in sorted(paths):
                with open(path, "rb") as content:
                    found[path] = hashlib.sha256(content.read()).hexdigest()
    return found


def flipped(content, place):
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def places(dice, content, count):
    return sorted(dice.sample(range(8 * len(content)), min(count, 8 * len(content))))


class Cases:
    """Goes through the cases of one kind and runs every n-th to the end."""

    def __init__(self, campaign, options):
        self.campaign, self.options = campaign, options
        self.bad = 0

    def go(self, kind, cases, one):
        """one(case, run_it) for each case; the text it returns is counted."""
        begin, runs, said = time.monotonic(), self.campaign.runs, {}
        for i, case in enumerate(cases):
            try:
                text = one(case, i % self.options.run_every == 0)
                said[text] = said.get(text, 0) + 1
            except (Failure, subprocess.TimeoutExpired, ValueError) as failure:
                self.bad += 1
                print(f"{kind}: case {i} ({case}): FAILED: {failure}", flush=True)
        print(f"{kind}: {len(cases)} cases, {self.campaign.runs - runs} run to the end; "
              + ", ".join(f"{count} {text}" for text, count in said.items())
              + f" ({time.monotonic() - begin:.1f} s)", flush=True)


def journal_cases(c, journal, run_it, must_tell=True, file=None):
    c.copy(journal=journal, file=file)
    rows = c.read(must_tell)
    if rows is None:
        c.refused()
        return "refused"
    if run_it:
        said = c.run()
        check("warning: " in said or not must_tell, f"run goes on without a word: {said}")
        if "is damaged at byte" in said:
            check(os.path.exists("copy.h5.journal.damaged"), "the damaged journal is not kept")
    return "read whole" if set(rows) == set(c.seen) else "read in part"


def flips_in_journal(c, dice, options):
    return places(dice, c.journal, options.places), lambda at, run_it: journal_cases(c, flipped(c.journal, at), run_it)


def flips_in_journal_alone(c, dice, options):
    """No file beside it to take from."""
    def one(place, run_it):
        return journal_cases(c, flipped(c.journal, place), run_it, file=GONE)
    return places(dice, c.journal, options.places // 2), one


def zeroed_blocks(c, dice, options):
    cases = [(dice.randrange(len(c.journal)), dice.choice([64, 512, 4096])) for _ in range(options.places // 2)]

    def one(case, run_it):
        at, length = case
        length = min(length, len(c.journal) - at)
        changed = c.journal[:at] + bytes(length) + c.journal[at + length:]
        return journal_cases(c, changed, run_it, must_tell=changed != c.journal, file=GONE if at % 2 else None)
    return cases, one


def lost_records(c, dice, options):
    """Each record of the journal lost, with the file beside it and without."""
    begins = [16, *c.ends[:-1]]

    def one(case, _):
        begin, file = case
        return journal_cases(c, flipped(c.journal, 8 * (begin + 4)), True, file=file)
    cases = [(begin, file) for begin in begins for file in (None, GONE)]
    return cases[dice.randrange(options.record_step)::options.record_step], one


def cuts_of_journal(c, dice, options):
    def one(length, run_it):
        at_end = length in c.ends or length == len(c.journal)
        return journal_cases(c, c.journal[:length], run_it, must_tell=not at_end,
                             file=GONE if length % 2 else None) if not at_end else cut_at_record(c, length, run_it)
    step = options.length_step
    return range(dice.randrange(step), len(c.journal), step), one


def cut_at_record(c, length, run_it):
    """Nothing in the journal shows it; what was published from it does."""
    c.copy(journal=c.journal[:length])
    rows, warnings, _ = top(c.winnow, "copy.h5")
    with h5py.File("copy.h5") as file:
        published = {int(row["id"]) for row in file["trials"] if row["status"] == b"completed"}
    check(published <= set(rows), f"{sorted(published - set(rows))} were published and are not shown")
    for trial, row in rows.items():
        check(c.truth.get(trial) == row, f"a wrong row of trial {trial}: {row}")
    if run_it:
        c.run()
    return "cut at a record" + (", told" if warnings else "")


def journal_gone(c, _dice, _options):
    """What the file holds is shown, with a word on the rest."""
    def one(_, __):
        c.copy(journal=GONE)
        rows = c.read(True)
        check(len(rows) <= c.published, f"{len(rows)} rows of {c.published} published ones")
        c.run()
        return "read from the file"
    return ["gone"], one


def flips_in_running_file(c, dice, options):
    def one(place, run_it):
        c.copy(file=flipped(c.half, place))
        rows = c.read(False)
        check(rows is not None and set(rows) == set(c.seen), "the journal does not rule")
        if run_it:
            check("written anew" in c.run(), "the damage is not said")
        return "read from the journal"
    return places(dice, c.half, options.places), one


def cuts_of_running_file(c, dice, options):
    def one(length, run_it):
        c.copy(file=c.half[:length])
        check(set(c.read(False)) == set(c.seen), "the journal does not rule")
        if run_it:
            c.run()
        return "read from the journal"
    return [0, 1, 511, 512, 600, *(dice.randrange(len(c.half)) for _ in range(options.places // 10))], one


def flips_in_complete_file(c, dice, options):
    def one(place, run_it):
        clear("copy.h5")
        with open("copy.h5", "wb") as out:
            out.write(flipped(c.whole, place))
        rows, _, said = top(c.winnow, "copy.h5")
        check(rows is None and "--unverified" in said, f"it is read: {said}")
        unverified, _, _ = top(c.winnow, "copy.h5", "--unverified")
        if run_it:
            c.refused()
        return "refused, and cannot be read" if unverified is None else "refused, and can be read with --unverified"
    return places(dice, c.whole, options.places), one


def damaged_blobs(c, dice, options):
    """Each network and checkpoint of the folder: changed, cut, gone; all gone; with and without the file."""
    names = sorted(os.listdir("half.h5.parts"))
    # One left behind by the kill, before its first byte, has no bit to flip.
    empty = {name for name in names if os.path.getsize(os.path.join("half.h5.parts", name)) == 0}
    cases = [(name, how, file) for name in names for how in ("flip", "cut", "gone") for file in (None, GONE)
             if how == "gone" or name not in empty]
    cases = dice.sample(cases, min(options.blobs, len(cases))) + [("all", "gone", None), ("all", "gone", GONE)]

    def one(case, _):
        name, how, file = case
        c.copy(file=file)
        path = os.path.join("copy.h5.parts", name)
        if name == "all":
            shutil.rmtree("copy.h5.parts")
        elif how == "gone":
            os.remove(path)
        else:
            with open(path, "rb") as content:
                blob = content.read()
            with open(path, "wb") as content:
                content.write(blob[:-1] if how == "cut" else flipped(blob, dice.randrange(8 * len(blob))))
        c.run()
        return "made good"
    return cases, one


def neither(c, dice, _):
    """Journal and file are both beyond use."""
    broken = flipped(c.half, 8 * 5000)

    def one(journal, _):
        c.copy(journal=journal, file=broken)
        check(c.read(False) is None, "it is read")
        check("--fresh" in c.refused(), "it does not say what to do")
        return "refused"
    return [bytes(len(c.journal)), c.journal[:20], dice.randbytes(3000), flipped(c.journal, 8 * 30)], one


KINDS = [flips_in_journal, flips_in_journal_alone, zeroed_blocks, lost_records, cuts_of_journal, journal_gone,
         flips_in_running_file, cuts_of_running_file, flips_in_complete_file, damaged_blobs, neither]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("winnow")
    parser.add_argument("kinds", nargs="*", help="of damage (default: all)")
    parser.add_argument("--space", default=os.path.join(faults.HERE, "damaged.yaml"))
    parser.add_argument("--places", type=int, default=100, help="bits that are flipped, of each kind")
    parser.add_argument("--length-step", type=int, default=401, help="bytes between the lengths of the journal; 1: each")
    parser.add_argument("--record-step", type=int, default=29, help="every n-th record is lost; 1: each")
    parser.add_argument("--blobs", type=int, default=4, help="damaged networks and checkpoints")
    parser.add_argument("--run-every", type=int, default=10, help="every n-th case is run to the end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default="damaged_files")
    options = parser.parse_args()
    winnow, space = os.path.abspath(options.winnow), os.path.abspath(options.space)
    faults.scratch(options.folder)
    campaign = Campaign(winnow, space)
    cases = Cases(campaign, options)
    for kind in KINDS:
        if not options.kinds or kind.__name__ in options.kinds:
            found, one = kind(campaign, random.Random(f"{options.seed} {kind.__name__}"), options)
            cases.go(kind.__name__, found, one)
    return 1 if cases.bad else 0


if __name__ == "__main__":
    sys.exit(main())
