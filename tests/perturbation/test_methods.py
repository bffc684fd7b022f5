"""Occlusion and RISE against slow, plain twins, and what a person relies on beside the numbers."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import BadInput, Cancelled
from innv_gui.records import ModelSource, Preprocessing, Target
from innv_gui.runtimes.keras import explain as door
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.perturbation import compiled, occlusion, rise
from innv_gui.runtimes.keras.perturbation.fills import FILLS, fill_pictures
from innv_gui.runtimes.keras.perturbation.grid import Grid
from innv_gui.runtimes.keras.predict.feeding import Feeding
from tests.networks.hand_models import HandModel

SHAPE = (11, 17, 3)  # odd and not square
RULE = Preprocessing("symmetric")
FED = Feeding(RULE)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(5)
    layers = [
        keras.layers.Conv2D(5, 3, activation="relu", name="first"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(4, name="scores", kernel_initializer="glorot_normal"),
        keras.layers.Softmax(name="end"),
    ]
    return keras.Sequential([keras.Input(SHAPE), *layers])


@pytest.fixture(scope="module")
def source(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("perturbation") / "small.keras"
    model.save(path)
    return ModelSource("keras", str(path))


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(1).uniform(-1, 1, (3, *SHAPE)).astype(np.float32)


def explained(source, x, name, target, **params):
    probabilities = np.tile(np.float32([0, 1, 0, 0]), (len(x), 1))
    complete = analyzers.check(name, params)
    return door.explain(source, x, name, complete, target, False, probabilities, "", RULE)


def slow_occlusion(answers, x, fill, share, count):
    """(H, W) of one picture: answers takes pictures (m, H, W, C) and gives (m,)."""
    grid = Grid.of(x.shape[:2], share, count)
    pasted, (h, w) = [x], grid.window
    for row, column in grid.corners:
        pasted.append(x.copy())
        pasted[-1][row : row + h, column : column + w] = fill[row : row + h, column : column + w]
    whole, *covered = answers(np.stack(pasted))
    return grid.spread(whole - np.reshape(covered, (count, count)))


@pytest.mark.parametrize(("share", "count", "fill"), [(0.5, 2, "grey"), (0.3, 5, "blur"), (0.1, 3, "mean")])
def test_occlusion_is_what_a_class_loses_window_by_window(model, source, x, share, count, fill):
    maps = explained(source, x, "occlusion", Target(class_=2), window=share, positions=count, fill=fill)
    fills = fill_pictures(x, fill, FED)
    slow = [
        slow_occlusion(lambda copies: np.asarray(model(copies))[:, 2], picture, filled, share, count)
        for picture, filled in zip(x, fills, strict=True)
    ]
    np.testing.assert_allclose(maps.values[:, 0, ..., 0], slow, atol=1e-6)
    scores = loading.load(source).scores(x)
    np.testing.assert_allclose(maps.activations[:, 0], scores[:, 2], rtol=1e-5)  # of the score, as everywhere
    assert maps.notes == (Grid.of(SHAPE[:2], share, count).words(),)


def test_neurons_of_an_inner_layer_lose_activation_and_share_one_pass(model, source, x, monkeypatch):
    inner = keras.Model(model.inputs, model.get_layer("first").output)
    calls, made = [], compiled.covered
    monkeypatch.setattr(compiled, "covered", lambda *key: lambda *args: calls.append(1) or made(*key)(*args))
    maps = explained(source, x[:1], "occlusion", Target(layer="first", top_neurons=4), window=0.4, positions=3)
    assert len(calls) == 1 and maps.values.shape[1] == 4
    for place, neuron in enumerate(maps.targets[0]):
        answers = lambda copies, neuron=neuron: np.asarray(inner(copies))[..., neuron].max(axis=(1, 2))  # noqa: E731
        slow = slow_occlusion(answers, x[0], FED.plain(128, SHAPE), 0.4, 3)
        np.testing.assert_allclose(maps.values[0, place, ..., 0], slow, atol=1e-5)


def slow_masks(grids, shifts):
    """(n, H, W): grids enlarged to (s + 1) cells, half-pixel centres, repeated edges; cut out by their shifts."""
    size, (height, width) = grids.shape[1], SHAPE[:2]
    masks = np.zeros((len(grids), height, width))
    for mask, grid, shift in zip(masks, grids, shifts, strict=True):
        for row, column in np.ndindex(height, width):
            total = 0.0
            sides = []
            for place, length, moved in zip((row, column), (height, width), shift, strict=True):
                large = (size + 1) * -(-length // size)
                position = min(max((place + moved + 0.5) * size / large - 0.5, 0), size - 1)
                low = int(position)
                sides.append(((low, 1 - position + low), (min(low + 1, size - 1), position - low)))
            for (i, one), (j, other) in itertools.product(*sides):
                total += grid[i, j] * one * other
            mask[row, column] = total
    return masks


def test_rise_is_the_mean_answer_where_a_pixel_is_seen(model, source, x):
    params = analyzers.check("rise", {"masks": 100, "cells": 4, "fill": "mean", "seed": 3})
    maps = explained(source, x[:2], "rise", Target(class_=2), **params)
    drawn = rise.Masks.drawn(SHAPE[:2], params)
    masks, fills = slow_masks(drawn.grids, drawn.shifts), fill_pictures(x, "mean", FED)
    for picture, fill, found in zip(x, fills, maps.values[:, 0, ..., 0], strict=False):
        copies = masks[..., None] * picture + (1 - masks[..., None]) * fill
        answers = np.asarray(model(copies))[:, 2]
        slow = np.einsum("n,nhw->hw", answers, masks) / masks.sum(axis=0)
        np.testing.assert_allclose(found, slow - slow.min(), atol=1e-5)
    assert all(note.startswith("All 100 masks were used and two halves agree") for note in maps.notes)
    assert 0.4 < drawn.grids.mean() < 0.6 and drawn.shifts.max() < 5 and drawn.shifts.min() == 0


def planted(tmp_path):
    """A class that is nothing but the brightness around one place of a grey picture, and what is near to it."""
    rows, columns = np.mgrid[:24, :24]
    near = np.exp(-((rows - 7) ** 2 + (columns - 16) ** 2) / 72)
    hidden = (near / (255 * near.sum())).reshape(-1, 1).astype(np.float32)
    path = HandModel((24, 24, 1), hidden, np.float32([[6, 0]])).file(tmp_path / "planted.keras")
    return ModelSource("keras", str(path)), near > 0.5


def test_both_find_the_part_that_the_network_looks_at_and_rise_stops_early(tmp_path):
    source, part = planted(tmp_path)
    x = np.full((1, 24, 24, 1), 200, np.float32)
    for name, params in (("occlusion", {"window": 0.2, "positions": 10}), ("rise", {"cells": 6})):
        complete = analyzers.check(name, {"fill": "black", **params})
        maps = door.explain(source, x, name, complete, Target(class_=0), False, np.ones((1, 2)), "", Preprocessing())
        shown = maps.values[0, 0, ..., 0]
        assert part[np.unravel_index(shown.argmax(), shown.shape)]
        assert shown[part].mean() > 2 * shown[~part].mean()
    (note,) = maps.notes
    words, _, count = note.partition(" masks")[0].rpartition(" ")
    assert words == "Stopped at" and 400 <= int(count.replace(",", "")) < 4000
    assert "two halves agree .9" in note


def test_the_same_seed_draws_the_same_map_whatever_other_pictures_there_are(source, x):
    three = explained(source, x, "rise", Target(class_=1), masks=200).values
    np.testing.assert_array_equal(three, explained(source, x, "rise", Target(class_=1), masks=200).values)
    np.testing.assert_allclose(three[1:2], explained(source, x[1:2], "rise", Target(class_=1), masks=200).values)
    other = explained(source, x, "rise", Target(class_=1), masks=200, seed=1).values
    assert np.abs(three - other).max() > 1e-4


def test_no_setting_traces_anew(source, x):
    network = loading.load(source)
    for share, count, fill in ((0.5, 2, "grey"), (0.05, 5, "blur"), (0.3, 10, "white")):
        explained(source, x, "occlusion", Target(class_=1), window=share, positions=count, fill=fill)
        explained(source, x[:1], "occlusion", Target(class_=0), window=share, positions=count, fill=fill)
    for cells, share, fill in ((8, 0.5, "grey"), (3, 0.2, "mean")):
        explained(source, x, "rise", Target(class_=1), masks=130, cells=cells, open=share, fill=fill)
    layer = network.explained_layer
    runs = compiled.covered(network, layer, SHAPE), compiled.shown(network, layer, SHAPE), compiled.sums(network, SHAPE)
    assert [run.experimental_get_tracing_count() for run in runs] == [1, 1, 1]


def test_a_probability_is_explained_where_the_score_is_asked_for(source, x):
    score, softmax = (
        explained(source, x, "occlusion", Target(class_=1, softmax=softmax), window=0.3) for softmax in (False, True)
    )
    np.testing.assert_array_equal(score.values, softmax.values)
    assert (softmax.activations < 1).all() and (score.activations != softmax.activations).all()


@pytest.mark.parametrize("name", ["occlusion", "rise"])
def test_whoever_gives_up_waits_for_one_batch_at_most(source, x, name):
    asked = []

    def stopped():
        asked.append(1)
        return len(asked) > 2

    complete = analyzers.check(name, {"positions": 30} if name == "occlusion" else {})
    with pytest.raises(Cancelled):
        door.explain(source, x, name, complete, Target(class_=1), False, np.ones((3, 4)), "", RULE, stopped=stopped)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("occlusion", "positions", 0),
        ("occlusion", "positions", 31),
        ("occlusion", "positions", 2.5),
        ("occlusion", "window", 0),
        ("occlusion", "window", float("nan")),
        ("occlusion", "window", 1),
        ("occlusion", "fill", "red"),
        ("rise", "masks", 10**9),
        ("rise", "masks", 0),
        ("rise", "open", float("inf")),
        ("rise", "cells", 1000),
        ("rise", "seed", -1),
    ],
)
def test_hostile_settings_get_one_sentence(name, setting, value):
    with pytest.raises(BadInput) as refusal:
        analyzers.check(name, {setting: value})
    assert refusal.value.field == f"params.{setting}" and refusal.value.message.startswith(f"{setting} must be ")


def test_a_thousand_classes_under_nine_hundred_windows_are_a_table_of_answers_and_one_batch_of_copies(tmp_path):
    """What is held: (n, windows, classes) in float32, and never more copies of a picture than one batch."""
    path = tmp_path / "wide.keras"
    keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Flatten(), keras.layers.Dense(1000)]).save(path)
    network = loading.load(ModelSource("keras", str(path)))
    x, weights = np.zeros((2, 6, 6, 1), np.float32), np.eye(1000, dtype=np.float32)[:2]
    params = analyzers.check("occlusion", {"positions": 30})
    question = Question(network, "occlusion", params, network.explained_layer, False, False, x, weights)
    copies, made = [], compiled.covered(network, network.explained_layer, (6, 6, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "covered", lambda *key: lambda *args: copies.append(len(args[2])) or made(*args))
        assert occlusion.occlusion(question).shape == (2, 6, 6)
    assert max(copies) == compiled.at_once((6, 6, 1)) == compiled.MOST and sum(copies) == 2 * 901
    assert [table.nbytes for table in question.met.values()] == [2 * 901 * 1000 * 4]


def test_every_declared_fill_exists():
    for name in ("occlusion", "rise"):
        (field,) = (one for one in analyzers.describe(analyzers.get(name))["fields"] if one["name"] == "fill")
        assert sorted(field["choices"]) == sorted(FILLS)
