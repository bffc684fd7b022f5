"""A kept map of given numbers."""

import numpy as np

from innv_gui.store.maps import KeptMap


def kept(seed=0, n_targets=1, shape=(4, 6, 3)):
    rng = np.random.default_rng(seed)
    return KeptMap(
        values=rng.normal(size=(n_targets, *shape)).astype(np.float32),
        targets=np.arange(n_targets, dtype=np.int64),
        activations=rng.normal(size=n_targets).astype(np.float32),
        scores=rng.normal(size=5).astype(np.float32),
        probabilities=rng.random(5).astype(np.float32),
        x=rng.random(shape).astype(np.float32),
        engine="native",
        seconds=0.5,
        health=(("ok", "sound", "No NaN."),),
        notes=("grey",),
    )
