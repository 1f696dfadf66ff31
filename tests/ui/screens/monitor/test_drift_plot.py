import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from fieldcheck.ui.screens.monitor.charts import DriftChart, build_drift_plot
from fieldcheck.ui.screens.monitor.state import MonitorState
from tests.ui.screens.monitor.made import eight_days


@pytest.fixture(scope="module")
def days():
    return eight_days()


@pytest.fixture
def session(days):
    made = MonitorState()
    made.load_shifts(*days, {})
    return made


@pytest.mark.parametrize(
    ("view", "unit"), [("charts", "share of limit"), ("distance", "distance (sd)")]
)
def test_it_says_what_is_measured_of_how_many_and_each_line_of_its_table_leads_to_its_shift(
    session, view, unit
):
    session.view = view
    plot, places = build_drift_plot(session)
    assert unit in plot.y.name
    assert plot.x.name == "shift start"
    assert plot.alt_text.endswith("24 shifts · 5,760 results")
    assert len(places) == len(plot.marks)
    assert all(abs(mark.x - at) < 0.5 for mark, (at, _) in zip(plot.marks, places, strict=True))
    assert all(len(mark.row) == len(plot.column_titles) for mark in plot.marks)
    assert any(place is not None for _, place in places) is (view == "distance")


def test_lines_are_told_apart_by_shape_and_name_and_the_limit_is_named_at_its_end(session):
    plot, _ = build_drift_plot(session)
    named = {one.name: one.shape for one in plot.series}
    assert len(set(named.values())) == len(named) > 2
    assert [rule.mark for rule in plot.rules] == ["limit"]


def test_a_click_on_a_mark_takes_it_and_one_beside_all_chooses_the_nearest_shift(
    session, look, shown, qtbot
):
    chart, told = shown(DriftChart(look), 700, 300), []
    chart.chosen.connect(told.append)
    chart.mark_clicked.connect(lambda row: told.append(("mark", row)))
    plot, _ = build_drift_plot(session)
    chart.show_drift(plot, 3)
    assert tuple(chart._region.getRegion()) == (2.5, 3.5)
    mark = plot.marks[-1]
    qtbot.mouseClick(
        chart.viewport(),
        Qt.MouseButton.LeftButton,
        pos=chart.mapFromScene(chart.box.mapViewToScene(QPointF(mark.x, mark.y))),
    )
    qtbot.mouseClick(
        chart.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPoint(chart.mapFromScene(chart.box.sceneBoundingRect().center()).x(), 12),
    )
    assert told[0][0] == "mark"
    assert plot.marks[told[0][1]].x == mark.x
    assert told[1] == pytest.approx(12, abs=1)


def test_without_shifts_there_is_nothing_and_nothing_to_choose(look, shown, qtbot):
    chart, told = shown(DriftChart(look), 500, 240), []
    chart.chosen.connect(told.append)
    plot, places = build_drift_plot(MonitorState())
    chart.show_drift(plot, 0)
    qtbot.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(250, 100))
    assert (told, places) == ([], ())
