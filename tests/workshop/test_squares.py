"""Images as training images: the middle square, averaged; read once as long as their files do not change."""

import numpy as np
from PIL import Image

from innv_gui import datasets
from innv_gui.datasets.small import grey_square
from innv_gui.records import ImageRef
from innv_gui.session.workshop.squares import Squares


def slow(pixels, side):
    """Every pixel becomes a block of so many that the middle square divides into whole blocks."""
    grey = pixels[..., :3] @ np.array((0.299, 0.587, 0.114)) if pixels.shape[2] == 3 else pixels[..., 0]
    edge = min(grey.shape)
    fine = np.kron(grey, np.ones((2 * side, 2 * side)))
    top, left = ((length - edge) * side for length in grey.shape)
    middle = fine[top : top + 2 * side * edge, left : left + 2 * side * edge]
    return middle.reshape(side, 2 * edge, side, 2 * edge).mean(axis=(1, 3))


def test_a_square_is_the_mean_over_areas_in_grey():
    rng = np.random.default_rng(0)
    for shape in ((56, 56, 1), (61, 97, 3), (90, 40, 3), (9, 14, 1), (28, 28, 1)):
        pixels = rng.integers(0, 256, shape, np.uint8)
        assert np.abs(grey_square(pixels, 28) - slow(pixels, 28)).max() < 0.51, shape


class OwnPool:
    """Does the work at once, and counts it."""

    def __init__(self):
        self.asked = 0

    def run(self, task, *args, about):
        assert task == "images.greys" and about
        self.asked += 1
        return datasets.greys(*args)


def test_images_are_read_once_until_a_file_changes(tmp_path):
    pool = OwnPool()
    squares = Squares(lambda: pool)
    refs = [ImageRef(f"{k}.png", str(tmp_path / f"{k}.png")) for k in range(40)]
    for k, ref in enumerate(refs[:39]):
        Image.new("L", (40, 30), k).save(ref.path)
    made, problems = squares.read(refs)
    assert made.shape == (39, 28, 28) and (made[:, 0, 0] == np.arange(39)).all() and pool.asked == 2
    assert [one.name for one in problems] == ["39.png"]
    assert squares.read(refs)[0] is made and pool.asked == 2
    Image.new("RGB", (64, 64), (255, 255, 255)).save(refs[0].path)
    assert (squares.read(refs)[0][0] == 255).all() and pool.asked == 4
