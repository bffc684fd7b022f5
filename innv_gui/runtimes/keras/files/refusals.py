"""What is reported about a part of a model that is refused: the true cause, and what helps."""

from __future__ import annotations

from dataclasses import dataclass

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files import keras2_names, keras2_operations
from innv_gui.runtimes.keras.files.quoting import quoted


@dataclass(frozen=True)
class Refusals:
    """Of one file. place: the layer that is spoken of, "" for the model itself."""

    file: str
    sha256: str

    def code(self, place: str) -> ModelRefused:
        """A Lambda."""
        what = "is a Lambda: it holds Python code, which is not run."
        return ModelRefused(f"{self.file}: {layer(place)} {what}", f"{self._trusted()}.")

    def quantized(self, place: str) -> ModelRefused:
        """A layer that computes in whole numbers."""
        return ModelRefused(
            f"{self.file}: {layer(place)} is quantized: it computes in whole numbers, which have no gradient.",
            "Save the model as it was before quantize() was called.",
        )

    def interpolation(self, place: str, name: str) -> ModelRefused:
        """Of a layer that resizes."""
        return ModelRefused(
            f"{self.file}: {layer(place)} resizes by {quoted(name)}, which only Keras 2 supports.",
            "Choose bilinear, bicubic or lanczos in Keras 2, and save the model again.",
        )

    def function(self, place: str, name: str) -> ModelRefused:
        """An activation that is not Keras' own: of such the file holds no more than the name."""
        return ModelRefused(
            f"{self.file}: {layer(place)} has the activation {quoted(name)}, which is not one of Keras'; the file holds"
            " only its name.",
            self._defined(name),
        )

    def kind(self, place: str, node: dict) -> ModelRefused:
        """A class that is not allowed."""
        name = node["class_name"]
        if name in (*keras2_operations.CLASSES, "TensorFlowOpLayer"):
            return self._operation(place, node)
        if name == "LocallyConnected2D":
            return self._laid_out_otherwise(place)
        known = keras2_names.why_not(name)
        if known:
            return ModelRefused(f"{self.file}: {layer(place)} is of the type {quoted(name)}, {known[0]}.", known[1])
        origin = f" of {quoted(node['module'])}" if node.get("module") else ""
        what = f"is of the type {quoted(name)}{origin}, which is not one of Keras' own layers for images."
        return ModelRefused(f"{self.file}: {layer(place)} {what}", self._defined(name.rpartition(">")[2]))

    def _operation(self, place: str, node: dict) -> ModelRefused:
        config = node.get("config")
        told = config.get("function") or config.get("node_def") if isinstance(config, dict) else None
        name = told if isinstance(told, str) and len(told) < 60 else node["class_name"]
        return ModelRefused(
            f"{self.file}: {layer(place)} is a TensorFlow operation ({quoted(name)}) that only Keras 2 can read.",
            "Rebuild the model with Keras 3 layers and save it as .keras.",
        )

    def _laid_out_otherwise(self, place: str) -> ModelRefused:
        return ModelRefused(
            f"{self.file}: {layer(place)} is a LocallyConnected2D, of which only implementation=1 with channels last is"
            " read.",
            "Rebuild the layer like that in Keras 2, and save the model again.",
        )

    def _trusted(self) -> str:
        return f"If you trust the file, start innv-gui with --trust {self.sha256}"

    def _defined(self, name: str) -> str:
        return f"{self._trusted()} --hooks FILE, where FILE is a Python file that defines {quoted(name)}."


def layer(place: str) -> str:
    """The layer of that name; the model itself without one."""
    return f"layer {quoted(place)}" if place else "the model"
