"""Which file of a folder is the mask of which image: by name, and never by a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from innv_gui.errors import BadInput

SUFFIXES = (".png", ".bmp", ".gif", ".tif", ".tiff", ".jpg", ".jpeg", ".webp")
SAME_FOLDERS = "Put the masks into the same folders as the images."


@dataclass
class MaskFolder:
    """Its pictures, by their path in it without ending, and by the last part of that."""

    folder: Path
    by_path: dict[tuple[str, ...], list[Path]] = field(default_factory=lambda: defaultdict(list))
    by_stem: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self):
        for path in sorted(self.folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES:
                self.by_path[_parts(path.relative_to(self.folder))].append(path)
                self.by_stem[path.stem].append(path)

    def mask(self, name: str) -> Path | None:
        """The one mask of an image. Raises BadInput where there could be two."""
        parts = _parts(name)
        found = self.by_path.get(parts) or [path for path in self.by_stem.get(parts[-1], ()) if self._fits(path, parts)]
        if len(found) > 1:
            first, second = map(self.called, found[:2])
            raise BadInput(f"{first} and {second} could both be the mask of {name}.", SAME_FOLDERS, "regions")
        return found[0] if found else None

    def _fits(self, path: Path, parts: tuple[str, ...]) -> bool:
        own = _parts(path.relative_to(self.folder))
        both = min(len(own), len(parts))
        return own[-both:] == parts[-both:]

    def called(self, path: Path) -> str:
        """A mask's name in sentences."""
        return path.relative_to(self.folder).as_posix()


def masks_of(folder: Path, names: Sequence[str], paths: Sequence[str | None]) -> dict[int, Path]:
    """Position among the images -> mask. names: of the images, with their folders ("dark/0.png"); paths: their files.

    A mask belongs to an image where both have the same name without its ending, and, as far as both are in folders,
    the same folders. Raises BadInput where no mask does, and where two could be one image's or one two images'.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {str(folder)!r}.", "Give a folder with one mask per image.", "regions")
    files = MaskFolder(folder)
    found = {place: path for place, name in enumerate(names) if (path := files.mask(name)) is not None}
    if not found:
        first = PurePath(names[0]).with_suffix(".png").as_posix()
        raise BadInput(
            f"No mask in {folder.name} is named like one of the images.", f"Expected {first}, for example.", "regions"
        )
    _check_one_each(files, names, paths, found)
    return found


def _check_one_each(files: MaskFolder, names: Sequence[str], paths: Sequence[str | None], found: Mapping[int, Path]):
    taken: dict[Path, int] = {}
    for place, mask in found.items():
        other = taken.setdefault(mask, place)
        if other != place and (paths[place] is None or paths[place] != paths[other]):
            message = f"{files.called(mask)} could be the mask of {names[other]} and of {names[place]}."
            raise BadInput(message, SAME_FOLDERS, "regions")


def _parts(name: str | PurePath) -> tuple[str, ...]:
    """Of a path without its ending."""
    return PurePath(name).with_suffix("").parts or ("",)
