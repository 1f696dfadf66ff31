"""The footage clip by clip, with a tick for every pick: how evenly they lie, and where one clip ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.ui.widgets.plain import make_plain_tip

LEAST, GAP, BAND, LINE = 14, 4, 18, 17
REACH, STILL = 6, 3  # pixels around a border that hold it, and by which it must have been moved


@dataclass(frozen=True, slots=True)
class TimelineClip:
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

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._stretches: Sequence[TimelineClip] = ()
        self._lines = 1
        self._here = ""
        self._border, self._dragged, self._movable = 0, -1, False  # the clip whose beginning is held, and where it is held over
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._update_height()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(200), self.height())

    def show_clips(self, stretches: Sequence[TimelineClip], described: str) -> None:
        """`described` says the same in words."""
        self._stretches = stretches
        self.setAccessibleName(described)
        self.setToolTip(make_plain_tip(described))
        self._update_height()
        self.update()

    def _update_height(self) -> None:
        """Captions stand on two lines in turn where one is wider than its clip, so that each has the room of two."""
        said = QFontMetrics(self._make_caption_font())
        narrow = [
            said.horizontalAdvance(one.caption) > place.width() for place, one in zip(self.list_clip_rects(), self._stretches, strict=True)
        ]
        self._lines = 2 if any(narrow) else 1
        self.setFixedHeight(self._look.metrics.scale_px(BAND + 4 + LINE * self._lines))

    def _make_caption_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(self._look.metrics.scale_px(CAPTION))
        return font

    def list_caption_rects(self) -> list[QRect]:
        """Where the caption of each clip is written: up to the next one on its line."""
        px, places = self._look.metrics.scale_px, self.list_clip_rects()
        ends = [place.left() - px(GAP) for place in places[self._lines :]] + [self.width()] * min(self._lines, len(places))
        return [
            QRect(place.left(), px(LINE) * (at % self._lines), max(place.width(), end - place.left()), px(LINE))
            for at, (place, end) in enumerate(zip(places, ends, strict=True))
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_height()

    def show_current_frame(self, frame_id: str) -> None:
        """The pick that is looked at."""
        self._here = frame_id
        self.update()

    def list_clip_rects(self) -> list[QRect]:
        """Where each clip lies: as long as its footage, but never too short to be seen."""
        n, px = len(self._stretches), self._look.metrics.scale_px
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

    def set_movable(self, can: bool) -> None:
        """Whether borders can be dragged now."""
        self._movable = can

    def find_border_at(self, x: int) -> int:
        """The number of the clip whose movable beginning lies here, 0 for none: the first one's never is."""
        if not self._movable:
            return 0
        places, reach = self.list_clip_rects(), self._look.metrics.scale_px(REACH)
        near = [(abs(places[at].left() - x), at) for at, one in enumerate(self._stretches) if at and one.joins]
        away, at = min(near, default=(reach, 0))
        return at if away < reach else 0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = round(event.position().x())
        if self._border:
            places = self.list_clip_rects()
            self._dragged = min(max(x, places[self._border - 1].left()), places[self._border].right())
            self.update()
        else:
            self.setCursor(Qt.CursorShape.SplitHCursor if self.find_border_at(x) else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        border, x, self._border, self._dragged = self._border, self._dragged, 0, -1
        self.update()
        if not border or x < 0 or abs(x - self.list_clip_rects()[border].left()) < self._look.metrics.scale_px(STILL):
            return
        within = border if x >= self.list_clip_rects()[border].left() else border - 1
        place, one = self.list_clip_rects()[within], self._stretches[within]
        share = (x - place.left()) / max(1, place.width())
        self.moved.emit(self._stretches[border].clip_id, one.clip_id, min(1.0, share) * one.seconds)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._border = self.find_border_at(round(event.position().x()))
        if self._border:
            return
        away = [
            (abs(self._get_tick_x(place, one, seconds) - event.position().x()), name)
            for place, one in zip(self.list_clip_rects(), self._stretches, strict=True)
            for name, seconds, _ in one.ticks
        ]
        if away:
            self.chosen.emit(min(away)[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, px = self._look.tokens, self._look.metrics.scale_px
        font = self._make_caption_font()
        painter.setFont(font)
        for place, words, one in zip(self.list_clip_rects(), self.list_caption_rects(), self._stretches, strict=True):
            painter.fillRect(place, QColor(tokens.sunken))
            for name, seconds, out in one.ticks:
                x = self._get_tick_x(place, one, seconds)
                wide = px(4) if name == self._here else px(2)
                colour = tokens.text if name == self._here else tokens.disabled if out else tokens.accent
                painter.fillRect(QRect(x - wide // 2, place.top() + 2, wide, place.height() - 4), QColor(colour))
            painter.setPen(QColor(tokens.text))
            said = QFontMetrics(font).elidedText(one.caption, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, said)
        if self._dragged >= 0:
            painter.fillRect(QRect(self._dragged - px(1), px(LINE * self._lines), px(3), px(BAND + 4)), QColor(tokens.accent))
        painter.end()

    def _get_tick_x(self, place: QRect, one: TimelineClip, seconds: float) -> int:
        return place.left() + 2 + round((place.width() - 5) * min(1.0, seconds / max(one.seconds, 0.001)))
