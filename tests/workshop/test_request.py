"""What can be asked of the workshop, and the sentence for what cannot."""

import numpy as np
import pytest

from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, Problem
from innv_gui.session.workshop.asked import given_classes
from innv_gui.session.workshop.request import check_shapes

LINE = np.zeros((28, 28))
LINE[3:9, 4] = 1
LEFT = np.zeros((28, 28), int)
LEFT[:, :14] = -1
TWO = ["box", "disk"]


def read(refs):
    """Squares of one grey, but for what is called bad."""
    good = [one for one in refs if one.name != "bad"]
    squares = [np.full((28, 28), k, np.uint8) for k, _ in enumerate(good)]
    for one in squares:
        one[0] = 200
    problems = [Problem(one.name, "is empty") for one in refs if one.name == "bad"]
    return np.stack(squares) if squares else np.zeros((0, 28, 28), np.uint8), problems


def check(classes, **wishes):
    return check_shapes(classes, read=read, **wishes)


WRONG = {
    "no class": ([], {}, "classes", "at least two classes, got none"),
    "one class": (["box"], {}, "classes", "got box alone"),
    "a tile twice": (["box", "disk", "box"], {}, "classes", "The tile 'box' appears twice"),
    "a tile by both names": (["vertical line", "vertical_line"], {}, "classes", "appears twice"),
    "a name twice": (["box", ("box", LINE)], {}, "classes", "The name 'box' appears twice"),
    "a drawing twice": (["box", ("a", LINE), ("b", LINE)], {}, "classes", "a and b are the same picture"),
    "a drawing of a tile": (["vertical_line", ("mine", "line")], {}, "classes", "vertical line and mine are the same"),
    "no such tile": (["box", "cross"], {}, "classes", "There is no tile 'cross'"),
    "an empty drawing": (["box", ("a", LINE * 0)], {}, "classes", "The drawing 'a' is empty"),
    "one grey": (["box", ("a", LINE * 0 + 0.5)], {}, "classes", "has the same grey everywhere"),
    "a wrong size": (["box", ("a", np.ones(3))], {}, "classes", "Expected 28 x 28 numbers for 'a', got (3,)"),
    "a ragged drawing": (["box", ("a", [[1, 2], [3]])], {}, "classes", "Expected 28 x 28 numbers"),
    "a drawing of NaN": (["box", ("a", LINE * np.nan)], {}, "classes", "numbers from 0 to 1"),
    "a drawing of 256": (["box", ("a", LINE.astype(int) * 256)], {}, "classes", "whole numbers from 0 to 255"),
    "no name": (["box", ("  ", LINE)], {}, "classes", "a name of 1 to 80"),
    "a text": ("box", {}, "classes", "got str"),
    "a number": (["box", 3], {}, "classes", "a pair of a name and a drawing or images, got int"),
    "too many": ([*TWO, *((f"{k}", LINE * k / 20) for k in range(1, 18))], {}, "classes", "at most 18 classes, got 19"),
    "bad images": (
        ["box", ("a", ImageRef("bad", "/nowhere"))],
        {},
        "classes",
        "No picture of 'a' can be used: is empty",
    ),
    "201 pictures": (["box", ("a", np.stack([LINE] * 201))], {}, "classes", "has 201 pictures"),
    "no epoch": (TWO, {"epochs": 0}, "epochs", "1 to 10000"),
    "100 000 epochs": (TWO, {"epochs": 100_000}, "epochs", "1 to 10000"),
    "half an epoch": (TWO, {"epochs": 1.5}, "epochs", "1 to 10000"),
    "a step of NaN": (TWO, {"step_size": float("nan")}, "step_size", "above 0, at most 1, got nan"),
    "a step of 0": (TWO, {"step_size": 0}, "step_size", "above 0"),
    "no strength": (TWO, {"strength": -1.0}, "strength", "above 0"),
    "no seed": (TWO, {"seeds": 0}, "seeds", "1 to 10"),
    "many seeds": (TWO, {"seeds": 11}, "seeds", "1 to 10"),
    "a negative seed": (TWO, {"seed": -1}, "seed", "0 to"),
    "a true seed": (TWO, {"seed": True}, "seed", "0 to"),
    "no such model": (TWO, {"model": "vgg"}, "model", "one of mlp, cnn"),
    "no such start": (TWO, {"initial": "grey"}, "initial", "black, white, noise, blurred"),
    "no such way": (TWO, {"way": "hope"}, "way", "none, penalty, filling, both"),
    "marks of none": (TWO, {"marks": {"ring": LEFT}}, "marks", "class 'ring' that is not chosen. Expected box, disk."),
    "short marks": (TWO, {"marks": {"box": [1, 2]}}, "marks", "28 x 28 marks for box"),
    "marks of 2": (TWO, {"marks": {"box": LEFT * 2}}, "marks", "is not 1, 0 or -1"),
    "all painted": (TWO, {"marks": {"box": LEFT * 0 - 1}}, "marks", "All of box is painted"),
    "all painted by two": (TWO, {"marks": {"box": LEFT, "disk": -1 - LEFT}}, "marks", "leave nothing of box"),
    "marks in a list": (TWO, {"marks": [LEFT]}, "marks", "marks by class, got list"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_trained_is_a_sentence_with_its_field(what):
    classes, wishes, field, words = WRONG[what]
    if what == "a drawing of a tile":
        mine = np.zeros((28, 28))
        mine[7:21, 13:15] = 1
        classes = ["vertical_line", ("mine", mine)]
    with pytest.raises(BadInput) as refused:
        check(classes, **wishes)
    assert refused.value.field == field and words in str(refused.value)


def test_a_complete_request_can_be_sent_again_and_is_the_same():
    asked = check(["box", "vertical line", ("house", LINE)], marks={"vertical line": LEFT}, seeds=2, way="filling")
    plain = asked.asked
    again = check(
        given_classes(plain["classes"], None),
        marks={name: np.reshape(values, (28, 28)) for name, values in plain["marks"].items()},
        **{
            name: plain[name]
            for name in ("way", "strength", "initial", "step_size", "epochs", "seed", "seeds", "model")
        },
    )
    assert again.asked == plain and again.key == asked.key
    assert asked.labels == ("box", "vertical line", "house") and list(plain["marks"]) == ["vertical_line"]
    assert asked.trials == [(0, "none"), (0, "filling"), (1, "none"), (1, "filling")]


def test_without_marks_there_is_one_network_for_each_seed_whatever_the_way():
    asked = check(TWO, way="penalty", marks={"box": LEFT * 0}, seed=4, seeds=2)
    assert asked.trials == [(4, "none"), (5, "none")] and asked.recipe.classes[0].marks is None
    assert asked.key == check(TWO, seed=4, seeds=2).key != check(TWO, seed=4, seeds=2, epochs=50).key
    assert asked.key != check(TWO[::-1], seed=4, seeds=2).key


@pytest.mark.parametrize("drawn", [LINE, LINE > 0, LINE.astype(int), (LINE * 255).astype(np.uint8)])
def test_a_drawing_is_the_same_as_numbers_of_any_kind(drawn):
    one = check(["box", ("house", drawn)]).recipe.classes[1]
    np.testing.assert_array_equal(one.pixels, (LINE * 255).astype(np.uint8)[None])


def test_pictures_that_cannot_be_used_are_left_out_with_a_note():
    refs = [ImageRef(name, "/nowhere") for name in ("a.png", "bad", "c.png")]
    asked = check(["box", ("cats", refs)])
    assert asked.recipe.classes[1].pixels.shape == (2, 28, 28)
    assert asked.notes == ("1 of 3 pictures of cats are left out: bad is empty",)


def test_pictures_that_are_nearly_black_stay_so():
    dark = np.eye(28, dtype=np.uint8)
    np.testing.assert_array_equal(check(["box", ("dark", dark)]).recipe.classes[1].pixels, dark[None])
