"""Components, neighbours, trust and places against plain twins and independent implementations."""

import numpy as np
import pytest
from scipy.signal import savgol_filter
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from innv_gui.explore.components import EXACT_DIMENSIONS, components_of
from innv_gui.explore.nearest import nearest_to, neighbours, placed_by, trust
from innv_gui.explore.placing import Placing
from innv_gui.explore.waves import drawn, wave, window_of
from innv_gui.runtimes.numbers import placing
from innv_gui.runtimes.numbers.placing import placed
from tests.explore.polygon import inside

RNG = np.random.default_rng(3)


def clusters(n, d, k=4):
    centres = RNG.normal(size=(k, d)) * 3
    return (centres[np.arange(n) % k] + RNG.normal(size=(n, d))).astype(np.float32)


def in_blocks(features, size=37):
    return lambda: (features[start : start + size] for start in range(0, len(features), size))


@pytest.mark.parametrize("shape", [(200, 7), (300, 64), (20, 50), (90, EXACT_DIMENSIONS + 40)])
def test_components_are_those_of_scikit_learn(shape):
    low = RNG.normal(size=(shape[0], 12)) * np.geomspace(9, 1, 12)
    noise = 0.01 * RNG.normal(size=shape)
    features = (low @ RNG.normal(size=(12, shape[1])) + noise + 5).astype(np.float32)
    k = min(7, *shape)
    found = components_of(in_blocks(features), k)
    twin = PCA(k, svd_solver="full").fit(features.astype(np.float64))
    signs = np.sign((found.axes.T * twin.components_).sum(axis=1))
    assert np.abs(found.axes.T * signs[:, None] - twin.components_).max() < 2e-3
    assert np.allclose(found.variances, twin.explained_variance_, rtol=1e-3)
    assert np.isclose(found.total, features.astype(float).var(axis=0, ddof=1).sum(), rtol=1e-4)
    expected = twin.transform(features) * signs
    assert np.abs(found(features) - expected).max() < 2e-3 * np.abs(expected).max()


def test_components_do_not_depend_on_how_vectors_come():
    features = clusters(100, 9)
    one, other = components_of(in_blocks(features, 100), 3), components_of(in_blocks(features, 7), 3)
    assert np.allclose(one.axes, other.axes, atol=1e-5)


def test_images_all_alike_have_a_place_and_no_component_is_not_a_number():
    features = np.full((30, 4), 2, np.float32)
    found = components_of(in_blocks(features), 2)
    assert np.abs(found(features)).max() < 1e-6
    states = list(placed(found(features), Placing("tsne")))
    assert np.isfinite(states[-1].places).all()


def test_neighbours_are_those_of_a_full_comparison():
    features = clusters(300, 6)
    near, squares = neighbours(features, features, 5, np.arange(300))
    far, twin = NearestNeighbors(n_neighbors=5).fit(features).kneighbors()
    assert np.allclose(np.sqrt(squares), far, atol=1e-3) and (near == twin).mean() > 0.99


def test_the_nearest_to_one_come_by_distance_and_ties_by_row():
    features = np.array([[0, 0], [1, 0], [0, 1], [5, 5], [np.nan, 0]], np.float32)
    rows, far = nearest_to(np.zeros(2, np.float32), features, 9)
    assert rows.tolist() == [0, 1, 2, 3] and np.allclose(far, [0, 1, 1, np.sqrt(50)])


def test_trust_is_the_share_of_ten_nearest_that_stay():
    features, places = clusters(60, 5), RNG.normal(size=(60, 2)).astype(np.float32)

    def ten(points, row):
        far = [(float(np.sum((points[row] - points[other]) ** 2)), other) for other in range(60) if other != row]
        return {other for _, other in sorted(far)[:10]}

    twin = [len(ten(features.astype(float), row) & ten(places.astype(float), row)) / 10 for row in range(60)]
    assert np.allclose(trust(features, places), twin)
    assert trust(places, places).min() == 1


def test_images_that_are_the_same_are_near_whichever_of_them_are_the_ten():
    features = np.concatenate([np.repeat(RNG.normal(size=(1, 8)), 40, 0), RNG.normal(size=(40, 8)) + 9])
    places = np.concatenate([RNG.normal(size=(40, 2)), RNG.normal(size=(40, 2)) + 99])
    kept = trust(features.astype(np.float32), places.astype(np.float32))
    assert (kept[:40] == 1).all() and kept[40:].mean() < 0.9


def test_a_point_lies_inside_as_the_even_odd_rule_says():
    def twin(x, y, corners):
        odd = False
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                odd = not odd
        return odd

    points = RNG.uniform(-1, 1, (500, 2))
    for n in (3, 4, 9, 40):
        corners = RNG.uniform(-1, 1, (n, 2))
        assert inside(points, corners).tolist() == [twin(x, y, corners.tolist()) for x, y in points]
    assert not inside(points, points[:2]).any()
    assert not inside(np.array([[np.nan, 0.0]]), np.array([[-1, -1], [1, -1], [0, 1]])).any()


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 32, 80, 81, 82, 500])
def test_a_smoothing_window_never_exceeds_its_vector(length):
    """The seed's window of 81 failed on shorter vectors."""
    values = RNG.normal(size=length)
    window = window_of(length)
    assert window <= length and (window % 2 == 1 or length < 2)
    expected = values if window <= 3 else savgol_filter(values, window, 3)
    assert np.allclose(wave(values), expected) and len(drawn(values)) == min(length, 256)


def test_landmarks_place_the_others_among_their_nearest():
    marks = np.array([[0, 0], [10, 0], [0, 10]], np.float32)
    at = placed_by(np.array([[0.1, 0], [10, 0.2]], np.float32), marks, marks, k=1)
    assert np.allclose(at, [[0, 0], [10, 0]])


def test_tsne_grows_from_rough_to_fine_and_repeats_by_its_seed():
    features = clusters(120, 6)
    first, again = (list(placed(features, Placing("tsne", 10, seed=4))) for _ in range(2))
    assert [state.words for state in first][0] == "Principal components" and len(first) > 10
    assert all(np.isfinite(state.places).all() for state in first)
    assert np.array_equal(first[-1].places, again[-1].places) and first[-1].trust is not None
    shares = [state.share for state in first]
    assert shares == sorted(shares) and shares[-1] == 1
    assert trustworthiness(features, first[-1].places, n_neighbors=10) > 0.85


def test_more_images_than_landmarks_are_placed_by_their_nearest_then_all_together(monkeypatch):
    monkeypatch.setattr(placing, "LANDMARKS", 60)
    features = clusters(200, 5)
    states = list(placed(features, Placing("tsne", 8)))
    assert np.isfinite(states[1].places[:, 0]).sum() == 60 and states[1].landmarks == 60
    assert np.isfinite(states[-1].places).all() and states[-1].landmarks == 200
    monkeypatch.setattr(placing, "MOST_IN_ALL", 100)
    last = list(placed(features, Placing("tsne", 8)))[-1]
    assert last.landmarks == 60 and np.isfinite(last.places).all()


def test_a_worker_that_does_not_know_a_map_makes_its_states_again(tmp_path):
    features = clusters(40, 3)
    features.tofile(tmp_path / "x.f32")
    asked = (str(tmp_path / "x.f32"), features.shape, Placing("tsne", 5))
    known = [placing.place(*asked, ("a", step)) for step in range(3)]
    placing._begun.clear()
    assert np.array_equal(placing.place(*asked, ("a", 2)).places, known[2].places)


@pytest.mark.parametrize("n", [6, 7, 8, 10, 12, 16, 20, 30, 40, 200])
@pytest.mark.parametrize("kind", ["of one kind", "in pairs"])
def test_a_few_images_come_apart(n, kind):
    features = np.random.default_rng(n).normal(size=(n, 20)).astype(np.float32)
    if kind == "in pairs":
        features[n // 2 :] = features[: n - n // 2]
    places = list(placed(features, Placing("tsne")))[-1].places
    others = np.linalg.norm(places[0] - places[1:], axis=1)
    assert np.ptp(places, axis=0).max() > 1 and (others > 0.01).sum() >= n - 2


def test_three_images_are_placed_too():
    for n in (1, 2, 3, 5, 6):
        states = list(placed(clusters(n, 3), Placing("tsne")))
        assert states[-1].places.shape == (n, 2) and np.isfinite(states[-1].places).all()
