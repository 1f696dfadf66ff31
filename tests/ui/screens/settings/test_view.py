import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck import __version__
from fieldcheck.i18n import language
from fieldcheck.settings import Settings
from fieldcheck.ui.colours_and_high_contrast import DARK, HC_DARK, LIGHT
from fieldcheck.ui.screen import ActionSpec
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.settings import information_pages as pages
from fieldcheck.ui.screens.settings.view import (
    AppearancePage,
    CapturePage,
    ComputingPage,
    LabellingPage,
    LanguagePage,
    SettingsView,
    ThemeTile,
)


@pytest.fixture
def view(look, qtbot):
    action = QAction("Copy diagnostics")
    made = SettingsView(look, list_actions(), action, "Ctrl+Shift+C")
    qtbot.addWidget(made)
    yield made
    action.deleteLater()


def test_a_section_is_shown_by_its_name(view):
    told = []
    view.section_chosen.connect(told.append)
    view.resize(900, 500)
    view.show()
    QApplication.processEvents()
    view.show_section("keys")
    bar = view.area.verticalScrollBar()
    assert bar.value() == view.cards["keys"].y() > 0
    view.show_section("no such section")
    assert bar.value() == 0
    assert told == ["keys", "appearance"]


def test_scrolling_marks_the_section_at_the_upper_edge(view):
    told, seen = [], []
    view.section_chosen.connect(told.append)
    view.section_seen.connect(seen.append)
    view.resize(900, 500)
    view.show()
    QApplication.processEvents()
    assert "about" not in seen
    view.area.verticalScrollBar().setValue(view.cards["labelling"].y() - 10)
    assert view.sections.currentItem().text() == "Labelling"
    assert view.area.verticalScrollBar().value() == view.cards["labelling"].y() - 10
    assert told == ["labelling"]
    view.area.verticalScrollBar().setValue(view.area.verticalScrollBar().maximum())
    assert "about" in seen


def test_the_sound_at_an_outage_is_off_until_somebody_wants_it(look, qtbot):
    page = CapturePage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings())
    assert page.sound.chosen_code == ""
    QTest.keyClick(page.sound, Qt.Key.Key_Down)
    assert told == [("outage_sound", True)]


def test_what_is_set_is_shown_on_every_page(view):
    view.show_settings(Settings(theme="dark", language="de", name="K. M."))
    assert view.appearance.themes["dark"].isChecked()
    assert view.language.language.chosen_code == "de"
    assert view.labelling.name.text() == "K. M."


def test_a_change_on_any_page_is_passed_on(view):
    told = []
    view.changed.connect(lambda name, value: told.append((name, value)))
    view.appearance.hands[True].click()
    view.labelling.name.editingFinished.emit()
    assert told == [("gloves", True), ("name", "")]


def test_the_focus_goes_to_a_field_by_name_or_to_the_sections(view):
    assert view.find_field("hands.gloves") is view.appearance.hands[True]
    assert view.find_field("") is view.sections
    assert view.find_field("gone") is view.sections


@pytest.fixture
def appearance(look, qtbot):
    made = AppearancePage(look)
    qtbot.addWidget(made)
    made.told = []
    made.changed.connect(lambda name, value: made.told.append((name, value)))
    return made


def test_it_shows_what_is_set_and_tells_nobody(appearance):
    appearance.show_settings(Settings(theme="hc_light", size=125, gloves=True))
    assert appearance.themes["hc_light"].isChecked()
    assert [size for size, button in appearance.sizes.items() if button.isChecked()] == [125]
    assert appearance.hands[True].isChecked()
    assert not appearance.hands[False].isChecked()
    assert appearance.told == []


def test_an_unknown_theme_is_the_systems(appearance):
    appearance.show_settings(Settings(theme="pink"))
    assert appearance.themes[""].isChecked()


def test_every_choice_is_told(appearance):
    appearance.show_settings(Settings())
    appearance.themes["dark"].click()
    appearance.sizes[175].click()
    appearance.hands[True].click()
    assert appearance.told == [("theme", "dark"), ("size", 175), ("gloves", True)]
    assert [name for name, tile in appearance.themes.items() if tile.isChecked()] == ["dark"]


def test_sizes_have_names_of_their_own(appearance):
    assert appearance.sizes[90].accessibleName() == "Interface size 90%"


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


def listening(page, qtbot):
    qtbot.addWidget(page)
    told = []
    page.changed.connect(lambda name, value: told.append((name, value)))
    return told


def test_the_languages_are_those_that_can_be_chosen_under_their_own_names(look, qtbot):
    page = LanguagePage(look)
    qtbot.addWidget(page)
    for box in (page.language, page.report_language):
        assert [box.itemData(at) for at in range(box.count())] == ["", *language.LANGUAGES]
        assert [box.itemText(at) for at in range(1, box.count())] == ["English", "Deutsch"]


def test_the_reports_language_is_apart_from_the_windows(look, qtbot):
    page = LanguagePage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(language="de", report_language="en"))
    assert (page.language.chosen_code, page.report_language.chosen_code) == ("de", "en")
    QTest.keyClick(page.report_language, Qt.Key.Key_Down)
    assert told == [("report_language", "de")]


@pytest.mark.parametrize(
    ("stored", "shown"), [(200, "200"), (0, "0"), (210, "200"), (9000, "500"), (-5, "0")]
)
def test_the_guard_goes_from_nothing_to_half_a_second(look, qtbot, stored, shown):
    page = LabellingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(too_fast_ms=stored))
    assert page.too_fast.chosen_code == shown
    assert told == []


def test_the_guard_can_be_switched_off(look, qtbot):
    page = LabellingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(too_fast_ms=50))
    QTest.keyClick(page.too_fast, Qt.Key.Key_Up)
    assert page.too_fast.currentText() == "off"
    assert told == [("too_fast_ms", 0)]


def test_a_name_is_told_when_it_is_finished_and_without_spaces_around_it(look, qtbot):
    page = LabellingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(name="K. M."))
    assert page.name.text() == "K. M."
    page.name.clear()
    QTest.keyClicks(page.name, " A. B. ")
    assert told == []
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    assert told == [("name", "A. B.")]


def test_what_computes_is_chosen_among_what_is_installed(look, qtbot):
    page = ComputingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(provider="cuda"))
    expected = ["Processor (CPU)", "CUDA (NVIDIA) (not installed)"]
    assert [page.provider.itemText(at) for at in range(2)] == expected
    assert page.provider.chosen_code == "cuda"
    page.show_providers(("cpu", "cuda"))
    assert page.provider.itemText(1) == "CUDA (NVIDIA)"
    QTest.keyClick(page.provider, Qt.Key.Key_Up)
    assert told == [("provider", "cpu")]


ENTRIES = (
    ActionSpec("undo", "Undo", ("Ctrl+Z",)),
    ActionSpec("label.unsure", "Label as unsure and go to next frame", ("U",), screen="label"),
    ActionSpec("x", "No key"),
)


def said(page):
    return " ".join(one.text() for one in page.findChildren(QLabel))


def test_the_keys_are_found_by_typing_and_counted(look, qtbot):
    page = pages.KeysPage(look, list_actions())
    qtbot.addWidget(page)
    assert page.rows.rowCount() > 50
    QTest.keyClicks(page.field, "redo")
    assert page.rows.rowCount() == 1
    assert page.rows.index(0, 0).data() == "Ctrl+Shift+Z"
    assert "1 key" in said(page)


def test_privacy_says_that_there_is_no_network(look, qtbot):
    page = pages.PrivacyPage(look)
    qtbot.addWidget(page)
    assert "only for cameras that you connect or search for" in said(page)
    assert "person are never in reports" in said(page)


def test_about_names_version_and_parts_and_copies_the_diagnostics(look, qtbot):
    copied = []
    action = QAction("Copy diagnostics")
    action.triggered.connect(lambda: copied.append(True))
    page = pages.AboutPage(look, action, "Ctrl+Shift+C")
    qtbot.addWidget(page)
    page.show_parts([("numpy", "2.4", "BSD-3-Clause")])
    assert f"Fieldcheck {__version__}" in said(page)
    expected = ["numpy", "2.4", "BSD-3-Clause"]
    assert [page.list.model().index(0, at).data() for at in range(3)] == expected
    page.copy.click()
    assert copied == [True]


def test_every_action_with_a_key_is_a_row():
    assert pages.build_key_rows(ENTRIES) == [
        ("Ctrl+Z", "Undo", "All screens"),
        ("U", "Label as unsure and go to next frame", "Label"),
    ]
    assert len(pages.build_key_rows(list_actions())) == sum(
        bool(entry.keys) for entry in list_actions()
    )


@pytest.mark.parametrize(("typed", "keys"), [
    ("", ["Ctrl+Z", "U"]),
    ("ctrl", ["Ctrl+Z"]),
    ("FRAME label", ["U"]),
    ("frame undo", []),
    ("  ", ["Ctrl+Z", "U"]),
])  # fmt: skip
def test_typing_narrows_the_list_to_rows_that_hold_every_word(typed, keys):
    assert [row[0] for row in pages.filter_rows(pages.build_key_rows(ENTRIES), typed)] == keys


def test_rows_can_be_replaced(qtbot):
    model = pages.RowsModel(pages.get_headings()[:2], [("1", "2")])
    model.show_rows([("3", "4"), ("5", "6")])
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert model.index(1, 1).data() == "6"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Function"
    assert model.headerData(1, Qt.Orientation.Vertical) is None
    assert model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None
