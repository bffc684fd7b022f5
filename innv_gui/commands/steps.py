"""What commands that work without a server have in common: checks, models, progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from innv_gui.cluster.jobs import Job
from innv_gui.commands.model_options import NamedModel, loose_end, named_models
from innv_gui.commands.reports import earlier
from innv_gui.errors import BadInput
from innv_gui.named_path import named_path
from innv_gui.records import Budget, Model
from innv_gui.session import Session
from innv_gui.session.datasets import Dataset
from innv_gui.session.extensions import unusable
from innv_gui.session.labels import label_fit
from innv_gui.session.models import ModelEntry
from innv_gui.session.naming import naming_of
from innv_gui.store.saving import check_place, place_of
from innv_gui.store.score_export import SUFFIXES

POLL_S = 0.1
STOP_S = 10.0


def session_of(options: argparse.Namespace) -> Session:
    """A session as the command line asks for it."""
    return Session(
        options.workspace,
        options.scheduler,
        trusted=options.trust,
        hooks=options.hooks,
        budget=Budget(int(options.most_memory * 2**30), options.most_seconds),
        tls_ca=options.tls_ca,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
    )


def check_given(options: argparse.Namespace) -> None:
    """That there are models and images, and what can be checked of the preprocessing without a model."""
    named_models(options)
    if not options.model:
        raise BadInput("No model was given; expected at least one.", "Add --model FILE.", field="models")
    if not options.images:
        raise BadInput("No image was given; expected at least one.", "Add --images FILE or FOLDER.", field="images")


def table_file(text: str, example: str) -> Path:
    """The table to write, whose name and place fit."""
    out = named_path(text, "out")
    if out.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{text!r} ends in neither .parquet nor .csv.", "", field="out", allowed=SUFFIXES)
    check_out(text, example)
    return out


def check_out(text: str, example: str) -> None:
    """That the file to write can be written: better known before the work than after it."""
    out = named_path(text, "out")
    if out.is_dir():
        raise BadInput(f"{text!r} is a folder; expected a file to write.", f"For example: --out {example}.", "out")
    if not place_of(out).parent.is_dir():
        raise BadInput(f"The folder of {text!r} does not exist.", "Create it first.", field="out")
    check_place(out)


def add_models(session: Session, options: argparse.Namespace) -> list[Model]:
    """All models that were named, loaded side by side."""
    models = [session.models.get(entry.id) for entry in start_models(session, options)]
    for model in models:
        say(earlier(model))
    return models


def start_models(session: Session, options: argparse.Namespace) -> list[ModelEntry]:
    """The same, without waiting for them."""
    say(loose_end(options))
    return [start(session, model) for model in named_models(options)]


def start(session: Session, model: NamedModel, **more) -> ModelEntry:
    """Begin to load a model of the command line."""
    file, wishes = model.start
    return session.start_model(file, **wishes, **more)


def say(sentence: str) -> None:
    """On the terminal, beside what a command gives."""
    if sentence:
        print(f"innv-gui: {sentence}", file=sys.stderr)


def say_unusable() -> None:
    """One line per plug-in that was found and cannot be used."""
    for one in unusable():
        say(f"the plug-in {one.described} is not loaded: {one.reason}")


def say_naming(models: Sequence[Model], dataset: Dataset | None) -> None:
    """One line per model where what its classes are called, or which labels are classes, is not sure."""
    for model in models:
        naming = naming_of(model, dataset)
        if naming.words:
            say(f"the class names of {model.name} are {naming.words}; give --classes FILE to name them.")
        if naming.note:
            say(f"{model.name}: {naming.note}")
        if dataset is not None:
            fit = label_fit(model, dataset)
            say(fit.assumption(model.name))
            say(fit.sentence(model.name))


def follow(job: Job) -> None:
    """Show a job's progress on a terminal until it ends; raises what made it fail."""
    console = Console(stderr=True)
    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task(job.title, total=job.total, rate="")
        try:
            while not job.ended(POLL_S):
                rate = f"{job.rate:,.1f} {job.unit}/s" if job.rate else ""
                progress.update(bar, completed=job.done, rate=rate)
        except KeyboardInterrupt:
            job.cancel()
            job.ended(STOP_S)  # a half-written file goes
            raise
    job.wait()
