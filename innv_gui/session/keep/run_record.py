"""Requests as plain records that outlive the server, and back: models and datasets are found, or opened, again."""

from __future__ import annotations

import os
import time

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Analyzer
from innv_gui.datasets import is_address
from innv_gui.errors import BadInput, Conflict, InnvError, WorkFailed
from innv_gui.records import LabelClass, Model, Preprocessing, Target, as_plain
from innv_gui.session.datasets import Dataset, DatasetEntry
from innv_gui.session.explain.request import Item, Request, check_target
from innv_gui.session.keep.parts import part_of, taken, texts_of
from innv_gui.session.model_sources import hooks_hash

MOST_IMAGES = 100_000  # of a run that is kept among the earlier ones
_LATER = ("sha256", "trusted", "hooks", "budget")  # of a source: determined again, or given again on the command line


def remembered(id: str, request: Request, place: str) -> dict | None:
    """A record of a run; None for one over arrays, which are not in any file, and for one over more than MOST_IMAGES.

    place: where the dataset was opened.
    """
    if request.dataset is None or len(request.items) > MOST_IMAGES:
        return None
    dataset = request.dataset
    code = analyzers.origin(request.analyzer.name).code
    fits = [model.fit.sha256 if request.analyzer.fitted and model.fit else None for model in request.models]
    more = {"code": code, "fits": fits if any(fits) else []}
    return {name: value for name, value in more.items() if value} | {
        "id": id,
        "started": time.time(),
        "title": "",
        "analyzer": request.analyzer.name,
        "params": request.params,
        "engine": request.engine,
        "unchecked": request.unchecked,
        "models": [described(model) for model in request.models],
        "targets": [as_plain(target) for target in request.targets],
        "dataset": dataset_of(dataset, place),
        "images": [item.index for item in request.items],
    }


def described(model: Model) -> dict:
    """A model as a record: where it was, and what makes it the same."""
    hooks = _hooks(model.source.hooks)
    return ({} if hooks is None else {"hooks": hooks}) | {
        "name": model.name,
        "file": model.file,
        "sha256": model.source.sha256,
        "source": {name: value for name, value in as_plain(model.source).items() if name not in _LATER},
        "preprocessing": as_plain(model.preprocessing),
        "class_names": list(model.class_names),
        "class_names_origin": model.naming.origin if model.naming is not None else None,
        "labels_by_hand": [as_plain(one) for one in model.by_hand],
    }


def dataset_of(dataset: Dataset, place: str) -> dict:
    """A dataset as a record; place: what it was opened from. A saved list has `parts`: its images of the whole."""
    parts = texts_of(dataset.collection)
    found = {"name": dataset.name, "path": place, "fingerprint": dataset.collection.fingerprint}
    own = dataset.collection.names_and_labels
    return found | ({"parts": parts} if parts else {}) | ({"own": own} if own else {})


def request_of(record: dict, models, datasets) -> Request:
    """The request again. models: a ModelShelf, datasets: a DatasetShelf. Raises Conflict for what has changed."""
    method = _method(record)
    _check_code(record, method.name)
    params = analyzers.check(method.name, dict(record["params"]))
    dataset = opened_dataset(record["dataset"], datasets)
    if not all(0 <= index < len(dataset) for index in record["images"]):
        raise Conflict(f"The record of this run names images that {dataset.name} does not have.", field="images")
    found = tuple(model_of(one, models) for one in record["models"])
    refs = ((index, dataset.collection.ref(index)) for index in record["images"])
    items = tuple(Item(index, ref.name, ref.label, ref) for index, ref in refs)
    targets = tuple(Target(**target) for target in record["targets"])
    for model, target in zip(found, targets, strict=True):
        check_target(model, method, target, record["engine"])
    return Request(found, items, method, params, targets, record["engine"], record["unchecked"], dataset)


def _method(record: dict) -> Analyzer:
    try:
        return analyzers.get(record["analyzer"])
    except BadInput as missing:
        if not record.get("code"):
            raise
        hint = f"Start innv-gui with the plug-in of that time. {missing.hint}".strip()
        message = f"This was explained with {record['analyzer']}, a plug-in's method that is not loaded now."
        raise Conflict(message, hint, "analyzer") from None


def _check_code(record: dict, analyzer: str) -> None:
    origin = analyzers.origin(analyzer)
    if record.get("code") not in (None, origin.code):
        message = f"The plug-in {origin.name} is no longer the same as when this was explained with {analyzer}."
        raise Conflict(message, "Explain again.", "analyzer")


def check_fits(record: dict, request: Request) -> None:
    """That the patterns of a model, where the method needs some, are those that were in use. Raises Conflict."""
    for was, model in zip(record.get("fits") or (), request.models, strict=False):
        now = None if model.fit is None else model.fit.sha256
        if was not in (None, now):
            message = f"The patterns of {model.name} were fitted again since this was explained, and give other maps."
            raise Conflict(message, "Explain again.", "analyzer")


def is_dataset(record: dict, dataset: Dataset, datasets) -> bool:
    """Whether a record means an open dataset: the same names and labels at the same place.

    Names and labels alone do not say which pictures they are: a folder and an altered copy of it have the same.
    A saved list is the same whatever came to its whole since then.
    """
    collection = dataset.collection
    same = collection.fingerprint == record["fingerprint"]
    same = same or bool(record.get("own") and record["own"] == collection.names_and_labels)
    return same and _is_same_place(datasets.place(dataset), record["path"])


def _is_same_place(one: str, other: str) -> bool:
    if one == other or is_address(one) or is_address(other):
        return one == other
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, ValueError):  # a sent file may name what is no path
        return False


def opened_dataset(record: dict, datasets) -> Dataset:
    """The dataset of a record, opened again where it is not open; a saved list out of its whole.

    Raises Conflict where other images are there now, BadInput where nothing is; those of the same names that are open
    from another place are not taken instead.
    """
    _wait([entry for entry in datasets.entries() if record["name"] == entry.name or record["path"] == entry.path])
    found = _found(record, datasets)
    if found is not None:
        return found
    before = {entry.id for entry in datasets.entries()}
    entry = datasets.start(record["path"], None if record.get("parts") else record["name"])
    try:
        entry.job.wait()
    except InnvError:
        _close(entry, before, datasets)
        raise
    found = _found(record, datasets)
    if found is None:
        _close(entry, before, datasets)
        raise Conflict(
            f"The images of {record['name']} are no longer the same as when this was explained.",
            "Open them again, then explain again.",
            field="dataset",
        )
    return found


def _close(whole: DatasetEntry, before: set[str], datasets) -> None:
    """What was opened in vain, with the lists that came along with it."""
    for entry in datasets.entries():
        came_along = entry.id not in before and entry.path == whole.path
        if entry is whole or (came_along and entry.dataset is not None and entry.dataset.collection.parts):
            datasets.remove(entry.id)


def _found(record: dict, datasets) -> Dataset | None:
    """Among those that are open, or, of one of them, the list that the record means, opened now."""
    known = [entry.dataset for entry in datasets.entries() if entry.dataset is not None]
    same = [one for one in known if is_dataset(record, one, datasets)]
    if same:
        return same[0]
    there = [one for one in known if _is_same_place(datasets.place(one), record["path"]) and is_whole_of(record, one)]
    return _list_of(record, there[0], datasets) if there else None


def is_whole_of(record: dict, dataset: Dataset) -> bool:
    """Whether the record is of a saved list that can be taken out of this dataset, wherever it is."""
    texts = record.get("parts") or ()
    if not texts or dataset.collection.parts:
        return False
    part = part_of(dataset.collection, texts, record["name"])
    return part is not None and part.fingerprint == record["fingerprint"]


def _list_of(record: dict, whole: Dataset, datasets) -> Dataset:
    *between, last = record["parts"]
    inner = taken(whole.collection, between, record["name"])
    positions = taken(inner, [last], record["name"]).parts[-1]
    return datasets.add_part(Dataset(whole.id, whole.name, inner), record["name"], positions).dataset


def model_of(record: dict, models) -> Model:
    """The model of a record, loaded again where it is not there."""
    preprocessing = preprocessing_of(record["preprocessing"])
    _wait([entry for entry in models.entries() if record["file"] == entry.file or record["name"] == entry.name])
    known = [entry.model for entry in models.entries() if entry.model is not None]
    same = [one for one in known if is_model(record, one) and one.preprocessing == preprocessing]
    named = [one for one in same if one.name == record["name"]]
    return (named or same or [_opened(record, preprocessing, models)])[0]


def is_model(record: dict, model: Model) -> bool:
    """Whether a record means a model: the same output of the same file, and the same custom preprocessing, if any."""
    return model.source.identity == identity(record) and _has_same_hooks(record, model.source.hooks)


def _has_same_hooks(record: dict, hooks: str | None) -> bool:
    """Where either is not known (in records of earlier versions, for instance), nothing speaks against it."""
    known = {record.get("hooks"), _hooks(hooks)} - {None}
    return len(known) < 2


def _hooks(path: str | None) -> str | None:
    """The hash of a hooks file, empty without one; None where it cannot be read now."""
    try:
        return hooks_hash(path)
    except WorkFailed:
        return None


def identity(record: dict) -> tuple[str, int, str | None]:
    """`ModelSource.identity` of a model's record."""
    source = record["source"]
    return record["sha256"], source["output"] or 0, source.get("outputs")


def _wait(entries: list) -> None:
    """For those that are being opened and may be what is looked for, so that nothing is opened twice."""
    for entry in entries:
        if entry.status == "loading" and entry.job is not None:
            entry.job.ended(None)


def _opened(record: dict, preprocessing: Preprocessing, models) -> Model:
    if not _has_same_hooks(record, models.hooks):
        raise _other_hooks(record, models.hooks)
    source = record["source"]
    entry = models.start(
        source["path"] or source["application"],
        weights=source["weights"],
        name=record["name"],
        output=source["output"],
        outputs=source.get("outputs"),
        shown_file=record["file"],
        preprocessing=preprocessing,
        classes=_classes(record),
        by_hand=tuple(LabelClass(**one) for one in record.get("labels_by_hand") or ()),
        recorded=True,
    )
    try:
        entry.job.wait()
    except InnvError:
        sha256 = models.sha256_of(entry.id)
        models.remove(entry.id)
        if sha256 not in ("", record["sha256"]):  # refused for what the other file did not have
            raise _other_file(record) from None
        raise
    model = models.get(entry.id)
    if model.source.sha256 != record["sha256"]:
        models.remove(entry.id)
        raise _other_file(record)
    return model


def _other_file(record: dict) -> Conflict:
    return Conflict(
        f"{record['file']} is no longer the same file as when it was explained.",
        "Add the model again, then explain again.",
        field="models",
    )


def _other_hooks(record: dict, hooks: str | None) -> Conflict:
    hint = "Start innv-gui with the hooks file of that time (--hooks)."
    if not record["hooks"]:
        how, hint = "without custom preprocessing, which this session has", "Start innv-gui without --hooks."
    elif hooks:
        how = "with other custom preprocessing than this session has"
    else:
        how = "with custom preprocessing, which this session does not have"
    return Conflict(f"{record['file']} was used {how}.", hint, "models")


def _classes(record: dict) -> tuple[str, ...] | None:
    """The class names that a person gave: a list, or none (empty). All else is determined again.

    Records of before there were origins hold names that were given, or none.
    """
    names = tuple(record["class_names"])
    origin = record.get("class_names_origin") or ("given" if names else None)
    return {"given": names, "numbers": ()}.get(origin)


def preprocessing_of(record: dict) -> Preprocessing:
    """A model's preprocessing out of its record; not checked."""
    sides = {name: tuple(record[name]) if record[name] is not None else None for name in ("mean", "std")}
    return Preprocessing(record["mode"], sides["mean"], sides["std"], record["resize"], record.get("channels", "rgb"))
