"""Does a network still look at what is marked? First what it does there, then where its gradient is."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.training import painting, shapes
from innv_gui.runtimes.keras.training.networks import Arrays, Trainee
from innv_gui.workshop.copies import Copies, copies
from innv_gui.workshop.recipe import Recipe, TrainState, regions

MOST_PAIRS = 2000  # held-out images with a region of another class's
MOST_IMAGES = 256  # whose gradient is looked at
STREAM = 4  # of random numbers: others belong to images, weights and batches
ONE_CLASS = 0.95  # of all predictions of balanced classes: it decides no more
UNSURE = 0.9  # of the largest entropy, on the average


def measure(recipe: Recipe, state: TrainState) -> dict:
    """Numbers of a recipe with marks, each None where there is no marked region.

    replaced_accuracy: of held-out images whose region comes from an image of another class, each pair counting alike;
    noise_accuracy: whose region is noise. inside: share of the squared gradient of the summed log-probabilities in the
    region, mean over classes, and inside_of by class name. undecided: it names almost one class alone, or is unsure.
    """
    trainee, made, marked = shapes.trainee_of(recipe), copies(recipe), regions(recipe)
    x, labels = _replaced(recipe, made, marked)
    noise = np.random.default_rng((recipe.seed, STREAM, 1)).random(made.held.shape, np.float32)
    ask = lambda pictures: shapes.probabilities(trainee, state.weights, pictures, len(recipe.classes))  # noqa: E731
    noisy = np.where(marked[made.held_y], noise, made.held)
    inside = _inside(trainee, state.weights, made, marked) if marked.any() else [None] * len(recipe.classes)
    known = [one for one in inside if one is not None]
    return {
        "replaced_accuracy": _accuracy(ask(x), labels) if len(x) else None,
        "noise_accuracy": _accuracy(ask(noisy), made.held_y) if marked.any() else None,
        "inside": float(np.mean(known)) if known else None,
        "inside_of": {one.name: share for one, share in zip(recipe.classes, inside, strict=True)},
        "undecided": is_undecided(ask(made.held), made.held_y),
    }


def is_undecided(p: np.ndarray, labels: np.ndarray) -> bool:
    """p: (N, K) of held-out images. Whether nearly all are named alike though they are not, or p is nearly even."""
    n_classes = p.shape[1]
    named = np.bincount(p.argmax(axis=1), minlength=n_classes) / len(p)
    true = np.bincount(labels, minlength=n_classes) / len(p)
    entropy = -(p * np.log(np.maximum(p, np.finfo(float).tiny))).sum(axis=1).mean()
    return bool((named.max() >= ONE_CLASS and true.max() < ONE_CLASS) or entropy >= UNSURE * np.log(n_classes))


def _accuracy(p: np.ndarray, labels: np.ndarray) -> float:
    return float((p.argmax(axis=1) == labels).mean())


def _replaced(recipe: Recipe, made: Copies, marked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Held-out images with the region of their class from held-out images of each other class, and their classes."""
    has_region = np.asarray(marked.any(axis=(1, 2)))[made.held_y]
    pairs = np.argwhere(np.not_equal.outer(made.held_y, made.held_y) & has_region[:, None])
    if len(pairs) > MOST_PAIRS:
        pairs = np.random.default_rng((recipe.seed, STREAM)).choice(pairs, MOST_PAIRS, replace=False)
    own, other = pairs.T
    labels = made.held_y[own]
    return np.where(marked[labels], made.held[other], made.held[own]), labels


def _inside(trainee: Trainee, weights: Arrays, made: Copies, marked: np.ndarray) -> list[float | None]:
    """Per class; None where it has no region, or the gradient is 0."""
    places = np.linspace(0, len(made.held) - 1, min(len(made.held), MOST_IMAGES)).round().astype(int)
    labels = made.held_y[places]
    wide, x = [tf.constant(one) for one in trainee.widened(weights)], tf.constant(made.held[places])
    everywhere = tf.ones(x.shape, tf.bool)
    parts = [
        painting.slope_inside(trainee, wide, x, where, len(marked), None)[2].numpy()
        for where in (tf.constant(marked[labels]), everywhere)
    ]
    found = []
    for k in range(len(marked)):
        inside, whole = (part[labels == k].sum() for part in parts)
        found.append(float(inside / whole) if marked[k].any() and whole > 0 else None)
    return found
