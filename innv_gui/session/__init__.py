"""One façade for all four ways in: the pages, the command line, Python and REST do their work through a Session."""

from innv_gui.session.session import Session

__all__ = ["Session"]
