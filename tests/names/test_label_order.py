"""Another order of the same names: offered when it is surely far better, and never for what a network confuses."""

import numpy as np
import pytest

from innv_gui.suggestions.label_order import FEWEST, better_order


def answers(order, n_images, accuracy, seed=0):
    """What a network says whose output i is the class order[i], right that often: (predicted, labels)."""
    rng, n_classes = np.random.default_rng(seed), len(order)
    labels = np.arange(n_images) % n_classes
    seen = np.where(rng.random(n_images) < accuracy, labels, rng.integers(0, n_classes, n_images))
    return np.argsort(order)[seen], labels


@pytest.mark.parametrize("n_classes", [2, 3, 10, 40])
@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_a_trained_network_is_found_from_its_answers(n_classes, seed):
    order = np.roll(np.random.default_rng(seed).permutation(n_classes), 1)
    if (order == np.arange(n_classes)).mean() > 0.5:
        order = np.roll(np.arange(n_classes), 1)
    found = better_order(*answers(order, 40 * n_classes, 0.94, seed), n_classes)
    assert found.order == tuple(order.tolist())
    assert found.accuracy < 0.6 < 0.85 < found.better and found.n == 40 * n_classes


@pytest.mark.parametrize("accuracy", [0.0, 0.3, 0.6, 0.98])
@pytest.mark.parametrize("n_images", [20, 200, 2000])
@pytest.mark.parametrize("seed", range(8))
def test_the_right_order_is_left_alone_however_bad_the_network_is(accuracy, n_images, seed):
    assert better_order(*answers(np.arange(10), n_images, accuracy, seed), 10) is None


def test_few_images_and_images_without_label_or_answer_tell_nothing():
    predicted, labels = answers(np.roll(np.arange(2), 1), FEWEST - 1, 1.0)
    assert better_order(predicted, labels, 2) is None
    nothing = np.full(100, -1)
    assert better_order(np.append(predicted, nothing), np.append(labels, nothing), 2) is None
    assert better_order(np.zeros(0, int), np.zeros(0, int), 2) is None
    one = np.zeros(500, int)
    assert better_order(one, np.arange(500) % 2, 2) is None  # always the same answer


def test_one_image_a_class_is_no_evidence_for_an_order_of_a_thousand():
    rng = np.random.default_rng(0)
    assert better_order(rng.permutation(1000)[:80], rng.permutation(1000)[:80], 1000) is None


def test_names_of_which_no_image_tells_stay_where_they_are():
    predicted, labels = answers(np.array([1, 0]), 100, 1.0)
    assert better_order(predicted, labels, 6).order == (1, 0, 2, 3, 4, 5)


def test_the_sentence_says_both_shares():
    found = better_order(*answers(np.array([1, 2, 0]), 300, 1.0), 3)
    assert "With these names 0 % of 300 labelled images are right" in found.sentence
    assert "100 %" in found.sentence and found.of(("a", "b", "c")) == ("b", "c", "a")
