"""What the native engine costs, method by method, relative to a plain compiled forward pass of the same batch.

`python -m bench.attribution ratios NETWORK BATCH` measures one network of keras.applications with random weights,
`memory NETWORK BATCH` eight methods one after the other; each in a process of its own, printing JSON. `measure()` asks
for all, and for iNNvestigate's ratio on one network (`bench.reference`).
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.memory import peak_gib

NETWORKS = {"VGG16": 2, "ResNet50": 3, "MobileNetV2": 5}  # and how often each is measured
BATCH = 8
AVERAGED = 32  # copies for smoothgrad and integrated_gradients; ratio and first map are told per copy
COLD_LIMIT = 5.0  # first map, tracing included, to the first forward pass, tracing included
MEMORY_LIMIT_GIB = 3.0
REFERENCE = ("VGG16", "lrp.alpha_1_beta_0")
LIMITS = {
    **dict.fromkeys(("gradient", "input_t_gradient", "guided_backprop", "deconvnet"), 2.5),
    **dict.fromkeys(("lrp.epsilon", "lrp.z"), 2.6),
    **dict.fromkeys(("lrp.z_plus", "lrp.flat", "lrp.w_square", "lrp.alpha_1_beta_0", "deep_taylor"), 3.6),
    "lrp.sequential_preset_a": 3.6,
    **dict.fromkeys(("lrp.alpha_2_beta_1", "lrp.sequential_preset_b"), 4.8),
    **dict.fromkeys(("smoothgrad", "integrated_gradients"), 2.5),
}
EIGHT = ("gradient", "guided_backprop", "lrp.z", "lrp.epsilon", "lrp.alpha_1_beta_0", "lrp.sequential_preset_a_flat")
EIGHT += ("deep_taylor", "lrp.alpha_2_beta_1")


def measure() -> dict:
    """One process a measurement, one after the other."""
    networks = [asked("bench.attribution", "ratios", network, str(BATCH)) for network in NETWORKS]
    memory = asked("bench.attribution", "memory", "VGG16", str(BATCH))
    ours = next(one for one in networks if one["network"] == REFERENCE[0])
    row = next(row for row in ours["rows"] if row["analyzer"] == REFERENCE[1])
    return {"networks": networks, "memory": memory, "reference": {**_reference(), "ours": row}}


def _reference() -> dict:
    """iNNvestigate on the same network and batch; a keras process hands the weights over."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "network.blueprint")
        asked("bench.attribution", "blueprint", REFERENCE[0], path)
        return asked("bench.reference", path, str(BATCH), REFERENCE[1], TF_USE_LEGACY_KERAS="1")


def asked(module: str, *arguments: str, **more: str) -> dict:
    """What `python -m module arguments` prints as its last line, JSON; more: variables of its environment."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **more}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


class Loaded:
    """A network with random weights, a batch of noise and the first forward pass."""

    def __init__(self, name: str, batch: int):
        import numpy as np

        from innv_gui.records import ModelSource
        from innv_gui.runtimes.keras.networks import loading

        self.source = ModelSource("application", application=name, weights="random")
        self.network = loading.load(self.source)
        self.x = np.random.default_rng(0).normal(size=(batch, *self.network.input_shape)).astype(np.float32)
        started = time.perf_counter()
        self.probabilities = self.network.probabilities(self.network.predict(self.x))
        self.first_seconds = time.perf_counter() - started

    def plain(self) -> None:
        """One forward pass."""
        self.network.predict(self.x)

    def explained(self, method: str, given: dict):
        """Work: one batch of maps."""
        from innv_gui import analyzers
        from innv_gui.records import Target
        from innv_gui.runtimes.keras.attribution.explain import explain

        params = analyzers.check(method, given)
        return lambda: explain(self.source, self.x, method, params, Target(), True, self.probabilities)


def ratios(name: str, batch: int) -> dict:
    """First map and ratio of every method."""
    loaded = Loaded(name, batch)
    rows = [_row(loaded, method, limit, NETWORKS[name]) for method, limit in LIMITS.items()]
    return {"network": name, "batch": batch, "first_forward_seconds": loaded.first_seconds, "rows": rows}


def _row(loaded: Loaded, method: str, limit: float, repeats: int) -> dict:
    name = {"smoothgrad": "augment_by_n", "integrated_gradients": "steps"}.get(method)
    copies = AVERAGED if name else 1
    work = loaded.explained(method, {name: copies} if name else {})
    first = fastest([work], 1)[0] / copies
    plain, took = fastest([loaded.plain, work], 2 if name else repeats)
    ratio = took / plain / copies
    cold = first / loaded.first_seconds
    return {"analyzer": method, "first_seconds": first, "cold_ratio": cold, "ratio": ratio, "limit": limit}


def fastest(works: list, repeats: int) -> list[float]:
    """The fastest run of each, in turns: what else the machine does meets all of them."""
    times = [[] for _ in works]
    for _ in range(repeats):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [min(taken) for taken in times]


def memory(name: str, batch: int) -> dict:
    """Peak of the process after each of eight methods."""
    loaded = Loaded(name, batch)
    peaks = {"forward": peak_gib()}
    for method in EIGHT:
        work = loaded.explained(method, {})
        fastest([work], 2)
        peaks[method] = peak_gib()
    return {"network": name, "batch": batch, "peaks_gib": peaks, "limit_gib": MEMORY_LIMIT_GIB}


def blueprint(name: str, path: str) -> dict:
    """The network as plain values in a file."""
    from innv_gui.records import ModelSource
    from innv_gui.runtimes.keras.networks.blueprint import blueprint as made

    Path(path).write_bytes(pickle.dumps(made(ModelSource("application", application=name, weights="random"))))
    return {"path": path}


if __name__ == "__main__":
    what, name, last = sys.argv[1:]
    print(json.dumps(blueprint(name, last) if what == "blueprint" else globals()[what](name, int(last))))
