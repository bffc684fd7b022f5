"""What a saved session may name: bad entries are listed and the others opened; a file that is none says why."""

import json
import os

import pytest

from innv_gui import Session
from innv_gui.errors import BadInput
from innv_gui.session.keep import run_record, session_file
from innv_gui.store.saving import save_bytes
from innv_gui.version import VERSION
from innv_gui.web.app import create_app
from tests.conftest import SAMPLES, TOKEN

pytestmark = pytest.mark.usefixtures("lent_workers")
NO_PATHS = {"long": "x" * 5000, "unknown user": "~nobody-of-this-name/x", "zero byte": "a\0b", "half": "\ud800"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory, session, sample_models, sample_datasets):
    """The file of a session with a model, images and a run."""
    folder = tmp_path_factory.mktemp("sent")
    with Session(folder / "workspace") as first:
        model = first.add_model(SAMPLES / "digits_mlp.keras")
        first.explain(model, first.add_dataset(sample_datasets["digits"].collection.root)[:2], "gradient")
        return json.loads(first.save(folder / "session.json").read_text())


def sent(folder, content):
    path = folder / "sent.json"
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("text", NO_PATHS.values(), ids=NO_PATHS)
def test_one_bad_path_is_listed_and_the_rest_is_opened(tmp_path, saved, text):
    (model,), (dataset,) = saved["models"], saved["datasets"]
    bad = {
        "models": [model | {"name": "bad", "sha256": "0" * 64, "source": model["source"] | {"path": text}}, model],
        "datasets": [dataset | {"name": "odd", "fingerprint": "0", "path": text}, dataset],
    }
    with Session(tmp_path / "workspace") as second:
        missing = second.restore(sent(tmp_path, saved | bad))
        assert [one.partition(":")[0] for one in missing] == ["bad", "odd"]
        assert len(second.history.all()) == 1
        assert [entry.name for entry in second.models.entries() if entry.model] == [model["name"]]
        assert [entry.name for entry in second.datasets.entries() if entry.dataset] == [dataset["name"]]


@pytest.mark.parametrize("text", NO_PATHS.values(), ids=NO_PATHS)
def test_a_sent_session_with_a_bad_path_is_answered(session, saved, text, sample_models, sample_datasets):
    run = saved["runs"][0] | {"dataset": saved["datasets"][0] | {"path": text}}
    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    body = {"session": (sent_bytes(saved | {"runs": [run]}), "session.json")}
    assert client.post("/api/v1/session", data=body, content_type="multipart/form-data").status_code == 200


def sent_bytes(content):
    import io

    return io.BytesIO(json.dumps(content).encode())


@pytest.mark.parametrize("text", NO_PATHS.values(), ids=NO_PATHS)
def test_what_is_no_path_is_refused_wherever_one_is_named(session, tmp_path, text):
    doors = {
        "model": session.add_model,
        "images": session.add_dataset,
        "session": session.restore,
        "out": session.save,
        "workspace": Session,
        "class_names": lambda text: session.add_model(SAMPLES / "digits_mlp.keras", classes=text),
        "hooks": lambda text: Session(tmp_path / "w", hooks=text),
    }
    for field, door in doors.items():
        with pytest.raises(BadInput) as refused:
            door(text)
        assert refused.value.field == field and len(refused.value.message) < 400


def test_the_home_of_a_person_is_known_where_a_session_is_saved(session, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert session.save("~/here.json") == tmp_path / "here.json"
    assert os.listdir(tmp_path) == ["here.json"] and session_file.read_file("~/here.json")


@pytest.mark.parametrize("text", ["~notes.csv", "./~notes.csv", "~files/notes.csv", "./~files/notes.csv"])
def test_a_name_that_begins_with_a_tilde_is_one(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~files").mkdir()
    save_bytes(text, b"1")
    assert (tmp_path / text).read_bytes() == b"1"


def test_a_run_that_could_never_be_reopened_is_listed_and_not_taken_over(tmp_path, saved):
    run, (target,) = saved["runs"][0], saved["runs"][0]["targets"]
    odd = {
        "a class": {"targets": [target | {"class_": 999}]},
        "a layer": {"targets": [target | {"layer": "nope"}]},
        "a neuron": {"targets": [target | {"class_": None, "neuron": 9999}]},
        "an engine": {"analyzer": "occlusion", "params": {}, "engine": "innvestigate"},
        "none": {},
    }
    runs = [run | change | {"title": name} for name, change in odd.items()]
    with Session(tmp_path / "workspace") as second:
        missing = second.restore(sent(tmp_path, saved | {"runs": runs}))
        assert [one.partition(":")[0] for one in missing] == [f"run {name}" for name in list(odd)[:-1]]
        (kept,) = second.history.all()
        assert kept["title"] == "none" and second.run(kept["id"]).job.wait()


def test_a_run_under_other_custom_preprocessing_is_not_taken_over(tmp_path, saved, sample_datasets):
    (model,) = saved["models"]
    run = saved["runs"][0] | {"models": [model | {"hooks": "f" * 64}]}
    with Session(tmp_path / "workspace") as second:
        second.add_model(SAMPLES / "digits_mlp.keras")
        second.add_dataset(sample_datasets["digits"].collection.root)
        record = session_file.read(json.dumps(saved | {"models": [], "runs": [run]}).encode())
        taken, missing = session_file.take_over(second, record)
        assert taken == 0 and missing == ["model digits_mlp (digits_mlp.keras, with custom preprocessing of its time)"]


NONE = "not a session saved by innv-gui"
FILES = {
    "of a newer version": ({"version": "99.1", "runs": [{"more": 1}]}, f"saved by innv-gui 99.1, .* {VERSION} reads"),
    "of a newer form": ({"version": "1.0", "format": "innv-gui session 2"}, "saved by innv-gui 1.0, which writes more"),
    "of something else": ({"format": "another"}, NONE),
    "of this version": ({"more": 1}, NONE),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_read_says_why(saved, name):
    change, words = FILES[name]
    with pytest.raises(BadInput, match=words):
        session_file.read(json.dumps(saved | change).encode())


def test_a_model_without_a_place_is_none(saved):
    (model,) = saved["models"]
    for source in ({"path": None}, {"kind": "application"}, {"path": ""}):
        change = {"models": [model | {"source": model["source"] | source}]}
        with pytest.raises(BadInput, match=NONE):
            session_file.read(json.dumps(saved | change).encode())


def test_a_file_too_large_is_refused_by_its_size_when_it_is_saved_and_read(session, tmp_path, monkeypatch, saved):
    path = sent(tmp_path, saved)
    monkeypatch.setattr(session_file, "MOST_BYTES", 1 << 10)
    with pytest.raises(BadInput, match="has .* MiB; up to 0 MiB are read"):
        session.save(tmp_path / "session.json")
    assert not (tmp_path / "session.json").exists()
    for door in (lambda: session_file.read_file(path), lambda: session_file.read(path.read_bytes())):
        with pytest.raises(BadInput, match="has .* MiB; up to 0 MiB are read"):
            door()


def test_a_run_of_too_many_images_is_not_among_the_earlier_ones(session, monkeypatch, sample_models, sample_datasets):
    monkeypatch.setattr(run_record, "MOST_IMAGES", 2)
    model, digits = sample_models["digits_mlp"], sample_datasets["digits"]
    kept = [session.explain(model, digits[:n], "gradient").id for n in (2, 3)]
    assert [id in {one["id"] for one in session.history.all()} for id in kept] == [True, False]
