"""Timeline of a recording so far, against its target: stretches of light, marked moments, gaps."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.words.figures import minutes

BAR, MARK, HEAD = 18, 10, 3
TARGET_S = 600.0
STEP_S = 120.0


@dataclass(frozen=True, slots=True)
class LightStretch:
    """From `start_s` on the light was so, in words, until the next stretch."""

    start_s: float
    said: str


@dataclass(frozen=True, slots=True)
class TimelineContent:
    """Content of the timeline. `singles`: when single frames were taken; `gaps` are (begin, seconds); `summary` says all of it in words."""

    seconds: float = 0.0
    stretches: tuple[LightStretch, ...] = ()
    marks: tuple[float, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    enough: str = ""
    summary: str = ""
    singles: tuple[float, ...] = ()


class RecordingTimeline(QWidget):
    """Ten minutes from edge to edge, or all of a longer recording."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.line = TimelineContent()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_line(self, line: TimelineContent) -> None:
        """Another state of the recording."""
        if line != self.line:
            self.line = line
            self.setAccessibleDescription(line.summary)
            self.update()

    def sizeHint(self) -> QSize:
        letters = QFontMetrics(self._font()).height()
        return QSize(self._px(400), 2 * letters + self._px(MARK + BAR + 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(200), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setFont(self._font())
        letters = QFontMetrics(self._font())
        top = letters.height() + self._px(MARK)
        bar = QRect(0, top, self.width(), self._px(BAR))
        painter.fillRect(bar, QColor(tokens.sunken if tokens.sunken != tokens.window else tokens.disabled))
        self._paint_stretches(painter, bar)
        for begin, seconds in self.line.gaps:
            self._paint_gap(painter, bar, begin, seconds)
        self._paint_marks(painter, top)
        if self.line.seconds > 0:
            head = QRect(self._x(self.line.seconds) - 1, top - self._px(4), self._px(HEAD), self._px(BAR + 8))
            painter.fillRect(head, QColor(tokens.alarm))
        self._paint_scale(painter, bar.bottom() + self._px(2))
        painter.end()

    def _paint_stretches(self, painter: QPainter, bar: QRect) -> None:
        tokens, line = self._look.tokens, self.line
        ends = (*(one.start_s for one in line.stretches[1:]), line.seconds)
        for stretch, end in zip(line.stretches, ends, strict=False):  # without a stretch there is no end either
            left, right = self._x(stretch.start_s), self._x(min(end, line.seconds))
            box = QRect(left, bar.top(), max(0, right - left - 1), bar.height())
            painter.fillRect(box, QColor(tokens.text2))
            painter.setPen(QColor(tokens.window))
            room = box.adjusted(self._px(6), 0, -self._px(4), 0)
            fitting = QFontMetrics(self._font()).elidedText(stretch.said, Qt.TextElideMode.ElideRight, max(0, room.width()))
            if len(fitting) > 2:
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, fitting)

    def _paint_gap(self, painter: QPainter, bar: QRect, begin: float, seconds: float) -> None:
        """Hatched, so that it is told apart without its colour."""
        box = QRect(self._x(begin), bar.top(), max(3, self._x(begin + seconds) - self._x(begin)), bar.height())
        painter.fillRect(box, QColor(self._look.tokens.window))
        painter.fillRect(box, QBrush(QColor(self._look.tokens.alarm), Qt.BrushStyle.BDiagPattern))

    def _paint_marks(self, painter: QPainter, top: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letters, free = QFontMetrics(self._font()), -1
        marks = [(at, "M", _arrow) for at in self.line.marks] + [(at, "S", _diamond) for at in self.line.singles]
        for at, letter, shape in sorted(marks, key=lambda mark: mark[0]):
            x, half = self._x(at), self._px(MARK) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._look.tokens.text))
            painter.drawPolygon(shape(x, top, half))
            said = f"{letter} {minutes(at)}"
            wide = letters.horizontalAdvance(said)
            left = min(max(0, int(x - half)), self.width() - wide)
            if left > free:
                painter.setPen(QColor(self._look.tokens.text))
                painter.drawText(QRect(left, 0, wide, letters.height()), Qt.AlignmentFlag.AlignVCenter, said)
                free = left + wide + self._px(6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_scale(self, painter: QPainter, top: int) -> None:
        letters = QFontMetrics(self._font())
        painter.setPen(QColor(self._look.tokens.text2))
        whole = self._whole()
        end = f"{minutes(TARGET_S)} {self.line.enough}".strip() if whole == TARGET_S else minutes(whole)
        right = self.width() - letters.horizontalAdvance(end)
        painter.drawText(QRect(right, top, self.width() - right, letters.height()), Qt.AlignmentFlag.AlignVCenter, end)
        step = STEP_S if whole <= TARGET_S else STEP_S * max(1, round(whole / TARGET_S))
        at, free = 0.0, -1
        while at < whole:
            said = minutes(at)
            left = min(self._x(at), self.width())
            wide = letters.horizontalAdvance(said)
            if left > free and left + wide + self._px(8) < right:
                painter.drawText(QRect(left, top, wide, letters.height()), Qt.AlignmentFlag.AlignVCenter, said)
                free = left + wide + self._px(8)
            at += step

    def _whole(self) -> float:
        return max(TARGET_S, self.line.seconds)

    def _x(self, seconds: float) -> int:
        return round(self.width() * seconds / self._whole())

    def _font(self) -> QFont:
        return self._look.sized(self.font(), CAPTION)

    def _px(self, at_100: float) -> int:
        return self._look.metrics.px(at_100)


def _arrow(x: float, bottom: float, half: float) -> QPolygonF:
    """A triangle that stands on its tip."""
    return QPolygonF([QPointF(x - half, bottom - 2 * half), QPointF(x + half, bottom - 2 * half), QPointF(x, bottom - 1)])


def _diamond(x: float, bottom: float, half: float) -> QPolygonF:
    """A square that stands on its tip."""
    middle = bottom - half - 1
    return QPolygonF([QPointF(x - half, middle), QPointF(x, middle - half), QPointF(x + half, middle), QPointF(x, middle + half)])
