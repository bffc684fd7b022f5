"""Runs in the keras worker: networks of Keras 3, and everything that is computed on them."""


def __getattr__(name: str):
    """`from innv_gui.runtimes.keras import loading`, as programs outside have it since before the rooms."""
    if name == "loading":
        from innv_gui.runtimes.keras.networks import loading

        return loading
    raise AttributeError(f"module {__name__} has no attribute {name!r}")
