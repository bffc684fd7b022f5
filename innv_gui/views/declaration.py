"""The declaration of a view, like that of an analyzer: it computes nothing and names what does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from innv_gui.analyzers.acceptance import accept_module, accept_params, accept_passes, accept_run
from innv_gui.analyzers.computed import Computed
from innv_gui.analyzers.settings import NoParams, Params, Setting
from innv_gui.errors import BadInput
from innv_gui.extensions.sources import Origin
from innv_gui.extensions.words import check_name, check_text


@dataclass(frozen=True)
class View(Computed):
    """run: a function of this module, or `{"native": "module:function"}`; called once per model, in a worker.

    It takes a selection (`runtimes/keras/views/selection.py`) and gives a list of parts (`views/parts.py`); where it
    yields several, each is shown in place of the one before. settings: name -> `Number`, `Whole`, `Switch` or `Choice`;
    or params, a class of them. most_images: how many it can take at once. passes: forward passes an image, as of a
    method.
    """

    name: str
    title: str
    summary: str
    run: Mapping[str, str] | Callable = field(hash=False)
    params: type[Params] = NoParams
    settings: Mapping[str, Setting] = field(default_factory=dict, hash=False, repr=False)
    most_images: int = 64
    passes: int | Callable[[dict[str, Any]], int | None] = field(default=1, hash=False, repr=False)


def accept(view: View, origin: Origin) -> None:
    """Raises BadInput naming what of the declaration is wrong, and what was expected."""
    check_name(view.name)
    check_text(view.name, "title", view.title, 60)
    check_text(view.name, "summary", view.summary, 300)
    accept_run(view.name, view.run, ("native",))
    if origin.kind != "built-in":
        accept_module(view.name, view.run["native"])
    accept_params(view.name, view.params)
    accept_passes(view)
    if not isinstance(view.most_images, int) or not 1 <= view.most_images <= 1000:
        raise BadInput(f"{view.name}: most_images must be a whole number from 1 to 1000; got {view.most_images!r:.20}.")
