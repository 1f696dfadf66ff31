"""A drop-down list with its mark. A style sheet takes away the arrow that the style would draw, and
gives none of its own."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from fieldcheck.ui.theme import Theme, paint_icon

MARK, COMBO_PAD = 20, 8


class ComboBox(QComboBox):
    """`options` are pairs of a code and what people read. `chosen_code` is that of the one that is
    shown."""

    def __init__(
        self, theme: Theme, name: str, options: list[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        # since it was last asked: whether a choice came from the open list, not from the arrows
        self.opened = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_options(options)

    def set_options(self, options: list[tuple[str, str]]) -> None:
        """Options in place of the earlier ones, the first one chosen; nobody is told."""
        before = self.blockSignals(True)
        self.clear()
        for code, text in options:
            self.addItem(text, code)
        self.blockSignals(before)

    @property
    def chosen_code(self) -> str:
        """The code of the option that is shown."""
        code: str = self.currentData()
        return code

    def select_code(self, code: str) -> None:
        """Shows the option of that code, the first one where there is none; nobody is told."""
        before = self.blockSignals(True)
        self.setCurrentIndex(max(0, self.findData(code)))
        self.blockSignals(before)

    def showPopup(self) -> None:
        self.opened = True
        super().showPopup()

    def get_elided_text(self) -> str:
        """Text that is painted: the option, with a mark where it is too long for the room. The
        style would cut it through a letter."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        width = (
            min(field.right(), self._get_arrow_rect().left())
            - field.left()
            - self._theme.metrics.scale_px(COMBO_PAD) // 2
        )
        return self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, width)

    def minimumSizeHint(self) -> QSize:
        """Qt keeps the one of the first number of letters that was asked for."""
        by_letters = (
            self.sizeAdjustPolicy()
            == QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        return self.sizeHint() if by_letters else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.get_elided_text()
        styled = QStylePainter(self)
        styled.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        styled.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        styled.end()
        painter = QPainter(self)
        tokens = self._theme.tokens
        paint_icon(
            painter,
            "chevron-down",
            self._get_arrow_rect(),
            tokens.text if self.isEnabled() else tokens.disabled,
        )
        painter.end()

    def _get_arrow_rect(self) -> QRect:
        px = self._theme.metrics.scale_px
        side = px(MARK)
        return QRect(self.width() - side - px(COMBO_PAD), (self.height() - side) // 2, side, side)
