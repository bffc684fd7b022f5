"""What is reported about a model or dataset that was refused: the same on the terminal and on every page."""

from __future__ import annotations

from innv_gui.errors import Cancelled, InnvError
from innv_gui.session.datasets import DatasetEntry
from innv_gui.session.models import ModelEntry

Entry = ModelEntry | DatasetEntry


def cause(entry: Entry) -> InnvError | None:
    """Why it was refused; None where it was not. A fault of ours is known to the job alone."""
    if entry.status != "refused":
        return None
    return entry.error or (entry.job.error if entry.job is not None else None)


def refusal(entry: Entry) -> str:
    """`broken.keras was refused: it is empty.`; empty where it was not, or was stopped."""
    error = cause(entry)
    if error is None or isinstance(error, Cancelled):
        return ""
    return f"{_called(entry)} was refused: {_without_name(error.message, _called(entry))}"


def remedy(entry: Entry) -> str:
    """What helps, as far as that is known."""
    error = cause(entry)
    return "" if error is None else error.hint


def _called(entry: Entry) -> str:
    """Files are known by their names, with the ending; images by that of their folder."""
    return entry.file if isinstance(entry, ModelEntry) else entry.name


def _without_name(message: str, name: str) -> str:
    """A sentence that begins with the name goes on from "it": said once is enough."""
    if message.startswith(f"{name}: "):
        return message.removeprefix(f"{name}: ")
    return f"it {message.removeprefix(f'{name} ')}" if message.startswith(f"{name} ") else message
