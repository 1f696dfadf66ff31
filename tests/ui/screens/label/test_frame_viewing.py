from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screens.label.canvas import FrameViewTracker


def test_keys_and_clicks_since_the_frame_appeared_are_counted(qtbot):
    canvas = QWidget()
    qtbot.addWidget(canvas)
    canvas.show()
    looking = FrameViewTracker(canvas)
    canvas.installEventFilter(looking)
    looking.start_frame()
    assert looking.seconds is None
    looking.mark_shown()
    QTest.keyClick(canvas, Qt.Key.Key_1)
    QTest.keyClick(canvas, Qt.Key.Key_Shift)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton)
    looking.count_click()
    looking.record_loupe(True)
    looking.record_loupe(False)
    looking.record_shadow_lift()
    told = looking.build_event("a", "class", "now", False, "K. M.")
    assert (told.n_keys, told.n_clicks) == (1, 2)
    assert (told.lifted, told.blind, told.by) == (True, False, "K. M.")
    assert told.seconds is not None
    looking.start_frame()
    again = looking.build_event("b", "skip", "now", True, "")
    assert (again.n_keys, again.n_clicks, again.lifted, again.shown) == (0, 0, False, "now")
