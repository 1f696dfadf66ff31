"""The header: title, one sentence, undo and redo, and the one primary action of the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.ui.narrowing import laid
from fieldcheck.ui.screen import ScreenHead
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.banner import BannerSlot
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import HEADER, SIDE
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import label, plain_tip
from fieldcheck.words.language import text


class HeaderBar(QWidget):
    """Shows the `Head` of the screen that is shown. `line` holds its banner, in place of the hint, where nothing below may move."""

    def __init__(self, look: Look, actions: Actions, line: BannerSlot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self._hint_text = ""
        self._actions = actions
        self.setFixedHeight(max(look.metrics.px(HEADER), look.metrics.primary + 8))
        self.title = label(size="title")
        self.hint = label(tone="quiet")
        self.hint.setProperty("elides", True)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo = KeyButton(look, "", icon="undo").triggers(actions.get("undo"))
        self.redo = KeyButton(look, "", icon="redo").triggers(actions.get("redo"))
        for button, name, key in ((self.undo, text("Undo"), actions.key("undo")), (self.redo, text("Redo"), actions.key("redo"))):
            button.setAccessibleName(f"{name}, {key}")
            button.setToolTip(plain_tip(f"{name} ({key})"))
            button.setFixedHeight(look.metrics.primary - 4)
        self.primary = KeyButton(look, "", actions.key("primary"), primary=True, shrinks=True).triggers(actions.get("primary"))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.metrics.px(SIDE), 0, look.metrics.px(SIDE), 0)
        row.setSpacing(look.metrics.px(8))
        row.addWidget(self.title)
        row.addSpacing(look.metrics.px(12))
        row.addWidget(self.hint, 1)
        row.addWidget(line, 1)
        line.filled.connect(lambda filled: self.hint.setVisible(not filled))
        for button in (self.undo, self.redo, self.primary):
            row.addWidget(button)

    def show_head(self, head: ScreenHead) -> None:
        """Title, hint and primary action of a screen; without a primary action its button is gone."""
        self.title.setText(head.title)
        self._hint_text = head.hint
        self.primary.setVisible(bool(head.primary))
        self.primary.say(head.primary, head.key or self._actions.key("primary"))
        self._actions.enable("primary", bool(head.primary) and head.enabled)
        laid(self).activate()
        self._fit_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_hint()

    def _fit_hint(self) -> None:
        """As much of the hint as there is room for; the whole of it is its tooltip."""
        room = self.hint.width()
        fitting = QFontMetrics(self.hint.font()).elidedText(self._hint_text, Qt.TextElideMode.ElideRight, max(0, room))
        self.hint.setText(fitting)
        self.hint.setToolTip(plain_tip(self._hint_text if fitting != self._hint_text else ""))
