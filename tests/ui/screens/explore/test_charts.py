import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotSeries
from fieldcheck.ui.screens.explore.tables import ChartsPart, ChartsView

AXIS = PlotAxis(0.0, 1.0, ((0.0, "0"), (1.0, "1")))


def plot(title, *frames):
    marks = (PlotMark(0.2, 0.4, ("0.2", "40%"), frames=frames), PlotMark(0.8, 0.6, ("0.8", "60%")))
    return Plot(
        "where",
        title,
        f"{title} says it, n = 2.",
        AXIS,
        AXIS,
        (PlotSeries("points", marks),),
        ("x", "share"),
    )


@pytest.fixture
def charts(look, shown):
    made = shown(ChartsView(look), 900, 500)
    made.show_plots((plot("One", "f1", "f2"), plot("Two")))
    return made


def test_arrows_choose_a_chart_and_its_words_and_table_follow(charts):
    assert (charts.said.text(), charts.table.lines.rowCount()) == ("One says it, n = 2.", 2)
    QTest.keyClick(charts.titles, Qt.Key.Key_Down)
    assert charts.said.text() == "Two says it, n = 2."
    assert not charts.how.isVisible()
    charts.show_plots((plot("Zero"), plot("Two")))
    assert charts.titles.currentItem().text() == "Two", "the same chart stays"


def test_enter_on_a_line_and_a_click_on_its_mark_want_the_same_frames(charts):
    told = []
    charts.frames_requested.connect(told.append)
    charts.table.activated.emit(charts.table.lines.index(0, 0))
    charts.table.activated.emit(charts.table.lines.index(1, 0))  # nothing is behind it
    charts.picture.mark_clicked.emit(0)
    assert told == [("f1", "f2")] * 2


def test_another_project_has_none_of_them(charts):
    ChartsPart(charts).on_project_changed()
    assert charts.titles.count() == 0
    assert (charts.placeholder.isVisible(), charts.placeholder.state) == (True, "loading")
    charts.show_plots(())
    assert charts.placeholder.sentence == "No chart yet: label frames and run the model."
    assert not charts.picture.isVisible()


def test_the_charts_of_a_project_are_shown_by_key_and_a_line_opens_its_frames(explore, do, folder):
    screen = explore(folder("labelled"))
    do("charts")
    charts = screen.view.charts
    assert charts.titles.item(0).text() == "Confidence of correct and wrong predictions"
    marks = charts._plots[0].marks
    line = next(at for at, mark in enumerate(marks) if mark.frames)
    charts.table.activated.emit(charts.table.lines.index(line, 0))
    assert screen.presenter.session.mode == "frames"
    assert set(screen.presenter.frames.wanted.subjects) == set(marks[line].frames)
