import pytest
from PySide6.QtCore import Qt

from fieldcheck.ui.widgets.text_lines import FixedLinesLabel, LineList, TransientNote

LONG = (
    "Labels made in sight of the model's answer are marked as such, in the report too, and "
    "pressing it again shows it"
)


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize(
    "said", ["", "Too fast. Press the key again.", LONG, "x" * 400, "穴" * 80, "ثقب في القطعة"]
)
def test_it_is_as_high_whatever_it_says(shown, look, lines, said):
    made = shown(FixedLinesLabel(lines), 300, 60)
    before = (made.sizeHint(), made.minimumSizeHint())
    made.set_text(said)
    assert (made.sizeHint(), made.minimumSizeHint()) == before
    assert len(made.get_shown_lines()) <= lines
    assert all(made.fontMetrics().horizontalAdvance(line) <= 300 for line in made.get_shown_lines())


def test_what_has_no_room_is_its_tooltip_and_what_has_room_is_not(shown, look):
    made = shown(FixedLinesLabel(2), 260, 40)
    made.set_text(LONG)
    assert made.get_shown_lines()[-1].endswith("…")
    assert made.toolTip() == LONG
    made.resize(1200, 40)
    assert made.get_shown_lines() == [LONG]
    assert made.toolTip() == ""


def test_the_middle_is_left_out_where_the_end_tells(shown, look):
    made = shown(FixedLinesLabel(1), 160, 40)
    made.left_out = Qt.TextElideMode.ElideMiddle
    made.set_text(f"{LONG} 59")
    assert made.get_shown_lines()[0].endswith("59")
    assert made.toolTip() == f"{LONG} 59"


def test_it_grows_when_it_is_given_more_lines(shown, look):
    made = shown(FixedLinesLabel(1), 260, 40)
    one = made.sizeHint().height()
    made.set_lines(2)
    assert made.sizeHint().height() == 2 * one


def test_a_line_feed_begins_another_line_and_what_has_none_left_is_an_ellipsis(look, shown):
    made = shown(FixedLinesLabel(3), 300, 80)
    made.set_text("One.\nTwo.\nThree.")
    assert made.get_shown_lines() == ["One.", "Two.", "Three."]
    made.set_text("One.\nTwo.\nThree.\nFour.")
    assert made.get_shown_lines() == ["One.", "Two.", "Three. …"]
    assert made.toolTip() == "One. Two. Three. Four."
    made.set_text("")
    assert made.get_shown_lines() == [""]


def test_lines_are_shown_whole_below_each_other(look, shown):
    made = shown(LineList(look, "Lines"), 200, 300)
    made.set_lines(["one", "two words " * 12])
    assert made.get_lines() == ["one", "two words " * 12]
    assert (
        made.visualItemRect(made.item(1)).height() > 2 * made.visualItemRect(made.item(0)).height()
    )
    made.set_lines(["one"])
    assert made.count() == 1


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
