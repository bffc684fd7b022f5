"""Where an ascent begins: black, white, noise, blurred noise, an image or an array, in the network's valid range."""

from __future__ import annotations

import numpy as np

from innv_gui import datasets
from innv_gui.datasets import geometry
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, ModelSource, Preprocessing, Start
from innv_gui.runtimes.keras.maximize.direction import blurred
from innv_gui.runtimes.keras.networks import hooks, loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.predict import preprocessing as rules

WHITE = 255.0
SIGMA_PX = 1.0
ROUNDING = 1e-5  # as a share of the range: of an array that an ascent gave
UNKNOWN_RANGE = "The preprocessing is a custom function: its valid range is not known, so nothing is clipped."


def start(
    source: ModelSource, rule: Preprocessing, initial: str | ImageRef | np.ndarray, seed: int, clip: bool = True
) -> Start:
    """The picture of that name, an image, or an array (H, W, C) that is network input; as shares of the valid range.

    The same seed gives the same noise for every target and every model of this input size. clip: bring an array into
    the valid range where it is known.
    """
    network = loading.load(source)
    low, high, bounded = valid_range(network, source, rule)
    if isinstance(initial, np.ndarray):
        given = _array(network, initial)
        x = np.clip(given, low, high) if clip and bounded else given
        notes = _clipped(given, x, low, high)
    else:
        pixels, notes = _pixels(network, rule, initial, seed)
        x = as_input(network, source, rule, [pixels])[0]
    notes += () if bounded else (UNKNOWN_RANGE,)
    u = ((x - low) / (high - low)).astype(np.float32)
    backwards = (rule.mode == "caffe") != (rule.channels == "bgr")  # caffe turns them around, and back again
    return Start(u, low, high, bounded, backwards and bounded, notes)


def _clipped(given: np.ndarray, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[str, ...]:
    """How many values were changed, in a sentence; none where only rounding put them outside."""
    count = int((np.abs(given - x) > ROUNDING * (high - low)).sum())
    many = f"{count} of {x.size} values of the start were outside the range of a picture and were moved to its limits"
    return (f"{many}; switch clip off to begin outside it.",) if count else ()


def valid_range(network: Network, source: ModelSource, rule: Preprocessing) -> tuple[np.ndarray, np.ndarray, bool]:
    """(low (C,), high (C,), known): what black and white become. Every rule rises from black to white."""
    channels = network.input_shape[2]
    if "preprocess" in hooks.load(source.hooks):
        return np.zeros(channels, np.float32), np.ones(channels, np.float32), False
    ends = np.stack([np.zeros((1, 1, channels)), np.full((1, 1, channels), WHITE)])
    low, high = rules.apply(ends, rule)[:, 0, 0]
    return low, high, True


def as_input(network: Network, source: ModelSource, rule: Preprocessing, images: list[np.ndarray]) -> np.ndarray:
    """Pixels in [0, 255] of any size -> (N, H, W, C) float32 network input."""
    if "preprocess" in hooks.load(source.hooks):
        return hooks.preprocessed(source.hooks, [geometry.as_pixels(one) for one in images], network.input_shape)
    height, width = geometry.size_of(network.input_shape)
    fitted = [geometry.fitted(one, height, width, network.input_shape[2], rule.resize) for one in images]
    return rules.apply(np.stack(fitted), rule)


def _pixels(network: Network, rule: Preprocessing, initial: str | ImageRef, seed: int) -> tuple[np.ndarray, tuple]:
    """(H, W, C) in [0, 255]."""
    if isinstance(initial, ImageRef):
        return datasets.decode(initial), ()
    shape = (*geometry.size_of(network.input_shape), network.input_shape[2])
    sides = geometry.open_sides(network.input_shape)
    notes = (f"The model takes {sides}: {shape[0]} × {shape[1]} was chosen.",) if sides else ()
    return WHITE * PICTURES[initial](shape, seed), notes


def _noise(shape: tuple, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, np.float32)


PICTURES = {
    "black": lambda shape, seed: np.zeros(shape, np.float32),
    "white": lambda shape, seed: np.ones(shape, np.float32),
    "noise": _noise,
    "blurred": lambda shape, seed: blurred(_noise(shape, seed)[None], SIGMA_PX).numpy()[0],
}


def _array(network: Network, given: np.ndarray) -> np.ndarray:
    fits = given.ndim == 3 and all(w in (None, g) for w, g in zip(network.input_shape, given.shape, strict=True))
    are_numbers = given.dtype.kind in "fiub"
    n_wrong = np.count_nonzero(~np.isfinite(given)) if are_numbers else 0
    if not fits or not are_numbers or n_wrong:
        wanted = tuple("any" if side is None else side for side in network.input_shape)
        got = f"{given.shape} of {given.dtype}"
        got += f", of which {n_wrong:,} of {given.size:,} values are NaN or infinite" if n_wrong else ""
        message = f"The start must be an array {wanted} of finite numbers; got {got}."
        raise BadInput(message, "It is taken as network input.", "initial")
    return given.astype(np.float32)
