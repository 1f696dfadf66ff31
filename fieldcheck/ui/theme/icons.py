"""Icons: glyphs of Material Design Icons, painted in any colour from the font that lies in the qtawesome wheel.

Only its font file and its table of names are read. Importing the package takes two hundred milliseconds, more than all the rest of the
window's start.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontDatabase, QPainter, QPixmap

FONT, NAMES = "materialdesignicons6-webfont-*.ttf", "materialdesignicons6-webfont-charmap-*.json"


def get_glyph(name: str) -> str:
    """The character that draws the icon `name`. Raises KeyError for a name that the font does not have."""
    _, found, after = _read_glyph_table().partition(f'"{name}"')
    if not found:
        raise KeyError(name)
    return chr(int(after.split('"', 2)[1], 16))


def icon_font(pixels: int) -> QFont:
    """The font of the glyphs, `pixels` high."""
    font = QFont(_load_font_family())
    font.setPixelSize(pixels)
    return font


def paint_icon(painter: QPainter, name: str, box: QRect, colour: str) -> None:
    """Draws the icon as large as the shorter side of `box`, centred."""
    painter.save()
    painter.setFont(icon_font(min(box.width(), box.height())))
    painter.setPen(colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, get_glyph(name))
    painter.restore()


def make_icon(name: str, colour: str, pixels: int = 24) -> QPixmap:
    """The icon as a picture for a list or a menu."""
    scale = 2  # sharp also on a screen that shows two pixels for one
    picture = QPixmap(pixels * scale, pixels * scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_icon(painter, name, picture.rect(), colour)
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


@cache
def _read_glyph_table() -> str:
    """The table as it is written: of seven thousand names a window needs some dozens."""
    return _find_font_file(NAMES).read_text(encoding="ascii")


@cache
def _load_font_family() -> str:
    number = QFontDatabase.addApplicationFont(str(_find_font_file(FONT)))
    return QFontDatabase.applicationFontFamilies(number)[0]


def _find_font_file(pattern: str) -> Path:
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("qtawesome")
    return next((Path(spec.origin).parent / "fonts").glob(pattern))
