"""The banner slot: states that last, in the layout and never over the content; two at most, the rest as a count."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fieldcheck.ui.errors.messages import ALARM, WARN, Message, Messages
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import SIDE
from fieldcheck.ui.widgets.fixed_lines import FixedLinesLabel
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import clear_layout, make_label
from fieldcheck.words.language import tr, tr_plural

MOST, GAP = 2, 8  # banners at once; pixels between the last one and the screen
MARKS = {ALARM: "⬣", WARN: "▲"}


class BannerSlot(QWidget):
    """Shows the banners that stand. No banner, no room.

    `line`: the newest one alone, in two lines at most, for a place whose height is fixed: what has no room there is its tooltip.
    """

    filled = Signal(bool)
    """Whether it shows anything now."""

    def __init__(self, look: Theme, messages: Messages, line: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._messages, self._line, self._on = look, messages, line, not line
        self._column = QVBoxLayout(self)
        side = 0 if line else look.metrics.scale_px(SIDE)
        self._column.setContentsMargins(side, 0, side, 0 if line else look.metrics.scale_px(GAP))
        self._column.setSpacing(look.metrics.scale_px(4))
        self._shown: tuple[Message, ...] = ()
        messages.changed.connect(self.refresh)
        self.setVisible(False)
        self.refresh()

    def set_active(self, on: bool) -> None:
        """Whether the banners are shown here or elsewhere."""
        self._on = on
        self.refresh()

    def refresh(self) -> None:
        """Draw them anew where others stand than before."""
        banners = self._messages.banners if self._on else ()
        if banners == self._shown:
            return
        self._shown = banners
        clear_layout(self._column)
        for message in banners[-1 if self._line else -MOST :]:
            self._column.addWidget(self._make_strip(message))
        if len(banners) > MOST and not self._line:
            more = len(banners) - MOST
            said = tr_plural("{n} more message: Ctrl+M shows all.", "{n} more messages: Ctrl+M shows all.", more).format(n=more)
            self._column.addWidget(make_label(said, "caption"))
        self.setVisible(bool(banners))
        self.filled.emit(bool(banners))

    def _make_strip(self, message: Message) -> QFrame:
        frame = QFrame()
        frame.setProperty("banner", message.level)
        frame.setAccessibleName(message.text)
        row = QHBoxLayout(frame)
        pad = self._look.metrics.scale_px(8)
        row.setContentsMargins(pad, pad // 2, pad, pad // 2)
        row.setSpacing(pad)
        if message.level in MARKS:
            row.addWidget(make_label(MARKS[message.level], "heading"))
        row.addWidget(self._make_text(message), 1)
        ways = (*message.more_actions, *([(message.button, message.action)] if message.action is not None else []))
        for name, act in ways:
            button = KeyButton(self._look, name)
            button.clicked.connect(lambda _checked=False, act=act: act())
            row.addWidget(button)
        close = KeyButton(self._look, "", icon="close")
        close.setAccessibleName(tr("Close message"))
        close.setToolTip(tr("Close message"))
        close.clicked.connect(lambda _checked=False: self._messages.clear_banner(message.key))
        row.addWidget(close)
        return frame

    def _make_text(self, message: Message) -> QLabel:
        if self._line:
            short = FixedLinesLabel(2, "caption")
            short.set_text(message.text)
            return short
        said = make_label(message.text, wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return said
