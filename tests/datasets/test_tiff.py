"""TIFFs of every layout: the pixels that were written, or a refusal that names the kind. Never a wrong picture."""

import io
import logging

import numpy as np
import pytest
import tifffile
from PIL import Image

from innv_gui.datasets import decode, thumbnail
from innv_gui.errors import ImageRefused
from innv_gui.records import ImageRef
from tests.datasets.tiff_files import (
    HEIGHT,
    LOSSY,
    N_COLOURS,
    WIDTH,
    Kind,
    kinds,
    numbers,
    palette,
    picture,
    write,
    written_bits,
)

logging.getLogger("tifffile").setLevel(logging.CRITICAL)
PACKERS = ("none", "lzw", "zstd", "jpeg")  # the others go through the same code


def decoded(path):
    return decode(ImageRef(path.name, str(path)))


def in_matrix(kind: Kind) -> bool:
    small = kind.photometric in ("palette", "cielab") and kind.dtype not in ("uint8", "uint16")
    lossy_indices = kind.photometric == "palette" and kind.compression in LOSSY
    rare = kind.compression in ("webp", "lerc", "packbits") and kind.dtype == "uint8" and kind.byteorder == "<"
    packed = kind.compression in PACKERS and not (kind.compression == "zstd" and kind.tiled)
    return (packed or rare) and not (small or lossy_indices)


def allowed(kind: Kind) -> float:
    """Colours of 16 bits come in 8, alpha too: each of both, and their product, is cut once."""
    return 1.01 if kind.photometric in ("minisblack", "miniswhite") or kind.dtype != "uint16" else 3.1


def as_written(kind: Kind, found: np.ndarray, expected: np.ndarray) -> bool:
    if found.shape[:2] != expected.shape[:2]:
        return False
    away = np.abs(found.astype(float) - expected)
    if kind.compression in LOSSY:
        return away[:16, :32].mean() < 4  # whole tiles: JPEG smears what fills up the others
    return away.max() <= allowed(kind)


def outcome(path, kind: Kind) -> str | None:
    """read, refused, or what is wrong; None for a layout that cannot be written."""
    values = numbers(kind)
    try:
        write(path, kind, values)
    except Exception:  # tifffile and its codecs refuse in many ways
        return None
    try:
        found = decoded(path)
    except ImageRefused as refused:
        named = "a TIFF of" in refused.message and "an unsupported kind" in refused.message
        return "refused" if named else f"{kind}: {refused.message}"
    return "read" if as_written(kind, found, picture(kind, values)) else f"{kind}: wrong picture"


@pytest.mark.parametrize(("photometric", "least"), [*zip(N_COLOURS, (60, 20, 60, 20, 4, 3, 0), strict=True)])
def test_every_layout_gives_what_was_written_or_is_refused_by_its_kind(tmp_path, photometric, least):
    ours = [kind for kind in kinds() if kind.photometric == photometric and in_matrix(kind)]
    outcomes = [outcome(tmp_path / "a.tiff", kind) for kind in ours]
    assert not {said for said in outcomes if said not in ("read", "refused", None)}
    assert outcomes.count("read") >= least


def test_usual_layouts_are_read_and_not_refused(tmp_path):
    for dtype, byteorder in ((dtype, order) for dtype in ("uint8", "uint16") for order in "<>"):
        for photometric, extra in (("minisblack", ""), ("rgb", ""), ("rgb", "unassalpha"), ("rgb", "assocalpha")):
            for packer in ("none", "lzw", "deflate", "zstd"):
                kind = Kind(photometric, dtype, extra, "contig", packer, False, byteorder)
                assert outcome(tmp_path / "a.tiff", kind) == "read", kind


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("packer", ["none", "lzw", "deflate"])
@pytest.mark.parametrize("dtype", ["int16", "int32", "float32"])
def test_deep_grey_is_the_same_in_both_byte_orders_packed_or_not(tmp_path, order, packer, dtype):
    assert outcome(tmp_path / "a.tiff", Kind("minisblack", dtype, compression=packer, byteorder=order)) == "read"


# -- samples of any number of bits


def bits_of(bits: int, samples: int = 1) -> np.ndarray:
    values = np.random.default_rng(bits).integers(0, 2**bits, (HEIGHT, WIDTH, samples))
    values[0, 0], values[0, 1] = 0, 2**bits - 1
    return values


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("fill", [1, 2])
@pytest.mark.parametrize("photometric", [0, 1, 3])
@pytest.mark.parametrize("bits", [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 24, 32])
def test_any_number_of_bits_spans_black_to_white_or_is_refused(tmp_path, bits, photometric, fill, order):
    values, white = bits_of(min(bits, 16)), 2 ** min(bits, 16) - 1
    colours = palette()[:, : 2 ** min(bits, 8)]
    tags = {320: tuple(map(int, colours.ravel()))} if photometric == 3 and bits <= 8 else {}
    (tmp_path / "a.tiff").write_bytes(written_bits(values, bits, photometric, order=order, fill=fill, tags=tags))
    try:
        found = decoded(tmp_path / "a.tiff")
    except ImageRefused as refused:
        usual = bits in (1, 2, 4, 8, 16) and photometric == 1 and fill == 1
        assert f"{bits}-bit" in refused.message and "an unsupported kind" in refused.message and not usual
        return
    expected = values * (255 / white)
    expected = 255 - expected if photometric == 0 else expected
    expected = colours[:, values[..., 0]].transpose(1, 2, 0) / 257 if photometric == 3 else expected
    assert np.abs(found - expected).max() <= 0.51


def test_twelve_bit_grey_is_as_bright_as_it_was(tmp_path):
    (tmp_path / "a.tiff").write_bytes(written_bits(np.array([[[0], [2048], [4095]]]), 12, 1))
    assert np.allclose(decoded(tmp_path / "a.tiff").ravel(), [0, 127.53, 255], atol=0.01)


# -- what only a tag tells


@pytest.mark.parametrize(
    ("photometric", "samples", "tags", "said"),
    [
        (1, 1, {339: 2}, "8-bit signed grey"),
        (1, 1, {339: 4}, "8-bit undefined grey"),
        (5, 4, {332: 2}, "8-bit ink with 4 samples"),
        (6, 3, {529: (1, 1, 1)}, "8-bit YCbCr"),
        (8, 3, {}, "8-bit CIELab"),
        (32803, 1, {}, "8-bit raw camera"),
        (1, 1, {259: 34887}, "packed by LERC"),
        (1, 1, {259: 60000}, "packed by compression 60000"),
    ],
)
def test_what_a_tag_makes_unusual_is_refused_by_name(tmp_path, photometric, samples, tags, said):
    (tmp_path / "a.tiff").write_bytes(written_bits(bits_of(8, samples), 8, photometric, tags=tags))
    with pytest.raises(ImageRefused, match=f"a.tiff is a TIFF of .*{said}.* an unsupported kind") as refused:
        decoded(tmp_path / "a.tiff")
    assert "PNG" in refused.value.hint


def test_unpacked_colours_at_half_resolution_are_not_read_as_whole(tmp_path):
    content = written_bits(bits_of(8, 3), 8, 6, tags={530: (2, 2), 279: HEIGHT * WIDTH * 3 // 2})
    (tmp_path / "a.tiff").write_bytes(content)
    with pytest.raises(ImageRefused, match="YCbCr"):
        decoded(tmp_path / "a.tiff")


def test_a_palette_written_in_bytes_is_not_black(tmp_path):
    values, colours = bits_of(8), palette() // 257
    (tmp_path / "a.tiff").write_bytes(written_bits(values, 8, 3, tags={320: tuple(map(int, colours.ravel()))}))
    assert np.array_equal(decoded(tmp_path / "a.tiff"), colours[:, values[..., 0]].transpose(1, 2, 0))


def test_whole_numbers_beyond_sixteen_bit_are_told_as_they_are(tmp_path):
    (tmp_path / "a.tiff").write_bytes(written_bits(np.array([[[5], [4_000_000_000]]]), 32, 1))
    with pytest.raises(ImageRefused, match="a.tiff holds whole numbers up to 4000000000; expected 0 to 65535"):
        decoded(tmp_path / "a.tiff")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_orientation_turns_shallow_and_deep_tiffs(tmp_path, bits, orientation):
    values = bits_of(bits)
    (tmp_path / "a.tiff").write_bytes(written_bits(values, bits, 1, tags={274: orientation}))
    turned = np.rot90(values, (0, 0, 2, 2, 1, 3, 3, 1)[orientation - 1])
    turned = {2: np.fliplr, 4: np.fliplr, 5: np.flipud, 7: np.flipud}.get(orientation, lambda v: v)(turned)
    assert np.abs(decoded(tmp_path / "a.tiff") - turned * (255 / (2**bits - 1))).max() <= 0.51


@pytest.mark.parametrize("bigtiff", [False, True])
def test_of_several_pages_the_first_is_shown(tmp_path, bigtiff):
    pages = np.random.default_rng(1).integers(0, 65536, (3, HEIGHT, WIDTH)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tiff", pages, photometric="minisblack", bigtiff=bigtiff, metadata=None)
    assert np.allclose(decoded(tmp_path / "a.tiff")[..., 0], pages[0] / 257, atol=1e-3)


def test_a_big_tiff_of_an_unusual_kind_is_refused_by_it(tmp_path):
    tifffile.imwrite(tmp_path / "a.tiff", np.zeros((9, 9, 3), np.float32), photometric="rgb", bigtiff=True)
    with pytest.raises(ImageRefused, match="a TIFF of 32-bit float RGB with 3 samples, an unsupported kind"):
        decoded(tmp_path / "a.tiff")


def test_an_unusual_tiff_that_is_cut_short_is_no_picture_either(tmp_path):
    content = written_bits(bits_of(12), 12, 1)
    for share in (0.2, 0.6, 0.95):
        (tmp_path / "a.tiff").write_bytes(content[: int(len(content) * share)])
        with pytest.raises(ImageRefused, match="cut short|damaged"):
            decoded(tmp_path / "a.tiff")


def test_a_thumbnail_is_of_the_same_picture(tmp_path):
    values = np.repeat(np.array([[[0], [4095]]]), 8, axis=1).repeat(16, axis=0)
    (tmp_path / "a.tiff").write_bytes(written_bits(values, 12, 1))
    small = np.asarray(Image.open(io.BytesIO(thumbnail(ImageRef("a.tiff", str(tmp_path / "a.tiff")), 16))))
    assert small[8, 2] == 0 and small[8, 13] == 255
