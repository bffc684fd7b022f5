"""scikit-learn's 1797 handwritten digits as 32x32 pictures, white on black."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

from innv_gui.errors import WorkFailed

SIZE_PX = 32
COUNT = 1797
_FULL = 16  # scikit-learn's digits count inked points: 0..16 a cell


def pictures() -> tuple[np.ndarray, np.ndarray]:
    """(1797, 32, 32) uint8 and (1797,) int64 labels, in scikit-learn's order.

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, https://doi.org/10.24432/C50P49.
    """
    table = np.loadtxt(_table(), delimiter=",", dtype=np.int64)  # numpy unpacks .gz itself
    cells, labels = table[:, :-1].reshape(-1, 8, 8), table[:, -1]
    return np.stack([enlarged(image) for image in cells]), labels


def _table() -> str:
    """scikit-learn's own file. Found without importing scikit-learn, which takes longer than all of the rest here."""
    found = importlib.util.find_spec("sklearn")
    path = Path(found.origin).parent / "datasets" / "data" / "digits.csv.gz" if found else None
    if path is None or not path.exists():
        raise WorkFailed("scikit-learn's digits are not installed.", "innv-gui doctor says what is missing.")
    return str(path)


def enlarged(cells: np.ndarray) -> np.ndarray:
    """(8, 8) in 0..16 -> (32, 32) uint8. Bicubic, since the cells are averages of strokes and not blocks of ink."""
    grey = Image.fromarray(np.asarray(cells, np.float32) * (255 / _FULL))
    fine = np.asarray(grey.resize((SIZE_PX, SIZE_PX), Image.Resampling.BICUBIC))
    return fine.round().clip(0, 255).astype(np.uint8)


def held_out() -> np.ndarray:
    """(1797,) bool: the fifth of the digits that the sample models are tested on and have never been trained on."""
    return np.random.default_rng(1998).permutation(COUNT) < COUNT // 5
