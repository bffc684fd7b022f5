"""A run as a sheet: every heatmap as it is shown, with what is said beside it, to be saved as a picture or a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from innv_gui.plots.colormaps import TABLES
from innv_gui.plots.heatmap import ends
from innv_gui.plots.sheet import Column, Line, Row, Scale, Sheet, Tile
from innv_gui.plots.sheet_layout import TILE_PX
from innv_gui.preprocessing import in_words, written
from innv_gui.records import Model, Preprocessing
from innv_gui.session.explain.overlays import Look, as_picture, overlaid
from innv_gui.session.explain.pictures import SIZES_PX, Pictures
from innv_gui.session.explain.request_facts import layer_of, versions
from innv_gui.session.explain.run import Cell, Run, predicted

MOST_NAMED = 3  # models in the name of a file
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')  # what no system takes in the name of a file
SCALE_STEPS = 33  # colours of the scale, as a page has them


def sheet_of(
    run: Run, pictures: Pictures, look: Look | None = None, most: int | None = None, side_px: int = TILE_PX
) -> Sheet:
    """Images in rows, at most `most`; one column per model, or as many as neurons are explained.

    side_px: the longest side of pictures; 0 is that of each network's input.
    """
    counts = [_n_targets(run, model) for model in run.models]
    columns = [column for model, n in zip(run.models, counts, strict=True) for column in _columns(model, n)]
    look = (look or Look()).at(side_px)
    rows = tuple(_row(run, position, counts, pictures, look) for position in range(len(run.items))[:most])
    return Sheet(_title(run), tuple(_facts(run, look)), tuple(columns), rows, _scale(run, look))


def file_name(run: Run, ending: str) -> str:
    """What a file of a whole run is called: images, models, method."""
    names = [model.name for model in run.models]
    models = "+".join(names) if len(names) <= MOST_NAMED else f"{len(names)}-models"
    dataset = run.request.dataset.name if run.request.dataset is not None else "images"
    return _NO_NAME.sub("_", f"{dataset}-{models}-{run.request.analyzer.name}.{ending}")


def _title(run: Run) -> str:
    images, models = len(run.items), len(run.models)
    said = f"{images} image{'s' if images != 1 else ''} under {models} model{'s' if models != 1 else ''}"
    return f"{run.request.analyzer.name} on {said}"


def _n_targets(run: Run, model: Model) -> int:
    return max((len(run.cell(model, position).targets) for position in range(len(run.items))), default=1) or 1


def _columns(model: Model, n: int) -> list[Column]:
    if n == 1:
        return [Column(model.name, model.letter)]
    return [Column(f"{model.name}, {place} of {n}", model.letter) for place in range(1, n + 1)]


def _row(run: Run, position: int, counts: list[int], pictures: Pictures, look: Look) -> Row:
    item = run.items[position]
    tiles = tuple(
        _tile(run, model, position, place, pictures, look)
        for model, n in zip(run.models, counts, strict=True)
        for place in range(n)
    )
    picture = _picture(run, position, pictures, look) if any(tile.picture for tile in tiles) else None
    return Row(item.name, tiles, item.label, picture)


def _picture(run: Run, position: int, pictures: Pictures, look: Look) -> bytes | None:
    """The image itself: its file, or of an array what the first network that could read it was given."""
    ref, side_px = run.items[position].ref, look.side_px or TILE_PX
    if ref is not None:
        return pictures.thumbnail(ref, min(max(side_px, SIZES_PX[0]), SIZES_PX[-1]))
    done = next(model for model in run.models if run.cell(model, position).status == "done")
    return as_picture(run.kept(done, position), side_px)


def _tile(run: Run, model: Model, position: int, place: int, pictures: Pictures, look: Look) -> Tile:
    cell = run.cell(model, position)
    if cell.status != "done" or place >= len(cell.targets):
        error = run.failures.get(model.id) or cell.error
        return Tile(None, (Line(str(error), "bad") if error else Line("not computed"),))
    kept, item = run.kept(model, position), run.items[position]
    replaced = run.contents.why_not_shown(item.ref)
    if replaced:
        return Tile(None, (Line(replaced, "bad"),))
    picture = overlaid(kept, item, model, run.request.analyzer.display, pictures, look, place)
    return Tile(picture, tuple(_lines(run, model, cell, place, item.label)))


def _lines(run: Run, model: Model, cell: Cell, place: int, label: str | None) -> Iterator[Line]:
    names = run.names(model)
    said = dict(cell.top)
    classes = predicted(model, cell.top)
    yield Line(", ".join(f"{names[index]} {said[index]:.3f}" for index in classes) or "no class above 0.5", "ink")
    yield from _verdict(run.class_of(model, label), label, classes)
    target, score = cell.targets[place], cell.activations[place]
    yield Line(f"explained: {_target(run, model, names, target)} {score:.3g}")
    yield from (Line(fact.text, "warn") for fact in cell.health if fact.level != "ok")


def _target(run: Run, model: Model, names: tuple[str, ...], target: int) -> str:
    """What was explained, and what its number is."""
    if not run.explains_classes or target >= len(names):
        return f"neuron {target},"
    kept = run.request.targets[0].softmax
    return f"{names[target]}, {'probability' if kept else model.facts.outputs.explained}"


def _verdict(label_class: int | None, label: str | None, classes: list[int]) -> Iterator[Line]:
    """In the words of the page; nothing without a label."""
    if label is None:
        return
    if label_class is None:
        yield Line("other labels")
    else:
        yield Line("as labelled", "ok") if label_class in classes else Line("not as labelled", "bad")


def _scale(run: Run, look: Look) -> Scale:
    display = run.request.analyzer.display
    if display.kind == "rgb":
        return Scale("relevance of each colour channel; grey is zero")
    colormap = look.colormap or display.colormap
    table = TABLES[colormap]
    steps = [round(place * (len(table) - 1) / (SCALE_STEPS - 1)) for place in range(SCALE_STEPS)]
    colours = tuple(f"#{bytes(table[step]).hex()}" for step in steps)
    full = "the largest |relevance|" if look.clip >= 100 else f"the {look.clip:g} % percentile of |relevance|"
    return Scale(f"full colour: {full} of each map", colours, ends(display.kind, colormap))


def _fed(rule: Preprocessing) -> str:
    """How pixels became network input; a mean and a std with their numbers."""
    return written(rule) if rule.mean else f"{in_words(rule)}, {rule.resize}"


def _facts(run: Run, look: Look) -> Iterator[tuple[str, str]]:
    request = run.request
    yield "method", f"{request.analyzer.name} ({request.analyzer.citation})"
    if request.params:
        yield "parameters", ", ".join(f"{name} {value}" for name, value in request.params.items())
    for model in run.models:
        yield f"model {model.letter}", f"{model.name}, layer {layer_of(request, model)}, {_fed(model.preprocessing)}"
        if run.naming(model).words:
            yield f"class names {model.letter}", run.naming(model).words
    if request.dataset is not None:
        yield "images", request.dataset.name
    yield "engine", request.engine
    if look.clip < 100:
        yield "clip", f"{look.clip:g} % of |relevance|"
    yield "made by", ", ".join(f"{name} {version}" for name, version in versions().items())
