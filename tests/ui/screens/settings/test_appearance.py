import pytest

from fieldcheck.settings import Settings
from fieldcheck.ui.screens.settings.appearance import AppearancePage


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
