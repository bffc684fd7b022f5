"""A path as a list spells it, on this or another system -> a path on this one, or why there is none.

What the list says is taken literally first. Only where there is no such file it is read as Windows, a
browser or a spreadsheet writes paths; so a name that really holds a backslash is found. Plain paths are not looked at.
"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

from innv_gui.datasets.addresses import is_address
from innv_gui.datasets.formats import IMAGE_EXTENSIONS, extension, why_no_image

_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/])")
_SHARE = re.compile(r"(\\\\|//)(?=[^\\/])")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_FILE_URL = re.compile(r"file:(//(localhost)?(?=/))?", re.IGNORECASE)
_QUOTES = "'\"`"


def on_this_system(listed: str | None, root: str, anywhere: bool) -> tuple[str | None, str | None]:
    """(the path, None) or (None, the reason). root: where relative paths begin; anywhere: they may lead out of it.

    Whether anything is looked up outside root depends on `anywhere` alone.
    """
    if not listed or not listed.strip():
        return None, "has no path."
    if "\0" in listed:
        return None, "is not a path: it holds a zero byte."
    path = _spelt_here(listed.strip(), root, anywhere)
    reason = _why_no_path(path, root, anywhere)
    return (None, reason) if reason else (os.path.normpath(path), None)


def _spelt_here(text: str, root: str, anywhere: bool) -> str:
    """The first spelling under which there is a file, else the last one."""
    for respelt in (_unquoted, _without_scheme, _unescaped, _with_slashes):
        other = respelt(text)
        if other != text and not _is_there(text, root, anywhere):
            text = other
    return text


def _is_there(path: str, root: str, anywhere: bool) -> bool:
    return (anywhere or not _leads_out(path)) and os.path.lexists(os.path.join(root, path))


def _unquoted(text: str) -> str:
    return text[1:-1].strip() if len(text) > 2 and text[0] == text[-1] and text[0] in _QUOTES else text


def _without_scheme(text: str) -> str:
    found = _FILE_URL.match(text)
    if found is None:
        return text
    path = unquote(text[found.end() :])
    return path[1:] if _DRIVE.match(path, 1) else path  # file:///C:/photos


def _unescaped(text: str) -> str:
    return unquote(text) if _ESCAPED.search(text) else text


def _with_slashes(text: str) -> str:
    return text if _DRIVE.match(text) or _SHARE.match(text) else text.replace("\\", "/")


def _why_no_path(path: str, root: str, anywhere: bool) -> str | None:
    of_windows = _DRIVE.match(path) or path.startswith("\\\\")
    if of_windows and not _is_there(path, root, anywhere):
        what = f"is on a Windows drive ({path[:2]})" if _DRIVE.match(path) else "is on a Windows network share"
        return f"{what}, which is not known here; list paths relative to the list's own folder."
    if is_address(path):
        return "is an address; a list names files. Give the folder's address itself as --images."
    if _leads_out(path) and not anywhere:
        return "leads out of the manifest's folder; it is not followed."
    return None if extension(path) in IMAGE_EXTENSIONS else why_no_image(path)


def _leads_out(path: str) -> bool:
    return os.path.isabs(path) or os.path.normpath(path).split(os.sep)[0] == ".."
