"""Which view of what, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import Item, items_of, models_of
from innv_gui.views import catalog
from innv_gui.views.declaration import View


@dataclass(frozen=True)
class ViewRequest:
    """Complete and checked."""

    view: View
    params: dict = field(hash=False)
    models: tuple[Model, ...]
    items: tuple[Item, ...]
    dataset: Dataset | None


def check_view(models: Sequence[Model] | Model, images, name: str, params: dict | None = None) -> ViewRequest:
    """Turn what was asked into a request, or raise BadInput naming the field."""
    chosen, view = models_of(models), catalog.get(name)
    complete = catalog.check(name, dict(params or {}))
    items, dataset = items_of(images)
    if len(items) > view.most_images:
        raise BadInput(
            f"{view.title} takes at most {view.most_images} images, got {len(items)}.", "Choose fewer.", "images"
        )
    return ViewRequest(view, complete, chosen, tuple(items), dataset)
