"""Fashion-MNIST as all peers see it, and the network and training that they share."""
import gzip

import numpy as np

FOLDER = "/usr/share/datasets/fashion-mnist/"
TRAIN, VALIDATION = 50000, 10000
LEARNING_RATE, MOMENTUM = 0.01, 0.9


def idx(name, header):
    with gzip.open(FOLDER + name) as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def load():
    """All 60000 images as floats [60000, 784] of mean 0 and deviation 1, and their labels."""
    images = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(np.float32)
    labels = idx("train-labels-idx1-ubyte.gz", 8).astype(np.int64)
    return (images - images[:TRAIN].mean()) / images[:TRAIN].std(), labels
