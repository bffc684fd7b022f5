"""Collections of images: opened by listing names, decoded one at a time, checked as a whole. Never TensorFlow.

Opening and decoding read files that a person was given by others, so both run in worker processes; the web process
only keeps the `Collection`.
"""

from innv_gui.datasets.addresses import is_address, plain
from innv_gui.datasets.collection import Collection, left_out
from innv_gui.datasets.decoding import content_hash, content_hashes, decode, decoded_or_reason, scan
from innv_gui.datasets.formats import is_litter, is_picture_name, is_upload_acceptable
from innv_gui.datasets.opening import open_dataset
from innv_gui.datasets.small import greys, small, square_of
from innv_gui.datasets.stamps import GONE, stamp, stamps, state, states
from innv_gui.datasets.thumbnails import as_seen, png_of, thumbnail

__all__ = [
    "GONE",
    "Collection",
    "as_seen",
    "content_hash",
    "content_hashes",
    "decode",
    "decoded_or_reason",
    "greys",
    "is_address",
    "is_litter",
    "is_picture_name",
    "is_upload_acceptable",
    "left_out",
    "open_dataset",
    "plain",
    "png_of",
    "scan",
    "small",
    "square_of",
    "stamp",
    "stamps",
    "state",
    "states",
    "thumbnail",
]
