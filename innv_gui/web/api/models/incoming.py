"""What comes in about models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from innv_gui.errors import BadInput
from innv_gui.records import CHANNEL_ORDERS, OUTPUT_KINDS, PREPROCESSING_MODES, RESIZE_RULES
from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming


class NewModel(Incoming):
    """A model that is not uploaded: offered at start, or a network of keras.applications."""

    offered: str | None = Field(None, max_length=64, description="Id of a file offered at start.")
    application: str | None = Field(None, max_length=64, description="Name in keras.applications.")
    weights: Literal["random"] | None = Field(None, description="Weights of a network of keras.applications.")
    outputs: Literal[(*OUTPUT_KINDS, "auto")] | None = Field(None, description="What the model's outputs are.")

    @model_validator(mode="after")
    def _one(self):
        if (self.offered is None) == (self.application is None):
            raise BadInput("Expected either offered or application.", field="offered")
        return self


class PreprocessingChange(Incoming):
    """How pixels become network input."""

    mode: Literal[PREPROCESSING_MODES]
    mean: list[float] | float | None = None
    std: list[float] | float | None = None
    resize: Literal[RESIZE_RULES] = "stretch"
    channels: Literal[CHANNEL_ORDERS] = "rgb"


class LabelsChange(Incoming):
    """Which class a label is, said by hand."""

    dataset: str = Id
    classes: dict[str, int | str | None] = Field(
        max_length=10_000, description="A class, by name or index, for each label; null undoes it."
    )


class ModelChange(Incoming):
    """What can be edited of a model."""

    name: str | None = Field(None, min_length=1, max_length=120)
    preprocessing: PreprocessingChange | None = None
    class_names: list[str] | dict[str, str | list[str]] | Literal["confirm"] | None = Field(
        None, description="A list; confirm, to say that the assumed ones are right; an empty list drops them for good."
    )
    outputs: Literal[(*OUTPUT_KINDS, "auto")] | None = Field(None, description="What the model's outputs are.")
    labels: LabelsChange | None = None


class LabelsQuery(Incoming):
    """Of which dataset labels are listed."""

    dataset: str = Id


class NewProbe(Incoming):
    """Which labelled images to check a model's preprocessing with."""

    dataset: str | None = Field(None, max_length=64, description="The dataset whose labels fit best by default.")


class LayersQuery(Incoming):
    """For which method layers are listed."""

    analyzer: str | None = Field(None, max_length=64)
