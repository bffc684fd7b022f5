"""`innv-gui suggest`: the scores of a dataset under some models into a table, without a server."""

from __future__ import annotations

import argparse
from pathlib import Path

from innv_gui.commands.reports import tell_left_out, tell_problems
from innv_gui.commands.steps import add_models, check_given, follow, say_naming, session_of, table_file


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
    problems, n = suggestion.problems, len(suggestion.dataset)
    tell_problems(problems, n)
    print(f"{out}: {n - len(problems):,} images x {len(suggestion.models)} models")
