"""Buttons with their key drawn on them, chips, signs of verdicts, and the ring round the control
that has the keys, with some distance."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Self

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
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
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStyleOptionButton,
    QWidget,
)
from shiboken6 import isValid

from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.theme import CAPTION, RADIUS, Theme, has_edges, paint_icon
from fieldcheck.ui.widgets.layouts import make_plain_tip
from fieldcheck.ui.widgets.text_lines import break_lines

# A small frame round a word: a class with its key and colour, or something that is so.

HEIGHT, BADGE_PAD, BADGE_GAP, SWATCH = 24, 10, 6, 10


class Chip(QWidget):
    """Shows `mark` (a key, a tick) in bold before `name`; `colour` draws a square before both. It
    is no button."""

    def __init__(
        self, theme: Theme, name: str, mark: str = "", colour: str = "", enabled: bool = False
    ) -> None:
        super().__init__()
        self._theme, self._name, self._mark, self._colour, self._is_on = (
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
        edged = tokens.border if has_edges(tokens, self._theme.metrics) else ""
        painter.setPen(QColor(edged) if edged else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.selection if self._is_on else tokens.pressed))
        half = self.height() / 2 - 1
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), half, half)
        left = px(BADGE_PAD)
        if self._colour:
            painter.fillRect(
                QRect(left, (self.height() - px(SWATCH)) // 2, px(SWATCH), px(SWATCH)),
                QColor(self._colour),
            )
            left += px(SWATCH) + px(BADGE_GAP)
        painter.setPen(QColor(tokens.on_selection if self._is_on else tokens.text))
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


PAD, GAP, CAP_PAD, CAP_HEIGHT, CAP_RADIUS, ICON = 12, 8, 5, 20, 4, 18
TAB, TAB_GAP, UNDERLINE, COUNT_PAD = 40, 24, 2, 6  # of a tab
TAB_KEY, LEAST_GAP = 4, 8  # before the key in the gap of a tab, and behind it
EDGE, LINE_PAD = 4, 1  # pixels round a text that has little room
WIDEST_WORD = 160  # pixels; a longer word, as of a class, goes on in the next line
KEYS_SHOWN = "keysShown"
"""Property of a window: whether every button shows its key, as while Alt is held."""
ROLE = "role"
"""Property of a button: `primary`, `alarm` (both filled), `quiet` (the main one without a
fill), `soft` (the second of two), `link`,
`chip`, `tab`, `small` (an icon), `inverse` (on a
toast), or none. Without one it has no outline until it is touched."""
FILLED = ("primary", "alarm")


if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    _Button = object


class ClickedByToggle(_Button):
    """For a button that can be checked: what assistive technology checks, which Qt does without a
    click, counts as clicked."""

    _is_expected = False

    def setChecked(self, checked: bool) -> None:
        before, self._is_expected = self._is_expected, True
        super().setChecked(checked)
        self._is_expected = before

    def nextCheckState(self) -> None:
        before, self._is_expected = self._is_expected, True
        super().nextCheckState()
        self._is_expected = before

    def checkStateSet(self) -> None:
        super().checkStateSet()
        is_replaced = self._is_exclusive() and not self.isChecked()
        if not (self._is_expected or is_replaced):
            # once the others of its group are no longer checked
            QTimer.singleShot(0, self, self._click_after_toggle)

    def _is_exclusive(self) -> bool:
        group = self.group()
        return self.autoExclusive() if group is None else group.exclusive()

    def _click_after_toggle(self) -> None:
        """It was checked or unchecked from outside the program: do what a click does."""
        if not self._is_exclusive():
            self.setChecked(not self.isChecked())
        self.click()


class ClickedCheckBox(ClickedByToggle, QCheckBox):
    """A check box of which a click does something."""


class ClickedRadioButton(ClickedByToggle, QRadioButton):
    """A radio button of which a click does something."""


class BareButton(ClickedByToggle, QPushButton):
    """Button of which the style paints the frame: what is written on it is painted by its own
    kind."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""


class KeyButton(BareButton):
    """`text`, an optional icon before it and a key cap behind it. `primary` ones are filled with
    the accent; `role`: another kind of button (`ROLE`).

    A click does not take the focus: keys go on belonging to the canvas. `Tab` reaches the button
    all the same. Where there is less room than it asks for its text goes on in the next line, and
    where that is too little its key is the tooltip: its words are never cut. The room of the key is
    kept while the key is not shown, so that nothing moves.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        key: str = "",
        icon: str = "",
        primary: bool = False,
        parent: QWidget | None = None,
        role: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme, self._key, self._icon, self._label = theme, key, icon, text
        self._count, self._beside = "", 0
        if primary or role:
            self.setProperty(ROLE, role or "primary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)  # Enter belongs to what has the keys, also in a dialog
        # Qt asks a button for its least only where it may be less than it would like to be
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._update_accessible_name()

    def set_label(self, text: str, key: str | None = None) -> None:
        """Another text on the button, and another key where one is named."""
        if (text, key or self._key) != (self._label, self._key):
            self._label, self._key = text, key or self._key
            self._update_accessible_name()
            self.updateGeometry()
            self.update()

    def set_role(self, role: str) -> None:
        """Another kind of button (`ROLE`) from now on."""
        if (self.property(ROLE) or "") != role:
            self.setProperty(ROLE, role)
            self.style().unpolish(self)
            self.style().polish(self)
            self.updateGeometry()

    def set_count(self, count: str) -> None:
        """A number in a chip behind the text; none for an empty text."""
        if count != self._count:
            self._count = count
            self._update_accessible_name()
            self.updateGeometry()
            self.update()

    def set_beside(self, pixels: int) -> None:
        """Room on both sides of a link that stands among chips; others are flush with the words
        above them."""
        self._beside = pixels
        self.updateGeometry()

    def get_label(self) -> str:
        """The text on the button."""
        return self._label

    def bind_action(self, action: QAction) -> Self:
        """Pressing it does the action, and it can be pressed while the action can be done. Returns
        itself."""
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())
        return self

    def sizeHint(self) -> QSize:
        width = self._text_width() + self._get_cap_width() + self._icon_width()
        width += self._get_count_width() + self._get_padding()
        lines = self._get_text_height() + 2 * self._scale_px(LINE_PAD)
        least = self._get_height() if self._is_small or self._is_link else self._scale_px(44)
        return QSize(max(width, least), max(self._get_height(), lines))

    def minimumSizeHint(self) -> QSize:
        """As wide as its longest word, as high as its lines at the width that it has."""
        hint, needed = self.sizeHint(), self._get_least_width()
        needed += 0 if self._label else self._get_cap_width()
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
        left = self._get_left(wide)
        if self._icon:
            size = self._scale_px(ICON)
            # undo and redo are there, and do not call
            quiet = self._is_small and self.isEnabled()
            ink = self._theme.tokens.text2 if quiet else colour
            paint_icon(
                painter, self._icon, QRect(left, (self.height() - size) // 2, size, size), ink
            )
            left += self._icon_width()
        high = self._get_line_height()
        top = (self.height() - self._get_text_height()) // 2
        for index, line in enumerate(self._break_text()):
            box = QRect(left - 1, top + index * high, wide + 2, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)
        self._paint_count(painter, left + wide)
        if self._is_tab:
            self._paint_tab_key(painter, left + wide + self._get_count_width())
        elif self._key and self._loud and self._get_shown_cap_width() >= self._measure_cap():
            self._paint_cap(painter, self._get_cap_left(left + wide), colour)
        if self._is_tab and self.isChecked():
            high = max(UNDERLINE, self._scale_px(UNDERLINE))
            right = left + wide + self._get_count_width()
            line_box = QRect(left, self.height() - high, right - left, high)
            painter.fillRect(line_box, QColor(self._theme.tokens.accent))
        painter.end()

    def _get_left(self, wide: int) -> int:
        """Where icon and text begin: filled ones have them in the middle, others at the left."""
        if self._is_tab or self._is_link:
            return self._beside
        used = wide + self._get_shown_cap_width() + self._icon_width() + self._get_count_width()
        spare = (self.width() - used) // 2
        if self.property(ROLE) in (*FILLED, "soft", "chip") or not self._label:
            return max(self._scale_px(EDGE), spare)
        return max(self._scale_px(EDGE), min(spare, self._scale_px(PAD)))

    def _get_cap_left(self, after_text: int) -> int:
        """Where the key begins: right behind the text of a filled button or a tab, else at the
        end."""
        close = after_text + (self._scale_px(GAP) if self._label else 0)
        if self.property(ROLE) in (*FILLED, "soft", "chip") or not self._label:
            return close
        edge = self._beside if self._is_link else self._scale_px(PAD) - self._scale_px(GAP)
        return max(close, self.width() - self._get_cap_width() - edge)

    @property
    def _is_tab(self) -> bool:
        return bool(self.property(ROLE) == "tab")

    @property
    def _is_small(self) -> bool:
        return bool(self.property(ROLE) == "small")

    @property
    def _is_link(self) -> bool:
        """Whether it stands in line with the words around it, without an edge of its own."""
        edged = has_edges(self._theme.tokens, self._theme.metrics)
        return bool(self.property(ROLE) == "link" and self._label) and not edged

    def _get_height(self) -> int:
        if self._is_tab:
            return max(self._scale_px(TAB), self._theme.metrics.target)
        metrics = self._theme.metrics
        low = self.property(ROLE) in ("chip", "small") or self._is_link
        return metrics.chip if low else metrics.target

    def _get_padding(self) -> int:
        """Pixels of the width on both sides together."""
        if self._is_tab:
            return self._scale_px(TAB_GAP)
        if self._is_link:
            return 2 * self._beside
        return self._scale_px(10 if self._is_small else 2 * PAD)

    def _break_text(self) -> list[str]:
        """The lines of the text at the width that the button has, once it was given one."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            return [self._label]
        text_width = self.width() - self._get_width_around_text()
        return break_lines(self._label, self._make_text_font(), text_width) or [""]

    def _get_text_height(self) -> int:
        return len(self._break_text()) * self._get_line_height()

    def _get_line_height(self) -> int:
        """A little more than the letters, so that no line touches the next."""
        return QFontMetrics(self._make_text_font()).height() + self._scale_px(LINE_PAD)

    def _get_edges(self) -> int:
        """Least pixels on both sides together."""
        if self._is_link:
            return 2 * self._beside
        return self._scale_px(TAB_GAP) if self._is_tab else 2 * self._scale_px(EDGE)

    def _get_width_around_text(self) -> int:
        """Pixels of the width that are not for the text."""
        edges = self._get_edges()
        return edges + self._get_shown_cap_width() + self._icon_width() + self._get_count_width()

    def _get_least_width(self) -> int:
        """Pixels of its longest word and what stands before it."""
        metrics = QFontMetrics(self._make_text_font())
        longest = max(map(metrics.horizontalAdvance, self._label.split(" ")))
        edges = self._get_edges()
        around = edges + self._icon_width() + self._get_count_width()
        return min(longest, self._scale_px(WIDEST_WORD)) + around

    def _get_shown_cap_width(self) -> int:
        """Pixels of the key; 0 where there is none, or no room for it beside the longest word."""
        needed = self._get_cap_width()
        placed = bool(self._label) and self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        return 0 if placed and self.width() < self._get_least_width() + needed else needed

    def _update_tool_tip(self) -> None:
        """The key, where it has no room; another tip stands where there is room."""
        whole = f"{self._label} ({self._key})"
        if self._key and not self._get_shown_cap_width():
            self.setToolTip(make_plain_tip(whole))
        elif self.toolTip() == make_plain_tip(whole):
            self.setToolTip("")

    def _paint_count(self, painter: QPainter, left: int) -> None:
        if not self._count:
            return
        tokens, high = self._theme.tokens, self._scale_px(18)
        left += self._scale_px(COUNT_PAD)
        wide = self._get_count_width() - self._scale_px(COUNT_PAD)
        box = QRect(left, (self.height() - high) // 2, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.pressed))
        painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setFont(self._make_cap_font())
        painter.setPen(QColor(tokens.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._count)

    def _paint_cap(self, painter: QPainter, left: int, colour: str) -> None:
        tokens, filled = self._theme.tokens, self.property(ROLE) in FILLED
        width, height = self._measure_cap(), self._scale_px(CAP_HEIGHT)
        box = QRect(left, (self.height() - height) // 2, width, height)
        painter.setFont(self._make_cap_font())
        own = filled or not self.isEnabled()
        painter.setPen(QColor(colour if own else tokens.edge))
        painter.setBrush(Qt.BrushStyle.NoBrush if own else QColor(tokens.panel))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), CAP_RADIUS, CAP_RADIUS)
        painter.setPen(QColor(colour if own else tokens.text2))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, format_cap(self._key))

    def _paint_tab_key(self, painter: QPainter, after_text: int) -> None:
        """The key in the gap behind the tab, without a frame: a cap would fill the gap and seem to
        be the next tab's. Where it would come near that one it gives way."""
        font, text = self._make_cap_font(), format_cap(self._key)
        wide = QFontMetrics(font).horizontalAdvance(text)
        gap = self._scale_px(TAB_GAP) - self._scale_px(TAB_KEY) - self._scale_px(LEAST_GAP)
        if not self._key or not self._loud or wide > gap:
            return
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text2))
        box = QRect(after_text + self._scale_px(TAB_KEY), 0, wide + 2, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    @property
    def _loud(self) -> bool:
        """Whether the key is shown: on filled buttons and on chips of a `choice` always, on the
        others while they are looked for."""
        shown = self.underMouse() or self.hasFocus() or bool(self.window().property(KEYS_SHOWN))
        always = self.property(ROLE) in (*FILLED, "quiet") or bool(self.property("choice"))
        return always or shown

    def _get_text_colour(self) -> str:
        tokens, role = self._theme.tokens, self.property(ROLE)
        if not self.isEnabled():
            return tokens.disabled
        filled = {
            "primary": tokens.on_accent,
            "alarm": tokens.on_alarm,
            "link": tokens.accent,
            "inverse": tokens.panel,
        }
        if role in filled:
            return filled[role]
        if role == "tab":
            return tokens.text if self.isChecked() or self.underMouse() else tokens.text2
        return tokens.on_selection if self.isChecked() else tokens.text

    def _update_accessible_name(self) -> None:
        self.setText(self._label)
        parts = (self._label, self._count, self._key)
        self.setAccessibleName(", ".join(filter(None, parts)))

    def _make_text_font(self) -> QFont:
        """Tabs and chips are a little lighter than buttons; the chosen tab is not."""
        font, light = self.font(), self.property(ROLE) in ("tab", "chip") and not self.isChecked()
        font.setWeight(QFont.Weight.Medium if light else QFont.Weight.DemiBold)
        font.setUnderline(self._is_link and self.underMouse() and self.isEnabled())
        return font

    def _make_cap_font(self) -> QFont:
        font = self.font()
        font.setWeight(QFont.Weight.Medium)
        font.setPixelSize(self._scale_px(CAPTION))
        return font

    def _text_width(self) -> int:
        """Of the heavier letters, so that a tab does not grow when it is chosen."""
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)
        return QFontMetrics(font).horizontalAdvance(self._label) if self._label else 0

    def _get_cap_width(self) -> int:
        """Pixels of the key and the gap before it. On a tab it stands in the gap behind the tab; of
        the second of two buttons it is the tooltip."""
        if not self._key or self.property(ROLE) in ("tab", "soft"):
            return 0
        return self._measure_cap() + (self._scale_px(GAP) if self._label else 0)

    def _measure_cap(self) -> int:
        letters = QFontMetrics(self._make_cap_font()).horizontalAdvance(format_cap(self._key))
        return max(letters + 2 * self._scale_px(CAP_PAD), self._scale_px(CAP_HEIGHT))

    def _get_count_width(self) -> int:
        if not self._count:
            return 0
        letters = QFontMetrics(self._make_cap_font()).horizontalAdvance(self._count)
        return max(letters + 2 * self._scale_px(COUNT_PAD), self._scale_px(18)) + self._scale_px(
            COUNT_PAD
        )

    def _icon_width(self) -> int:
        return (
            self._scale_px(ICON) + (self._scale_px(GAP) if self._label else 0) if self._icon else 0
        )

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


def format_cap(key: str) -> str:
    """A key as it stands on its cap: `Ctrl Enter`, and `Ctrl +` for the key of that sign."""
    return key.removesuffix("++").replace("+", " ") + (" +" if key.endswith("++") else "")


RING_LINE, DISTANCE = 2, 2  # pixels
OWN_RING = "ownRing"
"""Property of a control that paints by itself where its keys go, as a grid does round a tile."""
CONTROLS = (
    "QAbstractButton", "QAbstractScrollArea", "QAbstractSpinBox", "QComboBox", "QLineEdit",
    "QSlider",
)  # fmt: skip
"""By their names: a start waits for none of the classes themselves."""
FOLLOWED = {
    QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide,
    QEvent.Type.ParentChange,
}  # fmt: skip


class Ring(QWidget):
    """A ring round a control inside `window`, wherever that moves. Mouse and keys go through it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._followed: list[QWidget] = []
        self._radius = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The control or something round it moved."""
        if event.type() in FOLLOWED:
            self._update_position()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.focus), RING_LINE))
        half = RING_LINE / 2
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, self._radius, self._radius)
        painter.end()

    def follow(self, control: QWidget | None) -> None:
        """Goes round this control from now on; None: round nothing."""
        for widget in self._followed:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._followed = []
        if control is not None and self._window.isAncestorOf(control):
            around: QWidget | None = control
            while around is not None and around is not self._window:
                self._followed.append(around)
                around.installEventFilter(self)
                around = around.parentWidget()
        self._update_position()

    def _update_position(self) -> None:
        seen = self._get_seen_rect()
        if seen.isEmpty():
            self.hide()
            return
        away = RING_LINE + DISTANCE
        box = seen.adjusted(-away, -away, away, away) & self._window.rect()
        round_all = self._followed[0].property("role") == "chip"
        radius = self._theme.metrics.scale_px(RADIUS) + DISTANCE
        self._radius = min(box.height() / 2, box.height() / 2 if round_all else radius)
        self.setGeometry(box)
        self.show()
        self.raise_()

    def _get_seen_rect(self) -> QRect:
        """The control in the window as far as nothing that it lies in cuts it off."""
        if not self._followed or not isValid(self._followed[0]):
            return QRect()
        control = self._followed[0]
        if not control.isVisible():
            return QRect()
        seen = QRect(control.mapTo(self._window, QPoint()), control.size())
        for around in self._followed[1:]:
            seen &= QRect(around.mapTo(self._window, QPoint()), around.size())
        return seen & self._window.rect()


class FocusRing(Ring):
    """Follows the focus."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, window)
        get_application().focusChanged.connect(self._on_focus_change)
        self._on_focus_change(None, QApplication.focusWidget())

    def _on_focus_change(self, _before: QWidget | None, now: QWidget | None) -> None:
        self.follow(now if now is not None and has_ring(now) else None)


def has_ring(widget: QWidget) -> bool:
    """Whether the ring goes round this widget when it has the keys."""
    return any(map(widget.inherits, CONTROLS)) and not widget.property(OWN_RING)
