import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from fieldcheck.ui.widgets.image_view import PAN, MagnifiedView

Key = Qt.Key


@pytest.fixture
def large(qtbot, look):
    made = MagnifiedView(look, "Enlarged frame")
    qtbot.addWidget(made)
    made.resize(400, 300)
    image = QImage(800, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    made.show_image(image, "Frame 1")
    made.show()
    return made


def test_the_whole_picture_is_shown_as_large_as_there_is_room(large):
    assert large.get_image_rect().size() == QSize(300, 300)
    assert large.grab().toImage().pixelColor(200, 150) == QColor("#336699")
    assert large.accessibleDescription() == "Frame 1"


def test_arrows_ask_for_the_next_picture_while_it_is_whole_and_move_it_pixel_for_pixel(large):
    steps = []
    large.stepped.connect(steps.append)
    for key in (Key.Key_Right, Key.Key_Left, Key.Key_Down, Key.Key_PageDown):
        QTest.keyClick(large, key)
    assert steps == [1, -1, 1, 1]
    large.show_pixels(True)
    before = large.get_image_rect()
    assert before.size() == QSize(800, 800)
    QTest.keyClick(large, Key.Key_Right)
    assert large.get_image_rect().left() == before.left() - PAN
    QTest.keyClick(large, Key.Key_PageUp)
    assert steps[-1] == -1
    for _ in range(100):
        QTest.keyClick(large, Key.Key_Left)
    # the edge stops in the middle
    assert large.get_image_rect().left() == large.rect().center().x()


def test_the_mouse_drags_it_and_another_picture_of_its_size_keeps_the_place(large):
    large.show_pixels(True)
    before = large.get_image_rect().topLeft()
    QTest.mousePress(large, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(large, QPoint(180, 140))
    QTest.mouseMove(large, QPoint(170, 130))
    QTest.mouseRelease(large, Qt.MouseButton.LeftButton, pos=QPoint(170, 130))
    moved = large.get_image_rect().topLeft()
    assert moved != before
    large.show_image(QImage(800, 800, QImage.Format.Format_RGB32), "Frame 2")
    assert large.get_image_rect().topLeft() == moved
    large.show_image(None, "gone")
    assert large.get_image_rect().isEmpty()
