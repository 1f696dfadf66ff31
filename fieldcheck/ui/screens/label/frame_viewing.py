"""How one frame is looked at: since when, with how many keys and clicks, through the loupe or with lifted shadows."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from fieldcheck.domain.label import LabelEvent
from fieldcheck.timestamp import get_timestamp

MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)


class FrameViewTracker(QObject):
    """Watches the canvas, which keeps the keys; begins anew with every frame. `shown_at` is None until the frame was painted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown_at: float | None = None
        self._shown = ""
        self._keys = self._clicks = 0
        self._loupe_s, self._loupe_at = 0.0, 0.0
        self._lifted = False

    def start_frame(self) -> None:
        """Another frame is about to be shown."""
        self.shown_at, self._shown = None, ""
        self._keys = self._clicks = 0
        self._loupe_s, self._lifted = 0.0, False

    def mark_shown(self) -> None:
        """It is on the screen."""
        self.shown_at, self._shown = time.monotonic(), get_timestamp()

    @property
    def seconds(self) -> float | None:
        """Since it is on the screen; None where it is not yet."""
        return time.monotonic() - self.shown_at if self.shown_at is not None else None

    def count_click(self) -> None:
        """A button of the panel was clicked."""
        self._clicks += 1

    def record_loupe(self, on: bool) -> None:
        """The loupe was opened, or closed."""
        if on:
            self._loupe_at = time.monotonic()
        elif self._loupe_at:
            self._loupe_s += time.monotonic() - self._loupe_at
            self._loupe_at = 0.0

    def record_shadow_lift(self) -> None:
        """Shadows were lifted on this frame."""
        self._lifted = True

    def build_event(self, frame_id: str, action: str, now: str, blind: bool, by: str) -> LabelEvent:
        """The act as it is logged."""
        return LabelEvent(
            frame_id, action, self._shown or now, now, self.seconds, self._keys, self._clicks, round(1000 * self._loupe_s), self._lifted,
            blind, by,
        )  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Counts; takes nothing away. Every press comes as ShortcutOverride first, whether an action takes it or not."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._keys += not event.isAutoRepeat() and event.key() not in MODIFIERS
        elif kind == QEvent.Type.MouseButtonPress:
            self._clicks += 1
        return False
