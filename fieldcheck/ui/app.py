"""Starts the application, opens the window, and builds every screen once for the self-check."""

from __future__ import annotations

import signal
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

# Ahead of Qt, since PySide reads the source of every module that is loaded after it: these and the
# thirty of Python's that they need would take a twentieth longer to the first paint.
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.i18n import language
from fieldcheck.logging_and_crash import log_to_user_folder
from fieldcheck.paths import get_app_paths

# isort: split
from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.background_jobs import BackgroundJobs
from fieldcheck.ui.context import SAMPLE_FRESH, SAMPLE_PLACE, Context, Preferences
from fieldcheck.ui.errors import ExceptionHook
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenSpec
from fieldcheck.ui.screens import SPECS, get_next_step
from fieldcheck.ui.shell.global_actions import GlobalActions
from fieldcheck.ui.shell.window import FIRST, Window
from fieldcheck.ui.widgets.layouts import DropArea, WindowDrops

if TYPE_CHECKING:
    from fieldcheck.errors import messages as sentences
    from fieldcheck.ui import errors as crash_dialog
else:
    crash_dialog = LazyModule("fieldcheck.ui.errors")
    sentences = LazyModule("fieldcheck.errors.messages")

LISTEN_EVERY_MS = 250
FUSION = ("-style", "Fusion")
"""As arguments of the application: a style that is put on later is told as an object, whose class
costs 5 ms."""


def open_window(project: Path | None = None, sample: tuple[Path, bool] | None = None) -> int:
    """Runs the window until it is closed, with `project` open where one is named. `sample`: the
    folder in which the sample project is made ready once the window was painted, and whether anew.
    Returns the exit code."""
    with log_to_user_folder():
        app = create_application()
        window = build_shell()
        window.painted.connect(partial(_show_first, window), Qt.ConnectionType.SingleShotConnection)
        unexpected = ExceptionHook(window)
        unexpected.error_caught.connect(
            partial(_show_unexpected_error, window), Qt.ConnectionType.QueuedConnection
        )
        unexpected.install()
        window.runner.unexpected.connect(partial(_show_unexpected_error, window))
        BackgroundJobs(window.runner, window.current, window.cameras, window.preferences, window)
        listening = _handle_signals(window)
        window.show()
        if project is not None:
            window.current.opened.connect(
                partial(_show_next_step, window), Qt.ConnectionType.SingleShotConnection
            )
            QTimer.singleShot(0, partial(window.open_project, project))
        if sample is not None:
            window.painted.connect(
                partial(_prepare_sample, window, *sample), Qt.ConnectionType.SingleShotConnection
            )
        code = app.exec()
        listening.stop()
        unexpected.uninstall()
        return code


def create_application() -> QApplication:
    """Return the application object, creating it where there is none."""
    application = QApplication.instance()
    app = (
        application
        if isinstance(application, QApplication)
        else QApplication([*sys.argv[:1], *FUSION])
    )
    app.setApplicationName("Fieldcheck")
    app.setDesktopFileName("fieldcheck")
    return app


def build_window() -> Window:
    """Build the window with its first screen, without showing it."""
    window = build_shell()
    window.show_screen(FIRST)
    return window


def build_shell() -> Window:
    """Build the window without any screen, so that it can be shown while the first screen is
    built."""
    preferences = Preferences(get_app_paths().settings)
    window = Window(preferences, {spec.id: partial(_build_screen, spec) for spec in SPECS})
    GlobalActions(window)
    WindowDrops(window).dropped.connect(partial(_take_dropped, window))
    _translate_qt(window)
    window.rebuilt.connect(partial(_translate_qt, window))
    return window


def _build_screen(spec: ScreenSpec, context: Context, header: Header) -> Screen:
    """View and presenter of a screen. By name and only now: with its modules come NumPy, tables and
    charts, and the first screen would be painted after all twelve had loaded theirs."""
    screen: Screen = import_module(f"{spec.package}.presenter").build_screen(context, header)
    # it takes the focus where no control does, and a screen reader says where the keys are
    screen.view.setAccessibleName(screen.view.accessibleName() or spec.name())
    return screen


def check_all_screens() -> int:
    """Build every screen off screen; returns their number."""
    if not QApplication.instance():
        QApplication([sys.argv[0], "-platform", "offscreen", *FUSION])
    window = build_window()
    for spec in SPECS:
        window.show_screen(spec.id)
    window.close()
    window.deleteLater()
    return len(SPECS)


def _take_dropped(window: Window, paths: list[Path]) -> None:
    """Pass files that no screen accepted to the first screen, which handles every kind."""
    window.show_screen(FIRST)
    view = window.get_shown_screen().view
    if isinstance(view, DropArea):
        view.dropped.emit(paths)


def _show_first(window: Window) -> None:
    """The first screen, where no other one is shown yet."""
    if not window.has_screen:
        window.show_screen(FIRST)


def _prepare_sample(window: Window, folder: Path, fresh: bool) -> None:
    """Prepare the demo project with progress on the first page."""
    window.session_values[SAMPLE_PLACE] = str(folder)
    if fresh:
        window.session_values[SAMPLE_FRESH] = FIRST
    window.show_screen(FIRST)
    window.context.actions.trigger_soon("project.sample")


def _show_next_step(window: Window) -> None:
    """Shows the step that comes next in the project that was named."""
    window.show_screen(get_next_step(window.current.status))


def _show_unexpected_error(window: Window, error: BaseException, detail: str) -> None:
    """Show an error of background work: expected errors and exhausted memory with their sentence,
    anything else as a bug."""
    if isinstance(error, FieldcheckError) or sentences.is_out_of_memory(error):
        window.messages.show_error(error)
    else:
        crash_dialog.CrashDialog(detail, window).open()


def _handle_signals(window: Window) -> QTimer:
    """Close the window in order on Ctrl-C or SIGTERM. Qt's loop runs no Python by itself, so a
    timer lets the signal handler run."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.force_close))
    timer = QTimer(window, interval=LISTEN_EVERY_MS)
    timer.timeout.connect(_do_nothing)
    timer.start()
    return timer


def _do_nothing() -> None:
    """Do nothing: running any Python code lets it handle a pending signal."""


def _translate_qt(window: Window) -> None:
    """Qt's own dialogs in the language of the window."""
    app = create_application()
    before = window.findChild(QTranslator)
    if before is not None:
        app.removeTranslator(before)
        before.setParent(None)
    if language.get_language() == "en":
        return
    translator = QTranslator(window)
    if translator.load(
        QLocale(language.get_language()),
        "qtbase",
        "_",
        QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),
    ):
        app.installTranslator(translator)
