from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.widgets.charts import Chart, ChartTable, PlotView

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
