"""Not explanations but references: what a map looks like that knows nothing about the model."""

from innv_gui.analyzers.declaration import RGB, Analyzer, Targets, both
from innv_gui.analyzers.methods.params import StddevParams

_ALBER = {"source": "https://doi.org/10.48550/arXiv.1808.04260", "citation": "Alber et al. 2019", "family": "function"}

INPUT = Analyzer(
    name="input",
    title="Input",
    summary="Shows the network input, after preprocessing: the reference for the other maps.",
    run=both("yardsticks:input"),
    display=RGB,
    targets=Targets.NONE,
    **_ALBER,
)

RANDOM = Analyzer(
    name="random",
    title="Random",
    summary="Shows the network input with random noise added: a method that looks like this explains nothing.",
    run=both("yardsticks:random"),
    display=RGB,
    params=StddevParams,
    targets=Targets.NONE,
    stochastic=True,
    **_ALBER,
)

ANALYZERS = (INPUT, RANDOM)
