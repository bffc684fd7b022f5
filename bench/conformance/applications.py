"""Every network of keras.applications, random weights, default size, one image: by every method of our engine.

Without biases (fresh weights have none that is not zero) lrp.z hands down all of the explained score: the sum of a map
over the score is 1. `python -m bench.conformance.applications NETWORK` measures one network and prints a row of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from bench.conformance import record
from bench.memory import peak_gib

# From small to large, by time.
ORDER = tuple(
    """
    MobileNetV2 MobileNet MobileNetV3Small MobileNetV3Large EfficientNetB0 EfficientNetV2B0 VGG16 ResNet50 ResNet50V2
    ConvNeXtTiny DenseNet121 InceptionV3 NASNetMobile Xception InceptionResNetV2 EfficientNetB1 EfficientNetV2B1
    EfficientNetB2 EfficientNetV2B2 VGG19 ResNet101 ResNet101V2 ConvNeXtSmall EfficientNetV2S DenseNet169
    EfficientNetB3 EfficientNetV2B3 DenseNet201 ResNet152 ResNet152V2 ConvNeXtBase EfficientNetB4 EfficientNetV2M
    EfficientNetB5 NASNetLarge ConvNeXtLarge EfficientNetV2L EfficientNetB6 EfficientNetB7 ConvNeXtXLarge
    """.split()
)
COPIES = {"smoothgrad": {"augment_by_n": 2}, "integrated_gradients": {"steps": 2}}
AT_MOST = 3600  # seconds a network


def measure(network: str) -> dict:
    """The row of one network, measured in a process of its own, so that its memory is given back."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "bench.conformance.applications", network]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=AT_MOST)
    except subprocess.TimeoutExpired:
        return _nothing(network, f"took more than {AT_MOST} s")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return _nothing(network, f"the process ended with {done.returncode}: {last[:200]}")
    return json.loads(done.stdout.splitlines()[-1])


def _nothing(network: str, why: str) -> dict:
    row = {"network": network, "methods": [], "unchecked": [], "finite": False, "sum_over_logit": None}
    return {**row, "seconds": None, "peak_gib": None, "failed": {"all": why}, "code": record.code()}


def _row(name: str) -> dict:
    """methods: those that ran; unchecked: of those, the ones that refuse the network unless told to go on."""
    import numpy as np

    from innv_gui import analyzers
    from innv_gui.datasets import geometry
    from innv_gui.records import ModelSource
    from innv_gui.runtimes.keras.networks import loading

    started = time.perf_counter()
    source = ModelSource("application", application=name, weights="random")
    network = loading.load(source)
    shape = (1, *geometry.size_of(network.input_shape), network.input_shape[2])
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    probabilities = network.probabilities(network.predict(x))
    ran, unchecked, failed, part = [], [], {}, None
    for method in [one.name for one in analyzers.all() if one.family not in ("cam", "patterns")]:
        network.compiled.pop("attribution", None)  # one compiled function is enough memory
        try:
            maps, refused = _explained(source, x, method, probabilities)
        except Exception as error:  # what fails is what is looked for
            failed[method] = f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
            continue
        ran.append(method)
        unchecked += [method] if refused else []
        if not np.isfinite(maps.values).all():
            failed[method] = "values that are not finite"
        if method == "lrp.z":
            part = float(maps.values.sum(dtype=np.float64) / maps.activations[0, 0])
        print(method, round(time.perf_counter() - started), file=sys.stderr)
    return {
        "network": name,
        "methods": ran,
        "unchecked": unchecked,
        "finite": not failed,
        "sum_over_logit": part,
        "seconds": round(time.perf_counter() - started, 1),
        "peak_gib": round(peak_gib(), 1),
        "failed": failed,
        "code": record.code(),
    }


def _explained(source, x, method: str, probabilities):
    """(maps of the predicted class, whether the method had to be told to go on)."""
    from innv_gui import analyzers
    from innv_gui.errors import AnalyzerRefused
    from innv_gui.records import Target
    from innv_gui.runtimes.keras.attribution.explain import explain

    params = analyzers.check(method, COPIES.get(method, {}))
    try:
        return explain(source, x, method, params, Target(), False, probabilities), False
    except AnalyzerRefused:
        return explain(source, x, method, params, Target(), True, probabilities), True


if __name__ == "__main__":
    print(json.dumps(_row(sys.argv[1])))
