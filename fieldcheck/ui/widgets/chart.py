"""A chart between two axes, in the colours and letters of the window."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CAPTION

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)


class Chart(pg.GraphicsLayoutWidget):
    """A view between two axes that only shows: no mouse, no menu. Put together by hand, because pyqtgraph's own plot brings forty hidden
    buttons and fields along, none of which has a name.
    """

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(name)
        self.setBackground(look.tokens.panel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self.left, self.bottom = self._axis("left"), self._axis("bottom")
        self.left.setWidth(look.metrics.px(34))
        self.bottom.setHeight(look.metrics.px(22))
        for item, line, place in ((self.left, 0, 0), (self.box, 0, 1), (self.bottom, 1, 1)):
            self.addItem(item, line, place)
        self.ci.setContentsMargins(0, look.metrics.px(8), look.metrics.px(12), 0)
        self.ci.setSpacing(0)

    def _axis(self, side: str) -> pg.AxisItem:
        """In the colours and letters of the window."""
        font = QFont(self.font())
        font.setPixelSize(self._look.metrics.px(CAPTION))
        made = pg.AxisItem(side)
        made.setTickFont(font)
        made.setPen(pg.mkPen(self._look.tokens.border))
        made.setTextPen(pg.mkPen(self._look.tokens.text2))
        made.setStyle(tickLength=-4, hideOverlappingLabels=False)
        made.linkToView(self.box)
        return made
