"""One image of a dataset, and pictures as answers."""

from __future__ import annotations

from flask import Response, request

from innv_gui.errors import NotFound
from innv_gui.records import ImageRef
from innv_gui.web.api.blueprint import session


def image_ref(id: str, index: int) -> ImageRef:
    """One image of a dataset."""
    dataset = session().datasets.get(id)
    if not 0 <= index < len(dataset):
        raise NotFound(f"{dataset.name} has no image {index}.", f"Expected 0 to {len(dataset) - 1}.", field="image")
    return dataset[index]


def png(content: bytes) -> Response:
    """A picture that the browser may keep, and asks about each time: a changed file or resize rule shows at once."""
    answer = Response(content, mimetype="image/png")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
