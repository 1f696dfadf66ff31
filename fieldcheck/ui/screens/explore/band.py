"""The headline of the report: verdict in word and shape, scores and gap with their ranges, and what these rest on."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from fieldcheck.ui.theme.icons import paint_icon
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CLASS_NAME
from fieldcheck.ui.widgets.plain import card, column, label, plain_tip

SHAPES = {
    "octagon": "octagon",
    "triangle": "triangle",
    "tick": "check-bold",
    "ring": "circle-outline",
    "unequal": "not-equal-variant",
}
"""The report's signs → icons of the same shape."""
SCORES = 2  # sentences of the headline that carry the scores and the gap
MOST_UNDER = 4  # sentences under the scores; the others stand in the tool tip and in the report


class Verdict(QWidget):
    """The word with its shape before it, on a ground that is red only for "not ready"."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._said, self._sign = look, "", "ring"

    def show_verdict(self, said: str, sign: str) -> None:
        """The word, and the report's name of its shape."""
        self._said, self._sign = said, sign
        self.setAccessibleName(said)
        self.updateGeometry()
        self.update()

    @property
    def said(self) -> str:
        """The word."""
        return self._said

    def sizeHint(self) -> QSize:
        px = self._look.metrics.px
        return QSize(QFontMetrics(self._font()).horizontalAdvance(self._said) + px(20) + px(8) + 2 * px(14), px(40))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        px, (ground, ink) = self._look.metrics.px, self._colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(ground))
        painter.setPen(QColor(self._look.tokens.border))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        paint_icon(painter, SHAPES[self._sign], QRect(px(14), (self.height() - px(20)) // 2, px(20), px(20)), ink)
        painter.setFont(self._font())
        painter.setPen(QColor(ink))
        left = px(14) + px(20) + px(8)
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, self._said)
        painter.end()

    def _colours(self) -> tuple[str, str]:
        tokens = self._look.tokens
        if not self.isEnabled():
            return tokens.panel, tokens.disabled
        if self._sign == "octagon":
            return tokens.alarm, tokens.on_alarm
        if self._sign in ("triangle", "unequal"):
            return tokens.warn, tokens.on_warn
        return tokens.panel, tokens.text

    def _font(self) -> QFont:
        return self._look.sized(self.font(), CLASS_NAME, True)


class Band(QWidget):
    """Every sentence as the report prints it; this widget lays them out and adds none."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = Verdict(look)
        self.scores = label(size="heading", wrap=True)
        self.open = label(bold=True, wrap=True)
        self.under = label(size="caption", tone="quiet", wrap=True)
        self._under = ""
        self.counts = label(size="caption", tone="quiet", wrap=True)
        words = column(look, self.scores, self.open, self.under, self.counts, gap=4)
        line = QHBoxLayout()
        frame: QFrame = card(look, line)
        line.setContentsMargins(look.metrics.px(12), look.metrics.px(8), look.metrics.px(12), look.metrics.px(8))
        line.addLayout(words, 1)
        line.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)

    def show_headline(self, verdict: str, sign: str, headline: tuple[str, ...], under: tuple[str, ...], counts: tuple[str, ...]) -> None:
        """`headline`: scores, gap, what is open. `under`: what the ranges are of. `counts`: the same in frames."""
        self.verdict.show_verdict(verdict, sign)
        self.scores.setText(" ".join(headline[:SCORES]))
        self.open.setText(" ".join(headline[SCORES:]))
        self.open.setVisible(len(headline) > SCORES)
        self.under.setText(" ".join(under[:MOST_UNDER]) + (" …" if len(under) > MOST_UNDER else ""))
        self.under.setToolTip(plain_tip(" ".join(under)))
        self._under = " ".join(under)
        self.counts.setText(" ".join(counts))
        self.counts.setVisible(bool(counts))

    def said(self) -> str:
        """Everything in one text, for whoever does not see it."""
        return " ".join(part for part in (self.scores.text(), self.open.text(), self._under, self.counts.text()) if part)
