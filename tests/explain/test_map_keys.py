"""What a kept map is found by: everything that determines it, and nothing else. Nothing is computed."""

from types import SimpleNamespace

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.extensions.sources import Origin
from innv_gui.records import ModelSource, Preprocessing, Target, replace
from innv_gui.runtimes.code import check_version
from innv_gui.session.explain import map_keys
from innv_gui.session.explain.map_keys import engine_code, map_key
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


def test_a_changed_engine_has_other_keys(monkeypatch):
    before = key()
    monkeypatch.setattr(map_keys, "engine_code", lambda: "1" * 64)
    assert key() != before


def test_the_engines_code_is_every_file_of_it_and_its_name(tmp_path):
    def code():
        engine_code.cache_clear()
        return engine_code(tmp_path)

    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "passes.py").write_text("a = 1")
    codes = [code(), code()]
    (tmp_path / "keras" / "notes.txt").write_text("no code")
    codes.append(code())
    assert len(set(codes)) == 1
    (tmp_path / "keras" / "passes.py").write_text("a = 2")
    codes.append(code())
    (tmp_path / "keras" / "passes.py").rename(tmp_path / "passes.py")
    codes.append(code())
    (tmp_path / "passes.py").write_text("a = 2\n")
    codes.append(code())
    assert len(set(codes)) == 4
    engine_code.cache_clear()
    assert engine_code() == engine_code(map_keys.RUNTIMES)
    assert "attribution" in {path.name for path in (map_keys.RUNTIMES / "keras").iterdir()}


def test_a_worker_refuses_code_that_is_not_the_servers():
    own = Origin("file", "mine.py", "1" * 64)
    check_version("method", "mine", lambda name: own, own.code)
    with pytest.raises(AnalyzerRefused, match="its file has changed"):
        check_version("method", "mine", lambda name: own, "2" * 64)
