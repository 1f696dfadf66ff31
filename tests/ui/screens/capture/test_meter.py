import pytest
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.capture.live_view import QualityMeter


@pytest.fixture
def meter(qtbot, look):
    made = QualityMeter(look, "Dark")
    qtbot.addWidget(made)
    made.resize(200, made.sizeHint().height())
    made.show()
    return made


def colours(meter):
    image = meter.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name().upper()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_it_says_name_and_figure(meter):
    meter.show_value("mean light 120 of 255", 0.4, 0.8)
    assert meter.accessibleName() == "Dark: mean light 120 of 255"
    assert not meter.is_above_limit


def test_above_the_limit_it_is_told_by_mark_and_by_colour(meter, look):
    meter.show_value("mean light 120 of 255", 0.4, 0.8)
    assert look.tokens.warn not in colours(meter)
    meter.show_value("mean light 20 of 255", 0.9, 0.8)
    assert meter.accessibleName() == "Dark: ▲ mean light 20 of 255"
    assert look.tokens.warn in colours(meter)


def test_values_beyond_the_ends_are_drawn_at_the_ends(meter):
    meter.show_value("much", 7.0, 0.5)
    meter.grab()
    meter.show_value("nothing", -1.0, 0.5)
    meter.grab()
    assert not meter.is_above_limit
