#!/usr/bin/python3
"""retrain_trials.py for images: convolutions, batch norm, max pooling and augmentation, trained again in NumPy.

usage: retrain_images.py WINNOW
"""
import math
import os
import subprocess
import sys

import h5py
import numpy as np

import make_images
import rebuild_members as rebuild
import retrain_trials as retrain

AUGMENT = 5  # purpose of a stream
SHIFT, FLIP = 2, 0.4
MOMENTUM, EPSILON = 0.7, 1e-3
FIRST = dict(kernel=(3, 2), stride=(1, 1), padding="same", filters=4)
POOL = dict(size=(3, 3), stride=(2, 2), padding="same")
SECOND = dict(kernel=(2, 3), stride=(2, 1), padding="valid", filters=5)
PLACES = dict(first=0, second=4, last=7)
ARRAYS = [("first", "weight"), ("first", "bias"), ("norm", "scale"), ("norm", "shift"), ("norm", "mean"),
          ("norm", "variance"), ("second", "weight"), ("second", "bias"), ("last", "weight"), ("last", "bias")]
PARAMETERS = dict(learning_rate=0.03, momentum=0.8, weight_decay=0.01, ema=0.9)
SPACE = f"""seed: {retrain.SEED}
metric: {{name: val_loss, goal: minimize}}
data: {{format: hdf5, train: {{file: images.h5, images: images, labels: labels}}, validation: {retrain.VALIDATION}}}
network:
  - conv2d: {{filters: 4, kernel: [3, 2], padding: same, name: first}}
  - batch_norm: {{momentum: {MOMENTUM}, epsilon: {EPSILON}, name: norm}}
  - relu
  - max_pool: {{size: 3, stride: 2, padding: same}}
  - conv2d: {{filters: 5, kernel: [2, 3], stride: [2, 1], name: second}}
  - tanh
  - global_average_pool
  - dense: {{units: 4, name: last}}
parameters: {{optimizer: {{value: nesterov}}, batch_size: {{value: {retrain.BATCH}}},
             augment_shift: {{value: {SHIFT}}}, augment_flip: {{value: {FLIP}}},
             {", ".join(f"{name}: {{value: {value}}}" for name, value in PARAMETERS.items())}}}
stages: [{{name: only, trials: 2, epochs: {retrain.EPOCHS}}}]
ensemble: {{method: top, size: 1, pool: 2}}
"""


def moved(image, words):
    """A mirror, then a shift; what comes in is 0."""
    if words[2] < round(FLIP * 2 ** 32):
        image = image[:, ::-1]
    down, right = (word * (2 * SHIFT + 1) // 2 ** 32 for word in words[:2])
    around = np.pad(image, [(2 * SHIFT, 2 * SHIFT)] * 2 + [(0, 0)])
    return around[2 * SHIFT - (down - SHIFT):, 2 * SHIFT - (right - SHIFT):][:image.shape[0], :image.shape[1]]


def gathered(seen, layer, size, shape):
    """The gradient of x [shape] from that of its windows, which may overlap."""
    around = rebuild.margins(shape, layer, size)
    out = np.zeros([n + sum(more) for n, more in zip(shape, around)])
    for row in range(size[0]):
        for column in range(size[1]):
            out[:, row:row + seen.shape[1] * layer["stride"][0]:layer["stride"][0],
                column:column + seen.shape[2] * layer["stride"][1]:layer["stride"][1]] += seen[..., row, column]
    return out[:, around[1][0]:around[1][0] + shape[1], around[2][0]:around[2][0] + shape[2]]


class ImageNetwork:
    weights = 0, 6, 8

    def __init__(self, images, mean, deviation):
        self.images, self.mean, self.deviation = images, mean, deviation

    def normalised(self, images):
        return (images - self.mean) / self.deviation

    def initial(self, number):
        """He where relu follows the norm, Glorot before tanh, a tenth of LeCun before the loss."""
        shapes = dict(first=(3, 2, self.images.shape[3], 4), second=(2, 3, 4, 5), last=(5, 4))
        into = {name: math.prod(shape[:-1]) for name, shape in shapes.items()}
        deviations = dict(first=math.sqrt(2 / into["first"]), second=math.sqrt(2 / (into["second"] + 2 * 3 * 5)),
                          last=0.1 / math.sqrt(into["last"]))
        first, second, last = (retrain.drawn(PLACES[name], number, deviations[name], shapes[name]) for name in shapes)
        return [first, np.zeros(4), np.ones(4), np.zeros(4), np.zeros(4), np.ones(4), second, np.zeros(5), last,
                np.zeros(4)]

    @staticmethod
    def upper(out, w):
        """From the first convolution, normalised."""
        active = np.maximum(w[2] * out + w[3], 0)
        seen = rebuild.windows(active, POOL, POOL["size"], -np.inf)
        under = seen.reshape(*seen.shape[:4], -1)
        pooled = rebuild.windows(under.max(axis=4), SECOND, SECOND["kernel"], 0)
        bend = np.tanh(np.einsum("nijcab,abco->nijo", pooled, w[6]) + w[7])
        return active, under, pooled, bend, bend.mean(axis=(1, 2)) @ w[8] + w[9]

    def scores(self, rows, w):
        x = self.normalised(self.images[rows])
        out = rebuild.conv2d(FIRST, [x], {"weight": w[0], "bias": w[1]})
        return self.upper((out - w[4]) / np.sqrt(w[5] + EPSILON), w)[-1]

    def learn(self, rows, w, number, step):
        """The running statistics w[4] and w[5] move at once."""
        stream = retrain.Stream(AUGMENT, 0, number, step)
        x = self.normalised(np.stack([moved(self.images[row], stream.words_of(i)) for i, row in enumerate(rows)]))
        seen = rebuild.windows(x, FIRST, FIRST["kernel"], 0)
        out = np.einsum("nijcab,abco->nijo", seen, w[0]) + w[1]
        count, mean, variance = out[..., 0].size, out.mean(axis=(0, 1, 2)), out.var(axis=(0, 1, 2))
        w[4] += (1 - MOMENTUM) * (mean - w[4])
        w[5] += (1 - MOMENTUM) * (variance * count / (count - 1) - w[5])
        inverse = 1 / np.sqrt(variance + EPSILON)
        z = (out - mean) * inverse
        active, under, pooled, bend, scores = self.upper(z, w)

        def back(d):
            d_bend = (d @ w[8].T)[:, None, None, :] / (bend.shape[1] * bend.shape[2]) * (1 - bend ** 2)
            d_pooled = gathered(np.einsum("nijo,abco->nijcab", d_bend, w[6]), SECOND, SECOND["kernel"], under.shape[:4])
            d_under = np.zeros_like(under)
            np.put_along_axis(d_under, under.argmax(axis=4)[..., None], d_pooled[..., None], axis=4)
            d_active = gathered(d_under.reshape(*under.shape[:4], *POOL["size"]), POOL, POOL["size"], active.shape)
            d_norm = d_active * (active > 0)
            d_shift, d_scale = d_norm.sum(axis=(0, 1, 2)), (d_norm * z).sum(axis=(0, 1, 2))
            d_out = w[2] * inverse * (d_norm - d_shift / count - z * d_scale / count)
            return [np.einsum("nijcab,nijo->abco", seen, d_out), d_out.sum(axis=(0, 1, 2)), d_scale, d_shift, None, None,
                    np.einsum("nijcab,nijo->abco", pooled, d_bend), d_bend.sum(axis=(0, 1, 2)),
                    bend.mean(axis=(1, 2)).T @ d, d.sum(axis=0)]

        return scores, back


def main(winnow):
    os.makedirs("retrain_images", exist_ok=True)
    os.chdir("retrain_images")
    for old in os.listdir("."):
        os.remove(old)
    images, labels = make_images.draw(np.random.default_rng(8), 401)
    with h5py.File("images.h5", "w") as file:
        file["images"], file["labels"] = images, labels
    with open("space.yaml", "w", encoding="utf-8") as file:
        file.write(SPACE)
    subprocess.run([winnow, "run", "space.yaml", "-o", "results.h5"], check=True, stdout=subprocess.DEVNULL)
    with h5py.File("results.h5") as f:
        training, _ = retrain.check_split(f, labels)
        mean, deviation = (statistic(images[training].astype(float), axis=(0, 1, 2)) for statistic in (np.mean, np.std))
        retrain.near("mean", f["data/mean"][()], mean)
        retrain.near("deviation", f["data/deviation"][()], deviation)
        for trial in (0, 1):
            retrain.check(f, trial, "images", ImageNetwork(images, mean, deviation), ARRAYS, "nesterov",
                          retrain.CROSS_ENTROPY, PARAMETERS, labels)
    print("two trials on images agree")


main(os.path.abspath(sys.argv[1]))
