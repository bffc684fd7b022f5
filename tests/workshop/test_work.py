"""How long a run takes, told before it begins."""

from innv_gui.session.workshop.request import check_shapes
from innv_gui.session.workshop.work import GUESSED_S, TRACING_S, Speeds, batches_of


def recipe(classes=("box", "disk"), **wishes):
    return check_shapes(list(classes), read=None, **wishes).recipe


def test_an_epoch_has_a_batch_of_four_of_the_images_that_are_not_held_out():
    assert batches_of(recipe()) == 4 and batches_of(recipe(("box", "disk", "ring"))) == 6


def test_seconds_grow_with_epochs_networks_and_classes_and_follow_what_was_measured():
    speeds = Speeds()
    assert speeds.seconds(recipe(epochs=100), 1) == TRACING_S + 400 * GUESSED_S["mlp"]
    speeds.put(recipe(), 4, 3.0)  # with the tracing
    assert speeds.seconds(recipe(epochs=100), 1) == 400 * GUESSED_S["mlp"]
    speeds.put(recipe(), 40, 0.4)
    assert abs(speeds.seconds(recipe(epochs=50), 3) - 3 * 200 * 0.01) < 1e-9
    assert speeds.seconds(recipe(model="cnn"), 1) > TRACING_S
