"""Writes TIFFs of every layout, and says in plain arithmetic which picture each of them is."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile

HEIGHT, WIDTH = 20, 35
LOSSY = ("jpeg", "webp")
N_COLOURS = {"minisblack": 1, "miniswhite": 1, "rgb": 3, "separated": 4, "palette": 1, "ycbcr": 3, "cielab": 3}


@dataclass(frozen=True)
class Kind:
    """One layout. extra: what a sample beyond the colours is, "" without one; alpha is unassalpha or assocalpha."""

    photometric: str
    dtype: str
    extra: str = ""
    planar: str = "contig"
    compression: str = "none"
    predictor: bool = False
    byteorder: str = "<"
    tiled: bool = False

    @property
    def n_samples(self) -> int:
        return N_COLOURS[self.photometric] + bool(self.extra)

    def __str__(self) -> str:
        return "-".join(
            str(part)
            for part in (self.photometric, self.dtype, self.extra or "opaque", self.planar, self.compression)
            + (("predictor",) if self.predictor else ())
            + (self.byteorder.replace("<", "II").replace(">", "MM"), "tiled" if self.tiled else "striped")
        )


def numbers(kind: Kind) -> np.ndarray:
    """(H, W, samples) of the kind's type; no two rows, columns or samples alike, ends of the range included."""
    rng = np.random.default_rng(5)
    shape, dtype = (HEIGHT, WIDTH, kind.n_samples), np.dtype(kind.dtype)
    if dtype.kind == "f":
        values = rng.random(shape)
    elif dtype.kind == "b":
        values = rng.integers(0, 2, shape)
    else:
        values = rng.integers(0, min(np.iinfo(dtype).max, 65535) + 1, shape)
    if kind.compression in LOSSY and dtype.kind == "u":
        values = _slopes(shape) * np.iinfo(dtype).max
    values = values.astype(dtype)
    if kind.extra == "assocalpha":
        values[..., :-1] = np.minimum(values[..., :-1], values[..., -1:])
    return values


def _slopes(shape: tuple[int, int, int]) -> np.ndarray:
    """In [0, 1], a direction of its own for each sample, with nothing that packing with loss would take away."""
    rows, columns = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]
    slopes = (rows, columns, 1 - rows, (rows + columns) / 2, 1 - columns)
    return np.stack([0.2 + 0.6 * slopes[sample] for sample in range(shape[2])], axis=-1)


def write(path: Path, kind: Kind, values: np.ndarray) -> None:
    """Raises whatever tifffile raises for what cannot be written."""
    planar = kind.n_samples > 1
    values = np.moveaxis(values, -1, 0) if planar and kind.planar == "separate" else values
    options = {"colormap": palette()} if kind.photometric == "palette" else {}
    if kind.extra:
        options["extrasamples"] = [kind.extra]
    if kind.tiled:
        options["tile"] = (16, 16)
    else:
        options["rowsperstrip"] = 8
    tifffile.imwrite(
        path,
        values if planar else values[..., 0],
        photometric=kind.photometric,
        planarconfig=kind.planar if planar else None,
        compression=None if kind.compression == "none" else kind.compression,
        predictor=kind.predictor,
        byteorder=kind.byteorder,
        metadata=None,
        **options,
    )


def palette() -> np.ndarray:
    """(3, 256) uint16."""
    return (np.random.default_rng(6).integers(0, 256, (3, 256)) * 257).astype(np.uint16)


def picture(kind: Kind, values: np.ndarray) -> np.ndarray:
    """(H, W, 1 or 3) float64 in [0, 255]: what a person expects to see of these numbers."""
    if kind.photometric == "palette":
        return palette()[:, values[..., 0]].transpose(1, 2, 0) / 257
    bright = values * (255.0 / _white(np.dtype(kind.dtype)))
    n = N_COLOURS[kind.photometric]
    colours = bright[..., :n]
    if kind.photometric == "miniswhite":
        colours = 255 - colours
    if kind.photometric == "separated":
        colours = 255 * (1 - colours[..., :3] / 255) * (1 - colours[..., 3:] / 255)
    if kind.photometric == "ycbcr":
        colours = _rgb_of_ycbcr(colours)
    return over_white(colours, bright[..., n:] / 255, kind.extra)


def over_white(colours: np.ndarray, opaque: np.ndarray, extra: str) -> np.ndarray:
    if extra == "unassalpha":
        return colours * opaque + 255 * (1 - opaque)
    return colours + 255 * (1 - opaque) if extra == "assocalpha" else colours


def _white(dtype: np.dtype) -> float:
    """Whole numbers of 16 bit and more are read as 16 bit, floats as in [0, 1]."""
    if dtype.kind in "bf":
        return 1
    return 255 if dtype.itemsize == 1 else 65535


def _rgb_of_ycbcr(values: np.ndarray) -> np.ndarray:
    y, cb, cr = (values[..., c] - (128 if c else 0) for c in range(3))
    return np.clip(np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], -1), 0, 255)


def kinds() -> Iterator[Kind]:
    """All layouts that tifffile may be able to write."""
    dtypes = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64")
    extras = ("", "unassalpha", "assocalpha", "unspecified")
    packers = ("none", "lzw", "deflate", "packbits", "lzma", "zstd", "jpeg", "webp", "jpeg2000", "lerc")
    for photometric, dtype, extra in itertools.product(N_COLOURS, dtypes, extras):
        for planar, packer, predictor in itertools.product(("contig", "separate"), packers, (False, True)):
            if packer not in ("lzw", "deflate", "zstd") and predictor:
                continue
            for byteorder, tiled in itertools.product("<>", (False, True)):
                kind = Kind(photometric, dtype, extra, planar, packer, predictor, byteorder, tiled)
                if kind.n_samples > 1 or planar == "contig":
                    yield kind


# -- what tifffile does not write: samples of any number of bits, packed rows, odd tags


def written_bits(
    values: np.ndarray, bits: int, photometric: int, *, order: str = "<", fill: int = 1, tags: dict | None = None
) -> bytes:
    """A TIFF in one uncompressed strip of values (H, W, samples), each of `bits` bits; tags: further or other ones."""
    height, width, n_samples = values.shape
    strip = packed(values.reshape(height, -1), bits, order)
    strip = bytes(int(f"{byte:08b}"[::-1], 2) for byte in strip) if fill == 2 else strip
    found = {256: width, 257: height, 258: (bits,) * n_samples, 259: 1, 262: photometric, 273: 8, 277: n_samples}
    found |= {278: height, 279: len(strip), 266: fill} | (tags or {})
    return _file(strip, {tag: value if isinstance(value, tuple) else (value,) for tag, value in found.items()}, order)


def packed(rows: np.ndarray, bits: int, order: str) -> bytes:
    """Each row in whole bytes. Numbers of whole bytes are in the file's byte order."""
    if bits in (8, 16, 32):
        return rows.astype(f"{order}u{bits // 8}").tobytes()
    spread = (rows[..., None] >> np.arange(bits)[::-1]) & 1
    return np.packbits(spread.reshape(len(rows), -1).astype(np.uint8), axis=1).tobytes()


def _file(strip: bytes, tags: dict[int, tuple], order: str) -> bytes:
    """Header, strip, one directory; numbers as SHORT or LONG, outside the directory where they do not fit."""
    strip += bytes(len(strip) % 2)
    start = 8 + len(strip)
    entries, beyond = b"", b""
    after = start + 2 + 12 * len(tags) + 4
    for tag, values in sorted(tags.items()):
        letter = "I" if max(values) > 65535 or tag in (273, 279) else "H"
        content = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(content) > 4:
            place, beyond = struct.pack(f"{order}I", after + len(beyond)), beyond + content
        else:
            place = content.ljust(4, b"\0")
        entries += struct.pack(f"{order}HHI", tag, 4 if letter == "I" else 3, len(values)) + place
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, start)
    return head + strip + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + beyond
