"""`innv-gui fit-patterns`: what pattern.net and pattern.attribution need of a model, learnt from images."""

from __future__ import annotations

import argparse
import sys

from innv_gui.commands.steps import add_models, check_given, follow, session_of
from innv_gui.errors import BadInput


def fit_patterns(options: argparse.Namespace) -> int:
    """One line for each model. Without a workspace there is nowhere to keep them."""
    check_given(options)
    if not options.workspace:
        raise BadInput("Patterns are kept in a workspace; none was given.", "Add --workspace DIR.", "workspace")
    with session_of(options) as session:
        dataset = session.add_dataset(options.images)
        for model in add_models(session, options):
            job = session.patterns.start(model, dataset)
            follow(job)
            print(f"{model.name}: {job.message}")
    print("Explain with --analyzer pattern.net or pattern.attribution and the same --workspace.", file=sys.stderr)
    return 0
