"""Accuracy probes as the JSON that goes out."""

from __future__ import annotations

from innv_gui.records import Model, as_plain
from innv_gui.session.probe.probe import Probe, percent
from innv_gui.session.probe.shelf import Probes, refusal


def probe_json(probes: Probes, model: Model) -> dict:
    """The latest probe of a model in any state; see STATES."""
    state, asked = probes.state(model)
    probe = probes.finished(model)
    return {
        "model": model.id,
        "state": state,
        "reason": refusal(model),
        "dataset": None if asked is None else {"id": asked.dataset.id, "name": asked.dataset.name},
        "job": None if asked is None else asked.job.as_json(),
        **(_found(probe) if probe is not None else {"n": 0, "rows": [], "notes": [], "advice": None, "verdict": ""}),
    }


def _found(probe: Probe) -> dict:
    return {
        "n": probe.n,
        "rows": [_row(row) for row in probe.rows()],
        "notes": list(probe.notes),
        "advice": advice_json(probe),
        "verdict": probe.verdict,
    }


def _row(row: dict) -> dict:
    return {**row, "rule": as_plain(row["rule"]), "percent": percent(row["accuracy"])}


def advice_json(probe: Probe) -> dict | None:
    """The rule to take instead, in words and figures; None where the model's own is as good as any."""
    if probe.advised is None:
        return None
    return {"preprocessing": as_plain(probe.advised), "sentence": probe.advice, **probe.figures()}
