from PySide6.QtGui import QColor, QImage

from fieldcheck.domain.box import Box
from fieldcheck.ui.screens.explore.overlay import with_boxes


def test_boxes_are_drawn_on_a_copy(qapp):
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    drawn = with_boxes(image, [Box("dent", 20, 20, 60, 40)], [Box("burr", 120, 30, 40, 40)])
    assert drawn.pixelColor(20, 40) != image.pixelColor(20, 40)
    assert any(drawn.pixelColor(120, y) != image.pixelColor(120, y) for y in range(35, 65))
    assert image.pixelColor(20, 40) == QColor("#404040")
    assert drawn.pixelColor(100, 90) == QColor("#404040")
