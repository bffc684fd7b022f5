"""Agreement of heatmaps: against scipy and a plain top-decile overlap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from innv_gui.agreement import matrix, overlap, spearman

RNG = np.random.default_rng(7)
MAPS = arrays(np.float32, (6, 9), elements=st.integers(-5, 5).map(float))


def plain_overlap(one, other):
    """Sorted lists and sets, nothing shared with what is tested."""

    def strongest(values):
        flat = [float(value) for value in values.ravel()]
        place = (len(flat) - 1) * 0.9
        low = sorted(flat)[int(place)]
        high = sorted(flat)[min(int(place) + 1, len(flat) - 1)]
        limit = low + (high - low) * (place - int(place))
        return {index for index, value in enumerate(flat) if value >= limit - 1e-9 and value > 0}

    a, b = strongest(one), strongest(other)
    return len(a & b) / len(a | b) if a and b else float("nan")


@settings(max_examples=60, deadline=None)
@given(MAPS, MAPS)
def test_spearman_is_scipys(one, other):
    if one.min() == one.max() or other.min() == other.max():
        assert np.isnan(spearman(one, other))
    else:
        assert spearman(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(MAPS, MAPS)
def test_overlap_is_the_plain_top_decile(one, other):
    assert overlap(one, other) == pytest.approx(plain_overlap(one, other), abs=1e-12, nan_ok=True)


def test_a_map_agrees_fully_with_itself_and_not_with_noise():
    one = RNG.normal(size=(40, 30))
    assert spearman(one, one) == pytest.approx(1) and overlap(one, one) == 1
    assert abs(spearman(one, RNG.permuted(one))) < 0.15 and overlap(one, RNG.permuted(one)) < 0.25


def test_only_what_both_have_seen_is_compared():
    one = RNG.normal(size=(8, 8))
    other = one.copy()
    other[:, :2] = np.nan
    assert spearman(one, other) == pytest.approx(1) and overlap(one, other) == 1


def test_no_evidence_is_no_number():
    assert np.isnan(overlap(-np.ones((4, 4)), RNG.normal(size=(4, 4))))
    assert np.isnan(spearman(np.zeros((4, 4)), RNG.normal(size=(4, 4))))


def test_matrix_is_symmetric_with_gaps_where_there_is_no_map():
    maps = [RNG.normal(size=(5, 5)), None, RNG.normal(size=(5, 5))]
    found = matrix(maps, "spearman")
    assert np.isnan(found[1]).all() and np.isnan(found[:, 1]).all()
    assert found[0, 0] == pytest.approx(1) and found[0, 2] == found[2, 0] == spearman(maps[0], maps[2])
