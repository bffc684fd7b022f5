"""The words of a declaration: its name, and texts of one line."""

from __future__ import annotations

import re

from innv_gui.errors import BadInput

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[A-Za-z0-9_]{1,39})?")


def check_name(name: object) -> None:
    """A name that addresses, files and command lines can hold."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadInput(
            f"A name must be small letters, digits and underscores, with at most one dot; got {name!r:.80}.",
            "For example hsic, or my_lab.hsic.",
        )


def check_text(name: str, what: str, text: object, most: int) -> None:
    """One line of text that is not empty."""
    if not isinstance(text, str) or not text.strip() or "\n" in text or len(text) > most:
        raise BadInput(f"{name}: {what} must be one line of up to {most} characters; got {text!r:.80}.")
