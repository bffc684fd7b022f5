"""`python -m bench.reference BLUEPRINT BATCH METHOD`: iNNvestigate's ratio to a plain forward pass; prints JSON."""

from __future__ import annotations

import json
import pickle
import sys

import numpy as np

from bench import forward
from bench.memory import peak_gib
from innv_gui.records import Blueprint

REPEATS = 2


def main() -> None:
    """On noise of the network's own size."""
    path, batch, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, "rb") as file:
        blueprint: Blueprint = pickle.load(file)  # noqa: S301 - our own file, written a moment ago
    shape = next(layer["config"]["batch_shape"][1:] for layer in blueprint.config["layers"])
    x = np.random.default_rng(0).normal(size=(batch, *shape)).astype(np.float32)
    scores, again = forward.forward(blueprint, x)
    row = forward.row(blueprint, x, forward.strongest(scores), method, forward.seconds(again, REPEATS + 1), REPEATS)
    print(json.dumps({**row, "peak_gib": peak_gib()}))


if __name__ == "__main__":
    main()
