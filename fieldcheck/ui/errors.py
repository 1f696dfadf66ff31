"""Messages of the window (banners and toasts), the crash dialog, and the handler of unexpected
errors."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fieldcheck import __version__
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.projects import ProjectOnlyRead
from fieldcheck.i18n.language import tr
from fieldcheck.logging_and_crash import format_traceback, redact_addresses, redact_user
from fieldcheck.paths import get_app_paths
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.widgets.layouts import make_label

if TYPE_CHECKING:
    import platform

    from fieldcheck.errors import messages as sentences
    from fieldcheck.models import messages
else:
    messages = LazyModule("fieldcheck.models.messages")
    sentences = LazyModule("fieldcheck.errors.messages")
    platform = LazyModule("platform")

INFO, WARN, ALARM = "info", "warn", "alarm"
MOST_KEPT = 500
NOT_OF_A_PROJECT = ("settings", "home.sample")
"""Keys of states that go on when the project is closed."""


MessageAction = tuple[str, Callable[[], None]]
"""Text of a button, and its function."""


@dataclass(frozen=True, slots=True)
class Message:
    """`key` identifies the state a banner is about; empty for a toast. `button`: text of its
    button; `action`: called when it is pressed. `more_actions`: further buttons, for banners only.
    """

    text: str
    level: str = INFO
    key: str = ""
    button: str = ""
    action: Callable[[], None] | None = field(default=None, compare=False)
    timestamp: datetime = field(default_factory=datetime.now, compare=False)
    more_actions: tuple[MessageAction, ...] = field(default=(), compare=False)


class Messages(QObject):
    """Banners and toasts. `toasted` carries an event; `changed` is emitted when banners or the list
    change."""

    toasted = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: list[Message] = []
        self._banners: dict[str, Message] = {}
        self._again: dict[str, Callable[[], None]] = {}

    def show_toast(
        self, text: str, button: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Show a short message about a finished action, with `button` for a few seconds where
        given."""
        message = Message(text, button=button, action=act)
        self._add_to_history(message)
        self.toasted.emit(message)

    def warn_read_only(self) -> None:
        """Show that the project is read-only here."""
        self.show_toast(
            tr(
                "This project is open read-only. Nothing was changed. Correct the cause "
                "reported on opening, then open it again."
            )
        )

    def show_banner(
        self,
        key: str,
        text: str,
        level: str = WARN,
        button: str = "",
        act: Callable[[], None] | None = None,
        more: Sequence[MessageAction] = (),
        again: Callable[[], None] | None = None,
    ) -> None:
        """Show a banner for a lasting state, until `clear(key)` or until it is closed. The same key
        replaces the earlier one; the list keeps it once. `again` repeats it in a new language."""
        self._again.pop(key, None)
        if again is not None:
            self._again[key] = again
        message = Message(text, level, key, button, act, more_actions=tuple(more))
        stood, self._banners[key] = self._banners.get(key), message
        if message == stood:
            self.changed.emit()
        else:
            self._add_to_history(message)

    def show_error(
        self,
        error: BaseException,
        key: str = "error",
        button: str = "",
        act: Callable[[], None] | None = None,
        again: Callable[[], None] | None = None,
    ) -> None:
        """A banner with the sentence for an error: what happened, what is safe, what to do, and the
        button that does it. That a project is open for reading has its banner: of an act on it a
        toast says so, for as long as it is news."""
        text = sentences.format_error(error)
        if isinstance(error, ProjectOnlyRead):
            self.show_toast(text)
            return
        self.show_banner(
            key,
            text,
            ALARM,
            button,
            act,
            again=again or partial(self.show_error, error, key, button, act),
        )

    def warn_skipped(self, exceptions: tuple[Exception, ...]) -> None:
        """Show a banner with the images that a job could not read and skipped."""
        if names := [
            error.path.name
            for error in exceptions
            if isinstance(error, (PictureUnreadable, PathMissing))
        ]:
            self.show_banner(
                "left_out",
                messages.list_unreadable_images(list(dict.fromkeys(names))),
                again=partial(self.warn_skipped, exceptions),
            )

    def retranslate(self) -> None:
        """Repeat all messages in the new language, also in the list."""
        for key, again in list(self._again.items()):
            stood = self._banners.get(key)
            if stood is not None:
                self.history = [message for message in self.history if message is not stood]
                again()

    def clear_banner(self, key: str) -> None:
        """Remove a banner whose state has ended or that was read."""
        if self._banners.pop(key, None) is not None:
            self.changed.emit()

    def clear_project_messages(self) -> None:
        """Remove the messages of a closed project and of cameras that recorded into it."""
        for key in [key for key in self._banners if key not in NOT_OF_A_PROJECT]:
            self.clear_banner(key)

    @property
    def banners(self) -> tuple[Message, ...]:
        """Banners in order, the newest last."""
        return tuple(self._banners.values())

    def _add_to_history(self, message: Message) -> None:
        self.history.append(message)
        del self.history[:-MOST_KEPT]
        self.changed.emit()


# Crash dialog: the state of the data, what to do, and the text of the error for the developers.


def format_diagnostics(detail: str = "") -> str:
    """Diagnostics for the clipboard: versions, machine, the place of the log. No name, no picture,
    no label."""
    lines = [
        f"Fieldcheck {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
        f"Log: {get_app_paths().logs}",
        *([detail] if detail else []),
    ]
    return redact_user(redact_addresses("\n".join(lines)))


class CrashDialog(QDialog):
    """Says that everything acknowledged is safe; the window stays usable."""

    def __init__(self, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Unexpected error"))
        self.setMinimumWidth(560)
        label = make_label(
            tr(
                "Fieldcheck encountered an unexpected error. Everything saved before is safe; "
                "check your last action. You can continue; if the error occurs again, send the "
                "error report below to your Fieldcheck contact."
            ),
            wrap=True,
        )
        self.detail = QPlainTextEdit(format_diagnostics(detail), readOnly=True)
        self.detail.setAccessibleName(tr("Details"))
        self.buttons = QDialogButtonBox(self)
        self.copy = self.buttons.addButton(
            tr("Copy error report"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.go_on = self.buttons.addButton(tr("Continue"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy.clicked.connect(self._copy_to_clipboard)
        self.buttons.accepted.connect(self.accept)
        column = QVBoxLayout(self)
        for widget in (label, self.detail, self.buttons):
            column.addWidget(widget)
        self.go_on.setDefault(True)

    def _copy_to_clipboard(self) -> None:
        QApplication.clipboard().setText(self.detail.toPlainText())


# Unhandled exceptions: shown in the window instead of printed.

log = logging.getLogger(__name__)

Kind: TypeAlias = type[BaseException]
Hook: TypeAlias = Callable[[Kind, BaseException, TracebackType | None], object]


class ExceptionHook(QObject):
    """Shows unhandled exceptions of Qt's event loop instead of printing them. `error_caught`
    carries the error and its traceback."""

    error_caught = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: Hook | None = None

    def install(self) -> None:
        """Install the hooks."""
        self._before, sys.excepthook = sys.excepthook, self._handle_exception

    def uninstall(self) -> None:
        """Restore the hooks as they were before `install`."""
        if self._before is not None:
            sys.excepthook, self._before = self._before, None

    def _handle_exception(
        self, kind: Kind, error: BaseException, _trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        detail = format_traceback(error)
        log.error("unexpected: %s", detail)
        self.error_caught.emit(error, detail)
