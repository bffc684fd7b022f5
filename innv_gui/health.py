"""Facts about one map that a person should know before reading it: is it finite, is it empty, does it add up?

Pure numpy. Numbers are written with a true minus and three digits, as on the page.
"""

from __future__ import annotations

import numpy as np

from innv_gui.analyzers.declaration import Analyzer
from innv_gui.records import Health

CLOSE = 0.1  # of the score: the sum counts as equal
FAR = 0.5  # of the score: the sum is no longer a decomposition of it
LESS_LOST = (
    "Compare with grad_cam or another rule before you rely on it; without the bias or with a smaller ε, where the "
    "method has them, less is lost."
)
MOST_PERCENT = 1000
COMPARE = "Compare with another method before you rely on it."
SATURATED = 1e-3  # slope p (1 - p) of a probability, below which its gradient says little


def health(
    values: np.ndarray, score: float, analyzer: Analyzer, softmax_kept: bool, squashed: bool = False
) -> tuple[Health, ...]:
    """What to report about relevance (H, W, C) for an output of value `score`; the warnings, or one fact that is fine.

    softmax_kept: the score is a probability, because softmax was left on. squashed: it is one because nothing could be
    taken off.
    """
    broken = _not_finite(values)
    if broken:
        return (broken,)
    found = (
        _all_zero(values, score, analyzer),
        _conservation(values, score, analyzer),
        _softmax(softmax_kept),
        _saturation(score, softmax_kept or squashed, softmax_kept),
    )
    return tuple(one for one in found if one) or (_sound(values, analyzer, squashed),)


def _not_finite(values: np.ndarray) -> Health | None:
    count = values.size - int(np.isfinite(values).sum())
    if not count:
        return None
    reason = (
        f"{count} of {values.size} values are not finite: a division by zero or an overflow inside the method. "
        "Choose a rule with ε, such as lrp.epsilon, or another method."
    )
    return Health("bad", "NaN" if np.isnan(values).any() else "infinite", reason)


def _all_zero(values: np.ndarray, score: float, analyzer: Analyzer) -> Health | None:
    if np.any(values):
        return None
    reason = (
        "Nothing in the image speaks for or against the explained output: the map is empty. "
        "Explain another class or choose another method."
    )
    if analyzer.family == "deep_taylor" and score <= 0:
        reason = (
            f"Deep Taylor explains positive scores only, and this one is {_number(score)}: the map is empty. "
            "Choose an LRP method."
        )
    if analyzer.family == "cam":
        reason = "No channel speaks for the class: the map is empty. Choose an earlier layer or another class."
    return Health("bad", "all zero", reason)


def _conservation(values: np.ndarray, score: float, analyzer: Analyzer) -> Health | None:
    """None where the sum is close, or means nothing."""
    if not analyzer.conserves or not np.any(values):
        return None
    total = float(values.sum(dtype=np.float64))
    missed = abs(total - score)
    if missed <= CLOSE * abs(score):
        return None
    level = "ok" if missed <= FAR * abs(score) else "warn"
    cause = (
        "biases keep a part"
        if level == "ok"
        else "biases, ε or layers that the method only approximates absorb or add a lot"
    )
    way = "" if level == "ok" else f" {LESS_LOST if analyzer.family == 'lrp' else COMPARE}"
    reason = f"The relevance sums to {_number(total)}, the explained score is {_number(score)}: {cause}.{way}"
    return Health(level, _share(total, score), reason)


def _share(total: float, score: float) -> str:
    """What share of the score a sum is, in words; a score near zero has no percentages."""
    percent = 100 * total / score if abs(score) > 1e-6 else np.inf
    if abs(percent) > MOST_PERCENT:
        return f"adds up to {_number(total)}, not {_number(score)}"
    return f"adds up to {percent:z.0f} % of the score".replace("-", "−")


def _softmax(softmax_kept: bool) -> Health | None:
    if not softmax_kept:
        return None
    reason = (
        "The probability is explained, not the logit: the other classes are mixed in, and confident answers look flat. "
        "Switch “explain logits” on."
    )
    return Health("warn", "softmax on", reason)


def _saturation(score: float, is_probability: bool, has_logit: bool) -> Health | None:
    if not is_probability or score * (1 - score) > SATURATED:
        return None
    reason = (
        f"The probability is {score:.5f}: almost nothing changes it there, so what the map shows is faint or noise. "
        + ("Explain the logit." if has_logit else "Choose images that the model is less sure of.")
    )
    return Health("warn", "saturated", reason)


def _sound(values: np.ndarray, analyzer: Analyzer, squashed: bool) -> Health:
    total = f" The relevance sums to the score, {_number(float(values.sum()))}." if analyzer.conserves else ""
    what = "" if squashed else ", logits explained"
    return Health("ok", "sound", f"No NaN, not empty{what}." + total)


def _number(value: float) -> str:
    """Three significant digits, a true minus: 22.1, −0.43, 3.2e−05."""
    return f"{value:.3g}".replace("-", "−")
