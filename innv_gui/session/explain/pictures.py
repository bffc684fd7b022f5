"""Pictures for the pages: thumbnails, and images as a network sees them. Made by workers, kept as files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, Model, as_plain
from innv_gui.session.explain.map_keys import there
from innv_gui.session.model_sources import hooks_hash
from innv_gui.store.files import write_bytes
from innv_gui.store.kept_files import read_png, sound
from innv_gui.store.maps import key_of

SIZES_PX = range(16, 1025)
HASHED_AT_ONCE = 64


class Pictures:
    """PNG bytes by what they show; the second time from disk."""

    def __init__(self, pool: Callable[[], Pool], folder: Path):
        self._pool, self._folder = pool, Path(folder)

    def thumbnail(self, ref: ImageRef, size_px: int) -> bytes:
        """The image, its longest side `size_px` (16..1024)."""
        if size_px not in SIZES_PX:
            raise BadInput(f"Expected a size from 16 to 1024 pixels, got {size_px}.", field="size")
        return self._kept(ref, ["thumbnail", size_px], "images.thumbnail", ref, size_px)

    def as_seen(self, ref: ImageRef, model: Model) -> bytes:
        """The image in the network's geometry, before preprocessing; by custom functions where there are."""
        what = ["as seen", model.input_shape, as_plain(model.preprocessing), hooks_hash(model.source.hooks)]
        if model.source.hooks:
            return self._kept(ref, what, "keras.picture", model.source, model.preprocessing, ref)
        return self._kept(ref, what, "images.as_seen", ref, model.input_shape, model.preprocessing)

    def content_hashes(self, refs: Sequence[ImageRef]) -> list[str]:
        """SHA-256 of what each image is now; empty for one that cannot be read."""
        return contents_of(self._pool(), refs)

    def _kept(self, ref: ImageRef, what: list, task: str, *args) -> bytes:
        key = key_of(what, [ref.path, *there(ref), ref.key, ref.index])
        path = self._folder / key[:2] / f"{key[2:]}.png"
        kept = sound(path, read_png)
        if kept is not None:
            return kept
        png = self._pool().run(task, *args, about=ref.name)
        write_bytes(path, png)
        return png


def contents_of(pool: Pool, refs: Sequence[ImageRef], cancelled: threading.Event | None = None) -> list[str]:
    """SHA-256 of what each image is now, by workers; empty for one that cannot be read."""
    parts = (list(refs[start : start + HASHED_AT_ONCE]) for start in range(0, len(refs), HASHED_AT_ONCE))
    told = {"cancelled": cancelled, "about": "the images"}
    return [one for part in parts for one in pool.run("images.content_hashes", part, **told)]
