"""Training with a part painted out: the sums of it against obvious twins, and that a planted marker is unlearned."""

import json
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput, ModelRefused, WorkFailed
from innv_gui.records import ImageRef, ModelSource, Preprocessing
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.inspect import inspect
from innv_gui.runtimes.keras.retraining import file, loop, retrain
from innv_gui.runtimes.keras.retraining.learned import checked, values
from innv_gui.runtimes.keras.retraining.pictures import pictures
from innv_gui.workshop.retraining import RetrainPlan, split, typical
from innv_gui.workshop.written import MEMBER
from tests.workshop.planted import CLASSES, SIDE, marker_model, write_pictures, written

NEVER = bool  # bool() is False: nobody stops, nobody waits


@pytest.fixture(scope="module")
def refs(tmp_path_factory):
    folder = write_pictures(tmp_path_factory.mktemp("planted"))
    return tuple(ImageRef(str(path), str(path), label=path.parent.name) for path in sorted(folder.rglob("*.png")))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("model") / "marker.keras", marker_model())


def opened(place, model):
    return inspect(ModelSource("keras", path=str(written(model, place)))).source


def planned(source, refs, **wishes):
    labels = np.array([CLASSES.index(ref.label) for ref in refs], np.int32)
    masks = np.zeros((1, SIDE, SIDE), bool)
    masks[:, :4, :4] = True
    wishes = {"masks": masks, "steps": 300, "learning_rate": 0.005} | wishes
    id = f"{source.sha256}-{json.dumps({k: str(v) for k, v in wishes.items()})}"
    return RetrainPlan(id, source, Preprocessing(), refs, labels, split(labels, 0.25, 0), **wishes)


def run(plan, state=None, slice_=1000):
    state = retrain.begin(plan)[0] if state is None else state
    while state.step < plan.steps:
        state = retrain.step(plan, state, slice_, NEVER, NEVER).state
    return state


def test_a_planted_marker_is_unlearned(source, refs):
    plan = planned(source, refs)
    before, after = retrain.measure(plan, None), retrain.measure(plan, run(plan))
    assert (before.usual, before.undecided) == (1.0, False) and before.replaced <= 0.1 and before.share > 0.95
    assert after.usual >= 0.95 and after.replaced >= 0.9 and after.share < 0.3 and not after.undecided


def test_few_steps_from_the_old_weights_do_not_unlearn_it(source, refs):
    plan = planned(source, refs, steps=5, forget=0.0, learning_rate=0.0005)
    assert retrain.measure(plan, run(plan)).replaced <= 0.1


def test_slices_give_the_numbers_of_one_go(source, refs):
    for way in ("filling", "penalty", "both"):
        plan = planned(source, refs, steps=12, way=way)
        whole, parts = run(plan), run(plan, slice_=5)
        assert whole.step == parts.step == 12
        for name in ("weights", "first", "second"):
            for one, other in zip(getattr(whole, name), getattr(parts, name), strict=True):
                np.testing.assert_array_equal(one, other)


def test_a_slice_ends_where_somebody_stops_it_and_nothing_is_changed(source, refs):
    plan = planned(source, refs, steps=12)
    state = retrain.begin(plan)[0]
    network = loading.load(source)
    own = [np.array(one) for one in network.model.get_weights()]
    assert retrain.step(plan, state, 5, lambda: True, NEVER).state.step == 0
    assert retrain.step(plan, state, 5, NEVER, lambda: True).state.step == 1
    for before, now in zip(own, network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, now)


def test_adam_is_keras_own():
    rng = np.random.default_rng(0)
    variable = keras.Variable(rng.normal(size=(3, 4)).astype(np.float32))
    optimizer = keras.optimizers.Adam(0.01)
    now = [[tf.constant(variable.numpy())], [tf.zeros((3, 4))], [tf.zeros((3, 4))]]
    for time in range(1, 6):
        slopes = rng.normal(size=(3, 4)).astype(np.float32)
        optimizer.apply([tf.constant(slopes)], [variable])
        now = loop.adam(*now, [tf.constant(slopes)], tf.constant(0.01), tf.constant(float(time)))
        np.testing.assert_allclose(now[0][0], variable.numpy(), rtol=1e-5, atol=1e-7)


def test_the_penalty_is_the_squared_slope_of_log_p_in_the_painted_part(source, refs):
    plan = planned(source, refs)
    network = loading.load(source)
    found, known = checked(network, 0.0), pictures(network, plan)
    x, masks = known.x[:2], np.repeat(plan.masks, 2, axis=0).astype(np.float32)
    weights = [tf.constant(values(one)) for _, one in found]
    labels = tf.constant(plan.labels[:2])
    variables = [one for _, one in found]
    _, penalty = loop.parts(network, variables, weights, tf.constant(x), tf.constant(masks), labels, True)
    total, step = 0.0, 2.0
    for row, i, j in [(row, i, j) for row in range(2) for i in range(4) for j in range(4)]:
        ends = []
        for sign in (-1, 1):
            moved = x.copy()
            moved[row, i, j, 0] += sign * step
            p = network.probabilities(network.scores(moved))
            ends.append(np.log(p).sum())
        total += ((ends[1] - ends[0]) / (2 * step)) ** 2
    assert float(penalty) == pytest.approx(total / 2, rel=0.02)


def test_a_part_that_is_filled_holds_nothing_that_was_not_painted(source, refs):
    """Against a loop over all pixels: each takes the nearest painted pixel of the other image."""
    masks = np.zeros((len(refs), SIDE, SIDE), bool)
    for row in range(len(refs)):
        masks[row, : 3 + row % 3, : 4 + row % 2] = True
    plan = planned(source, refs, masks=masks)
    known = pictures(loading.load(source), plan)
    rows, donors = np.array([1, 5]), np.array([6, 0])
    made = known.filled(rows, masks[rows], donors)
    for place, (row, donor) in enumerate(zip(rows, donors, strict=True)):
        painted = np.argwhere(masks[donor])
        for i, j in np.ndindex(SIDE, SIDE):
            if not masks[row, i, j]:
                assert made[place, i, j, 0] == known.x[row, i, j, 0]
                continue
            distances = ((painted - (i, j)) ** 2).sum(axis=1)
            nearest = painted[distances == distances.min()]
            assert made[place, i, j, 0] in {known.x[donor, a, b, 0] for a, b in nearest}


@pytest.mark.parametrize("last, units", [("softmax", 2), ("sigmoid", 1), ("sigmoid", 2), ("linear", 2)])
def test_the_new_file_opens_and_says_what_was_measured(tmp_path, refs, last, units):
    source = opened(tmp_path / "old.keras", marker_model(last, units))
    plan = planned(source, refs, steps=40)
    state = run(plan)
    place = tmp_path / "new.keras"
    place.write_bytes(retrain.made(plan, state, {"way": "filling"}))
    again = inspect(ModelSource("keras", path=str(place))).source
    said = retrain.measure(plan, state)
    opened_again = replace(plan, id=f"{plan.id}-again", source=again)
    np.testing.assert_array_equal(retrain.measure(opened_again, None).answers, said.answers)
    assert retrain.measure(opened_again, None).replaced == said.replaced
    with zipfile.ZipFile(place) as stored:
        assert json.loads(stored.read(MEMBER))[file.RECIPE] == {"way": "filling"}


def test_two_classes_of_one_unit_stay_opposite(tmp_path, refs):
    plan = planned(opened(tmp_path / "one.keras", marker_model("sigmoid", 1)), refs, steps=30)
    kernel = run(plan).weights[-2]
    np.testing.assert_allclose(kernel[:, 0], -kernel[:, 1], atol=1e-6)


def test_statistics_stay_with_their_weights(tmp_path, refs):
    source = opened(tmp_path / "norm.keras", marker_model(statistics=True))
    with pytest.raises(AnalyzerRefused, match="statistics of the weights"):
        retrain.begin(planned(source, refs))
    plan = planned(source, refs, steps=3, forget=0.0)
    assert len(run(plan).weights) == 6  # two dense layers, gamma and beta


def test_a_network_without_weights_is_refused(tmp_path, refs):
    start = keras.Input((SIDE, SIDE, 1))
    ends = keras.layers.GlobalAveragePooling2D()(keras.layers.Concatenate()([start, start]))
    source = opened(tmp_path / "none.keras", keras.Model(start, keras.layers.Softmax()(ends)))
    with pytest.raises(AnalyzerRefused, match="no weights"):
        retrain.begin(planned(source, refs))


def test_a_quantised_network_is_refused(tmp_path):
    model = marker_model()
    model.quantize("int8")
    with pytest.raises(ModelRefused, match="no gradient"):
        opened(tmp_path / "whole.keras", model)


def test_numbers_that_are_not_finite_end_it_with_a_sentence(source, refs):
    plan = planned(source, refs, steps=1000, learning_rate=1e30)
    with pytest.raises(WorkFailed, match="no longer finite"):
        run(plan)


def test_a_penalty_where_the_model_does_not_look_is_refused(source, refs):
    masks = np.zeros((1, SIDE, SIDE), bool)
    masks[:, -1, -1] = True
    with pytest.raises(BadInput, match="does not change with the painted pixels"):
        retrain.begin(planned(source, refs, masks=masks, way="penalty"))


def test_an_undecided_network_is_said_to_be_so(source, refs):
    plan = planned(source, refs)
    state = retrain.begin(plan)[0]
    dull = replace(state, weights=tuple(np.zeros_like(one) for one in state.weights))
    assert retrain.measure(plan, dull).undecided


def test_images_without_paint_take_what_most_have():
    masks = np.zeros((4, 1, 3), bool)
    masks[0, 0, :2] = masks[1, 0, 1:] = True
    assert typical(masks)[2].tolist() == [[True, True, True]]
    masks[2, 0, 1] = True
    assert typical(masks)[3].tolist() == [[False, True, False]]


def test_each_class_is_held_out_alike():
    labels = np.array([0] * 40 + [1] * 8)
    held = split(labels, 0.25, 0)
    assert (held[:40].sum(), held[40:].sum()) == (10, 2)
    np.testing.assert_array_equal(held, split(labels, 0.25, 0))
