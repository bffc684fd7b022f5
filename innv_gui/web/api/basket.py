"""The images that are chosen, shared by all pages."""

from __future__ import annotations

from flask import current_app

from innv_gui.errors import NotFound
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.datasets.incoming import Basket
from innv_gui.web.api.route import route

EMPTY = {"dataset": None, "images": []}


@route(api, "GET", "/basket")
def get_basket():
    """The selection; nothing where its dataset has been removed."""
    return _selection()


def _selection() -> dict:
    basket = current_app.config["BASKET"]
    return basket if any(one.id == basket["dataset"] for one in session().datasets.entries()) else EMPTY


def chosen_images(dataset: str) -> list[int]:
    """The selection's images, when they are of this dataset."""
    basket = _selection()
    return basket["images"] if basket["dataset"] == dataset else []


@route(api, "PUT", "/basket", body=Basket)
def put_basket(body: Basket):
    """Replace the selection."""
    if body.dataset is not None:
        dataset = session().datasets.get(body.dataset)
        wrong = [index for index in body.images if not 0 <= index < len(dataset)]
        if wrong:
            raise NotFound(f"{dataset.name} has no image {wrong[0]}.", f"Expected 0 to {len(dataset) - 1}.", "images")
    images = list(dict.fromkeys(body.images)) if body.dataset is not None else []
    current_app.config["BASKET"] = {"dataset": body.dataset, "images": images}
    return current_app.config["BASKET"]
