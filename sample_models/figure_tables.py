"""The tables of README.md, from the figures that train.py measures. Needs no TensorFlow."""

from __future__ import annotations

import re

BYTES_PER_KB = 1000


def refreshed(readme: str, figures: dict) -> str:
    """The text with each table between `<!-- name -->` and `<!-- /name -->` made anew."""
    tables = {"models": models(figures), "weather": weather(figures), "sky": sky(figures)}
    for name, rows in tables.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        readme = re.sub(pattern, lambda found, rows=rows: found[1] + rows + found[2], readme, flags=re.DOTALL)
    return readme


def models(figures: dict) -> str:
    """Files with parameters, size and accuracy on pictures that were not trained on."""
    rows = [("file", "parameters", "size", "accuracy on held-out digits")]
    for name, found in figures.items():
        if "sky share" not in found:
            size = f"{found['bytes'] / BYTES_PER_KB:.0f} kB"
            rows.append((f"`{name}`", f"{found['parameters']:,}", size, _percent(found["accuracy"])))
    return _table(rows)


def weather(figures: dict) -> str:
    """Accuracy of the two weather models on the 400 pictures and their parts."""
    found = {name: f for name, f in figures.items() if "sky share" in f}
    parts = next(iter(found.values()))["accuracy"]
    rows = [("file", "parameters", "size", *parts)]
    for name, f in found.items():
        size = f"{f['bytes'] / BYTES_PER_KB:.0f} kB"
        rows.append((f"`{name}`", f"{f['parameters']:,}", size, *map(_percent, f["accuracy"].values())))
    return _table(rows)


def sky(figures: dict) -> str:
    """Where the two models find positive relevance for "vehicle": share inside the sky."""
    found = {name: f["sky share"] for name, f in figures.items() if "sky share" in f}
    rows = [("method", "pictures", *(f"`{name}`" for name in found))]
    for method, groups in next(iter(found.values())).items():
        for group in groups:
            rows.append((method, group, *(_share(shares[method][group]) for shares in found.values())))
    return _table(rows)


def _share(measured: dict) -> str:
    return f"{_percent(measured['share'])} of {measured['pictures']}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *body = rows
    lines = [head, tuple("---" for _ in head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
