"""What is reported about something that was removed."""

from innv_gui.session.removed import MOST, Removed


def test_it_is_named_and_what_never_was_is_not():
    removed = Removed("dataset", "dataset")
    removed.note("d1", "photos")
    assert "dataset photos is no longer open" in removed.missing("d1").message and removed.missing("d1").hint
    assert removed.missing("d2").message == "There is no dataset 'd2'." and removed.missing("d2").field == "dataset"
    assert len(removed.missing("d" * 9999).message) < 100


def test_names_do_not_pile_up():
    removed = Removed("model", "models")
    for number in range(MOST + 1):
        removed.note(f"m{number}", "net")
    assert "no longer" in removed.missing(f"m{MOST}").message and "There is no" in removed.missing("m0").message
