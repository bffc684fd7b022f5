"""Tables as files to download."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Response, send_file

from innv_gui.web.api.blueprint import session

MIMETYPES = {".csv": "text/csv", ".parquet": "application/vnd.apache.parquet"}


def table_answer(save: Callable[[Path], Path], stem: str, suffix: str) -> Response:
    """What `save` writes, named stem + suffix; nothing of it stays in the workspace."""
    with tempfile.TemporaryDirectory(dir=session().workspace.folder) as folder:
        file = open(save(Path(folder) / f"{stem}{suffix}"), "rb")  # noqa: SIM115 - closed with the answer
    return send_file(file, MIMETYPES[suffix], True, f"{stem}{suffix}")
