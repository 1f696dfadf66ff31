"""A place that files can be dropped on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class DropArea(QWidget):
    """`dropped` carries the files and folders of this computer that were dropped on it, as a list of paths."""

    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _get_dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(_get_dropped_paths(event))


class WindowDrops(QObject):
    """`dropped` as of a DropArea, for a whole window: what none of its parts takes."""

    dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and _get_dropped_paths(event):  # to enter is an event of that kind, too
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.dropped.emit(_get_dropped_paths(event))
            return True
        return False


def _get_dropped_paths(event: QDropEvent) -> list[Path]:
    """Files and folders of this computer that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
