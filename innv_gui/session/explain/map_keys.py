"""Where a map is kept: a key of everything that determines it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from innv_gui import analyzers
from innv_gui.cluster.code import source_hash
from innv_gui.datasets import GONE, is_address, state
from innv_gui.errors import ImageRefused
from innv_gui.records import ImageRef, Model, Target, as_plain
from innv_gui.session.explain.contents import content_of
from innv_gui.session.explain.request import Item, Request
from innv_gui.session.model_sources import hooks_hash
from innv_gui.store.maps import key_of
from innv_gui.version import VERSION

RUNTIMES = Path(__file__).parents[2] / "runtimes"


@cache
def engine_code(folder: Path = RUNTIMES) -> str:
    """Hash of the engines' source. What another one computed is computed again: it may have been fixed since."""
    return source_hash(folder)


def identity(item: Item) -> list:
    """What makes an image the same as before: its place and content, or its numbers.

    A row of an array file, which may be larger than memory, has the state of that file instead.
    """
    if item.row is not None:
        return ["array", list(item.row.shape), hashlib.sha256(np.ascontiguousarray(item.row)).hexdigest()]
    ref = item.ref
    if ref is None:
        raise ImageRefused(f"{item.name} is no longer there.", "Open the dataset again.")
    found = there(ref)
    is_file = ref.index is None and not is_address(ref.path)
    content = content_of(ref.path, found) if is_file else ""
    return [ref.path, *([content] if content else found), ref.key, ref.index]


def there(ref: ImageRef) -> tuple[int, ...]:
    """The state of an image's file; raises ImageRefused where there is none."""
    found = state(ref)
    if found == GONE:
        raise ImageRefused(f"{ref.name} is no longer there.", "Open the dataset again.")
    return found


def map_key(request: Request, model: Model, target: Target, item: Item, hooks: str | None = None) -> str:
    """Where the map of one image under one model is kept. hooks: hash of the model's hooks, where it is known.

    Raises ImageRefused for an image that is gone.
    """
    source = as_plain(model.source) | {"path": "", "weights": model.source.weights and "w", "trusted": False}
    source["hooks"] = hooks_hash(model.source.hooks) if hooks is None else hooks
    del source["budget"]  # how much it may take to open says nothing about its maps
    code = analyzers.origin(request.analyzer.name).code
    return key_of(
        VERSION,
        engine_code(),
        source,
        as_plain(model.preprocessing),  # of an array, too: what a removed part is filled with comes in pixels
        identity(item),
        request.analyzer.name,
        request.params,
        as_plain(target),
        request.engine,
        request.unchecked,
        *([code] if code else []),  # a changed plug-in explains again
        *([model.fit.sha256] if request.analyzer.fitted and model.fit is not None else []),
    )
