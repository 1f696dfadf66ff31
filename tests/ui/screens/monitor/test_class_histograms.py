from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.monitor.charts import ClassBars, ClassHistograms

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


def test_its_table_has_the_tenths_in_which_there_are_results_and_a_line_chooses_its_class(
    look, shown
):
    chart, told = shown(ClassHistograms(look), 300, 150), []
    chart.chosen.connect(told.append)
    chart.show_classes(
        [
            ClassBars("OK", BARS, BARS, "0.90 · n = 100"),
            ClassBars("Burr", BARS, (0,) * 10, "0.90 · n = 100"),
        ]
    )
    expected = [("OK", "0.7–0.8", "10%", "10%", "100"), ("OK", "0.8–0.9", "30%", "30%", "100")]
    assert [mark.row for mark in chart.plot.marks][:2] == expected
    assert "up to 60%" in chart.axes_description
    chart.mark_clicked.emit(3)
    assert told == ["Burr"]
    chart.show_classes([])
    assert chart.plot is None
