"""Placeholder of a body that is not there: loading with the outlines of what comes, empty with what brings it, or failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import clear_layout, make_label, set_tone
from fieldcheck.words.language import tr

Block = tuple[float, float, float, float]
State = Literal["loading", "empty", "failed"]
CARDS: tuple[Block, ...] = ((0, 0, 0.64, 0.44), (0, 0.46, 0.64, 0.54), (0.65, 0, 0.35, 1))
RADIUS, AROUND = 4, 16


class Placeholder(QWidget):
    """A sentence in the middle, buttons under it. `outline`: blocks that are painted while it is loading, each x, y, width and height as
    shares of the whole. `retry_requested`: what failed is to be read once more."""

    retry_requested = Signal()

    def __init__(self, look: Theme, outline: Sequence[Block] = CARDS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._outline = look, tuple(outline)
        self.state: State = "empty"
        self._sentence = make_label(size="heading", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(look.metrics.scale_px(8))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._sentence)
        column.addSpacing(look.metrics.scale_px(16))
        column.addLayout(self._buttons)
        column.addStretch(3)

    @property
    def sentence(self) -> str:
        """Text in the middle."""
        return self._sentence.text()

    def show_loading(self, sentence: str) -> None:
        """The body is being read or worked out: its outline, and what is being done."""
        self._show_state("loading", sentence, ())

    def show_empty(self, sentence: str, buttons: Sequence[KeyButton]) -> None:
        """There is nothing to show, which is known: what is missing, and the buttons that bring it; they become this widget's own."""
        self._show_state("empty", sentence, buttons)

    def show_failed(self, sentence: str) -> None:
        """The body could not be read: what happened, and the button that reads it again."""
        button = KeyButton(self._look, tr("Read again"))
        button.clicked.connect(self.retry_requested)
        self._show_state("failed", sentence, (button,))

    def list_outline_rects(self) -> list[QRectF]:
        """Where the blocks of the outline are painted, in pixels; none but while it is loading."""
        if self.state != "loading":
            return []
        width, height, gap = self.width(), self.height(), self._look.metrics.scale_px(RADIUS)
        return [QRectF(x * width, y * height, w * width - gap, h * height - gap) for x, y, w, h in self._outline]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._look.tokens.hairline))
        painter.setBrush(QColor(self._look.tokens.panel))
        for place in self.list_outline_rects():
            painter.drawRoundedRect(place, RADIUS, RADIUS)
        if self.state == "loading":  # no edge of the outline runs through the words
            painter.drawRoundedRect(self._get_text_rect(), RADIUS, RADIUS)
        painter.end()

    def _get_text_rect(self) -> QRectF:
        """Where the sentence stands, with some room around it."""
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        around, pad = self._sentence.geometry(), self._look.metrics.scale_px(AROUND)
        inside = self._sentence.fontMetrics().boundingRect(around, wrapped, self._sentence.text())
        return QRectF(inside.adjusted(-pad, -pad // 2, pad, pad // 2))

    def _show_state(self, state: State, sentence: str, buttons: Sequence[KeyButton]) -> None:
        self.state = state
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        set_tone(self._sentence, "quiet" if state == "loading" else "")
        self.setAccessibleName(sentence if state == "loading" else "")
        clear_layout(self._buttons)
        self._buttons.addStretch()
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch()
        self.update()
