"""Fading from what a place showed to what it shows now, in a tenth of a second; nothing moves where the system asks for less motion."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

FADE_MS = 100


class Fade(QWidget):
    """Picture of what a place showed before, over what it shows now, until it is gone. Mouse and keys go through it."""

    def __init__(self, before: QPixmap, place: QWidget) -> None:
        super().__init__(place)
        self._before, self._share = before, 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(place.rect())
        self._running = QVariantAnimation(self, startValue=1.0, endValue=0.0)
        self._running.setDuration(FADE_MS)
        self._running.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._running.valueChanged.connect(self._show_share)
        self._running.finished.connect(self.deleteLater)

    def start_fade(self) -> None:
        """Lies over everything in its place, and goes."""
        self.show()
        self.raise_()
        self._running.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(self._share)
        painter.drawPixmap(0, 0, self._before)
        painter.end()

    def _show_share(self, share: float) -> None:
        self._share = share
        self.update()


def make_fade(place: QWidget, moves: bool) -> Fade | None:
    """The fade away from what `place` shows now, to be begun once it shows something else; None where nothing is shown or nothing moves."""
    return Fade(place.grab(), place) if moves and place.isVisible() else None
