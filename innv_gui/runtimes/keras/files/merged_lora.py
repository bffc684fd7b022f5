"""Low-rank factors (LoRA) that Keras merged into the kernels when it saved a model."""

from __future__ import annotations

_SETTINGS = ("lora_rank", "lora_alpha")


def drop_factors(node) -> None:
    """Describes Keras' own layers without LoRA, in place, at any depth.

    Keras 3 stores the merged kernel and no factors, and sets the factors of a loaded model to zero.
    """
    if isinstance(node, list):
        for one in node:
            drop_factors(one)
    elif isinstance(node, dict):
        settings = node.get("config")
        if isinstance(settings, dict) and str(node.get("module")).partition(".")[0] == "keras":
            for name in _SETTINGS:
                settings.pop(name, None)
        for one in node.values():
            drop_factors(one)
