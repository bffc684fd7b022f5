"""Top lists: their numbers against plain loops, and that they are what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innv_gui.suggestions import neighbours
from innv_gui.suggestions.features import fit
from innv_gui.suggestions.label_errors import ClassThresholds, suspects
from innv_gui.suggestions.neighbours import isolation, nearest, reference_rows
from innv_gui.suggestions.ranking import (
    diverse,
    entropy,
    joined,
    js_divergence,
    mean_of_models,
    only_model_right,
    ranked,
)
from tests.suggest import twins as twins

FEW = settings(max_examples=40, deadline=None)


def unit(n, dimensions, seed=0):
    features = np.random.default_rng(seed).normal(size=(n, dimensions)).astype(np.float32)
    return features / np.linalg.norm(features, axis=1, keepdims=True)


@FEW
@given(seed=st.integers(0, 10_000), n_models=st.integers(1, 4), n_classes=st.integers(2, 6))
def test_entropy_and_divergence_equal_the_plain_loops(seed, n_models, n_classes):
    generator = np.random.default_rng(seed)
    p = generator.dirichlet(np.full(n_classes, 0.2), (n_models, 10)).astype(np.float32)
    p[:, 0] = np.eye(n_classes)[0]  # zeros within
    found = js_divergence(p)
    for image in range(10):
        assert entropy(p[0, image]) == pytest.approx(twins.entropy(p[0, image]), abs=1e-6)
        assert found[image] == pytest.approx(twins.divergence(p[:, image]), abs=1e-6)
    assert (found >= 0).all() and found.max() <= np.log(n_models) + 1e-6


def test_divergence_of_opposite_answers_is_log_of_the_number_of_models():
    assert js_divergence(np.eye(3)[:, None, :])[0] == pytest.approx(np.log(3))
    assert js_divergence(np.eye(3)[[1, 1]][:, None, :])[0] == 0


def test_means_over_models_are_taken_in_float64():
    values = np.float32([[0.1], [0.2], [0.4]])
    assert mean_of_models(values)[0] == values.astype(np.float64).mean()


def test_only_model_k_is_right_leaves_out_images_where_another_one_is():
    right = np.array([[1, 1, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0]], bool)
    found = only_model_right(right, np.full((3, 4), [0.9, 0.8, 0.7, 0.95]), 0)
    assert ranked(found).tolist() == [3, 0] and np.isnan(found[[1, 2]]).all()
    assert len(ranked(only_model_right(right, np.ones((3, 4)), 2))) == 0


def test_ranks_leave_out_what_has_no_value_and_keep_the_order_of_equals():
    values = np.array([1, np.nan, 3, 1, 3])
    assert ranked(values).tolist() == [2, 4, 0, 3] and ranked(values, rising=True).tolist() == [0, 3, 2, 4]


@FEW
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 5))
def test_label_errors_equal_the_plain_loop_in_any_blocks(seed, n_classes):
    generator = np.random.default_rng(seed)
    labels = generator.integers(-1, n_classes, 60)
    p = generator.dirichlet(np.ones(n_classes), 60).astype(np.float32)
    p[labels >= 0] = (p[labels >= 0] + np.eye(n_classes)[labels[labels >= 0]]) / 2
    thresholds = ClassThresholds(n_classes)
    for start in (0, 13, 40):
        thresholds.add(p[start : {0: 13, 13: 40, 40: 60}[start]], labels[start : {0: 13, 13: 40, 40: 60}[start]])
    found = suspects(p, labels, thresholds.values)
    expected = twins.label_suspects(p, labels)
    assert {i: int(found.suggested[i]) for i in np.flatnonzero(found.suggested >= 0)} == expected
    assert np.isnan(found.strength).tolist() == [i not in expected for i in range(60)]


def test_swapped_labels_are_found_and_a_class_without_labels_is_never_suggested():
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 3, 300)
    p = 0.1 + 0.7 * np.eye(4)[truth] + generator.uniform(0, 0.05, (300, 4))
    p /= p.sum(1, keepdims=True)
    labels = truth.copy()
    labels[:12] = (truth[:12] + 1) % 3
    thresholds = ClassThresholds(4)
    thresholds.add(p, labels)
    found = suspects(p, labels, thresholds.values)
    assert set(ranked(found.strength)) <= set(range(12)) and len(ranked(found.strength)) >= 4
    assert (found.suggested != 3).all() and np.isinf(thresholds.values[3])


@FEW
@given(seed=st.integers(0, 10_000), n=st.integers(2, 30), k=st.integers(1, 5))
def test_nearest_and_isolation_equal_the_plain_loop(seed, n, k):
    features = unit(n, 4, seed)
    found, expected = nearest(features), twins.nearest(features)
    np.testing.assert_allclose(found.similarity, [similarity for _, similarity in expected], atol=1e-5)
    own = [float(features[i] @ features[found.partner[i]]) for i in range(n)]
    np.testing.assert_allclose(own, found.similarity, atol=1e-5)
    assert (found.partner != np.arange(n)).all() and found.exact
    reference = np.arange(0, n, 2) if n > 4 else np.arange(n)
    few = min(k, len(reference) - 1)
    np.testing.assert_allclose(isolation(features, reference, k), twins.isolation(features, reference, few), atol=1e-5)


def test_one_image_has_no_neighbour():
    assert nearest(unit(1, 3)).partner.tolist() == [-1] and np.isnan(isolation(unit(1, 3), np.arange(1))).all()


def test_of_many_images_near_duplicates_are_found_without_comparing_all(monkeypatch):
    monkeypatch.setattr(neighbours, "EXACT", 1000)
    features = unit(6000, 32)
    copies = np.arange(0, 6000, 60)
    noise = np.random.default_rng(5).normal(0, 0.002, (100, 32)).astype(np.float32)
    features[copies + 30] = features[copies] + noise
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    found = nearest(features)
    assert not found.exact
    assert (found.partner[copies] == copies + 30).mean() >= 0.98
    assert (found.partner[copies + 30] == copies).mean() >= 0.98
    np.testing.assert_allclose(
        found.similarity[copies], np.einsum("nd,nd->n", features[copies], features[found.partner[copies]]), atol=1e-5
    )


def test_above_the_limit_images_are_compared_with_a_sample(monkeypatch):
    assert (
        len(reference_rows(20_000)) == 20_000
        and len(reference_rows(1_000_000)) == 1000
        and len(reference_rows(40_000)) == 10_000
    )
    monkeypatch.setattr(neighbours, "EXACT", 100)
    monkeypatch.setattr(neighbours, "LEAST_REFERENCE", 50)
    monkeypatch.setattr(neighbours, "COMPARISONS", 400 * 80)
    features = unit(400, 8)
    features[:, 0] += 3
    features[7] = -features[7]
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    assert len(reference_rows(400)) == 80
    apart = isolation(features, reference_rows(400))
    assert ranked(apart)[0] == 7


def test_images_that_are_all_the_same_are_all_duplicates():
    activations = np.full((20, 5), 3.0, np.float32)
    features = fit([activations])(activations)
    assert (nearest(features).similarity > 0.999).all()


def test_features_weigh_every_model_the_same_and_keep_what_differs():
    generator = np.random.default_rng(0)
    loud, quiet = generator.normal(0, 1000, (300, 4)), generator.normal(0, 0.01, (300, 40))
    both = fit([loud, quiet])(np.concatenate([loud, quiet], axis=1))
    assert both.shape == (300, 32) and np.allclose(np.linalg.norm(both, axis=1), 1, atol=1e-5)
    scaled = fit([loud / 1000, quiet * 100])(np.concatenate([loud / 1000, quiet * 100], axis=1))
    np.testing.assert_allclose(np.abs(both @ both.T), np.abs(scaled @ scaled.T), atol=1e-3)


def test_features_of_fewer_images_than_neurons():
    activations = np.random.default_rng(0).normal(size=(6, 300)).astype(np.float32)
    features = fit([activations])(activations)
    centred = activations - activations.mean(0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(features @ features.T, centred @ centred.T, atol=1e-4)


def test_a_top_list_does_not_hold_fifty_near_duplicates():
    features = unit(60, 6)
    features[5:55] = features[5]
    rows = np.arange(100, 160)
    of = lambda some: features[some - 100]  # noqa: E731
    taken = diverse(rows, of)
    assert taken[0] == 100 and 105 in taken and not set(range(106, 155)) & set(taken.tolist())
    picked = features[taken - 100]
    assert (picked @ picked.T - np.eye(len(picked))).max() <= 0.98 + 1e-6
    assert diverse(rows, of, n=3).tolist() == taken[:3].tolist()
    assert diverse(rows, of, at_once=7).tolist() == taken.tolist()


def test_words_are_joined():
    assert joined(["a"]) == "a" and joined(["a", "b", "c"]) == "a, b and c"
