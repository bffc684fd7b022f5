"""Values as Python programs have them: arrays, tensors and lists of them; what is none of these is refused."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from innv_gui import Session
from innv_gui.class_names import as_list, fit
from innv_gui.errors import BadInput, ModelRefused
from innv_gui.records import ImageRef, ModelSource
from innv_gui.runtimes.keras.networks import inspect, loading
from innv_gui.session.explain.given_images import as_images
from innv_gui.session.explain.request import check_request, items_of, models_of
from innv_gui.session.features.request import check_features
from innv_gui.session.model_sources import checked_output
from innv_gui.session.suggest.request import check_suggestion

L = keras.layers
SHAPE = (8, 6, 3)
X = np.random.default_rng(0).random((2, *SHAPE), dtype=np.float32)


@pytest.mark.parametrize("given", [
    X, list(X), tuple(X), tf.constant(X), list(tf.constant(X)), [tf.constant(X[0]), X[1]], (x for x in X),
    X.astype(np.float64), tf.data.Dataset.from_tensor_slices(X),
])  # fmt: skip
def test_arrays_are_taken_in_every_form(given):
    items, dataset = items_of(given)
    assert dataset is None and len(items) == 2
    np.testing.assert_allclose(np.stack([item.row for item in items]), X, rtol=1e-6)


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Series, iter, lambda paths: np.array(paths, object)])
def test_paths_are_taken_in_every_form(make, tmp_path):
    paths = [str(tmp_path / f"{k}.png") for k in range(2)]
    for path in paths:
        Image.new("RGB", (4, 4)).save(path)
    assert [item.name for item in items_of(make(paths))[0]] == ["0.png", "1.png"]
    assert len(items_of(ImageRef("0.png", paths[0]))[0]) == 1


@pytest.mark.parametrize(("given", "said"), [
    (5, "Expected images, got int 5"),
    (5.0, "Expected images, got float 5.0"),
    (True, "Expected images, got bool True"),
    (b"a.png", "Expected images, got bytes"),
    ({"a": 1}, "Expected images, got dict"),
    (tf.ragged.constant(X), "Expected images, got RaggedTensor"),
    (object(), "Expected images, got object"),
    ([5], "Expected images, got int 5"),
    ([X[0], "a.png"], "Expected images, got ndarray"),
    ([[0, 1], [2, 3]], "Expected images, got list"),
    ([np.float32(1)], "Expected images, got float 1.0"),
    (np.float32(1), r"Expected an array \(N, H, W, C\) of numbers, got shape \(\)"),
    ([X[0], X[1, :4]], r"Expected arrays of one shape, got \(8, 6, 3\) and \(4, 6, 3\)"),
    (X[0], r"got shape \(8, 6, 3\) of float32. One image is a batch of one: x\[None\]"),
    (keras.Input(SHAPE), "Expected images, got KerasTensor"),
    (Image.new("RGB", (4, 4)), "Expected images, got Image"),
    ([Image.new("RGB", (4, 4))], "Expected images, got Image"),
    (None, "No image was given"),
    ([], "No image was given"),
    (np.zeros((0, *SHAPE)), "No image was given"),
])  # fmt: skip
def test_what_is_no_image_is_refused_in_a_sentence(given, said):
    with pytest.raises(BadInput, match=said) as refused:
        items_of(given)
    assert refused.value.field == "images" and "\n" not in str(refused.value)


def test_a_list_of_references_stays_as_it_is():
    refs = [ImageRef("a.png", "/a.png")]
    assert as_images(refs) == refs


@pytest.mark.parametrize("given", [5, "m1", [5], np.zeros(2), b"m1", [None]])
def test_what_is_no_model_is_refused_in_a_sentence(given):
    with pytest.raises(BadInput, match="Expected a model from add_model, got "):
        models_of(given)


NAMES = ["a", "b", "c"]


@pytest.mark.parametrize("given", [np.array(NAMES), np.array(NAMES, object), pd.Series(NAMES), pd.Index(NAMES), NAMES])
def test_class_names_are_taken_in_every_form(given):
    assert fit(as_list(given), 3) == tuple(NAMES)


@pytest.mark.parametrize("given", [np.arange(3), [np.int64(1)] * 3, np.array(1), np.array("a"), 5, {"a", "b", "c"}])
def test_other_class_names_are_refused_in_a_sentence(given):
    with pytest.raises(BadInput, match="Expected a"):
        fit(as_list(given), 3)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    image = keras.Input(SHAPE)
    x = L.GlobalAveragePooling2D()(image)
    outputs = {"b": L.Dense(3, activation="softmax", name="bb")(x), "a": L.Dense(2, activation="softmax", name="aa")(x)}
    path = tmp_path_factory.mktemp("two") / "two.keras"
    keras.Model(image, outputs).save(path)
    return str(path)


def test_an_output_is_chosen_by_the_name_that_the_refusal_lists(two):
    with pytest.raises(ModelRefused, match="its number or its name") as refused:
        loading.load(ModelSource("keras", two))
    for index in (0, 1):
        name = loading.load(ModelSource("keras", two, output=index)).outputs[index]
        assert f"{index}: {name}" in refused.value.message.replace("'", "").replace('"', "")
        by_name = inspect.inspect(ModelSource("keras", two, output=name))
        by_index = inspect.inspect(ModelSource("keras", two, output=index))
        assert by_name == by_index and by_name.source.output == index


@pytest.mark.parametrize("output", ["cc", "", 2, -1, True, 1.0, [0], np.array([0, 1])])
def test_another_output_is_refused_in_a_sentence(output, two):
    with pytest.raises(BadInput, match="has no output|Expected an output by its number or its name") as refused:
        loading.load(ModelSource("keras", two, output=checked_output(output)))
    assert refused.value.field == "output" and "\n" not in str(refused.value)


def test_a_session_takes_them_too(lent_workers, two, tmp_path):
    with Session(workspace=tmp_path) as session:
        model = session.add_model(two, output="aa", classes=np.array(["p", "q"]))
        assert model.class_names == ("p", "q") and session.predict(model, list(tf.constant(X))).shape == (2, 2)
        assert session.models.change(model.id, class_names=np.array(["r", "s"])).class_names == ("r", "s")
        assert session.explain(model, tf.constant(X), "gradient")[model].maps.shape[:2] == (2, 1)
        for call in (session.predict, lambda model, x: session.explain(model, x, "gradient")):
            with pytest.raises(BadInput, match="Expected images, got int 5"):
                call(model, 5)
            with pytest.raises(BadInput, match="Expected a model from add_model, got int"):
                call(5, X)


TEXTS = ["4", "1", "a" * 200, 1.5, True, None, [1], np.array([1, 2])]


@pytest.mark.parametrize("given", TEXTS)
def test_neurons_are_whole_numbers_and_a_text_is_named_as_one(given, sample_models):
    model = sample_models["digits_cnn"]
    for wish in ("neuron", "top_neurons"):
        if given is None:
            continue
        with pytest.raises(BadInput, match="neurons 0 to|Expected 1, 4, 9 or 16 neurons") as refused:
            check_request(model, X, "gradient", **{wish: given})
        assert refused.value.field == wish and len(str(refused.value)) < 200
        assert ("got the text '" in str(refused.value)) == isinstance(given, str)


def test_whole_numbers_of_numpy_are_taken(sample_models):
    model = sample_models["digits_cnn"]
    assert check_request(model, X, "gradient", neuron=np.int64(2)).targets[0].neuron == 2
    assert check_request(model, X, "gradient", top_neurons=np.int32(4)).targets[0].top_neurons == 4


def test_other_pages_name_a_text_too(sample_models, sample_datasets):
    model = sample_models["digits_cnn"]
    with pytest.raises(BadInput, match="Expected a number for neuron, got the text '1'"):
        check_suggestion(model, sample_datasets["digits"], neuron="1")
    with pytest.raises(BadInput, match="has neurons 0 to 9, got the text '1'"):
        check_features(model, neurons=["1"])
