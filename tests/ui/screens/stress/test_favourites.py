import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.stress.favourites import Favourites

NAMES = ("dark", "motion", "jpeg")


@pytest.fixture
def strip(qtbot, look):
    made = Favourites(look, NAMES)
    qtbot.addWidget(made)
    made.resize(420, made.height())
    made.show()
    qtbot.waitExposed(made)
    made.told = []
    made.chosen.connect(made.told.append)
    return made


def test_each_has_its_number_its_name_and_a_name_for_the_ear(strip):
    assert [button.text() for button in strip.buttons()] == ["1 Low light", "2 Motion blur", "3 JPEG"]
    assert [button.accessibleName() for button in strip.buttons()] == ["Low light, key 1", "Motion blur, key 2", "JPEG, key 3"]


def test_a_click_chooses_and_only_one_is_chosen(strip):
    strip.choose("dark")
    QTest.mouseClick(strip.buttons()[1], Qt.MouseButton.LeftButton)
    assert strip.told == [1]
    assert [button.isChecked() for button in strip.buttons()] == [False, True, False]


def test_a_name_that_is_not_here_chooses_nothing_else(strip):
    strip.choose("motion")
    strip.choose("haze")
    assert [button.isChecked() for button in strip.buttons()] == [False, True, False]


def test_the_picture_fills_its_room_in_its_own_colours(strip, look):
    tall = np.full((160, 40, 3), (10, 200, 30), np.uint8)
    strip.show_pictures({"jpeg": tall})
    assert colour(strip.buttons()[2]) == (10, 200, 30)
    assert colour(strip.buttons()[0]) == QColor(look.tokens.canvas).getRgb()[:3]
    strip.show_no_pictures()
    assert colour(strip.buttons()[2]) == QColor(look.tokens.canvas).getRgb()[:3]


def test_the_chosen_one_has_a_thicker_frame(strip, look):
    strip.choose("motion")
    assert edge(strip.buttons()[1]) == QColor(look.tokens.accent).getRgb()[:3]
    assert edge(strip.buttons()[0]) != QColor(look.tokens.accent).getRgb()[:3]


def test_the_compact_layout_is_lower_and_the_names_still_fit(strip):
    before = strip.height()
    strip.set_compact(True)
    assert strip.height() < before
    assert all(button.width() >= button.minimumSizeHint().width() for button in strip.buttons())


def colour(button):
    return QColor(button.grab().toImage().pixel(button.width() // 2, button.height() // 3)).getRgb()[:3]


def edge(button):
    return QColor(button.grab().toImage().pixel(1, button.height() // 2)).getRgb()[:3]
