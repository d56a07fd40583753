#!/usr/bin/python3
"""Write trajectories.txt and schedules.txt: what the optimizers and schedules of winnow must reproduce.

Needs Debian's python3-torch and python3-numpy. Run without arguments; the output is checked in.

Every rule is transcribed here in NumPy from its paper. Where PyTorch has the same rule, its trajectory is the one
written, and the transcription is compared with it first. Where the rules part:

  momentum, nesterov  PyTorch keeps b <- mu b + g and steps by -eta b; the papers keep v <- mu v - eta g and step by v.
                      These are the same while eta stays constant (v = -eta b), and differ when it changes: the cases
                      with a changing rate are the transcription's.
  nesterov            PyTorch steps by -eta (g + mu b), winnow by -mu v_prev + (1 + mu) v: the same, again for
                      constant eta.
  rmsprop, adagrad    PyTorch, too, adds epsilon outside the root.
  adam, adamw         PyTorch, too, adds epsilon after the bias correction of the root.
  clipping            PyTorch divides by norm + 1e-6; Pascanu et al. 2013 by the norm: the transcription's.

Schedules: step, exponential, cosine and plateau are PyTorch's StepLR, ExponentialLR, CosineAnnealingLR and
ReduceLROnPlateau (threshold 0, patience = lr_step - 1: PyTorch counts the bad epochs it tolerates, winnow those that
suffice). inverse, and everything with a warm-up, is transcribed.
"""
import math
import os

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 20
KEPT = (1, 2, 10, 20)  # steps whose parameters are written
SHAPES = [("weight", (5, 4)), ("bias", (4,)), ("weight", (4, 3)), ("bias", (3,))]  # in winnow's order

random = np.random.default_rng(1)
X = random.normal(size=(8, 5))
LABELS = random.integers(0, 3, size=8)
INITIAL = [random.normal(scale=0.6, size=shape) for _, shape in SHAPES]

DEFAULTS = dict(learning_rate=0.1, momentum=0.9, beta1=0.9, beta2=0.999, rho=0.9, epsilon=1e-8, weight_decay=0.0,
                gradient_clip=math.nan, rate_factor=1.0)
CASES = [
    ("sgd", {}),
    ("sgd", dict(weight_decay=0.05)),
    ("sgd", dict(gradient_clip=0.2)),
    ("momentum", {}),
    ("momentum", dict(weight_decay=0.05)),
    ("momentum", dict(rate_factor=0.8)),
    ("nesterov", {}),
    ("nesterov", dict(weight_decay=0.05)),
    ("nesterov", dict(rate_factor=0.8)),
    ("nesterov", dict(gradient_clip=0.2, weight_decay=0.05)),
    ("adagrad", {}),
    ("adagrad", dict(weight_decay=0.05, epsilon=0.1)),
    ("rmsprop", dict(learning_rate=0.01)),
    ("rmsprop", dict(learning_rate=0.01, weight_decay=0.05, epsilon=0.1, rho=0.7)),
    ("adam", dict(learning_rate=0.02)),
    ("adam", dict(learning_rate=0.02, weight_decay=0.05, epsilon=0.1, beta1=0.5, beta2=0.9)),
    ("adam", dict(learning_rate=0.02, gradient_clip=0.05, rate_factor=0.9)),
    ("adamw", dict(learning_rate=0.02)),
    ("adamw", dict(learning_rate=0.02, weight_decay=0.5)),
    ("adamw", dict(learning_rate=0.02, weight_decay=0.5, gradient_clip=0.05, rate_factor=0.9)),
]


def gradients(parameters):
    """Of the mean softmax cross-entropy of a 5-4-3 network with tanh, by PyTorch's autograd."""
    leaves = [torch.tensor(p, requires_grad=True) for p in parameters]
    w1, b1, w2, b2 = leaves
    outputs = torch.tanh(torch.tensor(X) @ w1 + b1) @ w2 + b2
    torch.nn.functional.cross_entropy(outputs, torch.tensor(LABELS)).backward()
    return [leaf.grad.numpy().copy() for leaf in leaves]


def transcription(name, case):
    """The parameters after each step, by the papers' equations."""
    x = [p.copy() for p in INITIAL]
    a = [np.zeros_like(p) for p in x]
    b = [np.zeros_like(p) for p in x]
    history = []
    for t in range(1, STEPS + 1):
        eta = case["learning_rate"] * case["rate_factor"] ** (t - 1)
        mu, rho, eps, b1, b2 = (case[key] for key in ("momentum", "rho", "epsilon", "beta1", "beta2"))
        grads = gradients(x)
        norm = math.sqrt(sum((g ** 2).sum() for g in grads))
        if norm > case["gradient_clip"]:
            grads = [g * (case["gradient_clip"] / norm) for g in grads]
        for i, (role, _) in enumerate(SHAPES):
            decay = case["weight_decay"] if role == "weight" else 0.0
            g = grads[i] + (0.0 if name == "adamw" else decay) * x[i]
            if name == "sgd":
                x[i] = x[i] - eta * g
            elif name == "momentum":
                a[i] = mu * a[i] - eta * g
                x[i] = x[i] + a[i]
            elif name == "nesterov":
                previous = a[i]
                a[i] = mu * a[i] - eta * g
                x[i] = x[i] - mu * previous + (1 + mu) * a[i]
            elif name == "adagrad":
                a[i] = a[i] + g ** 2
                x[i] = x[i] - eta * g / (np.sqrt(a[i]) + eps)
            elif name == "rmsprop":
                a[i] = rho * a[i] + (1 - rho) * g ** 2
                x[i] = x[i] - eta * g / (np.sqrt(a[i]) + eps)
            else:
                if name == "adamw":
                    x[i] = x[i] - eta * decay * x[i]
                a[i] = b1 * a[i] + (1 - b1) * g
                b[i] = b2 * b[i] + (1 - b2) * g ** 2
                x[i] = x[i] - eta * (a[i] / (1 - b1 ** t)) / (np.sqrt(b[i] / (1 - b2 ** t)) + eps)
        history.append(flat(x))
    return history


def pytorch(name, case):
    """The same by torch.optim; None where its rule is another one."""
    if case["rate_factor"] != 1 or not math.isnan(case["gradient_clip"]):
        return None
    leaves = [torch.tensor(p, requires_grad=True) for p in INITIAL]
    groups = [dict(params=[leaf], weight_decay=case["weight_decay"] if role == "weight" else 0.0)
              for leaf, (role, _) in zip(leaves, SHAPES)]
    lr, eps, betas = case["learning_rate"], case["epsilon"], (case["beta1"], case["beta2"])
    optimizer = {
        "sgd": lambda: torch.optim.SGD(groups, lr=lr),
        "momentum": lambda: torch.optim.SGD(groups, lr=lr, momentum=case["momentum"]),
        "nesterov": lambda: torch.optim.SGD(groups, lr=lr, momentum=case["momentum"], nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(groups, lr=lr, eps=eps),
        "rmsprop": lambda: torch.optim.RMSprop(groups, lr=lr, alpha=case["rho"], eps=eps),
        "adam": lambda: torch.optim.Adam(groups, lr=lr, betas=betas, eps=eps),
        "adamw": lambda: torch.optim.AdamW(groups, lr=lr, betas=betas, eps=eps),
    }[name]()
    history = []
    for _ in range(STEPS):
        for leaf, gradient in zip(leaves, gradients([leaf.detach().numpy() for leaf in leaves])):
            leaf.grad = torch.tensor(gradient)
        optimizer.step()
        history.append(flat([leaf.detach().numpy() for leaf in leaves]))
    return history


def flat(arrays):
    return np.concatenate([array.ravel() for array in arrays])


def words(values):
    return " ".join(f"{value:.14g}" for value in values)


def write_trajectories(path):
    with open(path, "w", encoding="ascii") as out:
        print(f"values {words(X.ravel())}", file=out)
        print(f"labels {words(LABELS)}", file=out)
        print(f"initial {words(flat(INITIAL))}", file=out)
        for name, changes in CASES:
            case = {**DEFAULTS, **changes}
            history, peer = transcription(name, case), pytorch(name, case)
            if peer is not None:
                np.testing.assert_allclose(history, peer, rtol=1e-10, atol=1e-13)
            print(f"case {name} {'pytorch' if peer is not None else 'transcription'} {words(case.values())}", file=out)
            for step in KEPT:
                print(f"step {step} {words((peer or history)[step - 1])}", file=out)


def torch_rates(make, epochs, eta, metrics=None):
    leaf = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([leaf], lr=eta)
    schedule = make(optimizer)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if metrics is None:
            schedule.step()
        else:
            schedule.step(metrics[epoch])
    return rates


def write_schedules(path):
    """Lines: schedule metric epochs learning_rate lr_decay lr_step warmup_epochs, then two values an epoch: the metric
    that the epoch ends with (0 where it does not matter) and the rate of the epoch."""
    lr = torch.optim.lr_scheduler
    accuracies = [0.5, 0.6, 0.6, 0.7, 0.7, 0.69, 0.68, 0.7, 0.71, 0.71, 0.71, 0.71, 0.71, 0.8]
    losses = [2.0, 1.5, 1.5, 1.4, 1.6, 1.4, 1.4, 1.3, 1.2, 1.3, 1.2, 1.2, 1.25, 1.0]

    def plateau(mode, decay, step):
        return lambda optimizer: lr.ReduceLROnPlateau(optimizer, mode=mode, factor=decay, patience=step - 1,
                                                      threshold=0, eps=0)

    with open(path, "w", encoding="ascii") as out:
        def case(name, metric, epochs, eta, decay, step, warmup, rates, metrics=None):
            pairs = [value for pair in zip(metrics or [0] * epochs, rates) for value in pair]
            print(f"{name} {metric} {words([epochs, eta, decay, step, warmup])} {words(pairs)}", file=out)

        case("constant", "val_accuracy", 3, 0.2, 0.5, 1, 0, [0.2] * 3)
        for step, decay in ((1, 0.5), (3, 0.7)):
            case("step", "val_accuracy", 10, 0.3, decay, step, 0,
                 torch_rates(lambda o: lr.StepLR(o, step_size=step, gamma=decay), 10, 0.3))
        case("exponential", "val_accuracy", 8, 0.1, 0.83, 1, 0,
             torch_rates(lambda o: lr.ExponentialLR(o, gamma=0.83), 8, 0.1))
        case("cosine", "val_accuracy", 9, 0.05, 1, 1, 0,
             torch_rates(lambda o: lr.CosineAnnealingLR(o, T_max=9), 9, 0.05))
        for step, decay in ((1, 0.5), (2, 0.1), (3, 0.5)):
            case("plateau", "val_accuracy", 14, 1.0, decay, step, 0,
                 torch_rates(plateau("max", decay, step), 14, 1.0, accuracies), accuracies)
            case("plateau", "val_loss", 14, 1.0, decay, step, 0,
                 torch_rates(plateau("min", decay, step), 14, 1.0, losses), losses)
        case("inverse", "val_accuracy", 6, 0.4, 2.5, 1, 0, [0.4 / (1 + 2.5 * e) for e in range(6)])
        ramp = [0.3 * e / 3 for e in range(3)]
        case("step", "val_accuracy", 9, 0.3, 0.5, 2, 3, ramp + [0.3 * 0.5 ** (e // 2) for e in range(6)])
        case("inverse", "val_accuracy", 6, 0.3, 0.5, 1, 3, ramp + [0.3 / (1 + 0.5 * e) for e in range(3)])
        case("cosine", "val_accuracy", 9, 0.3, 1, 1, 3,
             ramp + torch_rates(lambda o: lr.CosineAnnealingLR(o, T_max=6), 6, 0.3))


write_trajectories(os.path.join(HERE, "trajectories.txt"))
write_schedules(os.path.join(HERE, "schedules.txt"))
