"""A million scored images, three models: how long plots, zooms, filters and lists take on the server, and its memory.

The scores are made up and written in the form of a scoring job; no image exists. The measuring process is a fresh one
that answers as the web process does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.memory import peak_gib

WHERE = "where=%7B%22entropy%22%3A%20%22%3E1%22%2C%20%22label%22%3A%20%5B%223%22%5D%7D"  # two columns
N_IMAGES, N_MODELS, N_CLASSES = 1_000_000, 3, 10
TOKEN = "t" * 32
AIMS_S = {"plot": 2.0, "zoom": 0.3, "filter": 0.5, "page": 0.3}
MEMORY_GIB = 1.5


def made_up(session, n: int = N_IMAGES):
    """A suggestion over n images of a folder that does not exist, scored by N_MODELS models."""
    from innv_gui.cluster.jobs import Job
    from innv_gui.session.scoring.scoring import open_folder
    from innv_gui.session.suggest.request import check_suggestion
    from innv_gui.session.suggest.suggestion import Suggestion

    dataset, models = _dataset(session, n), [_model(position) for position in range(N_MODELS)]
    request = check_suggestion(models, dataset, neuron=3)
    folders = {model.id: open_folder(session.scoring.scores, model, dataset) for model in models}
    for part in folders[models[-1].id].missing():
        _write(part, [folders[model.id] for model in models], dataset)
    job = Job("score", "Scoring", n, "images")
    job.run(lambda job: job.step(n))
    suggestion = Suggestion(request, {id: folder.path for id, folder in folders.items()}, job)
    session._suggestions.put(suggestion)
    return suggestion


def _dataset(session, n: int):
    from innv_gui.datasets.collection import ProblemList, of_files
    from innv_gui.session.datasets import Dataset, DatasetEntry

    labels = [str(index * N_CLASSES // n) for index in range(n)]
    files = [f"{label}/image_{index:07d}.jpg" for index, label in enumerate(labels)]
    dataset = Dataset("d1", "million", of_files("million", "folder", "/nowhere", files, labels, ProblemList()))
    session.datasets._entries["d1"] = DatasetEntry("d1", "million", "", "ready", dataset)
    return dataset


def _model(position: int):
    from innv_gui.records import ClassNames, Layer, Model, ModelFacts, ModelSource, Outputs, Preprocessing

    names = tuple(map(str, range(N_CLASSES)))
    layer = Layer("logits", "Dense", (N_CLASSES,), 0, False)
    facts = ModelFacts(
        ModelSource("keras", sha256=f"{position:064x}"),
        (32, 32, 3),
        N_CLASSES,
        (layer,),
        0,
        Preprocessing(),
        "",
        names,
        Outputs(),
        ("out",),
        "logits",
        None,
    )
    naming = ClassNames(names, "given")
    return Model(f"m{position}", f"model_{position}", chr(65 + position), "", facts, Preprocessing(), naming)


def _write(part: int, folders: list, dataset) -> None:
    from innv_gui.session.scoring.columns import columns_of

    rows = folders[0].rows(part)
    generator = np.random.default_rng(part)
    labels = dataset.collection.codes[rows.start : rows.stop]
    hard = generator.normal(size=(len(rows), 1)) * 2  # an image that is hard for one model is hard for the others
    for folder in folders:
        logits = generator.normal(size=(len(rows), N_CLASSES)).astype(np.float32)
        logits[np.arange(len(rows)), labels] += (4 + hard)[:, 0]
        p = np.exp(logits - logits.max(1, keepdims=True))
        p = (p / p.sum(1, keepdims=True)).astype(np.float32)
        told = {
            "index": np.arange(rows.start, rows.stop),
            "problem": [None] * len(rows),
            "name": [dataset.collection.ref(row).name for row in rows],
            "label": [str(label) for label in labels],
            "label_class": labels,
            "file_bytes": np.zeros(len(rows), np.int64),
            "file_time_ns": np.zeros(len(rows), np.int64),
        }
        folder.write(part, told | columns_of(p, labels), {"logits": logits})


def unread(session, n: int = N_IMAGES):
    """As `made_up`; nobody has read from its table yet."""
    from innv_gui.session.suggest.request import check_suggestion
    from innv_gui.session.suggest.suggestion import Suggestion

    made = made_up(session, n)
    request = check_suggestion(list(made.models), made.dataset, neuron=3)
    fresh = Suggestion(request, made._folders, made.job)
    session._suggestions.put(fresh)
    return fresh


def requests(id: str) -> list[tuple[str, float, str]]:
    """(what, aim in seconds, address), in this order; only the first sees a table that nobody has read from yet."""
    at = f"/suggestions/{id}"
    return [
        ("how far it is", AIMS_S["plot"], at),
        ("scatterplot, first time", AIMS_S["plot"], f"{at}/plots/scatter"),
        ("scatterplot again", AIMS_S["zoom"], f"{at}/plots/scatter?theme=dark"),
        ("zoom, cells", AIMS_S["zoom"], f"{at}/plots/scatter?x0=60&x1=100&y0=0.5&y1=2.5"),
        ("zoom, points", AIMS_S["zoom"], f"{at}/plots/scatter?x0=60&x1=62&y0=0.5&y1=3.5"),
        ("distance, first time", AIMS_S["plot"], f"{at}/plots/distance"),
        ("distance, zoomed", AIMS_S["zoom"], f"{at}/plots/distance?x0=0.2&x1=0.6"),
        ("layer, first time", AIMS_S["plot"], f"{at}/plots/layer"),
        ("neuron, first time", AIMS_S["plot"], f"{at}/plots/neuron?neuron=3"),
        ("filter, first time", AIMS_S["plot"], f"{at}/plots/scatter?{WHERE}"),
        ("filter on two columns", AIMS_S["filter"], f"{at}/plots/scatter?{WHERE}&theme=dark"),
        ("page of a bin", AIMS_S["page"], f"{at}/images?plot=distance&bin=12"),
        ("page of a box, sorted", AIMS_S["page"], f"{at}/images?plot=scatter&x0=50&x1=90&sort=entropy"),
        ("100 000 indices", AIMS_S["page"], f"{at}/indices?plot=scatter&x0=50"),
        ("list: entropy", AIMS_S["plot"], f"{at}/images?list=entropy"),
        ("list: divergence", 30.0, f"{at}/images?list=divergence"),
        ("list: label errors", 30.0, f"{at}/images?list=label_errors"),
        ("list: only A is right", AIMS_S["plot"], f"{at}/images?list=only_right.m0"),
        ("list: near-duplicates", 60.0, f"{at}/images?list=near_duplicates"),
        ("list: least similar", 60.0, f"{at}/images?list=least_similar"),
    ]


def answer(folder: str, n: int) -> dict:
    """Ask everything once, as the web process is asked."""
    from innv_gui import Session
    from innv_gui.web.app import create_app

    with Session(folder) as session:
        fresh = unread(session, n)
        client = create_app(session, TOKEN).test_client()
        before = _memory_gib()
        rows = [_timed(client, *request) for request in requests(fresh.id)]
    return {
        "images": n,
        "models": N_MODELS,
        "rows": rows,
        "before_gib": before,
        "peak_gib": peak_gib(),
        "aim_gib": MEMORY_GIB,
    }


def _memory_gib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**30


def _timed(client, what: str, aim: float, address: str) -> dict:
    started, used = time.monotonic(), time.process_time()
    reply = client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 200, reply.text
    took = {"seconds": time.monotonic() - started, "cpu_seconds": time.process_time() - used}
    row = {"what": what, **took, "aim": aim, "kilobytes": len(reply.data) // 1000, "memory_gib": _memory_gib()}
    print(json.dumps(row), flush=True)
    return row


def measure(n: int = N_IMAGES) -> dict:
    """In a process of its own; takes some minutes, most of them to write the scores."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bench.suggest", folder, str(n)], capture_output=True, text=True, check=True
        )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    print(json.dumps(answer(sys.argv[1], int(sys.argv[2]))))
