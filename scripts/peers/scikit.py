"""scikit-learn's MLPClassifier: the same network, optimizer and batches, in single precision."""
import time

import sklearn
from sklearn.neural_network import MLPClassifier

from data import LEARNING_RATE, MOMENTUM

NAME = "scikit-learn " + ".".join(sklearn.__version__.split(".")[:2])


def speed(sizes, images, labels, batch):
    """Examples a second over an epoch, which partial_fit is: shuffled mini-batches of all that it is given."""
    model = MLPClassifier(hidden_layer_sizes=sizes[1:-1], solver="sgd", momentum=MOMENTUM, nesterovs_momentum=True,
                          learning_rate_init=LEARNING_RATE, batch_size=batch, alpha=0, shuffle=True, random_state=1)
    model.partial_fit(images[:4 * batch], labels[:4 * batch], classes=range(10))
    start = time.perf_counter()
    model.partial_fit(images, labels)
    return len(images) / (time.perf_counter() - start)
