"""The contract of every method at every kind of target, in both engines, and that the two agree."""

from functools import cache

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.health import health
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution import targets
from innv_gui.runtimes.keras.attribution.explain import explain
from tests.innvestigate import legacy_process as legacy

METHODS = [one.name for one in analyzers.all() if one.family not in ("cam", "patterns")]

FEW = {"smoothgrad": {"augment_by_n": 3}, "integrated_gradients": {"steps": 3}, "rise": {"masks": 100}}
# Of every method; "conv_two" has positions, "hidden" has none.
ASKED = {
    "predicted": Target(),
    "class": Target(class_=1),
    "class at dense": Target("hidden", class_=1),
    "class at spatial": Target("conv_two", class_=1),
    "neuron": Target("conv_two", class_=None, neuron=2),
    "top neurons": Target("conv_two", class_=None, top_neurons=4),
}
IN_TURN = {
    "neuron at output": Target(class_=None, neuron=2),
    "top neurons at dense": Target("hidden", class_=None, top_neurons=4),
    "predicted at spatial": Target("conv_two", class_="predicted"),
    "top neurons at output": Target(class_=None, top_neurons=4),
    "neuron at dense": Target("hidden", class_=None, neuron=2),
    "predicted at dense": Target("hidden", class_="predicted"),
}
HEALTH_TEXTS = ("sound", "all zero", "adds up to ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("contract")


@cache
def case(folder):
    """(source, blueprint, images, probabilities) of the small network with two convolutions and two dense layers."""
    model = legacy.randomized(legacy.cnn(keras))
    model.save(folder / "cnn.keras")
    x = legacy.images(model)
    source = ModelSource("keras", str(folder / "cnn.keras"))
    return source, legacy.blueprint_of(model, "contract"), x, legacy.softmax(np.asarray(model(x)))


def by_native(folder, name, params, target, rows=slice(None)):
    source, _, x, probabilities = case(folder)
    return explain(source, x[rows], name, params, target, False, probabilities[rows])


def by_innvestigate(worker, folder, name, params, target):
    source, blueprint, x, probabilities = case(folder)
    aim = targets.looked_up(source, x, target, probabilities)
    return worker.submit(legacy.explain_aim, blueprint, x, name, params, aim, False).result()


def check(folder, name, maps, target, engine):
    """What holds of every map, whatever it shows."""
    _, _, x, probabilities = case(folder)
    count = target.top_neurons or 1
    assert maps.engine == engine
    depth = 1 if analyzers.get(name).family == "perturbation" else x.shape[3]  # these take all channels at once
    assert maps.values.shape == (len(x), count, *x.shape[1:3], depth) and maps.values.dtype == np.float32
    assert np.isfinite(maps.values).all()
    assert maps.targets.shape == maps.activations.shape == (len(x), count)
    assert np.issubdtype(maps.targets.dtype, np.integer) and (np.diff(maps.activations, axis=1) <= 0).all()
    wanted = {"predicted": probabilities.argmax(axis=1)[:, None], 1: np.full((len(x), 1), 1)}.get(target.class_)
    wanted = np.full((len(x), 1), target.neuron) if target.neuron is not None else wanted
    if wanted is not None:
        np.testing.assert_array_equal(maps.targets, wanted)
    for values, score in zip(maps.values.reshape(-1, *maps.values.shape[2:]), maps.activations.ravel(), strict=True):
        facts = health(values, float(score), analyzers.get(name), False)
        assert facts and all(fact.reason.endswith(".") and fact.text.startswith(HEALTH_TEXTS) for fact in facts)


def assert_close(found, expected, tolerance):
    assert np.abs(found - expected).max() <= tolerance * max(np.abs(expected).max(), 1e-9)


AT = [(name, asked) for place, name in enumerate(METHODS) for asked in (*ASKED, list(IN_TURN)[place % len(IN_TURN)])]
OF_NO_LAYER = ("input", "random")  # iNNvestigate's look at the output alone


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(("name", "asked"), AT)
def test_every_method_keeps_the_contract_at_every_target_in_both_engines(worker, folder, name, asked):
    params = analyzers.check(name, FEW.get(name, {}))
    target = (ASKED | IN_TURN)[asked]
    ours = by_native(folder, name, params, target)
    check(folder, name, ours, target, "native")
    if "innvestigate" not in analyzers.get(name).runtimes or name in OF_NO_LAYER and target.layer:
        return
    reference = by_innvestigate(worker, folder, name, params, target)
    check(folder, name, reference, target, "innvestigate")
    np.testing.assert_array_equal(ours.targets, reference.targets)
    np.testing.assert_allclose(ours.activations, reference.activations, rtol=1e-5, atol=1e-6)
    assert_close(ours.values, reference.values, 1e-3)
    if reference.values.any():
        assert np.corrcoef(ours.values.ravel(), reference.values.ravel())[0, 1] >= 0.9999
    alone = by_native(folder, name, params, target, slice(1, 2))
    assert_close(alone.values, ours.values[1:2], 1e-5)


def test_another_neuron_or_class_builds_no_graph_in_innvestigates_worker(worker, folder):
    before = worker.submit(legacy.engines_made).result()
    for neuron in range(5):
        by_innvestigate(worker, folder, "lrp.z", analyzers.check("lrp.z", {}), Target("conv_two", None, neuron))
    by_innvestigate(worker, folder, "lrp.z", analyzers.check("lrp.z", {}), Target("conv_two", 3))
    assert worker.submit(legacy.engines_made).result() - before <= 1
