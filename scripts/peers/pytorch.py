"""PyTorch as its tutorials have it, on one thread: data in memory as floats, batches by index."""
import time

import torch

from data import LEARNING_RATE, MOMENTUM

NAME = "PyTorch " + ".".join(torch.__version__.split(".")[:2])


def dense(sizes):
    layers = []
    for inputs, units in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def convolutional():
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 5, padding="same"), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 32, 5, padding="same"), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(7 * 7 * 32, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))


def epoch(model, optimizer, x, y, batch):
    loss = torch.nn.CrossEntropyLoss()
    order = torch.randperm(len(x))
    for first in range(0, len(x), batch):
        rows = order[first:first + batch]
        optimizer.zero_grad(set_to_none=True)
        loss(model(x[rows]), y[rows]).backward()
        optimizer.step()


def nesterov(model, learning_rate=LEARNING_RATE, momentum=MOMENTUM):
    return torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=momentum, nesterov=True)


def speed(model, x, y, batch, epochs):
    """Examples a second over whole epochs, gathering and update included, evaluation not."""
    torch.set_num_threads(1)
    optimizer = nesterov(model)
    epoch(model, optimizer, x[:4 * batch], y[:4 * batch], batch)
    start = time.perf_counter()
    for _ in range(epochs):
        epoch(model, optimizer, x, y, batch)
    return epochs * len(x) / (time.perf_counter() - start)


def dense_speed(sizes, images, labels, batch, epochs):
    return speed(dense(sizes), torch.from_numpy(images), torch.from_numpy(labels), batch, epochs)


def convolutional_speed(images, labels, batch, epochs, memory_format):
    x = torch.from_numpy(images).reshape(-1, 1, 28, 28).contiguous(memory_format=memory_format)
    model = convolutional().to(memory_format=memory_format)
    return speed(model, x, torch.from_numpy(labels), batch, epochs)


def blas():
    """Paths of the BLAS that this process has loaded: Debian's alternatives decide on PyTorch's and NumPy's."""
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "/" in line}
    return sorted(f for f in files if "blas" in f.rsplit("/", 1)[-1] or "mkl_core" in f)
