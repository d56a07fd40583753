#!/usr/bin/python3
"""Write images.txt: what winnow's ops on images must reproduce, in values, gradients and trajectories, by PyTorch.

Needs Debian's python3-torch and python3-numpy. Run without arguments; the output is checked in.

Inputs and initial parameters are value(i) below, which the test has, too (net_value in nets.h): multiples of 1/32768, so
that float and double begin alike. Arrays have winnow's layout: images [batch, height, width, channels], weights
[height, width, in, out] or [in, out], channels fastest.

Where winnow's `same` adds as many places before as after, PyTorch's own padding is asked for; elsewhere the image is
padded first: by zeros for conv2d, by -infinity for max_pool, and average_pool divides by the mean of a padded image of
ones. PyTorch's momentum of batch norm is 1 - winnow's. Its SGD with momentum keeps b <- mu b + g and steps by -eta b,
which is winnow's momentum while eta stays the same.

A case is a line "case name", then
  input h w c / batch n / classes k
  layer kind from... numbers     the kind's numbers as in CASES; input is -1
  parameter b count offset scale base   winnow's block b: value i is base + scale value(offset + i)
  train loss                     one forward and backward pass on the batch: mean loss
  gradients ...                  of all trained blocks in order, afterwards
  step rate momentum             of the optimizer
  parameters ...                 all blocks in order, afterwards
  evaluate loss probabilities... the batch in evaluation mode
"""
import os

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
RATE, MOMENTUM = 0.1, 0.9
NORM_MOMENTUM, EPSILON = 0.9, 1e-3

torch.set_default_dtype(torch.float64)


def value(i):
    return (i * 2654435761 + 12345) % 65536 * 40503 % 65536 / 32768 - 1


def values(offset, shape, scale=1.0, base=0.0):
    count = 1
    for n in shape:
        count *= n
    return (base + scale * torch.tensor([value(offset + i) for i in range(count)])).reshape(shape)


def conv(source, filters, height, width, stride, padding):
    return ("conv2d", [source], [filters, height, width, stride, padding])


def pool(kind, source, size, stride, padding):
    return (kind, [source], [size, stride, padding])


def plain(kind, *sources):
    return (kind, list(sources), [])


def dense(source, units):
    return ("dense", [source], [units])


VALID, SAME = 0, 1

# name, input [h, w, c], batch, classes, layers, steps, those after which the parameters are written
CASES = [
    ("conv_3x3_same", (5, 4, 2), 3, 3, [conv(-1, 3, 3, 3, 1, SAME), dense(0, 3)], 1, ()),
    ("conv_5x5_valid", (6, 6, 2), 3, 3, [conv(-1, 2, 3, 3, 1, SAME), conv(0, 3, 5, 5, 1, VALID), dense(1, 3)], 1, ()),
    ("conv_3x3_same_stride_2", (6, 5, 2), 3, 3, [conv(-1, 2, 1, 1, 1, VALID), conv(0, 3, 3, 3, 2, SAME), dense(1, 3)], 1,
     ()),
    ("conv_4x2_same", (5, 4, 2), 3, 3, [conv(-1, 2, 1, 1, 1, VALID), conv(0, 3, 4, 2, 1, SAME), dense(1, 3)], 1, ()),
    ("conv_2x3_valid_stride_2", (7, 6, 1), 3, 3, [conv(-1, 2, 1, 1, 1, VALID), conv(0, 9, 2, 3, 2, VALID), dense(1, 3)], 1,
     ()),
    ("max_pool_2", (6, 4, 2), 3, 3, [conv(-1, 3, 3, 3, 1, SAME), pool("max_pool", 0, 2, 2, VALID), dense(1, 3)], 1, ()),
    ("max_pool_3_same_stride_2", (6, 5, 2), 3, 3,
     [conv(-1, 3, 3, 3, 1, SAME), pool("max_pool", 0, 3, 2, SAME), dense(1, 3)], 1, ()),
    ("max_pool_3_same", (4, 3, 2), 3, 3, [conv(-1, 9, 2, 2, 1, SAME), pool("max_pool", 0, 3, 1, SAME), dense(1, 2),
                                          dense(2, 3)], 1, ()),
    ("average_pool_2", (5, 4, 2), 3, 3, [conv(-1, 3, 3, 3, 1, SAME), pool("average_pool", 0, 2, 2, VALID), dense(1, 3)], 1,
     ()),
    ("average_pool_3_same", (4, 4, 2), 3, 3,
     [conv(-1, 3, 3, 3, 1, SAME), pool("average_pool", 0, 3, 1, SAME), dense(1, 3)], 1, ()),
    ("average_pool_3_same_stride_2", (6, 5, 2), 3, 3,
     [conv(-1, 3, 3, 3, 1, SAME), pool("average_pool", 0, 3, 2, SAME), dense(1, 3)], 1, ()),
    ("global_average_pool", (5, 4, 2), 3, 3,
     [conv(-1, 9, 3, 3, 1, SAME), plain("relu", 0), plain("global_average_pool", 1), dense(2, 3)], 1, ()),
    ("batch_norm_image", (4, 3, 2), 4, 3, [conv(-1, 3, 3, 3, 1, SAME), plain("batch_norm", 0), plain("relu", 1),
                                           dense(2, 3)], 3, (3,)),
    ("batch_norm_rows", (1, 1, 5), 6, 3, [plain("batch_norm", -1), dense(0, 4), plain("batch_norm", 1), plain("relu", 2),
                                          dense(3, 3)], 3, (3,)),
    ("residual", (5, 4, 2), 4, 3,
     [conv(-1, 3, 3, 3, 1, SAME), plain("batch_norm", 0), plain("relu", 1),
      conv(2, 3, 3, 3, 1, SAME), plain("batch_norm", 3), plain("relu", 4), conv(5, 3, 3, 3, 1, SAME),
      plain("batch_norm", 6), plain("add", 7, 2), plain("relu", 8), plain("global_average_pool", 9), dense(10, 3)], 2,
     (2,)),
    ("trajectory", (4, 4, 1), 6, 2,
     [conv(-1, 3, 3, 3, 1, SAME), plain("batch_norm", 0), plain("relu", 1), pool("max_pool", 2, 2, 2, VALID),
      dense(3, 2)], 10, range(1, 11)),
]


def added(n, kernel, stride, padding):
    """Places that winnow's rule adds before and after."""
    if padding == VALID:
        return 0, 0
    total = max((-(-n // stride) - 1) * stride + kernel - n, 0)
    return total // 2, total - total // 2


def padded(x, kernels, stride, padding, fill):
    """x [batch, channels, height, width] as PyTorch should see it, and the padding still to ask of it."""
    top, bottom = added(x.shape[2], kernels[0], stride, padding)
    left, right = added(x.shape[3], kernels[1], stride, padding)
    if top == bottom and left == right:
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=fill), (0, 0)


class Network:
    def __init__(self, case):
        self.name, self.input, self.batch, self.classes, self.layers = case[:5]
        self.blocks = []  # [tensor, trained, offset, scale, base], in winnow's order
        self.first = []   # the first block of each layer
        shape = []
        x = torch.zeros(1, self.input[2], *self.input[:2])
        for layer in self.layers:
            self.first.append(len(self.blocks))
            inputs = [x if i < 0 else shape[i] for i in layer[1]]
            self.add_blocks(layer, inputs[0])
            shape.append(self.apply(len(shape), inputs, training=False).detach())

    def add_block(self, shape, scale, base=0.0, trained=True):
        offset = 1000 * (len(self.blocks) + 1)
        tensor = values(offset, shape, scale, base).requires_grad_(trained)
        self.blocks.append((tensor, trained, offset, scale, base))

    def add_blocks(self, layer, x):
        kind, _, numbers = layer
        if kind == "conv2d":
            self.add_block((numbers[1], numbers[2], x.shape[1], numbers[0]), 0.5)
            self.add_block((numbers[0],), 0.25)
        elif kind == "dense":
            self.add_block((x[0].numel(), numbers[0]), 0.5)
            self.add_block((numbers[0],), 0.25)
        elif kind == "batch_norm":
            self.add_block((x.shape[1],), 0.5, 1.0)
            self.add_block((x.shape[1],), 0.5)
            self.add_block((x.shape[1],), 0.5, trained=False)
            self.add_block((x.shape[1],), 0.5, 1.0, trained=False)

    def apply(self, at, inputs, training):
        kind, _, numbers = self.layers[at]
        x = inputs[0]
        mine = [block[0] for block in self.blocks[self.first[at]:]]
        if kind == "conv2d":
            _, height, width, stride, padding = numbers
            x, rest = padded(x, (height, width), stride, padding, 0.0)
            return F.conv2d(x, mine[0].permute(3, 2, 0, 1), mine[1], stride, rest)
        if kind == "dense":
            return (x.permute(0, 2, 3, 1).reshape(len(x), -1) @ mine[0] + mine[1])[:, :, None, None]
        if kind == "max_pool":
            size, stride, padding = numbers
            x, rest = padded(x, (size, size), stride, padding, -float("inf"))
            return F.max_pool2d(x, size, stride, rest)
        if kind == "average_pool":
            size, stride, padding = numbers
            ones, _ = padded(torch.ones_like(x), (size, size), stride, padding, 0.0)
            x, rest = padded(x, (size, size), stride, padding, 0.0)
            if rest != (0, 0):
                return F.avg_pool2d(x, size, stride, rest, count_include_pad=False)
            return F.avg_pool2d(x, size, stride) / F.avg_pool2d(ones, size, stride)
        if kind == "global_average_pool":
            return F.adaptive_avg_pool2d(x, 1)
        if kind == "batch_norm":
            return F.batch_norm(x, mine[2], mine[3], mine[0], mine[1], training, 1 - NORM_MOMENTUM, EPSILON)
        return F.relu(x) if kind == "relu" else inputs[0] + inputs[1]

    def outputs(self, x, training):
        x = x.permute(0, 3, 1, 2)
        results = []
        for at, layer in enumerate(self.layers):
            results.append(self.apply(at, [x if i < 0 else results[i] for i in layer[1]], training))
        return results[-1].flatten(1)

    def trained(self):
        return [block[0] for block in self.blocks if block[1]]


def words(numbers):
    return " ".join(f"{number:.11g}" for number in numbers)


def flat(tensors):
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).tolist()


def write_case(case, out):
    network = Network(case)
    steps, written = case[5:]
    print(f"case {network.name}", file=out)
    print(f"input {words(network.input)}\nbatch {network.batch}\nclasses {network.classes}", file=out)
    for kind, sources, numbers in network.layers:
        numbers = numbers + ([NORM_MOMENTUM, EPSILON] if kind == "batch_norm" else [])
        print(f"layer {kind} {words(sources + numbers)}", file=out)
    for b, (tensor, _, offset, scale, base) in enumerate(network.blocks):
        print(f"parameter {b} {tensor.numel()} {offset} {scale} {base}", file=out)
    x = values(0, (network.batch, *network.input))
    labels = torch.tensor([i % network.classes for i in range(network.batch)])
    optimizer = torch.optim.SGD(network.trained(), lr=RATE, momentum=MOMENTUM)
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        loss = F.cross_entropy(network.outputs(x, True), labels)
        loss.backward()
        print(f"train {words([loss.item()])}", file=out)
        if step == 1:
            print(f"gradients {words(flat(p.grad for p in network.trained()))}", file=out)
        optimizer.step()
        print(f"step {RATE} {MOMENTUM}", file=out)
        if step in written:
            print(f"parameters {words(flat(block[0] for block in network.blocks))}", file=out)
    with torch.no_grad():
        scores = network.outputs(x, False)
        print(f"evaluate {words([F.cross_entropy(scores, labels).item()] + flat([F.softmax(scores, 1)]))}", file=out)


with open(os.path.join(HERE, "images.txt"), "w", encoding="ascii") as file:
    for each in CASES:
        write_case(each, file)
