"""Frames are pulled into the window, never pushed: a timer takes the newest value and passes it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from fieldcheck.newest import LatestValue


class LatestValuePoller(QObject):
    """Calls `show(value)` on the main thread with the newest value of a slot, at most every `every_ms`; runs between `start` and `stop`.

    A queued signal a frame would grow without bound as soon as painting is slower than the camera.
    """

    def __init__(self, show: Callable[[Any], None], every_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._slot: LatestValue[Any] | None = None
        self._timer = QTimer(self, interval=every_ms, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll_slot)

    def start(self, slot: LatestValue[Any]) -> None:
        """From now on look at `slot`."""
        self._slot = slot
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._slot = None

    def _poll_slot(self) -> None:
        value = self._slot.take_value() if self._slot is not None else None
        if value is not None:
            self._show(value)
