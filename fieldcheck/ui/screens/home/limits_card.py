"""The card of the limits that the verdict is held against, edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.ui.screens.home.facts import FactsGrid, FormField
from fieldcheck.ui.screens.home.project_card import EditableCard, act_button
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.words.language import text


class LimitsCard(EditableCard):
    """`saved` carries the largest gap as it was typed, and who decided it."""

    saved = Signal(str, str)

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        self.edit = act_button(look, text("Edit"), actions, "project.edit_limits")
        super().__init__(look, text("Limits"), self.edit, parent=parent)
        shown = QWidget()
        self._facts = FactsGrid(look, (text("Largest gap"), text("Decided by")))
        shown.setLayout(self._facts)
        self.column.addWidget(shown)
        self.tolerance, self.decided_by = QLineEdit(), QLineEdit()
        self._field = FormField(look, text("Largest gap accepted, in pp"), self.tolerance)
        decided = FormField(look, text("Decided by: name, role, date"), self.decided_by)
        self._add_form(self._field, decided, hides=(shown, self.edit), save=self._save)

    def show_limits(self, tolerance: str, decided_by: str) -> None:
        """What stands now."""
        self._facts.show_values(tolerance, decided_by)

    def begin(self, tolerance: str, decided_by: str) -> None:
        """Turns into fields that hold what stands."""
        self.tolerance.setText(tolerance)
        self.decided_by.setText(decided_by)
        self.show_wrong("")
        self._edit(self.tolerance)

    def show_wrong(self, reason: str) -> None:
        """What is wrong with the figure; the focus stays there."""
        self._field.show_wrong(reason)

    @property
    def wrong(self) -> str:
        """The reason that stands below the figure."""
        return self._field.wrong

    def _save(self) -> None:
        self.saved.emit(self.tolerance.text(), self.decided_by.text())
