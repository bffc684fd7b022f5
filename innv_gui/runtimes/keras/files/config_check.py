"""Walks the whole configuration of a model before anything is built from it.

Every class, function and module it names, at any depth, must be in the allow-list. What comes back is a cleaned copy:
compile settings dropped, modules replaced by the one that is meant. Only that copy is ever given to Keras.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files import allowed, keras2_names, keras2_operations
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.files.refusals import Refusals, layer

MAX_DEPTH = 150
MAX_VALUES = 1_000_000
MAX_SIZE = 2**31  # of a single whole number in a configuration

_OTHER_NAMES = {
    "_initializer": allowed.INITIALIZERS,
    "_regularizer": allowed.REGULARIZERS,
    "_constraint": allowed.CONSTRAINTS,
}
_FREE_NUMBERS = ("seed", "shared_object_id")
_CODE = ("Lambda", "__lambda__")
_ARRAYS = ("__numpy__", "__tensor__")
_NUMBERS = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64".split())
_DROPPED = ("compile_config", "__passive_serialization__")


def parsed(text: bytes | str, file: str) -> dict:
    """JSON of a model's configuration as a dictionary."""
    try:
        config = json.loads(text)
    except RecursionError:
        raise ModelRefused(f"{file}: its configuration is nested too deeply.") from None
    except ValueError as error:
        raise ModelRefused(f"{file}: its configuration is not readable JSON ({error}).") from None
    if not isinstance(config, dict) or "class_name" not in config:
        raise ModelRefused(f"{file}: its configuration does not describe a Keras model.")
    return config


def cleaned(config: dict, file: str, sha256: str, trusted: bool = False) -> tuple[dict, int]:
    """The configuration with everything checked, and how many layers it lists; raises ModelRefused naming the layer.

    trusted: the person vouched for this file by its hash, so code and unknown classes are left for Keras to judge.
    """
    walk = _Walk(file, sha256, trusted)
    clean = walk.visit(config, "", 0, "")
    if clean.get("class_name") not in allowed.MODELS and not trusted:
        raise ModelRefused(f"{file} describes {quoted(clean.get('class_name'))}, not a whole model.")
    if clean.get("module") is None:
        clean["module"] = allowed.module_of(clean["class_name"], None)
    return clean, walk.layers


@dataclass
class _Walk:
    file: str
    sha256: str
    trusted: bool
    values: int = 0
    layers: int = 0

    def visit(self, node, place: str, depth: int, key: str):
        """The cleaned form of any JSON value; place: the layer it belongs to."""
        self.values += 1
        if depth > MAX_DEPTH or self.values > MAX_VALUES:
            raise ModelRefused(f"{self.file}: its configuration is too large or nested too deeply.")
        if isinstance(node, dict):
            return self._visit_dict(node, place, depth, key)
        if isinstance(node, list):
            return [self.visit(item, place, depth + 1, key) for item in node]
        if isinstance(node, str):
            return self._checked_name(node, place, key)
        if isinstance(node, int) and abs(node) > MAX_SIZE and key not in _FREE_NUMBERS:
            raise ModelRefused(f"{self.file}: {layer(place)} has {quoted(key)} = {node}, which is far out of range.")
        return node

    def _visit_dict(self, node: dict, place: str, depth: int, key: str) -> dict | list:
        if not isinstance(node.get("class_name", ""), str) or not isinstance(node.get("module"), str | None):
            raise ModelRefused(f"{self.file}: {layer(place)} names its class in a way that is not understood.")
        place = _own_name(node) or place
        if "class_name" not in node:
            return {k: self.visit(v, place, depth + 1, k) for k, v in node.items() if k not in _DROPPED}
        if node["class_name"] == "__tuple__" and isinstance(node.get("items"), list):
            return [self.visit(item, place, depth + 1, key) for item in node["items"]]
        if node["class_name"] in keras2_names.QUANTIZED:
            raise self._refusals().quantized(place)
        if node["class_name"] == "function" and isinstance(node.get("config"), str) and not self.trusted:
            return self._function(node, place)
        node = (
            keras2_operations.as_layer(node)
            if node["class_name"] in keras2_operations.CLASSES
            else keras2_names.as_known(node, self.trusted)
        )
        if node["class_name"] in _ARRAYS and not _has_numbers(node):
            raise ModelRefused(f"{self.file}: {layer(place)} holds an array of something other than numbers.")
        module = self._allow(node, place)
        clean = {k: self.visit(v, place, depth + 1, k) for k, v in node.items() if k not in _DROPPED}
        # Files of Keras 2 have no module, and Keras then reads them in the old way. Only a wrapper's inner layer
        # and a part of a layer (its dtype policy, an initializer) are looked up by module in both.
        if module and (node.get("module") is not None or key in ("layer", "cell")):
            clean["module"] = module
        if node["class_name"] == "Policy":
            clean["class_name"] = "DTypePolicy"
        return clean

    def _allow(self, node: dict, place: str) -> str | None:
        """The module to load from; raises unless the object is allowed."""
        name, module = node["class_name"], node.get("module")
        if self.trusted:
            return None
        if name in _CODE:
            raise self._refusals().code(place)
        if name in allowed.PLAIN_VALUES:
            return None
        canonical = allowed.module_of(name, module)
        if canonical is None or node.get("registered_name") not in (None, name, allowed.LOCALLY_CONNECTED):
            raise self._refusals().kind(place, node)
        self.layers += canonical == "keras.layers"
        return canonical

    def _function(self, node: dict, place: str) -> str:
        """The activation that a function's dictionary means, by its name in Keras."""
        name = node["config"]
        plain = node.get("registered_name") in (None, name, "function")
        known = keras2_names.ACTIVATIONS.get(name, name)
        if known not in allowed.ACTIVATIONS or not plain or node.get("module") not in (None, *allowed.FUNCTION_MODULES):
            raise self._refusals().function(place, name)
        return known

    def _checked_name(self, text: str, place: str, key: str) -> str:
        """Functions and small objects may be given by name alone: `"activation": "relu"`."""
        if key == "dtype" and text.startswith(("int8_from_", "int4_from_", "float8_from_")):
            raise self._refusals().quantized(place)
        if key == "interpolation" and text in keras2_names.INTERPOLATIONS:
            raise self._refusals().interpolation(place, text)
        if self.trusted:
            return text
        if key in allowed.ACTIVATION_KEYS:
            text = keras2_names.ACTIVATIONS.get(text, text)
            if text not in allowed.ACTIVATIONS and text not in allowed.LAYERS:
                raise self._refusals().function(place, text)
        for ending, names in _OTHER_NAMES.items():
            if key.endswith(ending) and _plain(text) not in {_plain(name) for name in names}:
                raise ModelRefused(f"{self.file}: {layer(place)} has the unknown {key} {quoted(text)}.")
        return text

    def _refusals(self) -> Refusals:
        return Refusals(self.file, self.sha256)


def _has_numbers(node: dict) -> bool:
    """Whether an array in a configuration is of numbers; of text, a short file could ask for any amount of memory."""
    config = node.get("config")
    return isinstance(config, dict) and isinstance(config.get("dtype"), str) and config["dtype"] in _NUMBERS


def _own_name(node: dict) -> str:
    """The name a layer's dictionary gives itself; parts of a layer (policies, initializers) have none."""
    inner = node.get("config")
    if "class_name" not in node or node["class_name"] in allowed.POLICIES:
        return ""
    for holder in (node, inner if isinstance(inner, dict) else {}):
        if isinstance(holder.get("name"), str):
            return holder["name"]
    return ""


def _plain(name: str) -> str:
    """`GlorotUniform`, `glorot_uniform` and `l1_l2` compare equal to their class."""
    return name.replace("_", "").lower()
