"""A view that is made, or in progress: the parts of each model as they come."""

from __future__ import annotations

import uuid
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
    drawn: dict[tuple[str, str], list[dict]] = field(default_factory=dict, repr=False)  # (model id, theme) -> for pages

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
                shown.parts[model.id] = _parts(request, model, pool, job)
            except InnvError as error:
                job.check()  # it was cancelled, which is no failure
                shown.failures[model.id] = error
            job.step()
        if len(shown.failures) == len(request.models):
            raise next(iter(shown.failures.values()))
        return shown

    shown.job = jobs.start("view", request.view.title, work, len(request.models), "models")
    return shown


def _parts(request: ViewRequest, model: Model, pool: Pool, job: Job) -> tuple[Part, ...]:
    about = {"cancelled": job.cancelled, "about": f"{model.name} with {request.view.name}"}
    x = prepare(pool, model, request.items, job.cancelled).x
    names = tuple(item.name for item in request.items)
    labels = tuple(item.label for item in request.items)
    class_names = naming_of(model, request.dataset).names
    code = catalog.origin(request.view.name).code
    what = (request.view.name, request.params, names, labels, class_names, code, model.preprocessing)
    return pool.run("keras.view", model.source, x, *what, **about)
