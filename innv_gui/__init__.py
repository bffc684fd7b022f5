"""innv-gui: see what Keras image classifiers look at, compare them, and find the images worth a look."""

from innv_gui.version import VERSION as __version__

__all__ = ["Session", "__version__"]


def __getattr__(name: str):
    """`innv_gui.Session`, imported when it is first asked for: workers and the command line's help do not need it."""
    if name == "Session":
        from innv_gui.session import Session

        return Session
    raise AttributeError(f"module innv_gui has no attribute {name!r}")
