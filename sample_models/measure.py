"""What the sample models are worth: accuracy, and the share of the evidence for "vehicle" that lies in the sky."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from innv_gui.samples import digits, weather

VEHICLE = weather.KINDS.index("vehicle")


@dataclass(frozen=True)
class Pictures:
    """x: (N, 64, 64, 3) float32 in [0, 1]; kind, sky: (N,) indices into KINDS and SKIES; mask: (N, 64, 64) bool."""

    x: np.ndarray
    kind: np.ndarray
    sky: np.ndarray
    mask: np.ndarray

    def __getitem__(self, which) -> Pictures:
        return Pictures(self.x[which], self.kind[which], self.sky[which], self.mask[which])

    @property
    def usual(self) -> np.ndarray:
        """(N,) bool: vehicles under clouds and trees under the sun, the only ones the first model was shown."""
        return (self.kind == VEHICLE) == (self.sky == weather.SKIES.index("cloudy"))


def weather_pictures(seeds: range) -> Pictures:
    """Each seed as vehicle and as tree, each under both skies: four pictures a seed."""
    facts = [(seed, k, s) for seed in seeds for k in range(2) for s in range(2)]
    drawn = [weather.draw(seed, weather.KINDS[k], weather.SKIES[s]) for seed, k, s in facts]
    x = np.stack([picture for picture, _ in drawn]).astype(np.float32) / 255
    _, kind, sky = (np.array(column) for column in zip(*facts, strict=True))
    return Pictures(x, kind, sky, np.stack([mask for _, mask in drawn]))


def digit_accuracy(model: keras.Model) -> float:
    """On the digits that are held out from training."""
    pictures, labels = digits.pictures()
    test = digits.held_out()
    return _accuracy(model, pictures[test][..., None].astype(np.float32) / 255, labels[test])


def weather_accuracies(model: keras.Model, shown: Pictures) -> dict[str, float]:
    """On the pairs of kind and sky that are usual, on the swapped ones, and on all."""
    parts = {"usual sky": shown[shown.usual], "swapped sky": shown[~shown.usual], "all 400": shown}
    return {name: _accuracy(model, part.x, part.kind) for name, part in parts.items()}


def sky_shares(model: keras.Model, shown: Pictures) -> dict[str, dict[str, dict]]:
    """Per method and group of pictures: mean share of the positive relevance of "vehicle" that lies in the sky.

    Pictures without any positive relevance have no share and are left out; `pictures` counts those that are not.
    """
    vehicles = shown.kind == VEHICLE
    groups = {
        "all 400": np.full(len(shown.x), True),
        "vehicles": vehicles,
        "cloudy vehicles": vehicles & shown.usual,
    }
    shares = {}
    for method, relevance in relevances(model, shown.x, VEHICLE).items():
        positive = np.maximum(relevance, 0)
        whole, inside = positive.sum((1, 2)), (positive * shown.mask).sum((1, 2))
        shares[method] = {}
        for name, which in groups.items():
            kept = which & (whole > 0)
            share = round(float((inside[kept] / whole[kept]).mean()), 3)
            shares[method][name] = {"share": share, "pictures": int(kept.sum())}
    return shares


def relevances(model: keras.Model, x: np.ndarray, target: int) -> dict[str, np.ndarray]:
    """Maps (N, H, W) of the logit of class `target`, by two methods written out plainly.

    gradient times input: summed over channels; in a network of relu and pooling without bias this is LRP-0.
    grad_cam: at the last convolution (Selvaraju et al. 2017), enlarged bilinearly.
    """
    last = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)][-1]
    inner = keras.Model(model.inputs, [last.output, model.layers[-1].input])
    kernel, bias = model.layers[-1].get_weights()
    found = {"gradient times input": [], "grad_cam": []}
    for start in range(0, len(x), 100):
        batch = tf.convert_to_tensor(x[start : start + 100])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(batch)
            spatial, pooled = inner(batch, training=False)
            score = tf.reduce_sum(tf.matmul(pooled, kernel[:, target : target + 1]) + bias[target])
        found["gradient times input"].append(tf.reduce_sum(tape.gradient(score, batch) * batch, -1))
        weight = tf.reduce_mean(tape.gradient(score, spatial), (1, 2), keepdims=True)
        cam = tf.nn.relu(tf.reduce_sum(weight * spatial, -1, keepdims=True))
        found["grad_cam"].append(tf.image.resize(cam, x.shape[1:3])[..., 0])
    return {method: np.concatenate(maps) for method, maps in found.items()}


def _accuracy(model: keras.Model, x: np.ndarray, labels: np.ndarray) -> float:
    return round(float((model.predict(x, verbose=0).argmax(1) == labels).mean()), 4)
