import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.widgets.image_view import ImageViewer


def test_an_image_is_shown_under_its_title_until_escape(look, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    viewer = ImageViewer(look, host)
    viewer.show_image("06:00:00 red 0.50", np.zeros((40, 60, 3), np.uint8))
    assert viewer.isVisible()
    assert viewer.frame.title == "06:00:00 red 0.50"
    assert viewer.frame.accessibleDescription() == "06:00:00 red 0.50, 60 × 40"
    viewer.show_image("another", np.zeros((10, 20, 3), np.uint8))
    assert viewer.frame.title == "another"
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()
