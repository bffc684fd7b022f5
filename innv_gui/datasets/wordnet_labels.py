"""Labels of image files whose names begin with a WordNet id, as ImageNet's do: n01530575_brambling.jpg."""

from __future__ import annotations

from collections.abc import Sequence

from innv_gui import imagenet


def wordnet_labels(files: Sequence[str]) -> list[str | None] | None:
    """The label of each file, by the id its name begins with ("brambling (n01530575)").

    None unless (nearly) all names begin with an id; the few others then have no label.
    """
    ids = [imagenet.id_at_start(file.rpartition("/")[2]) for file in files]
    if sum(id is not None for id in ids) < max(1, imagenet.ENOUGH_IDS * len(ids)):
        return None
    return [id and imagenet.shown(id) for id in ids]
