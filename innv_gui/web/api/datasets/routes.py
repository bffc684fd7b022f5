"""Datasets: list, open, look through, check; and the basket, the one selection of the product."""

from __future__ import annotations

from flask import request

from innv_gui.records import as_plain
from innv_gui.session.datasets import one_file_or_all
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.datasets.answers import dataset_json
from innv_gui.web.api.datasets.incoming import ImagesQuery, ThumbnailQuery, UploadQuery
from innv_gui.web.api.pictures import image_ref, png
from innv_gui.web.api.route import route
from innv_gui.web.api.uploads import save_image_uploads

PICTURE_PX = 1024


@route(api, "GET", "/datasets")
def list_datasets():
    """All datasets in the order they were opened."""
    return {"datasets": [dataset_json(entry, session()) for entry in session().datasets.entries()]}


@route(api, "POST", "/datasets", query=UploadQuery, form=("images",), status=202)
def open_dataset(query: UploadQuery):
    """Upload images (or one .npz, .npy, .h5 or manifest) as a new dataset; opening goes on as a job."""
    files = request.files.getlist("images")
    folder = save_image_uploads(session().workspace, files)
    entry = session().datasets.start(one_file_or_all(folder), name=_name(query.name, files), uploaded=True)
    return {"dataset": dataset_json(entry, session()), "job": entry.job.as_json()}


def _name(wish: str, files) -> str:
    if wish := " ".join(wish.split()):
        return wish[:80]
    if len(files) == 1:
        return files[0].filename.replace("\\", "/").rsplit("/", 1)[-1][:80]
    top = {file.filename.split("/")[0] for file in files if "/" in file.filename}
    return top.pop()[:80] if len(top) == 1 else "uploaded images"


@route(api, "GET", "/datasets/<id>")
def get_dataset(id: str):
    """One dataset."""
    return dataset_json(session().datasets.entry(id), session())


@route(api, "DELETE", "/datasets/<id>", status=204)
def remove_dataset(id: str):
    """Forget a dataset; its files stay. A saved list is not kept in the workspace any more, either."""
    session().remove_dataset(id)


@route(api, "GET", "/datasets/<id>/images", query=ImagesQuery)
def list_images(id: str, query: ImagesQuery):
    """A page of images, searched by name, filtered by label; or of those with these indices, where they exist."""
    collection = session().datasets.get(id).collection
    found = collection.search(query.q or None, query.label or None)
    if query.chosen is not None:
        known = {int(index) for index in found}
        found = [index for index in dict.fromkeys(query.chosen) if index in known]
    start = query.page * query.per_page
    rows = [(int(index), collection.ref(int(index))) for index in found[start : start + query.per_page]]
    images = [{"index": index, "name": ref.name, "label": ref.label} for index, ref in rows]
    return {"total": len(found), "page": query.page, "per_page": query.per_page, "images": images}


@route(api, "GET", "/datasets/<id>/images/<int:index>/thumbnail", query=ThumbnailQuery, answer="image/png")
def get_thumbnail(id: str, index: int, query: ThumbnailQuery):
    """An image as a small picture."""
    return png(session().pictures.thumbnail(image_ref(id, index), query.size))


@route(api, "GET", "/datasets/<id>/images/<int:index>/picture", answer="image/png")
def get_picture(id: str, index: int):
    """An image as a picture of at most 1024 pixels."""
    return png(session().pictures.thumbnail(image_ref(id, index), PICTURE_PX))


@route(api, "GET", "/datasets/<id>/images/<int:index>/as/<model>", answer="image/png")
def get_picture_as_seen(id: str, index: int, model: str):
    """An image in a model's input geometry."""
    return png(session().pictures.as_seen(image_ref(id, index), session().models.get(model)))


@route(api, "GET", "/datasets/<id>/problems")
def list_problems(id: str):
    """Files that cannot be used, with the reason; complete once the dataset has been checked."""
    entry = session().datasets.entry(id)
    total = len(entry.dataset) if entry.dataset is not None else 0
    left_out = entry.n_left_out
    counts = {"found": total + left_out, "left_out": left_out, "total": total, "checked": entry.checked}
    counts |= {"unread": entry.n_unread}
    return {**counts, "problems": [as_plain(problem) for problem in entry.problems]}


@route(api, "POST", "/datasets/<id>/scan", status=202)
def scan_dataset(id: str):
    """Try every file of a dataset, as a job."""
    return {"job": session().datasets.start_scan(id).as_json()}
