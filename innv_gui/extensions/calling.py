"""Calls code of third parties so that its errors become sentences."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from innv_gui.errors import InnvError, WorkFailed
from innv_gui.extensions.opening import is_ours_to_end, reason_of
from innv_gui.extensions.sources import Origin


def function(address: str) -> Callable[..., Any]:
    """The function behind `module:function`; imports the module."""
    module, _, name = address.partition(":")
    return getattr(importlib.import_module(module), name)


def told(what: str, origin: Origin, call: Callable[[], Any]) -> Any:
    """What `call` gives; an error of a third party's code, of any class, becomes a sentence that names it.

    The sentence is raised after `except`: what an error remembers of another one, a deep recursion for instance,
    may not fit through a pickle.
    """
    if origin.kind == "built-in":
        return call()
    try:
        return call()
    except InnvError:
        raise
    except BaseException as error:
        if is_ours_to_end(error):
            raise
        reason = reason_of(error)
    raise WorkFailed(f"{what} failed: {reason}.", f"It comes from {origin.name}.")
