import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.ui.screens.label.canvas import (
    CanvasPlacement,
    DrawnBox,
    FrameViewTracker,
    LabelCanvas,
    Overlay,
)
from fieldcheck.ui.theme import Metrics, Theme


@pytest.fixture
def canvas(qtbot, look):
    made = LabelCanvas(look)
    qtbot.addWidget(made)
    made.resize(400, 324)
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(90, 120, 60))
    made.show_frame(3, image, "Frame 4 of 100", "Frame 4 of 100, not labelled")
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_frame_keeps_its_proportions_on_a_neutral_surround(canvas, look):
    rect = canvas.get_image_rect()
    assert (rect.width(), rect.height()) == (400, 200)
    image = canvas.grab().toImage()
    assert image.pixelColor(200, 174).getRgb()[:3] == (90, 120, 60)
    assert image.pixelColor(200, 300).name() == look.tokens.canvas.lower()


def test_it_tells_which_frame_it_painted(qtbot, canvas):
    with qtbot.waitSignal(canvas.painted) as painted:
        canvas.update()
    assert painted.args == [3]


def test_clicks_and_drags_set_corners_in_pixels_of_the_frame(canvas):
    corners = []
    canvas.corner_set.connect(lambda x, y, _more: corners.append((round(x), round(y))))
    canvas.set_drawing(True)
    top = int(canvas.get_image_rect().y())
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, top + 50))
    assert corners == [(50, 25)]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, top + 20))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(120, top + 120))
    assert corners == [(50, 25), (10, 10), (60, 60)]


def test_without_boxes_a_click_only_takes_the_focus(canvas):
    corners = []
    canvas.corner_set.connect(lambda x, y, _more: corners.append((x, y)))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert corners == []


def test_a_box_is_drawn_in_its_colour_with_a_casing(canvas, look):
    canvas.show_boxes([DrawnBox(50, 25, 60, 40, 2, "3 Porosity")], -1, None)
    image = canvas.grab().toImage()
    rect = canvas.get_image_rect()
    row = [image.pixelColor(x, int(rect.y()) + 90).name().upper() for x in range(92, 110)]
    assert look.tokens.classes[2] in row
    assert "#FFFFFF" in row
    assert "#000000" in row


def test_a_place_on_the_widget_is_found_on_the_frame(canvas):
    rect = canvas.get_image_rect()
    assert canvas.to_frame(QPointF(rect.center())).toTuple() == (100, 50)


@pytest.mark.parametrize("what", ["loupe", "flash"])
def test_loupe_and_flash_are_painted_over_the_frame(canvas, what):
    before = canvas.grab().toImage()
    canvas.show_loupe(True) if what == "loupe" else canvas.show_flash("Crack", 1)
    assert canvas.grab().toImage() != before


def test_a_screen_reader_hears_which_frame_it_is(canvas):
    assert canvas.accessibleName() == "Frame 4 of 100"
    assert canvas.accessibleDescription() == "Frame 4 of 100, not labelled"


def test_with_the_focus_and_boxes_the_frame_can_still_be_seen(qtbot, canvas):
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    canvas.show_boxes([DrawnBox(50, 25, 20, 20, 0, "1 part")], 0, None)
    rect = canvas.get_image_rect()
    assert canvas.grab().toImage().pixelColor(
        int(rect.right()) - 20, int(rect.center().y())
    ).getRgb()[:3] == (90, 120, 60)


def test_a_handle_of_the_selected_box_is_dragged_and_a_tag_selects(canvas):
    pulled, chosen = [], []
    canvas.handle_pulled.connect(
        lambda *told: pulled.append((told[0], told[1], round(told[2]), round(told[3]), told[4]))
    )
    canvas.box_chosen.connect(chosen.append)
    canvas.set_drawing(True)
    canvas.show_boxes([DrawnBox(50, 25, 60, 40, 2, "3 Porosity")], 0, None)
    canvas.grab()
    top = int(canvas.get_image_rect().y())
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(220, top + 90))
    QTest.mouseMove(canvas, QPoint(240, top + 90))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, top + 90))
    assert pulled[-1] == (1, 0, 130, 45, True)
    tag = canvas.overlay._tags[0][0]
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=tag.center().toPoint())
    assert chosen == [0]


def test_lifted_shadows_are_lighter_on_the_screen_and_the_frame_stays(canvas):
    dark = QImage(200, 100, QImage.Format.Format_RGB32)
    dark.fill(QColor(20, 20, 20))
    canvas.show_frame(1, dark, "t", "d")
    canvas.set_shadows_lifted(True)
    rect = canvas.get_image_rect()
    assert canvas.grab().toImage().pixelColor(rect.center().toPoint()).red() > 70
    assert canvas.get_luma().max() == 20
    assert canvas.shadows_lifted


def test_arrows_move_the_loupe(canvas):
    canvas.show_loupe(True)
    before = canvas.grab().toImage()
    canvas.pan_loupe(3, 0)
    assert canvas.loupe_open
    assert canvas.grab().toImage() != before


PLACE = CanvasPlacement(QRectF(10, 30, 400, 200), 2.0)
BOX = DrawnBox(50, 25, 60, 40, 0, "1 part")


def overlay(gloves=False):
    made = Overlay(Theme(metrics=Metrics(gloves=gloves)))
    made.set_boxes([BOX], 0, None, ())
    return made


def test_the_nearest_handle_is_found_and_only_of_the_selected_box(qapp):
    rect = PLACE.map_box(BOX)
    made = overlay()
    assert made.handle_at(PLACE, rect.topLeft() + QPointF(9, -9)) == (-1, -1)
    assert made.handle_at(PLACE, QPointF(rect.center().x(), rect.bottom())) == (0, 1)
    assert made.handle_at(PLACE, rect.center()) is None
    made.set_boxes([BOX], -1, None, ())
    assert made.handle_at(PLACE, rect.topLeft()) is None


def test_gloves_hit_handles_from_farther_away(qapp):
    away = PLACE.map_box(BOX).topLeft() - QPointF(18, 18)
    assert overlay().handle_at(PLACE, away) is None
    assert overlay(gloves=True).handle_at(PLACE, away) == (-1, -1)


def test_keys_and_clicks_since_the_frame_appeared_are_counted(qtbot):
    canvas = QWidget()
    qtbot.addWidget(canvas)
    canvas.show()
    looking = FrameViewTracker(canvas)
    canvas.installEventFilter(looking)
    looking.start_frame()
    assert looking.seconds is None
    looking.mark_shown()
    QTest.keyClick(canvas, Qt.Key.Key_1)
    QTest.keyClick(canvas, Qt.Key.Key_Shift)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton)
    looking.count_click()
    looking.record_loupe(True)
    looking.record_loupe(False)
    looking.record_shadow_lift()
    told = looking.build_event("a", "class", "now", False, "K. M.")
    assert (told.n_keys, told.n_clicks) == (1, 2)
    assert (told.lifted, told.blind, told.by) == (True, False, "K. M.")
    assert told.seconds is not None
    looking.start_frame()
    again = looking.build_event("b", "skip", "now", True, "")
    assert (again.n_keys, again.n_clicks, again.lifted, again.shown) == (0, 0, False, "now")


def wheel(canvas, notches, at):
    event = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_wheel_magnifies_what_is_under_the_pointer_and_it_stays(canvas):
    at = QPoint(300, 150)
    before = canvas.to_frame(QPointF(at)).toPoint()
    wheel(canvas, 3, at)
    assert canvas.magnified
    assert canvas.to_frame(QPointF(at)).toPoint() == before
    wide = canvas.get_image_rect().width()
    assert wide > 700
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    canvas.show_frame(4, image, "Frame 5 of 100", "")
    assert canvas.get_image_rect().width() == wide
    canvas.show_whole()
    assert not canvas.magnified
    assert canvas.get_image_rect().width() == 400


def test_magnified_frames_leave_no_room_empty_and_are_moved_with_the_middle_button(canvas):
    wheel(canvas, 8, QPoint(1, 100))
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(300, 100))
    left = canvas.get_image_rect().x()
    moved = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(200, 100), QPointF(canvas.mapToGlobal(QPoint(200, 100))),
        Qt.MouseButton.NoButton, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(canvas, moved)
    assert canvas.get_image_rect().x() == pytest.approx(left - 100)
    for _ in range(9):
        wheel(canvas, -1, QPoint(399, 1))
    assert canvas.get_image_rect().toRect().contains(QRect(0, 70, 400, 180))
