from fieldcheck.ui.widgets.text_lines import TransientNote


def noted(qtbot, ms=30):
    note, told = TransientNote(), []
    note._timer.setInterval(ms)
    note.changed.connect(lambda: told.append(note.text))
    return note, told


def test_it_is_over_by_itself(qtbot):
    note, told = noted(qtbot)
    note.show_note("Too fast. Press the key again.")
    assert note.text == "Too fast. Press the key again."
    qtbot.waitUntil(lambda: not note.text)
    assert told == ["Too fast. Press the key again.", ""]


def test_one_that_lasts_stands_until_it_is_ended(qtbot):
    note, told = noted(qtbot)
    note.show_note("a while")
    note.show_note("Extreme points: 1 of 4", lasts=True)
    qtbot.wait(90)
    assert note.text == "Extreme points: 1 of 4"
    note.clear_note()
    note.clear_note()
    assert told == ["a while", "Extreme points: 1 of 4", ""]
