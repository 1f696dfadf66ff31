"""Notifications: toasts with one button, banners of lasting states, and notices by the system
tray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.errors import ALARM, WARN, Message, Messages
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import SIDE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import clear_layout, make_label
from fieldcheck.ui.widgets.text_lines import ReservedLinesLabel, break_lines

if TYPE_CHECKING:
    from PySide6 import QtGui
else:
    # what screen readers are told has two hundred names, which come with the first message
    QtGui = LazyModule("PySide6.QtGui")


def announce(widget: QWidget, text: str, urgent: bool) -> None:
    """Has a screen reader say what appeared without taking the focus; an `urgent` text interrupts
    what it is saying."""
    event = QtGui.QAccessibleAnnouncementEvent(widget, text)
    if urgent:
        event.setPoliteness(QtGui.QAccessible.AnnouncementPoliteness.Assertive)
    QtGui.QAccessible.updateAccessibility(event)


# The banner slot: states that last, in the layout and never over the content; two at most, the rest
# as a count.

MOST, GAP = 2, 8  # banners at once; pixels between the last one and the screen
MARKS = {ALARM: "⬣", WARN: "▲"}


class BannerSlot(QWidget):
    """Shows the banners that stand. No banner, no room.

    `line`: the newest one alone, in two lines at most, for a place whose height is fixed: what has
    no room there is its tooltip.
    """

    filled = Signal(bool)
    """Whether it shows anything now."""

    def __init__(self, theme: Theme, messages: Messages, line: bool = False) -> None:
        super().__init__()
        self._theme, self._messages, self._line, self._active = theme, messages, line, not line
        self._column = QVBoxLayout(self)
        side = 0 if line else theme.metrics.scale_px(SIDE)
        self._column.setContentsMargins(side, 0, side, 0 if line else theme.metrics.scale_px(GAP))
        self._column.setSpacing(theme.metrics.scale_px(4))
        self._shown: tuple[Message, ...] = ()
        messages.changed.connect(self.refresh)
        self.setVisible(False)
        self.refresh()

    def set_active(self, enabled: bool) -> None:
        """Whether the banners are shown here or elsewhere."""
        self._active = enabled
        self.refresh()

    def refresh(self) -> None:
        """Draw them anew where others stand than before."""
        banners = self._messages.banners if self._active else ()
        if banners == self._shown:
            return
        for message in banners:
            if message not in self._shown:
                announce(self, message.text, urgent=message.level == ALARM)
        self._shown = banners
        clear_layout(self._column)
        for message in banners[-1 if self._line else -MOST :]:
            self._column.addWidget(self._make_strip(message))
        if len(banners) > MOST and not self._line:
            more = len(banners) - MOST
            text = tr_plural(
                "{n} more message: Ctrl+M shows all.",
                "{n} more messages: Ctrl+M shows all.",
                more,
                n=more,
            )
            self._column.addWidget(make_label(text, "caption"))
        self.setVisible(bool(banners))
        self.filled.emit(bool(banners))

    def _make_strip(self, message: Message) -> QFrame:
        frame = QFrame()
        frame.setProperty("banner", message.level)
        frame.setAccessibleName(message.text)
        row = QHBoxLayout(frame)
        pad = self._theme.metrics.scale_px(8)
        row.setContentsMargins(pad, pad // 2, pad, pad // 2)
        row.setSpacing(pad)
        if message.level in MARKS:
            row.addWidget(make_label(MARKS[message.level], "heading"))
        row.addWidget(self._make_text(message), 1)
        ways = (
            *message.more_actions,
            *([(message.button, message.action)] if message.action is not None else []),
        )
        for name, act in ways:
            button = KeyButton(self._theme, name)
            button.clicked.connect(lambda _checked=False, act=act: act())
            row.addWidget(button)
        close = KeyButton(self._theme, "", icon="close")
        close.setAccessibleName(tr("Close message"))
        close.setToolTip(tr("Close message"))
        close.clicked.connect(lambda _checked=False: self._messages.clear_banner(message.key))
        row.addWidget(close)
        return frame

    def _make_text(self, message: Message) -> QLabel:
        if self._line:
            short = ReservedLinesLabel(2, "caption")
            short.set_text(message.text)
            return short
        label = make_label(message.text, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


STAYS_MS, FADE_MS = 8000, 100
BESIDE = 16  # pixels that stay free on both sides


class Toast(QFrame):
    """Lies at the foot of its parent, over the status bar and no caption of the content, which it
    never takes the focus from."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("toast", True)
        self._theme = theme
        self._text = ReservedLinesLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button = KeyButton(theme, "", role="inverse")
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._button.clicked.connect(self._on_button)
        self._message: Message | None = None
        self._depth: int | None = None
        self._row = row = QHBoxLayout(self)
        row.setSpacing(theme.metrics.scale_px(12))
        self.setMinimumHeight(self._button.sizeHint().height())
        row.addWidget(self._text)
        row.addWidget(self._button)
        self._timer = QTimer(self, interval=STAYS_MS, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self._button.installEventFilter(self)
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        self._fade = QPropertyAnimation(effect, b"opacity", self)
        self._fade.setDuration(FADE_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self.hide()

    def show_message(self, message: Message) -> None:
        """Shows the newest event in place of the one before."""
        self._message, self._depth = message, None
        self._button.setVisible(message.action is not None)
        self._button.set_label(message.button)
        self._text.set_text(message.text)
        self.update_position()
        self.show()
        announce(self, message.text, urgent=False)
        self.raise_()
        self._fade.start()
        self._timer.start()

    def on_undo_depth_change(self, depth: int) -> None:
        """The project has this many acts that can be undone. Once another one was done the button
        would undo that one, so it goes."""
        if self._message is None or self._message.action is None:
            return
        if self._depth is None:
            self._depth = depth  # with the act that is told here
        elif depth != self._depth:
            self.hide()

    def update_position(self) -> None:
        """In the middle, at the foot: the status bar and the margin above it are as high as a line
        of it. What is longer than the window is wide takes more lines."""
        parent, px = require_value(self.parentWidget()), self._theme.metrics.scale_px
        has_button = not self._button.isHidden()
        beside = 2 * px(12) + (self._button.sizeHint().width() if has_button else 0)
        self._row.setContentsMargins(px(12), 0, 0 if has_button else px(12), 0)
        width = max(px(120), parent.width() - 2 * px(BESIDE) - beside)
        wide = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 2
        self._text.setFixedWidth(min(width, wide))
        lines = break_lines(self._text.text(), self._text.font(), self._text.minimumWidth())
        self._text.set_lines(len(lines))
        require_value(self.layout()).activate()
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height())

    def enterEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._timer.stop()
        elif event.type() == QEvent.Type.FocusOut:
            self._timer.start()
        return False

    def _on_button(self) -> None:
        self.hide()
        if self._message is not None and self._message.action is not None:
            self._message.action()


# Notice for a person who is not looking at the window: by the system's tray where there is one. It
# never leaves this computer.

SHOWN_MS = 20_000


class TrayNotice:
    """Icon in the tray from the first notice on, for as long as its window is there."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def show_notice(self, title: str, text: str) -> bool:
        """Shows a notice; False where this system has no tray, so that it has to be said in the
        window."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        if self._tray is None:
            icon = self._window.window().windowIcon()
            self._tray = QSystemTrayIcon(
                icon if not icon.isNull() else QtGui.QIcon.fromTheme("dialog-warning"), self._window
            )
            self._tray.activated.connect(lambda _why: self._window.window().activateWindow())
        self._tray.show()
        self._tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.Warning, SHOWN_MS)
        return QSystemTrayIcon.supportsMessages()
