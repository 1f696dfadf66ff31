import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from fieldcheck.paths import places
from fieldcheck.settings import load
from fieldcheck.words import language


@pytest.fixture
def shown(window):
    """The settings of the window that is there now: it is built anew by what is set."""
    window.go("settings")
    return lambda: window.shown_screen().view


def test_the_window_speaks_another_language_at_once_and_stays_where_it_was(window, shown):
    shown().show_section("language")
    shown().language.changed.emit("language", "de")
    assert language.current() == "de"
    assert window.here == "settings"
    assert shown().sections.currentItem().text() == language.text("Language")
    assert shown().language.language.chosen_code == "de"


def test_the_focus_stays_on_what_was_pressed(window, shown, qtbot):
    shown().appearance.themes["dark"].setFocus()
    shown().appearance.themes["dark"].click()
    assert window.context.look.tokens.name == "dark"
    assert QApplication.focusWidget() is shown().appearance.themes["dark"]


def test_a_change_is_stored(window, shown):
    shown().labelling.changed.emit("too_fast_ms", 350)
    shown().labelling.changed.emit("name", "K. M.")
    stored = load(places().settings)
    assert (stored.too_fast_ms, stored.name) == (350, "K. M.")


def test_the_pseudo_language_is_spoken_though_nobody_can_choose_it(window, shown):
    window.preferences.change(language="xx")
    assert window.header.title.text() == language.pseudo("Settings")


def test_the_parts_are_looked_up_when_they_are_wanted(window, shown, settle):
    assert shown().about.list.model().rowCount() == 0
    shown().show_section("about")
    settle()
    assert shown().about.list.model().rowCount() > 10


def test_a_window_that_was_built_anew_meanwhile_is_not_told_of_the_parts(window, shown, settle):
    shown().show_section("about")
    window.preferences.change(theme="dark")
    settle()
    assert shown().about.list.model().rowCount() > 10


@pytest.mark.parametrize("spoken", ["en", "xx"])
@pytest.mark.parametrize("size", [(1366, 690), (1092, 552)])
def test_nothing_is_clipped(window, shown, qtbot, size, spoken):
    window.preferences.change(language=spoken)
    window.resize(*size)
    for at in range(shown().sections.count()):
        shown().sections.setCurrentRow(at)
        QApplication.processEvents()
        for widget in shown().stack.currentWidget().findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
                box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
                assert window.rect().contains(box), widget.objectName()
                assert widget.width() >= widget.minimumSizeHint().width(), widget.objectName()
