"""Faults of processes: killed workers, a killed server, a second server, an end under load, a clock set back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from bench.soak import work
from bench.soak.pictures import array_of, folder_of
from bench.soak.product import ENDED, ROOT, SAMPLES, STOP_S, Product, product
from bench.soak.trial import Outcome, Trials

fault = Trials("fault")
MODELS = [SAMPLES / "digits_cnn.keras", SAMPLES / "digits_resnet.keras"]
N_IMAGES, N_SCORED = 1200, 6000
DAY_S = 86_400
_UNDISTURBED: dict[str, np.ndarray] = {}


def _disturbed(kind: str, folder: Path) -> Outcome:
    """The numbers of a kind of work whose worker is killed in the middle, against those of an undisturbed run."""
    begin, worker = work.WORK[kind]
    images = array_of(folder / "images.npz", N_IMAGES)
    with product(folder / "quiet", MODELS, [images]) as running:
        wanted, _ = _finished(running, begin(work.place_of(running)))
    with product(folder / "killed", MODELS, [images]) as running:
        place = work.place_of(running)
        begun = begin(place)
        running.running(begun.job, 0.2)
        found = running.worker(worker)
        state = running.ask(f"/jobs/{begun.job}")
        was = state.get("job", state)["status"]
        found.kill()
        got, status = _finished(running, begun)
    same = got is not None and got.shape == wanted.shape and np.array_equal(got, wanted, equal_nan=True)
    figure = f"killed while {was}; then {status}, numbers {'equal' if same else 'differ'}"
    return Outcome(same and was == "running", figure)


def _finished(running: Product, begun: work.Begun) -> tuple[np.ndarray | None, str]:
    job = running.ended(begun.job)
    return (begun.numbers(), "done") if job["status"] == "done" else (None, f"{job['status']}: {job['error']}")


for _kind, (_, _worker) in work.WORK.items():
    _trial = partial(_disturbed, _kind)
    _trial.__name__ = f"worker_killed_in_{_kind}"
    fault(f"kill -9 of the {_worker} worker in the middle: {_kind.replace('_', ' ')}")(_trial)


@fault("three kills of a worker within seconds of its start, then work")
def quick_deaths(folder: Path) -> Outcome:
    images = array_of(folder / "images.npz", 100)
    with product(folder / "w", MODELS, [images]) as running:
        place = work.place_of(running)
        for _ in range(3):
            dead = running.worker("keras")
            dead.kill()
            dead.wait(10)
            running.worker("keras")
        started = time.monotonic()
        begun = work.explain(place, "gradient")
        job = running.ended(begun.job, 120)
        took = time.monotonic() - started
    words = "" if job["status"] == "done" else f": {job['error']}"
    return Outcome(job["status"] == "done", f"{job['status']} {took:.1f} s after the third{words}")


@fault("kill -9 of the server while scoring, then the same workspace")
def server_killed(folder: Path) -> Outcome:
    images = folder_of(folder / "images", N_SCORED)
    running = Product(folder / "w", MODELS, [images])
    begun = work.score(work.place_of(running))
    running.running(begun.job, 0.5)
    left = running.kill()
    kept = {path: path.stat().st_mtime_ns for path in (folder / "w" / "scores").rglob("part-*.parquet")}
    with product(folder / "w", MODELS, [images]) as again:
        begun = work.score(work.place_of(again))
        job = again.ended(begun.job)
        rows = len(begun.numbers()) if job["status"] == "done" else 0
        twice = [path for path, when in kept.items() if path.stat().st_mtime_ns != when]
    figure = f"{len(kept)} parts kept, {len(twice)} done twice, {rows:,} rows, {left} workers outlived it"
    return Outcome(bool(kept) and not twice and rows == N_SCORED and not left, figure)


@fault("two servers on one workspace")
def two_servers(folder: Path) -> Outcome:
    with product(folder / "w", MODELS[:1], []) as running:
        command = [sys.executable, "-m", "innv_gui.cli", "serve", "--port", "0", "--workspace", str(folder / "w")]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
        alive = running.status("/models")[0]
    said = second.stderr.strip()[:160]
    return Outcome(second.returncode in (1, 2) and "in use" in said and alive == 200, f"{second.returncode}: {said}")


@fault("SIGTERM under load")
def ended_under_load(folder: Path) -> Outcome:
    images = folder_of(folder / "images", N_SCORED)
    running = Product(folder / "w", ["MobileNetV2@random", *MODELS], [images])
    place = work.place_of(running)
    jobs = [work.score(place), work.explain(place), work.maximize(place), work.rank(place)]
    running.running(jobs[0].job)
    took, left = running.stop()
    return Outcome(took <= STOP_S and not left, f"ended after {took:.1f} s, {left} processes left")


@fault("a clock set back by a day between two starts")
def clock_set_back(folder: Path) -> Outcome:
    """What was written seems to come from tomorrow: times of files, and of records as far as they hold any."""
    images = folder_of(folder / "images", 300)
    with product(folder / "w", MODELS, [images]) as running:
        place = work.place_of(running)
        begun = [work.explain(place, "gradient"), work.score(place)]
        wanted = [_finished(running, one)[0] for one in begun]
    _later(folder / "w", DAY_S)
    with product(folder / "w", MODELS, [images]) as running:
        place = work.place_of(running)
        parts = {path: path.stat().st_mtime_ns for path in (folder / "w" / "scores").rglob("part-*.parquet")}
        begun = [work.explain(place, "gradient"), work.score(place)]
        got = [_finished(running, one)[0] for one in begun]
        n_runs = len(running.ask("/history")["runs"])
        again = sum(path.stat().st_mtime_ns != when for path, when in parts.items())
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(wanted, got, strict=True))
    return Outcome(same and not again and n_runs >= 1, f"numbers equal: {same}, {again} parts scored again")


def _later(workspace: Path, by_s: int) -> None:
    for path in workspace.rglob("*"):
        if path.is_file():
            when = path.stat().st_mtime + by_s
            os.utime(path, (when, when))
    for path in (workspace / "history").glob("*.json"):
        record = json.loads(path.read_text())
        for name, value in record.items():
            if isinstance(value, int | float) and value > 1e9:
                record[name] = value + by_s
        path.write_text(json.dumps(record))


@fault("images changed and deleted during a run")
def images_changed(folder: Path) -> Outcome:
    images = folder_of(folder / "images", N_SCORED)
    with product(folder / "w", MODELS, [images]) as running:
        place = work.place_of(running)
        begun = work.score(place)
        running.running(begun.job, 0.1)
        paths = sorted(images.rglob("*.png"))
        for path in paths[-500:]:
            path.unlink()
        for path in paths[-1000:-500]:
            path.write_bytes(b"no picture any more")
        job = running.ended(begun.job)
        rows = len(begun.numbers()) if job["status"] == "done" else 0
        broken = work.explain(place, "gradient", first=N_SCORED - work.N_EXPLAINED)
        state = running.ended(broken.job)
        alive = running.status("/models")[0]
    held = job["status"] == "done" and rows == N_SCORED and state["status"] in ENDED and alive == 200
    return Outcome(held, f"scoring {job['status']}, {rows:,} rows; {job['message'] or 'all were read before'}")
