"""A note that is over after a few seconds: why a key did nothing. Whoever shows it puts it in the place of what lasts."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

STAYS_MS = 6000


class TransientNote(QObject):
    """`text`: the note as long as it stands, else empty. `changed` comes with every other text."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._timer = QTimer(self, interval=STAYS_MS, singleShot=True)
        self._timer.timeout.connect(self.clear_note)

    def show_note(self, said: str, lasts: bool = False) -> None:
        """This from now on, for a few seconds; empty ends the one before. `lasts`: until it is ended."""
        self.text = said
        if said and not lasts:
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def clear_note(self) -> None:
        """It is over, as with the frame that it was about."""
        if self.text:
            self.show_note("")
