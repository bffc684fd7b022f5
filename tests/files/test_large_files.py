"""A large model file is looked at where it lies: what it says of itself refuses it before it is read into memory."""

import pytest

from innv_gui.errors import InnvError, ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files import gate
from innv_gui.runtimes.keras.networks import loading
from tests.files import hostile_models as hostile
from tests.files import model_files
from tests.files.hostile_models import kind_of

AFTERWARDS = 50  # bytes of a file that no look at its description would find damaged


@pytest.fixture
def every_file_is_large(monkeypatch):
    monkeypatch.setattr(gate, "GLANCE", AFTERWARDS)


@pytest.fixture
def nothing_is_read(monkeypatch, every_file_is_large):
    monkeypatch.setattr(gate, "_read", lambda *_: pytest.fail("the whole file is read into memory"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return hostile.make_all(tmp_path_factory.mktemp("hostile"))


def refusal(act, source):
    try:
        act(source)
    except InnvError as error:
        return str(error)
    return None


def test_code_in_a_large_file_is_refused_by_its_description(made, nothing_is_read):
    """Every hostile file that names code, in the words that a small one gets."""
    refused = {}
    for name, (path, words) in made.items():
        source = ModelSource(kind_of(path), path)
        if (said := refusal(gate.look, source)) is not None:
            refused[name] = said
            assert all(word in said for word in words), said
    named = {name for name in made if name.startswith(("lambda", "class_of", "function_of", "layer_", "known_name"))}
    assert named and named <= set(refused), named - set(refused)


@pytest.mark.parametrize("form", ["keras", "hdf5"])
def test_weights_that_are_too_few_are_refused_before_they_are_read(form, tmp_path, nothing_is_read):
    wide = model_files.ordinary(model_files.layer("Dense", "wide", units=4000))
    if form == "keras":
        path = model_files.archive(tmp_path / "wide.keras", wide)
    else:
        path = model_files.old_model(
            tmp_path / "wide.h5",
            model_files.old_ordinary({"class_name": "Dense", "config": {"name": "wide", "units": 4000}}),
        )
    with pytest.raises(ModelRefused, match="it asks for .* values, and .* are stored"):
        loading.load(ModelSource(form, str(path)))


def test_a_good_large_file_says_the_same_at_both_looks(tmp_path, every_file_is_large):
    for path in (
        model_files.archive(tmp_path / "good.keras", model_files.ordinary()),
        model_files.good_old_model(tmp_path / "good.h5"),
    ):
        source = ModelSource(kind_of(path), str(path))
        looked, read = gate.look(source), gate.check(source)
        assert (looked.config, looked.n_layers) == (read.config, read.n_layers) and looked.n_stored >= read.n_stored
        assert loading.load(source).sha256 == read.sha256


def test_a_refusal_of_a_large_file_names_the_hash_that_would_trust_it(tmp_path, nothing_is_read):
    path, _ = hostile.lambda_in_a_layer(tmp_path)
    with pytest.raises(ModelRefused) as refused:
        gate.look(ModelSource("keras", str(path)))
    assert gate.fingerprint(str(path)) in str(refused.value)


def test_what_is_trusted_or_small_is_not_looked_at(tmp_path, made, monkeypatch):
    path, _ = hostile.lambda_in_a_layer(tmp_path)
    assert gate.look(ModelSource("keras", str(path))) is None
    monkeypatch.setattr(gate, "GLANCE", AFTERWARDS)
    assert gate.look(ModelSource("keras", str(path), trusted=True)) is None
