import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from fieldcheck.ui.screens.home.overview_page import BenchmarkCard, OverviewPage, SiteCard
from fieldcheck.ui.widgets.buttons import Chip

SAID = {
    "site": "Werk 2", "line": "Line 4", "who": "M. Berger", "conditions": ("dark", "glare"),
    "note": "Lamp flickers",
}  # fmt: skip


def test_a_card_that_is_edited_has_its_column_for_itself(look, window, qtbot):
    page = OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    page.show_cards()
    page.show()
    page.limits.start_editing("3", "", ("good", "crack"), ("good",))
    page.fit_cards()
    actual = [one.isVisible() for one in (page.site, page.benchmark, page.limits, page.model)]
    assert actual == [False, False, True, True]
    page.limits.end_editing()
    page.fit_cards()
    assert all(one.isVisible() for one in (page.site, page.benchmark, page.limits))


def test_files_are_asked_for_without_holding_up_the_window(look, window, qtbot, tmp_path):
    page = OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    told = []
    page.prompt_for_model(told.append)
    page.prompt_for_benchmark(told.append)
    for dialog in page.findChildren(QFileDialog):
        dialog.fileSelected.emit(str(tmp_path))
        dialog.close()
    page.set_compact(True)
    assert told == [tmp_path, tmp_path]


def test_a_benchmark_is_shown_or_said_to_be_missing(look, window, qtbot):
    card = BenchmarkCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    card.show_benchmark(("", "", ""), "", "")
    assert (card._missing.isVisible(), card._known.isVisible()) == (True, False)
    card.show_benchmark(
        ("97.1%", "correct: 1,942 of 2,000", "95% CI 96.3–97.7%"), "/data/clean", "97%"
    )
    assert (card._missing.isVisible(), card._known.isVisible()) == (False, True)
    card.show_error("No class of it is the model's.")
    assert card.error_text == "No class of it is the model's."
    card.set_compact(True)


def test_the_claim_is_a_field_of_the_card(look, window, qtbot):
    card = BenchmarkCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    saved = []
    card.saved.connect(lambda *said: saved.append(said))
    card.start_editing(
        "97.1", "map50", (("frame_score", "frames without errors"), ("map50", "mAP at IoU 0.50"))
    )
    assert (card.editing, card.claimed.isVisible(), card.choose.isVisible()) == (True, True, False)
    card.show_claim_error("No figure.")
    qtbot.keyClick(card.claimed, "\r")
    card.stated_in.select_code("frame_score")
    qtbot.keyClick(card.claimed, "\r")
    assert saved == [("97.1", "map50"), ("97.1", "frame_score")]
    card.end_editing()
    assert (card.editing, card.choose.isVisible()) == (False, True)


@pytest.fixture
def card(look, window, shown):
    return shown(SiteCard(look, window.context.actions))


def test_what_stands_is_shown_with_its_light_as_chips(card):
    card.show_site("Werk 2", "Line 4", "M. Berger", ("dark", "glare"), "")
    assert [one.accessibleName() for one in card.findChildren(Chip)] == ["✓ dark", "✓ glare"]
    assert not card.editing


def test_fields_hold_what_stands_and_enter_saves_what_they_hold_then(card, qtbot):
    card.start_editing(SAID)
    assert card.editing
    assert card.get_entered_site() == SAID
    card.chips["flicker"].click()
    card.fields["note"].setText("Lamp off")
    with qtbot.waitSignal(card.saved) as saved:
        QTest.keyClick(card.fields["note"], Qt.Key.Key_Return)
    assert saved.args == [SAID | {"conditions": ("dark", "glare", "flicker"), "note": "Lamp off"}]
    card.end_editing()
    assert not card.editing


def test_less_room_means_less_padding(card):
    card.set_compact(True)
    narrow = card.layout().contentsMargins().left()
    card.set_compact(False)
    assert narrow < card.layout().contentsMargins().left()
