"""Earlier runs: kept over a restart, reopened with the maps that were kept, refused when files have changed."""

import copy
import json
import shutil

import numpy as np
import pytest

from innv_gui import Session
from innv_gui.errors import BadInput, Conflict, NotFound
from innv_gui.session.explain.earlier import title_of, told_apart
from innv_gui.session.explain.request import check_request
from innv_gui.session.keep import session_file
from innv_gui.store.history import History
from innv_gui.web.app import create_app
from tests.conftest import workers_lent_by


def record(number, started=0.0):
    return {"id": f"e-{number:012x}", "started": started, "title": ""}


def test_history_is_newest_first_and_bounded(tmp_path):
    history = History(tmp_path, kept=3)
    for number in range(5):
        history.put(record(number, started=float(number)))
    assert [one["id"][-1] for one in history.all()] == ["4", "3", "2"]


def test_a_damaged_file_is_passed_over_and_a_strange_id_is_not_a_path(tmp_path):
    history = History(tmp_path)
    history.put(record(1))
    (tmp_path / "e-000000000002.json").write_text("{")
    (tmp_path / "e-000000000003.json").write_text('{"id": "e-000000000009", "started": 1}')
    assert len(history.all()) == 1
    for id in ("../e-000000000001", "e-000000000002", "e-000000000004"):
        with pytest.raises(NotFound):
            history.get(id)


def test_deleting_and_renaming(tmp_path):
    history = History(tmp_path)
    history.put(record(1))
    history.put(history.get("e-000000000001") | {"title": "clouds"})
    assert History(tmp_path).get("e-000000000001")["title"] == "clouds"
    history.forget("e-000000000001")
    assert history.all() == []


@pytest.fixture(scope="module", autouse=True)
def lent_workers(session):
    """A restart is of the session: what it finds again is on the disk, and nothing of it in a worker."""
    with workers_lent_by(session):
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory, lent_workers, sample_models, sample_datasets):
    """A workspace with one run in its history, and the files it was made of: the folder, a copy, the run, its maps."""
    collection, folder = sample_datasets["digits"].collection, tmp_path_factory.mktemp("history") / "place"
    images, model = folder / "images", folder / "model.keras"
    images.mkdir(parents=True)
    for index in range(3):
        shutil.copy(collection.ref(index).path, images / f"{index}.png")
    shutil.copy(sample_models["digits_mlp"].source.path, model)
    with Session(folder / "workspace") as first:
        asked = [first.add_model(model, preprocessing="unit")], first.add_dataset(images)
        run = first.explain(*asked, "gradient", neuron=3)
        found = run.id, run[asked[0][0]].maps
    return folder, shutil.copytree(folder, folder.with_name("kept")), *found


@pytest.fixture
def place(made):
    """The same for one test, which may spoil it: files are known by their place and time."""
    folder, kept, *found = made
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)
    return folder, *found


def test_a_run_is_reopened_after_a_restart_with_the_same_maps(place):
    folder, id, maps = place
    with Session(folder / "workspace") as second:
        assert [one["id"] for one in second.history.all()] == [id]
        run = second.run(id)
        run.job.wait()
        explanation = run[run.models[0]]
        np.testing.assert_array_equal(explanation.maps, maps)
        assert all(cell.cached for cell in explanation.cells)
        assert run.models[0].preprocessing.mode == "unit" and explanation.targets.tolist() == [[3]] * 3
        assert second.run(id) is run and len(second.history.all()) == 1


def test_what_is_still_being_opened_is_waited_for_and_not_opened_twice(place):
    """An address that is open when the server starts again asks before its models are there."""
    folder, id, maps = place
    with Session(folder / "workspace") as second:
        second.start_model(folder / "model.keras", preprocessing="unit")
        second.datasets.start(folder / "images")
        run = second.run(id)
        run.job.wait()
        assert len(second.models.entries()) == len(second.datasets.entries()) == 1
        np.testing.assert_array_equal(run[run.models[0]].maps, maps)


def test_a_changed_model_is_not_taken_for_the_old_one(place, sample_models):
    folder, id, _ = place
    shutil.copy(sample_models["digits_cnn"].source.path, folder / "model.keras")
    with Session(folder / "workspace") as second:
        with pytest.raises(Conflict, match="no longer the same file"):
            second.run(id)
        assert second.models.entries() == []


def altered_copy(folder):
    """Beside the folder of images another one with the same names, whose pictures are in another order."""
    (folder / "copy" / "images").mkdir(parents=True)
    for index in range(3):
        shutil.copy(folder / "images" / f"{index}.png", folder / "copy" / "images" / f"{(index + 1) % 3}.png")
    return folder / "copy" / "images"


def test_a_run_is_reopened_on_its_own_images_and_not_on_those_of_the_same_names(place):
    folder, id, maps = place
    copy = altered_copy(folder)
    with Session(folder / "workspace") as second:
        shown = second.add_dataset(copy)
        sent = session_file.SavedSession(**session_file.saved(second))
        assert session_file._open_here(sent.runs[0].dataset, second) is shown, (
            "the only ones, perhaps of another machine"
        )
        run = second.run(id)
        run.job.wait()
        assert run.request.dataset.collection.root == str(folder / "images") and len(second.datasets.entries()) == 2
        np.testing.assert_array_equal(run[run.models[0]].maps, maps)
        assert session_file._open_here(sent.runs[0].dataset, second) is run.request.dataset
        elsewhere = sent.runs[0].dataset.model_copy(update={"path": "/elsewhere"})
        assert session_file._open_here(elsewhere, second) is None, "which of the two is not known"
        ask = create_app(second, "t" * 32).test_client().get
        (line,) = ask("/api/v1/history", headers={"Authorization": f"Bearer {'t' * 32}"}).json["runs"]
        assert line["picture"]["dataset"] == run.request.dataset.id


def test_images_that_are_gone_are_not_replaced_by_others_of_the_same_names(place):
    folder, id, _ = place
    copy = altered_copy(folder)
    shutil.rmtree(folder / "images")
    with Session(folder / "workspace") as second:
        second.add_dataset(copy)
        with pytest.raises(BadInput, match="no folder or file"):
            second.run(id)


def test_an_unknown_id_is_told_so(session):
    with pytest.raises(NotFound, match="no explanation"):
        session.run("e-0123456789ab")


def test_arrays_leave_no_record(session, sample_models):
    before = len(session.history.all())
    request = check_request([sample_models["digits_mlp"]], np.zeros((1, 32, 32, 1), np.float32), "gradient")
    session.start_explain(request).job.wait()
    assert len(session.history.all()) == before


def test_a_saved_session_is_taken_up_with_its_models_images_and_runs(place):
    folder, id, maps = place
    with Session(folder / "workspace") as second:
        second.run(id).job.wait()
        second.save(folder / "session.json")
    with Session() as third:
        assert third.restore(folder / "session.json") == []
        assert [entry.name for entry in third.models.entries()] == ["model"] and len(third.datasets.entries()) == 1
        run = third.run(id)
        run.job.wait()
        np.testing.assert_allclose(run[run.models[0]].maps, maps, atol=1e-6)


def test_what_a_saved_session_names_and_is_gone_is_told(place):
    folder, id, _ = place
    with Session(folder / "workspace") as second:
        second.run(id).job.wait()
        second.save(folder / "session.json")
        (folder / "model.keras").unlink()
    with Session() as third:
        (missing,) = third.restore(folder / "session.json")
        assert missing.startswith("model: There is no model file")


def test_a_file_that_is_no_session_is_refused_in_a_sentence(session, tmp_path):
    for content in (b"", b"{}", b"[1]", b'{"format": "innv-gui session 1"}', b"\xff\xfe", b"[" * 100_000):
        (tmp_path / "session.json").write_bytes(content)
        with pytest.raises(BadInput, match="not a session saved by innv-gui"):
            session.restore(tmp_path / "session.json")


def test_no_place_that_a_sent_session_names_is_opened(place):
    folder, id, _ = place
    with Session(folder / "workspace") as second:
        second.run(id).job.wait()
        record = session_file.saved(second)
        second.history.forget(id)
        for one in (*record["models"], *record["runs"][0]["models"]):
            one["source"]["path"] = "/etc/passwd"
        record["runs"][0]["dataset"]["path"] = "/etc"
        record["runs"].append(copy.deepcopy(record["runs"][0]) | {"id": "e-00000000000a"})
        record["runs"][1]["models"][0]["sha256"] = "0" * 64
        taken, missing = session_file.take_over(second, session_file.read(json.dumps(record).encode()))
        assert taken == 1 and missing == ["model model (model.keras)"]
        assert "/etc" not in json.dumps(second.history.all())


def test_equal_requests_are_one_line_under_their_name_with_all_their_runs():
    made = lambda number, analyzer, title="": {**record(number, number), "analyzer": analyzer, "title": title}  # noqa: E731
    records = [made(5, "lrp.z"), made(4, "gradient"), made(3, "lrp.z", "kept"), made(2, "lrp.z"), made(1, "gradient")]
    found = [[one["id"][-1] for one in group] for group in told_apart(records)]
    assert found == [["5", "3", "2"], ["4", "1"]] and list(map(title_of, told_apart(records))) == ["kept", ""]


def test_earlier_runs_are_listed_with_a_picture_and_the_same_request_once(session, sample_models, sample_datasets):
    dataset, client = sample_datasets["digits"], create_app(session, "t" * 32).test_client()
    ask = lambda: client.get("/api/v1/history", headers={"Authorization": f"Bearer {'t' * 32}"}).json["runs"]  # noqa: E731
    runs = [session.explain(sample_models["digits_mlp"], dataset[[41, 42]], "gradient", class_=7) for _ in range(2)]
    (line,) = [one for one in ask() if runs[0].id in one["ids"]]
    assert set(line["ids"]) == {run.id for run in runs} and line["id"] == runs[1].id
    assert line["picture"] == {"dataset": dataset.id, "image": 41}
    other = session.explain(sample_models["digits_mlp"], dataset[[41, 43]], "gradient", class_=7)
    newest = ask()[0]
    assert newest["ids"] == [other.id] and newest["images"] != line["images"]
