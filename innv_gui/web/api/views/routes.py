"""Views of a selection: tables, images and plots, built in or a plug-in's."""

from __future__ import annotations

from innv_gui.errors import NotFound
from innv_gui.plots.heatmap import png_of
from innv_gui.session.views.request import check_view
from innv_gui.views import catalog
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.common_incoming import ParamsCheck
from innv_gui.web.api.pictures import image_ref, png
from innv_gui.web.api.route import route
from innv_gui.web.api.views.answers import pictures_of, shown_json
from innv_gui.web.api.views.incoming import LayerQuery, NewView, ShownQuery


@route(api, "GET", "/views")
def list_views():
    """All views with their settings, as declared."""
    return {"views": [catalog.describe(view) for view in catalog.all()]}


@route(api, "POST", "/views/<name>/check", body=ParamsCheck)
def check_view_params(name: str, body: ParamsCheck):
    """Check settings without running anything; the answer is the complete set, and the forward passes of an image."""
    params = catalog.check(name, body.params)
    return {"params": params, "passes": catalog.cost(name, params)}


@route(api, "POST", "/views", body=NewView, status=202)
def add_view(body: NewView):
    """Begin a view of images under models; goes on as a job."""
    current = session()
    models = [current.models.get(id) for id in dict.fromkeys(body.models)]
    dataset, images = current.datasets.get(body.dataset), list(dict.fromkeys(body.images))
    for index in images:
        image_ref(body.dataset, index)
    shown = current.start_view(check_view(models, dataset[images], body.view, body.params))
    return {"view": shown_json(shown, "light"), "job": shown.job.as_json()}


@route(api, "GET", "/views/<id>", query=ShownQuery)
def get_view(id: str, query: ShownQuery):
    """What a view has shown so far, model by model."""
    return shown_json(session().shown_view(id), query.theme)


@route(api, "GET", "/views/<id>/images/<model>/<int:part>.png", query=LayerQuery, answer="image/png")
def get_view_image(id: str, model: str, part: int, query: LayerQuery):
    """One image of a view; of a part that has several, its layer: the picture, then what lies over it."""
    parts = session().shown_view(id).parts.get(model, ())
    layers = pictures_of(parts[part]) if 0 <= part < len(parts) else []
    if query.layer >= len(layers):
        raise NotFound(f"The view has no image {part}, {query.layer} of this model.", "Ask for the view again.")
    return png(png_of(layers[query.layer]))
