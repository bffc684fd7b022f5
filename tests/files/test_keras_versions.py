"""What differs between Keras 2 and 3 when a file of Keras 2 is read, row by row: equal numbers or a true sentence."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from innv_gui.errors import ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.attribution import explain
from innv_gui.runtimes.keras.files import allowed, gate, keras2_meanings, keras2_names, origin
from innv_gui.runtimes.keras.networks import keras2_layers, loading
from tests.eager import untraced as untraced
from tests.files import keras_2_rows
from tests.files.kept_models import kept
from tests.files.legacy_models import KINDS

MADE = """
import json, sys, numpy as np, tensorflow as tf, tf_keras as keras, tests.files.keras_2_rows as K
# with tests.files.short_weights
folder, x = sys.argv[1], K.images()
rows = K.rows(keras, tf)
equal = {name: row for name, row in rows.items() if name not in K.REFUSED}
groups = {f"rows{start}.h5": list(equal)[start : start + 40] for start in range(0, len(equal), 40)}
groups["rows.keras"] = list(equal)[::4]
for file, names in groups.items():
    m = K.randomised(K.model_of(keras, {name: equal[name] for name in names}))
    m.save(f"{folder}/{file}"); np.save(f"{folder}/{file}.npy", m(x, training=False).numpy())
    json.dump(names, open(f"{folder}/{file}.json", "w"))
for number, name in enumerate(K.REFUSED):
    m = K.randomised(K.model_of(keras, {name: rows[name]})); m.save(f"{folder}/refused{number}.keras")
    if name not in K.READ_FROM_HDF5:
        m.save(f"{folder}/refused{number}.h5")
m = K.randomised(K.model_of(keras, {name: rows[name] for name in K.IN_A_FOLDER}))
m.save(folder + "/folder", save_format="tf"); np.save(folder + "/folder.npy", m(x, training=False).numpy())
m = K.randomised(K.classifier(keras)); m.save(folder + "/gates.h5"); m.save(folder + "/gates.keras")
open(folder + "/gates.json", "w").write(m.to_json()); m.save_weights(folder + "/gates.weights.h5")
np.save(folder + "/gates.npy", m(x[..., :3], training=False).numpy())
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with every row as Keras 2 saved it, and its numbers."""
    folder = tmp_path_factory.mktemp("versions")
    kept("versions", MADE, folder)
    return folder


@pytest.fixture(autouse=True)
def any_channels(monkeypatch):
    """The rows take four channels, so that channels and colours are not mistaken for each other."""
    monkeypatch.setattr(loading, "_check_input", lambda *_: None)


def differing(path, kind: str, wanted: np.ndarray, names: list[str]) -> dict[str, float]:
    found = loading.load(ModelSource(kind, str(path))).predict(keras_2_rows.images())
    each = np.abs(found - wanted).reshape(len(found), len(names), -1).max(axis=(0, 2))
    return {name: float(one) for name, one in zip(names, each, strict=True) if not one < 1e-5}


@pytest.mark.parametrize("form, at_least", [(".h5", 150), (".keras", 38)])
def test_every_row_gives_the_numbers_of_keras_2(form, at_least, made, request):
    """Step by step; every fourth one compiled and from a .keras file as well, where settings stand in another order."""
    if form == ".h5":
        request.getfixturevalue("untraced")
    seen = []
    for file in sorted(made.glob(f"rows*{form}")):
        names, wanted = json.loads(Path(f"{file}.json").read_text()), np.load(f"{file}.npy")
        assert differing(file, KINDS[form], wanted, names) == {}
        seen += names
    assert len(seen) > at_least


def test_a_saved_model_means_what_keras_2_meant(made):
    names = list(keras_2_rows.IN_A_FOLDER)
    assert differing(made / "folder", "saved_model", np.load(made / "folder.npy"), names) == {}


@pytest.mark.parametrize("name", keras_2_rows.REFUSED)
def test_a_row_that_is_not_read_is_refused_by_its_name(name, made):
    number = list(keras_2_rows.REFUSED).index(name)
    for path in made.glob(f"refused{number}.*"):
        with pytest.raises(ModelRefused, match=keras_2_rows.REFUSED[name]) as refused:
            loading.load(ModelSource(KINDS[path.suffix], str(path)))
        assert "--hooks" not in str(refused.value) and refused.value.hint


def sources(folder) -> dict[str, ModelSource]:
    whole = {form: ModelSource(kind, str(folder / f"gates{form}")) for form, kind in KINDS.items()}
    return {**whole, ".json": ModelSource("json", str(folder / "gates.json"), str(folder / "gates.weights.h5"))}


@pytest.mark.parametrize("form", [*KINDS, ".json"])
def test_gates_of_hard_sigmoid_are_those_of_keras_2(form, made):
    network = loading.load(sources(made)[form])
    found = network.probabilities(network.predict(keras_2_rows.images()[..., :3]))
    np.testing.assert_allclose(found, np.load(made / "gates.npy"), atol=1e-6)


def test_gates_of_hard_sigmoid_take_no_relevance(made):
    """As any gate: what it lets through takes all."""
    x, aim = keras_2_rows.images()[..., :3], {"epsilon": 1e-7, "bias": True}
    p = np.load(made / "gates.npy")
    maps = explain.explain(sources(made)[".h5"], x, "lrp.epsilon", aim, keras_2_rows.target(), False, p)
    assert np.isfinite(maps.values).all() and maps.values.any()


def rewritten(folder, name: str, change) -> ModelSource:
    """gates.h5 with its attributes changed."""
    path = folder / name
    path.write_bytes((folder / "gates.h5").read_bytes())
    with h5py.File(path, "a") as tree:
        change(tree.attrs)
    return ModelSource("hdf5", str(path))


def test_a_file_without_a_version_is_of_keras_2(made):
    source = rewritten(made, "unversioned.h5", lambda told: told.pop("keras_version"))
    network = loading.load(source)
    found = network.probabilities(network.predict(keras_2_rows.images()[..., :3]))
    np.testing.assert_allclose(found, np.load(made / "gates.npy"), atol=1e-6)


def test_a_file_of_keras_1_is_refused_as_that(made):
    source = rewritten(made, "first.h5", lambda told: told.__setitem__("keras_version", "1.2.2"))
    with pytest.raises(ModelRefused, match=r"first\.h5 was written by Keras 1\.2\.2") as refused:
        loading.load(source)
    assert "Keras 2.2" in refused.value.hint


@pytest.mark.parametrize("form", KINDS)
def test_a_file_of_keras_3_keeps_the_formula_of_keras_3(form, tmp_path):
    start = keras.Input(keras_2_rows.SHAPE)
    ends = keras.layers.Dense(3)(keras.layers.Flatten()(keras.layers.Activation("hard_sigmoid")(start)))
    model = keras.Model(start, ends)
    model.save(tmp_path / f"new{form}")
    network = loading.load(ModelSource(KINDS[form], str(tmp_path / f"new{form}")))
    x = keras_2_rows.images()
    np.testing.assert_allclose(network.predict(x), np.asarray(model(x)), atol=1e-6)


@pytest.mark.parametrize("version, module, old", [
    ("2.2.4-tf", False, True), ("2.21.0", True, True), ("1.0", False, True), (None, False, True),
    ("3.0.5", True, False), ("3.15.1", False, False), (None, True, False), ("10.0", True, False),
])  # fmt: skip
def test_a_version_tells_the_meaning_and_without_one_the_form_does(version, module, old):
    assert origin.is_old(version, {"module": "keras"} if module else {}) is old


@pytest.mark.parametrize("text", [b"{}", b"[]", b"", b"{", b'{"keras_version": 3}', b"[" * 100_000])
def test_metadata_that_tells_nothing_is_no_error(text):
    assert origin.in_metadata(text) is None


HARD_SIGMOID = keras2_layers.hard_sigmoid_of_keras_2


def _activation() -> dict:
    return {"class_name": "Activation", "config": {"name": "hard", "activation": "hard_sigmoid"}}


def test_what_is_computed_here_has_the_names_that_the_gate_writes():
    config = keras.layers.Activation(keras2_layers.hard_sigmoid_of_keras_2).get_config()["activation"]
    assert config["config"] == "innv_gui>hard_sigmoid_of_keras_2"
    assert keras.activations.get(keras2_meanings.of_keras_2(_activation())["config"]["activation"]) is HARD_SIGMOID
    assert keras2_layers.__name__ == allowed.OLD_LAYERS
    assert keras.saving.get_registered_name(keras2_layers.LocallyConnected2D) == allowed.LOCALLY_CONNECTED


def test_a_name_inside_of_tensorflow_leads_to_an_activation_that_is_allowed():
    assert set(keras2_names.ACTIVATIONS.values()) <= allowed.ACTIVATIONS


def function(name: str) -> dict:
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


@pytest.mark.parametrize("inner", ["softmax_v2", "log_softmax_v2", "exp", "identity", "swish"])
@pytest.mark.parametrize("form", ["as a function", "by name"])
def test_functions_of_tensorflow_are_known_by_their_inner_name(inner, form, tmp_path):
    from tests.files import model_files

    given = function(inner) if form == "as a function" else inner
    path = model_files.archive(tmp_path / "named.keras", model_files.ordinary(last=model_files.dense(activation=given)))
    config = gate.check(ModelSource("keras", str(path))).config
    assert config["config"]["layers"][-1]["config"]["activation"] == keras2_names.ACTIVATIONS[inner]


def test_an_activation_of_another_name_can_be_given_in_a_file_of_ones_own(tmp_path):
    """That is what its refusal advises."""
    start = keras.Input((4, 4, 3))
    ends = keras.layers.Dense(3, activation=bent)(keras.layers.Flatten()(start))
    keras.Model(start, ends).save(tmp_path / "own.keras")
    source = ModelSource("keras", str(tmp_path / "own.keras"))
    with pytest.raises(ModelRefused, match="'bent', which is not one of Keras'") as refused:
        loading.load(source)
    assert "--trust" in refused.value.hint and "defines 'bent'" in refused.value.hint
    (tmp_path / "own.py").write_text("def bent(x):\n    return x * x\n")
    loading.load(ModelSource("keras", source.path, trusted=True, hooks=str(tmp_path / "own.py")))


def bent(x):
    return x * x
