"""Files of a format that is read, in a variant that is not: reported by name, since nothing about them is damaged."""

from __future__ import annotations

import io
import re
from typing import BinaryIO

from PIL import Image

from innv_gui.datasets import tiff_kinds
from innv_gui.datasets.layout import NotImages

HINT = "Save it as PNG, or with 8 bits per sample."
_MAGIC = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"BM": "BMP", b"RIFF": "WEBP", b"P": "PPM"}
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_JPEG_LS = b"\xff\xd8\xff\xf7"
_PNG_KEYS = {"L;2": 85, "L;4": 17}  # what one step of a key is in the eight bits that Pillow makes
# How Pillow's readers speak of what they do not know, as against what is broken.
_UNKNOWN = re.compile(r"unsupported|not supported|cannot handle|unknown|not implemented|can't handle", re.IGNORECASE)


def why_not_opened(file: BinaryIO, first: bytes) -> str | None:
    """Of a file that Pillow does not open: which kind it is, as the end of a sentence; None when it is broken."""
    if first.startswith(_JPEG_LS):
        return "is a JPEG-LS, an unsupported kind"
    if first.startswith(_TIFF):
        kind = tiff_kinds.kind_in(file)
        return None if kind is None else tiff_kinds.refusal_of(kind)
    name = next((name for magic, name in _MAGIC.items() if first.startswith(magic)), None)
    return None if name is None else why_not_read(name, _complaint(file, name))


def why_not_read(name: str, complaint: str) -> str | None:
    """name: Pillow's name of the format; complaint: what its reader said."""
    if not _UNKNOWN.search(complaint):
        return None
    return f"is a {name} of an unsupported kind ({complaint.strip()[:80]})"


def told_key(image: Image.Image) -> None:
    """Brings the one transparent colour of a PNG to the depth of its pixels, before they are decoded: Pillow does not.

    Raises NotImages where pixels lose the depth that would tell whether they have that colour.
    """
    depth, key = image.tile[0].args if image.tile else None, image.info.get("transparency")
    if depth in _PNG_KEYS and isinstance(key, int):
        image.info["transparency"] = key * _PNG_KEYS[depth]
    elif depth == "RGB;16B" and key is not None:
        raise NotImages("is a PNG of 16-bit colours of which one is transparent, an unsupported kind")


def _complaint(file: BinaryIO, name: str) -> str:
    file.seek(0)
    try:
        Image.OPEN[name][0](io.BytesIO(file.read()), "")
    except Exception as error:  # whatever a broken file makes Pillow raise
        return str(error)
    return ""
