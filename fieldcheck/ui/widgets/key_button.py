"""A button with its key drawn on it, so that the keyboard is learned by looking."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyleOptionButton, QWidget

from fieldcheck.ui.theme.icons import paint_icon
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.ui.widgets.plain import make_plain_tip
from fieldcheck.ui.widgets.ring import paint_ring

PAD, GAP, CAP_PAD = 12, 8, 6
LEAST = 64  # pixels of one that shrinks, however large its text is
KEYS_SHOWN = "keysShown"
"""Property of a window: whether Alt is held, so that every button shows its key as one."""


class BareButton(QPushButton):
    """Button of which the style paints the frame: what is written on it is painted by its own kind."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""


class KeyButton(BareButton):
    """`text`, an optional icon before it and a key cap behind it. `primary` ones are filled with the accent.

    A click does not take the focus: keys go on belonging to the canvas. `Tab` reaches the button all the same. `shrinks`: where there
    is less room than it asks for the text is cut with an ellipsis, and the whole of it is the tooltip.
    """

    def __init__(
        self,
        look: Theme,
        text: str,
        key: str = "",
        icon: str = "",
        primary: bool = False,
        shrinks: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._key, self._icon, self._said, self._shrinks = look, key, icon, text, shrinks
        if primary:
            self.setProperty("role", "primary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if shrinks:  # Qt asks a button for its least only where it may be less than it would like to be
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._update_accessible_name()

    def set_label(self, text: str, key: str | None = None) -> None:
        """Another text on the button, and another key where one is named."""
        if (text, key or self._key) != (self._said, self._key):
            self._said, self._key = text, key or self._key
            self._update_accessible_name()
            self.updateGeometry()
            self.update()

    def get_label(self) -> str:
        """The text on the button."""
        return self._said

    def bind_action(self, action: QAction) -> KeyButton:
        """Pressing it does the action, and it can be pressed while the action can be done. Returns itself."""
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())
        return self

    def sizeHint(self) -> QSize:
        width = 2 * self._scale_px(PAD) + self._text_width() + self._get_cap_width() + self._icon_width()
        height = self._look.metrics.primary if self.property("role") == "primary" else self._look.metrics.target
        return QSize(max(width, self._scale_px(44)), height)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), LEAST), hint.height()) if self._shrinks else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tool_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._get_text_colour()
        painter.setPen(QColor(colour))
        painter.setFont(self._make_text_font())
        spare = self.width() - (self.sizeHint().width() - 2 * self._scale_px(PAD))
        left = max(self._scale_px(4), spare // 2)
        if self._icon:
            size = self._scale_px(20)
            paint_icon(painter, self._icon, QRect(left, (self.height() - size) // 2, size, size), colour)
            left += self._icon_width()
        wide, shown = self._text_width(), self._said
        if self._shrinks and self._get_text_width_limit() < wide:
            shown = QFontMetrics(self._make_text_font()).elidedText(shown, Qt.TextElideMode.ElideRight, self._get_text_width_limit())
            wide = QFontMetrics(self._make_text_font()).horizontalAdvance(shown)
        painter.drawText(QRect(left, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        if self._key:
            self._paint_cap(painter, left + wide + (self._scale_px(GAP) if self._said else 0), colour)
        if self.hasFocus() and self.property("role") == "primary":  # no border tells enough round what is filled
            paint_ring(painter, self.rect(), self._look.tokens.on_accent, self._look.tokens.accent)
        painter.end()

    def _get_text_width_limit(self) -> int:
        """Pixels that are left for the text."""
        return self.width() - 2 * self._scale_px(4) - self._get_cap_width() - self._icon_width()

    def _paint_cap(self, painter: QPainter, left: int, colour: str) -> None:
        width, height = self._get_cap_width() - (self._scale_px(GAP) if self._said else 0), self._scale_px(20)
        box = QRect(left, (self.height() - height) // 2, width, height)
        painter.setFont(self._make_cap_font())
        painter.setPen(QPen(QColor(colour if self._loud or not self.isEnabled() else self._look.tokens.text2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._loud:
            painter.drawRoundedRect(box, 3, 3)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    @property
    def _loud(self) -> bool:
        """Whether the key has its cap: of the main button always, of the others while they are looked for."""
        shown = self.underMouse() or self.hasFocus() or bool(self.window().property(KEYS_SHOWN))
        return self.property("role") == "primary" or shown or self.isChecked()

    def _get_text_colour(self) -> str:
        tokens = self._look.tokens
        if not self.isEnabled():
            return tokens.disabled
        if self.property("role") == "primary":
            return tokens.on_accent
        return tokens.on_selection if self.isDown() or self.isChecked() else tokens.text

    def _update_tool_tip(self) -> None:
        """The whole text, where it is cut; another tip stands where there is room."""
        whole = make_plain_tip(self._said)
        if self._shrinks and self._get_text_width_limit() < self._text_width():
            self.setToolTip(make_plain_tip(self._said))
        elif self.toolTip() == whole:
            self.setToolTip("")

    def _update_accessible_name(self) -> None:
        self.setText(self._said)
        self._update_tool_tip()
        self.setAccessibleName(f"{self._said}, {self._key}" if self._key else self._said)

    def _make_text_font(self) -> QFont:
        font = self.font()
        font.setBold(self.property("role") == "primary")
        return font

    def _make_cap_font(self) -> QFont:
        font = self.font()
        font.setBold(False)
        font.setPixelSize(self._scale_px(CAPTION))
        return font

    def _text_width(self) -> int:
        return QFontMetrics(self._make_text_font()).horizontalAdvance(self._said) if self._said else 0

    def _get_cap_width(self) -> int:
        if not self._key:
            return 0
        letters = QFontMetrics(self._make_cap_font()).horizontalAdvance(self._key)
        return max(letters + 2 * self._scale_px(CAP_PAD), self._scale_px(20)) + (self._scale_px(GAP) if self._said else 0)

    def _icon_width(self) -> int:
        return self._scale_px(20) + (self._scale_px(GAP) if self._said else 0) if self._icon else 0

    def _scale_px(self, at_100: float) -> int:
        return self._look.metrics.scale_px(at_100)
