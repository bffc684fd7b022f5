"""Training of the perceptron written out in NumPy, batch by batch."""

import numpy as np

from innv_gui.runtimes.keras.training import batches


def softmax(scores):
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def forward(weights, x):
    """What each layer gives; the last are probabilities."""
    first = np.tanh(x @ weights[0] + weights[1])
    second = np.tanh(first @ weights[2] + weights[3])
    return x, first, second, softmax(second @ weights[4] + weights[5])


def gradients(weights, x, labels):
    """Of the mean cross-entropy, by the chain rule."""
    *inputs, p = forward(weights, x)
    slope = (p - np.eye(p.shape[1])[labels]) / len(x)
    found = []
    for layer in (2, 1, 0):
        found = [inputs[layer].T @ slope, slope.sum(axis=0), *found]
        slope = (slope @ weights[2 * layer].T) * (1 - inputs[layer] ** 2)
    return found


def stepped(weights, squares, steps, found):
    """Adadelta's three lines (Zeiler 2012), number by number of each array."""
    for place, slope in enumerate(found):
        squares[place] = 0.95 * squares[place] + 0.05 * slope**2
        change = -np.sqrt(steps[place] + 1e-7) / np.sqrt(squares[place] + 1e-7) * slope
        steps[place] = 0.95 * steps[place] + 0.05 * change**2
        weights[place] = weights[place] + change


def as_they_are(made, images, donors):
    return made.x[images]


def slow(made, weights, seed, epochs, seen=as_they_are):
    """Weights and rows after each epoch, in double precision. seen: what the network is shown of a batch."""
    weights = [one.astype(float) for one in weights]
    squares, steps = ([np.zeros_like(one) for one in weights] for _ in range(2))
    rows = []
    for epoch in range(epochs):
        for images, donors in zip(*(one[0] for one in batches.orders(seed, epoch, 1, len(made.x))), strict=True):
            images = images[images >= 0]
            flat = seen(made, images, donors).reshape(len(images), -1).astype(float)
            stepped(weights, squares, steps, gradients(weights, flat, made.y[images]))
        rows.append([*looked(weights, made.x, made.y), *looked(weights, made.held, made.held_y)])
    return weights, np.array(rows)


def looked(weights, x, y):
    p = forward(weights, x.reshape(len(x), -1).astype(float))[-1]
    return -np.log(p[np.arange(len(y)), y]).mean(), (p.argmax(axis=1) == y).mean()


def equal(first, second):
    assert first.epoch == second.epoch
    for one, other in zip((*first.weights, *first.slots), (*second.weights, *second.slots), strict=True):
        np.testing.assert_array_equal(one, other)
