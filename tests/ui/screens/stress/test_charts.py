import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.stress.charts import (
    ConfidenceChart,
    UncertaintyChart,
    describe_confidence,
    format_frame_count,
)
from fieldcheck.ui.screens.stress.state import BINS, ConfidenceTally, TallyMoment

SOME = ConfidenceTally((*[0] * 12, 3, 0, 0, 8, 0, 0, 0, 1), (*[0] * 19, 12), 12, 0.7712, 0.25)


@pytest.fixture
def shown(qtbot):
    def show(made):
        qtbot.addWidget(made)
        made.resize(320, 200)
        made.show()
        qtbot.waitExposed(made)
        return made

    return show


def painted(chart):
    image = chart.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_the_histogram_paints_bars_line_and_limit_in_the_colours_of_the_theme(shown, look):
    chart = shown(ConfidenceChart(look))
    chart.show_confidence(SOME)
    assert {
        look.tokens.panel.lower(),
        look.tokens.text2.lower(),
        look.tokens.accent.lower(),
        look.tokens.warn_text.lower(),
    } <= painted(chart)


def test_the_histogram_says_its_numbers(shown, look):
    chart = shown(ConfidenceChart(look))
    assert chart.accessibleDescription() == "No predictions yet."
    chart.show_confidence(SOME)
    assert chart.accessibleName() == "Prediction confidence"
    assert chart.accessibleDescription() == "12 predictions: median 0.77, 25% below 0.6."


def test_the_height_of_the_histogram_follows_its_highest_bar(shown, look):
    chart = shown(ConfidenceChart(look))
    chart.show_confidence(SOME)
    assert chart.box.viewRange()[1] == pytest.approx([-0.04 * 12, 1.04 * 12])
    assert chart.box.viewRange()[0] == pytest.approx([-0.03, 1.03], abs=0.01)


def test_the_line_of_doubt_marks_where_the_answer_changed(shown, look):
    chart = shown(UncertaintyChart(look))
    assert chart.accessibleDescription() == "No predictions yet."
    chart.show_moments([TallyMoment(100.0 + at, 0.5, int(at == 3), 2) for at in range(10)], 110.0)
    assert chart.accessibleDescription() == "Uncertainty up to 0.50; 1 of 20 predictions changed."
    assert look.tokens.accent.lower() in painted(chart)
    chart.show_moments([TallyMoment(100.0 + at, 0.5, 0) for at in range(10)], 110.0)
    assert look.tokens.accent.lower() not in painted(chart)


def test_neither_chart_can_be_moved_or_reached_by_the_keyboard(shown, look):
    for chart in (shown(ConfidenceChart(look)), shown(UncertaintyChart(look))):
        assert chart.focusPolicy() == Qt.FocusPolicy.NoFocus
        assert chart.box.state["mouseEnabled"] == [False, False]


def test_the_words_count_right():
    assert format_frame_count(1) == "Last 1 frame"
    assert format_frame_count(300) == "Last 300 frames"
    expected = "No predictions yet."
    assert describe_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0)) == expected


def test_that_nothing_was_found_is_no_missing_answer():
    actual = describe_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0, 18))
    assert actual == "No such prediction."


def test_a_click_on_a_disc_says_which_moment_it_is_and_one_elsewhere_nothing(shown, look, qtbot):
    chart, told = shown(UncertaintyChart(look)), []
    chart.picked.connect(told.append)
    chart.show_moments([TallyMoment(70.0, 0.3, 0), TallyMoment(90.0, 0.8, 1)], 100.0)
    qtbot.wait(50)
    for ago in (-10.0, -40.0):
        place = chart.mapFromScene(chart.box.mapViewToScene(QPointF(ago, 0.5)))
        QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == [pytest.approx(90.0)]
