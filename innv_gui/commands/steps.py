"""What commands that work without a server have in common: checks, models, progress."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from innv_gui.cluster.jobs import Job
from innv_gui.errors import BadInput
from innv_gui.preprocessing_rules import parse
from innv_gui.records import Model
from innv_gui.session import Session
from innv_gui.session.models import ModelEntry, parse_model_argument
from innv_gui.store.files import written

POLL_S = 0.1
STOP_S = 10.0


def session_of(options: argparse.Namespace) -> Session:
    """A session as the command line asks for it."""
    return Session(
        options.workspace,
        options.scheduler,
        trusted=options.trust,
        hooks=options.hooks,
        tls_ca=options.tls_ca,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
    )


def check_given(options: argparse.Namespace) -> None:
    """That there are models and images, and what can be said of the preprocessing without a model."""
    parse(options.preprocessing)
    if not options.model:
        raise BadInput("No model was given; expected at least one.", "Add --model FILE.", field="models")
    if not options.images:
        raise BadInput("No image was given; expected at least one.", "Add --images FILE or FOLDER.", field="images")


def check_out(text: str, example: str) -> None:
    """That the file to write can be written: better known before the work than after it."""
    out = Path(text)
    if out.is_dir():
        raise BadInput(f"{text!r} is a folder; expected a file to write.", f"For example: --out {example}.", "out")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"The folder of {text!r} does not exist.", "Create it first.", field="out")
    attempt = out.with_name(f".{out.name}.try")
    with written(attempt):
        pass
    attempt.unlink(missing_ok=True)


def add_models(session: Session, options: argparse.Namespace) -> list[Model]:
    """All models that were named, loaded side by side."""
    return [session.models.get(entry.id) for entry in start_models(session, options)]


def start_models(session: Session, options: argparse.Namespace) -> list[ModelEntry]:
    """The same, without waiting for them."""
    entries = []
    for text in options.model:
        file, weights = parse_model_argument(text)
        entries.append(
            session.start_model(file, weights=weights, preprocessing=options.preprocessing, classes=options.classes)
        )
    return entries


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
