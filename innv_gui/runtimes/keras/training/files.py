"""A trained network as a file that Keras, and innv-gui itself, open."""

from __future__ import annotations

import tempfile
from pathlib import Path

from innv_gui.runtimes.keras.training import shapes
from innv_gui.workshop.recipe import Recipe, TrainState
from innv_gui.workshop.written import with_recipe


def file(recipe: Recipe, state: TrainState) -> bytes:
    """A .keras archive: pixels 0 to 255 -> probabilities; names of the classes and the recipe are in its metadata."""
    model = shapes.trainee_of(recipe).model(state.weights, len(recipe.classes))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.keras")
        model.save(path)
        return with_recipe(path.read_bytes(), recipe)
