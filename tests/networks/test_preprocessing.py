"""What reaches the network: preprocessing rules, geometry, channels, hooks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innv_gui import datasets
from innv_gui.datasets import geometry
from innv_gui.errors import BadInput, WorkFailed
from innv_gui.preprocessing import check_channels, parse, written
from innv_gui.records import ImageRef, ModelSource, Preprocessing
from innv_gui.runtimes.keras.predict import preprocessing

RANDOM = np.random.default_rng(3)


# --- how it is written ---


@pytest.mark.parametrize(
    "text, mode",
    [
        ("none", "none"),
        ("unit", "unit"),
        ("[0,1]", "unit"),
        ("[0, 1]", "unit"),
        ("0..1", "unit"),
        ("scale", "unit"),
        ("[-1,1]", "symmetric"),
        ("-1..1", "symmetric"),
        ("Caffe", "caffe"),
        ("tf", "tf"),
        ("torch", "torch"),
    ],
)
def test_names_and_their_aliases(text, mode):
    assert parse(text).mode == mode


def test_auto_leaves_it_to_the_file():
    assert parse("auto") is None and parse(None) is None and parse("") is None and parse({"mode": "auto"}) is None


def test_mean_and_std_once_or_a_channel():
    rule = parse("mean=123.7, 116.8, 103.9; std=58; resize=crop")
    assert rule == Preprocessing("standardize", (123.7, 116.8, 103.9), (58.0,), "crop")
    assert parse({"mode": "standardize", "mean": 127.5, "std": [64]}) == Preprocessing("standardize", (127.5,), (64.0,))
    assert parse(rule) == rule
    assert parse({"mode": "unit", "mean": None, "std": "", "resize": "pad"}) == Preprocessing("unit", resize="pad")


@pytest.mark.parametrize(
    "wrong, word",
    [
        ("std=2", "needs a mean"),
        ("standardize", "needs a mean"),
        ("mean=1; std=-2", "negative"),
        ("mean=1,2; std=1", "expected 1"),
        ("mean=nan", "finite"),
        ("mean=1; std=inf", "finite"),
        ("mean=a", "number"),
        ("mean=1; unit", "go with 'standardize'"),
        ("imagenet", "not a preprocessing"),
        ("unit; resize=zoom", "resize rule"),
        ("resize=pad", "beside"),
        ("unit; size=3", "not one of its settings"),
        ({"mode": "unit", "eval": 1}, "not one of its settings"),
        ({"mode": 3}, "expected a name"),
        (["unit"], "expected a name or settings"),
        (Preprocessing("zca"), "not a preprocessing"),
        (Preprocessing("standardize", None, (1.0,)), "needs a mean"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_field(wrong, word):
    with pytest.raises(BadInput, match=word) as refusal:
        parse(wrong)
    assert refusal.value.field == "preprocessing"


@given(st.one_of(st.text(), st.dictionaries(st.text(), st.one_of(st.text(), st.floats(), st.none(), st.integers()))))
def test_anything_typed_is_parsed_or_refused(typed):
    try:
        rule = parse(typed)
    except BadInput:
        return
    assert rule is None or rule == parse(rule)


def test_mean_must_fit_the_channels():
    with pytest.raises(BadInput, match="3 values; expected 1 or 1"):
        check_channels(parse("mean=1,2,3"), 1)
    with pytest.raises(BadInput, match="colour"):
        check_channels(parse("caffe"), 1)
    check_channels(parse("mean=1"), 3)


# --- what it does ---


def test_none_and_the_scales():
    pixels = RANDOM.integers(0, 256, (2, 3, 5, 3)).astype(np.float32)
    apply = preprocessing.apply
    np.testing.assert_array_equal(apply(pixels, Preprocessing("none")), pixels)
    np.testing.assert_allclose(apply(pixels, Preprocessing("unit")), pixels / 255, rtol=1e-6)
    for mode in ("symmetric", "tf"):
        np.testing.assert_allclose(apply(pixels, Preprocessing(mode)), pixels / 127.5 - 1, atol=1e-6)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
def test_the_imagenet_conventions_are_those_of_keras(mode):
    from keras.src.applications.imagenet_utils import preprocess_input

    pixels = RANDOM.integers(0, 256, (2, 4, 6, 3)).astype(np.float32)
    ours = preprocessing.apply(pixels, Preprocessing(mode))
    np.testing.assert_allclose(ours, preprocess_input(pixels.copy(), mode=mode), atol=1e-4)


def test_standardize_slowly():
    pixels = RANDOM.uniform(0, 255, (2, 3, 4, 3)).astype(np.float32)
    mean, std = (10.0, 20.0, 30.0), (2.0, 4.0, 0.0)
    got = preprocessing.apply(pixels, Preprocessing("standardize", mean, std))
    for place in np.ndindex(pixels.shape):
        wanted = (float(pixels[place]) - mean[place[3]]) / (std[place[3]] + 1e-7)
        assert got[place] == pytest.approx(wanted, rel=1e-4)
    only_mean = preprocessing.apply(pixels, Preprocessing("standardize", (5.0,)))
    np.testing.assert_allclose(only_mean, pixels - 5, atol=1e-5)


# --- geometry ---


def halves(height: int, width: int) -> np.ndarray:
    """Left half black, right half white; upper row red where it is white."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, width // 2 :] = 255
    image[0, width // 2 :] = (255, 0, 0)
    return image


@pytest.mark.parametrize("resize", ["stretch", "pad", "crop"])
def test_defect_8_width_and_height_are_never_swapped(resize):
    for height, width in ((6, 20), (20, 6), (13, 7)):
        for to_height, to_width in ((9, 15), (15, 9), (13, 7)):
            fitted = geometry.fitted(halves(height, width), to_height, to_width, 3, resize)
            assert fitted.shape == (to_height, to_width, 3)
            left, right = fitted[:, : to_width // 2].mean(), fitted[:, to_width // 2 + 1 :].mean()
            assert left < right


def test_pad_keeps_proportions_on_black():
    fitted = geometry.fitted(np.full((10, 20, 3), 200, np.uint8), 20, 20, 3, "pad")
    assert (fitted[5:15] == 200).all() and (fitted[:5] == 0).all() and (fitted[15:] == 0).all()


def test_crop_keeps_the_centre():
    image = np.zeros((10, 30, 1), np.uint8)
    image[:, 10:20] = 255
    assert (geometry.fitted(image, 10, 10, 1, "crop") == 255).all()


def test_the_same_size_is_left_alone():
    image = RANDOM.uniform(0, 255, (7, 9, 3)).astype(np.float32)
    for resize in ("stretch", "pad", "crop"):
        np.testing.assert_array_equal(geometry.fitted(image, 7, 9, 3, resize), image)


@pytest.mark.parametrize("resize", ["stretch", "pad", "crop"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 500, 3), (500, 1, 3), (3, 2, 1)])
def test_extreme_images_fit(shape, resize):
    fitted = geometry.fitted(RANDOM.integers(0, 256, shape).astype(np.uint8), 5, 8, 3, resize)
    assert fitted.shape == (5, 8, 3) and np.isfinite(fitted).all() and fitted.min() >= 0 and fitted.max() <= 255


def test_deep_images_keep_their_depth():
    image = np.full((4, 4, 1), 100.3, np.float32)
    np.testing.assert_allclose(geometry.fitted(image, 8, 6, 1, "stretch"), 100.3, atol=1e-4)


def test_grey_and_colour_are_converted():
    grey = RANDOM.integers(0, 256, (3, 4, 1)).astype(np.uint8)
    colour = geometry.with_channels(grey.astype(np.float32), 3)
    assert (colour == grey).all()
    np.testing.assert_allclose(geometry.with_channels(colour, 1), grey, atol=1e-3)
    red = np.zeros((1, 1, 3), np.float32)
    red[..., 0] = 255
    assert geometry.with_channels(red, 1)[0, 0, 0] == pytest.approx(76.245, abs=0.01)


# --- whole batches ---


@pytest.fixture
def pictures(monkeypatch):
    """Images by name, as a dataset would decode them."""
    images = {
        "grey": RANDOM.integers(0, 256, (9, 30, 1)).astype(np.uint8),
        "colour": RANDOM.integers(0, 256, (40, 11, 3)).astype(np.uint8),
        "deep": RANDOM.uniform(0, 255, (12, 12, 1)).astype(np.float32),
    }
    monkeypatch.setattr(datasets, "decode", lambda ref: images[ref.name], raising=False)
    return {name: ImageRef(name, name) for name in images}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Models (7, 5) of 1 and of 3 channels, and one of any size."""
    import keras

    folder = tmp_path_factory.mktemp("models")
    made = {}
    for name, shape in (("grey", (7, 5, 1)), ("colour", (7, 5, 3)), ("open", (None, None, 3))):
        layers = [keras.Input(shape), keras.layers.Conv2D(2, 3), keras.layers.GlobalAveragePooling2D()]
        model = keras.Sequential([*layers, keras.layers.Dense(4, activation="softmax")])
        model.save(folder / f"{name}.keras")
        made[name] = ModelSource("keras", str(folder / f"{name}.keras"))
    return made


@pytest.mark.parametrize("resize", ["stretch", "pad", "crop"])
@pytest.mark.parametrize("size", [(30, 60), (60, 30), (41, 41), (900, 300)])
def test_what_was_found_in_a_fitted_image_goes_back_to_its_place(resize, size):
    """A gradient of grey, fitted and placed back, is the image again wherever the network saw it."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    image = (rows / size[0] * 100 + columns / size[1] * 50).astype(np.float32)[..., None]
    back = geometry.placed_back(geometry.fitted(image, 48, 48, 1, resize)[..., 0], size, resize)
    shrink = min(1, 448 / max(size))
    assert back.shape == (round(size[0] * shrink), round(size[1] * shrink))
    small = geometry.fitted(image, *back.shape, 1, "stretch")[..., 0]
    seen = np.isfinite(back)
    assert np.abs(back - small)[seen].max() < 6
    assert np.abs(back - small)[seen].mean() < 0.6
    share = min(size) / max(size) if resize == "crop" else 1
    assert seen.mean() == pytest.approx(share, abs=0.02)


def test_defect_16_one_channel_images_meet_three_channel_models(files, pictures):
    from innv_gui.runtimes.keras.predict.prepare import picture, prepare

    rule = Preprocessing("unit")
    got = prepare(files["colour"], rule, (pictures["grey"], pictures["deep"]), None)
    assert got.x.shape == (2, 7, 5, 3) and got.image_notes == (("converted from grey to RGB",),) * 2
    got = prepare(files["grey"], rule, (pictures["colour"],), None)
    assert got.x.shape == (1, 7, 5, 1) and got.image_notes == (("converted from RGB to grey",),)
    got = prepare(files["grey"], rule, (pictures["grey"],), None)
    assert got.notes == () and got.image_notes == ((),)
    np.testing.assert_allclose(got.probabilities.sum(axis=1), 1, rtol=1e-5)
    shown = picture(files["colour"], rule, pictures["grey"])
    assert shown.shape == (7, 5, 3) and shown.dtype == np.uint8


def test_a_model_of_any_size_gets_one_geometry_a_batch(files, pictures):
    from innv_gui.runtimes.keras.predict.prepare import prepare

    got = prepare(files["open"], Preprocessing("unit"), (pictures["grey"], pictures["colour"]), None)
    assert got.x.shape == (2, 224, 224, 3) and any("any size" in note for note in got.notes)


def test_arrays_are_network_input_already(files):
    from innv_gui.runtimes.keras.predict.prepare import prepare

    arrays = RANDOM.normal(size=(40, 7, 5, 3))
    got = prepare(files["colour"], Preprocessing("caffe"), None, arrays)
    np.testing.assert_array_equal(got.x, arrays.astype(np.float32))
    assert got.scores.shape == got.probabilities.shape == (40, 4)
    assert prepare(files["colour"], Preprocessing(), (), None).x.shape == (0, 7, 5, 3)


@pytest.mark.parametrize(
    "wrong, word",
    [
        (np.zeros((2, 5, 7, 3)), "takes arrays of shape"),
        (np.zeros((7, 5, 3)), "takes arrays of shape"),
        (np.full((1, 7, 5, 3), np.nan), "not finite"),
        (np.full((1, 7, 5, 3), "a"), "Expected numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(files, wrong, word):
    from innv_gui.runtimes.keras.predict.prepare import prepare

    with pytest.raises(BadInput, match=word) as refusal:
        prepare(files["colour"], Preprocessing(), None, wrong)
    assert refusal.value.field == "images"


# --- the person's own functions ----------------------------------------------------------------------------------


def with_hooks(source: ModelSource, path, text: str) -> ModelSource:
    from innv_gui.records import replace

    path.write_text(text)
    return replace(source, hooks=str(path))


def test_hooks_replace_preprocessing_and_name_classes(files, pictures, tmp_path):
    from innv_gui.runtimes.keras.networks.inspect import inspect
    from innv_gui.runtimes.keras.predict.prepare import picture, prepare

    source = with_hooks(
        files["colour"],
        tmp_path / "mine.py",
        "import numpy as np\n"
        "def preprocess(images):\n    return np.stack([np.full((7, 5, 3), im.mean()) for im in images])\n"
        "def postprocess(x):\n    return [np.full((7, 5, 3), 300.0)]\n"
        "def decode_prob(p):\n"
        "    return [[{'index': i, 'name': f'n{i}', 'prob': v} for i, v in enumerate(row)] for row in p]\n",
    )
    got = prepare(source, Preprocessing("unit"), (pictures["colour"], pictures["grey"]), None)
    assert got.x.shape == (2, 7, 5, 3) and got.x.max() > 1
    assert (picture(source, Preprocessing(), pictures["colour"]) == 255).all()
    assert inspect(source).class_names == ("n0", "n1", "n2", "n3")


@pytest.mark.parametrize(
    "text, words",
    [
        ("def preprocess(images):\n    return images[99]\n", ("preprocess", "bad.py", "IndexError")),
        ("def preprocess(images):\n    return images[..., ::-1]\n", ("TypeError", "given a list of uint8 arrays")),
        ("def preprocess(images):\n    return [[1]]\n", ("preprocess", "bad.py", "shape")),
        ("def preprocess(images):\n    return 'x'\n", ("preprocess", "bad.py", "numbers")),
        ("raise SystemExit(3)\n", ("bad.py",)),
        ("import nothing_of_the_kind\n", ("bad.py", "ModuleNotFoundError")),
        ("def (:\n", ("bad.py", "SyntaxError")),
    ],
)
def test_an_error_in_a_hook_is_a_sentence(files, pictures, tmp_path, text, words):
    from innv_gui.runtimes.keras.predict.prepare import prepare

    source = with_hooks(files["colour"], tmp_path / "bad.py", text)
    with pytest.raises(WorkFailed) as refusal:
        prepare(source, Preprocessing(), (pictures["colour"],), None)
    assert all(word in str(refusal.value) for word in words)


# --- blue, green, red ---


@pytest.mark.parametrize("mode", ["none", "unit", "symmetric", "caffe", "torch"])
def test_bgr_is_the_same_rule_on_pixels_as_opencv_reads_them(mode):
    pixels = RANDOM.uniform(0, 255, (2, 4, 5, 3)).astype(np.float32)
    swapped = preprocessing.apply(pixels, Preprocessing(mode, channels="bgr"))
    assert np.array_equal(swapped, preprocessing.apply(pixels[..., ::-1], Preprocessing(mode)))


def test_bgr_is_refused_for_grey_networks():
    with pytest.raises(BadInput, match="bgr"):
        check_channels(Preprocessing("unit", channels="bgr"), 1)


@pytest.mark.parametrize(
    "rule",
    [
        Preprocessing("unit"),
        Preprocessing("none", resize="pad"),
        Preprocessing("caffe", channels="bgr"),
        Preprocessing("standardize", (1.5, 2.0, 3.25), (0.1, 2.0, 3.0), "crop", "bgr"),
        Preprocessing("standardize", (127.5,)),
    ],
)
def test_what_is_written_for_the_command_line_is_read_as_the_same_rule(rule):
    assert parse(written(rule)) == rule


def test_records_of_earlier_versions_know_no_order_of_channels():
    from innv_gui.session.keep.run_record import preprocessing_of

    assert preprocessing_of({"mode": "unit", "mean": None, "std": None, "resize": "pad"}) == Preprocessing(
        "unit", resize="pad"
    )
