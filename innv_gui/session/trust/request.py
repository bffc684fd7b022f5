"""Which methods are measured on which images under which models, checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from innv_gui import analyzers
from innv_gui.errors import BadInput
from innv_gui.records import Model, Target
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import Item, Request, check_request, items_of, models_of
from innv_gui.session.trust.regions import Regions, check_regions
from innv_gui.trust import controls, metrics
from innv_gui.trust.metrics import Metric

SHORTLIST = (
    *("gradient", "input_t_gradient", "integrated_gradients", "smoothgrad", "guided_backprop"),
    *("grad_cam", "grad_cam_plus_plus", "layer_cam", "guided_grad_cam"),
    *("deep_taylor", "lrp.epsilon", "lrp.alpha_1_beta_0", "lrp.z_plus", "lrp.sequential_preset_a_flat"),
    "lrp.epsilon_gamma_box",
)
MOST_METHODS = 64
USUAL_CHANNELS = 320  # of a last layer with spatial output


@dataclass(frozen=True)
class Row:
    """One row of the table: a method with its settings, or a control. request: of its maps; None for a control."""

    name: str
    request: Request | None = field(default=None, repr=False)
    passes: int = 0  # forward passes of one map

    @property
    def is_control(self) -> bool:
        """Whether it knows nothing of the model."""
        return self.request is None

    @property
    def explained(self) -> Request:
        """How a method's maps are made; a control has no such thing."""
        if self.request is None:
            raise ValueError(f"{self.name} is a control")
        return self.request


@dataclass(frozen=True)
class TrustRequest:
    """Complete and checked. rows: controls first, then methods, the cheapest first. base: says images and classes."""

    models: tuple[Model, ...]
    items: Sequence[Item]
    rows: tuple[Row, ...]
    metrics: tuple[Metric, ...]
    fills: tuple[str, ...]
    steps: int
    base: Request = field(repr=False)
    regions: Regions = field(default_factory=Regions, repr=False)
    dataset: Dataset | None = None

    @property
    def methods(self) -> tuple[Row, ...]:
        """The rows that are no controls."""
        return tuple(row for row in self.rows if not row.is_control)

    @property
    def measurements(self) -> tuple[str, ...]:
        """What has to be measured for the metrics."""
        wanted = {metric.measured_with for metric in self.metrics}
        return tuple(one for one in metrics.MEASUREMENTS if one in wanted)

    def of(self, row: Row) -> tuple[str, ...]:
        """The measurements of a row: a control has no weights and no noise to answer to."""
        return tuple(one for one in self.measurements if not (row.is_control and one in ("sanity", "stability")))

    def applies(self, measurement: str, position: int) -> bool:
        """Whether there is something to measure on an image."""
        return measurement != "region" or self.regions.key(position) is not None

    def target(self, model: Model, row: Row | None = None) -> Target:
        """What a row explains of a model."""
        request = row.request if row is not None and row.request is not None else self.base
        return request.targets[self.models.index(model)]

    def passes(self, row: Row) -> int:
        """Forward passes for one image."""
        return metrics.passes(self.of(row), row.passes, len(self.fills), self.steps)

    @property
    def total_passes(self) -> int:
        """Of the whole table."""
        return len(self.models) * len(self.items) * sum(map(self.passes, self.rows))


def check_trust(
    models: Sequence[Model],
    images,
    methods: Iterable | None = None,
    metrics_: Iterable[str] | None = None,
    *,
    fills: Sequence[str] = metrics.DEFAULT_FILLS,
    steps: int = metrics.STEPS[0],
    regions=None,
    class_: str | int | None = "predicted",
    unchecked: bool = False,
) -> TrustRequest:
    """Turn what was asked into a request, or raise BadInput naming the field.

    methods: names, or pairs of a name and its settings; None is a shortlist.
    """
    chosen = models_of(models)
    items, dataset = items_of(images)
    items = tuple(items)
    checked = check_regions(regions, items)
    wishes = {"class_": class_, "unchecked": unchecked}
    rows = _rows(chosen, images, methods, wishes)
    every = (*(Row(name) for name in controls.NAMES), *sorted(rows, key=lambda row: row.passes))
    asked = metrics.chosen(metrics_, bool(checked))
    base = check_request(chosen, images, "input", class_=class_)
    return TrustRequest(chosen, items, every, asked, _fills(fills), _steps(steps), base, checked, dataset)


def _rows(models: tuple[Model, ...], images, methods: Iterable | None, wishes: dict) -> list[Row]:
    wished = [_method(one) for one in (_shortlist() if methods is None else _listed(methods))]
    if not wished:
        raise BadInput("No method was given; expected at least one.", "Choose methods to compare.", "methods")
    if len(wished) > MOST_METHODS:
        raise BadInput(f"Expected at most {MOST_METHODS} methods, got {len(wished)}.", "Choose fewer.", "methods")
    requests = [check_request(models, images, name, params, **wishes) for name, params in wished]
    rows: dict[str, Row] = {}
    for request in requests:
        name = _row_name(request, [one.analyzer.name for one in requests].count(request.analyzer.name) > 1)
        rows.setdefault(name, Row(name, request, _cost(request)))
    return list(rows.values())


def _cost(request: Request) -> int:
    """Forward passes of one map; of a method whose cost depends on the model, one pass per channel of its layers."""
    return analyzers.cost(request.analyzer.name, request.params) or USUAL_CHANNELS


def _shortlist() -> list[str]:
    known = {one.name for one in analyzers.all()}
    return [name for name in SHORTLIST if name in known]


def _listed(methods) -> list:
    return [methods] if isinstance(methods, str | Mapping) else list(methods)


def _method(wish) -> tuple[str, dict]:
    if isinstance(wish, str):
        return wish, {}
    if isinstance(wish, Mapping) and isinstance(wish.get("analyzer"), str):
        return wish["analyzer"], dict(wish.get("params") or {})
    if isinstance(wish, Sequence) and len(wish) == 2 and isinstance(wish[0], str) and isinstance(wish[1], Mapping):
        return wish[0], dict(wish[1])
    raise BadInput(
        f"Expected a method's name, or its name and settings, got {wish!r:.80}.",
        'For example "grad_cam", or ("lrp.epsilon", {"epsilon": 0.1}).',
        "methods",
    )


def _row_name(request: Request, settings: bool) -> str:
    """The method's name; with the settings that are not the defaults, where the table has the method several times."""
    default = analyzers.check(request.analyzer.name, {})
    changed = [f"{name} {value}" for name, value in request.params.items() if value != default.get(name)]
    return f"{request.analyzer.name} ({', '.join(changed)})" if settings and changed else request.analyzer.name


def _fills(fills: Sequence[str]) -> tuple[str, ...]:
    wished = [fills] if isinstance(fills, str) else list(fills)
    for one in wished:
        if one not in metrics.FILLS:
            hint = f"Expected one or more of {', '.join(metrics.FILLS)}."
            raise BadInput(f"Unknown fill {one!r:.60}.", hint, "fills", metrics.FILLS)
    if not wished:
        raise BadInput("No fill was given; expected at least one.", "Choose blur.", "fills", metrics.FILLS)
    return tuple(one for one in metrics.FILLS if one in wished)


def _steps(steps: int) -> int:
    if isinstance(steps, bool) or steps not in metrics.STEPS:
        allowed = ", ".join(map(str, metrics.STEPS))
        raise BadInput(f"Expected {allowed} steps, got {steps!r:.40}.", "", "steps", metrics.STEPS)
    return int(steps)
