"""What a setting of a method is: a pydantic field with title, description, default and limits.

Two ways to write a set of them: a class of `Params`, where settings depend on each other, or a table of `Number`,
`Whole`, `Switch` and `Choice`, which is made into such a class. Text from a command line ("1e-3", "false") is accepted
wherever a number or a switch is; a switch is never taken for a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, create_model, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from innv_gui.errors import BadInput

LARGEST = 1e6  # of a number or a count, where nothing else is said


class Params(BaseModel):
    """Base of all parameter sets: unknown names, NaN and infinity are refused, and a switch where a number belongs."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _not_a_switch(cls, value: Any, info: ValidationInfo) -> Any:
        """pydantic would read `true` as 1."""
        if isinstance(value, bool) and not _takes_a_switch(cls.model_fields[info.field_name].annotation):
            raise PydanticCustomError("number_expected", "a switch is not a number")
        return value


def _takes_a_switch(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return any(_takes_a_switch(part) for part in get_args(annotation))
    return annotation is bool


class NoParams(Params):
    """For methods without a setting."""


class Setting:
    """One setting: the type that pydantic checks, and its field."""

    def __init__(self, annotation: Any, field: FieldInfo):
        self.annotation, self.field = annotation, field


class Number(Setting):
    """A number from low to high, both included."""

    def __init__(self, default: float, title: str, description: str, *, low: float = -LARGEST, high: float = LARGEST):
        super().__init__(float, Field(float(default), title=title, description=description, ge=low, le=high))


class Whole(Setting):
    """A whole number from low to high, both included."""

    def __init__(self, default: int, title: str, description: str, *, low: int = 0, high: int = int(LARGEST)):
        super().__init__(int, Field(int(default), title=title, description=description, ge=low, le=high))


class Switch(Setting):
    """Yes or no."""

    def __init__(self, default: bool, title: str, description: str):
        super().__init__(bool, Field(bool(default), title=title, description=description))


class Choice(Setting):
    """One of several words."""

    def __init__(self, default: str, title: str, description: str, *, choices: tuple[str, ...]):
        if not choices:
            raise BadInput("A Choice needs at least one word as choices; got none.")
        super().__init__(Literal[tuple(choices)], Field(default, title=title, description=description))


def params_of(name: str, settings: Mapping[str, Setting]) -> type[Params]:
    """The class of a table of settings. name: of the method, for messages."""
    for setting in settings:
        if not str(setting).isidentifier() or str(setting).startswith("_"):
            expected = "a setting's name must be letters, digits and underscores, and begin with a letter"
            raise BadInput(f"{name}: {expected}; got {setting!r:.60}.")
    return create_model(
        f"Params of {name}",
        __base__=Params,
        **{setting: (known.annotation, known.field) for setting, known in settings.items()},
    )
