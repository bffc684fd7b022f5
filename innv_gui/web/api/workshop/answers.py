"""Runs of the workshop as the JSON that goes out. A number is null until it is known, and where there is none."""

from __future__ import annotations

import numpy as np

from innv_gui.session.workshop.classes import MOST_PICTURES
from innv_gui.session.workshop.opened import title_of
from innv_gui.session.workshop.request import (
    LARGEST_SEED,
    LARGEST_STEP,
    LARGEST_STRENGTH,
    MOST_EPOCHS,
    MOST_SEEDS,
    MOST_STEPS,
)
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.session.workshop.story import STORY
from innv_gui.session.workshop.trial import FilmFacts, Trial
from innv_gui.web.api.common_answers import number
from innv_gui.workshop import tiles
from innv_gui.workshop.recipe import (
    EPOCHS,
    INITIALS,
    MOST_CLASSES,
    RECOMMENDED_STRENGTH,
    RECOMMENDED_WAY,
    STEP_SIZES,
    WAYS,
)
from innv_gui.workshop.tiles import TILES

DEFAULTS = {"model": "mlp", "initial": "black", "step_size": 0.005, "epochs": 100, "seed": 0, "seeds": 1}
DEFAULTS |= {"way": RECOMMENDED_WAY, "strength": RECOMMENDED_STRENGTH}
LIMITS = {
    "epochs": [1, MOST_EPOCHS],
    "step_size": [0, LARGEST_STEP],
    "strength": [0, LARGEST_STRENGTH],
    "seed": [0, LARGEST_SEED],
    "seeds": MOST_SEEDS,
    "classes": MOST_CLASSES,
    "pictures": MOST_PICTURES,
    "steps": MOST_STEPS,
}
MODELS = [
    {"id": "mlp", "label": "MLP", "about": "Flatten, 128 tanh, 128 tanh, softmax. Trained in a second."},
    {
        "id": "cnn",
        "label": "CNN",
        "about": "Two convolutions of 32 filters 3 × 3, max pooling, 128 ReLU, softmax, with dropout. A few seconds.",
    },
    {
        "id": "file",
        "label": "Keras file",
        "about": "A model of this session that takes 28 × 28 grey pictures; training starts from random weights.",
    },
]
ABOUT_WAYS = {
    "none": "Marks are not used.",
    "penalty": "The slope of the summed log-probabilities at marked pixels is kept small (Ross et al. 2017).",
    "filling": "Marked pixels are replaced while training, from other training images of any class.",
    "both": "Penalty and filling together.",
}


def options_json() -> dict:
    """All that can be chosen, and the runs to begin with."""
    return {
        "tiles": [_tile(tile) for tile in TILES.values()],
        "models": MODELS,
        "initials": list(INITIALS),
        "step_sizes": list(STEP_SIZES),
        "epochs": list(EPOCHS),
        "ways": [{"id": way, "about": ABOUT_WAYS[way]} for way in WAYS],
        "defaults": DEFAULTS,
        "limits": LIMITS,
        "stories": [
            {"name": one.name, "sentence": one.sentence, "body": {"classes": [{"tile": id} for id in one.classes]}}
            for one in STORY
        ],
    }


def _tile(tile: tiles.Tile) -> dict:
    """A noise is shown by one of its copies."""
    pixels = tiles.drawn(tile.id, np.random.default_rng(0))
    return {"id": tile.id, "label": tile.label, "noise": tile.noise, "pixels": _bytes(pixels)}


def _bytes(pixels: np.ndarray) -> list[int]:
    """[0, 1] -> 784 whole numbers from 0 to 255."""
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(int).ravel().tolist()


def run_json(run: ShapesRun, same: ShapesRun | None) -> dict:
    """A run with all of its networks; frames have their own address. same: an earlier run of the same numbers."""
    job = None if run.job is None else run.job.as_json()  # before the numbers: a job that has ended has put all of them
    recipe, request = run.request.recipe, run.request
    return {
        "id": run.id,
        "name": run.name,
        "pinned": run.pinned,
        "status": run.status,
        "job": job,
        "error": run.error if job is None else job["error"],
        "created": run.created,
        "request": _asked(run),
        "model": recipe.model,
        "file": request.file or None,
        "same_as": same_json(same),
        "notes": list(request.notes),
        "classes": _classes(run),
        "trials": [_trial(run, k, trial) for k, trial in enumerate(run.trials)],
    }


def same_json(run: ShapesRun | None) -> dict | None:
    """A run that has the same numbers."""
    return None if run is None else {"id": run.id, "name": run.name}


def _asked(run: ShapesRun) -> dict:
    """Can be sent again; the pictures of a class are then taken from this run."""
    classes = run.request.asked["classes"]
    own = [one | {"run": run.id} if "dataset" in one else one for one in classes]
    return run.request.asked | {"classes": own}


def _classes(run: ShapesRun) -> list[dict]:
    return [
        {
            "name": one.name,
            "label": label,
            "tile": one.tile or None,
            "noise": bool(one.tile) and TILES[one.tile].noise,
            "pixels": _bytes(clean),
            "n_pictures": 0 if one.pixels is None else len(one.pixels),
            "marked": one.marks is not None,
        }
        for one, label, clean in zip(run.request.recipe.classes, run.request.labels, run.prototypes, strict=True)
    ]


def _trial(run: ShapesRun, k: int, trial: Trial) -> dict:
    curve = trial.curve()
    measured = trial.measured
    return {
        "title": title_of(run, k),
        "seed": trial.seed,
        "way": trial.way,
        "epoch": trial.epoch,
        "curve": {name: [number(value) for value in values] for name, values in curve.items()},
        "accuracy": _known(trial.last("held_accuracy")),
        "loss": _known(trial.last("loss")),
        "replaced_accuracy": _known(measured.get("replaced_accuracy")),
        "noise_accuracy": _known(measured.get("noise_accuracy")),
        "inside": _known(measured.get("inside")),
        "inside_of": measured.get("inside_of"),
        "undecided": measured.get("undecided"),
        "films_epoch": trial.films_epoch,
        "films": [_film(film) for film in trial.films],
    }


def _film(film: FilmFacts) -> dict:
    return {
        "class": film.name,
        "steps": film.steps,
        "p": [number(float(p)) for p in film.p],
        "stopped": film.stopped,
        "r": number(film.r),
        "signed_r": number(film.signed_r),
        "others": {name: number(r) for name, r in film.others.items()},
        "mean": film.mean,
    }


def _known(value: float | None) -> float | None:
    return None if value is None else number(float(value))
