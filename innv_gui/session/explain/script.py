"""A run as a Python script that does it again, from the same files, and says so when they have changed."""

from __future__ import annotations

from pprint import pformat

from innv_gui import analyzers
from innv_gui.errors import BadInput
from innv_gui.extensions.sources import folders
from innv_gui.records import Model, as_plain
from innv_gui.session.explain.run import Run
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
        "MODELS": [_model(model) for model in run.models],
        "DATASET": {"path": place, "fingerprint": images.whole or images.fingerprint},
        "IMAGES": [images.in_whole(item.index) for item in request.items],
        "REQUEST": _request(run),
        "SESSION": _session(run),
    }
    lines = [f"{name} = {pformat(value, width=110, sort_dicts=False, compact=True)}" for name, value in values.items()]
    title = f"{request.analyzer.name} on {len(request.items)} images under {len(run.models)} models"
    return _SCRIPT.format(title=title, version=VERSION, values="\n".join(lines))


def _model(model: Model) -> dict:
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
    }


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
    return {"trusted": trusted, "hooks": hooks} | ({"plugins": plugins} if plugins else {})


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

Run it with the Python that innv-gui is installed in: python THIS_FILE [run.h5]
A file that has moved is looked for beside this script.
"""

import sys
from pathlib import Path

from innv_gui import Session

{values}


def find(place):
    beside = Path(__file__).resolve().parent / Path(place).name
    return str(beside) if not Path(place).exists() and beside.exists() else place


def opened(session, sha256, file, **wishes):
    model = session.add_model(find(file), **wishes)
    if model.source.sha256 != sha256:
        sys.exit(f"{{file}} is not the file that was explained: its SHA-256 is {{model.source.sha256}}.")
    return model


def main(out="run.h5"):
    with Session(**SESSION) as session:
        models = [opened(session, **one) for one in MODELS]
        dataset = session.add_dataset(find(DATASET["path"]))
        if dataset.collection.fingerprint != DATASET["fingerprint"]:
            sys.exit("The images are not the same as those that were explained.")
        run = session.explain(models, dataset[IMAGES], **REQUEST)
        print(f"{{run.save(out)}}: " + ", ".join(f"{{model.name}} {{run[model].maps.shape}}" for model in models))


if __name__ == "__main__":
    main(*sys.argv[1:2])
'''
