"""winnow, through its commands alone."""
import json
import os
import subprocess

import h5py

from data import FOLDER, LEARNING_RATE, MOMENTUM, VALIDATION

PROGRAM = os.environ["WINNOW"]
CONVOLUTIONAL = """
  - conv2d: {filters: 16, kernel: 5, padding: same}
  - relu
  - max_pool: 2
  - conv2d: {filters: 32, kernel: 5, padding: same}
  - relu
  - max_pool: 2
  - dense: 128
  - relu
  - dense: 10"""


def command(words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def version(program=PROGRAM):
    return json.loads(command([program, "version", "--json"]))


def dense(sizes):
    hidden = "".join(f"\n  - dense: {units}\n  - relu" for units in sizes[1:-1])
    return f"{hidden}\n  - dense: {sizes[-1]}"


def write_space(folder, name, network, batch, trials, epochs, validation=VALIDATION, drawn=False):
    """The configuration of a campaign of one stage that keeps no network, as the peers keep none."""
    rate, momentum = f"{{value: {LEARNING_RATE}}}", f"{{value: {MOMENTUM}}}"
    if drawn:
        rate = "{distribution: log_uniform_values, min: 1e-4, max: 1e-1}"
        momentum = "{distribution: reverse_log_uniform_values, min: 0.5, max: 0.99}"
    path = f"{folder}/{name}.yaml"
    with open(path, "w") as f:
        f.write(f"""name: {name}
data:
  format: idx
  train: {{images: {FOLDER}train-images-idx3-ubyte.gz, labels: {FOLDER}train-labels-idx1-ubyte.gz}}
  validation: {validation}
network:{network}
parameters:
  optimizer: {{value: nesterov}}
  learning_rate: {rate}
  momentum: {momentum}
  batch_size: {{value: {batch}}}
stages: [{{name: only, trials: {trials}, epochs: {epochs}}}]
ensemble: false
""")
    return path


def remove(file):
    for path in (file, file + ".lock"):
        if os.path.exists(path):
            os.remove(path)


def speed(space, program=PROGRAM):
    """Examples a second of a campaign of one trial, as its row has it: whole epochs, gathering and update included,
    evaluation not."""
    file = space + ".h5"
    command([program, "run", space, "-o", file])
    with h5py.File(file) as f:
        (status,), (examples,) = f["trials"]["status"], f["trials"]["samples_per_second"]
    remove(file)
    if status != b"completed":
        raise SystemExit(f"the trial of {space} is {status.decode()}")
    return float(examples)


def engine(space, seconds=2):
    """The figures of `bench engine` for the configuration's one batch size."""
    return json.loads(command([PROGRAM, "bench", "engine", space, "--seconds", str(seconds), "--json"]))["batches"][0]


def campaign(space, ranks):
    """A whole campaign, from the start of the command to the file on disk, preflight included."""
    file = space + ".h5"
    words = [PROGRAM, "run"] if ranks == 1 else ["scripts/launch", "-n", str(ranks)]
    command(words + [space, "-o", file])
    with h5py.File(file) as f:
        states = f["trials"]["status"]
        if not f.attrs["complete"] or (states == b"failed").any():
            raise SystemExit(f"{space}: {states}")
    remove(file)
