"""What the author of a plug-in needs; `docs/plugins.md` shows how.

A plug-in is a file in a folder that is named with `--plugins`, or a module of an installed package with an entry point
of the group `innv_gui.analyzers`, `innv_gui.views` or `innv_gui.reasons`. What it declares is offered by the pages, the
REST API, the command line and Python. TensorFlow is imported inside the functions that compute, never at the top.
"""

from innv_gui.analyzers.declaration import CAM, GREY, RGB, SIGNED, Analyzer, Display, Targets
from innv_gui.analyzers.settings import Choice, Number, Params, Switch, Whole
from innv_gui.suggestions.declaration import Reason
from innv_gui.views.declaration import View
from innv_gui.views.parts import Grids, Image, Overlay, Plot, Table, Windows

__all__ = [
    "CAM",
    "GREY",
    "RGB",
    "SIGNED",
    "Analyzer",
    "Choice",
    "Display",
    "Grids",
    "Number",
    "Overlay",
    "Params",
    "Reason",
    "Table",
    "View",
    "Image",
    "Plot",
    "Switch",
    "Targets",
    "Whole",
    "Windows",
]
