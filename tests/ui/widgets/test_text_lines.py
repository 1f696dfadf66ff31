from itertools import pairwise

import pytest
from PySide6.QtGui import QFontMetrics

from fieldcheck.ui.widgets.text_lines import (
    FixedLinesLabel,
    LineList,
    ReservedLinesLabel,
    TransientNote,
    break_into,
    break_lines,
)

LONG = (
    "Labels made in sight of the model's answer are marked as such, in the report too, and "
    "pressing it again shows it"
)
SAID = [
    "",
    "Too fast. Press the key again.",
    LONG,
    "x" * 400,
    "穴" * 80,
    "ثقب في القطعة",
    "🔩" * 90,
]


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("said", SAID)
def test_it_is_as_high_whatever_it_says(shown, look, lines, said):
    made = shown(FixedLinesLabel(lines), 300, 60)
    before = (made.sizeHint(), made.minimumSizeHint())
    made.set_text(said)
    assert (made.sizeHint(), made.minimumSizeHint()) == before
    assert len(made.get_shown_lines()) <= lines
    assert all(made.fontMetrics().horizontalAdvance(line) <= 301 for line in made.get_shown_lines())


def test_what_has_no_room_is_its_tooltip_and_what_has_room_is_not(shown, look):
    made = shown(FixedLinesLabel(2), 260, 40)
    made.set_text(f"{LONG} 59")
    assert "…" in made.get_shown_lines()[-1]
    assert made.get_shown_lines()[-1].endswith("59")
    assert made.toolTip() == f"{LONG} 59"
    made.resize(1200, 40)
    assert made.get_shown_lines() == [f"{LONG} 59"]
    assert made.toolTip() == ""


def test_it_grows_when_it_is_given_more_lines(shown, look):
    made = shown(FixedLinesLabel(1), 260, 40)
    line = made.sizeHint().height()
    made.set_lines(2)
    assert made.sizeHint().height() == line + made.fontMetrics().lineSpacing()


def test_words_take_more_lines_than_were_kept_for_them_and_none_is_left_out(look, shown):
    made = shown(ReservedLinesLabel(2), 260, 40)
    two, spacing = made.sizeHint().height(), made.fontMetrics().lineSpacing()
    made.set_text("Short.")
    assert made.sizeHint().height() == two == made.fontMetrics().height() + spacing
    made.set_text(LONG)
    assert len(made.get_shown_lines()) > 2
    assert made.sizeHint().height() == two + (len(made.get_shown_lines()) - 2) * spacing
    assert " ".join(made.get_shown_lines()) == LONG
    made.resize(1200, 40)
    assert made.sizeHint().height() == two
    made.set_text("One.\nTwo.\nThree.")
    assert made.get_shown_lines() == ["One.", "Two.", "Three."]
    made.set_text("")
    assert made.get_shown_lines() == [""]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("room", [40, 90, 2000])
def test_every_letter_is_on_one_of_the_lines_and_no_line_takes_a_word_more(look, shown, said, room):
    made = shown(FixedLinesLabel(), 300, 60)
    wide, lines = made.fontMetrics().horizontalAdvance, break_lines(said, made.font(), room)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")
    assert all(wide(line) <= room + 1 for line in lines)
    for line, after in pairwise(lines):
        first = after.split()[0]
        assert wide(f"{line} {first}") >= room or f"{line}{first}" in said  # broken in a word


@pytest.mark.parametrize("room", [60, 140])
def test_of_a_name_that_needs_more_lines_than_there_are_both_ends_are_shown(shown, room):
    font, name = shown(FixedLinesLabel(), 300, 60).font(), "flange_" * 9 + "upper →"
    first, last = break_into(2, name, font, room)
    assert name.startswith(first)
    assert last.startswith("…")
    assert name.endswith(last[1:])
    assert all(QFontMetrics(font).horizontalAdvance(line) <= room + 1 for line in (first, last))
    assert break_into(2, "ok →", font, room) == ["ok →"]


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


def test_a_line_that_is_nearly_as_wide_as_its_place_has_the_height_of_the_lines_it_takes(
    look, shown
):
    made = shown(LineList(look, "Lines"), 300, 300)
    made.setStyleSheet("QListView::item { padding: 4px; }")
    for letters in range(10, 60):
        said = f"{'n' * letters} end"
        made.set_lines([said, "one"])
        made.doItemsLayout()
        whole, one = (made.visualItemRect(made.item(at)).height() for at in (0, 1))
        if whole == one:
            room = made.viewport().width() - 2 * 4 - 6
            assert made.fontMetrics().horizontalAdvance(said) <= room, letters
