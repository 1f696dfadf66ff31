"""View of the Evidence screen: a line of buttons, one for each part, and the part that is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.narrowing import laid
from fieldcheck.ui.screens.evidence.exports_page import ExportsPage
from fieldcheck.ui.screens.evidence.packs_page import PacksPage
from fieldcheck.ui.screens.evidence.people_page import PeoplePage
from fieldcheck.ui.screens.evidence.runs_page import RunsPage
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.empty_state import EmptyState
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageButtons, Pages
from fieldcheck.ui.widgets.plain import column
from fieldcheck.words.language import text


class EvidenceView(QWidget):
    """`runs`, `packs`, `people` and `exports` are the parts."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.empty = EmptyState(look)
        self.runs, self.packs, self.people = RunsPage(look, actions), PacksPage(look, actions), PeoplePage(look, actions)
        self.exports = ExportsPage(look, actions)
        self._parts = {"runs": self.runs, "packs": self.packs, "people": self.people, "exports": self.exports}
        names = {
            "runs": text("Runs"), "packs": text("Seal and packs"), "people": text("Two people"), "exports": text("Export"),
        }  # fmt: skip
        self.buttons = PageButtons(look, actions, "evidence", names)
        self.line = QWidget()
        flow = Flow(look.metrics.px(4), self.line)
        for button in self.buttons.buttons.values():
            flow.addWidget(button)
        self.pages = Pages(self.empty, *self._parts.values())
        column(look, self.line, (self.pages, 1), gap=6, on=self)

    def show_empty(self, said: str, actions: Sequence[str]) -> None:
        """No project: a sentence and the buttons of these actions."""
        buttons = [
            KeyButton(self._look, self._actions.get(one).text(), self._actions.key(one)).triggers(self._actions.get(one)) for one in actions
        ]
        self.empty.show_state(said, buttons)
        self.line.hide()
        lead_focus(self, None)
        self.pages.turn_to(self.empty)

    def show_part(self, part: str) -> None:
        """One of the parts; keys go to what it lists."""
        self.line.show()
        self.buttons.show_part(part)
        other = self.pages.shown is not self._parts[part]
        self.pages.turn_to(self._parts[part])
        to: QWidget | None = {"runs": self.runs.table, "exports": self.exports.formats}.get(part)
        lead_focus(self, to)
        if other and self.isVisible():  # whatever had the keys may be hidden now
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: lists scroll in the room that there is."""
        return laid(self).totalMinimumHeightForWidth(width)
