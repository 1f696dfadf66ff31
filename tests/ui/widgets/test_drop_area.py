import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.widgets.layouts import DropArea

COPY, LEFT, NONE = (
    Qt.DropAction.CopyAction,
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def area(shown):
    return shown(DropArea())


def test_files_of_this_computer_are_told_and_addresses_are_not(area, tmp_path):
    told, data = [], QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mp4")), QUrl("http://127.0.0.1/b.mp4")])
    over = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    area.dropped.connect(told.append)
    QApplication.sendEvent(area, over)
    QApplication.sendEvent(area, QDropEvent(QPointF(5, 5), COPY, data, LEFT, NONE))
    assert over.isAccepted()
    assert told == [[tmp_path / "a.mp4"]]


def test_an_address_alone_cannot_be_dropped(area):
    data = QMimeData()
    data.setUrls([QUrl("http://127.0.0.1/b.mp4")])
    over = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    over.ignore()
    QApplication.sendEvent(area, over)
    assert not over.isAccepted()
