"""The headline of the report: verdict in word and shape, scores and gap with their ranges, and what these rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.ui.theme.icons import paint_icon
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import NUMBER, TITLE
from fieldcheck.ui.widgets.dumbbell import DumbbellChart
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_plain_tip

if TYPE_CHECKING:
    from fieldcheck.domain.plot import GapChart

SHAPES = {
    "octagon": "octagon",
    "triangle": "triangle",
    "tick": "check-bold",
    "ring": "circle-outline",
    "unequal": "not-equal-variant",
}
"""The report's signs → icons of the same shape."""
SCORES = 2  # sentences of the headline that carry the scores and the gap
MOST_WIDE = 480  # pixels of the word at its largest
LARGE = 150  # per cent
MOST_UNDER, MOST_UNDER_COMPACT = 4, 2  # sentences under the scores; the others stand in the tool tip and in the report


class VerdictBadge(QWidget):
    """The word with its shape before it, on a ground that is red only for "not ready"."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._said, self._sign, self._size = look, "", "ring", NUMBER
        self._largest = NUMBER
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_compact(self, compact: bool) -> None:
        """Smaller where there is little room, and still larger than all else."""
        self._largest = TITLE if compact else NUMBER
        self._fit_text()

    def _fit_text(self) -> None:
        """A long verdict is not as large, so that the chart keeps its room."""
        self._size = self._largest
        if QFontMetrics(self._make_font()).horizontalAdvance(self._said) > self._look.metrics.scale_px(MOST_WIDE):
            self._size = TITLE
        self.updateGeometry()
        self.update()

    def show_verdict(self, said: str, sign: str) -> None:
        """The word, and the report's name of its shape."""
        self._said, self._sign = said, sign
        self.setAccessibleName(said)
        self._fit_text()

    @property
    def verdict_text(self) -> str:
        """The word."""
        return self._said

    def sizeHint(self) -> QSize:
        px = self._look.metrics.scale_px
        return QSize(
            QFontMetrics(self._make_font()).horizontalAdvance(self._said) + px(self._size) + px(8) + 2 * px(14), px(self._size + 16)
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        px, (ground, ink) = self._look.metrics.scale_px, self._get_colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(ground))
        painter.setPen(QColor(self._look.tokens.border))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        paint_icon(painter, SHAPES[self._sign], QRect(px(14), (self.height() - px(self._size)) // 2, px(self._size), px(self._size)), ink)
        painter.setFont(self._make_font())
        painter.setPen(QColor(ink))
        left = px(14) + px(self._size) + px(8)
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, self._said)
        painter.end()

    def _get_colours(self) -> tuple[str, str]:
        tokens = self._look.tokens
        if not self.isEnabled():
            return tokens.panel, tokens.disabled
        if self._sign == "octagon":
            return tokens.alarm, tokens.on_alarm
        if self._sign in ("triangle", "unequal"):
            return tokens.warn, tokens.on_warn
        return tokens.panel, tokens.text

    def _make_font(self) -> QFont:
        return self._look.make_font(self.font(), self._size, True)


class HeadlinePanel(QWidget):
    """Every sentence as the report prints it; this widget lays them out and adds none."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = VerdictBadge(look)
        self.scores = make_label(size="heading", wrap=True)
        self.open = make_label(bold=True, wrap=True)
        self.under = make_label(size="caption", tone="quiet", wrap=True)
        self._under: tuple[str, ...] = ()
        self.counts = make_label(size="caption", tone="quiet", wrap=True)
        self.chart = DumbbellChart(look)
        self._px, self._percent = look.metrics.scale_px, look.metrics.percent
        self._has_chart = self._compact = False
        self._words = make_column(look, self.scores, self.open, self.under, self.counts, gap=4)
        self._line = line = QHBoxLayout()
        frame: QFrame = make_card(look, line)
        line.addLayout(self._words, 3)
        line.addWidget(self.chart, 2)
        self._whole = whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Where there is room the verdict stands above all, with the chart beside it; else at the right, and without. In large text it
        stands above all anyway: beside it the scores would have no room for a line."""
        self._compact = compact
        self.verdict.set_compact(compact)
        beside, above = self._px(12), self._px(4 if compact else 8)
        self._line.setContentsMargins(beside, above, beside, above)
        self._words.setSpacing(self._px(2 if compact else 4))
        for layout in (self._line, self._words):
            layout.removeWidget(self.verdict)
        if compact and self._percent < LARGE:
            self._line.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self._words.insertWidget(0, self.verdict, 0, Qt.AlignmentFlag.AlignLeft)
        self.chart.setVisible(self._has_chart and not compact)
        self._show_details()
        self._fit_line_heights()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_line_heights()

    def _fit_line_heights(self) -> None:
        """No lower than its lines at this width: a column that is short of room takes it from whatever wraps."""
        self.setMinimumHeight(max(0, self._whole.minimumHeightForWidth(self.width())))

    def _show_details(self) -> None:
        """The first sentences, all of them in the tool tip."""
        most = MOST_UNDER_COMPACT if self._compact else MOST_UNDER
        self.under.setText(" ".join(self._under[:most]) + (" …" if len(self._under) > most else ""))
        self.under.setToolTip(make_plain_tip(" ".join(self._under)))

    def show_chart(self, chart: GapChart | None) -> None:
        """Both scores with their ranges on one axis; None: there is nothing to draw."""
        self._has_chart = chart is not None
        self.chart.setVisible(self._has_chart and not self._compact)
        if chart is not None:
            self.chart.show_scores(chart)

    def show_headline(self, verdict: str, sign: str, headline: tuple[str, ...], under: tuple[str, ...], counts: tuple[str, ...]) -> None:
        """`headline`: scores, gap, what is open. `under`: what the ranges are of. `counts`: the same in frames."""
        self.verdict.show_verdict(verdict, sign)
        self.scores.setText(" ".join(headline[:SCORES]))
        self.open.setText(" ".join(headline[SCORES:]))
        self.open.setVisible(len(headline) > SCORES)
        self._under = under
        self._show_details()
        self.counts.setText(" ".join(counts))
        self.counts.setVisible(bool(counts))
        self._fit_line_heights()

    def get_text(self) -> str:
        """Everything in one text, for whoever does not see it."""
        return " ".join(part for part in (self.scores.text(), self.open.text(), " ".join(self._under), self.counts.text()) if part)
