"""`innv-gui retrain`: a model trained again with a part of the images painted out, as a new file, without a server."""

from __future__ import annotations

import argparse

from innv_gui.commands.retrain_options import BOX
from innv_gui.commands.steps import add_models, check_given, check_out, follow, say, session_of
from innv_gui.errors import BadInput
from innv_gui.session.retraining.record import Retraining
from innv_gui.session.retraining.request import OPTIONS
from innv_gui.store.saving import save_bytes


def retrain(options: argparse.Namespace) -> int:
    """Check what can be checked first, then train, write and say what came of it."""
    check_given(options)
    check_out(options.out, "new.keras")
    if not options.out.endswith(".keras"):
        raise BadInput(f"{options.out!r} does not end in .keras.", "For example: --out new.keras.", "out")
    regions = _regions(options)
    with session_of(options) as session:
        models = add_models(session, options)
        if len(models) > 1:
            raise BadInput(f"Expected one model, got {len(models)}.", "Train them one after the other.", "models")
        wishes = {name: getattr(options, name) for name in OPTIONS}
        request = session.retrainings.check(models[0], session.add_dataset(options.images), regions, **wishes)
        for note in request.notes:
            say(note)
        one = session.retrainings.start(request)
        follow(one.job)
        if request.plan.steps:
            save_bytes(options.out, session.retrainings.file(one))
        _say(one, options.out)
    return 0


def _regions(options: argparse.Namespace):
    if bool(options.box) == bool(options.masks):
        raise BadInput("Expected either --box or --masks.", "For example: --box 0,0,1,0.6.", "regions")
    return options.masks or [_box(text) for text in options.box]


def _box(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise BadInput(f"Expected four numbers as --box, got {text!r:.60}.", BOX, "regions") from None


def _say(one: Retraining, out: str) -> None:
    found = one.finding
    if found is not None:
        print(f"{found.title} {found.detail}")
    for words, behaviour in (("before", one.before), ("after", one.after)):
        if behaviour is not None:
            few = f" ({behaviour.n_painted} of {behaviour.n} show it)" if behaviour.n_painted < behaviour.n else ""
            print(
                f"{words}: {behaviour.usual:.0%} right as they are, {behaviour.replaced:.0%} with the painted part"
                f" replaced{few}, {behaviour.share:.0%} of the evidence there"
            )
    if one.step:
        print(f"{out}: {one.step} steps on {one.request.n_trained} images")
    else:
        print(f"{out} is not written: nothing was trained in 0 steps.")
