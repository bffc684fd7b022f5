"""Tiny squares of images, against loops that anyone can read."""

import numpy as np
import pytest

from innv_gui.datasets import geometry, square_of


def slowly(pixels, side):
    """The mean of each whole block of pixels in the middle, in double precision."""
    block = min(pixels.shape[:2]) // side
    top, left = ((length - block * side) // 2 for length in pixels.shape[:2])
    found = np.zeros((side, side, pixels.shape[2]))
    for row in range(side):
        for column in range(side):
            y, x = top + row * block, left + column * block
            found[row, column] = pixels[y : y + block, x : x + block].mean(axis=(0, 1), dtype=np.float64)
    return found


@pytest.mark.parametrize("shape", [(64, 64, 3), (97, 300, 3), (375, 500, 3), (700, 65, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_large_image_is_the_mean_of_its_blocks(shape, dtype):
    pixels = (np.random.default_rng(0).random(shape) * 255).astype(dtype)
    found, expected = square_of(pixels).astype(float), slowly(pixels, 32)
    assert found.shape == (32, 32, 3)
    np.testing.assert_allclose(found, np.repeat(expected, 3 // shape[2], axis=2), atol=0.5 + 1e-4)


@pytest.mark.parametrize("shape", [(5, 40, 3), (32, 32, 1), (63, 50, 3)])
def test_a_small_image_is_cropped_and_resized(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    expected = geometry.as_pixels(geometry.fitted(pixels, 32, 32, 3, "crop"))
    np.testing.assert_array_equal(square_of(pixels), expected)


def test_bright_blocks_do_not_overflow():
    assert (square_of(np.full((4200, 4200, 1), 255, np.uint8)) == 255).all()
