"""Called by scripts/bench_peers: winnow and PyTorch in turn, whole epochs, gather and update included, evaluation not."""
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import torch

FOLDER = "/usr/share/datasets/fashion-mnist/"
EXAMPLES = 50000
EPOCHS = 2
BATCHES = (32, 64, 128)


def idx(name, header):
    with gzip.open(FOLDER + name) as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def winnow_speed(program, batch, folder):
    """Examples a second as the results file has them: training time alone."""
    space = os.path.join(folder, "bench.yaml")
    file = os.path.join(folder, "bench.h5")
    with open(space, "w") as f:
        f.write(f"""
data:
  format: idx
  train: {{images: {FOLDER}train-images-idx3-ubyte.gz, labels: {FOLDER}train-labels-idx1-ubyte.gz}}
  validation: {60000 - EXAMPLES}
network: [{{dense: 256}}, relu, {{dense: 128}}, relu, {{dense: 10}}]
parameters:
  optimizer: {{value: nesterov}}
  learning_rate: {{value: 0.01}}
  momentum: {{value: 0.9}}
  batch_size: {{value: {batch}}}
stages: [{{name: speed, trials: 1, epochs: {EPOCHS}}}]
ensemble: false
""")
    subprocess.run([program, "run", space, "-o", file], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    with h5py.File(file) as f:
        speed = float(f["trials"]["samples_per_second"][0])
    os.remove(file)
    return speed


def torch_speed(x, y, batch):
    """The same network, its data in memory as floats, batches by index."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 128),
                                torch.nn.ReLU(), torch.nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    loss = torch.nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for first in range(0, len(x), batch):
            rows = order[first:first + batch]
            optimizer.zero_grad(set_to_none=True)
            loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return EPOCHS * len(x) / (time.perf_counter() - start)


def main(program, rounds):
    torch.set_num_threads(1)
    images = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:EXAMPLES].astype(np.float32)
    x = torch.from_numpy((images - images.mean()) / images.std())
    y = torch.from_numpy(idx("train-labels-idx1-ubyte.gz", 8)[:EXAMPLES].astype(np.int64))
    print(subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.strip())
    print(f"PyTorch {torch.__version__}; 784-256-128-10, Nesterov, one thread, {rounds} rounds of {EPOCHS} epochs; "
          "examples a second, medians")
    print(f"{'batch':>6}{'winnow':>10}{'PyTorch':>10}{'ratio':>8}{'lowest':>9}{'highest':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for batch in BATCHES:
            pairs = [(winnow_speed(program, batch, folder), torch_speed(x, y, batch)) for _ in range(rounds)]
            ratios = [w / p for w, p in pairs]
            print(f"{batch:>6}{statistics.median(w for w, _ in pairs):>10.0f}"
                  f"{statistics.median(p for _, p in pairs):>10.0f}{statistics.median(ratios):>8.2f}"
                  f"{min(ratios):>9.2f}{max(ratios):>9.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
