"""The tasks that train a network of the Workshop and show what it learned: pure functions of their arguments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import tensorflow as tf

from innv_gui.errors import BadInput, WorkFailed
from innv_gui.runtimes.keras.maximize.starts import PICTURES
from innv_gui.runtimes.keras.training import ascending, feeding, foreign, loop, painting
from innv_gui.runtimes.keras.training.networks import CNN, MLP, Arrays, Trainee, within
from innv_gui.workshop import tiles
from innv_gui.workshop.copies import Copies, copies
from innv_gui.workshop.recipe import Film, Recipe, ShapeClass, TrainState, regions

ITERATIONS = 500  # steps of an ascent at most
MOST_LOOKED = 256  # images that tell how large the penalty is before training
OFFERED = {"mlp": MLP, "cnn": CNN}


def begin(recipe: Recipe) -> tuple[TrainState, np.ndarray]:
    """The state before training, and its row: loss, accuracy, held-out loss, held-out accuracy, float64 (4,)."""
    trainee, made = trainee_of(recipe), copies(recipe)
    weights = trainee.drawn(len(recipe.classes), recipe.seed)
    trained = weights[: len(weights) - trainee.kept]
    state = TrainState(weights, tuple(np.zeros_like(one) for one in trained + trained))
    row = [*_looked(trainee, recipe, state, made.x, made.y), *_looked(trainee, recipe, state, made.held, made.held_y)]
    scale = _scale(trainee, recipe, state, made) if penalised(recipe) else 0.0
    return replace(state, scale=scale), np.asarray(row)


def train(recipe: Recipe, state: TrainState, epochs: int) -> tuple[TrainState, np.ndarray]:
    """`epochs` further ones, and a row for each: float64 (epochs, 4), as of `begin`.

    However many are asked for at once, the numbers are those of one long run.
    """
    trainee, made = trainee_of(recipe), copies(recipe)
    run, data = loop.trace(trainee, penalised(recipe)), feeding.data_of(recipe, made, trainee)
    rows = [np.zeros((0, 4))]
    for first in range(0, epochs, feeding.EPOCHS):
        count = min(epochs - first, feeding.EPOCHS)
        plan = feeding.plan_of(recipe, made, trainee, state, count)
        with _enough_memory():
            state, found = _trained(run, trainee, state, data, plan)
        rows.append(found)
    return state, np.concatenate(rows)


def ascend(recipe: Recipe, state: TrainState, iterations: int = ITERATIONS) -> tuple[Film, ...]:
    """What each class looks like to the network, from `recipe.initial`: one film per class, all in one batch."""
    trainee, count = trainee_of(recipe), len(recipe.classes)
    start = PICTURES[recipe.initial]((tiles.SIDE, tiles.SIDE, 1), recipe.seed)
    x = tf.constant(np.repeat(start[None], count, axis=0), tf.float32)
    settings = tf.constant(recipe.step_size, tf.float32), tf.constant(iterations)
    with _enough_memory():
        found = ascending.trace(trainee)(_tensors(trainee.widened(state.weights)), x, *settings)
        return ascending.films(*(one.numpy() for one in found))


def warm(model: str) -> None:
    """Traces what a model of OFFERED needs, so that the first person who trains one does not wait; a file has none."""
    if model not in OFFERED:
        return
    lines = (ShapeClass("vertical", "vertical_line"), ShapeClass("horizontal", "horizontal_line"))
    recipe = Recipe(lines, model)
    state, _ = train(recipe, begin(recipe)[0], 1)
    ascend(recipe, state, 1)


def penalised(recipe: Recipe) -> bool:
    """Whether the gradient on marked regions counts."""
    return recipe.way in ("penalty", "both") and bool(regions(recipe).any())


def trainee_of(recipe: Recipe) -> Trainee:
    """The network that a recipe names. Raises ModelRefused for a file that cannot be trained."""
    if recipe.model != "file":
        return OFFERED[recipe.model]
    if recipe.source is None:
        raise BadInput("The recipe names no file.", "Expected the source of the network's file.", "file")
    return foreign.trainee(recipe.source, len(recipe.classes))


def probabilities(trainee: Trainee, weights: Arrays, x: np.ndarray, n_classes: int) -> np.ndarray:
    """(N, 28, 28) -> (N, K) float64, the sum of each row 1."""
    wide = _tensors(trainee.widened(weights))
    parts = [x[first : first + MOST_LOOKED] for first in range(0, len(x), MOST_LOOKED)]
    scores = [trainee.scores(wide, tf.constant(part[..., None]), None)[0] for part in parts]
    return tf.nn.softmax(tf.cast(tf.concat(scores, axis=0)[:, :n_classes], tf.float64)).numpy()


@contextmanager
def _enough_memory() -> Iterator[None]:
    """What runs out of memory inside ends with a sentence."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        hint = "What was trained before is kept. Choose a smaller network, or fewer pictures, and train again."
        raise WorkFailed("Training needs more memory than this machine has free.", hint) from error


def _trained(run, trainee: Trainee, state: TrainState, data: dict, plan: dict) -> tuple[TrainState, np.ndarray]:
    """One call of the compiled loop."""
    half, n_classes = len(state.slots) // 2, int(plan["classes"])
    arrays = (state.weights, state.slots[:half], state.slots[half:])
    wide = [_tensors(trainee.widened(one)) for one in arrays]
    *found, rows = run(*wide, *tf.nest.map_structure(tf.constant, (data, plan)))
    weights, squares, steps = (trainee.narrowed(one, n_classes) for one in found)
    count = int(plan["epochs"])
    after = replace(state, weights=weights, slots=squares + steps, epoch=state.epoch + count)
    return after, rows.numpy()[:count].astype(np.float64)


def _tensors(arrays: list) -> list:
    return [tf.constant(one) for one in arrays]


def _looked(trainee: Trainee, recipe: Recipe, state: TrainState, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Mean loss and accuracy."""
    p = probabilities(trainee, state.weights, x, len(recipe.classes))
    return -float(np.log(p[np.arange(len(y)), y]).mean()), float((p.argmax(axis=1) == y).mean())


def _scale(trainee: Trainee, recipe: Recipe, state: TrainState, made: Copies) -> float:
    """Mean cross-entropy / mean penalty of the training images before training; 0 where there is no slope."""
    places = np.linspace(0, len(made.x) - 1, min(len(made.x), MOST_LOOKED)).astype(int)
    x, labels = tf.constant(made.x[places]), made.y[places]
    inside = tf.constant(regions(recipe)[labels])
    wide = _tensors(trainee.widened(state.weights))
    scores, _, slopes = painting.slope_inside(trainee, wide, x, inside, len(recipe.classes), None)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, within(scores, len(recipe.classes)))
    penalty = float(tf.reduce_mean(slopes))
    return float(tf.reduce_mean(loss)) / penalty if penalty > 0 else 0.0
