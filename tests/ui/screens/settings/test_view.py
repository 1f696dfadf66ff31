import pytest
from PySide6.QtGui import QAction

from fieldcheck.settings import Settings
from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.settings.view import SettingsView


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
    view.show_section("keys")
    assert view.stack.currentWidget().isAncestorOf(view.keys)
    view.show_section("no such section")
    assert view.stack.currentIndex() == 0
    assert told == ["keys", "appearance"]


def test_what_is_set_is_shown_on_every_page(view):
    view.show_settings(Settings(theme="dark", language="de", name="K. M."))
    assert view.appearance.themes["dark"].isChecked()
    assert view.language.language.chosen_code == "de"
    assert view.labelling.name.text() == "K. M."


def test_a_change_on_any_page_is_passed_on(view):
    told = []
    view.changed.connect(lambda name, value: told.append((name, value)))
    view.appearance.gloves.click()
    view.labelling.name.editingFinished.emit()
    assert told == [("gloves", True), ("name", "")]


def test_the_focus_goes_to_a_field_by_name_or_to_the_sections(view):
    assert view.find_field("gloves") is view.appearance.gloves
    assert view.find_field("") is view.sections
    assert view.find_field("gone") is view.sections
