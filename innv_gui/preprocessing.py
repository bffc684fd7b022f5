"""How a preprocessing may be written down, and what is refused about it.

`parse` takes what a person typed, what a page sent, or a record, and gives a checked record.
"""

from __future__ import annotations

import math
import re
from dataclasses import fields

from innv_gui.errors import BadInput
from innv_gui.records import CHANNEL_ORDERS, PREPROCESSING_MODES, RESIZE_RULES, Preprocessing

_ALIASES = {
    "[0,1]": "unit",
    "0..1": "unit",
    "scale": "unit",
    "[-1,1]": "symmetric",
    "-1..1": "symmetric",
    "raw": "none",
    "[0,255]": "none",
    "0..255": "none",
}
_WORDS = {
    "none": "[0, 255] as they are",
    "unit": "scaled to [0, 1]",
    "symmetric": "scaled to [−1, 1]",
    "caffe": "ImageNet, caffe",
    "tf": "scaled to [−1, 1] (tf)",
    "torch": "ImageNet, torch",
    "standardize": "mean and std",
}
_KEYS = tuple(field.name for field in fields(Preprocessing))
MAX_CHANNELS = 3


def parse(given: str | dict | Preprocessing | None) -> Preprocessing | None:
    """A checked Preprocessing; None stands for "auto": what the model's file tells.

    Text: a mode or an alias ("unit", "[0,1]", "caffe" ...), or settings joined by semicolons:
    "mean=123.7,116.8,103.9; std=58.4,57.1,57.4; resize=crop". Raises BadInput (field "preprocessing").
    """
    if given is None or isinstance(given, Preprocessing):
        return given if given is None else checked(given)
    settings = _settings(given) if isinstance(given, str) else given
    if not isinstance(settings, dict):
        raise _refused(f"expected a name or settings, got {type(given).__name__}", allowed=PREPROCESSING_MODES)
    unknown = sorted(set(map(str, settings)) - set(_KEYS))
    if unknown:
        raise _refused(f"{unknown[0]!r} is not one of its settings", allowed=_KEYS)
    mean, std = (_numbers(settings.get(key), key) for key in ("mean", "std"))
    mode = _mode(settings.get("mode") or ("standardize" if mean or std else "auto"))
    more = {key: settings[key] for key in ("resize", "channels") if settings.get(key)}
    if mode is None and (mean or std or more):
        raise _refused("mean, std, resize and channels need a preprocessing beside them", allowed=PREPROCESSING_MODES)
    return None if mode is None else checked(Preprocessing(mode, mean, std, **more))


def written(rule: Preprocessing) -> str:
    """As `--preprocessing` takes it: "unit", "mode=none;channels=bgr", "mean=1,2,3;std=4;resize=pad"."""
    moments = [
        f"{name}={','.join(format(value, '.9g') for value in getattr(rule, name))}"
        for name in ("mean", "std")
        if getattr(rule, name)
    ]
    more = [f"resize={rule.resize}"] * (rule.resize != "stretch") + ["channels=bgr"] * (rule.channels == "bgr")
    if moments:
        return ";".join(moments + more)
    return ";".join([f"mode={rule.mode}", *more]) if more else rule.mode


def in_words(rule: Preprocessing) -> str:
    """What the rule makes of pixels, for people; the resize rule is not part of it."""
    return _WORDS[rule.mode] + (", blue first" if rule.channels == "bgr" else "")


def checked(rule: Preprocessing) -> Preprocessing:
    """The record itself when its parts fit together; raises BadInput."""
    if rule.mode not in PREPROCESSING_MODES:
        raise _refused(f"{rule.mode!r} is not a preprocessing", allowed=PREPROCESSING_MODES)
    if rule.resize not in RESIZE_RULES:
        raise _refused(f"{rule.resize!r} is not a resize rule", allowed=RESIZE_RULES)
    if rule.channels not in CHANNEL_ORDERS:
        raise _refused(f"{rule.channels!r} is not an order of channels", allowed=CHANNEL_ORDERS)
    if rule.mode != "standardize" and (rule.mean or rule.std):
        raise _refused(f"mean and std go with 'standardize', not with {rule.mode!r}")
    if rule.mode == "standardize":
        _check_moments(rule)
    return rule


def check_channels(rule: Preprocessing, channels: int) -> None:
    """Raises BadInput when mean or std has neither one value nor one per channel, or the mode needs colour."""
    for name in ("mean", "std"):
        values = getattr(rule, name)
        if values and len(values) not in (1, channels):
            raise _refused(f"{name} has {len(values)} values; expected 1 or {channels}, one per channel")
    if rule.mode in ("caffe", "torch") and channels != 3:
        raise _refused(f"{rule.mode!r} is for colour images; the model takes {channels} channel")
    if rule.channels == "bgr" and channels != 3:
        raise _refused(f"'bgr' is for colour images; the model takes {channels} channel")


def _check_moments(rule: Preprocessing) -> None:
    if not rule.mean:
        raise _refused("std needs a mean" if rule.std else "'standardize' needs a mean", "Give mean=0 for none.")
    for name in ("mean", "std"):
        values = getattr(rule, name) or ()
        if len(values) not in (0, 1, MAX_CHANNELS):
            raise _refused(f"{name} has {len(values)} values; expected 1, or {MAX_CHANNELS}, one per channel")
        if not all(math.isfinite(value) for value in values):
            raise _refused(f"{name} must be finite numbers")
    if any(value < 0 for value in rule.std or ()):
        raise _refused(f"std must not be negative, got {min(rule.std):g}")


def _mode(text) -> str | None:
    if not isinstance(text, str):
        raise _refused(f"expected a name, got {text!r}", allowed=PREPROCESSING_MODES)
    plain = text.replace(" ", "").lower()
    if plain in ("", "auto"):
        return None
    plain = _ALIASES.get(plain, plain)
    if plain not in PREPROCESSING_MODES:
        raise _refused(f"{text[:60]!r} is not a preprocessing", allowed=(*PREPROCESSING_MODES, "auto"))
    return plain


def _settings(text: str) -> dict:
    """`"unit"` or `"mean=1,2,3; std=4; resize=pad"` as a dictionary."""
    settings = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, value = part.partition("=")
        if equals:
            settings[key.strip().lower()] = value.strip()
        else:
            settings["mode"] = part
    return settings


def _numbers(given, name: str) -> tuple[float, ...] | None:
    """Numbers from text, a number or a list; None when there are none."""
    if given is None or given == "" or (isinstance(given, list | tuple) and not given):
        return None
    parts = re.split(r"[,\s]+", given.strip(" []()")) if isinstance(given, str) else given
    parts = parts if isinstance(parts, list | tuple) else [parts]
    try:
        values = tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        raise _refused(f"{name} must be a number or a number for each channel, got {str(given)[:60]!r}") from None
    if not all(math.isfinite(value) for value in values):
        raise _refused(f"{name} must be finite numbers, got {str(given)[:60]!r}")
    return values


def _refused(what: str, hint: str = "", allowed: tuple = ()) -> BadInput:
    return BadInput(f"Preprocessing: {what}.", hint, field="preprocessing", allowed=allowed)
