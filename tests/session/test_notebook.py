"""How values look in a notebook: short, escaped, and with the pictures that a person wants to see."""

import re

import numpy as np
import pytest

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import replace
from innv_gui.session.models import ModelShelf
from innv_gui.web.app import create_app


@pytest.fixture(scope="module")
def run(session, sample_models, sample_datasets):
    models = [sample_models[name] for name in ("weather_shortcut", "weather_clean")]
    return session.explain(models, sample_datasets["weather"][:2], "grad_cam")


def test_every_value_is_one_short_line_and_a_small_table(run, sample_models, sample_datasets):
    model = sample_models["weather_clean"]
    for value in (model, sample_datasets["weather"], sample_datasets["weather"][:2], run, run[model], run.show()):
        assert len(repr(value)) < 200 and "\n" not in repr(value), repr(value)
        assert repr(value).startswith("<") and value._repr_html_().startswith("<div>")
    assert "64 × 64 × 3 to 2 classes" in repr(model)
    assert "400 images" in repr(sample_datasets["weather"]) and "2 images" in repr(sample_datasets["weather"][:2])


def test_a_model_that_failed_is_named(session, sample_models):
    models = [sample_models[name] for name in ("digits_mlp", "weather_clean")]
    run = session.explain(models, np.zeros((2, 32, 32, 1), np.float32), "gradient")
    assert "under digits_mlp, weather_clean (failed), done" in repr(run)
    refused = AnalyzerRefused("It does not know this model.", "Try another.", "analyzer", ("gradient",))
    for model in models:
        run.fail(model, refused)
    with pytest.raises(AnalyzerRefused, match="weather_clean: It does not know this model. Try another.") as caught:
        run.raise_if_nothing()
    assert caught.value.allowed == ("gradient",)


def test_names_from_files_are_text_in_a_notebook(sample_models):
    strange = replace(sample_models["weather_clean"], name="<img onerror=x>", notes=("<script>", "n" * 5000))
    html = strange._repr_html_()
    assert "&lt;img onerror" in html and "<script" not in html and "<img" not in html and len(html) < 3000


def test_a_run_shows_its_maps_and_one_of_them_over_its_image(run, sample_models):
    html = run.show()._repr_html_()
    assert len(re.findall(r'<img width="168"', html)) == 6 and "<script" not in html and "<style" not in html
    assert len(re.findall("<img", run.show(images=1)._repr_html_())) == 3
    for none in (0, -1, 1.5, "2", True):
        with pytest.raises(BadInput, match="at least 1"):
            run.show(none)
    explanation = run[sample_models["weather_clean"]]
    plain, covered = (np.asarray(explanation.overlay(1, opacity=opacity), int) for opacity in (0, 1))
    assert plain.shape == covered.shape == (256, 256, 3) and np.abs(plain - covered).mean() > 20
    with pytest.raises(BadInput, match="colour map"):
        explanation.overlay(0, colormap="none such")


@pytest.mark.parametrize("given", [{"file": "VGG16", "weights": "random"}, {"file": "VGG16@random"}])
def test_a_network_by_name_means_the_same_however_its_weights_are_named(given):
    class Begun:
        def start(self, *_):
            return None

    entry = ModelShelf(lambda: None, Begun()).start(**given)
    assert (entry.source.application, entry.source.weights, entry.name) == ("VGG16", "random", "VGG16")


@pytest.mark.parametrize("name", ["/etc/passwd", "VGG16@/etc/passwd", "VGG99", "../x.keras"])
def test_rest_takes_a_networks_name_for_a_name_and_never_for_a_path(session, name):
    client = create_app(session, "t" * 32).test_client()
    answer = client.post("/api/v1/models", json={"application": name}, headers={"Authorization": f"Bearer {'t' * 32}"})
    assert answer.status_code == 400 and "is not a network of keras.applications" in answer.json["error"]["message"]
