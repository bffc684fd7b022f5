"""Runs a view for one model, step by step where it takes long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from innv_gui.extensions.calling import told
from innv_gui.records import ModelSource, Preprocessing
from innv_gui.runtimes.code import check_version, function
from innv_gui.runtimes.keras.answers import own_copy
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.own_copy import OwnCopy
from innv_gui.runtimes.keras.predict.feeding import Feeding
from innv_gui.runtimes.keras.views.selection import Selection
from innv_gui.views import catalog
from innv_gui.views.parts import Part, checked_parts

KEPT = 4  # views that wait for their next step
END = object()

Step = tuple[tuple[Part, ...] | None, bool]  # parts, None where there are no more; whether a next step may bring some


@dataclass
class Begun:
    """A view on its way. steps: what it gives, one after the other; at_once: it gave a list, and that was all."""

    name: str
    stopped: Callable[[], bool]
    steps: Iterator[object] = iter(())
    at_once: bool = False
    own: OwnCopy | None = None  # of the network, where the view is a plug-in's

    def step(self) -> Step:
        """Raises WorkFailed where the view fails, or gives what cannot be shown."""
        found = self.told(lambda: self._checked(next(self.steps, END)))
        if found is None or self.at_once:
            self.settle()
        return found, found is not None and not self.at_once

    def told(self, call: Callable[[], Any]) -> Any:
        """What the view's code gives; its errors name it, and leave the network as it was."""
        try:
            return told(self.name, catalog.origin(self.name), call)
        except BaseException:
            self.settle()
            raise

    def settle(self) -> None:
        """The view has ended: who comes next finds its copy of the network as it was."""
        if self.own is not None:
            self.own.settle()

    def _checked(self, found: object) -> tuple[Part, ...] | None:
        return None if found is END else checked_parts(self.name, found)


_waiting: OrderedDict[tuple[str, int], Begun] = OrderedDict()  # by the view's own word, and how many steps it gave


def view(
    source: ModelSource,
    x: np.ndarray,
    name: str,
    params: dict[str, Any],
    names: tuple[str, ...],
    labels: tuple[str | None, ...],
    class_names: tuple[str, ...],
    code: str = "",
    preprocessing: Preprocessing | None = None,
    step: tuple[str, int] = ("", 0),
    *,
    stopped: Callable[[], bool] = lambda: False,
    make_way: Callable[[], bool] = lambda: False,
) -> Step:
    """x (n, H, W, C) network input -> the view's parts, checked, and whether a next step may bring more.

    code: hash of a plug-in's files in the server. preprocessing: how images became x. step: a word that is this view's
    own, and how many steps it has given; where this worker does not know them, it makes them again. stopped: asked by
    views that take long. make_way: not asked, as a person waits for this.
    """
    check_version("view", name, catalog.origin, code)
    word, done = step
    begun = _waiting.pop(step, None)
    if begun is None:
        feeding = Feeding(preprocessing or Preprocessing(), source.hooks)
        begun = _begin(source, name, params, x, names, labels, class_names, feeding)
        for _ in range(done):
            begun.step()
    begun.stopped = stopped
    parts, more = begun.step()
    if more:
        _waiting[word, done + 1] = begun
        while len(_waiting) > KEPT:
            _waiting.popitem(last=False)
    return parts, more


def _begin(source: ModelSource, name: str, *selected) -> Begun:
    """selected: the rest of a Selection. Whether the person has given up is asked of the step that runs."""
    network = loading.load(source)
    run, begun = function(catalog.get(name).run["native"]), Begun(name, lambda: False)
    begun.own = own_copy(source, network, f"view {name}", catalog.origin(name))  # a method may have its name
    selection = Selection(network, name, *selected, stopped=lambda: begun.stopped(), own=begun.own)
    answer = begun.told(lambda: run(selection))
    begun.at_once = not isinstance(answer, Iterator)
    begun.steps = iter([answer]) if begun.at_once else answer
    return begun
