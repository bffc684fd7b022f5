"""ImageNet's 1000 classes, in the order in which networks of keras.applications give them, and their WordNet ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

N_CLASSES = 1000
SOURCE = "ImageNet"
ENOUGH_IDS = 0.9  # of the labels, or of the file names of a folder
FAMILIES = tuple("vgg16 vgg19 resnet densenet efficientnet mobilenet inception xception nasnet convnext".split())
_ID = re.compile(r"(?<![A-Za-z0-9])n\d{8}(?!\d)")
_ID_AT_START = re.compile(r"n\d{8}(?=[^A-Za-z0-9]|$)")
_PLAIN = re.compile(r"[^a-z0-9]")


@cache
def classes() -> tuple[tuple[str, str], ...]:
    """(WordNet id, name) of each class, by index."""
    lines = files("innv_gui").joinpath("imagenet_classes.txt").read_text(encoding="utf-8").splitlines()
    return tuple((id, name) for id, _, name in (line.partition(" ") for line in lines))


@cache
def names() -> tuple[str, ...]:
    """Names by index; the two cranes and the two maillots are distinguished by their ids."""
    count = Counter(name for _, name in classes())
    return tuple(name if count[name] == 1 else shown(id) for id, name in classes())


def shown(id: str) -> str:
    """A WordNet id as a person reads it: "tench (n01440764)"; as it is when it is none of ImageNet's."""
    name = _name_of().get(id)
    return id if name is None else f"{name} ({id})"


def id_in(text: str) -> str | None:
    """The only WordNet id that is a separate word of a text, or its start: n01440764, n01440764_tench."""
    found = set(_ID.findall(text))
    return found.pop() if len(found) == 1 else None


def id_at_start(text: str) -> str | None:
    """The WordNet id that a file's name begins with: n01440764_10026.JPEG."""
    found = _ID_AT_START.match(text)
    return found.group() if found else None


def id_named(name: str) -> str | None:
    """The id of the only class of this name; case, spaces, hyphens and underscores do not matter."""
    return _id_of().get(plain(name))


def are_ids(labels: Iterable[str]) -> bool:
    """Whether (nearly) all of these labels hold an id of one of the 1000 classes."""
    known = [id_in(label) in _name_of() for label in labels]
    return bool(known) and sum(known) >= ENOUGH_IDS * len(known)


def is_architecture(name: str) -> bool:
    """Whether a network is called like one of the usual ones: "vgg16", "resnet50v2", "mobilenetv2_1.00_224"."""
    return plain(name).startswith(FAMILIES)


def plain(name: str) -> str:
    """A name without case, spaces and signs."""
    return _PLAIN.sub("", name.casefold())


@cache
def _name_of() -> dict[str, str]:
    return dict(classes())


@cache
def _id_of() -> dict[str, str]:
    count = Counter(plain(name) for _, name in classes())
    return {plain(name): id for id, name in classes() if count[plain(name)] == 1}
