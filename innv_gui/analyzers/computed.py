"""What declarations have in common that name who computes them and what a person can set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from innv_gui.analyzers.settings import Params, Setting, params_of
from innv_gui.errors import WorkFailed, shown_value
from innv_gui.extensions.calling import told
from innv_gui.extensions.declared import Declared
from innv_gui.extensions.sources import Origin


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


def cost_of(declared: Computed, params: dict[str, Any], origin: Origin) -> int | None:
    """`declared.cost`, checked. Raises WorkFailed where `passes` of a third party fails or gives something else."""
    found: object = told(f"passes of {declared.name}", origin, lambda: declared.cost(dict(params)))
    if not is_cost(found):
        expected = "expected a whole number of forward passes"
        raise WorkFailed(
            f"passes of {declared.name} gave {shown_value(found)}, {expected}.", f"It comes from {origin.name}."
        )
    return found


def is_cost(found: object) -> TypeGuard[int | None]:
    """Whether it is a number of forward passes, or None for one that depends on the model."""
    return found is None or isinstance(found, int) and not isinstance(found, bool) and found >= 0
