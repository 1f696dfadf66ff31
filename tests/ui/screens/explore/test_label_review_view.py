import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from fieldcheck.domain.label import Box, Point
from fieldcheck.labels.label_error_review import ReviewOverlay
from fieldcheck.ui.screens.explore.label_review_view import LabelReviewView, draw_marks, has_marks


def test_the_key_for_boxes_is_there_only_where_there_are_any(window, qtbot):
    view = LabelReviewView(window.context.theme, window.context.actions)
    qtbot.addWidget(view)
    view.set_overlay_key_visible(False)
    assert view.overlays.isHidden()
    assert view.answers[1].get_label() == "Label wrong"
    assert view.answers[1].get_label() == "Label wrong"
    assert [button.accessibleName()[-1] for button in view.answers] == ["M", "L", "C"]


def test_boxes_are_drawn_on_a_copy(qapp):
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    boxes = (Box("dent", 20, 20, 60, 40),)
    drawn = draw_marks(image, ReviewOverlay(boxes, (Box("burr", 120, 30, 40, 40),)))
    assert drawn.pixelColor(20, 40) != image.pixelColor(20, 40)
    assert any(drawn.pixelColor(120, y) != image.pixelColor(120, y) for y in range(35, 65))
    assert image.pixelColor(20, 40) == QColor("#404040")
    assert drawn.pixelColor(100, 90) == QColor("#404040")


def test_a_mask_tints_what_it_covers_and_a_point_is_ringed(qapp):
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    mask = np.zeros((100, 200), np.uint8)
    mask[40:60, 100:150] = 255
    drawn = draw_marks(image, ReviewOverlay(points=(Point("dent", 30, 50),), mask=mask))
    assert drawn.pixelColor(125, 50).red() > 0x80
    assert drawn.pixelColor(125, 62) == QColor("#404040")
    assert drawn.pixelColor(30, 50) == QColor("#404040")
    assert any(drawn.pixelColor(x, 50) != image.pixelColor(x, 50) for x in range(10, 25))


@pytest.mark.parametrize(("marks", "drawn"), [
    (ReviewOverlay(), False),
    (ReviewOverlay(predicted_boxes=(Box("burr", 1, 2, 3, 4),)), True),
    (ReviewOverlay(points=(Point("dent", 3, 5),)), True),
    (ReviewOverlay(mask=np.zeros((2, 2), np.uint8)), True),
])  # fmt: skip
def test_there_is_something_to_draw_where_a_box_a_point_or_a_mask_is(marks, drawn):
    assert has_marks(marks) is drawn
