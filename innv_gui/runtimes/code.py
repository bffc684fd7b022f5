"""The code behind a method's declaration, found in the worker that runs it."""

from __future__ import annotations

from collections.abc import Callable

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Analyzer
from innv_gui.errors import AnalyzerRefused, BadInput, NotFound, WorkFailed
from innv_gui.extensions import calling
from innv_gui.extensions.opening import reason_of
from innv_gui.extensions.sources import Origin


def method_of(name: str, engine: str) -> tuple[Analyzer, Callable]:
    """The declaration and what computes it. Raises AnalyzerRefused for an engine that the method does not have."""
    method = analyzers.get(name)
    if engine not in method.run:
        raise AnalyzerRefused(
            f"{name} does not run on the engine {engine}.",
            f"Choose {' or '.join(method.run)}.",
            "engine",
            (*method.run,),
        )
    return method, function(method.run[engine])


def function(address: str) -> Callable:
    """The function behind `module:function`; imports the module. Raises WorkFailed where there is none."""
    try:
        return calling.function(address)
    except (ImportError, AttributeError) as error:
        raise WorkFailed(f"{address} cannot be run: {reason_of(error)}.", "See innv-gui doctor.") from None


def check_version(kind: str, name: str, origin: Callable[[str], Origin], code: str) -> None:
    """Raises AnalyzerRefused where this worker has another version of a plug-in, or none, than the server asks for."""
    try:
        own = origin(name).code
    except (BadInput, NotFound):
        hint = "Start the worker with the same packages and --plugins as the server."
        raise AnalyzerRefused(f"This worker does not have the {kind} {name}.", hint, "analyzer") from None
    if own != code:
        raise AnalyzerRefused(
            f"The code of the {kind} {name} is not the same in the server and in this worker: its file has changed.",
            "Start the server again.",
            "analyzer",
        )
