"""What several files need."""

import keras
import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def overflowing(session, tmp_path_factory):
    """(model, dataset): neuron 0 of the layer "sum" is not a number on the five brightest of ten grey images."""
    folder = tmp_path_factory.mktemp("overflowing")
    image = keras.Input((8, 8, 3))
    hot = keras.layers.DepthwiseConv2D(1, use_bias=False, name="hot")(image)
    nothing = keras.layers.Subtract()([hot, hot])
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Add(name="sum")([nothing, image]))
    network = keras.Model(image, keras.layers.Dense(3, activation="softmax")(mean))
    network.get_layer("hot").set_weights([np.array([3e38, 1, 1], np.float32).reshape(1, 1, 3, 1)])
    network.save(folder / "overflowing.keras")
    (folder / "greys").mkdir()
    for number in range(10):
        pixels = np.full((8, 8, 3), 10 * number, np.uint8)
        pixels[..., 0] = 2 * (number >= 5)  # times 3e38: infinity
        Image.fromarray(pixels).save(folder / "greys" / f"{number}.png")
    model = session.add_model(folder / "overflowing.keras", preprocessing="none")
    return model, session.add_dataset(folder / "greys")
