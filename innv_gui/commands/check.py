"""`innv-gui check`: what models get right under each preprocessing, without a server."""

from __future__ import annotations

import argparse
import sys

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from innv_gui.commands.reports import earlier
from innv_gui.commands.steps import check_given, follow, session_of, start_models
from innv_gui.errors import InnvError
from innv_gui.preprocessing import written
from innv_gui.records import ClassNames, Model
from innv_gui.session import Session
from innv_gui.session.datasets import Dataset
from innv_gui.session.labels import label_fit
from innv_gui.session.naming import naming_of
from innv_gui.session.probe.probe import Probe, percent

BASES = {"structure": "read off the file", "values": "the likelier reading", "name": "a guess", "assumed": "assumed"}
ORIGINS = {"given": "as given", "file": "as in the file", "bundled": "ImageNet's", "numbers": "without names"}
WIDTH = 130  # characters, where there is no terminal
BAR = 10


def check(options: argparse.Namespace) -> int:
    """A table and one line of advice for each model; 1 when a model or the images were refused."""
    check_given(options)
    with session_of(options) as session:
        entries = start_models(session, options)
        dataset = session.add_dataset(options.images)
        return max([_model(session, entry.id, dataset) for entry in entries])


def _model(session: Session, id: str, dataset: Dataset) -> int:
    try:
        model = session.models.get(id)
        job = session.probes.start(model, dataset)
        follow(job)
    except InnvError as error:
        print(f"innv-gui: {error}", file=sys.stderr)
        return 1
    _say(model, job.result, naming_of(model, dataset), label_fit(model, dataset).assumption(model.name))
    return 0


def _say(model: Model, probe: Probe, naming: ClassNames, assumption: str) -> None:
    facts = model.facts
    shown = ", ".join(naming.names[:4]) + (" …" if len(naming.names) > 4 else "")
    print(f"{model.name} ({model.file}): {model.n_classes} classes, {naming.words or ORIGINS[naming.origin]}: {shown}")
    for said in filter(None, (earlier(model), assumption)):
        print(said)
    print(f"Outputs: {facts.outputs.kind}. {facts.outputs.reason} {facts.outputs.doubt}".rstrip())
    print(f"Preprocessing: {written(model.preprocessing)}; detected: {written(facts.preprocessing)}, ", end="")
    print(f"{BASES.get(facts.preprocessing_basis, facts.preprocessing_basis)}. {facts.preprocessing_reason}")
    Console(width=None if sys.stdout.isatty() else WIDTH).print(_table(probe))
    for note in probe.notes:
        print(note)
    print(_advice(probe))
    print()


def _table(probe: Probe) -> Table:
    assigned = ("Best order",) if probe.assigned is not None else ()  # what the rules are compared by
    table = Table(*("Preprocessing", "Option", "Resize", "Right", "Accuracy", "", "95 %", *assigned, ""), box=SIMPLE)
    for row in sorted(probe.rows(), key=lambda row: (-(row["assigned"] or 0), -row["right"])):
        bar = "█" * round(BAR * row["accuracy"])
        ends = f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %"
        mark = "in use" if row["current"] else "clearly better" if row["advised"] else ""
        right = f"{row['right']} of {row['n']}"
        cells = (row["words"], written(row["rule"]), row["resize"], right, percent(row["accuracy"]), bar, ends)
        table.add_row(*map(escape, (*cells, *([percent(row["assigned"])] if assigned else []), mark)))
    return table


def _advice(probe: Probe) -> str:
    """What the table says, with the exact option to give where a rule is clearly better."""
    if probe.advice:
        return f"{probe.advice} Give {probe.option}"
    return probe.verdict or "No advice is possible."
