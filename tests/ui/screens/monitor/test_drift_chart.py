from PySide6.QtCore import QPoint, QPointF, Qt

from fieldcheck.ui.screens.monitor.drift_chart import DriftChart, DriftDrawing


def test_lines_points_and_the_limit_are_drawn_and_a_click_chooses_the_nearest_shift(look, shown, qtbot):
    chart, told = shown(DriftChart(look), 500, 240), []
    chart.chosen.connect(told.append)
    chart.show_drift(DriftDrawing("charts", {"class mix": [(0, 0.2), (1, 1.4)]}, [(0.1, 0.5)], 1.0), ("1 Nov", "2 Nov"), 1, "said")
    assert len(chart._items) == 5
    assert chart.box.viewRange()[1][1] > 1.4
    qtbot.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(480, 100))
    assert told == [1]
    chart.picked.connect(lambda point: told.append(("point", point)))
    where = chart.mapFromScene(chart.box.mapViewToScene(QPointF(0.1, 0.5)))
    qtbot.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert told == [1, ("point", 0)]
    assert chart.accessibleDescription() == "said"


def test_without_shifts_there_is_nothing_and_nothing_to_choose(look, shown, qtbot):
    chart, told = shown(DriftChart(look), 500, 240), []
    chart.chosen.connect(told.append)
    chart.show_drift(DriftDrawing("entropy", {}), (), 0, "")
    qtbot.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(250, 100))
    assert told == []
