"""Deletion and insertion: the network's answer while a picture is replaced block by block, or comes back."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from innv_gui.datasets import png_of
from innv_gui.records import ModelSource, Preprocessing
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.perturbation import compiled
from innv_gui.runtimes.keras.perturbation.fills import fill_pictures
from innv_gui.runtimes.keras.predict.feeding import Feeding
from innv_gui.trust import ordering


def filled(
    source: ModelSource, preprocessing: Preprocessing, x: np.ndarray, fills: tuple[str, ...], classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """x (n, H, W, C) network input, classes (n,) -> pictures of nothing but each fill (F, n, H, W, C), and p (F, n)."""
    network, feeding = loading.load(source), Feeding(preprocessing, source.hooks)
    pictures = np.stack([fill_pictures(x, fill, feeding) for fill in fills])
    p = [network.probabilities(network.scores(one))[np.arange(len(x)), classes] for one in pictures]
    return pictures, np.stack(p)


def replacement(
    source: ModelSource, x: np.ndarray, filled: np.ndarray, places: np.ndarray, classes: np.ndarray, steps: int
) -> np.ndarray:
    """p of the explained class, (F, n, 2, steps - 1) float32: deletion and insertion between their two ends.

    x (n, H, W, C); filled (F, n, H, W, C); places (n, H, W) int32, the place of each pixel's block, the most relevant
    0; classes (n,). At step i the first `ordering.counts(...)[i]` blocks are replaced, or are back.
    """
    network = loading.load(source)
    return np.stack([_curves(network, x, fill, places, classes, steps) for fill in filled])


def replaced_picture(
    source: ModelSource,
    preprocessing: Preprocessing,
    x: np.ndarray,
    places: np.ndarray,
    fill: str,
    count: int,
    inserted: bool,
) -> bytes:
    """PNG of one image (H, W, C) with its first `count` blocks replaced; inserted: with nothing but these left."""
    feeding = Feeding(preprocessing, source.hooks)
    filled = fill_pictures(x[None], fill, feeding)[0]
    covered = (places < count) != inserted
    return png_of(feeding.pictures(np.where(covered[..., None], filled, x)[None])[0])


def _curves(network: Network, x, fill, places, classes, steps: int) -> np.ndarray:
    run = network.function("replaced", lambda: _trace(network))
    rows, counts, inserted = _plan(places, steps)
    tensors = [tf.constant(one) for one in (x, fill, places)]
    parts, batch = [], compiled.at_once(x.shape[1:])
    for start in range(0, len(rows), batch):
        part = slice(start, start + batch)
        asked = (rows[part], counts[part], inserted[part], classes[rows[part]].astype(np.int32))
        parts.append(run(*tensors, *map(tf.constant, asked)).numpy())
    return np.concatenate(parts).reshape(len(x), 2, steps - 1)


def _plan(places: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each changed picture: its image, how many blocks, and whether they are put back; images, ways, steps."""
    n = len(places)
    inner = np.stack([ordering.counts(int(one.max()) + 1, steps)[1:-1] for one in places])
    rows = np.repeat(np.arange(n, dtype=np.int32), 2 * (steps - 1))
    counts = np.repeat(inner[:, None], 2, axis=1).reshape(-1).astype(np.int32)
    inserted = np.tile(np.repeat([False, True], steps - 1), n)
    return rows, counts, inserted


def _trace(network: Network):
    """Compiled: images, fills, places; and per changed picture its image, count of blocks, way, class -> (B,) p."""
    picture = network.signature()
    over = tf.TensorSpec([None, *network.input_shape[:2]], tf.int32)
    number = tf.TensorSpec([None], tf.int32)
    link = network.link()
    signature = [picture, picture, over, number, number, tf.TensorSpec([None], tf.bool), number]

    @tf.function(input_signature=signature, autograph=False)
    def replaced(x, fill, places, rows, counts, inserted, classes):
        first = tf.gather(places, rows) < counts[:, None, None]
        covered = tf.not_equal(first, inserted[:, None, None])[..., None]
        mixed = tf.where(covered, tf.gather(fill, rows), tf.gather(x, rows))
        p = link.traced(tf.cast(network.model(mixed, training=False), tf.float32))
        return tf.gather(p, classes, batch_dims=1)

    return replaced
