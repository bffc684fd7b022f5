"""Runs of the workshop by Python: the same numbers however they come about, kept, taken over, written down."""

import json
import runpy
import time

import numpy as np
import pytest

from innv_gui import Session
from innv_gui.errors import BadInput, Cancelled, Conflict
from innv_gui.session.workshop import work
from innv_gui.session.workshop.export import parts_of
from innv_gui.session.workshop.script import script_of

LINES = ["vertical_line", "horizontal_line"]
HOUSE = np.zeros((28, 28))
HOUSE[10:20, 8:20] = 1


@pytest.fixture(scope="module")
def lines(session):
    return session.workshop(LINES, epochs=60, name="The lines").wait()


def same(one, other, k=0):
    np.testing.assert_array_equal(one.trials[k].rows, other.trials[k].rows)
    for a, b in zip(one.frames(k), other.frames(k), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(one.state(k).weights, other.state(k).weights, strict=True):
        np.testing.assert_array_equal(a, b)


def begun(session, classes=LINES, after=1, **wishes):
    """A run of which some epochs are done."""
    run = session.workshop(classes, **wishes)
    while run.trials[0].epoch < after and not run.job.ended():
        time.sleep(0.01)
    return run


def test_a_run_shows_each_line_by_the_absence_of_the_other(lines):
    assert lines.status == "done" and list(lines.films) == LINES
    for film in lines.trials[0].films:
        assert 0.3 < film.r < 0.55 and film.signed_r > 0.3 and film.stopped == "probability"
        assert all(r < -0.3 for r in film.others.values()) and film.p[-1] > 0.99 and not film.mean
        assert lines.films[film.name].shape == (film.steps + 1, 28, 28)
    assert lines.r == {film.name: film.r for film in lines.trials[0].films}


def test_the_curve_begins_before_training_and_has_every_epoch(lines):
    curve = lines.curve
    assert list(curve["epoch"]) == list(range(61)) and curve["loss"].iloc[-1] < 0.01 < curve["loss"].iloc[0]
    assert curve["held_accuracy"].iloc[-1] == 1


def test_the_frame_has_a_row_for_each_network_and_class(session):
    frame = session.workshop(LINES, epochs=2, seeds=2, seed=5).wait().frame
    assert list(zip(frame["seed"], frame["class"], strict=True)) == [(s, c) for s in (5, 6) for c in LINES]
    assert frame["epochs"].eq(2).all() and frame["r"].between(0, 1).all()


def test_slices_of_any_length_give_the_same_numbers(session, lines, monkeypatch):
    monkeypatch.setattr(work, "SLICE_S", 0.0)  # one epoch each
    same(session.workshop(LINES, epochs=60).wait(), lines)


def test_more_epochs_are_those_of_one_long_run(session, lines):
    run = session.workshop(LINES, epochs=20).wait()
    assert session.workshop.resume(run.id, 40) is run
    same(run.wait(), lines)
    assert run.request.asked["epochs"] == 60 and run.trials[0].films_epoch == 60
    assert session.workshop.runs.same_as(run.request, run) is not None


def test_more_epochs_than_there_are_is_a_sentence(session, lines):
    for epochs in (0, 9_941, 2.5):
        with pytest.raises(BadInput, match="Expected 1 to 9940 as epochs"):
            session.workshop.resume(lines.id, epochs)
    assert lines.request.asked["epochs"] == 60 and lines.status == "done"


def test_a_cancelled_run_goes_on_where_it_was(session, lines):
    run = begun(session, epochs=60)
    run.job.cancel()
    assert run.job.ended(10) and run.status == "cancelled" and 1 <= run.trials[0].epoch < 60
    with pytest.raises(Conflict, match="no pictures yet"):
        run.frames()
    same(session.workshop.resume(run.id).wait(), lines)


def test_a_run_that_is_trained_cannot_be_resumed_beside_itself(session):
    run = begun(session, epochs=10_000)
    with pytest.raises(Conflict, match="is being trained"):
        session.workshop.resume(run.id)
    session.workshop.runs.remove(run.id)
    with pytest.raises(Cancelled):
        run.wait()
    assert session.workshop.runs.restore(run.id).status == "cancelled"


def test_a_killed_worker_gives_the_same_numbers(session, lines):
    run = begun(session, epochs=60)
    session.pool.kill("keras")
    same(run.wait(), lines)


def test_a_restarted_session_lists_runs_and_goes_on_with_them(lent_workers, tmp_path, lines):
    with Session(tmp_path) as first:
        run = begun(first, epochs=60)
        run.job.cancel()
        run.job.ended(10)
        first.workshop.change(run.id, name="Half of it", pinned=True)
    with Session(tmp_path) as second:
        (found,) = second.workshop.runs.all()
        assert (found.name, found.pinned, found.status) == ("Half of it", True, "cancelled")
        assert 1 <= found.trials[0].epoch < 60
        same(second.workshop.resume(found.id).wait(), lines)


def test_marks_give_a_network_without_and_one_with_them_from_the_same_start(session):
    marks = np.zeros((28, 28), int)
    marks[:4, :4] = -1
    run = session.workshop(["box", ("house", HOUSE)], marks={"box": marks}, way="penalty", epochs=20).wait()
    assert [trial.way for trial in run.trials] == ["none", "penalty"]
    first, second = (trial.rows for trial in run.trials)
    np.testing.assert_array_equal(first[0], second[0])
    assert not np.array_equal(first, second)
    for trial in run.trials:
        assert 0 <= trial.measured["replaced_accuracy"] <= 1 and isinstance(trial.measured["undecided"], bool)


def test_a_network_becomes_a_model_that_knows_its_training_images(session, lines):
    entry, images = session.workshop.open(lines)
    model, dataset = session.models.get(entry.id), session.datasets.get(images.id)
    try:
        assert model.name == "The lines" and model.class_names == ("vertical line", "horizontal line")
        assert model.preprocessing.mode == "none" and model.input_shape == (28, 28, 1)
        labels = np.asarray(dataset.collection.codes)
        assert len(dataset) == 20 and [dataset.class_names[k] for k in labels[[0, 8]]] == list(model.class_names)
        answers = session.predict(model, dataset).argmax(axis=1)
        assert [model.class_names[k] for k in answers] == [dataset.class_names[k] for k in labels]
    finally:
        session.models.remove(entry.id)
        session.datasets.remove(images.id)


def test_images_of_a_dataset_are_a_class(session, sample_datasets):
    digits = sample_datasets["digits"]
    zeros = [k for k in range(200) if digits[k].label == "0"][:12]
    run = session.workshop(["box", ("zero", digits[zeros])], epochs=30).wait()
    pixels = run.request.recipe.classes[1].pixels
    assert pixels.shape == (12, 28, 28) and pixels.dtype == np.uint8 and pixels.max() > 200
    assert run.request.asked["classes"][1] == {"name": "zero", "dataset": digits.id, "images": zeros}
    assert run.trials[0].films[1].mean and run.trials[0].last("held_accuracy") == 1


def test_the_script_of_a_run_trains_the_same_networks(lent_workers, session, tmp_path, capsys):
    marks = np.zeros((28, 28), int)
    marks[:4] = -1
    classes = ["box", "disk", ('a "house" \\', HOUSE)]
    run = session.workshop(classes, marks={"box": marks}, way="filling", epochs=4, seeds=2, initial="noise").wait()
    path = tmp_path / "script.py"
    path.write_text(script_of(run))
    found = runpy.run_path(str(path), run_name="__main__")["run"]
    assert found.request.key == run.request.key
    for k in range(4):
        np.testing.assert_array_equal(found.trials[k].rows, run.trials[k].rows)
    assert "signed_r" in capsys.readouterr().out


def test_a_file_that_does_not_fit_says_why_before_anything_is_trained(session, sample_models):
    with pytest.raises(Exception, match="28 x 28|28 × 28") as refused:
        session.workshop(LINES, model=sample_models["digits_cnn"])
    assert not isinstance(refused.value, BadInput) or refused.value.field


@pytest.fixture(scope="module")
def small_file(session, lines):
    """A network of the workshop as a person's own file."""
    entry, _ = session.workshop.open(lines, images=False)
    yield session.models.get(entry.id)
    session.models.remove(entry.id)


def test_a_persons_file_is_trained_and_goes_on_once_it_is_open_again(lent_workers, session, small_file, tmp_path):
    with Session(tmp_path) as first:
        model = first.add_model(small_file.source.path)
        run = begun(first, model=model, epochs=60)
        run.job.cancel()
        run.job.ended(10)
        assert run.request.asked["file"] == model.id and run.recipe(0).model == "file"
    with Session(tmp_path) as second:
        (found,) = second.workshop.runs.all()
        with pytest.raises(Conflict, match="which is not open"):
            second.workshop.resume(found.id)
        with pytest.raises(Conflict, match="is not open"):
            script_of(found)
        made_of = dict(parts_of(found))["made_of.json"].decode()
        assert json.loads(made_of)["model"] == {"name": model.name, "sha256": model.source.sha256}
        assert set(found.frame["model"]) == {"file"} and set(found.frame["file"]) == {model.name}
        second.add_model(small_file.source.path)
        assert second.workshop.resume(found.id).wait().trials[0].epoch == 60
        assert "session.add_model(" in script_of(found)
    whole = session.workshop(LINES, model=small_file, epochs=60).wait()
    np.testing.assert_array_equal(found.trials[0].rows, whole.trials[0].rows)
