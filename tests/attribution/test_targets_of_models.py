"""What of a model is explained: layers, neurons and classes, by every method of the native engine."""

import io

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.records import Target
from innv_gui.session.explain.request import items_of
from innv_gui.session.explain.work import prepare
from innv_gui.web.app import create_app

TOKEN = "t" * 32
OTHERS = ("cam", "function", "patterns")
METHODS = [a.name for a in analyzers.all() if "native" in a.runtimes and a.family not in OTHERS]


@pytest.fixture(scope="module")
def model(sample_models):
    return sample_models["digits_cnn"]


@pytest.fixture(scope="module")
def images(sample_datasets):
    return sample_datasets["digits"][[5, 205, 1000]]


def pooled(activations):
    """(N, U): a channel's activation is its spatial maximum."""
    return activations.max(axis=(1, 2)) if activations.ndim == 4 else activations


def test_the_strongest_neuron_of_the_default_layer_is_the_predicted_class_of_every_image(
    session, sample_models, sample_datasets
):
    for name, known in sample_models.items():
        items, _ = items_of(sample_datasets["digits" if "digits" in name else "weather"])
        for start in range(0, len(items), 512):
            seen = prepare(session.pool, known, items[start : start + 512])
            target = Target(class_=None, top_neurons=1)
            aim = session.pool.run("keras.aim", known.source, seen.x, target, seen.probabilities)
            np.testing.assert_array_equal(aim.targets[:, 0], seen.probabilities.argmax(1), err_msg=name)


@pytest.mark.parametrize("engine", ["native", "innvestigate"])
@pytest.mark.parametrize("layer", ["conv_2", "dense"])
def test_defect_1_the_listed_neurons_are_the_largest_in_descending_order(session, model, images, layer, engine):
    found = session.explain(model, images, "gradient", layer=layer, top_neurons=16, engine=engine)[model]
    activations = pooled(session.layer_output(model, images, layer))
    expected = np.sort(activations, axis=1)[:, ::-1][:, :16]
    assert found.maps.shape[:2] == (3, 16) and found.engine == engine
    np.testing.assert_allclose(found.activations, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(activations, found.targets, 1), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("analyzer", METHODS)
def test_every_method_explains_a_neuron_of_a_layer_inside(session, model, images, analyzer):
    found = session.explain(model, images, analyzer, layer="conv_2", neuron=3)[model]
    assert found.maps.shape == (3, 1, 32, 32, 1) and np.isfinite(found.maps).all() and (found.targets == 3).all()


@pytest.mark.parametrize("engine", ["native", "innvestigate"])
@pytest.mark.parametrize("layer", ["conv_2", "dense"])
def test_a_class_at_a_layer_inside_is_the_mean_over_its_sensitive_neurons(session, model, images, layer, engine):
    """By a second, slower way: sensitivities in plain Keras, then one explanation per neuron, averaged."""
    found = session.explain(model, images[:1], "lrp.epsilon", layer=layer, class_=7, engine=engine)[model]
    chosen = sensitive_neurons(session, model, images[:1], layer, 7)
    single = [session.explain(model, images[:1], "lrp.epsilon", layer=layer, neuron=int(k))[model] for k in chosen]
    expected = np.mean([one.maps[0, 0] for one in single], axis=0)
    np.testing.assert_allclose(found.maps[0, 0], expected, atol=1e-5 * max(1, np.abs(expected).max()))


def sensitive_neurons(session, model, images, layer, class_):
    """k with a_k > (max a + min a) / 2, a_k = |sum over space of d y_c / d A_k|, in plain Keras."""
    import keras
    import tensorflow as tf

    network = keras.models.load_model(model.source.path, compile=False)
    network.layers[-1].activation = keras.activations.linear
    names = [known.name for known in network.layers]
    rest = network.layers[names.index(layer) + 1 :]
    inside = tf.constant(session.layer_output(model, images, layer))
    with tf.GradientTape() as tape:
        tape.watch(inside)
        value = inside
        for step in rest:
            value = step(value)
        score = value[0, class_]
    gradient = tape.gradient(score, inside).numpy()[0]
    sizes = np.abs(gradient.sum(axis=(0, 1)) if gradient.ndim == 3 else gradient)
    inside_set = np.flatnonzero(sizes > (sizes.max() + sizes.min()) / 2)
    return inside_set if len(inside_set) else [int(sizes.argmax())]


def test_rest_and_the_command_lines_file_carry_all_neurons(session, model, images, sample_datasets, tmp_path):
    import h5py

    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    body = {"models": [model.id], "dataset": sample_datasets["digits"].id, "images": [5], "analyzer": "gradient"}
    answer = client.post("/api/v1/explanations", json={**body, "layer": "conv_2", "top_neurons": 4}).json
    run = session.run(answer["explanation"]["id"])
    run.job.wait(60)
    cell = client.get(f"/api/v1/explanations/{run.id}").json["cells"][0]
    assert len(cell["targets"]) == len(cell["activations"]) == 4 and cell["target"]["name"].startswith("neuron ")
    maps = np.load(io.BytesIO(client.get(f"/api/v1/explanations/{run.id}/maps/{model.id}/5.npy").data))
    drawn = client.get(f"/api/v1/explanations/{run.id}/maps/{model.id}/5.f32?target=2").data
    np.testing.assert_allclose(np.frombuffer(drawn, "<f4").reshape(32, 32), maps[2].sum(-1), rtol=1e-6)
    assert client.get(f"/api/v1/explanations/{run.id}/maps/{model.id}/5.f32?target=4").status_code == 404
    with h5py.File(run.save(tmp_path / "run.h5")) as file:
        assert list(file["target"]) == cell["targets"] and file["attribution"].shape[0] == 4


def test_a_layer_is_chosen_for_each_model(session, sample_models, images):
    first, second = sample_models["digits_cnn"], sample_models["digits_cnn_legacy"]
    layers = {first.id: "conv_1", second.name: second.facts.cam_layer}
    run = session.explain([first, second], images[:1], "gradient", layer=layers, neuron=0)
    assert run[first].maps.shape == run[second].maps.shape == (1, 1, 32, 32, 1)
