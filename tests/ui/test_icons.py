import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from fieldcheck.ui import theme as icons

PACKAGE = Path(icons.__file__).parent


def names_in_use():
    """Every icon that some widget asks for by name."""
    return sorted(
        {
            name
            for path in PACKAGE.rglob("*.py")
            for name in re.findall(r'\bicon="([^"]+)"', path.read_text("utf-8"))
        }
    )


@pytest.mark.parametrize("name", names_in_use())
def test_every_icon_that_is_used_is_in_the_font(qapp, name):
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    icons.paint_icon(painter, name, QRect(0, 0, 32, 32), "#000000")
    painter.end()
    dark = sum(image.pixelColor(x, y).lightness() < 128 for x in range(32) for y in range(32))
    assert 20 < dark < 800


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        icons.get_glyph("no-such-thing")


def test_an_icon_for_a_menu_has_its_colour(qapp):
    image = icons.make_icon("record-circle", "#FF0000", 24).toImage()
    assert any(
        image.pixelColor(x, y).red() > 200 and image.pixelColor(x, y).alpha() > 200
        for x in range(48)
        for y in range(48)
    )
