"""One image reference -> pixels. The picture a person expects, or a reason that names the file."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import warnings
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from innv_gui.datasets import addresses, tiff_kinds, unusual
from innv_gui.datasets.containers import picture_of_row, stored_row
from innv_gui.datasets.formats import PILLOW_FORMATS, READABLE, SNIFF_BYTES, extension, sniffed
from innv_gui.datasets.layout import MAX_PIXELS, NotImages
from innv_gui.datasets.names import quoted
from innv_gui.datasets.pixels import BROKEN, Refused, over_white, pixels_of
from innv_gui.errors import ImageRefused
from innv_gui.records import ImageRef, Problem

MAX_FILE_BYTES = 2**30
_CUT = re.compile(r"truncat|unexpected end|ended early|broken data stream|not enough", re.IGNORECASE)


def decode(ref: ImageRef) -> np.ndarray:
    """(H, W, C) uint8, or float32 in [0, 255] when the source is deeper than 8 bit; C is 1 or 3.

    Rotated as its EXIF says, transparency over white, the first frame of an animation. Raises ImageRefused.
    """
    try:
        return _row_pixels(ref) if ref.index is not None else pixels_of(opened_picture(ref.path))
    except Refused as refused:
        raise refusal(ref, refused) from None


def scan(refs: list[ImageRef]) -> list[Problem]:
    """Tries every image; the ones that cannot be used, each with its reason."""
    tried = ((ref, decoded_or_reason(ref)) for ref in refs)
    return [Problem(ref.name, found) for ref, found in tried if isinstance(found, str)]


def decoded_or_reason(ref: ImageRef) -> np.ndarray | str:
    """As `decode`; for an image that cannot be used the reason, without its name."""
    try:
        return _row_pixels(ref) if ref.index is not None else pixels_of(opened_picture(ref.path))
    except Refused as refused:
        return f"{refused.reason}. {refused.hint}".strip()


def content_hash(ref: ImageRef) -> str:
    """SHA-256 of the image's bytes: of the file, or of an array's row with its shape and type."""
    try:
        if ref.index is not None:
            row = stored_row(ref, _container_kind(ref.path))
            head = f"{row.dtype.str}{row.shape}".encode()
            return hashlib.sha256(head + np.ascontiguousarray(row).tobytes()).hexdigest()
        _check_file(ref.path)
        with _opened(ref.path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except NotImages as error:
        raise refusal(ref, Refused(str(error))) from None
    except OSError as error:
        raise refusal(ref, _unreadable(error)) from None
    except Refused as refused:
        raise refusal(ref, refused) from None


def content_hashes(refs: list[ImageRef]) -> list[str]:
    """The same of many; empty for one that cannot be read."""
    return [_hash_or_nothing(ref) for ref in refs]


def _hash_or_nothing(ref: ImageRef) -> str:
    try:
        return content_hash(ref)
    except ImageRefused:
        return ""


def refusal(ref: ImageRef, refused: Refused) -> ImageRefused:
    return ImageRefused(f"{quoted(ref.name)} {refused.reason}.", refused.hint, field="images")


def _unreadable(error: OSError) -> Refused:
    if isinstance(error, FileNotFoundError):
        return Refused("is not there", "It may have been moved, or is misspelt in the list.")
    return Refused(f"cannot be read: {error.strerror or 'the system refuses it'}")


def _check_file(path: str) -> int:
    """Its size in bytes. A pipe or device would block forever, so only regular files are opened."""
    size = addresses.size_bytes(path) if addresses.is_address(path) else _regular_size(path)
    if size == 0:
        raise Refused("is empty: it has no bytes")
    if size > MAX_FILE_BYTES:
        raise Refused(f"is a file of {size >> 20:,} MiB; up to {MAX_FILE_BYTES >> 20:,} MiB are read")
    return size


def _regular_size(path: str) -> int:
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Refused("is not a regular file")
    return status.st_size


def _opened(path: str) -> BinaryIO:
    return addresses.opened(path) if addresses.is_address(path) else open(path, "rb")


def opened_picture(path: str, about_px: int | None = None) -> Image.Image:
    """The first frame, decoded and upright. about_px: a JPEG may be decoded smaller, but not below this."""
    try:
        _check_file(path)
        with _opened(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit only warns; ours refuses, before pixels are decoded
            return _loaded(file, about_px)
    except UnidentifiedImageError:
        raise _not_an_image(path) from None
    except Image.DecompressionBombError as error:
        n_pixels = int((re.search(r"\d+", str(error)) or [0])[0])
        raise _too_large(f"{n_pixels:,} pixels") from None
    except MemoryError:
        raise Refused("needs more memory than is available") from None
    except NotImages as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise (_unreadable(error) if error.errno else _damaged(error)) from None
    except BROKEN as error:
        raise _damaged(error) from None


def _loaded(file: BinaryIO, about_px: int | None) -> Image.Image:
    image = Image.open(file, formats=PILLOW_FORMATS)
    _check_size(image.size)
    if about_px is not None and image.format == "JPEG":
        image.draft(None, (about_px, about_px))
    kind = tiff_kinds.kind_of(image.tag_v2) if image.format == "TIFF" else None
    if kind is not None and not tiff_kinds.is_read(kind):
        raise Refused(tiff_kinds.refusal_of(kind), tiff_kinds.HINT)
    if kind is not None:
        tiff_kinds.told(image)
    if image.format == "PNG":
        unusual.told_key(image)
    image.load()
    _check_size(image.size)
    image = _upright(image)
    return image if kind is None else tiff_kinds.in_sixteen_bits(image, kind)


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(f"{width} x {height} pixels ({width * height / 1e6:.0f} million)")


def _too_large(size: str) -> Refused:
    return Refused(f"is too large: {size}; up to {MAX_PIXELS // 10**6} million are read", "Make it smaller.")


def _damaged(error: Exception) -> Refused:
    reason = unusual.why_not_read("picture", str(error))
    if reason is not None:
        return Refused(reason, unusual.HINT)
    cut = isinstance(error, EOFError) or _CUT.search(str(error))
    reason = "is cut short: the file ends before the picture does" if cut else "is damaged: it cannot be decoded"
    return Refused(reason, "Get the file again.")


def _not_an_image(path: str) -> Refused:
    with _opened(path) as file:
        first = file.read(SNIFF_BYTES)
        reason = unusual.why_not_opened(file, first)
    if reason is not None:
        return Refused(reason, unusual.HINT)
    if sniffed(first) == "image":
        return Refused("is damaged: it begins like an image, but cannot be decoded", "Get the file again.")
    suffix = f", whatever its extension {extension(path)} says" if extension(path) else ""
    return Refused(f"is not an image{suffix}", f"Expected {READABLE}.")


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:  # broken EXIF beside a good picture
        return image


def _row_pixels(ref: ImageRef) -> np.ndarray:
    try:
        _check_container(ref.path)
        pixels = picture_of_row(ref, _container_kind(ref.path))
    except NotImages as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise _unreadable(error) from None
    return over_white(pixels) if pixels.shape[-1] == 4 else np.ascontiguousarray(pixels)


def _check_container(path: str) -> None:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise Refused("is not a regular file")


def _container_kind(path: str) -> str:
    with open(path, "rb") as file:
        kind = sniffed(file.read(SNIFF_BYTES))
    if kind not in ("npy", "npz", "hdf5"):
        raise NotImages("is in a file that no longer holds arrays")
    return kind
