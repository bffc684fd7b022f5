"""Retraining from Python and over REST: a planted marker is unlearned, what cannot be done is said in a sentence."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from innv_gui.cli import main
from innv_gui.errors import BadInput, Cancelled, Conflict, NotFound
from innv_gui.session.retraining import request as retraining_request
from innv_gui.session.retraining.finding import finding
from innv_gui.session.retraining.shelf import Retrainings
from innv_gui.workshop.retraining import FILLS, Behaviour
from tests.conftest import SAMPLES
from tests.workshop.planted import MARKER, marker_model, write_pictures, written

WISHES = {"steps": 300, "learning_rate": 0.005}


@pytest.fixture(scope="module")
def model(session, tmp_path_factory):
    made = session.add_model(written(marker_model(), tmp_path_factory.mktemp("model") / "marker.keras"))
    yield made
    session.remove_model(made.id)


@pytest.fixture(scope="module")
def dataset(session, tmp_path_factory):
    made = session.add_dataset(write_pictures(tmp_path_factory.mktemp("planted") / "lines"))
    yield made
    session.datasets.remove(made.id)


def test_a_marker_is_unlearned_and_the_new_model_stands_beside_the_old_one(session, model, dataset):
    one = session.retrain(model, dataset, [MARKER], **WISHES)
    assert one.before.replaced <= 0.1 and one.after.replaced >= 0.9 and one.finding.kind == "cured"
    assert one.agreement >= 0.9 and len(one.looks) == 20 and one.job.done == 300
    new = session.retrainings.model(one)
    assert new.id != model.id and new.preprocessing == model.preprocessing
    assert new.class_names == ("across", "upright")
    assert session.retrainings.open(one).id == new.id  # asked for twice, it is there once
    again = session.retrain(new, dataset, [MARKER], steps=0)
    assert again.finding.kind == "measured" and again.before.replaced == pytest.approx(one.after.replaced, abs=0.11)
    session.remove_model(new.id)


def test_what_was_stopped_goes_on_to_the_same_numbers(session, model, dataset):
    request = lambda: session.retrainings.check(model, dataset, [MARKER], steps=200)  # noqa: E731
    whole = session.retrainings.start(request()).wait()
    one = session.retrainings.start(request())
    with pytest.raises(Conflict, match="has not been stopped"):
        session.retrainings.resume(one.id)
    until = time.monotonic() + 60
    while not one.step and time.monotonic() < until:
        time.sleep(0.01)
    one.job.cancel()
    with pytest.raises(Cancelled):
        one.wait()
    assert one.job.ended(30) and 0 < one.step < 200
    session.retrainings.resume(one.id).wait()
    np.testing.assert_array_equal(one.losses, whole.losses)
    for mine, other in zip(one.state.weights, whole.state.weights, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_model_that_is_added_again_has_the_weights_of_now(session, client, model, dataset):
    one = session.retrainings.start(session.retrainings.check(model, dataset, [MARKER], steps=200))
    until = time.monotonic() + 60
    while not one.step and time.monotonic() < until:
        time.sleep(0.01)
    one.job.cancel()
    assert one.job.ended(30) and 0 < one.step < 200
    place = f"/api/v1/workshop/retrainings/{one.id}"
    half = client.post(f"{place}/model").get_json()["model"]["id"]
    assert client.get(place).get_json()["new_model"] == half == session.retrainings.open(one).id
    session.retrainings.resume(one.id).wait()
    assert client.get(place).get_json()["new_model"] is None  # the one that was added has earlier weights
    whole = client.post(f"{place}/model").get_json()["model"]["id"]
    hashes = [session.models.get(id).source.sha256 for id in (half, whole)]
    assert whole != half and len(set(hashes)) == 2
    for id in (half, whole):
        client.delete(f"/api/v1/models/{id}")
    assert client.get(place).get_json()["new_model"] is None


def test_it_goes_on_while_the_workshop_trains(session, model, dataset):
    lines = ["vertical_line", "horizontal_line"]
    runs = [session.workshop(lines, epochs=10_000, seeds=10, seed=seed) for seed in (70, 80)]
    one = session.retrainings.start(session.retrainings.check(model, dataset, [MARKER], steps=4000))
    try:
        until = time.monotonic() + 60
        while one.step < 10 and time.monotonic() < until:
            assert all(run.status in ("queued", "running") for run in runs), "nothing was in its way"
            time.sleep(0.05)
        assert one.step >= 10
    finally:
        for job in (one.job, *(run.job for run in runs)):
            job.cancel()
            job.ended(30)
        for run in runs:
            session.workshop.runs.remove(run.id)


def test_a_killed_worker_gives_the_same_numbers(session, model, dataset):
    request = lambda: session.retrainings.check(model, dataset, [MARKER], steps=100)  # noqa: E731
    whole, one = session.retrainings.start(request()).wait(), session.retrainings.start(request())
    until = time.monotonic() + 60
    while not one.step and time.monotonic() < until:
        time.sleep(0.01)
    assert one.step < 100
    session.pool.kill("keras")
    one.wait()
    np.testing.assert_array_equal(one.losses, whole.losses)
    np.testing.assert_array_equal(one.after.answers, whole.after.answers)


@pytest.mark.parametrize(
    "regions, wishes, sentence",
    [
        (None, {}, "Nothing is painted"),
        ({}, {}, "Nothing is painted"),
        ([(0, 0, 1, 1)], {}, "nothing is left to learn from"),
        ([(0, 0, 2, 1)], {}, "as fractions of the image"),
        ({5000: [(0, 0, 0.5, 0.5)]}, {}, "not one of the images"),
        ("samples", {}, "no masks of their own"),
        ([MARKER], {"steps": 100_000}, "Expected 0 to 20000 as steps"),
        ([MARKER], {"learning_rate": float("nan")}, "Expected a learning rate above 0"),
        ([MARKER], {"forget": 2}, "Expected 0 (keep the weights)"),
        ([MARKER], {"way": "hope"}, "Expected one of filling, penalty, both"),
        ([MARKER], {"epochs": 5}, "Unknown option"),
    ],
)
def test_bad_input_gets_a_sentence(session, model, dataset, regions, wishes, sentence):
    with pytest.raises(BadInput) as refused:
        session.retrainings.check(model, dataset, regions, **wishes)
    assert sentence in str(refused.value) and refused.value.field


def test_images_of_one_class_are_refused(session, model, dataset):
    with pytest.raises(BadInput, match="All images are of one class"):
        session.retrainings.check(model, dataset[:20], [MARKER])


def test_few_painted_images_stand_for_all(session, model, dataset):
    request = session.retrainings.check(model, dataset, {3: [MARKER], 45: [MARKER]})
    masks = request.painted.masks
    assert request.painted.count == 2 and masks.shape == (80, 12, 12) and masks[:, :3, :3].all()
    assert any("2 of 80 images are painted" in note for note in request.notes)


def test_rest(client, model, dataset):
    body = {"model": model.id, "dataset": dataset.id, "regions": [list(MARKER)], "steps": 120, "learning_rate": 0.005}
    checked = client.post("/api/v1/workshop/retrainings/check", json=body).get_json()
    assert checked["images"] == {"trained": 60, "held": 20} and checked["recommended"]["forget"] == 1.0
    begun = client.post("/api/v1/workshop/retrainings", json=body)
    assert begun.status_code == 202
    place = f"/api/v1/workshop/retrainings/{begun.get_json()['retraining']['id']}"
    until = time.monotonic() + 120
    while (found := client.get(place).get_json())["status"] in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.2)
    assert found["status"] == "done" and found["before"]["replaced"] <= 0.1 and found["finding"]["title"]
    assert len(found["curve"]["looks"]) == 20 and len(found["examples"]) == 4
    image = found["examples"][0]["index"]
    for picture in (f"maps/{image}.png", f"maps/{image}.png?after=true", f"shown/{image}.png"):
        assert client.get(f"{place}/{picture}").data.startswith(b"\x89PNG")
    assert client.get(f"{place}/model.keras").data.startswith(b"PK")
    assert client.get(f"{place}/maps/999.png").status_code == 404
    assert client.get("/api/v1/workshop/retrainings/r-none").get_json()["error"]["message"]
    added = client.post(f"{place}/model")
    assert added.status_code == 202
    client.delete(f"/api/v1/models/{added.get_json()['model']['id']}")


@pytest.mark.parametrize("names", [("4" * 5000,), ("3", "03"), ("³",)])
def test_a_region_of_no_image_is_refused(client, model, dataset, names):
    body = {"model": model.id, "dataset": dataset.id, "regions": dict.fromkeys(names, [list(MARKER)])}
    answer = client.post("/api/v1/workshop/retrainings/check", json=body)
    assert answer.status_code == 400 and answer.get_json()["error"]["field"] == "regions"


@pytest.mark.parametrize(
    "wishes, allowed",
    [
        ({"way": "hope"}, ["filling", "penalty", "both"]),
        ({"fill": "pink"}, [*FILLS]),
        ({"steps": -1}, ["0 to 20000"]),
        ({"learning_rate": 0}, ["above 0, at most 1"]),
        ({"forget": 2}, ["0 to 1"]),
    ],
)
def test_a_refusal_comes_with_what_is_allowed(client, session, model, dataset, wishes, allowed):
    body = {"model": model.id, "dataset": dataset.id, "regions": [list(MARKER)]} | wishes
    answer = client.post("/api/v1/workshop/retrainings/check", json=body)
    assert answer.status_code == 400 and answer.get_json()["error"]["allowed"] == allowed
    with pytest.raises(BadInput) as refused:
        session.retrainings.check(model, dataset, [MARKER], **wishes)
    assert [*refused.value.allowed] == allowed


def behaves(usual, replaced, share=0.5, undecided=False, n_replaced=None):
    return Behaviour(20, usual, replaced, share, np.array([share]), np.zeros(20, int), undecided, n_replaced)


@pytest.mark.parametrize(
    "after, kind, words",
    [
        (behaves(0.98, 0.95, 0.1), "cured", "19 of 20 held-out images are right; before, 0 were."),
        (behaves(0.98, 0.95, 0.8), "cured", "80% of its evidence still lies there"),
        (behaves(0.8, 0.95, 0.1), "dearly", "As they are, 80% are right"),
        (behaves(1.0, 0.5), "better", "less than before"),
        (behaves(1.0, 0.0), "same", "300 steps are too few"),
        (behaves(0.5, 0.5, 0.5, True), "undecided", "nothing can be said"),
        (behaves(1.0, float("nan")), "unknown", "None of the held-out images is painted"),
    ],
)
def test_what_came_of_it_is_said_in_words(session, model, dataset, after, kind, words):
    request = session.retrainings.check(model, dataset, [MARKER], steps=300, forget=0.0)
    found = finding(request, behaves(1.0, 0.0, 0.9), after)
    assert found.kind == kind and words in found.detail
    assert bool(found.tries) == (kind != "cured")
    if kind == "same":
        assert found.tries[0].changes == {"forget": 1.0, "learning_rate": 0.002}


def test_paint_on_images_of_one_class_has_nothing_to_be_replaced_by(session, model, dataset):
    """The boxes share no pixel, so that the images without paint get none."""
    corners = [(0, 0, 0.3, 0.3), (0.5, 0, 0.8, 0.3), (0, 0.5, 0.3, 0.8), (0.5, 0.5, 0.8, 0.8)]
    one = session.retrain(model, dataset, {index: [corners[index % 4]] for index in range(40)}, steps=0)
    assert np.unique(one.request.plan.labels[one.request.plan.painted]).tolist() == [0]
    assert one.before.n_painted == 0 and "All painted images are of one class" in one.finding.detail


@pytest.mark.parametrize(
    "usual, replaced, words",
    [
        (1.0, 0.95, "stay right"),
        (1.0, 0.85, "Some of its answers change"),
        (1.0, 0.7, "Many of its answers change"),
        (1.0, 0.11, "Most of its answers change"),
        (0.6, 0.25, "Most of its answers change"),
        (1.0, 0.05, "It knows the painted part, not the rest"),
        (0.5, 0.5, "right about as often"),
        (0.05, 0.05, "right about as often"),
        (0.0, 0.0, "right about as often"),
    ],
)
def test_what_is_measured_is_said_by_its_size(session, model, dataset, usual, replaced, words):
    request = session.retrainings.check(model, dataset, [MARKER], steps=0)
    found = behaves(usual, replaced)
    assert words in finding(request, found, found).detail


@pytest.mark.parametrize(
    "before, after, kind, words",
    [
        (behaves(0.8, 0.1), behaves(0.85, 0.8), "cured", "16 of 20 held-out images are right; before, 2 were."),
        (behaves(0.8, 0.8), behaves(0.85, 0.85), "needless", "80% were right before, too"),
        (behaves(0.8, 0.1), behaves(0.85, 0.5), "better", "still relies"),
        (
            behaves(0.95, 0.1),
            behaves(0.5, 0.5),
            "unlearned",
            "50% of the held-out images are right, as by chance; before",
        ),
        (behaves(1.0, 0.0), behaves(1.0, 1 / 3, n_replaced=3), "better", "1 of 3 held-out images are right"),
    ],
)
def test_a_model_need_not_be_right_on_all_to_be_cured(session, model, dataset, before, after, kind, words):
    """What counts is how many of its right answers stay right, of the images on which that was measured."""
    request = session.retrainings.check(model, dataset, [MARKER], steps=300, forget=0.0)
    assert np.bincount(request.plan.labels[request.plan.held]).tolist() == [10, 10]
    found = finding(request, before, after)
    assert found.kind == kind and words in found.detail


def test_only_images_that_show_the_painted_part_are_counted(session, model, dataset):
    apart = {10 * k: [[k / 8, 0, k / 8 + 0.1, 0.1]] for k in range(8)}  # of both classes
    request = session.retrainings.check(model, dataset, apart, steps=0)
    assert (
        "8 of 80 images are painted; no pixel is painted in at least half of these, so the other 72" in request.notes[0]
    )
    one = session.retrainings.start(request)
    one.job.wait()
    held = int((request.plan.held & request.plan.painted).sum())
    assert one.before.n == 20 and one.before.n_replaced == held < 8
    alike = {index: [[0, 0, 0.3, 0.3]] for index in range(8)}
    assert "the others take what" in session.retrainings.check(model, dataset, alike, steps=0).notes[0]


def test_a_model_that_is_right_by_chance_is_not_said_to_know_anything(session, model, dataset):
    request = session.retrainings.check(model, dataset, [MARKER], steps=0)
    detail = finding(request, behaves(0.1, 0.07), behaves(0.1, 0.07)).detail
    assert "knows" not in detail and "answers change" in detail


@pytest.mark.usefixtures("lent_workers")
def test_the_command_writes_the_new_model_and_says_what_came_of_it(tmp_path, capsys):
    images = write_pictures(tmp_path / "lines")
    file = written(marker_model(), tmp_path / "marker.keras")
    asked = ["retrain", "--model", str(file), "--images", str(images), "--out", str(tmp_path / "new.keras")]
    assert main([*asked, "--box", "0,0,0.3,0.3", "--steps", "200", "--learning-rate", "0.005"]) == 0
    said = capsys.readouterr()
    assert "before: 100% right as they are" in said.out and "new.keras: 200 steps on 60 images" in said.out
    assert (tmp_path / "new.keras").read_bytes().startswith(b"PK")
    unwritten = [*asked[:-1], str(tmp_path / "none.keras"), "--box", "0,0,0.3,0.3", "--steps", "0"]
    assert main(unwritten) == 0 and "none.keras is not written" in capsys.readouterr().out
    assert not (tmp_path / "none.keras").exists()
    assert main(asked) == 2 and "either --box or --masks" in capsys.readouterr().err
    assert main([*asked, "--box", "here"]) == 2 and "four numbers" in capsys.readouterr().err


def after_a_restart(session):
    """The retrainings of a server that finds the same workspace."""
    old = session.retrainings
    return Retrainings(old._pool, old._jobs, old._models, old._opening, old._kept)


def test_what_came_of_it_outlives_the_server(session, client, model, dataset):
    one = session.retrain(model, dataset, {3: [MARKER], 45: [MARKER]}, steps=40)
    later = after_a_restart(session)
    found = later.get(one.id)
    assert found is not one and found.job.status == "done" and found.created == one.created
    assert found.request.asked == one.request.asked and found.request.notes == one.request.notes
    assert (found.finding, found.agreement, found.problems) == (one.finding, one.agreement, one.problems)
    for name in ("refs", "source", "preprocessing"):
        assert getattr(found.request.plan, name) == getattr(one.request.plan, name)
    for name in ("labels", "held", "masks"):
        np.testing.assert_array_equal(getattr(found.request.plan, name), getattr(one.request.plan, name))
    np.testing.assert_array_equal(found.losses, one.losses)
    np.testing.assert_array_equal(found.looks, one.looks)
    for mine, other in zip(found.state.weights, one.state.weights, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert len(later.file(found)) == len(session.retrainings.file(one))
    assert later.newest_first()[0] is found
    with pytest.raises(Conflict, match="has not been stopped"):
        later.resume(one.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "retrainings", later)
        told = client.get(f"/api/v1/workshop/retrainings/{one.id}").json
    assert told["status"] == told["job"]["status"] == "done" and told["finding"]["title"]


def test_one_that_was_stopped_goes_on_after_a_restart_to_the_same_numbers(session, model, dataset):
    request = lambda: session.retrainings.check(model, dataset, [MARKER], steps=200)  # noqa: E731
    whole, one = session.retrainings.start(request()).wait(), session.retrainings.start(request())
    while not one.step:
        time.sleep(0.01)
    one.job.cancel()
    assert one.job.ended(30) and one.step < 200
    later = after_a_restart(session)
    assert later.get(one.id).job.status == "cancelled" and later.get(one.id).step == one.step
    found = later.resume(one.id).wait()
    np.testing.assert_array_equal(found.losses, whole.losses)
    np.testing.assert_array_equal(found.after.answers, whole.after.answers)


def test_one_whose_pictures_were_replaced_since_does_not_go_on(session, model, tmp_path):
    images = session.add_dataset(write_pictures(tmp_path / "lines"))
    one = session.retrainings.start(session.retrainings.check(model, images, [MARKER], steps=200))
    while not one.step:
        time.sleep(0.01)
    one.job.cancel()
    assert one.job.ended(30)
    before, paths = one.before, [Path(images[place].path) for place in (0, -1)]
    contents = [path.read_bytes() for path in paths]
    paths[0].write_bytes(contents[1])
    later = after_a_restart(session)
    with pytest.raises(Conflict, match="Some pictures of lines.* are others than when this began"):
        later.resume(one.id).wait()
    paths[0].write_bytes(contents[0])
    found = later.resume(one.id).wait()
    assert found.step == 200 and found.before.usual == before.usual
    session.datasets.remove(images.id)


def test_the_images_of_one_whose_model_was_exchanged_do_not_stay_open(session, tmp_path):
    images = session.add_dataset(write_pictures(tmp_path / "lines"))
    other = written(marker_model(statistics=True), tmp_path / "other.keras")
    added = session.add_model(other)
    one = session.retrain(added, images, [MARKER], steps=0)
    session.datasets.remove(images.id)
    session.models.remove(added.id)
    shutil.copy(SAMPLES / "digits_mlp.keras", other)
    with pytest.raises(Conflict, match="no longer the same file"):
        after_a_restart(session).get(one.id)
    assert not [entry for entry in session.datasets.entries() if entry.path == str(tmp_path / "lines")]
    assert not [entry for entry in session.models.entries() if entry.file == "other.keras"]


def test_a_damaged_file_is_as_if_it_were_not_there(session, model, dataset):
    one = session.retrain(model, dataset, [MARKER], steps=20)
    folder = session.workspace.part("retrainings") / one.id
    for name, left in (("done.npz", "cancelled"), ("asked.npz", None), ("retraining.json", None)):
        whole = (folder / name).read_bytes()
        for damaged in (whole[: len(whole) // 2], whole[:200] + bytes([whole[200] ^ 255]) + whole[201:], b"", b"{}"):
            (folder / name).write_bytes(damaged)
            later = after_a_restart(session)
            if left is None:
                with pytest.raises(NotFound, match="There is no retraining"):
                    later.get(one.id)
            else:
                assert later.get(one.id).job.status == left and later.get(one.id).step == 0
        (folder / name).write_bytes(whole)
    assert after_a_restart(session).get(one.id).step == 20


def test_a_damaged_one_hides_no_other_from_the_list(session, client, model, dataset, monkeypatch):
    whole, broken, odd = (session.retrain(model, dataset, [MARKER], steps=0).id for _ in range(3))
    folder = session.workspace.part("retrainings")
    asked = folder / broken / "asked.npz"
    asked.write_bytes(asked.read_bytes()[:100])
    record = json.loads((folder / odd / "retraining.json").read_bytes())["record"]
    for thing, name in (("model", "sha256"), ("dataset", "fingerprint"), ("dataset", "path")):
        changed = record | {thing: {key: value for key, value in record[thing].items() if key != name}}
        (folder / odd / "retraining.json").write_text(json.dumps(changed))
        monkeypatch.setattr(session, "retrainings", after_a_restart(session))
        listed = client.get("/api/v1/workshop/retrainings").get_json()["retrainings"]
        ids = [one["id"] for one in listed]
        assert whole in ids and broken not in ids and odd not in ids


def test_only_the_newest_are_kept(session, model, dataset, monkeypatch):
    monkeypatch.setattr("innv_gui.session.retraining.kept.MOST", 2)
    ids = [session.retrain(model, dataset, [MARKER], steps=0).id for _ in range(3)]
    kept = {path.name for path in session.workspace.part("retrainings").iterdir()}
    assert kept == set(ids[1:])
    with pytest.raises(NotFound, match="There is no retraining"):
        session.retrainings.get(ids[0])
    assert [one.id for one in after_a_restart(session).newest_first()] == ids[:0:-1]


def test_the_oldest_stays_while_it_goes_on(session, model, dataset, monkeypatch):
    monkeypatch.setattr("innv_gui.session.retraining.kept.MOST", 1)
    begin = lambda: session.retrainings.start(session.retrainings.check(model, dataset, [MARKER], steps=0))  # noqa: E731
    first, second = begin(), begin()
    assert {one.id for one in session.retrainings.newest_first()} >= {first.id, second.id}
    assert session.retrainings.get(first.id) is first and first.wait().before is not None
    second.wait()


def test_the_help_of_the_command_names_what_is_taken_where_nothing_is_said(capsys):
    with pytest.raises(SystemExit):
        main(["retrain", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for number in (retraining_request.STEPS, retraining_request.STRENGTH, retraining_request.LEARNING_RATE):
        assert f"(default {number}" in said
    assert f"; {retraining_request.GENTLE} for kept weights" in said and "both (the default)" in said
