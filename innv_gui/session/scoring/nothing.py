"""Why a scoring job has nothing: a model that gives no numbers is named, else the first image says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from innv_gui.errors import WorkFailed
from innv_gui.records import NOT_FINITE
from innv_gui.suggestions.ranking import joined

if TYPE_CHECKING:
    from innv_gui.session.scoring.work import ModelParts


def nothing_scored(dataset: str, models: list[ModelParts]) -> WorkFailed:
    """The error for a dataset of which no image has scores under all models."""
    lost = [parts.model.name for parts in models if _is_lost(parts)]
    if not lost:
        reason = next((problem for parts in models for problem in _problems(parts) if problem is not None), "")
        return WorkFailed(f"No image of {dataset} could be scored.", f"The first one {reason}")
    gives, these, its = ("gives", "this model", "its") if len(lost) == 1 else ("give", "these models", "their")
    remove = f"Remove {these} from those to score" if len(lost) < len(models) else "Choose another model"
    return WorkFailed(
        f"{joined(lost)} {gives} values that are not numbers for every image of {dataset} that can be read.",
        f"{remove}, or check {its} weights and preprocessing.",
    )


def _is_lost(parts: ModelParts) -> bool:
    """Whether a model gives numbers for no image, and that is not for the images' sake alone."""
    problems = set(_problems(parts))
    return None not in problems and NOT_FINITE in problems


def _problems(parts: ModelParts) -> Iterator[str | None]:
    """Per image, None where there is no problem."""
    for part in range(parts.folder.n_parts):
        yield from parts.folder.column(part, "problem")[0]
