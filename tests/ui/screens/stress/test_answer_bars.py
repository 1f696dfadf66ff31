import pytest
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.stress.charts import ROWS, AnswerBars, AnswerRow


@pytest.fixture
def bars(qtbot, look):
    made = AnswerBars(look)
    qtbot.addWidget(made)
    made.resize(300, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


def colours_of(bars, row=0):
    image = bars.grab().toImage()
    y = int((row + 0.5) * bars.height() / ROWS) + 2
    return [QColor(image.pixel(x, y)).name() for x in range(image.width())]


def test_a_bar_is_as_long_as_the_answer_is_sure(bars, look):
    lengths = []
    for value in (0.25, 0.5, 1.0):
        bars.show_rows([AnswerRow("Burr", value)])
        lengths.append(colours_of(bars).count(look.tokens.accent.lower()))
    assert lengths[0] == pytest.approx(lengths[2] / 4, abs=3)
    assert lengths[1] == pytest.approx(lengths[2] / 2, abs=3)


def test_the_tick_stands_where_the_answer_was_on_the_original(bars, look):
    bars.show_rows([AnswerRow("Burr", 0.1, 0.8)])
    found = colours_of(bars)
    accent, text = look.tokens.accent.lower(), look.tokens.text.lower()
    begins = found.index(accent)
    ticks = [x for x, colour in enumerate(found) if colour == text and x > begins + 40]
    assert ticks
    bars.show_rows([AnswerRow("Burr", 0.1)])
    assert len(colours_of(bars)) == bars.width()
    assert [
        x
        for x, colour in enumerate(colours_of(bars))
        if colour == text and begins + 40 < x < begins + 100
    ] == []


def test_it_can_be_heard(bars):
    bars.show_rows([AnswerRow("Burr", 0.71, 0.22), AnswerRow("OK", 0.2)])
    assert bars.accessibleName() == "Top predictions"
    assert bars.accessibleDescription() == "Burr 0.71, original 0.22; OK 0.20"


def test_there_are_never_more_than_three_rows_and_none_without_an_answer(bars):
    bars.show_rows([AnswerRow(str(number), 0.1) for number in range(5)])
    assert len(bars.rows) == ROWS
    bars.show_rows([])
    assert (bars.rows, bars.accessibleDescription()) == ((), "")


def test_a_long_name_is_cut_and_leaves_the_bar_its_place(bars, look):
    bars.show_rows([AnswerRow("a class with a name that goes on and on", 1.0)])
    long = colours_of(bars).index(look.tokens.accent.lower())
    bars.show_rows([AnswerRow("b", 1.0)])
    assert colours_of(bars).index(look.tokens.accent.lower()) == long
