"""Result after the last label, over the whole screen: verdict, gap, dumbbell chart, the most confident errors, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.dumbbell import DumbbellChart
from fieldcheck.ui.widgets.plain import clear_layout, make_card, make_column, make_label, make_row
from fieldcheck.ui.widgets.sign import VerdictSign
from fieldcheck.ui.widgets.still import ImageView
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.plot import GapChart

SMALL_BELOW = 1100  # pixels of width under which the verdict has the size of a number and the errors stand beside the chart
CHART, ERRORS = 2, 3  # how they share the width then


@dataclass(frozen=True, slots=True)
class ErrorExample:
    """A most confident error: the picture, and what label and model said."""

    picture: QImage
    caption: str


@dataclass(frozen=True, slots=True)
class ResultContent:
    """Everything on the page. `basis`: what the verdict rests on; `next_step`: the one next step, a sentence."""

    verdict: str
    sign: str
    headline: str
    basis: str
    next_step: str
    chart: GapChart | None
    errors: Sequence[ErrorExample]


class ResultPage(QWidget):
    """Shows what it is told. It takes the keys itself, so that none of them falls on a frame that nobody sees."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sign = VerdictSign(look)
        self.verdict = make_label(size="verdict", wrap=True)
        self.headline = make_label(size="title", wrap=True)
        self.under = make_label(tone="quiet", wrap=True)
        self.chart = DumbbellChart(look)
        self.next = make_label(size="heading", bold=True, wrap=True)
        back = tr("Esc: back to the frames · V: show result · Ctrl+Z: undo last label")
        self._back = make_label(back, size="caption", tone="quiet")
        self._errors_head = make_label(tr("Most confident errors"), bold=True)
        self._errors = QGridLayout()
        self._errors.setHorizontalSpacing(look.metrics.scale_px(12))
        self._errors.setVerticalSpacing(look.metrics.scale_px(4))
        self._errors.setRowStretch(0, 1)
        head = make_row(look, self.sign, (self.verdict, 1), gap=16)
        head.setAlignment(self.sign, Qt.AlignmentFlag.AlignVCenter)
        frame: QFrame = make_card(look)
        inside = get_box_layout(frame)
        self._middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._middle.setSpacing(look.metrics.scale_px(12))
        found = make_column(look, self.under, self.chart)
        found.addStretch(0)
        self._middle.addLayout(found)
        self._middle.addLayout(make_column(look, self._errors_head, (self._errors, 1)), 1)
        inside.addLayout(head)
        inside.addWidget(self.headline)
        inside.addLayout(self._middle, 1)
        inside.addStretch(0)
        inside.addWidget(self.next)
        inside.addWidget(self._back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)

    def show_result(self, found: ResultContent) -> None:
        """From now on this."""
        self.sign.show_kind(found.sign)
        self.sign.setVisible(bool(found.sign))
        for widget, said in (
            (self.verdict, found.verdict),
            (self.headline, found.headline),
            (self.under, found.basis),
            (self.next, found.next_step),
        ):
            widget.setText(said)
            widget.setVisible(bool(said))
        self.chart.setVisible(found.chart is not None)
        if found.chart is not None:
            self.chart.show_scores(found.chart)
        self.setAccessibleName(" ".join(part for part in (found.verdict, found.headline, found.basis, found.next_step) if part))
        self._show_errors(found.errors)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._look.metrics.scale_px(SMALL_BELOW)
        self._middle.setDirection(QBoxLayout.Direction.TopToBottom if wide else QBoxLayout.Direction.LeftToRight)
        self._middle.setStretch(0, 0 if wide else CHART)
        self._middle.setStretch(1, ERRORS)
        size = "verdict" if wide else "number"
        if self.verdict.property("textSize") != size:
            self.verdict.setProperty("textSize", size)
            self.verdict.style().unpolish(self.verdict)
            self.verdict.style().polish(self.verdict)

    def _show_errors(self, errors: Sequence[ErrorExample]) -> None:
        clear_layout(self._errors)
        for at, one in enumerate(errors):
            shown = ImageView(self._look, tr("Most confident errors"))
            shown.show_image(one.picture, one.caption)
            self._errors.addWidget(shown, 0, at)
            self._errors.addWidget(make_label(one.caption, size="caption", wrap=True), 1, at, Qt.AlignmentFlag.AlignTop)
        for at in range(self._errors.columnCount()):
            self._errors.setColumnStretch(at, int(at < len(errors)))
        self._errors_head.setVisible(bool(errors))
