"""The footage clip by clip, with a tick for every pick: how evenly they lie, and where one clip ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.ui.widgets.plain import plain_tip

LEAST, GAP, BAND, LINE = 14, 4, 18, 17
REACH, STILL = 6, 3  # pixels around a border that hold it, and by which it must have been moved


@dataclass(frozen=True, slots=True)
class ClipStretch:
    """One clip: its name, what stands over it, its length, and the picks in it as (frame, seconds from its beginning, taken out).
    `joins`: the border before it lies within a recording, and can be moved."""

    clip_id: str
    caption: str
    seconds: float
    ticks: tuple[tuple[str, float, bool], ...]
    joins: bool = False


class PicksTimeline(QWidget):
    """`chosen` carries the pick that was clicked, the nearest one; `moved(clip, inside, seconds)` says that a clip shall begin so long
    after the beginning of `inside`, which is itself or the one before: the border before it was dragged there."""

    chosen = Signal(str)
    moved = Signal(str, str, float)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._stretches: Sequence[ClipStretch] = ()
        self._lines = 1
        self._here = ""
        self._border, self._dragged, self._movable = 0, -1, False  # the clip whose beginning is held, and where it is held over
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(200), self.height())

    def show_clips(self, stretches: Sequence[ClipStretch], described: str) -> None:
        """`described` says the same in words."""
        self._stretches = stretches
        self.setAccessibleName(described)
        self.setToolTip(plain_tip(described))
        self._fit()
        self.update()

    def _fit(self) -> None:
        """Captions stand on two lines in turn where one is wider than its clip, so that each has the room of two."""
        said = QFontMetrics(self._caption_font())
        narrow = [said.horizontalAdvance(one.caption) > place.width() for place, one in zip(self.places(), self._stretches, strict=True)]
        self._lines = 2 if any(narrow) else 1
        self.setFixedHeight(self._look.metrics.px(BAND + 4 + LINE * self._lines))

    def _caption_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(self._look.metrics.px(CAPTION))
        return font

    def caption_places(self) -> list[QRect]:
        """Where the caption of each clip is written: up to the next one on its line."""
        px, places = self._look.metrics.px, self.places()
        ends = [place.left() - px(GAP) for place in places[self._lines :]] + [self.width()] * min(self._lines, len(places))
        return [
            QRect(place.left(), px(LINE) * (at % self._lines), max(place.width(), end - place.left()), px(LINE))
            for at, (place, end) in enumerate(zip(places, ends, strict=True))
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_here(self, frame_id: str) -> None:
        """The pick that is looked at."""
        self._here = frame_id
        self.update()

    def places(self) -> list[QRect]:
        """Where each clip lies: as long as its footage, but never too short to be seen."""
        n, px = len(self._stretches), self._look.metrics.px
        if not n:
            return []
        gap, least = px(GAP), px(LEAST)
        room = max(0, self.width() - gap * (n - 1) - least * n)
        total = sum(one.seconds for one in self._stretches) or 1.0
        found, left = [], 0.0
        for one in self._stretches:
            width = least + room * one.seconds / total
            found.append(QRect(round(left), px(LINE * self._lines + 2), max(2, round(width)), px(BAND)))
            left += width + gap
        return found

    def allow_moving(self, can: bool) -> None:
        """Whether borders can be dragged now."""
        self._movable = can

    def border_at(self, x: int) -> int:
        """The number of the clip whose movable beginning lies here, 0 for none: the first one's never is."""
        if not self._movable:
            return 0
        places, reach = self.places(), self._look.metrics.px(REACH)
        near = [(abs(places[at].left() - x), at) for at, one in enumerate(self._stretches) if at and one.joins]
        away, at = min(near, default=(reach, 0))
        return at if away < reach else 0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = round(event.position().x())
        if self._border:
            places = self.places()
            self._dragged = min(max(x, places[self._border - 1].left()), places[self._border].right())
            self.update()
        else:
            self.setCursor(Qt.CursorShape.SplitHCursor if self.border_at(x) else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        border, x, self._border, self._dragged = self._border, self._dragged, 0, -1
        self.update()
        if not border or x < 0 or abs(x - self.places()[border].left()) < self._look.metrics.px(STILL):
            return
        within = border if x >= self.places()[border].left() else border - 1
        place, one = self.places()[within], self._stretches[within]
        share = (x - place.left()) / max(1, place.width())
        self.moved.emit(self._stretches[border].clip_id, one.clip_id, min(1.0, share) * one.seconds)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._border = self.border_at(round(event.position().x()))
        if self._border:
            return
        away = [
            (abs(self._tick(place, one, seconds) - event.position().x()), name)
            for place, one in zip(self.places(), self._stretches, strict=True)
            for name, seconds, _ in one.ticks
        ]
        if away:
            self.chosen.emit(min(away)[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, px = self._look.tokens, self._look.metrics.px
        font = self._caption_font()
        painter.setFont(font)
        for place, words, one in zip(self.places(), self.caption_places(), self._stretches, strict=True):
            painter.fillRect(place, QColor(tokens.sunken))
            for name, seconds, out in one.ticks:
                x = self._tick(place, one, seconds)
                wide = px(4) if name == self._here else px(2)
                colour = tokens.text if name == self._here else tokens.disabled if out else tokens.accent
                painter.fillRect(QRect(x - wide // 2, place.top() + 2, wide, place.height() - 4), QColor(colour))
            painter.setPen(QColor(tokens.text))
            said = QFontMetrics(font).elidedText(one.caption, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, said)
        if self._dragged >= 0:
            painter.fillRect(QRect(self._dragged - px(1), px(LINE * self._lines), px(3), px(BAND + 4)), QColor(tokens.accent))
        painter.end()

    def _tick(self, place: QRect, one: ClipStretch, seconds: float) -> int:
        return place.left() + 2 + round((place.width() - 5) * min(1.0, seconds / max(one.seconds, 0.001)))
