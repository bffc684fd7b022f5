"""What the terminal reports about models and images: what cannot be used, and why; or why they were refused."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence

from innv_gui.cluster.jobs import Job
from innv_gui.errors import InnvError
from innv_gui.records import Model, Problem
from innv_gui.session.datasets import Dataset, DatasetEntry
from innv_gui.session.models import LEFT_OUT, ModelEntry
from innv_gui.session.refusals import refusal, remedy

SHOWN_PROBLEMS = 20


def tell(text: str) -> None:
    """A line on standard error, written at once: lines of other threads do not come between."""
    sys.stderr.write(f"innv-gui: {text}\n")
    sys.stderr.flush()


def tell_left_out(dataset: Dataset) -> None:
    """Says what was left out when the dataset was opened, if anything was."""
    if dataset.left_out:
        tell(f"{dataset.name}: {dataset.left_out}")
    if dataset.n_unlabelled:
        tell(f"{dataset.name}: {dataset.n_unlabelled:,} of {len(dataset):,} images have no class.")


def tell_problems(problems: Sequence[Problem], n: int) -> None:
    """Says which of n images could not be scored, and why, if there are any."""
    for problem in problems[:SHOWN_PROBLEMS]:
        tell(f"left out: {problem.name} {problem.reason}")
    if len(problems) > SHOWN_PROBLEMS:
        tell(f"left out: {len(problems) - SHOWN_PROBLEMS:,} more.")
    if problems:
        tell(f"{len(problems):,} of {n:,} images were left out.")


def tell_when_opened(entries: Sequence[ModelEntry | DatasetEntry]) -> list[threading.Thread]:
    """Reports each as soon as it is open or refused, while the server goes on: none waits for a slower one."""
    threads = [threading.Thread(target=_tell_opened, args=(entry,), daemon=True, name="reports") for entry in entries]
    for thread in threads:
        thread.start()
    return threads


def _tell_opened(entry: ModelEntry | DatasetEntry) -> None:
    entry.job.ended(None)
    if refusal(entry):
        tell(f"{refusal(entry)} {remedy(entry)}".rstrip())
    elif entry.status == "ready":
        tell_left_out(entry.dataset) if isinstance(entry, DatasetEntry) else _tell_misfit(entry)


def _tell_misfit(entry: ModelEntry) -> None:
    """On the terminal as well as on the page: class names that were given and do not fit."""
    for note in entry.model.notes:
        if note.startswith(LEFT_OUT):
            tell(f"{entry.name}: {note}")
    if said := earlier(entry.model):
        tell(said)


def earlier(model: Model) -> str:
    """A sentence where a person chose something in an earlier session; empty otherwise."""
    *first, last = [name.replace("_", " ") for name in model.chosen_earlier] or [""]
    what = f"{', '.join(first)} and {last}" if first else last
    return f"{model.name}: {what} as chosen earlier, kept in this workspace." if what else ""


def tell_when_restored(job: Job) -> None:
    """The same of a saved session that is taken up: a line for each model, dataset and run that is missing."""

    def work() -> None:
        try:
            for missing in job.wait().result:
                tell(f"not opened from the saved session: {missing}")
        except InnvError as error:
            tell(str(error))

    threading.Thread(target=work, daemon=True, name="reports").start()
