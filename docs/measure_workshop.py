"""Measures what the Workshop's networks learn: `python docs/measure_workshop.py [PART ...]`, parts lines, six, markers.

Writes workshop.json, of which `make docs` makes the tables of workshop.md. A few minutes for each part; nothing is
downloaded. Each figure is of SEEDS seeds: other noise on the images, other first weights, other batches.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from innv_gui.runtimes.keras.training import measuring, shapes
from innv_gui.workshop import tiles
from innv_gui.workshop.copies import copies
from innv_gui.workshop.likeness import likenesses
from innv_gui.workshop.recipe import Recipe, ShapeClass

PLACE = Path(__file__).with_name("workshop.json")
SEEDS = range(5)
LINES = ("vertical_line", "horizontal_line")
MORE = (*LINES, "disk", "ring")
ALL = (*MORE, "noise", "blurred_noise")
SIX = ("box", "vertical_line", "disk", "triangle", "noise", "blurred_noise")
MODELS = ("mlp", "cnn")
PICTURES, REACH_PX = 40, 4  # of a class with a marker; how far its shape is moved along each axis
MARKERS_PX = (3, 5)
EPOCHS = {"mlp": 100, "cnn": 50}  # with markers
WAYS = (("none", 1.0), ("penalty", 1.0), ("penalty", 10.0), ("filling", 1.0), ("both", 1.0))


def trained(recipe: Recipe):
    """The state after all epochs and the last row."""
    state, _ = shapes.begin(recipe)
    state, rows = shapes.train(recipe, state, recipe.epochs)
    return state, rows[-1]


def of_tiles(names: tuple[str, ...], model: str, epochs: int = 100) -> dict:
    """Per seed: accuracy, steps of the ascents, and by class r with its own prototype and with those of the others.

    cut: r of the pictures cut to 0 and 1, which the product does not do.
    """
    found = [_of_seed(names, model, epochs, seed) for seed in SEEDS]
    return {"model": model, "classes": list(names), "epochs": epochs, "seeds": found}


def _of_seed(names: tuple[str, ...], model: str, epochs: int, seed: int) -> dict:
    recipe = Recipe(tuple(ShapeClass(name, name) for name in names), model, epochs=epochs, seed=seed)
    state, row = trained(recipe)
    films = shapes.ascend(recipe, state)
    last = np.stack([film.frames[-1] for film in films])
    like, cut = (likenesses(recipe, copies(recipe), pictures) for pictures in (last, np.clip(last, 0, 1)))
    found = {
        "steps": [len(film.frames) - 1 for film in films],
        "r": {name: one.signed for name, one in zip(names, like, strict=True)},
        "cut": {name: one.signed for name, one in zip(names, cut, strict=True)},
        "others": {name: one.others for name, one in zip(names, like, strict=True)},
    }
    print(model, epochs, seed, {name: round(r, 2) for name, r in found["r"].items()}, found["steps"], flush=True)
    return {"seed": seed, "accuracy": row[1], "held": row[3], **found}


def with_marker(tile: str, place: slice, side: int, rng: np.random.Generator) -> ShapeClass:
    """PICTURES of a tile moved at random, all with a square in one corner; both corners are marked "not here"."""
    moves = rng.integers(-REACH_PX, REACH_PX + 1, (PICTURES, 2))
    pictures = np.stack([np.roll(tiles.pixels(tile), move, (0, 1)) for move in moves])
    pictures[:, place, place] = 1
    marks = np.zeros((tiles.SIDE, tiles.SIDE), np.int8)
    marks[: side + 2, : side + 2] = marks[-side - 2 :, -side - 2 :] = -1
    return ShapeClass(tile, pixels=(255 * pictures).astype(np.uint8), marks=marks)


def marked(side: int, model: str, seed: int, way: str, strength: float) -> Recipe:
    """Two lines, of which the vertical one has its marker top left and the horizontal one bottom right."""
    rng = np.random.default_rng(seed)
    places = slice(1, 1 + side), slice(27 - side, 27)
    classes = [with_marker(tile, place, side, rng) for tile, place in zip(LINES, places, strict=True)]
    return Recipe(tuple(classes), model, epochs=EPOCHS[model], seed=seed, way=way, strength=strength)


def of_markers(side: int, model: str, way: str, strength: float) -> dict:
    """Per seed: accuracy as usual, with the corners of the other class, and the share of the gradient in them."""
    found = []
    for seed in SEEDS:
        recipe = marked(side, model, seed, way, strength)
        state, row = trained(recipe)
        measured = measuring.measure(recipe, state)
        numbers = {name: measured[name] for name in ("replaced_accuracy", "inside", "undecided")}
        found.append({"seed": seed, "held": row[3], **numbers})
    print(model, side, way, strength, [(one["held"], one["replaced_accuracy"]) for one in found], flush=True)
    return {"model": model, "side": side, "way": way, "strength": strength, "seeds": found}


def marker_settings() -> list[tuple]:
    """Size, model, way and strength; of the convolutional network, which takes long, only the larger marker."""
    sides = {"mlp": MARKERS_PX, "cnn": MARKERS_PX[-1:]}
    return [(side, model, *way) for model in MODELS for side in sides[model] for way in WAYS]


PARTS = {
    "lines": lambda: [of_tiles(names, model) for model in MODELS for names in (LINES, MORE, ALL)],
    "six": lambda: [of_tiles(SIX, model, epochs) for model, epochs in (("mlp", 100), ("cnn", 100), ("cnn", 250))],
    "markers": lambda: [of_markers(*one) for one in marker_settings()],
}


def main(wanted: list[str]) -> None:
    """Measure the wanted parts, or all; the others keep their figures."""
    results = json.loads(PLACE.read_text()) if PLACE.exists() else {}
    for part in wanted or PARTS:
        results[part] = PARTS[part]()
        PLACE.write_text(json.dumps({name: results[name] for name in PARTS if name in results}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
