"""TIFF is a box for pixels of any layout. Which kinds Pillow reads correctly, with help or not at all.

Pillow opens more than it reads correctly: what it does with each layout was compared with what had been written
(tests/datasets/test_tiff.py, a generated matrix). What is not known to come out as written is refused by name.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image, ImagePalette, TiffImagePlugin

from innv_gui.datasets.layout import NotImages

HINT = "Save it with 8 bits per sample, or as PNG."
MINISWHITE, MINISBLACK, RGB, PALETTE, INKS, YCBCR = 0, 1, 2, 3, 5, 6
_ASSOCIATED, _UNASSOCIATED = 1, 2  # kinds of alpha
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_WEBP = 50001
_COLOURS = {
    MINISWHITE: "grey (0 is white)",
    MINISBLACK: "grey",
    RGB: "RGB",
    PALETTE: "palette",
    INKS: "ink",
    YCBCR: "YCbCr",
    8: "CIELab",
    9: "ICCLab",
    10: "ITULab",
    32803: "raw camera",
    32844: "LogL",
    32845: "LogLuv",
    34892: "raw camera",
}
_FORMATS = {_UNSIGNED: "", _SIGNED: "signed ", _FLOAT: "float ", 5: "complex ", 6: "complex "}
_PACKERS = {
    **{1: "", 2: "CCITT", 3: "CCITT", 4: "CCITT", 5: "LZW", 6: "old JPEG", 7: "JPEG", 8: "deflate", 32773: "PackBits"},
    **{32946: "deflate", 33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA"},
    **{50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL", 22610: "JPEG XR", 34892: "lossy JPEG"},
}
# Of decoders that were given a big-endian file: libtiff has turned the numbers already.
_NATIVE = {"F;32BF": "F;32NF", "I;16BS": "I;16NS", "I;32BS": "I;32NS"}


@dataclass(frozen=True)
class TiffKind:
    """What decides how the numbers of the first page are laid out. bits: of each sample; planes: each colour by itself;
    extras: what samples beyond the colours are; whole: as many bytes as pixels without subsampling need; mirrored: the
    bits of each byte run backwards; plain: the usual inks, or the usual weights and range of YCbCr."""

    photometric: int
    bits: tuple[int, ...]
    formats: frozenset[int]
    extras: tuple[int, ...]
    planes: bool
    compression: int
    whole: bool
    mirrored: bool
    plain_inks: bool
    plain_ycbcr: bool

    def __str__(self) -> str:
        depth = "/".join(map(str, sorted(set(self.bits))))
        kind = _FORMATS.get(min(self.formats), "undefined ") if len(self.formats) == 1 else "mixed "
        colours = _COLOURS.get(self.photometric, f"photometric {self.photometric}")
        parts = [f"a TIFF of {depth}-bit {kind}{colours} with {len(self.bits)} sample{'s' * (len(self.bits) > 1)}"]
        parts += [", one of them alpha"] * bool({_ASSOCIATED, _UNASSOCIATED} & set(self.extras))
        parts += [", their bits backwards"] * self.mirrored
        parts += [" in separate planes"] * self.planes
        packer = _PACKERS.get(self.compression, f"compression {self.compression}")
        return "".join(parts) + (f", packed by {packer}" if packer else "")


def kind_of(tags: Mapping) -> TiffKind:
    """From the tags of a page. Raises what broken tags make Pillow raise."""
    n_samples = int(tags.get(277, 3 if tags.get(259) == 6 else 1))
    bits = tuple(tags.get(258, (1,)))
    bits = (bits * n_samples if len(bits) == 1 else bits)[: min(n_samples, 64)]
    needed = tags.get(256, 0) * tags.get(257, 0) * sum(bits) // 8
    return TiffKind(
        photometric=tags.get(262, 0),
        bits=bits,
        formats=frozenset(tags.get(339, (_UNSIGNED,))),
        extras=tuple(tags.get(338, ())),
        planes=tags.get(284, 1) == 2 and n_samples > 1,
        compression=tags.get(259, 1),
        whole=sum(tags.get(279, tags.get(325, ()))) >= needed,
        mirrored=tags.get(266, 1) == 2,
        plain_inks=tags.get(332, 1) == 1,
        plain_ycbcr=_is_plain(tags.get(529), (0.299, 0.587, 0.114)) and _is_plain(tags.get(532), _FULL_RANGE),
    )


_FULL_RANGE = (0, 255, 128, 255, 128, 255)


def _is_plain(found, usual: tuple[float, ...]) -> bool:
    return found is None or np.allclose(np.asarray(found, float), usual, atol=1e-3)


def kind_in(file: BinaryIO) -> TiffKind | None:
    """The kind of a file that Pillow does not open; None when its first directory cannot be read either."""
    try:
        file.seek(0)
        header = file.read(8)
        header += file.read(8) if header[2:3] == b"\x2b" or header[3:4] == b"\x2b" else b""
        tags = TiffImagePlugin.ImageFileDirectory_v2(header)
        file.seek(tags.next)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tags.load(file)
        kind = kind_of(tags)
        place = tags.get(273) or tags.get(324)
        return kind if tags.get(256) and tags.get(257) and place and _is_inside(file, place[-1]) else None
    except Exception:  # whatever broken tags make Pillow raise
        return None


def _is_inside(file: BinaryIO, offset: int) -> bool:
    return 0 < offset < file.seek(0, 2)


def refusal_of(kind: TiffKind) -> str:
    """Why a kind is not read, as the end of a sentence."""
    return f"is {kind}, an unsupported kind"


def is_read(kind: TiffKind) -> bool:
    """Whether what Pillow opens comes out as written."""
    if kind.mirrored and kind.compression == 1 and kind.photometric in (MINISWHITE, PALETTE):
        return kind.photometric == MINISWHITE and kind.bits[0] < 8
    signed_bytes = _SIGNED in kind.formats and max(kind.bits) <= 8
    white_of_floats = kind.photometric == MINISWHITE and _FLOAT in kind.formats  # nobody says where their black is
    if signed_bytes or white_of_floats or kind.photometric not in _COLOURS or kind.photometric > YCBCR:
        return False
    if kind.compression == _WEBP:
        return False
    if kind.photometric == INKS and not kind.plain_inks:
        return False
    if kind.photometric == YCBCR and kind.compression == 1:
        return kind.whole and kind.plain_ycbcr and not kind.planes
    return not kind.planes or _planes_are_read(kind)


def _planes_are_read(kind: TiffKind) -> bool:
    if any(kind.extras) and kind.photometric in (MINISWHITE, MINISBLACK, PALETTE):
        return False
    if kind.compression != 1:
        return not (kind.photometric == YCBCR and kind.extras)
    eight_bits = set(kind.bits) == {8}
    return eight_bits and kind.photometric in (MINISBLACK, RGB, PALETTE, INKS) and _ASSOCIATED not in kind.extras


def told(image: TiffImagePlugin.TiffImageFile) -> None:
    """Tells Pillow, before it decodes, what it does not see by itself."""
    for place, tile in enumerate(image.tile):
        if tile.codec_name == "libtiff" and tile.args[0] in _NATIVE:
            image.tile[place] = tile._replace(args=(_NATIVE[tile.args[0]], *tile.args[1:]))
    colours = image.tag_v2.get(320)
    if image.mode in ("P", "PA") and colours and max(colours) < 256:  # written as bytes, against the specification
        image.palette = ImagePalette.raw("RGB;L", bytes(colours))


def in_sixteen_bits(image: Image.Image, kind: TiffKind) -> Image.Image:
    """Grey of 12 bits, or whose 0 is white, as plain 16-bit grey; anything else as it is. Raises NotImages."""
    grey = image.mode.startswith("I")
    if grey and kind.bits[0] == 12:
        return Image.fromarray(np.round(np.asarray(image) * (65535 / 4095)).astype(np.uint16))
    if grey and kind.bits[0] == 32 and _UNSIGNED in kind.formats:
        largest = np.asarray(image).view(np.uint32).max(initial=0)
        if largest > 65535:
            raise NotImages(f"holds whole numbers up to {largest}; expected 0 to 65535")
    if grey and kind.photometric == MINISWHITE and kind.bits[0] == 16:
        return Image.fromarray((65535 - np.asarray(image).astype(np.int64)).astype(np.uint16))
    return image
