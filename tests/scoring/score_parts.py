"""Parts of scores as a job writes them."""

import numpy as np

from innv_gui.session.scoring.columns import columns_of, label_classes
from innv_gui.store.score_parts import ScoreFolder

N, K = 150, 4


def folder(path, layers=("logits",), n=N):
    about = {"dataset": {"name": "d", "n": n}, "model": {"name": "m", "n_classes": K}}
    units = {"logits": K, "conv": 7}
    return ScoreFolder(path, about, layers, units, {"logits": False, "conv": True})


def softmax(seed, n):
    scores = np.random.default_rng(seed).normal(size=(n, K))
    return (np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)).astype(np.float32)


def columns(rows, seed=0):
    n = len(rows)
    labels = [f"class {row % K}" for row in rows]
    classes = label_classes(labels, {f"class {k}": k for k in range(K)})
    return {
        "index": np.array(rows),
        "problem": [None] * n,
        "name": [f"{row}.png" for row in rows],
        "label": labels,
        "label_class": classes,
        **columns_of(softmax(seed, n), classes),
        "file_bytes": np.arange(n),
        "file_time_ns": np.arange(n),
    }


def write(parts, part, value=0.0):
    rows = parts.rows(part)
    units = {"logits": K, "conv": 7}
    activations = {name: np.full((len(rows), units[name]), value, np.float32) for name in parts.layers}
    parts.write(part, columns(rows), activations)
