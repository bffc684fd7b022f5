"""Keywords that a call hands on to the function that checks them: an unknown one is refused in the call's own name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

Call = TypeVar("Call", bound=Callable)


def wishes_of(*takers: Callable, but: tuple[str, ...] = (), called: str = "") -> Callable[[Call], Call]:
    """Marks a method whose further keywords are those of `takers`; but: what it gives them by itself.
    called: what a person calls, where that is not the method's name.

    It raises TypeError for others, as Python does, and names the method instead of a function within.
    """
    known = {name for taker in takers for name in inspect.signature(taker).parameters} - set(but)

    def marked(method: Call) -> Call:
        own = [one.name for one in inspect.signature(method).parameters.values() if one.kind is not one.VAR_KEYWORD]

        @wraps(method)
        def call(*args, **wishes):
            unknown = [name for name in wishes if name not in known and name not in own]
            if unknown:
                raise TypeError(f"{called or method.__name__}() got an unexpected keyword argument {unknown[0]!r}")
            return method(*args, **wishes)

        return cast("Call", call)

    return marked
