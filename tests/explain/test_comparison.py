"""Two explanations of the same images: how much their maps differ, in figures, as numbers and as a picture."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from innv_gui.errors import BadInput, Conflict
from innv_gui.session.explain.comparison import difference
from tests.store.made_maps import kept


def slowly(a, b):
    """share and correlation with nothing but loops over plain numbers."""
    a, b = [float(one) for one in a.ravel()], [float(one) for one in b.ravel()]
    share = max(abs(p - q) for p, q in zip(a, b, strict=True)) / max(abs(q) for q in b)
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    together = sum((p - mean_a) * (q - mean_b) for p, q in zip(a, b, strict=True))
    sizes = sum((p - mean_a) ** 2 for p in a) * sum((q - mean_b) ** 2 for q in b)
    return share, together / math.sqrt(sizes)


@settings(max_examples=30, deadline=None)
@given(some.integers(0, 10**6), some.integers(1, 3), some.floats(1e-6, 10))
def test_figures_are_those_of_plain_loops(seed, n_targets, noise):
    ours = kept(seed, n_targets)
    other = np.random.default_rng(seed + 1).normal(size=ours.values.shape) * noise
    reference = replace(ours, values=(ours.values + other).astype(np.float32))
    found = difference(ours, reference)
    share, correlation = slowly(ours.values, reference.values)
    assert found.share == pytest.approx(share, rel=1e-6) and found.correlation == pytest.approx(correlation, abs=1e-9)


def test_equal_empty_constant_and_broken_maps_have_the_figures_they_can_have():
    one = kept()
    empty, broken = replace(one, values=one.values * 0), replace(one, values=one.values * np.nan)
    assert difference(one, one).share == 0 and difference(one, one).correlation == pytest.approx(1)
    assert (difference(empty, empty).share, difference(empty, empty).correlation) == (0, None)
    assert difference(one, empty).share is None and difference(empty, one).share == 1
    assert (difference(one, broken).share, difference(one, broken).correlation) == (None, None)


def test_maps_of_other_targets_are_not_compared():
    with pytest.raises(Conflict):
        difference(kept(n_targets=1), kept(n_targets=2))
    with pytest.raises(Conflict):
        difference(kept(), replace(kept(), targets=np.array([3])))


@pytest.fixture(scope="module")
def ask(client, session, sample_models, sample_datasets):
    def ask(engine, images=(5, 205), **more):
        body = {"models": [sample_models["digits_cnn"].id], "dataset": sample_datasets["digits"].id, **more}
        body |= {"images": list(images), "analyzer": "lrp.alpha_2_beta_1", "engine": engine}
        run = client.post("/api/v1/explanations", json=body).json["explanation"]["id"]
        session.run(run).job.wait(120)
        return run

    return ask


def test_both_engines_are_compared_over_rest(client, session, sample_models, ask):
    model = sample_models["digits_cnn"]
    ours, reference = ask("native", layer="conv_2", top_neurons=4), ask("innvestigate", layer="conv_2", top_neurons=4)
    answer = client.get(f"/api/v1/explanations/{ours}/comparison?with={reference}").json
    assert answer["engines"] == ["native", "innvestigate"] and answer["waiting"] == 0
    maps = [session.run(run)[model].maps for run in (ours, reference)]
    for cell, a, b in zip(answer["cells"], *maps, strict=True):
        share, correlation = slowly(a, b)
        assert cell["share"] == pytest.approx(share, rel=1e-5) and cell["share"] < 1e-3
        assert cell["correlation"] == pytest.approx(correlation, abs=1e-9) and cell["correlation"] >= 0.9999
    address = f"/api/v1/explanations/{ours}/differences/{model.id}/205"
    drawn = client.get(f"{address}.f32?with={reference}&target=2")
    assert drawn.headers["X-Shape"] == "32,32"
    expected = (maps[0][1, 2].astype(float) - maps[1][1, 2]).sum(-1)
    np.testing.assert_allclose(np.frombuffer(drawn.data, "<f4").reshape(32, 32), expected, rtol=1e-5, atol=1e-12)
    picture = Image.open(io.BytesIO(client.get(f"{address}.png?with={reference}").data))
    assert picture.format == "PNG" and min(picture.size) >= 256
    assert client.get(f"{address}.f32?with={reference}&target=4").status_code == 404


def test_what_cannot_be_compared_is_refused(client, session, sample_models, ask):
    ours, elsewhere, other = ask("native"), ask("native", images=(7,)), ask("native", top_neurons=4)
    assert client.get(f"/api/v1/explanations/{ours}/comparison").json["error"]["field"] == "with"
    assert client.get(f"/api/v1/explanations/{ours}/comparison?with=e-9").status_code == 404
    for run in (elsewhere, other):
        answer = client.get(f"/api/v1/explanations/{ours}/comparison?with={run}")
        assert answer.status_code in (400, 409) and answer.json["error"]["field"] == "with"
    model = sample_models["digits_cnn"].id
    assert client.get(f"/api/v1/explanations/{ours}/differences/{model}/5.f32?with={elsewhere}").status_code == 404
    with pytest.raises(BadInput):
        session.compare(session.run(ours), session.run(elsewhere))
