"""docs/plugins.md shows code that works: its blocks are what the door accepts, and they compute what the page says."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from innv_gui import Session, analyzers
from innv_gui.session.extensions import CATALOGS
from innv_gui.views.parts import Image, Plot, Table, checked_parts
from tests.conftest import ROOT, workers_lent_by

PAGE = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = dict(re.findall(r"^## A (\w+)$.*?^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
OFFERED = {"method": "occlusion_sketch", "view": "brightness", "reason": "gini"}


@pytest.fixture
def declared(plugins):
    """Kind -> what its block declares, loaded from a folder of plug-ins."""
    plugins(**{kind: BLOCKS[kind] for kind in OFFERED})
    entries = {kind: CATALOGS[kind].entries()[name].declaration for kind, name in OFFERED.items()}
    assert [refused for catalog in CATALOGS.values() for refused in catalog.refused()] == []
    return entries


def names_of(text, **given):
    exec(compile(text, "docs/plugins.md", "exec"), given)
    return given


def test_the_file_with_custom_preprocessing_does_what_is_said_of_it(session, sample_models, sample_datasets, tmp_path):
    (text,) = re.findall(r"^## Custom preprocessing$.*?^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "hooks.py").write_text(text)
    plain, images = sample_models["digits_mlp"], sample_datasets["digits"][:2]
    with workers_lent_by(session), Session(hooks=str(tmp_path / "hooks.py")) as custom:
        model = custom.add_model(plain.source.path)
        assert model.class_names == tuple(f"digit {k}" for k in range(10))
        run = custom.explain(model, custom.add_dataset(images.collection.root)[:2], "gradient")
        usual = session.explain(plain, images, "gradient")[plain]
        np.testing.assert_allclose(run[model].probabilities, usual.probabilities, atol=0.02)
        shown, expected = (np.asarray(one.overlay(0, opacity=0), int) for one in (run[model], usual))
        assert np.abs(shown - expected).mean() < 5 < expected.mean()


def test_every_kind_of_plug_in_has_a_short_example():
    assert set(CATALOGS) == set(OFFERED) and set(OFFERED) <= set(BLOCKS)
    assert [kind for kind, text in BLOCKS.items() if len([line for line in text.splitlines() if line]) > 25] == []


def test_the_blocks_are_accepted_as_plug_ins_of_a_folder(declared):
    assert analyzers.origin("occlusion_sketch").name == "method.py" and set(declared) == set(OFFERED)


def test_the_view_gives_parts_that_can_be_drawn():
    x = np.random.default_rng(0).uniform(size=(3, 8, 8, 1)).astype(np.float32)
    p = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], np.float32)
    selection = SimpleNamespace(x=x, names=("a", "b", "c"), params={"most": 2}, probabilities=lambda: p)
    table, plot, image = checked_parts("brightness", names_of(BLOCKS["view"])["brightness"](selection))
    assert isinstance(table, Table) and [row[0] for row in table.rows] == ["b", "c"]
    assert isinstance(plot, Plot) and len(plot.x) == 3 and isinstance(image, Image) and image.pixels.max() == 255


def test_the_reason_ranks_what_is_undecided_first():
    p = np.array([[[0.5, 0.5], [1, 0]]])
    ground = SimpleNamespace(of_probabilities=lambda function: function(p), said=lambda row: "a by m (0.500)")
    names = names_of(BLOCKS["reason"])
    assert names["gini"](ground).tolist() == [0.5, 0]
    assert names["sentence"](ground, 0, 0.5) == "Gini impurity 0.50: a by m (0.500)."
