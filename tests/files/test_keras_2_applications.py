"""Networks of keras.applications with layers of their own, small, as Keras 2 saves them: read, with its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading
from tests.eager import untraced as untraced
from tests.files.legacy_models import KINDS, legacy

MADE = """
import sys, numpy as np, tf_keras as keras, tests.files.keras_2_rows as K
from tf_keras.src.applications import convnext, efficientnet_v2, inception_resnet_v2
folder, side = sys.argv[1], (48, 48, 3)
inception_resnet_v2.layers = keras.layers  # which the whole network sets
def inception_resnet():
    start = keras.Input(side); x = keras.layers.Conv2D(12, 5, strides=4)(start)
    for number, (kind, width) in enumerate({"block35": 320, "block17": 1088, "block8": 2080}.items()):
        x = keras.layers.Conv2D(24, 1)(x)
        x = inception_resnet_v2.inception_resnet_block(x, 0.17, kind, number)
    x = keras.layers.Dense(5, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    return keras.Model(start, x, name="inception_resnet_v2")
made = {
    "convnext": convnext.ConvNeXt((1, 2, 1, 1), (8, 12, 16, 20), 0.1, input_shape=side, classes=5),
    "efficientnet_v2": efficientnet_v2.EfficientNetV2(0.2, 0.1, 48, model_name="efficientnetv2-s", weights=None,
                                                      input_shape=side, classes=5),
    "efficientnet_v2_b": efficientnet_v2.EfficientNetV2(0.2, 0.1, 48, model_name="efficientnetv2-b0", weights=None,
                                                        input_shape=side, classes=5),
    "inception_resnet": inception_resnet(),
}
x = np.random.default_rng(1).uniform(0, 255, (2, *side)).astype("f4")
np.save(folder + "/x.npy", x)
for name, m in made.items():
    r = np.random.default_rng(2)
    m.set_weights([w + r.uniform(0, .2, w.shape) for w in m.get_weights()])
    m.save(f"{folder}/{name}.h5"); m.save(f"{folder}/{name}.keras")
    np.save(f"{folder}/{name}.npy", m(x, training=False).numpy())
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("applications")
    legacy(MADE, folder)
    return folder


@pytest.fixture(autouse=True)
def compiled_once(form, request):
    """The same network from the other form runs step by step."""
    if form != ".keras":
        request.getfixturevalue("untraced")


@pytest.mark.parametrize("form", KINDS)
@pytest.mark.parametrize("name", ["convnext", "efficientnet_v2", "efficientnet_v2_b", "inception_resnet"])
def test_it_gives_the_probabilities_of_keras_2(name, form, made):
    network = loading.load(ModelSource(KINDS[form], str(made / f"{name}{form}")))
    found = network.probabilities(network.predict(np.load(made / "x.npy")))
    wanted = np.load(made / f"{name}.npy")
    assert wanted.std() > 1e-3
    np.testing.assert_allclose(found, wanted, atol=1e-5)
