"""Masks of a folder go to the images they are named like, and where that is in doubt nobody guesses."""

import pytest

from innv_gui.errors import BadInput
from innv_gui.session.trust.mask_files import masks_of


def given(folder, *masks):
    for mask in masks:
        path = folder / mask
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def found(folder, *names, paths=None):
    masks = masks_of(folder, names, paths or names)
    return {names[place]: path.relative_to(folder).as_posix() for place, path in masks.items()}


def test_images_in_folders_of_classes_take_the_masks_of_the_same_folders(tmp_path):
    folder = given(tmp_path, "dark/0.png", "light/0.png", "light/1.bmp", "light/notes.txt")
    names = "dark/0.jpg", "light/0.jpg", "light/1.jpg", "dark/1.jpg"
    assert found(folder, *names) == {names[0]: "dark/0.png", names[1]: "light/0.png", names[2]: "light/1.bmp"}
    assert found(folder, "deep/dark/0.jpg", "light/0.jpg") == {
        "deep/dark/0.jpg": "dark/0.png",
        "light/0.jpg": "light/0.png",
    }


def test_a_flat_folder_serves_images_in_folders_and_the_other_way_round(tmp_path):
    assert found(given(tmp_path / "flat", "0.png", "1.png"), "dark/0.jpg", "light/1.jpg") == {
        "dark/0.jpg": "0.png",
        "light/1.jpg": "1.png",
    }
    assert found(given(tmp_path / "deep", "a/0.png", "b/1.png"), "0.jpg", "1.jpg") == {
        "0.jpg": "a/0.png",
        "1.jpg": "b/1.png",
    }


def test_the_mask_of_another_folder_is_none(tmp_path):
    folder = given(tmp_path, "dark/0.png")
    with pytest.raises(BadInput, match="No mask in") as refused:
        masks_of(folder, ["light/0.jpg"], ["light/0.jpg"])
    assert "light/0.png" in refused.value.hint


@pytest.mark.parametrize(
    ("masks", "names", "words"),
    [
        (("a/0.png", "b/0.png"), ("0.jpg",), "a/0.png and b/0.png could both be the mask of 0.jpg"),
        (("0.png", "0.bmp"), ("0.jpg",), "0.bmp and 0.png could both"),
        (("0.png",), ("dark/0.jpg", "light/0.jpg"), "0.png could be the mask of dark/0.jpg and of light/0.jpg"),
    ],
)
def test_what_is_in_doubt_is_refused_by_name(tmp_path, masks, names, words):
    with pytest.raises(BadInput, match=words) as refused:
        masks_of(given(tmp_path, *masks), names, names)
    assert refused.value.field == "regions" and refused.value.hint


def test_an_image_that_is_listed_twice_has_its_mask_twice(tmp_path):
    folder = given(tmp_path, "0.png")
    assert len(masks_of(folder, ["0.jpg", "0.jpg"], ["x/0.jpg", "x/0.jpg"])) == 2
    with pytest.raises(BadInput, match="could be the mask of"):
        masks_of(folder, ["0.jpg", "0.jpg"], ["x/0.jpg", "y/0.jpg"])
    with pytest.raises(BadInput, match="could be the mask of"):
        masks_of(folder, ["0", "0"], [None, None])
