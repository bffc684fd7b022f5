"""`innv-gui suggest`: the scores of a dataset under some models into a table, without a server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from innv_gui.commands.reports import tell_left_out
from innv_gui.commands.steps import add_models, check_given, follow, say_naming, session_of, table_file

SHOWN_PROBLEMS = 20


def suggest(options: argparse.Namespace) -> int:
    """Check what can be checked first, then score and write the table."""
    check_given(options)
    out = table_file(options.out, "scores.parquet")
    with session_of(options) as session:
        models = add_models(session, options)
        dataset = session.add_dataset(options.images)
        tell_left_out(dataset)
        suggestion = session.start_suggest(
            models, dataset, layer=options.layer, neuron=options.neuron, class_=options.class_
        )
        say_naming(models, dataset)
        follow(suggestion.job)
        suggestion.save(out)
        _say(suggestion, out)
    return 0


def _say(suggestion, out: Path) -> None:
    problems = suggestion.problems
    for problem in problems[:SHOWN_PROBLEMS]:
        print(f"innv-gui: left out: {problem.name} {problem.reason}", file=sys.stderr)
    if len(problems) > SHOWN_PROBLEMS:
        print(f"innv-gui: left out: {len(problems) - SHOWN_PROBLEMS:,} more.", file=sys.stderr)
    n = len(suggestion.dataset)
    if problems:
        print(f"innv-gui: {len(problems):,} of {n:,} images were left out.", file=sys.stderr)
    print(f"{out}: {n - len(problems):,} images x {len(suggestion.models)} models")
