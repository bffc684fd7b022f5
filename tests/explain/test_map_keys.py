"""What a kept map is found by: everything that determines it, and nothing else. Nothing is computed."""

from types import SimpleNamespace

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.extensions.sources import Origin
from innv_gui.records import ModelSource, Preprocessing, Target, replace
from innv_gui.runtimes.code import check_version
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.request import Item

ROW = np.zeros((4, 4, 1), np.float32)


def key(
    analyzer="gradient",
    params=None,
    engine="native",
    unchecked=False,
    target=None,
    row=ROW,
    mode="none",
    **source,
):
    """Of one image of an array under one model; what is given differs from the default."""
    request = SimpleNamespace(analyzer=analyzers.get(analyzer), params=params or {}, engine=engine, unchecked=unchecked)
    source = replace(ModelSource("keras", "a.keras", sha256="1"), **source)
    model = SimpleNamespace(source=source, preprocessing=Preprocessing(mode))
    return map_key(request, model, target or Target(), Item(0, "image", row=row))


@pytest.mark.parametrize(
    "other",
    [
        {"analyzer": "deconvnet"},
        {"params": {"postprocess": "abs"}},
        {"engine": "innvestigate"},
        {"unchecked": True},
        {"target": Target(class_=1)},
        {"row": ROW + 1},
        {"row": ROW.reshape(2, 8, 1)},
        {"sha256": "2"},
        {"mode": "unit"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_determines_a_map_changes_its_key(other):
    assert key() == key() != key(**other)


def test_where_a_file_lies_says_nothing_about_its_maps():
    assert key() == key(path="b.keras") == key(trusted=True)


def test_a_changed_plugin_has_other_keys(monkeypatch):
    keys = []
    for code in ("", "1" * 64, "2" * 64):
        monkeypatch.setattr(analyzers, "origin", lambda name, code=code: Origin("file", "mine.py", code))
        keys.append(key())
    assert len(set(keys)) == 3


def test_a_worker_refuses_code_that_is_not_the_servers():
    own = Origin("file", "mine.py", "1" * 64)
    check_version("method", "mine", lambda name: own, own.code)
    with pytest.raises(AnalyzerRefused, match="its file has changed"):
        check_version("method", "mine", lambda name: own, "2" * 64)
