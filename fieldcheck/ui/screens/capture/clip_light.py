"""Whether there are clips enough: a light with shape, word and number, a scale, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme import BODY, CAPTION, CLASS_NAME, Theme, paint_icon
from fieldcheck.ui.widgets.text_lines import break_lines

ClipLightTone = Literal["ok", "warn", "none"]
PAD, RADIUS, DISC, MARK_HEIGHT, LINE, GAP = 16, 10, 28, 14, 8, 12
ICONS: dict[ClipLightTone, str] = {"ok": "check", "warn": "triangle", "none": "ring"}


@dataclass(frozen=True, slots=True)
class ClipLightContent:
    """`tone` gives colour and shape; `marks` are the numbers of clips that the scale names, the
    last one at its end, each with what stands under it; `described` is what a screen reader
    says."""

    tone: ClipLightTone
    title: str
    sentence: str
    clips: int
    marks: tuple[tuple[int, str], ...]

    @property
    def described(self) -> str:
        """All of it in words."""
        return ". ".join((self.title, self.sentence.rstrip("."), *(text for _, text in self.marks)))


class ClipLight(QWidget):
    """The light, as high as its sentence needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.content: ClipLightContent | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_content(self, content: ClipLightContent | None) -> None:
        """Another state; None while it is not known, and then it is not there."""
        self.setVisible(content is not None)
        if content is None or content == self.content:
            return
        self.content = content
        self.setAccessibleName(content.described)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        lines = len(self._break_sentence()) * self._get_line_height(BODY)
        scale = px(MARK_HEIGHT) + self._get_line_height(CAPTION) + px(GAP)
        return QSize(px(240), 2 * px(PAD) + self._get_head_height() + scale + lines)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(160), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.content is None:
            return
        px, content = self._theme.metrics.scale_px, self.content
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        solid, soft = self._get_colours()
        painter.setPen(QColor(solid) if self._theme.tokens.name.startswith("hc") else QColor(soft))
        painter.setBrush(QColor(soft))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        inside = self.rect().adjusted(px(PAD), px(PAD), -px(PAD), -px(PAD))
        disc = QRect(inside.x(), inside.y(), px(DISC), px(DISC))
        self._paint_sign(painter, disc, solid, soft)
        painter.setPen(QColor(self._theme.tokens.text))
        painter.setFont(self._make_font(CLASS_NAME, QFont.Weight.DemiBold))
        words = QRect(disc.right() + px(GAP), inside.y(), 0, self._get_head_height())
        words.setRight(inside.right())
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, content.title
        )
        top = self._paint_scale(painter, inside, inside.y() + self._get_head_height() + px(GAP))
        painter.setFont(self._make_font(BODY))
        painter.setPen(QColor(self._theme.tokens.text))
        for line in self._break_sentence():
            box = QRect(inside.x(), top, inside.width(), self._get_line_height(BODY))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)
            top += self._get_line_height(BODY)
        painter.end()

    def _paint_sign(self, painter: QPainter, disc: QRect, solid: str, soft: str) -> None:
        """A tick on a disc, a triangle, or a ring: shapes that differ without their colour."""
        tone = self.content.tone if self.content is not None else "none"
        if tone == "ok":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(solid))
            painter.drawEllipse(disc)
            inset = disc.width() // 5
            paint_icon(painter, ICONS[tone], disc.adjusted(inset, inset, -inset, -inset), soft)
        else:
            paint_icon(painter, ICONS[tone], disc, solid)

    def _paint_scale(self, painter: QPainter, inside: QRect, top: int) -> int:
        """The scale with its marks; returns where the sentence begins."""
        if self.content is None:
            return top
        px, tokens, content = self._theme.metrics.scale_px, self._theme.tokens, self.content
        most = content.marks[-1][0]
        line = QRect(inside.x(), top + (px(MARK_HEIGHT) - px(LINE)) // 2, inside.width(), px(LINE))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(line, px(LINE) / 2, px(LINE) / 2)
        filled = QRect(line)
        filled.setWidth(round(line.width() * min(1.0, content.clips / most)))
        if content.clips:
            painter.setBrush(QColor(self._get_colours()[0]))
            painter.drawRoundedRect(filled, px(LINE) / 2, px(LINE) / 2)
        painter.setFont(self._make_font(CAPTION))
        metrics, free = QFontMetrics(painter.font()), inside.x() - 1
        below, high = top + px(MARK_HEIGHT), self._get_line_height(CAPTION)
        for number, text in content.marks:
            x = inside.x() + round((inside.width() - 2) * number / most)
            painter.fillRect(QRect(x, top, 2, px(MARK_HEIGHT)), QColor(tokens.text))
            wide = metrics.horizontalAdvance(text)
            left = min(max(inside.x(), x - wide // 2), inside.right() + 1 - wide)
            if left > free:  # a scale that is too narrow names the first and leaves the next out
                painter.setPen(QColor(tokens.text))
                painter.drawText(
                    QRect(left, below, wide, high), Qt.AlignmentFlag.AlignVCenter, text
                )
                free = left + wide + px(4)
        return below + high + px(4)

    def _get_colours(self) -> tuple[str, str]:
        """The solid and the soft one of the tone."""
        tokens = self._theme.tokens
        tone = self.content.tone if self.content is not None else "none"
        return {
            "ok": (tokens.ok, tokens.ok_soft),
            "warn": (tokens.warn, tokens.warn_soft),
            "none": (tokens.text2, tokens.hover),
        }[tone]

    def _get_head_height(self) -> int:
        px, title = self._theme.metrics.scale_px, self.content.title if self.content else ""
        font = self._make_font(CLASS_NAME, QFont.Weight.DemiBold)
        room = self.width() - 2 * px(PAD) - px(DISC) - px(GAP)
        lines = len(break_lines(title, font, max(px(80), room)))
        return max(px(DISC), lines * QFontMetrics(font).lineSpacing())

    def _get_line_height(self, size: int) -> int:
        return round(QFontMetrics(self._make_font(size)).height() * 1.2)

    def _break_sentence(self) -> list[str]:
        px = self._theme.metrics.scale_px
        text = self.content.sentence if self.content is not None else ""
        text = text.replace(" pp", "\u00a0pp")  # no line ends between a figure and its unit
        return break_lines(text, self._make_font(BODY), max(px(120), self.width() - 2 * px(PAD)))

    def _make_font(self, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = self._theme.make_font(self.font(), size)
        font.setWeight(weight)
        return font
