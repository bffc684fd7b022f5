"""The accuracy probes of a session: begun by themselves where a model and labelled images meet, or when asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from innv_gui.cluster.jobs import ENDED, Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, Cancelled
from innv_gui.records import ClassNames, Model
from innv_gui.session.datasets import Dataset, DatasetShelf
from innv_gui.session.labels import class_of_label, is_by_position, why_no_class
from innv_gui.session.models import ModelShelf
from innv_gui.session.naming import naming_of
from innv_gui.session.probe.probe import Probe
from innv_gui.session.probe.sample import sample
from innv_gui.session.probe.work import ProbeWork
from innv_gui.session.scoring.scoring import dataset_key
from innv_gui.suggestions.label_order import LabelOrder

LINE = "probe"  # one after the other
LEAST_CLASSES = 2
LEAST_SHARE = 0.5  # of a dataset's labels that are classes of the model, for a probe that nobody asked for
STATES = ("no images", "not begun", "not applicable", "waiting", "running", "done", "cancelled", "failed")


@dataclass(frozen=True, eq=False)
class Asked:
    """A probe that was begun. key: changes when names, labels or outputs do."""

    key: tuple
    model: Model
    dataset: Dataset
    job: Job


class Probes:
    """The latest probe of each model."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, models: ModelShelf, datasets: DatasetShelf, folder: Path):
        self._pool, self._jobs, self._folder = pool, jobs, Path(folder)
        self._models, self._datasets = models, datasets
        self._asked: dict[str, Asked] = {}
        self._shown: dict[str, Probe] = {}  # with its figures, by model
        self._lock = threading.RLock()
        self.by_themselves = False
        models.changed = datasets.changed = self.look

    def start_by_themselves(self) -> None:
        """From now on a probe begins where a model and labelled images meet."""
        self.by_themselves = True
        self.look()

    def start(self, model: Model, dataset: Dataset, by_itself: bool = False) -> Job:
        """Begin a probe; the job's result is a Probe. Raises BadInput where no label is a class of the model.

        by_itself: nobody asked for it, so it begins when nobody has waited for a worker for a while.
        """
        check_probe(model, dataset)
        with self._lock:
            known = self._asked.get(model.id)
            if known is not None:
                known.job.cancel()
            job = self._begin(model, dataset, by_itself)
            self._asked[model.id] = Asked(_key(model, dataset), model, dataset, job)
            return job

    def _begin(self, model: Model, dataset: Dataset, by_itself: bool) -> Job:
        chosen = sample(dataset, class_of_label(model, dataset))
        work = ProbeWork(self._pool(), model, chosen, _is_assumed(model, dataset), self._folder, by_itself)
        title = f"Checking the preprocessing of {model.name}"
        return self._jobs.start("probe", title, work.do, len(chosen), "answers", line=LINE)

    def look(self) -> None:
        """Begin what is missing, and begin again where names, labels or outputs have changed."""
        with self._lock:
            ready = {entry.id: entry.model for entry in self._models.entries() if entry.model is not None}
            for id in [id for id in self._asked if id not in ready]:
                self._asked.pop(id).job.cancel()
                self._shown.pop(id, None)
            if self.by_themselves:
                for model in ready.values():
                    self._meet(model)

    def _meet(self, model: Model) -> None:
        dataset = self.dataset_for(model)
        known = self._asked.get(model.id)
        if dataset is None or (known is not None and known.key == _key(model, dataset) and self._covers(known, model)):
            return
        try:
            self.start(model, dataset, by_itself=True)
        except (Cancelled, BadInput):  # the session ends, or a dataset was removed meanwhile
            return

    def _covers(self, known: Asked, model: Model) -> bool:
        probe = known.job.result
        return probe is None or probe.place(model.preprocessing) is not None

    def dataset_for(self, model: Model) -> Dataset | None:
        """The open dataset whose labels fit the model best, the first of equals."""
        if refusal(model) is not None:
            return None
        found = [entry.dataset for entry in self._datasets.entries() if entry.dataset is not None]
        shares = [(_share(model, dataset), dataset) for dataset in found if dataset.class_names]
        share, dataset = max(shares, key=lambda pair: pair[0], default=(0, None))
        return dataset if share >= LEAST_SHARE else None

    def state(self, model: Model) -> tuple[str, Asked | None]:
        """(one of STATES, the probe that was begun) of a model."""
        with self._lock:
            asked = self._asked.get(model.id)
        if refusal(model) is not None:
            return "not applicable", None
        if asked is None:
            return ("no images" if self.dataset_for(model) is None else "not begun"), None
        status = asked.job.status
        return ("waiting" if status == "queued" else status), asked

    def finished(self, model: Model) -> Probe | None:
        """The probe of a model under its current rule, where it is done."""
        state, asked = self.state(model)
        if state != "done" or asked.job.result is None or asked.job.result.place(model.preprocessing) is None:
            return None
        with self._lock:
            shown = self._shown.get(model.id)
            if shown is None or shown.model is not model or shown.predicted is not asked.job.result.predicted:
                self._shown[model.id] = shown = asked.job.result.seen_with(model)
            return shown

    def label_order(self, model: Model, naming: ClassNames) -> LabelOrder | None:
        """Another order of assumed names that the answers of a finished probe fit far better; None without."""
        probe = self.finished(model) if naming.origin == "assumed" else None
        if probe is None or naming_of(model, probe.sample.dataset) != naming:
            return None
        return probe.label_order

    def cancel(self, model: Model) -> None:
        """Stop a probe; it does not begin again by itself."""
        _, asked = self.state(model)
        if asked is not None and asked.job.status not in ENDED:
            asked.job.cancel()


def refusal(model: Model) -> str | None:
    """Why rules make no difference to a model; None where they do."""
    if model.n_classes < LEAST_CLASSES:
        return "It has one output and no classes to compare with labels."
    if not model.facts.outputs.exclusive:
        return "It says yes or no to each class by itself, and a label names one class."
    return model.facts.preprocessing_reason if model.facts.preprocessing_basis == "own" else None


def check_probe(model: Model, dataset: Dataset) -> None:
    """Raises BadInput where a probe cannot say anything."""
    reason = refusal(model)
    if reason is not None:
        raise BadInput(f"The preprocessing of {model.name} cannot be checked. {reason}", field="models")
    if not dataset.class_names:
        raise BadInput(f"{dataset.name} has no labels.", "Open images in a folder for each class.", "dataset")
    if not class_of_label(model, dataset):
        message, hint = why_no_class(model, dataset)
        raise BadInput(f"{message}.", hint, "dataset")


def _share(model: Model, dataset: Dataset) -> float:
    found = class_of_label(model, dataset)
    return len(found) / len(dataset.class_names) if len(found) >= LEAST_CLASSES else 0.0


def _key(model: Model, dataset: Dataset) -> tuple:
    facts = model.facts
    meaning = tuple(sorted(class_of_label(model, dataset).items()))
    return model.source.sha256, facts.outputs.kind, _is_assumed(model, dataset), dataset_key(dataset), meaning


def _is_assumed(model: Model, dataset: Dataset) -> bool:
    """Whether which class is which index is not known for certain."""
    return naming_of(model, dataset).origin == "assumed" or is_by_position(model, dataset)
