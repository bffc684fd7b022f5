"""Not explanations but references: what a map looks like that knows nothing about the model."""

from typing import Any

from innv_gui.analyzers.declaration import RGB, Analyzer, Targets, both
from innv_gui.analyzers.methods.params import StddevParams

_ALBER: dict[str, Any] = {
    "source": "https://doi.org/10.48550/arXiv.1808.04260",
    "citation": "Alber et al. 2019",
    "family": "function",
}

INPUT = Analyzer(
    name="input",
    title="Input",
    summary="Shows the network input, after preprocessing: the reference for the other maps.",
    run=both("attribution.yardsticks:input"),
    display=RGB,
    targets=Targets.NONE,
    passes=1,
    **_ALBER,
)

RANDOM = Analyzer(
    name="random",
    title="Random",
    summary="Shows the network input with random noise added: a method that looks like this explains nothing.",
    run=both("attribution.yardsticks:random"),
    display=RGB,
    params=StddevParams,
    targets=Targets.NONE,
    stochastic=True,
    passes=1,
    **_ALBER,
)

ANALYZERS = (INPUT, RANDOM)
