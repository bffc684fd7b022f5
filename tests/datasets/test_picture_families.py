"""Families of PNG, PNM, BMP, JPEG and WebP files and of arrays, made number by number: what was written is seen."""

import itertools
import struct
import zlib

import h5py
import imagecodecs
import numpy as np
import pytest
from PIL import Image

from innv_gui.datasets import decode, open_dataset
from innv_gui.errors import BadInput, ImageRefused
from innv_gui.records import ImageRef

HEIGHT, WIDTH = 9, 13
RNG = np.random.default_rng(0)


def shown(path, content: bytes) -> np.ndarray:
    path.write_bytes(content)
    return decode(ImageRef(path.name, str(path))).astype(float)


def values(bits: int, samples: int | None = None) -> np.ndarray:
    return RNG.integers(0, 2**bits, (HEIGHT, WIDTH) + ((samples,) if samples else ()))


def over_white(colours, opaque):
    return colours * opaque + 255 * (1 - opaque)


def rows_of(pixels: np.ndarray, bits: int, order: str) -> list[bytes]:
    rows = pixels.reshape(len(pixels), -1)
    if bits >= 8:
        return [row.astype(f"{order}u{bits // 8}").tobytes() for row in rows]
    return [
        np.packbits(((row[:, None] >> np.arange(bits)[::-1]) & 1).ravel().astype(np.uint8)).tobytes() for row in rows
    ]


# -- PNG


def png(pixels: np.ndarray, bits: int, colour_type: int, *chunks: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour_type, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows_of(pixels, bits, ">")))
    between = b"".join(chunks) + chunk(b"IDAT", packed)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + between + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_png_of_any_depth_with_and_without_a_transparent_grey(tmp_path, bits):
    pixels = values(bits)
    grey = pixels * 255 / (2**bits - 1)
    assert np.allclose(shown(tmp_path / "a.png", png(pixels, bits, 0))[..., 0], grey, atol=0.01)
    for key in {0, 1, int(pixels[3, 4]), 2**bits - 1}:
        found = shown(tmp_path / "a.png", png(pixels, bits, 0, chunk(b"tRNS", struct.pack(">H", key))))
        assert np.allclose(found, np.where(pixels == key, 255, grey)[..., None], atol=0.01), key


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palette_png_with_and_without_transparency(tmp_path, bits):
    pixels, colours, opaque = values(bits), RNG.integers(0, 256, (2**bits, 3)), RNG.integers(0, 256, 2**bits)
    named = chunk(b"PLTE", colours.astype(np.uint8).tobytes())
    assert np.array_equal(shown(tmp_path / "a.png", png(pixels, bits, 3, named)), colours[pixels])
    found = shown(tmp_path / "a.png", png(pixels, bits, 3, named, chunk(b"tRNS", opaque.astype(np.uint8).tobytes())))
    assert np.allclose(found, over_white(colours[pixels], opaque[pixels][..., None] / 255), atol=1.01)


@pytest.mark.parametrize(("colour_type", "samples"), [(2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("bits", [8, 16])
def test_colour_and_alpha_png_in_both_depths(tmp_path, bits, colour_type, samples):
    pixels = values(bits, samples)
    bright = pixels * 255 / (2**bits - 1)
    expected = bright if colour_type == 2 else over_white(bright[..., :-1], bright[..., -1:] / 255)
    assert np.abs(shown(tmp_path / "a.png", png(pixels, bits, colour_type)) - expected).max() <= 2.1


def test_one_transparent_colour_is_read_where_its_depth_is_kept_and_else_refused(tmp_path):
    for bits in (8, 16):
        pixels = values(bits, 3)
        key = chunk(b"tRNS", struct.pack(">HHH", *pixels[0, 0].tolist()))
        expected = pixels * 255 / (2**bits - 1)
        expected[0, 0] = 255
        if bits == 8:
            assert np.allclose(shown(tmp_path / "a.png", png(pixels, 8, 2, key)), expected)
        else:
            with pytest.raises(ImageRefused, match="PNG of 16-bit colours of which one is transparent"):
                shown(tmp_path / "a.png", png(pixels, 16, 2, key))


@pytest.mark.parametrize("note", [chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"sRGB", b"\0")])
def test_numbers_are_shown_as_stored_whatever_gamma_a_png_names(tmp_path, note):
    pixels = values(8, 3)
    assert np.array_equal(shown(tmp_path / "a.png", png(pixels, 8, 2, note)), pixels)


# -- PNM


@pytest.mark.parametrize("most", [1, 3, 100, 255, 256, 1000, 4095, 65535])
@pytest.mark.parametrize(("samples", "binary", "text"), [(1, b"P5", b"P2"), (3, b"P6", b"P3")])
def test_pnm_spans_black_to_white_by_its_own_largest_number(tmp_path, most, samples, binary, text):
    pixels = RNG.integers(0, most + 1, (HEIGHT, WIDTH, samples))
    head = b"\n%d %d\n%d\n" % (WIDTH, HEIGHT, most)
    packed = binary + head + pixels.astype(">u2" if most > 255 else "u1").tobytes()
    for content in (packed, text + head + b" ".join(b"%d" % value for value in pixels.ravel()) + b"\n"):
        assert np.abs(shown(tmp_path / "a.pnm", content) - pixels * 255 / most).max() <= 1.01


def test_in_a_bitmap_one_is_black(tmp_path):
    pixels = values(1)
    packed = b"P4\n%d %d\n" % (WIDTH, HEIGHT) + b"".join(rows_of(pixels, 1, ">"))
    text = b"P1\n%d %d\n" % (WIDTH, HEIGHT) + b" ".join(b"%d" % value for value in pixels.ravel())
    for content in (packed, text):
        assert np.array_equal(shown(tmp_path / "a.pbm", content)[..., 0], 255 * (1 - pixels))


# -- BMP


def bmp(
    rows: list[bytes], bits: int, packing: int = 0, colours: bytes = b"", masks: tuple = (), size: int = 40
) -> bytes:
    lines = b"".join(row + bytes(-len(row) % 4) for row in rows) if packing not in (1, 2) else b"".join(rows)
    head = struct.pack("<IiiHHIIiiII", size, WIDTH, HEIGHT, 1, bits, packing, len(lines), 0, 0, len(colours) // 4, 0)
    head = (head + struct.pack(f"<{len(masks)}I", *masks)).ljust(size, b"\0")
    start = 14 + len(head) + len(colours)
    return b"BM" + struct.pack("<IHHI", start + len(lines), 0, 0, start) + head + colours + lines


def palette_bmp(n: int) -> tuple[np.ndarray, bytes]:
    colours = RNG.integers(0, 256, (n, 4))
    colours[:, 3] = 0
    return colours[:, 2::-1], colours.astype(np.uint8).tobytes()


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_palette_bmp(tmp_path, bits):
    pixels, (colours, named) = values(bits), palette_bmp(2**bits)
    assert np.array_equal(
        shown(tmp_path / "a.bmp", bmp(rows_of(pixels[::-1], bits, "<"), bits, 0, named)), colours[pixels]
    )


@pytest.mark.parametrize(("bits", "packing"), [(8, 1), (4, 2)])
def test_run_length_bmp(tmp_path, bits, packing):
    pixels, (colours, named) = values(2), palette_bmp(2**bits)
    rows = [b"".join(bytes([1, value << (8 - bits)]) for value in row) + b"\0\0" for row in pixels[::-1].tolist()]
    content = bmp([*rows, b"\0\1"], bits, packing, named)
    assert np.array_equal(shown(tmp_path / "a.bmp", content), colours[pixels])


@pytest.mark.parametrize("green", [5, 6])
def test_sixteen_bit_bmp(tmp_path, green):
    pixels, masks = values(16 if green == 6 else 15), (0xF800, 0x7E0, 0x1F) if green == 6 else ()
    content = bmp(rows_of(pixels[::-1], 16, "<"), 16, 3 if masks else 0, masks=masks)
    parts = (pixels >> (5 + green)) / 31, ((pixels >> 5) & (2**green - 1)) / (2**green - 1), (pixels & 31) / 31
    assert np.abs(shown(tmp_path / "a.bmp", content) - 255 * np.stack(parts, -1)).max() <= 2


def test_true_colour_bmp_with_and_without_alpha(tmp_path):
    pixels = values(8, 4)
    assert np.array_equal(shown(tmp_path / "a.bmp", bmp(rows_of(pixels[::-1, :, :3], 8, "<"), 24)), pixels[..., 2::-1])
    rows = rows_of(pixels[::-1], 8, "<")
    assert np.array_equal(shown(tmp_path / "a.bmp", bmp(rows, 32)), pixels[..., 2::-1])
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    expected = over_white(pixels[..., 2::-1], pixels[..., 3:] / 255)
    assert np.abs(shown(tmp_path / "a.bmp", bmp(rows, 32, 3, masks=masks, size=108)) - expected).max() <= 1.01


@pytest.mark.parametrize(
    "content",
    [
        bmp(rows_of(values(2), 2, "<"), 2, 0, bytes(16)),
        bmp(rows_of(values(8, 4), 8, "<"), 32, 3, masks=(0x3FF00000, 0xFFC00, 0x3FF)),
        imagecodecs.jpeg_encode(np.full((16, 16), 2000, np.uint16), bitspersample=12),
        b"\xff\xd8\xff\xf7" + bytes(40),
    ],
)
def test_what_is_only_unusual_is_not_called_damaged(tmp_path, content):
    with pytest.raises(ImageRefused, match="unsupported kind") as refused:
        shown(tmp_path / "a.png", content)
    assert "damaged" not in refused.value.message and "PNG" in refused.value.hint


# -- JPEG and WebP


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_slopes_come_out_of_packing_with_loss_as_they_were(tmp_path, name):
    down, across = np.mgrid[0:1:32j, 0:1:48j]
    pixels = (np.stack([down, across, 1 - down], -1) * 200 + 20).astype(np.uint8)
    ways = [{"quality": 95}, {"lossless": True}] if name == "a.webp" else [{"quality": 97}, {"progressive": True}]
    for way in ways:
        for image in (Image.fromarray(pixels), Image.fromarray(pixels[..., 0])):
            image.save(tmp_path / name, **way)
            found = decode(ImageRef(name, str(tmp_path / name))).astype(float)
            assert np.abs(found - np.asarray(image).reshape(32, 48, -1)).mean() < 5


# -- arrays: layout x numbers x byte order x file


NUMBERS = {
    "uint8": ("u1", 0, 256, lambda v: v),
    "bool": ("?", 0, 2, lambda v: v * 255.0),
    "int64": ("i8", 0, 256, lambda v: v),
    "uint16": ("u2", 0, 65536, lambda v: v / 257),
    "float16 [0, 1]": ("f2", 0, 1, lambda v: v * 255),
    "float32 [-1, 1]": ("f4", -1, 1, lambda v: (v + 1) * 127.5),
    "float64 [0, 255]": ("f8", 0, 255, lambda v: v),
}
UNREAD = {
    "int16 with negatives": ("i2", -100, 256),
    "int32 beyond 16 bit": ("i4", 0, 10**6),
    "standardised": ("f4", -2.1, 2.6),
}
SHAPES = [(3, 9, 13), (3, 9, 13, 1), (3, 9, 13, 3), (3, 9, 13, 4), (3, 3, 9, 13), (3, 1, 9, 13)]


def drawn(shape, kind, low, high):
    numbers = RNG.random(shape) * (high - low) + low
    return numbers >= 1 if kind == "?" else numbers.astype(kind)


def stored(folder, array, suffix):
    path = folder / f"x.{suffix}"
    if suffix == "npy":
        np.save(path, array)
    elif suffix == "npz":
        np.savez_compressed(path, x=array)
    else:
        with h5py.File(path, "w") as file:
            file["x"] = array
    return path


def expected_of(bright: np.ndarray) -> np.ndarray:
    if bright.ndim == 3:
        return bright[..., None]
    if bright.shape[1] in (1, 3):
        return np.moveaxis(bright, 1, -1)
    return over_white(bright[..., :3], bright[..., 3:] / 255) if bright.shape[-1] == 4 else bright


@pytest.mark.parametrize("name", NUMBERS)
def test_arrays_of_any_layout_order_and_range_are_seen_as_meant(tmp_path, name):
    kind, low, high, bright = NUMBERS[name]
    for shape, order, ends, suffix in itertools.product(SHAPES, "CF", "<>", ("npy", "npz", "h5")):
        array = drawn(shape, kind, low, high)
        array = np.asarray(array.astype(array.dtype.newbyteorder(ends)), order=order)
        collection = open_dataset(stored(tmp_path, array, suffix))
        found = np.stack([decode(ref) for ref in collection.refs(0, 3)]).astype(float)
        assert found.shape[:-1] == expected_of(bright(array.astype(float))).shape[:-1] and not collection.problems
        assert np.abs(found - expected_of(bright(array.astype(float)))).max() <= 1.01, (shape, order, ends, suffix)


@pytest.mark.parametrize("name", UNREAD)
def test_numbers_without_a_known_white_are_refused_with_their_range(tmp_path, name):
    for shape, suffix in itertools.product(SHAPES, ("npy", "npz", "h5")):
        with pytest.raises(BadInput, match="numbers from .* to .*; expected"):
            open_dataset(stored(tmp_path, drawn(shape, *UNREAD[name]), suffix))


@pytest.mark.parametrize("numbers", [np.uint8([0, 1]), np.int64([0, 1]), np.float32([0, 2]), np.float64([0, 16])])
def test_numbers_that_make_almost_black_pictures_are_said(tmp_path, numbers):
    collection = open_dataset(stored(tmp_path, np.resize(numbers, (3, 8, 9)), "npy"))
    assert f"up to {numbers.max():g} where 255 is white" in collection.problems[0].reason and collection.n == 3


def seen_or_refused(path):
    """Mean brightness of each image, or the sentence that refuses it."""
    found = []
    for ref in open_dataset(path).refs(0, 3000):
        try:
            found.append(float(np.asarray(decode(ref), float).mean()))
        except ImageRefused as error:
            found.append(str(error))
    return found


@pytest.mark.parametrize("n", [200, 2500])
@pytest.mark.parametrize("low, suffix", [(0, "npy"), (-1, "npz")])
def test_a_row_on_another_scale_than_the_others_is_refused_and_not_cut_off(tmp_path, n, low, suffix):
    """More rows than are looked at, or all of them: the others are seen as they are meant."""
    numbers = np.full((n, 4, 5), 0.5, np.float32)
    numbers[:, 0, 0] = low
    numbers[1] = 96
    found = seen_or_refused(stored(tmp_path, numbers, suffix))
    assert "holds numbers from 96 to 96 where the other images have" in found.pop(1)
    np.testing.assert_allclose(found, (numbers[0].mean() - low) * 255 / (1 - low), atol=1e-3)


def test_numbers_above_255_in_a_few_rows_decide_for_all_of_a_small_array(tmp_path):
    numbers = np.full((200, 4, 5), 100, np.uint16)
    numbers[1] = 500
    np.testing.assert_allclose(
        seen_or_refused(stored(tmp_path, numbers, "npy"))[:3], np.array([100, 500, 100]) / 257, atol=1e-3
    )
    many = np.full((2500, 4, 5), 100, np.uint16)
    many[1] = 500
    found = seen_or_refused(stored(tmp_path, many, "npy"))
    assert found[0] == 100 and "500 where the other images have 0 to 255" in found[1]


def test_what_sharp_interpolation_leaves_outside_a_scale_is_cut_off(tmp_path):
    numbers = np.full((3, 4, 5), 0.5, np.float32)
    numbers[1, 0, :2] = 1.0005, -0.0005
    assert seen_or_refused(stored(tmp_path, numbers, "npy"))[1] == pytest.approx((18 * 127.5 + 255) / 20, abs=1e-3)
