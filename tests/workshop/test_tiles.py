"""Every tile against its sentence in the specification, pixel by pixel."""

import math

import numpy as np
import pytest

from innv_gui.workshop import tiles


def box(r, c):
    return 7 <= r < 21 and 7 <= c < 21


def hollow_box(r, c):
    """A border of two pixels."""
    return box(r, c) and not (9 <= r <= 18 and 9 <= c <= 18)


def vertical_line(r, c):
    return r in range(7, 21) and c in (13, 14)


def horizontal_line(r, c):
    return r in (13, 14) and c in range(7, 21)


def disk(r, c):
    return math.hypot(r - 14, c - 14) <= 8 and r in range(7, 22) and c in range(7, 22)


def ring(r, c):
    return disk(r, c) and not math.hypot(r - 14, c - 14) <= 5


def triangle(r, c):
    """The base is row 18, columns 5:24; a row higher it is narrower by one pixel on each side; the apex is (9, 14)."""
    up = 18 - r
    return 0 <= up <= 9 and c in range(5 + up, 24 - up)


def inner_triangle(r, c):
    """The base is row 17, columns 8:21, the apex is in row 11."""
    up = 17 - r
    return 0 <= up <= 6 and c in range(8 + up, 21 - up)


def small_triangle(r, c):
    widths = {0: 1, 1: 3, 2: 5, 3: 7}
    return r in widths and abs(c - 3) <= widths[r] // 2 and c in range(7)


LITERAL = {
    "box": box,
    "hollow_box": hollow_box,
    "vertical_line": vertical_line,
    "horizontal_line": horizontal_line,
    "disk": disk,
    "ring": ring,
    "triangle": triangle,
    "hollow_triangle": lambda r, c: triangle(r, c) and not inner_triangle(r, c),
    "top_box": lambda r, c: r < 6 and c < 6,
    "bottom_box": lambda r, c: 22 <= r < 28 and 22 <= c < 28,
    "top_line": lambda r, c: r < 6 and c in (2, 3),
    "bottom_line": lambda r, c: 22 <= r < 28 and c in (25, 26),
    "top_disk": lambda r, c: math.hypot(r - 3, c - 3) <= 2,
    "bottom_disk": lambda r, c: math.hypot(r - 24, c - 24) <= 2,
    "top_triangle": small_triangle,
    "bottom_triangle": lambda r, c: small_triangle(r - 21, c - 21),
}


@pytest.mark.parametrize("name", LITERAL)
def test_a_tile_is_what_its_sentence_says(name):
    found = tiles.pixels(name)
    expected = [[float(LITERAL[name](r, c)) for c in range(28)] for r in range(28)]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_there_are_eighteen_in_order_no_two_alike():
    assert list(tiles.TILES) == [*LITERAL, "noise", "blurred_noise"]
    assert len({tiles.pixels(name).tobytes() for name in LITERAL}) == 16
    assert [name for name, tile in tiles.TILES.items() if tile.noise] == ["noise", "blurred_noise"]


def test_labels_are_words():
    labels = [tile.label for tile in tiles.TILES.values()]
    assert labels[1] == "hollow box" and labels[8:10] == ["corner box, top", "corner box, bottom"]
    assert labels[-1] == "blurred noise" and len(set(labels)) == 18


def blurred(noise):
    """Gaussian of sigma 1 over four pixels on each side; beyond the border the picture is mirrored."""
    weights = [math.exp(-(k**2) / 2) for k in range(-4, 5)]

    def at(line, place):
        return sum(w * line[mirrored(place + k - 4)] for k, w in enumerate(weights)) / sum(weights)

    rows = [[at(row, c) for c in range(28)] for row in noise]
    columns = [[at(column, r) for r in range(28)] for column in zip(*rows, strict=True)]
    return list(zip(*columns, strict=True))


def mirrored(place):
    return -place - 1 if place < 0 else 55 - place if place > 27 else place


def test_noise_is_drawn_again_for_each_copy_and_blurred_by_one_pixel():
    rng = np.random.default_rng(3)
    first, second = tiles.drawn("noise", rng), tiles.drawn("noise", rng)
    assert np.abs(first - second).mean() > 0.2
    assert 0 <= first.min() < 0.01 and 0.99 < first.max() < 1
    np.testing.assert_allclose(
        tiles.drawn("blurred_noise", np.random.default_rng(3)), blurred(first), rtol=1e-5, atol=1e-6
    )
    with pytest.raises(KeyError):
        tiles.pixels("noise")


def test_a_shape_takes_no_random_number():
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(tiles.drawn("disk", rng), tiles.pixels("disk"))
    assert rng.random() == np.random.default_rng(0).random()
