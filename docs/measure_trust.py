"""Measures which method to believe for five families of networks: `python docs/measure_trust.py [FAMILY ...]`.

Writes trust.json, of which `make docs` makes a table. Four small networks are trained here on drawn pictures (vehicles
and trees under two skies), a few minutes each; the inverted bottlenecks are pretrained: give the folder with their
files as NETWORKS and one with photographs as PHOTOS, as `innv-gui demo --photos` makes them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from innv_gui import Session, analyzers, imagenet
from innv_gui.samples import weather
from innv_gui.session.pretrained import PREPROCESSING
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.regions import OWN

PLACE = Path(__file__).with_name("trust.json")
IMAGES, FEWER = 48, 16  # for insertion and deletion, and for what needs the map again and again
TRAINED_ON = range(100_000, 100_300)  # seeds of the drawn pictures; those that are measured have 0 to 99
EPOCHS, LONGER = 12, {"ConvNeXt-like": 40}  # until more than 95 % of new pictures are right
METHODS = (
    *("gradient", "input_t_gradient", "integrated_gradients", "guided_backprop", "smoothgrad"),
    *("grad_cam", "grad_cam_plus_plus", "layer_cam", "guided_grad_cam"),
    *("deep_taylor", "lrp.epsilon", "lrp.z_plus", "lrp.alpha_1_beta_0", "lrp.alpha_2_beta_1"),
    *("lrp.sequential_preset_a_flat", "lrp.gamma", "lrp.epsilon_gamma_box", "lrp.epsilon_plus_flat"),
    *("lrp.epsilon_alpha2_beta1_flat", "deep_lift", "occlusion"),
)
SLOW = ("integrated_gradients", "smoothgrad", "occlusion")  # more than five passes: not for large networks here
JUDGED, ALSO = ("difference", "deletion", "insertion", "sparseness"), ("sanity", "stability")
IN_REGION = ("pointing", "region_mass")  # of drawn pictures, which know where their sky is
FILLS = ("blur",)
SETTINGS = {"occlusion": {"window": 0.2, "positions": 10}}


def vgg() -> keras.Model:
    """Convolutions and pooling alone, then dense layers."""
    start = x = keras.Input((64, 64, 3))
    for filters in (16, 32, 48):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, padding="same", activation="relu")(x))
    x = layers.Dense(48, activation="relu")(layers.Flatten()(x))
    return keras.Model(start, layers.Dense(2, activation="softmax")(x))


def residual() -> keras.Model:
    """Blocks of two convolutions with BatchNormalization, and the way around them."""
    start = keras.Input((64, 64, 3))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(16, 3, strides=2, padding="same")(start)))
    for filters in (16, 32, 48):
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, strides=2, padding="same")(x))
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(layers.ReLU()(y)))
        x = layers.ReLU()(layers.Add()([layers.Conv2D(filters, 1, strides=2)(x), y]))
    return keras.Model(start, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def convnext() -> keras.Model:
    """Depthwise 7 x 7, LayerNormalization, GELU and the way around."""
    start = keras.Input((64, 64, 3))
    x = layers.LayerNormalization()(layers.Conv2D(32, 4, strides=4)(start))
    for _ in range(3):
        y = layers.LayerNormalization()(layers.DepthwiseConv2D(7, padding="same")(x))
        x = layers.Add()([x, layers.Dense(32)(layers.Dense(96, activation="gelu")(y))])
    x = layers.LayerNormalization()(layers.GlobalAveragePooling2D()(x))
    return keras.Model(start, layers.Dense(2, activation="softmax")(x))


def attention() -> keras.Model:
    """Patches, then attention and dense layers, each with the way around; places come from a depthwise convolution."""
    start = keras.Input((64, 64, 3))
    x = layers.Conv2D(32, 8, strides=8)(start)
    x = layers.Reshape((64, 32))(layers.Add()([x, layers.DepthwiseConv2D(3, padding="same")(x)]))
    for _ in range(3):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, 8)(y, y)])
        y = layers.Dense(96, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(32)(y)])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(start, layers.Dense(2, activation="softmax")(x))


TRAINED: dict[str, Callable[[], keras.Model]] = {
    "VGG-like": vgg,
    "residual": residual,
    "ConvNeXt-like": convnext,
    "attention": attention,
}
PRETRAINED = "inverted bottleneck"
ORDER = [id for id, _ in imagenet.classes()]


def drawn(seeds) -> tuple[np.ndarray, np.ndarray]:
    """(N, 64, 64, 3) in [0, 1] and classes (N,), in the order of their folders: tree, vehicle."""
    facts = [(kind, seed, sky) for seed in seeds for kind in ("tree", "vehicle") for sky in weather.SKIES]
    x = np.stack([weather.draw(seed, kind, sky)[0] for kind, seed, sky in facts]).astype(np.float32) / 255
    return x, np.array([kind == "vehicle" for kind, _, _ in facts], int)


def trained(name: str, folder: Path) -> tuple[Path, float]:
    """(file, accuracy on pictures that it was not trained on)."""
    keras.utils.set_random_seed(3)
    model, (x, y) = TRAINED[name](), drawn(TRAINED_ON)
    epochs = LONGER.get(name, EPOCHS)
    steps = epochs * len(x) // 32
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    held, truth = drawn(range(100))
    path = folder / f"{name.replace(' ', '_').lower()}.keras"
    model.save(path)
    return path, float((model.predict(held, verbose=0).argmax(axis=1) == truth).mean())


def measured(session: Session, model, images, family: str, accuracy: float | None) -> dict:
    """The table of one network."""
    spread = np.linspace(0, len(images) - 1, min(IMAGES, len(images))).round().astype(int)
    declared = {one.name for one in analyzers.all()}
    chosen = [name for name in METHODS if name in declared and (family != PRETRAINED or name not in SLOW)]
    methods = [(name, SETTINGS.get(name, {})) for name in chosen]
    trust: Trust = session.trust(model, images[spread.tolist()], methods, JUDGED, fills=FILLS)
    more: Trust = session.trust(model, images[spread[:: IMAGES // FEWER].tolist()], methods, ALSO)
    said, cells = trust.advice(model), trust.table(model) | more.table(model)
    if family != PRETRAINED:
        cells |= session.trust(model, images[spread.tolist()], methods, IN_REGION, regions=OWN).table(model)
    return {
        "family": family,
        "network": model.name,
        "accuracy": accuracy,
        "images": len(spread) - len(trust.problems),
        "sentence": said.sentence,
        "method": said.method,
        "failed": {row: str(error) for (_, row), error in trust.failures.items()},
        "rows": {
            row.name: {
                metric: [cell.interval.mean, cell.interval.low, cell.interval.high, cell.place, cell.beats]
                for metric, column in cells.items()
                if (cell := column.get(row.name)) is not None and cell.interval.n
            }
            for row in trust.request.rows
        },
    }


def main(wished: list[str]) -> None:
    """Measure all families, or those that are named; the others keep their figures."""
    unknown = set(wished) - {*TRAINED, PRETRAINED}
    if unknown:
        sys.exit(f"There is no family {unknown.pop()!r}. Expected some of {', '.join((*TRAINED, PRETRAINED))}.")
    found = json.loads(PLACE.read_text()) if PLACE.exists() else []
    with tempfile.TemporaryDirectory() as scratch, Session(os.environ.get("WORKSPACE")) as session:
        for family in wished or (*TRAINED, PRETRAINED):
            for row in _networks(session, family, Path(scratch)):
                found = [one for one in found if one["network"] != row["network"]] + [row]
                PLACE.write_text(json.dumps(found, indent=1) + "\n")
                print(row["family"], row["network"], row["accuracy"], row["sentence"], flush=True)


def _networks(session: Session, family: str, scratch: Path):
    if family == PRETRAINED:
        photos = session.add_dataset(os.environ["PHOTOS"])
        for path in sorted(Path(os.environ["NETWORKS"]).glob("*.keras")):
            model = session.add_model(path, preprocessing=PREPROCESSING)
            yield measured(session, model, photos, family, _right(session.predict(model, photos), photos))
        return
    path, accuracy = trained(family, scratch)
    model = session.add_model(path, preprocessing="unit", classes=["tree", "vehicle"])
    entry = session.add_samples("weather")
    entry.job.wait()
    yield measured(session, model, session.datasets.get(entry.id), family, accuracy)


def _right(answers: np.ndarray, photos) -> float | None:
    """Share of photographs whose file or folder begins with the ImageNet id of the class answered."""
    ids = [imagenet.id_in(image.label or image.name) for image in photos]
    truth = [one and ORDER.index(one) for one in ids]
    known = [(answer, one) for answer, one in zip(answers.argmax(axis=1), truth, strict=True) if one is not None]
    return float(np.mean([answer == one for answer, one in known])) if known else None


if __name__ == "__main__":
    main(sys.argv[1:])
