"""Models with code of their own: refused from a file alone, loaded when trusted, explained by gradients."""

import hashlib
import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

from innv_gui import Session, analyzers
from innv_gui.errors import AnalyzerRefused, InnvError, ModelRefused
from innv_gui.records import ModelSource, Target, replace
from innv_gui.runtimes.keras.attribution.explain import explain
from innv_gui.runtimes.keras.cam import explain as cam
from innv_gui.runtimes.keras.files import gate
from innv_gui.runtimes.keras.networks import hooks, loading
from innv_gui.runtimes.keras.networks.inspect import inspect

HOOKS = str(Path(__file__).with_name("own_models.py"))
SHAPE = (8, 9, 3)
METHODS = [one.name for one in analyzers.all() if one.family not in ("cam", "patterns")]
LOOKING_INSIDE = ("guided_backprop", "deconvnet", "deep_lift")  # of their family, but not content with a derivative
GRADIENTS = [
    one.name
    for one in analyzers.all()
    if one.family in ("function", "gradient", "perturbation") and one.name not in LOOKING_INSIDE
]


@pytest.fixture
def own():
    """The classes of the hooks file; Keras forgets those that are registered afterwards."""
    yield runpy.run_path(HOOKS)
    forget()


def forget():
    """As in a process that has not run the file yet."""
    registered = keras.saving.get_custom_objects()
    for name in [name for name in registered if not name.startswith("innv_gui>")]:
        del registered[name]
    hooks._kept.clear()


def saved(model, path):
    """The file as a source that is trusted, its hooks named."""
    x = images()
    expected = np.asarray(model(x))
    model.save(path)
    forget()
    return ModelSource("keras", str(path), trusted=True, hooks=HOOKS), x, expected


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A subclassed model that says nothing of its layers; source, images."""
    source, x, _ = saved(runpy.run_path(HOOKS)["Net"](name="whole"), tmp_path_factory.mktemp("whole") / "net.keras")
    yield source, x
    forget()


@pytest.fixture(scope="module")
def functional(whole, tmp_path_factory):
    """The same layers in a functional model."""
    inner = next(iter(loading.load(whole[0]).flat.operations.values().__reversed__()))
    start = keras.Input(SHAPE)
    y = inner.conv(start)
    ends = inner.scores(inner.pool(inner.relu(keras.layers.Add()([y, inner.other(y)]))))
    path = tmp_path_factory.mktemp("functional") / "net.keras"
    keras.Model(start, ends).save(path)
    return ModelSource("keras", str(path))


def images(count=2):
    return np.random.default_rng(4).random((count, *SHAPE), dtype=np.float32)


def explained(source, name, x, unchecked=False, target=None):
    network = loading.load(source)
    probabilities = network.probabilities(network.predict(x))
    return explain(source, x, name, analyzers.check(name, {}), target or Target(), unchecked, probabilities)


@pytest.mark.parametrize("ending, kind", [("argument", "softmax"), ("layer", "softmax"), ("logits", "logits")])
def test_a_subclassed_model_gives_its_scores_and_probabilities(own, tmp_path, ending, kind):
    model = own["Net"](ending)
    source, x, expected = saved(model, tmp_path / "net.keras")
    network = loading.load(source)
    assert (network.flat.outputs.kind, network.flat.link, network.n_classes) == (kind, "softmax", 5)
    scores = network.predict(x)
    assert not np.allclose(scores.sum(axis=1), 1)
    found = scores if ending == "logits" else network.probabilities(scores)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_softmax_that_cannot_be_taken_off_is_told(own, tmp_path):
    source, x, expected = saved(own["Net"]("code"), tmp_path / "net.keras")
    network = loading.load(source)
    np.testing.assert_allclose(network.probabilities(network.predict(x)), expected, atol=1e-6)
    outputs = network.flat.outputs
    assert (outputs.kind, outputs.explained) == ("probabilities", "probability")
    assert "no softmax to remove" in outputs.reason
    assert explained(source, "gradient", x).values.any()


def test_only_the_last_softmax_is_taken_off(own, tmp_path):
    """Attention inside a custom model has one, too."""

    @keras.saving.register_keras_serializable(package="tests")
    class Gated(own["Net"]):
        def build(self, shape):
            self.gate = keras.layers.Dense(3, activation="softmax")
            super().build(shape)

        def call(self, x, training=False):
            return super().call(x * self.gate(x))

    model = Gated()
    x = images()
    expected = np.asarray(model(x))
    network = loading._network(model, ModelSource("keras"), gate.Cleared("gated.keras", "0", None, None))
    np.testing.assert_allclose(network.probabilities(network.predict(x)), expected, atol=1e-6)
    assert model.gate.activation is keras.activations.softmax and model.scores.activation is keras.activations.linear


@pytest.mark.parametrize("name", GRADIENTS)
def test_methods_that_look_at_no_layer_explain_it(whole, functional, name):
    """As the same layers in a functional model are explained."""
    source, x = whole
    found, expected = explained(source, name, x), explained(functional, name, x)
    np.testing.assert_allclose(found.values, expected.values, atol=1e-5 * np.abs(expected.values).max())
    np.testing.assert_array_equal(found.targets, expected.targets)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", sorted(set(METHODS) - set(GRADIENTS)))
def test_all_others_refuse_it_by_name_with_the_reason(whole, name):
    source, x = whole
    with pytest.raises(AnalyzerRefused) as caught:
        explained(source, name, x)
    assert name in caught.value.message and "whole (custom Net)" in caught.value.message
    assert "own code" in caught.value.message or "custom code" in caught.value.message
    assert caught.value.field == "unchecked"
    assert np.isfinite(explained(source, name, x, unchecked=True).values).all()


def test_guided_backprop_run_unchecked_bends_the_relus_that_are_layers(own, tmp_path):
    """Of `conv` (argument) and `relu` (layer); the maps differ from the gradient's, and are those of both bent."""
    source, x, _ = saved(own["Net"]("logits"), tmp_path / "net.keras")
    guided = explained(source, "guided_backprop", x, unchecked=True).values
    plain = explained(source, "gradient", x).values
    assert not np.allclose(np.abs(guided) / np.abs(guided).max(), plain / plain.max(), atol=1e-3)


def test_grad_cam_says_that_no_layer_of_it_is_known(own, tmp_path):
    source, x, _ = saved(own["Net"](), tmp_path / "net.keras")
    assert inspect(source).cam_layer is None
    with pytest.raises(AnalyzerRefused, match="no layer has spatial output"):
        cam.explain(source, x, "grad_cam", {}, Target())


def test_layers_and_models_of_ones_own_inside_a_functional_model(own, tmp_path):
    """One by one they are layers: a rule stops at them, gradients and Grad-CAM do not; a trusted file may name
    classes that were never registered, and functions as activations."""
    start = keras.Input(SHAPE)
    x = keras.layers.Conv2D(3, 3, padding="same", activation=own["bent"])(start)
    x = own["Scaled"](name="scaled")(x)
    source, x, expected = saved(keras.Model(start, own["Net"](name="inner")(x)), tmp_path / "mixed.keras")
    network = loading.load(source)
    assert list(network.flat.operations)[-2:] == ["scaled", "inner"] and network.flat.outputs.kind == "softmax"
    np.testing.assert_allclose(network.probabilities(network.predict(x)), expected, atol=1e-6)
    assert any("scaled, inner" in note for note in network.notes)
    assert cam.explain(source, x, "grad_cam", {}, Target()).values.any()
    assert explained(source, "smoothgrad", x).values.any()
    with pytest.raises(AnalyzerRefused, match=r"(inner|scaled) \(custom"):
        explained(source, "lrp.z", x)
    maps = explained(source, "gradient", x, target=Target(layer="scaled", neuron=1))
    assert maps.values.any()


def test_a_class_that_is_named_like_one_of_keras_is_not_taken_for_it(own, tmp_path):
    start = keras.Input(SHAPE)
    x = keras.layers.Dense(5)(keras.layers.Flatten()(start))
    source, x, _ = saved(keras.Model(start, own["Dense"](name="twice")(x)), tmp_path / "twice.keras")
    with pytest.raises(AnalyzerRefused, match=r"dense_?\d* \(custom Dense\)"):
        explained(source, "lrp.z", x)
    maps = explained(source, "lrp.z", x, unchecked=True)
    np.testing.assert_allclose(maps.activations[:, 0], loading.load(source).predict(x).max(axis=1), rtol=1e-5)


def test_what_is_missing_is_said(own, tmp_path):
    source, _, _ = saved(own["Net"](), tmp_path / "net.keras")
    sha256 = gate.fingerprint(source.path)
    for untrusted in (ModelSource("keras", source.path), replace(source, trusted=False)):
        with pytest.raises(ModelRefused, match="'Net'") as refused:
            loading.load(untrusted)
        assert f"--trust {sha256} --hooks FILE" in refused.value.hint
    with pytest.raises(ModelRefused, match="Net") as refused:
        loading.load(replace(source, hooks=None))
    assert "--hooks" in refused.value.hint


def test_a_model_that_never_saw_an_image_is_refused(own, tmp_path):
    own["Net"]().save(tmp_path / "net.keras")
    forget()
    with pytest.raises(ModelRefused, match="without a defined input size"):
        loading.load(ModelSource("keras", str(tmp_path / "net.keras"), trusted=True, hooks=HOOKS))


def test_another_hooks_file_makes_another_network(own, tmp_path):
    source, x, _ = saved(own["Net"]("logits"), tmp_path / "net.keras")
    before = loading.load(source).predict(x)
    other = tmp_path / "hooks.py"
    other.write_text(Path(HOOKS).read_text().replace("x + self.other(x)", "x - self.other(x)"))
    assert not np.allclose(loading.load(replace(source, hooks=str(other))).predict(x), before)
    np.testing.assert_array_equal(loading.load(source).predict(x), before)


@pytest.mark.usefixtures("lent_workers")
def test_a_subclassed_model_end_to_end(own, tmp_path):
    """Through a session: added with its hash and its hooks, shown, explained, and refused where it has to be."""
    source, x, expected = saved(own["Net"](), tmp_path / "net.keras")
    sha256 = hashlib.sha256(Path(source.path).read_bytes()).hexdigest()
    with Session(tmp_path / "workspace", trusted=[sha256], hooks=HOOKS) as session:
        model = session.add_model(source.path, preprocessing="none")
        assert model.n_classes == 5 and model.layers[-1].type == "Net"
        run = session.explain(models=[model], images=x, analyzer="gradient", engine="native")
        assert run[model].maps.shape == (2, 1, *SHAPE) and np.asarray(run[model].maps).any()
        np.testing.assert_array_equal(run[model].targets[:, 0], expected.argmax(axis=1))
        for engine in ("native", "innvestigate"):
            with pytest.raises(InnvError) as refused:
                session.explain(models=[model], images=x, analyzer="lrp.epsilon", engine=engine)
            assert "Net" in str(refused.value) or "net" in str(refused.value)


@pytest.mark.usefixtures("lent_workers")
def test_a_trusted_architecture_in_json_is_known_by_the_hash_of_both_files(tmp_path):
    start = keras.Input(SHAPE)
    x = keras.layers.Lambda(lambda x: 2 * x, name="twice")(keras.layers.Flatten()(start))
    model = keras.Model(start, keras.layers.Dense(3)(x))
    (tmp_path / "net.json").write_text(model.to_json())
    model.save_weights(tmp_path / "net.weights.h5")
    files = str(tmp_path / "net.json"), str(tmp_path / "net.weights.h5")
    with pytest.raises(ModelRefused) as refused:
        loading.load(ModelSource("json", files[0], weights=files[1]))
    named = refused.value.hint.split("--trust ")[1].rstrip(".")
    with Session(tmp_path / "workspace", trusted=[named]) as session:
        model_added = session.add_model(files[0], weights=files[1], preprocessing="none")
        probabilities = session.predict(model_added, images())
    assert probabilities.shape == (2, 3)
