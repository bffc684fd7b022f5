"""The front of a network: what it does to pixels before its first trained layer, measured and not inferred from names.

Constant images go through the part of the graph that only scales, shifts, turns channels around or changes the size,
nested backbones included. What comes out is a straight line per channel, or nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import keras
import numpy as np

from innv_gui.runtimes.keras.graphs.graph import Step, graph_to
from innv_gui.runtimes.keras.networks.network import Network

_SHAPES = frozenset(
    "Flatten Reshape Permute Resizing CenterCrop RandomCrop ZeroPadding2D Cropping2D ExpandDims Squeeze Pad CropImages "
    "PadImages Resize Resample Transpose UpSampling2D AveragePooling2D AveragePool GlobalAveragePooling2D".split()
)
_NOTHING = frozenset(
    "Identity Dropout SpatialDropout2D AlphaDropout GaussianDropout GaussianNoise ActivityRegularization StopGradient "
    "Cast".split()
)
_ARITHMETIC = frozenset("Add Subtract Multiply Divide TrueDivide Negative Rescaling Normalization Average Clip".split())
_CHANNELS = frozenset("GetItem Flip Concatenate Stack Split Unstack Take Slice Repeat RGBToGrayscale Mean Sum".split())
_FRONT = _SHAPES | _NOTHING | _ARITHMETIC | _CHANNELS
_OPEN_SIDE_PX = 32  # where the network takes any size
_WHITE = 255.0
_PROBED = (1.0, 127.5, _WHITE)
_STRAIGHT = 5e-3  # of the span: a cast to whole numbers is within


@dataclass(frozen=True, eq=False)
class Front:
    """Input value x of channel c leaves as (x - mean[c]) / std[c].

    names: of the operations that do it. mean, std: (C,), one value where channels are mixed; None where it is no
    straight line. turned: channels come out in another order. norm: the BatchNormalization that comes next. largest:
    of the values that leave it for pixels of 0 to 255, where operations are inside.
    """

    names: tuple[str, ...]
    mean: np.ndarray | None = field(default=None, compare=False)
    std: np.ndarray | None = field(default=None, compare=False)
    turned: bool = False
    norm: keras.Layer | None = None
    largest: float | None = None

    @property
    def does_nothing(self) -> bool:
        """Whether values pass as they are."""
        return self.mean is not None and np.allclose(self.mean, 0, atol=1e-3) and np.allclose(self.std, 1, atol=1e-3)


def front(network: Network) -> Front:
    """The front of a network; where its branches differ, one that says nothing."""
    steps = graph_to(network.model.inputs[0], network.model.outputs[0]).steps
    ends, inside = _ends(steps, network.model.inputs[0])
    names = tuple(step.name for step in inside if step.kind in _ARITHMETIC | _CHANNELS)
    norm = _norm_behind(steps, ends)
    responses = [_responses(network, end) for end in ends]
    scaled = [np.abs(one).max() for one, end in zip(responses, ends, strict=True) if end is not network.model.inputs[0]]
    largest = float(min(scaled)) if scaled else None
    unknown = Front(names, norm=norm, largest=largest)
    found = [line for one in responses if (line := _line(one, network.input_shape[2])) is not None]
    if not found or len(found) < len(ends):
        return unknown
    first = found[0]
    if any(not np.allclose(one[:2], first[:2]) for one in found[1:] if np.shape(one[0]) == np.shape(first[0])):
        return unknown
    return Front(names, first[0], first[1], first[2], norm, largest)


def _ends(steps: tuple[Step, ...], start) -> tuple[list, list[Step]]:
    """(tensors that leave the front, each once; the steps inside)."""
    tensors, inside, ends = {id(start): start}, [], {}
    for step in steps:
        if step.kind in _FRONT and all(one in tensors for one in step.inputs):
            tensors |= {id(tensor): tensor for tensor in step.node.outputs}
            inside.append(step)
            continue
        ends |= {one: tensors[one] for one in step.inputs if one in tensors}
    return list(ends.values()), inside


def _norm_behind(steps: tuple[Step, ...], ends: list) -> keras.Layer | None:
    """The BatchNormalization that alone takes what the front gives."""
    takers = [step for step in steps if len(ends) == 1 and id(ends[0]) in step.inputs]
    alone = len(takers) == 1 and takers[0].kind == "BatchNormalization"
    return takers[0].operation if alone else None


def _responses(network: Network, end) -> np.ndarray:
    """(1 + 3 (C + 1), out): the middle of what leaves the front for black, for each channel alone, and for grey."""
    height, width, channels = (side or _OPEN_SIDE_PX for side in network.input_shape)
    colours = np.vstack([np.eye(channels), np.ones((1, channels))]).astype(np.float32)
    levels = np.concatenate([np.zeros((1, channels)), *(colours * value for value in _PROBED)]).astype(np.float32)
    images = np.broadcast_to(levels[:, None, None, :], (len(levels), height, width, channels))
    model = keras.Model(network.model.inputs, end)
    given = np.concatenate(
        [np.asarray(model(images[i : i + 1], training=False), np.float64) for i in range(len(images))]
    )
    return _middle(given, channels)


def _middle(given: np.ndarray, channels: int) -> np.ndarray:
    """(n, ...) -> (n, out): past the borders that padding makes."""
    if given.ndim == 2:
        each = channels if given.shape[1] % channels == 0 else 1
        given = given.reshape(len(given), -1, each)
        return given[:, given.shape[1] // 2]
    if given.ndim == 3:  # (H, W) without channels
        given = given[..., None]
    return given[:, given.shape[1] // 2, given.shape[2] // 2].reshape(len(given), -1)


def _line(given: np.ndarray, channels: int) -> tuple[np.ndarray, np.ndarray, bool] | None:
    """(mean, std, turned) of the straight lines, None where there are none."""
    black, rest = given[0], given[1:].reshape(len(_PROBED), channels + 1, -1)
    gains = (rest[-1] - black) / _WHITE  # (C + 1, out): each channel, and all of them
    bent = [np.abs(rest[at] - black - value * gains).max() for at, value in enumerate(_PROBED)]
    together = np.abs(gains[:-1].sum(axis=0) - gains[-1]).max()
    span = np.abs(gains).max() * _WHITE
    if (
        not np.isfinite(given).all()
        or span == 0
        or max(bent) > _STRAIGHT * span
        or together * _WHITE > _STRAIGHT * span
    ):
        return None
    return _of_channels(gains[:-1], black) or _mixed(gains[-1], black)


def _of_channels(gains: np.ndarray, black: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool] | None:
    """For fronts that keep channels apart. gains: (C, out)."""
    is_source = np.abs(gains) > 1e-4 * np.abs(gains).max()
    if not (is_source.sum(axis=0) == 1).all() or not is_source.any(axis=1).all():
        return None
    ends = is_source.argmax(axis=1)  # of each channel: the first place that it goes to
    gain = gains[np.arange(len(gains)), ends]
    return -black[ends] / gain, 1 / gain, bool((np.diff(ends) < 0).any())


def _mixed(gains: np.ndarray, black: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool] | None:
    """For fronts that make grey of colours: as grey goes through."""
    if np.abs(gains[0]) < 1e-12:
        return None
    return -black[:1] / gains[:1], 1 / gains[:1], False
