"""Buttons with their key drawn on them, chips, focus rings, and signs of verdicts."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Self

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyleOptionButton, QWidget

from fieldcheck.ui.theme import CAPTION, Theme, paint_icon
from fieldcheck.ui.widgets.layouts import make_plain_tip
from fieldcheck.ui.widgets.text_lines import break_lines

# A small frame round a word: a class with its key and colour, or something that is so.

HEIGHT, BADGE_PAD, BADGE_GAP, SWATCH = 26, 8, 6, 10


class Chip(QWidget):
    """Shows `mark` (a key, a tick) in bold before `name`; `colour` draws a square before both. It
    is no button."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        mark: str = "",
        colour: str = "",
        enabled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._name, self._mark, self._colour, self._on = (
            theme,
            name,
            mark,
            colour,
            enabled,
        )
        self.setAccessibleName(f"{mark} {name}".strip())
        self.setToolTip(make_plain_tip(name))

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        swatch = px(SWATCH) + px(BADGE_GAP) if self._colour else 0
        mark = (
            QFontMetrics(self._make_font(True)).horizontalAdvance(self._mark) + px(BADGE_GAP)
            if self._mark
            else 0
        )
        name = QFontMetrics(self._make_font(False)).horizontalAdvance(self._name)
        return QSize(2 * px(BADGE_PAD) + swatch + mark + name + 2, px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(
            min(self.sizeHint().width(), self._theme.metrics.scale_px(160)),
            self.sizeHint().height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        px, tokens = self._theme.metrics.scale_px, self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(QColor(tokens.accent if self._on else tokens.hairline), 2 if self._on else 1)
        )
        painter.setBrush(QColor(tokens.selection if self._on else tokens.panel))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        left = px(BADGE_PAD)
        if self._colour:
            painter.fillRect(
                QRect(left, (self.height() - px(SWATCH)) // 2, px(SWATCH), px(SWATCH)),
                QColor(self._colour),
            )
            left += px(SWATCH) + px(BADGE_GAP)
        painter.setPen(QColor(tokens.on_selection if self._on else tokens.text))
        if self._mark:
            left += self._draw_text(painter, left, self._mark, bold=True) + px(BADGE_GAP)
        self._draw_text(painter, left, self._name, bold=False)
        painter.end()

    def _draw_text(self, painter: QPainter, left: int, text: str, bold: bool) -> int:
        font = self._make_font(bold)
        painter.setFont(font)
        width = max(0, self.width() - left - self._theme.metrics.scale_px(BADGE_PAD) + 2)
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(
            QRect(left, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, fitting
        )
        return QFontMetrics(font).horizontalAdvance(fitting)

    def _make_font(self, bold: bool) -> QFont:
        return self._theme.make_font(self.font(), CAPTION, bold)


# Focus ring within a part that is chosen or filled already, where a border alone would not tell
# that it has the keys.

CASING, LINE, INSIDE = 4, 2, 5  # pixels


def paint_ring(painter: QPainter, box: QRect, colour: str, casing: str) -> None:
    """A line of `colour` between two thinner ones of `casing`, both `#RRGGBB`, a few pixels inside
    `box`."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shade, wide in ((casing, CASING), (colour, LINE)):
        painter.setPen(QPen(QColor(shade), wide))
        painter.drawRoundedRect(box.adjusted(INSIDE, INSIDE, -INSIDE - 1, -INSIDE - 1), 2, 2)
    painter.restore()


# The shape before a verdict: the report's own, so that it means the same in black and white.

KINDS = ("octagon", "triangle", "tick", "ring", "unequal")
SIDE = 28


class VerdictSign(QWidget):
    """Octagon, triangle, disc with a tick, ring, or unequal. It says nothing to a screen reader:
    the word beside it does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self.kind = theme, ""
        self.setFixedSize(self.sizeHint())

    def show_kind(self, kind: str) -> None:
        """Another shape; none for an empty name."""
        self.kind = kind
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.metrics.scale_px(SIDE)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.kind not in KINDS:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / 40, self.height() / 40)
        getattr(self, f"_draw_{self.kind}")(painter)
        painter.end()

    def _draw_octagon(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.alarm))
        corners = [pi / 8 + index * pi / 4 for index in range(8)]
        painter.drawPolygon(
            QPolygonF(
                [QPointF(20 + 19.5 * cos(angle), 20 + 19.5 * sin(angle)) for angle in corners]
            )
        )

    def _draw_triangle(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._theme.tokens.text), 2))
        painter.setBrush(QColor(self._theme.tokens.warn))
        painter.drawPolygon(QPolygonF([QPointF(20, 3), QPointF(38, 36), QPointF(2, 36)]))

    def _draw_tick(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.accent))
        painter.drawEllipse(QPointF(20, 20), 18, 18)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.tokens.on_accent), 4))
        painter.drawPolyline(QPolygonF([QPointF(11, 20), QPointF(18, 27), QPointF(30, 13)]))

    def _draw_ring(self, painter: QPainter) -> None:
        pen = QPen(QColor(self._theme.tokens.border), 5)
        pen.setDashPattern([1.4, 1.12])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # others reach into the gaps
        painter.setPen(pen)
        painter.drawEllipse(QPointF(20, 20), 16, 16)

    def _draw_unequal(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._theme.tokens.text), 4))
        for start, end in (((5, 14), (35, 14)), ((5, 26), (35, 26)), ((27, 5), (13, 35))):
            painter.drawLine(QPointF(*start), QPointF(*end))


PAD, GAP, CAP_PAD = 12, 8, 6
EDGE, LINE_PAD = 4, 1  # pixels round a text that has little room
WIDEST_WORD = 160  # pixels; a longer word, as of a class, goes on in the next line
KEYS_SHOWN = "keysShown"
"""Property of a window: whether Alt is held, so that every button shows its key as one."""


class BareButton(QPushButton):
    """Button of which the style paints the frame: what is written on it is painted by its own
    kind."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""


class KeyButton(BareButton):
    """`text`, an optional icon before it and a key cap behind it. `primary` ones are filled with
    the accent.

    A click does not take the focus: keys go on belonging to the canvas. `Tab` reaches the button
    all the same. Where there is less room than it asks for its text goes on in the next line, and
    where that is too little its key is the tooltip: its words are never cut.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        key: str = "",
        icon: str = "",
        primary: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._key, self._icon, self._said = theme, key, icon, text
        if primary:
            self.setProperty("role", "primary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Qt asks a button for its least only where it may be less than it would like to be
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

    def bind_action(self, action: QAction) -> Self:
        """Pressing it does the action, and it can be pressed while the action can be done. Returns
        itself."""
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())
        return self

    def sizeHint(self) -> QSize:
        width = (
            2 * self._scale_px(PAD)
            + self._text_width()
            + self._get_cap_width()
            + self._icon_width()
        )
        height = (
            self._theme.metrics.primary
            if self.property("role") == "primary"
            else self._theme.metrics.target
        )
        lines = self._get_text_height() + 2 * self._scale_px(LINE_PAD)
        return QSize(max(width, self._scale_px(44)), max(height, lines))

    def minimumSizeHint(self) -> QSize:
        """As wide as its longest word, as high as its lines at the width that it has."""
        hint, needed = self.sizeHint(), self._get_least_width()
        needed += 0 if self._said else self._get_cap_width()
        return QSize(min(hint.width(), max(needed, self._scale_px(44))), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()  # it may have more lines now, or fewer
            self._update_tool_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._get_text_colour()
        painter.setPen(QColor(colour))
        painter.setFont(self._make_text_font())
        wide = max(map(QFontMetrics(painter.font()).horizontalAdvance, self._break_text()))
        spare = self.width() - wide - self._get_shown_cap_width() - self._icon_width()
        left = max(self._scale_px(EDGE), spare // 2)
        if self._icon:
            size = self._scale_px(20)
            paint_icon(
                painter, self._icon, QRect(left, (self.height() - size) // 2, size, size), colour
            )
            left += self._icon_width()
        high = QFontMetrics(painter.font()).height()
        top = (self.height() - self._get_text_height()) // 2
        for at, line in enumerate(self._break_text()):
            box = QRect(left - 1, top + at * high, wide + 2, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)
        if self._get_shown_cap_width():
            self._paint_cap(
                painter, left + wide + (self._scale_px(GAP) if self._said else 0), colour
            )
        # no border tells enough round what is filled
        if self.hasFocus() and self.property("role") == "primary":
            paint_ring(
                painter, self.rect(), self._theme.tokens.on_accent, self._theme.tokens.accent
            )
        painter.end()

    def _break_text(self) -> list[str]:
        """The lines of the text at the width that the button has, once it was given one."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            return [self._said]
        room = self.width() - self._get_width_around_text()
        return break_lines(self._said, self._make_text_font(), room) or [""]

    def _get_text_height(self) -> int:
        return len(self._break_text()) * QFontMetrics(self._make_text_font()).height()

    def _get_width_around_text(self) -> int:
        """Pixels of the width that are not for the text."""
        return 2 * self._scale_px(EDGE) + self._get_shown_cap_width() + self._icon_width()

    def _get_least_width(self) -> int:
        """Pixels of its longest word and what stands before it."""
        metrics = QFontMetrics(self._make_text_font())
        longest = max(map(metrics.horizontalAdvance, self._said.split(" ")))
        around = 2 * self._scale_px(EDGE) + self._icon_width()
        return min(longest, self._scale_px(WIDEST_WORD)) + around

    def _get_shown_cap_width(self) -> int:
        """Pixels of the key; 0 where there is none, or no room for it beside the longest word."""
        needed = self._get_cap_width()
        placed = bool(self._said) and self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        return 0 if placed and self.width() < self._get_least_width() + needed else needed

    def _update_tool_tip(self) -> None:
        """The key, where it has no room; another tip stands where there is room."""
        whole = f"{self._said} ({self._key})"
        if self._key and not self._get_shown_cap_width():
            self.setToolTip(make_plain_tip(whole))
        elif self.toolTip() == make_plain_tip(whole):
            self.setToolTip("")

    def _paint_cap(self, painter: QPainter, left: int, colour: str) -> None:
        width, height = (
            self._get_cap_width() - (self._scale_px(GAP) if self._said else 0),
            self._scale_px(20),
        )
        box = QRect(left, (self.height() - height) // 2, width, height)
        painter.setFont(self._make_cap_font())
        painter.setPen(
            QPen(QColor(colour if self._loud or not self.isEnabled() else self._theme.tokens.text2))
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._loud:
            painter.drawRoundedRect(box, 3, 3)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    @property
    def _loud(self) -> bool:
        """Whether the key has its cap: of the main button always, of the others while they are
        looked for."""
        shown = self.underMouse() or self.hasFocus() or bool(self.window().property(KEYS_SHOWN))
        headed = self.property("role") in ("primary", "quiet", "alarm")
        return headed or shown or self.isChecked()

    def _get_text_colour(self) -> str:
        tokens = self._theme.tokens
        if not self.isEnabled():
            return tokens.disabled
        if self.property("role") == "primary":
            return tokens.on_accent
        if self.property("role") == "alarm":
            return tokens.on_alarm
        return tokens.on_selection if self.isDown() or self.isChecked() else tokens.text

    def _update_accessible_name(self) -> None:
        self.setText(self._said)
        self.setAccessibleName(f"{self._said}, {self._key}" if self._key else self._said)

    def _make_text_font(self) -> QFont:
        font = self.font()
        font.setBold(self.property("role") in ("primary", "quiet", "alarm"))
        return font

    def _make_cap_font(self) -> QFont:
        font = self.font()
        font.setBold(False)
        font.setPixelSize(self._scale_px(CAPTION))
        return font

    def _text_width(self) -> int:
        return (
            QFontMetrics(self._make_text_font()).horizontalAdvance(self._said) if self._said else 0
        )

    def _get_cap_width(self) -> int:
        if not self._key:
            return 0
        letters = QFontMetrics(self._make_cap_font()).horizontalAdvance(self._key)
        return max(letters + 2 * self._scale_px(CAP_PAD), self._scale_px(20)) + (
            self._scale_px(GAP) if self._said else 0
        )

    def _icon_width(self) -> int:
        return self._scale_px(20) + (self._scale_px(GAP) if self._said else 0) if self._icon else 0

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)
