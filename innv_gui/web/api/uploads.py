"""Files that come in over the browser, kept in the workspace under names that cannot leave it."""

from __future__ import annotations

import uuid
from pathlib import Path

from werkzeug.datastructures import FileStorage, MultiDict

from innv_gui.errors import BadInput
from innv_gui.store.files import private, private_folder, told
from innv_gui.store.workspace import Workspace

NAME_BYTES = 200
BROWSER_ESCAPES = {"%22": '"', "%0D%0A": "\n", "%0A": "\n", "%0D": "\r"}  # HTML standard, multipart/form-data
MOST_PARTS = 12  # of a path below the chosen folder; at NAME_BYTES each, a path that any system takes
MODEL_FIELDS = ("file", "weights", "classes")


def safe_parts(name: str, keep: int = 1) -> list[str]:
    """The last `keep` parts of an uploaded name, none of which leads elsewhere.

    A page sends `label/picture.png` for a file of a folder; quotes, markup, newlines and emoji are names like others.
    """
    for escaped, plain in BROWSER_ESCAPES.items():
        name = name.replace(escaped, plain)
    parts = [part.replace("\0", "") for part in name.replace("\\", "/").split("/")]
    parts = [_short(part) for part in parts if part.strip() not in ("", ".", "..")]
    return parts[-keep:] or ["unnamed"]


def _short(part: str) -> str:
    encoded = part.encode("utf-8", "surrogateescape")
    if len(encoded) <= NAME_BYTES:
        return part
    stem, dot, suffix = part.rpartition(".")
    tail = (dot + suffix) if dot and len(suffix) <= 10 else ""
    return (stem if tail else part).encode("utf-8", "ignore")[: NAME_BYTES - 12].decode("utf-8", "ignore") + tail


def _folder(workspace: Workspace, kind: str) -> Path:
    folder = workspace.part("uploads") / kind / uuid.uuid4().hex[:12]
    with told(folder):
        private_folder(folder)
    return folder


def _save(file: FileStorage, path: Path) -> Path:
    with told(path):
        private_folder(path.parent)
        with open(path, "wb", opener=private) as kept:
            file.save(kept)
    return path


def save_model_upload(workspace: Workspace, files: MultiDict) -> dict[str, Path]:
    """Keep a model file and what came with it; form field -> path."""
    folder = _folder(workspace, "models")
    sent = {field: files[field] for field in MODEL_FIELDS if files.get(field) and files[field].filename}
    return {
        field: _save(file, folder / (field if field != "file" else "model") / safe_parts(file.filename)[0])
        for field, file in sent.items()
    }


def save_image_uploads(workspace: Workspace, files: list[FileStorage]) -> Path:
    """Keep uploaded images as a folder. Their paths below it stay, so that labels are found as on disk."""
    files = [file for file in files if file.filename]
    if not files:
        raise BadInput("No image was sent.", "Send at least one file as the form field images.", field="images")
    folder = _folder(workspace, "images")
    for file in files:
        path = folder.joinpath(*safe_parts(file.filename, keep=MOST_PARTS))
        _save(file, _free(path))
    return folder


def _free(path: Path) -> Path:
    names = (path if k == 1 else path.with_name(f"{path.stem}-{k}{path.suffix}") for k in range(1, 10**6))
    return next(name for name in names if not name.exists())
