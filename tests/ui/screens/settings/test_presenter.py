import tomllib
from email.message import Message
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from fieldcheck.i18n import language
from fieldcheck.paths import get_app_paths
from fieldcheck.settings import load_settings
from fieldcheck.ui.screens.settings import presenter

PROJECT = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text("utf-8"))[
    "project"
]


@pytest.fixture
def shown(window):
    """The settings of the window that is there now: it is built anew by what is set."""
    window.show_screen("settings")
    return lambda: window.get_shown_screen().view


@pytest.mark.long
def test_the_window_speaks_another_language_at_once_and_stays_where_it_was(window, shown):
    shown().show_section("language")
    shown().language.changed.emit("language", "de")
    assert language.get_language() == "de"
    assert window.current_screen == "settings"
    assert shown().sections.currentItem().text() == language.tr("Language")
    assert shown().language.language.chosen_code == "de"


@pytest.mark.long
def test_the_focus_stays_on_what_was_pressed(window, shown, qtbot):
    shown().appearance.themes["dark"].setFocus()
    shown().appearance.themes["dark"].click()
    assert window.context.theme.tokens.name == "dark"
    assert QApplication.focusWidget() is shown().appearance.themes["dark"]


def test_a_change_is_stored(window, shown):
    shown().labelling.changed.emit("too_fast_ms", 350)
    shown().labelling.changed.emit("name", "K. M.")
    stored = load_settings(get_app_paths().settings)
    assert (stored.too_fast_ms, stored.name) == (350, "K. M.")


@pytest.mark.long
def test_the_pseudo_language_is_spoken_though_nobody_can_choose_it(window, shown):
    window.preferences.update(language="xx")
    assert window.header.title.text() == language.pseudo_translate("Settings")


@pytest.mark.long
def test_the_parts_are_looked_up_when_they_are_wanted(window, shown, settle):
    assert shown().about.list.model().rowCount() == 0
    shown().show_section("about")
    settle()
    assert shown().about.list.model().rowCount() > 10


@pytest.mark.long
def test_a_window_that_was_built_anew_meanwhile_is_not_told_of_the_parts(window, shown, settle):
    shown().show_section("about")
    window.preferences.update(theme="dark")
    settle()
    assert shown().about.list.model().rowCount() > 10


@pytest.mark.long
@pytest.mark.parametrize("spoken", ["en", "xx"])
@pytest.mark.parametrize("size", [(1366, 690), (1092, 552)])
def test_nothing_is_clipped(window, shown, qtbot, size, spoken):
    window.preferences.update(language=spoken)
    window.resize(*size)
    for at in range(shown().sections.count()):
        shown().sections.setCurrentRow(at)
        QApplication.processEvents()
        card = shown().cards[shown().sections.item(at).data(Qt.ItemDataRole.UserRole)]
        for widget in card.findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
                shown().area.ensureWidgetVisible(widget)
                box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
                assert window.rect().contains(box), widget.objectName()
                assert widget.width() >= widget.minimumSizeHint().width(), widget.objectName()


def told(**fields):
    made = Message()
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            made[name.replace("_", "-")] = one
    return made


class Part:
    """A package as far as its licence goes."""

    def __init__(self, **fields):
        self.metadata = told(**fields)


def test_everything_that_the_program_needs_is_named_with_what_that_needs_in_turn():
    names = {name.lower().replace("_", "-") for name, _, _ in presenter.list_shipped_parts()}
    for line in PROJECT["dependencies"]:
        assert line.split(">")[0].split("=")[0].lower() in names
    assert {"shiboken6", "dejavu sans", "inter"} <= names, (
        "what a needed package needs, and the fonts"
    )
    assert "pytest" not in names, "tools of the makers do not ship"
    assert "fieldcheck" not in names


def test_each_has_a_version_and_a_licence():
    for name, version, licence in presenter.list_shipped_parts():
        assert version[0].isdigit(), name
        assert 0 < len(licence) <= presenter.LONGEST


@pytest.mark.parametrize(("fields", "said"), [
    ({"License_Expression": "MIT", "License": "other"}, "MIT"),
    ({"License": "MIT License\n\nCopyright …"}, "MIT License"),
    (
        {
            "License": "x" * 300,
            "Classifier": ["License :: OSI Approved :: BSD License", "Topic :: A"],
        },
        "BSD License",
    ),
    ({}, "see package files"),
])  # fmt: skip
def test_a_licence_is_said_as_short_as_it_can_be(fields, said):
    assert presenter.get_licence(Part(**fields)) == said
