"""Which files are images and which are containers: by their first bytes where they are read, else by extension."""

from __future__ import annotations

import os

# Pillow's names. Nothing else is opened: every further format is code that a hostile file could reach.
PILLOW_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
READABLE = "PNG, JPEG, GIF, BMP, TIFF, WebP or PPM"
IMAGE_EXTENSIONS = frozenset(
    ".png .apng .jpg .jpeg .jpe .jfif .gif .bmp .dib .tif .tiff .webp .ppm .pgm .pbm .pnm".split()
)
OTHER_PICTURES = frozenset(
    ".heic .heif .avif .jxl .jp2 .j2k .svg .psd .ico .icns .tga .exr .hdr .dcm .dng .cr2 .nef .arw .pdf .eps".split()
)
CONTAINERS = {
    ".npy": "npy",
    ".npz": "npz",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".hdf": "hdf5",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
# What operating systems and archive programs leave behind; of no interest to anybody.
LITTER = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r", "__macosx", "@eadir", "$recycle.bin"))
SNIFF_BYTES = 16

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"II+\0", "image"),
    (b"MM\0+", "image"),
    (b"\x93NUMPY", "npy"),
    (b"PK\x03\x04", "npz"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"PAR1", "parquet"),
)


def extension(name: str) -> str:
    """In lower case, with its dot; empty without one."""
    return os.path.splitext(name)[1].lower()


def is_litter(name: str) -> bool:
    """Hidden and system files are skipped silently."""
    return name.startswith(".") or name.lower() in LITTER


def is_picture_name(name: str) -> bool:
    """Whether a name ends as that of an image that is read."""
    return extension(name) in IMAGE_EXTENSIONS


def sniffed(first_bytes: bytes) -> str | None:
    """image, npy, npz, hdf5 or parquet by the file's first SNIFF_BYTES; None when they say nothing."""
    if first_bytes[:4] == b"RIFF" and first_bytes[8:12] == b"WEBP":
        return "image"
    if first_bytes[:1] == b"P" and first_bytes[1:2] in b"123456" and first_bytes[2:3].isspace():
        return "image"
    return next((kind for magic, kind in _MAGIC if first_bytes.startswith(magic)), None)


def is_upload_acceptable(name: str, first_bytes: bytes) -> bool:
    """Whether an uploaded file can be an image, a list or a container of images. Broken images can: they get listed."""
    suffix = extension(name)
    return sniffed(first_bytes) is not None or suffix in IMAGE_EXTENSIONS or CONTAINERS.get(suffix) == "csv"


def why_no_image(name: str) -> str:
    """Why a file in a folder is left out, by its name alone."""
    suffix = extension(name)
    if suffix in OTHER_PICTURES:
        return f"is a picture of an unsupported kind ({suffix}); save it as {READABLE}."
    if suffix in CONTAINERS:
        return "is not an image; if it holds images or lists them, open it by itself."
    if not suffix:
        return "is not an image by its name, which has no extension; if it is one, rename it (.png, .jpg, ...)."
    return "is not an image."
