"""Widgets beside each other in given shares, or below each other where large text or long words leave too little room for that."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from fieldcheck.ui.theme.theme import Theme

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class SideBySideLayout(QWidget):
    """Parts with their shares of the width, `gap` px apart, each as high as all, or `top`: as high as it is. It asks
    for no more width than the widest of them alone."""

    def __init__(self, look: Theme, *parts: tuple[QWidget, int], gap: float = 12, top: bool = False) -> None:
        super().__init__()
        self._parts = [part for part, _ in parts]
        self._line = QBoxLayout(ACROSS, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(look.metrics.scale_px(gap))
        self._line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for part, share in parts:
            self._line.addWidget(part, share, Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag(0))

    def minimumSizeHint(self) -> QSize:
        return QSize(max(self._list_minimum_widths()), self._line.minimumSize().height())

    def heightForWidth(self, width: int) -> int:
        self._update_direction(width)
        return self._line.totalHeightForWidth(width) if self._line.hasHeightForWidth() else self._line.sizeHint().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_direction(self.width())

    def _update_direction(self, width: int) -> None:
        needed = sum(self._list_minimum_widths()) + self._line.spacing() * (len(self._parts) - 1)
        turned = ACROSS if width >= needed else DOWN
        if turned != self._line.direction():
            self._line.setDirection(turned)

    def _list_minimum_widths(self) -> list[int]:
        return [part.minimumSizeHint().width() for part in self._parts]
