"""One site visit as a strip of five steps."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.registered import specs
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text

DISC = 32


class VisitStepsLine(QWidget):
    """Number, name, minutes and what is done, five times beside each other."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        strip = QHBoxLayout(self)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.setSpacing(look.metrics.px(12))
        for number, (name, minutes, what) in enumerate(_steps(), start=1):
            strip.addLayout(self._step(look, number, name, minutes, what), 1)

    def _step(self, look: Look, number: int, name: str, minutes: int, what: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(look.metrics.px(6))
        head.addWidget(label(name, bold=True))
        head.addWidget(label(text("{n} min").format(n=minutes), size="caption", tone="quiet"))
        head.addStretch()
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addLayout(head)
        said.addWidget(label(what, size="caption", tone="quiet", wrap=True))
        said.addStretch()
        step = QHBoxLayout()
        step.setSpacing(look.metrics.px(8))
        step.addWidget(_Disc(look, number), 0, Qt.AlignmentFlag.AlignTop)
        step.addLayout(said, 1)
        return step


class _Disc(QWidget):
    """A number in a circle."""

    def __init__(self, look: Look, number: int) -> None:
        super().__init__()
        self._look, self._number = look, number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._look.metrics.px(DISC)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.tokens.border), 1.5))
        painter.setBrush(QColor(self._look.tokens.panel))
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._look.tokens.text))
        painter.drawText(QRect(self.rect()), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


def _steps() -> tuple[tuple[str, int, str], ...]:
    """Name, minutes and what is done."""
    return tuple((spec.name(), *spec.visit()) for spec in specs() if spec.visit is not None)
