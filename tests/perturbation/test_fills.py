"""What a removed part is filled with: a picture in pixels that went through the network's own preprocessing."""

import numpy as np
import pytest

from innv_gui.records import Preprocessing
from innv_gui.runtimes.keras.perturbation.fills import FILLS, blur_sigma, fill_pictures
from innv_gui.runtimes.keras.predict import preprocessing
from innv_gui.runtimes.keras.predict.feeding import Feeding

RULES = [
    *(Preprocessing(mode, channels=order) for order in ("rgb", "bgr") for mode in ("none", "unit", "symmetric")),
    *(Preprocessing(mode) for mode in ("caffe", "tf", "torch")),
    Preprocessing("torch", channels="bgr"),
    Preprocessing("standardize", (127.0,), (128.0,), channels="bgr"),
    Preprocessing("standardize", (123.0, 117.0, 104.0), (58.0, 57.0, 56.0)),
]
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 24, 32, 3)).astype(np.uint8)


def slow_fill(pixels, fill):
    """(H, W, C) pixels -> float64 pixels, position by position."""
    height, width, channels = pixels.shape
    if fill in ("grey", "black", "white"):
        return np.full(pixels.shape, {"grey": 128.0, "black": 0.0, "white": 255.0}[fill])
    if fill == "mean":
        return np.broadcast_to(pixels.astype(float).mean(axis=(0, 1)), pixels.shape)
    sigma = 8 * min(height, width) / 224
    reach = int(4 * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    filled = np.pad(pixels.astype(float), ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    shown = np.zeros(pixels.shape)
    for row in range(height):
        for column in range(width):
            part = filled[row : row + 2 * reach + 1, column : column + 2 * reach + 1]
            shown[row, column] = np.einsum("i,j,ijc->c", weights, weights, part)
    return shown


@pytest.mark.parametrize("fill", FILLS)
def test_every_fill_is_the_preprocessing_of_a_picture_in_pixels(fill):
    slow = np.stack([slow_fill(picture, fill) for picture in PIXELS])
    for rule in RULES:
        x = preprocessing.apply(PIXELS, rule)
        found, expected = fill_pictures(x, fill, Feeding(rule)), preprocessing.apply(slow, rule)
        assert found.dtype == np.float32 and found.shape == x.shape
        span = np.ptp(preprocessing.apply(np.array([0, 255.0])[:, None, None, None] * np.ones(3), rule))
        np.testing.assert_allclose(found, expected, atol=1e-5 * span, err_msg=str(rule))


def test_the_way_back_gives_the_pixels_again():
    for rule in RULES:
        np.testing.assert_array_equal(Feeding(rule).pictures(preprocessing.apply(PIXELS, rule)), PIXELS, str(rule))


def test_grey_networks_have_fills_of_one_channel():
    x = preprocessing.apply(PIXELS[..., :1], Preprocessing("unit"))
    for fill in FILLS:
        assert fill_pictures(x, fill, Feeding(Preprocessing("unit"))).shape == x.shape


def test_a_custom_preprocess_makes_the_plain_fills(tmp_path):
    hooks = tmp_path / "hooks.py"
    hooks.write_text(
        "import numpy as np\n"
        "def preprocess(images):\n    return np.stack([(255.0 - image) / 10 for image in images])\n"
        "def postprocess(x):\n    return [255.0 - 10 * one for one in x]\n"
    )
    feeding = Feeding(Preprocessing("unit"), str(hooks))
    x = ((255.0 - PIXELS) / 10).astype(np.float32)
    for fill in FILLS:
        slow = np.stack([slow_fill(picture, fill) for picture in PIXELS])
        np.testing.assert_allclose(fill_pictures(x, fill, feeding), (255.0 - slow) / 10, atol=1e-3)
    np.testing.assert_array_equal(feeding.pictures(x), PIXELS)


def test_without_a_way_back_a_picture_is_stretched_to_be_shown(tmp_path):
    hooks = tmp_path / "hooks.py"
    hooks.write_text("import numpy as np\ndef preprocess(images):\n    return np.stack(images) / 1000.0\n")
    shown = Feeding(hooks=str(hooks)).pictures(np.float32([[[[2.0]], [[4.0]]], [[[3.0]], [[3.0]]]]))
    assert shown.ravel().tolist() == [0, 255, 0, 0]


def test_the_blur_grows_with_the_shorter_side():
    assert blur_sigma(224, 224) == 8 and blur_sigma(28, 64) == 1 and blur_sigma(448, 224) == 8
