"""`innv-gui explore`: what models get right on a dataset, its rows and their places on maps, without a server."""

from __future__ import annotations

import argparse

from innv_gui.commands.reports import tell_left_out, tell_problems
from innv_gui.commands.steps import add_models, check_given, follow, say_naming, session_of, table_file
from innv_gui.errors import BadInput
from innv_gui.session.explore.exploration import Exploration
from innv_gui.session.explore.maps import MapWish
from innv_gui.session.explore.spaces import PIXELS
from innv_gui.session.models import letter_of
from innv_gui.store.score_export import save_frame


def explore(options: argparse.Namespace) -> int:
    """Check what can be checked first, then score, place and write the rows that the query means."""
    check_given(options)
    if options.falling and not options.sort:
        raise BadInput("--falling was given without --sort; expected both.", "Add --sort COLUMN.", field="sort")
    out = table_file(options.out, "images.parquet")
    with session_of(options) as session:
        models, dataset = add_models(session, options), session.add_dataset(options.images)
        tell_left_out(dataset)
        say_naming(models, dataset)
        exploration = session.start_explore(models, dataset, options.layer)
        exploration.query(options.query, options.sort)  # a query that is not understood is told before the work
        follow(exploration.job)
        rows = exploration.query(options.query, options.sort, options.falling)
        frame = exploration.saved_frame_of(rows)
        for name, places in _places(exploration, options).items():
            frame[f"{name}.x"], frame[f"{name}.y"] = places[rows, 0], places[rows, 1]
        save_frame(frame, out)
        tell_problems(exploration.problems, len(dataset))
        _say(exploration)
        print(f"{out}: {len(rows):,} of {len(dataset):,} images")
    return 0


def _places(exploration: Exploration, options: argparse.Namespace) -> dict:
    """Places of all images by what they were compared by: pixels, and each model's letter."""
    if options.map is None:
        return {}
    spaces = {PIXELS: PIXELS} | {letter_of(k): model.id for k, model in enumerate(exploration.models)}
    found = {}
    for name, of in spaces.items():
        made = exploration.start_map(MapWish(of, options.map, seed=options.seed))
        follow(made.job)
        found[name] = made.places
    return found


def _say(exploration: Exploration) -> None:
    for position, told in enumerate((exploration.facts or {}).get("models", ())):
        name = f"{letter_of(position)} {exploration.models[position].name}"
        if told["right"] is None:
            print(f"{name}: {told['why']}")
            continue
        worst = ", ".join(f"{one['name']} {100 * one['right']:.0f} %" for one in told["worst"])
        print(
            f"{name}: {100 * told['right']:.1f} % right, loss {told['loss']:.3g}, {told['n']:,} images; worst {worst}"
        )
        for pair in told["pairs"][:3]:
            print(f"  {pair['label']} taken for {pair['prediction']}: {pair['n']:,}")
