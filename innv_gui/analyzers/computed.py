"""What declarations have in common that name who computes them and what a person can set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from innv_gui.analyzers.settings import Params, Setting, params_of
from innv_gui.extensions.declared import Declared


class Computed(Declared):
    """Base of dataclasses with `name`, `run`, `params` and `settings`: functions become addresses, tables classes."""

    name: str
    run: Mapping[str, str] | Callable[..., Any]
    params: type[Params]
    settings: Mapping[str, Setting]
    passes: int | Callable[[dict[str, Any]], int | None]

    def cost(self, params: dict[str, Any]) -> int | None:
        """Forward passes of one image with these settings, complete and checked; None: it depends on the model."""
        return self.passes(params) if callable(self.passes) else self.passes

    def __post_init__(self):
        if callable(self.run):
            object.__setattr__(self, "run", {"native": f"{self.run.__module__}:{self.run.__qualname__}"})
        if self.settings:
            object.__setattr__(self, "params", params_of(self.name, self.settings))
