"""The Workshop's training beside Keras' own `fit` of the same network, in turns, and the aims of its page.

`fit` does FIT_EPOCHS epochs, after one that traces, and counts for EPOCHS; the compiled loop does all of them and looks
at all images after each, as `fit` does with those that are held out. `python -m bench.workshop` measures in a process
of its own and prints JSON; `measure()` asks for it.
"""

from __future__ import annotations

import json
from statistics import median

from bench.attribution import asked
from bench.timing import seconds

EPOCHS, FIT_EPOCHS = 100, 10
ROUNDS = 3
LINES = ("vertical_line", "horizontal_line")
RATIOS = {"mlp": 30, "cnn": 15}  # times as fast as `fit`, at least
AIMS_S = {"mlp": 1.0, "cnn": 4.0}  # of 100 epochs of two classes
FIRST_POINT_S, ASCENT_S = 0.5, 0.3
FIRST_SLICE = 2  # epochs


def measure() -> dict:
    """In a process of its own, because the server's own has no TensorFlow."""
    return asked("bench.workshop")


def _measured() -> dict:
    rows = [_training(model) for model in RATIOS]
    waits = [wait for model in RATIOS for wait in _waits(model)]
    return {"epochs": EPOCHS, "fit_epochs": FIT_EPOCHS, "rows": rows, "waits": waits}


def _recipe(model: str, tiles: tuple[str, ...] = LINES):
    from innv_gui.workshop.recipe import Recipe, ShapeClass

    return Recipe(tuple(ShapeClass(name, name) for name in tiles), model)


def _training(model: str) -> dict:
    """Seconds of EPOCHS epochs of two classes, warm, by the loop and by `fit`: medians of rounds."""
    from innv_gui.runtimes.keras.training import shapes

    recipe = _recipe(model)
    shapes.warm(model)
    state, _ = shapes.begin(recipe)
    fit = _fitting(recipe, state)
    fit(1)
    shapes.train(recipe, state, EPOCHS)
    rounds = [
        (seconds(lambda: shapes.train(recipe, state, EPOCHS), 1), seconds(lambda: fit(FIT_EPOCHS), 1))
        for _ in range(ROUNDS)
    ]
    ours, theirs = (median(one) for one in zip(*rounds, strict=True))
    theirs *= EPOCHS / FIT_EPOCHS
    numbers = {"seconds": ours, "aim": AIMS_S[model], "fit_seconds": theirs}
    return {"model": model, **numbers, "ratio": theirs / ours, "limit": RATIOS[model]}


def _fitting(recipe, state):
    """`fit` of the same network on the same images, with the same optimizer, from the same weights."""
    import keras

    from innv_gui.runtimes.keras.training import shapes
    from innv_gui.workshop.copies import copies

    made = copies(recipe)
    model = shapes.trainee_of(recipe).model(state.weights, len(recipe.classes))
    optimizer = keras.optimizers.Adadelta(learning_rate=1.0, rho=0.95, epsilon=1e-7)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, held = (255 * one[..., None] for one in (made.x, made.held))
    given = {"batch_size": 4, "validation_data": (held, made.held_y), "verbose": 0}
    return lambda epochs: model.fit(x, made.y, epochs=epochs, **given)


def _waits(model: str) -> list[dict]:
    """What a person waits for when all is traced: the first point of the curve, and the films."""
    from innv_gui.runtimes.keras.training import shapes
    from innv_gui.workshop.tiles import TILES

    lines, every = _recipe(model), _recipe(model, tuple(TILES))
    rows = [(f"{model}, first point", FIRST_POINT_S, lambda: shapes.train(lines, shapes.begin(lines)[0], FIRST_SLICE))]
    for recipe in (lines, every):
        state, _ = shapes.train(recipe, shapes.begin(recipe)[0], EPOCHS)
        what = f"{model}, ascent of {len(recipe.classes)} classes"
        rows.append((what, ASCENT_S, lambda recipe=recipe, state=state: shapes.ascend(recipe, state)))
    return [{"what": what, "aim": aim, "seconds": seconds(work, ROUNDS)} for what, aim, work in rows]


if __name__ == "__main__":
    print(json.dumps(_measured()))
