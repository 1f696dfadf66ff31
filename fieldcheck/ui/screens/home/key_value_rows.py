"""Rows of a card: what something is called, and what it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_column, make_label, make_plain_tip, set_tone


class ElidedLabel(QLabel):
    """Data on one line, cut where there is no room; the whole of it is the tooltip."""

    def __init__(self, bold: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if bold:
            self.setProperty("weight", "bold")
        self.whole = ""

    def setText(self, said: str) -> None:
        self.whole = said
        self._update_elided_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_elided_text()

    def _update_elided_text(self) -> None:
        fitting = QFontMetrics(self.font()).elidedText(self.whole, Qt.TextElideMode.ElideMiddle, max(0, self.width() - 1))
        super().setText(fitting)
        self.setToolTip(make_plain_tip(self.whole if fitting != self.whole else ""))
        self.setAccessibleDescription(self.whole)


class FactsGrid(QGridLayout):
    """Name on the left, value on the right, line by line. Values are data on one line, but for those of `wrapped`, which are words."""

    def __init__(self, look: Theme, names: tuple[str, ...], bold: int = -1, wrapped: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(look.metrics.scale_px(12))
        self.setVerticalSpacing(look.metrics.scale_px(4))
        self.setColumnMinimumWidth(0, look.metrics.scale_px(104))
        self.setColumnStretch(1, 1)
        self.values: list[QLabel] = []
        for at, name in enumerate(names):
            value = make_label(wrap=True) if at in wrapped else ElidedLabel(bold=at == bold)
            value.setAccessibleName(name)
            self.addWidget(make_label(name, size="caption", tone="quiet"), at, 0, Qt.AlignmentFlag.AlignTop)
            self.addWidget(value, at, 1, Qt.AlignmentFlag.AlignTop)
            self.values.append(value)

    def show_values(self, *values: str) -> None:
        """One value for every name; an empty one is a dash."""
        for shown, value in zip(self.values, values, strict=True):
            shown.setText(value or "–")
            set_tone(shown, "" if value else "quiet")


class ErrorLabel(QLabel):
    """Why something was not taken; hidden while nothing is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("tone", "warn")
        self.wrong = ""
        self.hide()

    def show_error(self, reason: str) -> None:
        """Shows an error; empty when nothing is."""
        self.wrong = reason
        self.setText(f"▲ {reason}" if reason else "")
        self.setVisible(bool(reason))


class FormField(QWidget):
    """A field with its name above and, while it is wrong, the reason below it."""

    def __init__(self, look: Theme, name: str, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        field.setAccessibleName(name)
        self._wrong = ErrorLabel()
        self._named = make_label(name, size="caption", tone="quiet", wrap=True)
        self._named.setBuddy(field)
        make_column(look, self._named, field, self._wrong, gap=2, on=self)

    def show_error(self, reason: str) -> None:
        """Shows an error of the field; empty when nothing is."""
        self._wrong.show_error(reason)
        self.field.setAccessibleDescription(reason)

    @property
    def error_text(self) -> str:
        """The reason that stands below it."""
        return self._wrong.wrong
