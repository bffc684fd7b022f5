"""Bokeh's scripts for the browser, from the installed package: offline, and of the version that makes the items."""

from __future__ import annotations

from pathlib import Path

import bokeh

VERSION = bokeh.__version__
SCRIPTS = ("bokeh.min.js",)


def scripts_folder() -> Path:
    """Where bokeh keeps them."""
    return Path(bokeh.__file__).parent / "server" / "static" / "js"
