"""Methods of third parties through Python, REST, the command line and the pages, installed as people install them."""

import json
import os
import subprocess
import sys

import h5py
import numpy as np
import pytest

from innv_gui import analyzers, cli
from innv_gui.errors import AnalyzerRefused, BadInput, WorkFailed
from innv_gui.extensions import sources
from innv_gui.web.app import create_app
from tests.extensions.conftest import EXAMPLES
from tests.extensions.test_catalog import GOOD, HEAD

FAILING = """
def divide(question):
    return question.x / [0][1]

FAILING = Analyzer(name="failing", title="Failing", summary="Fails.", display=SIGNED, run=divide)

def flat(question):
    return question.x.mean(axis=(1, 2))

FLAT = Analyzer(name="flat", title="Flat", summary="Gives no map.", display=SIGNED, run=flat)
"""

REASONS = """
def gini(ground):
    return ground.of_probabilities(lambda p: 1 - (p.mean(axis=0) ** 2).sum(axis=-1))

GINI = Reason("gini", "Gini impurity", "Probabilities spread over many classes.", gini)

def one_number(ground):
    return gini(ground).max()

SHORT = Reason("one_number", "One number", "Gives too little.", one_number)
WRONG = Reason("wrong", "Wrong", "Fails.", lambda ground: ground.nothing)
WHY = Reason("why", "Why", "Says why.", gini, lambda ground, row, value: f"{ground.name(row)} has {value:.1f}.")
"""

VIEWS = """
def means(selection):
    assert selection.class_names and len(selection.names) == len(selection.x)
    classes = selection.probabilities().argmax(axis=1)
    return [
        Table("Means", ("image", "mean"), tuple(zip(selection.names, selection.x.mean(axis=(1, 2, 3))))),
        Image("First", selection.x[0]),
        Plot("Slopes", "lines", (1, 2), {"size": tuple(abs(selection.gradient(classes)).mean(axis=(1, 2, 3))[:2])}),
    ] * selection.params["times"]

MEANS = View("means", "Means", "Means of the input.", means, settings={"times": Whole(1, "Times", "How.", high=3)})

def nothing(selection):
    return 7

NOTHING = View("nothing", "Nothing", "Gives nothing.", nothing)
SMALL = View("small", "Small", "Takes one image.", means, most_images=1)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of plug-ins: one that works, two that fail when they run, one that cannot be read."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "mine.py").write_text(GOOD.replace("question.x\n", "question.x * question.params['size']\n"))
    (folder / "failing.py").write_text(HEAD + FAILING)
    (folder / "views.py").write_text(HEAD + VIEWS)
    (folder / "reasons.py").write_text(HEAD + REASONS)
    (folder / "heavy.py").write_text("import tensorflow\n")
    (folder / "hsic.py").write_text((EXAMPLES / "innv_gui_examples" / "hsic.py").read_text())
    return folder


@pytest.fixture(scope="module")
def session(plugged):
    return plugged


@pytest.fixture(scope="module")
def model(session):
    file = next(path for path in session.sample_models() if path.name == "digits_mlp.keras")
    return session.add_model(file, preprocessing="unit")


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).uniform(0, 1, (3, 32, 32, 1)).astype(np.float32)


def test_a_worker_runs_the_code_behind_the_declaration(session, model, x):
    run = session.explain(model, x, "mine", {"size": 4})
    np.testing.assert_array_equal(run[model].maps[:, 0], x * 4)
    assert run[model].engine == "native"


def test_the_example_finds_what_the_model_looks_at(session, model, x):
    run = session.explain(model, x, "hsic", {"masks": 64, "cells": 4})
    assert run[model].maps.shape == (3, 1, 32, 32, 1) and (run[model].maps >= 0).all() and run[model].maps.any()


@pytest.mark.parametrize(
    ("name", "words"),
    [("failing", r"failing failed: IndexError: list index out of range \(line 8\)"), ("flat", "gave maps of shape")],
)
def test_an_error_of_its_code_is_a_sentence_that_names_it(session, model, x, name, words):
    with pytest.raises(WorkFailed, match=words):
        session.explain(model, x, name)


def test_code_that_changed_under_the_server_is_refused_and_not_mixed(session, model, x, monkeypatch):
    known = analyzers.origin("mine")
    other = sources.Origin(known.kind, known.name, "0" * 64)
    monkeypatch.setattr(analyzers, "origin", lambda name: other)
    with pytest.raises(AnalyzerRefused, match="its file has changed"):
        session.explain(model, x, "mine", {"size": 3})


def test_a_changed_plugin_has_other_kept_maps(session, model, x, monkeypatch):
    first = session.explain(model, x, "mine", {"size": 5})
    again = session.explain(model, x, "mine", {"size": 5})
    assert again.cell(model, 0).cached and not first.cell(model, 0).cached
    from innv_gui.session.explain import map_keys

    request, known = first.request, analyzers.origin("mine")
    key = lambda: map_keys.map_key(request, model, request.targets[0], request.items[0])  # noqa: E731
    before = key()
    monkeypatch.setattr(analyzers, "origin", lambda name: sources.Origin(known.kind, known.name, "1" * 64))
    assert key() != before


@pytest.fixture(scope="module")
def suggestion(session, model, tmp_path_factory):
    file = tmp_path_factory.mktemp("images") / "images.npy"
    np.save(file, np.random.default_rng(1).integers(0, 255, (20, 32, 32, 1), np.uint8))
    return session.suggest(model, file)


def test_a_reason_ranks_images_beside_the_built_in_ones(suggestion):
    found = suggestion.lists.get("gini")
    p = np.stack([suggestion.table.probabilities(suggestion.models[0].id, np.array([row]))[0] for row in range(20)])
    np.testing.assert_allclose(found.values, 1 - (p.astype(float) ** 2).sum(axis=1), rtol=1e-5)
    assert list(found.values[found.rows]) == sorted(found.values[found.rows], reverse=True)
    assert found.reason(3) == f"Gini impurity: {found.values[3]:.4g}."
    assert suggestion.lists.get("why").reason(3).endswith(f"has {found.values[3]:.1f}.")


def test_a_reason_that_fails_says_so_where_its_list_would_be(suggestion):
    offers = {offer.name: offer for offer in suggestion.lists.offers()}
    assert offers["gini"].available and offers["gini"].n == 20 and offers["entropy"].available
    assert not offers["wrong"].available and "wrong failed: AttributeError" in offers["wrong"].reason
    assert not offers["one_number"].available and "expected one number per image, (20,)" in offers["one_number"].reason


@pytest.fixture(scope="module")
def client(session):
    client = create_app(session, "token").test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer token"
    return client


def test_a_view_gives_tables_images_and_plots(session, model, x):
    table, image, plot = session.view(model, x, "means")[model]
    np.testing.assert_allclose([value for _, value in table.rows], x.mean(axis=(1, 2, 3)), rtol=1e-5)
    np.testing.assert_array_equal(image.pixels, np.round(x[0, :, :, 0] * 255).astype(np.uint8))
    assert len(plot.series["size"]) == 2 and min(plot.series["size"]) > 0
    with pytest.raises(WorkFailed, match="The view nothing gave int"):
        session.view(model, x, "nothing")
    with pytest.raises(BadInput, match="at most 1 images, got 3"):
        session.view(model, x, "small")


def test_the_built_in_view_tells_what_the_model_answers(session, model, x):
    table, plot = session.view(model, x, "class_probabilities", {"classes": 2})[model]
    p = session.predict(model, x)
    for row, own in zip(table.rows, p, strict=True):
        assert row[2].endswith(f" {own.max():.3f}") and len(row) == 4
    assert sum(plot.series["images"]) == 3


def test_views_through_rest(client, session, model, suggestion):
    views = {one["name"]: one for one in client.get("/api/v1/views").get_json()["views"]}
    assert views["means"]["from"] == "views.py" and views["class_probabilities"]["from"] == ""
    dataset = suggestion.dataset.id
    body = {"view": "means", "models": [model.id], "dataset": dataset, "images": [0, 2], "params": {"times": 2}}
    answer = client.post("/api/v1/views", json=body)
    assert answer.status_code == 202
    id = answer.get_json()["view"]["id"]
    session.shown_view(id).job.wait()
    shown = client.get(f"/api/v1/views/{id}?theme=dark").get_json()
    (made,) = shown["models"]
    assert shown["status"] == "done" and [part["kind"] for part in made["parts"]] == ["table", "image", "plot"] * 2
    assert len(made["parts"][0]["rows"]) == 2 and made["parts"][2]["item"]["doc"]
    picture = client.get(f"/api/v1/views/{id}/images/{model.id}/1.png")
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    for address, status in ((f"views/{id}/images/{model.id}/0.png", 404), ("views/v-none", 404)):
        assert client.get(f"/api/v1/{address}").status_code == status
    for wrong, status in (({"view": "none"}, 400), ({"params": {"times": 4}}, 400), ({"images": [99]}, 404)):
        assert client.post("/api/v1/views", json=body | wrong).status_code == status
    check = client.post("/api/v1/views/means/check", json={"params": {"times": 0.5}})
    assert check.status_code == 400 and check.get_json()["error"]["field"] == "params.times"


def test_rest_describes_checks_and_refuses_by_the_declaration(client):
    told = client.get("/api/v1/analyzers").get_json()
    (mine,) = [one for one in told["analyzers"] if one["name"] == "mine"]
    assert mine["from"] == "mine.py" and [field["name"] for field in mine["fields"]] == ["size", "way"]
    assert [(one["from"], "at the top of the file" in one["reason"]) for one in told["refused"]] == [("heavy.py", True)]
    answer = client.post("/api/v1/analyzers/mine/check", json={"params": {"way": "c"}})
    assert answer.status_code == 400 and answer.get_json()["error"]["allowed"] == ["a", "b"]


def test_the_pages_of_help_tell_of_it_and_of_what_is_not_loaded(client):
    page, entry = (client.get(address).get_data(as_text=True) for address in ("/help", "/help/methods/hsic"))
    assert "Plug-ins that cannot be used" in page and "heavy.py imports tensorflow at the top of the file" in page
    assert "Random masks that are tried" in entry and "hsic.py, a plug-in" in entry and "Novello et al. 2022" in entry


def test_the_command_line_lists_and_explains(folder, session, tmp_path, capsys):
    assert cli.main(["methods", "--plugins", str(folder)]) == 0
    told = capsys.readouterr()
    assert "hsic" in told.out and "masks=256" in told.out and "the plug-in heavy.py is not loaded" in told.err
    assert cli.main(["doctor", "--plugins", str(folder)]) in (0, 1)
    assert "Plug-in not loaded: heavy.py. " in capsys.readouterr().out
    assert cli.main(["methods", "--plugins", str(tmp_path / "missing")]) == 2
    assert "Expected a folder of plug-ins" in capsys.readouterr().err


def test_an_installed_package_is_found_by_its_entry_points(tmp_path):
    """pip itself installs it; a fresh process, with workers of its own, explains by it."""
    source, site = tmp_path / "source", tmp_path / "site"
    subprocess.run(["cp", "-r", str(EXAMPLES), str(source)], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--disable-pip-version-check", "--target", str(site), str(source)], check=True)
    environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    image, out = tmp_path / "image.npy", tmp_path / "run.h5"
    np.save(image, np.zeros((1, 32, 32, 1), np.uint8))
    run = ["explain", "--model", "sample_models/digits_mlp.keras", "--images", str(image), "--analyzer", "hsic"]
    arguments = [*run, "--param", "masks=32", "--param", "cells=2", "--out", str(out)]
    both = "import sys; from innv_gui.cli import main; sys.exit(main(sys.argv[1:]) or main(['doctor']))"
    done = subprocess.run([sys.executable, "-c", both, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "method of innv-gui-examples 1.0" in done.stdout
    with h5py.File(out) as file:
        assert "hsic" in json.dumps({name: str(value) for name, value in file.attrs.items()})
