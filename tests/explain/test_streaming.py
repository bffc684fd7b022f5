"""Runs straight into a file: the same numbers, in the order of the images, with memory that does not grow with them."""

import json
import subprocess
import sys

import h5py
import keras
import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import AnalyzerRefused, Cancelled, ImageRefused
from innv_gui.session.explain.request import check_request
from tests.conftest import SAMPLES


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stream")
    rng = np.random.default_rng(0)
    for number in range(21):
        Image.fromarray(rng.integers(0, 255, (32, 32), np.uint8)).save(folder / f"{number:02d}.png")
    (folder / "10.png").write_bytes(b"no image")
    return folder


def test_a_file_that_was_streamed_holds_what_a_run_in_memory_gives(session, sample_models, folder, tmp_path):
    models = [sample_models[name] for name in ("digits_cnn", "weather_clean", "digits_mlp")]
    images = session.add_dataset(folder)
    run = session.explain_to(tmp_path / "run.h5", models, images, "grad_cam")
    expected = session.explain(models, images, "grad_cam")
    assert [problem.name for problem in run.problems] == ["10.png"] == [p.name for p in expected.problems]
    assert isinstance(run.failures[models[2].id], AnalyzerRefused)
    expected.save(tmp_path / "saved.h5")
    with h5py.File(tmp_path / "run.h5") as streamed, h5py.File(tmp_path / "saved.h5") as saved:
        assert dict(streamed.attrs) == dict(saved.attrs) and set(streamed["models"]) == set(saved["models"])
        assert list(streamed["name"].asstr()) == [f"{k:02d}.png" for k in range(21) if k != 10]
        for letter in (models[0].letter, models[1].letter):
            for name, stored in saved[f"models/{letter}"].items():
                np.testing.assert_array_equal(streamed[f"models/{letter}/{name}"][()], stored[()])


@pytest.mark.parametrize(("analyzer", "error"), [("grad_cam", AnalyzerRefused), ("gradient", ImageRefused)])
def test_where_nothing_comes_out_no_file_is_left(session, sample_models, folder, tmp_path, analyzer, error):
    images = folder if analyzer == "grad_cam" else [folder / "10.png"]
    with pytest.raises(error):
        session.explain_to(tmp_path / "run.h5", sample_models["digits_mlp"], images, analyzer)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_stopped_leaves_no_file(session, sample_models, sample_datasets, tmp_path):
    request = check_request(sample_models["digits_cnn"], sample_datasets["digits"], "smoothgrad")
    run = session.start_explain_to(tmp_path / "run.h5", request)
    while run.job.done < 8:
        run.job.ended(0.02)
    run.job.cancel()
    assert run.job.ended(20)
    with pytest.raises(Cancelled):
        run.job.wait()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("lent_workers")
def test_in_a_lasting_workspace_a_second_run_computes_nothing_again(folder, tmp_path, monkeypatch):
    with Session(tmp_path / "workspace") as lasting:
        model = lasting.add_model(SAMPLES / "digits_cnn.keras")
        lasting.explain_to(tmp_path / "first.h5", model, folder, "gradient")
        asked = []
        run = lasting.pool.run
        monkeypatch.setattr(lasting.pool, "run", lambda name, *a, **k: asked.append(name) or run(name, *a, **k))
        lasting.explain_to(tmp_path / "second.h5", model, folder, "gradient")
        assert "keras.explain" not in asked
    with h5py.File(tmp_path / "first.h5") as first, h5py.File(tmp_path / "second.h5") as second:
        np.testing.assert_array_equal(first["attribution"][:], second["attribution"][:])


MEASURE = """
import json, os, re, sys
from innv_gui import Session

def peak(pid):
    return int(re.search(r"VmHWM:\\s+(\\d+)", open(f"/proc/{pid}/status").read())[1])

folder, peaks = sys.argv[1], []
with Session() as session:
    model = session.add_model(f"{folder}/net.keras", preprocessing="none")
    images = session.add_dataset(f"{folder}/images.npy")
    for count in (50, 400):
        session.explain_to(f"{folder}/run.h5", model, images[:count], "lrp.epsilon")
        peaks.append((peak(os.getpid()), peak(session.pool.pid("keras"))))
print(json.dumps(peaks))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks are read from /proc")
def test_eight_times_the_images_take_no_more_memory_in_a_plain_script_without_import_guard(tmp_path):
    start = keras.Input((96, 96, 3))
    x = keras.layers.Conv2D(4, 3, strides=4, activation="relu")(start)
    keras.Model(start, keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(x))).save(tmp_path / "net.keras")
    images = np.random.default_rng(0).integers(0, 255, (400, 96, 96, 3), np.uint8)
    np.save(tmp_path / "images.npy", images)
    (tmp_path / "script.py").write_text(MEASURE)
    command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    few, many = json.loads(done.stdout.splitlines()[-1])
    for before, after in zip(few, many, strict=True):
        assert after <= 1.1 * before, (few, many)
    with h5py.File(tmp_path / "run.h5") as file:
        assert file["attribution"].shape == (400, 3, 96, 96)
