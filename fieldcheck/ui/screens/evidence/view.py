"""View of the Evidence screen: a line of buttons, one for each part, and the part that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.narrowing import get_layout
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.focus import set_focus_target
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageButtons, PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_column

if TYPE_CHECKING:
    from fieldcheck.ui.screens.evidence.parts import EvidencePart


class EvidenceView(QWidget):
    """`parts`: the page of each part, by its code."""

    def __init__(self, look: Theme, actions: Actions, parts: Sequence[EvidencePart], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.placeholder = Placeholder(look)
        self.parts = {part.code: part.make_page(look, actions) for part in parts}
        self.buttons = PageButtons(look, actions, "evidence", {part.code: part.name() for part in parts})
        self.line = QWidget()
        flow = FlowLayout(look.metrics.scale_px(4), self.line)
        for button in self.buttons.buttons.values():
            flow.addWidget(button)
        self.pages = PageStack(self.placeholder, *self.parts.values())
        make_column(look, self.line, (self.pages, 1), gap=6, on=self)

    def show_empty(self, said: str, actions: Sequence[str]) -> None:
        """No project: a sentence and the buttons of these actions."""
        self.placeholder.show_empty(said, [make_key_button(self._look, self._actions, one) for one in actions])
        self.line.hide()
        self._show_placeholder()

    def show_loading(self, part: str, sentence: str) -> None:
        """This part is being read; an empty one: which is not known before a project is open."""
        self.line.setVisible(bool(part))
        if part:
            self.buttons.show_part(part)
        self._show_placeholder()
        self.placeholder.show_loading(sentence)

    def show_failed(self, sentence: str) -> None:
        """The part could not be read."""
        self._show_placeholder()
        self.placeholder.show_failed(sentence)

    def _show_placeholder(self) -> None:
        set_focus_target(self, None)
        self.pages.show_page(self.placeholder)

    def show_part(self, part: str) -> None:
        """One of the parts; keys go to what it lists, its `front`."""
        self.line.show()
        self.buttons.show_part(part)
        page = self.parts[part]
        other = self.pages.current_page is not page
        self.pages.show_page(page)
        to: QWidget | None = getattr(page, "front", None)
        set_focus_target(self, to)
        if other and self.isVisible():  # whatever had the keys may be hidden now
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: lists scroll in the room that there is."""
        return get_layout(self).totalMinimumHeightForWidth(width)


def make_key_button(look: Theme, actions: Actions, one: str) -> KeyButton:
    """A button that says what its action says."""
    return KeyButton(look, actions.get_action(one).text(), actions.get_key_text(one)).bind_action(actions.get_action(one))
