import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.home.site_card import SiteCard
from fieldcheck.ui.widgets.chip import Chip

SAID = {"site": "Werk 2", "line": "Line 4", "who": "M. Berger", "conditions": ("dark", "glare"), "note": "Lamp flickers"}


@pytest.fixture
def card(look, window, shown):
    return shown(SiteCard(look, window.context.actions))


def test_what_stands_is_shown_with_its_light_as_chips(card):
    card.show_site("Werk 2", "Line 4", "M. Berger", ("dark", "glare"), "")
    assert [one.accessibleName() for one in card.findChildren(Chip)] == ["✓ dark", "✓ glare"]
    assert not card.editing


def test_fields_hold_what_stands_and_enter_saves_what_they_hold_then(card, qtbot):
    card.begin(SAID)
    assert card.editing
    assert card.said() == SAID
    card.chips["flicker"].click()
    card.fields["note"].setText("Lamp off")
    with qtbot.waitSignal(card.saved) as saved:
        QTest.keyClick(card.fields["note"], Qt.Key.Key_Return)
    assert saved.args == [SAID | {"conditions": ("dark", "glare", "flicker"), "note": "Lamp off"}]
    card.end()
    assert not card.editing


def test_less_room_means_less_padding(card):
    card.set_compact(True)
    narrow = card.layout().contentsMargins().left()
    card.set_compact(False)
    assert narrow < card.layout().contentsMargins().left()
