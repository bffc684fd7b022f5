"""The engine step by step, for tests of what it computes and not of how it is compiled."""

import pytest
import tensorflow as tf


@pytest.fixture
def untraced(monkeypatch):
    """The engine runs step by step: compiling takes most of the time on a small network, and gives the same numbers."""
    monkeypatch.setattr(type(tf.function(abs)), "get_concrete_function", lambda self: None)
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
