"""Which part of the picture a layer shows: maps lie over that part, and a layer with several outputs is refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras.src.applications.densenet import DenseNet
from keras.src.applications.nasnet import NASNet

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution import targets
from innv_gui.runtimes.keras.cam import explain as cam
from innv_gui.runtimes.keras.networks import coverage, loading
from innv_gui.runtimes.keras.networks.flatten import flatten
from innv_gui.runtimes.keras.predict import layer_output

METHODS = [one.name for one in analyzers.all() if one.family == "cam"]

L = keras.layers
SIZE = (12, 16)


def conv(name: str, **settings):
    return L.Conv2D(4, 3, padding="same", activation="relu", name=name, **settings)


def classifier(start, features):
    """A model of three classes behind the features."""
    return keras.Model(start, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(features)))


def halves(start, left, right, join):
    return join([left(start[:, :, :8]), right(start[:, :, 8:])])


def siamese(join):
    """One encoder, called on both halves of the picture."""
    start, shared = keras.Input((*SIZE, 3), name="image"), conv("shared")
    return classifier(start, conv("behind")(halves(conv("before")(start), shared, shared, join)))


def siamese_model(join):
    """The same, where the encoder is a model."""
    part = keras.Input((12, 8, 4))
    encoder = keras.Model(part, conv("inner")(part), name="encoder")
    start = keras.Input((*SIZE, 3), name="image")
    return classifier(start, conv("behind")(halves(conv("before")(start), encoder, encoder, join)))


def saved(model, folder) -> ModelSource:
    model.save(folder / "model.keras")
    return ModelSource("keras", str(folder / "model.keras"))


def explained(source, name: str, layer: str | None):
    x = np.random.default_rng(0).random((2, *SIZE, 3), dtype=np.float32)
    params = {"channels": 0} if name == "score_cam" else {}
    return cam.explain(source, x, name, params, Target(layer=layer, class_=1))


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("make, layer", [(siamese, "shared"), (siamese_model, "inner")])
def test_an_encoder_that_is_called_on_both_halves_has_no_map(make, layer, name, tmp_path):
    source = saved(make(L.Concatenate(axis=2)), tmp_path)
    with pytest.raises(AnalyzerRefused, match=f"'{layer}', which is computed 2 times") as refused:
        explained(source, name, layer)
    assert layer not in refused.value.allowed and {"before", "behind"} <= set(refused.value.allowed)


@pytest.mark.usefixtures("untraced")
def test_no_layer_with_several_outputs_is_measured_or_explained(tmp_path):
    source = saved(siamese(L.Concatenate(axis=2)), tmp_path)
    network = loading.load(source)
    for ask in (
        lambda: layer_output.layer_output(source, np.zeros((1, *SIZE, 3), np.float32), "shared"),
        lambda: targets.layer_for(network, "shared"),
    ):
        with pytest.raises(AnalyzerRefused, match="computed 2 times apart"):
            ask()
    assert targets.layer_for(network, "behind") == "behind"


@pytest.mark.usefixtures("untraced")
def test_halves_that_are_joined_side_by_side_are_the_picture_again(tmp_path):
    network = loading.load(saved(siamese(L.Concatenate(axis=2)), tmp_path))
    assert cam.layer_for(network, None) == "behind" and network.regions["behind"] == coverage.WHOLE


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("join", [L.Concatenate(axis=-1), L.Add(), L.Concatenate(axis=1)])
def test_behind_halves_that_lie_over_each_other_the_layer_before_is_chosen(join, tmp_path):
    source = saved(siamese(join), tmp_path)
    assert cam.layer_for(loading.load(source), None) == "before"
    with pytest.raises(AnalyzerRefused, match="different parts of the picture overlap"):
        explained(source, "grad_cam", "behind")


@pytest.mark.usefixtures("untraced")
def test_where_no_layer_has_a_place_the_reason_is_told(tmp_path):
    start, shared = keras.Input((*SIZE, 3)), conv("shared")
    source = saved(classifier(start, halves(start, shared, shared, L.Add())), tmp_path)
    with pytest.raises(AnalyzerRefused, match="several parts of the picture"):
        explained(source, "grad_cam", None)


PARTS = {
    "cropping": (L.Cropping2D(((3, 0), (0, 8))), (slice(3, None), slice(None, 8))),
    "center crop": (L.CenterCrop(6, 8), (slice(3, 9), slice(4, 12))),
    "slice": (lambda x: x[:, 6:, 4:12], (slice(6, None), slice(4, 12))),
    "split": (lambda x: keras.ops.split(x, 2, axis=1)[1], (slice(6, None), slice(None))),
    "resizing with a crop": (L.Resizing(6, 6, crop_to_aspect_ratio=True), (slice(None), slice(2, 14))),
}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("how", PARTS)
def test_a_map_of_a_part_lies_over_that_part(how, name, tmp_path, request):
    """Compiled for one part, step by step for the others."""
    if how != "slice":
        request.getfixturevalue("untraced")
    crop, (rows, columns) = PARTS[how]
    start = keras.Input((*SIZE, 3))
    model = classifier(start, conv("conv", bias_initializer="ones")(crop(start)))
    found = explained(saved(model, tmp_path), name, "conv")
    covered = np.zeros(SIZE, bool)
    covered[rows, columns] = True
    assert not found.values[:, 0, ~covered].any()
    assert any("sees a part of the picture" in note for note in found.notes)


@pytest.mark.usefixtures("untraced")
def test_a_layer_that_is_used_again_in_a_row_has_an_output(tmp_path):
    start, relu = keras.Input((*SIZE, 3)), L.ReLU(name="relu")
    x = relu(L.Conv2D(4, 3)(start))
    model = classifier(start, L.Add()([relu(L.Conv2D(4, 3, padding="same")(x)), x]))
    assert loading.load(saved(model, tmp_path)).apart == {}


def nasnet(side=224):
    """With one block a stage instead of four."""
    return NASNet((side, side, 3), 24 * 4 * 2, 1, 8, weights=None, classes=3)


def densenet():
    """With one layer a block."""
    return DenseNet([1, 1, 1, 1], weights=None, input_shape=(64, 64, 3), classes=3)


def mobilenet():
    return keras.applications.MobileNetV2(weights=None)


@pytest.mark.parametrize("network", [nasnet, densenet, mobilenet])
def test_networks_of_one_picture_show_all_of_it(network):
    flat = flatten(network(), 0, "f")
    assert coverage.apart(flat) == {}
    assert all(region is not None and not coverage.part(region) for region in coverage.regions(flat).values())


@pytest.mark.parametrize("side", [48, 64, 96, 128, 224])
def test_paths_that_are_a_position_of_a_coarse_map_apart_are_one_picture(side):
    """A shift of one position is a third of the picture in the last maps of a NASNet of 96."""
    found = coverage.regions(flatten(nasnet(side), 0, "f"))
    joined = [region for name, region in found.items() if "concat" in name]
    assert joined and None not in found.values() and set(joined) == {coverage.WHOLE}
