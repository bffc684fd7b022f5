"""Why a scoring job has nothing: a model that gives no numbers is named, else the first image says why."""

from __future__ import annotations

from collections.abc import Iterator

from innv_gui.errors import WorkFailed
from innv_gui.records import NOT_FINITE
from innv_gui.store.score_parts import ScoreFolder
from innv_gui.suggestions.ranking import joined


def nothing_scored(dataset: str, models: list[tuple[str, ScoreFolder]]) -> WorkFailed:
    """The error for a dataset of which no image has scores under all models. models: name and where its scores are."""
    lost = [name for name, folder in models if _is_lost(folder)]
    if not lost:
        reason = next((problem for _, folder in models for problem in _problems(folder) if problem is not None), "")
        return WorkFailed(f"No image of {dataset} could be scored.", f"The first one {reason}")
    gives, these, its = ("gives", "this model", "its") if len(lost) == 1 else ("give", "these models", "their")
    remove = f"Remove {these} from those to score" if len(lost) < len(models) else "Choose another model"
    return WorkFailed(
        f"{joined(lost)} {gives} values that are not numbers for every image of {dataset} that can be read.",
        f"{remove}, or check {its} weights and preprocessing.",
    )


def _is_lost(folder: ScoreFolder) -> bool:
    """Whether a model gives numbers for no image, and that is not for the images' sake alone."""
    problems = set(_problems(folder))
    return None not in problems and NOT_FINITE in problems


def _problems(folder: ScoreFolder) -> Iterator[str | None]:
    """Per image, None where there is no problem."""
    for part in range(folder.n_parts):
        yield from folder.column(part, "problem")[0]
