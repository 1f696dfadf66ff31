"""Timeline of a recording so far, against its target: stretches of light, marked moments, gaps."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.words.figures import format_minutes

TIMELINE_BAR_HEIGHT, MARK, HEAD = 18, 10, 3
TARGET_S = 600.0
STEP_S = 120.0


@dataclass(frozen=True, slots=True)
class LightStretch:
    """From `start_s` on the light was so, in words, until the next stretch."""

    start_s: float
    caption: str


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

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.line = TimelineContent()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_timeline(self, line: TimelineContent) -> None:
        """Another state of the recording."""
        if line != self.line:
            self.line = line
            self.setAccessibleDescription(line.summary)
            self.update()

    def sizeHint(self) -> QSize:
        letters = QFontMetrics(self._make_font()).height()
        return QSize(self._scale_px(400), 2 * letters + self._scale_px(MARK + TIMELINE_BAR_HEIGHT + 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scale_px(200), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setFont(self._make_font())
        letters = QFontMetrics(self._make_font())
        top = letters.height() + self._scale_px(MARK)
        bar = QRect(0, top, self.width(), self._scale_px(TIMELINE_BAR_HEIGHT))
        painter.fillRect(bar, QColor(tokens.sunken if tokens.sunken != tokens.window else tokens.disabled))
        self._paint_light_stretches(painter, bar)
        for begin, seconds in self.line.gaps:
            self._paint_gap(painter, bar, begin, seconds)
        self._paint_marks(painter, top)
        if self.line.seconds > 0:
            head = QRect(
                self._get_x(self.line.seconds) - 1, top - self._scale_px(4), self._scale_px(HEAD), self._scale_px(TIMELINE_BAR_HEIGHT + 8)
            )
            painter.fillRect(head, QColor(tokens.alarm))
        self._paint_scale(painter, bar.bottom() + self._scale_px(2))
        painter.end()

    def _paint_light_stretches(self, painter: QPainter, bar: QRect) -> None:
        tokens, line = self._look.tokens, self.line
        ends = (*(one.start_s for one in line.stretches[1:]), line.seconds)
        for stretch, end in zip(line.stretches, ends, strict=False):  # without a stretch there is no end either
            left, right = self._get_x(stretch.start_s), self._get_x(min(end, line.seconds))
            box = QRect(left, bar.top(), max(0, right - left - 1), bar.height())
            painter.fillRect(box, QColor(tokens.text2))
            painter.setPen(QColor(tokens.window))
            room = box.adjusted(self._scale_px(6), 0, -self._scale_px(4), 0)
            fitting = QFontMetrics(self._make_font()).elidedText(stretch.caption, Qt.TextElideMode.ElideRight, max(0, room.width()))
            if len(fitting) > 2:
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, fitting)

    def _paint_gap(self, painter: QPainter, bar: QRect, begin: float, seconds: float) -> None:
        """Hatched, so that it is told apart without its colour."""
        box = QRect(self._get_x(begin), bar.top(), max(3, self._get_x(begin + seconds) - self._get_x(begin)), bar.height())
        painter.fillRect(box, QColor(self._look.tokens.window))
        painter.fillRect(box, QBrush(QColor(self._look.tokens.alarm), Qt.BrushStyle.BDiagPattern))

    def _paint_marks(self, painter: QPainter, top: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letters, free = QFontMetrics(self._make_font()), -1
        marks = [(at, "M", _make_arrow) for at in self.line.marks] + [(at, "S", _make_diamond) for at in self.line.singles]
        for at, letter, shape in sorted(marks, key=lambda mark: mark[0]):
            x, half = self._get_x(at), self._scale_px(MARK) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._look.tokens.text))
            painter.drawPolygon(shape(x, top, half))
            said = f"{letter} {format_minutes(at)}"
            wide = letters.horizontalAdvance(said)
            left = min(max(0, int(x - half)), self.width() - wide)
            if left > free:
                painter.setPen(QColor(self._look.tokens.text))
                painter.drawText(QRect(left, 0, wide, letters.height()), Qt.AlignmentFlag.AlignVCenter, said)
                free = left + wide + self._scale_px(6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_scale(self, painter: QPainter, top: int) -> None:
        letters = QFontMetrics(self._make_font())
        painter.setPen(QColor(self._look.tokens.text2))
        whole = self._get_shown_seconds()
        end = f"{format_minutes(TARGET_S)} {self.line.enough}".strip() if whole == TARGET_S else format_minutes(whole)
        right = self.width() - letters.horizontalAdvance(end)
        painter.drawText(QRect(right, top, self.width() - right, letters.height()), Qt.AlignmentFlag.AlignVCenter, end)
        step = STEP_S if whole <= TARGET_S else STEP_S * max(1, round(whole / TARGET_S))
        at, free = 0.0, -1
        while at < whole:
            said = format_minutes(at)
            left = min(self._get_x(at), self.width())
            wide = letters.horizontalAdvance(said)
            if left > free and left + wide + self._scale_px(8) < right:
                painter.drawText(QRect(left, top, wide, letters.height()), Qt.AlignmentFlag.AlignVCenter, said)
                free = left + wide + self._scale_px(8)
            at += step

    def _get_shown_seconds(self) -> float:
        return max(TARGET_S, self.line.seconds)

    def _get_x(self, seconds: float) -> int:
        return round(self.width() * seconds / self._get_shown_seconds())

    def _make_font(self) -> QFont:
        return self._look.make_font(self.font(), CAPTION)

    def _scale_px(self, at_100: float) -> int:
        return self._look.metrics.scale_px(at_100)


def _make_arrow(x: float, bottom: float, half: float) -> QPolygonF:
    """A triangle that stands on its tip."""
    return QPolygonF([QPointF(x - half, bottom - 2 * half), QPointF(x + half, bottom - 2 * half), QPointF(x, bottom - 1)])


def _make_diamond(x: float, bottom: float, half: float) -> QPolygonF:
    """A square that stands on its tip."""
    middle = bottom - half - 1
    return QPolygonF([QPointF(x - half, middle), QPointF(x, middle - half), QPointF(x + half, middle), QPointF(x, middle + half)])
