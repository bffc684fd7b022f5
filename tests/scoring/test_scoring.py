"""The scoring job: what it computes, keeps, notices and refuses."""

import errno
import os
import threading
import time

import h5py
import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import BadInput, Cancelled, Conflict, ImageRefused, WorkFailed
from innv_gui.session.scoring import plan as score_plan
from innv_gui.session.scoring import work as score_work
from innv_gui.session.suggest.request import check_suggestion
from tests.conftest import SAMPLES
from tests.datasets.picture_files import good_and_bad
from tests.scoring.scored_pictures import make_pictures, same, scored, table


@pytest.fixture
def pictures(tmp_path):
    """A folder of 150 small pictures of digits' size, in two labelled folders that no model knows."""
    return make_pictures(tmp_path / "pictures", 150)


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of one batch, so that a short job has many."""
    monkeypatch.setattr(score_plan, "FIRST_ROWS", 32)
    monkeypatch.setattr(score_plan, "MOST_ROWS", 32)


def test_scores_are_what_predict_says_in_the_datasets_order(session, sample_models, sample_datasets):
    digits = sample_datasets["digits"]
    models = [sample_models[name] for name in ("digits_cnn", "digits_mlp", "digits_resnet")]
    result = scored(session, models, digits)
    for model in models:
        found = table(result.folders[model.id])
        assert found["index"] == list(range(len(digits))) and found["problem"] == [None] * len(digits)
        assert found["name"] == [ref.name for ref in digits] and found["label"] == [ref.label for ref in digits]
        np.testing.assert_allclose(found["probabilities"], session.predict(model, digits), atol=1e-6)


def test_activations_are_every_neurons_largest_over_the_positions(session, sample_models, sample_datasets):
    model, digits = sample_models["digits_cnn"], sample_datasets["digits"][:200]
    result = scored(session, [model], digits, {model.id: ["conv_1", "dense"]})
    folder = result.folders[model.id]
    for name, file in (("digit", "l0"), ("conv_1", "l1"), ("dense", "l2")):
        whole = session.layer_output(model, digits, name)
        expected = whole.reshape(len(whole), -1, whole.shape[-1]).max(axis=1)
        found = np.concatenate([h5py.File(path)["activations"][:] for path in sorted(folder.glob(f"*.{file}.h5"))])
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
        means = table(folder, f"mean:{name}")[f"mean:{name}"]
        np.testing.assert_allclose(means, expected.mean(axis=1), rtol=1e-4, atol=1e-4)


def test_the_default_layer_is_the_logits_not_the_softmax(session, sample_models, sample_datasets):
    model, digits = sample_models["digits_mlp"], sample_datasets["digits"][:64]
    means = table(scored(session, [model], digits).folders[model.id])["mean:digit"]
    assert np.ptp(means) > 1  # the mean of a softmax is the constant 1 / K


def test_colour_and_size_are_each_models_own(session, sample_models, pictures):
    dataset = session.add_dataset(pictures)
    models = [sample_models["digits_cnn"], sample_models["weather_clean"]]
    result = scored(session, models, dataset)
    for model in models:
        found = table(result.folders[model.id])["probabilities"]
        np.testing.assert_allclose(found, session.predict(model, dataset), atol=1e-6)


def test_a_finished_part_is_never_computed_again(session, sample_models, pictures):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(pictures)
    first = scored(session, [model], dataset)
    times = {path.name: path.stat().st_mtime_ns for path in first.folders[model.id].glob("part-*")}
    second = scored(session, [model], session.add_dataset(pictures))
    assert (first.n_computed, second.n_computed) == (150, 0)
    assert times == {path.name: path.stat().st_mtime_ns for path in second.folders[model.id].glob("part-*")}


def test_a_second_model_is_computed_alone(session, sample_models, pictures):
    one, other = sample_models["digits_cnn"], sample_models["digits_mlp"]
    dataset = session.add_dataset(pictures)
    alone = table(scored(session, [one], dataset).folders[one.id])
    both = scored(session, [one, other], dataset)
    assert both.n_computed == 150
    same(alone, table(both.folders[one.id]))


def test_more_models_than_a_worker_keeps_are_scored_in_groups(session, sample_models, pictures, monkeypatch):
    monkeypatch.setattr(score_plan, "MODELS_AT_ONCE", 2)
    models, dataset = (
        [sample_models[f"digits_{kind}"] for kind in ("cnn", "mlp", "resnet")],
        session.add_dataset(pictures),
    )
    job = session.scoring.start(models, dataset)
    folders = job.wait(60).result.folders
    assert job.done == job.total == 300
    for model in models:
        expected = session.predict(model, dataset)
        np.testing.assert_allclose(table(folders[model.id])["probabilities"], expected, atol=1e-6)


def test_a_further_layer_needs_a_pass_and_keeps_what_was_there(session, sample_models, pictures):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(pictures)
    scored(session, [model], dataset)
    again = scored(session, [model], dataset, {model.id: ["conv_2"]})
    assert again.n_computed == 150
    assert {"mean:digit", "mean:conv_2"} <= set(table(again.folders[model.id]))
    assert scored(session, [model], dataset, {model.id: ["conv_2"]}).n_computed == 0
    assert scored(session, [model], dataset).n_computed == 0


def test_another_preprocessing_is_another_set_of_scores(session, sample_models, pictures):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(pictures)
    before = scored(session, [model], dataset)
    changed = session.models.change(model.id, preprocessing="none")
    try:
        after = scored(session, [changed], dataset)
    finally:
        session.models.change(model.id, preprocessing=model.preprocessing)
    assert after.n_computed == 150 and after.folders != before.folders


def test_folders_with_the_same_names_are_kept_apart(session, sample_models, pictures, tmp_path):
    model = sample_models["digits_cnn"]
    one, other = session.add_dataset(pictures), session.add_dataset(make_pictures(tmp_path / "others", 150, seed=1))
    first, second = scored(session, [model], one), scored(session, [model], other)
    assert first.folders != second.folders and second.n_computed == 150
    assert scored(session, [model], one).n_computed == 0


def test_what_labels_mean_is_part_of_the_key(session, sample_models, pictures):
    model, dataset = session.add_model(SAMPLES / "digits_cnn.keras", name="renamed"), session.add_dataset(pictures)
    unknown = table(scored(session, [model], dataset).folders[model.id])
    named = session.models.change(model.id, class_names=[str(k) for k in range(10)])
    known = table(scored(session, [named], dataset).folders[model.id])
    session.remove_model(model.id)
    assert set(unknown["label_class"]) == {-1} and np.isnan(unknown["loss"]).all()
    assert known["label_class"] == [int(label) for label in known["label"]]
    chosen = np.stack(known["probabilities"])[np.arange(150), known["label_class"]]
    np.testing.assert_allclose(known["loss"], -np.log(chosen), rtol=1e-5, atol=1e-6)


def test_images_that_changed_between_two_runs_are_scored_again_the_others_not(session, sample_models, pictures):
    model = sample_models["digits_cnn"]
    before = table(scored(session, [model], session.add_dataset(pictures)).folders[model.id])
    files = [ref.path for ref in session.add_dataset(pictures)]
    Image.fromarray(np.full((12, 10), 200, np.uint8)).save(files[100])
    os.utime(files[100], (10**9, 10**9))
    result = scored(session, [model], session.add_dataset(pictures))
    after = table(result.folders[model.id])
    assert result.n_computed == 64  # one part of three
    differ = [row for row in range(150) if before["probabilities"][row] != after["probabilities"][row]]
    assert differ == [100]


def test_images_that_vanish_change_or_break_after_opening_are_counted_and_listed(session, sample_models, pictures):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(pictures)
    paths = [ref.path for ref in dataset]
    os.unlink(paths[3])
    for row in (5, 140):
        with open(paths[row], "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n")
        os.utime(paths[row], (10**9, 10**9))  # an old date hides nothing
    job = session.scoring.start([model], dataset)
    result = job.wait(60).result
    found = table(result.folders[model.id])
    assert result.n_problems == 3 and "3 of 150" in job.message
    bad = {row: reason for row, reason in enumerate(found["problem"]) if reason}
    assert set(bad) == {3, 5, 140} and "not there" in bad[3] and "changed since" in bad[5]
    for row in bad:
        assert found["predicted"][row] == -1 and np.isnan(found["probabilities"][row]).all()
    with pytest.raises(ImageRefused):
        session.predict(model, [paths[5]])


def test_what_the_others_get_does_not_depend_on_a_bad_image(session, sample_models, pictures):
    model = sample_models["digits_cnn"]
    before = table(scored(session, [model], session.add_dataset(pictures)).folders[model.id])
    dataset = session.add_dataset(pictures)
    with open(dataset[40].path, "wb") as file:
        file.write(b"no picture")
    after = table(scored(session, [model], session.add_dataset(pictures)).folders[model.id])
    rows = [row for row in range(150) if row != 40]
    assert [after["probabilities"][row] for row in rows] == [before["probabilities"][row] for row in rows]


def test_many_bad_files_are_listed_with_reasons_and_the_same_again(session, sample_models, tmp_path):
    model = sample_models["digits_cnn"]
    folder = good_and_bad(tmp_path / "images", 900, 100)
    dataset = session.add_dataset(folder)
    result = scored(session, [model], dataset)
    found = table(result.folders[model.id])
    bad = {name: reason for name, reason in zip(found["name"], found["problem"], strict=True) if reason}
    left_out = {problem.name for problem in dataset.problems}
    assert len(bad) + len(left_out) == 100 and len(dataset) - result.n_problems == 900
    assert all("bad_" in name for name in [*bad, *left_out]) and len(set(bad.values())) > 3
    again = scored(session, [model], session.add_dataset(folder))
    assert again.n_computed == 0 and again.n_problems == result.n_problems
    assert table(again.folders[model.id], "problem")["problem"] == found["problem"]


def test_when_not_one_image_can_be_read_the_job_says_why(session, sample_models, tmp_path):
    dataset = session.add_dataset(make_pictures(tmp_path / "p", 3))
    for ref in dataset:
        os.unlink(ref.path)
    with pytest.raises(WorkFailed, match=r"No image of p(-\d+)? could be scored.*not there"):
        scored(session, [sample_models["digits_cnn"]], dataset)


def test_a_part_of_a_dataset_is_scored_alone_under_its_own_positions(session, sample_models, pictures):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(pictures)
    chosen = dataset[[7, 120, 3]]
    result = scored(session, [model], chosen)
    found = table(result.folders[model.id])
    assert result.n_computed == 3 and found["index"] == [7, 120, 3]
    np.testing.assert_allclose(found["probabilities"], session.predict(model, chosen), atol=1e-6)


def test_arrays_are_scored_like_files(session, sample_models, tmp_path):
    model = sample_models["digits_cnn"]
    x = np.random.default_rng(0).integers(0, 256, (300, 32, 32, 1)).astype(np.uint8)
    np.savez(tmp_path / "x.npz", x=x, y=np.arange(300) % 10)
    dataset = session.add_dataset(tmp_path / "x.npz")
    found = table(scored(session, [model], dataset).folders[model.id])
    np.testing.assert_allclose(found["probabilities"], session.predict(model, dataset), atol=1e-6)
    assert found["label_class"] == [k % 10 for k in range(300)]


@pytest.mark.usefixtures("lent_workers")
def test_a_preprocess_function_that_fails_on_one_picture_loses_that_one(tmp_path, pictures):
    (tmp_path / "hooks.py").write_text(
        "import numpy as np\n"
        "from PIL import Image\n"
        "def preprocess(images):\n"
        "    if any(image.min() == 255 for image in images):\n"
        "        raise ValueError('too bright')\n"
        "    small = [np.asarray(Image.fromarray(image[..., 0]).resize((32, 32))) for image in images]\n"
        "    return np.stack(small)[..., None] / 255\n"
    )
    for number in (10, 77):
        Image.fromarray(np.full((12, 10), 255, np.uint8)).save(pictures / str(number % 2) / f"{number:04d}.png")
    with Session(tmp_path / "w", hooks=str(tmp_path / "hooks.py")) as session:
        model = session.add_model("sample_models/digits_cnn.keras")
        dataset = session.add_dataset(pictures)
        result = scored(session, [model], dataset)
        found = table(result.folders[model.id])
        bright = {int(name[2:6]) for name, text in zip(found["name"], found["problem"], strict=True) if text}
        reasons = {text for text in found["problem"] if text}
        first = dataset[:5]
        np.testing.assert_allclose(found["probabilities"][:5], session.predict(model, first), atol=1e-6)
    assert bright == {10, 77} and result.n_problems == 2
    assert all("too bright" in text for text in reasons)


# -- jobs: order, progress, cancel, what else goes on


def test_jobs_are_done_in_order_and_say_what_they_wait_for(session, sample_models, pictures, small_chunks):
    dataset, others = session.add_dataset(pictures), session.add_dataset(pictures)
    first = session.scoring.start([sample_models["digits_resnet"]], dataset)
    second = session.scoring.start([sample_models["digits_mlp"]], others[:100])
    if not first.ended():
        assert second.status == "queued" and second.message == f"Waiting for: {first.title}."
    second.wait(60)
    assert first.status == second.status == "done" and second.message == ""


def test_progress_has_a_rate_and_the_time_left(session, sample_models, tmp_path, small_chunks):
    dataset = session.add_dataset(make_pictures(tmp_path / "p", 600))
    job = session.scoring.start([sample_models["digits_cnn"]], dataset)
    seen = []
    while not job.ended(0.02):
        seen.append(job.as_json())
    job.wait()
    during = [state for state in seen if state["status"] == "running" and state["rate"]]
    assert during and all(state["unit"] == "images" and state["total"] == 600 for state in during)
    assert any(state["seconds_left"] for state in during)
    assert [state["done"] for state in seen] == sorted(state["done"] for state in seen)
    kept = session.scoring.start([sample_models["digits_cnn"]], dataset)
    assert kept.wait(30).as_json()["done"] == 600 and kept.rate is None


def test_an_explanation_asked_meanwhile_gets_its_turn(session, sample_models, sample_datasets, tmp_path, small_chunks):
    dataset = session.add_dataset(make_pictures(tmp_path / "p", 3000))
    job = session.scoring.start([sample_models["digits_resnet"], sample_models["digits_cnn"]], dataset)
    while not job.done:
        time.sleep(0.01)
    session.explain(sample_models["digits_mlp"], sample_datasets["digits"][:1], "gradient", engine="native")
    session.predict(sample_models["digits_mlp"], sample_datasets["digits"][:1])
    assert not job.ended(), "the job went first"
    job.cancel()
    job.ended(30)


def test_a_long_chunk_makes_way_and_what_was_left_of_it_is_done_later(
    session, sample_models, sample_datasets, tmp_path, monkeypatch
):
    monkeypatch.setattr(score_plan, "FIRST_ROWS", 96)
    taken, asked = [], threading.Event()
    took, ask = score_plan.Cutter.took, score_work.Asking.score
    monkeypatch.setattr(score_plan.Cutter, "took", lambda self, *a: (taken.append(a[0]), took(self, *a))[1])
    monkeypatch.setattr(score_work.Asking, "score", lambda self, refs: (asked.set(), ask(self, refs))[1])
    np.save(tmp_path / "x.npy", np.random.default_rng(0).integers(0, 256, (96, 16, 16, 3), np.uint8))
    model, dataset = session.add_model("MobileNetV2", weights="random"), session.add_dataset(tmp_path / "x.npy")
    session.predict(sample_models["digits_mlp"], sample_datasets["digits"][:1])  # both are loaded
    scored(session, [model], dataset[:1])
    taken.clear()
    asked.clear()
    job = session.scoring.start([model], dataset)
    assert asked.wait(30)
    time.sleep(0.2)
    session.explain(sample_models["digits_mlp"], sample_datasets["digits"][7:8], "deconvnet", engine="native")
    assert not job.ended()
    result = job.wait(60).result
    assert taken[0].stop < 96 == taken[-1].stop
    assert [chunk.start for chunk in taken[1:]] == [chunk.stop for chunk in taken[:-1]]
    found = table(result.folders[model.id])["probabilities"]
    np.testing.assert_allclose(found, session.predict(model, dataset), atol=1e-6)


def test_cancel_says_so_at_once_keeps_what_is_done_and_frees_the_worker(session, sample_models, tmp_path, small_chunks):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(make_pictures(tmp_path / "p", 3000))
    job = session.scoring.start([model], dataset)
    while job.done < 1000:
        time.sleep(0.01)
    worker, started = session.pool.pid("keras"), time.monotonic()
    job.cancel()
    assert job.status == "cancelled"
    with pytest.raises(Cancelled):
        job.wait(20)
    assert job.ended(0) and time.monotonic() - started < 5
    assert session.pool.pid("keras") == worker, "the worker was killed, with all that it had loaded"
    finished = len(list(session.scoring.path(model, dataset).glob("*.parquet")))
    assert finished >= 4
    result = scored(session, [model], dataset)
    assert result.n_computed == 3000 - finished * 160  # parts of 160 rows


def test_a_disk_that_fills_up_stops_the_job_with_what_is_needed(session, sample_models, pictures, monkeypatch):
    model, dataset = sample_models["digits_cnn"], session.add_dataset(pictures)
    write, written = score_work.ScoreFolder.write, []

    def full(folder, part, *content):
        if part >= 1:
            error = WorkFailed("part cannot be written: the disk is full.")
            raise error from OSError(errno.ENOSPC, "No space left on device")
        written.append(part)
        return write(folder, part, *content)

    monkeypatch.setattr(score_work.ScoreFolder, "write", full)
    job = session.scoring.start([model], dataset)
    with pytest.raises(WorkFailed, match=r"disk is full: scoring pictures\S* needs about [\d.]+ MB more .* are free"):
        job.wait(60)
    assert table(session.scoring.path(model, dataset))["index"] == list(range(64))
    monkeypatch.undo()
    assert scored(session, [model], dataset).n_computed == 86


def test_a_disk_without_room_is_told_before_any_work(session, sample_models, pictures, monkeypatch):
    monkeypatch.setattr(score_work.ScoreFolder, "free_bytes", lambda folder: 1000)
    with pytest.raises(WorkFailed, match=r"needs about .* MB more in the workspace, 0\.0 MB are free"):
        scored(session, [sample_models["digits_cnn"]], session.add_dataset(pictures))


def test_a_second_session_on_the_workspace_is_refused_naming_the_first(session):
    with pytest.raises(Conflict, match=f"in use by process {os.getpid()}"):
        Session(session.workspace.folder)


# -- what cannot be asked for


@pytest.mark.parametrize(
    ("wish", "field", "words"),
    [
        ({"models": []}, "models", "No model"),
        ({"models": ["digits_cnn"]}, "models", "Expected a model"),
        ({"layer": "nope"}, "layer", "digits_cnn has no layer 'nope'"),
        ({"layers": ["nope"]}, "layer", "no layer 'nope'"),
        ({"layers": "nope"}, "layer", "no layer 'nope'"),
        ({"layer": 3}, "layer", "Expected a name"),
        ({"neuron": 10}, "neuron", "neurons 0 to 9, got 10"),
        ({"neuron": -1}, "neuron", "neurons 0 to 9, got -1"),
        ({"neuron": "x"}, "neuron", "Expected a number"),
        ({"neuron": True}, "neuron", "Expected a number"),
        ({"layer": "conv_1", "neuron": 999}, "neuron", "Layer 'conv_1' of digits_cnn has neurons 0 to"),
        ({"class_": "cat"}, "class", "digits_cnn has no class 'cat'"),
        ({"class_": 10}, "class", "no class '10'"),
        ({"class_": 1.5}, "class", "Expected a class"),
        ({"dataset": "folder"}, "dataset", "Expected a dataset"),
    ],
)
def test_what_cannot_be_used_is_refused_naming_the_field(sample_models, sample_datasets, wish, field, words):
    asked = {"models": [sample_models["digits_cnn"]], "dataset": sample_datasets["digits"], **wish}
    with pytest.raises(BadInput, match=words) as refusal:
        check_suggestion(**asked)
    assert refusal.value.field == field


def test_one_image_is_too_few(sample_models, sample_datasets):
    with pytest.raises(BadInput, match="digits has 1 image; at least 2 are needed") as refusal:
        check_suggestion([sample_models["digits_cnn"]], sample_datasets["digits"][:1])
    assert refusal.value.field == "dataset"


def test_layers_and_neurons_can_be_each_models_own(sample_models, sample_datasets):
    one, other = sample_models["digits_cnn"], sample_models["digits_mlp"]
    request = check_suggestion(
        [one, other], sample_datasets["digits"], {one.name: "conv_1"}, {one.id: 3}, "3", {other.id: ["image"]}
    )
    assert request.layers == {one.id: "conv_1", other.id: other.facts.explained_layer}
    assert request.neurons == {one.id: 3} and request.more == {one.id: (), other.id: ("image",)}
    assert request.class_ == "3"


def test_the_class_must_be_one_of_every_model(sample_models, sample_datasets):
    models = [sample_models["digits_cnn"], sample_models["weather_clean"]]
    with pytest.raises(BadInput, match="weather_clean has no class '3'"):
        check_suggestion(models, sample_datasets["digits"], class_="3")


def test_scoring_threads_end_with_their_job(session, sample_models, pictures):
    scored(session, [sample_models["digits_cnn"]], session.add_dataset(pictures)[:40])
    time.sleep(0.2)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("chunk")]
