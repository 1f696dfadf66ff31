from PySide6.QtGui import QColor

from fieldcheck.ui.screens.settings.theme_tile import ThemeTile
from fieldcheck.ui.theme.tokens import DARK, HC_DARK, LIGHT


def painted(tile):
    picture = tile.grab().toImage()
    return {picture.pixelColor(x, y).name().upper() for x in range(picture.width()) for y in range(picture.height())}


def made(look, qtbot, *themes):
    tile = ThemeTile(look, "High contrast, dark", themes)
    qtbot.addWidget(tile)
    tile.resize(tile.sizeHint())
    return tile


def test_a_theme_is_drawn_in_its_own_colours_not_in_those_of_the_window(look, qtbot):
    colours = painted(made(look, qtbot, HC_DARK))
    assert {HC_DARK.window, HC_DARK.accent, HC_DARK.warn} <= colours
    assert LIGHT.accent not in colours


def test_the_systems_theme_shows_a_light_and_a_dark_half(look, qtbot):
    picture = made(look, qtbot, LIGHT, DARK).grab().toImage()
    assert picture.pixelColor(24, 6) == QColor(LIGHT.window)
    assert picture.pixelColor(picture.width() - 6, 6) == QColor(DARK.window)


def test_the_chosen_one_has_an_edge_and_a_mark(look, qtbot):
    tile = made(look, qtbot, DARK)
    assert look.tokens.accent not in painted(tile)
    tile.setChecked(True)
    assert look.tokens.accent in painted(tile)
    assert tile.accessibleName() == "High contrast, dark"
