"""One page of the report on the neutral surround: the whole of it, or as wide as there is room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme

WHOLE, WIDTH = "whole", "width"
PAD, LEAST = 12, 120
MOST_GROWTH = 1.25  # a page is not blown up much beyond its pixels


class PageCanvas(QScrollArea):
    """Shows one picture. Keys scroll it while it has the focus."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self.mode = look, WHOLE
        self._paper = _Paper(look, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._paper)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(look.metrics.scale_px(LEAST), look.metrics.scale_px(LEAST))

    def show_page(self, page: QImage, name: str, description: str) -> None:
        """Another page, from its top; `name` and `description` are what a screen reader says."""
        self._paper.page = page
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.verticalScrollBar().setValue(0)
        self._fit_page()

    def show_mode(self, mode: str) -> None:
        """`whole` or `width`."""
        self.mode = mode
        self._fit_page()

    def get_page_rect(self) -> QRect:
        """Where the page lies on the surround; empty without one."""
        return self._paper.place

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_page()

    def _fit_page(self) -> None:
        """The page's size for the room; in width mode the room of a scroll bar is left free, so that nothing jumps."""
        pad, page = self._look.metrics.scale_px(PAD), self._paper.page
        whole = self.mode == WHOLE
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff if whole else Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        bar = 0 if whole else self.verticalScrollBar().sizeHint().width()
        outside = self.size() - QSize(bar, 0)
        if page.isNull():
            self._paper.place = QRect()
            self._paper.resize(outside)
            return
        room = QSize(max(1, outside.width() - 2 * pad), max(1, outside.height() - 2 * pad))
        most = page.size() * MOST_GROWTH
        size = page.size().scaled(room.boundedTo(most), Qt.AspectRatioMode.KeepAspectRatio)
        if not whole:
            width = min(room.width(), most.width())
            size = QSize(width, round(width * page.height() / page.width()))
        paper = QSize(outside.width(), max(outside.height(), size.height() + 2 * pad))
        self._paper.place = QRect((paper.width() - size.width()) // 2, (paper.height() - size.height()) // 2, size.width(), size.height())
        self._paper.resize(paper)
        self._paper.update()

    @property
    def is_focused(self) -> bool:
        """Whether the edge that shows the focus is drawn."""
        return self.hasFocus()


class _Paper(QWidget):
    """The surround with the page on it. The scaled page is kept for as long as its size stays."""

    def __init__(self, look: Theme, area: PageCanvas) -> None:
        super().__init__()
        self._look, self._area = look, area
        self.page, self.place = QImage(), QRect()
        self._scaled, self._scaled_key = QImage(), 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._look.tokens.canvas))
        if not self.page.isNull():
            painter.drawImage(self.place, self._get_scaled_page())
        if self._area.is_focused:
            painter.setPen(QPen(QColor(self._look.tokens.focus), 3))
            seen = QRect(0, self._area.verticalScrollBar().value(), self.width(), self._area.viewport().height())
            painter.drawRect(seen.adjusted(1, 1, -2, -2))
        painter.end()

    def _get_scaled_page(self) -> QImage:
        scale = self.devicePixelRatioF()
        size = self.place.size() * scale
        if self._scaled.size() != size or self._scaled_key != self.page.cacheKey():
            mode = Qt.TransformationMode.SmoothTransformation
            self._scaled = self.page.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            self._scaled_key = self.page.cacheKey()
        return self._scaled
