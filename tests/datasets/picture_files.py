"""Makes image files of all kinds, good, odd and hostile, for the tests."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters() -> np.ndarray:
    """(16, 16, 3) uint8: red, green over blue, white. Tells every rotation and swapped channel."""
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[:8, :8], picture[:8, 8:], picture[8:, :8], picture[8:, 8:] = RED, GREEN, BLUE, WHITE
    return picture


def ramp(height: int = 6, width: int = 9) -> np.ndarray:
    """(H, W) uint8, all values different where they fit, not square."""
    return (np.arange(height * width) * 4 % 256).astype(np.uint8).reshape(height, width)


def save(path: Path, pixels: np.ndarray, **options) -> Path:
    """Writes pixels as the format that the extension names."""
    Image.fromarray(pixels).save(path, **options)
    return path


def tiny_png(value: int = 0) -> bytes:
    """A 4 x 4 grey PNG."""
    content = io.BytesIO()
    Image.fromarray(np.full((4, 4), value % 256, np.uint8)).save(content, "PNG")
    return content.getvalue()


def with_orientation(path: Path, orientation: int) -> Path:
    """A JPEG of `quarters` whose EXIF says how a viewer has to turn it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(path, quarters(), exif=exif, quality=95, subsampling=0)


def huge_png(path: Path, width: int = 12000, height: int = 12000) -> Path:
    """A valid black PNG, one bit per pixel: little on disk, much in memory."""
    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b""))
    return path


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


BAD_FILES = {
    "empty": b"",
    "text": b"this is no picture at all\n",
    "cut": tiny_png(7)[:50],
    "only_magic": b"\x89PNG\r\n\x1a\n",
    "noise": bytes(range(256)) * 4,
    "html": b"<html><script>alert(1)</script></html>",
}


def good_and_bad(folder: Path, n_good: int, n_bad: int) -> Path:
    """A folder of two classes with good PNG files and bad ones among them."""
    kinds = list(BAD_FILES.values())
    for label in ("cat", "dog"):
        (folder / label).mkdir(parents=True)
    for index in range(n_good):
        (folder / ("cat", "dog")[index % 2] / f"good_{index}.png").write_bytes(tiny_png(index))
    for index in range(n_bad):
        (folder / ("cat", "dog")[index % 2] / f"bad_{index}.png").write_bytes(kinds[index % len(kinds)])
    return folder


class Trap:
    """Unpickling it makes a folder: the mark that a file was executed."""

    def __init__(self, mark: Path):
        self.mark = str(mark)

    def __reduce__(self):
        import os

        return os.mkdir, (self.mark,)


def pickled_npy(path: Path, mark: Path) -> Path:
    """An .npy file of Python objects that acts when it is unpickled."""
    trapped = np.empty(2, object)
    trapped[:] = [Trap(mark), Trap(mark)]
    np.save(path, trapped, allow_pickle=True)
    return path


def bare_pickle(path: Path, mark: Path) -> Path:
    """A pickle under the name of an array; np.load would fall back to it."""
    path.write_bytes(pickle.dumps(Trap(mark)))
    return path


def lying_npy(path: Path, shape: tuple[int, ...], dtype: str = "|u1") -> Path:
    """An .npy header that declares far more than follows."""
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
        file.write(bytes(64))
    return path


def secret_hdf5(path: Path) -> Path:
    """What a hostile file points at."""
    with h5py.File(path, "w") as file:
        file["images"] = np.full((3, 4, 4), 99, np.uint8)
    return path


def leading_out_hdf5(path: Path, secret: Path, raw: Path) -> Path:
    """Every way to point out of an HDF5 file, each under a name that would be opened."""
    raw.write_bytes(bytes(48))
    with h5py.File(path, "w") as file:
        file["x"] = h5py.ExternalLink(str(secret), "images")
        file["images"] = h5py.SoftLink("/elsewhere/images")
        layout = h5py.VirtualLayout((3, 4, 4), np.uint8)
        layout[:] = h5py.VirtualSource(str(secret), "images", (3, 4, 4))
        file.create_virtual_dataset("data", layout)
        file.create_dataset("image", (3, 4, 4), np.uint8, external=[(str(raw), 0, 48)])
    return path
