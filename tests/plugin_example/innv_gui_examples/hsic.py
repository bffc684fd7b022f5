"""HSIC attribution: how strongly does the score depend on whether a cell of the picture is shown?"""

import numpy as np

from innv_gui.plugins import CAM, Analyzer, Whole


def explain(question):
    """One map per picture: (H, W), the dependence of the score on each cell (Novello et al. 2022, eq. 5)."""
    cells, count = question.params["cells"], question.params["masks"]
    height, width, _ = question.shape
    rows, columns = (np.arange(n) * cells // n for n in (height, width))
    shown = np.random.default_rng(0).integers(0, 2, (count, cells, cells)).astype(np.float32)
    centred = np.eye(count) - 1 / count
    alike = [centred @ (mask[:, None] == mask[None]) @ centred for mask in shown.reshape(count, -1).T]
    maps = []
    for picture, score in question.images():
        scores = score(picture * shown[:, rows[:, None], columns, None])
        near = np.exp(-((scores[:, None] - scores[None]) ** 2) / (2 * max(scores.var(), 1e-12)))
        dependence = [(kernel * near).sum() / (count - 1) ** 2 for kernel in alike]
        maps.append(np.reshape(dependence, (cells, cells))[rows[:, None], columns])
    return np.stack(maps)


HSIC = Analyzer(
    name="hsic",
    title="HSIC attribution",
    summary="Hides random cells and measures how strongly the score depends on each of them.",
    source="https://doi.org/10.48550/arXiv.2206.06219",
    citation="Novello et al. 2022",
    display=CAM,
    signed=False,
    stochastic=True,
    run=explain,
    settings={
        "cells": Whole(7, "Cells", "Cells on each side of the picture.", low=2, high=32),
        "masks": Whole(256, "Masks", "Random masks that are tried; each costs a prediction.", low=16, high=4096),
    },
)
