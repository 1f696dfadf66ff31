import numpy as np
import pytest
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.capture.live_view import DISC, LiveCanvas

RED = (200, 30, 30)


@pytest.fixture
def canvas(shown, look):
    return shown(LiveCanvas(look, "Live view"), 400, 300)


def picture(colour=RED):
    return np.full((90, 160, 3), colour, np.uint8)


def colour_at(canvas, x, y):
    return QColor(canvas.grab().toImage().pixel(x, y)).getRgb()[:3]


def test_the_picture_keeps_its_shape(canvas):
    assert canvas.get_image_rect().isEmpty()
    canvas.show_frame(picture())
    place = canvas.get_image_rect()
    assert (place.width(), place.height()) == (400, 225)
    assert colour_at(canvas, 200, 150) == RED
    canvas.clear()
    assert not canvas.has_frame


def test_while_it_records_a_disc_and_the_word_stand_over_it(canvas):
    canvas.show_frame(picture((0, 0, 0)))
    canvas.show_state("REC 6:12", "", (), "Camera 2, live, REC 6:12")
    image = canvas.grab().toImage()
    assert any(image.pixel(x, y) == QColor(DISC).rgb() for x in range(60) for y in range(60))
    assert canvas.accessibleDescription() == "Camera 2, live, REC 6:12"
    assert canvas.overlay_text[0] == "REC 6:12"


def test_a_picture_that_is_not_live_any_more_is_grey_and_dark(canvas):
    canvas.show_frame(picture())
    canvas.show_state("", "no signal for 0:14", (), "Camera 2, no signal for 0:14")
    red, green, blue = colour_at(canvas, 30, 150)
    assert red == green == blue
    assert red < 60
    canvas.show_state("", "", (), "Camera 2, live")
    assert colour_at(canvas, 30, 150) == RED


def test_figures_stand_in_the_lower_corner_where_they_are_wanted(canvas):
    canvas.show_frame(picture())
    before = canvas.grab().toImage()
    canvas.show_state("", "", ("Camera 2", "30 fps"), "Camera 2")
    assert canvas.grab().toImage() != before


def test_other_room_is_told(canvas, qtbot):
    with qtbot.waitSignal(canvas.resized):
        canvas.resize(300, 200)


def test_without_a_signal_the_disc_is_dark_and_the_time_stands(canvas):
    canvas.show_frame(picture((0, 0, 0)))
    canvas.show_state("REC 6:12", "no signal for 0:14", (), "Camera 2, no signal")
    image = canvas.grab().toImage()
    corner = {image.pixel(x, y) for x in range(60) for y in range(60)}
    assert QColor(DISC).rgb() not in corner
    assert canvas.overlay_text[0] == "REC 6:12"
