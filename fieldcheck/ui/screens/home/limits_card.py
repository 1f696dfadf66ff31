"""The card of the limits that the verdict is held against, edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.ui.given import content
from fieldcheck.ui.screens.home.facts import FactsGrid, FormField
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text


class LimitsCard(QFrame):
    """`saved` carries the largest gap as it was typed, and who decided it."""

    saved = Signal(str, str)
    cancelled = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("card", True)
        pad = look.metrics.px(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(look.metrics.px(6))
        self.edit = KeyButton(look, text("Edit"), actions.key("project.edit_limits")).triggers(actions.get("project.edit_limits"))
        head = QHBoxLayout()
        head.addWidget(label(text("Limits"), size="heading", wrap=True), 1)
        head.addWidget(self.edit)
        column.addLayout(head)
        self._shown = QWidget()
        self._facts = FactsGrid(look, (text("Largest gap"), text("Decided by")))
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._shown.setLayout(self._facts)
        self._edited = self._editing()
        self._edited.setVisible(False)
        column.addWidget(self._shown)
        column.addWidget(self._edited)
        column.addStretch()

    def set_compact(self, compact: bool) -> None:
        """Less padding where there is little room."""
        pad = self._look.metrics.px(8 if compact else 12)
        content(self).setContentsMargins(pad, pad, pad, pad)

    def show_limits(self, tolerance: str, decided_by: str) -> None:
        """What stands now."""
        self._facts.show_values(tolerance, decided_by)

    def begin(self, tolerance: str, decided_by: str) -> None:
        """Turns into fields that hold what stands."""
        self.tolerance.setText(tolerance)
        self.decided_by.setText(decided_by)
        self.show_wrong("")
        self._turn(True)
        self.tolerance.setFocus()
        self.tolerance.selectAll()

    def end(self) -> None:
        """Turns back into rows."""
        self._turn(False)

    def show_wrong(self, reason: str) -> None:
        """What is wrong with the figure; the focus stays there."""
        self._field.show_wrong(reason)

    @property
    def wrong(self) -> str:
        """The reason that stands below the figure."""
        return self._field.wrong

    @property
    def editing(self) -> bool:
        """Whether the fields are shown."""
        return not self._edited.isHidden()

    def _turn(self, editing: bool) -> None:
        self._shown.setVisible(not editing)
        self._edited.setVisible(editing)
        self.edit.setVisible(not editing)

    def _editing(self) -> QWidget:
        edited = QWidget()
        column = QVBoxLayout(edited)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.metrics.px(6))
        self.tolerance, self.decided_by = QLineEdit(), QLineEdit()
        self._field = FormField(self._look, text("Largest gap that is accepted, in points"), self.tolerance)
        column.addWidget(self._field)
        column.addWidget(FormField(self._look, text("Decided by: name, role, date"), self.decided_by))
        save = KeyButton(self._look, text("Save"), "Enter")
        save.clicked.connect(self._save)
        cancel = KeyButton(self._look, text("Cancel"), "Esc")
        cancel.clicked.connect(self.cancelled)
        for field in (self.tolerance, self.decided_by):
            field.returnPressed.connect(self._save)
        buttons = QHBoxLayout()
        buttons.addWidget(save)
        buttons.addWidget(cancel)
        buttons.addStretch()
        column.addLayout(buttons)
        return edited

    def _save(self) -> None:
        self.saved.emit(self.tolerance.text(), self.decided_by.text())
