"""Buttons of a choice: rows of a panel with words from the left edge and an icon or a bar of colour
before them, buttons as wide as a row with a title and a sentence, and chips: one of several, or a
filter that a press takes away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QPushButton, QSizePolicy, QWidget

from fieldcheck.ui.colours_and_high_contrast import Tokens
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import BODY, CAPTION, LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KEYS_SHOWN, BareButton, KeyButton
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_row

PAD = 8  # pixels at 100 % between the edge of a row and what is in it; also the panel's overhang
ROW = 36
ICON, ICON_GAP = 18, 12
CHIP, CHIP_PAD, CHIP_RADIUS = 20, 5, 4
RADIUS = 6
HATCH, HATCH_STEP = 1.3, 6  # pixels: a line of the hatching, and from one to the next
RING = 2


def get_chip_width(theme: Theme, widget: QWidget, key: str) -> int:
    """Pixels of a key chip; 0 without a key."""
    if not key:
        return 0
    letters = QFontMetrics(theme.make_font(widget.font(), CAPTION)).horizontalAdvance(key)
    px = theme.metrics.scale_px
    return max(px(CHIP), letters + 2 * px(CHIP_PAD))


def paint_chip(painter: QPainter, theme: Theme, widget: QWidget, left: int, key: str) -> None:
    """A key chip in the middle of the height of `widget`, with its left edge at `left`."""
    tokens, height = theme.tokens, theme.metrics.scale_px(CHIP)
    box = QRectF(
        left + 0.5,
        (widget.height() - height) // 2 + 0.5,
        get_chip_width(theme, widget, key) - 1,
        height - 1,
    )
    painter.setFont(theme.make_font(widget.font(), CAPTION))
    painter.setPen(QPen(QColor(tokens.edge), 1))
    painter.setBrush(QColor(tokens.panel))
    painter.drawRoundedRect(box, CHIP_RADIUS, CHIP_RADIUS)
    painter.setPen(QColor(tokens.text2 if widget.isEnabled() else tokens.disabled))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)


def paint_bar(painter: QPainter, box: QRect, colour: str, hatch: str, edge: str = "") -> None:
    """A bar of colour with round ends. `hatch`: the colour of its hatching, empty for none; `edge`:
    that of a line round it."""
    radius = box.width() / 2
    painter.setPen(QPen(QColor(edge), 1) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(box, radius, radius)
    if hatch:
        painter.save()
        painter.setClipRect(box.adjusted(0, 1, 0, -1))
        painter.setPen(QPen(QColor(hatch), HATCH))
        for top in range(box.top(), box.bottom() + box.width(), HATCH_STEP):
            painter.drawLine(box.left() - 1, top + 1, box.right() + 2, top - box.width() - 2)
        painter.restore()


def paint_row_ground(painter: QPainter, theme: Theme, row: QPushButton, filled: bool) -> None:
    """The ground of a row: its tone by what is done with it, an edge where the look asks for one,
    and the focus ring."""
    tokens, box = theme.tokens, QRectF(row.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    if row.isDown():
        ground = tokens.pressed
    elif row.isChecked():
        ground = tokens.selection
    elif filled:
        ground = tokens.pressed
    else:
        ground = tokens.hover if row.underMouse() and row.isEnabled() else ""
    edged = theme.metrics.gloves or tokens.name.startswith("hc")
    painter.setPen(QPen(QColor(tokens.border), 1) if edged else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    if row.hasFocus():
        painter.setPen(QPen(QColor(tokens.focus), RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(row.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


class RowButton(KeyButton):
    """An action of a panel as one row: an icon, the words, and its key chip at the right while keys
    are looked for. `strong` rows are filled, with their key always shown; `key_first`: the key
    stands before the words, always."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        key: str = "",
        icon: str = "",
        strong: bool = False,
        key_first: bool = False,
    ) -> None:
        self.strong, self._key_first, self._has_icon = strong, key_first, True
        super().__init__(theme, text, key, icon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics, hint = self._theme.metrics, super().sizeHint()
        row = metrics.class_row if metrics.gloves else metrics.scale_px(ROW)
        lines = self._get_text_height() + metrics.scale_px(4)
        return QSize(hint.width(), max(row, lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), self._theme.metrics.scale_px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, self._theme, self, self.strong)
        left, colour = px(PAD), self._get_text_colour()
        if self.property("tone") == "accent" and self.isEnabled():
            colour = self._theme.tokens.accent
        if self._icon and self._icon_width():
            size = px(ICON)
            box = QRect(left, (self.height() - size) // 2, size, size)
            tone = self._theme.tokens.text2 if self.isEnabled() else colour
            paint_icon(painter, self._icon, box, tone)
            left += size + px(ICON_GAP)
        if self._key_first:
            paint_chip(painter, self._theme, self, left, self._key)
            left += self._icon_width()
        font = self._make_text_font()
        painter.setFont(font)
        painter.setPen(QColor(colour))
        high = QFontMetrics(font).height()
        top = (self.height() - self._get_text_height()) // 2
        for index, line in enumerate(self._break_text()):
            rect = QRect(left, top + index * high, self.width() - left, high)
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, line)
        if self._get_shown_cap_width() and (self._loud or self.strong):
            right = self.width() - px(PAD) - get_chip_width(self._theme, self, self._key)
            paint_chip(painter, self._theme, self, right, self._key)
        painter.end()

    def _icon_width(self) -> int:
        """Large text has no room for an icon beside it."""
        px, shown = self._theme.metrics.scale_px, self._theme.metrics.percent < LARGE
        if self._key_first:
            return get_chip_width(self._theme, self, self._key) + px(PAD)
        return px(ICON) + px(ICON_GAP) if self._icon and shown and self._has_icon else 0

    def _get_width_around_text(self) -> int:
        """Behind a key that stands first words end before the edge, also where they fill lines."""
        return super()._get_width_around_text() + (self._scale_px(EDGE) if self._key_first else 0)

    def set_icon_visible(self, shown: bool) -> None:
        """Rows beside each other have no room for their icons."""
        if shown != self._has_icon:
            self._has_icon = shown
            self.updateGeometry()
            self.update()

    def _get_cap_width(self) -> int:
        return 0 if self._key_first else super()._get_cap_width()

    def _make_text_font(self) -> QFont:
        font = super()._make_text_font()
        strong = self.strong or self.isChecked()
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Medium)
        return font


EDGE, TITLED_PAD = 2, 12
MARK, DOT = 18, 8


def get_chosen_ground(tokens: Tokens) -> str:
    """Colour behind what is chosen and keeps the colour of its text: in high contrast the one of a
    panel, and an edge says that it is chosen."""
    return tokens.selection if tokens.on_selection == tokens.text else tokens.panel


class TitledButton(BareButton):
    """A title, one sentence, and `before` them a widget for the eye; all of it is one button, whose
    key shows while it is pointed at, has the focus, or Alt is held."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        sentence: str,
        key: str = "",
        before: QWidget | None = None,
        across: bool = True,
    ) -> None:
        super().__init__()
        self._theme, self._name, self._key = theme, title, key
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title = make_label(title, bold=True, wrap=True, parent=self)
        self.sentence = make_label(sentence, tone="quiet", wrap=True, parent=self)
        self._cap = make_label(key, size="caption", tone="quiet", parent=self)
        policy = self._cap.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._cap.setSizePolicy(policy)
        head = make_row(theme, (self._title, 1), *((self._cap,) if across and key else ()))
        words = make_column(theme, head, self.sentence, gap=2)
        self.line: QBoxLayout = (make_row if across else make_column)(theme, gap=14, parent=self)
        if not across:
            self.line.addStretch()
        if before is not None:
            self.line.addWidget(before, 0, Qt.AlignmentFlag.AlignCenter)
        self.line.addLayout(words, 1 if across else 0)
        if not across:
            self.line.addStretch()
            for label in (self._title, self.sentence):
                label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._across = across
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(theme.metrics.target)
        self.set_padding(TITLED_PAD)
        self.show_sentence(sentence)
        self._show_cap()

    def show_sentence(self, sentence: str) -> None:
        """Another sentence under the title."""
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{self._name}, {self._key}" if self._key else self._name)
        self.setAccessibleDescription(sentence)
        self.updateGeometry()

    def set_padding(self, pad: float) -> None:
        """The room above and below its words."""
        px = self._theme.metrics.scale_px
        self.line.setContentsMargins(px(TITLED_PAD), px(pad), px(TITLED_PAD), px(pad))
        self.updateGeometry()

    def bind_action(self, action: QAction) -> TitledButton:
        """Pressing it does the action, and it can be pressed while the action can be done. Returns
        itself."""
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())
        return self

    def sizeHint(self) -> QSize:
        return self.line.sizeHint().expandedTo(self.minimumSizeHint())

    def minimumSizeHint(self) -> QSize:
        return self.line.minimumSize().expandedTo(QSize(0, self._theme.metrics.target))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_cap()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_cap()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_cap()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_cap()

    def _show_cap(self) -> None:
        """The key, while somebody looks for it."""
        shown = self.underMouse() or self.hasFocus() or bool(self.window().property(KEYS_SHOWN))
        self._cap.setVisible(bool(self._key) and self._across and shown)

    def get_ground(self) -> str:
        """Colour that it stands on now, empty for that of what it lies on."""
        looked_at = self.isEnabled() and (self.underMouse() or self.isDown())
        return self._theme.tokens.hover if looked_at else ""

    def get_edge(self) -> QPen | None:
        """Line around it, where there is one."""
        return QPen(QColor(self._theme.tokens.focus), EDGE) if self.hasFocus() else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, ground = self.get_edge(), self.get_ground()
        painter.setPen(Qt.PenStyle.NoPen if edge is None else edge)
        if ground:
            painter.setBrush(QColor(ground))
        radius = self._theme.metrics.scale_px(RADIUS)
        inside = QRectF(self.rect()).adjusted(EDGE / 2, EDGE / 2, -EDGE / 2, -EDGE / 2)
        painter.drawRoundedRect(inside, radius, radius)
        painter.end()


class ChoiceRow(TitledButton):
    """One of a group of buttons, of which one is chosen: a ring before its words, filled where it
    is."""

    def __init__(self, theme: Theme, title: str, sentence: str) -> None:
        super().__init__(theme, title, sentence, before=_ChoiceMark(theme))
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.set_padding(6)

    def show_sentence(self, sentence: str) -> None:
        super().show_sentence(sentence)
        self._fit_height()

    def set_padding(self, pad: float) -> None:
        super().set_padding(pad)
        self._fit_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """At least as high as its lines in this width, which a layout does not ask for."""
        needed = self.line.minimumHeightForWidth(self.width())
        self.setMinimumHeight(max(self._theme.metrics.target, needed))

    def get_ground(self) -> str:
        if self.isChecked():
            return get_chosen_ground(self._theme.tokens)
        return super().get_ground()

    def get_edge(self) -> QPen | None:
        tokens = self._theme.tokens
        marked = self.isChecked() and get_chosen_ground(tokens) == tokens.panel
        return super().get_edge() or (QPen(QColor(tokens.accent), EDGE) if marked else None)


class _ChoiceMark(QWidget):
    """The ring of a choice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        side = theme.metrics.scale_px(MARK)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        around, tokens = require_value(self.parentWidget()), self._theme.tokens
        chosen = isinstance(around, ChoiceRow) and around.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = QPointF(self.rect().center()) + QPointF(0.5, 0.5), self.width() / 2 - 1
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 1.5))
        painter.setBrush(QColor(tokens.accent if chosen else tokens.panel))
        painter.drawEllipse(middle, radius, radius)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.on_accent))
            dot = self._theme.metrics.scale_px(DOT) / 2
            painter.drawEllipse(middle, dot, dot)
        painter.end()


PILL_HEIGHT, PILL_PAD, CROSS, CROSS_GAP = 28, 10, 8, 8  # pixels


class ChipButton(BareButton):
    """`text` in a round frame, soft where it is chosen. `removable`: a cross behind the text. Its
    words never end in an ellipsis."""

    def __init__(self, theme: Theme, text: str, removable: bool = False) -> None:
        super().__init__()
        self._theme, self._label, self._removable = theme, text, removable
        self.setProperty("role", "chip")
        self.setCheckable(not removable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.setAccessibleName(text)

    def get_label(self) -> str:
        """The text on the chip."""
        return f"{self._label} ✕" if self._removable else self._label

    def set_label(self, text: str) -> None:
        """Another text."""
        if text != self._label:
            self._label = text
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        width = QFontMetrics(self._make_font(True)).horizontalAdvance(self._label) + 2 * px(
            PILL_PAD
        )
        width += px(CROSS + CROSS_GAP) if self._removable else 0
        height = px(PILL_HEIGHT)
        if self._theme.metrics.gloves:
            height = max(height, self._theme.metrics.target)
        return QSize(width, height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, px = QPainter(self), self._theme.tokens, self._theme.metrics.scale_px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = self._get_colours()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edged = tokens.name.startswith("hc") or self._theme.metrics.gloves
        pen = QPen(QColor(tokens.edge), 1) if edged else Qt.PenStyle.NoPen
        painter.setPen(pen)
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(self._make_font(self.isChecked()))
        painter.setPen(QColor(ink))
        painter.drawText(
            box.adjusted(px(PILL_PAD), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._label
        )
        if self._removable:
            painter.setPen(QPen(QColor(ink), 1.6))
            side = px(CROSS)
            cross = QRectF(
                box.right() - px(PILL_PAD) - side, box.center().y() - side / 2, side, side
            )
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        painter.end()

    def _get_colours(self) -> tuple[str, str]:
        tokens = self._theme.tokens
        if not self.isEnabled():
            return "", tokens.disabled
        if self.isChecked():
            strong = tokens.name.startswith("hc")
            return tokens.selection, tokens.on_selection if strong else tokens.accent
        if self._removable:
            return tokens.pressed, tokens.text
        return tokens.hover if self.underMouse() else "", tokens.text

    def _make_font(self, bold: bool) -> QFont:
        font = self._theme.make_font(self.font(), BODY)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Medium)
        return font
