"""`innv-gui trust`: which explanation should be believed, into a table or a page, without a server."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from innv_gui import analyzers
from innv_gui.commands.reports import tell_left_out
from innv_gui.commands.steps import add_models, check_given, check_out, follow, say, say_naming, session_of
from innv_gui.errors import BadInput
from innv_gui.named_path import named_path
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.report import report
from innv_gui.session.trust.request import check_trust
from innv_gui.store.csv_text import frame_csv
from innv_gui.store.saving import save_bytes
from innv_gui.trust import metrics

SUFFIXES = (".csv", ".html")


def trust(options: argparse.Namespace) -> int:
    """Check what can be checked first, then measure, write and say what came out."""
    methods = [_method(text) for text in options.method] or None
    metrics.chosen(options.metric or None, has_regions=options.masks is not None)
    check_given(options)
    out = named_path(options.out, "out")
    if out.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{options.out!r} ends in neither .csv nor .html.", "", field="out", allowed=SUFFIXES)
    for file, example in ((options.out, "trust.csv"), (options.numbers, "numbers.csv")):
        if file:
            check_out(file, example)
    with session_of(options) as session:
        models, dataset = add_models(session, options), session.add_dataset(options.images)
        tell_left_out(dataset)
        say_naming(models, dataset)
        request = check_trust(
            models,
            dataset[_spread(len(dataset), options.most)],
            methods,
            options.metric or None,
            fills=options.fill or metrics.DEFAULT_FILLS,
            steps=options.steps,
            regions=options.masks,
            class_=options.class_ or "predicted",
            unchecked=options.unchecked,
        )
        say(f"{request.total_passes:,} forward passes for {len(request.items)} images.")
        found = session.start_trust(request)
        follow(found.job)
        _write(found, out, options.numbers)
        return _finish(found, out)


def _method(text: str) -> tuple[str, dict]:
    """ "lrp.epsilon" or "lrp.epsilon:epsilon=0.1,bias=off", checked."""
    name, _, settings = text.partition(":")
    pairs = [one.partition("=") for one in settings.split(",") if one.strip()]
    if any(not equals for _, equals, _ in pairs):
        example = "lrp.epsilon:epsilon=0.1"
        raise BadInput(f"Expected --method NAME:SETTING=VALUE, got {text!r}.", f"For example: {example}.", "methods")
    params = {key.strip(): value.strip() for key, _, value in pairs}
    return analyzers.get(name.strip()).name, analyzers.check(name.strip(), params)


def _spread(n: int, most: int) -> list[int]:
    """At most `most` positions, evenly over the dataset, so that all its folders are among them."""
    return np.linspace(0, n - 1, min(n, most)).round().astype(int).tolist()


def _write(found: Trust, out: Path, numbers: str | None) -> None:
    if out.suffix.lower() == ".html":
        save_bytes(out, "".join(report(found)).encode())
    else:
        save_bytes(out, frame_csv(found.summary).encode())
    if numbers:
        save_bytes(numbers, frame_csv(found.frame).encode())


def _finish(found: Trust, out: Path) -> int:
    for problem in found.problems:
        say(f"left out: {problem.reason}")
    for (_, row), error in found.failures.items():
        say(f"{row}: {error}")
    for model in found.request.models:
        said = found.advice(model)
        print(" ".join(filter(None, (said.sentence, said.caution))))
    n = len(found.request.items) - len(found.problems)
    print(f"{out}: {n} images x {len(found.request.models)} models x {len(found.request.methods)} methods")
    return 1 if found.failures else 0
