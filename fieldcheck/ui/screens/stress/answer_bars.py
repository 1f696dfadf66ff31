"""The model's first answers as bars, each with a tick where it stood on the frame as it was captured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import Tokens
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr

ROWS, TALL, BAR, TICK = 3, 26, 10, 18
NAME_SHARE = 0.36  # of the width


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`value`, 0 to 1, on the corrupted frame; `before` on the original, NaN where that is not known."""

    name: str
    value: float
    before: float = nan


class AnswerBars(QWidget):
    """Three rows at most, the first one bold."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.rows: tuple[AnswerRow, ...] = ()
        self.setAccessibleName(tr("Top predictions"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the card under it is painted anew at every frame

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """From now on these, best first."""
        self.rows = tuple(rows[:ROWS])
        self.setAccessibleDescription("; ".join(_describe_row(row) for row in self.rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(230), ROWS * self._get_row_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(160), ROWS * self._get_row_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, bold = QPainter(self), QFont(self.font())
        bold.setBold(True)
        painter.fillRect(self.rect(), QColor(self._look.tokens.panel))
        figure = QFontMetrics(bold).horizontalAdvance(format_number(1.0, 2))
        for at, row in enumerate(self.rows):
            painter.setFont(self.font() if at else bold)
            self._paint_row(painter, QRect(0, at * self._get_row_height(), self.width(), self._get_row_height()), row, figure, at == 0)
        painter.end()

    def _paint_row(self, painter: QPainter, room: QRect, row: AnswerRow, figure: int, first: bool) -> None:
        named = int(room.width() * NAME_SHARE)
        painter.setPen(QColor(self._look.tokens.text))
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, named - self._look.metrics.scale_px(8))
        painter.drawText(QRect(room.left(), room.top(), named, room.height()), Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, format_number(row.value, 2))
        groove = QRect(
            room.left() + named, 0, room.width() - named - figure - self._look.metrics.scale_px(8), self._look.metrics.scale_px(BAR)
        )
        groove.moveTop(room.center().y() - groove.height() // 2)
        self._paint_bar(painter, groove, row, first)

    def _paint_bar(self, painter: QPainter, groove: QRect, row: AnswerRow, first: bool) -> None:
        tokens = self._look.tokens
        painter.fillRect(groove, QColor(tokens.window))
        painter.fillRect(QRect(groove.topLeft(), QSize(round(groove.width() * row.value), groove.height())), _get_bar_colour(tokens, first))
        painter.setPen(QColor(tokens.border))
        painter.drawRect(groove.adjusted(0, 0, -1, -1))
        if not isnan(row.before):
            x = groove.left() + round((groove.width() - 1) * row.before)
            tall = self._look.metrics.scale_px(TICK)
            painter.fillRect(QRect(x - 2, groove.center().y() - tall // 2, 4, tall), QColor(tokens.panel))
            painter.fillRect(QRect(x - 1, groove.center().y() - tall // 2, 2, tall), QColor(tokens.text))

    def _get_row_height(self) -> int:
        return self._look.metrics.scale_px(TALL)


def _get_bar_colour(tokens: Tokens, first: bool) -> QColor:
    return QColor(tokens.accent if first else tokens.text2)


def _describe_row(row: AnswerRow) -> str:
    if isnan(row.before):
        return f"{row.name} {format_number(row.value, 2)}"
    return tr("{name} {now}, original {before}").format(name=row.name, now=format_number(row.value, 2), before=format_number(row.before, 2))
