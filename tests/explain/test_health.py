"""Health of a map: each fact is found, said in numbers, and a sound map is called sound."""

import re

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.health import health

EPSILON, GRADIENT, CAM = (analyzers.get(name) for name in ("lrp.epsilon", "gradient", "grad_cam"))


def a_map(total, shape=(4, 3, 2)):
    """A map whose sum is `total`, with both signs in it."""
    values = np.random.default_rng(0).normal(size=shape)
    return (values - values.mean() + total / values.size).astype(np.float32)


def facts(*args):
    return [(fact.level, fact.text) for fact in health(*args)]


def test_a_sound_map_is_called_sound():
    (fact,) = health(a_map(20.1), 20.8, EPSILON, False)
    assert (fact.level, fact.text) == ("ok", "sound")
    assert fact.reason == "No NaN, not empty, logits explained. The relevance sums to the score, 20.1."


@pytest.mark.parametrize(("bad", "text"), [(np.nan, "NaN"), (np.inf, "infinite"), (-np.inf, "infinite")])
def test_values_that_are_no_numbers_are_counted_and_nothing_else_is_said(bad, text):
    values = a_map(1.0)
    values[0, 0, 0] = values[1, 1, 1] = bad
    (fact,) = health(values, 1.0, EPSILON, True)
    assert (fact.level, fact.text) == ("bad", text) and fact.reason.startswith("2 of 24 values")


def test_an_empty_map_says_why_as_far_as_the_method_knows():
    empty = np.zeros((4, 4, 1), np.float32)
    assert facts(empty, 3.0, GRADIENT, False) == [("bad", "all zero")]
    assert "No channel" in health(empty, 3.0, CAM, False)[0].reason
    (fact,) = health(empty, -2.1, analyzers.get("deep_taylor"), False)
    assert "positive scores only, and this one is −2.1" in fact.reason


def test_the_relevance_sum_is_stated_against_the_score():
    assert facts(a_map(14.0), 20.8, EPSILON, False) == [("ok", "adds up to 67 % of the score")]
    assert facts(a_map(45.0), 20.8, EPSILON, False) == [("warn", "adds up to 216 % of the score")]
    assert facts(a_map(2.0), -2.0, EPSILON, False) == [("warn", "adds up to −100 % of the score")]
    assert facts(a_map(-0.05), 20.8, EPSILON, False)[0][1] == "adds up to 0 % of the score"


def test_a_method_that_does_not_conserve_is_not_held_to_it():
    assert facts(a_map(500.0), 1.0, GRADIENT, False) == [("ok", "sound")]


def test_a_probability_without_slope_is_called_saturated():
    assert facts(a_map(5.0), 0.99995, GRADIENT, True) == [("warn", "softmax on"), ("warn", "saturated")]
    assert facts(a_map(5.0), 0.0002, GRADIENT, False, True) == [("warn", "saturated")]
    assert "0.99995" in health(a_map(5.0), 0.99995, GRADIENT, True)[1].reason
    assert facts(a_map(5.0), 0.9, GRADIENT, False, True) == facts(a_map(5.0), 0.99995, GRADIENT, False)
    assert facts(a_map(5.0), 25.0, GRADIENT, False) == [("ok", "sound")]


def test_softmax_left_on_is_said_beside_the_rest():
    assert facts(a_map(5.0), 0.9, EPSILON, True) == [("warn", "adds up to 556 % of the score"), ("warn", "softmax on")]
    assert facts(a_map(5.0), 0.9, GRADIENT, True) == [("warn", "softmax on")]


def test_every_warning_says_what_to_do():
    empty, full = np.zeros((4, 4, 1), np.float32), a_map(45.0)
    lost = np.full((4, 4, 1), np.nan, np.float32)
    cases = [
        (empty, 3.0, GRADIENT, False),
        (empty, 3.0, CAM, False),
        (empty, -2.1, analyzers.get("deep_taylor"), False),
    ]
    cases += [(full, 20.8, analyzers.get(name), False) for name in ("lrp.epsilon", "deep_taylor")]
    cases += [(lost, 1.0, EPSILON, False), (full, 0.99995, GRADIENT, True), (full, 0.99995, GRADIENT, False, True)]
    for case in cases:
        for fact in health(*case):
            last = fact.reason.rstrip(".").split(". ")[-1]
            assert fact.level in ("warn", "bad") and re.match("Choose|Switch|Explain|Take|Compare", last), fact


def test_a_score_of_about_nothing_has_no_percentage():
    assert facts(a_map(2.0), 1e-9, EPSILON, False) == [("warn", "adds up to 2, not 1e−09")]
