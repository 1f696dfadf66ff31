import pytest
from PySide6.QtGui import QImage

from fieldcheck.ui.screens.report.view import PAD, WHOLE, WIDTH, PageCanvas


@pytest.fixture
def canvas(look, qtbot):
    made = PageCanvas(look)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    page = QImage(910, 1287, QImage.Format.Format_RGB32)
    page.fill("white")
    made.show_page(page, "Page 1 of 5", "Not ready.")
    return made


def test_the_whole_page_is_seen_without_scrolling(canvas):
    canvas.show_mode(WHOLE)
    place = canvas.get_page_rect()
    assert canvas.rect().contains(place)
    assert place.height() == pytest.approx(400 - 2 * PAD, abs=1)
    assert place.width() / place.height() == pytest.approx(910 / 1287, abs=0.01)
    assert canvas.verticalScrollBar().maximum() == 0


def test_in_width_mode_the_page_fills_the_width_and_is_scrolled(canvas):
    canvas.show_mode(WIDTH)
    bar = canvas.verticalScrollBar()
    assert canvas.get_page_rect().width() == 600 - bar.sizeHint().width() - 2 * PAD
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    canvas.show_page(QImage(910, 1287, QImage.Format.Format_RGB32), "Page 2 of 5", "")
    assert bar.value() == 0, "another page is seen from its top"


def test_a_page_is_not_blown_up_much_beyond_its_pixels(canvas):
    canvas.show_page(QImage(100, 141, QImage.Format.Format_RGB32), "Page 1 of 1", "")
    canvas.show_mode(WIDTH)
    assert canvas.get_page_rect().width() == 125


def test_it_says_which_page_it_shows(canvas):
    assert canvas.accessibleName() == "Page 1 of 5"
    assert canvas.accessibleDescription() == "Not ready."


def test_the_page_lies_white_on_the_neutral_surround(canvas, look):
    canvas.show_mode(WHOLE)
    canvas.clearFocus()
    picture = canvas.grab().toImage()
    assert picture.pixelColor(300, 200).name() == "#ffffff"
    assert picture.pixelColor(10, 200).name() == look.tokens.canvas.lower()


def test_without_a_page_there_is_only_the_surround(look, qtbot):
    canvas = PageCanvas(look)
    qtbot.addWidget(canvas)
    assert canvas.get_page_rect().isEmpty()
