"""Named sets of a dataset's images, by what the images are known as, in one record."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from innv_gui.store.kept_files import Damaged, read_record, write_record


@dataclass(frozen=True)
class NamedSets:
    """Name -> (k,) bool: which of the k members are in it. A set is never empty, and each member is in one.

    taken_in: records of earlier versions that these sets hold already.
    """

    members: tuple[str, ...] = ()
    masks: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    taken_in: tuple[str, ...] = ()

    def over(self, images: Sequence[str]) -> dict[str, np.ndarray]:
        """Name -> (n,) bool over images that are known as this; one that is there twice is in a set twice."""
        if not self.masks:
            return {}
        at = {member: place for place, member in enumerate(self.members)}
        places = np.fromiter((at.get(image, -1) for image in images), np.int64, len(images))
        return {name: np.append(mask, False)[places] for name, mask in self.masks.items()}

    def marked(self, name: str, images: Iterable[str], on: bool) -> NamedSets:
        """With these images in a set, or out of it."""
        chosen = dict.fromkeys(images)
        members = tuple(dict.fromkeys((*self.members, *chosen)))
        sets = replace(self, members=members, masks=self.over(members))
        hit = np.fromiter((member in chosen for member in members), bool, len(members))
        before = sets.masks.get(name, np.zeros(len(members), bool))
        return replace(sets, masks={**sets.masks, name: before | hit if on else before & ~hit})._tidied()

    def without(self, name: str) -> NamedSets:
        """All other sets."""
        return replace(self, masks={other: mask for other, mask in self.masks.items() if other != name})._tidied()

    def _tidied(self) -> NamedSets:
        masks = {name: mask for name, mask in self.masks.items() if mask.any()}
        used = np.logical_or.reduce([*masks.values()]) if masks else np.zeros(len(self.members), bool)
        members = tuple(member for member, is_used in zip(self.members, used.tolist(), strict=True) if is_used)
        return replace(self, members=members, masks={name: mask[used] for name, mask in masks.items()})


def read_sets(path: Path, most: int) -> NamedSets:
    """What was kept, at most `most` sets; none where there is no such record."""
    record = read_record(path, lambda record: _sets(record, most))
    return NamedSets() if record is None else _sets(record, most)


def write_sets(path: Path, sets: NamedSets) -> None:
    """Keep all of them, also none. Raises StorageFailed."""
    members = base64.b64encode(zlib.compress(json.dumps(sets.members).encode(), 1)).decode()
    bits = {name: np.packbits(mask, bitorder="little").tobytes() for name, mask in sets.masks.items()}
    texts = {name: base64.b64encode(packed).decode() for name, packed in bits.items()}
    write_record(path, {"members": members, "sets": texts, "taken_in": list(sets.taken_in)})


def read_masks(path: Path, n: int, most: int) -> dict[str, np.ndarray]:
    """Of a record of an earlier version, by position: name -> (n,) bool; none where it is not of as many images."""
    record = read_record(path, lambda record: _masks(record, n, most))
    return {} if record is None else _masks(record, n, most)


def _sets(record: dict[str, Any], most: int) -> NamedSets:
    members = json.loads(zlib.decompress(base64.b64decode(record["members"], validate=True)))
    taken_in = record["taken_in"]
    if not (_are_texts(members) and _are_texts(taken_in)) or len(set(members)) != len(members):
        raise Damaged
    return NamedSets(tuple(members), _named(record["sets"], len(members), most), tuple(taken_in))


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _masks(record: dict[str, Any], n: int, most: int) -> dict[str, np.ndarray]:
    if record["n"] != n:
        raise Damaged
    return _named(record["masks"], n, most)


def _named(texts: object, n: int, most: int) -> dict[str, np.ndarray]:
    if not isinstance(texts, dict) or len(texts) > most:
        raise Damaged
    return {_name(name): _mask(text, n) for name, text in texts.items()}


def _name(name: str) -> str:
    if not name or not name.isprintable():
        raise Damaged
    return name


def _mask(text: str, n: int) -> np.ndarray:
    content = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    bits = np.unpackbits(content, bitorder="little").astype(bool)
    if len(content) != -(-n // 8) or bits[n:].any() or not bits.any():
        raise Damaged
    return bits[:n]
