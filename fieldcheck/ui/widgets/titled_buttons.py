"""Buttons as wide as a row: a title with one sentence under it, and the choice among several."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import Theme, Tokens
from fieldcheck.ui.widgets.buttons import KEYS_SHOWN, BareButton
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_row

RADIUS, EDGE, PAD = 6, 2, 12
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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
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
        self.set_padding(PAD)
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
        self.line.setContentsMargins(px(PAD), px(pad), px(PAD), px(pad))
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

    def __init__(
        self, theme: Theme, title: str, sentence: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title, sentence, before=_ChoiceMark(theme), parent=parent)
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
