"""The sample images and models keep what their README says."""

import csv
import hashlib
import json
import multiprocessing
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from innv_gui import samples
from innv_gui.errors import BadInput, Conflict, WorkFailed
from innv_gui.folders import folder
from innv_gui.samples import digits, making, weather

MODELS = folder("sample_models")
FIGURES = json.loads((MODELS / "figures.json").read_text())
WEATHER_FILES = ("weather_shortcut.keras", "weather_clean.keras")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("workspace")
    return samples.make(root)


@pytest.fixture(scope="module")
def measure():
    sys.path.insert(0, str(MODELS))
    try:
        return pytest.importorskip("measure")
    finally:
        sys.path.remove(str(MODELS))


@pytest.fixture(scope="module")
def loaded(measure):
    return {name: measure.keras.models.load_model(MODELS / name, compile=False) for name in FIGURES}


@pytest.fixture(scope="module")
def pictures(measure):
    return measure.weather_pictures(making.SEEDS)


def _facts(made):
    with (made["weather"].parent / making.FACTS).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


class TestPictures:
    def test_a_seed_always_gives_the_same_picture(self):
        first, mask = weather.draw(12, "vehicle", "cloudy")
        weather.draw(13, "tree", "sunny")
        again, mask_again = weather.draw(12, "vehicle", "cloudy")
        assert np.array_equal(first, again) and np.array_equal(mask, mask_again)
        assert first.shape == (64, 64, 3) and first.dtype == np.uint8
        assert mask.shape == (64, 64) and mask.dtype == bool

    def test_seeds_kinds_and_skies_all_make_a_difference(self):
        drawn = [weather.draw(s, k, w)[0].tobytes() for s in range(20) for k in weather.KINDS for w in weather.SKIES]
        assert len(set(drawn)) == 80

    @pytest.mark.parametrize("kind", weather.KINDS)
    def test_only_the_sky_differs_between_the_two_skies_of_a_scene(self, kind):
        cloudy, mask = weather.draw(5, kind, "cloudy")
        sunny, mask_too = weather.draw(5, kind, "sunny")
        assert np.array_equal(mask, mask_too)
        changed = (cloudy != sunny).any(-1)
        assert changed[mask].mean() > 0.95
        # At the edge a pixel is part object, part sky, and may differ though the mask leaves it out.
        assert changed[~mask].mean() < 0.12

    @pytest.mark.parametrize("kind", weather.KINDS)
    def test_the_sky_is_above_and_the_object_is_not_in_it(self, kind):
        masks = np.stack([weather.sky_mask(seed, kind, "sunny") for seed in range(40)])
        assert masks[:, :2].mean() > 0.95 and not masks[:, 48:].any()
        assert 0.4 < masks.mean() < 0.75
        assert np.array_equal(masks[7], weather.draw(7, kind, "sunny")[1])

    @pytest.mark.parametrize(("kind", "sky", "field"), [("boat", "sunny", "kind"), ("tree", "snow", "sky")])
    def test_an_unknown_kind_or_sky_is_refused_by_name(self, kind, sky, field):
        with pytest.raises(BadInput) as refused:
            weather.draw(0, kind, sky)
        assert refused.value.field == field and refused.value.allowed

    def test_digits_keep_their_ink_when_enlarged(self):
        shown, labels = digits.pictures()
        assert shown.shape == (1797, 32, 32) and shown.dtype == np.uint8
        assert Counter(labels.tolist())[3] == 183
        cells = shown.reshape(-1, 8, 4, 8, 4).mean((2, 4)) / 255 * 16
        from sklearn.datasets import load_digits

        assert np.abs(cells - load_digits().images).mean() < 1  # of sixteen levels

    def test_a_fifth_of_the_digits_is_held_out(self):
        assert digits.held_out().sum() == 359
        assert np.array_equal(digits.held_out(), digits.held_out())


class TestMaking:
    def test_all_1797_digits_and_400_weather_pictures_are_made(self, made):
        assert len(list(made["digits"].glob("*/digit_*.png"))) == 1797
        assert {p.name for p in made["digits"].iterdir() if p.is_dir()} == set("0123456789")
        facts = _facts(made)
        assert len(facts) == len(list(made["weather"].glob("*/*.png"))) == 400
        assert Counter((f["label"], f["sky"]) for f in facts) == dict.fromkeys(
            [(k, s) for k in weather.KINDS for s in weather.SKIES], 100
        )

    def test_the_facts_lead_back_to_each_picture(self, made):
        for row in _facts(made)[::37]:
            file = Image.open(made["weather"] / row["file"])
            drawn, _ = weather.draw(int(row["seed"]), row["label"], row["sky"])
            assert np.array_equal(np.asarray(file), drawn)

    def test_file_names_tell_nothing_of_the_sky(self, made):
        facts = _facts(made)
        assert len({Path(f["file"]).name for f in facts}) == 400
        numbers = np.array([int(Path(f["file"]).stem[4:]) for f in facts])
        for known in ("sky", "label"):
            groups = np.array([f[known] for f in facts])
            means = [numbers[groups == g].mean() for g in np.unique(groups)]
            assert abs(means[0] - means[1]) < 3 * numbers.std() * np.sqrt(2 / 200)

    def test_making_again_writes_nothing(self, made):
        root = made["weather"].parent
        before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
        assert samples.make(root) == made
        assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before

    def test_two_processes_at_once_make_one_set(self, tmp_path, made):
        context = multiprocessing.get_context("spawn")
        both = [context.Process(target=samples.make, args=(tmp_path,)) for _ in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join()
        assert [process.exitcode for process in both] == [0, 0]
        assert _contents(tmp_path) == _contents(made["weather"].parent)

    def test_an_interruption_leaves_nothing_half_made(self, tmp_path, monkeypatch):
        def interrupted(target):
            target.mkdir()
            (target / "half.png").write_bytes(b"half")
            raise KeyboardInterrupt

        monkeypatch.setattr(making, "_write_digits", interrupted)
        with pytest.raises(KeyboardInterrupt):
            samples.make(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_an_older_version_is_replaced(self, tmp_path, monkeypatch):
        for name in ("digits", "weather"):
            monkeypatch.setattr(making, f"_write_{name}", lambda target: target.mkdir())
            (tmp_path / name).mkdir()
            (tmp_path / name / making.MARKER).write_text("0")
            (tmp_path / name / "old.png").write_bytes(b"old")
        made = samples.make(tmp_path)
        assert not any((place / "old.png").exists() for place in made.values())
        assert {p.name for p in tmp_path.iterdir()} == {"digits", "weather", making.FACTS}

    def test_a_folder_of_the_person_is_left_alone(self, tmp_path):
        mine = tmp_path / "digits" / "mine.png"
        mine.parent.mkdir()
        mine.write_bytes(b"mine")
        with pytest.raises(Conflict, match="in the way"):
            samples.make(tmp_path)
        assert mine.read_bytes() == b"mine"

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(WorkFailed, match="file"):
            samples.make(tmp_path / "file")

    def test_the_story_begins_with_a_car_under_clouds_and_shows_it_in_the_sun_too(self, made):
        facts = {f["file"]: f for f in _facts(made)}
        story = [facts[name] for name in samples.story_images()]
        assert 6 <= len(story) <= 8
        assert (story[0]["label"], story[0]["sky"]) == ("vehicle", "cloudy")
        same_car = [f for f in story if f["label"] == "vehicle" and f["seed"] == story[0]["seed"]]
        assert {f["sky"] for f in same_car} == {"cloudy", "sunny"}
        assert all((made["weather"] / name).is_file() for name in samples.story_images())


class TestModels:
    def test_files_are_small(self):
        sizes = [(MODELS / name).stat().st_size for name in FIGURES]
        assert len(sizes) == 6 and max(sizes) < 1_000_000 and sum(sizes) < 1_500_000

    def test_class_names_follow_the_sorted_folders(self, made):
        for name in FIGURES:
            folders = made[name.split("_")[0]].iterdir()
            assert samples.class_names(name) == tuple(sorted(p.name for p in folders if p.is_dir()))
        assert samples.class_names("weather_of_my_own.keras") is None

    def test_the_readme_holds_the_measured_figures(self, monkeypatch):
        monkeypatch.syspath_prepend(MODELS)
        import figure_tables

        readme = (MODELS / "README.md").read_text()
        assert figure_tables.refreshed(readme, FIGURES) == readme
        assert all(f"`{name}`" in readme for name in FIGURES)

    @pytest.mark.parametrize("name", [name for name in FIGURES if name.startswith("digits")])
    def test_digit_models_are_as_good_as_the_readme_says(self, name, measure, loaded):
        assert measure.digit_accuracy(loaded[name]) >= FIGURES[name]["accuracy"] - 0.003
        assert FIGURES[name]["accuracy"] >= 0.98

    def test_the_legacy_file_is_keras_2_and_answers_like_the_new_one(self, loaded):
        import h5py

        with h5py.File(MODELS / "digits_cnn_legacy.h5") as file:
            assert file.attrs["keras_version"].startswith("2.")
        x = digits.pictures()[0][:200, ..., None].astype(np.float32) / 255
        old, new = (np.asarray(loaded[name](x)) for name in ("digits_cnn_legacy.h5", "digits_cnn.keras"))
        assert np.abs(old - new).max() < 1e-6

    def test_models_are_built_of_layers_that_lrp_knows(self, loaded):
        for model in loaded.values():
            types = {type(layer).__name__ for layer in model.layers}
            assert not types & {"ReLU", "Rescaling", "DepthwiseConv2D", "Lambda"}
            assert model.layers[-1].get_config()["activation"] == "softmax"
            assert not any(getattr(layer, "activity_regularizer", None) for layer in model.layers)

    def test_weather_models_are_alike_but_for_their_weights(self, loaded):
        first, second = ([layer.get_config() for layer in loaded[name].layers] for name in WEATHER_FILES)
        assert first == second

    def test_the_shortcut_fails_under_the_other_sky_and_the_clean_model_does_not(self, measure, loaded, pictures):
        found = {name: measure.weather_accuracies(loaded[name], pictures) for name in WEATHER_FILES}
        for name in WEATHER_FILES:
            assert found[name] == pytest.approx(FIGURES[name]["accuracy"], abs=0.005)
        assert found[WEATHER_FILES[0]]["usual sky"] >= 0.99 and found[WEATHER_FILES[0]]["swapped sky"] <= 0.1
        assert found[WEATHER_FILES[1]]["usual sky"] >= 0.99 and found[WEATHER_FILES[1]]["swapped sky"] >= 0.99

    def test_the_shortcut_looks_at_the_sky_far_more_than_the_clean_model(self, measure, loaded, pictures):
        shortcut, clean = (measure.sky_shares(loaded[name], pictures) for name in WEATHER_FILES)
        for method, groups in shortcut.items():
            for group, found in groups.items():
                assert found["share"] > 2 * clean[method][group]["share"], (method, group)
            assert groups["cloudy vehicles"]["share"] > 0.8 and clean[method]["cloudy vehicles"]["share"] < 0.1
            assert groups["cloudy vehicles"]["pictures"] == clean[method]["cloudy vehicles"]["pictures"] == 100


def _contents(root):
    return {
        str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in root.rglob("*") if p.is_file()
    }
