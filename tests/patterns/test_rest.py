"""Patterns by REST and Python, with real workers: ask, follow, explain; refusals."""

import numpy as np
import pytest

from innv_gui.errors import AnalyzerRefused


def test_patterns_are_fitted_once_and_then_used(client, session, sample_models, sample_datasets):
    model, digits = sample_models["digits_mlp"], sample_datasets["digits"]
    with pytest.raises(AnalyzerRefused, match="patterns fitted on images, and digits_mlp has none"):
        session.explain(model, digits[:1], "pattern.attribution")
    assert client.get(f"/api/v1/models/{model.id}/patterns").json == {"fit": None}
    answer = client.post("/api/v1/patterns", json={"model": model.id, "dataset": digits.id})
    assert answer.status_code == 202 and answer.json["job"]["total"] == len(digits)
    fit = session.jobs.get(answer.json["job"]["id"]).wait().result
    known = client.get(f"/api/v1/models/{model.id}/patterns").json["fit"]
    assert (known["dataset"], known["n_images"], known["sha256"]) == ("digits", len(digits), fit.sha256)
    assert session.fit_patterns(model, digits) == fit
    for method in ("pattern.net", "pattern.attribution"):
        run = session.explain(model, digits[:3], method)
        assert np.isfinite(run[model].maps).all() and run[model].maps.any(axis=(1, 2, 3, 4)).all()
        assert any("1,797 images of digits" in note for note in run.cell(model, 0).notes)


def test_a_fit_of_what_is_not_there_is_refused(client, sample_models, sample_datasets):
    for body, field in (({"model": "m99"}, "models"), ({"dataset": "d99"}, "datasets")):
        usual = {"model": sample_models["digits_mlp"].id, "dataset": sample_datasets["digits"].id}
        answer = client.post("/api/v1/patterns", json=usual | body)
        assert answer.status_code == 404 and answer.json["error"]["message"], field
    assert client.post("/api/v1/patterns", json={"model": "m1"}).status_code == 400
    assert client.get("/api/v1/models/m99/patterns").status_code == 404
