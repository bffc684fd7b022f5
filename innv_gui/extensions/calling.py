"""Calls code of third parties so that its errors become sentences."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from innv_gui.errors import InnvError, WorkFailed
from innv_gui.extensions.opening import reason_of
from innv_gui.extensions.sources import Origin


def function(address: str) -> Callable[..., Any]:
    """The function behind `module:function`; imports the module."""
    module, _, name = address.partition(":")
    return getattr(importlib.import_module(module), name)


def told(what: str, origin: Origin, call: Callable[[], Any]) -> Any:
    """What `call` gives; an error of a third party's code becomes a sentence that names it."""
    if origin.kind == "built-in":
        return call()
    try:
        return call()
    except (InnvError, MemoryError):
        raise
    except Exception as error:
        raise WorkFailed(f"{what} failed: {reason_of(error)}.", f"It comes from {origin.name}.") from None
