"""A toast: what was just done, with one button to take it back. It goes by itself, and waits while it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QTimer
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.ui.errors.messages import Message
from fieldcheck.ui.narrowing import require_value
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.fixed_lines import FixedLinesLabel
from fieldcheck.ui.widgets.key_button import KeyButton

STAYS_MS, FADE_MS = 8000, 100
MOST_LINES, BESIDE = 3, 16  # of what is said; pixels that stay free on both sides


class Toast(QFrame):
    """Lies at the foot of its parent, over the status bar and no caption of the content, which it never takes the focus from."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("toast", True)
        self._look = look
        self._said = FixedLinesLabel()
        self._said.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button = KeyButton(look, "")
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._button.clicked.connect(self._on_button)
        self._message: Message | None = None
        self._depth: int | None = None
        row = QHBoxLayout(self)
        pad = look.metrics.scale_px(12)
        row.setContentsMargins(pad, 0, 0, 0)
        row.setSpacing(pad)
        row.addWidget(self._said)
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
        self._said.set_text(message.text)
        self.update_position()
        self.show()
        self.raise_()
        self._fade.start()
        self._timer.start()

    def on_undo_depth_change(self, depth: int) -> None:
        """The project has this many acts that can be undone. Once another one was done the button would undo that one, so it goes."""
        if self._message is None or self._message.action is None:
            return
        if self._depth is None:
            self._depth = depth  # with the act that is told here
        elif depth != self._depth:
            self.hide()

    def update_position(self) -> None:
        """In the middle, at the foot: the status bar and the margin above it are as high as a line of it. What is longer than the window
        is wide takes more lines; what has no room in those is its tooltip."""
        parent, px = require_value(self.parentWidget()), self._look.metrics.scale_px
        beside = px(12) + (self._button.sizeHint().width() + px(12) if not self._button.isHidden() else px(12))
        room = max(px(120), parent.width() - 2 * px(BESIDE) - beside)
        wide = self._said.fontMetrics().horizontalAdvance(self._said.text()) + 2
        self._said.setFixedWidth(min(room, wide))
        self._said.set_lines(next((n for n in range(1, MOST_LINES) if self._said.has_room(n)), MOST_LINES))
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
