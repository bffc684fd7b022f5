"""The engine step by step, for tests of what it computes and not of how it is compiled."""

from contextlib import contextmanager

import pytest
import tensorflow as tf


@contextmanager
def step_by_step():
    """Nothing is compiled inside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(tf.function(abs)), "get_concrete_function", lambda self: None)
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)


@pytest.fixture
def untraced():
    """The engine runs step by step: compiling takes most of the time on a small network, and gives the same numbers."""
    with step_by_step():
        yield
