"""What a front or a first normalization expects: the range of values for which what it does makes sense.

A front maps x to (x - mean) / std. Of the three ranges that pixels are scaled to, a reading is one that the front maps
to a range people train with, or whose mean and deviation it can hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RANGES = {"none": (0.0, 255.0), "unit": (0.0, 1.0), "symmetric": (-1.0, 1.0)}  # mode -> what it gives
TRAINED_WITH = ((0, 1), (-1, 1), (-0.5, 0.5), (0, 255), (-127.5, 127.5))
IMAGENET_MEAN = np.array([123.68, 116.779, 103.939]) / 255  # red, green, blue; torch's differ by less than 0.002
_NEAR = 0.015  # of a range: 1/256 and x / 128 - 1 are near
_KNOWN = 0.004  # of a mean, as a share of the range
_LEAST_STD, _LEAST_MEAN = 0.02, 0.02  # shares of the range
_LEAST_SPAN, _MOST_SPAN = 0.3, 10.0
_SURE = ("known", "range")
_KINDS = ("known", "range", "moments", "centred", "scaled")  # the stronger first


@dataclass(frozen=True)
class Reading:
    """mode: a preprocessing that gives what is expected. sure: there is no other reading. channels: "rgb" or "bgr"."""

    mode: str
    sure: bool
    channels: str = "rgb"


def reading(mean: np.ndarray, std: np.ndarray) -> Reading | None:
    """For a front that gives (x - mean[c]) / std[c]; None where no range makes sense."""
    found = {}
    for mode, (low, high) in RANGES.items():
        m, s = (mean - low) / (high - low), std / (high - low)
        kind = next((kind for kind in _KINDS if _FITS[kind](m, s, mode)), None)
        if kind is not None:
            found[mode] = kind
    if not found:
        return None
    strongest = min(found.values(), key=_KINDS.index)
    modes = [mode for mode, kind in found.items() if kind == strongest]
    sure = strongest in _SURE and len(modes) == 1
    return Reading(modes[0], sure, _order(mean, modes[0]))


def _order(mean: np.ndarray, mode: str) -> str:
    """Means of ImageNet in the order blue, green, red say that this is the order of what is expected."""
    low, high = RANGES[mode]
    return "bgr" if _is_imagenet((mean - low) / (high - low), backwards=True) else "rgb"


def _is_imagenet(m: np.ndarray, backwards: bool) -> bool:
    expected = IMAGENET_MEAN[::-1] if backwards else IMAGENET_MEAN
    return len(m) == 3 and bool(np.abs(m - expected).max() < _KNOWN)


def _known(m: np.ndarray, s: np.ndarray, mode: str) -> bool:
    return mode != "symmetric" and (_is_imagenet(m, False) or _is_imagenet(m, True))


def _range(m: np.ndarray, s: np.ndarray, mode: str) -> bool:
    """A front that leaves the range almost as it is tells nothing of it."""
    ends = np.sort(np.stack([-m / s, (1 - m) / s]), axis=0)  # (2, C): what the ends of the range become
    span = ends[1] - ends[0]
    targets = [target for target in TRAINED_WITH if target != RANGES[mode] or (s < 0).all()]
    return any((np.abs(ends - np.array([[low], [high]])) <= _NEAR * span).all() for low, high in targets)


def _moments(m: np.ndarray, s: np.ndarray, mode: str) -> bool:
    """Values in [0, 1] of mean m have a deviation of at most sqrt(m (1 - m))."""
    return bool(((m > 0) & (m < 1) & (s >= _LEAST_STD) & (m * (1 - m) >= 0.9 * s**2)).all())


def _centred(m: np.ndarray, s: np.ndarray, mode: str) -> bool:
    """Only a mean is taken off."""
    low, high = RANGES[mode]
    is_plain = np.allclose(np.abs(s) * (high - low), 1, atol=1e-3)
    return is_plain and bool(((m > _LEAST_MEAN) & (m < 1 - _LEAST_MEAN)).all())


def _scaled(m: np.ndarray, s: np.ndarray, mode: str) -> bool:
    span = 1 / np.abs(s)
    return bool(((np.abs(m) < _LEAST_MEAN) & (span >= _LEAST_SPAN) & (span <= _MOST_SPAN)).all())


_FITS = {"known": _known, "range": _range, "moments": _moments, "centred": _centred, "scaled": _scaled}


def reading_of_norm(mean: np.ndarray, variance: np.ndarray) -> Reading | None:
    """For a first layer that keeps mean and variance (U,) of what it was trained on; never sure.

    Both begin at 0 and 1 and move to the data's over some hundred steps, so they may be on their way.
    """
    middle, spread = float(mean.mean()), float(variance.mean() + mean.var())
    if np.allclose(mean, 0, atol=1e-6) and np.allclose(variance, 1, atol=1e-6):
        return None
    if np.abs(mean).max() > 3 or spread > 25:
        return Reading("caffe" if mean.min() < -3 and len(mean) == 3 else "none", False)
    if mean.min() > -0.01 and _can_be_unit(middle, spread):
        return Reading("unit", False)
    small = spread < 0.55 or len(mean) != 3
    return Reading("symmetric" if small else "torch", False)


def _can_be_unit(mean: float, variance: float) -> bool:
    """Whether values in [0, 1] explain them, at most 60 % of the way still to go."""
    left = np.linspace(0, 0.6, 61)
    m, v = mean / (1 - left), (variance - left) / (1 - left)
    return bool(((v > 0) & (m < 1) & (v <= m * (1 - m))).any())
