from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import GapChart, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.widgets.charts import (
    BRACKET,
    EDGE,
    ROW,
    Chart,
    ChartTable,
    DumbbellChart,
    PlotView,
)
from tests.ui.widgets.marks import near

AXIS = PlotAxis(0.0, 1.0, ((0.0, "0"), (1.0, "1")))


def plot():
    marks = (PlotMark(0.25, 0.5, ("a",)), PlotMark(0.75, 1.0, ("b",)))
    bars = PlotSeries("bars", marks, fill="empty", width=0.3)
    marks = (PlotMark(0.1, 0.1, ("c",), 0.0, 0.2), PlotMark(0.9, 0.2, ("d",), 0.1, 0.3))
    line = PlotSeries("line", marks, "square", dashed=True, band=True)
    point = PlotSeries("points", (PlotMark(0.5, 0.9, ("e",), 0.8, 1.0),))
    rules = (PlotRule(0.7), PlotRule(0.4, level=False, mark="▼"))
    return Plot(
        "where", "Chart", "Says it, n = 5.", AXIS, AXIS, (bars, line, point), ("name",), rules,
        diagonal=True,
    )  # fmt: skip


@pytest.fixture
def view(look, shown):
    made = shown(PlotView(look, "Chart"), 500, 300)
    made.show_plot(plot())
    return made


def place(view, x, y):
    return QPointF(view.mapFromScene(view.box.mapViewToScene(QPointF(x, y))))


def test_a_click_takes_the_mark_under_it_and_beside_all_of_them_none(view):
    told = []
    view.mark_clicked.connect(told.append)
    for x, y in ((0.25, 0.3), (0.75, 0.6), (0.9, 0.2), (0.5, 0.9), (0.5, 0.5)):
        QTest.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=place(view, x, y).toPoint()
        )
    assert told == [0, 1, 3, 4]


def test_its_axes_say_what_is_measured_and_add_no_factor_of_a_thousand(view):
    small = PlotAxis(0.0, 0.01, ((0.0, "0%"), (0.01, "1%")), "errors")
    view.show_plot(replace(plot(), x=replace(AXIS, name="severity"), y=small))
    assert view.left.label.toPlainText().strip() == "errors"
    assert view.bottom.label.toPlainText().strip() == "severity"


def test_it_says_its_words_and_forgets_them(view):
    assert (view.accessibleName(), view.accessibleDescription()) == ("Chart", "Says it, n = 5.")
    view.show_plot(None)
    assert view.accessibleDescription() == ""
    assert view.find_mark(QPointF(100, 100)) is None


def test_words_under_the_axis_that_have_no_room_are_left_out(look, shown):
    days = PlotAxis(0.0, 5.0, tuple((float(at), f"{at}. November 14:00") for at in range(6)))
    for width, n in ((900, 6), (300, 2)):
        view = shown(PlotView(look, "Chart", least=(100, 80)), width, 200)
        view.show_plot(replace(plot(), x=days))
        assert len(view.bottom._tickLevels[0]) == n


def test_a_chart_only_shows_and_wears_the_colours_of_the_window(look, shown):
    chart = shown(Chart(look, "Some figures"), 300, 200)
    assert chart.accessibleName() == "Some figures"
    assert chart.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert chart.box.state["mouseEnabled"] == [False, False]
    assert chart.grab().toImage().pixelColor(295, 3).name().upper() == look.tokens.panel


def test_the_table_takes_the_place_of_the_chart_and_opens_what_its_marks_open(look, shown):
    made, told = shown(ChartTable(look, PlotView(look, "Chart")), 500, 300), []
    made.chart.mark_clicked.connect(told.append)
    made.chart.show_plot(plot())
    assert made.table.lines.rowCount() == 0, "nobody looks at it"
    assert made.toggle_table()
    assert not made.chart.isVisible()
    assert made.table.lines.rowCount() == len(plot().marks)
    made.table.activated.emit(made.table.lines.index(2, 0))
    assert told == [2]
    made.chart.show_plot(None)
    assert made.table.lines.rowCount() == 0
    assert not made.toggle_table()
    assert made.chart.isVisible()


SCORE_AXIS = PlotAxis(0.0, 1.0, ((0.0, "0%"), (0.5, "50%"), (1.0, "100%")), "accuracy")


def score_place(chart, part):
    """Where a share stands on the line of the marks."""
    return QPoint(round(EDGE + part * (chart.width() - 2 * EDGE)), ROW)


def score(value, lo, hi):
    return Estimate(value, lo, hi, 100, 100.0, "wilson")


def shown_chart(look, shown, benchmark, field, camera=None, **marks):
    chart = shown(DumbbellChart(look), 500, 190)
    labels = ("Benchmark 90%", "Field 50%", "gap 40 pp")
    chart.show_scores(
        GapChart(benchmark, field, camera, labels, SCORE_AXIS, "Chart: both", **marks)
    )
    return chart, chart.grab().toImage()


def test_the_field_is_a_disc_and_the_benchmark_a_square_on_one_axis(look, shown):
    chart, image = shown_chart(look, shown, score(0.9, 0.88, 0.92), score(0.5, 0.4, 0.6))
    assert near(image, score_place(chart, 0.5), look.tokens.alarm)
    assert near(image, score_place(chart, 0.9), look.tokens.panel)
    bracket = score_place(chart, 0.55) + QPoint(0, BRACKET + 8)
    assert near(image, bracket, look.tokens.alarm)
    assert near(image, score_place(chart, 0.42), look.tokens.text)
    assert chart.accessibleName() == "Chart: both"


def test_the_cameras_range_is_wider_than_the_footages(look, shown):
    chart, image = shown_chart(look, shown, None, score(0.5, 0.4, 0.6), score(0.5, 0.2, 0.8))
    assert near(image, score_place(chart, 0.25), look.tokens.text)
    assert not near(image, score_place(chart, 0.9), look.tokens.text)


def test_the_claim_and_the_last_report_are_marks_and_the_limit_dashes(look, shown):
    field = score(0.5, 0.45, 0.55)
    chart, image = shown_chart(look, shown, None, field, claimed=0.9, limit=0.75, last=0.2)
    assert near(image, score_place(chart, 0.9), look.tokens.accent)
    assert near(image, score_place(chart, 0.2), look.tokens.panel)
    assert near(image, score_place(chart, 0.75) - QPoint(0, 10), look.tokens.text2)
    assert not near(image, score_place(chart, 0.65) - QPoint(0, 10), look.tokens.text2)


@pytest.mark.parametrize(
    ("part", "below", "said"),
    [(0.5, 0, ["field"]), (0.9, 8, ["benchmark"]), (0.7, 0, []), (0.5, 25, [])],
)
def test_a_click_on_a_side_asks_for_its_frames_only(look, shown, qtbot, part, below, said):
    chart, _ = shown_chart(look, shown, score(0.9, 0.88, 0.92), score(0.5, 0.4, 0.6))
    told = []
    chart.mark_clicked.connect(told.append)
    qtbot.mouseClick(
        chart, Qt.MouseButton.LeftButton, pos=score_place(chart, part) + QPoint(0, below)
    )
    assert told == said
