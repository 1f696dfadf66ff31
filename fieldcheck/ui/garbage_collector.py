"""Python's search for cycles that nobody reaches any more, kept to the main thread while the window is open."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 500


class GarbageCollector(QObject):
    """Collects from a timer of the main thread, as often as Python would have, and nowhere else.

    Python collects on whatever thread happens to allocate. Widgets live in cycles with the slots that they are connected to; collected
    on a job's thread they are destroyed there, which Qt forbids: the process crashes, or stands still with the interpreter locked.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.destroyed.connect(gc.enable)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start()

    def collect_soon(self) -> None:
        """Collects everything once the event loop is back: many widgets were let go of at once, and by the thresholds alone they would be
        kept for minutes."""
        QTimer.singleShot(0, self, gc.collect)

    def stop(self) -> None:
        """Once no other thread is left: collecting is Python's own again."""
        self._timer.stop()
        gc.enable()


def collect_if_due() -> None:
    """Collects the oldest generation that is due by Python's own thresholds."""
    for generation in (2, 1, 0):
        due = gc.get_threshold()[generation]
        if due and gc.get_count()[generation] > due:
            gc.collect(generation)
            return
