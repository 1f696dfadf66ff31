"""Errors that no handler caught: said in the window in place of being printed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from fieldcheck.logs import trace_of

log = logging.getLogger(__name__)

Kind: TypeAlias = type[BaseException]
Hook: TypeAlias = Callable[[Kind, BaseException, TracebackType | None], object]


class Unexpected(QObject):
    """Catches what no handler of Qt's event loop caught, and says it instead of printing it. `happened` carries the error and its
    traceback."""

    happened = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: Hook | None = None

    def watch(self) -> None:
        """From now on."""
        self._before, sys.excepthook = sys.excepthook, self._hook

    def rest(self) -> None:
        """Puts the hooks back as they were before `watch`."""
        if self._before is not None:
            sys.excepthook, self._before = self._before, None

    def _hook(self, kind: Kind, error: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        detail = trace_of(error)
        log.error("unexpected: %s", detail)
        self.happened.emit(error, detail)
