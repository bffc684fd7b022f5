"""Stylesheets of a page as one file, so that a browser asks once: `css/base+controls.css` is one after the other.

All of them are in the folder of the address, so that what they refer to is found.
"""

from __future__ import annotations

import re

from innv_gui.folders import folder

_ADDRESS = re.compile(r"(css(?:/[\w-]+)*)/([\w-]+(?:\+[\w-]+)+)\.css")


def joined(name: str) -> str | None:
    """The text at such an address below static; None for any other one, and where one is missing or asked for twice."""
    found = _ADDRESS.fullmatch(name)
    if found is None:
        return None
    sheets = found[2].split("+")
    files = [folder("static") / found[1] / f"{sheet}.css" for sheet in sheets]
    if len(set(sheets)) < len(sheets) or not all(file.is_file() for file in files):
        return None
    return "".join(file.read_text(encoding="utf-8") for file in files)
