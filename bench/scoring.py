"""How fast images are scored, against what decoding and predicting take by themselves; and what memory that needs.

`python -m bench.scoring photos | small | memory N | bad` is one measurement in a process of its own, told as JSON;
`measure()` asks for all of them. Decoding and predicting alone are measured before and after the job, in the same run
and at the same batch; both use all cores, so that 1 / (1/d + 1/p) is the most that sharing the cores allows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from bench.memory import peak_kib

PHOTOS = 2000
SAMPLE = 384  # photos for decoding and predicting alone, before and after each job
JOBS, ROUNDS = 3, 3  # jobs, and rounds of decoding and predicting alone around each: one second differs by a third
LOOPED = 100
MEMORY_ROWS = (20_000, 200_000)
AIM_RATIO, AIM_TIMES = 0.95, 5.0
MEMORY_FACTOR, MEMORY_MIB = 1.1, 50
GOOD, BAD = 9000, 1000


def measure() -> dict:
    """All of it, one process after the other."""
    memory = [_asked("memory", rows) for rows in MEMORY_ROWS]
    asked = {name: _asked(name) for name in ("photos", "small", "bad")}
    return {**asked, "memory": memory, "loop": _asked(module="bench.photo_loop")}


def _asked(*words, module: str = "bench.scoring") -> object:
    command = [sys.executable, "-m", module, *map(str, words)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _rate(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


class Alone:
    """Decoding and predicting by themselves, in this process."""

    def __init__(self, wishes: list, refs: list):
        from innv_gui.runtimes.keras.predict.score import Voter

        self._refs = refs
        self._voters = [Voter(wish) for wish in wishes]
        self._inputs = self.decode()
        for voter in self._voters:
            self.predict(voter)

    def decode(self) -> list:
        """Every photo as network input."""
        from innv_gui.runtimes.keras.predict import score

        voter = self._voters[0]
        return [voter.input_of(batch, {}) for batch in score.batches(self._refs, (voter.look,), 0)]

    def predict(self, voter) -> None:
        """Every photo's scores."""
        for x in self._inputs:
            voter.scores_of(x)

    def rates(self) -> list[float]:
        """Photos a second: decoding, then each model."""
        n = len(self._refs)
        return [_rate(n, self.decode), *(_rate(n, lambda v=voter: self.predict(v)) for voter in self._voters)]

    def typical(self) -> list[float]:
        """The same, the middle one of a few rounds."""
        return [median(of_one) for of_one in zip(*(self.rates() for _ in range(ROUNDS)), strict=True)]


def photos() -> list[dict]:
    """The job with one and with two models over JPEG photos."""
    from bench.photos import make_photos
    from innv_gui import Session
    from innv_gui.records import ScoreWish

    with tempfile.TemporaryDirectory() as folder, Session(Path(folder) / "w") as session:
        dataset = session.add_dataset(make_photos(Path(folder) / "photos", PHOTOS))
        models = [session.add_model("MobileNetV2", weights="random") for _ in range(2)]
        models[1] = session.models.change(models[1].id, preprocessing="torch")  # the same work, another set of scores
        wishes = [ScoreWish(model.source, models[0].preprocessing, ()) for model in models]
        return [_in_turns(session, models[:n], dataset, Alone(wishes[:n], list(dataset[:SAMPLE]))) for n in (1, 2)]


def _in_turns(session, models: list, dataset, alone: Alone) -> dict:
    """Jobs between rounds of decoding and predicting alone; the ratio in the middle, with its rates."""
    session.scoring.start(models, dataset[:SAMPLE]).wait()
    found, before = [], alone.typical()
    for turn in range(JOBS):
        job = session.scoring.start(models, dataset[SAMPLE + JOBS * len(models) + turn :]).wait()  # none of it is kept
        after = alone.typical()
        rates = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
        limit, rate, before = 1 / sum(1 / one for one in rates), job.total / job.seconds, after
        found.append({"models": len(models), "rate": rate, "alone": rates, "limit": limit, "ratio": rate / limit})
    return sorted(found, key=lambda one: one["ratio"])[JOBS // 2]


def small() -> dict:
    """The job with a small model, against a loop that opens and predicts one image at a time."""
    from innv_gui import Session

    with tempfile.TemporaryDirectory() as folder, Session(Path(folder) / "w") as session:
        entry = session.add_samples("digits")
        dataset, model = session.datasets.get(entry.id), session.add_model("sample_models/digits_cnn.keras")
        session.scoring.start([model], dataset[:SAMPLE]).wait()
        job = session.scoring.start([model], dataset).wait()
        loop = _loop([ref.path for ref in dataset[:LOOPED]])
        rate = len(dataset) / job.seconds
        return {"rate": rate, "loop": loop, "times": rate / loop}


def _loop(paths: list[str]) -> float:
    import keras
    from PIL import Image

    network = keras.models.load_model("sample_models/digits_cnn.keras", compile=False)
    height, width, _ = network.input_shape[1:]

    def one(path: str) -> None:
        image = Image.open(path).convert("L").resize((width, height))
        network(np.asarray(image, np.float32)[None, ..., None] / 255, training=False).numpy()

    one(paths[0])
    return _rate(len(paths), lambda: [one(path) for path in paths])


def memory(rows: int) -> dict:
    """Peak MiB of the web process and of the worker after a job over `rows` synthetic pictures."""
    from innv_gui import Session

    with tempfile.TemporaryDirectory() as folder, Session(Path(folder) / "w") as session:
        path = Path(folder) / "x.npy"
        x = np.lib.format.open_memmap(path, "w+", np.uint8, (rows, 16, 16, 1))
        for start in range(0, rows, 10_000):
            x[start : start + 10_000] = np.random.default_rng(start).integers(0, 256, x[start : start + 10_000].shape)
        del x
        model, dataset = session.add_model("sample_models/digits_mlp.keras"), session.add_dataset(path)
        job = session.scoring.start([model], dataset).wait()
        worker = peak_kib(session.pool.pid("keras"))
        web = peak_kib()
        peaks = {"web_mib": web / 1024, "worker_mib": worker / 1024}
        return {"rows": rows, "rate": rows / job.seconds, **peaks}


def bad() -> dict:
    """10 000 files of which 1 000 are bad: counts of two runs."""
    sys.path.insert(0, ".")
    from innv_gui import Session
    from tests.datasets.picture_files import good_and_bad

    with tempfile.TemporaryDirectory() as folder, Session(Path(folder) / "w") as session:
        images = good_and_bad(Path(folder) / "images", GOOD, BAD)
        model, lists = session.add_model("sample_models/digits_mlp.keras"), []
        for _ in range(2):
            dataset = session.add_dataset(images)
            result = session.scoring.start([model], dataset).wait().result
            suggestion = session.suggest([model], dataset)
            listed = [(p.name, p.reason) for p in (*dataset.problems, *suggestion.problems)]
            lists.append((len(dataset) - result.n_problems, listed))
        return {"scored": lists[0][0], "listed": len(lists[0][1]), "same": lists[0] == lists[1]}


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    print(json.dumps({"photos": photos, "small": small, "memory": memory, "bad": bad}[what](*map(int, more))))
