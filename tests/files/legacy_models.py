"""Models written by Keras 2, in a process of its own that starts once."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

KINDS = {".keras": "keras", ".h5": "hdf5"}


def legacy(program: str, folder) -> None:
    """Runs it with Keras 2, as if nothing had run before it."""
    _keras_2().submit(_run, program, str(folder)).result()


@cache
def _keras_2() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start)


def _start() -> None:
    os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")


def _run(program: str, folder: str) -> None:
    import tf_keras

    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(0)
    sys.argv = ["-c", folder]
    exec(program, {"__name__": "keras_2"})
