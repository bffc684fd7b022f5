"""`innv-gui explain`: explanations into an HDF5 file, without a server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from innv_gui import analyzers
from innv_gui.errors import BadInput, InnvError
from innv_gui.preprocessing_rules import parse
from innv_gui.records import Model
from innv_gui.session import Session
from innv_gui.session.models import parse_model_argument
from innv_gui.session.request import check_request, engine_for
from innv_gui.session.run import Run
from innv_gui.store.files import written

POLL_S = 0.1
STOP_S = 10.0


def explain(options: argparse.Namespace) -> int:
    """Check everything that can be checked without TensorFlow first, then work."""
    params = dict(_pair(text) for text in options.param)
    method = analyzers.get(options.analyzer)
    params = analyzers.check(method.name, params)
    engine_for(method, options.engine)
    parse(options.preprocessing)
    _check(options)
    with Session(options.workspace, options.scheduler, trusted=options.trust, hooks=options.hooks) as session:
        models, images = _models(session, options), _images(session, options)
        run = session.start_explain_to(options.out, _request(models, images, params, options))
        _follow(run)
        return _finish(run, Path(options.out))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadInput(f"Expected --param NAME=VALUE, got {text!r}.", "For example: --param epsilon=1e-3.", "params")
    return name.strip(), value.strip()


def _check(options: argparse.Namespace) -> None:
    if not options.model:
        raise BadInput("No model was given; expected at least one.", "Add --model FILE.", field="models")
    if not options.images:
        raise BadInput("No image was given; expected at least one.", "Add --images FILE or FOLDER.", field="images")
    out = Path(options.out)
    if out.is_dir():
        raise BadInput(f"{options.out!r} is a folder; expected a file to write.", "For example: --out run.h5.", "out")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"The folder of {options.out!r} does not exist.", "Create it first.", field="out")
    with written(out.with_name(f".{out.name}.try")):
        pass  # a folder that cannot be written is better known before the work than after it
    out.with_name(f".{out.name}.try").unlink(missing_ok=True)


def _models(session: Session, options: argparse.Namespace) -> list[Model]:
    entries = []
    for text in options.model:
        file, weights = parse_model_argument(text)
        entries.append(
            session.start_model(file, weights=weights, preprocessing=options.preprocessing, classes=options.classes)
        )
    return [session.models.get(entry.id) for entry in entries]


def _images(session: Session, options: argparse.Namespace):
    if len(options.images) == 1:
        return session.add_dataset(options.images[0])
    refs = []
    for text in options.images:
        refs.extend(session.add_dataset(text))
    return refs


def _request(models: list[Model], images, params: dict, options: argparse.Namespace):
    return check_request(
        models,
        images,
        options.analyzer,
        params,
        layer=options.layer,
        neuron=options.neuron,
        top_neurons=options.top_neurons,
        class_=options.class_ or "predicted",
        engine=options.engine,
        unchecked=options.unchecked,
    )


def _follow(run: Run) -> None:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task(run.job.title, total=run.job.total)
        try:
            while not run.job.ended(POLL_S):
                progress.update(bar, completed=run.job.done)
        except KeyboardInterrupt:
            run.job.cancel()
            run.job.ended(STOP_S)  # the half-written file goes
            raise
    run.job.wait()


def _finish(run: Run, out: Path) -> int:
    for model in run.models:
        error: InnvError | None = run.failures.get(model.id)
        if error is not None:
            print(f"innv-gui: {error}", file=sys.stderr)
        for note in run.notes(model):
            print(f"innv-gui: {note}", file=sys.stderr)
    for problem in run.problems:
        print(f"innv-gui: left out: {problem.reason}", file=sys.stderr)
    if run.problems:
        print(f"innv-gui: {len(run.problems)} of {len(run.items)} images were left out.", file=sys.stderr)
    done = len(run.items) - len(run.problems)
    print(f"{out}: {done} images x {len(run.models) - len(run.failures)} models, {run.request.analyzer.name}")
    return 1 if run.failures else 0
