"""What of a network learns, what it begins with, and which networks cannot be trained."""

from __future__ import annotations

import keras
import numpy as np

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import custom_layers
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.networks.seeding import seeded

_KEPT = ("moving_mean", "moving_variance", "mean", "variance", "count")  # statistics of the data
_FRONT = (keras.layers.Normalization,)
_UNLEARNED = "Training keeps the model as it is and makes a new one beside it, so nothing is lost."


def checked(network: Network, forget: float) -> list[tuple[keras.Layer, keras.Variable]]:
    """(layer, weight) of all that learns, in the order of computation; frozen layers learn as well.

    Raises AnalyzerRefused for a network that cannot be trained: custom code, no weights, and BatchNormalization where
    the weights are forgotten, because its statistics are those of the old weights. A quantised one is not opened.
    """
    for name, operation in network.flat.operations.items():
        _check(network, name, operation, forget)
    found = list(_found(network))
    if not found:
        raise AnalyzerRefused(f"{network.file} has no weights that could be trained.", _UNLEARNED, "model")
    return found


def _check(network: Network, name: str, operation, forget: float) -> None:
    if custom_layers.is_own(operation):
        hint = "Train it where it was made."
        raise AnalyzerRefused(
            f"{network.file}: {quoted(name)} is custom code, which is not trained here.", hint, "model"
        )
    if forget and isinstance(operation, keras.layers.BatchNormalization):
        message = f"{network.file}: {quoted(name)} holds statistics of the weights that would be forgotten."
        raise AnalyzerRefused(
            message, "Keep the weights (forget = 0): BatchNormalization then stays as it is.", "forget"
        )


def _found(network: Network):
    layers = [one for one in network.flat.operations.values() if isinstance(one, keras.Layer)]
    for layer in dict.fromkeys(layers):
        if not isinstance(layer, _FRONT):
            yield from ((layer, one) for one in layer.weights if _learns(one))


def _learns(variable) -> bool:
    return variable.name not in _KEPT and keras.backend.is_float_dtype(variable.dtype)


def values(variable) -> np.ndarray:
    """float32, a copy: what Keras gives may be the variable's own memory."""
    return np.array(keras.ops.convert_to_numpy(variable), np.float32)


def beginning(network: Network, found: list, forget: float, seed: int) -> tuple[np.ndarray, ...]:
    """The weights that training begins with: the network's own, as far as they are not forgotten."""
    known = [values(one) for _, one in found]
    if not forget:
        return tuple(known)
    fresh = _fresh(network, found, seed)
    return tuple(np.float32(1 - forget) * old + np.float32(forget) * new for old, new in zip(known, fresh, strict=True))


def _fresh(network: Network, found: list, seed: int) -> list[np.ndarray]:
    """Drawn as each layer says that it begins."""
    with seeded(seed):
        clone = keras.Model.from_config(network.model.get_config())
    drawn = [values(_same(clone.get_layer(layer.name), layer, one)) for layer, one in found]
    if network.flat.outputs.kind == "binary":
        last = found[-1][0]
        drawn = [_two_sided(one) if layer is last else one for (layer, _), one in zip(found, drawn, strict=True)]
    return drawn


def _same(twin: keras.Layer, layer: keras.Layer, variable):
    place = next(i for i, one in enumerate(layer.weights) if one is variable)
    return twin.weights[place]


def _two_sided(array: np.ndarray) -> np.ndarray:
    """Two classes of one unit are -z and z; whatever is learned keeps them so."""
    return np.concatenate([-array[..., 1:], array[..., 1:]], axis=-1)
