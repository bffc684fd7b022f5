"""What the native engine costs, method by method, relative to a plain compiled forward pass of the same batch.

`python -m bench.attribution NETWORK BATCH REPEATS` measures one network of keras.applications with random weights in a
process of its own and prints JSON; `measure()` asks for several.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

from bench.timing import seconds

NETWORKS = ("VGG16", "ResNet50", "MobileNetV2")
BATCH = 8
REPEATS = 3
AVERAGED = 4  # copies for smoothgrad and integrated_gradients here; the ratio is told per copy
LIMITS = {
    **dict.fromkeys(("gradient", "input_t_gradient", "guided_backprop", "deconvnet"), 2.5),
    **dict.fromkeys(("lrp.epsilon", "lrp.z"), 2.6),
    **dict.fromkeys(("lrp.z_plus", "lrp.flat", "lrp.w_square", "lrp.alpha_1_beta_0", "deep_taylor"), 3.6),
    "lrp.sequential_preset_a": 3.6,
    **dict.fromkeys(("lrp.alpha_2_beta_1", "lrp.sequential_preset_b"), 4.8),
    **dict.fromkeys(("smoothgrad", "integrated_gradients"), 2.5),
}


def measure() -> list[dict]:
    """One process a network, one after the other."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    found = []
    for network in NETWORKS:
        command = [sys.executable, "-m", "bench.attribution", network, str(BATCH), str(REPEATS)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return found


def _network(name: str, batch: int, repeats: int) -> dict:
    """First map and ratio of every method, and the peak of memory after all of them."""
    import numpy as np

    from innv_gui import analyzers
    from innv_gui.records import ModelSource, Target
    from innv_gui.runtimes.keras import loading
    from innv_gui.runtimes.keras.attribution.explain import explain

    source = ModelSource("application", application=name, weights="random")
    network = loading.load(source)
    height, width, channels = network.input_shape
    x = np.random.default_rng(0).normal(size=(batch, height, width, channels)).astype(np.float32)
    scores = network.probabilities(network.predict(x))
    rows = []
    for method, limit in LIMITS.items():
        copies = {"smoothgrad": "augment_by_n", "integrated_gradients": "steps"}.get(method)
        params = analyzers.check(method, {copies: AVERAGED} if copies else {})
        work = lambda: explain(source, x, method, params, Target(), True, scores)  # noqa: E731, B023
        first = seconds(work, 1)
        plain = seconds(lambda: network.predict(x), repeats)
        ratio = seconds(work, repeats) / plain / (AVERAGED if copies else 1)
        rows.append({"analyzer": method, "first_seconds": first, "ratio": ratio, "limit": limit})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"network": name, "batch": batch, "rows": rows, "peak_gib": peak}


if __name__ == "__main__":
    print(json.dumps(_network(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
