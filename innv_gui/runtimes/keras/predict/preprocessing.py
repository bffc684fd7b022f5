"""From pixels in [0, 255] to network input."""

from __future__ import annotations

import numpy as np

from innv_gui.preprocessing import check_channels
from innv_gui.records import Preprocessing

# keras.applications.imagenet_utils: of ImageNet's training images.
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
TORCH_MEAN_RGB = (0.485, 0.456, 0.406)
TORCH_STD_RGB = (0.229, 0.224, 0.225)
EPSILON = 1e-7  # keeps a channel of no spread finite


def apply(pixels: np.ndarray, rule: Preprocessing) -> np.ndarray:
    """(N, H, W, C) pixels in [0, 255] -> float32 network input of the same shape."""
    check_channels(rule, pixels.shape[-1])
    x = pixels.astype(np.float32)
    x = x[..., ::-1] if rule.channels == "bgr" else x
    return np.ascontiguousarray(_MODES[rule.mode](x, rule), dtype=np.float32)


def _none(x, rule):
    return x


def _unit(x, rule):
    return x / np.float32(255)


def _symmetric(x, rule):
    return x / np.float32(127.5) - np.float32(1)


def _caffe(x, rule):
    return x[..., ::-1] - np.asarray(CAFFE_MEAN_BGR, np.float32)


def _torch(x, rule):
    return (x / np.float32(255) - np.asarray(TORCH_MEAN_RGB, np.float32)) / np.asarray(TORCH_STD_RGB, np.float32)


def _standardize(x, rule):
    centred = x - np.asarray(rule.mean, np.float32)
    return centred / (np.asarray(rule.std, np.float32) + np.float32(EPSILON)) if rule.std else centred


_MODES = {
    "none": _none,
    "unit": _unit,
    "symmetric": _symmetric,
    "tf": _symmetric,
    "caffe": _caffe,
    "torch": _torch,
    "standardize": _standardize,
}
