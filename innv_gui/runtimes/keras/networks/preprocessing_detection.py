"""Finding out what a network expects of its input: structure, then values, then its name as a marked guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from innv_gui.records import Preprocessing
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import readings
from innv_gui.runtimes.keras.networks.front import Front, front
from innv_gui.runtimes.keras.networks.network import Network

# What the first trained layer of each family of keras.applications sees, by the start of the model's name. MobileNetV3,
# EfficientNet, ConvNeXt, RegNet and ResNet-RS scale pixels themselves: a file of that name that does not is another
# network, and is guessed to be fed what the scaling would have given.
_FAMILIES = (
    ("mobilenetv3", "tf"),
    ("mobilenet", "tf"),
    ("vgg16", "caffe"),
    ("vgg19", "caffe"),
    ("resnetrs", "torch"),
    (r"resnet\d+v2", "tf"),
    (r"resnet\d+", "caffe"),
    ("densenet", "torch"),
    ("inception", "tf"),
    ("xception", "tf"),
    ("nasnet", "tf"),
    ("efficientnetv2(s|m|l)", "tf"),
    ("efficientnet", "torch"),
    ("convnext", "torch"),
    ("regnet", "torch"),
)
ASSUMED = "The file does not say: pixels scaled to [0, 1] are assumed."
MOST_SCALED = 6.0  # a white pixel by the deviations of ImageNet is 2.6; what is scaled twice is far below one
_EXPECTS = {
    "none": "pixels as they are, 0 to 255",
    "unit": "[0, 1]",
    "symmetric": "[-1, 1]",
    "caffe": "ImageNet's mean subtracted (caffe)",
    "torch": "values of mean 0 and deviation 1 (torch)",
}
_LIKELIER = " It is the likelier reading of these values, not a fact."
_BATCH_STATISTICS = ("moving_mean", "moving_variance")


@dataclass(frozen=True)
class Detected:
    """A preprocessing with one or two sentences on how it was determined, and how sure that is (one of BASES)."""

    rule: Preprocessing
    reason: str
    basis: str


OWN = Detected(Preprocessing("unit"), "Images are prepared by a custom function.", "own")


def preprocessing(network: Network) -> Detected:
    """The first of structure, values and name that says something."""
    known = front(network)
    return _of_front(known) or _of_norm(known) or _of_name(network, known) or _assumed(known)


def _of_front(known: Front) -> Detected | None:
    if known.mean is None or known.does_nothing:
        return None
    found = readings.reading(known.mean, known.std)
    if found is None:
        return None
    low, high = readings.RANGES[found.mode]
    ends = f"{_numbers((low - known.mean) / known.std)} to {_numbers((high - known.mean) / known.std)}"
    order = ", in the order blue, green, red" if found.channels == "bgr" else ""
    reason = f"Its front ({_listed(known.names)}) maps {low:g} … {high:g} to {ends}, so it expects "
    reason += f"{_EXPECTS[found.mode]}{order}." + ("" if found.sure else _LIKELIER)
    rule = Preprocessing(found.mode, channels=found.channels)
    return Detected(rule, reason, "structure" if found.sure else "values")


def _of_norm(known: Front) -> Detected | None:
    """The first layer kept mean and variance of what it was trained on, behind a front that changes nothing."""
    layer = known.norm
    if layer is None or not known.does_nothing:
        return None
    mean, variance = (np.asarray(getattr(layer, name), np.float64).ravel() for name in _BATCH_STATISTICS)
    found = readings.reading_of_norm(mean, variance)
    if found is None:
        return None
    spread = float(np.sqrt(variance.mean() + mean.var()))
    reason = f"Its first layer ({quoted(layer.name)}) met values of mean {mean.mean():.3g} and deviation {spread:.3g} "
    reason += f"in training, which is like {_EXPECTS[found.mode]}.{_LIKELIER}"
    return Detected(Preprocessing(found.mode), reason, "values")


def _of_name(network: Network, known: Front) -> Detected | None:
    """A guess, for colour networks that do nothing to pixels themselves."""
    if network.input_shape[2] != 3 or known.turned or not (known.does_nothing or not known.names):
        return None
    for name in network.flat.inner_names:
        mode = _mode_of(name)
        if mode is not None:
            reason = f"A guess: the architecture is called {quoted(name)}, and networks of that name in "
            reason += f"keras.applications see pixels by {mode!r}. Nothing in the file confirms it."
            return Detected(Preprocessing(mode), reason, "name")
    return None


def _mode_of(name: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return next((mode for start, mode in _FAMILIES if re.match(start, plain)), None)


def _assumed(known: Front) -> Detected:
    if known.does_nothing or not known.names:
        return Detected(Preprocessing("unit"), ASSUMED, "assumed")
    what = f"What its front ({_listed(known.names)}) expects could not be determined. "
    if known.largest is not None and known.largest < MOST_SCALED:
        scales = f"It makes {known.largest:.3g} or less of pixels of 0 to 255, so these are assumed."
        return Detected(Preprocessing("none"), what + scales, "assumed")
    return Detected(Preprocessing("unit"), f"{what}{ASSUMED}", "assumed")


def _numbers(values: np.ndarray) -> str:
    """One number, or one per channel in brackets."""
    shown = [f"{value + 0.0:.3g}" for value in np.atleast_1d(values)]
    return shown[0] if len(set(shown)) == 1 else f"({', '.join(shown)})"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names[:3])) + (" …" if len(names) > 3 else "")
