"""The metrics of explanations, declared: what is measured, which direction is better, what it costs, who proposed it.

What computes them is elsewhere: the forward passes in `runtimes/keras/trust`, the rest in this package.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from innv_gui.errors import BadInput

FILLS = ("blur", "mean", "grey")
DEFAULT_FILLS = ("blur", "mean")
STEPS = (10, 20, 50)
DRAWS = 5
NOISE = 0.02  # standard deviation, of the range of the network input
STAGES = (("last layer", 0.0), ("upper half", 0.5), ("all layers", 1.0))


@dataclass(frozen=True)
class Metric:
    """One column of the table.

    better: "high", "low", or "" where it describes and does not judge. against_controls: whether a map that knows
    nothing of the model can be measured with it and be beaten. measured_with: the measurement that it comes from.
    lowest, highest: between which values it lies.
    """

    name: str
    title: str
    summary: str
    definition: str
    better: str
    measured_with: str
    source: str
    citation: str
    against_controls: bool = False
    lowest: float = 0.0
    highest: float = 1.0

    @property
    def direction(self) -> str:
        """In words."""
        return {"high": "higher is better", "low": "lower is better"}.get(self.better, "describes, does not judge")


_PETSIUK = "https://doi.org/10.48550/arXiv.1806.07421"

METRICS = (
    Metric(
        name="difference",
        title="Insertion − deletion",
        summary="How soon relevant parts bring the answer back, and how soon they take it away, in one number.",
        definition="The area of insertion minus that of deletion: about 0 for a random map, however sensitive the "
        "network is to the fill.",
        better="high",
        measured_with="replacement",
        against_controls=True,
        lowest=-1.0,
        source=_PETSIUK,
        citation="Petsiuk et al. 2018",
    ),
    Metric(
        name="deletion",
        title="Deletion",
        summary="How fast the answer falls when the most relevant parts are replaced first.",
        definition="Area under the probability of the explained class while blocks of pixels are replaced by the fill, "
        "most relevant first, over the share replaced.",
        better="low",
        measured_with="replacement",
        against_controls=True,
        source=_PETSIUK,
        citation="Petsiuk et al. 2018",
    ),
    Metric(
        name="insertion",
        title="Insertion",
        summary="How fast the answer comes back when the most relevant parts are put back first.",
        definition="The same area while blocks come back into the filled picture, most relevant first.",
        better="high",
        measured_with="replacement",
        against_controls=True,
        source=_PETSIUK,
        citation="Petsiuk et al. 2018",
    ),
    Metric(
        name="region_mass",
        title="In the region",
        summary="Share of the evidence inside the marked region.",
        definition="Positive relevance inside the region over all positive relevance. Compare it with the share of the "
        "picture that the region covers.",
        better="high",
        measured_with="region",
        against_controls=True,
        source="https://doi.org/10.1016/j.inffus.2021.11.008",
        citation="Arras et al. 2022",
    ),
    Metric(
        name="pointing",
        title="Pointing game",
        summary="How often the strongest pixel lies in the marked region.",
        definition="1 where the strongest pixel is in the region or at most 15 pixels from it (in a picture of 224, "
        "scaled to the size of the input), else 0.",
        better="high",
        measured_with="region",
        against_controls=True,
        source="https://doi.org/10.1007/s11263-017-1059-x",
        citation="Zhang et al. 2018",
    ),
    Metric(
        name="sanity",
        title="Sanity check",
        summary="Whether the map stays the same when the network's knowledge is erased.",
        definition="Rank correlation (Spearman) of the absolute map before and after the weights of the last layer, of "
        "the upper half and of all layers are shuffled; the mean of the three. Near 1: the map does not depend on what "
        "the network has learned.",
        better="low",
        measured_with="sanity",
        lowest=-1.0,
        source="https://doi.org/10.48550/arXiv.1810.03292",
        citation="Adebayo et al. 2018",
    ),
    Metric(
        name="stability",
        title="Stability",
        summary="How much the map changes under a little noise.",
        definition="Length of the change over the length of the map, under noise of 2 % of the picture's own range; "
        "the mean of 5 draws.",
        better="low",
        measured_with="stability",
        highest=2.0,
        source="https://doi.org/10.48550/arXiv.1806.07538",
        citation="Alvarez-Melis and Jaakkola 2018",
    ),
    Metric(
        name="sparseness",
        title="Sparseness",
        summary="How concentrated the map is: 0 spread evenly, 1 on one pixel.",
        definition="Gini index of the absolute values of all pixels.",
        better="",
        measured_with="sparseness",
        source="https://doi.org/10.48550/arXiv.1810.06583",
        citation="Chalasani et al. 2020",
    ),
)
BY_NAME = {metric.name: metric for metric in METRICS}
MEASUREMENTS = ("replacement", "region", "sanity", "stability", "sparseness")
JUDGES = ("difference", "insertion", "deletion")  # of these, the first that is measured tells which map is right
NEEDS_REGION = frozenset(metric.name for metric in METRICS if metric.measured_with == "region")


def chosen(names: Iterable[str] | None, has_regions: bool) -> tuple[Metric, ...]:
    """The metrics of these names in the order of the table; None: all that can be measured.

    Raises BadInput for an unknown name, for none, and for one that needs regions where there are none.
    """
    if names is None:
        return tuple(metric for metric in METRICS if has_regions or metric.name not in NEEDS_REGION)
    wished = [names] if isinstance(names, str) else list(names)
    for name in wished:
        if name not in BY_NAME:
            raise BadInput(f"Unknown metric {name!r:.60}.", f"Expected {', '.join(BY_NAME)}.", "metrics", (*BY_NAME,))
        if name in NEEDS_REGION and not has_regions:
            hint = "Mark regions, or leave this metric out."
            raise BadInput(f"{BY_NAME[name].title} needs a region in at least one image.", hint, "metrics")
    if not wished:
        raise BadInput("No metric was given; expected at least one.", "Choose one.", "metrics", (*BY_NAME,))
    return tuple(metric for metric in METRICS if metric.name in wished)


def judge(measured: Container[str]) -> Metric | None:
    """The metric by which methods are judged, of those that are measured; None where none of them can."""
    return next((BY_NAME[name] for name in JUDGES if name in measured), None)


def passes(measurements: Iterable[str], explaining: int, n_fills: int, steps: int) -> int:
    """Forward passes for one image and method, the map itself included. explaining: passes that one map takes."""
    each = {
        "replacement": n_fills * 2 * (steps - 1),
        "sanity": len(STAGES) * explaining,
        "stability": DRAWS * explaining,
    }
    return explaining + sum(each.get(one, 0) for one in measurements)


def describe() -> list[dict]:
    """All metrics as plain values, for pages and documents."""
    return [
        {
            "name": metric.name,
            "title": metric.title,
            "summary": metric.summary,
            "definition": metric.definition,
            "better": metric.better,
            "direction": metric.direction,
            "against_controls": metric.against_controls,
            "needs_region": metric.name in NEEDS_REGION,
            "range": [metric.lowest, metric.highest],
            "source": metric.source,
            "citation": metric.citation,
        }
        for metric in METRICS
    ]
