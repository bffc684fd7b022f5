"""Lists of image names, as a person keeps and brings them."""

from __future__ import annotations

import codecs

from flask import Response, request

from innv_gui.errors import BadInput, NotFound
from innv_gui.session.keep.image_lists import read_list, write_list
from innv_gui.web.api.basket import chosen_images
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.datasets.incoming import ListQuery, NewList
from innv_gui.web.api.route import route

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Excel saves "Unicode text"


@route(api, "GET", "/datasets/<id>/list.csv", query=ListQuery, answer="text/csv")
def get_image_list(id: str, query: ListQuery):
    """Images as a list that can be loaded again; without indices the basket's."""
    dataset = session().datasets.get(id)
    indices = chosen_images(id) if query.chosen is None else query.chosen
    wrong = [index for index in indices if index >= len(dataset)]
    if wrong:
        raise NotFound(f"{dataset.name} has no image {wrong[0]}.", f"Expected 0 to {len(dataset) - 1}.", "indices")
    answer = Response(write_list(dataset, indices), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="images.csv"'
    return answer


@route(api, "POST", "/datasets/<id>/list", body=NewList, form=("file",))
def read_image_list(id: str, body: NewList | None):
    """Read a list of file names or indices: JSON {"text"}, a form file, or the text itself as text/csv."""
    found = read_list(session().datasets.get(id), body.text if body is not None else _sent_text())
    return {"indices": list(found.indices), "unknown": list(found.unknown), "n_unknown": found.n_unknown}


def _sent_text() -> str:
    file = request.files.get("file")
    content = file.read() if file is not None else request.get_data()
    try:
        return content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("The list is not text in UTF-8.", "Save it as CSV in UTF-8.", "file") from None
