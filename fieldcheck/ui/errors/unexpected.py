"""Errors that no handler caught: said in the window in place of being printed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from fieldcheck.logs import format_traceback

log = logging.getLogger(__name__)

Kind: TypeAlias = type[BaseException]
Hook: TypeAlias = Callable[[Kind, BaseException, TracebackType | None], object]


class ExceptionHook(QObject):
    """Catches what no handler of Qt's event loop caught, and says it instead of printing it. `error_caught` carries the error and its
    traceback."""

    error_caught = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: Hook | None = None

    def install(self) -> None:
        """From now on."""
        self._before, sys.excepthook = sys.excepthook, self._handle_exception

    def uninstall(self) -> None:
        """Puts the hooks back as they were before `install`."""
        if self._before is not None:
            sys.excepthook, self._before = self._before, None

    def _handle_exception(self, kind: Kind, error: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        detail = format_traceback(error)
        log.error("unexpected: %s", detail)
        self.error_caught.emit(error, detail)
