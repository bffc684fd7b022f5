"""Files reached by an fsspec address, such as s3://bucket/photos.

Only a person at the command line, or a script, names addresses: pages and lists of files cannot. What the address leads
to is read by the workers; the packages that talk to a service (s3fs, gcsfs ...) are the person's to install.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO

from innv_gui.datasets.collection import Collection, ProblemList, given_labels, of_files
from innv_gui.datasets.folder import labels_and_order
from innv_gui.datasets.formats import IMAGE_EXTENSIONS, extension, is_litter, why_no_image
from innv_gui.datasets.names import quoted, sort_naturally
from innv_gui.errors import BadInput

MARK = "://"
LOCAL = "file://"
EXAMPLE = "Expected a folder of images such as file:///photos or s3://bucket/photos."


def is_address(path: str) -> bool:
    """Whether it is an address and not a path."""
    return MARK in str(path)


def plain(path: str) -> str:
    """The path behind file://, whose folders and links are then treated like any other; else what was given."""
    path = str(path)
    return path.removeprefix(LOCAL) if path.startswith(LOCAL) else path


def open_address(address: str, labels: Sequence | None = None) -> Collection:
    """All image files below an address. Lists names; reads no image."""
    system, root = _reached(address)
    problems, (files, folders) = ProblemList(), _listed(system, root, address)
    files = sort_naturally(_images(files, problems))
    if not files:
        raise _refused(address, "holds no images")
    found, order = (labels, None) if labels is not None else labels_and_order(files, folders)
    name = root.rstrip("/").rpartition("/")[2] or "images"
    labels = given_labels(found, len(files))
    return of_files(name, "folder", address.rstrip("/"), files, labels, problems, order)


def _listed(system, root: str, address: str) -> tuple[list[str], set[str]]:
    """(files, folders) below; a folder that only a name leads through counts too."""
    try:
        found = system.find(root, withdirs=True, detail=True)
    except Exception as error:  # whatever a service answers
        raise _refused(address, f"cannot be listed: {type(error).__name__}: {error}") from None
    kinds = {path[len(root) :].strip("/"): facts.get("type") for path, facts in found.items()}
    kinds.pop("", None)
    files = [path for path, kind in kinds.items() if kind != "directory"]
    folders = {path for path, kind in kinds.items() if kind == "directory"}
    for file in files:
        while file := file.rpartition("/")[0]:
            folders.add(file)
    return files, folders


def _images(files: Iterable[str], problems: ProblemList) -> Iterator[str]:
    for file in files:
        if any(is_litter(part) for part in file.split("/")):
            continue
        if extension(file) in IMAGE_EXTENSIONS:
            yield file
        else:
            problems.add(file, why_no_image(file))


def size_bytes(address: str) -> int:
    """Of a file. Raises OSError when there is none."""
    with _told(address):
        system, path = _reached(address)
        facts = system.info(path)
        if facts.get("type") != "file":
            raise FileNotFoundError
        return int(facts.get("size") or 0)


def opened(address: str) -> BinaryIO:
    """A file for reading, seekable."""
    with _told(address):
        system, path = _reached(address)
        return system.open(path, "rb")


@contextlib.contextmanager
def _told(address: str) -> Iterator[None]:
    """Whatever a service raises, in the form in which a file system says it."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, "not there", address) from None
    except Exception as error:  # the packages of services have errors of their own
        raise OSError(errno.EIO, f"{type(error).__name__}: {error}", address) from error


def changed_ns(address: str) -> int:
    """When a file was changed, ns since 1970; 0 where the service does not say."""
    system, path = _reached(address)
    try:
        return int(system.modified(path).timestamp() * 1e9)
    except (NotImplementedError, AttributeError, TypeError, ValueError, KeyError):
        return 0


@lru_cache(maxsize=8)
def _system(scheme: str, host: str):
    import fsspec

    return fsspec.core.url_to_fs(f"{scheme}{MARK}{host}")[0]


def _reached(address: str):
    """(file system, path on it). Chained addresses ("zip://a::s3://b") would lead elsewhere and are refused."""
    scheme, _, rest = address.partition(MARK)
    if "::" in address or not scheme.isalnum():
        raise _refused(address, "is not an address that can be read")
    try:
        system = _system(scheme, rest.partition("/")[0])
    except ImportError as error:
        raise _refused(address, f"needs another package: {error}") from None
    except (ValueError, OSError) as error:
        raise _refused(address, f"cannot be reached: {error}") from None
    return system, system._strip_protocol(address)


def _refused(address: str, why: str) -> BadInput:
    return BadInput(f"{quoted(address)} {why}.", EXAMPLE, field="images")
