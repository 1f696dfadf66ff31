import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.corruptions.catalogue import FAVOURITES
from fieldcheck.corruptions.messages import STOPS
from fieldcheck.ui.screens.stress import recipe_controls

NAMES = ("dark", "motion", "jpeg")
HAZE = np.full((90, 160, 3), (200, 10, 90), np.uint8)


@pytest.fixture
def strip(qtbot, look):
    made = recipe_controls.Favourites(look, NAMES)
    qtbot.addWidget(made)
    made.resize(420, made.height())
    made.show()
    qtbot.waitExposed(made)
    made.told = []
    made.chosen.connect(made.told.append)
    made.more.connect(lambda: made.told.append("all"))
    return made


def test_each_has_its_number_its_name_and_a_name_for_the_ear(strip):
    expected = ["1 Low light", "2 Motion blur", "3 JPEG"]
    assert [button.text() for button in strip.list_buttons()] == expected
    expected = ["Low light, key 1", "Motion blur, key 2", "JPEG, key 3"]
    assert [button.accessibleName() for button in strip.list_buttons()] == expected


def test_a_click_chooses_and_only_one_is_chosen(strip):
    strip.select_corruption("dark")
    QTest.mouseClick(strip.list_buttons()[1], Qt.MouseButton.LeftButton)
    assert strip.told == [1]
    assert [button.isChecked() for button in strip.list_buttons()] == [False, True, False]


def test_one_that_is_no_favourite_stands_behind_them_with_its_name_and_picture(strip):
    strip.select_corruption("motion")
    assert strip.other.text() == "/ All…"
    strip.select_corruption("haze")
    strip.show_pictures({"haze": HAZE, "rain": HAZE})
    expected = [False, False, False, True]
    assert [button.isChecked() for button in (*strip.list_buttons(), strip.other)] == expected
    assert (strip.other.text(), strip.other.accessibleName()) == ("/ Haze", "Haze, key /")
    assert colour(strip.other) == (200, 10, 90)
    strip.select_corruption("dark")
    assert (strip.other.text(), strip.other.isChecked()) == ("/ All…", False)


def test_the_way_to_all_the_others_is_told_apart(strip):
    QTest.mouseClick(strip.other, Qt.MouseButton.LeftButton)
    assert strip.told == ["all"]


def test_the_picture_fills_its_room_in_its_own_colours(strip, look):
    tall = np.full((160, 40, 3), (10, 200, 30), np.uint8)
    strip.show_pictures({"jpeg": tall})
    assert colour(strip.list_buttons()[2]) == (10, 200, 30)
    assert colour(strip.list_buttons()[0]) == QColor(look.tokens.canvas).getRgb()[:3]
    strip.show_no_pictures()
    assert colour(strip.list_buttons()[2]) == QColor(look.tokens.canvas).getRgb()[:3]


def test_the_chosen_one_has_a_thicker_frame(strip, look):
    strip.select_corruption("motion")
    assert edge(strip.list_buttons()[1]) == QColor(look.tokens.accent).getRgb()[:3]
    assert edge(strip.list_buttons()[0]) != QColor(look.tokens.accent).getRgb()[:3]


def test_nine_of_them_take_two_lower_rows_in_the_compact_layout(qtbot, look):
    strip = recipe_controls.Favourites(look, FAVOURITES)
    qtbot.addWidget(strip)
    strip.set_compact(True)
    strip.resize(700, strip.height())
    strip.show()
    qtbot.waitExposed(strip)
    tops = {button.y() for button in (*strip.list_buttons(), strip.other)}
    assert len(tops) == 2
    assert all(button.height() == look.metrics.scale_px(64) for button in strip.list_buttons())
    assert all(button.width() >= button.sizeHint().width() for button in strip.list_buttons())


def colour(button):
    return QColor(
        button.grab().toImage().pixel(button.width() // 2, button.height() // 3)
    ).getRgb()[:3]


def edge(button):
    return QColor(button.grab().toImage().pixel(1, button.height() // 2)).getRgb()[:3]


@pytest.fixture
def under(qtbot, look):
    made = recipe_controls.RecipeStepList(look)
    qtbot.addWidget(made)
    made.told = []
    made.taken_out.connect(made.told.append)
    return made


def test_each_step_stands_in_a_button_that_takes_it_out(under):
    under.show_steps((("dark", 3.0), ("jpeg", 5.0)))
    expected = ["Low light, moderate  ✕", "JPEG, severe  ✕"]
    assert [button.get_label() for button in under.buttons] == expected
    assert under.buttons[1].accessibleName() == "Remove JPEG, severe"
    QTest.mouseClick(under.buttons[1], Qt.MouseButton.LeftButton)
    assert under.told == [1]


def test_it_is_hidden_while_nothing_lies_under(under):
    assert under.isHidden()
    under.show_steps((("dark", 3.0),))
    assert not under.isHidden()
    under.show_steps(())
    assert under.isHidden()


def test_the_same_steps_leave_the_buttons_and_with_them_the_focus(under):
    under.show_steps((("dark", 3.0),))
    before = under.buttons[0]
    under.show_steps((("dark", 3.0),))
    assert under.buttons[0] is before


@pytest.fixture
def slider(qtbot, look):
    made = recipe_controls.SeveritySlider(look)
    qtbot.addWidget(made)
    made.resize(600, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    made.show_severity(3.0)
    made.told = []
    made.chosen.connect(made.told.append)
    return made


def at(slider, position):
    return QPoint(slider.slider.get_handle_centre(position), slider.slider.height() // 2)


def test_the_stops_stand_at_even_places_and_between_them_it_is_straight():
    assert [
        recipe_controls.compute_severity(recipe_controls.STEP * place) for place in range(4)
    ] == list(STOPS)
    assert recipe_controls.compute_severity(150) == 2.0
    assert all(
        recipe_controls.compute_position(recipe_controls.compute_severity(position)) == position
        for position in range(0, 301, 10)
    )


def test_it_shows_what_it_is_told_and_tells_nobody(slider):
    slider.show_severity(5.0)
    assert slider.slider.value() == 300
    assert slider.slider.accessibleDescription() == "severe"
    assert slider.told == []


def test_a_click_jumps_to_the_nearest_stop(slider):
    QTest.mouseClick(slider.slider, Qt.MouseButton.LeftButton, pos=at(slider, 120))
    assert slider.told == [1.0]


def test_a_drag_snaps_from_stop_to_stop(slider):
    QTest.mousePress(slider.slider, Qt.MouseButton.LeftButton, pos=at(slider, 200))
    for position in range(190, 60, -10):
        drag(slider, at(slider, position))
    QTest.mouseRelease(slider.slider, Qt.MouseButton.LeftButton, pos=at(slider, 50))
    assert slider.told == [1.0]


def test_a_drag_with_alt_goes_between_the_stops(slider):
    QTest.mousePress(
        slider.slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, at(slider, 150)
    )
    assert slider.told == [pytest.approx(2.0, abs=0.05)]


def test_keys_of_its_own_go_from_stop_to_stop(slider):
    slider.show_severity(2.4)
    slider.slider.setFocus()
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.told
    assert slider.told[-1] in STOPS


def test_the_wheel_leaves_it_alone(slider):
    wheel = QWheelEvent(
        QPointF(10, 10), slider.mapToGlobal(QPointF(10, 10)), QPoint(0, 120), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(slider.slider, wheel)
    assert (slider.slider.value(), slider.told) == (200, [])


def test_it_has_a_name_and_room_for_its_words(slider):
    assert slider.slider.accessibleName() == "Severity"
    assert slider.minimumSizeHint().width() > 150


def drag(slider, place):
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), slider.slider.mapToGlobal(QPointF(place)),
        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(slider.slider, move)
