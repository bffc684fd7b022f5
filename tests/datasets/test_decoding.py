"""Decoding: every kind of file gives the picture a person expects, or a reason that names the file."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from innv_gui.datasets import decode, open_dataset, scan, thumbnail
from innv_gui.errors import ImageRefused
from innv_gui.records import ImageRef
from tests.datasets.picture_files import (
    BAD_FILES,
    BLUE,
    GREEN,
    RED,
    WHITE,
    huge_png,
    quarters,
    ramp,
    save,
    tiny_png,
    with_orientation,
)


def ref(path):
    return ImageRef(path.name, str(path))


def decoded(path):
    return decode(ref(path))


def corners(pixels):
    """Colours of the four quarters: top left, top right, bottom left, bottom right."""
    height, width = pixels.shape[:2]
    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return [tuple(int(v) for v in pixels[row, column]) for row in rows for column in columns]


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tiff", "a.ppm", "a.webp"])
def test_lossless_colour_files_come_back_exactly(tmp_path, name):
    options = {"lossless": True} if name.endswith("webp") else {}
    pixels = decoded(save(tmp_path / name, quarters(), **options))
    assert pixels.dtype == np.uint8 and np.array_equal(pixels, quarters())


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tiff", "a.pgm"])
def test_grey_files_have_one_channel_and_are_not_turned(tmp_path, name):
    pixels = decoded(save(tmp_path / name, ramp(6, 9)))
    assert pixels[..., 0].shape == (6, 9) and np.array_equal(pixels[..., 0], ramp(6, 9))


def test_an_image_with_another_extension_is_read_by_its_content(tmp_path):
    (tmp_path / "a.jpg").write_bytes(tiny_png(77))
    assert decoded(tmp_path / "a.jpg").tolist() == np.full((4, 4, 1), 77).tolist()


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
        (99, [RED, GREEN, BLUE, WHITE]),
    ],
)
def test_exif_turns_the_picture_upright(tmp_path, orientation, expected):
    path = with_orientation(tmp_path / "a.jpg", orientation)
    assert np.allclose(corners(decoded(path)), expected, atol=12)
    small = np.asarray(Image.open(io.BytesIO(thumbnail(ref(path), 16))))
    assert np.allclose(corners(small), expected, atol=12)


def test_a_rotated_picture_changes_height_and_width(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decoded(save(tmp_path / "a.jpg", np.zeros((8, 24, 3), np.uint8), exif=exif)).shape == (24, 8, 3)


def test_broken_exif_beside_a_good_picture_is_ignored(tmp_path):
    path = save(tmp_path / "a.jpg", quarters(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff", quality=95, subsampling=0)
    assert np.allclose(corners(decoded(path)), [RED, GREEN, BLUE, WHITE], atol=12)


def test_transparency_shows_white(tmp_path):
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[..., 0], pixels[0, :, 3], pixels[1, 0, 3] = 255, 255, 128
    result = decoded(save(tmp_path / "a.png", pixels))
    assert result.shape == (2, 3, 3)
    assert result[0, 0].tolist() == [255, 0, 0] and result[1, 1].tolist() == [255, 255, 255]
    assert abs(int(result[1, 0, 1]) - 127) <= 1


def test_grey_with_transparency_stays_grey(tmp_path):
    pixels = np.stack([np.zeros((2, 2)), np.array([[255, 0], [255, 0]])], axis=-1).astype(np.uint8)
    assert decoded(save(tmp_path / "a.png", pixels))[..., 0].tolist() == [[0, 255], [0, 255]]


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_palette_with_a_transparent_colour(tmp_path, name):
    image = Image.new("P", (2, 2))
    image.putpalette([*RED, *GREEN, *BLUE])
    image.putdata([0, 1, 2, 1])
    image.save(tmp_path / name, transparency=1)
    assert decoded(tmp_path / name).tolist() == [[list(RED), list(WHITE)], [list(BLUE), list(WHITE)]]


def test_a_transparent_key_colour_in_an_rgb_png(tmp_path):
    Image.fromarray(quarters()).save(tmp_path / "a.png", transparency=GREEN)
    assert corners(decoded(tmp_path / "a.png")) == [RED, WHITE, BLUE, WHITE]


def test_cmyk_looks_like_its_colours(tmp_path):
    Image.fromarray(quarters()).convert("CMYK").save(tmp_path / "a.jpg", quality=95, subsampling=0)
    assert Image.open(tmp_path / "a.jpg").mode == "CMYK"
    assert np.allclose(corners(decoded(tmp_path / "a.jpg")), [RED, GREEN, BLUE, WHITE], atol=12)


@pytest.mark.parametrize("name", ["a.png", "a.tiff", "a.pgm"])
def test_sixteen_bit_keeps_its_depth(tmp_path, name):
    values = np.array([[0, 257, 258], [30000, 65534, 65535]], np.uint16)
    pixels = decoded(save(tmp_path / name, values))
    assert pixels.dtype == np.float32 and pixels.shape == (2, 3, 1)
    assert np.allclose(pixels[..., 0], values / 257, atol=1e-4)
    assert pixels[0, 2, 0] > pixels[0, 1, 0] and pixels.max() == 255


def test_big_endian_sixteen_bit_tiff(tmp_path):
    image = Image.frombytes("I;16B", (2, 1), np.array([[257, 65535]], ">u2").tobytes())
    image.save(tmp_path / "a.tiff")
    assert np.allclose(decoded(tmp_path / "a.tiff")[0, :, 0], [1, 255], atol=1e-3)


def test_one_bit_is_black_and_white(tmp_path):
    assert decoded(save(tmp_path / "a.png", np.array([[True, False]])))[..., 0].tolist() == [[255, 0]]


@pytest.mark.parametrize(("values", "expected"), [([[0, 0.5, 1]], [0, 127.5, 255]), ([[0, 51, 255]], [0, 51, 255])])
def test_float_tiff(tmp_path, values, expected):
    assert np.allclose(decoded(save(tmp_path / "a.tiff", np.array(values, np.float32)))[0, :, 0], expected)


def test_float_tiff_with_nan_is_refused(tmp_path):
    with pytest.raises(ImageRefused, match="a.tiff .*NaN"):
        decoded(save(tmp_path / "a.tiff", np.array([[0, np.nan]], np.float32)))


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tiff"])
def test_an_animation_shows_its_first_frame(tmp_path, name):
    frames = [Image.fromarray(np.full((8, 8, 3), value, np.uint8)) for value in (10, 120, 250)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    assert abs(int(decoded(tmp_path / name).max()) - 10) <= 2


# -- refusals


@pytest.mark.parametrize("kind", sorted(BAD_FILES))
def test_bad_files_are_refused_by_name(tmp_path, kind):
    (tmp_path / f"{kind}.png").write_bytes(BAD_FILES[kind])
    with pytest.raises(ImageRefused) as refused:
        decoded(tmp_path / f"{kind}.png")
    assert refused.value.message.startswith(f"{kind}.png ") and refused.value.message.endswith(".")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.tiff", "a.webp", "a.ppm"])
def test_a_file_that_is_cut_short_is_refused_everywhere(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    content = save(tmp_path / name, noise).read_bytes()
    for share in (0.1, 0.5, 0.9):
        (tmp_path / name).write_bytes(content[: int(len(content) * share)])
        with pytest.raises(ImageRefused, match=f"^{name} is (cut short|damaged)"):
            decoded(tmp_path / name)
        with pytest.raises(ImageRefused):
            thumbnail(ref(tmp_path / name), 32)


def test_a_picture_of_144_million_pixels_is_refused_before_decoding(tmp_path, monkeypatch):
    path = huge_png(tmp_path / "huge.png")
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    with pytest.raises(ImageRefused, match=r"huge.png is too large: 12000 x 12000 pixels \(144 million\); up to 100"):
        decoded(path)
    assert "12000 x 12000" in scan(open_dataset(path).refs(0, 1))[0].reason


def test_a_picture_beyond_pillows_own_limit_is_refused_with_its_size(tmp_path):
    path = huge_png(tmp_path / "huge.png", 40000, 20000)
    with pytest.raises(ImageRefused, match="huge.png is too large: 800,000,000 pixels"):
        decoded(path)


def test_a_large_picture_within_the_limit_is_read(tmp_path):
    assert decoded(huge_png(tmp_path / "large.png", 9600, 10000)).shape == (10000, 9600, 1)


def test_formats_that_are_not_named_are_not_opened(tmp_path):
    for name in ("a.ico", "a.tga", "a.pcx", "a.eps"):
        save(tmp_path / name, quarters())
        with pytest.raises(ImageRefused, match=f"{name} is not an image"):
            decoded(tmp_path / name)


def test_what_is_gone_or_no_file_is_refused(tmp_path):
    with pytest.raises(ImageRefused, match="a.png is not there"):
        decoded(tmp_path / "a.png")
    with pytest.raises(ImageRefused, match="is not a regular file"):
        decode(ImageRef("zero.png", "/dev/zero"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_gives_pixels_or_a_sentence_and_nothing_else(tmp_path_factory, data):
    name = data.draw(st.sampled_from(["a.png", "a.jpg", "a.gif", "a.bmp", "a.tiff", "a.webp", "a.ppm"]))
    path = tmp_path_factory.mktemp("d") / name
    content = bytearray(save(path, quarters()).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        pixels = decoded(path)
    except ImageRefused as refused:
        assert refused.message.startswith(name)
    else:
        assert pixels.ndim == 3 and pixels.shape[-1] in (1, 3) and pixels.dtype in (np.uint8, np.float32)


# -- thumbnails


@pytest.mark.parametrize(("shape", "size"), [((10, 5), (48, 96)), ((300, 100), (32, 96)), ((1, 500), (96, 1))])
def test_a_thumbnail_keeps_the_proportions(tmp_path, shape, size):
    path = save(tmp_path / "a.png", np.zeros(shape, np.uint8))
    image = Image.open(io.BytesIO(thumbnail(ref(path), 96)))
    assert image.format == "PNG" and image.size == size


def test_small_pictures_are_enlarged_without_blur(tmp_path):
    path = save(tmp_path / "a.png", np.array([[0, 255], [255, 0]], np.uint8))
    pixels = np.asarray(Image.open(io.BytesIO(thumbnail(ref(path), 64))))
    assert np.array_equal(pixels, np.kron([[0, 255], [255, 0]], np.ones((32, 32))).astype(np.uint8))


def test_thumbnails_of_deep_pictures_and_of_rows(tmp_path):
    path = save(tmp_path / "a.png", np.full((4, 4), 65535, np.uint16))
    assert np.asarray(Image.open(io.BytesIO(thumbnail(ref(path), 16)))).min() == 255
    np.save(tmp_path / "x.npy", np.full((2, 8, 8, 3), 0.5))
    row = open_dataset(tmp_path / "x.npy").ref(1)
    assert np.asarray(Image.open(io.BytesIO(thumbnail(row, 16)))).shape == (16, 16, 3)
