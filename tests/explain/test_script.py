"""The script of a run does the same run again, says what it cannot do, and stops where something has changed."""

import runpy
import shutil
import sys

import h5py
import keras
import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.session.explain.script import script_of
from tests.conftest import SAMPLES

pytestmark = pytest.mark.usefixtures("lent_workers")
HOOKS = "import numpy\n\n\ndef preprocess(images):\n    return numpy.stack([one[:8, :8] / 255 for one in images])\n"


@pytest.fixture
def pictures(tmp_path):
    """A folder with three labels, a picture each."""
    for shade, label in enumerate(("bush", "car", "dog")):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        Image.new("RGB", (64, 64), (90 * shade, 30, 0)).save(tmp_path / "pictures" / label / "1.png")
    return tmp_path / "pictures"


@pytest.fixture
def again(tmp_path, monkeypatch):
    """Runs a script in a folder; the file that it writes."""

    def again(text, folder=tmp_path):
        script, out = folder / "again.py", folder / "again.h5"
        script.write_text(text)
        monkeypatch.setattr(sys, "argv", [str(script), str(out)])
        runpy.run_path(str(script), run_name="__main__")
        return h5py.File(out)

    return again


def written(session, run):
    return script_of(run, session.datasets.place(run.request.dataset))


def test_labels_mapped_by_hand_and_names_given_later_are_in_it(pictures, again, tmp_path):
    with Session() as session:
        model, dataset = session.add_model(SAMPLES / "weather_clean.keras"), session.add_dataset(pictures)
        run = session.explain(model, dataset, "gradient")
        session.models.change(model.id, class_names=["tree", "vehicle"])
        session.map_labels(model, dataset, {"bush": "tree", "car": 1})
        run.save(tmp_path / "run.h5")
        with h5py.File(tmp_path / "run.h5") as first, again(written(session, run)) as second:
            assert first["label"][:].tolist() == second["label"][:].tolist() == [0, 1, -1]
            assert first["models/A"].attrs["class_names"] == second["models/A"].attrs["class_names"]


def test_a_model_that_was_refused_is_left_out_with_its_reason(again, session, sample_models, sample_datasets, capsys):
    models = [sample_models["digits_mlp"], sample_models["digits_cnn"]]
    run = session.explain(models, sample_datasets["digits"][:2], "grad_cam")
    with again(written(session, run)) as file:
        assert set(file["models"]) == {"B"}
    out = capsys.readouterr().out
    assert "digits_mlp is left out: " in out and "no layer has spatial output" in out
    assert "digits_cnn: (2, 1, 32, 32, 1)" in out


def test_weights_and_hooks_that_have_moved_are_found_beside_it(pictures, again, tmp_path):
    image = keras.Input((8, 8, 3))
    network = keras.Model(image, keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(image)))
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "net.json").write_text(network.to_json())
    network.save_weights(old / "net.weights.h5")
    (old / "hooks.py").write_text(HOOKS)
    with Session(hooks=str(old / "hooks.py")) as session:
        model = session.add_model(old / "net.json", weights=old / "net.weights.h5")
        run = session.explain(model, session.add_dataset(pictures), "gradient")
        text, maps = written(session, run), run[model].maps
    shutil.move(old, new)
    with again(text, new) as file:
        np.testing.assert_allclose(np.moveaxis(file["attribution"][:], 1, -1), maps[:, 0], atol=1e-6)
    (new / "hooks.py").write_text(HOOKS + "\n")
    with pytest.raises(SystemExit, match="hooks.py is not the custom preprocessing that was used"):
        again(text, new)


@pytest.mark.parametrize("when", ["before the script is written", "after it"])
def test_another_picture_under_the_same_name_is_noticed(pictures, again, session, sample_models, tmp_path, when):
    dataset = session.add_dataset(pictures)
    run = session.explain(sample_models["weather_clean"], dataset[[0, 2]], "gradient")
    texts = {"after it": written(session, run)}
    Image.new("RGB", (64, 64), (0, 0, 200)).save(pictures / "dog/1.png")
    texts["before the script is written"] = written(session, run)
    with pytest.raises(SystemExit, match="The images are not the same as those that were explained"):
        again(texts[when])
    assert not (tmp_path / "again.h5").exists()
    session.remove_dataset(dataset.id)


def test_what_was_not_explained_may_change_and_what_cannot_be_read_is_left_out(pictures, again, session, sample_models):
    (pictures / "car/2.png").write_bytes(b"")
    dataset = session.add_dataset(pictures)
    run = session.explain(sample_models["weather_clean"], dataset[[1, 2]], "gradient")
    Image.new("RGB", (64, 64), (0, 0, 200)).save(pictures / "dog/1.png")
    with again(written(session, run)) as file:
        assert file["name"].asstr()[:].tolist() == ["car/1.png"]
    session.remove_dataset(dataset.id)
