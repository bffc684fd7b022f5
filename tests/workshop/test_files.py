"""The file of a trained network: opened as any other model, with its recipe inside."""

import io
import json
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import inspect, loading
from innv_gui.runtimes.keras.training import files, shapes
from innv_gui.workshop import written
from innv_gui.workshop.copies import copies
from innv_gui.workshop.recipe import Recipe, ShapeClass

MARKS = np.zeros((28, 28), np.int8)
MARKS[2:5, 20:], MARKS[10:, :3] = -1, 1
CLASSES = (
    ShapeClass("upright", "vertical_line", marks=MARKS),
    ShapeClass("drawn · by hand", pixels=np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)),
    ShapeClass("noise", "noise"),
)
RECIPE = Recipe(CLASSES, "cnn", initial="blurred", step_size=0.01, epochs=3, seed=7, way="both", strength=2.5)


def same(one, other):
    for name in ("model", *written.VALUES):
        assert getattr(one, name) == getattr(other, name)
    for a, b in zip(one.classes, other.classes, strict=True):
        assert (a.name, a.tile) == (b.name, b.tile)
        for kind in ("pixels", "marks"):
            np.testing.assert_array_equal(getattr(a, kind), getattr(b, kind))


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_a_file_predicts_what_the_loops_network_does(tmp_path, model):
    asked = replace(RECIPE, model=model, way="none")
    state, _ = shapes.train(asked, shapes.begin(asked)[0], 3)
    path = tmp_path / "trained.keras"
    path.write_bytes(files.file(asked, state))
    x = copies(asked).held
    expected = shapes.probabilities(shapes.OFFERED[model], state.weights, x, 3)
    np.testing.assert_allclose(keras.saving.load_model(path)(255 * x[..., None]), expected, atol=1e-5)
    source = ModelSource("keras", str(path))
    facts = inspect.inspect(source)
    assert facts.class_names == ("upright", "drawn · by hand", "noise")
    assert (facts.preprocessing.mode, facts.preprocessing_basis) == ("none", "structure")
    assert facts.input_shape == (28, 28, 1) and facts.outputs.kind == "softmax"
    scores = loading.load(source).scores(255 * x[..., None])
    np.testing.assert_allclose(np.argmax(scores, axis=1), expected.argmax(axis=1))
    same(written.recipe_in(path), asked)
    same(written.recipe_in(path.read_bytes()), asked)


def test_a_recipe_is_the_same_after_it_was_text():
    same(written._recipe(json.loads(json.dumps(written.as_json(RECIPE)))), RECIPE)


def archive(content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("metadata.json", json.dumps(content))
    return made.getvalue()


def changed(**values):
    return archive({written.KEY: {"recipe": written.as_json(RECIPE) | values}})


def of_class(**values):
    known = written.as_json(RECIPE)["classes"]
    return changed(classes=[known[0] | values, *known[1:]])


BOMB = {"count": 1, "values": written._text(np.zeros((4000, 28, 28), np.uint8))["values"]}


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"PK\x03\x04 and no more",
        archive({}),
        archive({written.KEY: []}),
        archive([]),
        changed(classes=[]),
        changed(classes=3),
        changed(epochs=-1),
        changed(epochs="many"),
        changed(step_size=float("nan")),
        changed(step_size="x"),
        changed(model="other"),
        changed(way=[]),
        of_class(tile="no tile"),
        of_class(name=""),
        of_class(pixels=BOMB),
        of_class(pixels={"count": 2**70, "values": ""}),
        of_class(marks={"count": 1, "values": "not base64"}),
        of_class(marks={"count": 1}),
    ],
)
def test_what_is_no_recipe_is_none(file):
    assert written.recipe_in(file) is None
    assert written.class_names_in(file) is None


def test_too_many_pictures_leave_the_names():
    many = ShapeClass("many", pixels=np.random.default_rng(1).integers(0, 256, (1500, 28, 28), np.uint8))
    file = written.with_recipe(archive({"keras_version": "3"}), replace(RECIPE, classes=(CLASSES[0], many)))
    assert written.recipe_in(file) is None
    assert written.class_names_in(file) == ("upright", "many")
    with zipfile.ZipFile(io.BytesIO(file)) as made:
        assert json.loads(made.read("metadata.json"))["keras_version"] == "3"
