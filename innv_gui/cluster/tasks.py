"""The tasks that workers can do, by name.

The web process submits names and plain values; only a worker imports the module behind a name. That is how the web
process stays without TensorFlow. Each task belongs to one kind of worker.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from innv_gui.cluster.ending import ASKED_TO_END
from innv_gui.errors import WorkFailed
from innv_gui.extensions.calling import function
from innv_gui.extensions.opening import reason_of


@dataclass(frozen=True)
class Task:
    """kind: which worker runs it; address: `module:function`.

    stoppable: the function takes `stopped`, a function that says whether the person has given up, and then returns
    or raises; tasks that do not end by themselves lose their worker. It takes `make_way`, too, a function that says
    whether somebody waits for the worker: it may then return with what it has. opens: its first argument is a path.
    """

    kind: str
    address: str
    stoppable: bool = False
    opens: bool = False


KINDS = ("images", "keras", "innvestigate", "numbers")

TASKS = {
    "images.open": Task("images", "innv_gui.datasets:open_dataset", opens=True),
    "images.thumbnail": Task("images", "innv_gui.datasets:thumbnail"),
    "images.as_seen": Task("images", "innv_gui.datasets:as_seen"),
    "images.decode": Task("images", "innv_gui.datasets:decode"),
    "images.content_hashes": Task("images", "innv_gui.datasets:content_hashes"),
    "images.scan": Task("images", "innv_gui.datasets:scan"),
    "images.greys": Task("images", "innv_gui.datasets:greys"),
    "images.small": Task("images", "innv_gui.datasets:small"),
    "images.stamps": Task("images", "innv_gui.datasets:stamps"),
    "images.states": Task("images", "innv_gui.datasets:states"),
    "images.samples": Task("images", "innv_gui.samples:make"),
    "keras.trusted_as": Task("keras", "innv_gui.runtimes.keras.files.gate:trusted_as"),
    "keras.efficientnet_lite": Task("keras", "innv_gui.runtimes.keras.pretrained.efficientnet_lite:made"),
    "keras.inspect": Task("keras", "innv_gui.runtimes.keras.networks.inspect:inspect"),
    "keras.prepare": Task("keras", "innv_gui.runtimes.keras.predict.prepare:prepare"),
    "keras.output": Task("keras", "innv_gui.runtimes.keras.predict.layer_output:layer_output"),
    "keras.picture": Task("keras", "innv_gui.runtimes.keras.predict.prepare:picture_png"),
    "keras.blueprint": Task("keras", "innv_gui.runtimes.keras.networks.blueprint:blueprint"),
    "keras.aim": Task("keras", "innv_gui.runtimes.keras.attribution.targets:looked_up"),
    "keras.explain": Task("keras", "innv_gui.runtimes.keras.explain:explain", stoppable=True),
    "keras.filled": Task("keras", "innv_gui.runtimes.keras.trust.replacement:filled"),
    "keras.replacement": Task("keras", "innv_gui.runtimes.keras.trust.replacement:replacement"),
    "keras.replaced_picture": Task("keras", "innv_gui.runtimes.keras.trust.replacement:replaced_picture"),
    "keras.sanity": Task("keras", "innv_gui.runtimes.keras.trust.changed_maps:sanity"),
    "keras.stability": Task("keras", "innv_gui.runtimes.keras.trust.changed_maps:stability"),
    "keras.speed": Task("keras", "innv_gui.runtimes.keras.trust.speed:seconds_per_pass"),
    "keras.view": Task("keras", "innv_gui.runtimes.keras.views.run:view", stoppable=True),
    "keras.patterns": Task("keras", "innv_gui.runtimes.keras.patterns.fit:step", stoppable=True),
    "keras.score": Task("keras", "innv_gui.runtimes.keras.predict.score:score", stoppable=True),
    "keras.probe": Task("keras", "innv_gui.runtimes.keras.predict.probe:answers", stoppable=True),
    "keras.start": Task("keras", "innv_gui.runtimes.keras.maximize.starts:start"),
    "keras.climb": Task("keras", "innv_gui.runtimes.keras.maximize.climb:climb"),
    "keras.activations": Task("keras", "innv_gui.runtimes.keras.maximize.activations:activations"),
    "keras.retrain_begin": Task("keras", "innv_gui.runtimes.keras.retraining.retrain:begin"),
    "keras.retrain_step": Task("keras", "innv_gui.runtimes.keras.retraining.retrain:step", stoppable=True),
    "keras.retrain_measure": Task("keras", "innv_gui.runtimes.keras.retraining.retrain:measure"),
    "keras.retrain_file": Task("keras", "innv_gui.runtimes.keras.retraining.retrain:made"),
    "keras.retrain_map": Task("keras", "innv_gui.runtimes.keras.retraining.retrain:relevance"),
    "keras.retrain_shown": Task("keras", "innv_gui.runtimes.keras.retraining.retrain:shown"),
    "keras.shapes_begin": Task("keras", "innv_gui.runtimes.keras.training.shapes:begin"),
    "keras.shapes_train": Task("keras", "innv_gui.runtimes.keras.training.shapes:train"),
    "keras.shapes_ascend": Task("keras", "innv_gui.runtimes.keras.training.shapes:ascend"),
    "keras.shapes_measure": Task("keras", "innv_gui.runtimes.keras.training.measuring:measure"),
    "keras.shapes_file": Task("keras", "innv_gui.runtimes.keras.training.files:file"),
    "keras.shapes_fits": Task("keras", "innv_gui.runtimes.keras.training.foreign:fits"),
    "keras.shapes_warm": Task("keras", "innv_gui.runtimes.keras.training.shapes:warm"),
    "innvestigate.explain": Task("innvestigate", "innv_gui.runtimes.innvestigate.explain:explain"),
    "numbers.shorten": Task("numbers", "innv_gui.runtimes.numbers.shortening:shorten"),
    "numbers.place": Task("numbers", "innv_gui.runtimes.numbers.placing:place", stoppable=True),
}

# Imported by a worker while it starts, so that its first task does not wait for it.
PRELOADS = {
    "images": ("innv_gui.datasets",),
    "keras": (
        "innv_gui.runtimes.keras.networks.inspect",
        "innv_gui.runtimes.keras.predict.prepare",
        "innv_gui.runtimes.keras.explain",
    ),
    "innvestigate": ("innv_gui.runtimes.innvestigate.explain",),
    "numbers": ("innv_gui.runtimes.numbers.placing", "innv_gui.runtimes.numbers.shortening"),
}

# Not imported with them, which takes a third of the start and 140 MB less: Keras asks for each, goes on without it, and
# needs it only to draw networks and to take tables, which no worker asks of it. Code of others may import them later.
SPARED = {"keras": ("sklearn", "matplotlib", "pandas"), "innvestigate": ("pandas",)}

# Environment of the worker's process, set before Python starts in it.
ENVIRONMENTS = {
    "images": {},
    "keras": {"TF_CPP_MIN_LOG_LEVEL": "2", "KERAS_BACKEND": "tensorflow"},
    "innvestigate": {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_USE_LEGACY_KERAS": "1"},
    "numbers": {"OMP_WAIT_POLICY": "PASSIVE"},  # threads that wait would take the cores from those who work
}


_stopped: set[str] = set()  # keys of tasks that nobody waits for any more, in this worker
_hurried: set[str] = set()  # keys of tasks that keep somebody waiting, in this worker


async def stop(key: str) -> None:
    """Note in this worker that a task is not wanted any more; runs beside the task.

    A coroutine, as Dask calls nothing else on a worker without waiting for it.
    """
    _stopped.add(key)


async def hurry(key: str) -> None:
    """Note in this worker that a task keeps somebody waiting; runs beside the task."""
    _hurried.add(key)


async def end() -> None:
    """End this worker's process at once, whatever its task does."""
    os._exit(ASKED_TO_END)


def call_stoppable(address: str, key: str, *args, **kwargs):
    """As `call`, for a function that asks between two steps whether to go on."""
    asked = {"stopped": lambda: key in _stopped, "make_way": lambda: key in _hurried}
    try:
        return call(address, *args, **asked, **kwargs)
    finally:
        _stopped.discard(key)
        _hurried.discard(key)


def call(address: str, *args, **kwargs):
    """Run the function behind `address` in this process. This is what travels to a worker.

    Custom code may raise what is no Exception: as such it would end the worker, or the loop that takes the answer.
    """
    try:
        return function(address)(*args, **kwargs)
    except Exception:
        raise
    except BaseException as error:
        reason = reason_of(error)
    raise WorkFailed(f"The work ended with {reason}.", "Custom code must raise an Exception.")
