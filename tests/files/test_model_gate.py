"""What the gate lets through and what it refuses, by name, without any side effect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from innv_gui.errors import InnvError, ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files import allowed, gate
from tests.files import hostile_models as hostile
from tests.files import model_files
from tests.files.hostile_models import kind_of

KINDS = {".keras": "keras", ".h5": "hdf5", ".json": "json"}

# Runs in a process of its own: loads the machinery, then watches what opening each file does.
WATCH = """
import json, os, sys
from innv_gui.errors import InnvError
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import inspect

work = json.load(open(sys.argv[1]))
for path, kind in work["harmless"]:
    inspect.inspect(ModelSource(kind, path))
WATCHED = ("open", "exec", "compile", "os.", "shutil.", "subprocess.", "socket.", "marshal.", "pickle.", "ctypes.",
           "tempfile.")
events, watching = [], [False]
def hook(event, args):
    if watching[0] and event.startswith(WATCHED):
        events.append([event, [repr(a)[:200] for a in args]])
sys.addaudithook(hook)
answers = {}
for name, (path, kind) in work["hostile"].items():
    events.clear()
    watching[0] = True
    try:
        inspect.inspect(ModelSource(kind, path))
        answer = ["accepted", ""]
    except InnvError as error:
        answer = [type(error).__name__, str(error)]
    except BaseException as error:
        answer = ["crashed", repr(error)]
    watching[0] = False
    answers[name] = [*answer, list(events)]
json.dump(answers, open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(folder, every hostile file, harmless ones)."""
    folder = tmp_path_factory.mktemp("hostile")
    files = hostile.make_all(folder)
    harmless = (
        model_files.archive(folder / "good.keras", model_files.ordinary()),
        model_files.good_old_model(folder / "good.h5"),
    )
    return folder, files, [str(path) for path in harmless]


@pytest.fixture(scope="module")
def answers(made, tmp_path_factory):
    """What a watched process said of each file: (error class, sentence, audit events)."""
    _, files, good = made
    folder = tmp_path_factory.mktemp("watch")
    work = {"harmless": [[p, kind_of(p)] for p in good], "hostile": {n: [p, kind_of(p)] for n, (p, _) in files.items()}}
    (folder / "work.json").write_text(json.dumps(work))
    command = [sys.executable, "-c", WATCH, str(folder / "work.json"), str(folder / "answers.json")]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, env=environment, timeout=120, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads((folder / "answers.json").read_text())


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_hostile_file_is_refused_in_a_sentence_that_names_it(name, made, answers):
    path, words = made[1][name]
    kind, sentence, _ = answers[name]
    assert kind == "ModelRefused", sentence
    for word in (Path(path).name, *words):
        assert word in sentence, sentence
    assert str(Path(path).parent) not in sentence, "a folder of this machine is told"
    assert "\n" not in sentence


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_hostile_file_has_no_side_effect(name, made, answers):
    folder, files, _ = made
    path = files[name][0]
    for event, arguments in answers[name][2]:
        assert event == "open", f"{event}{arguments}"
        assert arguments[0] == repr(path) and "'w" not in arguments[1], f"opened {arguments}"
    assert not list(folder.rglob(hostile.TOUCHED))


def test_the_payload_is_live_when_the_file_is_trusted(tmp_path):
    """Else the tests above would prove nothing."""
    from innv_gui.runtimes.keras.networks import loading

    path, _ = hostile.lambda_in_a_layer(tmp_path)
    loading.load(ModelSource("keras", str(path), trusted=True))
    assert (tmp_path / hostile.TOUCHED).exists()


def test_harmless_files_pass(tmp_path):
    path = model_files.archive(tmp_path / "good.keras", model_files.ordinary())
    cleared = gate.check(ModelSource("keras", str(path)))
    assert cleared.sha256 == gate.fingerprint(str(path))
    assert cleared.config["class_name"] == "Sequential" and cleared.weights
    old = gate.check(ModelSource("hdf5", str(model_files.old_model(tmp_path / "old.h5", model_files.old_ordinary()))))
    assert old.old_weights


def test_compile_settings_are_dropped_unread(tmp_path):
    """A custom loss is common and never needed here; whatever stands there must not reach Keras."""
    config = model_files.ordinary()
    config["compile_config"] = {"loss": hostile.lambda_value(tmp_path)}
    config["config"]["layers"][1]["compile_config"] = {"loss": "anything"}
    path = model_files.archive(tmp_path / "compiled.keras", config)
    cleared = gate.check(ModelSource("keras", str(path)))
    assert "compile_config" not in json.dumps(cleared.config)


def test_the_module_that_is_loaded_is_never_the_files_own_word():
    assert allowed.module_of("Dense", "tf_keras.layers") == "keras.layers"
    assert allowed.module_of("Identity", "keras.initializers") == "keras.initializers"
    assert allowed.module_of("Add", "keras.src.ops.numpy") == "keras.src.ops.numpy"
    assert allowed.module_of("Dense", "keras.src.ops.numpy") is None
    assert allowed.module_of("Dense", "os") is None
    special = "keras.src.applications.inception_resnet_v2"
    assert allowed.module_of("CustomScaleLayer", special) == special
    assert allowed.module_of("CustomScaleLayer", "mine") is None


def test_no_allowed_layer_takes_code_or_files():
    forbidden = {"Lambda", "TFSMLayer", "TextVectorization", "StringLookup", "IntegerLookup", "JaxLayer", "FlaxLayer"}
    assert not forbidden & (allowed.LAYERS | allowed.MODELS | set(allowed.APPLICATION_LAYERS))


def test_file_names_and_layer_names_are_told_safely(tmp_path):
    name = 'bad\n"<b>😀.keras'
    bad = model_files.layer("Lambda", "a\n<script>" + "x" * 500, function={})
    path = model_files.archive(tmp_path / name, model_files.ordinary(bad))
    with pytest.raises(ModelRefused) as refusal:
        gate.check(ModelSource("keras", str(path)))
    sentence = str(refusal.value)
    assert "\n" not in sentence and "😀" in sentence and len(sentence) < 400


def test_a_changed_file_is_refused(tmp_path):
    path = model_files.archive(tmp_path / "model.keras", model_files.ordinary())
    added = gate.fingerprint(str(path))
    model_files.archive(path, model_files.ordinary(model_files.layer("Dropout", "drop", rate=0.5)))
    with pytest.raises(ModelRefused, match="model.keras has changed since it was added"):
        gate.check(ModelSource("keras", str(path), sha256=added))


def test_missing_and_unreadable_files_are_told_by_name(tmp_path):
    with pytest.raises(ModelRefused, match="no file gone.keras"):
        gate.check(ModelSource("keras", str(tmp_path / "gone.keras")))
    with pytest.raises(ModelRefused, match="needed"):
        gate.check(ModelSource("keras"))


def test_architecture_needs_weights_and_its_configuration_is_walked(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(model_files.ordinary()))
    with pytest.raises(ModelRefused, match="weights file"):
        gate.check(ModelSource("json", str(path)))
    assert gate.check(ModelSource("json", str(path), weights="random")).weights is None
    path.write_text(json.dumps(model_files.ordinary(hostile.lambda_layer(tmp_path))))
    with pytest.raises(ModelRefused, match="secret"):
        gate.check(ModelSource("json", str(path), weights="random"))


def test_weights_beside_a_whole_model_are_refused(tmp_path):
    path = model_files.archive(tmp_path / "model.keras", model_files.ordinary())
    with pytest.raises(ModelRefused, match="its own weights"):
        gate.check(ModelSource("keras", str(path), weights=str(path)))


def test_an_application_without_weights_is_not_downloaded():
    with pytest.raises(ModelRefused, match="nothing is downloaded"):
        gate.check(ModelSource("application", application="VGG16"))


@pytest.mark.parametrize("form", ["keras", "hdf5"])
def test_damaged_bytes_never_give_anything_but_a_refusal(form, tmp_path):
    random = np.random.default_rng(7)
    if form == "keras":
        content = model_files.archive(tmp_path / "good.keras", model_files.ordinary(), packed=True).read_bytes()
    else:
        content = model_files.old_model(tmp_path / "good.h5", model_files.old_ordinary()).read_bytes()
    path = tmp_path / ("bad.keras" if form == "keras" else "bad.h5")
    for _ in range(150):
        damaged = bytearray(content)
        for place in random.integers(12, len(damaged), random.integers(1, 6)):
            damaged[place] = random.integers(256)
        path.write_bytes(damaged)
        try:
            gate.check(ModelSource(form, str(path)))
        except InnvError as error:
            assert isinstance(error, ModelRefused) and path.name in str(error)
