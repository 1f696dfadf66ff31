"""The panel beside a picture: a surface as high as the screen, what scrolls in it, and its
buttons in one column or two."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.row_button import PAD

PANEL = 320  # pixels at 100 % of its width


class SidePanel(QWidget):
    """The panel beside the picture: a surface with a hairline at its left edge."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        column = QVBoxLayout(self)
        px = theme.metrics.scale_px
        column.setContentsMargins(px(PAD) + 1, 0, px(PAD), px(PAD))
        column.setSpacing(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.panel))
        line = QRect(0, 0, 1, self.height())
        painter.fillRect(line, QColor(self._theme.tokens.hairline))
        painter.end()


class FittingArea(QScrollArea):
    """Scrolls what has less room than it needs, and takes no more room than that."""

    def sizeHint(self) -> QSize:
        return require_value(self.widget()).sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of what is inside is another size of this."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class ButtonGrid(QWidget):
    """Buttons in one column or two, those that are there in their order."""

    def __init__(self, theme: Theme, *buttons: KeyButton) -> None:
        super().__init__()
        self.buttons, self._columns = buttons, 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(max(theme.metrics.gap, theme.metrics.scale_px(8)))
        self._grid.setVerticalSpacing(theme.metrics.gap if theme.metrics.gloves else 0)
        self._place_buttons()

    def set_columns(self, columns: int) -> None:
        """From now on so many."""
        if columns != self._columns:
            self._columns = columns
            self._place_buttons()

    def show_only(self, *buttons: KeyButton) -> None:
        """Only these of them are there."""
        for button in self.buttons:
            button.setVisible(button in buttons)
        self._place_buttons()

    def _place_buttons(self) -> None:
        for button in self.buttons:
            self._grid.removeWidget(button)
        there = [button for button in self.buttons if not button.isHidden()] or self.buttons
        for index, button in enumerate(there):
            self._grid.addWidget(button, index // self._columns, index % self._columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(self._columns > 1))


def make_fitting_area(inside: QWidget) -> FittingArea:
    """The area around it; it scrolls up and down alone."""
    area = FittingArea()
    area.setWidgetResizable(True)
    area.setFrameShape(FittingArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
