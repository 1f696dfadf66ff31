import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.corruptions.messages import STOPS
from fieldcheck.ui.screens.stress.recipe_controls import (
    STEP,
    SeveritySlider,
    compute_position,
    compute_severity,
)


@pytest.fixture
def slider(qtbot, look):
    made = SeveritySlider(look)
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
    assert [compute_severity(STEP * place) for place in range(4)] == list(STOPS)
    assert compute_severity(150) == 2.0
    assert all(
        compute_position(compute_severity(position)) == position for position in range(0, 301, 10)
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
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
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
