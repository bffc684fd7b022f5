"""Retrainings in the workspace: a folder each, with a record and two files of arrays.

Read when they are asked for, because then the model and the images are found, or opened, again. A file that is not as
it was written is as if it were not there.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.errors import InnvError
from innv_gui.records import Problem
from innv_gui.session.datasets import Dataset, DatasetShelf
from innv_gui.session.keep.in_vain import closing_in_vain
from innv_gui.session.keep.run_record import (
    dataset_of,
    described,
    identity,
    is_dataset,
    is_model,
    model_of,
    opened_dataset,
)
from innv_gui.session.models import ModelShelf
from innv_gui.session.retraining.painted import Painted
from innv_gui.session.retraining.record import Retraining
from innv_gui.session.retraining.request import RetrainRequest, checked_options
from innv_gui.store.array_files import in_order, numbered, read_arrays, write_arrays
from innv_gui.store.files import private_folder, told
from innv_gui.store.kept_files import Damaged, read_record, write_record
from innv_gui.workshop.retraining import Behaviour, RetrainPlan, RetrainState

RECORD, ASKED, DONE = "retraining.json", "asked.npz", "done.npz"
NAME = re.compile(r"r-[0-9a-f]{12}")
MOST = 20
VERSION = 1
_PARTS = ("weights", "first", "second")
_NUMBERS = ("n", "usual", "replaced", "share", "undecided", "n_replaced")


class KeptRetrainings:
    """The newest MOST of a workspace."""

    def __init__(self, folder: Path, models: ModelShelf, datasets: DatasetShelf):
        self._folder, self._models, self._datasets = Path(folder), models, datasets

    def add(self, one: Retraining) -> None:
        """What was asked for. Raises StorageFailed."""
        path, request = self._folder / one.id, one.request
        with told(path):
            private_folder(path)
        plan, place = request.plan, self._datasets.place(request.dataset)
        bits = {"masks": np.packbits(plan.masks), "held": plan.held.astype(np.uint8)}
        whole = {"indices": request.indices.astype(np.int64), "labels": plan.labels.astype(np.int64)}
        write_arrays(path / ASKED, bits | whole)
        facts = {"version": VERSION, "created": one.created, "asked": request.asked, "notes": list(request.notes)}
        facts |= {"names": list(request.names), "masks": list(plan.masks.shape), "painted": request.painted.count}
        things = {"model": described(request.model), "dataset": dataset_of(request.dataset, place)}
        write_record(path / RECORD, facts | things)

    def forget_old(self, going: set[str]) -> list[str]:
        """Removes the oldest beyond MOST, but none that is going on; -> their ids."""
        old = [path for path in self._newest_first()[MOST:] if path.name not in going]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return [path.name for path in old]

    def write(self, one: Retraining) -> None:
        """How far it is: all that it takes to go on, or, where it has ended, the new weights. Raises StorageFailed."""
        if one.state is None or not (self._folder / one.id).is_dir():
            return
        with one.lock:
            facts, state = _facts(one, one.state), one.state
            arrays = {"losses": one.losses, "looks": one.looks}
        for name in _PARTS[:1] if one.after is not None else _PARTS:
            arrays |= numbered(name, getattr(state, name))
        for name, found in (("before", one.before), ("after", one.after)):
            if found is not None:
                arrays |= {f"{name} shares": found.shares, f"{name} answers": found.answers.astype(np.int64)}
        text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        write_arrays(self._folder / one.id / DONE, {**arrays, "facts": text})

    def read(self, id: str) -> Retraining | None:
        """None where there is none; the model and the images are opened where they are not. Raises Conflict."""
        if not NAME.fullmatch(id):
            return None
        folder = self._folder / id
        record = read_record(folder / RECORD, _check)
        asked = read_arrays(folder / ASKED)
        if record is None or asked is None:
            return None
        path, files = record["dataset"]["path"], [record["model"]["file"]]
        with closing_in_vain(path, files, self._models, self._datasets):
            dataset = opened_dataset(record["dataset"], self._datasets)
            model = model_of(record["model"], self._models)
        try:
            one = Retraining(_request(id, record, asked, model, dataset), created=record["created"])
        except (LookupError, TypeError, ValueError, AttributeError, InnvError):
            return None
        one = _filled(one, read_arrays(folder / DONE) or {})
        one.job = _ended(one)
        return one

    def ids(self) -> list[str]:
        """Newest first: of those whose model and images are open."""
        models = [entry.model for entry in self._models.entries() if entry.model is not None]
        datasets = [entry.dataset for entry in self._datasets.entries() if entry.dataset is not None]

        def is_open(path: Path) -> bool:
            record = read_record(path / RECORD, _check)
            if record is None:
                return False
            there = any(is_dataset(record["dataset"], one, self._datasets) for one in datasets)
            return there and any(is_model(record["model"], one) for one in models)

        return [path.name for path in self._newest_first() if is_open(path)]

    def _newest_first(self) -> list[Path]:
        paths = [path for path in self._folder.iterdir() if NAME.fullmatch(path.name) and path.is_dir()]
        return sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _ended(one: Retraining) -> Job:
    """A job of an earlier server: done, or stopped."""
    job = Job("retrain", one.title, one.total, "steps")
    job.skip(one.step)
    if one.after is None:
        job.cancel()
    job.run(lambda _: one)
    return job


def _check(record: dict) -> None:
    if record["version"] != VERSION or not isinstance(record["created"], float):
        raise Damaged
    texts = {"model": ("name", "file", "sha256"), "dataset": ("name", "path", "fingerprint")}
    for thing, names in texts.items():
        if not all(isinstance(record[thing][name], str) for name in names):
            raise Damaged
    hash((identity(record["model"]), record["model"].get("hooks")))  # raises for what is none


def _request(id: str, record: dict, asked: dict, model, dataset: Dataset) -> RetrainRequest:
    options = checked_options(model, record["asked"])
    indices, labels, held = asked["indices"], asked["labels"].astype(np.int32), asked["held"].astype(bool)
    shape = tuple(map(int, record["masks"]))
    masks = np.unpackbits(asked["masks"])[: np.prod(shape)].reshape(shape).astype(bool)
    same = len(indices) == len(labels) == len(held) and len(masks) in (1, len(indices)) and masks.ndim == 3
    if not same or not len(indices) or indices.min() < 0 or labels.min() < 0 or labels.max() >= model.n_classes:
        raise Damaged
    refs = tuple(dataset.collection.ref(int(index)) for index in indices)
    plan = RetrainPlan(id, model.source, model.preprocessing, refs, labels, held, masks, **options)
    found = Painted(masks, int(record["painted"]))
    notes, names = tuple(map(str, record["notes"])), tuple(map(str, record["names"]))
    return RetrainRequest(model, dataset, indices, names, found, plan, options, notes)


def _facts(one: Retraining, state: RetrainState) -> dict:
    found = {"before": one.before, "after": one.after}
    numbers = {
        name: None if known is None else {number: getattr(known, number) for number in _NUMBERS}
        for name, known in found.items()
    }
    problems = [[problem.name, problem.reason] for problem in one.problems]
    return {"step": state.step, "scale": state.scale, "problems": problems, "content": one.content, **numbers}


def _filled(one: Retraining, arrays: dict) -> Retraining:
    """With what was done; as if nothing had been where the file is not what was written."""
    try:
        facts = json.loads(arrays["facts"].tobytes())
        weights, first, second = (in_order(name, arrays) for name in _PARTS)
        state = RetrainState(weights, first, second, int(facts["step"]), float(facts["scale"]))
        before, after = (_behaviour(facts[name], name, arrays) for name in ("before", "after"))
        is_whole = len(arrays["losses"]) == state.step and arrays["looks"].shape[1:] == (3,) and state.weights
        if not is_whole or after is None and not len(state.weights) == len(state.first) == len(state.second):
            return one
        problems = tuple(Problem(*problem) for problem in facts["problems"])
        content = str(facts.get("content", ""))  # earlier versions did not look
    except (LookupError, TypeError, ValueError, AttributeError):
        return one
    one.state, one.before, one.after, one.problems = state, before, after, problems
    one.losses, one.looks, one.content = arrays["losses"], arrays["looks"], content
    return one


def _behaviour(facts: dict | None, name: str, arrays: dict) -> Behaviour | None:
    if facts is None:
        return None
    n, usual, replaced, share = (float(facts[number]) for number in _NUMBERS[:4])
    shares, answers = arrays[f"{name} shares"], arrays[f"{name} answers"]
    n_replaced = facts.get("n_replaced")  # records of earlier versions do not have it
    if not len(shares) == len(answers) == n or not (n_replaced is None or 0 <= int(n_replaced) <= n):
        raise Damaged
    n_replaced = None if n_replaced is None else int(n_replaced)
    return Behaviour(len(shares), usual, replaced, share, shares, answers, bool(facts["undecided"]), n_replaced)
