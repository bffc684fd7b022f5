"""A session as one file: its models, datasets and runs, to be taken up again here or on another machine.

Files are named by their place and by what makes them the same (SHA-256 of a model, fingerprint of a dataset); neither
models nor pictures are inside.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    model_serializer,
    model_validator,
)

from innv_gui import analyzers
from innv_gui.errors import BadInput, InnvError
from innv_gui.named_path import named_path
from innv_gui.preprocessing import checked
from innv_gui.records import NAME_ORIGINS, OUTPUT_KINDS, Model, Target
from innv_gui.session.datasets import Dataset, DatasetShelf
from innv_gui.session.explain.contents import MOST
from innv_gui.session.explain.request import check_target
from innv_gui.session.keep.run_record import (
    MOST_IMAGES,
    dataset_of,
    described,
    is_dataset,
    is_model,
    is_whole_of,
    model_of,
    opened_dataset,
    preprocessing_of,
)
from innv_gui.session.models import ModelShelf
from innv_gui.store.history import History
from innv_gui.store.saving import save_bytes
from innv_gui.version import VERSION

FORMAT = "innv-gui session 1"
FORM = "innv-gui session "
MOST_BYTES = 64 << 20
SAVE_AGAIN = "Delete earlier runs where it was saved, then save it again."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def _text(value) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value


Place = Annotated[str, PlainValidator(_text), PlainSerializer(_text)]  # a path may hold bytes that are not UTF-8


class SavedSource(_Part):
    """What `ModelSource` needs to be found again."""

    kind: Literal["keras", "hdf5", "json", "saved_model", "application"]
    path: Place | None
    weights: Place | None
    application: str | None
    output: int | None = Field(ge=0)
    outputs: Literal[OUTPUT_KINDS] | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> SavedSource:
        if not (self.application if self.kind == "application" else self.path):
            raise ValueError("expected a path, or the name of a network")
        return self


class SavedPreprocessing(_Part):
    """`Preprocessing` as plain values."""

    mode: str
    mean: list[float] | None
    std: list[float] | None
    resize: str
    channels: str = "rgb"  # files of earlier versions do not have it


class SavedLabel(_Part):
    """A label that a person mapped to a class."""

    dataset: str = Field(max_length=64)
    label: str
    class_: int = Field(ge=0)


class SavedModel(_Part):
    """One model of the session, or of a run."""

    name: str = Field(max_length=200)
    file: str = Field(max_length=1000)
    sha256: str = Field(max_length=64)
    source: SavedSource
    preprocessing: SavedPreprocessing
    class_names: list[str]
    class_names_origin: Literal[NAME_ORIGINS] | None = None
    labels_by_hand: list[SavedLabel] = Field(default=[], max_length=100_000)
    hooks: str | None = Field(default=None, max_length=64)

    @model_serializer(mode="wrap")
    def _plain(self, plain) -> dict:
        """As a record has it: without hooks where it is not known whether there were any."""
        return {name: value for name, value in plain(self).items() if name != "hooks" or value is not None}


class SavedDataset(_Part):
    """One dataset. parts: of a saved list its images of the whole, as `keep/parts.py` writes them; own: their names."""

    name: str = Field(max_length=1000)
    path: Place
    fingerprint: str
    parts: list[str] = Field(default=[], max_length=100)
    own: str = Field(default="", max_length=64)

    @model_serializer(mode="wrap")
    def _plain(self, plain) -> dict:
        """As a run's record has it: without parts for a whole."""
        return {name: value for name, value in plain(self).items() if name not in ("parts", "own") or value}


class SavedTarget(_Part):
    """`Target` as plain values."""

    layer: str | None
    class_: int | str | None
    neuron: int | None = Field(ge=0)
    top_neurons: Literal[1, 4, 9, 16] | None
    softmax: bool


class SavedRun(_Part):
    """An earlier run, as the history keeps it."""

    id: str = Field(pattern=r"^e-[0-9a-f]{12}$")
    started: float = Field(ge=0)
    title: str = Field(max_length=120)
    analyzer: str = Field(max_length=64)
    params: dict
    engine: Literal["native", "innvestigate"]
    unchecked: bool
    models: list[SavedModel] = Field(min_length=1, max_length=64)
    targets: list[SavedTarget] = Field(min_length=1, max_length=64)
    dataset: SavedDataset
    images: list[int] = Field(min_length=1, max_length=MOST_IMAGES)
    contents: list[Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")]] = Field(default=[], max_length=MOST)
    code: str | None = Field(default=None, max_length=64)
    fits: list[Annotated[str, Field(max_length=64)] | None] = Field(default=[], max_length=64)

    @model_serializer(mode="wrap")
    def _plain(self, plain) -> dict:
        """As the history has it: without what most runs do not need."""
        return {name: value for name, value in plain(self).items() if name not in ("code", "fits") or value}


class SavedSession(_Part):
    """The whole file."""

    format: Literal[FORMAT]
    version: str
    models: list[SavedModel] = Field(max_length=1000)
    datasets: list[SavedDataset] = Field(max_length=1000)
    runs: list[SavedRun] = Field(max_length=1000)


class Shelves(Protocol):
    """What of a session its file speaks of."""

    models: ModelShelf
    datasets: DatasetShelf
    history: History


def check_run(record: dict) -> None:
    """Raises ValueError for what is no record of a run, and BadInput, in a sentence, for one whose parts do not fit."""
    run = SavedRun.model_validate(record)
    if len(run.targets) != len(run.models):
        raise BadInput(
            f"The run {run.id} names {len(run.models)} models and {len(run.targets)} targets; expected as many of both."
        )
    if min(run.images) < 0:
        raise BadInput(f"The run {run.id} names the image {min(run.images)}; expected numbers from 0.")
    for model in run.models:
        checked(preprocessing_of(model.preprocessing.model_dump()))


def check_kept(record: dict) -> None:
    """The same for a record in the workspace: whatever is wrong with it, it is damaged."""
    try:
        check_run(record)
    except InnvError as error:
        raise ValueError(error.message) from error


def saved(session: Shelves) -> dict:
    """Everything of a session that is worth taking up again."""
    models = [entry.model for entry in session.models.entries() if entry.model is not None]
    datasets = [entry.dataset for entry in session.datasets.entries() if entry.dataset is not None]
    return {
        "format": FORMAT,
        "version": VERSION,
        "models": [described(model) for model in models],
        "datasets": [dataset_of(dataset, session.datasets.place(dataset)) for dataset in datasets],
        "runs": session.history.all(),
    }


def written(session: Shelves) -> bytes:
    """A session's file. Raises BadInput for one that would be too large to be read again."""
    content = json.dumps(saved(session), separators=(",", ":")).encode()
    check_size(len(content), "Delete earlier runs that are not needed, then save again.")
    return content


def save(session: Shelves, path: str | Path) -> Path:
    """Write a session's file."""
    return save_bytes(path, written(session))


def check_size(n_bytes: int, hint: str = SAVE_AGAIN) -> None:
    """Raises BadInput for a file of more bytes than are read."""
    if n_bytes > MOST_BYTES:
        size = f"{n_bytes / 2**20:,.0f} MiB"
        raise BadInput(f"The session's file has {size}; up to {MOST_BYTES >> 20} MiB are read.", hint, "session")


def read(content: bytes) -> SavedSession:
    """A session's file, checked; raises BadInput."""
    check_size(len(content))
    found = None
    try:
        found = json.loads(content)
        return SavedSession.model_validate(found)
    except (ValidationError, ValueError, RecursionError):
        raise _none(found) from None


def _none(found) -> BadInput:
    """Why a file is no session that this version reads."""
    form, version = (found.get("format"), found.get("version")) if isinstance(found, dict) else (None, None)
    is_ours = isinstance(form, str) and form.startswith(FORM)
    if is_ours and isinstance(version, str) and _number(version) > _number(VERSION):
        message = f"This session was saved by innv-gui {version[:40]}, which writes more than {VERSION} reads."
        return BadInput(message, "Update innv-gui, then open it again.", "session")
    return BadInput(
        "This is not a session saved by innv-gui.",
        "Expected the JSON file that Save session, or Session.save, has written.",
        "session",
    )


def _number(version: str) -> list[int]:
    """For comparison: "0.10.2" is newer than "0.9"."""
    return [int(digits[:9]) for digits in re.findall(r"\d+", version[:40])]


def read_file(path: str | Path) -> SavedSession:
    """The same, from a file that a person named."""
    path = named_path(path, "session")
    if not os.path.isfile(path):
        raise BadInput(f"There is no session file {str(path)!r}.", "Check the path.", field="session")
    check_size(path.stat().st_size)
    return read(path.read_bytes())


def open_all(session: Shelves, record: SavedSession) -> list[str]:
    """Open the models and datasets that are named, and take over the runs. Returns what could not be opened, and why.

    For files a person named on this machine's command line or in Python: it opens the places that the file names.
    """
    wanted = [(one.name, lambda one=one: model_of(one.model_dump(), session.models)) for one in record.models]
    wanted += [
        (one.name, lambda one=one: opened_dataset(one.model_dump(), session.datasets)) for one in record.datasets
    ]
    missing = []
    for name, act in wanted:
        try:
            act()
        except InnvError as error:
            missing.append(f"{name}: {error}")
    return missing + [why for run in record.runs if (why := _why_not_taken(session, run, run.model_dump()))]


def _why_not_taken(session: Shelves, run: SavedRun, record: dict) -> str:
    """Takes over a run that can be begun again; a sentence for another."""
    known = [one.dataset for one in session.datasets.entries() if one.dataset is not None]
    sizes = [len(one) for one in known if one.collection.fingerprint == run.dataset.fingerprint]
    try:
        check_run(record)
        method = analyzers.get(run.analyzer)
        analyzers.check(method.name, dict(run.params))
        for one, target in zip(record["models"], record["targets"], strict=True):
            for model in _opened_as(one, session)[:1]:
                check_target(model, method, Target(**target), run.engine)
        if sizes and max(run.images) >= sizes[0]:
            raise BadInput(
                f"The run {run.id} names the image {max(run.images)}; {run.dataset.name} has {sizes[0]} of them."
            )
    except InnvError as error:
        return f"run {run.title or run.id}: {error}"
    session.history.take_over(record)
    return ""


def take_over(session: Shelves, record: SavedSession) -> tuple[int, list[str]]:
    """Take over the runs whose models and images are open here already: (how many, what is missing).

    For files that came in over the browser: no place that such a file names is ever opened.
    """
    named = [*record.models, *(model for run in record.runs for model in run.models)]
    opened = [*record.datasets, *(run.dataset for run in record.runs)]
    missing = [f"model {one.name} ({_place(one)})" for one in named if not _opened_as(one.model_dump(), session)]
    missing += [f"images {one.name}" for one in opened if _own_record(one, session) is None]
    taken = 0
    for run in record.runs:
        dataset = _own_record(run.dataset, session)
        models = [_opened_as(one.model_dump(), session) for one in run.models]
        if dataset is not None and all(models):
            why = _why_not_taken(session, run, _with_own_places(run, [one[0] for one in models], dataset))
            taken += not why
            missing += [why] if why else []
    return taken, list(dict.fromkeys(missing))


def _opened_as(record: dict, session: Shelves) -> list[Model]:
    """The open models that a record means."""
    loaded = [entry.model for entry in session.models.entries() if entry.model is not None]
    return [model for model in loaded if is_model(record, model)]


def _own_record(record: SavedDataset, session: Shelves) -> dict | None:
    """A record with the place that its images have here; None where they are not open, nor the whole of a list."""
    dataset = _open_here(record, session)
    if dataset is not None:
        return dataset_of(dataset, session.datasets.place(dataset))
    known = [entry.dataset for entry in session.datasets.entries() if entry.dataset is not None]
    places = {session.datasets.place(one) for one in known if is_whole_of(record.model_dump(), one)}
    place = record.path if record.path in places else places.pop() if len(places) == 1 else None
    return None if place is None else record.model_dump() | {"path": place}


def _open_here(record: SavedDataset, session: Shelves) -> Dataset | None:
    """The images of a record among those that are open: at its place, or, as its place may be another machine's, the
    only ones of these names and labels. None where there are several elsewhere: which are meant is not known.
    """
    known = [entry.dataset for entry in session.datasets.entries() if entry.dataset is not None]
    same = [one for one in known if one.collection.fingerprint == record.fingerprint]
    there = [one for one in known if is_dataset(record.model_dump(), one, session.datasets)]
    return there[0] if there else same[0] if len(same) == 1 else None


def _place(model: SavedModel) -> str:
    """Of which file it is, and which of its outputs and what custom preprocessing where there was one."""
    output = "" if model.source.output is None else f", output {model.source.output}"
    return f"{model.file}{output}{', with custom preprocessing of its time' if model.hooks else ''}"


def _with_own_places(run: SavedRun, models: Sequence[Model], dataset: dict) -> dict:
    record = run.model_dump()
    for one, model in zip(record["models"], models, strict=True):
        one["source"] = described(model)["source"]
    record["dataset"] = dataset
    return record
