"""Names and calls that Keras allows in a model, and what it does to one's numbers: read, or refused by its cause."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from innv_gui.errors import ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files import gate, plain_names
from innv_gui.runtimes.keras.networks import loading
from tests.files import model_files

L = keras.layers
SHAPE = (8, 8, 3)
KINDS = {".keras": "keras", ".h5": "hdf5"}


def backbone(given):
    """given: the form in which it takes its input."""
    start = keras.Input(SHAPE, name="image")
    return keras.Model(given(start), L.Conv2D(4, 3, activation="relu")(start), name="backbone")


CALLS = {
    "by keyword": lambda x: backbone(lambda i: i)(inputs=x),
    "a list": lambda x: backbone(lambda i: [i])([x]),
    "a list by keyword": lambda x: backbone(lambda i: [i])(inputs=[x]),
    "a dictionary": lambda x: backbone(lambda i: {"image": i})({"image": x}),
    "a dictionary by keyword": lambda x: backbone(lambda i: {"image": i})(inputs={"image": x}),
    "a sequence of layers": lambda x: keras.Sequential([L.Conv2D(4, 3), L.ReLU()])(inputs=x),
    "an augmentation": lambda x: L.Conv2D(4, 3)(L.RandomFlip()(x, training=False)),
    "a layer": lambda x: L.Add()(inputs=[L.Conv2D(4, 3)(inputs=x)] * 2),
}


@pytest.mark.parametrize("form", KINDS)
@pytest.mark.parametrize("how", CALLS)
def test_a_model_may_be_called_in_every_way_that_keras_allows(how, form, tmp_path):
    start = keras.Input(SHAPE)
    model = keras.Model(start, L.Dense(3)(L.Flatten()(CALLS[how](start))))
    model.save(tmp_path / f"called{form}")
    x = np.random.default_rng(0).random((2, *SHAPE), dtype=np.float32)
    found = loading.load(ModelSource(KINDS[form], str(tmp_path / f"called{form}"))).predict(x)
    np.testing.assert_allclose(found, np.asarray(model(x, training=False)), atol=1e-5)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_a_quantized_model_is_refused_as_that(mode, trusted, tmp_path):
    start = keras.Input(SHAPE)
    model = keras.Model(start, L.Dense(3)(L.Flatten()(start)))
    model.quantize(mode)
    model.save(tmp_path / "whole.keras")
    with pytest.raises(ModelRefused, match="is quantized") as refused:
        loading.load(ModelSource("keras", str(tmp_path / "whole.keras"), trusted=trusted))
    assert "before quantize()" in refused.value.hint


def test_a_name_with_a_slash_beside_the_name_without_one_stays_another_layer():
    layers = [{"class_name": "Dense", "config": {"name": name}, "name": name} for name in ("a/b", "a_b", "a/b/c")]
    layers[1]["inbound_nodes"] = [[["a/b", 0, 0, {"value": ["a/b/c", 0, 0]}]]]
    model = {"class_name": "Functional", "config": {"name": "m/n", "layers": layers, "output_layers": [["a/b", 0, 0]]}}
    found = plain_names.renamed(model)["config"]
    assert [one["name"] for one in found["layers"]] == ["a_b_2", "a_b", "a_b_c"]
    assert found["layers"][1]["inbound_nodes"] == [[["a_b_2", 0, 0, {"value": ["a_b_c", 0, 0]}]]]
    assert found["name"] == "m_n" and found["output_layers"] == [["a_b_2", 0, 0]]


KNOWN = {
    "KerasLayer": "keras.applications",
    "PruneLowMagnitude": "strip_pruning",
    "QuantizeWrapperV2": "before quantization",
    "Convolution2D": "Keras 2.2",
    "CuDNNLSTM": "Keras 3 has",
    "TextVectorization": "nothing but the image",
}


@pytest.mark.parametrize("kind", KNOWN)
def test_a_layer_that_is_known_and_not_read_says_what_helps(kind, tmp_path):
    config = model_files.old_ordinary({"class_name": kind, "config": {"name": "odd"}})
    path = model_files.old_model(tmp_path / "old.h5", config)
    with pytest.raises(ModelRefused, match=f"'odd' is of the type '{kind}', a") as refused:
        gate.check(ModelSource("hdf5", str(path)))
    assert KNOWN[kind] in refused.value.hint and "--hooks" not in refused.value.hint
