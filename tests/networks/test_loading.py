"""Files become networks: the same predictions as Keras' own, flat, with logits; or a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui import analyzers
from innv_gui.errors import BadInput, ModelRefused
from innv_gui.records import ModelSource, Target, replace
from innv_gui.runtimes.keras.attribution.explain import explain
from innv_gui.runtimes.keras.cam import explain as cam
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.inspect import inspect
from tests.eager import step_by_step
from tests.files import model_files
from tests.networks.made_models import SHAPE, backbone, images, randomised, saved, transfer

KINDS = {".keras": "keras", ".h5": "hdf5"}


def same_predictions(model: keras.Model, source: ModelSource, atol=1e-6) -> loading.Network:
    network = loading.load(source)
    x = images(3, tuple(model.input_shape[1:]))
    np.testing.assert_allclose(network.probabilities(network.predict(x)), np.asarray(model(x)), atol=atol)
    return network


# --- formats -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_defect_17_transfer_models_are_flattened_and_predict_the_same(ending, tmp_path):
    model = randomised(transfer())
    network = same_predictions(model, saved(model, tmp_path / f"transfer{ending}"))
    names = [layer.name for layer in network.layers()]
    assert len(names) == len(set(names)) and "backbone" not in names and "flip" not in names
    assert {"conv", "backbone.conv"} & set(names) and "norm" in names
    assert not any(isinstance(layer, keras.Model) for layer in network.model.layers)
    assert names[0] == "image" and names[-1] == "scores"


@pytest.mark.parametrize("depth", [1, 3])
def test_models_nested_in_sequential_models_are_flattened(depth, tmp_path):
    model = keras.Sequential([keras.Input(SHAPE), backbone(), keras.layers.Flatten(), keras.layers.Dense(3)])
    for level in range(depth):
        model = keras.Sequential([keras.Input(SHAPE), model], name=f"level{level}")
    model = keras.Sequential([keras.Input(SHAPE), model, keras.layers.Softmax()])
    network = same_predictions(randomised(model), saved(model, tmp_path / "deep.keras"))
    assert (network.flat.outputs.kind, network.flat.link_inside) == ("softmax", False)
    assert network.explained_layer.startswith("dense")


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_pipeline_of_layers_is_gone_through_and_its_augmentation_left_out(ending, tmp_path):
    L = keras.layers
    inner = L.Pipeline([L.RandomFlip(name="flip"), L.Rescaling(0.5, name="half"), L.Conv2D(4, 3, name="conv")])
    image = keras.Input(SHAPE)
    x = L.Pipeline([L.MixUp(name="mix"), inner, L.CutMix(name="cut"), L.ReLU()])(image)
    x = L.Flatten()(L.Conv2D(4, 3, name="conv")(x))
    model = randomised(keras.Model(image, L.Dense(3, activation="softmax")(x)))
    network, x = loading.load(saved(model, tmp_path / f"pipeline{ending}")), images(3, SHAPE)
    found = network.probabilities(network.scores(x))
    np.testing.assert_allclose(found, model.predict(x, verbose=0), atol=1e-6)
    assert network.flat.skipped == ("mix", "flip", "cut")
    assert len([name for name in network.flat.tensors if "conv" in name]) == 2


def test_a_backbone_used_twice_shares_its_weights(tmp_path):
    image = keras.Input(SHAPE)
    inner = keras.Sequential([keras.Input(SHAPE), keras.layers.Conv2D(3, 3, padding="same", name="shared")])
    x = keras.layers.Flatten()(inner(inner(image)))
    model = randomised(keras.Model(image, keras.layers.Dense(3, activation="softmax")(x)))
    network = same_predictions(model, saved(model, tmp_path / "twice.keras"))
    assert [layer.name for layer in network.layers()].count("shared") == 1


@pytest.mark.parametrize("old", [True, False])
def test_architecture_with_weights(old, tmp_path):
    model = randomised(transfer())
    (tmp_path / "net.json").write_text(model.to_json())
    weights = tmp_path / ("old.h5" if old else "new.weights.h5")
    model.save(weights) if old else model.save_weights(weights)
    source = ModelSource("json", str(tmp_path / "net.json"), weights=str(weights))
    same_predictions(model, source)


# --- endings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["activation", "layer", "Activation", "operation", "mixed"])
def test_softmax_is_taken_off_wherever_it_stands(ending, tmp_path):
    keras.utils.set_random_seed(1)
    image = keras.Input(SHAPE)
    flat = keras.layers.Flatten()(image)
    scores = keras.layers.Dense(4, activation="softmax" if ending == "activation" else None, name="scores")
    ends = {
        "activation": lambda x: x,
        "layer": keras.layers.Softmax(),
        "Activation": keras.layers.Activation("softmax"),
        "operation": keras.ops.softmax,
        "mixed": lambda x: keras.layers.Activation("linear", dtype="float32")(keras.layers.Softmax()(x)),
    }[ending](scores(flat))
    model = keras.Model(image, ends)
    network = same_predictions(model, saved(model, tmp_path / "model.keras"))
    facts = inspect(ModelSource("keras", str(tmp_path / "model.keras")))
    assert (facts.outputs.kind, facts.outputs.explained) == ("softmax", "logit")
    assert facts.explained_layer == "scores"
    x = images(2)
    kernel, bias = scores.get_weights()
    np.testing.assert_allclose(network.predict(x), x.reshape(2, -1) @ kernel + bias, atol=1e-5)


def test_logits_get_a_softmax_and_a_reason(tmp_path):
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(4)])
    network = loading.load(saved(model, tmp_path / "logits.keras"))
    scores = network.predict(images(2))
    np.testing.assert_allclose(scores, np.asarray(model(images(2))), atol=1e-6)
    np.testing.assert_allclose(network.probabilities(scores).sum(axis=1), 1, rtol=1e-6)
    assert network.flat.outputs.kind == "logits" and "without softmax" in network.flat.outputs.reason


def test_one_sigmoid_is_two_classes(tmp_path):
    layers = [keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential(layers)
    network = same_predictions(model, saved(model, tmp_path / "yes_no.keras"))
    assert (network.n_classes, network.flat.outputs.kind) == (2, "binary")


def test_mixed_precision_gives_float32(tmp_path):
    layers = [keras.layers.Conv2D(3, 3, dtype="mixed_float16"), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input(SHAPE), *layers, keras.layers.Dense(3, dtype="mixed_float16")])
    network = loading.load(saved(model, tmp_path / "mixed.keras"))
    assert network.predict(images(2)).dtype == np.float32


def test_an_input_of_whole_numbers_lets_gradients_through(tmp_path):
    """Keras would round on the way in, and a map of nothing but zeros would look like an answer."""
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
    model = keras.Sequential([keras.Input(SHAPE, dtype="uint8"), *layers])
    network, x = loading.load(saved(model, tmp_path / "pixels.keras")), np.round(255 * images(2))
    np.testing.assert_allclose(network.probabilities(network.predict(x)), np.asarray(model(x)), atol=1e-6)
    with tf.GradientTape() as tape:
        pixels = tf.constant(x)
        tape.watch(pixels)
        score = network.model(pixels)[:, 1]
    slope = tape.gradient(score, pixels).numpy().reshape(2, -1)
    np.testing.assert_allclose(slope, np.tile(model.layers[-1].get_weights()[0][:, 1] / 255, (2, 1)), rtol=1e-5)


@pytest.mark.parametrize("first", ["flatten", "conv", "own channel"])
def test_images_without_a_channel_axis_get_one(first, tmp_path):
    """As the first network of many tutorials has it: (28, 28)."""
    layers = {
        "flatten": [keras.layers.Flatten()],
        "conv": [keras.layers.Conv1D(4, 3, activation="relu"), keras.layers.Flatten()],
        "own channel": [keras.layers.Reshape((14, 12, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten()],
    }[first]
    model = keras.Sequential([keras.Input((14, 12)), *layers, keras.layers.Dense(3, activation="softmax")])
    source, x = saved(model, tmp_path / "grey.keras"), images(2, (14, 12, 1))
    network = loading.load(source)
    found = network.probabilities(network.predict(x))
    np.testing.assert_allclose(found, np.asarray(model(x[..., 0])), atol=1e-6)
    facts = inspect(source)
    assert facts.input_shape == (14, 12, 1) and any("without channels" in note for note in facts.notes)
    maps = explain(source, x, "lrp.z", analyzers.check("lrp.z", {"bias": False}), Target(), False, found).values
    scores = network.predict(x)[np.arange(2), found.argmax(axis=1)]
    assert maps.shape == (2, 1, 14, 12, 1)
    np.testing.assert_allclose(maps.sum(axis=(1, 2, 3, 4)), scores, rtol=1e-3)


# --- facts -------------------------------------------------------------------------------------------------------


def test_facts_of_a_model(tmp_path):
    model = transfer()
    facts = inspect(saved(model, tmp_path / "transfer.keras"))
    assert facts.input_shape == SHAPE and facts.n_classes == 5 and facts.n_params == model.count_params()
    assert facts.cam_layer == "backbone.conv" or facts.cam_layer == "conv_2" or facts.layers[-3].name == facts.cam_layer
    assert facts.explained_layer == "scores" and len(facts.source.sha256) == 64 and facts.class_names is None
    by_name = {layer.name: layer for layer in facts.layers}
    assert by_name["norm"].output_shape == (12, 10, 6) and by_name["norm"].n_params == 24
    assert by_name["norm"].spatial and not by_name["pool"].spatial and not by_name["image"].spatial
    assert any("flip" in note for note in facts.notes) and any("backbone" in note for note in facts.notes)


@pytest.mark.parametrize(
    "layers, mode, word",
    [
        ((keras.layers.Rescaling(1 / 255, name="scaled"),), "none", "scaled"),
        (
            (keras.layers.Normalization(mean=[120.0, 117.0, 104.0], variance=[3e3, 3e3, 3e3], name="normal"),),
            "none",
            "normal",
        ),
        ((), "unit", "assumed"),
    ],
)
def test_preprocessing_is_read_off_the_layers(layers, mode, word, tmp_path):
    model = keras.Sequential([keras.Input(SHAPE), *layers, keras.layers.Flatten(), keras.layers.Dense(2)])
    facts = inspect(saved(model, tmp_path / "model.keras"))
    assert facts.preprocessing.mode == mode and word in facts.preprocessing_reason
    assert any("assumed" in note for note in facts.notes) == (mode == "unit")


def test_a_preprocessing_written_as_arithmetic_is_found(tmp_path):
    image = keras.Input(SHAPE)
    x = keras.layers.Flatten()(image / 127.5 - 1)
    facts = inspect(saved(keras.Model(image, keras.layers.Dense(2)(x)), tmp_path / "model.keras"))
    assert facts.preprocessing.mode == "none"


@pytest.mark.parametrize(
    "name, mode",
    [
        ("vgg16", "caffe"),
        ("resnet50", "caffe"),
        ("resnet152v2", "tf"),
        ("mobilenetv2_1.00_224", "tf"),
        ("densenet121", "torch"),
        ("inception_v3", "tf"),
        ("efficientnetv2-b0", "torch"),  # the real one scales pixels itself
        ("my_vgg", "unit"),
    ],
)
def test_preprocessing_of_known_architectures(name, mode, tmp_path):
    inner = keras.Sequential([keras.Input(SHAPE), keras.layers.Conv2D(2, 3)], name=name)
    model = keras.Sequential([keras.Input(SHAPE), inner, keras.layers.Flatten(), keras.layers.Dense(2)])
    facts = inspect(saved(model, tmp_path / "model.keras"))
    assert facts.preprocessing.mode == mode and (mode == "unit" or name in facts.preprocessing_reason)


# --- refusals ----------------------------------------------------------------------------------------------------


def refusal(model: keras.Model, tmp_path: Path, **more) -> str:
    source = replace(saved(model, tmp_path / "refused.keras"), **more)
    with pytest.raises(ModelRefused) as refused:
        loading.load(source)
    assert "refused.keras" in str(refused.value)
    return str(refused.value)


def test_two_inputs_are_refused_by_name(tmp_path):
    a, b = keras.Input(SHAPE, name="left"), keras.Input(SHAPE, name="right")
    ends = keras.layers.Dense(2)(keras.layers.Flatten()(keras.layers.Add()([a, b])))
    sentence = refusal(keras.Model([a, b], ends), tmp_path)
    assert "left" in sentence and "right" in sentence and "2 inputs" in sentence


@pytest.mark.parametrize(
    "shape, layers, word",
    [
        (SHAPE, [keras.layers.Conv2D(3, 3)], "one score for each class"),
        (SHAPE, [keras.layers.Dense(3)], "one score for each class"),
        ((30,), [keras.layers.Dense(3)], "an image"),
        ((None, 8), [keras.layers.LSTM(2), keras.layers.Dense(3)], "an image"),
        ((9000, 8), [keras.layers.LSTM(2), keras.layers.Dense(3)], "4096"),
        ((8, 8, 4), [keras.layers.Flatten(), keras.layers.Dense(3)], "1 or 3 channels"),
        ((3, 8, 10), [keras.layers.Flatten(), keras.layers.Dense(3)], "channels must come last"),
        ((9000, 8, 3), [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3)], "4096"),
    ],
)
def test_what_is_no_image_classifier_is_refused(shape, layers, word, tmp_path):
    assert word in refusal(keras.Sequential([keras.Input(shape), *layers]), tmp_path)


def test_a_layer_with_channels_first_is_refused_by_name(tmp_path):
    image = keras.Input(SHAPE)
    x = keras.layers.Conv2D(2, 3, data_format="channels_first", name="odd")(keras.layers.Permute((3, 1, 2))(image))
    assert "'odd'" in refusal(keras.Model(image, keras.layers.Dense(2)(keras.layers.Flatten()(x))), tmp_path)


def test_several_outputs_must_be_chosen_from(tmp_path):
    image = keras.Input(SHAPE)
    flat = keras.layers.Flatten()(image)
    ends = [keras.layers.Dense(n, activation="softmax", name=name)(flat) for n, name in ((2, "kind"), (4, "colour"))]
    model = keras.Model(image, ends)
    sentence = refusal(model, tmp_path)
    assert "0: 'kind'" in sentence and "1: 'colour'" in sentence
    source = ModelSource("keras", str(tmp_path / "refused.keras"), output=1)
    network = loading.load(source)
    assert network.n_classes == 4 and inspect(source).output_names == ("kind", "colour")
    wanted = np.asarray(model(images(2))[1])
    np.testing.assert_allclose(network.probabilities(network.predict(images(2))), wanted, atol=1e-6)
    with pytest.raises(BadInput, match="no output 2"):
        loading.load(replace(source, output=2))


def test_weights_of_another_model_are_refused(tmp_path):
    (tmp_path / "net.json").write_text(transfer().to_json())
    other = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(2)])
    other.save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(ModelRefused, match="net.json: its weights do not fit"):
        loading.load(ModelSource("json", str(tmp_path / "net.json"), weights=str(tmp_path / "other.weights.h5")))


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    dense = keras.layers.Dense(2, name="scores")
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), dense])
    dense.bias.assign([1.0, np.nan])
    assert "bias" in refusal(model, tmp_path)


def test_a_model_that_would_not_fit_into_memory_is_refused_before_it_is_built(tmp_path):
    path = model_files.archive(tmp_path / "vast.keras", model_files.ordinary(last=model_files.dense(units=2**30)))
    with pytest.raises(
        ModelRefused, match="its weights do not fit its architecture: it asks for 207,232,172,032 values, and 579"
    ):
        loading.load(ModelSource("keras", str(path)))


def test_a_layer_that_would_blow_up_one_image_is_refused_by_name(tmp_path):
    layers = [
        keras.layers.UpSampling2D(4000, name="blown"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(2),
    ]
    assert "'blown'" in refusal(keras.Sequential([keras.Input(SHAPE), *layers]), tmp_path)


def test_a_configuration_that_keras_cannot_build_is_a_sentence(tmp_path):
    config = model_files.ordinary(model_files.layer("Conv2D", "bad", filters=3, kernel_size=[99, 99]))
    path = model_files.archive(tmp_path / "odd.keras", config)
    with pytest.raises(ModelRefused, match="odd.keras: Keras cannot build") as refused:
        loading.load(ModelSource("keras", str(path)))
    assert "\n" not in str(refused.value)


ODD = {
    "strides of zero": ("Conv2D", {"filters": 3, "kernel_size": [3, 3], "strides": [0, 0]}),
    "fewer than no filters": ("Conv2D", {"filters": -3, "kernel_size": [3, 3]}),
    "no filters at all": ("Conv2D", {"kernel_size": [3, 3]}),
    "text for a number": ("Dense", {"units": "many"}),
    "a list for a number": ("Dropout", {"rate": [1, 2]}),
    "nothing for a number": ("Dense", {"units": None}),
    "an activation that is not there": ("Dense", {"units": 3, "activation": "nope"}),
    "a setting that is not there": ("Dense", {"units": 3, "nope": 1}),
    "an axis that is not there": ("BatchNormalization", {"axis": 9}),
    "a type that is not there": ("Dense", {"units": 3, "dtype": "float99"}),
    "a shape that does not fit": ("Reshape", {"target_shape": [7, 7]}),
    "nothing left": ("Cropping2D", {"cropping": [[9, 9], [9, 9]]}),
    "groups that do not divide": ("Conv2D", {"filters": 4, "kernel_size": [1, 1], "groups": 2}),
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_a_configuration_makes_keras_raise_is_one_sentence_with_the_file(name, tmp_path):
    kind, settings = ODD[name]
    path = model_files.archive(tmp_path / "odd.keras", model_files.ordinary(model_files.layer(kind, "bad", **settings)))
    with pytest.raises(ModelRefused) as refused:
        loading.load(ModelSource("keras", str(path)))
    assert (
        "odd.keras" in str(refused.value) and "\n" not in str(refused.value) and "Traceback" not in str(refused.value)
    )


def test_a_graph_that_cannot_run_is_refused_when_it_is_loaded(tmp_path, monkeypatch):
    """Else the first prediction would fail, far from the file that is to blame."""

    def broken(*args, **kwargs):
        raise NotImplementedError("no kernel\nfor this")

    monkeypatch.setattr(keras.layers.Flatten, "call", broken)
    path = model_files.archive(tmp_path / "odd.keras", model_files.ordinary())
    monkeypatch.setattr(keras.layers.Flatten, "compute_output_spec", lambda self, x: keras.KerasTensor((None, 192)))
    with pytest.raises(ModelRefused, match="odd.keras") as refused:
        loading.load(ModelSource("keras", str(path)))
    assert "\n" not in str(refused.value)


# --- keeping -----------------------------------------------------------------------------------------------------


def test_a_network_is_kept_until_its_file_changes(tmp_path):
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(2)])
    source = saved(model, tmp_path / "model.keras")
    network = loading.load(source)
    known = replace(source, sha256=network.sha256)
    assert loading.load(source) is network and loading.load(known) is network
    saved(randomised(model), tmp_path / "model.keras")
    os.utime(tmp_path / "model.keras", ns=(1, 1))
    assert loading.load(source) is not network
    with pytest.raises(ModelRefused, match="has changed"):
        loading.load(known)


def test_kept_networks_go_on_after_an_application_was_loaded(tmp_path):
    """Its layers are numbered anew, for which Keras forgets what it has counted."""
    model = keras.Sequential([keras.Input(SHAPE), backbone(), keras.layers.Flatten(), keras.layers.Dense(2)])
    source = saved(model, tmp_path / "model.keras")
    network = loading.load(source)
    before = network.predict(images(2))
    with step_by_step():
        loading.load(ModelSource("application", application="MobileNetV2", weights="random"))
    np.testing.assert_array_equal(network.predict(images(3))[:2], before)
    assert cam.explain(source, images(2), "guided_grad_cam", {}, Target()).values.shape == (2, 1, *SHAPE)


def test_only_so_many_networks_are_kept(tmp_path):
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(2)])
    for i in range(loading.MAX_KEPT + 3):
        loading.load(saved(model, tmp_path / f"model{i}.keras"))
    assert len(loading._kept) == loading.MAX_KEPT


# --- keras.applications ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name, mode", [("MobileNetV2", "tf"), ("EfficientNetB0", "none")])
def test_applications_with_random_weights(name, mode):
    facts = inspect(ModelSource("application", application=name, weights="random"))
    assert facts.n_classes == 1000 and facts.preprocessing.mode == mode and facts.cam_layer
    assert facts.input_shape == (224, 224, 3) and facts.outputs.kind == "softmax"


def made_of(application):
    """Hash of the weights, and the names of the layers."""
    with step_by_step():
        network = loading.load(ModelSource("application", application=application, weights="random"))
    weights = hashlib.sha256(b"".join(w.tobytes() for w in network.model.get_weights())).hexdigest()
    return [weights, list(network.flat.operations)]


def test_random_weights_and_layer_names_are_the_same_in_every_process():
    """In a fresh one, and here, where layers of the same kinds were made before."""
    text = "import json; from tests.networks.test_loading import made_of; print(json.dumps(made_of('MobileNetV2')))"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(Path(__file__).parents[2])}
    fresh = subprocess.Popen([sys.executable, "-c", text], env=environment, stdout=subprocess.PIPE, text=True)
    keras.Sequential([keras.Input((9, 9, 3)), keras.layers.Rescaling(2), keras.layers.Conv2D(2, 3)])
    here = made_of("MobileNetV2")
    assert json.loads(fresh.communicate()[0]) == here


@pytest.mark.usefixtures("untraced")
def test_an_application_with_a_weights_file(tmp_path):
    model = keras.applications.MobileNetV2(weights=None)
    model.save_weights(tmp_path / "mobile.weights.h5")
    source = ModelSource("application", application="MobileNetV2", weights=str(tmp_path / "mobile.weights.h5"))
    network = loading.load(source)
    x = images(1, (224, 224, 3))
    np.testing.assert_allclose(network.probabilities(network.predict(x)), np.asarray(model(x)), atol=1e-6)


def test_unknown_applications_are_refused_with_the_known():
    with pytest.raises(BadInput) as refused:
        loading.load(ModelSource("application", application="VGG17", weights="random"))
    assert "VGG16" in refused.value.allowed


def convnext():
    """A ConvNeXt with all its kinds of layers, but one block a stage."""
    from keras.src.applications.convnext import ConvNeXt

    depths, widths = (1, 1, 1, 1), (8, 8, 16, 16)
    return ConvNeXt(depths, widths, 0.1, weights=None, input_shape=(64, 64, 3), classes=7, name="convnext_tiny")


def mobilenet():
    return keras.applications.MobileNetV3Small(weights=None, input_shape=(96, 96, 3), classes=7)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("network", [convnext, mobilenet])
def test_files_of_applications_pass_the_gate(network, tmp_path):
    model = network()
    same_predictions(model, saved(model, tmp_path / "model.keras"))
