"""`innv-gui doctor`: what is installed, what is missing, and the command that adds it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys

from innv_gui.session.extensions import added, unusable

NEEDED = (
    "tensorflow", "keras", "flask", "waitress", "pydantic", "bokeh", "distributed", "duckdb", "pyarrow", "pandas",
    "h5py", "protobuf", "numpy", "scipy", "pillow", "scikit-learn", "dask", "fsspec", "cryptography", "rich",
)  # fmt: skip
REFERENCE = ("innvestigate", "tf-keras", "future", "matplotlib")  # iNNvestigate and what it needs
ADD_REFERENCE = "pip install --no-deps --ignore-requires-python innvestigate==2.1.2 future==0.18.3 tf-keras matplotlib"
ADD_NEEDED = "pip install --no-deps --ignore-requires-python -r requirements.lock"


def version(name: str) -> str | None:
    """Installed version of a distribution, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def doctor() -> int:
    """Print one line per package; exit status 1 when something needed is missing."""
    print(f"{'python':<14} {sys.version.split()[0]}")
    missing = _report(NEEDED)
    missing_reference = _report(REFERENCE)
    if missing:
        print(f"\nMissing: {', '.join(missing)}. Add them with:\n  {ADD_NEEDED}")
    if missing_reference:
        print(
            f"\nMissing: {', '.join(missing_reference)}. The native engine does not need them; for the reference,\n"
            f"--engine innvestigate, run:\n  {ADD_REFERENCE}"
        )
    _report_plugins()
    if not missing and not missing_reference:
        print("\nEverything is installed.")
    return 1 if missing else 0


def _report_plugins() -> None:
    """What third parties add; a plug-in that cannot be used stops nothing."""
    for kind, name, place in added():
        print(f"{name:<14} {kind} of {place}")
    for one in unusable():
        print(f"\nPlug-in not loaded: {one.described}. {one.reason}")


def _report(names: tuple[str, ...]) -> list[str]:
    found = {name: version(name) for name in names}
    for name, installed in found.items():
        print(f"{name:<14} {installed or 'missing'}")
    return [name for name, installed in found.items() if installed is None]
