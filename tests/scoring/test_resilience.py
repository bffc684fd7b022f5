"""Scoring goes on: after a worker dies, after the server dies, with files that kill; pages answer meanwhile."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import psutil
import pytest

from innv_gui import Session
from innv_gui.errors import WorkerDied, WorkFailed
from innv_gui.session.scoring import plan as score_plan
from innv_gui.session.scoring.tasks import KILLER, Asking
from innv_gui.store.score_parts import read_about
from tests.conftest import SAMPLES
from tests.scoring.scored_pictures import make_pictures, same, scored, table

N = 1200


@pytest.fixture(scope="module")
def arrays(tmp_path_factory):
    """Noisy pictures in one file."""
    folder = tmp_path_factory.mktemp("arrays")
    rng = np.random.default_rng(0)
    np.savez(folder / "x.npz", x=rng.integers(0, 256, (N, 32, 32, 1), np.uint8), y=np.arange(N) % 10)
    return folder / "x.npz"


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(score_plan, "FIRST_ROWS", 32)
    monkeypatch.setattr(score_plan, "MOST_ROWS", 64)


@pytest.fixture(scope="module")
def undisturbed(session, sample_models, arrays):
    """The scores as they come out when nothing happens."""
    models = [sample_models["digits_cnn"], sample_models["digits_mlp"]]
    dataset = session.add_dataset(arrays)
    result = scored(session, models, dataset, {models[0].id: ["conv_1"]})
    return [table(result.folders[model.id]) for model in models]


@pytest.mark.usefixtures("lent_workers")
def test_a_worker_killed_at_the_beginning_in_the_middle_and_near_the_end_changes_nothing(
    tmp_path, arrays, undisturbed, small_chunks
):
    with Session(tmp_path) as session:
        models = [session.add_model(SAMPLES / f"{name}.keras") for name in ("digits_cnn", "digits_mlp")]
        job = session.scoring.start(models, session.add_dataset(arrays), {models[0].id: ["conv_1"]})
        for percent in (10, 50, 90):
            while job.done < N * percent / 100:
                time.sleep(0.002)
            os.kill(session.pool.pid("keras"), signal.SIGKILL)
        result = job.wait(200).result
        assert result.n_computed == N and len(result.by_worker) == 4
        for model, expected in zip(models, undisturbed, strict=True):
            same(table(result.folders[model.id]), expected)


SERVER = """
    import sys, time
    from innv_gui import Session
    from innv_gui.session.scoring import plan as score_plan
    score_plan.FIRST_ROWS, score_plan.MOST_ROWS = 32, 64
    workspace, model, images = sys.argv[1:]
    session = Session(workspace)
    job = session.scoring.start([session.add_model(model)], session.add_dataset(images))
    while True:
        print(job.done, flush=True)
        time.sleep(0.005)
"""


@pytest.mark.usefixtures("lent_workers")
def test_after_the_server_is_killed_only_what_is_missing_is_computed(tmp_path, arrays, undisturbed):
    script = tmp_path / "server.py"
    script.write_text(textwrap.dedent(SERVER))
    arguments = [str(tmp_path / "w"), str(SAMPLES / "digits_cnn.keras"), str(arrays)]
    process = subprocess.Popen([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, text=True)
    children = []
    for line in process.stdout:
        if int(line) >= N / 2:
            children = psutil.Process(process.pid).children(recursive=True)
            break
    process.kill()
    process.wait()
    process.stdout.close()
    _, alive = psutil.wait_procs(children, 10)
    assert children and not alive, "workers outlive their server"
    with Session(tmp_path / "w") as session:
        model, dataset = session.add_model(arguments[1]), session.add_dataset(arrays)
        folder = session.scoring.path(model, dataset)
        (folder / ".new-half.parquet").write_bytes(b"what a killed process leaves")
        kept = {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*.parquet")}
        job = session.scoring.start([model], dataset)
        result = job.wait(120).result
        rows = read_about(folder)["dataset"]["rows_a_part"]
        assert len(kept) >= N // 2 // rows - 1
        assert result.n_computed == N - len(kept) * rows
        assert {name: (folder / name).stat().st_mtime_ns for name in kept} == kept
        found = table(folder)
        assert not list(folder.glob(".new-*"))
    for name in ("probabilities", "predicted", "loss", "name", "index"):
        np.testing.assert_equal(found[name], undisturbed[0][name])


def _cpu_seconds(session, over_s: float) -> float:
    """Of the worker in that time; a worker that ends meanwhile counts as busy."""
    try:
        worker = psutil.Process(session.pool.pid("keras"))
        before = sum(worker.cpu_times()[:2])
        time.sleep(over_s)
        return sum(worker.cpu_times()[:2]) - before
    except psutil.NoSuchProcess:
        return over_s


@pytest.mark.usefixtures("lent_workers")
def test_cancel_frees_the_processor_within_five_seconds(tmp_path, arrays):
    with Session(tmp_path) as session:
        network = session.add_model("MobileNetV2", weights="random")
        job = session.scoring.start([network], session.add_dataset(arrays))
        while not job.done:
            time.sleep(0.02)
        started = time.monotonic()
        job.cancel()
        assert job.as_json()["status"] == "cancelled"
        idle_by = None
        while time.monotonic() - started < 10:
            if _cpu_seconds(session, 0.5) < 0.05:
                idle_by = time.monotonic() - started - 0.5
                break
        assert idle_by is not None and idle_by < 5


def test_a_file_that_ends_its_worker_is_left_out(session, sample_models, tmp_path, monkeypatch, small_chunks):
    """No picture is known to crash Pillow; the task dies here for every chunk that holds one."""
    dataset = session.add_dataset(make_pictures(tmp_path / "p", 100))
    whole, died = Asking._task, []

    def task(asking, refs):
        if any(ref.name.endswith("0041.png") for ref in refs):
            died.append(len(refs))
            raise WorkerDied("The keras worker died twice.")
        return whole(asking, refs)

    monkeypatch.setattr(Asking, "_task", task)
    model = sample_models["digits_cnn"]
    found = table(scored(session, [model], dataset).folders[model.id])
    bad = {name: reason for name, reason in zip(found["name"], found["problem"], strict=True) if reason}
    assert bad == {"1/0041.png": KILLER} and died[-1] == 1
    assert scored(session, [model], dataset).n_computed == 0


def test_a_model_that_ends_every_worker_fails_the_job_soon(session, sample_models, tmp_path, monkeypatch):
    dataset, died = session.add_dataset(make_pictures(tmp_path / "p", 100)), []

    def task(asking, refs):
        died.append(len(refs))
        raise WorkerDied("The keras worker died twice on digits_cnn.")

    monkeypatch.setattr(Asking, "_task", task)
    with pytest.raises(WorkFailed, match="died twice on digits_cnn"):
        scored(session, [sample_models["digits_cnn"]], dataset)
    assert len(died) <= 5


def test_pages_answer_while_images_are_scored(serve, tmp_path):
    folder = make_pictures(tmp_path / "p", 1500)
    server = serve("--model", "MobileNetV2@random", "--images", folder)
    models = json.load(server.get("/api/v1/models"))["models"]
    datasets = json.load(server.get("/api/v1/datasets"))["datasets"]
    body = {"dataset": datasets[0]["id"], "models": [models[0]["id"]]}
    job = json.load(server.post("/api/v1/suggestions", body))["job"]["id"]
    while not json.load(server.get(f"/api/v1/jobs/{job}"))["done"]:
        time.sleep(0.05)
    seconds = []
    for _ in range(20):
        started = time.monotonic()
        server.get("/images").read()
        seconds.append(time.monotonic() - started)
    assert json.load(server.get(f"/api/v1/jobs/{job}"))["status"] == "running"
    assert np.median(seconds) < 0.3
