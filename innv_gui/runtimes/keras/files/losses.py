"""What the loss in a model file says about its outputs. A file may say anything: nothing of it is built."""

from __future__ import annotations

import json

_OF_EACH_UNIT = ("BinaryCrossentropy", "BinaryFocalCrossentropy")


def told(compiled: object) -> object:
    """The loss in a file's compile settings, which are JSON or text of it; None where there is none."""
    if isinstance(compiled, str):
        try:
            compiled = json.loads(compiled)
        except (ValueError, RecursionError):
            return None
    return compiled.get("loss") if isinstance(compiled, dict) else None


def is_of_each_logit(loss: object) -> bool:
    """Whether a loss is a binary cross-entropy that takes each of the outputs' values as a logit of its own."""
    if isinstance(loss, dict) and "class_name" not in loss and len(loss) == 1:
        loss = [*loss.values()]  # by the name of its output
    if isinstance(loss, list) and len(loss) == 1:
        loss = loss[0]
    if not isinstance(loss, dict):
        return False
    config = loss.get("config")
    by_logits = isinstance(config, dict) and config.get("from_logits") is True
    return by_logits and loss.get("class_name") in _OF_EACH_UNIT
