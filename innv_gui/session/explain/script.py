"""A run as a Python script that does it again, from the same files, and says so when they have changed."""

from __future__ import annotations

from pprint import pformat

from innv_gui import analyzers
from innv_gui.errors import BadInput, ImageRefused
from innv_gui.extensions.sources import folders
from innv_gui.records import Model, Target, as_plain
from innv_gui.session.explain.contents import DIGITS
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.run import Run
from innv_gui.session.model_sources import hooks_hash
from innv_gui.version import VERSION


def script_of(run: Run, place: str) -> str:
    """place: what the dataset was opened from, of a saved list its whole.

    Raises BadInput for a run over arrays, which are not in any file.
    """
    request = run.request
    if request.dataset is None:
        raise BadInput(
            "A script cannot refer to arrays: they are not in a file.", "Explain image files instead.", field="images"
        )
    images = request.dataset.collection
    values = {
        "MODELS": [_model(run, model) for model in run.models],
        "DATASET": {"path": place, "fingerprint": images.whole or images.fingerprint},
        "IMAGES": [images.in_whole(item.index) for item in request.items],
        "CONTENTS": _contents(run),
        "REQUEST": _request(run),
        **_session(run),
    }
    lines = [f"{name} = {pformat(value, width=110, sort_dicts=False, compact=True)}" for name, value in values.items()]
    title = f"{request.analyzer.name} on {len(request.items)} images under {len(run.models)} models"
    return _SCRIPT.format(title=title, version=VERSION, digits=DIGITS, values="\n".join(lines))


def _contents(run: Run) -> list[str]:
    """The first digits of each image's SHA-256; empty for one that is not the picture any more that was explained."""
    hashes = enumerate(run.content_hashes())
    return [sha256[:DIGITS] if _is_as_explained(run, position) else "" for position, sha256 in hashes]


def _is_as_explained(run: Run, position: int) -> bool:
    for model, target in zip(run.models, run.request.targets, strict=True):
        cell = run.cell(model, position)
        if cell.status == "done":
            return _key(run, model, target, position) == cell.key
    return True


def _key(run: Run, model: Model, target: Target, position: int) -> str:
    try:
        return map_key(run.request, model, target, run.items[position])
    except ImageRefused:  # it is gone
        return ""


def _model(run: Run, asked: Model) -> dict:
    model = run.current(asked)
    source = model.source
    return {
        "file": source.path or source.application,
        "name": model.name,
        "weights": source.weights,
        "preprocessing": as_plain(model.preprocessing),
        "classes": _classes(model),
        "output": source.output,
        "outputs": source.outputs,
        "sha256": source.sha256,
        "labels": run.labels_by_hand(model),
        "fit": _fit(run, asked),
    }


def _fit(run: Run, model: Model) -> dict | None:
    """What its patterns are, where the method needs some."""
    fit = run.fit_of(model)
    return fit and {"sha256": fit.sha256, "dataset": fit.dataset, "images": fit.n_images + fit.n_problems}


def _classes(model: Model) -> list[str] | None:
    """What a person chose; all else is determined again, in the same way."""
    is_told = model.naming is not None and model.naming.origin in ("given", "numbers")
    return list(model.class_names) if is_told else None


def _session(run: Run) -> dict:
    models = run.models
    trusted = [model.source.sha256 for model in models if model.source.trusted]
    hooks = next((model.source.hooks for model in models if model.source.hooks), None)
    plugins = (
        [str(folder) for folder in folders()] if analyzers.origin(run.request.analyzer.name).kind == "file" else []
    )
    return {"TRUSTED": trusted, "HOOKS": hooks, "HOOKS_SHA256": hooks_hash(hooks), "PLUGINS": plugins}


def _request(run: Run) -> dict:
    request, target = run.request, run.request.targets[0]
    layers = {model.name: aim.layer for model, aim in zip(run.models, request.targets, strict=True) if aim.layer}
    return {
        "analyzer": request.analyzer.name,
        "params": dict(request.params),
        "layer": layers or None,
        "neuron": target.neuron,
        "top_neurons": target.top_neurons,
        "class_": _class(run),
        "engine": request.engine,
        "unchecked": request.unchecked,
        "softmax": target.softmax,
    }


def _class(run: Run) -> str | int | None:
    """An index where all models mean the same one, else the name that each model knows."""
    asked = {target.class_ for target in run.request.targets}
    if len(asked) == 1:
        return asked.pop()
    return run.names(run.models[0])[run.request.targets[0].class_]


_SCRIPT = '''"""{title}: made by innv-gui {version}.

Run it with the Python that innv-gui is installed in: python THIS_FILE [run.h5 [IMAGES]]
A file that has moved is looked for beside this script. IMAGES: what patterns were fitted on, where the method needs
them and they were fitted on other images than those that were explained.
"""

import hashlib
import sys
from pathlib import Path

from innv_gui import Session
from innv_gui.datasets import content_hashes
from innv_gui.errors import InnvError

{values}


def find(place):
    beside = Path(__file__).resolve().parent / Path(place or "").name
    has_moved = place not in (None, "random") and not Path(place).exists() and beside.exists()
    return str(beside) if has_moved else place


def opened(session):
    dataset = session.add_dataset(find(DATASET["path"]))
    is_same = dataset.collection.fingerprint == DATASET["fingerprint"]
    if not is_same or [sha256[:{digits}] for sha256 in content_hashes(dataset[IMAGES])] != CONTENTS:
        sys.exit("The images are not the same as those that were explained.")
    return dataset


def with_hooks():
    place = find(HOOKS)
    if place and hashlib.sha256(Path(place).read_bytes()).hexdigest() != HOOKS_SHA256:
        sys.exit(f"{{place}} is not the custom preprocessing that was used.")
    return place


def fit_patterns(session, model, images, fit):
    if len(images) != fit["images"] or session.fit_patterns(model, images).sha256 != fit["sha256"]:
        sys.exit(
            f"The patterns of {{model.name}} were fitted on {{fit['images']:,}} images of {{fit['dataset']}}, which "
            "are not these: give their folder or file behind the name of the run's file."
        )


def loaded(session, dataset, fitted_on, file, weights, sha256, labels, fit, **wishes):
    model = session.add_model(find(file), weights=find(weights), **wishes)
    if model.source.sha256 != sha256:
        sys.exit(f"{{file}} is not the file that was explained: its SHA-256 is {{model.source.sha256}}.")
    session.map_labels(model, dataset, labels)
    if fit:
        fit_patterns(session, model, fitted_on, fit)
    return model


def report(run, model):
    try:
        print(f"{{model.name}}: {{run[model].maps.shape}}")
    except InnvError as reason:
        print(f"{{model.name}} is left out: {{reason}}")


def main(out="run.h5", pattern_images=None):
    with Session(trusted=TRUSTED, hooks=with_hooks(), plugins=[find(folder) for folder in PLUGINS]) as session:
        dataset = opened(session)
        fitted_on = session.add_dataset(pattern_images) if pattern_images else dataset
        models = [loaded(session, dataset, fitted_on, **one) for one in MODELS]
        run = session.explain(models, dataset[IMAGES], **REQUEST)
        print(run.save(out))
        for model in models:
            report(run, model)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except InnvError as reason:
        sys.exit(str(reason))
'''
