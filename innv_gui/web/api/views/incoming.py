"""What comes in about views."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming


class NewView(Incoming):
    """Which view of which images under which models."""

    view: str = Field(max_length=100)
    models: list[str] = Field(min_length=1, max_length=64)
    dataset: str = Id
    images: list[int] = Field(min_length=1, max_length=1000)
    params: dict = Field(default_factory=dict)


class ShownQuery(Incoming):
    """For which theme plots are drawn."""

    theme: Literal["light", "dark"] = "light"


class LayerQuery(Incoming):
    """Which picture of a part."""

    layer: int = Field(0, ge=0, le=100)
