"""What authors test their methods with: it passes what is right, and names what is not."""

import re
import sys

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.analyzers.declaration import CAM, SIGNED, Analyzer, Targets
from innv_gui.analyzers.settings import Whole
from innv_gui.testing import check_analyzer
from tests.conftest import ROOT
from tests.extensions.conftest import EXAMPLES


def gradient(question):
    return question.gradient()


def hidden(question):
    """Grows with what the score loses without a row of the picture."""
    maps = np.zeros(question.x.shape[:3])
    for number, (picture, score) in enumerate(question.images()):
        copies = np.stack([picture * (np.arange(len(picture)) != row)[:, None, None] for row in range(len(picture))])
        maps[number] = (score(picture[None]) - score(copies))[:, None]
    return maps


def transposed(question):
    return question.x.transpose(0, 2, 1, 3)


def not_finite(question):
    return question.x / 0


def random(question):
    return np.random.default_rng().normal(size=question.x.shape)


def of_the_batch(question):
    return question.x - question.x.mean()


def failing(question):
    return question.no_such_thing


def words(question):
    return np.full(question.x.shape, "x")


def below_zero(question):
    return -np.ones((*question.x.shape[:3], 1))


def analyzer(run, **changes):
    given = {"name": "mine", "title": "Mine", "summary": "Shows it.", "display": SIGNED, "run": run}
    return Analyzer(**given | changes)


@pytest.mark.parametrize("run", [gradient, hidden])
def test_a_method_that_keeps_its_word_passes(run):
    check_analyzer(analyzer(run))


def test_a_method_of_classes_at_a_layer_passes():
    check_analyzer(analyzer(at_layer, targets=Targets.CAM, display=CAM, signed=False))


def at_layer(question):
    """Where changing the picture changes the probability of its class."""
    base = question.score_of(question.x, question.classes)
    return np.abs(np.broadcast_to(base[:, None, None], question.x.shape[:3]))


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (transposed, "gave maps of shape"),
        (not_finite, "a value is not finite"),
        (random, "fix the seed"),
        (of_the_batch, "depends on the batch"),
        (failing, "AttributeError"),
        (words, "expected numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_a_method_that_does_not_is_told_what_is_wrong(run, said):
    with pytest.raises(Exception, match=said):
        check_analyzer(analyzer(run))


def test_a_map_below_zero_contradicts_a_declaration_of_a_region():
    with pytest.raises(AssertionError, match="unsigned map has negative"):
        check_analyzer(analyzer(below_zero, display=CAM, signed=False))


def test_a_declaration_that_cannot_be_offered_is_told():
    with pytest.raises(AssertionError, match="the default of n does not pass"):
        check_analyzer(analyzer(gradient, settings={"n": Whole(7, "N", "How many.", high=3)}))


def test_the_example_keeps_its_word_and_is_the_estimator_of_the_paper(monkeypatch):
    """HSIC by its definition, tr(K H L H) / (n - 1)^2, with loops, on a score of which one cell alone decides."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from innv_gui_examples.hsic import HSIC, explain

    check_analyzer(HSIC, {"masks": 32, "cells": 4})
    picture = np.ones((8, 8, 1), np.float32)

    class Question:
        params, shape = {"cells": 2, "masks": 40}, (8, 8, 1)

        def images(self):
            yield picture, lambda copies: copies[:, 0, 0, 0] * 2 + copies[:, 7, 7, 0]

    (found,) = explain(Question())
    masks = np.random.default_rng(0).integers(0, 2, (40, 2, 2)).astype(np.float64)
    scores = masks[:, 0, 0] * 2 + masks[:, 1, 1]
    for row in range(2):
        for column in range(2):
            assert found[row * 4, column * 4] == pytest.approx(slow_hsic(masks[:, row, column], scores), abs=1e-6)
    assert found.argmax() == 0 and found[7, 7] > found[0, 7]
    del sys.modules["innv_gui_examples.hsic"]


def test_the_method_of_the_page_passes_the_test_that_the_page_shows(plugins):
    page = (ROOT / "docs" / "plugins.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    plugins(occlusion=blocks[0])
    names = {"OCCLUSION": analyzers.get("occlusion_sketch")}
    exec(compile(next(text for text in blocks if "def test" in text), "docs/plugins.md", "exec"), names)
    names["test_it_keeps_the_contract"]()


def slow_hsic(mask, scores):
    n = len(mask)
    same = np.array([[float(a == b) for b in mask] for a in mask])
    near = np.array([[np.exp(-((a - b) ** 2) / (2 * scores.var())) for b in scores] for a in scores])
    centre = np.eye(n) - np.ones((n, n)) / n
    return np.trace(same @ centre @ near @ centre) / (n - 1) ** 2


def test_lime_keeps_its_word_where_its_library_is_installed(monkeypatch):
    pytest.importorskip("lime", reason="LIME's own library is optional: pip install lime")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from innv_gui_examples.lime import LIME

    check_analyzer(LIME, {"samples": 20})
    del sys.modules["innv_gui_examples.lime"]
