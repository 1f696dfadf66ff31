"""The ring round the control that has the keys, with some distance: it lies over the window, so
that nothing moves for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.theme import RADIUS, Theme

LINE, DISTANCE = 2, 2  # pixels
OWN_RING = "ownRing"
"""Property of a control that paints by itself where its keys go, as a grid does round a tile."""
CONTROLS = (
    "QAbstractButton", "QAbstractScrollArea", "QAbstractSpinBox", "QComboBox", "QLineEdit",
    "QSlider",
)  # fmt: skip
"""By their names: a start waits for none of the classes themselves."""
FOLLOWED = {
    QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide,
    QEvent.Type.ParentChange,
}  # fmt: skip


class FocusRing(QWidget):
    """Follows the focus inside `window`. Mouse and keys go through it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._followed: list[QWidget] = []
        self._radius = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        get_application().focusChanged.connect(self._on_focus_change)
        self._on_focus_change(None, QApplication.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The control or something round it moved."""
        if event.type() in FOLLOWED:
            self._update_position()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.focus), LINE))
        half = LINE / 2
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, self._radius, self._radius)
        painter.end()

    def _on_focus_change(self, _before: QWidget | None, now: QWidget | None) -> None:
        for widget in self._followed:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._followed = []
        if now is not None and self._window.isAncestorOf(now) and has_ring(now):
            around: QWidget | None = now
            while around is not None and around is not self._window:
                self._followed.append(around)
                around.installEventFilter(self)
                around = around.parentWidget()
        self._update_position()

    def _update_position(self) -> None:
        seen = self._get_seen_rect()
        if seen.isEmpty():
            self.hide()
            return
        away = LINE + DISTANCE
        box = seen.adjusted(-away, -away, away, away) & self._window.rect()
        round_all = self._followed[0].property("role") == "chip"
        radius = self._theme.metrics.scale_px(RADIUS) + DISTANCE
        self._radius = min(box.height() / 2, box.height() / 2 if round_all else radius)
        self.setGeometry(box)
        self.show()
        self.raise_()

    def _get_seen_rect(self) -> QRect:
        """The control in the window as far as nothing that it lies in cuts it off."""
        if not self._followed or not isValid(self._followed[0]):
            return QRect()
        control = self._followed[0]
        if not control.isVisible():
            return QRect()
        seen = QRect(control.mapTo(self._window, QPoint()), control.size())
        for around in self._followed[1:]:
            seen &= QRect(around.mapTo(self._window, QPoint()), around.size())
        return seen & self._window.rect()


def has_ring(widget: QWidget) -> bool:
    """Whether the ring goes round this widget when it has the keys."""
    return any(map(widget.inherits, CONTROLS)) and not widget.property(OWN_RING)
