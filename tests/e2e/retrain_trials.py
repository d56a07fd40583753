#!/usr/bin/python3
"""Train stored trials again in NumPy from what is documented alone, and compare.

Streams of Philox4x32-10 give the split, the initial weights, the order of the examples and the dropout; the formulas
of the optimizers, schedules, losses and averages give the rest. In double, where winnow trains in float: curves,
weights and probabilities agree to 1e-4, split, best epoch and weights_hash exactly.

usage: retrain_trials.py WINNOW TABLE.csv
"""
import csv
import ctypes
import math
import os
import subprocess
import sys

import h5py
import numpy as np

SEED = 123456789012345678
VALIDATION, BATCH, EPOCHS, DROPPED = 151, 32, 3, 0.3
WEIGHTS, SHUFFLE, DROPOUT, SPLIT = 2, 3, 4, 6  # purposes of streams
LAYERS = [("first", 0, 12), ("second", 3, 9), ("last", 5, 3)]  # name, place in the network, units
DROPOUT_PLACE = 2
MASK = 0xFFFFFFFF
CROSS_ENTROPY, HINGE, SQUARED = "softmax_cross_entropy", "hinge", "mean_squared_error"

# optimizer, loss, parameters
CASES = [
    ("sgd", CROSS_ENTROPY, dict(learning_rate=0.05, weight_decay=0.01, gradient_clip=0.5, label_smoothing=0.1)),
    ("momentum", HINGE, dict(learning_rate=0.01, lr_schedule="exponential", lr_decay=0.5)),
    ("nesterov", CROSS_ENTROPY, dict(learning_rate=0.02, momentum=0.95, momentum_initial=0.5, momentum_epochs=2,
                                     warmup_epochs=1, weight_decay=0.001)),
    ("adagrad", SQUARED, dict(learning_rate=0.05)),
    ("rmsprop", CROSS_ENTROPY, dict(learning_rate=0.005, lr_schedule="cosine", ema=0.3)),
    ("adam", SQUARED, dict(learning_rate=0.01, lr_schedule="inverse", lr_decay=0.3, ema=0.99)),
    ("adamw", CROSS_ENTROPY, dict(learning_rate=0.01, lr_schedule="step", lr_step=2, lr_decay=0.3, weight_decay=0.1)),
]
DEFAULTS = dict(momentum=0.9, momentum_initial=None, momentum_epochs=0, beta1=0.9, beta2=0.999, rho=0.9, epsilon=1e-8,
                weight_decay=0.0, gradient_clip=math.inf, label_smoothing=0.0, warmup_epochs=0, lr_schedule="constant",
                lr_decay=0.5, lr_step=1, ema=0.0)


def philox(counter, key):
    """Salmon, Moraes, Dror, Shaw 2011."""
    (a, b, c, d), (k, l) = counter, key
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k, q & MASK, (p >> 32) ^ d ^ l, p & MASK
        k, l = (k + 0x9E3779B9) & MASK, (l + 0xBB67AE85) & MASK
    return a, b, c, d


class Stream:
    def __init__(self, purpose, lane, number, step):
        self.name = (step, number, purpose << 24 | lane)  # stage 0
        self.block, self.words = 0, []

    def words_of(self, block):
        return philox((block,) + self.name, (SEED & MASK, SEED >> 32))

    def word(self):
        if not self.words:
            self.words = list(self.words_of(self.block))
            self.block += 1
        return self.words.pop(0)

    def unit(self):
        high = self.word()
        return ((high << 32 | self.word()) >> 11) * 2.0 ** -53

    def normal(self):
        radius = 1 - self.unit()
        return math.sqrt(-2 * math.log(radius)) * math.cos(2 * math.pi * self.unit())

    def below(self, bound):
        product = self.word() * bound
        while product & MASK < 2 ** 32 % bound:
            product = self.word() * bound
        return product >> 32

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items), 1, -1):
            j = self.below(i)
            items[i - 1], items[j] = items[j], items[i - 1]
        return items


def split(labels):
    """Rows that validate: each class in proportion by largest remainders."""
    sizes = [int(n) for n in np.bincount(labels)]
    taken = [VALIDATION * n // len(labels) for n in sizes]
    order = sorted(range(len(sizes)), key=lambda c: (-(VALIDATION * sizes[c] % len(labels)), c))
    for c in order[:VALIDATION - sum(taken)]:
        taken[c] += 1
    return np.array(sorted(row for c in range(len(sizes))
                           for row in Stream(SPLIT, c, 0, 0).shuffled(np.flatnonzero(labels == c))[:taken[c]]))


def dropout(shape, number, step):
    stream, least = Stream(DROPOUT, DROPOUT_PLACE, number, step), round(DROPPED * 2 ** 32)
    count = shape[0] * shape[1]
    blocks = np.array([stream.words_of(b) for b in range((count + 63) // 64 * 16)])
    words = blocks.reshape(-1, 16, 4).transpose(0, 2, 1).reshape(-1)[:count]
    return (words >= least).reshape(shape) / (1 - DROPPED)


def softmax(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def judge(loss, scores, labels, smoothing):
    """Each example's loss, its gradient, and the probabilities."""
    rows, classes = np.arange(len(scores)), scores.shape[1]
    truth = np.eye(classes)[labels]
    if loss == CROSS_ENTROPY:
        p, target = softmax(scores), (1 - smoothing) * truth + smoothing / classes
        return -(target * np.log(p)).sum(1), p - target, p
    if loss == HINGE:
        margin = np.maximum(scores - scores[rows, labels][:, None] + 1, 0)
        margin[rows, labels] = 0
        gradient = (margin > 0).astype(float)
        gradient[rows, labels] = -gradient.sum(1)
        return margin.sum(1), gradient, softmax(scores)
    error, positive = scores - truth, np.maximum(scores, 0)
    total = positive.sum(1, keepdims=True)
    p = np.where(total > 0, positive / np.where(total > 0, total, 1), 1 / classes)
    return (error ** 2).mean(1), 2 * error / classes, p


def drawn(place, number, deviation, shape):
    """Initial weights of the layer at a place of the network."""
    stream = Stream(WEIGHTS, place, number, 0)
    return np.array([deviation * stream.normal() for _ in range(int(np.prod(shape)))]).reshape(shape)


class TableNetwork:
    """dense - relu - dropout - dense - tanh - dense, and the normalised rows that it sees."""
    weights = 0, 2, 4  # those of the arrays that decay

    def __init__(self, x):
        self.x = x

    def initial(self, number):
        """He before relu, Glorot before tanh, a tenth of LeCun before the loss; biases 0."""
        arrays, inputs = [], self.x.shape[1]
        for name, place, units in LAYERS:
            deviation = {"first": math.sqrt(2 / inputs), "second": math.sqrt(2 / (inputs + units)),
                         "last": 0.1 / math.sqrt(inputs)}[name]
            arrays += [drawn(place, number, deviation, (inputs, units)), np.zeros(units)]
            inputs = units
        return arrays

    @staticmethod
    def forward(x, w, mask):
        hidden = np.maximum(x @ w[0] + w[1], 0) * mask
        bend = np.tanh(hidden @ w[2] + w[3])
        return hidden, bend, bend @ w[4] + w[5]

    def scores(self, rows, w):
        return self.forward(self.x[rows], w, 1)[2]

    def learn(self, rows, w, number, step):
        """Scores in training, and what makes the arrays' gradients of theirs."""
        x, mask = self.x[rows], dropout((len(rows), LAYERS[0][2]), number, step)
        hidden, bend, scores = self.forward(x, w, mask)

        def back(d):
            d2 = (d @ w[4].T) * (1 - bend ** 2)
            d1 = (d2 @ w[2].T) * mask * (hidden > 0)
            return [x.T @ d1, d1.sum(0), hidden.T @ d2, d2.sum(0), bend.T @ d, d.sum(0)]

        return scores, back


def rate(p, epoch, part):
    """`part`: of the epoch, at the end of the step."""
    if epoch < p["warmup_epochs"]:
        return p["learning_rate"] * (epoch + part) / p["warmup_epochs"]
    e = epoch - p["warmup_epochs"]
    return p["learning_rate"] * {
        "constant": 1.0, "step": p["lr_decay"] ** (e // p["lr_step"]), "exponential": p["lr_decay"] ** e,
        "inverse": 1 / (1 + p["lr_decay"] * e),
        "cosine": (1 + math.cos(math.pi * e / (EPOCHS - p["warmup_epochs"]))) / 2}[p["lr_schedule"]]


def momentum(p, epoch):
    if p["momentum_initial"] is None or epoch >= p["momentum_epochs"]:
        return p["momentum"]
    return p["momentum_initial"] + (p["momentum"] - p["momentum_initial"]) * epoch / p["momentum_epochs"]


def update(optimizer, p, x, g, decay, a, b, eta, mu, t):
    """One step on one array x with state a and b, in place."""
    d = g if optimizer == "adamw" else g + decay * x
    if optimizer == "sgd":
        x -= eta * d
    elif optimizer == "momentum":
        a[:] = mu * a - eta * d
        x += a
    elif optimizer == "nesterov":
        before = a.copy()
        a[:] = mu * a - eta * d
        x += -mu * before + (1 + mu) * a
    elif optimizer in ("adagrad", "rmsprop"):
        a[:] = a + d * d if optimizer == "adagrad" else p["rho"] * a + (1 - p["rho"]) * d * d
        x -= eta * d / (np.sqrt(a) + p["epsilon"])
    else:
        if optimizer == "adamw":
            x *= 1 - eta * decay
        a[:] = p["beta1"] * a + (1 - p["beta1"]) * d
        b[:] = p["beta2"] * b + (1 - p["beta2"]) * d * d
        x -= eta * (a / (1 - p["beta1"] ** t)) / (np.sqrt(b / (1 - p["beta2"] ** t)) + p["epsilon"])


def train(network, optimizer, loss, p, number, labels, training, validation):
    """Rows of the curve; and loss, epoch, arrays and probabilities of the best epoch."""
    w = network.initial(number)
    average = [array.copy() for array in w]
    state = [[np.zeros_like(array) for array in w] for _ in range(2)]
    steps, t, curve, best = -(-len(training) // BATCH), 0, [], None
    for epoch in range(EPOCHS):
        order = Stream(SHUFFLE, 0, number, epoch).shuffled(training)
        loss_sum = right = 0
        for step in range(steps):
            rows = np.array(order[step * BATCH:(step + 1) * BATCH])
            before = [array.copy() for array in w]
            scores, back = network.learn(rows, w, number, t)
            losses, d, _ = judge(loss, scores, labels[rows], p["label_smoothing"])
            loss_sum += losses.sum()
            right += (scores.argmax(1) == labels[rows]).sum()
            g = back(d / len(rows))  # None for what is not trained
            norm = math.sqrt(sum((part ** 2).sum() for part in g if part is not None))
            scale = min(1, p["gradient_clip"] / norm) if norm > 0 else 1
            eta, mu = rate(p, epoch, (step + 1) / steps), momentum(p, epoch)
            t += 1
            for i, array in enumerate(w):
                decay = p["weight_decay"] if i in network.weights else 0
                if g[i] is not None:
                    update(optimizer, p, array, scale * g[i], decay, state[0][i], state[1][i], eta, mu, t)
                average[i] += (1 - min(p["ema"], (1 + t) / (10 + t))) * (array - average[i])
        moved = sum(((w[i] - before[i]) ** 2).sum() for i in network.weights)
        ratio = math.sqrt(moved / sum((before[i] ** 2).sum() for i in network.weights))
        judged = average if p["ema"] > 0 else w
        scores = network.scores(validation, judged)
        losses, _, probabilities = judge(loss, scores, labels[validation], 0)
        curve.append(dict(learning_rate=eta, momentum=mu if optimizer in ("momentum", "nesterov") else math.nan,
                          train_loss=loss_sum / len(training), train_accuracy=right / len(training),
                          val_loss=losses.mean(), val_accuracy=(scores.argmax(1) == labels[validation]).mean(),
                          update_ratio=ratio))
        if best is None or losses.mean() < best[0]:
            best = losses.mean(), epoch + 1, [array.copy() for array in judged], probabilities
    return curve, best


def campaign(winnow, table, optimizer, loss, parameters, file):
    with open("retrain.yaml", "w", encoding="utf-8") as f:
        f.write(f"""seed: {SEED}
metric: {{name: val_loss, goal: minimize}}
data: {{format: csv, train: {table}, label: kind, validation: {VALIDATION}, normalize: standard}}
network: [{{dense: {{units: 12, name: first}}}}, relu, {{dropout: {DROPPED}}}, {{dense: {{units: 9, name: second}}}}, tanh,
          {{dense: {{units: 3, name: last}}}}]
loss: {loss}
parameters: {{optimizer: {{value: {optimizer}}}, batch_size: {{value: {BATCH}}},
             {", ".join(f"{name}: {{value: {value}}}" for name, value in parameters.items())}}}
stages: [{{name: only, trials: 2, epochs: {EPOCHS}}}]
ensemble: {{method: top, size: 1, pool: 2}}
""")
    subprocess.run([winnow, "run", "retrain.yaml", "-o", file], check=True, stdout=subprocess.DEVNULL)


def hash64(data):
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library.XXH3_64bits(data, len(data))


def near(what, found, expected):
    if not np.allclose(found, expected, rtol=1e-4, atol=1e-5, equal_nan=True):
        sys.exit(f"{what}: {found} in the file, {expected} trained again")


def check_split(f, labels):
    """Training and validation rows."""
    validation = split(labels)
    if not np.array_equal(validation, f["data/validation_index"][()]):
        sys.exit("another split")
    return np.setdiff1d(np.arange(len(labels)), validation), validation


def check(f, trial, what, network, arrays, optimizer, loss, parameters, labels):
    """`arrays`: (layer, role) in the order in which they are stored and hashed."""
    training, validation = check_split(f, labels)
    row, member = f["trials"][trial], f[f"members/{trial}/layers"]
    curve, best = train(network, optimizer, loss, DEFAULTS | parameters, int(row["number"]), labels, training, validation)
    stored = [r for r in f["curves"][()] if r["trial"] == trial]
    for found, expected in zip(stored, curve, strict=True):
        for name, value in expected.items():
            near(f"{what}, trial {trial}, epoch {found['epoch']}, {name}", found[name], value)
    if row["best_epoch"] != best[1]:
        sys.exit(f"{what}, trial {trial}: best epoch {row['best_epoch']} in the file, {best[1]} trained again")
    arrays = [member[layer][role][()] for layer, role in arrays]
    for found, expected in zip(arrays, best[2], strict=True):
        near(f"{what}, trial {trial}, weights", found, expected)
    near(f"{what}, trial {trial}, probabilities", f[f"members/{trial}/validation_probabilities"][()], best[3])
    if hash64(b"".join(array.astype("<f4").tobytes() for array in arrays)) != row["weights_hash"]:
        sys.exit(f"{what}, trial {trial}: weights_hash is not that of the weights")


def check_table(f, optimizer, loss, parameters, table):
    names = [name.decode() for name in f["data/class_names"][()]]
    labels = np.array([names.index(row[-1]) for row in table])
    values = np.array([row[:-1] for row in table], np.float32).astype(float)
    training, _ = check_split(f, labels)
    mean, deviation = values[training].mean(0), values[training].std(0)
    near("mean", f["data/mean"][()], mean)
    near("deviation", f["data/deviation"][()], deviation)
    network = TableNetwork((values - mean) / deviation)
    arrays = [(name, role) for name, _, _ in LAYERS for role in ("weight", "bias")]
    for trial in (0, 1):
        check(f, trial, optimizer, network, arrays, optimizer, loss, parameters, labels)


def main(winnow, path):
    with open(path, encoding="utf-8", newline="") as f:
        table = list(csv.reader(f))[1:]
    os.makedirs("retrain", exist_ok=True)
    os.chdir("retrain")
    for old in os.listdir("."):
        os.remove(old)
    for optimizer, loss, parameters in CASES:
        file = optimizer + ".h5"
        campaign(winnow, path, optimizer, loss, parameters, file)
        with h5py.File(file) as f:
            check_table(f, optimizer, loss, parameters, table)
        print(f"{optimizer}, {loss}: two trials agree", flush=True)


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
