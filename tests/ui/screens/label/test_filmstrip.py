from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.label.filmstrip import Filmstrip, FilmstripCell


def test_a_click_chooses_the_frame_under_it(qtbot, look):
    strip, chosen = Filmstrip(look), []
    qtbot.addWidget(strip)
    strip.chosen.connect(chosen.append)
    strip.resize(830, strip.height())
    assert strip.count_visible_cells() == 8
    strip.show_cells(
        [FilmstripCell(place, None, str(place + 1)) for place in range(30, 38)],
        34,
        "Frames 31 to 38",
    )
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(250, 20))
    assert chosen == [32]
    assert strip.accessibleName() == "Frames 31 to 38"


def test_a_picture_fills_its_cell(qtbot, look):
    strip = Filmstrip(look)
    qtbot.addWidget(strip)
    picture = QImage(192, 108, QImage.Format.Format_RGB32)
    picture.fill(0xFF00FF00)
    strip.resize(400, strip.height())
    strip.show_cells([FilmstripCell(0, picture, "1"), FilmstripCell(1, None, "2")], 1, "Frames")
    image = strip.grab().toImage()
    assert image.pixelColor(48, 27).name() == "#00ff00"
    assert image.pixelColor(148, 27).name() == look.tokens.canvas.lower()
