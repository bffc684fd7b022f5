"""What is saved of a view: a picture, a page, and a script that gives the same maps in a session of its own."""

import io
import re
import runpy
import sys

import h5py
import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import BadInput
from innv_gui.plots.sheet_layout import TILE_PX, layout
from innv_gui.plots.sheet_paint import png
from innv_gui.session.explain.overlays import Look
from innv_gui.session.explain.script import script_of
from innv_gui.session.explain.sheets import file_name, sheet_of
from tests.conftest import SAMPLES


@pytest.fixture(scope="module")
def run(session, sample_models, sample_datasets):
    models = [sample_models[name] for name in ("weather_shortcut", "weather_clean")]
    return session.explain(models, sample_datasets["weather"][[0, 5, 201]], "lrp.epsilon", {"epsilon": 1e-3}, class_=1)


@pytest.mark.usefixtures("lent_workers")
def test_the_script_gives_the_same_maps_in_another_session(run, session, tmp_path, monkeypatch):
    script = tmp_path / "again.py"
    script.write_text(script_of(run, session.datasets.place(run.request.dataset)))
    monkeypatch.setattr(sys, "argv", [str(script), str(tmp_path / "again.h5")])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script), run_name="__main__")
    with h5py.File(tmp_path / "again.h5") as file:
        for model in run.models:
            maps = np.moveaxis(run[model].maps[:, 0], -1, 1)
            again = file[f"models/{'AB'[run.models.index(model)]}/attribution"][:]
            np.testing.assert_allclose(again, maps, atol=1e-6 * np.abs(maps).max())


@pytest.mark.usefixtures("lent_workers")
def test_the_script_of_a_list_names_its_images_in_the_whole_that_it_opens(
    session, sample_models, sample_datasets, tmp_path, monkeypatch
):
    whole, model = sample_datasets["weather"], sample_models["weather_clean"]
    outer = session.datasets.add_part(whole, "outer", np.array([0, 5, 201]))
    inner = session.datasets.add_part(outer.dataset, "inner", np.array([1, 2]))
    run = session.explain(model, inner.dataset, "gradient", class_=1)
    script = tmp_path / "again.py"
    script.write_text(script_of(run, session.datasets.place(inner.dataset)))
    for entry in (outer, inner):
        session.datasets.remove(entry.id)
    monkeypatch.setattr(sys, "argv", [str(script), str(tmp_path / "again.h5")])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script), run_name="__main__")
    with h5py.File(tmp_path / "again.h5") as file:
        maps = np.moveaxis(run[model].maps[:, 0], -1, 1)
        np.testing.assert_allclose(file["models/A/attribution"][:], maps, atol=1e-6 * np.abs(maps).max())
    assert [item.name for item in run.items] == [whole[position].name for position in (5, 201)]


@pytest.mark.usefixtures("lent_workers")
def test_the_script_refuses_another_file(run, session, tmp_path, monkeypatch):
    text = script_of(run, session.datasets.place(run.request.dataset))
    sha256 = run.models[0].source.sha256
    script = tmp_path / "again.py"
    script.write_text(text.replace(sha256, "0" * 64))
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="not the file that was explained"):
        runpy.run_path(str(script), run_name="__main__")
    assert not list(tmp_path.glob("*.h5"))


@pytest.mark.usefixtures("lent_workers")
@pytest.mark.parametrize("fitted_on", ["the same images", "others", "others that are not given"])
def test_the_script_fits_the_patterns_that_were_used(tmp_path, monkeypatch, fitted_on):
    for folder, n in (("explained", 4), ("others", 6)):
        (tmp_path / folder).mkdir()
        for which in range(n):
            pixels = np.random.default_rng(which + n).integers(0, 256, (32, 32), np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / f"{which}.png")
    with Session(tmp_path / "workspace") as session:
        model, images = session.add_model(SAMPLES / "digits_mlp.keras"), session.add_dataset(tmp_path / "explained")
        fit = session.fit_patterns(model, images if fitted_on == "the same images" else tmp_path / "others")
        run = session.explain(model, images[:2], "pattern.net")
        maps, text = np.moveaxis(run[model].maps[:, 0], -1, 1), script_of(run, session.datasets.place(images))
    script, file = tmp_path / "again.py", tmp_path / "again.h5"
    script.write_text(text)
    more = [str(tmp_path / "others")] if fitted_on == "others" else []
    monkeypatch.setattr(sys, "argv", [str(script), str(file), *more])
    if fitted_on == "others that are not given":
        with pytest.raises(SystemExit, match="were fitted on 6 images of others, which are not these: give"):
            runpy.run_path(str(script), run_name="__main__")
        assert not file.exists()
        return
    runpy.run_path(str(script), run_name="__main__")
    with h5py.File(file) as again:
        said = again["models/A"].attrs
        assert (said["patterns_sha256"], said["patterns_dataset"]) == (fit.sha256, fit.dataset)
        np.testing.assert_allclose(again["models/A/attribution"][:], maps, atol=1e-6 * np.abs(maps).max())


@pytest.mark.usefixtures("lent_workers")
def test_the_script_says_in_a_sentence_why_it_cannot_go_on(run, session, tmp_path, monkeypatch):
    script = tmp_path / "again.py"
    script.write_text(script_of(run, str(tmp_path / "nowhere")))
    monkeypatch.setattr(sys, "argv", [str(script)])
    with pytest.raises(SystemExit, match="There is no folder or file.*nowhere"):
        runpy.run_path(str(script), run_name="__main__")


def test_a_run_over_arrays_has_no_script(session, sample_models):
    run = session.explain(sample_models["digits_mlp"], np.zeros((1, 32, 32, 1), np.float32), "gradient")
    with pytest.raises(BadInput, match="not in a file"):
        script_of(run, "")


def test_the_sheet_has_a_tile_a_map_and_says_what_was_asked(run, session):
    sheet = sheet_of(run, session.pictures, Look(opacity=1.0))
    assert len(sheet.rows) == 3 and len(sheet.columns) == 2
    assert all(row.picture and all(tile.picture for tile in row.tiles) for row in sheet.rows)
    facts = dict(sheet.facts)
    assert "epsilon 0.001" in facts["parameters"] and facts["engine"] == "native" and "tensorflow" in facts["made by"]
    assert any("explained: vehicle" in line.text for line in sheet.rows[0].tiles[0].lines)
    assert Image.open(io.BytesIO(png(layout(sheet)))).width > 3 * TILE_PX


def test_the_sheet_says_what_the_page_says(run, session):
    """Label, verdict, what colours mean, and each model by its name."""
    sheet = sheet_of(run, session.pictures, Look(clip=99))
    assert [str(column) for column in sheet.columns] == [f"{model.letter} {model.name}" for model in run.models]
    assert [row.label for row in sheet.rows] == ["tree", "tree", "vehicle"]
    for row in sheet.rows:
        for tile in row.tiles:
            right = tile.lines[0].text.startswith(row.label)
            assert tile.lines[1].text == ("as labelled" if right else "not as labelled")
            assert tile.lines[1].tone == ("ok" if right else "bad")
    assert sheet.scale.ends == ("-1", "1") and "99 % percentile" in sheet.scale.words
    assert sheet.scale.colours[len(sheet.scale.colours) // 2].startswith("#f")
    assert file_name(run, "png") == "weather-weather_shortcut+weather_clean-lrp.epsilon.png"


def test_neurons_have_a_column_each(session, sample_models, sample_datasets):
    run = session.explain(sample_models["digits_cnn"], sample_datasets["digits"][:2], "gradient", top_neurons=4)
    sheet = sheet_of(run, session.pictures)
    assert len(sheet.columns) == 4 and sheet.columns[3].name.endswith("4 of 4")
    lines = [tile.lines[-1].text for tile in sheet.rows[0].tiles]
    assert len(set(lines)) == 4


def test_a_failed_image_leaves_its_reason(session, sample_models, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    Image.new("L", (32, 32), 90).save(tmp_path / "good.png")
    images = [tmp_path / "bad.png", tmp_path / "good.png"]
    sheet = sheet_of(session.explain(sample_models["digits_mlp"], images, "gradient"), session.pictures)
    [bad], [good] = (row.tiles for row in sheet.rows)
    assert bad.picture is None and "bad.png" in bad.lines[0].text and sheet.rows[0].picture is None
    assert good.picture and sheet.rows[1].picture


def test_exports_over_rest_are_saved_not_shown(run, session):
    from innv_gui.web.app import create_app

    client = create_app(session, "t" * 32).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {'t' * 32}"
    names = (
        ("sheet.png", "image/png"),
        ("sheet.svg", "image/svg+xml"),
        ("report.html", "text/html"),
        ("script.py", "text/x-python"),
    )
    for name, kind in names:
        answer = client.get(f"/api/v1/explanations/{run.id}/{name}")
        assert answer.status_code == 200 and answer.mimetype == kind
        stem = f"weather-weather_shortcut+weather_clean-lrp.epsilon.{name.split('.')[1]}"
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{stem}"')
    page = client.get(f"/api/v1/explanations/{run.id}/report.html?opacity=0.5&clip=99").text
    assert page.count("<img") == 9 and "session.explain" in page and not re.search(r"https?://(?!doi)", page)
    assert client.get(f"/api/v1/explanations/{run.id}/sheet.png?opacity=2").status_code == 400
    assert client.get(f"/api/v1/explanations/{run.id}/sheet.png?size=1025").status_code == 400
    small, large = (client.get(f"/api/v1/explanations/{run.id}/sheet.png?size={size}").data for size in (64, 320))
    assert Image.open(io.BytesIO(small)).width < Image.open(io.BytesIO(large)).width
