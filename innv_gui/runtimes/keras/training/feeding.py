"""What the compiled loop is given: arrays of a recipe, with sizes that few traces serve."""

from __future__ import annotations

import numpy as np

from innv_gui.runtimes.keras.training import batches
from innv_gui.runtimes.keras.training.networks import Trainee
from innv_gui.workshop.copies import Copies
from innv_gui.workshop.recipe import MOST_CLASSES, Recipe, TrainState, regions
from innv_gui.workshop.tiles import SIDE

EPOCHS = 128  # of one call at most
XLA_CHUNK, CHUNK = 16, 256  # images that are looked at together
ROOM = 144  # images, of 18 tiles; twice as many where that is not enough, and so on


def data_of(recipe: Recipe, made: Copies, trainee: Trainee) -> dict[str, np.ndarray]:
    """Images and classes, and what of each class is filled or penalised."""
    marked = np.zeros((MOST_CLASSES, SIDE, SIDE), bool)
    marked[: len(recipe.classes)] = regions(recipe)
    room = room_of(len(made.x), trainee)
    held = room_of(len(made.held), trainee)
    return {
        "x": _lengthened(made.x, room),
        "y": _lengthened(made.y, room),
        "held": _lengthened(made.held, held),
        "held_y": _lengthened(made.held_y, held),
        "filled": marked & (recipe.way in ("filling", "both")),
        "penalised": marked & (recipe.way in ("penalty", "both")),
    }


def plan_of(recipe: Recipe, made: Copies, trainee: Trainee, state: TrainState, epochs: int) -> dict:
    """The next `epochs` epochs, EPOCHS at most: arrays and numbers as loop.signature has them."""
    n_images = len(made.x)
    order, donors = batches.orders(recipe.seed, state.epoch, epochs, n_images)
    looks = {"look": _looks(n_images, trainee), "held_look": _looks(len(made.held), trainee)}
    plan: dict = {"order": order, "donors": donors, **looks}
    if trainee.xla:
        plan = {name: _roomy(name, array, n_images, made, trainee) for name, array in plan.items()}
    numbers = {
        "epochs": epochs,
        "steps": batches.steps_of(n_images),
        "first": state.epoch,
        "classes": len(recipe.classes),
        "looks": len(looks["look"]),
        "held_looks": len(looks["held_look"]),
    }
    plan |= {name: np.int32(number) for name, number in numbers.items()}
    return plan | {"seed": np.int64(recipe.seed), "weight": np.float32(recipe.strength * state.scale)}


def room_of(n_images: int, trainee: Trainee) -> int:
    """How many images arrays have room for: all alike for XLA, which compiles for each size."""
    room = ROOM
    while room < n_images:
        room *= 2
    return room if trainee.xla else n_images


def _looks(n_images: int, trainee: Trainee) -> np.ndarray:
    return batches.looks(n_images, XLA_CHUNK if trainee.xla else min(CHUNK, n_images))


def _roomy(name: str, array: np.ndarray, n_images: int, made: Copies, trainee: Trainee) -> np.ndarray:
    if name in ("order", "donors"):
        steps = batches.steps_of(room_of(n_images, trainee))
        return _lengthened(_lengthened(array, EPOCHS).swapaxes(0, 1), steps).swapaxes(0, 1)
    return _lengthened(array, room_of(n_images if name == "look" else len(made.held), trainee) // XLA_CHUNK)


def _lengthened(array: np.ndarray, length: int) -> np.ndarray:
    """Zeros behind it; they are never read."""
    return np.pad(array, [(0, length - len(array))] + [(0, 0)] * (array.ndim - 1))
