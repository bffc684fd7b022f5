"""Keywords and places that a call does not have are refused in its own name, in a sentence."""

import numpy as np
import pytest

from innv_gui.errors import BadInput
from innv_gui.session.explain.overlays import Look
from innv_gui.session.wishes import wishes_of


@pytest.mark.parametrize("name", ["explain", "explain_to", "rank_by_disagreement", "trust", "maximize", "extremes"])
@pytest.mark.parametrize("wish", ["nonsense", "wishes", "metrics_", "chosen", "naming"])
def test_an_unknown_keyword_names_the_call(session, sample_models, sample_datasets, tmp_path, name, wish):
    model, images = sample_models["digits_mlp"], sample_datasets["digits"][:1]
    given = {
        "explain": (model, images, "gradient"),
        "explain_to": (tmp_path / "run.h5", model, images, "gradient"),
        "rank_by_disagreement": (model, images, "gradient"),
        "trust": (model, images),
        "maximize": (model,),
        "extremes": (model, images),
    }
    with pytest.raises(TypeError, match=rf"^{name}\(\) got an unexpected keyword argument '{wish}'$"):
        getattr(session, name)(*given[name], **{wish: 1})


def test_a_method_keeps_its_own_keywords_and_those_it_hands_on():
    def taker(model, layer=None, within=None):
        return layer

    class Thing:
        @wishes_of(taker, but=("within",))
        def do(self, first, *, own=0, **wishes):
            """Words."""
            return first, own, taker(None, **wishes)

    assert Thing().do(1, own=2, layer=3) == (1, 2, 3) and Thing.do.__doc__ == "Words."
    with pytest.raises(TypeError, match=r"do\(\) got an unexpected keyword argument 'within'"):
        Thing().do(1, within=3)


@pytest.fixture(scope="module")
def explanation(session, sample_models, sample_datasets):
    model = sample_models["digits_mlp"]
    return session.explain(model, sample_datasets["digits"][:2], "gradient")[model]


@pytest.mark.parametrize(
    ("which", "look", "said"),
    [
        (99, {}, "There are 2 images, counted from 0; got 99."),
        (-3, {}, "There are 2 images, counted from 0; got -3."),
        ("1", {}, "There are 2 images, counted from 0; got the text '1'."),
        (True, {}, "There are 2 images, counted from 0; got True."),
        (0, {"target": 1}, "There is 1 target, counted from 0; got 1."),
        (0, {"opacity": 7}, "Expected an opacity from 0 to 1, got 7."),
        (0, {"opacity": float("nan")}, "Expected an opacity from 0 to 1, got nan."),
        (0, {"opacity": "1"}, "Expected an opacity from 0 to 1, got the text '1'."),
        (0, {"clip": -1}, "Expected a clip from 0 to 100, got -1."),
    ],
)
def test_an_overlay_that_there_cannot_be_is_refused_in_a_sentence(explanation, which, look, said):
    with pytest.raises(BadInput) as refused:
        explanation.overlay(which, **look)
    assert str(refused.value) == said


def test_an_overlay_counts_from_the_end_as_python_does(explanation):
    last, same = (explanation.overlay(which, opacity=np.float32(1)) for which in (-1, np.int64(1)))
    assert last.tobytes() == same.tobytes() and Look(opacity=0).opacity == 0
    with pytest.raises(TypeError, match=r"^overlay\(\) got an unexpected keyword argument 'nonsense'"):
        explanation.overlay(0, nonsense=1)
