import pytest
from PySide6.QtGui import QColor

from fieldcheck.settings import Settings
from fieldcheck.ui.screens.settings.view import AppearancePage, ThemeTile
from fieldcheck.ui.theme import DARK, HC_DARK, LIGHT


@pytest.fixture
def page(look, qtbot):
    made = AppearancePage(look)
    qtbot.addWidget(made)
    made.told = []
    made.changed.connect(lambda name, value: made.told.append((name, value)))
    return made


def test_it_shows_what_is_set_and_tells_nobody(page):
    page.show_settings(Settings(theme="hc_light", size=125, gloves=True))
    assert page.themes["hc_light"].isChecked()
    assert [size for size, button in page.sizes.items() if button.isChecked()] == [125]
    assert page.gloves.isChecked()
    assert page.told == []


def test_an_unknown_theme_is_the_systems(page):
    page.show_settings(Settings(theme="pink"))
    assert page.themes[""].isChecked()


def test_every_choice_is_told(page):
    page.show_settings(Settings())
    page.themes["dark"].click()
    page.sizes[175].click()
    page.gloves.click()
    assert page.told == [("theme", "dark"), ("size", 175), ("gloves", True)]
    assert [name for name, tile in page.themes.items() if tile.isChecked()] == ["dark"]


def test_sizes_have_names_of_their_own(page):
    assert page.sizes[90].accessibleName() == "Interface size 90%"


def painted(tile):
    picture = tile.grab().toImage()
    return {
        picture.pixelColor(x, y).name().upper()
        for x in range(picture.width())
        for y in range(picture.height())
    }


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
