"""`innv-gui explain`: explanations into an HDF5 file, without a server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from innv_gui import analyzers
from innv_gui.commands.reports import tell_left_out
from innv_gui.commands.steps import add_models, check_given, check_out, follow, session_of
from innv_gui.errors import BadInput, InnvError
from innv_gui.named_path import named_path
from innv_gui.records import Model
from innv_gui.session import Session
from innv_gui.session.explain.request import check_request, engine_for
from innv_gui.session.explain.run import Run


def explain(options: argparse.Namespace) -> int:
    """Check everything that can be checked without TensorFlow first, then work."""
    params = dict(_pair(text) for text in options.param)
    method = analyzers.get(options.analyzer)
    params = analyzers.check(method.name, params)
    engine_for(method, options.engine)
    check_given(options)
    check_out(options.out, "run.h5")
    with session_of(options) as session:
        models, images = add_models(session, options), _images(session, options)
        run = session.start_explain_to(options.out, _request(models, images, params, options))
        follow(run.job)
        return _finish(run, named_path(options.out, "out"))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadInput(f"Expected --param NAME=VALUE, got {text!r}.", "For example: --param epsilon=1e-3.", "params")
    return name.strip(), value.strip()


def _images(session: Session, options: argparse.Namespace):
    datasets = [session.add_dataset(text) for text in options.images]
    for dataset in datasets:
        tell_left_out(dataset)
    return datasets[0] if len(datasets) == 1 else [ref for dataset in datasets for ref in dataset]


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
