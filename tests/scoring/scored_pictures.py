"""Pictures to be scored, and scores read back."""

import numpy as np
import pyarrow.parquet as pq
from PIL import Image


def make_pictures(folder, n, seed=0):
    rng = np.random.default_rng(seed)
    for index in range(n):
        path = folder / str(index % 2) / f"{index:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (12, 10), np.uint8)).save(path)
    return folder


def scored(session, models, dataset, layers=None):
    return session.scoring.start(models, dataset, layers).wait(300).result


def table(path, *columns):
    parts = [pq.read_table(part, columns=list(columns) or None) for part in sorted(path.glob("part-*.parquet"))]
    return {name: [value for part in parts for value in part[name].to_pylist()] for name in parts[0].column_names}


def same(one, other):
    assert set(one) == set(other)
    for name in one:
        np.testing.assert_equal(one[name], other[name], err_msg=name)
