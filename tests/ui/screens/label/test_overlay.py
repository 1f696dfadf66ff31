from PySide6.QtCore import QPointF, QRectF

from fieldcheck.ui.screens.label.canvas import CanvasPlacement, DrawnBox, Overlay
from fieldcheck.ui.theme import Metrics, Theme

PLACE = CanvasPlacement(QRectF(10, 30, 400, 200), 2.0, 24)
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
