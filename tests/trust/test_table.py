"""Intervals, places and what beats a control, on numbers whose answer is known; and the sentence made of them."""

import numpy as np
import pytest

from innv_gui.errors import BadInput
from innv_gui.trust import metrics, statistics, table
from innv_gui.trust.advice import advise, number

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(0, 0.8, 40)  # what makes an image easy or hard, for every method alike
DIFFERENCE = metrics.BY_NAME["difference"]


def with_mean(mean, spread=0.01, seed=1):
    noise = np.random.default_rng(seed).normal(0, spread, 40)
    return IMAGES + mean + noise - noise.mean()


VALUES = {
    "control:random": with_mean(0.0, seed=2),
    "control:edges": with_mean(0.1, seed=3),
    "control:centre": with_mean(0.05, seed=4),
    "good": with_mean(0.30, seed=5),
    "same": with_mean(0.30, seed=16),
    "middle": with_mean(0.1, 0.05, seed=7),
    "blind": with_mean(0.0, seed=8),
}


def difference(one, other):
    return statistics.interval(one - other)


def is_better(one, other, better):
    """Of one pair: the slow twin of `wins`."""
    found = difference(one, other)
    return found.low > 0 if better == "high" else found.high < 0


def columns(**more):
    return {"difference": table.column(DIFFERENCE, VALUES), **more}


def test_intervals_hold_the_truth_nineteen_times_in_twenty():
    """The mean of 30 draws, 400 times over: the interval covers the true mean about as often as it says."""
    rng = np.random.default_rng(5)
    found = [statistics.interval(rng.normal(2, 1, 30)) for _ in range(400)]
    covered = np.mean([one.low <= 2 <= one.high for one in found])
    assert 0.90 <= covered <= 0.97


def test_intervals_are_those_of_loops():
    values = RNG.random(7)
    draws = np.random.default_rng(0).integers(0, 7, (2000, 7))
    means = sorted(sum(values[i] for i in draw) / 7 for draw in draws)
    found = statistics.interval(values)
    assert (found.mean, found.n) == (pytest.approx(values.mean()), 7)
    assert found.low == pytest.approx(np.percentile(means, 2.5))
    assert found.high == pytest.approx(np.percentile(means, 97.5))


def test_images_without_a_number_do_not_count():
    found = statistics.interval(np.array([1.0, np.nan, 3.0]))
    assert (found.mean, found.n) == (2, 2)
    assert statistics.interval(np.array([np.nan])).n == 0
    assert np.isnan(statistics.interval(np.array([4.0])).low)


def test_pairs_are_compared_image_by_image():
    """Their own intervals overlap by far, because images differ; the difference is clear."""
    one, other = (statistics.interval(VALUES[name]) for name in ("good", "control:edges"))
    assert one.low < other.high
    assert difference(VALUES["good"], VALUES["control:edges"]).low > 0


@pytest.mark.parametrize("better", ["high", "low"])
def test_all_pairs_at_once_are_decided_like_one_by_one(better):
    rng = np.random.default_rng(3)
    values = rng.normal(size=(9, 14)) * 0.4 + rng.normal(size=(9, 1)) * 0.3
    values[1], values[2] = values[0], np.where(np.arange(14) < 2, values[0] + 0.1, values[0])  # equal, and nearly so
    values[3, 8:] = values[4, 8:] = values[5, 3] = np.nan  # still growing
    values[6, 1:] = values[7] = np.nan  # one image, none
    found = statistics.wins(values, better)
    slow = [[is_better(one, other, better) for other in values] for one in values]
    assert found.tolist() == slow and found.any() and not found[:3, :3].any()


def test_places_are_shared_where_the_difference_is_not_clear():
    cells = table.column(DIFFERENCE, VALUES)
    assert [(cells[name].place, cells[name].shared) for name in ("good", "same")] == [(1, True), (1, True)]
    assert cells["middle"].place == 3
    assert cells["blind"].place == 4
    assert cells["control:edges"].place is None


def test_a_method_beats_all_some_or_no_control():
    cells = table.column(DIFFERENCE, VALUES)
    assert cells["good"].beats == "all"
    assert (cells["middle"].beats, cells["middle"].not_beaten) == ("some", ("control:edges",))
    assert cells["blind"].beats == "none"
    assert "control:random" in cells["blind"].not_beaten


def test_lower_is_better_turns_everything_around():
    cells = table.column(metrics.BY_NAME["deletion"], {name: -one for name, one in VALUES.items()})
    assert cells["good"].beats == "all"
    assert cells["blind"].place == 4
    assert table.order(metrics.BY_NAME["deletion"], cells)[-1] in ("blind", "control:random")
    assert table.best_control(metrics.BY_NAME["deletion"], cells) == "control:edges"


def test_what_only_describes_has_no_places():
    assert {cell.place for cell in table.column(metrics.BY_NAME["sparseness"], VALUES).values()} == {None}


def test_advice_names_the_winners_the_figures_and_a_loser():
    said = advise("lite0", columns(), {"good": 64, "same": 2}, {"blur": (0, 40)})
    assert said.method == "same"  # as good, and cheaper
    assert "beat all three controls at insertion − deletion" in said.sentence
    assert "for edges" in said.sentence
    assert "blind does not beat a random map" in said.sentence
    assert not said.caution


def test_advice_prefers_a_map_that_depends_on_what_was_learned():
    sanity = table.column(metrics.BY_NAME["sanity"], {"good": np.full(40, 0.1), "same": np.full(40, 0.95)})
    assert advise("lite0", columns(sanity=sanity), {"good": 64, "same": 2}, {}).method == "good"
    both = table.column(metrics.BY_NAME["sanity"], {"good": np.full(40, 0.96), "same": np.full(40, 0.95)})
    said = advise("lite0", columns(sanity=both), {"good": 64, "same": 2}, {})
    assert "same changes little when the network's weights are shuffled" in said.caution


def test_advice_says_so_when_nothing_wins():
    values = {name: one for name, one in VALUES.items() if name not in ("good", "same")}
    said = advise("lite0", {"difference": table.column(DIFFERENCE, values)}, {}, {"blur": (30, 40)})
    assert (said.warn, said.method) == (True, None)
    assert "no method beats all three controls" in said.sentence
    assert "30 of 40 images" in said.caution


def test_methods_that_beat_the_controls_too_are_counted_and_the_choice_has_a_reason():
    random = np.random.default_rng(3)
    more = VALUES | {f"more_{k}": VALUES["good"] + random.normal(0, 1e-3, 40) for k in range(4)}
    cells = table.column(DIFFERENCE, more)
    winners = [name for name, cell in cells.items() if cell.beats == table.ALL]
    said = advise("lite0", {"difference": cells}, {name: k for k, name in enumerate(more)}, {})
    assert f"and {len(winners) - 3} more beat all three controls" in said.sentence
    tied = [name for name in winners if cells[name].place == 1]
    assert f"{said.method} is the cheapest of the {len(tied)} best, which are tied." in said.sentence
    sanity = table.column(metrics.BY_NAME["sanity"], {"good": np.full(40, 0.1), "same": np.full(40, 0.95)})
    said = advise("lite0", columns(sanity=sanity), {"good": 64, "same": 2}, {})
    assert "good is the one of the 2 best that depends on what the network has learned." in said.sentence
    sanity = table.column(metrics.BY_NAME["sanity"], {name: np.full(40, 0.1) for name in tied[:-1]})
    sanity |= table.column(metrics.BY_NAME["sanity"], {tied[-1]: np.full(40, 0.95)})
    said = advise("lite0", {"difference": cells, "sanity": sanity}, {name: k for k, name in enumerate(more)}, {})
    assert f"the cheapest of the {len(tied) - 1} that depend on what the network has learned" in said.sentence
    assert f"of the {len(tied)} best, which are tied." in said.sentence


def test_all_that_do_not_beat_a_control_are_counted():
    worse = VALUES | {f"worse_{k}": VALUES["blind"] - 0.01 * (k + 1) for k in range(3)}
    said = advise("lite0", {"difference": table.column(DIFFERENCE, worse)}, {}, {})
    assert "worse_2 and 3 more do not beat a random map." in said.sentence


@pytest.mark.parametrize(
    ("standing", "tested"),
    [
        ({}, True),
        ({"blur": (0, 0)}, True),
        ({"blur": (40, 40), "mean": (20, 40)}, True),
        ({"blur": (40, 40), "mean": (21, 40)}, False),
        ({"blur": (40, 40)}, False),
    ],
)
def test_nothing_is_recommended_where_every_fill_leaves_the_answers_standing(standing, tested):
    said = advise("shortcut", columns(), {"good": 64, "same": 2}, standing)
    assert (said.tested, said.method is not None, said.warn) == (tested, tested, not tested)
    if not tested:
        assert (
            "cannot tell one map from another" in said.sentence and "by its blur for 40 of 40 images" in said.sentence
        )


def test_a_row_that_has_just_begun_is_not_judged():
    begun = {
        name: np.where(np.arange(40) < 5, one, np.nan) if name in ("blind", "good") else one
        for name, one in VALUES.items()
    }
    cells = table.column(DIFFERENCE, begun)
    assert cells["blind"].not_beaten
    said = advise("lite0", {"difference": cells}, {"good": 1, "same": 2}, {})
    assert said.method == "same" and "blind" not in said.sentence and "good" not in said.sentence


def test_one_image_decides_nothing():
    values = {name: one[:1] for name, one in VALUES.items()}
    said = advise("lite0", {"difference": table.column(DIFFERENCE, values)}, {}, {})
    assert said.method is None
    assert "One image" in said.sentence


def test_answers_that_stand_in_the_fill_are_counted():
    assert table.still_standing([0.9, 0.8, np.nan], [0.5, 0.1, 1.0]) == (1, 2)


@pytest.mark.parametrize(
    ("names", "regions", "words"),
    [(["nix"], True, "Unknown metric"), (["pointing"], False, "needs a region"), ([], True, "No metric")],
)
def test_metrics_that_cannot_be_measured_are_refused(names, regions, words):
    with pytest.raises(BadInput, match=words):
        metrics.chosen(names, regions)


def test_every_metric_is_declared_in_full():
    for one in metrics.describe():
        assert one["summary"].endswith(".") and one["definition"].endswith("."), one["name"]
        assert one["source"].startswith("https://doi.org/"), one["name"]
        assert one["better"] in ("high", "low", "")
    assert [one.name for one in metrics.chosen(None, False)] == [
        "difference", "deletion", "insertion", "sanity", "stability", "sparseness",
    ]  # fmt: skip


def test_passes_are_counted_with_the_map_itself():
    assert metrics.passes(["replacement"], 1, 2, 10) == 1 + 2 * 2 * 9
    assert metrics.passes(["sanity", "stability", "sparseness"], 33, 1, 10) == 33 * (1 + 3 + 5)


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert [number(value) for value in (-0.004, -0.0, -0.006)] == ["0.00", "0.00", "−0.01"]
