"""Files and folders whose names hold bytes that are not UTF-8: shown escaped, and found again exactly."""

import io
import os
import shutil

import h5py
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.datasets.names import shown
from innv_gui.errors import BadInput
from innv_gui.session.explain.script import script_of
from innv_gui.session.keep import session_file
from innv_gui.web.app import create_app
from tests.conftest import SAMPLES


@pytest.fixture
def places(tmp_path):
    """A model file and a folder of images."""
    model, folder = tmp_path / os.fsdecode(b"mod\xff.keras"), tmp_path / os.fsdecode(b"fold\xfe")
    shutil.copy(SAMPLES / "weather_clean.keras", model)
    folder.mkdir()
    for number in range(2):
        Image.new("RGB", (64, 64), (90 * number, 0, 0)).save(folder / f"{number}.png")
    return model, folder


@pytest.mark.usefixtures("lent_workers")
def test_names_are_shown_escaped_and_a_saved_session_finds_the_files_again(places, tmp_path):
    with Session() as session:
        model, dataset = session.add_model(places[0]), session.add_dataset(places[1])
        assert (model.name, model.file, dataset.name) == ("mod\\xff", "mod\\xff.keras", "fold\\xfe")
        assert session.datasets.place(dataset) == str(places[1]) and model.source.path == str(places[0])
        run = session.explain(model, dataset, "gradient")
        with h5py.File(run.save(tmp_path / "run.h5")) as file:
            assert file["models/A"].attrs["model"] == "mod\\xff"
        assert run.show()._repr_html_().encode() and script_of(run, session.datasets.place(dataset)).encode()
        session.suggest(model, dataset).save(tmp_path / "scores.csv")
        assert session.history.get(run.id)["models"][0]["source"]["path"] == str(places[0])
        session.save(tmp_path / "session.json")
    with Session() as second:
        assert second.restore(tmp_path / "session.json") == []
        assert [entry.model.source.path for entry in second.models.entries()] == [str(places[0])]
        assert [entry.path for entry in second.datasets.entries()] == [str(places[1])]
        assert second.run(run.id).request.dataset.name == "fold\\xfe"
        client = create_app(second, "t" * 32).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {'t' * 32}"
        sent = client.get("/api/v1/session.json").data
        back = client.post("/api/v1/session", data={"session": (io.BytesIO(sent), "session.json")})
        assert (back.json["left_out"], back.json["missing"]) == (0, [])


def test_a_place_in_a_saved_session_is_a_text(tmp_path):
    good = {"name": "a", "path": "a\udcff", "fingerprint": "f"}
    assert session_file.SavedDataset(**good).model_dump() == good
    with pytest.raises(ValueError, match="expected a text"):
        session_file.SavedDataset(**good | {"path": 5})


def test_a_name_from_a_program_with_half_a_character_is_shown_too(session):
    assert shown("a\ud800b\udcff") == "a\\ud800b\\udcff" and shown("é\udcff") == "é\\xff"
    entry = session.start_model(SAMPLES / "digits_mlp.keras", name="a\ud800")
    entry.job.wait()
    assert entry.name == "a\\ud800" and session.models.change(entry.id, name="b\udcff").name == "b\\xff"
    session.remove_model(entry.id)


def test_an_architecture_alone_is_refused_by_its_escaped_name(session, tmp_path):
    path = tmp_path / os.fsdecode(b"net\xff.json")
    path.write_text("{}")
    with pytest.raises(BadInput) as refused:
        session.add_model(path)
    assert str(refused.value).encode().startswith(b"net\\xff.json holds an architecture only")
