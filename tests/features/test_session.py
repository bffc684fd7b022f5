"""Activation maximization by Python: the bar on the sample models, cancel and resume, the images that activate most."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from innv_gui.analyzers import maximize
from innv_gui.errors import BadInput, Cancelled, Conflict, NotFound
from innv_gui.records import Layer, replace
from innv_gui.session.features.maximization import NUMBERS_AT_ONCE, _at_once, _groups, products
from innv_gui.session.features.request import check_features, check_request


@pytest.fixture(scope="module")
def cnn(sample_models):
    return sample_models["digits_cnn"]


def begun(session, model, initial="noise", preset="plain", params=None, **aims):
    return session.features.start(check_request(model, check_features(model, **aims), initial, preset, params))


@pytest.mark.parametrize("initial", maximize.STARTS)
def test_every_digit_reaches_the_probability_or_the_cap_and_says_so(session, cnn, initial):
    found = session.maximize(cnn, classes=range(10), initial=initial)
    assert found.images.shape == (10, 32, 32, 1) and found.images.dtype == np.float32
    assert found.pictures.shape == (10, 32, 32, 1) and found.pictures.dtype == np.uint8
    reached = session.predict(cnn, found.images)[np.arange(10), np.arange(10)]
    for place, why in enumerate(found.stopped):
        assert why == ("probability" if reached[place] > 0.99 else "iterations")
        assert found.steps[place] <= 500 and len(found.curves[place]) == found.steps[place] + 1
        assert found.probabilities[place][-1] == pytest.approx(reached[place], abs=1e-4)
    assert found.images.min() >= 0 and found.images.max() <= 1
    np.testing.assert_array_equal(found.pictures, np.rint(found.images * 255).astype(np.uint8))


@pytest.mark.parametrize("preset", maximize.PRESETS)
def test_the_same_seed_gives_the_same_picture_also_alone(session, cnn, preset):
    params = {"iterations": 120}
    together = session.maximize(cnn, classes=[1, 8, 3], preset=preset, params=params, seed=4)
    again = session.maximize(cnn, classes=[1, 8, 3], preset=preset, params=params, seed=4)
    alone = session.maximize(cnn, classes=[8], preset=preset, params=params, seed=4)
    other = session.maximize(cnn, classes=[8], preset=preset, params=params, seed=5)
    np.testing.assert_allclose(again.images, together.images, atol=1e-6)  # sums of threads come in any order
    np.testing.assert_allclose(alone.images[0], together.images[1], atol=1e-4)
    assert np.abs(other.images - alone.images).max() > 0.1


@pytest.mark.parametrize(("aims", "pool"), [({"neurons": [2, 5]}, np.max), ({"channels": [2, 5]}, np.mean)])
def test_neurons_and_channels_of_any_layer_grow(session, cnn, aims, pool):
    found = session.maximize(cnn, "conv_2", **aims, initial="blurred", params={"iterations": 30})
    output = session.layer_output(cnn, found.images, "conv_2")
    for place, index in enumerate((2, 5)):
        curve = found.curves[place]
        assert curve[-1] == pytest.approx(pool(output[place, :, :, index]), rel=1e-3) and curve[-1] > 2 * curve[0]
    assert found.probabilities == () and set(found.stopped) == {"iterations"}


def test_an_image_and_an_array_are_starts(session, cnn, sample_datasets):
    image = sample_datasets["digits"][7]
    params = {"iterations": 1, "stop_at": 1, "step": 1e-6}
    by_image = session.maximize(cnn, classes=[0], initial=image, params=params)
    array = np.random.default_rng(0).random((32, 32, 1)).astype(np.float32)
    by_array = session.maximize(cnn, classes=[0], initial=array, params=params)
    np.testing.assert_allclose(by_array.images[0], array, atol=1e-4)
    assert by_image.request.initial_name == "image" and np.abs(by_image.images - by_array.images).max() > 0.1


def test_clip_holds_for_the_start_too(session, cnn):
    far = np.full((32, 32, 1), 5, np.float32)
    clipped = session.maximize(cnn, classes=[1], initial=far, params={"stop_at": 1e-9})
    white = session.maximize(cnn, classes=[1], initial="white", params={"stop_at": 1e-9})
    assert clipped.stopped == ("probability",) and clipped.images.max() == 1
    assert clipped.curves[0][0] == white.curves[0][0] and "1024 of 1024 values" in clipped.notes[0]
    free = session.maximize(cnn, classes=[1], initial=far, params={"stop_at": 1e-9, "clip": False, "iterations": 1})
    assert free.images.max() > 4 and free.notes == ()


def test_classes_have_names_and_colour_models_colour_pictures(session, sample_models):
    found = session.maximize(sample_models["weather_clean"], classes=["vehicle", "tree"], params={"iterations": 5})
    assert found.targets == (1, 0) and found.request.names == ("vehicle", "tree")
    assert found.pictures.shape == (2, 64, 64, 3)


def test_a_cancelled_ascent_keeps_its_pictures_and_goes_on_from_there(session, cnn):
    params = {"iterations": 4000, "stop_at": 1, "step": 0.001}
    known = begun(session, cnn, params=params, classes=[0, 1])
    while not known.begun or min(known.steps) < 5:
        time.sleep(0.02)
    asked = time.monotonic()
    known.job.cancel()
    assert known.job.ended(10) and time.monotonic() - asked < 4  # two seconds, and a busy machine
    with pytest.raises(Cancelled):
        known.job.wait()
    steps, images = known.steps, known.images
    assert set(known.stopped) == {"cancelled"} and min(steps) >= 5
    assert session.features.resume(known.id) is known
    with pytest.raises(Conflict):
        session.features.resume(known.id)
    while min(known.steps) <= min(steps):
        time.sleep(0.02)
    known.job.cancel()
    known.job.ended(10)
    assert np.abs(known.images - images).max() > 0


def test_an_ascent_cut_in_two_is_the_same_as_one(session, cnn):
    params = {"iterations": 300, "stop_at": 1}
    whole = session.maximize(cnn, classes=[3, 4], preset="modern", params=params)
    known = begun(session, cnn, preset="modern", params=params, classes=[3, 4])
    while not known.begun or min(known.steps) < 2:
        time.sleep(0.02)
    known.job.cancel()
    assert known.job.ended(10)
    session.features.resume(known.id).job.wait()
    np.testing.assert_array_equal(known.images, whole.images)
    np.testing.assert_array_equal(known.curves[1], whole.curves[1])


def test_large_pictures_go_in_groups_that_stay_together(session, cnn):
    known = begun(session, cnn, classes=range(10), params={"iterations": 1})
    known.job.wait()
    assert [len(group) for group in _groups(known)] == [10]
    known.start = replace(known.start, u=np.zeros((NUMBERS_AT_ONCE // 4, 1, 1)))
    assert [group.tolist() for group in _groups(known)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_what_a_picture_costs_is_told_by_the_layers(cnn):
    def layer(shape, n_params):
        return Layer("one", "Conv2D", shape, n_params, True)

    assert products((layer((4, 5, 8), 10), layer((7,), 3))) == 10 * 20 + 3
    assert products((layer((None, 5, 8), 10),)) == 10 * 5 * 56
    vgg = (layer((224, 224, 64), 36_928), layer((14, 14, 512), 2_359_808))
    assert _at_once(replace(cnn, facts=replace(cnn.facts, layers=vgg * 6)), 150_528) == 2
    assert _at_once(cnn, 1024) > 100


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({}, "classes"),
        ({"classes": [0], "neurons": [0]}, "classes"),
        ({"classes": []}, "classes"),
        ({"classes": [10]}, "class"),
        ({"classes": ["predicted"]}, "classes"),
        ({"classes": [0], "layer": "conv_1"}, "layer"),
        ({"neurons": [0], "layer": "nowhere"}, "layer"),
        ({"neurons": [0], "layer": "image"}, "layer"),
        ({"neurons": [8], "layer": "conv_1"}, "neurons"),
        ({"neurons": [True], "layer": "conv_1"}, "neurons"),
        ({"neurons": range(101), "layer": "flatten"}, "neurons"),
        ({"channels": [0], "layer": "dense"}, "layer"),
        ({"classes": [0], "initial": "pink"}, "initial"),
        ({"classes": [0], "preset": "best"}, "preset"),
        ({"classes": [0], "params": {"step": 0}}, "params.step"),
        ({"classes": [0], "params": {"stepp": 1}}, "params.stepp"),
        ({"classes": [0], "params": {"jitter": 2}}, "params.jitter"),
        ({"classes": [0], "seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_maximised_is_refused_at_once(session, cnn, wishes, field):
    with pytest.raises(BadInput) as refusal:
        session.maximize(cnn, **wishes)
    assert refusal.value.field == field and str(refusal.value).count(".") >= 1


TAKEN = "Expected black, white, noise, blurred, an image such as add_dataset(path)[0], or an array (H, W, C)"
A_START = "The start must be a name, an image or an array; got"


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"initial": "image"}, f"There is no start 'image'. {TAKEN}"),
        ({"initial": "images/one.png"}, f"There is no start 'images/one.png'. {TAKEN}"),
        ({"initial": Path("one.png").absolute()}, A_START),
        ({"initial": None}, f"{A_START} NoneType. {TAKEN}"),
        ({"initial": [1]}, f"{A_START} list. {TAKEN}"),
        ({"classes": [None]}, "Expected a class by name or index, got None."),
        ({"classes": ["predicted"]}, "Expected a class by name or index, got the text 'predicted'."),
        ({"classes": ["nope"]}, "digits_cnn has no class 'nope'. Expected an index from 0 to 9, or one of"),
        ({"classes": [np.int64(33)]}, "digits_cnn has no class 33."),
        ({"classes": [[1]]}, "Expected a class by name or index, got [1]."),
        ({"classes": [0, False]}, "Expected a class by name or index, got False."),
        ({"classes": np.array(1)}, "Expected a list, got ndarray."),
        ({"classes": None, "neurons": [[1]]}, "Layer 'digit' of digits_cnn has neurons 0 to 9, got [1]."),
        ({"classes": None, "neurons": np.array([[1]])}, "Layer 'digit' of digits_cnn has neurons 0 to 9, got [1]."),
        ({"classes": None, "neurons": [np.int64(10)]}, "Layer 'digit' of digits_cnn has neurons 0 to 9, got 10."),
        ({"seed": True}, "The seed must be a whole number from 0 to 2147483647; got True."),
        ({"seed": np.True_}, "The seed must be a whole number from 0 to 2147483647; got True."),
        ({"seed": np.int64(-1)}, "The seed must be a whole number from 0 to 2147483647; got -1."),
    ],
)
def test_a_refusal_of_an_ascent_says_what_to_give(session, cnn, wishes, words):
    with pytest.raises(BadInput) as refusal:
        session.maximize(cnn, **{"classes": [0], **wishes})
    assert words in str(refusal.value)


def test_explain_still_names_predicted_among_the_classes(session, cnn, sample_datasets):
    with pytest.raises(BadInput, match="Expected predicted, an index from 0 to 9, or one of"):
        session.explain(cnn, sample_datasets["digits"][:1], "gradient", class_="nope")


@pytest.mark.parametrize(("given", "got"), [("mono", "str"), ([1], "list"), (None, "NoneType")])
def test_what_is_no_model_is_refused(session, sample_datasets, given, got):
    for ask in (session.maximize, lambda *args, **aims: session.extremes(*args, sample_datasets["digits"], **aims)):
        with pytest.raises(BadInput, match=f"Expected a model from add_model, got {got}.") as refusal:
            ask(given, classes=[0])
        assert refusal.value.field == "model"


@pytest.mark.parametrize("whole", [np.int64, np.uint8])
def test_whole_numbers_of_numpy_are_taken(session, cnn, sample_datasets, whole):
    params = {"iterations": whole(1)}
    found = session.maximize(cnn, classes=[whole(3), 3, "3"], seed=whole(3), params=params)
    assert found.targets == (3,) and type(found.request.seed) is int
    plain = session.maximize(cnn, classes=[3], seed=3, params={"iterations": 1})
    np.testing.assert_array_equal(found.images, plain.images)
    dataset = sample_datasets["digits"][:8]
    assert session.extremes(cnn, dataset, neurons=[whole(2)], count=whole(3)).most.shape == (1, 3)
    for count in (True, np.True_, 2.0):
        with pytest.raises(BadInput, match="Expected 1 to 100 images"):
            session.extremes(cnn, dataset, classes=[0], count=count)


def test_the_images_that_activate_most_and_least_are_those_of_a_sort(session, cnn, sample_datasets):
    dataset = sample_datasets["digits"][::9]
    found = session.extremes(cnn, dataset, "conv_2", neurons=[3, 0], count=5)
    output = session.layer_output(cnn, dataset, "conv_2").max(axis=(1, 2))[:, [3, 0]]
    order = np.argsort(-output, axis=0, kind="stable")
    np.testing.assert_array_equal(found.most, order[:5].T)
    assert all(found.ref(at) == dataset[at] for at in found.most[0].tolist())
    np.testing.assert_allclose(found.most_values, np.take_along_axis(output, order[:5], axis=0).T, rtol=1e-4)
    order = np.argsort(output, axis=0, kind="stable")
    np.testing.assert_array_equal(found.least, order[:5].T)
    np.testing.assert_allclose(found.least_values, np.take_along_axis(output, order[:5], axis=0).T, rtol=1e-4)
    assert found.n_seen == len(dataset) and found.problems == []


def test_the_digits_that_a_class_likes_best_are_of_that_class(session, cnn, sample_datasets):
    dataset = sample_datasets["digits"]
    found = session.extremes(cnn, dataset[::3], classes=[8, 0])
    for place, label in enumerate("80"):
        assert {found.ref(index).label for index in found.most[place]} == {label}
        assert label not in {found.ref(index).label for index in found.least[place]}


@pytest.mark.parametrize("aims", [{"classes": [8, 1]}, {"neurons": [3, 0], "layer": "conv_2"}])
def test_what_was_scored_already_is_not_computed_again(session, cnn, sample_datasets, monkeypatch, aims):
    dataset = sample_datasets["digits"][3::17]
    computed = session.extremes(cnn, dataset, count=7, **aims)
    session.suggest([cnn], dataset, layers=("conv_2",))
    run = session.pool.run

    def no_more(name, *args, **more):
        assert name != "keras.activations"
        return run(name, *args, **more)

    monkeypatch.setattr(session.pool, "run", no_more)
    kept = session.extremes(cnn, dataset, count=7, **aims)
    np.testing.assert_allclose(kept.most_values, computed.most_values, rtol=1e-4)
    np.testing.assert_allclose(kept.least_values, computed.least_values, rtol=1e-4, atol=1e-5)
    assert kept.n_seen == len(dataset) and set(kept.most[0]) == set(computed.most[0])
    with pytest.raises(BadInput, match="No image was given"):
        session.extremes(cnn, dataset[:0], **aims)


def test_bad_images_are_counted_and_the_rest_is_used(session, cnn, tmp_path):
    for number in range(3):
        Image.fromarray(np.full((32, 32), 80 * number, np.uint8)).save(tmp_path / f"{number}.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG no more")
    found = session.extremes(cnn, tmp_path, classes=[1], count=10)
    assert found.most.shape == (1, 3) and [problem.name for problem in found.problems] == ["bad.png"]
    assert found.n_seen == 4 and "1 of 4" in found.job.message


@pytest.mark.parametrize("is_scored", [False, True])
def test_a_value_that_is_not_a_number_costs_no_other_neuron_an_image(session, overflowing, is_scored):
    model, dataset = overflowing
    if is_scored:
        session.suggest([model], dataset, layers=("sum",))
    alone = session.extremes(model, dataset, "sum", neurons=[1], count=7)
    found = session.extremes(model, dataset, "sum", neurons=[0, 1], count=7)
    assert alone.most.tolist() == [[9, 8, 7, 6, 5, 4, 3]] and alone.notes == () and alone.job.message == ""
    assert found.most.tolist() == [[0, 1, 2, 3, 4, -1, -1], alone.most[0].tolist()]
    assert found.least.tolist() == [[0, 1, 2, 3, 4, -1, -1], alone.least[0].tolist()]
    assert found.most_values[1].tolist() == [90, 80, 70, 60, 50, 40, 30]
    assert np.isnan(found.most_values[0, 5:]).all() and [len(side) for side in found.sides(0)] == [5, 5]
    said = "The activation of neuron 0 is not a number for 5 of 10 images; its lists leave them out."
    assert found.notes == (said,) and found.job.message == said
    assert found.n_seen == 10 and found.problems == []
    with pytest.raises(BadInput, match="has no image"):
        found.ref(found.most[0, -1])


def test_images_that_cannot_be_used_are_not_counted_as_values_that_are_not_numbers(session, overflowing, tmp_path):
    model, dataset = overflowing
    for number in range(10):
        shutil.copy(dataset[number].path, tmp_path / f"{number}.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG no more")
    found = session.extremes(model, tmp_path, "sum", neurons=[0, 1, 2], count=2)
    (note,) = found.notes
    assert "neuron 0" in note and "for 5 of 11 images" in note and len(found.problems) == 1
    assert found.job.message == f"1 of 11 images could not be used. {note}"


def test_a_neuron_that_is_never_a_number_has_empty_lists_and_a_note(session, overflowing):
    model, dataset = overflowing
    found = session.extremes(model, dataset[5:], "sum", neurons=[0], count=3)
    assert found.most.shape == found.least.shape == (1, 0) and found.sides(0) == [[], []]
    assert "not a number for 5 of 5 images" in found.notes[0]


def test_old_pictures_are_forgotten_when_there_are_too_many(session, cnn, monkeypatch):
    from innv_gui.session.features import shelf as features

    first, second = (begun(session, cnn, params={"iterations": 1}, classes=[0]) for _ in range(2))
    first.job.wait()
    second.job.wait()
    monkeypatch.setattr(features, "KEPT_BYTES", second.n_bytes)
    third = begun(session, cnn, params={"iterations": 1}, classes=[0])
    assert session.features.maximization(second.id) is second
    with pytest.raises(NotFound):
        session.features.maximization(first.id)
    third.job.wait()
