"""Models as the JSON that goes out."""

from __future__ import annotations

from innv_gui.records import Model, as_plain
from innv_gui.session import Session
from innv_gui.session.accuracy import of_model
from innv_gui.session.labels import by_hand
from innv_gui.session.models import ModelEntry
from innv_gui.session.naming import naming_of
from innv_gui.trust.families import suggested
from innv_gui.web.api.common_answers import accuracy_json, job_id, naming_json, order_json, refused_json
from innv_gui.web.api.models.probe_answers import advice_json


def model_json(entry: ModelEntry, session: Session) -> dict:
    """A model in any state."""
    known = {
        "id": entry.id,
        "name": entry.name,
        "letter": entry.letter,
        "file": entry.file,
        "status": entry.status,
        "job": job_id(entry.job),
        **refused_json(entry),
    }
    return known | (_facts(entry.model, session) if entry.model is not None else {})


def _facts(model: Model, session: Session) -> dict:
    facts = model.facts
    return {
        "input": list(model.input_shape),
        "n_classes": model.n_classes,
        **naming_json(session.naming(model)),
        "borrowed": _borrowed(model, session),
        "by_hand": _by_hand(model, session),
        "label_order": order_json(session.label_order(model), session.naming(model)),
        "n_params": facts.n_params,
        "preprocessing": as_plain(model.preprocessing),
        "preprocessing_reason": facts.preprocessing_reason,
        "preprocessing_basis": facts.preprocessing_basis,
        "chosen_earlier": list(model.chosen_earlier),
        "preprocessing_detected": as_plain(facts.preprocessing),
        "advice": _advice(model, session),
        "accuracy": accuracy_json(of_model(model, session.suggestions(), session.probes.finished(model))),
        "notes": list(model.notes),
        "explained_layer": facts.explained_layer,
        "cam_layer": facts.cam_layer,
        "suggested": _suggested(model),
        "outputs": as_plain(facts.outputs) | {"named": model.source.outputs is not None},
        "output_names": list(facts.output_names),
        "sha256": facts.source.sha256,
    }


def _suggested(model: Model) -> dict | None:
    """The method that was measured to be worth most on such networks; None where none was."""
    found = suggested(model.facts.layers)
    return None if found is None else as_plain(found)


def _borrowed(model: Model, session: Session) -> dict:
    """Per dataset what the classes are called beside it, where that is not what they are called elsewhere."""
    if model.naming is not None:
        return {}
    usual, opened = session.naming(model), (entry.dataset for entry in session.datasets.entries() if entry.dataset)
    found = {dataset.id: naming_of(model, dataset) for dataset in opened}
    return {id: naming_json(naming) for id, naming in found.items() if naming != usual}


def _by_hand(model: Model, session: Session) -> dict:
    """Per dataset the labels that a person mapped to classes, where there are any."""
    if not model.by_hand:
        return {}
    opened = (entry.dataset for entry in session.datasets.entries() if entry.dataset)
    return {dataset.id: mapped for dataset in opened if (mapped := by_hand(model, dataset))}


def _advice(model: Model, session: Session) -> dict | None:
    """What the accuracy probe advises; None where there is nothing to say."""
    probe = session.probes.finished(model)
    return None if probe is None else advice_json(probe)
