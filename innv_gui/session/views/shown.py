"""A view that is made, or in progress: the parts of each model as they come."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import InnvError
from innv_gui.notebook import card
from innv_gui.records import Model
from innv_gui.session.explain.work import prepare
from innv_gui.session.naming import naming_of
from innv_gui.session.views.request import ViewRequest
from innv_gui.views import catalog
from innv_gui.views.parts import Part


@dataclass
class Shown:
    """`shown[model]` are the parts of one model. failures: model id -> why there are none."""

    request: ViewRequest
    id: str = field(default_factory=lambda: f"v-{uuid.uuid4().hex[:12]}")
    job: Job | None = None
    parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    failures: dict[str, InnvError] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict, repr=False)  # model id -> how often its parts were replaced
    drawn: dict[tuple[str, int, str], list[dict]] = field(default_factory=dict, repr=False)  # (model, version, theme)

    def show(self, model: Model, parts: tuple[Part, ...]) -> None:
        """Takes the place of what was shown of the model so far."""
        self.parts[model.id] = parts
        self.versions[model.id] = self.versions.get(model.id, 0) + 1

    def __getitem__(self, model: Model) -> tuple[Part, ...]:
        if model.id in self.failures:
            raise self.failures[model.id]
        return self.parts[model.id]

    def _repr_html_(self) -> str:
        facts = [("models", ", ".join(model.name for model in self.request.models))]
        facts += [("images", len(self.request.items)), ("parts", sum(map(len, self.parts.values())))]
        return card(self.request.view.title, facts)


def start_view(request: ViewRequest, pool: Pool, jobs: Jobs) -> Shown:
    """Begin; one model after the other, one that fails does not stop the rest."""
    shown = Shown(request)

    def work(job: Job) -> Shown:
        for model in request.models:
            job.check()
            try:
                for parts in _steps(shown, model, pool, job):
                    shown.show(model, parts)
            except InnvError as error:
                job.check()  # it was cancelled, which is no failure
                shown.failures[model.id] = error
            job.step()
        if len(shown.failures) == len(request.models):
            raise next(iter(shown.failures.values()))
        return shown

    shown.job = jobs.start("view", request.view.title, work, len(request.models), "models")
    return shown


def _steps(shown: Shown, model: Model, pool: Pool, job: Job) -> Iterator[tuple[Part, ...]]:
    """The view's parts, each time as far as they are."""
    request = shown.request
    about = {"cancelled": job.cancelled, "about": f"{model.name} with {request.view.name}"}
    x = prepare(pool, model, request.items, job.cancelled).x
    names = tuple(item.name for item in request.items)
    labels = tuple(item.label for item in request.items)
    class_names = naming_of(model, request.dataset).names
    code = catalog.origin(request.view.name).code
    what = (request.view.name, request.params, names, labels, class_names, code, model.preprocessing)
    done, more = 0, True
    while more:
        job.check()
        step = (f"{shown.id} {model.id}", done)
        parts, more = pool.run("keras.view", model.source, x, *what, step, **about)
        done += 1
        if parts is not None:
            yield parts
