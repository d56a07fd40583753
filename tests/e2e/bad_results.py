#!/usr/bin/python3
"""Files that no reading command can use, given to every one of them.

Each ends with code 1, in time, with one line on standard error that names the file and says what to do, nothing on
standard output, and nothing is changed or written.

usage: bad_results.py WINNOW, in a scratch folder
"""
import ctypes
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import h5py

SECONDS = 20  # for each command
SPACE = b"""name: small
data: {format: synthetic, kind: spirals, examples: 60, classes: 3, validation: 15}
network: [dense: 8, relu, dense: 3]
parameters: {learning_rate: {min: 0.01, max: 0.1}, batch_size: {value: 4}}
stages: [{name: coarse, trials: 4, epochs: 1}, {name: fine, trials: 2, epochs: 1}]
ensemble: {size: 2, pool: 2}
"""
TABLE = b"x,y\n0.5,0.5\n"
COMMANDS = [
    "status bad.h5", "status bad.h5 --json", "status bad.h5 --exit-code", "status bad.h5 --watch",
    "status bad.h5 --watch --json", "top bad.h5", "top bad.h5 --json", "replay bad.h5", "replay bad.h5 --trial 0 --json",
    "ensemble bad.h5", "ensemble bad.h5 --json", "predict bad.h5 --table table.csv",
    "predict bad.h5 --table table.csv --trial 0 -o out.h5", "export bad.h5 --format csv", "export bad.h5 --format json",
    "export bad.h5 --format optuna", "export bad.h5 --format onnx", "report bad.h5 -o out.html", "merge out.h5 bad.h5", "merge out.h5 sound.h5 bad.h5",
    "run space.yaml --shard 1/2 --from bad.h5 -o out.h5",
]
WRITES_NOTHING = {"out.h5.lock"}  # but this may appear: a lock is never removed

failures = 0


def fail(name, what):
    global failures
    failures += 1
    print(f"FAILED: {name}: {what}", file=sys.stderr)


# --- seals and sums, to make files that are whole and still wrong ---

xxhash = ctypes.CDLL("libxxhash.so.0")
xxhash.XXH3_64bits.restype = ctypes.c_uint64
xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def hash64(data):
    return xxhash.XXH3_64bits(bytes(data), len(data))


def sealed(content):
    """The file with its user block made anew, as winnow would have written it."""
    rows, = struct.unpack_from("<Q", content, 32)
    head = content[:16] + struct.pack("<QQQ", len(content) - 512, hash64(content[512:]), rows)
    return head + struct.pack("<Q", hash64(head)) + content[48:]


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def with_attribute(path, name, value):
    with h5py.File(path, "r+") as file:
        kind = file.attrs[name]
        if isinstance(kind, str):
            file.attrs.modify(name, value)
        else:
            file.attrs.modify(name, kind.dtype.type(value))
    with open(path, "rb") as file:
        return sealed(file.read())


def other_journal(journal, version):
    """Its first record says another format version."""
    length, = struct.unpack_from("<I", journal, 16)
    record = journal[24:25] + struct.pack("<I", version) + journal[29:24 + length]
    return journal[:16] + struct.pack("<II", length, crc32c(journal[16:20] + record)) + record + journal[24 + length:]


# --- the cases ---

class Case:
    def __init__(self, name, right, content=None, make=None, journal=None):
        self.name, self.right = name, right  # what the message says, a regular expression
        self.content, self.make, self.journal = content, make, journal


def cases(sound, journal):
    middle = len(sound) // 2
    flipped = sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1:]
    with h5py.File("other.h5", "w") as file:
        file["x"] = [1.0, 2.0]
    with open("other.h5", "rb") as file:
        other = file.read()
    versions = {}
    for version in (0, 99):
        shutil.copy("sound.h5", "version.h5")
        versions[version] = with_attribute("version.h5", "format_version", version)
    changed = r"has changed since winnow wrote it.*(restore a copy|--unverified)"
    foreign = "is not a winnow results file"
    yield Case("missing", "there is no such file; winnow (run|merge)( --shard)? writes it")
    yield Case("empty", foreign, b"")
    yield Case("text", foreign, b"name: small\n" * 100)
    yield Case("another program's HDF5", foreign, other)
    yield Case("the first 100 bytes", foreign, sound[:100])
    yield Case("cut in the middle", changed, sound[:middle])
    yield Case("a bit flipped in the middle", changed, flipped)
    yield Case("an older format version", "format version 0; this winnow reads version 1: use the one that wrote it$", versions[0])
    yield Case("a newer format version", "format version 99; this winnow reads version 1: use the one that wrote it$", versions[99])
    yield Case("a folder", "is a folder; name a file in it that winnow run wrote", make=os.mkdir)
    yield Case("a pipe", "is a device or a pipe; name a file that winnow run wrote", make=os.mkfifo)
    yield Case("a device", "is a device or a pipe", make=lambda path: os.symlink("/dev/null", path))
    yield Case("a link to nothing", "there is no such file; winnow", make=lambda path: os.symlink("nowhere", path))
    yield Case("not to be read", "cannot be read: Permission denied", sound, make=lambda path: os.chmod(path, 0))
    yield Case("text in place of the journal", "is not a winnow journal", journal=b"name: small\n" * 100)
    yield Case("an older journal", "is of format version 1; this winnow reads versions? .( to .)?: let the one that began it go on.*--fresh", journal=other_journal(journal, 1))


def journal_of_killed(winnow):
    with open("long.yaml", "wb") as file:
        file.write(SPACE.replace(b"trials: 4", b"trials: 100000"))
    with subprocess.Popen([winnow, "run", "long.yaml", "-o", "killed.h5"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as run:
        while run.poll() is None and not (os.path.exists("killed.h5") and os.path.getsize("killed.h5.journal") > 5000):
            time.sleep(0.01)
        run.kill()
    with open("killed.h5.journal", "rb") as file:
        return file.read()


def all_in(folder):
    return {file: os.lstat(os.path.join(folder, file)).st_mtime_ns for file in os.listdir(folder)}


def check(case, command, winnow, before):
    folder = tempfile.mkdtemp(dir=".")
    os.chmod(folder, 0o777)
    bad = os.path.join(folder, "bad.h5")
    for name in ("space.yaml", "table.csv", "sound.h5"):
        shutil.copy(name, folder)
    if case.content is not None:
        with open(bad, "wb") as file:
            file.write(case.content)
    if case.make is not None:
        case.make(bad)
    if case.journal is not None:
        with open(bad + ".journal", "wb") as file:
            file.write(case.journal)
    there = all_in(folder)
    name = f"{case.name}: {command}"
    try:
        done = subprocess.run([*before, winnow, *command.split()], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        fail(name, f"takes longer than {SECONDS} s")
        return
    if done.returncode != 1:
        fail(name, f"ends with {done.returncode}: {done.stderr}")
    if done.stdout:
        fail(name, f"writes to standard output: {done.stdout[:200]}")
    if not re.fullmatch(r"winnow: [^\n]*\n", done.stderr):
        fail(name, f"not one line: {done.stderr}")
    elif not re.search(r"bad\.h5.*" + case.right, done.stderr):
        fail(name, f"it does not say '{case.right}': {done.stderr}")
    now = all_in(folder)
    changed = {file for file in now.keys() | there.keys() if now.get(file) != there.get(file)} - WRITES_NOTHING
    if changed:
        fail(name, f"something was written: {sorted(changed)}")
    shutil.rmtree(folder)


def main():
    given = os.path.abspath(sys.argv[1])
    # Where another user gets at it, with a copy of the program: root may read everything.
    with tempfile.TemporaryDirectory(prefix="bad_results.") as folder:
        os.chmod(folder, 0o755)
        os.chdir(folder)
        winnow = shutil.copy(given, folder)
        before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
        for name, content in (("space.yaml", SPACE), ("table.csv", TABLE)):
            with open(name, "wb") as file:
                file.write(content)
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        subprocess.run([winnow, "run", "space.yaml", "-o", "sound.h5"], capture_output=True, check=True)
        with open("sound.h5", "rb") as file:
            sound = file.read()
        journal = journal_of_killed(winnow)
        if sealed(sound) != sound:
            fail("the seal", "it is not as the README tells")
        if other_journal(journal, struct.unpack_from("<I", journal, 25)[0]) != journal:
            fail("the journal", "its sum is not CRC-32C")
        for case in cases(sound, journal):
            for command in COMMANDS:
                check(case, command, winnow, before)
        os.chdir("/")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
