"""The runs to begin with: each adds classes to the one before, and the lines become clearer."""

from __future__ import annotations

from dataclasses import dataclass

LINES = ("vertical_line", "horizontal_line")
SHAPES = ("disk", "ring")
NOISES = ("noise", "blurred_noise")


@dataclass(frozen=True)
class StoryRun:
    """classes: tiles by id; sentence: what to see in its pictures."""

    name: str
    classes: tuple[str, ...]
    sentence: str


STORY = (
    StoryRun(
        "Two lines",
        LINES,
        "Each class is shown by the absence of the other: where the other line would be, the picture is darker.",
    ),
    StoryRun(
        "Lines, disk and ring",
        LINES + SHAPES,
        "With disk and ring among the classes the absence of one line is not enough: the lines themselves appear.",
    ),
    StoryRun(
        "Lines, shapes and noise",
        LINES + SHAPES + NOISES,
        "Noise classes make the network look at the whole picture: the lines are clearer again.",
    ),
)
