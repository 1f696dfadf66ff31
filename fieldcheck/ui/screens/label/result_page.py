"""Result after the last label, over the whole screen: verdict, gap, dumbbell chart, the most confident errors, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import content
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.dumbbell import DumbbellChart
from fieldcheck.ui.widgets.plain import card, column, empty, label, row
from fieldcheck.ui.widgets.sign import Sign
from fieldcheck.ui.widgets.still import Still
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.plot import GapChart

SMALL_BELOW = 1100  # pixels of width under which the verdict has the size of a number and the errors stand beside the chart
CHART, ERRORS = 2, 3  # how they share the width then


@dataclass(frozen=True, slots=True)
class ShownError:
    """A most confident error: the picture, and what label and model said."""

    picture: QImage
    said: str


@dataclass(frozen=True, slots=True)
class ShownResult:
    """Everything on the page. `under`: what the verdict rests on; `next`: the one next step, a sentence."""

    verdict: str
    sign: str
    headline: str
    under: str
    next: str
    chart: GapChart | None
    errors: Sequence[ShownError]


class ResultPage(QWidget):
    """Shows what it is told. It takes the keys itself, so that none of them falls on a frame that nobody sees."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sign = Sign(look)
        self.verdict = label(size="verdict", wrap=True)
        self.headline = label(size="title", wrap=True)
        self.under = label(tone="quiet", wrap=True)
        self.chart = DumbbellChart(look)
        self.next = label(size="heading", bold=True, wrap=True)
        back = text("Esc: back to the frames · V: show result · Ctrl+Z: undo last label")
        self._back = label(back, size="caption", tone="quiet")
        self._errors_head = label(text("Most confident errors"), bold=True)
        self._errors = QGridLayout()
        self._errors.setHorizontalSpacing(look.metrics.px(12))
        self._errors.setVerticalSpacing(look.metrics.px(4))
        self._errors.setRowStretch(0, 1)
        head = row(look, self.sign, (self.verdict, 1), gap=16)
        head.setAlignment(self.sign, Qt.AlignmentFlag.AlignVCenter)
        frame: QFrame = card(look)
        inside = content(frame)
        self._middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._middle.setSpacing(look.metrics.px(12))
        found = column(look, self.under, self.chart)
        found.addStretch(0)
        self._middle.addLayout(found)
        self._middle.addLayout(column(look, self._errors_head, (self._errors, 1)), 1)
        inside.addLayout(head)
        inside.addWidget(self.headline)
        inside.addLayout(self._middle, 1)
        inside.addStretch(0)
        inside.addWidget(self.next)
        inside.addWidget(self._back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)

    def show_result(self, found: ShownResult) -> None:
        """From now on this."""
        self.sign.show_kind(found.sign)
        self.sign.setVisible(bool(found.sign))
        for widget, said in (
            (self.verdict, found.verdict),
            (self.headline, found.headline),
            (self.under, found.under),
            (self.next, found.next),
        ):
            widget.setText(said)
            widget.setVisible(bool(said))
        self.chart.setVisible(found.chart is not None)
        if found.chart is not None:
            self.chart.show_scores(found.chart)
        self.setAccessibleName(" ".join(part for part in (found.verdict, found.headline, found.under, found.next) if part))
        self._show_errors(found.errors)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._look.metrics.px(SMALL_BELOW)
        self._middle.setDirection(QBoxLayout.Direction.TopToBottom if wide else QBoxLayout.Direction.LeftToRight)
        self._middle.setStretch(0, 0 if wide else CHART)
        self._middle.setStretch(1, ERRORS)
        size = "verdict" if wide else "number"
        if self.verdict.property("textSize") != size:
            self.verdict.setProperty("textSize", size)
            self.verdict.style().unpolish(self.verdict)
            self.verdict.style().polish(self.verdict)

    def _show_errors(self, errors: Sequence[ShownError]) -> None:
        empty(self._errors)
        for at, one in enumerate(errors):
            shown = Still(self._look, text("Most confident errors"))
            shown.show_image(one.picture, one.said)
            self._errors.addWidget(shown, 0, at)
            self._errors.addWidget(label(one.said, size="caption", wrap=True), 1, at, Qt.AlignmentFlag.AlignTop)
        for at in range(self._errors.columnCount()):
            self._errors.setColumnStretch(at, int(at < len(errors)))
        self._errors_head.setVisible(bool(errors))
