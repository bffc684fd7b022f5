"""What numbers stand on besides model and dataset: plug-in, patterns, pictures. Another one is told, not used."""

import shutil

import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import BadInput, Conflict
from innv_gui.extensions import sources
from innv_gui.session.explain.request import check_request
from innv_gui.session.models import ModelShelf
from innv_gui.store.history import History
from tests.conftest import SAMPLES

PLUGIN = """
from innv_gui.plugins import *

def explain(question):
    return question.x * FACTOR

MINE = Analyzer(name="mine", title="Mine", summary="The input.", display=SIGNED, run=explain)
"""


@pytest.fixture
def pictures(tmp_path, sample_datasets):
    """Six digits in a folder of the test's own."""
    collection, folder = sample_datasets["digits"].collection, tmp_path / "pictures"
    folder.mkdir()
    for place, index in enumerate((0, 200, 400, 600, 800, 1000)):
        shutil.copy(collection.ref(index).path, folder / f"{place}.png")
    return folder


def test_a_run_is_reopened_with_its_plugin_alone(tmp_path, pictures):
    folder = tmp_path / "plugins"
    folder.mkdir()

    def session(factor):
        sources.forget_folders()
        (folder / "tools.py").write_text(PLUGIN.replace("FACTOR", factor))
        return Session(tmp_path / "workspace", plugins=folder)

    try:
        with session("2") as first:
            run = first.explain(first.add_model(SAMPLES / "digits_mlp.keras"), first.add_dataset(pictures), "mine")
            id, maps = run.id, run[run.models[0]].maps
        with (
            session("3") as second,
            pytest.raises(Conflict, match="plug-in tools.py is no longer the same"),
        ):
            second.run(id)
        with (
            session("1 +") as broken,
            pytest.raises(Conflict, match="not loaded now.*its methods are missing: tools.py"),
        ):
            broken.run(id)
        with session("2") as third:
            run = third.run(id)
            run.job.wait()
            np.testing.assert_array_equal(run[run.models[0]].maps, maps)
    finally:
        sources.forget_folders()


@pytest.mark.usefixtures("lent_workers")
def test_a_run_is_reopened_with_its_patterns_alone(tmp_path, pictures):
    with Session(tmp_path / "workspace") as first:
        model, images = first.add_model(SAMPLES / "digits_mlp.keras"), first.add_dataset(pictures)
        first.fit_patterns(model, images)
        run = first.explain(model, images[:2], "pattern.net")
        id = run.id
    with Session(tmp_path / "workspace") as second:
        run = second.run(id)
        run.job.wait()
        model = run.models[0]
        second.fit_patterns(model, second.add_dataset(pictures)[:3])
    with Session(tmp_path / "workspace") as third:
        with pytest.raises(Conflict, match="were fitted again since"):
            third.run(id)
        assert not third.models.entries() and not third.datasets.entries(), "what was opened in vain is closed"


@pytest.mark.usefixtures("lent_workers")
def test_another_file_under_a_models_name_is_not_recommended_to_be_trusted(tmp_path, pictures):
    import keras

    path = tmp_path / "model.keras"
    shutil.copy(SAMPLES / "digits_mlp.keras", path)
    with Session(tmp_path / "workspace") as first:
        id = first.explain(first.add_model(path), first.add_dataset(pictures), "gradient").id
    image = keras.Input((32, 32, 1))
    hidden = keras.layers.Lambda(lambda x: x * 2)(keras.layers.Flatten()(image))
    keras.Model(image, keras.layers.Dense(10, activation="softmax")(hidden)).save(path)
    with Session(tmp_path / "workspace") as second:
        for _ in range(2):
            with pytest.raises(Conflict, match="no longer the same file") as refused:
                second.run(id)
            assert "trust" not in str(refused.value)
        assert not second.models.entries() and not second.datasets.entries(), "what was opened in vain is closed"


@pytest.mark.usefixtures("lent_workers")
def test_the_images_that_activate_most_are_not_those_of_before_the_files_changed(tmp_path, pictures):
    def found(session):
        model, images = session.add_model(SAMPLES / "digits_mlp.keras"), session.add_dataset(pictures)
        return session.extremes(model, images, count=6, classes=[0])

    with Session(tmp_path / "workspace") as first:
        first.suggest(first.add_model(SAMPLES / "digits_mlp.keras"), first.add_dataset(pictures))
        before = found(first)
    best, worst = (pictures / f"{side[0, 0]}.png" for side in (before.most, before.least))
    best_bytes, worst_bytes = best.read_bytes(), worst.read_bytes()
    best.write_bytes(worst_bytes)
    worst.write_bytes(best_bytes)
    with Session(tmp_path / "workspace") as second:
        after = found(second)
        assert after.n_seen == 6 and after.job.done == 6
        assert (after.most[0, 0], after.least[0, 0]) == (before.least[0, 0], before.most[0, 0])
        with Image.open(best) as picture:
            Image.fromarray(255 - np.asarray(picture)).save(best)
        now = second.extremes(after.model, after.dataset, count=6, classes=[0])
        assert not np.array_equal(now.most_values, after.most_values) and now.problems == []
    with Session() as fresh:
        true = found(fresh)
        np.testing.assert_array_equal(true.most, now.most)
        np.testing.assert_allclose(true.most_values, now.most_values, rtol=1e-5)


def test_a_record_that_is_being_written_is_none_yet(tmp_path, caplog):
    (tmp_path / ".new-abcdef12.json").write_text("{")
    (tmp_path / "notes.json").write_text("mine")
    assert History(tmp_path).all() == [] and caplog.records == []


@pytest.mark.parametrize("text", ["", "nonsense", "a" * 63, "g" * 64])
def test_what_is_no_hash_cannot_be_trusted(text):
    with pytest.raises(BadInput, match="64 hexadecimal digits") as refused:
        ModelShelf(lambda: None, None, (text,))
    assert refused.value.field == "trust"


def test_a_hash_is_one_in_capitals_too():
    assert ModelShelf(lambda: None, None, ("AB" * 32,))._trusted == ("ab" * 32,)


def test_a_run_that_failed_does_not_say_to_wait(session, sample_models, sample_datasets):
    request = check_request([sample_models["weather_clean"]], sample_datasets["weather"][:1], "pattern.net")
    run = session.start_explain(request)
    assert run.job.ended(60)
    with pytest.raises(BadInput, match="has no map to save. It has ended without one"):
        run.save("x.h5")
