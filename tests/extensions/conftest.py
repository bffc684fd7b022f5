"""Plug-ins in a folder of the test's own, forgotten afterwards."""

from pathlib import Path

import pytest

from innv_gui.extensions import sources
from innv_gui.session import Session

EXAMPLES = Path(__file__).resolve().parents[1] / "plugin_example"


@pytest.fixture(scope="module")
def plugged(folder):
    """A session with workers of its own and the plug-ins of a module's `folder`."""
    sources.forget_folders()
    with Session(plugins=folder) as session:
        yield session
    sources.forget_folders()


@pytest.fixture
def forgotten():
    """No folder is named before or after."""
    sources.forget_folders()
    yield
    sources.forget_folders()


@pytest.fixture
def plugins(forgotten, tmp_path):
    """plugins(name=text, ...) writes files and names their folder."""

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        return sources.add_folder(tmp_path)

    return write
