"""The header: title, one sentence, undo and redo, and the one primary action of the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.ui.narrowing import get_layout
from fieldcheck.ui.screen import ScreenHeading
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.banner import BannerSlot
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import HEADER, SIDE
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import make_label, make_plain_tip
from fieldcheck.words.language import tr


class HeaderBar(QWidget):
    """Shows the `Head` of the screen that is shown. `line` holds its banner, in place of the hint, where nothing below may move."""

    def __init__(self, look: Theme, actions: Actions, line: BannerSlot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = line
        self._hint_text = ""
        self._actions = actions
        self.setFixedHeight(max(look.metrics.scale_px(HEADER), look.metrics.primary + 8))
        self.title = make_label(size="title")
        self.hint = make_label(tone="quiet")
        self.hint.setProperty("elides", True)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo = KeyButton(look, "", icon="undo").bind_action(actions.get_action("undo"))
        self.redo = KeyButton(look, "", icon="redo").bind_action(actions.get_action("redo"))
        for button, name, key in (
            (self.undo, tr("Undo"), actions.get_key_text("undo")),
            (self.redo, tr("Redo"), actions.get_key_text("redo")),
        ):
            button.setAccessibleName(f"{name}, {key}")
            button.setToolTip(make_plain_tip(f"{name} ({key})"))
            button.setFixedHeight(look.metrics.primary - 4)
        self.primary = KeyButton(look, "", actions.get_key_text("primary"), primary=True, shrinks=True).bind_action(
            actions.get_action("primary")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(look.metrics.scale_px(SIDE), 0, look.metrics.scale_px(SIDE), 0)
        row.setSpacing(look.metrics.scale_px(8))
        row.addWidget(self.title)
        row.addSpacing(look.metrics.scale_px(12))
        row.addWidget(self.hint, 1)
        row.addWidget(line, 1)
        line.filled.connect(lambda filled: self.hint.setVisible(not filled))
        for button in (self.undo, self.redo, self.primary):
            row.addWidget(button)

    def show_head(self, head: ScreenHeading) -> None:
        """Title, hint and primary action of a screen; without a primary action its button is gone."""
        self.title.setText(head.title)
        self._hint_text = head.hint
        self.primary.setVisible(bool(head.primary))
        self.primary.set_label(head.primary, head.key or self._actions.get_key_text("primary"))
        self._actions.set_enabled("primary", bool(head.primary) and head.enabled)
        get_layout(self).activate()
        self._fit_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_hint()

    def _fit_hint(self) -> None:
        """As much of the hint as there is room for; the whole of it is its tooltip."""
        room = self.hint.width()
        fitting = QFontMetrics(self.hint.font()).elidedText(self._hint_text, Qt.TextElideMode.ElideRight, max(0, room))
        self.hint.setText(fitting)
        self.hint.setToolTip(make_plain_tip(self._hint_text if fitting != self._hint_text else ""))
