"""The process with tf_keras and iNNvestigate that all tests of one process of pytest share."""

from functools import cache

import pytest

from tests.innvestigate import legacy_process


@cache
def _shared():
    return legacy_process.process()


@pytest.fixture(scope="session")
def worker():
    """It starts once, whichever folder asks first; what a test does to it has to stay in graphs of its own."""
    yield _shared()
    _shared().shutdown()
