"""Paths as a person writes them: on the command line, in Python, in a saved session."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from innv_gui.errors import BadInput

_NONE_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # said by whoever wants something there


def named_path(text: str | os.PathLike, field: str | None = None) -> Path:
    """The path, its `~` resolved; nothing has to be there. Raises BadInput for a text that is none here."""
    path = os.fspath(text) if isinstance(text, os.PathLike) else text
    if not isinstance(path, str):
        raise BadInput(f"Expected a path as text, got {type(text).__name__}.", field=field)
    if "\0" in path:
        raise BadInput(f"{path[:80]!r} is not a path: it has a zero byte.", "Check the path.", field)
    found = Path(os.path.expanduser(path))
    first, between, _ = str(found).partition("/")
    try:
        if first.startswith("~") and between and not os.path.lexists(first):
            raise BadInput(f"This machine knows no home of a user {first[1:]!r}.", "Write the path in full.", field)
        os.lstat(found)
    except OSError as error:
        if error.errno not in _NONE_THERE:
            raise BadInput(
                f"{_short(found)!r} cannot be reached: {error.strerror}.", "Check the path.", field
            ) from None
    except ValueError:  # half of a pair of characters
        raise BadInput(f"{path[:80]!r} is not a path.", "Check the path.", field) from None
    return found


def _short(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 200 else f"{text[:100]}…{text[-60:]}"
