"""Relevance against zennit 0.5.1, an independent implementation in PyTorch: its numbers were stored once.

`zennit/make_zennit_relevances.py` made them and says how they are made again.
"""

from pathlib import Path

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution.explain import explain

L = keras.layers
SHAPE, CLASSES, RANGE = (8, 8, 3), 4, {"low": -2.0, "high": 2.5}
STORED = Path(__file__).parent / "zennit" / "zennit_relevances.npz"
METHODS = {
    "lrp.gamma gamma=0.1": {"gamma": 0.1},
    "lrp.gamma gamma=1": {"gamma": 1.0},
    "lrp.epsilon_gamma_box gamma=0.25": {"gamma": 0.25, "epsilon": 1e-6, **RANGE},
    "lrp.epsilon_plus_flat": {"epsilon": 1e-6},
    "lrp.epsilon_alpha2_beta1_flat": {"epsilon": 1e-6},
}


def norm():
    return L.BatchNormalization(epsilon=1e-12)


def conv(units, size):
    return L.Conv2D(units, size, padding="same", use_bias=False)


def flat():
    """PyTorch's order: channels first."""
    return [L.Permute((3, 1, 2)), L.Flatten()]


def applied(x, *stack):
    for layer in stack:
        x = layer(x)
    return x


def plain(x):
    x = applied(x, conv(5, 3), norm(), L.ReLU(), L.MaxPooling2D(2), conv(6, 3), norm(), L.ReLU())
    return applied(x, *flat(), L.Dense(CLASSES))


def silu(x):
    x = applied(x, conv(5, 3), norm(), L.Activation("silu"), L.Conv2D(6, 3, activation="silu"), L.AveragePooling2D(2))
    return applied(x, *flat(), L.Dense(7, activation="silu"), L.Dense(CLASSES))


def bottleneck(x):
    x = applied(x, conv(6, 3), norm(), L.ReLU(6))
    depthwise = L.DepthwiseConv2D(3, padding="same", use_bias=False)
    inside = applied(x, conv(12, 1), norm(), L.ReLU(6), depthwise, norm(), L.ReLU(6), conv(6, 1), norm())
    x = applied(L.Add()([inside, x]), conv(6, 1), norm(), L.ReLU(6))
    return applied(x, L.GlobalAveragePooling2D(), L.Dense(CLASSES))


def residual(x):
    x = applied(x, conv(6, 3), norm(), gelu)
    inside = applied(x, conv(6, 3), norm(), gelu, conv(6, 3), norm())
    return applied(L.Add()([inside, x]), gelu, L.GlobalAveragePooling2D(), L.Dense(CLASSES))


def gelu(x):
    """PyTorch's, without an approximation."""
    return keras.ops.gelu(x, approximate=False)


NETWORKS = {
    "conv, batch norm, relu": plain,
    "silu": silu,
    "inverted bottleneck": bottleneck,
    "gelu, residual": residual,
}


@pytest.fixture(scope="module")
def stored():
    with np.load(STORED) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module", params=NETWORKS)
def network(request, stored, tmp_path_factory):
    """(name, source): the same weights in Keras."""
    start = keras.Input(SHAPE)
    model = keras.Model(start, NETWORKS[request.param](start))
    weights = [stored[name] for name in sorted(stored) if name.startswith(f"{request.param}/weight")]
    for layer in model.layers:
        layer.set_weights([weights.pop(0) for _ in layer.weights])
    assert not weights
    found, scores = np.asarray(model(stored[f"{request.param}/x"])), stored[f"{request.param}/scores"]
    np.testing.assert_allclose(found, scores, atol=1e-5)
    path = tmp_path_factory.mktemp("zennit") / "model.keras"
    model.save(path)
    return request.param, ModelSource("keras", str(path))


@pytest.mark.parametrize("called", METHODS)
def test_relevance_is_zennits(network, stored, called):
    name, source = network
    x, method = stored[f"{name}/x"], called.split()[0]
    params = analyzers.check(method, METHODS[called])
    maps = explain(source, x, method, params, Target(class_=0), False, np.full((len(x), CLASSES), 0.25, np.float32))
    expected = stored[f"{name}/{called}"]
    np.testing.assert_allclose(maps.values[:, 0], expected, atol=1e-5 * np.abs(expected).max())
