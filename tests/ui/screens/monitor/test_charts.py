import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.monitor.charts import (
    ClassBars,
    ClassHistograms,
    DriftChart,
    MonitorState,
    build_drift_plot,
)
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
def test_it_says_what_is_measured_and_each_line_of_its_table_leads_to_a_shift(session, view, unit):
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
    assert [rule.at for rule in plot.rules] == [1.0]
    assert plot.y.ticks == ((0.0, "normal"), (1.0, "limit"))


def test_a_click_takes_its_mark_and_one_beside_all_the_nearest_shift(session, look, shown, qtbot):
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


BARS = (0, 0, 0, 0, 0, 0, 0, 10, 30, 60)


def test_classes_are_read_aloud_and_as_many_shown_as_there_is_room_for(look, shown, qtbot):
    chart = shown(ClassHistograms(look), 400, 150)
    chart.show_classes(
        [ClassBars(f"class {at}", BARS, BARS, f"0.9{at}", at == 1, at == 2) for at in range(9)]
    )
    assert 1 < chart.n_shown < 9
    assert chart.accessibleDescription().startswith("class 0: 0.90; class 1: 0.91")
    told = []
    chart.chosen.connect(told.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(398, 40))
    assert told == [f"class {chart.n_shown - 1}"]
    picture = chart.grab().toImage()
    found = {
        QColor(picture.pixel(x, y)).name().upper() for x in range(400) for y in range(0, 150, 3)
    }
    assert {look.tokens.text2, look.tokens.disabled, look.tokens.warn_text} <= found


def test_a_class_without_results_before_has_no_outline(look, shown):
    chart = shown(ClassHistograms(look), 300, 150)
    chart.show_classes([ClassBars("new", BARS, (0,) * 10, "0.90")])
    assert chart.n_shown == 1
    assert not chart.grab().isNull()


def test_its_table_has_the_tenths_with_results_and_a_line_chooses_its_class(look, shown):
    chart, told = shown(ClassHistograms(look), 300, 150), []
    chart.chosen.connect(told.append)
    chart.show_classes([
        ClassBars("OK", BARS, BARS, "0.90 · n = 100"),
        ClassBars("Burr", BARS, (0,) * 10, "0.90 · n = 100"),
    ])  # fmt: skip
    expected = [("OK", "0.7–0.8", "10%", "10%", "100"), ("OK", "0.8–0.9", "30%", "30%", "100")]
    assert [mark.row for mark in chart.plot.marks][:2] == expected
    assert "up to 60%" in chart.axes_description
    chart.mark_clicked.emit(3)
    assert told == ["Burr"]
    chart.show_classes([])
    assert chart.plot is None
