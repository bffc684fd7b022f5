"""What a network says of a few labelled images under several preprocessing rules: decoded once, predicted by each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from innv_gui import datasets
from innv_gui.datasets import geometry
from innv_gui.datasets.stamps import states
from innv_gui.errors import Cancelled
from innv_gui.records import NO_ANSWER, UNREAD, Answers, ImageRef, ModelSource, Preprocessing
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.predict import preprocessing as rules_

AT_ONCE = 8  # images between two questions whether somebody waits
KEPT_CHUNKS = 2  # a chunk that made way is decoded already when it goes on


def answers(
    source: ModelSource,
    refs: tuple[ImageRef, ...],
    rules: tuple[Preprocessing, ...],
    stopped: Callable[[], bool] = lambda: False,
    make_way: Callable[[], bool] = lambda: False,
) -> Answers:
    """The predicted classes of some images under each rule, from the first on: fewer rules, or none, where somebody
    waits."""
    network = loading.load(source)
    now = tuple(states(list(refs)))
    found = []
    for rule in rules:
        pixels, unread, uniform = _pixels(refs, now, *_look(network, rule))
        parts = []
        for start in range(0, len(refs), AT_ONCE):
            if stopped():
                raise Cancelled("The work was cancelled.")
            if make_way():
                return _answers(found, pixels, unread, uniform)
            parts.append(_predicted(network, pixels[start : start + AT_ONCE], rule))
        found.append(np.where(unread, UNREAD, np.concatenate(parts)))
    return _answers(found, pixels, unread, uniform)


def _answers(found: list[np.ndarray], pixels: np.ndarray, unread: np.ndarray, uniform: bool) -> Answers:
    flat = pixels[~unread].reshape(-1, pixels.shape[-1]).astype(np.float64)
    sums = np.stack([np.full(flat.shape[1], len(flat)), flat.sum(axis=0), (flat**2).sum(axis=0)])
    return Answers(np.array(found, np.int32).reshape(-1, len(pixels)), uniform, sums)


def _look(network: Network, rule: Preprocessing) -> tuple[int, int, int, str]:
    return *geometry.size_of(network.input_shape), network.input_shape[2], rule.resize


@lru_cache(KEPT_CHUNKS)
def _pixels(refs, now, height: int, width: int, channels: int, resize: str) -> tuple[np.ndarray, np.ndarray, bool]:
    """((n, H, W, C) uint8-range float32, (n,) which could not be read, whether no resize rule makes a difference)."""
    images = [_decoded(ref) for ref in refs]
    black = np.zeros((height, width, channels), np.float32)
    rows = [black if image is None else geometry.fitted(image, height, width, channels, resize) for image in images]
    unread = np.array([image is None for image in images])
    uniform = all(image is None or image.shape[0] * width == image.shape[1] * height for image in images)
    return np.stack(rows), unread, uniform


def _decoded(ref: ImageRef) -> np.ndarray | None:
    try:
        image = datasets.decoded_or_reason(ref)
    except Exception:  # the border around one image: whatever is wrong with it, the others go on
        return None
    return None if isinstance(image, str) else image


def _predicted(network: Network, pixels: np.ndarray, rule: Preprocessing) -> np.ndarray:
    """(n,) class indices, NO_ANSWER where the values are no numbers."""
    probabilities = network.probabilities(network.scores(rules_.apply(pixels, rule)))
    finite = np.isfinite(probabilities).all(axis=1)
    return np.where(finite, np.where(finite[:, None], probabilities, 0).argmax(axis=1), NO_ANSWER)
