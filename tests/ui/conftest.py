"""A real window for each test that asks for one, around a home of its own."""

import shutil

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldcheck.i18n import language
from fieldcheck.paths import get_app_paths
from fieldcheck.ui import theme
from fieldcheck.ui.app import build_window
from fieldcheck.ui.context import Preferences
from fieldcheck.ui.theme import Theme

# how long a test waits for what never comes; the five seconds of pytest-qt pass on a machine that
# has other work too
HANG_MS = 60_000
for wait in (
    QtBot.waitUntil,
    QtBot.waitSignal,
    QtBot.waitSignals,
    QtBot.waitActive,
    QtBot.waitExposed,
):
    wait.__kwdefaults__["timeout"] = HANG_MS


@pytest.fixture(autouse=True)
def english():
    """Tests read the window in English, whatever they switch it to and whatever this machine
    speaks."""
    language.set_language("en")
    yield
    language.set_language("en")


@pytest.fixture
def look(qapp):
    """The light theme at 100 %, put on."""
    theme_of_test = Theme()
    theme.apply_theme(qapp, theme_of_test)
    return theme_of_test


@pytest.fixture
def still(monkeypatch):
    """A system that asks for less motion: a walk through many screens waits for no fade."""
    monkeypatch.setattr(theme, "is_reduced_motion", lambda _hints: True)


@pytest.fixture
def window(qtbot, qapp, monkeypatch):
    """The whole window, shown and active, in English and in the light theme; closed in order at the
    end."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    # before it is built: it is built once
    Preferences(get_app_paths().settings).update(theme="light", language="en", first_visit=False)
    new_window = build_window()
    new_window.show()
    qtbot.waitExposed(new_window)
    new_window.activateWindow()
    qtbot.waitUntil(new_window.isActiveWindow)
    yield new_window
    new_window.force_close()  # a test may end while a job writes
    new_window.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete


@pytest.fixture
def shown(qtbot):
    """`shown(widget, 400, 300)`: a widget by itself in that size, else in its own; taken away at
    the end."""

    def show(widget, *size):
        qtbot.addWidget(widget)
        if size:
            widget.resize(*size)
        widget.show()
        return widget

    return show


@pytest.fixture
def press(window):
    """`press(Qt.Key.Key_1)` on whatever has the focus, as the system would."""

    def press_key(key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget() or window, key, modifier)

    return press_key


@pytest.fixture
def settle(window, qtbot):
    """Waits until no act and no job is under way."""

    def wait():
        qtbot.waitUntil(lambda: not window.runner.busy)

    return wait


@pytest.fixture
def open_in_window(window, settle, qtbot):
    """Opens a project folder in the window."""

    def open_project(path):
        with qtbot.waitSignal(window.current.opened):
            window.open_project(path)
        settle()

    return open_project


@pytest.fixture
def screen_of(window, open_in_window, made, tmp_path, settle):
    """`screen_of("drawn", "pick")`: a screen of the window over a copy of a made project, its work
    done."""

    def go(project, screen):
        open_in_window(shutil.copytree(made[project], tmp_path / f"{project}.fieldcheck"))
        window.show_screen(screen)
        settle()
        return window.get_shown_screen()

    return go


@pytest.fixture
def label_screen(window, open_in_window, settle, drawn, qtbot):
    """The Label screen of a project with twenty picks and three classes, without the guard against
    too fast keys."""
    path = drawn.path
    drawn.close()
    window.preferences.update(too_fast_ms=0)
    open_in_window(path)
    window.show_screen("label")
    settle()
    seen(qtbot, window)
    return window.get_shown_screen()


def seen(qtbot, window):
    """Waits until the frame has been painted with its picture."""
    qtbot.waitUntil(lambda: window.get_shown_screen().presenter.view_tracker.shown_at is not None)


@pytest.fixture
def answer(window, label_screen, press, settle, qtbot):
    """Presses a key on a frame that was seen, and waits until the answer is on disk."""

    def give(key, modifier=Qt.KeyboardModifier.NoModifier):
        seen(qtbot, window)
        press(key, modifier)
        settle()

    return give


def inside(widget, window):
    """The widget's rectangle in the window's own coordinates."""
    return widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))
