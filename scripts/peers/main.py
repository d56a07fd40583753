"""Called by scripts/bench_peers, from the top of the checkout."""
import argparse
import os
import re
import sys
import tempfile
import time

import torch

import bench
import data
import pytorch
import scikit
import winnow

SECTIONS = ("dense", "conv", "campaign", "ranks")
DENSE = ((784, 256, 128, 10), (784, 100, 10))
DENSE_EPOCHS = 2
SCIKIT_EXAMPLES = 20000  # an epoch of theirs, which is slow
CONV_BATCH = 64
CONV_EXAMPLES = 10000  # an epoch of PyTorch's
TRIALS, CAMPAIGN_BATCH = 16, 64
BEGIN, END = "<!-- bench_peers -->", "<!-- /bench_peers -->"


def dense_bench(folder, images, labels, sizes, batch, blas_alone):
    network = "-".join(map(str, sizes))
    space = winnow.write_space(folder, f"dense-{network}-{batch}", winnow.dense(sizes), batch, 1, DENSE_EPOCHS)
    x, y = images[:data.TRAIN], labels[:data.TRAIN]
    subjects = {
        "winnow": lambda: winnow.speed(space),
        pytorch.NAME: lambda: pytorch.dense_speed(sizes, x, y, batch, DENSE_EPOCHS),
        scikit.NAME: lambda: scikit.speed(sizes, x[:SCIKIT_EXAMPLES], y[:SCIKIT_EXAMPLES], batch),
    }
    comparisons = [("winnow", [pytorch.NAME]), ("winnow", [scikit.NAME])]
    if blas_alone and sizes == DENSE[0]:
        subjects["winnow, OpenBLAS alone"] = lambda: winnow.speed(space, blas_alone)
        comparisons.append(("winnow, OpenBLAS alone", [pytorch.NAME]))
    what = f"{network}, batch {batch}"
    return [bench.Bench(what, "examples/s", subjects, comparisons),
            bench.Bench(what, "of the FMA peak", {"winnow": lambda: winnow.engine(space)["peak_fraction"]})]


def dense(folder, images, labels, blas_alone):
    cases = [(DENSE[0], 32), (DENSE[0], 64), (DENSE[0], 128), (DENSE[1], 32)]
    return [b for sizes, batch in cases for b in dense_bench(folder, images, labels, sizes, batch, blas_alone)]


def conv(folder, images, labels, _):
    space = winnow.write_space(folder, "conv", winnow.CONVOLUTIONAL, CONV_BATCH, 1, 1)
    x, y = images[:CONV_EXAMPLES], labels[:CONV_EXAMPLES]
    formats = {f"{pytorch.NAME}, NCHW": torch.contiguous_format, f"{pytorch.NAME}, NHWC": torch.channels_last}
    subjects = {"winnow": lambda: winnow.speed(space)}
    for name, memory_format in formats.items():
        subjects[name] = lambda f=memory_format: pytorch.convolutional_speed(x, y, CONV_BATCH, 1, f)
    what = f"conv 5x5x16, pool, conv 5x5x32, pool, 128, 10, batch {CONV_BATCH}"
    return [bench.Bench(what, "examples/s", subjects, [("winnow", list(formats))]),
            bench.Bench(what + ": its convolutions", "of the FMA peak",
                        {"winnow": lambda: winnow.engine(space)["products"]["conv2d"]["peak_fraction"]})]


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def campaign_space(folder, name, epochs):
    return winnow.write_space(folder, name, winnow.dense(DENSE[0]), CAMPAIGN_BATCH, TRIALS, epochs, drawn=True)


def optuna_campaign(epochs):
    with tempfile.TemporaryDirectory() as folder:
        winnow.command([sys.executable, "scripts/peers/optuna_campaign.py", folder, str(TRIALS), str(epochs),
                        str(CAMPAIGN_BATCH)])


def campaign(folder, _images, _labels, _):
    import optuna
    peer = f"Optuna {optuna.__version__} + {pytorch.NAME}"
    benches = []
    for epochs in (2, 10):
        space = campaign_space(folder, f"campaign-{epochs}", epochs)
        subjects = {"winnow": lambda s=space: seconds(lambda: winnow.campaign(s, 2)),
                    peer: lambda e=epochs: seconds(lambda: optuna_campaign(e))}
        benches.append(bench.Bench(f"{TRIALS} trials of {epochs} epochs, two processes", "seconds", subjects,
                                   [("winnow", [peer])], lower_is_better=True))
    return benches


def ranks(folder, _images, _labels, _):
    space = campaign_space(folder, "ranks", 10)
    subjects = {"winnow": lambda: 60 * TRIALS / seconds(lambda: winnow.campaign(space, 2)),
                "one rank": lambda: 60 * TRIALS / seconds(lambda: winnow.campaign(space, 1))}
    return [bench.Bench(f"{TRIALS} trials of 10 epochs, two ranks", "trials/minute", subjects,
                        [("winnow", ["one rank"])])]


def processor():
    with open("/proc/cpuinfo") as f:
        found = re.search(r"^model name\s*: (.*)$", f.read(), re.MULTILINE)
    return found.group(1) if found else os.uname().machine


def caption(rounds):
    return (f"({processor()}, `{winnow.version()['arithmetic']}`; one thread a process, everything in turns, "
            f"{rounds} round{'s' if rounds > 1 else ''}.)")


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench_peers", description="winnow beside its peers, in turns")
    parser.add_argument("--only", metavar="SECTION[,..]", help=f"some of {', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--blas-alone", metavar="PROGRAM", help="a winnow built with -DWINNOW_BLAS_FIRST=ON")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    options.sections = options.only.split(",") if options.only else list(SECTIONS)
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section {unknown[0]}; there are {', '.join(SECTIONS)}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.write and set(options.sections) != set(SECTIONS):
        parser.error("--write takes a run of all sections")
    return options


def main():
    options = arguments()
    print(f"winnow: {winnow.version()['arithmetic']}, BLAS kernel {winnow.version()['blas_kernel']}")
    if options.blas_alone:
        print(f"winnow with OpenBLAS alone: {winnow.version(options.blas_alone)['arithmetic']}")
    print(f"{pytorch.NAME}, {scikit.NAME}; their BLAS: {', '.join(pytorch.blas())}", flush=True)
    images, labels = data.load()
    with tempfile.TemporaryDirectory() as folder:
        makers = {"dense": dense, "conv": conv, "campaign": campaign, "ranks": ranks}
        benches = [b for name in options.sections for b in makers[name](folder, images, labels, options.blas_alone)]
        bench.measure_in_turns(benches, options.rounds)
    text = f"{bench.table(benches, options.rounds)}\n\n{caption(options.rounds)}"
    print(f"\n{text}")
    if options.write:
        bench.write_between_markers("README.md", text, BEGIN, END)


if __name__ == "__main__":
    main()
