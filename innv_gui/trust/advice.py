"""What the table says, in one or two sentences with their evidence, and the method that it speaks for.

Judged is insertion minus deletion, because both halves suffer alike from what a fill does to a network. Among methods
that are tied at the top the map has to depend on what the network has learned, then the cheapest is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from innv_gui.trust import controls
from innv_gui.trust.metrics import Metric, judge
from innv_gui.trust.table import ALL, Cell, best_control, order

BLIND = 0.5  # rank correlation with the map of a network without knowledge, above which a person is warned
FEW = 8  # images below which an interval is a guess
MOST_NAMED = 3
_FILLED = {"blur": "its blur", "mean": "its mean colour", "grey": "grey"}


@dataclass(frozen=True)
class Advice:
    """sentence: the answer; caution: what limits it, or empty; method: the one to use, or None; warn: nothing won;

    tested: whether a fill takes most answers away, without which no metric tells one map from another.
    """

    sentence: str
    caution: str = ""
    method: str | None = None
    warn: bool = False
    tested: bool = True


Standing = Mapping[str, tuple[int, int]]  # fill -> (images whose answer it leaves standing, images)


def advise(model: str, columns: Mapping[str, Mapping[str, Cell]], costs: Mapping[str, int], blind: Standing) -> Advice:
    """columns: metric -> method -> cell, of one model.

    costs: forward passes of one map, by method. blind: what each fill leaves standing.
    """
    judged = judge(columns)
    if judged is None:
        return Advice("Choose insertion and deletion as well: the other metrics cannot tell which map is right.")
    cells = columns[judged.name]
    methods = {name: cell for name, cell in cells.items() if not controls.is_control(name) and cell.interval.n}
    if not methods:
        return Advice("")
    if max(cell.interval.n for cell in methods.values()) < 2:
        return Advice("One image decides nothing: choose more, 8 to 20 are enough.", warn=True)
    cells = _judged(cells)
    winners = [name for name, cell in cells.items() if name in methods and cell.beats == ALL]
    if not winners:
        return _nothing(model, judged, cells, blind)
    if not is_tested(blind):
        return _untested(model, blind)
    return _winner(model, judged, {**columns, judged.name: cells}, winners, costs, blind)


def is_tested(standing: Standing) -> bool:
    """Whether at least one fill takes the answer away for half of the images, or nothing is known of them yet."""
    known = [(left, n) for left, n in standing.values() if n]
    return not known or any(2 * left <= n for left, n in known)


def _untested(model: str, standing: Standing) -> Advice:
    left = [f"by {_FILLED[fill]} for {left} of {n} images" for fill, (left, n) in standing.items() if n]
    sentence = (
        f"For {model} these fills cannot tell one map from another: with the whole picture replaced the answer still "
        f"stands, {listed(left)}."
    )
    return Advice(sentence, "Try another fill, or other images.", warn=True, tested=False)


def _judged(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Without rows that have less than half of the images of others: their measuring has just begun."""
    most = max(cell.interval.n for cell in cells.values())
    return {name: cell for name, cell in cells.items() if 2 * cell.interval.n >= most}


def _nothing(model: str, judged: Metric, cells: Mapping[str, Cell], blind: Standing) -> Advice:
    best = best_control(judged, cells)
    against = f" The best of them, {short(best)}, has {number(cells[best].interval.mean)}." if best else ""
    sentence = f"For {model} no method beats all three controls at {judged.title.lower()}.{against}"
    return Advice(sentence, _caution(cells, blind) or "More images may decide it.", None, True, is_tested(blind))


def _winner(model, metric, columns, winners, costs, blind) -> Advice:
    cells = columns[metric.name]
    sign = -1 if metric.better == "high" else 1
    first = min(cells[name].place or len(cells) for name in winners)
    tied = [name for name in winners if cells[name].place == first]
    tied.sort(key=lambda name: sign * cells[name].interval.mean)
    sound = [name for name in tied if not _is_blind(columns, name)]
    chosen = min(sound or tied, key=lambda name: (costs.get(name, 1), sign * cells[name].interval.mean))
    best = best_control(metric, cells)
    named = tied[:MOST_NAMED]
    figures = listed([number(cells[name].interval.mean) for name in named])
    others = len(winners) - len(named)
    beating = listed([*named, *([f"{others} more"] if others else [])])
    beat = "beats" if len(winners) == 1 else "beat"
    against = f", against {number(cells[best].interval.mean)} for {short(best)}" if best else ""
    sentence = (
        f"For {model}, {beating} {beat} all three controls at {metric.title.lower()} ({figures}{against})."
        f"{_choice(chosen, tied, sound)}{_loser(metric, cells)}"
    )
    return Advice(sentence, " ".join(filter(None, (_learned(columns, chosen), _caution(cells, blind)))), chosen)


def _choice(chosen: str, tied: list[str], sound: list[str]) -> str:
    """Why it is this one of several that are equally good; empty where it is alone."""
    if len(tied) == 1:
        return ""
    if sound == [chosen]:
        return f" {chosen} is the one of the {len(tied)} best that depends on what the network has learned."
    if 0 < len(sound) < len(tied):
        return (
            f" {chosen} is the cheapest of the {len(sound)} that depend on what the network has learned, of the "
            f"{len(tied)} best, which are tied."
        )
    return f" {chosen} is the cheapest of the {len(tied)} best, which are tied."


def _loser(metric: Metric, cells: Mapping[str, Cell]) -> str:
    """Of the worst method of those that do not beat all controls; empty where all do."""
    lost = [name for name in order(metric, cells) if cells[name].not_beaten]
    if not lost:
        return ""
    name, cell = lost[-1], cells[lost[-1]]
    which = "control:random" if "control:random" in cell.not_beaten else cell.not_beaten[0]
    n = sum(which in cells[one].not_beaten for one in lost) - 1
    who = f"{name} and {n} more do" if n else f"{name} does"
    if which == "control:random":
        return f" {who} not beat a random map."
    what = "the picture's outlines" if short(which) == "edges" else "a blob in the middle"
    return f" {who} not beat {short(which)}: no better than {what}."


def _is_blind(columns: Mapping[str, Mapping[str, Cell]], name: str) -> bool:
    return is_blind(columns.get("sanity", {}).get(name))


def is_blind(cell: Cell | None) -> bool:
    """Whether a method's maps hardly depend on what the network has learned; cell: of its sanity check."""
    return cell is not None and cell.interval.n > 0 and cell.interval.mean > BLIND


def _learned(columns, name: str) -> str:
    if not _is_blind(columns, name):
        return ""
    mean = columns["sanity"][name].interval.mean
    return f"But {name} changes little when the network's weights are shuffled (rank correlation {number(mean)})."


def _caution(cells: Mapping[str, Cell], blind: Standing) -> str:
    counts = [cell.interval.n for name, cell in cells.items() if not controls.is_control(name)]
    few = f"Only {max(counts)} images: take 8 to 20." if counts and max(counts) < FEW else ""
    fills = [
        f"With the whole picture replaced by {_FILLED[fill]} the answer still stands for {left} of {n} images: these "
        "cannot tell one map from another."
        for fill, (left, n) in blind.items()
        if 2 * left > n
    ]
    return " ".join(filter(None, (few, *fills)))


def listed(names: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def short(control: str) -> str:
    """A control as a sentence names it."""
    return {"control:random": "random", "control:edges": "edges", "control:centre": "a centred blob"}[control]


def number(value: float) -> str:
    """Two decimals, a true minus; none where it rounds to zero."""
    return f"{value:z.2f}".replace("-", "−")
