"""Compiled functions that change pictures and run the network on them.

Window, corners, masks and fill are inputs: another window, fill or count makes no other trace. There is one function
for each explained layer and size of picture. Copies are made inside the function, a batch at a time.
"""

from __future__ import annotations

import math

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.attribution.compiled import kept
from innv_gui.runtimes.keras.networks.network import BATCH, Network

MOST = 512  # copies of a call, however small they are
VALUES = BATCH * 224 * 224 * 3  # of the copies of a call; a larger picture has as many as the network predicts at once

_WHOLE = tf.TensorSpec([None], tf.int32)
_PAIRS = tf.TensorSpec([None, 2], tf.int32)
_GRIDS = tf.TensorSpec([None, None, None], tf.float32)


def at_once(shape: tuple[int, ...]) -> int:
    """Copies (H, W, C) that one call makes: many of small ones, because a call has a price of its own."""
    return max(BATCH, min(MOST, VALUES // math.prod(shape)))


def covered(network: Network, layer: str, shape: tuple[int, ...]):
    """Compiled: what the neurons of `layer` say of copies with a window over them, each from one of n pictures.

    pictures, fills (n, H, W, C), which (b,), corners (b, 2), window (2,) as (h, w) -> (b, U), at the strongest place,
    of the output the scores. A corner outside the picture leaves the copy as it is.
    """

    def trace():
        model, pictures = _model(network, layer), tf.TensorSpec([None, *shape], tf.float32)

        @tf.function(
            input_signature=[pictures, pictures, _WHOLE, _PAIRS, tf.TensorSpec([2], tf.int32)], autograph=False
        )
        def run(pictures, fills, which, corners, window):
            rows = _inside(corners[:, 0], window[0], shape[0])[:, :, None, None]
            columns = _inside(corners[:, 1], window[1], shape[1])[:, None, :, None]
            copies = tf.where(rows & columns, tf.gather(fills, which), tf.gather(pictures, which))
            return _strongest(model(copies, training=False))

        return run

    return kept(network, ("covered", layer, shape), trace)


def shown(network: Network, layer: str, shape: tuple[int, ...]):
    """Compiled: what the neurons of `layer` say of one picture behind b masks.

    picture, fill (H, W, C), grids (b, s, s), shifts (b, 2) in pixels -> (b, U). Where a mask is 1 the picture is seen.
    """

    def trace():
        model, picture = _model(network, layer), tf.TensorSpec(shape, tf.float32)

        @tf.function(input_signature=[picture, picture, _GRIDS, _PAIRS], autograph=False)
        def run(picture, fill, grids, shifts):
            masks = _masks(grids, shifts, shape)[..., None]
            return _strongest(model(fill + masks * (picture - fill), training=False))

        return run

    return kept(network, ("shown", layer, shape), trace)


def sums(network: Network, shape: tuple[int, ...]):
    """Compiled: grids (b, s, s), shifts (b, 2), values (b,) -> (2, 2, H, W) over masks of even and of odd place: the
    sum of value times mask, and of the masks."""

    def trace():
        values = tf.TensorSpec([None], tf.float32)

        @tf.function(input_signature=[_GRIDS, _PAIRS, values], autograph=False)
        def run(grids, shifts, values):
            even = tf.cast(tf.range(tf.shape(values)[0]) % 2 == 0, tf.float32)
            weights = tf.stack([even * values, even, (1 - even) * values, 1 - even])
            masks = tf.reshape(_masks(grids, shifts, shape), [-1, shape[0] * shape[1]])
            return tf.reshape(tf.matmul(weights, masks), [2, 2, shape[0], shape[1]])

        return run

    return kept(network, ("sums", shape), trace)


def _model(network: Network, layer: str) -> keras.Model:
    return keras.Model(network.model.inputs[0], network.flat.tensors[layer])


def _strongest(end):
    """(b, ..., U) -> (b, U) float32."""
    end = tf.cast(end, tf.float32)
    return tf.reduce_max(tf.reshape(end, [tf.shape(end)[0], -1, end.shape[-1]]), axis=1)


def _inside(corners, window, length: int):
    """(b,), () -> (b, length): which places of a side lie in the window."""
    place = tf.range(length)
    return (place >= corners[:, None]) & (place < corners[:, None] + window)


def _masks(grids, shifts, shape: tuple):
    """(b, s, s), (b, 2) -> (b, H, W): each grid enlarged to (s + 1) cells and cut out `shifts` from its corner."""
    size = tf.shape(grids)[1]
    rows, columns = (_hats(shifts[:, side], size, shape[side]) for side in (0, 1))
    return tf.einsum("bhi,bij,bwj->bhw", rows, grids, columns)


def _hats(shifts, size, length: int):
    """(b,) -> (b, length, s): how much each cell counts at each place, by straight lines between the cells' centres."""
    large = tf.cast((size + 1) * cell(length, size), tf.float32)
    place = tf.cast(tf.range(length), tf.float32) + tf.cast(shifts, tf.float32)[:, None] + 0.5
    last = tf.cast(size - 1, tf.float32)
    position = tf.clip_by_value(place * tf.cast(size, tf.float32) / large - 0.5, 0.0, last)
    return tf.nn.relu(1 - tf.abs(position[:, :, None] - tf.cast(tf.range(size), tf.float32)))


def cell(length: int, size):
    """Pixels of a side that one of `size` cells takes, rounded up."""
    return -(-length // size)
