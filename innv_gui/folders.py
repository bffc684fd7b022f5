"""Where the pages, their files, their texts and the sample models are.

An installed wheel has them inside the package (setup.py maps them there); a checkout or an editable install has
them beside it.
"""

from pathlib import Path

from innv_gui.errors import WorkFailed


def folder(name: str) -> Path:
    """`templates`, `static`, `sample_models` or `docs` as a path that exists."""
    package = Path(__file__).resolve().parent
    for candidate in (package / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise WorkFailed(f"The folder {name} is missing from this installation.", "Install innv-gui again.")
