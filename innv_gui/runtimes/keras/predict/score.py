"""Scores of many images under several models: every image is decoded once, while those before it are predicted.

Threads decode and resize (Pillow and numpy release Python's lock for that); this thread hands whole batches to
TensorFlow. Batches are cut by position, and an image that cannot be read leaves a black row, so that what the others
get depends neither on it nor on how the work was cut into tasks.
"""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import keras
import numpy as np
import tensorflow as tf

from innv_gui import datasets
from innv_gui.datasets import geometry
from innv_gui.datasets.small import SIDE
from innv_gui.datasets.stamps import CHANGED, stamp
from innv_gui.errors import BadInput, Cancelled, WorkFailed
from innv_gui.records import NOT_FINITE, ImageRef, ModelSource, Preprocessing, ScoredImages, ScoreWish, Votes
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import hooks, loading
from innv_gui.runtimes.keras.networks.network import BATCH, Network
from innv_gui.runtimes.keras.predict import preprocessing as rules

AHEAD = 3  # batches that are decoded while one is predicted
BLACK = np.zeros((SIDE, SIDE, 3), np.uint8)
GROUP = 8  # images a thread takes at a time: small ones are done faster than they are handed out
AS_IT_IS = None  # the look for a custom function, which resizes itself
CHANGED_SINCE = "has changed since the dataset was opened. Open the dataset again."

Look = tuple[int, int, int, str] | None  # (height, width, channels, resize rule)


@dataclass
class Read:
    """One image as it was read. pixels: per look (H, W, C) float32 in [0, 255]."""

    stamp: tuple[int, int]
    problem: str | None = None
    pixels: dict[Look, np.ndarray] = field(default_factory=dict)
    square: np.ndarray | None = None


def score(
    wishes: tuple[ScoreWish, ...],
    refs: list[ImageRef],
    opened_ns: int = 0,
    squares: bool = False,
    *,
    stopped: Callable[[], bool] = lambda: False,
    make_way: Callable[[], bool] = lambda: False,
) -> ScoredImages:
    """Class probabilities and the neurons of the requested layers for each image, under each model.

    squares: small squares of the images, too, which costs little where they are decoded anyway. stopped: asked before
    each batch; raises Cancelled when it says so. make_way: asked behind each batch; what is done until then is
    returned, images from the first on.
    """
    voters = [Voter(wish) for wish in wishes]
    looks = tuple({voter.look: None for voter in voters})
    started, stamps, small = time.monotonic(), [], []
    for batch in batches(refs, looks, opened_ns, squares):
        if stopped():
            raise Cancelled("The work was cancelled.")
        stamps += [read.stamp for read in batch]
        small += [BLACK if read.square is None else read.square for read in batch] if squares else []
        inputs: dict[tuple, np.ndarray] = {}
        for voter in voters:
            voter.vote(batch, inputs)
        if make_way():
            break
    results = tuple(voter.result() for voter in voters)
    stamped = np.array(stamps, np.int64).reshape(-1, 2)
    worker = f"{socket.gethostname()}-{os.getpid()}"
    return ScoredImages(stamped, results, time.monotonic() - started, worker, np.stack(small) if squares else None)


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="read")


def batches(
    refs: list[ImageRef], looks: tuple[Look, ...], opened_ns: int, squares: bool = False
) -> Iterator[list[Read]]:
    """The images in batches, read ahead; never more than a few batches of pixels are in memory."""
    waiting: deque[list[Future]] = deque()
    try:
        for start in range(0, len(refs), BATCH):
            batch = refs[start : start + BATCH]
            groups = (batch[at : at + GROUP] for at in range(0, len(batch), GROUP))
            waiting.append([_readers().submit(_read_all, group, looks, opened_ns, squares) for group in groups])
            if len(waiting) > AHEAD:
                yield _collected(waiting.popleft())
        while waiting:
            yield _collected(waiting.popleft())
    finally:
        for future in (future for futures in waiting for future in futures):
            future.cancel()


def _collected(futures: list[Future]) -> list[Read]:
    return [read for future in futures for read in future.result()]


def _read_all(refs: list[ImageRef], looks: tuple[Look, ...], opened_ns: int, squares: bool) -> list[Read]:
    return [_read(ref, looks, opened_ns, squares) for ref in refs]


def _read(ref: ImageRef, looks: tuple[Look, ...], opened_ns: int, squares: bool = False) -> Read:
    found = stamp(ref, opened_ns)
    if found == CHANGED:
        return Read(CHANGED, CHANGED_SINCE)
    try:
        image = datasets.decoded_or_reason(ref)
        if isinstance(image, str):
            return Read(found, image)
        fitted = {look: _fitted(image, look) for look in looks}
        return Read(found, None, fitted, datasets.square_of(image) if squares else None)
    except MemoryError:
        return Read(found, "needs more memory than is available.")
    except Exception as error:  # the border around one image: whatever is wrong with it, the others go on
        return Read(found, f"cannot be decoded: {type(error).__name__}.")


def _fitted(image: np.ndarray, look: Look) -> np.ndarray:
    return geometry.as_pixels(image) if look is AS_IT_IS else geometry.fitted(image, *look)


class Voter:
    """One model and what it has said so far."""

    def __init__(self, wish: ScoreWish):
        self._source: ModelSource = wish.source
        self._rule: Preprocessing = wish.preprocessing
        self._network = loading.load(wish.source)
        self._layers = wish.layers
        self._run = forward(self._network, wish.layers)
        self._own = "preprocess" in hooks.load(wish.source.hooks)
        self.look: Look = AS_IT_IS if self._own else self._look()
        self._probabilities: list[np.ndarray] = []
        self._inner: list[list[np.ndarray]] = []
        self._problems: dict[int, str] = {}
        self._n = 0

    def _look(self) -> Look:
        height, width = geometry.size_of(self._network.input_shape)
        return height, width, self._network.input_shape[2], self._rule.resize

    def vote(self, batch: list[Read], inputs: dict[tuple, np.ndarray]) -> None:
        """Predict a batch; `inputs` keeps what models with the same input and preprocessing share."""
        bad = {row: read.problem for row, read in enumerate(batch) if read.problem is not None}
        x = self._own_input(batch, bad) if self._own else self.input_of(batch, inputs)
        scores, inner = self.scores_of(x)
        probabilities = self._network.probabilities(scores)
        lost = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))
        bad |= {int(row): NOT_FINITE for row in lost if row not in bad}
        self._note(probabilities, inner, bad)

    def _note(self, probabilities: np.ndarray, inner: list[np.ndarray], bad: dict[int, str]) -> None:
        for values in (probabilities, *inner):
            values[list(bad)] = np.nan
        self._probabilities.append(probabilities)
        self._inner.append(inner)
        self._problems |= {self._n + row: problem for row, problem in bad.items()}
        self._n += len(probabilities)

    def scores_of(self, x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """(N, H, W, C) network input -> (N, K) scores and (N, U) neurons of each layer."""
        scores, inner = self._run(tf.constant(x))
        return scores.numpy(), [values.numpy() for values in inner]

    def input_of(self, batch: list[Read], inputs: dict[tuple, np.ndarray]) -> np.ndarray:
        """(N, H, W, C) network input; black where an image could not be read."""
        key = (self.look, self._rule)
        if key not in inputs:
            black = np.zeros(self.look[:3], np.float32)
            pixels = np.stack([read.pixels.get(self.look, black) for read in batch])
            inputs[key] = rules.apply(pixels, self._rule)
        return inputs[key]

    def _own_input(self, batch: list[Read], bad: dict[int, str]) -> np.ndarray:
        """By the custom function: all at once, or one by one to find the image that it fails on."""
        good = [row for row in range(len(batch)) if row not in bad]
        pixels = [batch[row].pixels[AS_IT_IS] for row in good]
        try:
            rows = hooks.preprocessed(self._source.hooks, pixels, self._network.input_shape) if good else []
            return self._placed(dict(zip(good, rows, strict=True)), len(batch))
        except WorkFailed:
            return self._placed(self._one_by_one(good, pixels, bad), len(batch))

    def _one_by_one(self, good: list[int], pixels: list[np.ndarray], bad: dict[int, str]) -> dict[int, np.ndarray]:
        found = {}
        for row, image in zip(good, pixels, strict=True):
            try:
                found[row] = hooks.preprocessed(self._source.hooks, [image], self._network.input_shape)[0]
            except WorkFailed as error:
                bad[row] = error.message
        return found

    def _placed(self, rows: dict[int, np.ndarray], n: int) -> np.ndarray:
        """(n, H, W, C) with black where there is none."""
        shape = self._network.input_shape
        size = next(iter(rows.values())).shape if rows else (*geometry.size_of(shape), shape[2])
        x = np.zeros((n, *size), np.float32)
        for row, values in rows.items():
            x[row] = values
        return x

    def result(self) -> Votes:
        """Everything said so far."""
        inner = zip(*self._inner, strict=True) if self._inner else ([] for _ in self._layers)
        activations = {name: np.concatenate(values) for name, values in zip(self._layers, inner, strict=True)}
        return Votes(np.concatenate(self._probabilities), activations, self._problems)


def forward(network: Network, layers: tuple[str, ...]):
    """Compiled: (N, H, W, C) -> ((N, K) scores, [(N, U) neurons of each layer]) in one pass."""
    for name in layers:
        _check_layer(network, name)

    def trace():
        tensors = [network.flat.tensors[name] for name in layers]
        model = keras.Model(network.model.inputs, [network.model.outputs[0], *tensors])

        @tf.function(input_signature=[network.signature()], autograph=False)
        def run(x):
            scores, *inner = keras.tree.flatten(model(x, training=False))  # one output comes without its list
            return tf.cast(scores, tf.float32), [neurons(values) for values in inner]

        return run

    return network.function(("score", layers), trace)


def neurons(values: tf.Tensor) -> tf.Tensor:
    """(N, ..., U) -> (N, U) float32: each neuron's largest activation over the positions."""
    middle = list(range(1, len(values.shape) - 1))
    return tf.cast(tf.reduce_max(values, axis=middle) if middle else values, tf.float32)


def _check_layer(network: Network, name: str) -> None:
    known = {name: tensor for name, tensor in network.flat.tensors.items() if len(getattr(tensor, "shape", ())) > 1}
    if name not in known:
        raise BadInput(
            f"{network.file} has no layer {quoted(name)} whose neurons could be measured.", "", "layer", tuple(known)
        )
    network.check_single(name)
