"""Text from files, made safe and short for a sentence."""

import re
from pathlib import Path


def quoted(value, limit: int = 80) -> str:
    """The value in quotes, control characters escaped, cut to `limit` characters."""
    text = repr(str(value))
    return text if len(text) <= limit else f"{text[: limit - 4]}...'"


def file_name(path: str | None, limit: int = 120) -> str:
    """The name without its folder, control characters escaped."""
    name = Path(path or "?").name
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)
    return shown if len(shown) <= limit else f"{shown[: limit - 3]}..."


def first_line(error: BaseException, limit: int = 200) -> str:
    """What an exception says, on one line, for the end of a sentence.

    Keras wraps errors into errors, each with the whole configuration, and TensorFlow adds lines of source with their
    paths; what happened comes last.
    """
    said = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).rpartition("Exception encountered:")[2]
    if "in user code:" in said:
        said = re.split(r"\w+(?:Error|Exception): ", said)[-1]
    text = " ".join(said.split()) or type(error).__name__
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
