from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from fieldcheck.ui.widgets.image_view import ImagePair, ImageView


def filled(width, height, colour="#c02020"):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def test_a_picture_keeps_its_shape_on_the_surround(qtbot, look):
    still = ImageView(look, "Frame")
    qtbot.addWidget(still)
    still.resize(400, 300)
    still.show_image(filled(320, 180), "Frame 3, red")
    assert still.get_image_rect().size() == QSize(400, 225)
    painted = still.grab().toImage()
    ratio = painted.devicePixelRatio()
    assert painted.pixelColor(int(200 * ratio), int(150 * ratio)).name() == "#c02020"
    actual = painted.pixelColor(int(200 * ratio), int(5 * ratio)).name()
    assert actual == QColor(look.tokens.canvas).name()
    assert (still.accessibleName(), still.accessibleDescription()) == ("Frame", "Frame 3, red")


def test_a_small_picture_is_not_blown_up(qtbot, look):
    still = ImageView(look, "Frame")
    qtbot.addWidget(still)
    still.resize(400, 300)
    still.show_image(filled(64, 48), "small")
    assert still.get_image_rect().size() == QSize(128, 96)


def test_without_a_picture_there_is_the_surround(qtbot, look):
    still = ImageView(look, "Frame")
    qtbot.addWidget(still)
    still.show_image(None, "no image")
    assert still.get_image_rect().isEmpty()
    assert still.image.isNull()
    assert still.sizeHint() == still.minimumSizeHint()
    still.grab()


def test_two_stills_stand_below_each_other_where_there_is_height_else_side_by_side(shown, look):
    first, second = ImageView(look, "Frame"), ImageView(look, "Benchmark")
    pair = shown(ImagePair(look, first, second), 206, 160)
    assert first.geometry().bottom() < second.geometry().top()
    pair.resize(206, 90)
    pair.layout().activate()
    assert first.geometry().right() < second.geometry().left()
    assert first.height() == second.height() == 90
    second.hide()
    pair.layout().activate()
    assert first.size() == pair.size()
    assert pair.minimumHeight() == first.minimumSizeHint().height()
