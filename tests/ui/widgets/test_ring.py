import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from fieldcheck.ui.theme import THEMES
from fieldcheck.ui.widgets.buttons import INSIDE, paint_ring


@pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES)
def test_the_ring_lies_inside_the_part_and_is_cased(qapp, tokens):
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    painter = QPainter(image)
    paint_ring(painter, QRect(0, 0, 60, 40), tokens.focus, tokens.panel)
    painter.end()
    across = [image.pixelColor(x, 20).name().upper() for x in range(INSIDE + 3)]
    assert across[0] == across[INSIDE - 3] == "#123456"
    assert tokens.focus in across
    assert tokens.panel in across[: across.index(tokens.focus)]
    assert image.pixelColor(30, 20).name().upper() == "#123456"
