"""A run as a sheet: every heatmap as it is shown, with what is said beside it, to be saved as a picture or a page."""

from __future__ import annotations

from innv_gui.plots.sheet import Sheet, Tile
from innv_gui.records import Model
from innv_gui.session.overlays import Look, overlaid
from innv_gui.session.pictures import Pictures
from innv_gui.session.run import Cell, Run, layer_of, versions


def sheet_of(run: Run, pictures: Pictures, look: Look = Look(), most: int | None = None) -> Sheet:  # noqa: B008 - frozen
    """Images in rows, at most `most`; a column a model, or as many as neurons are explained."""
    counts = [_n_targets(run, model) for model in run.models]
    columns = [name for model, n in zip(run.models, counts, strict=True) for name in _columns(model, n)]
    rows = tuple(
        (_row_name(run, position), _row(run, position, counts, pictures, look)) for position in _positions(run)[:most]
    )
    title = f"{run.request.analyzer.name} on {len(run.items)} images under {len(run.models)} models"
    return Sheet(title, tuple(_facts(run, look)), tuple(columns), tuple(rows))


def _positions(run: Run) -> range:
    return range(len(run.items))


def _n_targets(run: Run, model: Model) -> int:
    return max((len(run.cell(model, position).targets) for position in _positions(run)), default=1) or 1


def _columns(model: Model, n: int) -> list[str]:
    name = f"{model.letter} {model.name}"
    return [name] if n == 1 else [f"{name}, {place} of {n}" for place in range(1, n + 1)]


def _row_name(run: Run, position: int) -> str:
    item = run.items[position]
    return item.name if item.label is None else f"{item.name}  ·  {item.label}"


def _row(run: Run, position: int, counts: list[int], pictures: Pictures, look: Look) -> tuple[Tile, ...]:
    return tuple(
        _tile(run, model, position, place, pictures, look)
        for model, n in zip(run.models, counts, strict=True)
        for place in range(n)
    )


def _tile(run: Run, model: Model, position: int, place: int, pictures: Pictures, look: Look) -> Tile:
    cell = run.cell(model, position)
    if cell.status != "done" or place >= len(cell.targets):
        error = run.failures.get(model.id) or cell.error
        return Tile(None, (str(error),) if error else ("not computed",))
    kept, item = run.kept(model, position), run.items[position]
    picture = overlaid(kept, item, model, run.request.analyzer.display, pictures, look, place)
    return Tile(picture, tuple(_lines(run, model, cell, place)))


def _lines(run: Run, model: Model, cell: Cell, place: int):
    names = run.names(model)
    best, probability = cell.top[0]
    yield f"{names[best]} {probability:.3f}"
    target, score = cell.targets[place], cell.activations[place]
    what = names[target] if run.explains_classes and target < len(names) else f"neuron {target}"
    yield f"explained: {what}, {score:.3g}"
    yield from (f"{fact.text}" for fact in cell.health if fact.level == "warn")


def _facts(run: Run, look: Look):
    request = run.request
    yield "method", f"{request.analyzer.name} ({request.analyzer.citation})"
    if request.params:
        yield "parameters", ", ".join(f"{name} {value}" for name, value in request.params.items())
    for model in run.models:
        rule = model.preprocessing
        yield f"model {model.letter}", f"{model.name}, layer {layer_of(request, model)}, {rule.mode}, {rule.resize}"
        if run.naming(model).words:
            yield f"class names {model.letter}", run.naming(model).words
    if request.dataset is not None:
        yield "images", request.dataset.name
    yield "engine", request.engine
    if look.clip < 100:
        yield "clip", f"{look.clip:g} % of |relevance|"
    yield "made by", ", ".join(f"{name} {version}" for name, version in versions().items())
