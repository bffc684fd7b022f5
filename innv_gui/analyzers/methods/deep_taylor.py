"""Deep Taylor decomposition: relevance as a first-order expansion at a root point, for ReLU networks."""

from typing import Any

from innv_gui.analyzers.declaration import SIGNED, Analyzer, both
from innv_gui.analyzers.methods.params import BoundedParams

_MONTAVON: dict[str, Any] = {
    "source": "https://doi.org/10.1016/j.patcog.2016.11.008",
    "citation": "Montavon et al. 2017",
    "family": "deep_taylor",
    "display": SIGNED,
    "conserves": True,
    "passes": 3,
}

DEEP_TAYLOR = Analyzer(
    name="deep_taylor",
    title="Deep Taylor",
    summary="Finds which pixels lift the score above zero; only positive scores of ReLU networks are explained.",
    run=both("attribution.deep_taylor:deep_taylor"),
    **_MONTAVON,
)

BOUNDED = Analyzer(
    name="deep_taylor.bounded",
    title="Deep Taylor, bounded",
    summary="Deep Taylor for network inputs between two known values.",
    run=both("attribution.deep_taylor:bounded"),
    params=BoundedParams,
    **_MONTAVON,
)

ANALYZERS = (DEEP_TAYLOR, BOUNDED)
