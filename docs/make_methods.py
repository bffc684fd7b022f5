"""Writes the tables of docs/methods.md: from the declarations, the rules, and the figures in the JSON files beside it.

`make docs`. A table stands between `<!-- made: NAME -->` and `<!-- end -->`; everything outside is written by hand.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from innv_gui import analyzers
from innv_gui.analyzers.form import in_words, takes
from innv_gui.runtimes.code import function
from innv_gui.runtimes.keras.attribution import rules
from innv_gui.runtimes.keras.attribution import unweighted as ways
from innv_gui.runtimes.keras.attribution import weighted as linear
from innv_gui.runtimes.keras.attribution.layerwise import Propagation
from innv_gui.runtimes.keras.attribution.method import Method
from innv_gui.runtimes.keras.attribution.rules import Part, Rule, Share

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "methods.md"
BLOCK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

INPUTS = {"all": "x", "positive": "x⁺", "negative": "x⁻", "ones": "1", "low": "low", "high": "high"}
WEIGHTS = {"all": "W", "positive": "W⁺", "negative": "W⁻", "squared": "W²", "ones": "1"}
WEIGHTS |= {"raised": "(W + γ W⁺)", "lowered": "(W + γ W⁻)"}
BIASES = {"all": "b", "positive": "b⁺", "negative": "b⁻", "none": "", "raised": "b + γ b⁺", "lowered": "b + γ b⁻"}
OUTPUTS = {"any": "", "positive": "where W x + b ≥ 0: ", "negative": "else: "}
WAYS = {
    ways.PASS: "each value keeps its relevance",
    ways.GRADIENT: "back to where the values came from, by the transposed derivative; of several, the winner takes all",
    ways.PROPORTIONAL: "each input by its share of the output, x · Jᵀ (R / y); so do UpSampling2D, Resizing and resize "
    "where they interpolate",
    ways.GATE: "a gate (sigmoids, softmax, relu6(x + 3) / 6, comparisons) is held constant and takes nothing; other "
    "factors in equal parts",
    ways.PRODUCT: "sums of products: by share, a gate held constant; other factors in equal parts",
    ways.HALVES: "products of two: by share, half to each (AttnLRP)",
    ways.QUOTIENT: "the denominator is held constant and takes nothing",
    ways.NOTHING: "comparisons and choices take nothing",
}
SORTS = {
    "conv": "convolutions",
    "dense": "dense layers",
    "norm": "BatchNormalization",
    "own norm": "normalization by an input's own statistics",
}
KNOWN = {
    "z": rules.z(),
    "z, no bias": rules.z(bias=False),
    "ε": rules.epsilon(),
    "ε, no bias": rules.epsilon(bias=False),
    "α2β1": rules.alpha_beta(2, 1),
    "α2β1, no bias": rules.alpha_beta(2, 1, bias=False),
    "α1β0": rules.alpha_beta(1, 0),
    "z⁺": rules.alpha_beta(1, 0, bias=False),
    "z⁺ fast": rules.z_plus_fast(),
    "γ": rules.gamma(0.1),
    "α2β1, split bias": rules.alpha_beta_split(2, 1),
    "z⁺, positive bias": rules.alpha_beta_split(1, 0),
    "w²": rules.w_square(),
    "flat": rules.flat(),
    "bounded": rules.bounded(-1, 1),
    "preset norm": rules.preset_norm(),
}


def made(text: str) -> str:
    """The page with every table made again."""
    return BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", text)


def methods() -> str:
    """Every declared method."""
    rows = (
        (
            f"`{one.name}`",
            one.title,
            one.summary,
            f"[{one.citation}]({one.source})",
            one.targets.words,
            "yes" if one.signed else "no",
            ", ".join(one.runtimes),
        )
        for one in analyzers.all()
    )
    return _table("method | title | what it does | source | explains | signed | engines", rows)


def settings() -> str:
    """Every setting of every method; methods that share one share its row."""
    found: dict[tuple, list[str]] = {}
    for one in analyzers.all():
        for field in analyzers.describe(one)["fields"]:
            row = (f"`{field['name']}`", in_words(field["default"]), takes(field), field["description"])
            found.setdefault(row, []).append(f"`{one.name}`")
    rows = ((row[0], *row[1:], _methods(names)) for row, names in found.items())
    return _table("setting | default | takes | what it does | methods", rows)


def rule_formulas() -> str:
    """Every rule as the data that it is."""
    rows = ((name, _shares(rule), _zero(rule)) for name, rule in KNOWN.items())
    return _table("rule | shares: factor · [denominator Z] | Z of exactly zero", rows)


def places() -> str:
    """Which rule goes to which sort of layer, at the default settings."""
    runs = {one.name: function(one.run["native"]) for one in analyzers.all()}
    methods = {name: run.method for name, run in runs.items() if isinstance(run, Propagation)}
    rows = (_places(name, method(analyzers.check(name, {}))) for name, method in methods.items())
    head = "method | first layer | convolutions | dense layers | BatchNormalization not merged | LayerNormalization …"
    return _table(head, rows)


def layers() -> str:
    """Which layers have which way."""
    by_sort = ((SORTS[sort], "a rule (above)", _kinds(linear._KINDS, sort)) for sort in SORTS)
    by_way = ((way, WAYS[way], _kinds(ways.WAYS, way)) for way in WAYS)
    return _table("layers | relevance | classes", [*by_sort, *by_way])


def conformance() -> str:
    """The largest difference to iNNvestigate by method and network."""
    figures = _figures("conformance.json")["innvestigate"]
    networks = list(dict.fromkeys(one["network"] for one in figures))
    names = list(dict.fromkeys(one["method"] for one in figures))
    cells = {(one["method"], one["network"]): _difference(one) for one in figures}
    rows = ((f"`{name}`", *(cells.get((name, network), "–") for network in networks)) for name in names)
    return _table(" | ".join(["method", *networks]), rows)


def trust() -> str:
    """Insertion minus deletion and the other metrics, by method, one network after the other."""
    figures = _figures("trust.json")
    return "\n\n".join(_trusted(one) for one in figures)


def _trusted(one: dict) -> str:
    origin = "pretrained" if one["family"] == "inverted bottleneck" else "trained here"
    trained = origin if one["accuracy"] is None else f"{origin}, accuracy {one['accuracy']:.1%}"
    head = f"**{one['family']}** ({one['network']}, {trained}; {one['images']} images). {one['sentence']}"
    columns = {"difference": "ins − del", "deletion": "deletion", "insertion": "insertion"}
    if any("pointing" in row for row in one["rows"].values()):
        columns |= {"pointing": "pointing", "region_mass": "in the region"}
    columns |= {"sanity": "sanity", "stability": "stability", "sparseness": "sparseness"}
    order = sorted(one["rows"], key=lambda row: -one["rows"][row].get("difference", [-9])[0])
    rows = ((_row_name(one, row), *(_measured(one["rows"][row].get(name)) for name in columns)) for row in order)
    failed = "".join(f"\n\n`{row}`: {why}" for row, why in one["failed"].items())
    return f"{head}\n\n{_table(' | '.join(['method', *columns.values()]), rows)}{failed}"


def _row_name(one: dict, row: str) -> str:
    """In bold where it beats all three controls; a control in italics."""
    if row.startswith("control:"):
        return f"*{row.removeprefix('control:')}*"
    beats = one["rows"][row].get("difference", [0, 0, 0, 0, ""])[4]
    return f"**`{row}`**" if beats == "all" else f"`{row}`"


def _measured(cell: list | None) -> str:
    """Mean, half the width of its interval, and its place where others share it."""
    if cell is None:
        return "–"
    mean, low, high = cell[:3]
    return f"{mean:.2f} ± {(high - low) / 2:.2f}".replace("-", "−")


def applications() -> str:
    """What was found on the networks of keras.applications."""
    figures = _figures("conformance.json")["applications"]
    rows = ((one["network"], *_methods_run(one), _conserved(one), _wrong(one), f"`{one['code']}`") for one in figures)
    return _table(
        "network | methods run | only when told to | finite | lrp.z: sum / score | what failed | engine", rows
    )


def mutations() -> str:
    """What the tests say when the engine is wrong."""
    figures = _figures("mutations.json")
    rows = ((f"`{one['place']}`", one["mutation"], one["caught_by"] or "**nothing**") for one in figures)
    count = f"{sum(bool(one['caught_by']) for one in figures)} of {len(figures)} that were tried were caught.\n\n"
    return count + _table("function | what was made wrong | caught by", rows)


TABLES = {
    one.__name__: one
    for one in (methods, settings, rule_formulas, places, layers, conformance, applications, trust, mutations)
}


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    columns = head.split(" | ")
    lines = ["| " + head + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(_cell(one) for one in row) + " |" for row in rows)])


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _methods(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:2])} … {names[-1]} ({len(names)})"


def _shares(rule: Rule) -> str:
    return "; ".join(
        f"{OUTPUTS[share.outputs]}{in_words(float(share.factor)).replace('-', '−')} · [{_denominator(share)}]"
        for share in rule.shares
    )


def _denominator(share: Share) -> str:
    terms = [f"{'−' if part.sign < 0 else '+'} {_part(part)}" for part in share.parts]
    bias = [f"+ {BIASES[share.bias]}"] if BIASES[share.bias] else []
    return " ".join([*terms, *bias]).removeprefix("+ ")


def _part(part: Part) -> str:
    return (
        "1 · 1" if (part.inputs, part.weights) == ("ones", "ones") else f"{WEIGHTS[part.weights]} {INPUTS[part.inputs]}"
    )


def _zero(rule: Rule) -> str:
    if rule.epsilon is not None:
        return f"Z ← Z + {_added(rule)} sign(Z) everywhere, sign(0) = +"
    return "its message is 0" if rule.zero == float("inf") else f"becomes {in_words(rule.zero)}"


def _added(rule: Rule) -> str:
    """What is added to a denominator: the method's setting, or what keeps it from zero."""
    return in_words(rule.epsilon) if rule.epsilon == rules.STEADY else "ε"


def _places(name: str, method: Method) -> tuple[str, ...]:
    near, far = SimpleNamespace(is_first=True), SimpleNamespace(is_first=False)
    at_input = {_called(method.rule(near, sort, 1)) for sort in ("conv", "dense")}
    others = [_called(method.rule(far, sort, 10**6)) for sort in ("conv", "dense", "norm", "own norm")]
    first = "as elsewhere" if at_input <= set(others[:2]) else " or ".join(sorted(at_input))
    return f"`{name}`", first, *others


def _called(rule: Rule | str | None) -> str:
    """A rule's name, its settings aside."""
    if rule is None:
        return "gradient"
    if rule == ways.PASS:
        return "unchanged"
    return next(name for name, known in KNOWN.items() if _plain(known) == _plain(rule))


def _plain(rule: Rule) -> Rule:
    return replace(rule, epsilon=None if rule.epsilon is None else 1e-7, low=-1, high=1, gamma=0.0)


def _kinds(table: dict, wanted: str) -> str:
    return ", ".join(kind for kind, one in table.items() if wanted == (one[0] if isinstance(one, tuple) else one))


def _difference(figure: dict) -> str:
    value = figure["difference"]
    return figure.get("note") or "–" if value is None else "0" if not value else f"{value:.0e}".replace("e-0", "e-")


def _methods_run(figure: dict) -> tuple[str, str, str]:
    unchecked = ", ".join(f"`{name}`" for name in figure["unchecked"]) or "–"
    return str(len(figure["methods"])), unchecked, "yes" if figure["finite"] else "**no**"


def _conserved(figure: dict) -> str:
    return "–" if figure["sum_over_logit"] is None else f"{figure['sum_over_logit']:.4f}"


def _wrong(figure: dict) -> str:
    return "; ".join(f"`{name}`: {why}" for name, why in figure["failed"].items()) or "–"


def _figures(file: str) -> dict | list:
    return json.loads((DOCS / file).read_text())


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text()))
