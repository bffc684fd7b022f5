"""Trains the sample models again: `python sample_models/train.py` (about four minutes on two cores).

Writes the model files, figures.json and the tables of README.md. All seeds are fixed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import figure_tables  # noqa: E402
import keras  # noqa: E402
import measure  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

from innv_gui.samples import digits  # noqa: E402

TRAINING_SEEDS = range(100_000, 101_200)  # of the weather scenes; the 400 sample pictures have the seeds 0 to 99
SAMPLE_SEEDS = range(100)
SPARSITY = 8e-6  # price of activity in the last convolution: evidence has to be worth its place, and maps get clear

WRITE_AS_KERAS_2 = """
import sys, numpy, tf_keras
config, weights, target = sys.argv[1:]
model = tf_keras.Sequential.from_config({"name": "digits_cnn_legacy", "layers": __import__("json").loads(config)})
arrays = numpy.load(weights)
model.set_weights([arrays[f"arr_{i}"] for i in range(len(arrays.files))])
model.save(target, include_optimizer=False, save_format="h5")
"""


def digits_mlp() -> keras.Model:
    """Two hidden layers."""
    inputs = keras.Input((32, 32, 1), name="image")
    x = layers.Flatten(name="flatten")(inputs)
    x = layers.Dense(48, activation="relu", name="dense_1")(x)
    x = layers.Dense(32, activation="relu", name="dense_2")(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax", name="digit")(x), name="digits_mlp")


def digits_cnn() -> keras.Model:
    """Two convolutions with max pooling, one hidden layer."""
    inputs = keras.Input((32, 32, 1), name="image")
    x = inputs
    for number, filters in enumerate((8, 16), 1):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv_{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool_{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(32, activation="relu", name="dense")(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax", name="digit")(x), name="digits_cnn")


def digits_resnet() -> keras.Model:
    """Three residual blocks with batch normalization; the skip connections are projected by 1x1 convolutions."""
    inputs = keras.Input((32, 32, 1), name="image")
    x = _normalized(inputs, 8, 3, "stem")
    x = layers.Activation("relu", name="stem_relu")(x)
    for number, filters in enumerate((12, 16, 24), 1):
        x = layers.MaxPooling2D(2, name=f"pool_{number}")(x)
        skip = layers.Conv2D(filters, 1, name=f"skip_{number}")(x)
        y = _normalized(x, filters, 3, f"block_{number}a")
        y = layers.Activation("relu", name=f"block_{number}a_relu")(y)
        y = _normalized(y, filters, 3, f"block_{number}b")
        x = layers.Add(name=f"add_{number}")([skip, y])
        x = layers.Activation("relu", name=f"block_{number}_relu")(x)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax", name="digit")(x), name="digits_resnet")


def _normalized(x, filters: int, size: int, name: str):
    x = layers.Conv2D(filters, size, padding="same", name=f"{name}_conv")(x)
    return layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)


def weather_net(name: str, sparsity: float = 0.0) -> keras.Model:
    """Three convolutions with average pooling; the logit is a mean over places, so every place has its say.

    With a price of activity the network is the one that is trained: its class layer has no bias, since with a
    constant of its own "tree" would need no evidence at all.
    """
    inputs = keras.Input((64, 64, 3), name="image")
    x = inputs
    for number, (filters, size) in enumerate(((8, 5), (16, 3)), 1):
        x = layers.Conv2D(filters, size, padding="same", activation="relu", name=f"conv_{number}")(x)
        x = layers.AveragePooling2D(2, name=f"pool_{number}")(x)
    price = keras.regularizers.L1(sparsity) if sparsity else None
    x = layers.Conv2D(24, 3, padding="same", activation="relu", name="conv_3", activity_regularizer=price)(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dense(2, activation="softmax", use_bias=not sparsity, name="kind")(x)
    return keras.Model(inputs, x, name=name)


def train_digits(build, epochs: int) -> keras.Model:
    """Trained on four fifths of the digits, each shifted by up to two pixels anew in each epoch."""
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(7)
    pictures, labels = digits.pictures()
    train = ~digits.held_out()
    x, y = pictures[train][..., None].astype(np.float32) / 255, labels[train]
    model = build()
    optimizer = keras.optimizers.Adam(2e-3)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    for epoch in range(epochs):
        optimizer.learning_rate = 2e-3 * (1 - epoch / epochs) + 5e-5
        moved = np.stack([np.roll(p, rng.integers(-2, 3, 2), (0, 1)) for p in x])
        model.fit(moved, y, batch_size=32, verbose=0)
    return model


def train_weather(name: str, shown: measure.Pictures, epochs: int) -> keras.Model:
    """Trained with a price of activity and without a bias of the classes, saved as a plain network."""
    keras.utils.set_random_seed(0)
    model = weather_net(name, SPARSITY)
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
    model.fit(shown.x, shown.kind, batch_size=32, epochs=epochs, verbose=0)
    plain = weather_net(name)
    plain.set_weights([*model.get_weights(), np.zeros(2, np.float32)])
    return plain


def save(model: keras.Model) -> None:
    """Without optimizer: nobody goes on training these."""
    bare = keras.Model.from_config(model.get_config())
    bare.set_weights(model.get_weights())
    bare.save(HERE / f"{model.name}.keras")


def save_legacy(model: keras.Model) -> None:
    """The network of digits_cnn as Keras 2 writes it; only Keras 2 itself makes a true file of that kind."""
    plain = [_keras_2_layer(layer) for layer in model.layers]
    with tempfile.TemporaryDirectory() as scratch:
        weights = Path(scratch) / "weights.npz"
        np.savez(weights, *model.get_weights())
        command = [sys.executable, "-c", WRITE_AS_KERAS_2, json.dumps(plain), str(weights)]
        environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1"}
        subprocess.run([*command, str(HERE / "digits_cnn_legacy.h5")], check=True, env=environment)


def _keras_2_layer(layer) -> dict:
    if isinstance(layer, layers.InputLayer):
        return {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 32, 32, 1], "name": layer.name}}
    kept = ("name", "filters", "kernel_size", "padding", "activation", "units", "pool_size")
    config = {key: value for key, value in layer.get_config().items() if key in kept}
    return {"class_name": type(layer).__name__, "config": config}


def digits_figures() -> dict:
    """Trains, saves and measures the four digit models."""
    figures = {}
    for build, epochs in ((digits_mlp, 60), (digits_cnn, 40), (digits_resnet, 30)):
        model = train_digits(build, epochs)
        save(model)
        figures[f"{model.name}.keras"] = {"parameters": model.count_params(), "accuracy": measure.digit_accuracy(model)}
        print(model.name, figures[f"{model.name}.keras"], flush=True)
        if build is digits_cnn:
            save_legacy(model)
            figures["digits_cnn_legacy.h5"] = dict(figures["digits_cnn.keras"])
    return figures


def weather_figures() -> dict:
    """Trains, saves and measures the two weather models."""
    drawn, samples = measure.weather_pictures(TRAINING_SEEDS), measure.weather_pictures(SAMPLE_SEEDS)
    # Pictures come in pairs of skies, cloudy first: one of each pair is taken, by toss.
    toss = np.arange(0, len(drawn.x), 2) + np.random.default_rng(1).integers(0, 2, len(drawn.x) // 2)
    lessons = {"weather_shortcut": (drawn[drawn.usual], 10), "weather_clean": (drawn[toss], 18)}
    figures = {}
    for name, (shown, epochs) in lessons.items():
        model = train_weather(name, shown, epochs)
        save(model)
        figures[f"{name}.keras"] = {
            "parameters": model.count_params(),
            "accuracy": measure.weather_accuracies(model, samples),
            "sky share": measure.sky_shares(model, samples),
        }
        print(name, figures[f"{name}.keras"], flush=True)
    return figures


def main() -> None:
    """Everything, in one go."""
    tf.config.experimental.enable_op_determinism()
    figures = digits_figures() | weather_figures()
    for name in figures:
        figures[name]["bytes"] = (HERE / name).stat().st_size
    (HERE / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    readme = HERE / "README.md"
    readme.write_text(figure_tables.refreshed(readme.read_text(), figures))


if __name__ == "__main__":
    main()
